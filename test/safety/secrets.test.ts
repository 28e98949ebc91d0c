/** Secrets, by place and by origin: whatever the program does, no output, file, log, record or error gives one away. */
import { describe, expect, test } from 'vitest';
import { catalogue, type FieldFacts, type KindFacts } from '../../src/model/kinds.js';
import type { Json } from '../../src/model/model.js';
import { openStore } from '../../src/reconcile/open-store.js';
import { minimalFields } from '../contract/samples.js';
import { databaseIn } from '../support/request.js';
import { makeNet, type Net } from './canaries.js';
import { fine, project, workspace } from './workspace.js';

/** A value for a secret field. */
function secretValue(net: Net, kind: KindFacts, field: FieldFacts, version: number): Json {
  const name = `${kind.name}.${field.name} (version ${version})`;
  const text = JSON.stringify(field.schema);
  if (text.includes('"uri"')) return `https://hooks.example.org/${net.value(name, 'plain')}`;
  const { type } = field.schema;
  if (type === 'object') return { inside: [{ deep: net.value(name) }] };
  return net.value(name);
}

const withSecrets = [...catalogue().kinds.values()].filter((facts) =>
  Object.values(facts.fields).some((field) => field.secret),
);

/** One entry for each secret field of each kind; the attributes that it needs refer to objects that are there. */
async function entriesWithSecrets(
  directory: string,
): Promise<{ facts: KindFacts; field: FieldFacts; fields: Record<string, Json> }[]> {
  const opened = await openStore(directory);
  try {
    const made: { facts: KindFacts; field: FieldFacts; fields: Record<string, Json> }[] = [];
    for (const facts of withSecrets) {
      for (const field of Object.values(facts.fields)) {
        if (!field.secret) continue;
        const fields = await minimalFields(opened.directory, facts);
        for (const name of facts.key) fields[name] ??= `${facts.name} ${field.name}`;
        made.push({ facts, field, fields });
      }
    }
    return made;
  } finally {
    await opened.close();
  }
}

const yaml = (value: Json): string => JSON.stringify(value);

