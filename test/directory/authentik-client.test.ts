/** The client of authentik's REST API, before a server that is spoiled in every way that a network knows. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { refusalOf } from '../../src/directory/authentik/answer.js';
import {
  authentikClient,
  type ClientOptions,
  type RequestLine,
} from '../../src/directory/authentik/client.js';
import { serverOf } from '../../src/directory/authentik/url.js';
import { DirectoryError } from '../../src/directory/errors.js';
import { type Fault, onNth, startFaultProxy } from '../authentik/fault-proxy.js';
import { startAuthentik } from '../authentik/server.js';

async function setUp(options: Partial<ClientOptions> = {}) {
  const server = await startAuthentik();
  const proxy = await startFaultProxy(server.url);
  const lines: RequestLine[] = [];
  const client = authentikClient({
    url: proxy.url,
    token: server.token,
    pause: 5,
    deadline: 5_000,
    log: (line) => lines.push(line),
    ...options,
  });
  onTestFinished(async () => {
    await client.close();
    await proxy.close();
    await server.close();
  });
  const spoil = (nth: number, fault: Fault) => proxy.plan(onNth(nth, () => true, fault));
  return { server, proxy, client, lines, spoil };
}

async function failureOf(call: Promise<unknown>): Promise<DirectoryError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof DirectoryError) return error;
  throw new Error(`expected a DirectoryError, got ${String(error)}`);
}

test('a call without faults is one request, with its slash', async () => {
  const { client, server } = await setUp();
  const { body } = await client.get('/core/users/me', {});
  expect(body).toMatchObject({ user: { username: expect.any(String) } });
  expect(client.requests).toBe(1);
  expect(server.requests[0]?.path).toBe('/core/users/me/');
});

const passing: [string, Fault][] = [
  ['too many requests', { kind: 'too-many-requests' }],
  ['too many requests, with a time', { kind: 'too-many-requests', retryAfter: 0 }],
  ['a crashed server', { kind: 'server-error', status: 500, when: 'before' }],
  ['a gateway without a server', { kind: 'server-error', status: 502, when: 'before' }],
  ['a starting server', { kind: 'server-error', status: 503, when: 'before' }],
  ['a reset', { kind: 'reset', when: 'before' }],
  ['a cut answer', { kind: 'cut' }],
  ['half of an answer', { kind: 'garbled' }],
];
test.each(passing)('a GET survives %s', async (_name, fault) => {
  const { client, spoil, lines } = await setUp();
  spoil(0, fault);
  const { status } = await client.get('/core/groups/', { query: { page_size: 5 } });
  expect(status).toBe(200);
  expect(lines.map((line) => line.attempt)).toEqual([1, 2]);
});

test('Retry-After is obeyed, and beyond the deadline told', async () => {
  const { client, spoil } = await setUp();
  spoil(0, { kind: 'too-many-requests', retryAfter: 1 });
  const begun = Date.now();
  await client.get('/core/groups/');
  expect(Date.now() - begun).toBeGreaterThanOrEqual(990);
  spoil(0, { kind: 'too-many-requests', retryAfter: 3_600 });
  const error = await failureOf(client.get('/core/groups/'));
  expect(error).toMatchObject({ code: 'rate-limited', retryAfter: 3_600_000, uncertain: false });
});

test.each<[string, Fault]>([
  ['the connection breaks after it', { kind: 'reset', when: 'after' }],
  ['its answer is cut', { kind: 'cut' }],
  ['a gateway loses the answer', { kind: 'server-error', status: 504, when: 'after' }],
  ['its handler crashes', { kind: 'crashed', when: 'after' }],
])('a POST is sent once when %s, and is uncertain', async (_name, fault) => {
  const { client, spoil } = await setUp();
  spoil(0, fault);
  const error = await failureOf(client.post('/core/groups/', { body: { name: 'lost' } }));
  expect(error.uncertain).toBe(true);
  expect(client.requests).toBe(1);
  const { body } = await client.get('/core/groups/', { query: { name: 'lost' } });
  expect(body).toMatchObject({ pagination: { count: 1 } });
});

test('a POST that was refused for now is sent again', async () => {
  const { client, spoil } = await setUp();
  spoil(0, { kind: 'too-many-requests' });
  expect(await client.post('/core/groups/', { body: { name: 'later' } })).toMatchObject({ status: 201 });
});

test('a PATCH is repeated when its answer was lost', async () => {
  const { client, spoil } = await setUp();
  const { body } = await client.post('/core/groups/', { body: { name: 'one' } });
  const id = (body as { pk: string }).pk;
  spoil(0, { kind: 'reset', when: 'after' });
  expect(await client.patch(`/core/groups/${id}/`, { body: { name: 'two' } })).toMatchObject({ status: 200 });
});

test('a refusal names method, path, status and field, and no secret', async () => {
  const { client } = await setUp();
  const body = { name: 'x', is_superuser: 'hunter2 is my password' };
  const error = await failureOf(client.post('/core/groups/', { body, secrets: ['hunter2'] }));
  expect(error).toMatchObject({ code: 'invalid', field: 'is_superuser', uncertain: false });
  expect(error.message).toMatch(/^POST \/core\/groups\/: `is_superuser`: .* \(400\)$/);
  expect(refusalOf(error)).toMatchObject({ method: 'POST', status: 400, path: '/core/groups/' });
  expect(JSON.stringify([error.message, refusalOf(error)?.errors])).not.toContain('hunter2');
});

test('a wrong token and a missing permission are told apart', async () => {
  const { client, server, proxy } = await setUp({ token: 'wrong' });
  expect(await failureOf(client.get('/core/groups/'))).toMatchObject({ code: 'unauthenticated' });
  const good = authentikClient({ url: proxy.url, token: server.token, pause: 5 });
  onTestFinished(() => good.close());
  proxy.plan(onNth(0, ({ path }) => path.endsWith('/groups/'), { kind: 'token-expired' }));
  expect(await failureOf(good.get('/core/groups/'))).toMatchObject({ code: 'denied' });
});

test('an unknown endpoint is unsupported, a missing object missing', async () => {
  const { client } = await setUp();
  expect(await failureOf(client.get('/no/such/'))).toMatchObject({ code: 'unsupported' });
  expect(await failureOf(client.get('/core/groups/no/'))).toMatchObject({ code: 'missing' });
});

test('nobody there is told soon, and a signal ends the pauses', async () => {
  const gone = authentikClient({ url: 'http://127.0.0.1:9', token: 'x', pause: 5 });
  onTestFinished(() => gone.close());
  expect(await failureOf(gone.get('/core/groups/'))).toMatchObject({ code: 'unreachable', uncertain: false });
  const { client, proxy } = await setUp({ pause: 60_000, deadline: 600_000 });
  proxy.plan(() => ({ kind: 'server-error', status: 502, when: 'before' }));
  const stop = new AbortController();
  const call = client.get('/core/groups/', {}, stop.signal);
  setTimeout(() => stop.abort(new Error('stopped')), 50);
  await expect(call).rejects.toThrow('stopped');
});

test('another server never sees the token', async () => {
  const seen: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('{}');
  });
  const mover = createServer((request, response) => {
    const inside = request.url?.includes('/moved/');
    const { port } = other.address() as AddressInfo;
    const location = inside ? '/api/v3/here/' : `http://127.0.0.1:${port}/api/v3/here/`;
    if (request.url === '/api/v3/here/') {
      response.setHeader('content-type', 'application/json');
      response.end('{"arrived": true}');
    } else response.writeHead(302, { location }).end();
  });
  for (const server of [other, mover])
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = mover.address() as AddressInfo;
  const client = authentikClient({ url: `http://127.0.0.1:${port}`, token: 'secret' });
  onTestFinished(async () => {
    await client.close();
    for (const server of [other, mover]) server.close();
  });
  expect((await client.get('/moved/')).body).toEqual({ arrived: true });
  const error = await failureOf(client.get('/elsewhere/'));
  expect(error).toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('the token was not sent'),
  });
  expect(seen).toEqual([]);
});

test('the clock of the server is known to about a second', async () => {
  const { client } = await setUp();
  await client.get('/core/users/me/');
  expect(Math.abs(client.now().getTime() - Date.now())).toBeLessThan(2_500);
});

test('URLs name a server, or say what is wrong with them', () => {
  expect(serverOf('authentik+https://id.example.org/')).toBe('https://id.example.org');
  expect(serverOf('authentik+https://id.example.org:8443/sso/api/v3/')).toBe(
    'https://id.example.org:8443/sso',
  );
  for (const host of ['127.0.0.1:9000', '127.1.2.3', 'localhost', '[::1]:9000'])
    expect(serverOf(`authentik+http://${host}`)).toBe(`http://${host}`);
  expect(() => serverOf('authentik+http://id.example.org')).toThrow(/in the clear/);
  expect(() => serverOf('authentik+http://127.0.0.1.example.org')).toThrow(/in the clear/);
  expect(() => serverOf('authentik+https://me:secret@id.example.org')).toThrow(/no credentials/);
  expect(() => serverOf('authentik+https://id.example.org?token=x')).toThrow(/no query/);
  expect(() => serverOf('authentik://id.example.org')).toThrow(/authentik\+https/);
});
