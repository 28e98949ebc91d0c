/** Why an answer differs from authentik's: on purpose, by the version, or because it is not done yet. */
import type { Case } from './cases.js';
import type { Compared, Verdict } from './compare.js';

interface Reason {
  readonly verdict: Verdict;
  readonly reason: string;
  /** Every line of the difference must look like this. */
  readonly lines: RegExp;
}

const reasons: readonly Reason[] = [
  {
    verdict: 'stricter',
    reason: 'on purpose: authentik ignores it silently',
    lines: /^(unknown-attribute|read-only-attribute|unknown-key|missing-attribute) /,
  },
  {
    verdict: 'stricter',
    reason: 'on purpose: contradictions and ambiguities are errors',
    lines: /^(conflict|already-exists|ambiguous-match|yaml-\w+(-\w+)*|env-not-allowed|not-found) /,
  },
  {
    verdict: 'laxer',
    reason: 'version: later releases make the attribute optional or writable',
    lines: /"(issuer|stage_id)"|'(issuer|icon|filter_group)': /,
  },
  {
    verdict: 'laxer',
    reason: 'on purpose: the templates of a server are not known here',
    lines: /Invalid template/,
  },
  { verdict: 'laxer', reason: 'on purpose: order does not matter', lines: /KeyOf: failed to find/ },
  {
    verdict: 'laxer',
    reason: 'not compared: network or worker of the test machine',
    lines: /ResultTimeout|Failed to parse/,
  },
  {
    verdict: 'different',
    reason: 'on purpose: objects that authentik makes beside the described one',
    lines: /ak-(managed-role|source-|outpost-|provider)|: only in authentik$/,
  },
  {
    verdict: 'different',
    reason: 'on purpose: a proxy provider is an OAuth2 provider inside',
    lines: /^(proxy|oauth2)-provider\//,
  },
  {
    verdict: 'different',
    reason: 'on purpose: a list that is a set holds each element once',
    lines: /(allowed_servers|asns|device_classes): /,
  },
  { verdict: 'different', reason: 'on purpose: free maps are merged', lines: / attributes: / },
];

/** The reason for a difference; undefined when none is known. */
export function reasonOf(_: Case, { verdict, details }: Compared): string | undefined {
  return reasons.find((one) => one.verdict === verdict && details.every((line) => one.lines.test(line)))
    ?.reason;
}
