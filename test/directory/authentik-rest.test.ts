/** What is particular to authentik's REST API: releases, pages, lost answers, grants, and that no write is sent that changes nothing. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { requestOf } from '../../src/commands/request.js';
import { isOwnVariable } from '../../src/config/variables.js';
import { openAuthentik } from '../../src/directory/authentik/open.js';
import type { Directory } from '../../src/directory/directory.js';
import { DirectoryError } from '../../src/directory/errors.js';
import type { Fields, Kind, LiveObject } from '../../src/model/model.js';
import { openStore } from '../../src/reconcile/open-store.js';
import { plan } from '../../src/reconcile/reconcile.js';
import { openRequested, type Request } from '../../src/reconcile/request.js';
import { type Fault, onNth, startFaultProxy } from '../authentik/fault-proxy.js';
import { assertRequestMatchesOpenApi } from '../authentik/request-check.js';
import { type AuthentikOptions, startAuthentik } from '../authentik/server.js';
import { temporaryFolder } from '../support/request.js';

const signal = new AbortController().signal;
const user = 'authentik_core.user';
const group = 'authentik_core.group';
const role = 'authentik_rbac.role';
const flow = 'authentik_flows.flow';

async function setUp(options: AuthentikOptions = {}) {
  const server = await startAuthentik(options);
  const proxy = await startFaultProxy(server.url);
  const opened = await openAuthentik(`authentik+${proxy.url}`, {
    token: server.token,
    pause: 5,
    deadline: 5_000,
  });
  onTestFinished(async () => {
    await opened.directory.close();
    await proxy.close();
    await server.close();
    for (const one of server.requests) assertRequestMatchesOpenApi(one, server.version);
  });
  const writes = () => server.requests.filter((one) => one.method !== 'GET');
  return { ...opened, server, proxy, writes };
}

async function listed(directory: Directory, kind: Kind): Promise<LiveObject[]> {
  const all: LiveObject[] = [];
  for await (const one of directory.list(kind, {}, signal)) all.push(one);
  return all;
}

const named = async (directory: Directory, kind: Kind, name: string) =>
  (await listed(directory, kind)).filter((one) => one.attributes.name === name);

test('knows whose token it is, which release it is, and refuses an old one', async () => {
  const { account, directory, session } = await setUp();
  expect(account).toMatchObject({ username: 'akadmin', superuser: true });
  expect(directory.account).toBe(account.id);
  expect(session.version).toBe('2025.12.4');
  const old = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"version_current": "2024.10.5"}');
  });
  await new Promise<void>((ready) => old.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void old.close());
  const { port } = old.address() as AddressInfo;
  const opening = openAuthentik(`authentik+http://127.0.0.1:${port}`, { token: 'x' });
  await expect(opening).rejects.toThrow(/is authentik 2024\.10\.5; 2024\.12 and later/);
});

test('a store on authentik needs a token, says how to give it, and takes another ledger', async () => {
  const server = await startAuthentik();
  onTestFinished(() => server.close());
  const url = `authentik+${server.url}`;
  await expect(openStore(url, {})).rejects.toThrow(/AUTHENTIK_TOKEN/);
  const credentials = { token: server.token };
  const store = await openStore(url, { credentials, ledger: 'sqlite::memory:' });
  expect(store.directory.name).toBe(url);
  await store.close();
});

test('says which release a kind or attribute needs', async () => {
  const { directory } = await setUp();
  expect(directory.fields('authentik_brands.brand')).not.toContain('flow_lockdown');
  expect(directory.lacks?.('authentik_brands.brand', 'flow_lockdown')).toBe(
    'needs authentik 2026.8; this is 2025.12.4',
  );
  expect(directory.kinds.has('authentik_lifecycle.lifecyclerule')).toBe(false);
  expect(directory.lacks?.('authentik_lifecycle.lifecyclerule')).toBe(
    'needs authentik 2026.2; this is 2025.12.4',
  );
  expect(directory.lacks?.('authentik_stages_invitation.invitation', 'created_by')).toMatch(
    /only a blueprint/,
  );
  expect(directory.lacks?.(user, 'username')).toBeUndefined();
});

test('the ledger in the server is no part of the directory', async () => {
  const server = await startAuthentik();
  onTestFinished(() => server.close());
  const store = await openStore(`authentik+${server.url}`, { credentials: { token: server.token } });
  const before = await listed(store.directory, 'authentik_blueprints.blueprintinstance');
  await store.ledger.intend('team', [
    { address: 'group/staff', kind: group, since: new Date().toISOString() },
  ]);
  expect(await store.ledger.intents('team')).toHaveLength(1);
  expect(await listed(store.directory, 'authentik_blueprints.blueprintinstance')).toEqual(before);
  await store.close();
});

test('an older release has one parent, under its old name', async () => {
  const { directory, server } = await setUp({ version: '2025.10.3' });
  const { object: staff } = await directory.create(group, { name: 'staff' }, signal);
  const { object: child } = await directory.create(group, { name: 'child', parents: [staff.id] }, signal);
  expect(child.attributes.parents).toEqual([staff.id]);
  expect(server.requests.at(-1)).toBeDefined();
  await directory.update(group, child.id, { parents: [staff.id] }, { parents: [] }, signal);
  expect((await named(directory, group, 'child'))[0]!.attributes.parents).toEqual([]);
});

test('lists every page, a few at once', async () => {
  const { directory, server } = await setUp({ pageSizeMaximum: 10 });
  for (let at = 0; at < 45; at++) await directory.create(group, { name: `group-${at}` }, signal);
  server.requests.length = 0;
  const groups = await listed(directory, group);
  expect(groups.filter((one) => String(one.attributes.name).startsWith('group-'))).toHaveLength(45);
  const pages = server.requests.filter((one) => one.path === '/core/groups/');
  expect(pages).toHaveLength(5);
  expect(pages[0]!.query).toContain('page_size=500');
});

test('a list that shifts while it is read is read again', async () => {
  const { directory, server, proxy } = await setUp({ pageSizeMaximum: 10 });
  for (let at = 0; at < 25; at++) await directory.create(group, { name: `group-${at}` }, signal);
  const [first] = await named(directory, group, 'group-3');
  const act = async (): Promise<void> => {
    const answer = await fetch(`${server.url}/api/v3/core/groups/${first!.id}/`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${server.token}` },
    });
    expect(answer.status).toBe(204);
  };
  proxy.plan(onNth(1, ({ path }) => path.endsWith('/core/groups/'), { kind: 'meanwhile', act }));
  const names = (await listed(directory, group)).map((one) => one.attributes.name);
  expect(names.filter((name) => String(name).startsWith('group-'))).toHaveLength(24);
  expect(new Set(names).size).toBe(names.length);
});

test.each<[string, Fault]>([
  ['the connection breaks after it', { kind: 'reset', when: 'after' }],
  ['a gateway loses the answer', { kind: 'server-error', status: 502, when: 'after' }],
  ['the handler crashes after it', { kind: 'crashed', when: 'after' }],
  ['the answer is cut', { kind: 'cut' }],
  ['the connection breaks before it', { kind: 'reset', when: 'before' }],
  ['too many requests came', { kind: 'too-many-requests' }],
])('a create is made once when %s', async (_what, fault) => {
  const { directory, proxy } = await setUp();
  proxy.plan(onNth(0, ({ method }) => method === 'POST', fault));
  const { object } = await directory.create(flow, sample('once'), signal);
  expect(object.familyIds?.['policy-binding-target']).toEqual(expect.any(String));
  expect(await named(directory, flow, 'once')).toHaveLength(1);
  await directory.update(flow, object.id, { title: 'x' }, { title: 'y' }, signal);
});

test('what somebody else made meanwhile is not taken for one’s own', async () => {
  const { directory, proxy } = await setUp();
  await directory.create(flow, { ...sample('theirs'), title: 'theirs' }, signal);
  proxy.plan(onNth(0, ({ method }) => method === 'POST', { kind: 'reset', when: 'before' }));
  const error = await directory.create(flow, sample('theirs'), signal).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'unreachable', uncertain: true });
});

test('writes nothing where nothing changes', async () => {
  const { directory, writes } = await setUp();
  const { object } = await directory.create(user, { username: 'ada', name: 'Ada' }, signal);
  const before = writes().length;
  await directory.update(user, object.id, { name: 'Ada' }, { name: ' Ada ' }, signal);
  await directory.update(user, object.id, { groups: [] }, { groups: [] }, signal);
  await directory.update(user, object.id, { permissions: [] }, { permissions: [] }, signal);
  expect(writes()).toHaveLength(before);
});

test('a PATCH carries what must go along, and nothing else', async () => {
  const { directory, writes } = await setUp();
  const { object: target } = await directory.create(flow, sample('bound'), signal);
  const { object: staff } = await directory.create(group, { name: 'staff' }, signal);
  const fields = { target: target.familyIds!['policy-binding-target']!, group: staff.id, order: 0 };
  const { object: bound } = await directory.create('authentik_policies.policybinding', fields, signal);
  await directory.update(bound.kind, bound.id, { order: 0 }, { order: 5 }, signal);
  expect(writes().at(-1)!.body).toEqual({
    order: 5,
    policy: null,
    user: null,
    group: staff.id,
    target: target.id,
  });
  await directory.update(flow, target.id, { title: 'A flow' }, { title: 'New' }, signal);
  expect(writes().at(-1)!.body).toEqual({ title: 'New' });
});

test('a slug that somebody changed is looked up', async () => {
  const { directory, server } = await setUp();
  const { object } = await directory.create(flow, sample('moving'), signal);
  await fetch(`${server.url}/api/v3/flows/instances/moving/`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ slug: 'moved' }),
  });
  await directory.update(flow, object.id, { title: 'A flow' }, { title: 'Here' }, signal);
  expect((await named(directory, flow, 'moving'))[0]!.attributes).toMatchObject({
    slug: 'moved',
    title: 'Here',
  });
  await directory.delete(flow, object.id, signal);
  await directory.delete(flow, object.id, signal);
  expect(await named(directory, flow, 'moving')).toEqual([]);
});

test('permissions of roles, and on single objects, are granted and taken back', async () => {
  const { directory } = await setUp();
  const permissions = ['authentik_core.view_user', 'authentik_core.reset_user_password'];
  const { object: desk } = await directory.create(role, { name: 'desk', permissions }, signal);
  const [shown] = await named(directory, role, 'desk');
  expect(shown!.attributes.permissions).toEqual([...permissions].sort());
  const less = { permissions: ['authentik_core.view_user'] };
  await directory.update(role, desk.id, { permissions }, less, signal);
  expect((await named(directory, role, 'desk'))[0]!.attributes).toMatchObject(less);
  const granted = [{ permission: 'authentik_flows.view_flow', role: desk.id }];
  const { object: made } = await directory.create(
    flow,
    { ...sample('seen'), object_permissions: granted },
    signal,
  );
  expect((await named(directory, flow, 'seen'))[0]!.attributes.object_permissions).toEqual(granted);
  expect((await named(directory, role, 'desk'))[0]!.attributes).toMatchObject(less);
  const [was, will] = [{ object_permissions: granted }, { object_permissions: [] }];
  await directory.update(flow, made.id, was, will, signal);
  expect((await named(directory, flow, 'seen'))[0]!.attributes.object_permissions).toEqual([]);
});

test.each([
  ['2025.12.4', '/flows/instances/import/'],
  ['2026.2.1', '/flows/instances/import/'],
  ['2026.5.0', '/managed/blueprints/import/'],
])(
  'a user’s first permission on %s is imported, at the place that this release has',
  async (version, path) => {
    const { directory, writes } = await setUp({ version });
    const permissions = ['authentik_core.view_group'];
    const made = await directory.create(user, { username: 'eve', name: 'Eve', permissions }, signal);
    expect(made.unfinished).toBeUndefined();
    expect(writes().at(-1)).toMatchObject({ path, status: 200 });
    expect((await named(directory, user, 'Eve'))[0]!.attributes).toMatchObject({ permissions, roles: [] });
  },
);

test('a permission that the server does not know is named, and the others are granted', async () => {
  const { directory } = await setUp();
  const permissions = ['authentik_core.view_user', 'authentik_core.view_tomorrow'];
  const { unfinished } = await directory.create(role, { name: 'desk', permissions }, signal);
  expect(unfinished!.error.message).toMatch(/2025\.12\.4 has no permission authentik_core\.view_tomorrow$/);
  expect((await named(directory, role, 'desk'))[0]!.attributes.permissions).toEqual([
    'authentik_core.view_user',
  ]);
});

test('nothing is granted on an object that is not there', async () => {
  const { directory, writes } = await setUp();
  const { object: desk } = await directory.create(role, { name: 'desk' }, signal);
  const granted = [{ permission: 'authentik_core.delete_group', role: desk.id }];
  const before = writes().length;
  const nowhere = '11111111-1111-4111-8111-111111111111';
  const granting = directory.update(
    group,
    nowhere,
    { object_permissions: [] },
    { object_permissions: granted },
    signal,
  );
  await expect(granting).rejects.toMatchObject({ code: 'missing' });
  expect(writes()).toHaveLength(before);
  expect((await named(directory, role, 'desk'))[0]!.attributes.permissions).toEqual([]);
});

test('a password is set by its own call, and a failure of that leaves the user', async () => {
  const { directory, proxy, writes } = await setUp();
  const { object, unfinished } = await directory.create(
    user,
    { username: 'ada', name: '', password: 'secret-1' },
    signal,
  );
  expect(unfinished).toBeUndefined();
  expect(writes().at(-1)).toMatchObject({ path: `/core/users/${object.id}/set_password/` });
  proxy.plan(({ path }) => (path.includes('set_password') ? { kind: 'crashed', when: 'before' } : undefined));
  const second = await directory.create(user, { username: 'bob', name: '', password: 'secret-2' }, signal);
  expect(second.unfinished).toMatchObject({ fields: ['password'], error: { code: 'failed' } });
  expect(second.unfinished!.error.message).not.toContain('secret-2');
  expect((await listed(directory, user)).some((one) => one.id === second.object.id)).toBe(true);
});

test('members are added and removed edge by edge, many at once as a list', async () => {
  const { directory, writes } = await setUp();
  const { object: staff } = await directory.create(group, { name: 'staff' }, signal);
  const ids = [];
  for (let at = 0; at < 8; at++)
    ids.push((await directory.create(user, { username: `user-${at}`, name: '' }, signal)).object.id);
  await directory.update(group, staff.id, { users: [] }, { users: ids.slice(0, 2) }, signal);
  expect(writes().at(-1)!.path).toBe(`/core/groups/${staff.id}/add_user/`);
  await directory.update(group, staff.id, { users: ids.slice(0, 2) }, { users: ids.slice(1) }, signal);
  expect(writes().at(-1)!.method).toBe('PATCH');
  expect((await named(directory, group, 'staff'))[0]!.attributes.users).toEqual(ids.slice(1));
});

test('the account of the token is not deleted', async () => {
  const { directory, account } = await setUp();
  await expect(directory.delete(user, account.id, signal)).rejects.toMatchObject({ code: 'in-use' });
});

test('a token without permissions reads what it may, and is told what it may not', async () => {
  const { directory } = await setUp({ permissions: ['authentik_core.view_group'] });
  expect((await listed(directory, group)).length).toBeGreaterThan(0);
  const error = await listed(directory, flow).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DirectoryError);
  expect(error).toMatchObject({ code: 'denied' });
});

function sample(slug: string): Fields {
  return { slug, name: slug, title: 'A flow', designation: 'enrollment' };
}

test('the program takes the token from the environment or a file, and blueprints cannot read it', async () => {
  const server = await startAuthentik();
  onTestFinished(() => server.close());
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'token'), `${server.token}\n`);
  writeFileSync(join(folder, 'staff.yaml'), 'version: 1\ngroups:\n  staff: {}\n');
  const options = { directory: `authentik+${server.url}`, ledger: 'sqlite:ledger.db' };
  const asked = (env: Record<string, string>) => {
    const surroundings = { cwd: folder, env, signal, progress: () => {}, log: quiet, err: () => {} };
    return requestOf(surroundings as never, ['staff.yaml'], options, { blueprints: true, directory: true });
  };
  expect(asked({ AUTHENTIK_TOKEN: server.token })).toMatchObject({ credentials: { token: server.token } });
  expect(asked({ AUTHENTIK_TOKEN_FILE: 'token' })).toMatchObject({ credentials: { token: server.token } });
  expect(asked({ AUTHENTIK_TOKEN_FILE: 'gone' })).toMatchObject([{ code: 'no-credential' }]);
  expect(asked({})).toMatchObject({ credentials: {} });
  expect(isOwnVariable('AUTHENTIK_TOKEN')).toBe(true);
  const more = (concurrency: string) =>
    requestOf(
      { cwd: folder, env: {}, signal, progress: () => {}, log: quiet, err: () => {} } as never,
      [],
      { ...options, concurrency },
      { blueprints: false, directory: true },
    );
  expect(more('0')).toMatchObject([{ code: 'usage' }]);
  const seven = { ...(more('7') as Request), credentials: { token: server.token } };
  const store = await openRequested(seven, true);
  expect(store.directory.concurrency).toBe(7);
  await store.close();
  const { ok, plan: made } = await plan(asked({ AUTHENTIK_TOKEN: server.token }) as Request);
  expect(ok).toBe(true);
  expect(made!.changes.map((one) => one.ref.address)).toEqual(['group/staff']);
});

const quiet = { debug: () => {}, info: () => {}, warn: () => {} };
