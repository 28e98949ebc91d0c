/** What is said about queries that are wrong, or that mean something else than they seem to: each once. */
import { describe, expect, test } from 'vitest';
import { prepareQuery } from '../../src/query/evaluate.js';
import type { Release } from '../../src/query/lexer.js';
import { authentikError, positionOf, pythonText, renderQueryError } from '../../src/query/problem.js';
import { schemas } from '../../src/query/schema.js';

function problemsOf(text: string, type: keyof typeof schemas = 'users', release: Release = '2026.5') {
  return prepareQuery(text, schemas[type], { release }).problems;
}

function first(text: string, type: keyof typeof schemas = 'users', release: Release = '2026.5') {
  const [problem] = problemsOf(text, type, release);
  if (!problem) throw new Error(`nothing is wrong with ${text}`);
  return problem;
}

describe('the place of an error', () => {
  test('a misspelt field has its line, a caret run and the near name', () => {
    const text = 'usrname = "Bo"';
    expect(renderQueryError(first(text), text)).toBe(
      [
        'error: Unknown field: usrname. Possible choices are: attributes, email, is_active, name, path, type, username',
        ' 1 | usrname = "Bo"',
        '   | ^^^^^^^',
        '  Did you mean `username`?',
      ].join('\n'),
    );
  });

  test('an error on a later line is shown with that line alone', () => {
    const text = 'username = "Bo"\nand is_active = true';
    expect(renderQueryError(first(text), text)).toBe(
      [
        "error: Syntax error at 'true'",
        ' 2 | and is_active = true',
        '   |                 ^^^^',
        '  Did you mean `True`?',
        '  `True`, `False` and `None` are written with a capital.',
      ].join('\n'),
    );
    expect(first(text)).toMatchObject({
      line: 2,
      column: 17,
      authentik: "Line 2, col 17: Syntax error at 'true'",
    });
  });

  test('carets stand under wide characters, and a tab is one blank', () => {
    const text = 'name = "日本"\tx';
    const lines = renderQueryError(first(text), text).split('\n');
    expect(lines[1]).toBe(' 1 | name = "日本" x');
    expect(lines[2]).toBe(`   | ${' '.repeat('name = '.length + 6 + 1)}^`);
    expect(first(text).column).toBe(13);
  });

  test('of a long line the part around the place is shown', () => {
    const text = `${'name = "a" or '.repeat(30)}nme = "b"${' or name = "a"'.repeat(30)}`;
    const problem = problemsOf(text).find(({ code }) => code === 'unknown-field')!;
    const [, line, carets] = renderQueryError(problem, text).split('\n') as [string, string, string];
    expect(line.length).toBeLessThan(110);
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('nme');
    expect(line).toMatch(/ \| ….*…$/);
  });

  test('columns are code points, and CR and LF each end a line, as authentik counts', () => {
    expect(positionOf('😀a', 3)).toEqual({ line: 1, column: 3 });
    expect(positionOf('a\r\nb', 3)).toEqual({ line: 3, column: 1 });
    expect(positionOf('a\u2028b', 2)).toEqual({ line: 2, column: 1 });
  });

  test('at the end of the text it is behind the last character', () => {
    const text = 'username =';
    expect(renderQueryError(first(text), text)).toBe(
      [
        'error: Unexpected end of input',
        ' 1 | username =',
        '   |           ^',
        '  A value is missing behind `=`.',
      ].join('\n'),
    );
  });
});

