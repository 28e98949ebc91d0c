/** The main job on real blueprints: everything applies in one run, whatever the order, and then nothing is left to do. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import { apply, plan, validate } from '../src/reconcile/reconcile.js';
import type { Request } from '../src/reconcile/request.js';
import { corpus, examples, withoutCorpus } from './support/corpus.js';
import { databaseIn, request, temporaryFolder } from './support/request.js';

const clashing = ['flows-login-2fa.yaml', 'flows-login-conditional-captcha.yaml'];
const blueprints = fileURLToPath(new URL('../blueprints', import.meta.url));

async function applied(asked: Request): Promise<Awaited<ReturnType<typeof apply>>> {
  const result = await apply(asked, async () => true);
  expect(result.diagnostics.filter((one) => one.severity === 'error').map((one) => one.message)).toEqual([]);
  expect(result.failed).toEqual([]);
  return result;
}

async function pending(asked: Request): Promise<string[]> {
  const planned = await plan(asked);
  expect(planned.diagnostics.filter((one) => one.severity === 'error').map((one) => one.message)).toEqual([]);
  return planned.plan!.changes.map((one) => `${one.verb} ${one.ref.address} ${one.reasons}`);
}

describe.skipIf(!corpus)(`authentik's own blueprints${corpus ? '' : ` (${withoutCorpus})`}`, () => {
  const defaults = (): string => join(corpus!, 'default');
  const agreeing = (): string[] =>
    [...examples()].filter(([name]) => !clashing.includes(name)).map(([, path]) => path);

  test.each(['as named', 'in reverse'])(
    'apply together in one run, %s, and then nothing is left to do',
    async (order) => {
      const paths = [defaults(), ...agreeing()];
      const asked = request({
        paths: order === 'as named' ? paths : paths.reverse(),
        directory: databaseIn(temporaryFolder()),
      });
      const result = await applied(asked);
      expect(result.outcome).toBe('applied');
      expect(await pending(asked)).toEqual([]);
    },
  );

  test('are refused where they contradict each other, and nothing is written', async () => {
    const asked = request({
      paths: [defaults(), ...examples().values()],
      directory: databaseIn(temporaryFolder()),
    });
    const result = await apply(asked, async () => true);
    expect(result.ok).toBe(false);
    const conflicts = result.diagnostics.filter((one) => one.code === 'conflict');
    const about = new Set(
      conflicts.map((one) => one.message.replace(/( is asked| has two different values).*/, '')),
    );
    expect([...about].sort()).toEqual([
      'flow/default-authentication-flow: authentication',
      'flow/default-authentication-flow: name',
      'password-stage/default-authentication-password: backends',
    ]);
    for (const one of conflicts) expect([one.place, one.related?.[0]?.place]).not.toContain(undefined);
    const empty = await plan({ ...asked, paths: [defaults()] });
    expect(empty.plan!.counts.unchanged).toBe(0);
  });

  test.each(corpus ? [...examples().keys()] : [])('%s alone applies over the defaults', async (name) => {
    const base = request({ paths: [defaults()], directory: databaseIn(temporaryFolder()) });
    await applied(base);
    const asked = { ...base, paths: [examples().get(name)!] };
    await applied(asked);
    expect(await pending(asked)).toEqual([]);
  });

  test('a condition that its own result makes false stays stable over three runs', async () => {
    const asked = request({ paths: [defaults()], directory: databaseIn(temporaryFolder()) });
    const first = await applied(asked);
    expect(first.plan!.changes.some((one) => one.ref.address === 'brand/authentik-default')).toBe(true);
    for (let run = 2; run <= 3; run++) {
      const again = await applied(asked);
      expect(again.outcome).toBe('nothing');
      expect(again.plan!.counts).toMatchObject({ held: 1, delete: 0 });
    }
  });

  test('recovery by mail works once the brand points at its flow', async () => {
    const folder = temporaryFolder();
    const brand = join(folder, 'brand.yaml');
    writeFileSync(
      brand,
      `version: 1
entries:
- model: authentik_brands.brand
  identifiers: {domain: authentik-default}
  attrs: {flow_recovery: !Find [authentik_flows.flow, [slug, default-recovery-flow]]}
`,
    );
    const recovery = examples().get('flows-recovery-email-verification.yaml')!;
    const asked = request({ paths: [defaults(), recovery, brand], directory: databaseIn(folder) });
    const { plan: made } = await applied(asked);
    const change = made!.changes.find((one) => one.ref.address === 'brand/authentik-default')!;
    expect(change.write.flow_recovery).toMatchObject({ address: 'flow/default-recovery-flow' });
    expect(await pending(asked)).toEqual([]);
  });
});

describe('the ready-made blueprints', () => {
  test('are valid, apply, and are then in sync', async () => {
    const asked = request({ paths: [blueprints], directory: databaseIn(temporaryFolder()), strict: true });
    const checked = await validate(asked);
    expect(checked.diagnostics.map((one) => one.message)).toEqual([]);
    await applied(asked);
    expect(await pending(asked)).toEqual([]);
  });
});

