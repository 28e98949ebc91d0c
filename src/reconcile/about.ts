/** Reads what is to be known of one object (the directory, the ledger, its history, the blueprints) and assembles it. */
import {
  type About,
  type AboutInput,
  aboutObject,
  type DriftAbout,
  driftOf,
  type EventAbout,
  type Listed,
} from '../about/about.js';
import { aboutApplication, aboutGroup, aboutRole, aboutUser, kindsWithAccess } from '../about/access.js';
import { accessOf } from '../access/access.js';
import { applicationKind, groupKind, roleKind } from '../access/kinds.js';
import { type Diagnostic, diagnose, hasErrors } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { shortPlace } from '../diagnostic/source.js';
import type { Directory } from '../directory/directory.js';
import { DirectoryError } from '../directory/errors.js';
import { type Person, type PersonRecord, type RecordKind, recordKinds } from '../directory/people.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { type Address, type Kind, type LiveResource, objectKey } from '../model/model.js';
import { kindsOfAccess, worldBefore } from '../plan/hazards-access.js';
import { DirectoryReading, readLedger } from './directory-reading.js';
import type { Store } from './open-store.js';
import { bothSides, compare } from './read-models.js';
import { type Request, read, withDirectory, withStore } from './request.js';

/** Everything about an object, or what is wrong with the question. */
export interface AnsweredAbout {
  readonly about?: About;
  readonly diagnostics: readonly Diagnostic[];
}

const mostRuns = 1_000;
const mostEvents = 10;
/** Of sessions, tokens and the like; a page or terminal shows fewer. */
const mostRecords = 100;

/**
 * Tells everything about the object at an address. Without permission on the ledger, who owns it is not known; with
 * blueprints that have errors, whether it differs is not. Throws DirectoryError.
 */
export async function readAbout(request: Request, address: Address): Promise<AnsweredAbout> {
  const facts = catalogue().byName.get(address.slice(0, Math.max(0, address.indexOf('/'))));
  if (!facts || facts.meta) return { diagnostics: [unknownKind(address)] };
  try {
    return await withStore(request, (store) => withLedger(request, store, facts, address), {
      readOnly: true,
    });
  } catch (error) {
    if (!(error instanceof DirectoryError && error.code === 'denied')) throw error;
    return withDirectory(request, (directory) =>
      withoutLedger(request, directory, facts, address, error.message),
    );
  }
}

function unknownKind(address: Address): Diagnostic {
  const [name = ''] = address.split('/');
  const isBare = !address.includes('/');
  const help = isBare
    ? `Write the kind before it: \`user/${address}\`, \`group/${address}\`.`
    : (didYouMean(name, catalogue().byName.keys()) ?? 'See `asbuilt explain kinds`.');
  const message = isBare ? `\`${address}\` is not an address` : `there is no kind \`${name}\``;
  return diagnose('unknown-address', message, undefined, { help });
}

async function withLedger(
  request: Request,
  store: Store,
  facts: KindFacts,
  address: Address,
): Promise<AnsweredAbout> {
  const kinds = kindsAround(facts);
  const { recorded, others } = await readLedger(store, request.project);
  const blueprints = await readBlueprints(request, store, kinds);
  const live = blueprints?.live ?? (await readKinds(request, store, facts, kinds));
  const resource = live.all(facts.kind).find(({ ref }) => ref.address === address);
  const entry = blueprints?.entries.get(address);
  if (!resource) return { diagnostics: [unknownAddress(live, facts, address, entry)] };
  const key = objectKey(resource.kind, resource.id);
  const record = [...recorded.values()].find((one) => objectKey(one.kind, one.id) === key);
  return {
    about: await assemble(request, store.directory, live, {
      resource,
      record,
      others: others.get(key) ?? [],
      runs: await store.ledger.history.list(mostRuns),
      ...(entry !== undefined && { place: entry }),
      drift: blueprints?.driftOf(resource) ?? {
        known: false,
        why: 'no blueprints were read; name them, or run this in their folder',
      },
    }),
    diagnostics: [],
  };
}

async function withoutLedger(
  request: Request,
  directory: Directory,
  facts: KindFacts,
  address: Address,
  why: string,
): Promise<AnsweredAbout> {
  const live = await readKinds(request, { directory }, facts, kindsAround(facts));
  const resource = live.all(facts.kind).find(({ ref }) => ref.address === address);
  if (!resource) return { diagnostics: [unknownAddress(live, facts, address, undefined)] };
  const about = await assemble(request, directory, live, {
    resource,
    others: [],
    runs: [],
    ledgerLacks: why,
    drift: { known: false, why: 'the ledger could not be read' },
  });
  return { about, diagnostics: [] };
}

function unknownAddress(
  live: LiveModel,
  facts: KindFacts,
  address: Address,
  entry: string | undefined,
): Diagnostic {
  const known = live.all(facts.kind).map(({ ref }) => ref.address);
  const help =
    entry === undefined
      ? (didYouMean(address, known) ?? `${listing(facts.name)} shows what there is.`)
      : `${entry} asks for it, so \`asbuilt apply\` would make it.`;
  return diagnose('unknown-address', `there is no ${address} in the directory`, undefined, { help });
}

/** The command that lists the objects of a kind. */
function listing(name: string): string {
  return name === 'user' || name === 'group' ? `\`asbuilt ${name}s\`` : `\`asbuilt export --kind ${name}\``;
}

