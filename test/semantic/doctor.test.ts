import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { doctor } from '../../src/commands/doctor.js';
import { strictly } from '../../src/diagnostic/diagnostic.js';
import type { Examined } from '../../src/reconcile/examine.js';
import { doctorChecks, doctorKinds } from '../../src/semantic/doctor.js';
import { commandIn } from '../support/command.js';
import { temporaryFolder } from '../support/request.js';
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
      'user-no-email: user/u1, user/u2, user/u3, user/u4, user/u5 and 3 more have no email, and cannot recover a lost password without help',
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
      'brand-no-recovery: brand/other.org has no recovery flow, so no recovery link can be sent there',
    ]);
  });
});

describe('blueprints beside a directory', () => {
  const user = (id: number) => ({ id, username: `u${id}`, name: 'U', email: '' });
  const entry = (name: string) =>
    `- {model: authentik_core.user, identifiers: {username: ${name}}, attrs: {name: U, email: ""}}`;

  test('have what both show told once, at its place, and the rest of the directory without', () => {
    const found = examined({ ...healthy, user: [user(1), user(2), user(3)] }, undefined, entry('u2'));
    expect(short(found)).toEqual([
      'user-no-email 3: user/u2 has no email, and cannot recover a lost password without help',
      'user-no-email: user/u1 and user/u3 have no email, and cannot recover a lost password without help',
    ]);
  });

  test('have what is told of many together told once as well', () => {
    const many = Array.from({ length: 25 }, (_, at) => user(at + 1));
    const entries = many.map((one) => entry(one.username)).join('\n');
    const found = examined({ ...healthy, user: [...many, user(99)] }, undefined, entries);
    const together = found.filter((one) => !one.place);
    expect(short(together)).toEqual([
      'user-no-email: user/u99 has no email, and cannot recover a lost password without help',
    ]);
    expect(found.length - together.length).toBe(21);
  });

  test('have open and closed applications told once', () => {
    const application = ['wiki', 'crm', 'mail'].map((slug, at) => ({ id: `a${at}`, slug, name: slug }));
    const said = (objects: object, slug: string) =>
      short(
        examined(
          { ...healthy, application, ...objects },
          undefined,
          `- {model: authentik_core.application, identifiers: {slug: ${slug}}, attrs: {name: ${slug}}}`,
        ),
      );
    expect(said({ 'policy-binding': [] }, 'wiki')).toEqual([
      'application-open 3: everyone can use application/wiki: it has no bindings',
      'application-open: everyone can use application/crm and application/mail: they have no bindings',
    ]);
    const closed = {
      user: [...healthy.user, { ...user(2), is_active: false }],
      'policy-binding': application.map(({ id }, at) => ({ id: `p${at}`, target: id, user: 2, order: 0 })),
    };
    expect(said(closed, 'mail').map((one) => one.split(':', 1)[0])).toEqual([
      'application-closed 3',
      'application-closed',
      'application-closed',
    ]);
  });

  test('do not hide what they do not mention', () => {
    const found = examined({ ...healthy, 'policy-binding': [] }, undefined, entry('u9'));
    expect(short(found)).toEqual([
      'user-no-email 3: user/u9 has no email, and cannot recover a lost password without help',
      'application-open: everyone can use application/wiki: it has no bindings',
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

  test('to which the blueprints bind the stage too is as it should be', () => {
    const binding = `- model: authentik_flows.flowstagebinding
  identifiers: {target: !Find [authentik_flows.flow, [slug, join]], stage: !Find [authentik_stages_deny.denystage, [name, deny]], order: 5}`;
    const owned = ownedOf(live, ['flow', 'flow-stage-binding']);
    expect(examined(added, owned, binding)).toEqual([]);
  });

  test('from which a stage is gone that no blueprint mentions any more is as it should be', () => {
    const owned = ownedOf(live, ['flow', 'flow-stage-binding']);
    const left = { ...healthy, 'flow-stage-binding': healthy['flow-stage-binding'].slice(1) };
    const gone = (entry: string) => codesOf(examined(left, owned, entry));
    expect(gone('- {model: authentik_core.group, identifiers: {name: staff}}')).not.toContain('flow-rebound');
    expect(codesOf(examined(left, owned))).toContain('flow-rebound');
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
    const cwd = temporaryFolder();
    // Whether it is a directory at all is for the examination to find.
    writeFileSync(join(cwd, 'x.db'), 'not empty');
    const { surroundings, out, err } = commandIn(cwd);
    const world = { directory: 'sqlite:x.db', live: true, ...options };
    const code = await doctor(surroundings, [], world, async () => found);
    return { code, out: out(), err: err() };
  }
  const warnings = examined({ ...healthy, 'policy-binding': [] });

  test('says that a directory is healthy', async () => {
    expect(await run({ objects: 3, diagnostics: [] })).toEqual({
      code: 0,
      out: 'healthy: 3 objects examined\n',
      err: 'directory: sqlite:x.db\n',
    });
  });

  test('prints what it finds, and only errors fail', async () => {
    const { code, out, err } = await run({ objects: 3, diagnostics: warnings });
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('warning[application-open]: everyone can use application/wiki');
    expect((await run({ objects: 3, diagnostics: strictly(warnings) })).code).toBe(1);
  });

  test('prints JSON, which names the directory, and nothing else', async () => {
    const { code, out, err } = await run({ objects: 3, diagnostics: warnings }, { json: true });
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      ok: true,
      directory: 'sqlite:x.db',
      objects: 3,
      diagnostics: [{ severity: 'warning' }],
    });
  });
});
