/** Warns about `fixed_data` of invitations that nothing would use. */

import { didYouMean } from '../diagnostic/did-you-mean.js';
import { promptStageKind, userKind, userWriteStageKind } from '../model/kind-names.js';
import { catalogue } from '../model/kinds.js';
import { isMap, type Ref } from '../model/model.js';
import type { Findings, Subject } from './findings.js';
import { type Bound, promptsAmong } from './stages.js';

/** Prompts of these types need an expression to list their choices. */
const choiceTypes: readonly unknown[] = ['dropdown', 'radio-button-group'];
/** `<field>__choices` holds the choices of a prompt. */
const choicesSuffix = '__choices';

/** Checks the `fixed_data` of an invitation. */
export function checkFixedData(findings: Findings, invitation: Ref, flow: Ref | undefined): void {
  const { model, add } = findings;
  const data = model.attributes(invitation)?.fixed_data;
  if (!isMap(data)) return;
  const keys = Object.keys(data);
  if (keys.length === 0) return;
  const subjects: Subject[] = flow ? [[invitation, 'fixed_data'], [flow]] : [[invitation, 'fixed_data']];
  const { written, discarded } = userFields();
  const bound = flow && findings.stages().of(flow);
  const prompts = bound && promptsAmong(model, bound);
  const byKey = new Map(prompts?.map((one) => [model.attributes(one)!.field_key, one]));

  for (const key of keys) {
    if (discarded.has(key)) {
      const stage = bound?.find((one) => one.stage?.kind === userWriteStageKind)?.stage?.address;
      const help =
        key === 'roles'
          ? `Give the role to a group, and name the group in \`create_users_group\` of ${stage ?? 'the user-write stage'}.`
          : `Write \`create_users_group\` for ${stage ?? "the flow's user-write stage"} instead; a flow of its own gives another group.`;
      add(
        'invitation-groups',
        `${invitation.address}: fixed_data cannot set ${key}; the user-write stage discards them`,
        subjects,
        { help },
      );
      continue;
    }
    const prompt = byKey.get(key) ?? byKey.get(without(key, choicesSuffix));
    if (prompt) checkPrompt(findings, invitation, key, prompt, subjects);
    else if (prompts && flow && !written.has(key) && !/^attributes[._]/.test(key)) {
      const near = didYouMean(key, [...[...byKey.keys()].map(String), ...written]);
      add(
        'invitation-unused-data',
        `${invitation.address}: no prompt of ${flow.address} asks for \`${key}\`, and users have no such field`,
        subjects,
        {
          help:
            near ??
            `Write it under \`attributes\`, or add a prompt with the field_key \`${key}\` to ${promptStage(bound) ?? flow.address}.`,
        },
      );
    }
  }
}

function checkPrompt(
  { model, add }: Findings,
  invitation: Ref,
  key: string,
  prompt: Ref,
  subjects: readonly Subject[],
): void {
  const { placeholder_expression, type } = model.attributes(prompt) ?? {};
  if (placeholder_expression !== true || choiceTypes.includes(type)) return;
  add(
    'invitation-not-filled-in',
    `${invitation.address}: \`${key}\` is not filled in, because the placeholder of ${prompt.address} is an expression`,
    [...subjects.slice(0, 1), [prompt, 'placeholder_expression'], ...subjects.slice(1)],
    {
      help: `Write \`placeholder_expression: false\` for ${prompt.address}; \`initial_value_expression\` may stay.`,
    },
  );
}

function promptStage(bound: readonly Bound[] | undefined): string | undefined {
  return bound?.find(({ stage }) => stage?.kind === promptStageKind)?.stage?.address;
}

function without(key: string, suffix: string): string {
  return key.endsWith(suffix) ? key.slice(0, -suffix.length) : key;
}

let fields: { readonly written: ReadonlySet<string>; readonly discarded: ReadonlySet<string> } | undefined;

/** The user fields that the user-write stage writes, and those it cannot: lists of other objects. */
function userFields(): NonNullable<typeof fields> {
  if (!fields) {
    const written = new Set<string>();
    const discarded = new Set<string>();
    for (const field of Object.values(catalogue().kinds.get(userKind)!.fields)) {
      if (field.many) discarded.add(field.name);
      else if (!field.blueprintOnly || field.unreadable === 'password') written.add(field.name);
    }
    fields = { written, discarded };
  }
  return fields;
}
