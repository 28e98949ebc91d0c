/** What a query demands of every row holds for every row that it selects, so that reading less loses nothing. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { narrowQuery } from '../../src/directory/authentik/narrow.js';
import { understandAsk } from '../../src/query/ask.js';
import { prepareQuery } from '../../src/query/evaluate.js';
import { valueAt } from '../../src/query/json-value.js';
import { type Narrowing, narrowingOf } from '../../src/query/narrow.js';
import { type Row, schemas } from '../../src/query/schema.js';

const texts = ['a', 'A', '', 'b'];
const condition = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('username', 'attributes.x'),
      fc.constantFrom('=', '!=', '~'),
      fc.constantFrom(...texts),
    )
    .map(([field, operator, text]) => `${field} ${operator} "${text}"`),
  fc
    .subarray(texts, { minLength: 1 })
    .map((all) => `username in (${all.map((one) => `"${one}"`).join(', ')})`),
  fc.constantFrom(
    'is_active = True',
    'is_active != True',
    'is_active = None',
    'type = "External"',
    'type in ("nope", "internal")',
  ),
);
const query = fc.letrec<{ query: string; term: string }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3 },
    condition,
    tie('query').map((one) => `(${one})`),
  ),
  query: fc
    .array(fc.tuple(tie('term'), fc.constantFrom('and', 'or')), { minLength: 1, maxLength: 4 })
    .map((links) => links.map(([term, word], at) => (at === 0 ? term : `${word} ${term}`)).join(' ')),
})).query;
const row = fc.record({
  username: fc.constantFrom(...texts),
  is_active: fc.boolean(),
  type: fc.constantFrom('external', 'internal'),
  attributes: fc.constantFrom<object>({}, { x: 'a' }, { x: 'b' }, { x: null }),
});

function meets(one: Row, { field, path, values }: Narrowing): boolean {
  return values!.includes(valueAt(one[field], path) as string);
}

test('no selected row is lost', () => {
  fc.assert(
    fc.property(query, row, (text, one) => {
      const { checked, matches } = prepareQuery(text, schemas.users);
      if (matches!(one))
        for (const demand of narrowingOf(checked!)) expect(meets(one, demand), text).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ['username = "ada" and is_active = True', { username: 'ada', is_active: true }],
  ['type in ("Service Account", "internal")', { type: ['service_account', 'internal'] }],
  // Words bind to the right: only what stands before the first `or` is demanded.
  ['name = "x" and email = "y" or path = "z"', { name: 'x' }],
  ['name = "x" or email = "y"', {}],
  ['(username = "a" and path = "b") and name = "c"', { username: 'a', path: 'b', name: 'c' }],
  // authentik cuts white space off, takes empty text for no filter, and compares a beginning in exact letters.
  ['username = " ada"', {}],
  ['email = ""', {}],
  ['path startswith "users"', {}],
  ['username != "ada"', {}],
  ['username in ("a", "b")', {}],
  ['type = "nope"', {}],
  ['attributes.dept = "eng"', {}],
])('%s asks authentik for %o', (text, asked) => {
  const { ask } = understandAsk({ type: 'users', query: text });
  expect(narrowQuery('authentik_core.user', ask!.narrow)).toEqual(asked);
});

test('a folder asks for more than is in it, and events for what their filters know', () => {
  const folder = understandAsk({ type: 'users', path: 'users/staff/' }).ask!;
  expect(narrowQuery('authentik_core.user', folder.narrow)).toEqual({ path_startswith: 'users/staff' });
  expect(
    ['users/staff', 'users/staff/eng', 'users/staff2', 'users'].filter((path) => folder.matches({ path })),
  ).toEqual(['users/staff', 'users/staff/eng']);
  const events = understandAsk({
    type: 'events',
    query: 'action = "Login Failed" and user.username = "ada" and client_ip = "10.0.0.1"',
  }).ask!;
  expect(narrowQuery('authentik_events.event', events.narrow)).toEqual({
    actions: ['login_failed'],
    username: 'ada',
  });
});
