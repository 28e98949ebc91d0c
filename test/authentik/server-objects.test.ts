/** The test server's special calls, and what its objects do to each other, one behaviour a test. */
import { expect, test } from 'vitest';
import { addToken, addUserWith } from './bootstrap.js';
import { type Call, clientOf, objectOf, resultsOf, start } from './client.js';
import { enrolDevice } from './devices.js';
import { create, seed } from './seed.js';
import { type Row, rowsOf } from './state.js';

test('a binding takes a target by either id, gives back the own one, and is listed by the family id only', async () => {
  const { server, call } = await start();
  const flow = create(server.state, 'authentik_flows.flow', {
    ...{ name: 'f', slug: 'f', title: 't', designation: 'authentication' },
  });
  const group = create(server.state, 'authentik_core.group', { name: 'g' });
  const family = flow.values.policybindingmodel_ptr_id as string;
  for (const target of [flow.id, family]) {
    const reply = await call('POST', '/policies/bindings/', { target, group: group.id, order: 1 });
    expect([reply.status, objectOf(reply).target]).toEqual([201, flow.id]);
  }
  expect((await call('GET', `/policies/bindings/?target=${flow.id}`)).status).toBe(400);
  expect(resultsOf(await call('GET', `/policies/bindings/?target=${family}`))).toHaveLength(2);
});

test('a brand gives up being the default before another can be it', async () => {
  const { call } = await start();
  const [old] = resultsOf(await call('GET', '/core/brands/'));
  const brand = objectOf(await call('POST', '/core/brands/', { domain: 'b.example.com' }));
  const path = `/core/brands/${brand.brand_uuid}/`;
  expect((await call('PATCH', path, { default: true })).status).toBe(400);
  expect((await call('PATCH', `/core/brands/${old!.brand_uuid}/`, { default: false })).status).toBe(200);
  expect((await call('PATCH', path, { default: true })).status).toBe(200);
});

test('keys and passwords are set by calls of their own and do not show', async () => {
  const { server, call } = await start();
  const user = objectOf(await call('POST', '/core/users/', { username: 'u', name: '', password: 'ignored' }));
  expect((await call('POST', `/core/users/${user.pk}/set_password/`, { password: 'a' })).status).toBe(204);
  const token = objectOf(
    await call('POST', '/core/tokens/', { identifier: 't', key: 'ignored', user: user.pk! }),
  );
  expect(token.key).toBeUndefined();
  expect((await call('POST', '/core/tokens/t/set_key/', { key: 'own-key' })).status).toBe(204);
  expect((await call('GET', '/core/tokens/t/view_key/')).body).toEqual({ key: 'own-key' });
  expect(objectOf(await clientOf(server, 'own-key')('GET', '/core/users/me/')).user).toMatchObject({
    username: 'u',
  });
  expect((await call('PATCH', '/core/tokens/t/', { user: 2 })).status).toBe(400);
});

test('the end of an API token moves at every save', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const { call } = await start({ now: () => now });
  const token = objectOf(
    await call('POST', '/core/tokens/', { identifier: 't', expires: '2040-01-01T00:00:00Z' }),
  );
  expect(Date.parse(token.expires as string)).toBe(now + 30 * 60_000);
  now += 60_000;
  const after = objectOf(await call('PATCH', '/core/tokens/t/', { description: 'd' }));
  expect(Date.parse(after.expires as string)).toBe(now + 30 * 60_000);
});

test('secrets that a source is given are not given back', async () => {
  const { call } = await start();
  const body = {
    name: 's',
    slug: 's',
    server_uri: 'ldap://x.example.com',
    base_dn: 'dc=x',
    bind_password: 'secret',
  };
  const reply = await call('POST', '/sources/ldap/', body);
  expect([reply.status, JSON.stringify(reply.body).includes('secret')]).toEqual([201, false]);
});

test('permissions are given and taken for all or for one object; an object that is not there means all', async () => {
  const { server, call } = await start();
  const role = create(server.state, 'authentik_rbac.role', { name: 'r' });
  const group = create(server.state, 'authentik_core.group', { name: 'g' });
  const base = `/rbac/permissions/assigned_by_roles/${role.id}`;
  const permissions = ['authentik_core.view_group'];
  const held = async () => [
    resultsOf(await call('GET', `/rbac/permissions/?role=${role.id}`)).map(({ codename }) => codename),
    resultsOf(await call('GET', `/rbac/permissions/roles/?uuid=${role.id}`)).map(
      ({ object_pk }) => object_pk,
    ),
  ];
  const one = { permissions, model: 'authentik_core.group', object_pk: group.id };
  expect((await call('POST', `${base}/assign/`, one)).status).toBe(200);
  expect(await held()).toEqual([[], [group.id]]);
  const absent = { ...one, object_pk: crypto.randomUUID() };
  expect((await call('POST', `${base}/assign/`, absent)).status).toBe(200);
  expect(await held()).toEqual([['view_group'], [group.id]]);
  expect((await call('PATCH', `${base}/unassign/`, absent)).status).toBe(204);
  expect(await held()).toEqual([[], [group.id]]);
  expect((await call('PATCH', `${base}/unassign/`, one)).status).toBe(204);
  expect(await held()).toEqual([[], []]);
  expect((await call('POST', `${base}/assign/`, { permissions: ['view_group'] })).status).toBe(400);
  expect((await call('POST', `${base}/assign/`, { permissions: ['authentik_core.nope'] })).status).toBe(405);
});

