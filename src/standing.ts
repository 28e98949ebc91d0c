/**
 * What a whole run knew in, runs over nothing but the entries that changed since out: what a watch keeps in memory, so
 * that one edited entry of many costs as much as one entry.
 *
 * After a whole run the rest of the directory is as the rest of the blueprints say, so an entry that changed can be
 * resolved against the directory alone, together with the entries that it names by `!KeyOf`. Whatever does not surely
 * give the plan that a whole run would give is left to a whole run: `narrowed` says undefined then.
 */
import type { Blueprint, Entry } from './blueprint/blueprint.js';
import { kindNamed } from './blueprint/kind-name.js';
import type { Node } from './blueprint/node.js';
import type { ReadBlueprints } from './blueprint/read.js';
import { catalogue, type KindFacts } from './catalogue.js';
import type { Diagnostic } from './diagnostic.js';
import type { LiveModel } from './live.js';
import type { Address, DesiredResource, Kind, OwnedRecord } from './model.js';
import type { Change } from './plan/change.js';
import { type Asked, type Edit, EmailCounts } from './semantic/asked.js';
import { userKind } from './semantic/kinds.js';
import type { Place, Source } from './source.js';
import { uniqueGroups } from './unique.js';

/** What a whole run knew, kept up to date by the narrow ones after it. */
export interface Standing {
  /** The blueprints as they are in force. */
  files: ReadBlueprints;
  readonly live: LiveModel;
  readonly owned: Map<Address, OwnedRecord>;
  /** Objects of other projects, by `objectKey`. */
  readonly others: ReadonlyMap<string, string>;
  /** The directory as it was opened, and its revision then; another one means that somebody else wrote. */
  readonly store: unknown;
  readonly revision: unknown;
  /** Entries of the whole run by where they stand, with the address each describes. */
  readonly addresses: Map<Source, Map<number, Address>>;
  /** What the runs said of the entries, so that a narrow run can say it again of those it did not look at. */
  told: readonly Diagnostic[];
  /** What the semantic checks of the whole run found, what they asked for, and how many users have each email. */
  readonly findings: readonly Diagnostic[];
  readonly asked: Asked;
  readonly emails: EmailCounts;
  /** Kinds and families that some entry looks into by more than a natural key. */
  readonly searched: ReadonlySet<string>;
}

/** The changed entries, and those that they name. */
export interface Narrowed {
  readonly blueprints: readonly Blueprint[];
  /** Addresses that the changed entries describe: nothing else is planned. */
  readonly targets: ReadonlySet<Address>;
  /** What was said of the others. */
  readonly told: readonly Diagnostic[];
}

/**
 * Remembers a whole run that left the directory equal to the blueprints. Undefined where no edit could be narrowed
 * anyway: entries that describe one object together, or that say what depends on others.
 */
export function standing(
  known: Pick<
    Standing,
    'files' | 'live' | 'others' | 'store' | 'revision' | 'told' | 'findings' | 'asked'
  > & {
    readonly owned: ReadonlyMap<Address, OwnedRecord>;
    readonly desired: readonly DesiredResource[];
  },
): Standing | undefined {
  const { files, desired, live, revision, ...rest } = known;
  if (revision === undefined) return undefined;
  const entries = files.blueprints.flatMap((file) => file.entries.filter((entry) => !entry.facts?.meta));
  if (entries.length !== desired.length || entries.some((entry) => !entry.facts)) return undefined;
  if (entries.some((entry) => entry.conditions.length > 0 || entry.state === 'absent')) return undefined;
  const addresses = new Map<Source, Map<number, Address>>();
  for (const { place, ref } of desired) {
    const known = addresses.get(place.source) ?? new Map<number, Address>();
    known.set(place.offset, ref.address);
    addresses.set(place.source, known);
  }
  const searched = new Set<string>();
  for (const { context, entries } of files.blueprints) {
    if (context) searchedBy(context, searched);
    for (const { node } of entries) if (node.dynamic) searchedBy(node, searched);
  }
  const emails = new EmailCounts(live.all(userKind).map((one) => one.attributes.email));
  const owned = new Map(known.owned);
  return { ...rest, files, live, owned, revision, addresses, searched, emails };
}

