import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../src/diagnostic/diagnostic.js';
import { Ref, Unavailable } from '../src/model/model.js';
import { type Change, hazardNames, type Plan } from '../src/plan/change.js';
import { approves, compareApproved, readApproved, savedText, savePlan } from '../src/reconcile/saved-plan.js';
import type { SavedPlan } from '../src/reconcile/saved-plan-form.js';
import { planJson } from '../src/report/json.js';
import { change, designPlan, field, placeAt, planOf, richPlan } from './report/samples.js';

function saved(plan: Plan): SavedPlan {
  const result = savePlan(plan, []);
  expect(result.problems).toEqual([]);
  return result.saved!;
}

/** Saves, writes, reads again. */
function throughFile(plan: Plan): SavedPlan {
  const read = readApproved(savedText(saved(plan)), 'plan.json');
  if ('problem' in read) throw new Error(read.problem.message);
  return read.saved;
}

function problemOf(text: string): string {
  const read = readApproved(text, 'plan.json');
  return 'problem' in read ? read.problem.message : 'fine';
}

function differences(approved: readonly Change[], now: readonly Change[]): readonly string[] {
  const compared = compareApproved(throughFile(planOf(approved)), planOf(now));
  return compared.same ? [] : compared.differences;
}

const ada = (rest: Partial<Change> = {}) =>
  change('update', 'user/ada', { fields: [field('email', { before: 'a', after: 'b' })], ...rest });
const deletion = change('delete', 'user/bob', {
  hazards: [{ name: 'deletes', message: 'not reversible' }],
});
const group = (name: string) => new Ref('authentik_core.group', `group/${name}`);
const known = planOf(richPlan.changes.filter((one) => one.ref.address !== 'application/wiki'));

describe('a saved plan', () => {
  test('holds what would be done, without places, reasons and counts', () => {
    const { digest, ...content } = saved(designPlan);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(content).toEqual({
      format: 'asbuilt-plan',
      version: 2,
      allowed: [],
      directory: 'authentik+https://id.example.org',
      project: 'default',
      changes: [
        {
          verb: 'create',
          address: 'user/ada',
          kind: 'authentik_core.user',
          fields: [
            { path: ['email'], after: 'ada@example.org', secret: false },
            { path: ['groups'], added: [{ ref: 'group/platform-admins' }], removed: [], secret: false },
          ],
          hazards: [{ name: 'grants', message: 'becomes a superuser through group/platform-admins' }],
        },
        {
          verb: 'update',
          address: 'flow/enrollment',
          kind: 'authentik_core.user',
          fields: [{ path: ['title'], before: 'Wilkommen', after: 'Welcome', secret: false }],
          hazards: [],
        },
        {
          verb: 'delete',
          address: 'user/bob',
          kind: 'authentik_core.user',
          fields: [],
          hazards: [{ name: 'deletes', message: 'not reversible; deactivate instead with is_active: false' }],
        },
      ],
    });
  });

  test('holds no secret and nothing that came from the environment', () => {
    const text = savedText(saved(known));
    expect(text).not.toMatch(/hunter|old@example\.org/);
    expect(text).toContain('ADA_EMAIL');
  });

  test('is the same plan when it is read again', () => {
    for (const plan of [designPlan, known, planOf([])]) {
      expect(compareApproved(throughFile(plan), plan)).toEqual({ same: true });
    }
  });

  test('can’t be made while a value is not available', () => {
    expect(savePlan(richPlan, []).problems).toMatchObject([
      { code: 'env-unset', severity: 'error', message: 'application/wiki open_in_new_tab waits for a value' },
    ]);
    const nested = field('config', { after: [{ a: new Unavailable({ type: 'file', name: 'x' }) }] });
    expect(savePlan(planOf([ada({ fields: [nested] })]), []).saved).toBeUndefined();
    // An update leaves out what is not there; only the diagnostic tells.
    const unset = diagnose('env-unset', 'HOST is not set', placeAt('a.yaml', 1));
    expect(savePlan(planOf([ada()]), [unset])).toMatchObject({
      problems: [{ message: 'HOST is not set', severity: 'error' }],
    });
  });

  test('leaves out the second half of a create, as every report does', () => {
    const create = change('create', 'group/a');
    const rest = change('update', 'group/a', { partOf: create.ref });
    expect(saved(planOf([create, rest])).changes).toHaveLength(1);
  });

  test('the schema knows every hazard', () => {
    const schema = JSON.parse(readFileSync(new URL('../schemas/plan.schema.json', import.meta.url), 'utf8'));
    expect(schema.definitions.hazardName.enum).toEqual([...hazardNames]);
  });
});

