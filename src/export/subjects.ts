/** The live model in, the file that each of its objects belongs in out. */
import { catalogue, type KindFacts } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { type Kind, type LiveResource, Ref } from '../model/model.js';
import { referencesIn } from '../plan/order.js';

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
/** What a single flow uses stands with that flow. */
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
    const users = new Set((holders.get(resource.ref) ?? []).map(subjectOf));
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
function holdersIn(live: LiveModel): ReadonlyMap<Ref, readonly LiveResource[]> {
  const { kinds } = catalogue();
  const holders = new Map<Ref, LiveResource[]>();
  for (const kind of live.kinds) {
    for (const resource of live.all(kind)) {
      for (const [name, value] of Object.entries(resource.attributes)) {
        const field = kinds.get(kind)!.fields[name];
        if (!field?.reference || field.inverseOf) continue;
        for (const ref of referencesIn(value)) {
          const list = holders.get(ref);
          if (list) list.push(resource);
          else holders.set(ref, [resource]);
        }
      }
    }
  }
  return holders;
}

/** A file for each flow; names that differ in case only are numbered, as some disks take them for one. */
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
