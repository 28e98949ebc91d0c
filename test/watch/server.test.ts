/** Requests over real connections in, what the port of a watch answers and to whom out. */
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMetrics } from '../../src/watch/metrics.js';
import { type ServerOptions, startServer, type WatchServer } from '../../src/watch/server.js';
import { parseListen, ServerError } from '../../src/watch/server-listen.js';
import type { RunReport } from '../../src/watch/state.js';
import { runOf, stateOf } from './notify-samples.js';

const token = 'correct-horse-battery';

interface Started extends WatchServer {
  readonly lines: string[];
}

async function started(parts: Partial<ServerOptions> = {}): Promise<Started> {
  const lines: string[] = [];
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const server = await startServer({
    listen: '0',
    state: () => stateOf({ runs: [runOf({})] }),
    healthy: () => true,
    metrics: createMetrics({ version: '1' }),
    reconcile: async () => runOf({ number: 2, trigger: 'request' }),
    signal: new AbortController().signal,
    log: { debug: write, info: write, warn: write },
    ...parts,
  });
  onTestFinished(() => server.close());
  return { ...server, lines };
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  readonly agent?: Agent;
  readonly host?: string;
}

function ask(
  server: Pick<WatchServer, 'address' | 'port'>,
  path: string,
  asked: Asked = {},
): Promise<Answered> {
  const { method = 'GET', headers, body, agent = new Agent(), host = server.address } = asked;
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host, port: server.port, path, method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function post(
  server: WatchServer,
  path = '/reconcile',
  headers: OutgoingHttpHeaders = {},
): Promise<Answered> {
  return ask(server, path, { method: 'POST', headers });
}

/** What comes back on a plain connection, until it ends. */
async function raw(server: WatchServer, text: string): Promise<string> {
  const socket = await connected(server);
  let back = '';
  socket.setEncoding('utf8').on('data', (part) => {
    back += part;
  });
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return back;
}

async function connected(server: WatchServer): Promise<Socket> {
  const socket = connect(server.port, server.address);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

describe('what everybody may ask', () => {
  test('health follows the loop', async () => {
    let healthy = true;
    const server = await started({ healthy: () => healthy });
    expect(await ask(server, '/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    healthy = false;
    expect(await ask(server, '/healthz')).toMatchObject({ status: 503 });
  });

  test('readiness gives the reason as text', async () => {
    let state = stateOf({ ready: false, readyReason: 'the blueprints\u001b[31m are broken' });
    const server = await started({ state: () => state });
    const answer = await ask(server, '/readyz');
    expect(answer).toMatchObject({ status: 503, text: 'the blueprints\\x1b[31m are broken\n' });
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    state = stateOf({ ready: true, readyReason: '' });
    expect(await ask(server, '/readyz')).toMatchObject({ status: 200, text: 'ready\n' });
  });

  test('metrics show the state of the moment', async () => {
    const server = await started({ state: () => stateOf({ role: 'standby' }) });
    const answer = await ask(server, '/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).toContain('\nasbuilt_active 0\n');
  });

  test('from any page, host or proxy, with a token set or not', async () => {
    for (const server of [await started(), await started({ token })]) {
      for (const path of ['/healthz', '/readyz', '/metrics']) {
        const headers = {
          host: '10.0.0.7:9464',
          origin: 'https://evil.example',
          'x-forwarded-for': '1.2.3.4',
        };
        expect((await ask(server, path, { headers })).status).toBe(200);
      }
    }
  });

  test('HEAD is answered like GET, without a body', async () => {
    const server = await started();
    for (const path of ['/healthz', '/readyz', '/metrics', '/status']) {
      const answer = await ask(server, path, { method: 'HEAD' });
      expect([path, answer.status, answer.text]).toEqual([path, 200, '']);
      expect(Number(answer.headers['content-length'])).toBeGreaterThan(0);
    }
  });

  test('unknown paths, other methods and odd addresses', async () => {
    const server = await started();
    expect(await ask(server, '/')).toMatchObject({ status: 404, text: 'not found\n' });
    expect((await ask(server, '/status/')).status).toBe(404);
    expect((await ask(server, '/__proto__')).status).toBe(404);
    const wrong = await ask(server, '/reconcile');
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'POST']);
    for (const method of ['POST', 'DELETE', 'OPTIONS']) {
      const answer = await ask(server, '/metrics', { method });
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
    }
    const end = ' HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    expect(await raw(server, `OPTIONS *${end}`)).toContain(' 400 ');
    expect(await raw(server, `GET http://elsewhere.example/status${end}`)).toContain(' 400 ');
    expect(await raw(server, `GET //[?%${end}`)).toContain(' 404 ');
    expect(server.lines.join('\n')).not.toContain('__proto__');
  });

  test('no answer is kept, guessed at or shown in a frame', async () => {
    const server = await started({ token });
    for (const path of ['/healthz', '/metrics', '/status', '/nothing']) {
      const { headers } = await ask(server, path);
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

describe('/status', () => {
  test('is the state as JSON, for people to read', async () => {
    const state = stateOf({ runs: [runOf({})] });
    const server = await started({ state: () => state });
    const answer = await ask(server, '/status');
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.text)).toEqual(JSON.parse(JSON.stringify(state)));
    expect(answer.text).toContain('\n  "project": "staff",\n');
  });

  test('a program on this machine may, by any of its names', async () => {
    const server = await started();
    for (const host of ['localhost', `LOCALHOST:${server.port}`, '127.0.0.1', '[::1]:80']) {
      expect([host, (await ask(server, '/status', { headers: { host } })).status]).toEqual([host, 200]);
    }
  });

  test('a page whose name was made to point here may not', async () => {
    const server = await started();
    const hosts = [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example:80',
      '0.0.0.0',
      'a@localhost',
      '::1',
    ];
    for (const host of hosts) {
      const answer = await ask(server, '/status', { headers: { host } });
      expect([host, answer.status]).toEqual([host, 403]);
      expect(answer.text).not.toContain('staff');
    }
    expect(await raw(server, 'GET /status HTTP/1.0\r\n\r\n')).toContain(' 403 ');
    const empty = 'GET /status HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n';
    expect(await raw(server, empty)).toContain(' 403 ');
  });

  test('what comes through a proxy is not from this machine', async () => {
    const server = await started();
    const names = [
      'X-Forwarded-For',
      'Forwarded',
      'X-Real-IP',
      'Via',
      'X-Forwarded-Host',
      'X-Forwarded-Proto',
    ];
    for (const name of names) {
      const answer = await ask(server, '/status', { headers: { [name]: '127.0.0.1' } });
      expect([name, answer.status]).toEqual([name, 403]);
    }
  });

  const [outer] = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one?.family === 'IPv4' && !one.internal);
  test.skipIf(!outer)('another address than loopback may not, whatever it calls itself', async () => {
    const server = await started({ listen: '0.0.0.0:0' });
    const host = outer!.address;
    expect((await ask(server, '/status', { host, headers: { host: 'localhost' } })).status).toBe(403);
    expect((await ask(server, '/healthz', { host })).status).toBe(200);
    expect((await ask(server, '/status', { host: '127.0.0.1' })).status).toBe(200);
  });

  test('the name that the port was opened with counts', async () => {
    const server = await started({ listen: '127.0.0.2:0' });
    expect((await ask(server, '/status')).status).toBe(200);
    expect((await ask(server, '/status', { headers: { host: '127.0.0.3' } })).status).toBe(403);
    const open = await started({ listen: '0.0.0.0:0' });
    expect((await ask(open, '/status', { headers: { host: '0.0.0.0' } })).status).toBe(403);
  });
});

describe('with a token', () => {
  test('everybody needs it, loopback too, and then comes from wherever', async () => {
    const server = await started({ token });
    const none = await ask(server, '/status');
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer realm="asbuilt"']);
    expect((await post(server)).status).toBe(401);
    for (const authorization of [
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      'Bearer',
      `Basic ${token}`,
      token,
    ]) {
      const answer = await ask(server, '/status', { headers: { authorization } });
      expect([authorization, answer.status]).toEqual([authorization, 401]);
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    }
    const authorization = `bearer ${token}`;
    const headers = { authorization, host: 'ops.example', 'x-forwarded-for': '1.2.3.4' };
    expect((await ask(server, '/status', { headers })).status).toBe(200);
    expect((await post(server, '/reconcile', headers)).status).toBe(202);
  });

  test('it is in no answer and no line of the log', async () => {
    const server = await started({ token });
    const headers = { authorization: `Bearer ${token}` };
    const answers = [
      await ask(server, '/status', { headers }),
      await ask(server, '/metrics', { headers }),
      await ask(server, `/status?token=${token}`),
      await ask(server, `/${token}`),
    ];
    for (const answer of answers) expect(JSON.stringify(answer)).not.toContain(token);
    expect(server.lines.length).toBeGreaterThan(4);
    expect(server.lines.join('\n')).not.toContain(token);
  });

  test('an empty one, or one that no header carries, opens no port', async () => {
    await expect(started({ token: '' })).rejects.toThrow(
      new ServerError('the token of the HTTP port is empty'),
    );
    await expect(started({ token: 'secret\n' })).rejects.toThrow(ServerError);
    await expect(started({ token: 'secret\n' })).rejects.not.toThrow(/secret/);
  });
});

describe('POST /reconcile', () => {
  /** A run that ends when the test says so. */
  function runs(): {
    reconcile: ServerOptions['reconcile'];
    end: (run: RunReport | undefined) => void;
    count: number;
  } {
    let end: (run: RunReport | undefined) => void = () => {};
    const all = {
      count: 0,
      end: (run: RunReport | undefined) => end(run),
      reconcile: () => {
        all.count++;
        return new Promise<RunReport | undefined>((resolve) => {
          end = resolve;
        });
      },
    };
    return all;
  }

  test('starts a run and answers at once', async () => {
    const all = runs();
    const server = await started({ reconcile: all.reconcile });
    const answer = await post(server);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([202, { accepted: true }]);
    expect(all.count).toBe(1);
  });

  test('waits for the report when asked to, however the run ended', async () => {
    for (const [path, headers] of [
      ['/reconcile?wait', {}],
      ['/reconcile?wait=60', {}],
      ['/reconcile', { prefer: 'wait=60' }],
      ['/reconcile', { prefer: 'respond-async, wait' }],
    ] as const) {
      const all = runs();
      const server = await started({ reconcile: all.reconcile });
      const report = runOf({ outcome: 'refused', number: 9, trigger: 'request' });
      let answered = false;
      const asked = post(server, path, headers).finally(() => {
        answered = true;
      });
      await expect.poll(() => all.count, { timeout: 60_000 }).toBe(1);
      expect(answered).toBe(false);
      all.end(report);
      const answer = await asked;
      expect([answer.status, JSON.parse(answer.text)]).toEqual([200, report]);
    }
  });

  test('does not wait longer than asked', async () => {
    const server = await started({ reconcile: runs().reconcile });
    expect((await post(server, '/reconcile?wait=0')).status).toBe(202);
    expect((await post(server, '/reconcile', { prefer: 'wait=0' })).status).toBe(202);
    expect((await post(server, '/reconcile', { prefer: 'awaiting=3, handling=strict' })).status).toBe(202);
  });

  test('starts nothing in standby or at the end', async () => {
    for (const role of ['standby', 'ending'] as const) {
      const all = runs();
      const server = await started({ reconcile: all.reconcile, state: () => stateOf({ role }) });
      const answer = await post(server);
      expect([answer.status, answer.text.includes(role)]).toEqual([503, true]);
      expect(all.count).toBe(0);
    }
  });

  test('says when there was no run, and when it failed, without the reason', async () => {
    const none = await started({ reconcile: async () => undefined });
    expect((await post(none, '/reconcile?wait')).status).toBe(503);
    const broken = await started({ reconcile: () => Promise.reject(new Error('password hunter2 is wrong')) });
    const answer = await post(broken, '/reconcile?wait');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('hunter2');
    expect((await post(broken)).status).toBe(202);
    expect((await ask(broken, '/healthz')).status).toBe(200);
  });

  test('refuses a page of another origin, token or not, and takes one of its own', async () => {
    const all = runs();
    for (const server of [
      await started({ reconcile: all.reconcile }),
      await started({ token, reconcile: all.reconcile }),
    ]) {
      const authorization = `Bearer ${token}`;
      for (const origin of [
        'https://evil.example',
        'null',
        'http://localhost',
        `http://127.0.0.1:${server.port + 1}`,
      ]) {
        const answer = await post(server, '/reconcile', { origin, authorization });
        expect([origin, answer.status]).toEqual([origin, 403]);
      }
      const origin = `http://127.0.0.1:${server.port}`;
      expect((await post(server, '/reconcile', { origin, authorization })).status).toBe(202);
    }
    expect(all.count).toBe(2);
  });

  test('ignores a body, and refuses a long one', async () => {
    const all = runs();
    const server = await started({ reconcile: all.reconcile });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    for (let time = 0; time < 3; time++) {
      const answer = await ask(server, '/reconcile', { method: 'POST', body: 'x'.repeat(65_536), agent });
      expect(answer.status).toBe(202);
    }
    const head = 'POST /reconcile HTTP/1.1\r\nHost: localhost\r\n';
    expect(await raw(server, `${head}Content-Length: 65537\r\n\r\n`)).toMatch(
      / 413 [\s\S]*\r\nConnection: close\r\n/,
    );
    const chunk = `${(33_000).toString(16)}\r\n${'x'.repeat(33_000)}\r\n`;
    expect(await raw(server, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`)).toContain(' 413 ');
    expect(all.count).toBe(3);
  });

  test('a client that goes away starts nothing before its request is whole, and breaks nothing', async () => {
    const all = runs();
    const server = await started({ reconcile: all.reconcile });
    const socket = await connected(server);
    const part = 'POST /reconcile HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc';
    await new Promise((resolve) => socket.write(part, resolve));
    socket.destroy();
    await expect
      .poll(() => server.lines.some((line) => line.includes('"status":400')), { timeout: 60_000 })
      .toBe(true);
    expect(all.count).toBe(0);
    expect((await ask(server, '/healthz')).status).toBe(200);
  });
});

describe('connections', () => {
  test('are kept for further requests, also after a refusal', async () => {
    const server = await started({ token });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const sockets = new Set<Socket>();
    agent.on('free', (socket: Socket) => sockets.add(socket));
    for (const path of ['/healthz', '/nothing', '/status', '/metrics', '/reconcile'])
      await ask(server, path, { agent });
    expect(sockets.size).toBe(1);
  });

  test('closing ends idle ones, silent ones and half a request soon', async () => {
    const server = await started();
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    await ask(server, '/healthz', { agent });
    const silent = await connected(server);
    const half = await connected(server);
    half.write('GET /healthz HTTP/1.1\r\nHost: local');
    const ended = [silent, half].map((socket) => once(socket.on('error', () => {}).resume(), 'close'));
    let answer = '';
    half.on('data', (bytes) => (answer += bytes));
    await server.close();
    await Promise.all(ended);
    // Half a second of grace: the limit that would end it anyway answers 408 first.
    expect(answer).toBe('');
    await expect(ask(server, '/healthz')).rejects.toThrow(/ECONNREFUSED/);
    await server.close();
  });

  test('hundreds that stay open with half a request keep nobody out', async () => {
    const server = await started();
    const open = await Promise.all(
      Array.from({ length: 300 }, async (_, at) => {
        const socket = await connected(server);
        socket.on('error', () => {});
        if (at % 2 === 0) socket.write('GET /healthz HTTP/1.1\r\nHost: local');
        return socket;
      }),
    );
    onTestFinished(() => {
      for (const socket of open) socket.destroy();
    });
    const before = performance.now();
    for (let count = 0; count < 5; count++) expect((await ask(server, '/healthz')).status).toBe(200);
    // Before any of the time limits ends one of them.
    expect(performance.now() - before).toBeLessThan(4_000);
  });

  test('who waits for a run is told that the watch ends', async () => {
    const controller = new AbortController();
    const called: number[] = [];
    const server = await started({
      signal: controller.signal,
      reconcile: () => {
        called.push(1);
        return new Promise(() => {});
      },
    });
    const asked = post(server, '/reconcile?wait');
    await expect.poll(() => called.length, { timeout: 60_000 }).toBe(1);
    controller.abort();
    const answer = await asked;
    expect([answer.status, answer.headers.connection]).toEqual([503, 'close']);
    expect(answer.text).toContain('ending');
    await server.close();
  });
});

describe('where it listens', () => {
  test('loopback unless another host is written', () => {
    expect(parseListen('9464')).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(parseListen(':9464')).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(parseListen('0.0.0.0:80')).toEqual({ host: '0.0.0.0', port: 80 });
    expect(parseListen('[::1]:80')).toEqual({ host: '::1', port: 80 });
    expect(parseListen('ops-1.example:80')).toEqual({ host: 'ops-1.example', port: 80 });
  });

  test.each([
    ['', 'write `port`, `host:port` or `[IPv6]:port`'],
    ['localhost', 'write `port`, `host:port` or `[IPv6]:port`'],
    ['http://localhost:80', 'write `port`, `host:port` or `[IPv6]:port`'],
    ['a b:80', 'write `port`, `host:port` or `[IPv6]:port`'],
    ['localhost:-1', 'write `port`, `host:port` or `[IPv6]:port`'],
    ['::1:80', 'an IPv6 address needs brackets, as in `[::1]:9464`'],
    ['[localhost]:80', 'what is in brackets is no IPv6 address'],
    ['*:80', 'for all addresses write `0.0.0.0` or `[::]`'],
    ['localhost:65536', 'a port is a number from 0 to 65535'],
  ])('`%s` is refused: %s', async (listen, why) => {
    await expect(started({ listen })).rejects.toThrow(
      new ServerError(`cannot listen on \`${listen}\`: ${why}`),
    );
  });

  test('a port in use is one clear error', async () => {
    const other = createTcpServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const listen = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const error = await started({ listen }).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({
      message: `cannot listen on \`${listen}\`: the port is in use by another program`,
      cause: { code: 'EADDRINUSE' },
    });
  });

  test('an address of another machine is one clear error', async () => {
    await expect(started({ listen: '192.0.2.1:0' })).rejects.toThrow(
      new ServerError('cannot listen on `192.0.2.1:0`: this machine does not have the address'),
    );
  });

  test('a signal that came already opens nothing', async () => {
    await expect(started({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  });

  test('tells where, and IPv6 loopback is loopback', async (context) => {
    const server = await started({ listen: '[::1]:0' }).catch((error: Error) => {
      if (/addresses of that sort|does not have the address/.test(error.message)) return context.skip();
      throw error;
    });
    expect(server.url).toBe(`http://[::1]:${server.port}`);
    expect((await ask(server, '/status')).status).toBe(200);
  });
});
