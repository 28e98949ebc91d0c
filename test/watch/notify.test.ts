/** Runs in, what a real receiver on loopback gets, and how often, out. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createNotifier,
  type Notification,
  type Notifier,
  type NotifierOptions,
} from '../../src/watch/notify.js';
import { NotifierError } from '../../src/watch/notify-target.js';
import type { RunReport } from '../../src/watch/state.js';
import { runOf, stateOf } from './notify-samples.js';

const path = '/services/T000/B000/very-secret';

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly body: Notification;
  readonly at: number;
}

interface Receiver {
  readonly url: string;
  readonly host: string;
  readonly received: Received[];
  count(count: number): Promise<void>;
}

/** A receiver that answers each request as the next of `answers` says, and those after them with 200. */
async function receiver(
  answers: readonly (number | ((response: ServerResponse) => void))[] = [],
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let raw = '';
    request.setEncoding('utf8');
    request.on('data', (part) => {
      raw += part;
    });
    request.on('end', () => {
      const answer = answers[received.length] ?? 200;
      const { url = '', headers } = request;
      received.push({ url, headers, raw, body: JSON.parse(raw), at: performance.now() });
      if (typeof answer === 'function') answer(response);
      else response.writeHead(answer).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}${path}`,
    host,
    received,
    count: (count) => expect.poll(() => received.length, { timeout: 60_000 }).toBe(count),
  };
}

interface Told extends Notifier {
  readonly lines: string[];
  readonly outcomes: string[];
}

function notifier(url: string, parts: Partial<NotifierOptions> = {}): Told {
  const lines: string[] = [];
  const outcomes: string[] = [];
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const made = createNotifier({
    url,
    log: { debug: write, info: write, warn: write },
    signal: new AbortController().signal,
    firstWait: 5,
    sent: (outcome) => outcomes.push(outcome),
    ...parts,
  });
  onTestFinished(() => made.settle(0));
  return { notify: made.notify.bind(made), settle: made.settle.bind(made), lines, outcomes };
}

/** A run of its own: a change of another user. */
function changeOf(number: number): RunReport {
  const change = {
    verb: 'update',
    address: `user/u${number}`,
    fields: ['email'],
    reasons: ['edited'],
  } as const;
  return runOf({ number, changes: [change] });
}

describe('what is posted', () => {
  test('JSON that says what happened by names, and a text for a chat', async () => {
    const to = await receiver();
    const from = notifier(to.url);
    const run = runOf({ number: 7, trigger: 'files' });
    from.notify(run, stateOf({}));
    await from.settle(20_000);
    const [got] = to.received;
    expect(got).toMatchObject({ url: path, headers: { 'content-type': 'application/json; charset=utf-8' } });
    expect(got!.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      text: '*Changed (1 change)*: project `staff`, directory `sqlite:directory.db`\n• update `user/ada`: email (edited), `staff.yaml:4`',
      event: 'change',
      project: 'staff',
      directory: 'sqlite:directory.db',
      mode: 'apply',
      ready: true,
      readyReason: 'in sync',
      run: JSON.parse(JSON.stringify(run)),
      missed: 0,
    });
    expect(got!.headers['x-asbuilt-signature']).toBeUndefined();
    expect(from.outcomes).toEqual(['sent']);
  });

  test('a signature over time and body, which nobody without the secret can make', async () => {
    const to = await receiver([500]);
    let now = 1_700_000_000_999;
    const from = notifier(to.url, {
      secret: 'shared',
      now: () => {
        now += 5_000;
        return now;
      },
    });
    from.notify(runOf({}), stateOf({}));
    await to.count(2);
    const stamps = to.received.map(({ headers, raw }) => {
      const stamp = headers['x-asbuilt-timestamp'];
      const expected = createHmac('sha256', 'shared').update(`${stamp}.${raw}`).digest('hex');
      expect(headers['x-asbuilt-signature']).toBe(`sha256=${expected}`);
      expect(headers['x-asbuilt-signature']).not.toContain(
        createHmac('sha256', '').update(raw).digest('hex'),
      );
      return Number(stamp);
    });
    expect(stamps[0]).toBeGreaterThan(1_700_000_000);
    expect(stamps[1]).toBeGreaterThan(stamps[0]!);
    expect(to.received[1]!.body.id).toBe(to.received[0]!.body.id);
  });

  test('user and password of the URL go into a header', async () => {
    const to = await receiver();
    const from = notifier(`http://bot:p%40ss@${to.host}/hook?key=1`);
    from.notify(runOf({}), stateOf({}));
    await to.count(1);
    const authorization = `Basic ${Buffer.from('bot:p@ss').toString('base64')}`;
    expect(to.received[0]).toMatchObject({ url: '/hook?key=1', headers: { authorization } });
  });
});

