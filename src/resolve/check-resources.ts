/** Checks whole resources: values, missing attributes, contradictions between entries, cycles of parents. */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import type { Place } from '../diagnostic/source.js';
import { defaultsOf, missingAttributes } from '../model/defaults.js';
import { catalogue, type FieldFacts, type KindFacts, objectPermissions } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { mirrorOf } from '../model/mirror.js';
import {
  type Address,
  type Attributes,
  type DesiredResource,
  isMap,
  type OwnedRecord,
  objectKey,
  Ref,
  type Value,
} from '../model/model.js';
import { remembered } from '../model/remembered.js';
import { checkUnique } from './check-unique.js';
import { areValid, constraintProblems, valueProblems } from './check-values.js';
import { type Item, placeOf } from './item.js';
import { writtenSecrets } from './written-secrets.js';

interface Surroundings {
  readonly live: LiveModel;
  readonly owned: ReadonlyMap<Address, OwnedRecord>;
  readonly offline: boolean;
}

/** Checks every resource that is to exist. */
export function checkResources(
  desired: readonly DesiredResource[],
  around: Surroundings,
  diagnostics: Diagnostic[],
): void {
  const { kinds } = catalogue();
  for (const resource of desired) {
    if (resource.state === 'held' || resource.state === 'absent') continue;
    checkOne(kinds.get(resource.kind)!, resource, around, diagnostics);
  }
  let known: Map<Ref, DesiredResource> | undefined;
  const byRef: ByRef = () => (known ??= new Map(desired.map((one) => [one.ref, one])));
  checkEdges(desired, byRef, diagnostics);
  checkParents(desired, byRef, around.live, diagnostics);
  checkUnique(desired, diagnostics);
}

/** The resources by reference, indexed when a check first needs them. */
type ByRef = () => ReadonlyMap<Ref, DesiredResource>;

function checkOne(
  facts: KindFacts,
  resource: DesiredResource,
  around: Surroundings,
  diagnostics: Diagnostic[],
): void {
  const written = writtenOf(resource);
  const secrets = writtenSecrets(facts, resource, written);
  if (secrets.length === 0 && isPlain(facts, resource, written)) return;
  const report: Report = (code, message, field, help) => {
    const place: Place = (field && resource.places[field]) || resource.place;
    diagnostics.push(diagnose(code, `${resource.ref.address}: ${message}`, place, { help }));
  };
  for (const name of secrets) report('written-secret', `${name} stands in the blueprint in plain text`, name);
  checkValues(facts, written, report);
  if (resource.state === 'must_created' && resource.live && !madeByUs(resource, around.owned)) {
    report('already-exists', 'already exists, and this project did not create it');
  }
  if (!resource.live && !around.offline) {
    for (const name of missingAttributes(facts, written)) {
      report(
        'missing-attribute',
        `${name} is required to create it`,
        undefined,
        `Write \`${name}:\` under attrs.`,
      );
    }
  }
  if (facts.constraints.length > 0) {
    const fallback = defaultsOf(facts);
    const read = (name: string): Value | undefined =>
      written[name] ?? resource.live?.attributes[name] ?? fallback[name];
    for (const { message } of constraintProblems(facts, read)) report('constraint', message);
  }
  if (facts.spends && facts.expires && written[facts.expires] === undefined) {
    report('no-expiry', `no \`${facts.expires}\` is set, so it expires after the directory's default`);
  }
  checkPermissions(facts, resource, report);
}

/** Does it exist, with valid values and nothing else to check? */
function isPlain(facts: KindFacts, resource: DesiredResource, written: Attributes): boolean {
  return (
    resource.live !== undefined &&
    resource.state === 'present' &&
    facts.constraints.length === 0 &&
    !facts.spends &&
    written.permissions === undefined &&
    written[objectPermissions] === undefined &&
    areValid(facts, written)
  );
}

type Report = (code: DiagnosticCode, message: string, field?: string, help?: string) => void;

function checkValues(facts: KindFacts, written: Attributes, report: Report): void {
  for (const { field, message } of valueProblems(facts, written)) {
    // Permissions are checked one by one below.
    if (field === 'permissions' && facts.fields.permissions?.set === 'granted') continue;
    report('invalid-value', `${field} ${message}`, field);
  }
}

/** Checks what could be resolved of an entry that has other problems, so that all are reported at once. */
export function checkBroken(item: Item, address: Address, diagnostics: Diagnostic[]): void {
  const written: Attributes = {};
  for (const [name, one] of item.values) if (one) written[name] = one.value;
  checkValues(item.facts, written, (code, message, field) => {
    const node = field === undefined ? undefined : item.values.get(field)?.node;
    diagnostics.push(diagnose(code, `${address}: ${message}`, placeOf(item, node ?? item.entry.node)));
  });
}

/** All that the entries write: what is kept true, and what only matters on create. */
function writtenOf({ initial, attributes }: DesiredResource): Attributes {
  for (const _ in initial) return { ...initial, ...attributes };
  return attributes;
}

function madeByUs(resource: DesiredResource, owned: ReadonlyMap<Address, OwnedRecord>): boolean {
  const { ref, was } = resource;
  const record = owned.get(ref.address) ?? (was === undefined ? undefined : owned.get(was));
  return (
    record?.ownership === 'created' &&
    objectKey(record.kind, record.id) === objectKey(resource.kind, resource.live!.id)
  );
}