describe('a change', () => {
  async function workspace(): Promise<{
    asked: Request;
    file: string;
    database: string;
    edit: (from: string, to: string) => void;
  }> {
    const folder = temporaryFolder();
    const copy = join(folder, 'blueprints');
    mkdirSync(copy);
    for (const name of readdirSync(blueprints))
      copyFileSync(join(blueprints, name), join(copy, basename(name)));
    const file = join(copy, 'team.yaml');
    writeFileSync(
      file,
      `version: 1
entries:
- {model: authentik_core.group, id: crew, identifiers: {name: crew}}
- model: authentik_core.user
  identifiers: {username: grace}
  attrs: {name: Grace Hopper, email: grace@example.org, groups: [!KeyOf crew]}
- {model: authentik_flows.flow, id: hello, identifiers: {slug: hello}, attrs: {name: Hello, title: Hello, designation: authentication}}
- {model: authentik_stages_user_login.userloginstage, id: one, identifiers: {name: hello-one}}
- {model: authentik_stages_deny.denystage, id: two, identifiers: {name: hello-two}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf hello, stage: !KeyOf one, order: 10}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf hello, stage: !KeyOf two, order: 20}}
`,
    );
    const database = join(folder, 'directory.db');
    const asked = request({ paths: [copy], directory: `sqlite:${database}` });
    await applied(asked);
    const edit = (from: string, to: string): void => {
      const text = readFileSync(file, 'utf8');
      expect(text).toContain(from);
      writeFileSync(file, text.replaceAll(from, to));
    };
    return { asked, file, database, edit };
  }

  function sql(path: string, statement: string): void {
    const database = new Database(path);
    database.exec(statement);
    database.close();
  }

  test('in a blueprint is one update, said to be edited', async () => {
    const { asked, edit } = await workspace();
    edit('Grace Hopper', 'Grace B. Hopper');
    expect(await pending(asked)).toEqual(['update user/grace edited']);
    await applied(asked);
    expect(await pending(asked)).toEqual([]);
  });

  test('made in the directory by SQL is one update, said to have drifted', async () => {
    const { asked, database } = await workspace();
    sql(
      database,
      `UPDATE object SET attributes = json_set(attributes, '$.email', 'x@example.org') WHERE attributes ->> 'username' = 'grace'`,
    );
    expect(await pending(asked)).toEqual(['update user/grace drifted']);
    await applied(asked);
    expect(await pending(asked)).toEqual([]);
  });

  test('of an object deleted by SQL is one create, said to be missing', async () => {
    const { asked, database } = await workspace();
    sql(database, `DELETE FROM object WHERE attributes ->> 'username' = 'grace'`);
    expect(await pending(asked)).toEqual(['create user/grace missing']);
    await applied(asked);
    expect(await pending(asked)).toEqual([]);
  });

  test('that puts a stage at the start of a flow creates one binding and moves the others', async () => {
    const { asked, edit } = await workspace();
    edit('stage: !KeyOf two, order: 20}}', 'stage: !KeyOf two, order: 30}}');
    edit('stage: !KeyOf one, order: 10}}', 'stage: !KeyOf one, order: 20}}');
    edit(
      '- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf hello, stage: !KeyOf one',
      '- {model: authentik_stages_deny.denystage, id: zero, identifiers: {name: hello-zero}}\n- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf hello, stage: !KeyOf zero, order: 10}}\n- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf hello, stage: !KeyOf one',
    );
    expect((await pending(asked)).sort()).toEqual([
      'create deny-stage/hello-zero new',
      'create flow-stage-binding/hello:hello-zero new',
      'update flow-stage-binding/hello:hello-one edited',
      'update flow-stage-binding/hello:hello-two edited',
    ]);
    await applied(asked);
    expect(await pending(asked)).toEqual([]);
  });
});

test('a signal that comes while the blueprints are compared is heard before anything is written', async () => {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'staff.yaml'),
    'version: 1\nusers:\n  ada: {name: !Env ADA, email: ada@example.org}\n',
  );
  const ending = new AbortController();
  const asked = request({
    cwd: folder,
    paths: ['staff.yaml'],
    directory: databaseIn(folder),
    signal: ending.signal,
    environment: {
      // What comes in the middle of a step waits until the step has ended.
      env: () => {
        setImmediate(() => ending.abort());
        return 'Ada';
      },
      file: () => undefined,
      allows: () => true,
    },
  });
  await expect(apply({ ...asked, unattended: true }, async () => true)).rejects.toThrow(/abort/i);
  const database = new Database(join(folder, 'directory.db'), { readonly: true });
  expect(database.prepare('SELECT name FROM users').all()).toEqual([]);
  database.close();
});
