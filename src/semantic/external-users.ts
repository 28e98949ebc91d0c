/** Warns about external users who would have nowhere to go after signing in. */
import { append } from '../model/append.js';
import { brandKind, flowKind, userKind, userWriteStageKind } from '../model/kind-names.js';
import type { Ref } from '../model/model.js';
import { type Findings, listed, type Subject } from './findings.js';
import { isEmpty, type SemanticModel } from './model.js';

/** External users do not get the list of applications, so a brand has to say where they go. */
export function checkExternalUsers(findings: Findings): void {
  const { model, addEach, add } = findings;
  if (!model.knows(brandKind)) return;
  const brands = model.all(brandKind);
  if (!brands.every((brand) => isEmpty(model, brand, 'default_application'))) return;
  const brand = brands.find((one) => model.attributes(one)?.default === true) ?? brands[0];
  const help = `Write \`default_application\` for ${brand?.address ?? 'a brand'}.`;
  const nowhere = 'no brand has a default application, so there is nowhere to go after signing in';

  const users = model.subjects(userKind).filter((user) => isExternal(model, user));
  addEach(
    'external-nowhere',
    users,
    'type',
    (who, several) => `${who} ${several ? 'are' : 'is'} external, and ${nowhere}`,
    help,
  );
  for (const [stage, where] of writers(findings)) {
    const flows = where.map(([flow]) => flow!);
    const subjects: Subject[] = [[stage, 'user_type'], ...where.flat().map((ref): Subject => [ref])];
    add(
      'external-nowhere',
      `${listed(flows)}: ${stage.address} creates external users, and ${nowhere}`,
      subjects,
      {
        help: `${help} Or write \`user_type: internal\` for ${stage.address}.`,
      },
    );
  }
  const emptied = model.subjects(brandKind);
  if (!model.fromBlueprints || emptied.length === 0 || users.length > 0) return;
  const others = model.all(userKind).filter((user) => isExternal(model, user));
  if (others.length === 0) return;
  add(
    'external-nowhere',
    `${listed(others)} ${others.length > 1 ? 'are' : 'is'} external, and ${nowhere}`,
    [...emptied.map((one): Subject => [one, 'default_application']), ...others.map((one): Subject => [one])],
    { help },
  );
}

function isExternal(model: SemanticModel, user: Ref): boolean {
  return model.attribute(user, 'type') === 'external' && model.attribute(user, 'is_active') !== false;
}

/** User-write stages of enrollment flows that create external users, each with the flows and bindings. */
function writers({ model, stages }: Findings): Map<Ref, Ref[][]> {
  const found = new Map<Ref, Ref[][]>();
  if (model.all(userWriteStageKind).length === 0) return found;
  for (const flow of model.all(flowKind)) {
    if (model.attributes(flow)?.designation !== 'enrollment') continue;
    for (const { stage, binding } of stages().of(flow) ?? []) {
      if (stage?.kind !== userWriteStageKind) continue;
      const { user_type, user_creation_mode } = model.attributes(stage) ?? {};
      if (user_type !== 'external' || user_creation_mode === 'never_create') continue;
      append(found, stage, [flow, binding]);
    }
  }
  return found;
}