function checkPermissions(facts: KindFacts, resource: DesiredResource, report: Report): void {
  const known = catalogue().permissions;
  const written = writtenOf(resource);
  const check = (name: Value | undefined, field: string): void => {
    if (typeof name !== 'string') return;
    const hidden = [...resource.origins.keys()].some((one) => one.split('/')[1] === field);
    const shown = hidden ? 'the given value' : `\`${name}\``;
    if (!/^[a-z0-9_]+\.[a-z0-9_]+$/i.test(name)) {
      report('invalid-value', `${shown} is not a permission; write it like authentik_core.view_user`, field);
    } else if (!known.has(name)) {
      const help = hidden ? undefined : didYouMean(name, known);
      report(
        'unknown-permission',
        hidden ? `${shown} is not a known permission` : `unknown permission ${shown}`,
        field,
        help,
      );
    }
  };
  if (facts.fields.permissions?.set === 'granted' && Array.isArray(written.permissions)) {
    for (const name of written.permissions) check(name, 'permissions');
  }
  const granted = written[objectPermissions];
  if (Array.isArray(granted)) {
    for (const one of granted) if (isMap(one)) check((one as Attributes).permission, objectPermissions);
  }
}

/** A list written on one side of a relation must not contradict the list written on the other. */
function checkEdges(desired: readonly DesiredResource[], byRef: ByRef, diagnostics: Diagnostic[]): void {
  // With only one side written, there is nothing to contradict.
  const isWritten = desired.some((one) => edgesOf(one.kind).inverses.some(({ name }) => listOf(one, name)));
  if (!isWritten) return;
  for (const resource of desired) {
    for (const field of edgesOf(resource.kind).inverses) {
      const other = field.inverseOf!;
      for (const member of listOf(resource, field.name) ?? []) {
        const holder = byRef().get(member as Ref);
        const written = holder && !holder.onlyAdd?.has(other.field) && listOf(holder, other.field);
        if (written && !written.includes(resource.ref)) clash(resource, field, holder, true, diagnostics);
      }
    }
    for (const [field, inverse] of edgesOf(resource.kind).held) {
      for (const target of listOf(resource, field.name) ?? []) {
        const holder = byRef().get(target as Ref);
        const written = holder && !holder.onlyAdd?.has(inverse.name) && membersOf(holder, inverse.name);
        if (written && !written.has(resource.ref)) clash(holder, inverse, resource, false, diagnostics);
      }
    }
  }
}

/** The attributes of a kind whose relation may be written from both sides. */
interface Edges {
  /** Lists that mirror what another kind holds. */
  readonly inverses: readonly FieldFacts[];
  /** Lists that the kind holds, each with the list that mirrors it. */
  readonly held: readonly (readonly [FieldFacts, FieldFacts])[];
}

const edgesOf = remembered((kind: string): Edges => {
  const fields = Object.values(catalogue().kinds.get(kind)!.fields);
  const held = fields.flatMap((field) => {
    const inverse = field.many ? mirrorOf(kind, field) : undefined;
    return inverse ? [[field, inverse] as const] : [];
  });
  return { inverses: fields.filter((field) => field.inverseOf), held };
});

function listOf(resource: DesiredResource, name: string): readonly Value[] | undefined {
  const list = resource.state === 'absent' ? undefined : resource.attributes[name];
  return Array.isArray(list) ? list : undefined;
}

const setOf = remembered((list: readonly Value[]): ReadonlySet<Value> => new Set(list));

function membersOf(resource: DesiredResource, name: string): ReadonlySet<Value> | undefined {
  const list = listOf(resource, name);
  return list && setOf(list);
}

function clash(
  lister: DesiredResource,
  field: FieldFacts,
  holder: DesiredResource,
  listed: boolean,
  diagnostics: Diagnostic[],
): void {
  const other = field.inverseOf!.field;
  const message = listed
    ? `${lister.ref.address} lists ${holder.ref.address}, but the ${other} of ${holder.ref.address} do not include it`
    : `${holder.ref.address} lists ${lister.ref.address}, but the ${field.name} of ${lister.ref.address} do not include it`;
  const related = [{ place: holder.places[other] ?? holder.place, message: `the ${other} are written here` }];
  diagnostics.push(diagnose('conflict', message, lister.places[field.name] ?? lister.place, { related }));
}

/** Reports cycles of parents, in the model as it will be. */
function checkParents(
  desired: readonly DesiredResource[],
  byRef: ByRef,
  live: LiveModel,
  diagnostics: Diagnostic[],
): void {
  const reported = new Set<Ref>();
  for (const resource of desired) {
    for (const field of acyclicOf(resource.kind)) {
      if (resource.attributes[field.name] === undefined || reported.has(resource.ref)) continue;
      const cycle = cycleFrom(resource.ref, (ref) => {
        const list = byRef().get(ref)?.attributes[field.name] ?? live.of(ref)?.attributes[field.name];
        return Array.isArray(list) ? list.filter((one) => one instanceof Ref) : [];
      });
      if (!cycle) continue;
      for (const ref of cycle) reported.add(ref);
      const names = [...cycle, cycle[0]!].map((ref) => ref.address).join(' → ');
      const place = resource.places[field.name] ?? resource.place;
      diagnostics.push(diagnose('cycle', `${field.name} form a cycle: ${names}`, place));
    }
  }
}

const acyclicOf = remembered((kind: string): readonly FieldFacts[] =>
  Object.values(catalogue().kinds.get(kind)!.fields).filter((field) => field.acyclic),
);

/** The cycle that leads from a reference back to it, if there is one. */
function cycleFrom(start: Ref, next: (ref: Ref) => readonly Ref[]): Ref[] | undefined {
  const seen = new Set<Ref>();
  const walk = (at: Ref, path: readonly Ref[]): Ref[] | undefined => {
    for (const ref of next(at)) {
      if (ref === start) return [...path];
      if (seen.has(ref)) continue;
      seen.add(ref);
      const found = walk(ref, [...path, ref]);
      if (found) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}
