/** Runs all semantic checks: warnings about what is valid but would not work. Each subject has its own file. */

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
import { findingsInto, type Reported } from './findings.js';
import { checkInvitations } from './invitations.js';
import { checkMail } from './mail.js';
import type { SemanticModel } from './model.js';
import { checkNames } from './names.js';
import { checkRecovery } from './recovery.js';
import { checkPaths, checkUsers } from './users.js';

/**
 * Warns about what is valid but would not work. Reads each resource a few times at most. With `reported`, what was
 * reported for blueprints is not reported for the directory again.
 */
export function semanticChecks(model: SemanticModel, now: Date, reported?: Reported): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const findings = findingsInto(diagnostics, model, now, reported);
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

/** For each described kind, the other kinds that its checks need. None of these is ever large. */
const besides: Readonly<Record<Kind, readonly Kind[]>> = {
  [userKind]: [brandKind, invitationKind],
  [applicationKind]: [policyBindingKind, settingsKind],
  [policyBindingKind]: [applicationKind, settingsKind],
  [invitationKind]: flowKinds,
  ...Object.fromEntries(flowKinds.map((kind) => [kind, [...flowKinds, invitationKind]])),
};

/** The kinds that the checks need to read from a directory, for these described kinds. */
export function kindsChecked(described: Iterable<Kind>): ReadonlySet<Kind> {
  return new Set([...described].flatMap((kind) => besides[kind] ?? []));
}