describe('trying again', () => {
  test('after answers that may pass and broken connections, until it is taken', async () => {
    const to = await receiver([500, 503, (response) => response.destroy(), 408]);
    const from = notifier(to.url);
    from.notify(runOf({}), stateOf({}));
    await expect.poll(() => from.outcomes, { timeout: 60_000 }).toEqual(['sent']);
    expect(to.received.length).toBe(5);
    expect(new Set(to.received.map((one) => one.raw)).size).toBe(1);
  });

  test('not sooner than the receiver asks', async () => {
    const soon = () => new Date(Date.now() + 1_000).toUTCString();
    const to = await receiver([
      (response) => response.writeHead(429, { 'retry-after': '1' }).end(),
      (response) => response.writeHead(503, { 'retry-after': soon() }).end(),
    ]);
    const from = notifier(to.url);
    from.notify(runOf({}), stateOf({}));
    await to.count(3);
    // A timer may be a little early by the other clock.
    expect(to.received[1]!.at - to.received[0]!.at).toBeGreaterThan(950);
    expect(from.lines.filter((one) => one.includes('tried again')).length).toBe(2);
  });

  test('five times at most; the next one says that one is missing', async () => {
    const to = await receiver([500, 500, 500, 500, 500]);
    const from = notifier(to.url);
    from.notify(changeOf(1), stateOf({}));
    from.notify(changeOf(2), stateOf({}));
    await expect.poll(() => from.outcomes, { timeout: 60_000 }).toEqual(['failed', 'sent']);
    expect(to.received.map((one) => one.body.run.number)).toEqual([1, 1, 1, 1, 1, 2]);
    expect(to.received[5]!.body.missed).toBe(1);
    expect(to.received[5]!.body.text).toContain('1 earlier notification did not arrive.');
    from.notify(changeOf(3), stateOf({}));
    await to.count(7);
    expect(to.received[6]!.body.missed).toBe(0);
  });

  test.each([400, 401, 404, 410, 413])('not after %i', async (status) => {
    const to = await receiver([status]);
    const from = notifier(to.url);
    from.notify(runOf({}), stateOf({}));
    await from.settle(20_000);
    expect([to.received.length, from.outcomes]).toEqual([1, ['failed']]);
  });

  test('redirects are not followed', async () => {
    const elsewhere = await receiver();
    const to = await receiver([(response) => response.writeHead(307, { location: elsewhere.url }).end()]);
    const from = notifier(to.url, { secret: 'shared' });
    from.notify(runOf({}), stateOf({}));
    await from.settle(20_000);
    expect([to.received.length, elsewhere.received.length, from.outcomes]).toEqual([1, 0, ['failed']]);
    expect(from.lines.join()).toContain('redirects are not followed');
  });

  test('an answer that does not come in time, or not to its end', async () => {
    const to = await receiver([() => {}, (response) => void response.writeHead(200).write('o')]);
    const from = notifier(to.url, { fetchTimeout: 200 });
    from.notify(runOf({}), stateOf({}));
    await expect.poll(() => from.outcomes, { timeout: 60_000 }).toEqual(['sent']);
    expect(to.received.length).toBe(2);
    expect(from.lines.join()).toContain('no answer in time');
  });
});

describe('the queue', () => {
  test('keeps the order, whatever fails in between', async () => {
    const to = await receiver([500, 200, 404, 500]);
    const from = notifier(to.url);
    for (let number = 1; number <= 5; number++) from.notify(changeOf(number), stateOf({}));
    await expect.poll(() => from.outcomes.length, { timeout: 60_000 }).toBe(5);
    expect(to.received.map((one) => one.body.run.number)).toEqual([1, 1, 2, 3, 3, 4, 5]);
  });

  test('a receiver that does not answer holds nobody up, and what is too much is dropped and counted', async () => {
    let release = () => {};
    const to = await receiver([
      (response) => {
        release = () => response.end();
      },
    ]);
    const from = notifier(to.url, { fetchTimeout: 50_000 });
    from.notify(changeOf(1), stateOf({}));
    await to.count(1);
    for (let number = 2; number <= 131; number++) from.notify(changeOf(number), stateOf({}));
    expect(to.received.length).toBe(1);
    expect(from.outcomes).toEqual(Array(30).fill('dropped'));
    expect(from.lines.filter((one) => one.includes('dropped')).length).toBe(1);
    release();
    await to.count(101);
    // The first was under way already; of those that waited the oldest thirty are gone.
    expect(to.received.map((one) => one.body.run.number)).toEqual([
      1,
      ...Array.from({ length: 100 }, (_, at) => at + 32),
    ]);
    expect(to.received[1]!.body.missed).toBe(30);
    expect(to.received[2]!.body.missed).toBe(0);
  });
});

