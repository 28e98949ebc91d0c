/** Stores behind the identity server of the tests: a directory reached over HTTP, and a ledger of its own. */
import { onTestFinished } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.js';
import { openLedger, type Store } from '../../src/reconcile/open-store.js';
import { openHttpDirectory } from './http-directory.js';
import { type Behaviour, type IdentityServer, identityServer } from './http-server.js';
import { memoryLedger } from './memory-ledger.js';
import { noTrouble, type TroubledSubject } from './trouble.js';

/** Opens the server's directory with a ledger, which is closed with it. Throws DirectoryError. */
export async function openHttpStore(server: IdentityServer, ledger: Ledger, token?: string): Promise<Store> {
  const directory = await openHttpDirectory(server.url, {
    token: token ?? server.behaviour.token,
    signal: new AbortController().signal,
  });
  return {
    directory,
    identity: server.url,
    ledger,
    transaction: (work) => work({ directory, ledger }),
    close: async () => {
      await directory.close();
      await ledger.close();
    },
  };
}

/** A server that stops when the test ends, and a way to open its store again and again. */
export async function httpSubject(
  changed: Partial<Behaviour> = {},
  ledgerUrl?: string,
): Promise<{ server: IdentityServer; open(): Promise<Store> }> {
  const server = await identityServer(changed);
  onTestFinished(() => server.close());
  const inMemory = memoryLedger();
  return {
    server,
    open: async () => {
      const named = { identity: server.url, name: server.url };
      return openHttpStore(server, ledgerUrl === undefined ? inMemory : await openLedger(ledgerUrl, named));
    },
  };
}

/** The same with what may go wrong: the server itself misbehaves. */
export async function troubledHttp(): Promise<TroubledSubject & { readonly server: IdentityServer }> {
  const trouble = noTrouble();
  const { server, open } = await httpSubject({
    lacks: trouble.lacks,
    may: (right, kind) => right === 'write' || !trouble.denied.has(kind),
    fault: ({ call, kind }) => {
      if (call === 'password' && trouble.passwordFails) return { status: 500 };
      if (call !== 'create' || trouble.lost?.kind !== kind) return undefined;
      return { reset: trouble.lost.landed ? 'after' : 'before' };
    },
  });
  return { server, trouble, open };
}
