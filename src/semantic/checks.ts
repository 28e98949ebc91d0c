/** A view of resources in, warnings about what would not work out. Each subject has a file of its own beside this. */

import type { Diagnostic } from '../diagnostic/diagnostic.js';
import {
  applicationKind,
  brandKind,
  emailStageKind,
  flowKind,
  identificationStageKind,
  invitationKind,
  invitationStageKind,
  policyBindingKind,
  promptKind,
  promptStageKind,
  settingsKind,
  stageBindingKind,
  userKind,
  userWriteStageKind,
} from '../model/kind-names.js';
import type { Kind } from '../model/model.js';
import { checkApplications } from './applications.js';
import { checkExternalUsers } from './external-users.js';
import { findingsInto, type Told } from './findings.js';
import { checkInvitations } from './invitations.js';
import { checkMail } from './mail.js';
import type { SemanticModel } from './model.js';
import { checkNames } from './names.js';
import { checkRecovery } from './recovery.js';
import { checkPaths, checkUsers } from './users.js';

/**
 * Says what is valid and still would not do what it is there for. Reads each resource a few times at most. With
 * `told`, what was said of blueprints is not said of the directory again.
 */
export function semanticChecks(model: SemanticModel, now: Date, told?: Told): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const findings = findingsInto(diagnostics, model, now, told);
  checkInvitations(findings);
  checkRecovery(findings);
  checkMail(findings);
  checkExternalUsers(findings);
  checkApplications(findings);
  checkUsers(findings);
  checkNames(findings);
  checkPaths(findings);
  return diagnostics;
}

const flowKinds: readonly Kind[] = [
  flowKind,
  stageBindingKind,
  invitationStageKind,
  promptStageKind,
  promptKind,
  emailStageKind,
  identificationStageKind,
  userWriteStageKind,
  brandKind,
];

/** For a kind that is described, the kinds that the checks look at beside it. None of them is ever large. */
const besides: Readonly<Record<Kind, readonly Kind[]>> = {
  [userKind]: [brandKind, invitationKind],
  [applicationKind]: [policyBindingKind, settingsKind],
  [policyBindingKind]: [applicationKind, settingsKind],
  [invitationKind]: flowKinds,
  ...Object.fromEntries(flowKinds.map((kind) => [kind, [...flowKinds, invitationKind]])),
};

/** The kinds to read of a directory so that the checks know enough about what is described. */
export function kindsChecked(described: Iterable<Kind>): ReadonlySet<Kind> {
  return new Set([...described].flatMap((kind) => besides[kind] ?? []));
}
