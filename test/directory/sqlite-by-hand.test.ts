/** The embedded directory under people with `sqlite3`: rows changed and deleted by hand, and the views. */
import { beforeEach, describe, expect, test } from 'vitest';
import { byId, listAll } from '../contract/directory.js';
import { make } from '../contract/samples.js';
import { type StoreFile, storeFile } from './store-file.js';

const user = 'authentik_core.user';
const group = 'authentik_core.group';
const signal = new AbortController().signal;

let { open, byHand }: StoreFile = {} as StoreFile;
beforeEach(() => {
  ({ open, byHand } = storeFile());
});

describe('changes by hand', () => {
  test('a changed attribute is read as it is', async () => {
    const { directory } = await open();
    const ada = await make(directory, 'user', { username: 'ada', email: 'ada@example.org' });
    byHand(
      `UPDATE object SET attributes = json_set(attributes, '$.email', 'x@example.org') WHERE id = '${ada.id}' AND kind = '${user}'`,
    );
    expect((await byId(directory, user, ada.id))!.attributes.email).toBe('x@example.org');
  });

  test('a changed key is taken, and the old one free', async () => {
    const { directory } = await open();
    await make(directory, 'user', { username: 'ada' });
    byHand(
      `UPDATE object SET attributes = json_set(attributes, '$.username', 'eve') WHERE json_extract(attributes, '$.username') = 'ada'`,
    );
    expect(await listAll(directory, user, { field: 'username', values: ['eve'] })).toHaveLength(1);
    expect(await listAll(directory, user, { field: 'username', values: ['ada'] })).toHaveLength(0);
    await expect(make(directory, 'user', { username: 'eve' })).rejects.toMatchObject({ code: 'duplicate' });
    await make(directory, 'user', { username: 'ada' });
  });

  test('a deleted row is gone, and nothing that pointed to it or was its own is in the way', async () => {
    const { directory } = await open();
    const staff = await make(directory, 'group', { name: 'staff' });
    const ada = await make(directory, 'user', { username: 'ada', groups: [staff.id] });
    const brand = await make(directory, 'brand');
    const flow = await make(directory, 'flow', {
      slug: 'recovery',
      object_permissions: [{ permission: 'a.b', user: ada.id }],
    });
    await directory.update(brand.kind, brand.id, {}, { flow_recovery: flow.id }, signal);
    byHand(`DELETE FROM object WHERE kind = '${group}'`, `DELETE FROM object WHERE id = '${ada.id}'`);
    expect(await listAll(directory, user)).toEqual([]);
    expect((await byId(directory, flow.kind, flow.id))!.attributes.object_permissions).toEqual([]);
    byHand(`DELETE FROM object WHERE json_extract(attributes, '$.slug') = 'recovery'`);
    expect((await byId(directory, brand.kind, brand.id))!.attributes.flow_recovery).toBeNull();
    await make(directory, 'group', { name: 'staff' });
    await make(directory, 'user', { username: 'ada' });
    await make(directory, 'flow', { slug: 'recovery' });
  });

  test('a deletion that takes a part of a key frees the key', async () => {
    const { directory } = await open();
    const target = await make(directory, 'flow');
    const staff = await make(directory, 'group');
    const policy = await make(directory, 'dummy-policy');
    const bound = { target: target.id, group: null, policy: policy.id, order: 0 };
    await make(directory, 'policy-binding', bound);
    byHand(`DELETE FROM object WHERE kind = '${policy.kind}'`);
    const keys = byHand("SELECT value FROM unique_key WHERE scope LIKE '%policy,target,order'");
    expect(keys).toHaveLength(1);
    await make(directory, 'policy-binding', { target: target.id, group: staff.id, order: 0 });
    expect(byHand("SELECT value FROM unique_key WHERE scope LIKE '%policy,target,order'")).toEqual([]);
  });

  test('a row that was added is an object like any other', async () => {
    const { directory } = await open();
    byHand(
      `INSERT INTO object (kind, id, attributes) VALUES ('${group}', 'a3e5c0de-0000-4000-8000-000000000001', '{"name": "manual"}')`,
    );
    const [manual] = await listAll(directory, group);
    expect(manual!.attributes).toMatchObject({ name: 'manual', is_superuser: false, users: [] });
    await expect(make(directory, 'group', { name: 'manual' })).rejects.toMatchObject({ code: 'duplicate' });
    await make(directory, 'user', { username: 'ada', groups: [manual!.id] });
  });

  test('attributes that are no JSON are not taken', async () => {
    const { directory } = await open();
    await make(directory, 'user', { username: 'ada' });
    expect(() => byHand(`UPDATE object SET attributes = 'oops' WHERE kind = '${user}'`)).toThrow(
      /constraint/i,
    );
  });

  test('an expiry that was moved into the past counts, and the object goes with the next write', async () => {
    const { directory } = await open();
    const made = await make(directory, 'invitation', { name: 'welcome' });
    byHand(
      `UPDATE object SET attributes = json_set(attributes, '$.expires', '2020-01-01T00:00:00Z') WHERE id = '${made.id}'`,
    );
    expect(await listAll(directory, made.kind)).toEqual([]);
    await make(directory, 'group');
    expect(byHand(`SELECT 1 FROM object WHERE id = '${made.id}'`)).toEqual([]);
    expect(byHand("SELECT action, kind, id, name FROM audit WHERE action = 'expire'")).toEqual([
      ['expire', made.kind, '', expect.any(String)],
    ]);
  });
});

