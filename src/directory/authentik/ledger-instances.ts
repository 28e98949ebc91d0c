/**
 * What the ledger's own blueprint instances are called. asbuilt keeps its records in authentik as disabled instances of an
 * empty blueprint; whoever lists blueprint instances has to leave these out.
 */
import { isMap } from '../../model/model.js';

/** Endpoint of blueprint instances, below `/api/v3`. */
export const instancesPath = '/managed/blueprints/';

/** Begins the names of the key and of every log of records: one search finds them all. */
export const ledgerName = 'asbuilt-ledger';
export const keyName = 'asbuilt-ledger-key';
export const historyName = 'asbuilt-history';
export const lockName = 'asbuilt-lock';

/** The member of `context` that holds the version of the format, and so tells these instances from all others. */
export const formatMember = 'asbuilt';
export const formatVersion = 1;

/** What the token's user has to be allowed where the ledger is kept in authentik. To read a plan, the first is enough. */
export const ledgerPermissions: readonly string[] = ['view', 'add', 'change', 'delete'].map(
  (verb) => `authentik_blueprints.${verb}_blueprintinstance`,
);

/** Is this blueprint instance, as authentik returns it, a part of a ledger, its key or its lock? */
export function isLedgerInstance(body: unknown): boolean {
  if (!isMap(body)) return false;
  const { name, context } = body as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    [ledgerName, historyName, lockName].some((start) => name.startsWith(start)) &&
    isMap(context) &&
    typeof (context as Record<string, unknown>)[formatMember] === 'number'
  );
}
