/** Parses the top level of a blueprint file: checks its structure and reports every problem with its place. */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import type { Place, Source } from '../diagnostic/source.js';
import { sectionKeys } from '../model/section-names.js';
import { nameAlone } from '../secrets/open-keys.js';
import { brokenTag } from '../yaml/blueprint-tags.js';
import { child, type MapNode, type Node, type SequenceNode, type Tree } from '../yaml/node.js';
import {
  type Blueprint,
  type Entry,
  type EntryPermission,
  noLabels,
  type State,
  states,
} from './blueprint.js';
import { type EntryReader, entryOf, permissionsOf } from './parse-entry.js';
import { sectionEntries } from './sections.js';

const topKeys = ['version', 'metadata', 'context', 'entries', ...sectionKeys];
/** Label that keeps a file from being applied with its folder. */
export const instantiateLabel = 'blueprints.goauthentik.io/instantiate';

/**
 * Parses a tree. Undefined when it is not a blueprint (`not-a-blueprint`: an error for a file that was named, a note
 * in a folder). Entries with problems are left out; the problems are added to `diagnostics`.
 */
export function parseBlueprint(
  { source, root }: Tree,
  named: boolean,
  diagnostics: Diagnostic[],
): Blueprint | undefined {
  const parser = new Parser(source, diagnostics);
  if (!root) {
    parser.report('empty-document', 'the file is empty', undefined);
    return undefined;
  }
  if (root.type === 'sequence' && root.items.length === 0 && !root.tag) {
    return { source, labels: {}, entries: [], empty: true };
  }
  if (
    root.type !== 'map' ||
    root.tag ||
    !root.pairs.some((pair) => topKeys.includes(String(pair.key.value)))
  ) {
    const message = 'not a blueprint: expected one of `version`, `entries`, `users`, `groups`, …';
    const help = named ? 'Write `version: 1` and `entries:`, or leave the file out.' : undefined;
    const one = diagnose('not-a-blueprint', message, parser.place(root), { help });
    diagnostics.push(named ? { ...one, severity: 'error' } : one);
    return undefined;
  }
  return parser.blueprint(root);
}

const none: never[] = [];

class Parser implements EntryReader {
  private readonly ids = new Map<string, Node>();

  constructor(
    readonly source: Source,
    readonly diagnostics: Diagnostic[],
  ) {}

  place(node: Node | undefined): Place {
    return { source: this.source, offset: node?.start ?? 0, length: node ? lengthOf(node) : 0 };
  }

  report(
    code: DiagnosticCode,
    message: string,
    node: Node | undefined,
    help?: string,
    related?: { node: Node; message: string },
  ): void {
    // The error in the tag was reported when it was read.
    if (node?.tag === brokenTag) return;
    const others = related && [{ place: this.place(related.node), message: related.message }];
    this.diagnostics.push(diagnose(code, message, this.place(node), { help, related: others }));
  }

  blueprint(root: MapNode): Blueprint {
    this.unknownKeys(root, topKeys, 'a blueprint', (key) => key.startsWith('x-'));
    const version = child(root, 'version');
    if (version) {
      if (version.type !== 'scalar' || version.tag || typeof version.value !== 'number') {
        this.report('wrong-type', 'version must be the number 1', version);
      } else if (version.value !== 1) {
        this.report('wrong-version', `there is no blueprint version ${version.text}`, version);
      }
    }
    const metadata = this.metadata(child(root, 'metadata'));
    const context = this.map(child(root, 'context'), 'context');
    const list = child(root, 'entries');
    const own = list ? this.entries(list) : [];
    const entries = own.concat(sectionEntries(this, root));
    const empty = list?.type === 'sequence' && list.items.length === 0;
    return { source: this.source, ...metadata, context, entries, empty };
  }

  private metadata(node: Node | undefined): Pick<Blueprint, 'name' | 'labels'> {
    const map = this.map(node, 'metadata');
    if (!map) return { labels: noLabels };
    this.unknownKeys(map, ['name', 'labels'], 'metadata');
    const name = child(map, 'name');
    if (!name) this.report('missing-key', 'metadata needs a name', map);
    else if (name.type !== 'scalar' || name.tag || typeof name.value !== 'string') {
      this.report('wrong-type', 'metadata.name must be text', name);
    }
    const text = name?.type === 'scalar' && typeof name.value === 'string' ? name.value : undefined;
    return { name: text, labels: this.labels(child(map, 'labels')) };
  }

