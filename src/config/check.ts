/**
 * Checks a configuration against its schema and the rules between its parts, and reports every problem with its place.
 */

import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { codes, type DiagnosticCode, type Severity } from '../diagnostic/codes.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { lowerable, mayBe } from '../diagnostic/severities.js';
import type { Place, Source } from '../diagnostic/source.js';
import { ownSchemas } from '../model/ajv-options.js';
import { isMap, type Json } from '../model/model.js';
import { credentialIn } from '../secrets/credentials.js';
import { nameAlone } from '../secrets/open-keys.js';
import { staticValue } from '../tags/results.js';
import { brokenTag } from '../yaml/blueprint-tags.js';
import { type MapNode, type Node, placeOfNode, type ScalarNode, type Tree } from '../yaml/node.js';
import { isOwnVariable } from './variables.js';

/** The configuration's values as they are written; only whole when there were no errors. */
export interface WrittenConfig {
  readonly project?: string;
  readonly blueprints?: readonly string[];
  readonly directories?: Readonly<Record<string, WrittenDirectory>>;
  readonly default_directory?: string;
  readonly context?: Readonly<Record<string, Json>>;
  readonly prune?: boolean;
  readonly stances?: Readonly<Record<string, string>>;
  readonly env?: readonly string[];
  readonly files?: readonly string[];
  readonly diagnostics?: Readonly<Record<string, string>>;
  readonly exports?: { readonly keep?: string };
}

export interface WrittenDirectory {
  readonly url: string;
  readonly token?: { readonly env: string } | { readonly file: string };
  readonly context?: Readonly<Record<string, Json>>;
  readonly prune?: boolean;
  readonly stances?: Readonly<Record<string, string>>;
  readonly ledger?: string;
}

/** Checks a tree against the schema and the rules between its parts. `source` is what messages may show. */
export function checkConfig(
  tree: Tree,
  source: Source,
  diagnostics: Diagnostic[],
): { written: WrittenConfig; placeAt: (steps: readonly string[]) => Place } {
  const { root } = tree;
  const placeAt = (steps: readonly string[]): Place => placeOf(found(root, steps)?.node, source);
  if (!root) return { written: {}, placeAt };
  const checker = new Checker(root, source, diagnostics);
  const value = checker.value();
  checker.shape(value);
  checker.meaning(mapOr(value));
  return { written: isMap(value) ? value : {}, placeAt };
}

/** What the schema says beside the rules. */
interface Words {
  readonly title?: string;
  /** Ends a sentence that begins with the value's name; editors show it too. */
  readonly errorMessage?: string;
  readonly 'x-entry'?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

let schemaCheck: ValidateFunction | undefined;

function checkOfSchema(): ValidateFunction {
  schemaCheck ??= new Ajv({ allErrors: true, verbose: true, ...ownSchemas }).compile(
    JSON.parse(readFileSync(new URL('../../schemas/config.schema.json', import.meta.url), 'utf8')),
  );
  return schemaCheck;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
};

interface Finding {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly node: Node;
  readonly help?: string;
}

class Checker {
  /** Nodes about which everything has been said. */
  private readonly settled = new Set<Node>();

  constructor(
    private readonly root: Node,
    private readonly source: Source,
    private readonly diagnostics: Diagnostic[],
  ) {}

  /** The plain value of the tree. */
  value(): Json {
    this.tags(this.root, new Set());
    this.tokens();
    const settled = new Set([...this.settled].map((node) => node.start));
    const report = (one: Diagnostic): void => {
      // The message would hold the value.
      if (!one.place || !settled.has(one.place.offset)) this.diagnostics.push(one);
    };
    return staticValue(this.root, { source: this.source, json: true, report }) as Json;
  }

  private report(code: DiagnosticCode, message: string, node: Node, help?: string): void {
    // What is said of a value in general speaks of blueprints.
    const general = code === 'invalid-value' ? 'See docs/configuration.md for what it takes.' : undefined;
    this.diagnostics.push(diagnose(code, message, placeOf(node, this.source), { help: help ?? general }));
  }

