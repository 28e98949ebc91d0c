/** Warns about email stages in use that have no mail server. */
import { append } from '../model/append.js';
import { emailStageKind } from '../model/kind-names.js';
import { catalogue } from '../model/kinds.js';
import type { Ref } from '../model/model.js';
import type { Findings, Subject } from './findings.js';
import type { SemanticModel } from './model.js';

/** Checks the mail settings of email stages in use. */
export function checkMail({ model, add, stages }: Findings): void {
  if (model.all(emailStageKind).length === 0) return;
  const users = new Map<Ref, { readonly flow: Ref; readonly binding: Ref }[]>();
  const { flows, of } = stages();
  for (const flow of flows) {
    for (const { stage, binding } of of(flow) ?? []) {
      if (stage?.kind === emailStageKind) append(users, stage, { flow, binding });
    }
  }
  for (const [stage, where] of users) {
    if (!hasNoServer(model, stage)) continue;
    const names = [...new Set(where.map(({ flow }) => flow.address))].join(', ');
    const field = model.place(stage, 'host') === model.place(stage) ? 'use_global_settings' : 'host';
    const subjects: Subject[] = where.flatMap(({ flow, binding }): Subject[] => [[binding], [flow]]);
    add(
      'email-no-server',
      `${stage.address}, which ${names} sends mail with, has no mail server, neither the global one nor its own`,
      [[stage, field], ...subjects],
      { help: `Write \`use_global_settings: true\` for ${stage.address}, or its own \`host\` and \`port\`.` },
    );
  }
}

/** Does the stage only have authentik's defaults, where no server listens? */
function hasNoServer(model: SemanticModel, stage: Ref): boolean {
  const attributes = model.attributes(stage);
  if (attributes?.use_global_settings !== false) return false;
  if (attributes.host === '') return true;
  const { fields } = catalogue().kinds.get(emailStageKind)!;
  return ['host', 'port', 'username'].every((name) => attributes[name] === fields[name]?.default);
}
