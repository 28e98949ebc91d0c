/** Saves a plan in the form that people approve, and compares a saved plan with the one made now. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { ownSchemas } from '../model/ajv-options.js';
import { canonical } from '../model/canonical.js';
import { type Address, isMap, type Json, Unavailable } from '../model/model.js';
import type { AllowedBy, HazardName, Plan } from '../plan/change.js';
import { jsonText, planJson } from '../report/json.js';
import { refusals } from '../report/stances.js';
import { visible } from '../report/terminal.js';
import { fieldName } from '../report/value.js';
import { differencesBetween } from './saved-plan-differences.js';
import type { SavedChange, SavedPlan } from './saved-plan-form.js';

/** Is the plan the one that was approved? */
export type Comparison =
  | { readonly same: true }
  | { readonly same: false; readonly differences: readonly string[] };

const format = 'asbuilt-plan';
const version = 2;
/** Of a secret only counts whether there is one before and after. */
const hidden = { secret: true };

/**
 * The form in which a plan is approved. A plan with a refused hazard can't be, so that nobody approves in passing what
 * `--allow` has to name; nor can one that waits for a variable or a file: `diagnostics` are those of the planning, which
 * name them even where a change does not show.
 */
export function savePlan(
  plan: Plan,
  diagnostics: readonly Diagnostic[],
): { readonly saved?: SavedPlan; readonly problems: Diagnostic[] } {
  const refused = refusals(plan);
  if (refused.length > 0) return { problems: refused };
  const problems = [
    ...diagnostics.filter(({ code }) => code === 'env-unset'),
    ...waitingFields(plan).map((field) => diagnose('env-unset', `${field} waits for a value`)),
  ].map(
    (one): Diagnostic => ({
      ...one,
      severity: 'error',
      help: 'A plan can only be approved with all its values: set the variable or write the file, and plan again.',
    }),
  );
  if (problems.length > 0) return { problems };
  return { saved: formOf(plan), problems };
}

/** What a saved plan's file holds. */
export function savedText(saved: SavedPlan): string {
  return jsonText(JSON.parse(JSON.stringify(saved)));
}

function waitingFields(plan: Plan): string[] {
  return plan.changes.flatMap((change) => [
    ...change.fields
      .filter(({ before, after, set }) => [before, after, set?.added, set?.removed].some(isWaiting))
      .map((field) => `${change.ref.address} ${fieldName(field)}`),
    ...(change.fields.length === 0 && isWaiting(change.write) ? [change.ref.address] : []),
  ]);
}

function isWaiting(value: unknown): boolean {
  if (value instanceof Unavailable) return true;
  if (Array.isArray(value)) return value.some(isWaiting);
  return isMap(value) && Object.values(value).some(isWaiting);
}

/** What a saved plan keeps of a plan; the values are masked where `plan --json` masks them. */
function formOf(plan: Plan): SavedPlan {
  const { directory, project } = plan;
  const allowed = plan.allowed.map(({ address, hazard: { name, message }, by }) => ({
    name,
    address,
    message,
    by,
  }));
  // Through text and back, so that a plan and a saved one are compared in the same form.
  const shown = JSON.parse(JSON.stringify(planJson(plan, []).changes)) as SavedChange[];
  const changes = shown.map(({ verb, address, kind, fields, hazards }) => ({
    verb,
    address,
    kind,
    fields: fields.map(({ path, before, after, added, removed, secret }) => ({
      path,
      ...(before === undefined ? {} : { before: secret ? hidden : before }),
      ...(after === undefined ? {} : { after: secret ? hidden : after }),
      ...(added === undefined ? {} : { added }),
      ...(removed === undefined ? {} : { removed }),
      secret,
    })),
    hazards: hazards.map(({ name, message }) => ({ name, message })),
  }));
  const content = { format, version, directory, project, allowed, changes } as const;
  return { ...content, digest: digestOf(content) };
}

function digestOf(content: object): string {
  return `sha256:${createHash('sha256')
    .update(canonical(content as Json))
    .digest('hex')}`;
}

let schemaCheck: ValidateFunction | undefined;

/** Reads the text of a saved plan; `path` is what people call the file. */
export function readApproved(
  text: string,
  path: string,
): { readonly saved: SavedPlan } | { readonly problem: Diagnostic } {
  const refused = (message: string, help?: string) => ({
    problem: diagnose('not-a-plan', `${path} ${message}`, undefined, { help }),
  });
  if (text.trim() === '') return refused('is empty');
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return refused('is not whole JSON: it was cut off, or is another file');
  }
  if (!isMap(data) || (data as Record<string, unknown>).format !== format) {
    const isReport = isMap(data) && 'diagnostics' in data && 'version' in data;
    return isReport
      ? refused('is the output of `--json`, which is no saved plan')
      : refused('is no saved plan');
  }
  const { digest, ...content } = data as Record<string, unknown>;
  if (content.version !== version) {
    const help = 'Plan again with the asbuilt that applies it, and have that plan approved.';
    const old =
      content.version === 1
        ? ', which does not say which hazards were allowed'
        : '; another asbuilt saved it';
    return refused(
      `has version ${JSON.stringify(content.version)}${old}; this asbuilt reads ${version}`,
      help,
    );
  }
  schemaCheck ??= new Ajv(ownSchemas).compile(
    JSON.parse(readFileSync(new URL('../../schemas/plan.schema.json', import.meta.url), 'utf8')),
  );
  if (!schemaCheck(data)) return refused(`is not as it was saved: ${schemaProblem(schemaCheck.errors![0]!)}`);
  try {
    if (digest === digestOf(content)) return { saved: data as unknown as SavedPlan };
  } catch (error) {
    // Only nesting that no plan has exhausts the stack.
    if (!(error instanceof RangeError)) throw error;
  }
  return refused('was changed after it was saved: its digest is another');
}

function schemaProblem(error: ErrorObject): string {
  const { missingProperty, additionalProperty } = error.params;
  const where = visible(error.instancePath.slice(1).replaceAll('/', '.') || 'the file');
  if (missingProperty !== undefined) return `${where} lacks \`${missingProperty}\``;
  if (additionalProperty !== undefined) return `${where} has \`${visible(additionalProperty)}\``;
  return `${where} ${error.message}`;
}

/**
 * Compares what was approved with what is planned now: verbs, addresses, values before and after, hazards. Each
 * difference is a sentence for people.
 */
export function compareApproved(saved: SavedPlan, plan: Plan): Comparison {
  const differences = differencesBetween(saved, formOf(plan));
  return differences.length === 0 ? { same: true } : { same: false, differences };
}

/** A plan as people were shown it, to be compared later. */
export function shownForm(plan: Plan): SavedPlan {
  return formOf(plan);
}

/** Would people who were shown the one see nothing new in the other? */
export function isSamePlan(shown: SavedPlan, now: Plan): boolean {
  return differencesBetween(shown, formOf(now)).length === 0;
}

/** Who allowed this hazard at this address when the plan was made; undefined when nobody did. */
export function approves(saved: SavedPlan, address: Address, hazard: HazardName): AllowedBy | undefined {
  return saved.allowed.find((one) => one.address === address && one.name === hazard)?.by;
}
