/** Expands one object of a section into an entry: reserved keys, attributes, references by name. */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { nearest } from '../diagnostic/did-you-mean.js';
import { breaksEntry } from '../diagnostic/severities.js';
import type { Source } from '../diagnostic/source.js';
import { roleKind, userKind } from '../model/kind-names.js';
import { type FieldFacts, type KindFacts, objectPermissions } from '../model/kinds.js';
import { accessLabel } from '../model/labels.js';
import { child, type MapNode, type Node, type Pair } from '../yaml/node.js';
import type { Entry, EntryPermission, State } from './blueprint.js';
import { checkAttributes, fieldNamed, isIdName } from './check-names.js';
import {
  asInEntry,
  mapNode,
  namedReference,
  pairOf,
  type Span,
  sequenceNode,
  textNode,
} from './sections-nodes.js';

/** What expanding sections needs from the parser of the file. */
export interface Reader {
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
  report(
    code: DiagnosticCode,
    message: string,
    node: Node | undefined,
    help?: string,
    related?: { node: Node; message: string },
  ): void;
  map(node: Node | undefined, name: string): MapNode | undefined;
  list(node: Node | undefined, name: string): readonly Node[];
  labels(node: Node | undefined): Readonly<Record<string, string>>;
  state(node: Node | undefined): State | Node | undefined;
  /** The entry's `id`; reports one that is used twice. */
  id(node: Node | undefined): string | undefined;
  permissions(node: Node | undefined): EntryPermission[];
}

/** `access: everyone`: no binding, on purpose. */
export const everyone = 'everyone';

/** Keys that every object of a section may have beside its attributes. */
export const reservedKeys = ['state', 'id', 'labels', 'was', 'conditions', objectPermissions] as const;

/** What nested objects inherit unless they write their own. */
export interface Inherited {
  readonly state?: State | Node;
  readonly conditions?: readonly Node[];
}

/** One object of a section. */
export interface Written {
  readonly facts: KindFacts;
  /** The place to point at for the object. */
  readonly at: Span;
  /** Identifiers and implied attributes; both win over what is written. */
  readonly identifiers: readonly Pair[];
  readonly given?: readonly Pair[];
  /** Attributes that apply when they are not written. */
  readonly defaults?: readonly Pair[];
  /** What the user wrote; a key without a value is an empty map. */
  readonly body: MapNode | undefined;
  /** Keys of the body that are not attributes. */
  readonly extra?: readonly string[];
  readonly inherited?: Inherited;
}

/** The expanded entry, and what nested objects inherit; no entry when it is broken. */
export interface Desugared extends Inherited {
  readonly entry?: Entry;
}

/** Expands an object of a section into an entry. */
export function entryOf(reader: Reader, written: Written): Desugared {
  const { facts, at, body, inherited = {} } = written;
  const before = reader.diagnostics.length;
  const part = (key: string): Node | undefined => body && child(body, key);
  const state = part('state') ? reader.state(part('state')) : inherited.state;
  const conditions = part('conditions')
    ? reader.list(part('conditions'), 'conditions')
    : (inherited.conditions ?? []);
  const permissions = grants(reader, part(objectPermissions), at);
  const { attributes, onlyAdd } = attributesOf(reader, written, state === 'absent');
  const identifiers = mapNode(written.identifiers, at);
  const entry: Entry = {
    source: reader.source,
    node: mapNode(
      [
        pairOf('identifiers', identifiers),
        pairOf('attrs', attributes),
        pairOf('conditions', sequenceNode(conditions, at)),
        pairOf('permissions', permissions),
      ],
      at,
    ),
    model: textNode(facts.kind, at),
    facts,
    state: state ?? 'present',
    id: reader.id(part('id')),
    identifiers: facts.singleton ? undefined : identifiers,
    attributes,
    conditions,
    permissions: reader.permissions(permissions),
    was: formerKey(reader, facts, part('was')),
    labels: { ...openLabel(part('access')), ...reader.labels(part('labels')) },
    onlyAdd: onlyAdd.size > 0 ? onlyAdd : undefined,
  };
  const broken = reader.diagnostics.slice(before).some(breaksEntry);
  return { entry: broken ? undefined : entry, state, conditions };
}

/** A label for `access: everyone`: without bindings, nothing else tells that this is on purpose. */
function openLabel(access: Node | undefined): Record<string, string> {
  const open = access?.type === 'scalar' && !access.tag && access.text === everyone;
  return open ? { [accessLabel]: everyone } : {};
}

