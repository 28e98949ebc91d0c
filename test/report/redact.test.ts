import { describe, expect, test } from 'vitest';
import { commonWords, peopleIn } from '../../src/commands/people.js';
import { diagnose } from '../../src/diagnostic/diagnostic.js';
import { Ref } from '../../src/model/model.js';
import { githubReport } from '../../src/report/github.js';
import { jsonText, outcomeJson, planJson } from '../../src/report/json.js';
import { markdownReport } from '../../src/report/markdown.js';
import { redaction } from '../../src/report/redact.js';
import type { Run } from '../../src/report/run.js';
import { sarifReport } from '../../src/report/sarif.js';
import { planText } from '../../src/report/text.js';
import { expectGolden } from './golden.js';
import { change, field, placeOf, planOf } from './samples.js';

const people = () => redaction(commonWords(), peopleIn);
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
            field('attributes.contact', { after: 'mail old-name or ada@example.org' }),
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
      orphans: [{ address: 'user/grete', place: 'blueprints/staff.yaml:9' }],
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
    const shown = people().run(run);
    const look = { width: 100, colour: false };
    const all = [
      markdownReport(shown),
      githubReport(shown),
      jsonText(sarifReport(shown, { version: '1.0.0' })),
      jsonText(planJson(shown.plan, shown.diagnostics)),
      jsonText(outcomeJson(shown.outcome!, shown.diagnostics, false)),
      planText(shown.plan!, look),
    ];
    // Words of our own sentences.
    const ours = /nothing will be applied|Nothing will be|schemas?\b/g;
    for (const text of all) expect(text.replace(ours, '')).not.toMatch(hidden);
    expectGolden('markdown-redacted', markdownReport(shown));
  });

  test('has the same pseudonym for the same person everywhere', () => {
    const shown = people().run(run);
    const [ada] = shown.plan!.changes;
    expect(ada!.ref.address).toBe('user/‹person 1›');
    expect(ada!.fields[0]!.after).toBe('‹person 1›');
    expect(shown.outcome!.failed).toEqual([
      { address: 'user/‹person 1›', message: 'the username ‹person 1› is taken by ‹name 2›' },
    ]);
    expect(shown.diagnostics[0]!.message).toBe(
      'user/‹person 1›, user/‹person 2› and user/‹person 3› (‹name 1›) have no email',
    );
    expect(shown.plan!.changes[4]!.ref.address).toBe('policy-binding/wiki:crew:‹person 1›');
  });

  test('keeps words that are a name elsewhere, and dates', () => {
    expect(people().run(run).diagnostics[0]!.help).toMatch(
      /^Ask ‹email 1› or `‹name 2›`, the group of 2024-01-01, or user\/‹person \d›; not Adam\.$/,
    );
  });

  test('has nothing left of the files but their lines', () => {
    const { place } = people().run(run).diagnostics[0]!;
    expect(place!.source.text.trim()).toBe('');
    expect(place!.offset).toBe(run.diagnostics[0]!.place!.offset);
    expect(place!.source.text).toHaveLength(source.text.length);
  });

  test('quotes nothing from a file that cannot be read', () => {
    const broken = { path: 'a.yaml', text: 'users:\n  eve: {name: "Eve\n' };
    const found = diagnose('yaml-syntax', 'after `Eve` a `"` is missing', { source: broken, offset: 10 });
    expect(people().diagnostics([found])[0]!.message).toBe('after ‹hidden› a `"` is missing');
  });

  test('is the same when it is hidden twice', () => {
    const one = people();
    const shown = one.run(run);
    expect(one.text(shown.diagnostics[0]!.message)).toBe(shown.diagnostics[0]!.message);
  });
});