  private tags(node: Node, seen: Set<Node>): void {
    if (!node.dynamic || seen.has(node)) return;
    seen.add(node);
    if (node.tag === brokenTag) return;
    if (node.tag) {
      const help =
        node.type === 'scalar' && (node.tag === 'Env' || node.tag === 'File')
          ? `Where a token is needed, write \`token: {${node.tag.toLowerCase()}: ${node.text}}\`.`
          : 'Write the value itself.';
      this.report('tag-not-allowed', 'tags are for blueprints and have no place in asbuilt.yaml', node, help);
      this.settled.add(node);
    }
    if (node.type === 'sequence') for (const item of node.items) this.tags(item, seen);
    else if (node.type === 'map') for (const { value } of node.pairs) this.tags(value, seen);
  }

  private tokens(): void {
    const directories = found(this.root, ['directories'])?.node;
    for (const { value } of directories?.type === 'map' ? directories.pairs : []) {
      const token = found(value, ['token'])?.node;
      if (token?.type !== 'scalar' || token.value === null || token.tag) continue;
      this.report('written-credential', 'a token must not stand in the file', token);
      this.settled.add(token);
    }
  }

  /** Unknown keys, wrong types and forms. */
  shape(value: Json): void {
    const check = checkOfSchema();
    if (check(value)) return;
    for (const error of check.errors!) {
      const finding = this.findingOf(error);
      if (finding) this.report(finding.code, finding.message, finding.node, finding.help);
    }
  }

  /** What the schema's error means; undefined when another diagnostic says so already. */
  private findingOf(error: ErrorObject): Finding | undefined {
    const steps = stepsOf(error.instancePath);
    const at = found(this.root, steps);
    // `propertyNames` itself tells of the errors below it.
    if (!at || this.settled.has(at.node) || error.propertyName !== undefined) return undefined;
    const { node } = at;
    const { params } = error;
    const words = error.parentSchema as Words;
    const name = nameOf(steps);
    const text = node.type === 'scalar' ? node.text : undefined;
    switch (error.keyword) {
      case 'additionalProperties': {
        const key = String(params.additionalProperty);
        const known = Object.keys(words.properties ?? {});
        return {
          code: 'unknown-key',
          message: `${words.title ?? name} has no ${words['x-entry'] ?? 'key'} \`${nameAlone(key)}\``,
          node: found(node, [key])?.key ?? node,
          help: didYouMean(key, known) ?? `Known here: ${known.join(', ')}.`,
        };
      }
      case 'propertyNames': {
        const key = String(params.propertyName);
        const message = `the name \`${nameAlone(key)}\` ${(error.schema as Words).errorMessage}`;
        return { code: 'invalid-value', message, node: found(node, [key])?.key ?? node };
      }
      case 'required': {
        const message = `${name} needs \`${params.missingProperty}\``;
        return { code: 'missing-key', message, node: at.key ?? node };
      }
      case 'type': {
        const message = `${name} ${words.errorMessage ?? `must be ${typeWords[String(params.type)]}`}`;
        const quotable = params.type === 'string' && text !== undefined && text !== '';
        return { code: 'wrong-type', message, node, help: quotable ? 'Put it in quotes.' : undefined };
      }
      case 'enum': {
        const allowed = params.allowedValues as string[];
        const message = `${name} must be one of ${allowed.join(', ')}`;
        return { code: 'invalid-value', message, node, help: didYouMean(text ?? '', allowed) };
      }
      default:
        return { code: 'invalid-value', message: `${name} ${words.errorMessage ?? error.message}`, node };
    }
  }

  /** What a schema can't say: rules between parts, and credentials. */
  meaning(written: Written): void {
    const directories = Object.entries(mapOr(written.directories));
    const names = directories.map(([name]) => name);
    for (const [name, directory] of directories) {
      const { url, ledger, prune, stances } = mapOr(directory);
      this.stances(mapOr(stances), mapOr(written.stances), name);
      this.url(url, ['directories', name, 'url']);
      this.url(ledger, ['directories', name, 'ledger']);
      this.prune(prune, written, ['directories', name, 'prune']);
    }
    this.prune(written.prune, written, ['prune']);
    this.defaultDirectory(written.default_directory, names);
    this.severities(mapOr(written.diagnostics));
    const tokens = new Set(directories.map(([, directory]) => mapOr(mapOr(directory).token).env));
    const { env } = written;
    for (const [at, variable] of (Array.isArray(env) ? env : []).entries()) {
      const node = found(this.root, ['env', String(at)])?.node;
      if (!node || this.settled.has(node) || typeof variable !== 'string') continue;
      if (!isOwnVariable(variable) && !tokens.has(variable)) continue;
      const what = tokens.has(variable) ? 'holds the token of a directory' : 'belongs to asbuilt';
      const help = 'Remove it, or give blueprints a variable of their own.';
      this.report('env-not-allowed', `\`${variable}\` ${what}, and blueprints never read it`, node, help);
    }
  }

