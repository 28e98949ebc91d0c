import { describe, expect, test } from 'vitest';
import { Ref, type Value } from '../../src/model/model.js';
import { type Outcome, outcomeText, planText } from '../../src/report/text.js';
import { expectGolden } from './golden.js';
import { change, designPlan, field, nothingToCount, placeAt, planOf, richPlan } from './samples.js';

const narrow = { width: 80, colour: false };

describe('a plan for people', () => {
  test('has the form that the design shows', () => {
    expectGolden('plan-design', planText(designPlan, narrow));
  });

  test('shows everything a plan can hold in 80 columns', () => {
    expectGolden('plan-80', planText(richPlan, narrow));
  });

  test('shows everything a plan can hold in 120 columns', () => {
    expectGolden('plan-120', planText(richPlan, { width: 120, colour: false }));
  });

  test('is coloured only when asked to', () => {
    expectGolden('plan-80-colour', planText(richPlan, { width: 80, colour: true }));
    expect(planText(richPlan, narrow)).not.toContain('\u001b');
  });

  test('says so when there is nothing to do', () => {
    const plan = planOf([], { counts: { ...nothingToCount, unchanged: 41, orphaned: 1 } });
    expect(planText(plan, narrow)).toBe(
      'sqlite:.asbuilt/directory.db  no changes, 41 unchanged, 1 orphaned\n\n' +
        'Nothing to do: the directory is as the blueprints say.\n',
    );
  });

  test('leaves out an update that only completes a create', () => {
    const create = change('create', 'flow/a');
    const rest = change('update', 'flow/a', { partOf: create.ref });
    const plan = planOf([create, rest], { counts: { ...nothingToCount, create: 1 } });
    expect(planText(plan, narrow)).toBe(
      'sqlite:.asbuilt/directory.db  1 to create, 0 unchanged\n\n+ flow/a\n',
    );
  });

  test('shows as many changes as are asked for, those with hazards first, and counts the rest', () => {
    const changes = Array.from({ length: 300 }, (_, at) =>
      change('create', `user/${at}`, {
        hazards: at === 250 || at === 299 ? [{ name: 'grants', message: 'becomes a superuser' }] : [],
      }),
    );
    const plan = planOf(changes, { counts: { ...nothingToCount, create: 300 } });
    const lines = planText(plan, narrow, 100).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'sqlite:.asbuilt/directory.db  300 to create, 0 unchanged',
      'hazards: grants 2',
      '',
    ]);
    const shown = lines.filter((line) => line.startsWith('+ ')).map((line) => line.slice(2));
    expect(shown).toEqual([...Array.from({ length: 98 }, (_, at) => `user/${at}`), 'user/250', 'user/299']);
    expect(lines.slice(-3)).toEqual([
      '… and 200 more changes, not shown. To see all of them, run `asbuilt plan` before',
      'applying, or add `--report text=plan.txt`.',
      '',
    ]);
    expect(planText(plan, narrow, 300)).toBe(planText(plan, narrow));
  });

  test('never shows a secret or what came from the environment', () => {
    const hidden = { before: 'hunter2', after: ['hunter3', { deep: 'hunter4' }] };
    const set = { added: ['hunter5', 'hunter6'], removed: ['hunter7'] };
    const origins = [
      { type: 'env' as const, name: 'A' },
      { type: 'file' as const, name: 'b.txt' },
    ];
    const plan = planOf([
      change('update', 'token/a', {
        fields: [
          field('key', { ...hidden, secret: true }),
          field('many', { before: 'hunter8\nhunter9\n', after: 'hunter0\n', secret: true }),
          field('set', { set, secret: true }),
          field('name', { ...hidden, origins }),
          field('names', { set, origins }),
        ],
      }),
    ]);
    const text = planText(plan, narrow);
    expect(text).not.toContain('hunter');
    expectGolden('plan-secret', text);
  });

  test('cannot be faked by values, names or places', () => {
    const evil = 'x\u001b[2K\r+ user/root\u202e\u0007\n- all';
    const plan = planOf(
      [
        change('update', `user/${evil}`, {
          place: placeAt(`blueprints/${evil}.yaml`, 1),
          renamedFrom: `user/${evil}`,
          fields: [
            field('name', { before: evil, after: `${evil}!` }),
            field('path', { before: '(secret)', after: 'a → b' }),
            field('groups', {
              set: { added: [new Ref('authentik_core.group', `group/${evil}`)], removed: [evil] },
            }),
            { ...field('attributes', { before: { [evil]: evil }, after: 'x' }), path: [evil] },
          ],
          hazards: [{ name: 'grants', message: evil }],
        }),
      ],
      { directory: evil, orphans: [{ address: evil, kind: evil, place: evil }] },
    );
    const text = planText(plan, narrow);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).not.toMatch(/^[+-] (?:user\/root|all)/m);
    expectGolden('plan-hostile', text);
  });

  test('shows where two long values part', () => {
    const same = 'the very same words '.repeat(20);
    const plan = planOf([
      change('update', 'user/a', { fields: [field('name', { before: `${same}one`, after: `${same}two` })] }),
    ]);
    expect(planText(plan, narrow)).toMatch(/- ….*one\n +\+ ….*two\n/);
  });

  test('counts what is too long to read', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n');
    const users = Array.from({ length: 120 }, (_, index) => new Ref('authentik_core.user', `user/${index}`));
    const text = planText(
      planOf([
        change('create', 'group/a', {
          fields: [
            field('notes', { after: lines, reason: 'new' }),
            field('users', { set: { added: users, removed: [] }, reason: 'new' }),
          ],
        }),
      ]),
      narrow,
    );
    expect(text).toContain('… and 40 more lines');
    expect(text).toContain('+ … and 20 more');
  });

  test('does not wait for a diff of texts that have nothing in common', () => {
    const words = (seed: number): string =>
      Array.from({ length: 20_000 }, (_, index) => ((index + 1) * seed * 2_654_435_761) % 4_294_967_291).join(
        '\n',
      );
    const plan = planOf([
      change('update', 'x/a', { fields: [field('expression', { before: words(3), after: words(7) })] }),
    ]);
    expect(planText(plan, narrow)).toContain('(differs throughout: 20000 lines → 20000 lines)');
  });
});

