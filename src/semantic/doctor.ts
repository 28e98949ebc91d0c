/** Examines a whole directory for `asbuilt doctor`, together with the blueprints where there are any. */

import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { append } from '../model/append.js';
import {
  applicationKind,
  brandKind,
  flowKind,
  invitationKind,
  stageBindingKind,
  userKind,
} from '../model/kind-names.js';
import { catalogue } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import {
  type Address,
  type DesiredResource,
  escapeKey,
  type Kind,
  type LiveResource,
  type OwnedRecord,
  Ref,
} from '../model/model.js';
import { kindsChecked, semanticChecks } from './checks.js';
import { type Findings, findingsInto, listed, type Reported } from './findings.js';
import { modelOfDesired, modelOfLive } from './model.js';
import { recoveryFlows } from './recovery.js';
import { isPerson } from './users.js';

/** What the doctor examines. */
export interface DoctorInput {
  readonly live: LiveModel;
  /** What a project owns in the directory, by address. */
  readonly owned: ReadonlyMap<Address, OwnedRecord>;
  /**
   * What the blueprints ask for, if they were read without errors. It is examined too, at its places; what they no
   * longer mention is left to `plan`.
   */
  readonly desired?: readonly DesiredResource[];
  readonly now: Date;
}

/** The kinds (and families) that `doctorChecks` needs to read. */
export function doctorKinds(): ReadonlySet<Kind> {
  const { families } = catalogue();
  const subjects = [userKind, applicationKind, invitationKind, flowKind, brandKind];
  return new Set([
    ...subjects,
    ...kindsChecked(subjects),
    ...['stage', 'policy', 'source'].flatMap((name) => families.get(name)!.map((one) => one.kind)),
  ]);
}

/**
 * Runs every semantic check on what the blueprints ask for, then on the directory as it is, and reports each finding
 * once. Adds what only directory and ledger together can show.
 */
export function doctorChecks(input: DoctorInput): Diagnostic[] {
  const { live, owned, desired, now } = input;
  const reported: Reported = new Map();
  const diagnostics = desired ? semanticChecks(modelOfDesired(desired, live), now, reported) : [];
  const model = modelOfLive(live, owned);
  diagnostics.push(...semanticChecks(model, now, reported));
  const findings = findingsInto(diagnostics, model, now, reported);
  checkSpent(input, diagnostics);
  checkRebound(findings, input);
  checkWayBack(findings);
  return diagnostics;
}

/** Notes issued invitations that are no longer live: they are used up or expired, and are not issued again. */
function checkSpent({ live, owned, desired }: DoctorInput, diagnostics: Diagnostic[]): void {
  const mentioned = desired && new Set(desired.map((one) => one.ref.address));
  const spent = [...owned.values()].filter(
    ({ kind, id, address }) =>
      catalogue().kinds.get(kind)?.spends === true &&
      live.kinds.has(kind) &&
      !live.byId(kind, id) &&
      (!mentioned || mentioned.has(address)),
  );
  if (spent.length === 0) return;
  const several = spent.length > 1;
  const message = `${listed(spent)} ${several ? 'are' : 'is'} used up or expired, and ${several ? 'are' : 'is'} not issued again`;
  const help = `Remove ${several ? 'them' : 'it'} from the blueprints, or write another \`expires\` to issue ${several ? 'them' : 'it'} again.`;
  diagnostics.push(diagnose('invitation-spent', message, undefined, { help }));
}

/**
 * Warns about stages that were bound to one of our flows, or unbound from it, by hand. Flows that existed before us are
 * left out: others may have bound what they like.
 */
function checkRebound({ add }: Findings, { live, owned, desired }: DoctorInput): void {
  if (!live.kinds.has(flowKind) || !live.kinds.has(stageBindingKind)) return;
  const wanted = desired?.filter((one) => one.state !== 'absent');
  const described = new Set(wanted?.map((one) => one.ref));
  const mentioned = wanted && new Set(wanted.map((one) => one.ref.address));
  const bound = new Set<LiveResource>();
  const gone = new Map<string, OwnedRecord[]>();
  const flows: (readonly [LiveResource, OwnedRecord])[] = [];
  for (const record of owned.values()) {
    const there = live.byId(record.kind, record.id);
    if (record.kind === flowKind && there) flows.push([there, record]);
    else if (record.kind !== stageBindingKind) continue;
    else if (there) bound.add(there);
    else if (mentioned?.has(record.address) !== false) append(gone, flowKeyOf(record.address), record);
  }
  if (flows.length === 0 || (bound.size === 0 && gone.size === 0)) return;
  const others = new Map<Ref, Ref[]>();
  const touched = new Set<Ref>();
  for (const binding of live.all(stageBindingKind)) {
    const { target } = binding.attributes;
    if (!(target instanceof Ref)) continue;
    if (bound.has(binding)) touched.add(target);
    else if (!described.has(binding.ref)) append(others, target, binding.ref);
  }
  for (const [flow, record] of flows) {
    const { ref, attributes } = flow;
    const lost = gone.get(escapeKey(String(attributes.slug))) ?? [];
    if (lost.length === 0 && (record.ownership !== 'created' || !touched.has(ref))) continue;
    const added = others.get(ref) ?? [];
    if (lost.length === 0 && added.length === 0) continue;
    const what = [
      ...(added.length > 0 ? [`${listed(added)} ${added.length > 1 ? 'were' : 'was'} added`] : []),
      ...(lost.length > 0 ? [`${listed(lost)} ${lost.length > 1 ? 'are' : 'is'} gone`] : []),
    ];
    add('flow-rebound', `${ref.address} was changed by hand: ${what.join(', ')}`, [[ref]], {
      help:
        added.length > 0
          ? `Describe ${listed(added)} in the blueprint of ${ref.address}, or ${added.length > 1 ? 'unbind them' : 'unbind it'}.`
          : 'Run `asbuilt apply` to bind it again, or remove it from the blueprint.',
    });
  }
}

/** The flow's part of a stage binding's address: `flow-stage-binding/enrollment:invitation`. */
function flowKeyOf(binding: Address): string {
  return binding.slice(binding.indexOf('/') + 1).split(':', 1)[0]!;
}

/** Is there a way back for people who lost their password? */
function checkWayBack({ model, add, addEach }: Findings): void {
  const used = recoveryFlows(model);
  if (!used) return;
  const people = model.all(userKind).filter((user) => isPerson(model, user));
  const [first] = people;
  const brands = model
    .all(brandKind)
    .filter((brand) => !(model.attributes(brand)?.flow_recovery instanceof Ref));
  if (used.size === 0 && first) {
    add(
      'nobody-recovers',
      `${listed(people)} cannot recover a lost password: no brand and no identification stage leads to a recovery flow`,
      [[first]],
      { help: `Write \`flow_recovery\` for ${brands.length > 0 ? listed(brands) : 'a brand'}.` },
    );
    return;
  }
  addEach(
    'brand-no-recovery',
    brands,
    'flow_recovery',
    (who, several) =>
      `${who} ${several ? 'have' : 'has'} no recovery flow, so no recovery link can be sent there`,
    `Write \`flow_recovery\` for ${brands.length > 0 ? listed(brands) : 'it'}.`,
  );
}