describe('syntax', () => {
  test.each([
    ['username == "Bo"', "Line 1, col 11: Syntax error at '='", 'one `=`'],
    ['username = "Bo" AND is_active = True', "Line 1, col 17: Syntax error at 'AND'", 'small letters'],
    [
      'username ~ "a" and not is_active = True',
      "Line 1: Syntax error at 'not'",
      'no `not` before a condition',
    ],
    ['username not ~ "a"', "Line 1, col 14: Syntax error at '~'", 'opposite of `~`'],
    ['username in "Bo"', "Line 1: Syntax error at 'Bo'", 'in parentheses'],
    ['username in ("Bo",)', "Line 1, col 19: Syntax error at ')'", 'at least one value'],
    ['username in ("Bo" "jo")', "Line 1: Syntax error at 'jo'", 'comma'],
    ['username = ("Bo")', "Line 1, col 12: Syntax error at '('", 'several go with `in`'],
    ['is_active > False', "Line 1: Syntax error at 'False'", 'a text or a number'],
    ['name ~ 5', "Line 1: Syntax error at '5'", 'a text'],
    ['name = other', "Line 1, col 8: Syntax error at 'other'", 'text in double quotes'],
    ['name = "a")', "Line 1, col 11: Syntax error at ')'", 'no parenthesis to close'],
    ['(name = "a" name = "b"', "Line 1, col 13: Syntax error at 'name'", 'or `)`'],
    ['()', "Line 1, col 2: Syntax error at ')'", 'nothing to close'],
    ['or name = "a"', "Line 1: Syntax error at 'or'", 'starts with a condition'],
    ['(name = "a"', 'Unexpected end of input', 'closing parenthesis'],
    ['name in ("a"', 'Unexpected end of input', 'list is not closed'],
    ['name = "a" and', 'Unexpected end of input', 'condition is missing'],
    ['name', 'Unexpected end of input', 'operator and a value'],
    ['Bo', 'Unexpected end of input', 'operator and a value'],
    ['', 'Unexpected end of input', 'such as'],
    [
      'name = "a" "a text of more than twenty characters"',
      "Line 1: Syntax error at 'a text of more th...'",
      '`and` or `or`',
    ],
  ])('%s', (text, message, help) => {
    const problem = first(text);
    expect(authentikError([problem])).toBe(message);
    expect(problem.help).toContain(help);
  });

  test.each([
    ['name like "a"', '~'],
    ['name contains "a"', '~'],
    ['name is "a"', '='],
    ['name notin ("a")', 'not in'],
    ['name startwith "a"', 'startswith'],
    ['is_active = false', 'False'],
    ['is_active = null', 'None'],
    ['name = "a" And name = "b"', 'and'],
    ['name not = "a"', '!='],
  ])('%s: did you mean %s', (text, near) => {
    expect(first(text).near).toBe(near);
  });
});

describe('characters', () => {
  test.each([
    ['name = "a', `Line 1, col 8: Illegal character '"'`, 'not closed'],
    ['name = "\\d"', `Line 1, col 8: Illegal character '"'`, 'escape other than'],
    ['attributes.cost-center = "4"', "Line 1, col 16: Illegal character '-'", 'cannot be queried'],
    ['attributes."a" = "4"', "Line 1, col 11: Illegal character '.'", 'joined by single dots'],
    ['name = 1.', "Line 1, col 9: Illegal character '.'", 'digits behind the point'],
    ['name = "a"; drop', "Line 1, col 11: Illegal character ';'", 'Outside quotes'],
    ['name = "a" \u200b', "Line 1, col 12: Illegal character '\\u200b'", 'Outside quotes'],
    ['name\\', "Line 1, col 5: Illegal character '\\\\'", 'cannot be queried'],
  ])('%s', (text, message, help) => {
    expect(first(text).authentik).toBe(message);
    expect(first(text).help).toContain(help);
  });

  test('single quotes are illegal before authentik 2026.5', () => {
    expect(first("name = 'a'", 'users', '2025.12').authentik).toBe(`Line 1, col 8: Illegal character "'"`);
    expect(first("name = 'a'")).toMatchObject({ code: 'single-quotes', severity: 'warning' });
  });

  test('texts are quoted as Python does', () => {
    expect(pythonText(`it's`)).toBe(`"it's"`);
    expect(pythonText(`it's "so"`)).toBe(`'it\\'s "so"'`);
    expect(pythonText('\u0001\u00a0\u{e0001}\n')).toBe("'\\x01\\xa0\\U000e0001\\n'");
  });
});