describe('the end of the watch', () => {
  test('waits for what is under way and what waits', async () => {
    const to = await receiver([(response) => void setTimeout(() => response.end(), 100)]);
    const from = notifier(to.url);
    from.notify(changeOf(1), stateOf({}));
    from.notify(changeOf(2), stateOf({}));
    await from.settle(20_000);
    expect(from.outcomes).toEqual(['sent', 'sent']);
    from.notify(changeOf(3), stateOf({}));
    await from.settle(20_000);
    expect(to.received.length).toBe(2);
  });

  test('a signal ends the waiting between tries, and each is tried once more', async () => {
    const later = (response: ServerResponse) => response.writeHead(503, { 'retry-after': '300' }).end();
    const to = await receiver([later, later, later, later]);
    const controller = new AbortController();
    const from = notifier(to.url, { signal: controller.signal });
    from.notify(changeOf(1), stateOf({}));
    await to.count(1);
    from.notify(changeOf(2), stateOf({}));
    controller.abort();
    await from.settle(20_000);
    expect(from.outcomes).toEqual(['failed', 'failed']);
    expect(to.received.map((one) => one.body.run.number)).toEqual([1, 1, 2, 2]);
  });

  test('is not held up by a receiver that does not answer', async () => {
    const to = await receiver([() => {}]);
    const from = notifier(to.url, { fetchTimeout: 3_600_000 });
    from.notify(changeOf(1), stateOf({}));
    from.notify(changeOf(2), stateOf({}));
    await to.count(1);
    await from.settle(50);
    expect(from.outcomes).toEqual(['failed', 'dropped']);
    expect(to.received.length).toBe(1);
  });
});

describe('secrets', () => {
  test('no line of the log and no error has the URL or the secret, only the host', async () => {
    const to = await receiver([500, 404, (response) => response.writeHead(302, { location: '/x' }).end()]);
    const gone = await receiver();
    const secret = 'shared-hmac-secret';
    const url = to.url.replace('//', '//bot:hunter2@');
    const from = notifier(`${url}?key=query-secret`, { secret });
    from.notify(changeOf(1), stateOf({}));
    from.notify(changeOf(2), stateOf({}));
    from.notify(changeOf(3), stateOf({}));
    await from.settle(20_000);
    const closed = notifier(gone.url.replace(/:\d+/, ':1'), { secret, retries: 1 });
    closed.notify(changeOf(1), stateOf({}));
    await closed.settle(20_000);
    const lines = [...from.lines, ...closed.lines].join('\n');
    expect(lines).toContain(to.host);
    expect(lines).toContain('ECONNREFUSED');
    expect(lines).not.toMatch(/very-secret|services|hunter2|query-secret|shared-hmac/);
    expect(to.received[0]!.raw).not.toMatch(/very-secret|hunter2|query-secret|shared-hmac/);
  });

  test.each([
    ['not a url hunter2', 'the URL of the webhook is not a URL'],
    ['ftp://chat.example/hunter2', 'the URL of the webhook must begin with https://'],
    ['javascript:hunter2', 'the URL of the webhook must begin with https://'],
    [
      'http://chat.example:8080/hunter2',
      'the webhook at chat.example:8080 needs https://; http:// is for this machine only',
    ],
    [
      'http://u:hunter2@localhost.evil.example/',
      'the webhook at localhost.evil.example needs https://; http:// is for this machine only',
    ],
  ])('%s is refused', (url, message) => {
    const error = caught(() => notifier(url));
    expect(error).toBeInstanceOf(NotifierError);
    expect(error.message).toBe(message);
    expect(error.cause).toBeUndefined();
  });

  test('https anywhere, http on this machine or where it is allowed', () => {
    for (const url of [
      'https://chat.example/x',
      'http://localhost/x',
      'http://[::1]:1/x',
      'http://127.0.0.9/x',
    ]) {
      expect(() => notifier(url)).not.toThrow();
    }
    expect(() => notifier('https://chat.example/x', { secret: '' })).toThrow(NotifierError);
  });
});

function caught(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