describe('a secret by place', () => {
  test('of every kind is written and never seen', async () => {
    const net = makeNet();
    const { cwd, call, leaks, look, lookAround, sql, write } = workspace(net);
    const entries = await entriesWithSecrets(databaseIn(cwd));
    const blueprint = (version: number): string =>
      `version: 1\nentries:\n${entries
        .map(({ facts, field, fields }) => {
          const identifiers = Object.entries(fields).filter(([name]) => facts.key.includes(name));
          const attrs = Object.entries(fields).filter(
            ([name]) => !facts.key.includes(name) && name !== field.name,
          );
          attrs.push([field.name, secretValue(net, facts, field, version)]);
          return `- model: ${facts.kind}\n  identifiers: ${yaml(Object.fromEntries(identifiers))}\n  attrs:\n${attrs.map(([name, value]) => `    ${name}: ${yaml(value)}\n`).join('')}`;
        })
        .join('')}`;
    write('blueprint.yaml', blueprint(1));
    const base = ['blueprint.yaml', ...project];
    fine(await call(['validate', 'blueprint.yaml', '-vv']));
    fine(await call(['validate', 'blueprint.yaml', '--json']));
    await call(['plan', ...base, '-vv']);
    await call(['plan', ...base, '--json']);
    fine(await call(['plan', ...base, '--out', 'plan.json'], {}, true));
    fine(await call(['apply', ...base, '--approved', 'plan.json', '-vv'], {}, true));
    expect(fine(await call(['plan', ...base]))).toContain('no changes');

    write('blueprint.yaml', blueprint(2));
    const changed = await call(['plan', ...base, '--out', 'plan.json', '-vv']);
    for (const { facts, field } of entries)
      expect(changed.out).toMatch(new RegExp(`~ ${facts.name}/[\\s\\S]*${field.name}`));
    await call(['plan', ...base, '--json']);
    fine(await call(['apply', ...base, '--auto-approve', '--json']));
    expect(fine(await call(['plan', ...base]))).toContain('no changes');

    // Somebody changes what can be read of them by hand, and it is put back.
    for (const { field } of entries.filter((one) => !one.field.unreadable)) {
      const drifted = net.value(`${field.name}, drifted`, 'plain');
      sql(
        `UPDATE object SET attributes = json_set(attributes, '$.${field.name}', json_object('by', ?)) WHERE json_type(attributes, '$.${field.name}') = 'object'`,
        drifted,
      );
      sql(
        `UPDATE object SET attributes = json_set(attributes, '$.${field.name}', ?) WHERE json_type(attributes, '$.${field.name}') = 'text'`,
        drifted,
      );
    }
    expect((await call(['plan', ...base, '--out', 'plan.json'])).out).toContain('drifted');
    fine(await call(['apply', ...base, '--auto-approve', '-vv']));

    // No longer written; then no longer there.
    write(
      'blueprint.yaml',
      blueprint(2).replace(/ {4}(?:client_secret|shared_secret|plex_token): .*\n/g, ''),
    );
    await call(['plan', ...base]);
    await call(['plan', ...base, '--json']);
    write('blueprint.yaml', 'version: 1\nentries: []\n');
    await call(['plan', ...base, '--prune', '--out', 'plan.json']);

    await call(['history', '-d', 'sqlite:directory.db']);
    for (const number of ['1', '2', '3']) {
      await call(['history', 'show', number, '-d', 'sqlite:directory.db']);
      await call(['history', 'show', number, '-d', 'sqlite:directory.db', '--json']);
    }
    await call(['doctor', ...project]);
    await call(['ledger', 'export', 'ledger.json', ...project]);
    fine(await call(['export', ...project]));
    lookAround(['blueprint.yaml']);
    const passwords = sql<{ secrets: string }>(
      `SELECT secrets FROM object WHERE kind = 'authentik_core.user' AND json_extract(secrets, '$.password') IS NOT NULL`,
    );
    expect(passwords.length).toBeGreaterThan(0);
    for (const { secrets } of passwords) {
      expect(JSON.parse(secrets).password).toMatch(/^\$argon2id\$/);
      look('the stored password', JSON.stringify(JSON.parse(secrets).password));
    }
    expect(leaks.join('\n')).toBe('');
  });
});

/** Plain attributes whose values come from outside, in every way there is. */
const fromOutside = `version: 1
context:
  title: !Env TITLE
  part: !Env PART
entries:
- model: authentik_core.user
  identifiers: {username: ada}
  attrs:
    name: !Env NAME
    email: !Format ["%s@example.org", !Env MAIL]
    path: users
    attributes:
      direct: !Env DIRECT
      list: [plain, !Env LISTED]
      deep: {deeper: {deepest: !File deepest.txt}}
      formatted: !Format ["%s and %s", plain, !Env FORMATTED]
      chosen: !If [!Condition [AND, true], !Env CHOSEN, other]
      each: !Enumerate [[a, b], SEQ, !Format ["%d: %s", !Index 0, !Env EACH]]
      mapped: !Enumerate [[a, b], MAP, [!Value 0, {inside: !Env MAPPED}]]
      first: !AtIndex [!Enumerate [[a], SEQ, !Env FIRST], 0]
- model: authentik_core.group
  identifiers: {name: staff}
  attrs:
    attributes: {one: !Env GROUP, two: {three: [!File listed.txt]}}
- model: authentik_flows.flow
  id: flow
  identifiers: {slug: join}
  attrs:
    name: !Context part
    title: !Context title
    designation: enrollment
- model: authentik_policies_expression.expressionpolicy
  identifiers: {name: check}
  attrs:
    expression: !File expression.py
- model: authentik_stages_invitation.invitation
  identifiers: {name: summer}
  attrs:
    flow: !KeyOf flow
    expires: 2999-01-31T00:00:00Z
    single_use: false
    fixed_data: {attributes: {department: !Env DEPARTMENT}}
- model: authentik_core.application
  identifiers: {slug: wiki}
  attrs:
    name: Wiki
    meta_description: !Format ["%s of %s", !Env DESCRIPTION, !KeyOf flow]
    meta_launch_url: !Format ["https://example.org/?key=%s", !Env LAUNCH]
- model: authentik_stages_prompt.prompt
  identifiers: {name: field}
  attrs:
    field_key: field
    label: Label
    type: text
    placeholder: !File lines.txt
    initial_value: !Env [INITIAL, otherwise]
- model: authentik_rbac.role
  identifiers: {name: reader}
  attrs: {permissions: [authentik_core.view_user]}
`;

