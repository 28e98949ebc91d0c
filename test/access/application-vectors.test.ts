/** Who may use, is entitled to or authorized for an application equals what a real authentik 2025.12 said. */
import { describe, expect, test } from 'vitest';
import { accessOf } from '../../src/access/access.js';
import { isAuthorized, isEntitled, mayUse, verdictFor, verdictsOf } from '../../src/access/applications.js';
import type { Verdict } from '../../src/access/guards.js';
import { sharedWorld, vectorFolders, vectorsOf, withoutVectors } from './vectors.js';
import { type TestWorld, worldOf } from './worlds.js';

interface Vector {
  readonly id: string;
  readonly kind: 'use' | 'entitlement' | 'authorize';
  readonly blueprint: string;
  readonly application: string;
  readonly policy_engine_mode?: string;
  readonly unknown_statically: boolean | string;
  readonly depends_on?: string;
  readonly expected: {
    readonly applies?: boolean;
    readonly may_use?: Readonly<Record<string, boolean>>;
    readonly engine_for_anonymous?: boolean;
    readonly entitled?: Readonly<Record<string, boolean>>;
    readonly authorize?: Readonly<Record<string, { readonly authorized: boolean }>>;
  };
}

interface Question {
  readonly who: string;
  readonly expected: boolean;
  readonly verdicts: readonly Verdict[];
}

function questionsOf(world: TestWorld, vector: Vector): Question[] {
  const access = accessOf(world);
  const { expected } = vector;
  const user = (name: string) => world.ref(`user/${name}`);
  if (vector.kind === 'use') {
    const application = world.ref(`application/${vector.application}`);
    const all = verdictsOf(access, access.guard(application));
    // Asked one by one and all at once: both have to agree with authentik.
    const accounts = Object.entries(expected.may_use!).map(([name, may]) => ({
      who: name,
      expected: may,
      verdicts: [mayUse(access, application, user(name)), verdictFor(all, user(name))],
    }));
    const anonymous = mayUse(access, application, undefined);
    return [
      ...accounts,
      { who: 'a visitor', expected: expected.engine_for_anonymous!, verdicts: [anonymous] },
    ];
  }
  if (vector.kind === 'entitlement') {
    const entitlement = world.all('authentik_core.applicationentitlement')[0]!;
    return Object.entries(expected.entitled!).map(([name, has]) => ({
      who: name,
      expected: has,
      verdicts: [isEntitled(access, entitlement, user(name))],
    }));
  }
  const provider = world.all('authentik_providers_oauth2.oauth2provider')[0]!;
  return Object.entries(expected.authorize!)
    .filter(([name]) => name !== '(anonymous)')
    .map(([name, { authorized }]) => ({
      who: name,
      expected: authorized,
      verdicts: [isAuthorized(access, provider, user(name))],
    }));
}

describe.skipIf(vectorFolders.length === 0)('applications, as measured', () => {
  const vectors = vectorFolders.length === 0 ? [] : vectorsOf<Vector>('application-vectors.jsonl');

  test('every vector is answered as authentik did, or cannot be known', () => {
    const counts = { decided: 0, unknown: 0, refused: 0 };
    const shared = sharedWorld();
    const wrong: string[] = [];
    for (const vector of vectors) {
      if (vector.expected.applies === false) {
        // authentik took no such blueprint, so there is nothing to use.
        counts.refused++;
        continue;
      }
      const world = worldOf([shared, vector.blueprint]);
      const mayBeUnknown = vector.unknown_statically !== false || vector.depends_on !== undefined;
      for (const { who, expected, verdicts } of questionsOf(world, vector)) {
        const answers = new Set(verdicts.map((one) => one.answer));
        if (answers.size === 1 && answers.has(expected ? 'yes' : 'no')) counts.decided++;
        else if (answers.size === 1 && answers.has('unknown') && mayBeUnknown) counts.unknown++;
        else wrong.push(`${vector.id} ${who}: expected ${expected}, got ${JSON.stringify(verdicts)}`);
      }
    }
    console.log(
      `applications: ${counts.decided} answers of ${vectors.length} vectors decided and right, ${counts.unknown} cannot be known, ${counts.refused} blueprints that authentik refuses`,
    );
    expect(wrong).toEqual([]);
  });
});

test.runIf(vectorFolders.length === 0)(withoutVectors, () => {});
