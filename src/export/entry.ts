/** Writes the entry that describes a live object: references by name, secrets as variables, no defaults. */
import { lookupOf } from '../blueprint/sections-nodes.js';
import {
  dataNode,
  listNode,
  mapNode,
  tagNode,
  textNode,
  type YamlMap,
  type YamlNode,
} from '../convert/yaml.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { catalogue, type FieldFacts, type KindFacts, objectPermissions } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import {
  type Address,
  isMap,
  type Json,
  type LiveResource,
  pointerStep,
  Ref,
  type Value,
} from '../model/model.js';
import { sameValue } from '../plan/values.js';
import type { Choice } from './choose.js';
import type { Identifier, Names } from './names.js';
import { originsOf, type Part, partsOf, type Sources } from './origins.js';

/** How files are written: authentik's entries, or our compact form for what has one. */
export type Format = 'sections' | 'entries';

/** A value that is not written to a file and must be set in the environment. */
export interface Variable {
  readonly name: string;
  readonly address: Address;
  /** The attribute, and the path inside it: `settings.password`. */
  readonly field: string;
}

/** What is shared between the entries of all files. */
export interface Writer {
  readonly live: LiveModel;
  readonly names: Names;
  readonly sources: Sources;
  readonly choice: Choice & { readonly format: Format };
  readonly diagnostics: Diagnostic[];
  /** By name. */
  readonly variables: Map<string, Variable>;
  /** The values that the directory returns for variables, by name. They are used for fingerprints only, never printed. */
  readonly known: Map<string, string>;
}

/** The entry for an object, without an id. `above` says whether a target comes earlier in the file and may be referred to by `!KeyOf`. */
export function entryFor(
  writer: Writer,
  resource: LiveResource,
  above: (target: LiveResource) => boolean,
): YamlMap {
  const facts = catalogue().kinds.get(resource.kind)!;
  const reference = (ref: Ref, to?: string): YamlNode => referenceNode(writer, ref, above, to);
  const valueNode = (name: string, one: Value): YamlNode =>
    one instanceof Ref ? reference(one, facts.fields[name]?.reference?.to) : dataNode(one as Json);
  const identifiers = writer.names.identifiersOf(resource)!;
  const said = new Set(identifiers.map(([name]) => name));
  const attrs: [string, YamlNode][] = [];
  for (const field of Object.values(facts.fields)) {
    if (said.has(field.name)) continue;
    const node = attributeNode(writer, facts, resource, field, (one) => valueNode(field.name, one));
    if (node) attrs.push([field.name, node]);
  }
  const pairs: [string, YamlNode][] = [['model', textNode(facts.kind)]];
  if (identifiers.length > 0) {
    pairs.push(['identifiers', mapNode(identifiers.map(([name, one]) => [name, valueNode(name, one)]))]);
  }
  if (attrs.length > 0) pairs.push(['attrs', mapNode(attrs)]);
  const grants = grantNodes(writer, resource, reference);
  if (grants.length > 0) pairs.push(['permissions', listNode(grants)]);
  return mapNode(pairs);
}

function attributeNode(
  writer: Writer,
  facts: KindFacts,
  resource: LiveResource,
  field: FieldFacts,
  node: (value: Value) => YamlNode,
): YamlNode | undefined {
  if (field.aliasOf !== undefined || field.retired !== undefined || field.inverseOf) return undefined;
  if (field.computed === 'always') return undefined;
  const value = resource.attributes[field.name];
  if (field.unreadable) {
    const wanted = field.unreadable === 'password' ? writer.choice.passwords : isAsked(writer, field);
    return wanted ? variableNode(writer, resource, field.name) : undefined;
  }
  if (value === undefined || isLeftToDirectory(facts, field, value)) return undefined;
  if (field.secret && value !== null) {
    if (isTextThroughout(value)) return secretNode(writer, resource, field.name, value as Json);
    lost(writer, resource, field, 'is secret and holds more than text, so that no variable can stand for it');
    return undefined;
  }
  if (!field.reference) {
    const origins = originsOf(writer.sources, resource);
    if (!origins) return node(value);
    return partNode(
      writer,
      resource,
      field,
      partsOf(value, origins, `/${pointerStep(field.name)}`, field.name),
    );
  }
  const own = Array.isArray(value) ? value : [value];
  const known = own.filter((one) => writer.names.isWritable(field, one));
  if (known.length < own.length)
    lost(writer, resource, field, 'refers to something that was not read or has no name');
  if (!Array.isArray(value)) return known.length > 0 ? node(value) : undefined;
  if (known.length === 0 && own.length > 0) return undefined;
  const ordered = field.set ? [...known].sort(byAddress) : known;
  return listNode(ordered.map(node));
}

/** What came from a variable or file is left to it. Undefined where nothing can stand for the value. */
function partNode(
  writer: Writer,
  resource: LiveResource,
  field: FieldFacts,
  part: Part,
): YamlNode | undefined {
  const inner = (one: Part): YamlNode | undefined => partNode(writer, resource, field, one);
  switch (part.type) {
    case 'plain':
      return dataNode(part.value);
    case 'map':
      return mapNode(
        part.parts.flatMap(([key, one]) => {
          const node = inner(one);
          return node ? [[key, node] as const] : [];
        }),
      );
    case 'list':
      return listNode(part.parts.flatMap((one) => inner(one) ?? []));
    case 'from':
      return sourceNode(writer, resource, field, part);
  }
}