const variables = [
  'TITLE',
  'PART',
  'NAME',
  'MAIL',
  'DIRECT',
  'LISTED',
  'FORMATTED',
  'CHOSEN',
  'EACH',
  'FIRST',
  'DEPARTMENT',
  'DESCRIPTION',
  'LAUNCH',
  'INITIAL',
  'GROUP',
  'MAPPED',
];
const plainOnes = new Set(['MAIL', 'LAUNCH']);

describe('a secret by origin', () => {
  /** Sets every variable and file to values of a version of their own. */
  const outside = (
    net: Net,
    write: (name: string, text: string) => void,
    version: number,
  ): Record<string, string> => {
    const value = (name: string, form?: 'plain' | 'lines') => net.value(`${name} (version ${version})`, form);
    const env: Record<string, string> = {};
    for (const name of variables) env[name] = value(name, plainOnes.has(name) ? 'plain' : undefined);
    write('deepest.txt', value('deepest.txt'));
    write('listed.txt', value('listed.txt'));
    write('expression.py', `return "${value('expression.py', 'lines')}"\n`);
    write('lines.txt', value('lines.txt', 'lines'));
    return env;
  };
  const inputs = ['blueprint.yaml', 'deepest.txt', 'listed.txt', 'expression.py', 'lines.txt'];

  test('is shown as where it came from, on both sides of a difference', async () => {
    const net = makeNet();
    const { call, leaks, lookAround, sql, write } = workspace(net);
    write('blueprint.yaml', fromOutside);
    const base = ['blueprint.yaml', ...project];
    const first = outside(net, write, 1);
    fine(await call(['validate', 'blueprint.yaml', '-vv'], first));
    const planned = await call(['plan', ...base, '--out', 'plan.json', '-vv'], first);
    for (const name of variables) expect(planned.out).toContain(`env ${name}`);
    expect(planned.out).toContain('(file lines.txt)');
    await call(['plan', ...base, '--json'], first);
    fine(await call(['apply', ...base, '--approved', 'plan.json', '-vv'], first, true));
    expect((await call(['plan', ...base], first)).out).toContain('no changes');

    const second = outside(net, write, 2);
    for (const words of [['-vv'], ['--json'], ['--out', 'plan.json']])
      await call(['plan', ...base, ...words], second);
    await call(['apply', ...base], second);
    fine(await call(['apply', ...base, '--auto-approve', '--json'], second));

    // Somebody changed by hand what came from outside.
    for (const [field, kind] of [
      ['name', 'authentik_core.user'],
      ['title', 'authentik_flows.flow'],
      ['expression', 'authentik_policies_expression.expressionpolicy'],
      ['meta_description', 'authentik_core.application'],
      ['attributes.direct', 'authentik_core.user'],
    ]) {
      sql(
        `UPDATE object SET attributes = json_set(attributes, '$.${field}', ?) WHERE kind = ? AND hidden = 0`,
        net.value(`${field}, drifted`, 'plain'),
        kind,
      );
    }
    const drifted = await call(['plan', ...base, '--out', 'plan.json'], second);
    expect(drifted.out).toContain('drifted');
    await call(['plan', ...base, '--json'], second);
    fine(await call(['apply', ...base, '--auto-approve', '-vv'], second));

    // A variable that is not set any more.
    const { NAME: _, ...without } = second;
    for (const words of [[], ['--json']]) await call(['plan', ...base, ...words], without);
    expect(await call(['apply', ...base, '--auto-approve'], without)).toMatchObject({ code: 1 });

    await call(['history', '-d', 'sqlite:directory.db', '--json']);
    for (const number of ['1', '2', '3', '4'])
      await call(['history', 'show', number, '-d', 'sqlite:directory.db']);
    await call(['doctor', ...project]);
    await call(['ledger', 'export', 'ledger.json', ...project]);
    lookAround(inputs);
    expect(leaks.join('\n')).toBe('');
  });

  test('is still not shown when the blueprint no longer says where it came from', async () => {
    const net = makeNet();
    const { call, leaks, lookAround, write } = workspace(net);
    const base = ['blueprint.yaml', ...project];
    const env = outside(net, write, 1);
    write('blueprint.yaml', fromOutside);
    fine(await call(['apply', ...base, '--auto-approve'], env));
    // Written out instead, or dropped: what was applied before is what would be shown as the value before.
    const literal = fromOutside
      .replace('!Env NAME', 'Ada')
      .replace('!File expression.py', '"return True"')
      .replace('!Env DIRECT', 'literal')
      .replace(/ {6}(?:list|deep|formatted|first): .*\n/g, '')
      .replace(/ {4}(?:placeholder|meta_description|meta_launch_url): .*\n/g, '')
      .replace('!Context title', 'Welcome')
      .replace('{attributes: {department: !Env DEPARTMENT}}', '{}');
    write('blueprint.yaml', literal);
    for (const words of [['-vv'], ['--json'], ['--out', 'plan.json']]) {
      const planned = await call(['plan', ...base, ...words], env);
      expect(planned.out).toContain('Welcome');
    }
    fine(await call(['apply', ...base, '--auto-approve', '-vv'], env));
    await call(['ledger', 'export', 'ledger.json', ...project]);
    lookAround(inputs);
    expect(leaks.join('\n')).toBe('');
  });
});

