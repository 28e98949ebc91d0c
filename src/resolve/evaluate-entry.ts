/** Evaluates the values of an entry: runs the tags, finds what references point to, and coerces the rest. */

import type { Blueprint, Entry } from '../blueprint/blueprint.js';
import type { DiagnosticCode } from '../diagnostic/codes.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { positionOf } from '../diagnostic/source.js';
import { roleKind, userKind } from '../model/kind-names.js';
import { catalogue, type FieldFacts, objectPermissions } from '../model/kinds.js';
import { type Origin, Ref, Unavailable, type Value } from '../model/model.js';
import { remembered } from '../model/remembered.js';
import { evaluate } from '../tags/evaluate.js';
import { floatText } from '../tags/python.js';
import { staticValue, toValue, type ValueTarget } from '../tags/results.js';
import type { FindPair, TagScope } from '../tags/scope.js';
import { inside, TagError, type TagValue, Traced, untraced } from '../tags/values.js';
import { type Node, YamlFloat } from '../yaml/node.js';
import { coerce } from './coerce.js';
import { type Purpose, References } from './evaluate-references.js';
import { described, firstUnavailable, mergedOver } from './evaluate-values.js';
import { type Item, placeOf, type Resolved, type WrittenAttribute } from './item.js';
import type { Resolution } from './resolution.js';

const noOrigins: ReadonlyMap<string, readonly Origin[]> = new Map();

/** Evaluates what the entries of a resolution write. */
export class Evaluator {
  private readonly references: References;

  constructor(private readonly resolution: Resolution) {
    this.references = new References(resolution, (item, code, message, node, help) =>
      this.report(item, code, message, node, help),
    );
  }

  // Scopes

  /** What all entries of a file share. */
  private readonly base = remembered((file: Blueprint): Omit<TagScope, 'keyOf' | 'find' | 'findObject'> => {
    const { environment } = this.resolution.input;
    const allowed = (type: 'env' | 'file', name: string, node: Node): void => {
      if (environment.allows(type, name)) return;
      const what = type === 'env' ? 'the variable' : 'the file';
      throw new TagError(
        'entry_invalid',
        'env-not-allowed',
        `blueprints may not read ${what} \`${name}\``,
        node,
      );
    };
    return {
      source: file.source,
      context: this.resolution.contextOf(file),
      env: (name, node) => {
        allowed('env', name, node);
        return environment.env(name);
      },
      file: (path, node) => {
        allowed('file', path, node);
        return environment.file(path, file.source.path);
      },
      report: (diagnostic) => this.resolution.diagnostics.push(diagnostic),
    };
  });

  private scopeOf(item: Item): TagScope {
    const { context, env, file, report } = this.base(item.file);
    return {
      source: item.entry.source,
      context,
      env,
      file,
      idOf: (ref) => {
        if (catalogue().kinds.get(ref.kind)?.spends) {
          const message = `the id of ${ref.address} is the secret in its link and must not be used in a value`;
          throw new TagError('entry_invalid', 'tag-value', message, item.entry.node);
        }
        return this.resolution.input.live.of(ref)?.id;
      },
      report,
      keyOf: (id, node) => this.keyOf(item, id, node),
      find: (model, pairs, node) => this.find(item, model, pairs, node),
      findObject: (model, pairs, node) => {
        const ref = this.find(item, model, pairs, node);
        return ref && this.references.known(ref) ? described(this.resolution.describe(ref, item)) : ref;
      },
    };
  }

