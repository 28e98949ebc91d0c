/** Puts changes in an order in which every write finds what it refers to, and breaks cycles where it can. */

import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { Deferred, isMap, Ref, type Value } from '../model/model.js';
import type { Change } from './change.js';
import { freedBy, takenBy } from './unique.js';

/**
 * Orders changes: what is referred to before what refers to it, what frees a unique value before what takes it,
 * creates and updates before deletes, and a referring object's deletion before that of what it refers to. A
 * circle of new objects is broken at an attribute that may be empty for a moment: `later` names it, and an update
 * follows. Circles that cannot be broken are diagnostics.
 */
export function inOrder(
  changes: readonly Change[],
  live: LiveModel,
): { ordered: Change[]; diagnostics: Diagnostic[] } {
  return new Ordering(changes, live).run();
}

/** For each change of an ordered plan those that must be done before it. */
export function waitsFor(
  changes: readonly Change[],
  live: LiveModel,
): ReadonlyMap<Change, ReadonlySet<Change>> {
  return new Ordering(changes, live).waits();
}

/** Every reference inside a value. */
export function* referencesIn(value: Value | undefined): Generator<Ref> {
  if (value instanceof Ref) yield value;
  else if (value instanceof Deferred) yield* value.refs;
  else if (Array.isArray(value)) for (const one of value) yield* referencesIn(one);
  else if (isMap(value))
    for (const one of Object.values(value as Record<string, Value>)) yield* referencesIn(one);
}

interface Step {
  change: Change;
  /** How many steps must come before it. */
  waiting: number;
  readonly next: Map<Step, Edge>;
  done: boolean;
}

interface Edge {
  /** The attributes of the later step that need the earlier one; empty if it waits for another reason. */
  readonly fields: Set<string>;
  /** The unique value that changes hands. */
  unique: boolean;
}

class Ordering {
  private readonly steps: Step[];
  private readonly byRef = new Map<Ref, Step>();
  private readonly diagnostics: Diagnostic[] = [];
  private readonly kinds = catalogue().kinds;

  constructor(
    changes: readonly Change[],
    private readonly live: LiveModel,
  ) {
    this.steps = [...changes]
      .sort((a, b) => phase(a) - phase(b) || compareText(a.ref.address, b.ref.address))
      .map((change) => ({ change, waiting: 0, next: new Map(), done: false }));
    // An update that completes a create has the same reference, but nothing waits for it.
    for (const step of this.steps) if (!step.change.partOf) this.byRef.set(step.change.ref, step);
  }

  waits(): ReadonlyMap<Change, ReadonlySet<Change>> {
    this.needs();
    this.uniqueValues();
    for (const step of this.steps) {
      const whole = step.change.partOf && this.byRef.get(step.change.partOf);
      if (whole) this.edge(whole, step, '');
    }
    const waits = new Map<Change, Set<Change>>(this.steps.map(({ change }) => [change, new Set()]));
    for (const step of this.steps)
      for (const next of step.next.keys()) waits.get(next.change)!.add(step.change);
    return waits;
  }

  run(): { ordered: Change[]; diagnostics: Diagnostic[] } {
    this.needs();
    this.uniqueValues();
    const ordered: Change[] = [];
    // Ready steps stay sorted, so that equal inputs give equal plans.
    let ready = this.steps.filter((step) => step.waiting === 0);
    while (ordered.length < this.steps.length) {
      if (ready.length === 0) {
        // Cycles may overlap, so breaking one may not be enough.
        if (!this.breakCycle()) break;
        ready = this.steps.filter((step) => !step.done && step.waiting === 0);
        continue;
      }
      const batch = this.batchOf(ready);
      const later = batch.length === ready.length ? [] : ready.filter((step) => !batch.includes(step));
      const following: Step[] = [];
      for (const step of batch) {
        step.done = true;
        ordered.push(step.change);
        for (const next of step.next.keys()) {
          if (--next.waiting === 0) following.push(next);
        }
      }
      ready = [...later, ...following.sort((a, b) => this.compare(a, b))];
    }
    return { ordered, diagnostics: this.diagnostics };
  }

  /** Deletes wait until nothing else is ready; then those that something waits for go first. */
  private batchOf(ready: Step[]): Step[] {
    const writes = ready.filter((step) => phase(step.change) === 0);
    if (writes.length > 0) return writes;
    const wanted = ready.filter((step) => [...step.next.keys()].some((next) => phase(next.change) === 0));
    return wanted.length > 0 ? wanted : ready;
  }

  private compare(a: Step, b: Step): number {
    return phase(a.change) - phase(b.change) || compareText(a.change.ref.address, b.change.ref.address);
  }

  private edge(first: Step, then: Step, field?: string): void {
    if (first === then) return;
    let edge = first.next.get(then);
    if (!edge) {
      edge = { fields: new Set(), unique: false };
      first.next.set(then, edge);
      then.waiting++;
    }
    if (field === undefined) edge.unique = true;
    else edge.fields.add(field);
  }