describe('an error', () => {
  const user = (attrs: string): string =>
    `entries:\n- model: authentik_core.user\n  identifiers: {username: ada}\n  attrs: ${attrs}\n`;
  const flow = (attrs: string): string =>
    `entries:\n- model: authentik_flows.flow\n  identifiers: {slug: join}\n  attrs: ${attrs}\n`;
  const provider = (attrs: string): string =>
    `entries:\n- model: authentik_providers_radius.radiusprovider\n  identifiers: {name: radius}\n  attrs: ${attrs}\n`;
  const cases: Readonly<Record<string, string>> = {
    'a value that is no address': user('{name: Ada, email: !Env SECRET}'),
    'a value that is not among the choices': flow('{name: x, title: x, designation: !Env SECRET}'),
    'a value that is no boolean': user('{name: Ada, is_active: !Env SECRET}'),
    'a value that is no list': user('{name: Ada, groups: !Env SECRET}'),
    'a value that is no map': user('{name: Ada, attributes: !Env SECRET}'),
    'a value that is too long': `entries:\n- model: authentik_brands.brand\n  identifiers: {domain: x}\n  attrs: {branding_title: !Env LONG}\n- model: authentik_core.application\n  identifiers: {slug: x}\n  attrs: {name: x, group: !Format ["%s%s", !Env SECRET, !Env LONG], meta_launch_url: !Env SECRET}\n`,
    'a reference that finds nothing': flow(
      '{name: x, title: x, designation: enrollment, background: !Find [authentik_flows.flow, [slug, !Env SECRET]]}',
    ),
    'a reference that is no id': provider(
      '{authorization_flow: !Env SECRET, invalidation_flow: !Env SECRET, shared_secret: x}',
    ),
    'text that is no JSON': user('{name: Ada, attributes: !ParseJSON [!Env SECRET]}'),
    'a literal secret that is no JSON': user('{name: Ada, password: !ParseJSON "{LITERAL"}'),
    'an index into a text': user('{name: !AtIndex [!Env SECRET, 99]}'),
    'a format that does not fit': user('{name: !Format ["%d", !Env SECRET]}'),
    'a format from outside': user('{name: !Format [!Env SECRET, 1, 2]}'),
    'something from outside to go through': user(
      '{name: Ada, attributes: {a: !Enumerate [!Env SECRET, MAP, !Value 0]}}',
    ),
    'a permission from outside': `entries:\n- model: authentik_rbac.role\n  identifiers: {name: reader}\n  attrs: {permissions: [!Env SECRET]}\n`,
    'a permission on an object from outside': `roles:\n  reader: {}\nentries:\n- model: authentik_core.group\n  identifiers: {name: x}\n  permissions: [{permission: !Env SECRET, role: !Find [authentik_rbac.role, [name, reader]]}]\n`,
    'somebody from outside who gets a permission': `entries:\n- model: authentik_core.group\n  identifiers: {name: x}\n  permissions: [{permission: authentik_core.view_group, user: !Env SECRET}]\n`,
    'a lookup of a model from outside': flow(
      '{name: x, title: x, designation: !Find [!Env SECRET, [name, x]]}',
    ),
    'a lookup of a field from outside': provider(
      '{authorization_flow: !Find [authentik_flows.flow, [!Env SECRET, x]], invalidation_flow: 1, shared_secret: x}',
    ),
    'a key from outside that is not there': user('{name: !AtIndex [{a: b}, !Env SECRET]}'),
    'a context key from outside': user(
      '{name: !Context [!Env SECRET, x], email: !AtIndex [!Context a, !Env SECRET], is_active: !Format ["%s", !Env SECRET]}',
    ),
    'a condition from outside': user('{name: Ada, email: !If [!Condition [!Env SECRET, true], a, b]}'),
    'an address from outside twice': `users:\n  ada: {name: Ada, email: !Format ["%s@example.org", !Env SECRET]}\n  bob: {name: Bob, email: !Format ["%s@example.org", !Env SECRET]}\n`,
    'a path from outside with empty segments': user(
      '{name: Ada, email: a@example.org, path: !Format ["//%s/", !Env SECRET]}',
    ),
    'an invitation from outside': `flows:\n  join: {name: x, title: x, designation: recovery}\ninvitations:\n  summer: {flow: join, expires: !Env SECRET, fixed_data: {SECRET: !Env SECRET}}\n`,
    'a state from outside': `entries:\n- model: authentik_core.group\n  state: !Env SECRET\n  identifiers: {name: x}\n`,
    'a model from outside': `entries:\n- model: !Env SECRET\n  identifiers: {name: x}\n`,
    'a context from outside that is asked for too deep': `context: {a: !Env SECRET}\n${user('{name: !Context a.b.c}')}`,
    'a file from outside': user('{name: !File [missing.txt, !Env SECRET], email: !Env SECRET}'),
    'two entries that contradict each other':
      user('{name: !Env SECRET}') + user('{name: !Env OTHER}').replace('entries:\n', ''),
    'two entries with different secrets':
      user('{name: Ada, password: LITERAL}') +
      user('{name: Ada, password: OTHER_LITERAL}').replace('entries:\n', ''),
    'an attribute that is misspelt beside a secret': user('{name: Ada, password: LITERAL, emial: x}'),
    'a secret of the wrong type': user('{name: Ada, password: [LITERAL]}'),
    'a secret map of the wrong type': user('{name: Ada, password: {inside: LITERAL}}'),
    'a secret over several lines': user('\n    name: Ada\n    password: >-\n      LITERAL\n    emial: x'),
    'a secret and its hash': user('{name: Ada, password: LITERAL, password_hash: OTHER_LITERAL}'),
    'YAML that breaks off in a secret': user('{name: Ada, password: "LITERAL'),
    'YAML that breaks after a secret': user('{name: Ada, password: LITERAL, name: ['),
    'a secret among the identifiers': `entries:\n- model: authentik_core.token\n  identifiers: {key: LITERAL}\n  attrs: {identifier: x, intent: api}\n`,
    'a secret in a section': `users:\n  ada: {name: Ada, password: LITERAL, emial: x}\n`,
    'an unknown tag in a secret': user('{name: Ada, password: !Encrypted LITERAL}'),
    'a tag with the wrong form': user('{name: Ada, password: !Format ["%d", LITERAL]}'),
    'a secret that an alias repeats': user('{name: &name {a: b}, password: &secret LITERAL, email: *secret}'),
  };

  test.each(Object.entries(cases))('about %s does not give it away', async (_, text) => {
    const net = makeNet();
    const { call, leaks, lookAround, write } = workspace(net);
    const env = {
      SECRET: net.value('SECRET', 'plain'),
      OTHER: net.value('OTHER', 'plain'),
      LONG: 'x'.repeat(5_000),
    };
    write(
      'blueprint.yaml',
      `version: 1\n${text.replaceAll('OTHER_LITERAL', net.value('the other literal', 'plain')).replaceAll('LITERAL', net.value('the literal', 'plain'))}`,
    );
    const base = ['blueprint.yaml', ...project];
    const ran = [
      await call(['validate', 'blueprint.yaml', '-vv'], env),
      await call(['plan', ...base, '-vv'], env),
      await call(['apply', ...base, '--auto-approve', '-vv'], env),
    ];
    expect(ran.map((one) => one.err).join('\n')).toMatch(/error|warning|note/);
    for (const one of ran) expect(one.err).not.toContain('This is a bug');
    await call(['history', 'show', '1', '-d', 'sqlite:directory.db']);
    lookAround(['blueprint.yaml']);
    expect(leaks.join('\n')).toBe('');
  });

  test.each([
    ['in one transaction', []],
    ['one by one', ['--ledger', 'sqlite:ledger.db']],
  ])('of the directory in the middle of an apply, %s, does not give it away', async (_, ledger) => {
    const net = makeNet();
    const { call, leaks, lookAround, sql, write } = workspace(net);
    const env = { SECRET: net.value('SECRET', 'plain'), MANAGED: net.value('MANAGED', 'plain') };
    const token = (name: string): string =>
      `- model: authentik_core.token\n  identifiers: {identifier: ${name}}\n  attrs: {intent: api, user: !Find [authentik_core.user, [username, ada]], key: !Env SECRET, description: !Env SECRET, managed: !Env MANAGED}\n`;
    write(
      'blueprint.yaml',
      `version: 1\nusers:\n  ada: {name: Ada, password: !Env SECRET}\nentries:\n${token('one')}`,
    );
    write('empty.yaml', 'version: 1\nentries: []\n');
    const base = ['blueprint.yaml', ...project, ...ledger];
    await call(['apply', 'empty.yaml', ...project, ...ledger, '--auto-approve'], env);
    // Nothing that a plan could see.
    const taken = ['authentik_core.token managed', JSON.stringify([env.MANAGED])];
    sql('INSERT INTO unique_key (scope, value, object, by_reference) VALUES (?, ?, -1, 0)', ...taken);
    const failed = await call(['apply', ...base, '--auto-approve', '-vv'], env);
    expect(failed.code, failed.out).toBe(1);
    expect(failed.out + failed.err).toContain('another object already has the same `managed`');
    await call(['apply', ...base, '--auto-approve', '--json', '-vv'], env, true);
    const shown = await call(['history', 'show', '1', '-d', 'sqlite:directory.db', ...ledger]);
    expect(shown.out).toMatch(/^run 1: failed\n[\s\S]*`managed`/);
    await call(['history', 'show', '1', '-d', 'sqlite:directory.db', ...ledger, '--json']);
    lookAround(['blueprint.yaml']);
    expect(leaks.join('\n')).toBe('');
  });
});
