/** What the test server does that a client of authentik must be ready for, one behaviour a test. */
import { expect, test } from 'vitest';
import { objectOf, resultsOf, start } from './client.js';
import { catalogueOf } from './kinds.js';
import { createCrashes } from './oddities.js';
import { assertRequestMatchesOpenApi, requestProblems } from './request-check.js';
import { create, seed } from './seed.js';

test('every kind with an endpoint can be listed, and an absent object of it is a 404 in JSON', async () => {
  const { server, call } = await start();
  for (const kind of catalogueOf(server.version).kinds.values()) {
    if (kind.kind.startsWith('listed.') || kind.kind === 'authentik_tenants.domain') continue;
    const list = await call('GET', kind.path);
    expect(list.status, kind.path).toBe(200);
    expect(Object.keys(objectOf(list)), kind.path).toContain('pagination');
    const absent = kind.lookupAttribute ? 'nope' : kind.idType === 'integer' ? '999999' : crypto.randomUUID();
    const reply = await call('GET', `${kind.path}${absent}/`);
    expect([reply.status, reply.type], kind.path).toEqual([404, 'application/json']);
  }
});

test('strings come back trimmed, defaults are filled in, unknown fields are passed over', async () => {
  const { call } = await start();
  const reply = await call('POST', '/core/groups/', { name: '  staff ', nosuch: 1, pk: crypto.randomUUID() });
  expect(reply.status).toBe(201);
  expect(objectOf(reply)).toMatchObject({
    name: 'staff',
    is_superuser: false,
    attributes: {},
    users: [],
    parents: [],
  });
});

test('a create that is refused names the fields', async () => {
  const { call } = await start();
  await call('POST', '/core/groups/', { name: 'staff' });
  const refusals: [string, object, object][] = [
    ['/core/groups/', {}, { name: ['This field is required.'] }],
    ['/core/groups/', { name: 'staff ' }, { name: ['Group with this name already exists.'] }],
    ['/core/users/', { username: 'akadmin', name: '' }, { username: ['This field must be unique.'] }],
    ['/core/users/', { username: 'a', name: '', groups: ['x'] }, { groups: ['“x” is not a valid UUID.'] }],
    ['/core/users/', { username: 'a', name: '', email: 'no' }, { email: ['Enter a valid email address.'] }],
    ['/core/users/', { username: 'a', name: '', type: 'no' }, { type: ['"no" is not a valid choice.'] }],
    ['/core/tokens/', { identifier: 'a', user: 99 }, { user: ['Invalid pk "99" - object does not exist.'] }],
    [
      '/stages/consent/',
      { name: 'c', consent_expire_in: 'no' },
      { consent_expire_in: [expect.stringContaining('hours=3')] },
    ],
  ];
  for (const [path, body, errors] of refusals) {
    const reply = await call('POST', path, body as never);
    expect([reply.status, reply.body]).toEqual([400, errors]);
  }
});

test('the names of stages are unique across all kinds of stage', async () => {
  const { call } = await start();
  expect((await call('POST', '/stages/dummy/', { name: 's' })).status).toBe(201);
  const reply = await call('POST', '/stages/deny/', { name: 's' });
  expect([reply.status, reply.body]).toEqual([400, { name: ['stage with this name already exists.'] }]);
});

test('a PATCH of nothing is saved, moves last_updated and is logged', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const { call } = await start({ now: () => now });
  const user = objectOf(await call('POST', '/core/users/', { username: 'a', name: '' }));
  now += 60_000;
  const after = objectOf(await call('PATCH', `/core/users/${user.pk}/`, {}));
  expect(after.last_updated).not.toBe(user.last_updated);
  expect(after.date_joined).toBe(user.date_joined);
  const events = resultsOf(await call('GET', '/events/events/?ordering=-created&action=model_updated'));
  expect(events[0]!.context).toMatchObject({
    model: { app: 'authentik_core', model_name: 'user', pk: user.pk },
  });
});