describe('reading a saved plan', () => {
  const text = savedText(saved(designPlan));

  test('takes what was saved, however it is laid out', () => {
    expect(problemOf(text)).toBe('fine');
    expect(problemOf(JSON.stringify(JSON.parse(text)))).toBe('fine');
    const reversed = Object.fromEntries(Object.entries(JSON.parse(text)).reverse());
    expect(problemOf(JSON.stringify(reversed))).toBe('fine');
  });

  test('refuses a truncated file, wherever it is cut', () => {
    for (let end = 1; end < text.length - 2; end += 97) {
      expect(problemOf(text.slice(0, end))).toBe(
        'plan.json is not whole JSON: it was cut off, or is another file',
      );
    }
    expect(problemOf('')).toBe('plan.json is empty');
  });

  test('refuses other files', () => {
    expect(problemOf('null')).toBe('plan.json is no saved plan');
    expect(problemOf('[]')).toBe('plan.json is no saved plan');
    expect(problemOf('{"format_version": "1.2", "planned_values": {}}')).toBe('plan.json is no saved plan');
    expect(problemOf(JSON.stringify(planJson(designPlan, [])))).toBe(
      'plan.json is the output of `--json`, which is no saved plan',
    );
  });

  test('refuses another version of the form', () => {
    expect(problemOf(text.replace('"version": 2', '"version": 3'))).toBe(
      'plan.json has version 3; another asbuilt saved it; this asbuilt reads 2',
    );
    expect(problemOf(text.replace('"version": 2', '"version": 1'))).toBe(
      'plan.json has version 1, which does not say which hazards were allowed; this asbuilt reads 2',
    );
  });

  test('refuses what was changed after it was saved', () => {
    expect(problemOf(text.replace('Welcome', 'Hello'))).toBe(
      'plan.json was changed after it was saved: its digest is another',
    );
    expect(problemOf(text.replace('"grants"', '"grunts"'))).toMatch(
      /^plan.json is not as it was saved: changes\.0/,
    );
    expect(problemOf(text.replace('"kind"', '"sort"'))).toMatch(
      /^plan.json is not as it was saved: changes\.0/,
    );
    expect(problemOf(text.replace(/"sha256:[^"]*"/, '"sha256:0"'))).toMatch(/digest/);
  });

  test('refuses nesting without end', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(problemOf(text.replace('"Welcome"', deep))).toMatch(/^plan\.json (?:was changed|is not whole)/);
  });
});

describe('comparing with an approved plan', () => {
  test('places, reasons, counts and order do not matter', () => {
    const now = ada({
      place: placeAt('moved.yaml', 3),
      reasons: ['drifted'],
      unchanged: 7,
      fields: [field('email', { before: 'a', after: 'b', reason: 'drifted' })],
    });
    expect(differences([ada(), deletion], [deletion, now])).toEqual([]);
  });

  test('elements of a set have no order, and maps no order of keys', () => {
    const one = field('groups', { set: { added: [group('a'), group('b')], removed: [] } });
    const other = field('groups', { set: { added: [group('b'), group('a')], removed: [] } });
    expect(differences([ada({ fields: [one] })], [ada({ fields: [other] })])).toEqual([]);
    const map = (after: { [key: string]: number }) => ada({ fields: [field('config', { after })] });
    expect(differences([map({ a: 1, b: 2 })], [map({ b: 2, a: 1 })])).toEqual([]);
  });

  test('says what only one of the plans has', () => {
    const created = change('create', 'user/eve', { fields: [field('name', { after: 'Eve' })] });
    expect(differences([ada()], [created])).toEqual([
      'only in the approved plan: update user/ada email: a → b',
      'now also: create user/eve',
    ]);
  });

  test('says which fields differ', () => {
    const now = ada({
      fields: [
        field('email', { before: 'a', after: 'c' }),
        field('attributes.badge', { before: undefined, after: 4711 }),
        field('groups', { set: { added: [group('x')], removed: [group('y')] } }),
      ],
    });
    const before = ada({
      fields: [field('email', { before: 'a', after: 'b' }), field('name', { before: 'x', after: undefined })],
    });
    expect(differences([before], [now])).toEqual([
      'update user/ada email: a → b was approved, now a → c',
      'only in the approved plan: update user/ada name: x → (unset)',
      'now also: update user/ada attributes.badge: 4711',
      'now also: update user/ada groups: + group/x, - group/y',
    ]);
  });

  test('shows long values where they differ', () => {
    const long = (end: string) =>
      ada({ fields: [field('expression', { before: '', after: `${'x\n'.repeat(400)}${end}` })] });
    const [line] = differences([long('one')], [long('two')]);
    expect(line).toMatch(/one" was approved, now .*two"$/);
    expect(line!.length).toBeLessThan(250);
    expect(line).not.toContain('\n');
  });

  test('a secret counts as set or changed, whatever it is', () => {
    const secret = (before: string | undefined, after: string) =>
      ada({ fields: [field('password', { before, after, secret: true })] });
    expect(differences([secret(undefined, 'one')], [secret(undefined, 'two')])).toEqual([]);
    expect(differences([secret(undefined, 'one')], [secret('one', 'two')])).toEqual([
      'update user/ada password: (secret) set was approved, now (secret) changed',
    ]);
    const fromEnvironment = field('password', {
      after: 'x',
      secret: true,
      origins: [{ type: 'env', name: 'PASSWORD' }],
    });
    expect(differences([secret(undefined, 'one')], [ada({ fields: [fromEnvironment] })])).toEqual([]);
  });

  test('says which hazards were not approved', () => {
    const bulk = { name: 'bulk', message: '4 of the 10' } as const;
    expect(differences([ada()], [ada({ hazards: [bulk] })])).toEqual([
      'hazard bulk on user/ada was not approved: 4 of the 10',
    ]);
    expect(differences([ada({ hazards: [bulk] })], [ada()])).toEqual([
      'hazard bulk on user/ada was approved and is not there any more: 4 of the 10',
    ]);
    expect(differences([], [deletion])).toEqual([
      'now also: delete user/bob',
      'hazard deletes on user/bob was not approved: not reversible',
    ]);
  });

  test('another directory or project is another plan', () => {
    const approved = throughFile(planOf([ada()], { directory: 'sqlite:a.db', project: 'a' }));
    expect(compareApproved(approved, planOf([ada()], { directory: 'sqlite:b.db', project: 'b' }))).toEqual({
      same: false,
      differences: [
        'approved for directory sqlite:a.db, and this is sqlite:b.db',
        'approved for project a, and this is b',
      ],
    });
  });

  test('what a name hides from a terminal is shown', () => {
    const [line] = differences([], [change('delete', 'user/\u202eadmin')]);
    expect(line).toBe('now also: delete user/\\u202eadmin');
  });
});

describe('what an approved plan allows', () => {
  const taking = change('adopt', 'group/a', { hazards: [{ name: 'takes-over', message: 'belongs to b' }] });
  const allowed = [
    { address: 'group/a', hazard: taking.hazards[0]!, by: 'flag' },
    { address: 'user/bob', hazard: { name: 'bulk', message: 'many' }, by: 'configuration' },
  ] as const;
  const approved = throughFile(planOf([deletion, taking], { allowed }));

  test('the hazards that were allowed, at their addresses, and by whom', () => {
    expect(approves(approved, 'group/a', 'takes-over')).toBe('flag');
    expect(approves(approved, 'user/bob', 'bulk')).toBe('configuration');
  });

  test('nothing that was only shown, and nothing elsewhere', () => {
    expect(approves(approved, 'user/bob', 'deletes')).toBeUndefined();
    expect(approves(approved, 'user/bob', 'takes-over')).toBeUndefined();
  });

  test('a refused plan cannot be saved', () => {
    const refused = [{ address: 'group/a', hazard: taking.hazards[0]! }];
    const result = savePlan(planOf([taking], { refused }), []);
    expect(result.saved).toBeUndefined();
    expect(result.problems).toMatchObject([
      { code: 'refused', message: 'takes-over: group/a: belongs to b' },
    ]);
  });
});