describe('fields and values', () => {
  test("the field that authentik's documentation misspells has a hint", () => {
    expect(first('attribute.dept = "eng"')).toMatchObject({
      near: 'attributes',
      help: "authentik's documentation writes `attribute.…`, but the field is called `attributes`: write `attributes.dept`.",
    });
  });

  test.each([
    ['last_login > "2026-01-01"', 'can be ordered by `last_login`'],
    ['groups.name = "x"', 'not part of the query language'],
    ['username.foo = "x"', 'has no parts'],
  ])('%s', (text, help) => {
    expect(first(text).help).toContain(help);
  });

  test.each([
    ['username = 5', 'Field "username" has "str" type. It can be compared to strings, but not to 5'],
    ['username = -0', 'Field "username" has "str" type. It can be compared to strings, but not to 0'],
    [
      'username = -0.50',
      `Field "username" has "str" type. It can be compared to strings, but not to Decimal('-0.50')`,
    ],
    [
      'username = 12e2',
      `Field "username" has "str" type. It can be compared to strings, but not to Decimal('1.2E+3')`,
    ],
    [
      'username = 1e-9',
      `Field "username" has "str" type. It can be compared to strings, but not to Decimal('1E-9')`,
    ],
    [
      'username = 15e-4',
      `Field "username" has "str" type. It can be compared to strings, but not to Decimal('0.0015')`,
    ],
    [
      'username = 125e-1',
      `Field "username" has "str" type. It can be compared to strings, but not to Decimal('12.5')`,
    ],
    ['email = None', "Field email is not nullable, can't compare it to None"],
    ['attributes.dept = None', "Field attributes is not nullable, can't compare it to None"],
    [
      'attributes.level = 5',
      'Field "attributes" has "relation" type. It can be compared to strings, but not to 5',
    ],
    [
      'is_active = "True"',
      `Field "is_active" has "nullable bool" type. It can be compared to True or False or None, but not to 'True'`,
    ],
    [
      'is_active in (True, 1)',
      'Field "is_active" has "nullable bool" type. It can be compared to True or False or None, but not to 1',
    ],
    [
      'username.attributes = "x"',
      'Related model username.attributes can be compared to None only, but not to str',
    ],
  ])('%s', (text, message) => {
    expect(authentikError(problemsOf(text))).toBe(message);
  });

  test.each([
    [
      'created = 5',
      'Field "created" has "datetime" type. It can be compared to timestamps in "YYYY-MM-DD HH:MM" format, but not to 5',
    ],
    [
      'created > "2026-02-30"',
      `Field "created" can be compared to timestamps in "YYYY-MM-DD HH:MM" format, but not to '2026-02-30'`,
    ],
    [
      'created ~ "2026-01"',
      `Field "created" can be compared to timestamps in "YYYY-MM-DD HH:MM" format, but not to '2026-01'`,
    ],
    [
      'created > "2026-01-30T10:00"',
      `Field "created" can be compared to timestamps in "YYYY-MM-DD HH:MM" format, but not to '2026-01-30T10:00'`,
    ],
    [
      'created > "0000-01-01"',
      `Field "created" can be compared to timestamps in "YYYY-MM-DD HH:MM" format, but not to '0000-01-01'`,
    ],
  ])('events: %s', (text, message) => {
    expect(authentikError(problemsOf(text, 'events'))).toBe(message);
  });

  test('what authentik answers with a server error is an error here, in our own words', () => {
    for (const [type, text, code] of [
      ['users', 'attributes = "x"', 'wrong-path'],
      ['users', 'username.name = "x"', 'wrong-path'],
      ['events', 'event_uuid = "x"', 'wrong-value'],
      ['events', 'client_ip = "10.0.0.0/8"', 'wrong-value'],
      ['events', 'client_ip in ("10.0.0.1", "nowhere")', 'wrong-value'],
      ['events', 'created > ""', 'wrong-value'],
      ['events', 'created startswith ""', 'wrong-value'],
    ] as const) {
      const [problem, ...more] = problemsOf(text, type);
      expect(problem, text).toMatchObject({ code, severity: 'error' });
      expect(problem!.authentik).toBeUndefined();
      expect(more).toEqual([]);
    }
  });

  test('every wrong condition is told, in order', () => {
    const problems = problemsOf('usrname = "a" and (emial = "b" and is_active = "c")');
    expect(problems.map(({ code, column }) => [code, column])).toEqual([
      ['unknown-field', 1],
      ['unknown-field', 20],
      ['wrong-value', 48],
    ]);
  });
});