test('a token may do what its user has permissions for, and no more', async () => {
  const { server, call } = await start({
    permissions: ['authentik_core.view_group', 'authentik_core.add_group'],
  });
  const reply = await call('POST', '/core/groups/', { name: 'g' });
  expect(reply.status).toBe(201);
  const path = `/core/groups/${objectOf(reply).pk}/`;
  expect((await call('GET', path)).status).toBe(200);
  expect((await call('PATCH', path, { name: 'h' })).status).toBe(403);
  expect((await call('DELETE', path)).status).toBe(403);
  expect((await call('GET', '/core/users/')).status).toBe(403);
  expect((await call('GET', '/admin/settings/')).status).toBe(403);
  expect(objectOf(await call('GET', '/core/users/me/')).user).toMatchObject({ is_superuser: false });
  const other = addUserWith(server.state, []);
  expect((await clientOf(server, addToken(server.state, other))('GET', path)).status).toBe(403);
  expect((await clientOf(server, 'nope')('GET', path)).body).toEqual({ detail: 'Token invalid/expired' });
});

test('deleting a flow takes its bindings and providers along and leaves stages and applications', async () => {
  const { server, call } = await start();
  const { applications } = seed(server.state, { applications: 1 });
  const slug = 'default-provider-authorization-implicit-consent';
  expect((await call('DELETE', `/flows/instances/${slug}/`)).status).toBe(204);
  const application = objectOf(await call('GET', '/core/applications/seed-app-0/'));
  expect([application.pk, application.provider]).toEqual([applications[0]!.id, null]);
  expect(objectOf(await call('GET', '/providers/oauth2/')).pagination).toMatchObject({ count: 0 });
  await call('DELETE', '/flows/instances/default-authentication-flow/');
  expect(resultsOf(await call('GET', '/stages/all/?search=default-authentication'))).toHaveLength(3);
  const [brand] = resultsOf(await call('GET', '/core/brands/'));
  expect(brand!.flow_authentication).toBeNull();
});

test('used_by tells what a delete would take along', async () => {
  const { server, call } = await start();
  seed(server.state, { applications: 1 });
  const reply = await call('GET', '/flows/instances/default-provider-invalidation-flow/used_by/');
  expect(reply.body).toEqual([expect.objectContaining({ model_name: 'oauth2provider', action: 'set_null' })]);
});

test('an outpost comes with an account and a token, which go with it; the account cannot be changed', async () => {
  const { server, call } = await start();
  const flow = objectOf(await call('GET', '/flows/instances/default-authentication-flow/')).pk!;
  const provider = create(server.state, 'authentik_providers_ldap.ldapprovider', {
    ...{ name: 'l', authorization_flow: flow, invalidation_flow: flow },
  });
  const outpost = objectOf(
    await call('POST', '/outposts/instances/', {
      name: 'o',
      type: 'ldap',
      providers: [provider.id],
      config: {},
    }),
  );
  const accounts = () =>
    call('GET', `/core/users/?username=ak-outpost-${String(outpost.pk).replaceAll('-', '')}`);
  const [account] = resultsOf(await accounts());
  expect(account!.type).toBe('internal_service_account');
  expect((await call('PATCH', `/core/users/${account!.pk}/`, { name: 'x' })).status).toBe(400);
  expect((await call('GET', `/core/tokens/${outpost.token_identifier}/`)).status).toBe(200);
  await call('DELETE', `/outposts/instances/${outpost.pk}/`);
  expect(resultsOf(await accounts())).toEqual([]);
  expect((await call('GET', `/core/tokens/${outpost.token_identifier}/`)).status).toBe(404);
});

test('a blueprint instance keeps half a megabyte of context, wants its content at every PATCH and owns its name', async () => {
  const { call } = await start();
  const content = 'version: 1\nmetadata:\n  name: x\nentries: []\n';
  const context = { part: 'x'.repeat(500_000) };
  const body = { name: 'ledger', enabled: false, content, context };
  const made = objectOf(await call('POST', '/managed/blueprints/', body));
  const [found] = resultsOf(await call('GET', '/managed/blueprints/?name=ledger'));
  expect([found!.context, found!.content]).toEqual([context, content.trim()]);
  const path = `/managed/blueprints/${made.pk}/`;
  expect((await call('PATCH', path, { context: {} })).status).toBe(400);
  expect((await call('PATCH', path, { context: {}, content })).status).toBe(200);
  expect((await call('POST', '/managed/blueprints/', body)).status).toBe(400);
  expect((await call('POST', '/managed/blueprints/import/')).status).toBe(405);
});

