/** Signing in equals what a real authentik 2025.12 did, or is said not to be known. */
import { describe, expect, test } from 'vitest';
import { accessOf } from '../../src/access/access.js';
import { leadOf } from '../../src/access/brands.js';
import { walk } from '../../src/access/walk.js';
import type { EndCode, Outcome, Person } from '../../src/access/walk-state.js';
import { sharedWorld, vectorFolders, vectorsOf, withoutVectors } from './vectors.js';
import { type Extra, type TestWorld, worldOf } from './worlds.js';

interface Vector {
  readonly id: string;
  readonly blueprint: string;
  readonly host: string;
  readonly user: string;
  readonly identification: string;
  readonly password: 'right' | 'wrong' | 'none' | 'app password';
  readonly entrance?: string;
  readonly already_signed_in?: string;
  readonly then?: string;
  readonly unknown_statically: boolean | string;
  readonly depends_on?: string;
  readonly expected: {
    readonly applies: boolean;
    readonly signed_in?: boolean;
    readonly signed_in_as_afterwards?: string;
    readonly ended_at: string;
    readonly flow?: string | null;
    readonly user_still_exists?: boolean;
  };
}

/** How the page at which a sign-in ended looks for each end of a walk. */
const pages: Record<EndCode | 'no flow', RegExp> = {
  finished: /^redirect \/$/,
  left: /^redirect https?:/,
  denied: /^ak-stage-access-denied/,
  'name rejected': /^ak-stage-identification: rejected/,
  'password rejected': /^ak-stage-password: rejected/,
  'flow refused': /^(ak-stage-access-denied|redirect \/$)/,
  'flow error': /^ak-stage-flow-error/,
  stops: /^ak-stage-(email|captcha|prompt|authenticator)/,
  circle: /^(redirect loop|ak-stage-identification: asked again and again)/,
  'no flow': /^http-404/,
};

/** What the shared world holds besides its blueprint. */
function extra(ref: (address: string) => { readonly kind: string }): readonly Extra[] {
  return [
    {
      kind: 'authentik_stages_authenticator_static.staticdevice',
      attributes: { name: 'static', user: ref('user/v-mfa') as never, confirmed: true },
    },
  ];
}

const internalService = `
version: 1
entries:
- model: authentik_core.user
  identifiers: {username: v-isvc}
  attrs:
    name: v-isvc
    email: v-isvc@example.test
    type: internal_service_account
    password: pw-v-isvc
    groups: [!Find [authentik_core.group, [name, g-staff]]]
`;

function accountOf(world: TestWorld, name: string): Person['account'] {
  return world.all('authentik_core.user').find((one) => world.attributes(one)?.username === name);
}

/** The visitor of the measurements: answers a name, a password, clicks and a static code, and nothing else. */
function personOf(world: TestWorld, vector: Vector, user: string, typed: string): Person {
  return {
    account: accountOf(world, user),
    typed,
    password: vector.password === 'right',
    appPassword: vector.password === 'app password',
    can: (need) => need === 'authenticator',
  };
}

interface Answer {
  readonly signedIn: boolean;
  readonly end: EndCode | 'no flow';
  readonly flow?: string;
  readonly deleted: boolean;
}

function answersTo(world: TestWorld, vector: Vector): Answer[] {
  const access = accessOf(world);
  const slugOf = (flow: Outcome['at']['flow']): string => String(world.attributes(flow)?.slug);
  const answer = ({ state, end }: Outcome, flow: Outcome['at']['flow']): Answer => ({
    signedIn: state.signedIn,
    end,
    flow: slugOf(flow),
    deleted: state.deleted,
  });
  if (vector.then !== undefined) {
    const [, slug, name] = /\/if\/flow\/([^/]+)\/ as (\S+)/.exec(vector.then)!;
    const flow = world.ref(`flow/${slug}`);
    const person = personOf(world, vector, name!, name!);
    const signedInAs = accountOf(world, vector.already_signed_in!);
    return walk(access, flow, { ...person, signedInAs }).map((one) => answer(one, flow));
  }
  const entrance = /\/if\/flow\/([^/]+)\//.exec(vector.entrance ?? '')?.[1];
  const flows = entrance ? [world.ref(`flow/${entrance}`)] : leadOf(access, vector.host).flows;
  const person = personOf(world, vector, vector.user, vector.identification);
  if (flows.length === 0) return [{ signedIn: false, end: 'no flow', deleted: false }];
  return flows.flatMap((flow) => walk(access, flow, person).map((one) => answer(one, flow)));
}

describe.skipIf(vectorFolders.length === 0)('signing in, as measured', () => {
  const vectors = vectorFolders.length === 0 ? [] : vectorsOf<Vector>('sign-in-vectors.jsonl');
  const counts = { decided: 0, unknown: 0, refused: 0 };

  test('every vector is answered as authentik did, or cannot be known', () => {
    const shared = sharedWorld();
    const wrong: string[] = [];
    for (const vector of vectors) {
      const { expected, id } = vector;
      if (!expected.applies) {
        // authentik took no such blueprint, so there is nothing to sign in to.
        counts.refused++;
        continue;
      }
      const world = worldOf([shared, internalService, vector.blueprint], { extra });
      const answers = answersTo(world, vector);
      const signedIn = vector.then
        ? expected.signed_in_as_afterwards === / as (\S+)/.exec(vector.then)![1]
        : expected.signed_in!;
      const gone = expected.user_still_exists === false;
      const fits = (one: Answer): boolean =>
        one.signedIn === signedIn &&
        one.deleted === gone &&
        (vector.then !== undefined ||
          (pages[one.end].test(expected.ended_at) && (expected.flow ?? undefined) === one.flow));
      const sure = answers.every((one) => fits(one));
      if (sure) {
        counts.decided++;
        continue;
      }
      const mayBeUnknown = vector.unknown_statically !== false || vector.depends_on !== undefined;
      if (mayBeUnknown && answers.some(fits)) counts.unknown++;
      else wrong.push(`${id}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(answers)}`);
    }
    console.log(
      `sign-in: ${counts.decided} of ${vectors.length} decided and right, ${counts.unknown} cannot be known, ${counts.refused} blueprints that authentik refuses`,
    );
    expect(wrong).toEqual([]);
  });
});

test.runIf(vectorFolders.length === 0)(withoutVectors, () => {});