describe('the outcome of an apply for people', () => {
  const outcome: Outcome = {
    outcome: 'applied',
    plan: designPlan,
    done: 3,
    failed: [],
    skipped: [],
    invitations: [],
    milliseconds: 231,
  };

  test('counts the changes and the time', () => {
    expect(outcomeText(outcome, narrow)).toBe(
      'applied 3 changes to authentik+https://id.example.org in 0.2 s\n',
    );
  });

  test('says how to print the links of new invitations', () => {
    const text = outcomeText({ ...outcome, invitations: ['contractors', "summer '27"] }, narrow, [
      '--directory',
      'sqlite:a b.db',
    ]);
    expect(text).toBe(
      'applied 3 changes to authentik+https://id.example.org in 0.2 s\n' +
        'To print the links of the invitations:\n' +
        "  asbuilt invitation link contractors --directory 'sqlite:a b.db' --base https://id.example.org\n" +
        "  asbuilt invitation link 'summer '\\''27' --directory 'sqlite:a b.db' --base https://id.example.org\n",
    );
  });

  test('lists what failed and what was skipped', () => {
    const text = outcomeText(
      {
        ...outcome,
        outcome: 'failed',
        done: 1,
        failed: [{ address: 'user/ada', message: 'the email is taken' }],
        skipped: ['token/ada'],
      },
      narrow,
    );
    expectGolden('outcome-failed', text);
  });

  test('is silent where the diagnostics or the plan have said it all', () => {
    expect(outcomeText({ ...outcome, outcome: 'invalid' }, narrow)).toBe('');
    expect(outcomeText({ ...outcome, outcome: 'nothing' }, narrow)).toBe('');
  });
});

describe('texts of several lines', () => {
  const shown = (before: Value | undefined, after: Value): string[] =>
    planText(
      planOf([change('update', 'expression-policy/x', { fields: [field('value', { before, after })] })]),
      { width: 80, colour: false },
    )
      .split('\n')
      .filter((line) => line.startsWith('      '))
      .map((line) => line.slice(6));

  test('say how they end only where that is the difference', () => {
    expect(shown('one', 'one\ntwo\n')).toEqual(['@@ -1,1 +1,2 @@', ' one', '+two']);
    expect(shown('one\ntwo', 'one\nthree')).toEqual(['@@ -1,2 +1,2 @@', ' one', '-two', '+three']);
    expect(shown('one\ntwo\n', 'one\ntwo')).toContain('(no line break at the end)');
  });

  test('of lists keep the sign apart from the dash of an item', () => {
    const list = ['a rather long item of a list', 'another rather long one', 'and one more of those'];
    expect(shown(list, list.slice(1)).slice(1)).toEqual([
      '- - a rather long item of a list',
      '  - another rather long one',
      '  - and one more of those',
    ]);
  });

  test('stand for maps that are new and do not fit into a line', () => {
    const map = { department: 'Compilers and other programs', location: 'Arlington, Virginia, on Fridays' };
    expect(shown(undefined, map)).toEqual([
      '+ department: Compilers and other programs',
      '+ location: Arlington, Virginia, on Fridays',
    ]);
    expect(shown(undefined, { a: 1 })).toEqual([]);
  });
});
