/** A directory in, what a run reads of it out. */

import type { LedgerIntent, LedgerRecord } from '../ledger/ledger.js';
import type { Address, Kind, LiveObject } from '../model/model.js';
import type { OpenDirectory } from './open-store.js';

/** What the ledger says. */
export interface ReadLedger {
  readonly recorded: ReadonlyMap<Address, LedgerRecord>;
  readonly intents: readonly LedgerIntent[];
  /** Objects of other projects, by `objectKey`, with the project's name. */
  readonly others: ReadonlyMap<string, string>;
}

/** What the ledger says of a project. */
export async function readLedger(
  { ledger }: Pick<OpenDirectory, 'ledger'>,
  project: string,
): Promise<ReadLedger> {
  const recorded = await ledger.read(project);
  return { recorded, intents: await ledger.intents(project), others: await ledger.owners(project) };
}

/** The live objects of a kind, without some of its lists. */
export async function readObjects(
  { directory }: Pick<OpenDirectory, 'directory'>,
  kind: Kind,
  signal: AbortSignal,
  without?: ReadonlySet<string>,
): Promise<LiveObject[]> {
  const objects: LiveObject[] = [];
  for await (const one of directory.list(kind, undefined, signal, without)) objects.push(one);
  return objects;
}
