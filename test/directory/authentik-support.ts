/** An authentik server under test that looks empty: what it has from the beginning is left out of lists, and what a test made is deleted. */
import { openAuthentik } from '../../src/directory/authentik/open.js';
import type { Directory } from '../../src/directory/directory.js';
import { settingsKind } from '../../src/model/kind-names.js';
import { type Kind, type LiveObject, objectKey } from '../../src/model/model.js';
import { assertRequestMatchesOpenApi } from '../authentik/request-check.js';
import { type Authentik, type AuthentikOptions, startAuthentik } from '../authentik/server.js';

const signal = new AbortController().signal;

/** Kinds that a fresh server has objects of and tests list. */
const known: readonly Kind[] = [
  'authentik_core.user',
  'authentik_core.group',
  'authentik_core.token',
  'authentik_rbac.role',
  'authentik_stages_invitation.invitation',
  'authentik_policies.policybinding',
];

export interface Opened {
  readonly directory: Directory;
  readonly server: Authentik;
  close(): Promise<void>;
}

/** The test server and the driver on it. */
export async function openTestServer(options: AuthentikOptions = {}): Promise<Opened> {
  const server = await startAuthentik(options);
  const { directory } = await openAuthentik(`authentik+${server.url}`, { token: server.token, pause: 5 });
  return {
    directory: await emptyLooking(directory),
    server,
    close: async () => {
      await directory.close();
      await server.close();
      for (const one of server.requests) assertRequestMatchesOpenApi(one, server.version);
    },
  };
}

/** A real server, from which everything that the tests made is deleted at the end. */
export async function openRealServer(
  url: string,
  token: string,
): Promise<Pick<Opened, 'directory' | 'close'>> {
  const { directory } = await openAuthentik(`authentik+${url}`, { token });
  const made: LiveObject[] = [];
  const settings = await firstOf(directory, settingsKind);
  const looking = await emptyLooking(directory);
  const recording: Directory = {
    ...looking,
    create: async (kind, fields, stop) => {
      const created = await looking.create(kind, fields, stop);
      made.push(created.object);
      return created;
    },
    transaction: (work) => work(recording),
  };
  return {
    directory: recording,
    close: async () => {
      for (const { kind, id } of made.reverse()) await directory.delete(kind, id, signal).catch(() => {});
      const now = await firstOf(directory, settingsKind);
      await directory.update(settingsKind, now.id, now.attributes, settings.attributes, signal);
      await directory.close();
    },
  };
}

async function emptyLooking(directory: Directory): Promise<Directory> {
  const hidden = new Set<string>();
  for (const kind of known)
    for await (const { id } of directory.list(kind, {}, signal)) hidden.add(objectKey(kind, id));
  const looking: Directory = {
    ...directory,
    list: async function* (kind, options, stop) {
      for await (const one of directory.list(kind, options, stop))
        if (!hidden.has(objectKey(kind, one.id))) yield one;
    },
    transaction: (work) => work(looking),
  };
  return looking;
}

async function firstOf(directory: Directory, kind: Kind): Promise<LiveObject> {
  for await (const one of directory.list(kind, {}, signal)) return one;
  throw new Error(`there is no ${kind}`);
}
