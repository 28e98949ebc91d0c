/** Runs by hand, for the tests of reports. */
import { diagnose } from '../../src/diagnostic/diagnostic.js';
import type { Run } from '../../src/report/run.js';
import { change, designPlan, field, nothingToCount, placeOf, planOf } from './samples.js';

const staff = {
  path: 'blueprints/staff.yaml',
  text: ['version: 1', 'users:', '  ada: {emial: x}', '  bob: {name: Bob}', '  bob: {name: Rob}', ''].join(
    '\n',
  ),
};

/** Blueprints with mistakes, and remarks on them. */
export const brokenRun: Run = {
  command: 'plan',
  ok: false,
  diagnostics: [
    diagnose('unknown-attribute', 'user has no attribute `emial`', placeOf(staff, 'emial'), {
      help: 'Did you mean `email`?',
    }),
    diagnose(
      'yaml-duplicate-key',
      '`bob` is written twice',
      { source: staff, offset: 57, length: 3 },
      {
        related: [{ place: { source: staff, offset: 38, length: 3 }, message: 'the first is here' }],
      },
    ),
    diagnose('user-no-email', 'user/bob has no email', placeOf(staff, 'bob')),
    diagnose('outside-the-set', 'group/crew is not in the files', placeOf(staff, 'users')),
    diagnose('unwritable-file', 'plan.json: EACCES'),
  ],
};

/** A plan that is refused, with something held back and stances that are not the default. */
export const refusedRun: Run = {
  command: 'plan',
  ok: false,
  diagnostics: brokenRun.diagnostics.slice(2, 4),
  plan: planOf(
    [
      change('update', 'user/root', {
        place: placeOf(staff, 'bob'),
        fields: [field('is_active', { before: true, after: false })],
        hazards: [{ name: 'locks-out', message: 'leaves no active superuser; keep one' }],
      }),
      change('delete', 'group/one', {
        formerPlace: 'blueprints/staff.yaml:9',
        reasons: ['pruned'],
        hazards: [{ name: 'deletes', message: 'not reversible' }],
      }),
      change('delete', 'group/two', {
        formerPlace: 'blueprints/staff.yaml:10',
        reasons: ['pruned'],
        hazards: [{ name: 'deletes', message: 'not reversible' }],
      }),
    ],
    {
      counts: { ...nothingToCount, update: 1, delete: 2, unchanged: 7 },
      refused: [
        {
          address: 'user/root',
          hazard: { name: 'locks-out', message: 'leaves no active superuser; keep one' },
        },
      ],
      held: [
        change('update', 'user/eve', {
          place: placeOf(staff, 'ada'),
          reasons: ['drifted'],
          fields: [field('is_active', { before: false, after: true, reason: 'drifted' })],
          hazards: [
            { name: 'reactivates', message: 'switches the account on again; write is_active: false' },
          ],
        }),
      ],
      toAllow: ['reactivates'],
      stances: { deletes: 'show', grants: 'refuse' },
      pruneBlocked: 'the command line names paths, so not all configured blueprints are read',
    },
  ),
};

/** An apply that failed half-way. */
export const failedRun: Run = {
  command: 'apply',
  ok: false,
  diagnostics: [],
  plan: designPlan,
  outcome: {
    outcome: 'failed',
    plan: designPlan,
    done: 1,
    failed: [{ address: 'flow/enrollment', message: 'the directory answers 400: title is taken' }],
    skipped: ['user/bob'],
    invitations: ['summer'],
    milliseconds: 231,
  },
};

/** Fields whose values must not be shown, all of them with `hunter` in them. */
export const secretRun: Run = {
  command: 'plan',
  ok: true,
  diagnostics: [],
  plan: planOf([
    change('update', 'token/a', {
      place: placeOf(staff, 'ada'),
      write: { key: 'hunter1' },
      was: { key: 'hunter2' },
      fields: [
        field('key', { before: 'hunter3', after: { a: 'hunter4' }, secret: true }),
        field('keys', { set: { added: ['hunter5', 'hunter6'], removed: ['hunter7'] }, secret: true }),
        field('many', { before: 'hunter8\nhunter9\n', after: 'hunter0\n', secret: true }),
        field('gone', { before: 'hunter10', secret: true }),
        field('name', { before: 'hunter11', after: 'hunter12', origins: [{ type: 'env', name: 'NAME' }] }),
      ],
    }),
    change('create', 'token/b', {
      fields: [field('key', { after: 'hunter13', secret: true, reason: 'new' })],
    }),
  ]),
};
