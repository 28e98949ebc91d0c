/** Generated queries: forms by the grammar, texts for them, and texts that are almost queries. */
import fc from 'fast-check';
import { type Comparison, operators, type Query, type Value } from '../../src/query/syntax.js';

const place = { start: 0, end: 0 };
const part = fc.stringMatching(/^[_A-Za-z][_0-9A-Za-z]{0,5}$/);
const keyword = /^(?:or|and|not|in|startswith|endswith|True|False|None)$/;
const name = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .filter(([first]) => !keyword.test(first!))
  .map((parts) => ({ parts, ...place }));

const text = fc
  .oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 }))
  .map((text): Value => ({ kind: 'text', text, ...place }));
const number = fc.oneof(
  fc.integer().map((one): Value => ({ kind: 'integer', text: String(one), ...place })),
  fc
    .stringMatching(/^-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3}([eE][+-]?[0-9]{1,2})?|[eE][+-]?[0-9]{1,2})$/)
    .map((one): Value => ({ kind: 'decimal', text: one, ...place })),
);
const constant = fc.constantFrom<Value>(
  { kind: 'true', text: 'True', ...place },
  { kind: 'false', text: 'False', ...place },
  { kind: 'none', text: 'None', ...place },
);

const comparison: fc.Arbitrary<Comparison> = fc.constantFrom(...operators).chain((operator) => {
  const any = fc.oneof(text, number, constant);
  const values = operator.endsWith('in')
    ? fc.array(any, { minLength: 1, maxLength: 4 })
    : fc.tuple(/^!?=$/.test(operator) ? any : /[<>]/.test(operator) ? fc.oneof(text, number) : text);
  return fc
    .record({ name, values })
    .map((parts): Comparison => ({ kind: 'comparison', operator, operatorStart: 0, ...parts, ...place }));
});

/** Any form that the grammar has, parentheses that change nothing left out. Offsets are 0. */
export const query: fc.Arbitrary<Query> = fc.letrec<{ query: Query; chain: Query }>((tie) => ({
  query: fc.oneof({ maxDepth: 3, depthSize: 'small' }, comparison, tie('chain')),
  chain: fc
    .array(fc.record({ term: tie('query'), word: fc.constantFrom('and' as const, 'or' as const) }), {
      minLength: 2,
      maxLength: 4,
    })
    .map((links): Query => {
      const terms = links.map(({ term }) => term);
      const height = 1 + Math.max(...terms.map((term) => (term.kind === 'chain' ? term.height : 0)));
      return { kind: 'chain', terms, words: links.slice(1).map(({ word }) => word), height, ...place };
    }),
})).query;

/** Tokens in any order, some of them no tokens: mostly no queries, but close. */
export const tokens: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          'username',
          'attributes.dept',
          'in',
          'not',
          'and',
          'or',
          'startswith',
          'endswith',
          'True',
          'None',
        ],
        ...['(', ')', ',', '=', '!=', '<', '>=', '~', '!~', '"a"', '"b c"', "'d'", '5', '-1.5', '1e3', '007'],
        ...[
          'username = "a"',
          '("a", "b")',
          'in ("a")',
          'AND',
          'true',
          '"',
          "'",
          '.',
          '!',
          '-',
          '\\',
          '\n',
          '\u2028',
          '\u00a0',
          '😀',
        ],
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .chain((parts) => fc.constantFrom(' ', ' ', ' ', '').map((between) => parts.join(between)));