function sourceNode(
  writer: Writer,
  resource: LiveResource,
  field: FieldFacts,
  { value, origins, path }: Extract<Part, { type: 'from' }>,
): YamlNode | undefined {
  const [origin, ...others] = origins;
  const current = others.length === 0 ? writer.sources.current(origin!) : undefined;
  // Otherwise it was made of what is there, or somebody changed it since.
  const isItself = others.length === 0 && typeof value === 'string' && (current ?? value) === value;
  if (isItself && origin!.type === 'file') return tagNode('File', origin!.name);
  if (isItself) {
    const { name } = origin!;
    const { ref } = resource;
    if (!writer.variables.has(name)) writer.variables.set(name, { name, address: ref.address, field: path });
    writer.known.set(name, value);
    return tagNode('Env', name);
  }
  if (isTextThroughout(value)) return secretNode(writer, resource, path, value);
  lost(
    writer,
    resource,
    field,
    'came from a variable or file, and is more than text, so that no variable can stand for it',
  );
  return undefined;
}

/** Unreadable values get a variable where the object cannot be created without one. */
function isAsked({ choice }: Writer, field: FieldFacts): boolean {
  // What only blueprints have is another way to say what an attribute says.
  return (field.required && field.computed === undefined) || (choice.all && !field.blueprintOnly);
}

/** Would the directory set the same value by itself? */
function isLeftToDirectory(facts: KindFacts, field: FieldFacts, value: Value): boolean {
  if (field.required) return false;
  if (field.default !== undefined) return sameValue(field.default, value);
  if (value === null) return true;
  if (field.computed === undefined) return false;
  // Ids and times are the directory's own, but for the date somebody chose; names and keys must stay as they are.
  if (field.reference || field.schema.format === 'uuid') return true;
  return field.schema.format === 'date-time' && field.name !== facts.expires;
}

function byAddress(a: Value, b: Value): number {
  const text = (one: Value): string => (one instanceof Ref ? one.address : JSON.stringify(one));
  return text(a) < text(b) ? -1 : 1;
}

function lost({ diagnostics }: Writer, { ref }: LiveResource, field: FieldFacts, why: string): void {
  diagnostics.push(diagnose('not-exported', `${ref.address}: ${field.name} ${why}`));
}

function referenceNode(
  writer: Writer,
  ref: Ref,
  above: (target: LiveResource) => boolean,
  to?: string,
): YamlNode {
  const { live, names, choice } = writer;
  const target = live.of(ref)!;
  if (above(target)) return tagNode('KeyOf', target.ref.address);
  const facts = catalogue().kinds.get(target.kind)!;
  const { managed } = target.attributes;
  // What authentik manages keeps its mark when it is renamed.
  const isMarked = typeof managed === 'string' && managed !== '' && facts.fields.managed !== undefined;
  const identifiers: readonly Identifier[] = isMarked ? [['managed', managed]] : names.identifiersOf(target)!;
  // The compact form says a name only, which a family's members share among themselves.
  const lookup = choice.format === 'sections' && !isMarked && to !== undefined ? lookupOf(to) : undefined;
  const pairs = identifiers.map(([name, value]) => {
    const within = facts.fields[name]?.reference?.to;
    const node = value instanceof Ref ? referenceNode(writer, value, above, within) : dataNode(value as Json);
    return listNode([textNode(name), node]);
  });
  return tagNode('Find', [textNode(lookup?.model ?? target.kind), ...pairs]);
}

function grantNodes(writer: Writer, resource: LiveResource, reference: (ref: Ref) => YamlNode): YamlNode[] {
  const grants = resource.attributes[objectPermissions];
  if (!Array.isArray(grants)) return [];
  const lines: { readonly key: string; readonly node: YamlNode }[] = [];
  for (const grant of grants as Record<string, Value>[]) {
    const whom = (['role', 'user'] as const).find((one) => grant[one] instanceof Ref);
    const ref = whom && (grant[whom] as Ref);
    const target = ref && writer.live.of(ref);
    if (!target || !writer.names.identifiersOf(target)) {
      const message = `${resource.ref.address}: ${String(grant.permission)} is granted to something that was not read`;
      writer.diagnostics.push(diagnose('not-exported', message));
      continue;
    }
    const node = mapNode([
      ['permission', textNode(String(grant.permission))],
      [whom, reference(ref)],
    ]);
    lines.push({ key: `${String(grant.permission)} ${ref.address}`, node });
  }
  return lines.sort((a, b) => (a.key < b.key ? -1 : 1)).map((one) => one.node);
}

/** Secrets are never written: a variable replaces the text, or every text inside a map or list. */
function secretNode(writer: Writer, resource: LiveResource, path: string, value: Json): YamlNode {
  if (Array.isArray(value))
    return listNode(value.map((one, at) => secretNode(writer, resource, `${path}.${at}`, one)));
  if (!isMap(value)) return variableNode(writer, resource, path, String(value));
  const pairs = Object.entries(value as Record<string, Json>);
  return mapNode(pairs.map(([key, one]) => [key, secretNode(writer, resource, `${path}.${key}`, one)]));
}

/** Is the value text, or a map or list with nothing but text in it? */
function isTextThroughout(value: Value): boolean {
  if (Array.isArray(value)) return value.every(isTextThroughout);
  return isMap(value) ? Object.values(value).every(isTextThroughout) : typeof value === 'string';
}

function variableNode(writer: Writer, { ref }: LiveResource, field: string, value?: string): YamlNode {
  const { variables, known } = writer;
  const stem = `${ref.address}_${field}`
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .toUpperCase();
  let name = stem;
  for (let count = 2; variables.has(name); count++) name = `${stem}_${count}`;
  variables.set(name, { name, address: ref.address, field });
  if (value !== undefined) known.set(name, value);
  return tagNode('Env', name);
}
