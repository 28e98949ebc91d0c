/** What is offered at a place in a query. */
import { describe, expect, test } from 'vitest';
import { completeQuery, jsonPaths, textsOf } from '../../src/query/complete.js';
import { type Row, schemas } from '../../src/query/schema.js';

const rows: Row[] = [
  {
    path: 'users',
    attributes: { dept: 'eng', manager: { site: 'Oslo', 'not-writable': 1 }, in: 1, a__b: 1, x_: 1 },
  },
  { path: 'users/staff', attributes: { dept: 'say "hi"', tags: [{ no: 1 }], attributes: 'x' } },
];
const source = {
  paths: (field: string) => jsonPaths(rows, field),
  values: (field: string, path: readonly string[]) => textsOf(rows, field, path),
};

/** The texts offered at `|`, and what they replace. */
function offered(marked: string, type: keyof typeof schemas = 'users') {
  const cursor = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { from, to, items } = completeQuery(text, cursor, schemas[type], source);
  return { replaces: text.slice(from, to), items: items.map((item) => item.text) };
}

describe('completion', () => {
  test('a query starts with a field or a parenthesis', () => {
    expect(offered('|', 'groups')).toEqual({
      replaces: '',
      items: ['attributes.', 'is_superuser', 'name', '('].flatMap((one) =>
        one === 'attributes.' ? [one, ...jsonPaths(rows, 'attributes').map((path) => one + path)] : [one],
      ),
    });
    expect(offered('us|')).toEqual({ replaces: 'us', items: ['username'] });
    expect(offered('name = "a" and (IS|')).toEqual({ replaces: 'IS', items: ['is_active'] });
  });

  test('paths into JSON are those that rows have and a query can write', () => {
    expect(jsonPaths(rows, 'attributes')).toEqual(['dept', 'manager', 'manager.site', 'tags']);
    expect(offered('attributes.|').items).toEqual([
      'attributes.',
      'attributes.dept',
      'attributes.manager',
      'attributes.manager.site',
      'attributes.tags',
    ]);
    expect(offered('attributes.ma|')).toEqual({
      replaces: 'attributes.ma',
      items: ['attributes.manager', 'attributes.manager.site'],
    });
  });

  test('operators are those that fit the field', () => {
    expect(offered('is_active |').items).toEqual(['=', '!=', 'in', 'not in']);
    expect(offered('created s|', 'events').items).toEqual([]);
    expect(offered('username s|').items).toEqual(['startswith']);
    expect(offered('username not |').items).toEqual(['startswith', 'endswith', 'in']);
    expect(offered('username n|').items).toEqual(['not startswith', 'not endswith', 'not in']);
    expect(offered('username !|')).toEqual({ replaces: '!', items: ['!=', '!~'] });
    expect(offered('username >|').items).toEqual(['>', '>=']);
  });

  test('values are those of the field', () => {
    expect(offered('is_active = |').items).toEqual(['True', 'False']);
    expect(offered('type = "ex|')).toEqual({ replaces: '"ex', items: ['"external"'] });
    expect(offered("type = 'ex|")).toEqual({ replaces: "'ex", items: ['"external"'] });
    expect(offered('type in ("internal", |').items).toHaveLength(4);
    expect(offered('path = "users/|').items).toEqual(['"users/staff"']);
    expect(offered('attributes.dept = |').items).toEqual(['"eng"', '"say \\"hi\\""']);
    expect(offered('attributes.manager.site ~ "o|').items).toEqual(['"Oslo"']);
  });

  test('behind a condition comes a word, or a parenthesis where one is open', () => {
    expect(offered('name = "a" |').items).toEqual(['and', 'or']);
    expect(offered('(name = "a" |').items).toEqual(['and', 'or', ')']);
    expect(offered('name in |').items).toEqual(['(']);
    expect(offered('name in ("a" |').items).toEqual([',', ')']);
  });

  test('only what stands before the cursor counts, and nothing is offered behind a mistake', () => {
    expect(offered('name ~ "a" o| is_active = True').items).toEqual(['or']);
    expect(offered('name name |').items).toEqual([]);
    expect(offered('name = "\\q" |').items).toEqual([]);
    expect(offered('attributes.dept-| ').items).toEqual([]);
  });
});
