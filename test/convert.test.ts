import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { understand } from '../src/commands/program.js';
import { differenceOf } from '../src/convert/check.js';
import { convert } from '../src/convert/convert.js';
import { readYaml } from '../src/yaml/read-yaml.js';
import { entries, fileOf } from './support/arbitrary.js';
import { commandIn } from './support/command.js';
import { corpus, withoutCorpus } from './support/corpus.js';
import { temporaryFolder } from './support/request.js';

const shipped = fileURLToPath(new URL('../blueprints', import.meta.url));

function yamlFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name));
}

/** Lines that are neither blank nor a comment. */
function linesOfCode(text: string): number {
  return text.split('\n').filter((line) => !/^\s*(#|$)/.test(line)).length;
}

/** The texts of all comments, sorted. */
function comments(text: string): string[] {
  const found: string[] = [];
  let block = -1;
  for (const line of text.split('\n')) {
    const indent = line.search(/\S/);
    if (block !== -1 && (indent === -1 || indent > block)) continue;
    block = /[|>][-+]?\s*$/.test(line) ? indent : -1;
    const match = /(?:^|\s)#(.*)$/.exec(line);
    if (match?.[1]?.trim()) found.push(match[1].trim());
  }
  return found.sort();
}

function converted(body: string): string {
  const { text, diagnostics } = convert({ path: 'x.yaml', text: `version: 1\n${body}` });
  expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  return text!.replace(/^version: 1\n\n?/, '');
}

describe.each([
  ...yamlFiles(shipped),
  ...(corpus ? ['default', 'example'].flatMap((one) => yamlFiles(join(corpus!, one))) : []),
])('converting %s', (path) => {
  const text = readFileSync(path, 'utf8');
  const result = convert({ path, text });

  test('keeps the model, the comments and the rest of the file', () => {
    const after = { path, text: result.text! };
    expect(differenceOf({ path, text }, after)).toBeUndefined();
    expect(comments(after.text)).toEqual(comments(text));
    expect(linesOfCode(after.text)).toBeLessThanOrEqual(linesOfCode(text));
    expect(readYaml(after).diagnostics.filter((one) => one.severity !== 'note')).toEqual(
      readYaml({ path, text }).diagnostics.filter((one) => one.severity !== 'note'),
    );
  });

  test('once is enough', () => {
    expect(convert({ path, text: result.text! })).toMatchObject({ moved: 0, text: result.text });
  });
});

test.skipIf(!corpus)(`a whole enrolment comes down to a third (${withoutCorpus})`, () => {
  const path = join(corpus!, 'example/flows-invitation-enrollment.yaml');
  const text = readFileSync(path, 'utf8');
  const result = convert({ path, text });
  expect(linesOfCode(text)).toBe(299);
  expect(linesOfCode(result.text!)).toBeLessThan(110);
  expect(result.kept).toBe(0);
});

test('whatever the entries are, the model stays the same', () => {
  fc.assert(
    fc.property(entries, (list) => {
      const text = fileOf(list);
      const result = convert({ path: 'x.yaml', text });
      expect(differenceOf({ path: 'x.yaml', text }, { path: 'x.yaml', text: result.text! })).toBeUndefined();
      const named = list.filter(({ model }) => /user$|group$|role$|flow$/.test(model));
      expect(result.moved).toBeGreaterThanOrEqual(named.length);
    }),
    { numRuns: 60 },
  );
});

describe('what the compact form cannot say stays an entry', () => {
  const group = '  - {model: authentik_core.group, id: g, identifiers: {name: g}}\n';
  const cases: readonly (readonly [string, string])[] = [
    [
      'a user whose name is not ours',
      'model: authentik_core.user\n    identifiers: {username: a}\n    attrs: {email: x}',
    ],
    [
      'an object found by its id',
      'model: authentik_core.group\n    identifiers: {pk: 0a1b2c3d-0000-4000-8000-000000000000}',
    ],
    ['an object found by a lookup', 'model: authentik_core.group\n    identifiers: {name__iexact: X}'],
    ['a natural key from a tag', 'model: authentik_core.group\n    identifiers: {name: !Context x}'],
    ['a kind from a tag', 'model: !Format [authentik_core.group]\n    identifiers: {name: x}'],
    [
      'what several places of the file share',
      'model: authentik_core.group\n    identifiers: {name: x}\n    attrs: &a {is_superuser: true}',
    ],
    [
      'an id that would be read as a name',
      'model: authentik_core.user\n    identifiers: {username: x}\n    attrs: {name: X, groups: [some-id]}',
    ],
    ['a kind without a section', 'model: authentik_stages_dummy.dummystage\n    identifiers: {name: x}'],
  ];
  test.each(cases)('%s', (_, entry) => {
    const text = `entries:\n  - ${entry}\n`;
    expect(converted(text)).toBe(text);
  });

  test('the rest of the file moves, and ids stay where something needs them', () =>
    expect(
      converted(`x-mine: 1
entries:
${group}  - model: authentik_core.group
    id: unused
    identifiers: {name: h}
    attrs: {parents: [!KeyOf g]}
  - model: authentik_core.user   # an email only
    identifiers: {username: a}
    attrs: {groups: [!KeyOf g]}
`),
    ).toBe(`x-mine: 1

groups:
  g: {id: g}
  h: {parents: [g]}

entries:
  - model: authentik_core.user # an email only
    identifiers: {username: a}
    attrs: {groups: [!KeyOf g]}
`));

  test('a user by number is not shortened to an address, which would be read as a name', () =>
    expect(
      converted(`entries:
  - {model: authentik_core.application, id: a, identifiers: {slug: a}, attrs: {name: a}}
  - {model: authentik_policies.policybinding, identifiers: {target: !KeyOf a, user: 5, order: 0}}
`),
    ).toBe('applications:\n  a: {access: [{user: 5}]}\n'));

  test('two entries for one object stay together', () => {
    const text = `entries:\n${group}${group.replace('id: g, ', '')}`;
    expect(converted(text)).toBe(text);
  });

  test('a reference to an entry with conditions stays tied to that entry', () =>
    expect(
      converted(`entries:
  - {model: authentik_core.group, id: g, conditions: [!Context x], identifiers: {name: g}}
  - {model: authentik_core.group, identifiers: {name: h}, attrs: {parents: [!KeyOf g]}}
`),
    ).toBe('groups:\n  g: {id: g, conditions: [!Context x]}\n  h: {parents: [!KeyOf g]}\n'));
});

describe('the text it writes', () => {
  test('quotes names that YAML would read as something else', () =>
    expect(
      converted(`entries:
  - {model: authentik_core.group, id: a, identifiers: {name: "yes"}}
  - {model: authentik_core.group, id: b, identifiers: {name: "2024-01-01"}}
  - {model: authentik_core.group, id: c, identifiers: {name: "a: b, {c}"}}
  - {model: authentik_core.group, id: d, identifiers: {name: "<<"}}
  - {model: authentik_core.group, identifiers: {name: e}, attrs: {parents: [!KeyOf a, !KeyOf b, !KeyOf c, !KeyOf d], attributes: {x: , y: [~, ]}}}
`),
    ).toBe(`groups:
  "yes": {}
  "2024-01-01": {}
  "a: b, {c}": {}
  "<<": {}
  e: {parents: ["yes", "2024-01-01", "a: b, {c}", "<<"], attributes: {x: null, y: [~]}}
`));

  test('names a shared stage where it is bound first, and refers to it elsewhere', () =>
    expect(
      converted(`entries:
  - {model: authentik_flows.flow, id: a, identifiers: {slug: a}, attrs: {name: a, title: A, designation: recovery}}
  - {model: authentik_flows.flow, id: b, identifiers: {slug: b}, attrs: {name: B, title: B, designation: recovery}}
  - {model: authentik_stages_user_login.userloginstage, id: login, identifiers: {name: a-user_login}}
  - {model: authentik_stages_deny.denystage, id: deny, identifiers: {name: never}}
  # b comes before a
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf b, stage: !KeyOf login, order: 10}}
  - {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf a, stage: !KeyOf deny, order: 20}}
  - {model: authentik_flows.flowstagebinding, id: x, identifiers: {target: !KeyOf a, stage: !KeyOf login, order: 10}}
  - {model: authentik_policies.policybinding, identifiers: {target: !KeyOf x, group: !Find [authentik_core.group, [name, g]], order: 0}}
`),
    ).toBe(`flows:
  a:
    title: A
    designation: recovery
    stages:
      - user_login: {}
        access: [group/g]
      - deny: {name: never}

  b:
    name: B
    title: B
    designation: recovery
    stages:
      # b comes before a
      - stage: a-user_login
`));

  test('goes on in sections that are there', () =>
    expect(
      converted(`entries:
  - {model: authentik_core.group, identifiers: {name: h}}
  - {model: authentik_core.group, identifiers: {name: g}, attrs: {is_superuser: true}}
groups:
  g: {}
`),
    ).toBe(`entries:
  - {model: authentik_core.group, identifiers: {name: g}, attrs: {is_superuser: true}}
groups:
  g: {}
  h: {}
`));

  test('names providers, policies and mappings by the words of their sections, and strict addresses alone', () =>
    expect(
      converted(`entries:
  - {model: authentik_core.application, identifiers: {slug: wiki}, attrs: {name: wiki, provider: !Find [authentik_providers_oauth2.oauth2provider, [name, wiki]]}}
  - model: authentik_providers_oauth2.oauth2provider
    identifiers: {name: wiki}
    attrs:
      authorization_flow: !Find [authentik_flows.flow, [slug, consent]]
      invalidation_flow: !Find [authentik_flows.flow, [slug, out]]
      property_mappings: [!Find [authentik_providers_oauth2.scopemapping, [name, team]]]
      redirect_uris: [{matching_mode: strict, url: https://wiki.example.org/cb}, {matching_mode: regex, url: x}]
  - {model: authentik_providers_oauth2.scopemapping, identifiers: {name: team}, attrs: {scope_name: team, expression: return x}}
  - {model: authentik_policies_password.passwordpolicy, identifiers: {name: long}, attrs: {length_min: 14}}
`),
    ).toBe(`property_mappings:
  scope:
    team: {scope_name: team, expression: return x}

policies:
  password:
    long: {length_min: 14}

providers:
  oauth2:
    wiki: {authorization_flow: consent, invalidation_flow: out, property_mappings: [team],
           redirect_uris: [https://wiki.example.org/cb, {matching_mode: regex, url: x}]}

applications:
  wiki: {provider: wiki}
`));

  test('ends its lines as the file does', () => {
    const text = 'version: 1\r\nentries:\r\n  - {model: authentik_core.group, identifiers: {name: g}}\r\n';
    const { text: short } = convert({ path: 'x.yaml', text });
    expect(short).toBe('version: 1\r\n\r\ngroups:\r\n  g: {}\r\n');
  });

  test('empties named lists', () =>
    expect(
      converted(`entries:
  one:
    # first
    - {model: authentik_core.group, identifiers: {name: h}}
  two:
    - {model: authentik_stages_dummy.dummystage, identifiers: {name: p}}
`),
    ).toBe(`groups:
  # first
  h: {}

entries:
  two:
    - {model: authentik_stages_dummy.dummystage, identifiers: {name: p}}
`));
});

describe('the command', () => {
  async function command(
    folder: string,
    ...words: string[]
  ): Promise<{ code: number; out: string; err: string }> {
    const call = await understand(words, 100);
    if (call.type !== 'run') throw new Error('not a call');
    const { surroundings, out, err } = commandIn(folder);
    const code = await call.run(surroundings);
    return { code, out: out(), err: err() };
  }
  const text = 'version: 1\nentries:\n  - {model: authentik_core.group, identifiers: {name: g}}\n';
  const short = 'version: 1\n\ngroups:\n  g: {}\n';

  test('prints the file, or writes it in the place of the old one', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'x.yaml'), text);
    const printed = await command(folder, 'convert', 'x.yaml');
    expect(printed).toEqual({ code: 0, out: short, err: '1 entry moved into sections\n' });
    const written = await command(folder, 'convert', 'x.yaml', '--output', 'x.yaml');
    expect(written).toEqual({ code: 0, out: '', err: '1 entry moved into sections in x.yaml\n' });
    expect(readFileSync(join(folder, 'x.yaml'), 'utf8')).toBe(short);
    expect(readdirSync(folder)).toEqual(['x.yaml']);
  });

  test('says what is wrong with a file, and writes nothing', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'x.yaml'), text.replace('name:', 'nmae:'));
    const { code, out, err } = await command(folder, 'convert', 'x.yaml', '-o', 'y.yaml');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('Did you mean `name`?');
    expect(readdirSync(folder)).toEqual(['x.yaml']);
    expect((await command(folder, 'convert', '.')).err).toContain('is a folder');
    expect((await command(folder, 'convert', 'none.yaml')).err).toContain('no-such-path');
  });
});
