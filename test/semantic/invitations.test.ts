import { describe, expect, test } from 'vitest';
import { checked, codesOf, liveOf, short } from './models.js';

interface Parts {
  readonly designation?: string;
  readonly invitationOrder?: number;
  readonly onPlan?: boolean;
  readonly bindInvitation?: boolean;
  readonly promptKey?: string;
  readonly prompt?: string;
}

/** An enrollment flow with an invitation stage, prompts for `username` and one more, and a user-write stage. */
function flow(parts: Parts = {}): string {
  const {
    designation = 'enrollment',
    invitationOrder = 10,
    onPlan = true,
    bindInvitation = true,
    promptKey = 'department',
    prompt = '',
  } = parts;
  const invited = `
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf invited, order: ${invitationOrder}}, attrs: {evaluate_on_plan: ${onPlan}}}`;
  return `
- {model: authentik_flows.flow, id: join, identifiers: {slug: join}, attrs: {name: Join, title: Join, designation: ${designation}}}
- {model: authentik_stages_invitation.invitationstage, id: invited, identifiers: {name: invited}}
- {model: authentik_stages_prompt.prompt, id: username, identifiers: {name: username}, attrs: {field_key: username, label: Username, type: username}}
- {model: authentik_stages_prompt.prompt, id: other, identifiers: {name: other}, attrs: {field_key: ${promptKey}, label: Other, type: text${prompt}}}
- {model: authentik_stages_prompt.promptstage, id: questions, identifiers: {name: questions}, attrs: {fields: [!KeyOf username, !KeyOf other]}}
- {model: authentik_stages_user_write.userwritestage, id: write, identifiers: {name: write}, attrs: {user_type: internal}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf questions, order: 20}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf write, order: 30}}${bindInvitation ? invited : ''}
`;
}

function invitation(rest = ''): string {
  return `
- model: authentik_stages_invitation.invitation
  identifiers: {name: guests}
  attrs: {flow: !KeyOf join, expires: "2027-01-01T00:00:00Z"${rest}}
`;
}

describe('an invitation', () => {
  test('to an enrollment flow that looks at it first is fine', () => {
    expect(short(checked(flow() + invitation()))).toEqual([]);
  });

  test('to a flow without an invitation stage is told at its flow, with what to bind', () => {
    const [one, ...others] = checked(flow({ bindInvitation: false }) + invitation());
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      code: 'invitation-no-stage',
      severity: 'warning',
      message: 'invitation/guests leads to flow/join, which has no invitation stage',
    });
    expect(one!.place!.source.text.slice(one!.place!.offset)).toMatch(/^!KeyOf join, expires/);
    expect(one!.help).toContain('flow/join');
  });

  test('to a flow that is not described, offline, is not judged', () => {
    expect(
      checked(`
- model: authentik_stages_invitation.invitation
  identifiers: {name: guests}
  attrs: {flow: !Find [authentik_flows.flow, [slug, elsewhere]], expires: "2027-01-01T00:00:00Z", fixed_data: {x: 1}}
`),
    ).toEqual([]);
  });

  test('to a flow that is only live is judged by its live stages', () => {
    const live = liveOf({
      flow: [{ id: 'f', slug: 'join', name: 'Join', title: 'Join', designation: 'authentication' }],
      'flow-stage-binding': [],
    });
    const entries = `
- model: authentik_stages_invitation.invitation
  identifiers: {name: guests}
  attrs: {flow: !Find [authentik_flows.flow, [slug, join]], expires: "2027-01-01T00:00:00Z"}
`;
    expect(codesOf(checked(entries, live))).toEqual(['invitation-wrong-flow', 'invitation-no-stage']);
  });

  test('to a flow for something else is told', () => {
    expect(short(checked(flow({ designation: 'authentication' }) + invitation()))).toEqual([
      'invitation-wrong-flow 16: invitation/guests leads to flow/join, which is for authentication, not for enrollment',
    ]);
  });

  test('whose date is past is told, and one whose date is now', () => {
    for (const date of ['2026-05-31T00:00:00Z', '2026-06-01T12:00:00Z', '2026-06-01T13:00:00+01:00']) {
      expect(codesOf(checked(flow() + invitation().replace('2027-01-01T00:00:00Z', date)))).toEqual([
        'invitation-expired',
      ]);
    }
    expect(checked(flow() + invitation().replace('2027-01-01T00:00:00Z', '2026-06-01T12:00:01Z'))).toEqual(
      [],
    );
  });
});

