/** Warns about recovery flows that nobody can reach, and about those that let anyone take over an account. */
import {
  brandKind,
  emailStageKind,
  flowKind,
  identificationStageKind,
  invitationStageKind,
  passwordStageKind,
  userLoginStageKind,
  userWriteStageKind,
  validateStageKind,
} from '../model/kind-names.js';
import { Ref } from '../model/model.js';
import type { Findings } from './findings.js';
import type { SemanticModel } from './model.js';
import type { Bound } from './stages.js';

/** Stages that stop someone who knows no more than a username. */
const proofs = new Map<string, (model: SemanticModel, stage: Ref) => boolean>([
  [emailStageKind, () => true],
  [passwordStageKind, () => true],
  ['authentik_stages_source.sourcestage', () => true],
  ['authentik_stages_mtls.mutualtlsstage', () => true],
  ['authentik_endpoints.endpointstage', () => true],
  ['authentik_stages_deny.denystage', () => true],
  ['authentik_stages_redirect.redirectstage', () => true],
  [
    validateStageKind,
    // Users without a second factor may skip it.
    (model, stage) => model.attributes(stage)?.not_configured_action !== 'skip',
  ],
  [identificationStageKind, (model, stage) => model.attributes(stage)?.password_stage instanceof Ref],
  [invitationStageKind, (model, stage) => model.attributes(stage)?.continue_flow_without_invitation !== true],
]);

/** Checks recovery flows. */
export function checkRecovery(findings: Findings): void {
  const { model } = findings;
  const flows = model.all(flowKind).filter((flow) => model.attributes(flow)?.designation === 'recovery');
  if (flows.length === 0) return;
  const used = recoveryFlows(model);
  for (const flow of flows) {
    if (used && !used.has(flow)) checkUse(findings, flow);
    checkProof(findings, flow);
  }
}

/** The flows that "forgot password" leads to; undefined while brands are not known. */
export function recoveryFlows(model: SemanticModel): ReadonlySet<Ref> | undefined {
  if (!model.knows(brandKind)) return undefined;
  const used = new Set<Ref>();
  const use = (holder: Ref, field: string): void => {
    const flow = model.attributes(holder)?.[field];
    if (flow instanceof Ref) used.add(flow);
  };
  for (const brand of model.all(brandKind)) use(brand, 'flow_recovery');
  for (const stage of model.all(identificationStageKind)) use(stage, 'recovery_flow');
  return used;
}

function checkUse({ model, add }: Findings, flow: Ref): void {
  const brand = model.all(brandKind).find((one) => model.attributes(one)?.default === true);
  add('recovery-unused', `${flow.address} is for recovery, but no brand uses it`, [[flow, 'designation']], {
    help: `Write \`flow_recovery\` for ${brand?.address ?? 'a brand'}, or \`recovery_flow\` for the identification stage of your login flow.`,
  });
}

function checkProof({ model, add, stages }: Findings, flow: Ref): void {
  // Other flows require being signed in.
  const { authentication } = model.attributes(flow) ?? {};
  if (authentication !== 'none' && authentication !== 'require_unauthenticated') return;
  const bound = stages().of(flow);
  if (!bound?.every(({ stage }) => stage && model.attributes(stage))) return;
  const end = bound.findIndex(({ stage }) => isReward(stage!));
  const way = end < 0 ? [] : bound.slice(0, end);
  const asked = way.find(({ stage }) => stage!.kind === identificationStageKind);
  if (!asked || way.some(({ stage }) => proofs.get(stage!.kind)?.(model, stage!))) return;
  const reward = bound[end]!;
  add(
    'recovery-unproven',
    `${flow.address}: anyone who knows a username gets to ${reward.stage!.address}, because no mail is sent before`,
    [[flow], [reward.binding], [asked.binding], ...partsOf(way)],
    {
      help: `Bind an email stage between ${asked.stage!.address} (order ${asked.order}) and ${reward.stage!.address} (order ${reward.order}).`,
    },
  );
}

/** What someone who takes over an account wants: a new password, or a session. */
function isReward(stage: Ref): boolean {
  return stage.kind === userWriteStageKind || stage.kind === userLoginStageKind;
}

function partsOf(bound: readonly Bound[]): (readonly [Ref])[] {
  return bound.flatMap(({ binding, stage }): (readonly [Ref])[] => [[binding], [stage!]]);
}
