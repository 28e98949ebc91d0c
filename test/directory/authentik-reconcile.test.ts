/** The reconcile over authentik's REST API as the test server gives it, with a ledger in a file. `MOMENTS=1` stops at every write. */
import { onTestFinished } from 'vitest';
import type { Directory } from '../../src/directory/directory.js';
import { brandKind } from '../../src/model/kind-names.js';
import type { LiveObject } from '../../src/model/model.js';
import { openLedger } from '../../src/reconcile/open-store.js';
import { reconcileContract } from '../contract/reconcile.js';
import { databaseIn, temporaryFolder } from '../support/request.js';
import { openTestServer } from './authentik-support.js';

reconcileContract(
  'the reconcile over authentik',
  async () => {
    const { directory: whole, close } = await openTestServer();
    onTestFinished(close);
    // What happened on the way is no part of where it ends.
    const kinds = new Set([...whole.kinds].filter((kind) => kind !== 'authentik_events.event'));
    const directory: Directory = {
      ...whole,
      kinds,
      list: async function* (kind, options, signal) {
        for await (const one of whole.list(kind, options, signal)) yield withoutHours(one);
      },
      transaction: (work) => work(directory),
    };
    await withoutDefaultBrand(directory);
    const url = databaseIn(temporaryFolder(), 'ledger.db');
    return {
      open: async () => {
        const ledger = await openLedger(url, { identity: 'authentik', name: directory.name });
        return {
          directory,
          identity: 'authentik',
          ledger,
          separate: true,
          transaction: (work) => directory.transaction((within) => work({ directory: within, ledger })),
          close: () => ledger.close(),
        };
      },
    };
  },
  Number(process.env.MOMENTS ?? 17),
);

/** A fresh server has a default brand, and there is at most one. */
async function withoutDefaultBrand(directory: Directory): Promise<void> {
  const signal = new AbortController().signal;
  for await (const { kind, id } of directory.list(brandKind, {}, signal))
    await directory.update(kind, id, { default: true }, { default: false }, signal);
}

/** The server sets the expiry of an API token at every write, also of one that never expires. */
function withoutHours(one: LiveObject): LiveObject {
  if (one.attributes.expiring !== false) return one;
  return { ...one, attributes: { ...one.attributes, expires: null } };
}
