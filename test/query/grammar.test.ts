/** The parser against the grammar, on generated queries and on texts that are none. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkQuery } from '../../src/query/check.js';
import { completeQuery } from '../../src/query/complete.js';
import { compileQuery } from '../../src/query/evaluate.js';
import { parseQuery } from '../../src/query/parser.js';
import { renderQueryError } from '../../src/query/problem.js';
import { schemas } from '../../src/query/schema.js';
import { plainSearch } from '../../src/query/search.js';
import { printQuery, type Query } from '../../src/query/syntax.js';
import { query, tokens } from './arbitrary.js';
import { readPlainly, type Tree, treeOf } from './grammar.js';

/** A form without its places, as JSON: comparing texts is much faster than comparing trees. */
function bare(form: Query): string {
  if (form.kind === 'chain') return `(${form.terms.map(bare).join(',')} ${form.words.join()} ${form.height})`;
  const values = form.values.map(({ kind, text }) => [kind, text]);
  return JSON.stringify([form.name.parts, form.operator, values]);
}

function parsed(text: string): Tree | number {
  const { query: found, problems } = parseQuery(text);
  return found ? treeOf(found.root, text) : problems[0]!.start;
}

describe('the grammar', () => {
  test('a form that is printed and parsed is the same form, and the tree that the grammar gives its text', () => {
    fc.assert(
      fc.property(query, (form) => {
        const text = printQuery(form);
        const { query: found } = parseQuery(text);
        expect(bare(found!.root)).toBe(bare(form));
        expect(JSON.stringify(treeOf(found!.root, text))).toBe(JSON.stringify(readPlainly(text)));
      }),
      { numRuns: 10_000 },
    );
  });

  test('any tokens are taken or refused at the same place', () => {
    fc.assert(
      fc.property(tokens, (text) => {
        expect(parsed(text)).toEqual(readPlainly(text));
      }),
      { numRuns: 10_000 },
    );
  });

  test('an and or or decides as the right-binding tree does', () => {
    const letters = ['a', 'b', 'c', 'd', 'e'];
    const holds = (tree: Tree, row: Record<string, unknown>): boolean => {
      if (!('word' in tree)) return row.name === tree.values[0]!.slice(1, -1);
      return tree.word === 'and'
        ? holds(tree.left, row) && holds(tree.right, row)
        : holds(tree.left, row) || holds(tree.right, row);
    };
    const condition = fc.constantFrom(...letters).map((letter) => `name = "${letter}"`);
    const chain = fc.letrec<{ chain: string; term: string }>((tie) => ({
      term: fc.oneof(
        { maxDepth: 3 },
        condition,
        tie('chain').map((text) => `(${text})`),
      ),
      chain: fc
        .array(fc.tuple(tie('term'), fc.constantFrom('and', 'or')), { minLength: 1, maxLength: 4 })
        .map((links) => links.map(([term, word], at) => (at === 0 ? term : `${word} ${term}`)).join(' ')),
    })).chain;
    fc.assert(
      fc.property(chain, fc.constantFrom(...letters), (text, name) => {
        const { checked } = checkQuery(parseQuery(text).query!, schemas.users);
        expect(compileQuery(checked!)({ name })).toBe(holds(readPlainly(text) as Tree, { name }));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('any text', () => {
  const texts = fc.oneof(tokens, fc.string(), fc.string({ unit: 'binary' }), query.map(printQuery));

  test('is a query or has one error, which is shown with its line', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('2025.12' as const, '2026.5' as const), (text, release) => {
        const { query: found, problems } = parseQuery(text, { release });
        const errors = problems.filter(({ severity }) => severity === 'error');
        expect(errors.length).toBe(found ? 0 : 1);
        for (const problem of problems) {
          const lines = renderQueryError(problem, text).split('\n');
          expect(lines[0]).toContain(problem.message);
          expect(lines[2]).toMatch(/^ +\| +\^+$/);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('is checked, completed and searched without a crash', () => {
    const row = { username: 'a', attributes: { a: { b: 1 } }, created: '2026-01-30T00:00:00Z' };
    fc.assert(
      fc.property(texts, fc.constantFrom(...Object.values(schemas)), fc.nat(40), (text, schema, cursor) => {
        const { query: found } = parseQuery(text);
        if (found) {
          const { checked, problems } = checkQuery(found, schema);
          if (checked) expect(typeof compileQuery(checked)(row)).toBe('boolean');
          else expect(problems.length).toBeGreaterThan(0);
        }
        expect(Array.isArray(completeQuery(text, Math.min(cursor, text.length), schema).items)).toBe(true);
        expect(typeof plainSearch(text, schema)(row)).toBe('boolean');
      }),
      { numRuns: 5000 },
    );
  });

  test('may be very long or very deep', () => {
    const long = new Array(50_000).fill('name = "a"').join(' or ');
    const { checked } = checkQuery(parseQuery(long).query!, schemas.users);
    expect(compileQuery(checked!)({ name: 'b' })).toBe(false);
    expect(parseQuery(`${'('.repeat(100_000)}name = "a"${')'.repeat(100_000)}`).query).toBeDefined();
    const deep = 'name = "a" or ('.repeat(5000);
    expect(parseQuery(`${deep}name = "a"${')'.repeat(5000)}`).problems[0]!.code).toBe('too-deep');
    expect(parseQuery(`name = "${'x'.repeat(1_000_000)}`).problems[0]!.code).toBe('illegal-character');
  });
});