/** What changed between the blueprints in force and those just read; undefined when that takes a whole run. */
export function narrowed(standing: Standing, files: ReadBlueprints): Narrowed | undefined {
  const before = standing.files.blueprints;
  const after = files.blueprints;
  if (before.length !== after.length || files.silent.join() !== standing.files.silent.join())
    return undefined;
  const blueprints: Blueprint[] = [];
  const targets = new Set<Address>();
  const replaced = new Set<Source>();
  for (const [at, file] of after.entries()) {
    const old = before[at]!;
    if (old === file) continue;
    const isSameFile = old.source.path === file.source.path && old.context === file.context;
    if (!isSameFile || old.entries.length !== file.entries.length) return undefined;
    if (!sameLabels(old.labels, file.labels)) return undefined;
    const changed: Entry[] = [];
    for (let index = 0; index < file.entries.length; index++) {
      const entry = file.entries[index]!;
      const was = old.entries[index]!;
      if (was === entry) continue;
      const address = standing.addresses.get(was.source)?.get(was.node.start);
      if (address === undefined || !isNarrow(standing, was, entry)) return undefined;
      changed.push(entry);
      targets.add(address);
      replaced.add(was.source);
    }
    if (changed.length > 0) blueprints.push({ ...file, entries: withNamed(file, changed) });
  }
  // What the checks found of an entry may name others, and where they stand.
  if (standing.findings.some((one) => placesOf(one).some(({ source }) => replaced.has(source))))
    return undefined;
  for (const { entries } of blueprints) for (const { source } of entries) replaced.add(source);
  const told = standing.told.filter((one) => !one.place || !replaced.has(one.place.source));
  return { blueprints, targets, told };
}

function placesOf({ place, related = [] }: Diagnostic): Place[] {
  return [...(place ? [place] : []), ...related.map((one) => one.place)];
}

/** Is the second entry an edit of the first that changes nothing but attributes of the same live object? */
function isNarrow(standing: Standing, was: Entry, entry: Entry): boolean {
  const { facts } = entry;
  if (!facts || facts !== was.facts || !facts.keyUnique || facts.singleton || facts.spends || facts.expires)
    return false;
  if (was.state !== 'present' || entry.state !== 'present' || was.id !== entry.id) return false;
  if (was.was || entry.was || was.onlyAdd || entry.onlyAdd) return false;
  if (!sameLabels(was.labels, entry.labels)) return false;
  if (was.permissions.length > 0 || entry.permissions.length > 0 || entry.conditions.length > 0) return false;
  if (was.identifiers?.dynamic || !sameNode(was.identifiers, entry.identifiers)) return false;
  if (namesOf(facts).some((name) => standing.searched.has(name))) return false;
  // What entries of another kind say as well must not contradict them.
  const edited = mirrorsOf(facts).filter(({ of }) => !sameNode(written(was, of), written(entry, of)));
  if (edited.some((mirror) => isWritten(standing.files, mirror))) return false;
  const differs = (name: string): boolean => !sameNode(written(was, name), written(entry, name));
  if (uniqueGroups(facts).some(({ fields }) => fields.some(differs))) return false;
  // What several objects decide together (one default, no circle of parents) is looked at together.
  return !Object.values(facts.fields).some(
    ({ name, inverseOf, exclusive, acyclic }) =>
      (inverseOf || exclusive !== undefined || acyclic) && (writes(was, name) || writes(entry, name)),
  );
}

/** The kind and the families by which lookups may mean it. */
function namesOf({ kind, families }: KindFacts): string[] {
  return [kind, ...families.map((one) => one.family)];
}

/** A field that shows from the other side (`group.users`) what a field of a kind holds (`user.groups`). */
interface Mirror {
  readonly kind: string;
  readonly field: string;
  readonly of: string;
}

const mirrors = new Map<string, readonly Mirror[]>();

/** The fields of other kinds that show what fields of this one hold. */
function mirrorsOf({ kind }: KindFacts): readonly Mirror[] {
  let found = mirrors.get(kind);
  if (!found) {
    const all = [...catalogue().kinds.values()].flatMap((other) =>
      Object.values(other.fields).map((field) => ({ other, field })),
    );
    found = all.flatMap(({ other, field: { name, inverseOf } }) =>
      inverseOf?.kind === kind ? [{ kind: other.kind, field: name, of: inverseOf.field }] : [],
    );
    mirrors.set(kind, found);
  }
  return found;
}

/** Does an entry write the field, or may it? */
function isWritten({ blueprints }: ReadBlueprints, { kind, field }: Mirror): boolean {
  return blueprints.some(({ entries }) =>
    entries.some((entry) => !entry.facts || (entry.facts.kind === kind && writes(entry, field))),
  );
}

function writes(entry: Entry, name: string): boolean {
  return written(entry, name) !== undefined;
}

