/** Values of attributes as text, usually on one line. What came from a variable or file is shown as its origin. */
import { Deferred, isMap, Masked, type Origin, Ref, Unavailable, type Value } from '../model/model.js';
import type { FieldChange } from '../plan/change.js';
import { hasUnsafe, quoted, visible } from './terminal.js';

/** Shown where there is no value. */
export const nothing = '(unset)';

// Plain text that would read as something else: another type, one of our own words in brackets, an arrow.
const ambiguous = /^(?:null|true|false|[-+]?[\d.][\d._]*(?:e[-+]?\d+)?|[([{"'`].*|\s.*|.*\s|.* → .*)$/isu;

/** A text as it is where that is clear, otherwise as a JSON string. */
export function textValue(text: string): string {
  return text === '' || ambiguous.test(text) || hasUnsafe(text) ? quoted(text) : text;
}

/** A value on one line: references by address, maps and lists as JSON. */
export function valueText(value: Value | undefined): string {
  if (value === undefined) return nothing;
  return typeof value === 'string' ? textValue(value) : inner(value);
}

/** A map or list over several lines in YAML's block style, each line ended; a text as it is. */
export function valueLines(value: Value | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return `${blockLines(value).join('\n')}\n`;
}

function blockLines(value: Value): string[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((one) => {
      const lines = blockLines(one);
      return lines.map((line, index) => `${index === 0 ? '- ' : '  '}${line}`);
    });
  }
  if (isMap(value) && Object.keys(value).length > 0) {
    return Object.entries(value as Record<string, Value>).flatMap(([key, one]) => {
      const lines = blockLines(one);
      const flat = lines.length === 1 && !isNested(one);
      return flat
        ? [`${textValue(key)}: ${lines[0]}`]
        : [`${textValue(key)}:`, ...lines.map((line) => `  ${line}`)];
    });
  }
  return [valueText(value)];
}

/** Does the value hold others? */
export function isNested(value: Value | undefined): boolean {
  return (Array.isArray(value) && value.length > 0) || (isMap(value) && Object.keys(value).length > 0);
}

/** JSON on one line, with values that JSON does not know in words. */
function inner(value: Value): string {
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Ref) return visible(value.address);
  if (value instanceof Deferred) return '(known after apply)';
  if (value instanceof Unavailable) return missingText(value.origin);
  if (value instanceof Masked) return originsText(value.origins);
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`;
  if (isMap(value)) {
    const pairs = Object.entries(value as Record<string, Value>);
    return `{${pairs.map(([key, one]) => `${quoted(key)}: ${inner(one)}`).join(', ')}}`;
  }
  return String(value);
}

/** `(env NAME)` or `(file PATH)`, several with commas. */
export function originsText(origins: readonly Origin[]): string {
  return `(${[...new Set(origins.map((one) => `${one.type} ${visible(one.name)}`))].join(', ')})`;
}

function missingText(origin: Origin): string {
  return `(${origin.type} ${visible(origin.name)}, ${origin.type === 'env' ? 'not set' : 'not found'})`;
}

/** What stands for each side of a field whose values are not shown; undefined when they are. */
export function maskOf(change: FieldChange): string | undefined {
  if (change.origins && change.origins.length > 0) return originsText(change.origins);
  return change.secret ? '(secret)' : undefined;
}

/** The name of a field with the steps below it: `attributes.department`. */
export function fieldName(change: Pick<FieldChange, 'field' | 'path'>): string {
  const steps = change.path.map((step) => (/^[\w-]+$/u.test(step) ? `.${step}` : `[${quoted(step)}]`));
  return visible(change.field) + steps.join('');
}