/** Attributes as an entry would write them. */
function attributesOf(
  reader: Reader,
  written: Written,
  absent: boolean,
): { attributes: MapNode; onlyAdd: Set<string> } {
  const { facts, at, body, given = [], defaults = [], extra = [] } = written;
  const reserved = new Set<string>([...reservedKeys, ...extra]);
  const fixed = new Map([...written.identifiers, ...given].map((pair) => [pair.key.text, pair.value]));
  const onlyAdd = new Set<string>();
  const pairs: Pair[] = [];
  for (const pair of body?.pairs ?? []) {
    if (reserved.has(pair.key.text)) continue;
    const worked = fixed.get(pair.key.text);
    if (!worked) pairs.push(pair);
    else if (pair.value.tag || pair.value.type !== 'scalar' || textOf(worked) !== pair.value.text) {
      const message = `${facts.name}.${pair.key.text} is already determined by where this is written`;
      reader.report('constraint', message, pair.value, 'Leave it out, or write it as an entry.');
    }
  }
  if (absent) return { attributes: mapNode([], at), onlyAdd };
  const known = pairs.filter(({ key }) => !misspelt(reader, facts, key, reserved));
  checkAttributes(facts, mapNode(known, at), (code, message, node, help) =>
    reader.report(code, message, node, help),
  );
  const attributes = known.map(({ key, value }) => {
    const field = fieldNamed(facts, key.text);
    const list = added(reader, field, value);
    if (list) onlyAdd.add(field!.name);
    return { key, value: asInEntry(field, list ?? value) };
  });
  const names = new Set(known.map(({ key }) => fieldNamed(facts, key.text)?.name));
  const rest = defaults.filter(({ key }) => !names.has(key.text));
  return { attributes: mapNode([...attributes, ...rest, ...given], at), onlyAdd };
}

/** Is a key a misspelling of one of ours rather than of an attribute? Then it is reported. */
function misspelt(reader: Reader, facts: KindFacts, key: Pair['key'], reserved: Set<string>): boolean {
  const name = key.text;
  if (Object.hasOwn(facts.fields, name) || facts.readOnly.includes(name) || isIdName(facts, name))
    return false;
  const near = nearest(name, [...Object.keys(facts.fields), ...reserved]);
  if (near === undefined || !reserved.has(near)) return false;
  reader.report(
    'unknown-attribute',
    `${facts.name} has no attribute \`${name}\``,
    key,
    `Did you mean \`${near}\`?`,
  );
  return true;
}

/** The list in `{only_add: [...]}`, where the attribute is a set. */
function added(reader: Reader, field: FieldFacts | undefined, value: Node): Node | undefined {
  if (field?.set !== 'exact' || value.type !== 'map' || value.tag) return undefined;
  const list = child(value, 'only_add');
  if (list && value.pairs.length === 1) {
    if (!list.tag && list.type === 'sequence') return list;
    reader.report('wrong-type', '`only_add` must be a list', list);
  } else {
    const help = 'Write a list, or `{only_add: [...]}` to leave what is not listed alone.';
    reader.report('wrong-type', `${field.name} must be a list`, value, help);
  }
  return undefined;
}

function formerKey(reader: Reader, facts: KindFacts, node: Node | undefined): MapNode | undefined {
  if (!node) return undefined;
  const [key, ...more] = facts.key;
  if (key === undefined || more.length > 0) {
    reader.report(
      'unknown-key',
      `\`was\` does not work here: the natural key of a ${facts.name} is not a single attribute`,
      node,
    );
  } else if (node.tag || node.type !== 'scalar' || node.value === null) {
    reader.report('wrong-type', '`was` must be the former key, as text', node);
  } else return mapNode([pairOf(key, textNode(node.text, node))], node);
  return undefined;
}

const holders: ReadonlyMap<string, string> = new Map([
  ['user', userKind],
  ['role', roleKind],
]);

/** The object permissions, with the names of users and roles turned into lookups. */
function grants(reader: Reader, node: Node | undefined, at: Span): Node {
  const items = reader.list(node, objectPermissions).map((item) => {
    if (item.type !== 'map' || item.tag) return item;
    const pairs = item.pairs.map(({ key, value }) => {
      const to = holders.get(key.text);
      return { key, value: to === undefined ? value : namedReference(to, value) };
    });
    return mapNode(pairs, item);
  });
  return sequenceNode(items, node ?? at);
}

function textOf(node: Node): string | undefined {
  return node.type === 'scalar' ? node.text : undefined;
}

/** The map under a key, empty when there is no value; undefined for anything else, which is reported. */
export function bodyOf(reader: Reader, value: Node, what: string): MapNode | undefined {
  if (value.type === 'scalar' && value.value === null && !value.tag) return mapNode([], value);
  return reader.map(value, what);
}

/** A name as text; anything else is reported and gives undefined. */
export function nameIn(reader: Reader, node: Node, what: string): string | undefined {
  if (node.type === 'scalar' && !node.tag && node.value !== null && node.text !== '') return node.text;
  reader.report(node.tag ? 'tag-not-allowed' : 'wrong-type', `${what} must be written as text`, node);
  return undefined;
}