describe('views', () => {
  test('show users, groups, memberships, roles, flows, stages, applications and permissions', async () => {
    const { directory } = await open();
    const role = await make(directory, 'role', {
      name: 'helpdesk',
      permissions: ['authentik_core.view_user'],
    });
    const parent = await make(directory, 'group', { name: 'everybody' });
    const staff = await make(directory, 'group', { name: 'staff', parents: [parent.id] });
    await make(directory, 'user', {
      username: 'ada',
      groups: [staff.id],
      permissions: ['authentik_core.view_group'],
    });
    const flow = await make(directory, 'flow', {
      slug: 'join',
      object_permissions: [{ permission: 'authentik_flows.view_flow', role: role.id }],
    });
    const stage = await make(directory, 'deny-stage', { name: 'no' });
    await make(directory, 'flow-stage-binding', { target: flow.id, stage: stage.id, order: 5 });
    await make(directory, 'invitation', { name: 'welcome', flow: flow.id });
    await make(directory, 'application', { slug: 'wiki', name: 'Wiki' });
    expect(byHand('SELECT username, is_active, type FROM users')).toEqual([['ada', 1, 'internal']]);
    expect(byHand("SELECT name, parents, members FROM groups WHERE name = 'staff'")).toEqual([
      ['staff', 'everybody', 1],
    ]);
    expect(byHand('SELECT * FROM memberships')).toEqual([['ada', 'staff']]);
    expect(byHand('SELECT name, permissions FROM roles')).toEqual([['helpdesk', 1]]);
    expect(byHand('SELECT flow, position, stage FROM flow_stages')).toEqual([['join', 5, 'no']]);
    expect(byHand('SELECT name, flow FROM invitations')).toEqual([['welcome', 'join']]);
    expect(byHand('SELECT slug, name, provider FROM applications')).toEqual([['wiki', 'Wiki', null]]);
    expect(byHand('SELECT * FROM permissions ORDER BY permission')).toEqual([
      ['user', 'ada', 'authentik_core.view_group', null, null],
      ['role', 'helpdesk', 'authentik_core.view_user', null, null],
      ['role', 'helpdesk', 'authentik_flows.view_flow', 'authentik_flows.flow', 'join'],
    ]);
  });

  test('take changes of users, groups and memberships', async () => {
    const { directory } = await open();
    const staff = await make(directory, 'group', { name: 'staff' });
    const ada = await make(directory, 'user', { username: 'ada', attributes: { a: 1 } });
    await make(directory, 'user', { username: 'bob' });
    byHand(
      "UPDATE users SET is_active = 0, email = 'ada@example.org' WHERE username = 'ada'",
      "INSERT INTO memberships VALUES ('ada', 'staff')",
      "INSERT INTO memberships VALUES ('bob', 'staff')",
      "DELETE FROM memberships WHERE username = 'bob'",
      "UPDATE groups SET is_superuser = 1 WHERE name = 'staff'",
    );
    const changed = (await byId(directory, user, ada.id))!;
    expect(changed.attributes).toEqual({
      ...ada.attributes,
      is_active: false,
      email: 'ada@example.org',
      groups: [staff.id],
    });
    expect(changed.computed.is_superuser).toBe(true);
    byHand("DELETE FROM users WHERE username = 'ada'");
    expect((await listAll(directory, user)).map((one) => one.attributes.username)).toEqual(['bob']);
  });
});
