/** Every example in docs/queries.md does what the page says. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { prepareQuery } from '../../src/query/evaluate.js';
import { orderRows, parseOrder } from '../../src/query/order.js';
import { renderQueryError } from '../../src/query/problem.js';
import { type Row, schemas } from '../../src/query/schema.js';
import { plainSearch } from '../../src/query/search.js';

const page = readFileSync(new URL('../../docs/queries.md', import.meta.url), 'utf8');

/** The tables of the page, each a list of rows of cells, the head first. */
const tables = [...page.matchAll(/(?:^\|.*\|\n)+/gm)].map(([text]) =>
  text
    .trim()
    .split('\n')
    .filter((line) => !/^\| ---/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    ),
);

function rowsUnder(head: string): string[][] {
  return tables.filter(([first]) => first![0] === head).flatMap((rows) => rows.slice(1));
}

function code(cell: string): string {
  const match = /^`(.+)`$/.exec(cell);
  if (!match) throw new Error(`not a code cell: ${cell}`);
  return match[1]!;
}

const people: Row[] = rowsUnder('username').map(
  ([username, name, email, path, type, active, attributes]) => ({
    username,
    name,
    email,
    path,
    type,
    is_active: active === 'True',
    attributes: JSON.parse(code(attributes!)),
  }),
);

const names = (rows: readonly Row[]) => rows.map(({ username }) => username).join(', ') || 'nobody';

describe('docs/queries.md', () => {
  test('has people', () => expect(people).toHaveLength(5));

  test.each(rowsUnder('Query').map(([query, finds]) => [code(query!), finds!]))(
    '%s finds %s',
    (query, finds) => {
      const { matches, problems } = prepareQuery(query, schemas.users);
      expect(problems.filter(({ code }) => code !== 'mixed-logic')).toEqual([]);
      expect(names(people.filter(matches!))).toBe(finds);
    },
  );

  test.each(rowsUnder('Query for events').map(([query]) => code(query!)))('events: %s', (query) => {
    const { matches, problems } = prepareQuery(query, schemas.events);
    expect(problems).toEqual([]);
    const january: Row = {
      created: '2026-01-30T10:00:00Z',
      action: query.includes('model_') ? 'model_updated' : /"((?:imp|login)\w+)"/.exec(query)?.[1],
      client_ip: '10.0.0.1',
      user: { username: 'ada' },
      context: { model: { name: 'The Wiki' } },
    };
    expect(matches!(january)).toBe(true);
    const other: Row = { created: '2026-02-28T10:00:00Z', action: 'logout', context: {}, user: {} };
    expect(matches!(other)).toBe(false);
  });

  test.each(rowsUnder('Search').map(([text, finds]) => [code(text!), finds!]))(
    'search for %s finds %s',
    (text, finds) => {
      expect(names(people.filter(plainSearch(text, schemas.users)))).toBe(finds);
    },
  );

  test.each(rowsUnder('Order').map(([text, result]) => [code(text!), result!]))(
    'order by %s',
    (text, result) => {
      expect(names(orderRows(people, parseOrder(text, schemas.users).terms!))).toBe(result);
    },
  );

  test.each(rowsUnder('Object').map(([type, fields]) => [type!, fields!]))('fields of %s', (type, fields) => {
    const known = schemas[type as keyof typeof schemas].fields.map(({ name }) => `\`${name}\``);
    expect(fields).toBe(known.join(' '));
  });

  const shown = [...page.matchAll(/^```\n([\s\S]*?)\n```$/gm)].map(([, text]) => text!);
  test.each(shown)('%s', (text) => {
    const query = / 1 \| (.*)/.exec(text)?.[1] ?? text;
    const { matches, problems } = prepareQuery(query, schemas.users);
    if (query === text) expect(names(people.filter(matches!))).toBe('ada, rosa');
    else expect(problems.map((problem) => renderQueryError(problem, query))).toEqual([text]);
  });
});
