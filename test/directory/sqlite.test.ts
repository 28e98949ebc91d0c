/** What only the embedded directory promises: other processes, files that are not as they should be, and what is kept. */
import { spawn } from 'node:child_process';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verify } from '@node-rs/argon2';
import { beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/reconcile/open-store.js';
import { listAll } from '../contract/directory.js';
import { make } from '../contract/samples.js';
import { type StoreFile, storeFile } from './store-file.js';

const user = 'authentik_core.user';
const group = 'authentik_core.group';
const signal = new AbortController().signal;

let { file, url, open, byHand }: StoreFile = {} as StoreFile;
beforeEach(() => {
  ({ file, url, open, byHand } = storeFile());
});

const tables = ['object', 'reference', 'unique_key', 'object_permission', 'audit', 'ledger'];
const contents = (): unknown[][] => tables.map((table) => byHand(`SELECT * FROM ${table}`));

describe('the file', () => {
  test('is made for its owner only', async () => {
    await open();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('that is no database is refused and left alone', async () => {
    writeFileSync(file, 'some notes of mine that are not a database');
    await expect(open()).rejects.toMatchObject({ code: 'corrupt' });
    expect(readFileSync(file, 'utf8')).toBe('some notes of mine that are not a database');
  });

  test('of another program is refused and left alone', async () => {
    byHand('CREATE TABLE recipe (name TEXT)');
    await expect(open()).rejects.toMatchObject({ code: 'corrupt' });
    expect(byHand('SELECT name FROM sqlite_master')).toEqual([['recipe']]);
  });

  test('that was cut short is refused', async () => {
    const { directory, close } = await open();
    for (let at = 0; at < 200; at++)
      await make(directory, 'group', { attributes: { text: 'x'.repeat(2_000) } });
    await close();
    truncateSync(file, 40_960);
    const reading = open().then(({ directory: cut }) => listAll(cut, group));
    await expect(reading).rejects.toMatchObject({ code: 'corrupt' });
  });

  test('that a newer version wrote is refused and left alone', async () => {
    await (await open()).close();
    byHand("UPDATE meta SET value = '99' WHERE name = 'version'");
    await expect(open()).rejects.toMatchObject({
      code: 'newer',
      message: expect.stringContaining('version 99'),
    });
  });

  test('that is a folder cannot be reached', async () => {
    await expect(openStore(`sqlite:${join(file, '..')}`)).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('is the same store when it is opened again', async () => {
    const first = await open();
    const ada = await make(first.directory, 'user', { username: 'ada' });
    const { key } = first.ledger;
    await first.close();
    const second = await open();
    expect(await listAll(second.directory, user)).toEqual([ada]);
    expect(second.ledger.key).toEqual(key);
    expect(second.identity).toBe(first.identity);
  });
});

describe('several writers', () => {
  test('a process that is killed in a transaction leaves nothing of it', async () => {
    const { directory } = await open();
    await make(directory, 'group', { name: 'before' });
    const before = contents();
    const program = `
      import { openStore } from ${JSON.stringify(fileURLToPath(new URL('../../src/reconcile/open-store.ts', import.meta.url)))};
      const { transaction } = await openStore(${JSON.stringify(url)});
      const signal = new AbortController().signal;
      await transaction(async ({ directory, ledger }) => {
        for (let at = 0; at < 50; at++) await directory.create('${group}', { name: 'g' + at }, signal);
        await ledger.put('p', [{ address: 'group/g1', kind: '${group}', id: 'x', ownership: 'created', place: '', labels: {}, whole: '', paths: {} }]);
        process.stdout.write('written');
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.on('exit', (_code, cause) => resolve(cause)));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    expect(contents()).toEqual(before);
    await make(directory, 'group', { name: 'g1' });
  });

  test('a failed transaction takes the ledger back too', async () => {
    const { directory, ledger, transaction } = await open();
    const failing = transaction(async (within) => {
      const ada = await make(within.directory, 'user', { username: 'ada' });
      await within.ledger.intend('p', [{ address: 'user/ada', kind: user, since: '2026-01-01T00:00:00Z' }]);
      await within.ledger.put('p', [record('user/ada', ada.id as number)]);
      expect((await within.ledger.read('p')).size).toBe(1);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await ledger.read('p')).toEqual(new Map());
    expect(await ledger.intents('p')).toEqual([]);
    expect(await listAll(directory, user)).toEqual([]);
  });

  test('two connections take turns, and each sees what the other wrote', async () => {
    const [one, two] = [await open(), await open()];
    const order: string[] = [];
    const first = one.transaction(async ({ directory }) => {
      await make(directory, 'user', { username: 'ada' });
      await new Promise((resolve) => setTimeout(resolve, 60));
      order.push('one');
    });
    const second = two.transaction(async ({ directory }) => {
      order.push('two');
      expect(await listAll(directory, user)).toHaveLength(1);
    });
    await Promise.all([first, second]);
    expect(order).toEqual(['one', 'two']);
  });

  test('a writer that waits too long is told that the store is busy', async () => {
    const [one, two] = [await open(), await open(40)];
    await one.transaction(async ({ directory }) => {
      await make(directory, 'user', { username: 'ada' });
      await expect(make(two.directory, 'user', { username: 'bob' })).rejects.toMatchObject({ code: 'busy' });
    });
    await make(two.directory, 'user', { username: 'bob' });
  });

  test('transactions of one connection wait for one another', async () => {
    const { directory } = await open();
    const ends: number[] = [];
    await Promise.all(
      [1, 2, 3].map((number) =>
        directory.transaction(async (within) => {
          await make(within, 'user', { username: `user-${number}` });
          await new Promise((resolve) => setTimeout(resolve, 5));
          ends.push(number);
        }),
      ),
    );
    expect(ends).toEqual([1, 2, 3]);
    expect(await listAll(directory, user)).toHaveLength(3);
  });

  test('changes tells that somebody else wrote, and ends with its signal', async () => {
    const [one, two] = [await open(), await open()];
    const stop = new AbortController();
    const changes = one.directory.changes!(stop.signal)[Symbol.asyncIterator]();
    const next = changes.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await make(two.directory, 'user', { username: 'ada' });
    expect((await next).done).toBe(false);
    stop.abort();
    expect((await changes.next()).done).toBe(true);
  });
});

describe('what is kept', () => {
  test('of a password only a hash', async () => {
    const { directory } = await open();
    const ada = await make(directory, 'user', { username: 'ada', password: 'correct horse' });
    const stored = (): string =>
      JSON.parse(
        (byHand(`SELECT secrets FROM object WHERE id = '${ada.id}' AND kind = '${user}'`)[0] as string[])[0]!,
      ).password;
    expect(stored()).toMatch(/^\$argon2id\$/);
    expect(await verify(stored(), 'correct horse')).toBe(true);
    await directory.update(user, ada.id, {}, { password: 'battery staple' }, signal);
    expect(await verify(stored(), 'battery staple')).toBe(true);
    expect(readFileSync(file).includes('correct horse')).toBe(false);
    expect(await listAll(directory, user)).toEqual([
      expect.objectContaining({ attributes: expect.not.objectContaining({ password: expect.anything() }) }),
    ]);
  });

  test('of every write an event, as long as the settings say', async () => {
    const { directory } = await open();
    const ada = await make(directory, 'user', { username: 'ada' });
    await directory.update(user, ada.id, {}, { email: 'ada@example.org' }, signal);
    await directory.update(user, ada.id, {}, { email: 'ada@example.org' }, signal);
    await directory.delete(user, ada.id, signal);
    const events = byHand(
      `SELECT action, name, fields FROM audit WHERE kind = '${user}' AND name = 'user ada'`,
    );
    expect(events).toEqual([
      ['create', 'user ada', expect.stringContaining('username')],
      ['update', 'user ada', '["email"]'],
      ['delete', 'user ada', '[]'],
    ]);
    byHand("UPDATE audit SET at = '2020-01-01T00:00:00Z'");
    await make(directory, 'group', { name: 'staff' });
    expect(byHand('SELECT name FROM audit')).toEqual([['group staff']]);
  });
});

describe('URLs', () => {
  test('other schemes are unsupported, and the error names what is', async () => {
    for (const other of ['postgres://localhost/db', 'okta+https://x.okta.com', 'directory.db']) {
      await expect(openStore(other)).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('sqlite:'),
      });
    }
  });

  test('a host in the URL of a file is an error, lest a relative path becomes one below the root', async () => {
    await expect(openStore('sqlite://data/directory.db')).rejects.toMatchObject({
      code: 'unsupported',
      message:
        'sqlite://data/directory.db names a host, but a file has none; write sqlite:data/directory.db for a relative path, sqlite:///data/directory.db for an absolute one',
    });
  });

  test('a relative path starts from the folder that is given', async () => {
    const { directory, close } = await openStore('sqlite:deep/down/directory.db', {
      cwd: join(file, '..'),
    });
    await close();
    expect(directory.name).toBe('sqlite:deep/down/directory.db');
    expect(statSync(join(file, '..', 'deep/down/directory.db')).isFile()).toBe(true);
  });
});

function record(address: string, id: number | string) {
  return {
    address,
    kind: user,
    id,
    ownership: 'created' as const,
    place: 'a.yaml:1',
    labels: {},
    whole: 'w',
    paths: {},
  };
}