test('creates, changes and deletes are in the log with the model and the id, without dashes', async () => {
  const { call } = await start();
  const group = objectOf(await call('POST', '/core/groups/', { name: 'g' }));
  await call('PATCH', `/core/groups/${group.pk}/`, { name: 'h' });
  await call('DELETE', `/core/groups/${group.pk}/`);
  const events = resultsOf(await call('GET', '/events/events/?ordering=created'));
  expect(events.map(({ action }) => action)).toEqual(['model_created', 'model_updated', 'model_deleted']);
  const pk = String(group.pk).replaceAll('-', '');
  for (const event of events) expect(event.context).toMatchObject({ model: { model_name: 'group', pk } });
});

test('PUT keeps what it does not name, but empties the lists of users and groups', async () => {
  const { server, call } = await start();
  const { users, groups } = seed(server.state, { users: 1, groups: 1 });
  await call('PATCH', `/core/users/${users[0]!.id}/`, { email: 'a@example.com' });
  const user = objectOf(await call('PUT', `/core/users/${users[0]!.id}/`, { username: 'u', name: 'U' }));
  expect(user).toMatchObject({ email: 'a@example.com', groups: [] });
  await call('PATCH', `/core/users/${users[0]!.id}/`, { groups: [groups[0]!.id] });
  const group = objectOf(await call('PUT', `/core/groups/${groups[0]!.id}/`, { name: 'g' }));
  expect(group.users).toEqual([]);
});

test('pages are no longer than the setting, sizes that make no sense fall back, a page beyond the end is a 404', async () => {
  const { server, call } = await start();
  seed(server.state, { users: 250 });
  const sizes: [string, number][] = [
    ['', 20],
    ['?page_size=500', 100],
    ['?page_size=0', 20],
    ['?page_size=x', 20],
  ];
  for (const [query, count] of sizes)
    expect(resultsOf(await call('GET', `/core/users/${query}`))).toHaveLength(count);
  expect((await call('GET', '/core/users/?page=99')).status).toBe(404);
  expect((await call('PATCH', '/admin/settings/', { pagination_max_page_size: 500 })).status).toBe(200);
  const all = await call('GET', '/core/users/?page_size=500&ordering=pk');
  expect(objectOf(all).pagination).toMatchObject({ next: 0, count: 252, total_pages: 1 });
  const ids = resultsOf(all).map(({ pk }) => pk as number);
  expect(ids).toEqual([...ids].sort((one, other) => one - other));
});

test('a server starts with the page size that is asked for', async () => {
  const { server, call } = await start({ pageSizeMaximum: 200 });
  seed(server.state, { groups: 300 });
  expect(resultsOf(await call('GET', '/core/groups/?page_size=1000&include_users=false'))).toHaveLength(200);
});

test('lists are filtered by values, by what is referred to and by time; a filter that authentik does not know changes nothing', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const { server, call } = await start({ now: () => now });
  const { users, groups } = seed(server.state, { users: 3, groups: 2, applications: 1 });
  now += 60_000;
  await call('PATCH', `/core/users/${users[1]!.id}/`, { name: 'Other' });
  const count = async (path: string) => resultsOf(await call('GET', path)).length;
  const counts: [string, number][] = [
    ['/core/users/?username=seed-user-1', 1],
    ['/core/users/?name=Other&username=seed-user-0', 0],
    [`/core/users/?groups_by_pk=${groups[0]!.id}`, 2],
    ['/core/users/?groups_by_name=seed-group-1', 1],
    ['/core/users/?is_superuser=true', 1],
    ['/core/users/?last_updated__gt=2026-01-01T00:00:30Z', 1],
    ['/core/users/?search=other', 1],
    ['/core/groups/?members_by_username=seed-user-0', 1],
    ['/core/tokens/?user__username=akadmin', 1],
    ['/providers/oauth2/?name=seed-provider-0', 1],
    ['/providers/ldap/?name__iexact=SEED', 0],
    [`/events/events/?action=model_updated&context_model_pk=${users[1]!.id}`, 1],
    ['/events/events/?context_model_name=group', 0],
    ['/core/groups/?nosuch=1', 3],
  ];
  for (const [path, expected] of counts) expect(await count(path), path).toBe(expected);
  expect((await call('GET', '/core/applications/?only_with_launch_url=true')).status).toBe(501);
});

