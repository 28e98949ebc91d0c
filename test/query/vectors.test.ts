/**
 * Queries with the results and errors that authentik was measured to have on PostgreSQL. `QUERY_VECTORS` names another
 * file of the same form; without it and without the data folder beside the repository the tests are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { prepareQuery } from '../../src/query/evaluate.js';
import type { Release } from '../../src/query/lexer.js';
import { authentikError, hasQueryErrors, renderQueryError } from '../../src/query/problem.js';
import { type Row, schemas } from '../../src/query/schema.js';
import { plainSearch } from '../../src/query/search.js';

interface Outcome {
  selects?: number[];
  message?: string;
}
interface Vector extends Outcome {
  query: string;
  error?: string;
  /** A server error. */
  crash?: string;
  plainSearchSelects?: number[];
  djangoql019?: Outcome;
}
interface Vectors {
  users: (Row & { pk: number })[];
  cases: Vector[];
}

const path = process.env.QUERY_VECTORS ?? new URL('../../../shared/facts/user-queries.json', import.meta.url);
const vectors =
  process.env.QUERY_VECTORS || existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as Vectors)
    : undefined;

const lookups =
  /^(contains|contained_by|has_keys?|has_any_keys|exact|iexact|i?contains|i?startswith|i?endswith|i?regex|in|gte?|lte?|range|isnull)$/;

/** Whether authentik hands this query's path to Django as something else than keys: such queries are refused here. */
function leaks(query: string): boolean {
  const outsideTexts = query.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""');
  return [...outsideTexts.matchAll(/\battributes((?:\.\w+)*)\s*(!?=|\S+)/g)].some(
    ([, path = '', operator]) => {
      const keys = path.split('.').slice(1);
      const last = keys.at(-1);
      if (last === undefined || last === 'attributes') return true;
      const bare = /^!?=$/.test(operator!);
      if (
        keys.some((key, at) => key.includes('__') || (key.endsWith('_') && !(bare && at === keys.length - 1)))
      ) {
        return true;
      }
      return bare && lookups.test(last);
    },
  );
}

function selected(all: Vectors, matches: (row: Row) => boolean): number[] {
  return all.users.filter(matches).map(({ pk }) => pk);
}

function check(all: Vectors, query: string, outcome: Outcome & { crash?: string }, release: Release): void {
  const { matches, problems } = prepareQuery(query, schemas.users, { release });
  for (const problem of problems) expect(renderQueryError(problem, query)).toContain(problem.message);
  if (outcome.message !== undefined) {
    expect(matches).toBeUndefined();
    expect(authentikError(problems)).toBe(outcome.message);
  } else if (outcome.crash !== undefined) {
    // A server error there is an error here, or has the answer that the language says.
    expect(hasQueryErrors(problems)).toBe(matches === undefined);
    expect(authentikError(problems)).toBeUndefined();
  } else if (leaks(query)) {
    expect(matches).toBeUndefined();
    expect(hasQueryErrors(problems)).toBe(true);
    expect(authentikError(problems)).toBeUndefined();
  } else {
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(selected(all, matches!)).toEqual(outcome.selects);
  }
}

describe('as authentik answers them', () => {
  test.skipIf(!vectors)(
    'there are vectors (in QUERY_VECTORS or ../shared/facts/user-queries.json; skipped without)',
    () => {
      expect(vectors!.cases.length).toBeGreaterThan(0);
    },
  );
  for (const vector of vectors?.cases ?? []) {
    test(`2025.12: ${vector.query}`, () => check(vectors!, vector.query, vector, '2025.12'));
    test(`2026.5: ${vector.query}`, () =>
      check(vectors!, vector.query, vector.djangoql019 ?? vector, '2026.5'));
    if (vector.error !== undefined) {
      test(`plain search: ${vector.query}`, () => {
        const found = selected(vectors!, plainSearch(vector.query, schemas.users));
        expect(found).toEqual(vector.plainSearchSelects ?? []);
      });
    }
  }
});