function written({ attributes, identifiers }: Entry, name: string): Node | undefined {
  for (const pairs of [attributes?.pairs, identifiers?.pairs])
    for (const { key, value } of pairs ?? []) if (key.value === name) return value;
  return undefined;
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Do two nodes say the same? Places do not count. */
function sameNode(a: Node | undefined, b: Node | undefined): boolean {
  if (a === b) return true;
  if (!a || !b || a.type !== b.type || a.tag !== b.tag) return false;
  if (a.type === 'scalar') return b.type === 'scalar' && a.text === b.text && a.plain === b.plain;
  if (a.type === 'sequence')
    return (
      b.type === 'sequence' &&
      a.items.length === b.items.length &&
      a.items.every((one, at) => sameNode(one, b.items[at]))
    );
  return (
    b.type === 'map' &&
    a.pairs.length === b.pairs.length &&
    a.pairs.every(
      ({ key, value }, at) => sameNode(key, b.pairs[at]!.key) && sameNode(value, b.pairs[at]!.value),
    )
  );
}

/** The entries with those that they name by `!KeyOf`, and those name in turn, in the order of the file. */
function withNamed(file: Blueprint, changed: readonly Entry[]): Entry[] {
  // Hardly any name others, and then there is nothing to look for.
  if (changed.every((entry) => namedIn(entry.node).next().done)) return [...changed];
  const byId = new Map<string, Entry>();
  for (const entry of file.entries) if (entry.id !== undefined) byId.set(entry.id, entry);
  const wanted = new Set<Entry>();
  const queue = [...changed];
  for (let entry = queue.pop(); entry; entry = queue.pop()) {
    if (wanted.has(entry)) continue;
    wanted.add(entry);
    for (const id of namedIn(entry.node)) {
      const named = byId.get(id);
      if (named) queue.push(named);
    }
  }
  return file.entries.filter((entry) => wanted.has(entry));
}

function* namedIn(node: Node): Generator<string> {
  if (!node.dynamic) return;
  if (node.tag === 'KeyOf' && node.type === 'scalar') yield node.text;
  if (node.type === 'sequence') for (const item of node.items) yield* namedIn(item);
  if (node.type === 'map') for (const pair of node.pairs) yield* namedIn(pair.value);
}

/** Adds what `!Find` looks into by more than one plain natural key, and what `!FindObject` and `!If` look into at all. */
function searchedBy(node: Node, searched: Set<string>): void {
  if (!node.dynamic || node.type === 'scalar') return;
  if (node.type === 'map') {
    for (const pair of node.pairs) searchedBy(pair.value, searched);
    return;
  }
  if (node.tag === 'Find' || node.tag === 'FindObject') {
    const [model, pair, ...more] = node.items;
    const name = model?.type === 'scalar' && !model.tag ? modelNamed(model.text) : undefined;
    const key =
      pair?.type === 'sequence' && pair.items[0]?.type === 'scalar' ? pair.items[0].text : undefined;
    const isByKey = node.tag === 'Find' && more.length === 0 && name !== undefined && key === keyOf(name);
    // What cannot be told may be anything.
    if (name === undefined) for (const kind of catalogue().kinds.keys()) searched.add(kind);
    else if (!isByKey) searched.add(name);
  }
  for (const item of node.items) searchedBy(item, searched);
}

function modelNamed(model: string): string | undefined {
  const found = kindNamed(model);
  if ('facts' in found) return found.facts.kind;
  return catalogue().familyModels.get(model.toLowerCase());
}

/** The one attribute that is the natural key of a kind, or of all kinds of a family. */
function keyOf(name: string): string | undefined {
  const { kinds, families } = catalogue();
  const own = kinds.get(name);
  const keys = new Set((own ? [own] : (families.get(name) ?? [])).map((one) => one.key.join()));
  return keys.size === 1 ? [...keys][0] : undefined;
}

/** The attributes that a plan for changed entries changes. */
export function editsOf(changes: readonly Change[]): Edit[] {
  return changes.flatMap(({ kind, fields, was, write }) =>
    [...new Set(fields.map((one) => one.field))].map((field) => ({
      kind,
      field,
      before: was[field],
      after: write[field],
    })),
  );
}

/** Takes up what was planned for the changed entries and is done: from now on these blueprints are in force. */
export function accept(
  standing: Standing,
  files: ReadBlueprints,
  told: readonly Diagnostic[],
  changes: readonly Change[],
): void {
  standing.emails.take(editsOf(changes));
  const before = standing.files.blueprints;
  for (const [at, file] of files.blueprints.entries()) {
    const old = before[at]!;
    if (old === file) continue;
    const moved: [Entry, Address][] = [];
    for (let index = 0; index < file.entries.length; index++) {
      const entry = file.entries[index]!;
      const was = old.entries[index]!;
      if (was === entry) continue;
      const places = standing.addresses.get(was.source)!;
      moved.push([entry, places.get(was.node.start)!]);
      places.delete(was.node.start);
      if (places.size === 0) standing.addresses.delete(was.source);
    }
    for (const [{ source, node }, address] of moved) {
      const places = standing.addresses.get(source) ?? new Map<number, Address>();
      places.set(node.start, address);
      standing.addresses.set(source, places);
    }
  }
  standing.files = files;
  standing.told = told;
}

/** May a run that wrote these changes be remembered, once the objects were read again? */
export function isPatchable(changes: readonly Change[]): boolean {
  return (
    changes.length <= mostPatched && changes.every(({ verb, kind }) => verb === 'update' && isLeaf(kind))
  );
}

/** Of more changes than these, everything is read again. */
const mostPatched = 100;

/** Does nothing that the directory works out for its members hang on such an object (who is a superuser)? */
function isLeaf(kind: Kind): boolean {
  return !Object.values(catalogue().kinds.get(kind)!.fields).some((field) => field.inverseOf);
}
