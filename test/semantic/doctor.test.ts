import { describe, expect, test } from 'vitest';
import { doctor, type Examined } from '../../src/commands/doctor.js';
import { strictly } from '../../src/diagnostic.js';
import { doctorChecks, doctorKinds } from '../../src/semantic/doctor.js';
import { commandIn } from '../support/command.js';
import { codesOf, desiredOf, liveOf, now, ownedOf, record, short } from './models.js';

const healthy = {
  user: [{ id: 1, username: 'ada', name: 'Ada', email: 'ada@example.org' }],
  brand: [{ id: 'b', domain: 'main', default: true, flow_recovery: 'r' }],
  flow: [
    { id: 'r', slug: 'lost', name: 'Lost', title: 'Lost', designation: 'recovery' },
    { id: 'e', slug: 'join', name: 'Join', title: 'Join', designation: 'enrollment' },
  ],
  'invitation-stage': [{ id: 's', name: 'invited' }],
  'email-stage': [{ id: 'm', name: 'mail', use_global_settings: true }],
  'flow-stage-binding': [
    { id: 'x', target: 'e', stage: 's', order: 10, evaluate_on_plan: true },
    { id: 'y', target: 'r', stage: 'm', order: 10 },
  ],
  application: [{ id: 'a', slug: 'wiki', name: 'Wiki' }],
  group: [{ id: 'g', name: 'staff' }],
  'policy-binding': [{ id: 'p', target: 'a', group: 'g', order: 0 }],
  invitation: [{ id: 'i', name: 'guests', flow: 'e', expires: '2027-01-01T00:00:00Z', created_by: 1 }],
};

function examined(
  objects: Parameters<typeof liveOf>[0],
  owned?: ReturnType<typeof ownedOf>,
  desired?: string,
) {
  const live = liveOf(objects);
  const wanted = desired === undefined ? undefined : desiredOf([`version: 1\nentries:\n${desired}`], live);
  return doctorChecks({ live, owned: owned ?? new Map(), desired: wanted, now });
}

describe('the doctor', () => {
  test('finds nothing in a healthy directory, nor in an empty one', () => {
    expect(short(examined(healthy, ownedOf(liveOf(healthy), ['flow', 'flow-stage-binding'])))).toEqual([]);
    expect(examined({})).toEqual([]);
  });

  test('finds users without and with the same email, each sort told once', () => {
    const user = (id: number, email: string) => ({ id, username: `u${id}`, name: 'U', email });
    const users = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => user(id, ''));
    expect(
      short(examined({ ...healthy, user: [...users, user(9, 'a@x.org'), user(10, 'A@x.org')] })),
    ).toEqual([
      'user-no-email: user/u1, user/u2, user/u3, user/u4, user/u5 and 3 more have no email, and so no way to recover a lost password alone',
      'user-same-email: user/u9 and user/u10 have the same email',
    ]);
  });

  test('finds applications open to everyone, but those labelled so', () => {
    const objects = { ...healthy, 'policy-binding': [] };
    expect(codesOf(examined(objects))).toEqual(['application-open']);
    const labels = { 'asbuilt.io/access': 'everyone' };
    expect(examined(objects, ownedOf(liveOf(objects), ['application'], { labels }))).toEqual([]);
  });

  test('finds expired invitations, and those whose creator is deactivated', () => {
    expect(
      codesOf(
        examined({
          ...healthy,
          user: [{ ...healthy.user[0]!, is_active: false }],
          invitation: [{ ...healthy.invitation[0]!, expires: '2026-01-01T00:00:00Z' }],
        }),
      ),
    ).toEqual(['invitation-expired', 'invitation-ends-with-creator']);
  });

  test('finds invitations that were issued and are gone, and never shows their ids', () => {
    const kind = 'authentik_stages_invitation.invitation';
    const owned = new Map(
      ['old', 'older'].map((name) => [
        `invitation/${name}`,
        record({ address: `invitation/${name}`, kind, id: `secret-${name}` }),
      ]),
    );
    const said = examined(healthy, owned);
    expect(short(said)).toEqual([
      'invitation-spent: invitation/old and invitation/older are used up or expired, and are not issued again',
    ]);
    expect(said[0]!.severity).toBe('note');
    expect(JSON.stringify(said)).not.toContain('secret');
    const entry = `- {model: ${kind}, identifiers: {name: old}, attrs: {expires: "2027-01-01T00:00:00Z"}}`;
    expect(short(examined(healthy, owned, entry))).toEqual([
      'invitation-spent: invitation/old is used up or expired, and is not issued again',
    ]);
  });

  test('finds what leads nowhere for want of a recovery flow', () => {
    const brand = [
      { ...healthy.brand[0]!, flow_recovery: null },
      { id: 'c', domain: 'other.org' },
    ];
    expect(short(examined({ ...healthy, flow: [healthy.flow[1]!], brand }))).toEqual([
      'nobody-recovers: user/ada cannot recover a lost password: no brand and no identification stage leads to a recovery flow',
    ]);
    expect(short(examined({ ...healthy, brand: [healthy.brand[0]!, brand[1]!] }))).toEqual([
      'brand-no-recovery: brand/other.org has no recovery flow, so that no recovery link can be sent there',
    ]);
  });
});

