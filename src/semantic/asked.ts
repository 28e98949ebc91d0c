/** A view in, the same view out, with a note of what was asked of it: while that is the same, so is what the checks say. */
import type { Attributes, Kind, Value } from '../model.js';
import { userKind } from './kinds.js';
import type { SemanticModel } from './model.js';
import { emailKey, hasGap } from './users.js';

/** What checks asked of a view, by kind: some attributes, or all of them. */
export type Asked = ReadonlyMap<Kind, ReadonlySet<string> | 'all'>;

/** An attribute of an object that changes. */
export interface Edit {
  readonly kind: Kind;
  readonly field: string;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** Notes which attributes are asked for, as long as the view is used. */
export function listening(model: SemanticModel): { readonly model: SemanticModel; readonly asked: Asked } {
  const asked = new Map<Kind, Set<string> | 'all'>();
  let last = { kind: '', name: '' };
  return {
    asked,
    model: {
      ...model,
      attributes(ref): Attributes | undefined {
        asked.set(ref.kind, 'all');
        return model.attributes(ref);
      },
      attribute(ref, name): Value | undefined {
        // Most checks ask for the same of one object after the other.
        if (ref.kind !== last.kind || name !== last.name) {
          last = { kind: ref.kind, name };
          const names = asked.get(ref.kind);
          if (names === undefined) asked.set(ref.kind, new Set([name]));
          else if (names !== 'all') names.add(name);
        }
        return model.attribute(ref, name);
      },
    },
  };
}

/**
 * Do the checks surely say the same after these edits? Either they never asked for what changes, or it is among the values
 * that no check has anything to say about, before and after.
 */
export function isSilent(asked: Asked, emails: EmailCounts, edits: readonly Edit[]): boolean {
  const heard = edits.filter(({ kind, field }) => {
    const names = asked.get(kind);
    return names === 'all' || names?.has(field) === true;
  });
  if (heard.some(({ kind }) => kind !== userKind || asked.get(kind) === 'all')) return false;
  if (heard.some(({ field }) => field !== 'email' && field !== 'path')) return false;
  const paths = heard.filter((one) => one.field === 'path');
  return !paths.some((one) => hasGap(one.before) || hasGap(one.after)) && emails.stayAlone(heard);
}

/** How many users have an address, kept up to date. */
export class EmailCounts {
  private readonly counts = new Map<string, number>();

  constructor(emails: Iterable<Value | undefined>) {
    for (const email of emails) this.add(email, 1);
  }

  /** Does nobody share the addresses that these edits take away, nor those that they give? An empty one is no address. */
  stayAlone(edits: readonly Edit[]): boolean {
    const own = edits.filter(isEmail);
    const change = new Map<string, number>();
    for (const { before, after } of own) {
      const [left, taken] = [emailKey(before), emailKey(after)];
      if (left === undefined || taken === undefined || this.counts.get(left) !== 1) return false;
      change.set(left, (change.get(left) ?? 0) - 1);
      change.set(taken, (change.get(taken) ?? 0) + 1);
    }
    return [...change].every(([email, by]) => (this.counts.get(email) ?? 0) + by <= 1);
  }

  /** Takes over what was edited. */
  take(edits: readonly Edit[]): void {
    for (const { before, after } of edits.filter(isEmail)) {
      this.add(before, -1);
      this.add(after, 1);
    }
  }

  private add(email: Value | undefined, by: number): void {
    const key = emailKey(email);
    if (key === undefined) return;
    const count = (this.counts.get(key) ?? 0) + by;
    if (count > 0) this.counts.set(key, count);
    else this.counts.delete(key);
  }
}

function isEmail({ kind, field }: Edit): boolean {
  return kind === userKind && field === 'email';
}
