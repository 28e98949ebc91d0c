/** Compares what became of a blueprint here with what authentik's importer made of it. */
import { catalogue } from '../../src/model/kinds.js';
import type { Case } from './cases.js';
import { type Outcome, type Shown, sortedList } from './world.js';

/** How the two answers relate. `stricter`: only we refuse; `laxer`: only authentik does. */
export type Verdict = 'same' | 'stricter' | 'laxer' | 'different' | 'second plan not empty';

export interface Compared {
  readonly verdict: Verdict;
  /** What differs, one line each: `address field: theirs | ours`, or the codes and messages of errors. */
  readonly details: readonly string[];
}

/** The verdict on a case. */
export function compare(one: Case, outcome: Outcome): Compared {
  const { authentik } = one;
  if (!outcome.ok) {
    if (!authentik.ok) return { verdict: 'same', details: [] };
    const errors = outcome.diagnostics.filter(({ severity }) => severity === 'error');
    const messages = errors.map(({ code, message }) => `${code} ${message}`);
    return {
      verdict: 'stricter',
      details: [...messages, ...outcome.failed.map(({ message }) => `failed ${message}`)],
    };
  }
  if (!authentik.ok) return { verdict: 'laxer', details: authentik.errors ?? [] };
  const details = differences(one, outcome);
  if (details.length > 0) return { verdict: 'different', details };
  if (outcome.second.length > 0) return { verdict: 'second plan not empty', details: outcome.second };
  return { verdict: 'same', details: [] };
}

/** Values that each side makes up for itself. */
function isOwn(kind: string, field: string): boolean {
  const facts = catalogue().kinds.get(kind);
  const known = facts?.fields[field];
  if (known === undefined || known.aliasOf !== undefined || known.retired !== undefined) return true;
  return known.unreadable !== false || (known.computed !== undefined && field !== facts?.expires);
}

/** authentik's objects are those that differ from the base, those of the blueprints that were applied first included. */
function differences({ authentik, blueprint }: Case, { base, after }: Outcome): string[] {
  if (!authentik.objects) return [];
  const { objects, deleted } = authentik.objects;
  const found: string[] = [];
  for (const [address, { kind, attrs }] of Object.entries(objects)) {
    const ours = after.get(address);
    if (!ours) {
      found.push(`${address}: only in authentik`);
      continue;
    }
    for (const [field, theirs] of Object.entries(attrs)) {
      // A date that nobody wrote is counted from the time of each run.
      if (isOwn(kind, field) || (field === 'expires' && !blueprint.includes('expires:'))) continue;
      const set = catalogue().kinds.get(kind)?.fields[field]?.set !== undefined;
      const [left, right] = [set ? sortedList(theirs) : theirs, ours[field]].map((value) =>
        textOf(field, value),
      );
      if (left !== right) found.push(`${address} ${field}: ${left} | ${right}`);
    }
  }
  for (const address of deleted) if (after.has(address)) found.push(`${address}: deleted in authentik`);
  for (const [address, ours] of after) {
    if (objects[address]) continue;
    const was = base.get(address);
    if (!was) found.push(`${address}: only here`);
    else if (JSON.stringify(was) !== JSON.stringify(ours))
      found.push(`${address}: changed only here${changedIn(was, ours)}`);
  }
  for (const address of base.keys()) {
    if (!after.has(address) && !deleted.includes(address)) found.push(`${address}: deleted only here`);
  }
  return found;
}

function changedIn(was: Shown, is: Shown): string {
  return ` ${Object.keys(is).filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))}`;
}

/** Dates are compared to the minute, as defaults are counted from now; keys of maps in any order. */
function textOf(field: string, value: unknown): string {
  if (field === 'expires' && typeof value === 'string') return value.slice(0, 10);
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