test('members are left out of groups when they are not asked for', async () => {
  const { server, call } = await start();
  seed(server.state, { users: 2, groups: 1 });
  const [bare] = resultsOf(await call('GET', '/core/groups/?name=seed-group-0&include_users=false'));
  const [full] = resultsOf(await call('GET', '/core/groups/?name=seed-group-0'));
  expect([bare!.users_obj, (full!.users_obj as []).length, (bare!.users as []).length]).toEqual([null, 2, 2]);
});

test('applications that the caller may not open are hidden unless the full list is asked for', async () => {
  const { server, call } = await start();
  const { applications, groups } = seed(server.state, { applications: 3, groups: 1 });
  create(server.state, 'authentik_policies.policybinding', {
    ...{ target: applications[0]!.id, group: groups[0]!.id, order: 0 },
  });
  const some = await call('GET', '/core/applications/');
  expect([objectOf(some).pagination, resultsOf(some).length]).toMatchObject([{ count: 3 }, 2]);
  expect(resultsOf(await call('GET', '/core/applications/?superuser_full_list=true'))).toHaveLength(3);
});

test('an address that is not there is a 404 page for GET and an empty 405 page for the rest', async () => {
  const { call } = await start();
  for (const path of ['/nope/', '/core/groups', '/tenants/domains/']) {
    const [get, post] = [await call('GET', path), await call('POST', path, {})];
    expect([get.status, get.type, post.status, post.type, post.body]).toEqual([
      404,
      'text/html',
      405,
      'text/html',
      '',
    ]);
  }
  const refused = await call('POST', '/events/notifications/', {});
  expect([refused.status, refused.body]).toEqual([405, { detail: 'Method "POST" not allowed.' }]);
});

test('handlers that crash answer 405 with an empty page', async () => {
  const { server, call } = await start();
  const application = create(server.state, 'authentik_core.application', { name: 'a', slug: 'a' });
  const group = create(server.state, 'authentik_core.group', { name: 'g' });
  const binding = create(server.state, 'authentik_policies.policybinding', {
    ...{ target: application.id, group: group.id, order: 0 },
  });
  const crashes: [string, string, object][] = [
    ['PATCH', `/policies/bindings/${binding.id}/`, { order: 1 }],
    ['POST', '/policies/event_matcher/', { name: 'e', app: 'authentik.core' }],
    ['PATCH', `/core/groups/${group.id}/`, { attributes: { a: 'x\0' } }],
    ['POST', '/outposts/service_connections/kubernetes/', { name: 'k' }],
    ...[...createCrashes].map((kind): [string, string, object] => {
      return ['POST', catalogueOf(server.version).kinds.get(kind)!.path, { name: 'd' }];
    }),
  ];
  for (const [method, path, body] of crashes) {
    const reply = await call(method, path, body as never);
    expect([reply.status, reply.type, reply.body], path).toEqual([405, 'text/html', '']);
  }
});

test('another release lacks and has other kinds and attributes', async () => {
  const old = await start({ version: '2025.10.3' });
  expect(objectOf(await old.call('GET', '/admin/version/')).version_current).toBe('2025.10.3');
  expect((await old.call('GET', '/endpoints/agents/connectors/')).status).toBe(404);
  const parent = objectOf(await old.call('POST', '/core/groups/', { name: 'p' })).pk!;
  const group = objectOf(await old.call('POST', '/core/groups/', { name: 'g', parent }));
  expect([group.parent, 'parents' in group]).toEqual([parent, false]);
  const recent = await start({ version: '2026.8.3' });
  expect((await recent.call('GET', '/lifecycle/rules/')).status).toBe(200);
  const brand = objectOf(await recent.call('POST', '/core/brands/', { domain: 'b' }));
  expect(brand).toHaveProperty('flow_lockdown', null);
  expect((await recent.call('POST', '/managed/blueprints/import/')).status).toBe(400);
});

