/** Decides which live objects are exported, and gives a reason for each that is not. */
import { catalogue, type KindFacts } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import {
  type Address,
  type ForeignRecords,
  type Kind,
  type LiveResource,
  objectKey,
} from '../model/model.js';
import type { Names } from './names.js';

/** What is to be exported. */
export interface Choice {
  /** Only these kinds; all when absent. */
  readonly kinds?: ReadonlySet<Kind>;
  /** Include objects that authentik manages itself, and variables for values that cannot be read. */
  readonly all: boolean;
  /** Include a variable for every user's password. */
  readonly passwords: boolean;
  /** Objects of other projects that stay theirs, by `objectKey`. */
  readonly others?: ForeignRecords;
}

/** An object that is not exported. */
export interface LeftOut {
  readonly address: Address;
  /** `managed`: authentik keeps it itself. `foreign`: another project's. `nameless`: only its id tells it apart. */
  readonly why: 'managed' | 'foreign' | 'nameless';
  /** The end of a sentence that begins with the address. */
  readonly message: string;
}

/**
 * Is the kind configuration that a blueprint can describe? Kinds whose `prune` is `forget` are records of what happened,
 * and objects whose key is computed (devices) are created by the people they belong to.
 */
export function isExported(facts: KindFacts, asked: ReadonlySet<Kind> | undefined): boolean {
  if (facts.meta) return false;
  if (asked) return asked.has(facts.kind);
  const key = facts.keyUnique ? facts.key : facts.match;
  if (key.some((name) => facts.fields[name]?.computed === 'always')) return false;
  return facts.singleton || facts.prune !== 'forget';
}

/** The kinds to read for an export: those asked for and the ones they refer to. */
export function kindsToRead(asked: ReadonlySet<Kind> | undefined): ReadonlySet<Kind> {
  const { kinds, families } = catalogue();
  const wanted = [...kinds.values()].filter((facts) => isExported(facts, asked));
  const all = new Set(wanted.map((facts) => facts.kind));
  const add = (facts: KindFacts, keysOnly: boolean): void => {
    for (const field of Object.values(facts.fields)) {
      if (!field.reference || field.inverseOf) continue;
      const names = facts.keyUnique ? facts.key : facts.match;
      if (keysOnly && !names.includes(field.name)) continue;
      const { to } = field.reference;
      for (const target of families.get(to) ?? [kinds.get(to)!]) {
        if (all.has(target.kind)) continue;
        all.add(target.kind);
        add(target, true);
      }
    }
  };
  for (const facts of wanted) add(facts, false);
  // Grants on single objects name users and roles.
  for (const name of ['user', 'role']) all.add(catalogue().byName.get(name)!.kind);
  return all;
}

/** Sorts the live objects into those that are exported and those that are not. */
export function choose(
  live: LiveModel,
  names: Names,
  choice: Choice,
): { readonly chosen: readonly LiveResource[]; readonly leftOut: readonly LeftOut[] } {
  const chosen: LiveResource[] = [];
  const leftOut: LeftOut[] = [];
  for (const kind of live.kinds) {
    const facts = catalogue().kinds.get(kind)!;
    if (!isExported(facts, choice.kinds)) continue;
    for (const resource of live.all(kind)) {
      const out = reasonAgainst(facts, resource, names, choice);
      if (out) leftOut.push({ address: resource.ref.address, ...out });
      else chosen.push(resource);
    }
  }
  return { chosen, leftOut: leftOut.sort((a, b) => (a.address < b.address ? -1 : 1)) };
}

function reasonAgainst(
  facts: KindFacts,
  resource: LiveResource,
  names: Names,
  { all, others }: Choice,
): Omit<LeftOut, 'address'> | undefined {
  if (!all && isManaged(resource)) return { why: 'managed', message: 'is managed by authentik itself' };
  const owner = others?.get(objectKey(resource.kind, resource.id))?.[0]?.project;
  if (owner !== undefined) return { why: 'foreign', message: `belongs to the project ${owner}` };
  if (!names.identifiersOf(resource)) return { why: 'nameless', message: names.whyNameless(resource) };
  const lost = Object.values(facts.fields).find((field) => {
    const value = resource.attributes[field.name];
    if (!field.reference || !field.required || value === undefined) return false;
    return !(Array.isArray(value) ? value : [value]).every((one) => names.isWritable(field, one));
  });
  return lost && { why: 'nameless', message: `needs a ${lost.name} that was not read or has no name` };
}

/** Names of the roles in which authentik keeps what single users and groups may do. */
const managedName = /^ak-managed-role--/;

/** Does authentik create the object and keep it up to date itself? */
function isManaged({ attributes }: LiveResource): boolean {
  if (typeof attributes.managed === 'string' && attributes.managed !== '') return true;
  if (typeof attributes.name === 'string' && managedName.test(attributes.name)) return true;
  return attributes.type === 'internal_service_account';
}
