/** Hides people (`--redact`): a report that many read shows what happens to the directory, and not who is in it. */
import { codes, type DiagnosticCode } from '../diagnostic/codes.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { invitationKind, userKind } from '../model/kind-names.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import {
  type Address,
  type Attributes,
  Deferred,
  isMap,
  type Kind,
  Ref,
  type Value,
} from '../model/model.js';
import type { Change, FieldChange, Plan } from '../plan/change.js';
import type { Run } from './run.js';
import type { Outcome } from './text.js';

/** Hides people for the length of a run; what is hidden has the same number wherever it stands. */
export interface Redaction {
  readonly run: (run: Run) => Run;
  readonly plan: (plan: Plan) => Plan;
  readonly outcome: <T extends Outcome>(outcome: T) => T;
  readonly diagnostics: (diagnostics: readonly Diagnostic[]) => Diagnostic[];
  readonly failure: (code: string, message: string) => string;
}

/** Attributes of users whose texts and numbers say who somebody is. */
const personal = new Set(['username', 'name', 'email', 'path', 'attributes']);
const mail = /[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
/** Diagnostics about files, options and variables. The messages of all others may quote what stands in a blueprint. */
const impersonal: ReadonlySet<DiagnosticCode> = new Set([
  ...([
    'no-such-path',
    'unreadable-file',
    'unwritable-file',
    'file-too-large',
    'invalid-utf8',
    'leads-out',
  ] as const),
  ...(['yml-suffix', 'not-a-blueprint', 'not-instantiated', 'env-unset', 'usage'] as const),
  ...(['unknown-directory', 'no-directory', 'no-credential', 'not-a-plan'] as const),
]);
/** Failures that are about the directory as a whole. The message of any other may name an object or quote an answer. */
const impersonalFailures: ReadonlySet<string> = new Set([
  ...['busy', 'locked', 'newer', 'corrupt', 'mismatch', 'unreachable', 'unauthenticated', 'denied'],
  ...['rate-limited', 'interrupted'],
]);

export function redaction(): Redaction {
  const numbers = new Map<string, number>();
  const refs = new Map<Ref, Ref>();

  const kinds = [...catalogue().byName.values()].filter(
    (facts) => facts.kind === userKind || facts.kind === invitationKind || userPartOf(facts) >= 0,
  );
  /** From where on a message speaks of a person. A username may hold spaces, so nobody knows where it ends. */
  const person = new RegExp(`(?<![\\w-])(?:${kinds.map(({ name }) => name).join('|')})/.*$`, 's');

  const hide = (word: string): string => {
    if (!numbers.has(word)) numbers.set(word, numbers.size + 1);
    return `‹hidden-${numbers.get(word)}›`;
  };
  const hidden = '‹hidden›';
  const mailFree = (given: string): string => given.replace(mail, (found) => hide(found));
  const text = (given: string): string => mailFree(given.replace(person, hidden));
  const address = (given: Address): Address => {
    const slash = given.indexOf('/');
    const facts = catalogue().byName.get(given.slice(0, slash));
    if (!facts) return text(given);
    const parts = given.slice(slash + 1).split(':');
    const at = facts.kind === userKind ? 0 : userPartOf(facts);
    // What binds a policy, a group or a user has it last.
    const part = at > 0 ? parts.length - 1 : at;
    return `${facts.name}/${parts.map((one, index) => (index === part ? hide(unescaped(one)) : mailFree(one))).join(':')}`;
  };
  const ref = (given: Ref): Ref => {
    const known = refs.get(given) ?? new Ref(given.kind, address(given.address));
    refs.set(given, known);
    return known;
  };

  const value = (given: Value, isPersonal: boolean): Value => {
    if (given instanceof Ref) return ref(given);
    if (given instanceof Deferred) return new Deferred(hidden, [], () => null);
    if (typeof given === 'string') return isPersonal && given !== '' ? hide(given) : mailFree(given);
    if (typeof given === 'number') return isPersonal ? hide(String(given)) : given;
    if (Array.isArray(given)) return given.map((one) => value(one, isPersonal));
    if (!isMap(given)) return given;
    const pairs = Object.entries(given as Attributes);
    return Object.fromEntries(pairs.map(([key, one]) => [mailFree(key), value(one, isPersonal)]));
  };
  const field = (one: FieldChange, kind: Kind): FieldChange => {
    const isPersonal =
      kind === userKind
        ? personal.has(one.field)
        : (kind === invitationKind && one.field === 'fixed_data') ||
          userPartOf(catalogue().kinds.get(kind)) === 0;
    const show = (given: Value): Value => value(given, isPersonal);
    return {
      ...one,
      path: one.path.map(mailFree),
      ...(one.before === undefined ? {} : { before: show(one.before) }),
      ...(one.after === undefined ? {} : { after: show(one.after) }),
      ...(one.set ? { set: { added: one.set.added.map(show), removed: one.set.removed.map(show) } } : {}),
    };
  };
  const change = (one: Change): Change => ({
    ...one,
    ref: ref(one.ref),
    ...(one.partOf ? { partOf: ref(one.partOf) } : {}),
    // No report shows these.
    write: {},
    was: {},
    record: undefined,
    fields: one.fields.map((each) => field(each, one.kind)),
    ...(one.renamedFrom === undefined ? {} : { renamedFrom: address(one.renamedFrom) }),
    hazards: one.hazards.map(({ name, message }) => ({ name, message: text(message) })),
  });

  const diagnostics = (given: readonly Diagnostic[]): Diagnostic[] =>
    given.map(({ code, severity, place, message, help, related }) => ({
      ...{ code, severity, place },
      message: impersonal.has(code) ? text(message) : codes[code].meaning,
      help: impersonal.has(code) && help !== undefined ? text(help) : undefined,
      related: related?.map((one) => ({ place: one.place, message: 'see also' })),
    }));
  const plan = (given: Plan): Plan => ({
    ...given,
    changes: given.changes.map(change),
    held: given.held.map(change),
    orphans: given.orphans.map((one) => ({ ...one, address: address(one.address) })),
    refused: given.refused.map(({ address: of, hazard }) => ({
      address: address(of),
      hazard: { name: hazard.name, message: text(hazard.message) },
    })),
    allowed: given.allowed.map(({ address: of, hazard, by }) => ({
      address: address(of),
      hazard: { name: hazard.name, message: text(hazard.message) },
      by,
    })),
    diagnostics: diagnostics(given.diagnostics),
    records: [],
    stale: [],
  });
  const outcome = <T extends Outcome>(given: T): T => ({
    ...given,
    plan: given.plan && plan(given.plan),
    failed: given.failed.map((one) => ({ address: address(one.address), message: hidden })),
    skipped: given.skipped.map(address),
    differences: given.differences?.map(text),
  });
  const failure = (code: string, message: string): string =>
    impersonalFailures.has(code)
      ? text(message)
      : `${code}: the message may name people; run without --redact to see it`;
  const run = (given: Run): Run => ({
    ...given,
    diagnostics: diagnostics(given.diagnostics),
    plan: given.plan && plan(given.plan),
    outcome: given.outcome && outcome(given.outcome),
    failure: given.failure && {
      ...given.failure,
      message: failure(given.failure.code, given.failure.message),
    },
  });
  return { run, plan, outcome, diagnostics, failure };
}

/** Which part of a kind's natural key is a user: 0 for devices and connections, which belong to one; -1 when none is. */
function userPartOf(facts: KindFacts | undefined): number {
  return facts ? facts.key.findIndex((name) => facts.fields[name]?.reference?.to === userKind) : -1;
}

/** A natural key, of which an address has `%`, `/`, `:` and `#` as percent codes. */
function unescaped(part: string): string {
  return part.replace(/%(?:25|2F|3A|23)/g, decodeURIComponent);
}
