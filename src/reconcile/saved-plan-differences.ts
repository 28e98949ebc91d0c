/** Says in sentences how the plan made now differs from the one that was approved. */

import { canonical, canonicalSet } from '../model/canonical.js';
import { isMap, type Json } from '../model/model.js';
import { commonStart } from '../report/difference.js';
import { cut, cutAround, quoted, visible } from '../report/terminal.js';
import { fieldName, textValue } from '../report/value.js';
import type { SavedChange, SavedField, SavedHazard, SavedPlan } from './saved-plan-form.js';

/** What the plan that is made now has and the approved one has not, and the other way round. */
export function differencesBetween(approved: SavedPlan, now: SavedPlan): string[] {
  const differences: string[] = [];
  for (const key of ['directory', 'project'] as const) {
    if (approved[key] !== now[key])
      differences.push(`approved for ${key} ${visible(approved[key])}, and this is ${visible(now[key])}`);
  }
  const wanted = byKey(approved.changes, changeKey);
  const planned = byKey(now.changes, changeKey);
  for (const [key, change] of wanted) {
    const other = planned.get(key);
    if (other) differences.push(...fieldDifferences(change, other));
    else differences.push(...linesOf(change).map((line) => `only in the approved plan: ${line}`));
  }
  for (const [key, change] of planned) {
    if (!wanted.has(key)) differences.push(...linesOf(change).map((line) => `now also: ${line}`));
    differences.push(...hazardDifferences(change, wanted.get(key)));
  }
  return differences;
}

const changeKey = ({ verb, kind, address }: SavedChange): string => `${verb} ${kind} ${address}`;
const fieldKey = ({ path }: SavedField): string => JSON.stringify(path);
const hazardKey = ({ name, message }: SavedHazard): string => `${name} ${message}`;

/** Things by key, in order; what has the same key as another is numbered, so that nothing is lost. */
function byKey<T>(things: readonly T[], keyOf: (thing: T) => string): Map<string, T> {
  const map = new Map<string, T>();
  const counts = new Map<string, number>();
  for (const one of things) {
    const key = keyOf(one);
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    map.set(count === 0 ? key : `${key} #${count}`, one);
  }
  return map;
}

function fieldDifferences(approved: SavedChange, now: SavedChange): string[] {
  const head = headOf(now);
  const wanted = byKey(approved.fields, fieldKey);
  const planned = byKey(now.fields, fieldKey);
  const lines: string[] = [];
  for (const [key, field] of wanted) {
    const other = planned.get(key);
    if (!other) lines.push(`only in the approved plan: ${head} ${fieldText(field)}`);
    else if (fieldForm(field) !== fieldForm(other)) {
      const [was, is] = apart(valueChange(field), valueChange(other));
      lines.push(`${head} ${nameOf(field)}: ${was} was approved, now ${is}`);
    }
  }
  for (const [key, field] of planned)
    if (!wanted.has(key)) lines.push(`now also: ${head} ${fieldText(field)}`);
  return lines;
}

/** A field as it is compared: elements of a set have no order. */
function fieldForm({ added, removed, ...rest }: SavedField): string {
  return `${canonical({ ...rest, path: [...rest.path] })} +${canonicalSet(added ?? [])} -${canonicalSet(removed ?? [])}`;
}

function hazardDifferences(now: SavedChange, approved: SavedChange | undefined): string[] {
  const wanted = byKey(approved?.hazards ?? [], hazardKey);
  const planned = byKey(now.hazards, hazardKey);
  const of = ({ name }: SavedHazard) => `hazard ${name} on ${visible(now.address)}`;
  return [
    ...[...planned]
      .filter(([key]) => !wanted.has(key))
      .map(([, one]) => `${of(one)} was not approved: ${visible(one.message)}`),
    ...[...wanted]
      .filter(([key]) => !planned.has(key))
      .map(([, one]) => `${of(one)} was approved and is not there any more: ${visible(one.message)}`),
  ];
}

/** A change in words: an update field by field, anything else at once. */
function linesOf(change: SavedChange): string[] {
  const head = headOf(change);
  if (change.verb !== 'update' || change.fields.length === 0) return [head];
  return change.fields.map((field) => `${head} ${fieldText(field)}`);
}

function headOf({ verb, address }: SavedChange): string {
  return `${verb} ${visible(address)}`;
}

function nameOf({ path }: SavedField): string {
  return fieldName({ field: path[0]!, path: path.slice(1) });
}

const room = 80;

function fieldText(field: SavedField): string {
  return `${nameOf(field)}: ${cut(valueChange(field), room)}`;
}

/** Two texts cut to where they differ. */
function apart(one: string, other: string): [string, string] {
  const at = commonStart(one, other);
  return [cutAround(one, at, room), cutAround(other, at, room)];
}

/** `a → b`, `+ x, - y`; of a secret only whether it is set or changed. */
function valueChange(field: SavedField): string {
  const { before, after, added, removed, secret } = field;
  if (added || removed) {
    const parts = [
      ...(added ?? []).map((one) => `+ ${valueText(one)}`),
      ...(removed ?? []).map((one) => `- ${valueText(one)}`),
    ];
    return parts.join(', ');
  }
  if (secret)
    return after === undefined
      ? '(secret) removed'
      : before === undefined
        ? '(secret) set'
        : '(secret) changed';
  if (before === undefined) return valueText(after);
  return `${valueText(before)} → ${valueText(after)}`;
}

/** A value of the JSON form: what stands for another value in words, anything else as it is. */
function valueText(value: Json | undefined): string {
  if (value === undefined) return '(unset)';
  if (typeof value === 'string') return textValue(value);
  if (Array.isArray(value)) return `[${value.map(innerText).join(', ')}]`;
  if (!isMap(value)) return String(value);
  const [first, ...others] = Object.entries(value as Record<string, Json>);
  if (first && others.length === 0) {
    const [key, inner] = first;
    if (key === 'ref' && typeof inner === 'string') return visible(inner);
    if (key === 'secret' && inner === true) return '(secret)';
    if ((key === 'env' || key === 'file') && typeof inner === 'string') return `(${key} ${visible(inner)})`;
    if (key === 'deferred') return '(known after apply)';
    if (key === 'origins' && Array.isArray(inner)) return inner.map(valueText).join(' ');
  }
  const pairs = Object.entries(value as Record<string, Json>);
  return `{${pairs.map(([key, inner]) => `${quoted(key)}: ${innerText(inner)}`).join(', ')}}`;
}

function innerText(value: Json): string {
  return typeof value === 'string' ? quoted(value) : valueText(value);
}