test('a server can lie below a prefix', async () => {
  const { server, call } = await start({ prefix: '/auth' });
  expect(server.url).toMatch(/\/auth$/);
  expect((await call('GET', '/core/users/me/')).status).toBe(200);
  expect((await fetch(`${server.url.replace('/auth', '')}/api/v3/core/users/me/`)).status).toBe(404);
});

test('requests are kept, with their bodies and statuses', async () => {
  const { server, call } = await start();
  await call('POST', '/core/groups/', { name: 'g' });
  await call('GET', '/core/groups/?name=g&page_size=5');
  expect(server.requests).toMatchObject([
    { method: 'POST', path: '/core/groups/', body: { name: 'g' }, status: 201 },
    { method: 'GET', path: '/core/groups/', query: 'name=g&page_size=5', status: 200 },
  ]);
  for (const request of server.requests) assertRequestMatchesOpenApi(request);
});

test('the check of requests says what is wrong', () => {
  const get = { method: 'GET', query: '', body: undefined };
  const post = { method: 'POST', query: '', path: '/core/groups/' };
  expect(requestProblems({ ...get, path: '/core/groups' })).toEqual([expect.stringContaining('has no path')]);
  expect(requestProblems({ ...get, path: '/core/users/abc/' })).toEqual([
    expect.stringContaining('path parameter id'),
  ]);
  expect(requestProblems({ ...get, path: '/core/groups/', query: 'nosuch=1' })).toHaveLength(1);
  expect(requestProblems({ ...get, path: '/core/groups/', query: 'page_size=x' })).toHaveLength(1);
  expect(requestProblems({ ...post, body: {} })).toEqual([
    expect.stringContaining("required property 'name'"),
  ]);
  expect(requestProblems({ ...post, body: { name: 'g', nosuch: 1 } })).toEqual([
    expect.stringContaining('nosuch'),
  ]);
  expect(requestProblems({ ...post, body: { name: null } })).toHaveLength(1);
  const application = { method: 'POST', query: '', path: '/core/applications/' };
  const hidden = { name: 'a', slug: 'a', meta_hide: true };
  expect(requestProblems({ ...application, body: hidden })).toEqual([expect.stringContaining('meta_hide')]);
  expect(requestProblems({ ...application, body: hidden }, '2026.8.3')).toEqual([]);
  const patch = { method: 'PATCH', query: '', path: '/core/brands/00000000-0000-0000-0000-000000000000/' };
  expect(requestProblems({ ...patch, body: { flow_recovery: null } })).toEqual([]);
  expect(() => assertRequestMatchesOpenApi({ ...post, body: {} })).toThrow(/does not match the OpenAPI/);
});

test('what nobody has built here says so instead of looking like authentik', async () => {
  const { call } = await start();
  const reply = await call('GET', '/flows/instances/default-authentication-flow/export/');
  expect([reply.status, objectOf(reply).detail]).toEqual([
    501,
    expect.stringContaining('The test server has no'),
  ]);
});

test('a thousand users, a hundred groups and fifty applications are there in a moment', async () => {
  const { server, call } = await start();
  seed(server.state, { users: 1000, groups: 100, applications: 50 });
  const counts = await Promise.all(
    ['/core/users/', '/core/groups/', '/core/applications/'].map(
      async (path) =>
        (objectOf(await call('GET', `${path}?page_size=1`)).pagination as { count: number }).count,
    ),
  );
  expect(counts).toEqual([1002, 101, 50]);
  expect(objectOf(await call('GET', '/events/events/')).pagination).toMatchObject({ count: 0 });
});
