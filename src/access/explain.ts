/** Tells why somebody can sign in, use an application or do something, or where it ends: the answer of `asbuilt why`. */
import type { Ref } from '../model/model.js';
import type { Access } from './access.js';
import { isAuthorized, isEntitled, mayUse } from './applications.js';
import { anyOtherHost } from './brands.js';
import type { Answer, Verdict } from './guards.js';
import { applicationKind, entitlementKind, flowKind, groupKind } from './kinds.js';
import { hasPermission, permissionsOf } from './permissions.js';
import { ownerOf, type SignIn, signInsOf } from './sign-in.js';
import { activeSuperusers, isActive, superuserThrough } from './superusers.js';
import { isPowerful, takeOvers } from './take-over.js';
import { entry } from './walk.js';
import { type Step, start } from './walk-state.js';
import { refOf, text } from './world.js';

/** One thing that was asked, what the answer is, and the steps that lead to it. */
export interface Explanation {
  readonly question: string;
  readonly answer: Answer;
  readonly because: string;
  /** What happens on the way, in its order. */
  readonly steps: readonly Step[];
  /** What cannot be known and decides. */
  readonly doubts: readonly string[];
}

/** What `why` may be asked about besides signing in: an object, or a permission that may be about an object. */
export type About = Ref | { readonly permission: string; readonly object?: Ref };

/** Answers for one account: how it signs in, or about an application, entitlement, flow or permission. */
export function explain(access: Access, user: Ref, about?: About): Explanation[] {
  if (!about) return [...explainSignIn(access, user), explainPowers(access, user)];
  if ('permission' in about) return [explainPermission(access, user, about.permission, about.object)];
  if (about.kind === applicationKind) return explainApplication(access, user, about);
  if (about.kind === entitlementKind)
    return [verdictOn(`does ${user.address} have ${about.address}?`, isEntitled(access, about, user))];
  if (about.kind === flowKind) {
    const person = { ...ownerOf(access, user, ''), signedInAs: user };
    return [
      verdictOn(
        `may ${user.address} enter ${about.address} when signed in?`,
        entry(access, about, person, start),
      ),
      ofSignIn(
        `can ${user.address} sign in at /if/flow/${slugOf(access, about)}/?`,
        signInsOf(access).byFlow(about, user),
      ),
    ];
  }
  return [];
}

/** One answer for each way in: the hosts of brands, then flows that have a login stage and an address. */
export function explainSignIn(access: Access, user: Ref): Explanation[] {
  const ways = signInsOf(access);
  const found: Explanation[] = [];
  const told = new Set<Ref>();
  for (const [host, { flows, brand, fallback }] of ways.leads) {
    const where = host !== anyOtherHost ? host : ways.leads.size > 1 ? 'any other host' : 'any host';
    const question = `can ${user.address} sign in at ${where}?`;
    const signIn = ways.byHost(host, user);
    const by = brand ? brand.address : 'no brand';
    if (!signIn) {
      const because = brand ? `${by} leads to no login flow` : 'there is no brand, and no login flow either';
      found.push({ question, answer: 'no', because, steps: [], doubts: [] });
      continue;
    }
    for (const flow of flows) told.add(flow);
    const how = fallback ? `the first login flow by slug, as ${by} names none` : `named by ${by}`;
    found.push(ofSignIn(question, signIn, `${flows.map((one) => one.address).join(' or ')}, ${how}: `));
  }
  for (const flow of ways.flows) {
    if (told.has(flow)) continue;
    const question = `can ${user.address} sign in at /if/flow/${slugOf(access, flow)}/?`;
    found.push(ofSignIn(question, ways.byFlow(flow, user), `${flow.address}, by its address: `));
  }
  return found;
}

function slugOf({ world }: Access, flow: Ref): string {
  return text(world.attributes(flow)?.slug);
}

function ofSignIn(question: string, signIn: SignIn, prefix = ''): Explanation {
  const { answer, endsAt, steps, asked, unprotected } = signIn;
  const ends = endsAt ? `${(endsAt.stage ?? endsAt.flow).address} ${endsAt.said}` : '';
  const shown = asked.length > 0 ? `with ${asked.join(' and ')}` : 'with a name alone';
  const bare = unprotected === 'yes' ? ', and so can anybody else: nothing has to be shown' : '';
  const because =
    answer === 'yes'
      ? `${shown}${bare}`
      : answer === 'no'
        ? ends
        : `it cannot be known; it may end where ${ends}`;
  return {
    question,
    answer,
    because: `${prefix}${because}`,
    steps,
    doubts: signIn.doubts.map((one) => one.because),
  };
}

function explainApplication(access: Access, user: Ref, application: Ref): Explanation[] {
  const found = [
    verdictOn(`may ${user.address} use ${application.address}?`, mayUse(access, application, user)),
  ];
  const provider = refOf(access.world.attributes(application)?.provider);
  if (provider && access.world.attributes(provider)) {
    const verdict = isAuthorized(access, provider, user);
    found.push(verdictOn(`does ${provider.address} let ${user.address} through?`, verdict));
  }
  return found;
}

function verdictOn(question: string, { answer, because }: Verdict): Explanation {
  return { question, answer, because, steps: [], doubts: answer === 'unknown' ? [because] : [] };
}

function explainPermission(access: Access, user: Ref, permission: string, object?: Ref): Explanation {
  const verdict = hasPermission(access, permissionsOf(access), user, permission, object);
  const on = object ? ` on ${object.address}` : '';
  return verdictOn(`does ${user.address} have ${permission}${on}?`, verdict);
}

/** What an account can do beyond using applications. */
function explainPowers(access: Access, user: Ref): Explanation {
  const question = `what may ${user.address} change?`;
  const no = (because: string): Explanation => ({ question, answer: 'no', because, steps: [], doubts: [] });
  if (!isActive(access.world, user)) return no('nothing: the account is not active');
  const by = superuserThrough(access.groups, user);
  if (by)
    return {
      question,
      answer: 'yes',
      because: `everything: a superuser through ${by.address}`,
      steps: [],
      doubts: [],
    };
  const holding = permissionsOf(access).of(user);
  const powers = [...holding.global].filter(([permission]) => isPowerful(permission));
  const single = [...holding.onObjects].flatMap(([permission, objects]) =>
    isPowerful(permission)
      ? [...objects].map(([object, from]) => [`${permission} on ${object.address}`, from] as const)
      : [],
  );
  const all = [...powers, ...single];
  if (all.length === 0) return no('nothing: no role or group gives a permission to change something');
  const targets = {
    superuserGroups: new Set(access.world.all(groupKind).filter((group) => access.groups.superuserBy(group))),
    superusers: new Set(activeSuperusers(access.world, access.groups).keys()),
  };
  const more = takeOvers(holding, targets).map(({ allows }) => allows);
  const list = all.map(([permission, from]) => `${permission} (${from === user ? 'its own' : from.address})`);
  const because = `${list.join(', ')}${more.length > 0 ? `; with that it ${more.join(', ')}` : ''}`;
  return { question, answer: 'yes', because, steps: [], doubts: [] };
}

const words: Record<Answer, string> = { yes: 'yes', no: 'no', unknown: 'cannot be known' };

/** An explanation as lines for people, the steps below the answer. */
export function explanationLines({ question, answer, because, steps, doubts }: Explanation): string[] {
  return [
    `${question} ${words[answer]}`,
    `  ${because}`,
    ...steps.map(({ flow, stage, said }) => `    ${(stage ?? flow).address} ${said}`),
    ...(answer === 'yes' ? [] : doubts.map((one) => `    cannot be known: ${one}`)),
  ];
}
