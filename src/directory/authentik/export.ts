/** Has authentik export users or events in the background (`enterprise/reports`), waits for the file and fetches it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectType } from '../../query/schema.js';
import type { ServerExport } from '../directory.js';
import { DirectoryError } from '../errors.js';
import { bodyOf, type Session } from './session.js';

const paths: Partial<Record<ObjectType, string>> = {
  users: '/core/users/export/',
  events: '/events/events/export/',
};

/** A worker that does nothing leaves an export open for ever. In milliseconds. */
const longestWait = 600_000;
const longestPause = 5_000;

/** The file as authentik wrote it. Throws DirectoryError `unsupported` without a licence, `busy` when it does not come. */
export async function serverExport(
  { client, version }: Session,
  type: ObjectType,
  asked: ServerExport,
  signal: AbortSignal,
  waiting: () => void,
): Promise<Uint8Array> {
  const path = paths[type];
  if (path === undefined) throw new DirectoryError('unsupported', `authentik itself exports no ${type}`);
  const begun = await client.post(path, { query: { ...asked }, expect: [400, 404, 405] }, signal);
  if (begun.status === 404 || begun.status === 405)
    throw new DirectoryError(
      'unsupported',
      `authentik ${version} exports nothing itself; leave out --server`,
    );
  if (begun.status === 400) {
    const text = JSON.stringify(begun.body ?? '');
    const why = /enterprise/i.test(text) ? 'it has no enterprise licence' : `it says ${text}`;
    throw new DirectoryError(
      'unsupported',
      `${client.url} does not export ${type} itself: ${why}; leave out --server`,
    );
  }
  const { id } = bodyOf(begun);
  const until = Date.now() + longestWait;
  for (let pause = 200; ; pause = Math.min(pause * 1.5, longestPause)) {
    const { completed, file_url: file } = bodyOf(
      await client.get(`/reports/exports/${encodeURIComponent(String(id))}/`, {}, signal),
    );
    if (completed === true && typeof file === 'string' && file !== '') return client.download(file, signal);
    if (Date.now() > until) {
      const message = `${client.url} has not finished the export ${id}; is its worker running?`;
      throw new DirectoryError('busy', message, { uncertain: false });
    }
    waiting();
    await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