describe('a flow of ours', () => {
  const live = liveOf(healthy);
  const added = {
    ...healthy,
    'deny-stage': [{ id: 'd', name: 'deny' }],
    'flow-stage-binding': [...healthy['flow-stage-binding'], { id: 'z', target: 'e', stage: 'd', order: 5 }],
  };

  test('to which somebody bound a stage is told', () => {
    expect(short(examined(added, ownedOf(live, ['flow', 'flow-stage-binding'])))).toEqual([
      'flow-rebound: flow/join was changed by hand: flow-stage-binding/join:deny was added',
    ]);
  });

  test('that was there before us may have stages of others', () => {
    const owned = ownedOf(live, ['flow', 'flow-stage-binding'], { ownership: 'adopted' });
    expect(examined(added, owned)).toEqual([]);
  });

  test('whose stages all belong to others is theirs to change', () => {
    expect(examined(added, ownedOf(live, ['flow']))).toEqual([]);
  });

  test('from which somebody unbound a stage is told', () => {
    const [, mail] = healthy['flow-stage-binding'];
    const bindings = [mail!, { id: 'new', target: 'e', stage: 's', order: 20, evaluate_on_plan: true }];
    const owned = ownedOf(live, ['flow', 'flow-stage-binding']);
    expect(short(examined({ ...healthy, 'flow-stage-binding': bindings }, owned))).toEqual([
      'flow-rebound: flow/join was changed by hand: flow-stage-binding/join:invited was added, flow-stage-binding/join:invited is gone',
    ]);
  });
});

test('the doctor reads every kind that it looks at', () => {
  const kinds = doctorKinds();
  for (const kind of ['authentik_core.user', 'asbuilt.settings', 'authentik_stages_email.emailstage']) {
    expect(kinds).toContain(kind);
  }
  expect(kinds).not.toContain('authentik_events.event');
});

describe('the command', () => {
  async function run(found: Examined, options = {}): Promise<{ code: number; out: string; err: string }> {
    const { surroundings, out, err } = commandIn('/');
    const code = await doctor(surroundings, { directory: 'sqlite:x.db', ...options }, async () => found);
    return { code, out: out(), err: err() };
  }
  const warnings = examined({ ...healthy, 'policy-binding': [] });

  test('says that a directory is healthy', async () => {
    expect(await run({ objects: 3, diagnostics: [] })).toEqual({
      code: 0,
      out: 'healthy: 3 objects examined\n',
      err: '',
    });
  });

  test('prints what it finds, and only errors fail', async () => {
    const { code, out, err } = await run({ objects: 3, diagnostics: warnings });
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('warning[application-open]: everyone may use application/wiki');
    expect((await run({ objects: 3, diagnostics: strictly(warnings) })).code).toBe(1);
  });

  test('prints JSON', async () => {
    const { code, out } = await run({ objects: 3, diagnostics: warnings }, { json: true });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      ok: true,
      objects: 3,
      diagnostics: [{ severity: 'warning' }],
    });
  });
});
