import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnostic/diagnostic.js';
import { Ref } from '../../src/model/model.js';
import { githubReport } from '../../src/report/github.js';
import { jsonText, outcomeJson, planJson } from '../../src/report/json.js';
import { markdownReport } from '../../src/report/markdown.js';
import { redaction } from '../../src/report/redact.js';
import type { Run } from '../../src/report/run.js';
import { sarifReport } from '../../src/report/sarif.js';
import { outcomeText, planText } from '../../src/report/text.js';
import { expectGolden } from './golden.js';
import { change, field, placeOf, planOf } from './samples.js';

const user = (name: string): Ref => new Ref('authentik_core.user', `user/${name}`);

const source = {
  path: 'blueprints/staff.yaml',
  text: [
    'version: 1',
    'users:',
    '  ada: {name: Ada Lovelace, email: ada@example.org}',
    '  group: {name: Will, path: staff/engineering}',
    '  "2024": {name: Grace}',
    'entries:',
    '- {model: authentik_core.user, identifiers: {username: alan.turing}, attrs: {name: Alan T.}}',
    '- {model: authentik_core.group, identifiers: {name: crew}}',
    '',
  ].join('\n'),
};

const run: Run = {
  command: 'apply',
  ok: false,
  diagnostics: [
    diagnose(
      'user-no-email',
      'user/ada, user/group and user/2024 (Ada Lovelace) have no email',
      placeOf(source, 'ada'),
      {
        help: 'Ask ada@example.org or `Will`, the group of 2024-01-01, or user/some.body; not Adam.',
        related: [{ place: placeOf(source, 'crew'), message: 'Alan T. is in group/crew' }],
      },
    ),
  ],
  plan: planOf(
    [
      change('create', 'user/ada', {
        place: placeOf(source, 'ada'),
        write: { name: 'Ada Lovelace', email: 'ada@example.org' },
        fields: [
          field('username', { after: 'ada', reason: 'new' }),
          field('name', { after: 'Ada Lovelace', reason: 'new' }),
          field('email', { after: 'ada@example.org', reason: 'new' }),
          field('path', { after: 'staff/engineering', reason: 'new' }),
          field('is_active', { after: true, reason: 'new' }),
          field('attributes', { after: { phone: '+44 20', floor: 3, manager: 'Will' }, reason: 'new' }),
        ],
        hazards: [{ name: 'grants', message: 'user/ada and Alan T. become superusers' }],
      }),
      change('update', 'user/group', {
        renamedFrom: 'user/old-name',
        was: { username: 'old-name', email: 'w@example.org', name: 'Old Will' },
        fields: [
          field('email', { before: 'w@example.org', after: 'will@example.org' }),
          field('attributes.phone', { before: '+44 30', after: '+44 31' }),
        ],
      }),
      {
        ...change('update', 'group/crew', {
          fields: [
            field('users', { set: { added: [user('ada'), user('margaret')], removed: [user('2024')] } }),
            field('attributes.contact', { after: 'the desk, or ada@example.org' }),
          ],
        }),
        kind: 'authentik_core.group',
      },
      {
        ...change('create', 'invitation/for-eve', {
          fields: [
            field('fixed_data', {
              after: {
                name: 'Eve Online',
                email: 'eve@example.org',
                attributes: { city: 'Oslo' },
                plan: 'b',
              },
            }),
          ],
        }),
        kind: 'authentik_stages_invitation.invitation',
      },
      change('delete', 'policy-binding/wiki:crew:ada', {}),
    ],
    {
      orphans: [
        {
          address: 'user/grete',
          kind: 'authentik_core.user',
          place: 'blueprints/staff.yaml:9',
          active: true,
        },
      ],
      refused: [
        { address: 'user/group', hazard: { name: 'locks-out', message: 'user/group would be the last' } },
      ],
    },
  ),
  outcome: {
    outcome: 'failed',
    done: 1,
    failed: [{ address: 'user/ada', message: 'the username ada is taken by Will' }],
    skipped: ['user/margaret'],
    invitations: ['for-eve'],
    milliseconds: 1,
    differences: ['user/alan.turing: email was alan@example.org'],
  },
  failure: undefined,
};