  private needs(): void {
    for (const step of this.steps) {
      const { change } = step;
      if (change.verb === 'delete') {
        // What refers to it is deleted first, so that no cascade deletes what has its own line in the plan.
        for (const value of Object.values(change.was)) {
          for (const ref of referencesIn(value)) {
            const target = this.byRef.get(ref);
            if (target?.change.verb === 'delete') this.edge(step, target, '');
          }
        }
        continue;
      }
      for (const [field, value] of Object.entries(change.write)) {
        for (const ref of referencesIn(value)) {
          const target = this.byRef.get(ref);
          if (target?.change.verb === 'create') this.edge(target, step, field);
        }
      }
      for (const [field, value] of Object.entries(change.was)) {
        for (const ref of referencesIn(value)) {
          const target = this.byRef.get(ref);
          if (target?.change.verb === 'delete') this.edge(step, target, field);
        }
      }
    }
  }

  /** A change that frees a unique value comes before the one that takes it. */
  private uniqueValues(): void {
    const freed = new Map<string, Step>();
    for (const step of this.steps) {
      for (const text of freedBy(step.change, this.live)) freed.set(text, step);
    }
    if (freed.size === 0) return;
    for (const step of this.steps) {
      for (const { text } of takenBy(step.change, this.live)) {
        const giver = freed.get(text);
        if (giver) this.edge(giver, step);
      }
    }
  }

  /** Called when nothing is ready: breaks one cycle (true) or reports it. */
  private breakCycle(): boolean {
    const circle = this.findCycle();
    for (let at = 0; at < circle.length; at++) {
      const first = circle[at]!;
      const then = circle[(at + 1) % circle.length]!;
      const edge = first.next.get(then)!;
      if (edge.unique || then.change.verb !== first.change.verb) continue;
      if (then.change.verb === 'delete') {
        // Deleting the referring object first is tidier, but not required.
        first.next.delete(then);
        then.waiting--;
        return true;
      }
      if (then.change.verb !== 'create') continue;
      const facts = this.kinds.get(then.change.kind)!;
      if (![...edge.fields].every((name) => canWait(facts, name))) continue;
      this.split(then, new Set(edge.fields));
      return true;
    }
    const related = circle.flatMap(({ change }) =>
      change.place ? [{ place: change.place, message: `${change.verb} ${change.ref.address}` }] : [],
    );
    const names = circle.map(({ change }) => change.ref.address).join(', ');
    const swaps = circle.some((step, at) => step.next.get(circle[(at + 1) % circle.length]!)!.unique);
    const message = swaps
      ? `${names} swap a value that must be unique`
      : `${names} need each other to exist first`;
    this.diagnostics.push(
      diagnose(swaps ? 'interim-name' : 'cycle', message, circle[0]?.change.place, { related }),
    );
    return false;
  }

  /** Creates an object without some attributes, and sets these in an update once what they need exists. */
  private split(step: Step, fields: ReadonlySet<string>): void {
    const { change } = step;
    const moved = Object.entries(change.write).filter(([name]) => fields.has(name));
    const patch: Step = {
      change: {
        ...change,
        verb: 'update',
        write: Object.fromEntries(moved),
        was: Object.fromEntries(moved.map(([name, value]) => [name, Array.isArray(value) ? [] : null])),
        fields: [],
        partOf: change.ref,
      },
      waiting: 0,
      next: new Map(),
      done: false,
    };
    step.change = {
      ...change,
      write: Object.fromEntries(Object.entries(change.write).filter(([name]) => !fields.has(name))),
    };
    for (const other of this.steps) {
      const edge = other.done ? undefined : other.next.get(step);
      if (!edge) continue;
      const needed = [...edge.fields].filter((name) => fields.has(name));
      for (const name of needed) {
        edge.fields.delete(name);
        this.edge(other, patch, name);
      }
      if (edge.unique || edge.fields.size > 0) continue;
      other.next.delete(step);
      step.waiting--;
    }
    this.edge(step, patch);
    this.steps.push(patch);
  }

  /** Finds a cycle among the steps that are left, each followed by one that waits for it. */
  private findCycle(): Step[] {
    const start = this.steps.find((step) => !step.done)!;
    const before = new Map<Step, Step>();
    for (const step of this.steps) {
      if (!step.done) for (const next of step.next.keys()) if (!next.done) before.set(next, step);
    }
    const seen = new Set<Step>();
    let at = start;
    while (!seen.has(at)) {
      seen.add(at);
      at = before.get(at) ?? at;
    }
    const path = [...seen];
    return path.slice(path.indexOf(at)).reverse();
  }
}

/** May the attribute be empty while the object is made? */
function canWait(facts: KindFacts, name: string): boolean {
  const field = facts.fields[name];
  return field === undefined || (!field.required && (field.nullable || field.many));
}

function phase(change: Change): number {
  return change.verb === 'delete' || change.verb === 'forget' ? 1 : 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
