/** What a server of some release has of a kind: its attributes, under which names, and why others are not there. */
import { catalogue, type FieldFacts, type KindFacts, objectPermissions } from '../../model/kinds.js';
import type { Id, Kind } from '../../model/model.js';
import { DirectoryError } from '../errors.js';
import {
  bridged,
  chosenIds,
  createFails,
  type FormerName,
  formerNames,
  unreachable,
  writableUntil,
} from './oddities.js';
import { neededFor, releaseOf } from './releases.js';

/** The kinds that a release lets a token list. */
export function kindsOf(release: number): ReadonlySet<Kind> {
  const { kinds } = catalogue();
  return new Set(
    [...kinds.values()].filter((facts) => whyNoKind(facts, release) === undefined).map(({ kind }) => kind),
  );
}

function whyNoKind(facts: KindFacts, release: number): string | undefined {
  if (facts.meta || unreachable.has(facts.kind))
    return 'its REST API has no endpoint for it that a user’s token may use';
  const needed = neededFor(facts.kind);
  if (needed !== undefined && release < releaseOf(needed)) return `needs authentik ${needed}`;
  if (facts.path === undefined || !facts.verbs.includes('list')) return 'its REST API does not list it';
  return undefined;
}

/** The attributes of a kind that a release can hold, and that REST can write. */
export function fieldsOf(facts: KindFacts, release: number): ReadonlySet<string> {
  const names = Object.values(facts.fields)
    .filter((field) => whyNoField(facts, field.name, release) === undefined)
    .map((field) => field.name);
  const chosen = chosenIds[facts.kind] !== undefined ? ['pk'] : [];
  return new Set([...names, ...chosen, objectPermissions]);
}

/** Why a server has no such kind or attribute, or cannot be told to set it. */
export function whyLacking(
  kind: Kind,
  attribute: string | undefined,
  release: number,
  version: string,
): string | undefined {
  const facts = catalogue().kinds.get(kind);
  if (!facts) return undefined;
  const why = attribute === undefined ? whyNoKind(facts, release) : whyNoField(facts, attribute, release);
  return why?.startsWith('needs') ? `${why}; this is ${version}` : why;
}

function whyNoField(facts: KindFacts, name: string, release: number): string | undefined {
  if (name === 'pk') return 'its REST API chooses ids itself';
  const asked = facts.fields[name];
  if (!asked) return 'there is no such attribute';
  const field = asked.aliasOf === undefined ? asked : facts.fields[asked.aliasOf]!;
  if (field.retired !== undefined) return undefined;
  const former = formerNameOf(facts.kind, field.name, release);
  const needed = neededFor(facts.kind, field.name);
  if (!former && needed !== undefined && release < releaseOf(needed)) return `needs authentik ${needed}`;
  if (!field.blueprintOnly) return undefined;
  const bridge = bridged[facts.kind]?.[field.name];
  if (bridge !== undefined) return release < releaseOf(bridge) ? `needs authentik ${bridge}` : undefined;
  const { kinds, names, until } = writableUntil;
  if (kinds.test(facts.kind) && names.has(field.name) && release <= releaseOf(until)) return undefined;
  return 'only a blueprint that authentik itself applies can set it, not its REST API';
}

/** What a release calls an attribute, where it has another name there. */
export function formerNameOf(kind: Kind, field: string, release: number): FormerName | undefined {
  const former = formerNames[kind]?.[field];
  return former && release <= releaseOf(former.until) ? former : undefined;
}

/** Is an attribute set by a call of its own? */
export function isBridged(kind: Kind, field: string): boolean {
  return field === objectPermissions || bridged[kind]?.[field] !== undefined;
}

/** The attributes that answers show: all but those that are never given back, or that another call shows. */
export function shownFields(facts: KindFacts): readonly FieldFacts[] {
  return Object.values(facts.fields).filter(
    (field) =>
      field.aliasOf === undefined &&
      field.retired === undefined &&
      field.unreadable === false &&
      !isBridged(facts.kind, field.name),
  );
}

/** The path of a kind's list. */
export function listPath(facts: KindFacts): string {
  if (facts.path === undefined)
    throw new DirectoryError('unsupported', `authentik’s REST API has no ${facts.name}`, {
      kind: facts.kind,
    });
  return `${facts.path}/`;
}

/** Is the id not what an object's own URL ends with, but this attribute (`slug`, `identifier`)? */
export function lookupField(facts: KindFacts): string | undefined {
  const { lookup } = facts;
  return lookup !== undefined && lookup !== facts.idName && facts.key.includes(lookup) ? lookup : undefined;
}

/** Refuses to make what the server cannot be asked to make. */
export function refuseCreate(facts: KindFacts): void {
  const refuse = (why: string): never => {
    throw new DirectoryError('unsupported', `${facts.name}: ${why}`, { kind: facts.kind });
  };
  if (createFails.has(facts.kind))
    refuse('devices are enrolled by their users; authentik’s REST API fails to make one');
  if (!facts.verbs.includes('create')) refuse('authentik makes these itself; its REST API cannot');
}

/** The id that a singleton has. */
export const singletonId: Id = 'system';