test('of equal creates at the same moment one wins', async () => {
  const { call } = await start({ latency: 5 });
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => call('POST', '/core/groups/', { name: 'lock' })),
  );
  expect(replies.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400, 400, 400]);
});

test('changes of one object at the same moment are lost, each writing back what it read', async () => {
  const { server, call } = await start({ latency: 50 });
  const { users } = seed(server.state, { users: 1 });
  const path = `/core/users/${users[0]!.id}/`;
  await Promise.all([
    call('PATCH', path, { name: 'new' }),
    call('PATCH', path, { email: 'new@example.com' }),
  ]);
  const user = objectOf(await call('GET', path));
  const isNew = [user.name === 'new', user.email === 'new@example.com'];
  expect(isNew.filter((one) => one)).toHaveLength(1);
});

test("a device is at the endpoint of administrators and at its owner's", async () => {
  const { server, call } = await start();
  const [alice, bob] = seed(server.state, { users: 2 }).users as [Row, Row];
  const device = enrolDevice(server.state, 'authentik_stages_authenticator_totp.totpdevice', alice, 'phone');
  expect(resultsOf(await call('GET', '/authenticators/admin/totp/'))).toMatchObject([
    { pk: device.id, name: 'phone' },
  ]);
  const [hers, his] = [alice, bob].map((user) => clientOf(server, addToken(server.state, user))) as [
    Call,
    Call,
  ];
  expect(resultsOf(await hers('GET', '/authenticators/totp/'))).toHaveLength(1);
  expect(resultsOf(await his('GET', '/authenticators/totp/'))).toHaveLength(0);
  expect((await his('GET', `/authenticators/totp/${device.id}/`)).status).toBe(404);
  expect((await call('GET', `/authenticators/admin/all/?user=${alice.id}`)).body).toHaveLength(1);
  await call('DELETE', `/core/users/${alice.id}/`);
  expect(resultsOf(await call('GET', '/authenticators/admin/totp/'))).toEqual([]);
});

test('roles that authentik manages can be left out of the list', async () => {
  const { call } = await start();
  const names = async (query: string) =>
    resultsOf(await call('GET', `/rbac/roles/${query}`)).map(({ name }) => String(name));
  expect((await names('')).some((name) => name.startsWith('ak-managed-role--user-'))).toBe(true);
  expect((await names('?managed__isnull=true')).some((name) => name.startsWith('ak-managed-role'))).toBe(
    false,
  );
});

test('settings are changed in part by PATCH; PUT wants the flags', async () => {
  const { call } = await start();
  expect((await call('PUT', '/admin/settings/', { reputation_upper_limit: 7 })).body).toEqual({
    flags: ['This field is required.'],
  });
  const reply = await call('PATCH', '/admin/settings/', { reputation_upper_limit: 7, base_url: 'https://x' });
  expect(objectOf(reply)).toMatchObject({ reputation_upper_limit: 7, default_token_duration: 'minutes=30' });
  expect(objectOf(reply)).not.toHaveProperty('base_url');
});

test('an import is all or nothing, and a 200 may mean failure', async () => {
  const { server } = await start();
  const send = async (entries: string) => {
    const form = new FormData();
    form.set('file', new Blob([`version: 1\nentries:\n${entries}`]), 'blueprint.yaml');
    const headers = { authorization: `Bearer ${server.token}` };
    const url = `${server.url}/api/v3/flows/instances/import/`;
    const answer = await fetch(url, { method: 'POST', headers, body: form });
    return { status: answer.status, body: answer.status === 200 ? await answer.json() : undefined };
  };
  const names = () => rowsOf(server.state, 'authentik_core.group').map(({ values }) => values.name);
  const group = (name: string) =>
    `- {model: authentik_core.group, id: ${name}, identifiers: {name: ${name}}}`;
  const fine = `${group('one')}\n- {model: authentik_core.user, identifiers: {username: u}, attrs: {name: U, groups: [!KeyOf one]}}`;
  const wrong = `${group('two')}\n- {model: authentik_flows.flow, identifiers: {slug: f}, attrs: {name: F, title: F, designation: nope}}`;
  expect(await send(wrong)).toMatchObject({ status: 200, body: { success: false } });
  expect(names()).not.toContain('two');
  expect(await send(fine)).toEqual({ status: 200, body: { success: true, logs: [] } });
  expect(names()).toContain('one');
  expect((await send('{')).status).toBe(405);
});