  private keyOf(item: Item, id: string, node: Node): Ref {
    const target = this.resolution.itemById(item.file, id);
    if (!target) {
      const help = didYouMean(id, this.resolution.idsIn(item.file));
      const message = `no entry in this file has the id \`${id}\``;
      throw new TagError('entry_invalid', 'unknown-id', message, node, { help });
    }
    const held = this.resolution.isHeld(target);
    const { ref, live } = this.resolution.match(target);
    if (held && !live && !item.held) {
      const message = `the entry \`${id}\` is held back by its conditions, and ${ref.address} does not exist`;
      throw new TagError('entry_invalid', 'reference-to-held', message, node);
    }
    if (target.state === 'absent' && !held && item.state !== 'absent') {
      const line = positionOf(placeOf(target, target.entry.node)).line;
      const message = `${ref.address} is being deleted (line ${line})`;
      throw new TagError('entry_invalid', 'reference-to-absent', message, node);
    }
    return ref;
  }

  private find(item: Item, model: string, pairs: readonly FindPair[], node: Node): Ref | null {
    const target = this.target(item, false);
    const plain = pairs.map(([name, value]) => [name, toValue(value, node, target).value] as const);
    const found = this.resolution.find(model, plain, item, node);
    if (!found) this.references.missed(node, model, plain);
    if (found || !this.resolution.input.offline || item.isWorking('conditions')) return found;
    const hidden = pairs.some(([, value]) => [...inside(value)].some((one) => one instanceof Traced));
    return this.references.outsideRef(item, model, plain, node, hidden);
  }

  // Values

  /** A model or state written as a tag; entries are not there to be asked yet. */
  header({ source }: Entry, file: Blueprint, node: Node): TagValue {
    const refuse = (where: Node): never => {
      throw new TagError(
        'entry_invalid',
        'tag-value',
        'model and state cannot depend on other objects',
        where,
      );
    };
    const scope: TagScope = {
      ...this.base(file),
      source,
      keyOf: (_id, where) => refuse(where),
      find: (_model, _pairs, where) => refuse(where),
      findObject: (_model, _pairs, where) => refuse(where),
    };
    return evaluate(node, scope);
  }

  condition(item: Item, node: Node): TagValue {
    return untraced(evaluate(node, this.scopeOf(item)));
  }

  value(
    item: Item,
    node: Node,
    field: FieldFacts | undefined,
    purpose: Purpose,
  ): {
    value: Value;
    origins: ReadonlyMap<string, readonly Origin[]>;
  } {
    const json = field?.json === true;
    const target = this.target(item, json);
    let value: Value;
    let origins = noOrigins;
    if (!node.dynamic) {
      value = this.floatAsText(node, field) ?? staticValue(node, target);
    } else {
      ({ value, origins } = toValue(evaluate(node, this.scopeOf(item)), node, target));
      if (purpose === 'attribute') this.noteUnavailable(item, node, value);
    }
    if (field?.reference)
      value = this.references.reference(item, node, field, value, purpose, origins.size > 0);
    else if (field) value = this.coerced(item, node, field, value, origins);
    return { value, origins };
  }

  /** Where text is wanted, `1.0` is the text "1.0"; as a number it would lose the fraction. */
  private floatAsText(node: Node, field: FieldFacts | undefined): Value | undefined {
    const isFloat =
      node.type === 'scalar' && node.value instanceof YamlFloat && field?.schema.type === 'string';
    return isFloat ? floatText((node.value as YamlFloat).value) : undefined;
  }

  private target(item: Item, json: boolean): ValueTarget {
    return {
      source: item.entry.source,
      json,
      isUuid: (ref) => catalogue().kinds.get(ref.kind)?.idType !== 'integer',
      report: (diagnostic) => this.problem(item, diagnostic),
    };
  }

  private problem(item: Item, diagnostic: Diagnostic): void {
    if (item.state === 'absent') return;
    if (diagnostic.severity === 'error') item.broken = true;
    this.resolution.diagnostics.push(diagnostic);
  }

  private report(item: Item, code: DiagnosticCode, message: string, node: Node, help?: string): void {
    this.problem(item, diagnose(code, message, placeOf(item, node), { help }));
  }