describe('an invitation stage', () => {
  test('after the prompts is told at its order, and must come before them', () => {
    const [one, ...others] = checked(flow({ invitationOrder: 25 }) + invitation());
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      code: 'invitation-too-late',
      help: 'Give flow-stage-binding/join:invited a lower `order` than 20.',
    });
    expect(one!.place!.source.text.slice(one!.place!.offset)).toMatch(/^25}/);
  });

  test('after a prompt for the invitation’s code is fine, also without evaluation on plan', () => {
    expect(
      short(checked(flow({ invitationOrder: 25, onPlan: false, promptKey: 'token' }) + invitation())),
    ).toEqual([]);
  });

  test('after the user is written is told whatever the prompts ask', () => {
    expect(codesOf(checked(flow({ invitationOrder: 35, promptKey: 'token' }) + invitation()))).toEqual([
      'invitation-too-late',
    ]);
  });

  test('without evaluation on plan is told', () => {
    const [one, ...others] = checked(flow({ onPlan: false }) + invitation());
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      code: 'invitation-not-on-plan',
      help: 'Write `evaluate_on_plan: true` for flow-stage-binding/join:invited.',
    });
    expect(one!.place!.source.text.slice(one!.place!.offset)).toMatch(/^false/);
  });
});

describe('fixed_data', () => {
  const data = (text: string): string => invitation(`, fixed_data: ${text}`);

  test('may hold attributes, user fields and what prompts ask for', () => {
    const text = `{attributes: {a: 1}, attributes.b: 2, username: u, name: n, email: e@example.org, path: p, is_active: true, type: external, department: d, department__choices: [d]}`;
    expect(short(checked(flow() + data(text)))).toEqual([]);
  });

  test('with a key that nothing asks for is told, with the nearest that something does', () => {
    const [one, other, ...others] = checked(flow() + data('{departement: d, zip: z}'));
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      code: 'invitation-unused-data',
      message:
        'invitation/guests: no prompt of flow/join asks for `departement`, and users have no such field',
      help: 'Did you mean `department`?',
    });
    expect(other!.help).toBe(
      'Write it under `attributes`, or add a prompt with the field_key `zip` to prompt-stage/questions.',
    );
  });

  test('cannot give groups', () => {
    const [one, ...others] = checked(flow() + data('{groups: [staff]}'));
    expect(others).toEqual([]);
    expect(one!.code).toBe('invitation-groups');
    expect(one!.help).toContain('`create_users_group` for user-write-stage/write');
  });

  test('is not filled in where the placeholder is an expression', () => {
    const parts = { prompt: ', placeholder: return 1, placeholder_expression: true' };
    expect(short(checked(flow(parts) + data('{department: d}')))).toEqual([
      'invitation-not-filled-in 16: invitation/guests: `department` is not filled in, because the placeholder of prompt/other is an expression',
    ]);
    expect(checked(flow(parts) + data('{username: u}'))).toEqual([]);
  });

  test('wins over an initial value that is an expression', () => {
    const parts = { prompt: ', initial_value: return 1, initial_value_expression: true' };
    expect(checked(flow(parts) + data('{department: d}'))).toEqual([]);
  });

  test('fills in a choice, whose placeholder has to be an expression', () => {
    const text = flow({ prompt: ', placeholder: "return [1]", placeholder_expression: true' });
    expect(
      checked(
        text.replace('label: Other, type: text', 'label: Other, type: dropdown') + data('{department: d}'),
      ),
    ).toEqual([]);
  });
});

describe('the account that made an invitation', () => {
  const live = liveOf({
    user: [
      { id: 1, username: 'ada', name: 'Ada', email: 'ada@example.org' },
      { id: 2, username: 'bob', name: 'Bob', email: 'bob@example.org' },
    ],
    invitation: [
      { id: 'i', name: 'guests', created_by: 1, expires: '2027-01-01T00:00:00Z' },
      { id: 'j', name: 'partners', created_by: 1, expires: '2027-01-01T00:00:00Z' },
    ],
  });

  test('may stay', () => {
    expect(
      checked('- {model: authentik_core.user, identifiers: {username: ada}, attrs: {name: Ada L}}', live),
    ).toEqual([]);
  });

  test('takes it along when it is deleted', () => {
    expect(
      short(checked('- {model: authentik_core.user, state: absent, identifiers: {username: ada}}', live)),
    ).toEqual([
      'invitation-ends-with-creator 3: user/ada created invitation/guests and invitation/partners, which would be deleted with the account',
    ]);
  });

  test('is told when it is deactivated, and another may go', () => {
    const entry = (name: string): string =>
      `- {model: authentik_core.user, identifiers: {username: ${name}}, attrs: {is_active: false}}`;
    expect(codesOf(checked(entry('ada'), live))).toEqual(['invitation-ends-with-creator']);
    expect(checked(entry('bob'), live)).toEqual([]);
  });
});