const hidden =
  /lovelace|\bada\b|will\b|alan|turing|margaret|grete|old-name|old will|@|some\.body|eve online|oslo|\+44|engineering/i;

describe('a redacted run', () => {
  test('names no person in any format', () => {
    const shown = redaction().run(run);
    const look = { width: 100, colour: false };
    const all = [
      markdownReport(shown),
      githubReport(shown),
      jsonText(sarifReport(shown, { version: '1.0.0' })),
      jsonText(planJson(shown.plan, shown.diagnostics)),
      jsonText(outcomeJson(shown.outcome!, shown.diagnostics, false)),
      planText(shown.plan!, look),
      outcomeText(shown.outcome!, look),
    ];
    // Words of our own sentences.
    const ours = /nothing will be applied|Nothing will be|schemas?\b/g;
    for (const text of all) expect(text.replace(ours, '')).not.toMatch(hidden);
    expectGolden('markdown-redacted', markdownReport(shown));
  });

  test('has the same number for the same person everywhere', () => {
    const shown = redaction().run(run);
    const [ada, , crew] = shown.plan!.changes;
    expect(ada!.ref.address).toBe('user/‹hidden-1›');
    expect(ada!.fields[0]!.after).toBe('‹hidden-1›');
    expect((crew!.fields[0]!.set!.added[0] as Ref).address).toBe('user/‹hidden-1›');
    expect(shown.outcome!.failed).toEqual([{ address: 'user/‹hidden-1›', message: '‹hidden›' }]);
    expect(shown.plan!.changes[4]!.ref.address).toBe('policy-binding/wiki:crew:‹hidden-1›');
  });

  test('keeps what is about nobody: switches, groups, permissions, kinds', () => {
    const [ada, , crew] = redaction().run(run).plan!.changes;
    expect(ada!.fields.find((one) => one.field === 'is_active')!.after).toBe(true);
    expect(crew!.ref.address).toBe('group/crew');
    expect(ada!.hazards).toEqual([{ name: 'grants', message: '‹hidden›' }]);
    const grant = change('update', 'user/ada', {
      fields: [field('permissions', { set: { added: ['authentik_core.view_user'], removed: [] } })],
      hazards: [{ name: 'grants', message: 'becomes a superuser through group/crew' }],
    });
    expect(redaction().plan(planOf([grant])).changes[0]).toMatchObject({
      fields: [{ set: { added: ['authentik_core.view_user'] } }],
      hazards: [{ message: 'becomes a superuser through group/crew' }],
    });
  });

  test('hides a device with its owner, and what it says about the owner', () => {
    const phone = {
      ...change('create', 'sms-device/ada:private', {
        fields: [field('phone_number', { after: '+44 20', reason: 'new' })],
      }),
      kind: 'authentik_stages_authenticator_sms.smsdevice',
    };
    const [shown] = redaction().plan(planOf([phone])).changes;
    expect(shown!.ref.address).toBe('sms-device/‹hidden-1›:private');
    expect(shown!.fields[0]!.after).toBe('‹hidden-2›');
  });

  test('says of a blueprint what is wrong and where, in general words', () => {
    const [shown] = redaction().run(run).diagnostics;
    expect(shown).toMatchObject({
      code: 'user-no-email',
      message: 'The user has no email, so recovery and confirmation mails cannot be sent.',
      place: { source: { path: 'blueprints/staff.yaml' }, offset: run.diagnostics[0]!.place!.offset },
    });
    expect(shown!.help).toBeUndefined();
  });

  test('keeps what is said about options and files', () => {
    const wrong = diagnose('usage', 'unknown hazard `x`', undefined, { help: 'There are deletes.' });
    expect(redaction().diagnostics([wrong])[0]).toMatchObject({ message: wrong.message, help: wrong.help });
  });

  test('does not repeat what a directory says about an object', () => {
    const { failure } = redaction();
    expect(failure('duplicate', 'user Ada Lovelace: another object has the same `username`')).not.toMatch(
      hidden,
    );
    expect(failure('unreachable', 'connect ECONNREFUSED 127.0.0.1:9')).toContain('ECONNREFUSED');
  });
});
