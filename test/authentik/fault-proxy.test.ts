/** Each fault of the proxy does to a request what it says, and only to that one. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Call, clientOf, objectOf, resultsOf } from './client.js';
import { type FaultProxy, onNth, startFaultProxy } from './fault-proxy.js';
import { create, seed } from './seed.js';
import { type Authentik, startAuthentik } from './server.js';

let server: Authentik;
let proxy: FaultProxy;
let call: Call;

beforeEach(async () => {
  server = await startAuthentik({ prefix: '/auth' });
  proxy = await startFaultProxy(server.url);
  call = clientOf({ url: proxy.url, token: server.token });
});

afterEach(async () => {
  await proxy.close();
  await server.close();
});

const isWrite = ({ method }: { method: string }) => method === 'POST';
const createGroup = () => call('POST', '/core/groups/', { name: 'g' });

async function groupIsThere(): Promise<boolean> {
  proxy.plan(undefined);
  return resultsOf(await call('GET', '/core/groups/?name=g')).length > 0;
}

test('without a plan requests and answers go through unchanged', async () => {
  const [direct, through] = [
    await clientOf(server)('GET', '/core/groups/'),
    await call('GET', '/core/groups/'),
  ];
  expect(through.body).toEqual(direct.body);
  expect((await createGroup()).status).toBe(201);
  expect(proxy.seen.map(({ request, fault }) => [request.method, request.path, fault])).toEqual([
    ['GET', '/auth/api/v3/core/groups/', undefined],
    ['POST', '/auth/api/v3/core/groups/', undefined],
  ]);
});

test('only the request that the plan means is spoilt', async () => {
  proxy.plan(onNth(1, isWrite, { kind: 'too-many-requests', retryAfter: 2 }));
  expect((await createGroup()).status).toBe(201);
  const refused = await call('POST', '/core/groups/', { name: 'h' });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
  expect((await call('POST', '/core/groups/', { name: 'h' })).status).toBe(201);
});

test('429 and 503 come with and without Retry-After, and the server is not asked', async () => {
  proxy.plan(() => ({ kind: 'too-many-requests' }));
  const plain = await createGroup();
  expect([plain.status, plain.headers.get('retry-after')]).toEqual([429, null]);
  proxy.plan(() => ({ kind: 'server-error', status: 503, when: 'before', retryAfter: 1 }));
  const later = await createGroup();
  expect([later.status, later.headers.get('retry-after')]).toEqual([503, '1']);
  expect(server.requests).toHaveLength(0);
});

test('a 500 and a crashed handler come before the write, or after it has landed', async () => {
  proxy.plan(() => ({ kind: 'server-error', status: 500, when: 'before' }));
  expect((await createGroup()).status).toBe(500);
  expect(await groupIsThere()).toBe(false);
  proxy.plan(() => ({ kind: 'crashed', when: 'after' }));
  const crashed = await createGroup();
  expect([crashed.status, crashed.type, crashed.body]).toEqual([405, 'text/html', '']);
  expect(await groupIsThere()).toBe(true);
});

test('a connection is reset before the write, or after it has landed', async () => {
  proxy.plan(() => ({ kind: 'reset', when: 'before' }));
  await expect(createGroup()).rejects.toThrow();
  expect(await groupIsThere()).toBe(false);
  proxy.plan(() => ({ kind: 'reset', when: 'after' }));
  await expect(createGroup()).rejects.toThrow();
  expect(await groupIsThere()).toBe(true);
});

test('a body is cut short by a broken connection, or is half a document', async () => {
  proxy.plan(() => ({ kind: 'cut' }));
  await expect(call('GET', '/core/groups/')).rejects.toThrow();
  proxy.plan(() => ({ kind: 'garbled' }));
  await expect(call('GET', '/core/groups/')).rejects.toThrow(/JSON/);
});

test('an answer waits', async () => {
  proxy.plan(() => ({ kind: 'slow', milliseconds: 150 }));
  const started = performance.now();
  expect((await call('GET', '/core/users/me/')).status).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(140);
});

test('a token expires in the middle', async () => {
  proxy.plan(({ index }) => (index >= 1 ? { kind: 'token-expired' } : undefined));
  expect((await call('GET', '/core/users/me/')).status).toBe(200);
  const refused = await call('GET', '/core/users/me/');
  expect([refused.status, refused.body]).toEqual([403, { detail: 'Token invalid/expired' }]);
});

test('pages shift when something is created between two of them', async () => {
  seed(server.state, { groups: 30 });
  const isSecondPage = ({ query }: { query: URLSearchParams }) => query.get('page') === '2';
  proxy.plan(
    onNth(0, isSecondPage, {
      kind: 'meanwhile',
      act: () => void create(server.state, 'authentik_core.group', { name: 'a first one' }),
    }),
  );
  const pages = [await call('GET', '/core/groups/?page=1'), await call('GET', '/core/groups/?page=2')];
  const names = pages.flatMap((page) => resultsOf(page).map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length - 1);
  const counts = pages.map((page) => (objectOf(page).pagination as { count: number }).count);
  expect(counts).toEqual([31, 32]);
});