  private severities(written: Written): void {
    for (const [code, severity] of Object.entries(written)) {
      const { node, key } = found(this.root, ['diagnostics', code]) ?? {};
      if (!node || this.settled.has(node) || typeof severity !== 'string') continue;
      if (!isCode(code)) {
        const help = didYouMean(code, Object.keys(codes)) ?? 'docs/diagnostics.md lists them.';
        this.report('invalid-value', `there is no diagnostic \`${nameAlone(code)}\``, key ?? node, help);
      } else if (!mayBe(code, severity as Severity)) {
        const message = `\`${code}\` must stay an error: a plan made in spite of it could change the wrong thing`;
        const help = `Errors that may be lowered: ${[...lowerable].join(', ')}.`;
        this.report('invalid-value', message, node, help);
      }
    }
  }

  private defaultDirectory(asked: unknown, names: readonly string[]): void {
    const node = found(this.root, ['default_directory'])?.node;
    if (!node || this.settled.has(node) || typeof asked !== 'string' || names.includes(asked)) return;
    const known = names.length > 0 ? `There are ${names.join(', ')}.` : undefined;
    const help = didYouMean(asked, names) ?? known;
    this.report('unknown-directory', `there is no directory \`${asked}\``, node, help);
  }

  private url(url: unknown, steps: readonly string[]): void {
    const what = typeof url === 'string' ? credentialIn(url) : undefined;
    const node = what && found(this.root, steps)?.node;
    if (!node || this.settled.has(node)) return;
    const help = 'Change it, remove it here, and write `token: {env: NAME}` beside the URL.';
    this.report('written-credential', `${nameOf(steps)} has ${what} in it`, node, help);
  }

  /** A lock of all directories is one of each. */
  private stances(own: Written, general: Written, directory: string): void {
    for (const [hazard, stance] of Object.entries(own)) {
      if (general[hazard] !== 'locked' || stance === 'locked') continue;
      const node = found(this.root, ['directories', directory, 'stances', hazard])?.node;
      if (!node || this.settled.has(node)) continue;
      const message = `\`${hazard}\` is locked for every directory, and ${nameOf(['directories', directory])} says otherwise`;
      const help = 'Remove it here, or lock it below the directories that need that.';
      this.report('invalid-value', message, node, help);
    }
  }

  private prune(prune: unknown, written: Written, steps: readonly string[]): void {
    const node = prune === true && written.project === undefined && found(this.root, steps)?.node;
    if (!node) return;
    const help = 'Add `project:` with a name that no other set of blueprints has.';
    this.report('missing-key', 'prune needs a project, which says whose objects these are', node, help);
  }
}

function isCode(name: string): name is DiagnosticCode {
  return Object.hasOwn(codes, name);
}

type Written = Readonly<Record<string, unknown>>;

function mapOr(value: unknown): Written {
  return isMap(value) ? value : {};
}

interface Found {
  readonly node: Node;
  /** The key it stands under. */
  readonly key?: ScalarNode;
}

function found(root: Node | undefined, steps: readonly string[]): Found | undefined {
  let at: Found | undefined = root && { node: root };
  for (const step of steps) {
    if (!at) return undefined;
    const { node }: Found = at;
    if (node.type === 'sequence') {
      const item = node.items[Number(step)];
      at = item && { node: item, key: at.key };
    } else at = node.type === 'map' ? pairOf(node, step) : undefined;
  }
  return at;
}

function pairOf(map: MapNode, name: string): Found | undefined {
  const pair =
    map.pairs.find(({ key }) => key.value === name) ??
    map.pairs.find(({ key }) => typeof key.value !== 'string' && String(key.value) === name);
  return pair && { node: pair.value, key: pair.key };
}

function placeOf(node: Node | undefined, source: Source): Place {
  return node ? placeOfNode(node, source) : { source, offset: 0 };
}

function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `directories.prod.url`, `env[2]`: how people call a place in the file. */
function nameOf(steps: readonly string[]): string {
  if (steps.length === 0) return 'asbuilt.yaml';
  const text = steps.map((step, at) =>
    at === 0 ? step : /^\d+$/.test(step) ? `[${Number(step) + 1}]` : `.${step}`,
  );
  return `\`${text.join('')}\``;
}