/** Kinds that an object refers to or is referred to by, those that give them their addresses, and what access takes. */
function kindsAround(facts: KindFacts): ReadonlySet<Kind> {
  const { kinds, families } = catalogue();
  const names = new Set([facts.kind, ...facts.families.map(({ family }) => family)]);
  const found = new Set<Kind>([facts.kind, ...(kindsWithAccess.has(facts.kind) ? kindsOfAccess() : [])]);
  const add = (name: string): void => {
    for (const kind of families.get(name)?.map((one) => one.kind) ?? [name]) found.add(kind);
  };
  for (const { fields } of [facts])
    for (const { reference } of Object.values(fields)) if (reference) add(reference.to);
  for (const { kind, fields, meta } of kinds.values()) {
    if (!meta && Object.values(fields).some(({ reference }) => reference && names.has(reference.to)))
      found.add(kind);
  }
  // What stands in the key of a kind is part of its address. The set grows while it is gone through.
  for (const kind of found) {
    const { key = [], fields = {} } = kinds.get(kind) ?? {};
    for (const name of key) if (fields[name]?.reference) add(fields[name].reference.to);
  }
  return found;
}

async function readKinds(
  request: Request,
  store: Pick<Store, 'directory'>,
  facts: KindFacts,
  kinds: ReadonlySet<Kind>,
): Promise<LiveModel> {
  request.progress('reading the directory');
  const optional = new Set([...kinds].filter((kind) => kind !== facts.kind));
  return new DirectoryReading(store, request.signal).read(kinds, { optional });
}

/** What the blueprints of a request say about a directory. */
interface FromBlueprints {
  readonly live: LiveModel;
  /** The place of the entry of each address. */
  readonly entries: ReadonlyMap<Address, string>;
  driftOf(resource: LiveResource): DriftAbout;
}

async function readBlueprints(
  request: Request,
  store: Store,
  kinds: ReadonlySet<Kind>,
): Promise<FromBlueprints | undefined> {
  if (request.paths.length === 0) return undefined;
  const files = await read(request);
  const sides = await bothSides(request, files, store, { also: kinds });
  const { live, resolved } = sides;
  const { desired } = resolved;
  const entries = new Map(desired.map((one) => [one.ref.address, shortPlace(one.place)]));
  const wrong = hasErrors([...files.diagnostics, ...resolved.diagnostics]);
  if (wrong) {
    const why = 'the blueprints have errors; `asbuilt validate` tells them';
    return { live, entries, driftOf: () => ({ known: false, why }) };
  }
  const plan = await compare(request, store, { ...sides, desired }, sides.silence());
  const changes = [...plan.changes, ...plan.held];
  return { live, entries, driftOf: ({ ref }) => driftOf(changes, ref) };
}

async function assemble(
  request: Request,
  directory: Directory,
  live: LiveModel,
  known: Omit<AboutInput, 'live' | 'project' | 'events'>,
): Promise<About> {
  const { resource } = known;
  const events = await eventsOf(directory, resource, request.signal);
  const about = aboutObject({ ...known, live, project: request.project, events });
  if (!kindsWithAccess.has(resource.kind)) return about;
  const access = accessOf(worldBefore(live, new Date()));
  const { ref, kind } = resource;
  if (kind === groupKind) return { ...about, group: aboutGroup(access, ref) };
  if (kind === roleKind) return { ...about, role: aboutRole(access, ref) };
  if (kind === applicationKind) return { ...about, application: aboutApplication(access, ref) };
  const records = await recordsOf(directory, resource, request.signal);
  return { ...about, user: aboutUser(access, ref), records };
}

/** The newest events about an object, or why they cannot be told. */
async function eventsOf(
  directory: Directory,
  { kind, id }: LiveResource,
  signal: AbortSignal,
): Promise<Listed<EventAbout>> {
  // The events of an invitation would be found by its id, which is its link.
  if (catalogue().kinds.get(kind)!.spends) return { lacks: 'events do not name invitations' };
  const { events } = directory;
  if (!events) return { lacks: `${directory.name} keeps no events` };
  return orLacking(async () => {
    const items: EventAbout[] = [];
    for await (const { created, action, user } of events({ about: { kind, id } }, signal)) {
      const by = (user as { username?: unknown } | null)?.username;
      items.push({ when: String(created), action: String(action), ...(typeof by === 'string' && { by }) });
      if (items.length === mostEvents) break;
    }
    return items;
  });
}

async function recordsOf(
  { people, name }: Directory,
  { id, attributes }: LiveResource,
  signal: AbortSignal,
): Promise<ReadonlyMap<RecordKind, Listed<PersonRecord>>> {
  const person: Person = {
    id,
    username: String(attributes.username),
    email: String(attributes.email ?? ''),
  };
  const listed = recordKinds.map(async (of) => {
    const lacks = people ? people.lacks(of) : `${name} keeps nothing of people`;
    const found =
      lacks === undefined
        ? await orLacking(() => people!.list(person, of, { limit: mostRecords }, signal))
        : { lacks };
    return [of, found] as const;
  });
  return new Map(await Promise.all(listed));
}

/** A list, or why the directory does not give it to whoever asks. */
async function orLacking<T>(work: () => Promise<readonly T[]>): Promise<Listed<T>> {
  try {
    return { items: await work() };
  } catch (error) {
    if (error instanceof DirectoryError && (error.code === 'denied' || error.code === 'unsupported'))
      return { lacks: error.message };
    throw error;
  }
}