  labels(node: Node | undefined): Readonly<Record<string, string>> {
    if (!node) return noLabels;
    const labels: Record<string, string> = {};
    for (const { key, value } of this.map(node, 'labels')?.pairs ?? []) {
      if (
        value.type !== 'scalar' ||
        value.tag ||
        typeof value.value !== 'string' ||
        typeof key.value !== 'string'
      ) {
        this.report('wrong-type', 'a label and its value must be text', value, 'Put the value in quotes.');
      } else labels[key.value] = value.value;
    }
    return labels;
  }

  private entries(node: Node): Entry[] {
    if (node.tag) this.report('tag-not-allowed', 'entries cannot be a tag', node);
    else if (node.type === 'sequence') return this.listed(node);
    else if (node.type === 'map') {
      return node.pairs.flatMap(({ value }) => {
        if (value.type === 'sequence' && !value.tag) return this.listed(value);
        this.report('wrong-type', 'each named list of entries must be a list', value);
        return none;
      });
    } else this.report('wrong-type', 'entries must be a list, or a map of named lists', node);
    return none;
  }

  private listed(list: SequenceNode): Entry[] {
    return list.items.flatMap((item) => entryOf(this, item) ?? none);
  }

  state(node: Node | undefined): State | Node | undefined {
    if (!node) return undefined;
    if (node.tag) return node;
    if (node.type === 'scalar' && states.includes(node.value as State)) return node.value as State;
    const text = node.type === 'scalar' ? node.text : '';
    this.report(
      'unknown-state',
      `the state must be one of ${states.join(', ')}`,
      node,
      didYouMean(text, states),
    );
    return undefined;
  }

  id(node: Node | undefined): string | undefined {
    if (!node || (node.type === 'scalar' && node.value === null && !node.tag)) return undefined;
    if (node.type !== 'scalar' || node.tag || typeof node.value !== 'string') {
      this.report('wrong-type', 'an id must be text', node, 'Put it in quotes.');
      return undefined;
    }
    const first = this.ids.get(node.value);
    if (first && node.value !== '') {
      const related = [{ place: this.place(first), message: 'first used here' }];
      const message = `the id \`${node.value}\` is used twice in this file`;
      this.diagnostics.push(diagnose('duplicate-id', message, this.place(node), { related }));
    }
    this.ids.set(node.value, node);
    return node.value === '' ? undefined : node.value;
  }

  permissions(node: Node | undefined): EntryPermission[] {
    return node ? permissionsOf(this, node) : none;
  }

  map(node: Node | undefined, name: string): MapNode | undefined {
    if (!node) return undefined;
    if (node.tag) this.report('tag-not-allowed', `${name} as a whole cannot be a tag`, node);
    else if (node.type !== 'map' || node.set) this.report('wrong-type', `${name} must be a map`, node);
    else return node;
    return undefined;
  }

  list(node: Node | undefined, name: string): readonly Node[] {
    if (!node) return none;
    if (node.tag) this.report('tag-not-allowed', `${name} as a whole cannot be a tag`, node);
    else if (node.type !== 'sequence') this.report('wrong-type', `${name} must be a list`, node);
    else return node.items;
    return [];
  }

  unknownKeys(map: MapNode, known: string[], where: string, free?: (key: string) => boolean): void {
    for (const { key } of map.pairs) {
      const text = typeof key.value === 'string' ? key.value : key.text;
      if (typeof key.value === 'string' && (known.includes(text) || free?.(text))) continue;
      const help = didYouMean(text, known) ?? `Known here: ${known.join(', ')}.`;
      this.report('unknown-key', `${where} has no key \`${nameAlone(text)}\``, key, help);
    }
  }
}

/** How much of a node to underline: all of a scalar, the first character of a collection. */
function lengthOf(node: Node): number {
  return node.type === 'scalar' ? Math.max(1, node.end - node.start) : 1;
}
