/**
 * What a single policy says about somebody, as far as that can be known without running it. The facts are those of
 * authentik 2025.12 (policies/process.py and the policies' own modules).
 */
import type { Attributes, Ref, Value } from '../model/model.js';
import { type AccessWorld, flag, number, passwordChanged, text } from './world.js';

/** About whom a guard decides. Only an account has an id; to the others no group or user binding ever applies. */
export interface Subject {
  readonly who: 'visitor' | 'made-up name' | 'account';
  /** The account, where it exists already. */
  readonly ref?: Ref;
  /** All groups that it is a member of. */
  readonly groups: ReadonlySet<Ref>;
}

/** Somebody who has not signed in. */
export const visitor: Subject = { who: 'visitor', groups: new Set() };
/** A name that was typed and belongs to no account, which authentik pretends to know. */
export const madeUp: Subject = { who: 'made-up name', groups: new Set() };

/** What a policy said: `raises` is an error that `failure_result` answers for, `crashes` one that counts as no. */
export type PolicyResult =
  | { readonly is: 'pass' | 'fail' | 'raises' | 'crashes' }
  | { readonly is: 'unknown'; readonly because: string };

const pass: PolicyResult = { is: 'pass' };
const fail: PolicyResult = { is: 'fail' };

type Judge = (attributes: Attributes, subject: Subject, world: AccessWorld) => PolicyResult;

const judges: Readonly<Record<string, Judge>> = {
  'authentik_policies_dummy.dummypolicy': ({ result }) => (flag(result, false) ? pass : fail),
  'authentik_policies_expression.expressionpolicy': ({ expression }) => expressionResult(expression),
  // Somebody who did nothing wrong yet has the score 0.
  'authentik_policies_reputation.reputationpolicy': ({ threshold }) =>
    number(threshold, -5) >= 0 ? pass : fail,
  'authentik_policies_geoip.geoippolicy': geoIp,
  'authentik_policies_expiry.passwordexpirypolicy': passwordExpiry,
  // These three look for an event or a new password, and there is none when somebody signs in or opens an application.
  'authentik_policies_event_matcher.eventmatcherpolicy': () => fail,
  'authentik_policies_password.passwordpolicy': () => fail,
  'authentik_policies_unique_password.uniquepasswordpolicy': () => fail,
};

/** What a policy says about somebody. */
export function policyResult(world: AccessWorld, policy: Ref, subject: Subject): PolicyResult {
  const attributes = world.attributes(policy);
  if (!attributes) return { is: 'unknown', because: `${policy.address} was not read` };
  const judge = judges[policy.kind];
  if (!judge)
    return { is: 'unknown', because: `${policy.address} is of a kind whose result cannot be known` };
  const result = judge(attributes, subject, world);
  return result.is === 'unknown' ? { is: 'unknown', because: `${policy.address} ${result.because}` } : result;
}

/** Only an expression that is a single constant can be read; everything else would have to be run. */
function expressionResult(expression: Value | undefined): PolicyResult {
  const lines = text(expression)
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '');
  if (lines.length === 1) {
    if (/^return True;?$/.test(lines[0]!)) return pass;
    if (/^(return( False| None)?|pass);?$/.test(lines[0]!)) return fail;
  }
  return { is: 'unknown', because: 'runs an expression, whose result cannot be known' };
}

function geoIp({ countries, asns, ...checks }: Attributes): PolicyResult {
  const lists = [countries, asns].some((one) => Array.isArray(one) && one.length > 0);
  const looksBack = flag(checks.check_history_distance, false) || flag(checks.check_impossible_travel, false);
  if (!lists && !looksBack) return pass;
  return { is: 'unknown', because: 'depends on where a request comes from' };
}

function passwordExpiry({ days }: Attributes, { who, ref }: Subject, world: AccessWorld): PolicyResult {
  // A visitor has no date of a password, which is an error that authentik did not foresee.
  if (who !== 'account') return { is: 'crashes' };
  const limit = number(days, 0);
  if (limit <= 0) return fail;
  // A new account's password is as old as the account.
  const changed = ref ? passwordChanged(world, ref) : world.now;
  if (!changed) return { is: 'unknown', because: 'depends on when the password was last changed' };
  return world.now.getTime() - changed.getTime() >= limit * 86_400_000 ? fail : pass;
}