  private noteUnavailable(item: Item, node: Node, value: Value): void {
    const missing = firstUnavailable(value);
    if (!missing) return;
    const what =
      missing.type === 'env'
        ? `the variable ${missing.name} is not set`
        : `the file ${missing.name} does not exist`;
    this.report(item, 'env-unset', `${what}; the value is treated as unchanged`, node);
  }

  private coerced(
    item: Item,
    node: Node,
    field: FieldFacts,
    value: Value,
    origins: ReadonlyMap<string, readonly Origin[]>,
  ): Value {
    if (value instanceof Unavailable) return value;
    if (value instanceof Ref) {
      // Free JSON may hold a reference to a user, whose number is filled in later.
      if (field.json) return value;
      this.report(item, 'invalid-value', `${item.facts.name}.${field.name} does not take a reference`, node);
      return null;
    }
    const result = coerce(field, value);
    if ('value' in result) return result.value;
    const hidden = field.secret || origins.size > 0;
    // Null is no secret.
    const given = hidden ? 'does not accept the given value' : result.problem;
    const problem = value === null ? `${result.problem}${whyNull(node)}` : given;
    const help = hidden ? undefined : result.help;
    this.report(item, 'invalid-value', `${item.facts.name}.${field.name} ${problem}`, node, help);
    return null;
  }

  /** An attribute with its identifier merged over it. */
  attribute(item: Item, written: WrittenAttribute): Resolved | undefined {
    const node = written.attribute ?? written.identifier!;
    const before = item.broken;
    item.broken = false;
    try {
      const attribute = written.attribute && this.value(item, written.attribute, written.field, 'attribute');
      const identifier =
        written.identifier && this.value(item, written.identifier, written.field, 'attribute');
      if (item.broken) return undefined;
      const shown = written.identifier ?? node;
      if (!attribute || !identifier) {
        const { value, origins } = (attribute ?? identifier)!;
        return { value, origins, node: shown };
      }
      const origins = new Map([...attribute.origins, ...identifier.origins]);
      return { value: mergedOver(attribute.value, identifier.value), origins, node: shown };
    } finally {
      item.broken ||= before;
    }
  }

  /** The entry's `permissions` as the pseudo-attribute that every kind has. */
  permissions(item: Item): Resolved {
    const list: Value[] = [];
    const from = new Map<string, readonly Origin[]>();
    for (const { node, permission, user, role } of item.entry.permissions) {
      const { value: name, origins } = this.value(item, permission, undefined, 'attribute');
      if (typeof name !== 'string') {
        this.report(
          item,
          'invalid-value',
          'a permission must be text; write it like authentik_core.view_user',
          permission,
        );
        continue;
      }
      const holder = (to: string, at: Node): Value => {
        const facts = { ...holderField, reference: { to, onDelete: 'cascade' as const } };
        const { value, origins } = this.value(item, at, undefined, 'attribute');
        return this.references.one(item, at, facts, value, 'attribute', origins.size > 0);
      };
      const granted: Value = role
        ? { permission: name, role: holder(roleKind, role) }
        : { permission: name, user: holder(userKind, user ?? node) };
      if (origins.size > 0) from.set(`/${list.length}`, [...origins.values()].flat());
      list.push(granted);
    }
    return { value: list, origins: from, node: item.entry.permissions[0]!.node };
  }
}

/** Where the null comes from, to end a sentence; empty when it was written. */
function whyNull(node: Node): string {
  if (node.type !== 'sequence' || (node.tag !== 'Env' && node.tag !== 'File')) return '';
  const [name] = node.items;
  if (name?.type !== 'scalar') return '';
  return `: ${name.text} is not ${node.tag === 'Env' ? 'set' : 'there'}, and the default of the tag is null`;
}

/** The facts of the holder of an object permission. */
const holderField: FieldFacts = {
  name: objectPermissions,
  schema: {},
  nullable: false,
  required: true,
  many: false,
  map: false,
  json: false,
  secret: false,
  unreadable: false,
  blueprintOnly: true,
  acyclic: false,
};
