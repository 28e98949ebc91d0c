/** Decides which file each exported object belongs in. */
import { append } from '../model/append.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { type Kind, type LiveResource, Ref } from '../model/model.js';
import { targetsOf } from './names.js';

/** Which file the objects of a family or kind (by its short name) belong in, where the name of its app says less. */
const subjects: Readonly<Record<string, string>> = {
  settings: 'settings',
  brand: 'settings',
  domain: 'settings',
  role: 'roles',
  group: 'groups',
  user: 'users',
  'certificate-key-pair': 'certificates',
  'property-mapping': 'property-mappings',
  source: 'sources',
  policy: 'policies',
  prompt: 'stages',
  stage: 'stages',
  provider: 'applications',
  application: 'applications',
  connector: 'endpoints',
  invitation: 'invitations',
};
/** These go in the file of a flow if only that flow uses them. */
const goesWithItsFlow = new Set(['stages', 'policies']);

/** Gives every object its file, without the ending. */
export function subjectsIn(live: LiveModel): (resource: LiveResource) => string {
  const { kinds } = catalogue();
  const holders = holdersIn(live);
  const flowFiles = flowFilesIn(live);
  const ofFlows = new Set(flowFiles.values());
  const found = new Map<LiveResource, string>();

  const subjectOf = (resource: LiveResource): string => {
    const known = found.get(resource);
    if (known !== undefined) return known;
    const facts = kinds.get(resource.kind)!;
    // Marked first, so that objects which use each other in a circle end.
    found.set(resource, usualSubject(facts));
    const subject = flowFiles.get(resource) ?? withWhole(facts, resource) ?? withOnlyFlow(facts, resource);
    if (subject !== undefined) found.set(resource, subject);
    return found.get(resource)!;
  };
  const withWhole = (facts: KindFacts, { attributes }: LiveResource): string | undefined => {
    const whole = facts.partOf === undefined ? undefined : attributes[facts.partOf];
    const target = whole instanceof Ref ? live.of(whole) : undefined;
    return target && subjectOf(target);
  };
  const withOnlyFlow = (facts: KindFacts, resource: LiveResource): string | undefined => {
    if (!goesWithItsFlow.has(usualSubject(facts))) return undefined;
    const users = new Set((holders.get(resource) ?? []).map(subjectOf));
    const [only] = users;
    return users.size === 1 && ofFlows.has(only!) ? only : undefined;
  };
  return subjectOf;
}

function usualSubject(facts: KindFacts): string {
  const named = [facts.name, ...facts.families.map((one) => one.family)].find((one) =>
    Object.hasOwn(subjects, one),
  );
  return named === undefined ? appOf(facts.kind) : subjects[named]!;
}

/** `authentik_events.notificationrule` belongs to `events`. */
function appOf(kind: Kind): string {
  return kind
    .slice(0, kind.indexOf('.'))
    .replace(/^authentik_/, '')
    .replaceAll('_', '-');
}

/** The objects that refer to each. */
function holdersIn(live: LiveModel): ReadonlyMap<LiveResource, readonly LiveResource[]> {
  const holders = new Map<LiveResource, LiveResource[]>();
  for (const kind of live.kinds) {
    for (const resource of live.all(kind)) {
      for (const target of targetsOf(live, resource)) append(holders, target, resource);
    }
  }
  return holders;
}

/** A file for each flow. Names that differ only in case are numbered, because some file systems treat them as one. */
function flowFilesIn(live: LiveModel): ReadonlyMap<LiveResource, string> {
  const files = new Map<LiveResource, string>();
  const flow = catalogue().byName.get('flow')!;
  const taken = new Set<string>();
  const flows = [...live.all(flow.kind)].sort((a, b) => (a.ref.address < b.ref.address ? -1 : 1));
  for (const resource of flows) {
    const name = `flows-${String(resource.attributes[flow.key[0]!]).replace(/[^\w-]/g, '-')}`;
    let unique = name;
    for (let count = 2; taken.has(unique.toLowerCase()); count++) unique = `${name}-${count}`;
    taken.add(unique.toLowerCase());
    files.set(resource, unique);
  }
  return files;
}
