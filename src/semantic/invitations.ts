/** Warns about invitations that would not work. */

import { append } from '../model/append.js';
import { normalDateTime } from '../model/datetime.js';
import {
  invitationKind,
  invitationStageKind,
  promptStageKind,
  userKind,
  userWriteStageKind,
} from '../model/kind-names.js';
import { Ref } from '../model/model.js';
import { type Findings, listed, type Subject } from './findings.js';
import { checkFixedData } from './fixed-data.js';
import { target } from './model.js';
import { type Bound, promptsAmong } from './stages.js';

/** The prompt in which people may type an invitation's code, which the invitation stage then reads. */
const tokenPrompt = 'token';

/** Checks invitations, their flows, and the accounts that created them. */
export function checkInvitations(findings: Findings): void {
  const { model } = findings;
  const byFlow = new Map<Ref, Ref[]>();
  for (const invitation of model.all(invitationKind)) {
    if (model.described(invitation)) checkExpiry(findings, invitation);
    const flow = target(model, invitation, 'flow');
    if (flow) append(byFlow, flow, invitation);
    checkFixedData(findings, invitation, flow);
  }
  for (const [flow, invitations] of byFlow) checkFlow(findings, flow, invitations);
  if (model.all(invitationStageKind).length > 0) {
    for (const flow of findings.stages().flows) checkStage(findings, flow, byFlow.get(flow) ?? []);
  }
  checkCreators(findings);
}

function checkExpiry({ model, now, add }: Findings, invitation: Ref): void {
  const expires = model.attributes(invitation)?.expires;
  const moment = typeof expires === 'string' ? Date.parse(normalDateTime(expires) ?? '') : Number.NaN;
  if (!(moment <= now.getTime())) return;
  add('invitation-expired', `${invitation.address} has expired`, [[invitation, 'expires']], {
    help: `Write a later \`expires\` to issue ${invitation.address} again, or remove it.`,
  });
}

/** Can an invitation be used in the flow at all? */
function checkFlow({ model, add, stages }: Findings, flow: Ref, invitations: readonly Ref[]): void {
  const subjects: Subject[] = [...invitations.map((one): Subject => [one, 'flow']), [flow, 'designation']];
  const related = invitations.map((one) => ({
    subject: [one, 'flow'] as const,
    message: `${one.address} leads there too`,
  }));
  const lead = `${listed(invitations)} ${invitations.length > 1 ? 'lead' : 'leads'} to ${flow.address}`;
  const designation = model.attributes(flow)?.designation;
  if (typeof designation === 'string' && designation !== 'enrollment') {
    add('invitation-wrong-flow', `${lead}, which is for ${designation}, not for enrollment`, subjects, {
      help: `Name an enrollment flow, or write \`designation: enrollment\` for ${flow.address}.`,
      related,
    });
  }
  const bound = stages().of(flow);
  if (!bound?.every(({ stage }) => stage && stage.kind !== invitationStageKind)) return;
  add('invitation-no-stage', `${lead}, which has no invitation stage`, subjects, {
    help: `Bind an invitation stage as the first stage of ${flow.address}, with \`evaluate_on_plan: true\`.`,
    related,
  });
}

/** Does the flow check the invitation before it is needed? */
function checkStage({ model, add, stages }: Findings, flow: Ref, invitations: readonly Ref[]): void {
  const bound = stages().of(flow);
  const at = bound?.findIndex(({ stage }) => stage?.kind === invitationStageKind) ?? -1;
  if (!bound || at < 0) return;
  const { binding } = bound[at]!;
  const rest: Subject[] = [[flow], ...invitations.map((one): Subject => [one, 'flow'])];
  const stageName = bound[at]!.stage!.address;
  const before = bound.slice(0, at);
  const late = before.find(({ stage }) => stage?.kind === userWriteStageKind) ?? firstPrompt(before);
  // The code may be typed in a prompt, which has to come first then.
  const typed = promptsAmong(model, before)?.some((one) => keyOf(model, one) === tokenPrompt) ?? true;
  if (late && (late.stage?.kind === userWriteStageKind || !typed)) {
    add(
      'invitation-too-late',
      `${flow.address}: ${stageName} comes after ${late.stage!.address}, so an invitation fills in nothing there`,
      [[binding, 'order'], [late.binding, 'order'], ...rest],
      { help: `Give ${binding.address} a lower \`order\` than ${late.order}.` },
    );
  }
  if (model.attributes(binding)?.evaluate_on_plan === false && !(late && typed)) {
    add(
      'invitation-not-on-plan',
      `${flow.address}: ${stageName} is bound without evaluate_on_plan, so the invitation is not checked when the flow is planned`,
      [[binding, 'evaluate_on_plan'], ...rest],
      { help: `Write \`evaluate_on_plan: true\` for ${binding.address}.` },
    );
  }
}

function firstPrompt(stages: readonly Bound[]): Bound | undefined {
  return stages.find(({ stage }) => stage?.kind === promptStageKind);
}

function keyOf(model: Findings['model'], prompt: Ref): unknown {
  return model.attributes(prompt)?.field_key;
}

/** An invitation is deleted with the account that created it. */
function checkCreators({ model, add }: Findings): void {
  const made = new Map<Ref, Ref[]>();
  for (const invitation of model.all(invitationKind)) {
    const creator = model.attributes(invitation)?.created_by;
    if (creator instanceof Ref) append(made, creator, invitation);
  }
  if (made.size === 0) return;
  const help = (creator: Ref, invitations: readonly Ref[]): string =>
    `Write another account as \`created_by\` of ${listed(invitations)} before ${creator.address} is deleted.`;
  for (const creator of model.leaving(userKind)) {
    const invitations = made.get(creator);
    if (!invitations) continue;
    add(
      'invitation-ends-with-creator',
      `${creator.address} created ${listed(invitations)}, which would be deleted with the account`,
      [[creator], ...invitations.map((one): Subject => [one, 'created_by'])],
      { help: help(creator, invitations) },
    );
  }
  for (const [creator, invitations] of made) {
    if (model.attribute(creator, 'is_active') !== false) continue;
    add(
      'invitation-ends-with-creator',
      `${creator.address} created ${listed(invitations)} and is deactivated; deleting the account would delete what it created`,
      [[creator, 'is_active'], ...invitations.map((one): Subject => [one, 'created_by'])],
      { help: help(creator, invitations) },
    );
  }
}