describe('look-ups that leak', () => {
  test.each([
    ['attributes.has_key = "dept"', 'look-up'],
    ['attributes.dept.iregex != "^e"', 'look-up'],
    ['attributes.dept.isnull = "x"', 'look-up'],
    ['attributes.in = "x"', '`attributes.in in ("…")`'],
    ['attributes.level.gt = "4"', '`attributes.level > …`'],
    ['attributes.dept.icontains = "o"', '`attributes.dept ~ …`'],
    ['attributes.tags__0 = "core"', 'by number'],
    ['attributes.manager__site ~ "Oslo"', '`attributes.manager.site`'],
    ['attributes.x_ ~ "a"', 'only at the end'],
    ['attributes.x_.y = "a"', 'only at the end'],
  ])('%s is refused', (text, words) => {
    const problem = first(text);
    expect(problem).toMatchObject({ code: 'refused-lookup', severity: 'error' });
    expect(`${problem.message} ${problem.help}`).toContain(words);
    expect(problem.authentik).toBeUndefined();
  });

  test('a last key called like the field is refused', () => {
    expect(first('attributes.a.attributes = "x"').message).toContain(
      'authentik compares `attributes.a` instead',
    );
    expect(first('context.context = "x"', 'events').code).toBe('wrong-path');
  });

  test.each([
    'attributes.in in ("x")',
    'attributes.has_key ~ "x"',
    'attributes.has_key.x = "y"',
    'attributes.x_ = "y"',
  ])('%s asks for a key, and is taken', (text) => expect(problemsOf(text)).toEqual([]));
});

describe('warnings', () => {
  test('mixed and and or say how they are read, and how to say the other', () => {
    const problem = first('name = "a" and name = "b" or name = "c"');
    expect(problem).toMatchObject({ code: 'mixed-logic', severity: 'warning' });
    expect(problem.message).toContain('read as: name = "a" and (name = "b" or name = "c")');
    expect(problem.help).toContain('(name = "a" and name = "b") or name = "c"');
  });

  test('words that change twice nest twice', () => {
    const text = 'name = "a" or name = "b" and (name = "c" or name = "d") or name = "e"';
    expect(first(text).message).toContain(
      'name = "a" or (name = "b" and ((name = "c" or name = "d") or name = "e"))',
    );
  });

  test('where both readings are the same it only asks for parentheses', () => {
    const problem = first('name = "a" or name = "b" and name = "c"');
    expect(problem.help).toBe('Write the parentheses to keep it so.');
  });

  test('parentheses and equal words are silent', () => {
    expect(problemsOf('(name = "a" and name = "b") or name = "c"')).toEqual([]);
    expect(problemsOf('name = "a" or name = "b" or name = "c"')).toEqual([]);
  });

  test('mixing inside parentheses is found', () => {
    const problem = first('is_active = True and (name = "a" or name = "b" and name = "c")');
    expect(problem).toMatchObject({ code: 'mixed-logic', column: 23 });
  });

  test('an escape that stands for a letter', () => {
    expect(first('name ~ "a\\nb"')).toMatchObject({ code: 'odd-escape', severity: 'warning', column: 8 });
    expect(problemsOf('name ~ "a\\\\nb"')).toEqual([]);
  });

  test.each([
    ['users', 'type = "extrenal"', 'selects nothing', 'external'],
    ['users', 'type != "nope"', 'selects everything', undefined],
    ['users', 'type in ("internal", "nope")', 'left out', undefined],
    ['users', 'is_active = None', 'selects nothing', undefined],
    ['events', 'created not startswith "2026-01-30"', 'selects everything', undefined],
  ] as const)('%s: %s', (type, text, words, near) => {
    const problem = first(text, type);
    expect(problem).toMatchObject({ code: 'never-matches', severity: 'warning' });
    expect(problem.message).toContain(words);
    expect(problem.near).toBe(near);
  });

  test('a custom action of events is no mistake', () => {
    expect(problemsOf('action = "custom_thing"', 'events')).toEqual([]);
  });
});
