/** A change as the lines of a Markdown `diff` block: `+` comes, `-` goes, `!` is dangerous, everything else is indented. */
import { Unavailable } from '../model/model.js';
import type { Change, FieldChange } from '../plan/change.js';
import { commonStart, differenceLines, severalLines } from './difference.js';
import { ownReason } from './fields.js';
import { counted, cut, cutAround, displayWidth, padded, visible, wrapped } from './terminal.js';
import { placeOf, signs, wordsOf } from './text.js';
import { fieldName, maskOf, valueText } from './value.js';

/** Columns of a block before a reader has to scroll; values may be longer, up to `longestValue`. */
const comfortable = 100;
const longestValue = 240;
const longestDiff = 60;
const longestSet = 100;
/** Changed lines of a text are cut further out: the difference may stand anywhere in them. */
const longestChanged = 500;
/** More of one change is counted, so that one cannot crowd out all others. */
const longestBlock = { lines: 200, characters: 12_000 };
const widestNames = 24;

/** The lines of a change. Each starts with its sign or with four spaces, so that none can end a fence. */
export function changeLines(change: Change): string[] {
  const names = change.fields.map((field) => displayWidth(fieldName(field)));
  const column = Math.max(8, ...names.filter((width) => width <= widestNames));
  const fields = change.fields.flatMap((field) => {
    const reason = ownReason(change, field);
    return fieldLines(field, column, change.verb === 'create', reason ? `  (${reason})` : '');
  });
  const shown = beginning(fields);
  if (change.fields.length > 0 && change.unchanged > 0) shown.push(`    (${change.unchanged} unchanged)`);
  return [headLine(change), ...shown, ...change.hazards.flatMap(hazardLines)];
}

function beginning(lines: readonly string[]): string[] {
  const shown: string[] = [];
  let characters = 0;
  for (const line of lines) {
    characters += line.length;
    if (shown.length === longestBlock.lines || characters > longestBlock.characters) break;
    shown.push(line);
  }
  const rest = lines.length - shown.length;
  return rest === 0 ? shown : [...shown, `    … and ${counted(rest, 'more line')}`];
}

/** `~ user/ada  blueprints/staff.yaml:3  drifted`. */
export function headLine(change: Change): string {
  const rest = [placeOf(change), wordsOf(change)].filter((one) => one !== '');
  const address = cut(visible(change.ref.address), longestValue);
  return cut([`${signs[change.verb]} ${address}`, ...rest].join('  '), 2 * longestValue);
}

function hazardLines({ name, message }: Change['hazards'][number]): string[] {
  return wrapped(`${name}: ${cut(visible(message), 1000)}`, comfortable).map(
    (line, index) => `!   ${index === 0 ? '' : '  '}${line}`,
  );
}

function fieldLines(field: FieldChange, column: number, creates: boolean, suffix: string): string[] {
  const name = cut(fieldName(field), longestValue);
  const label = (sign: string, text = name): string => `${sign}   ${padded(text, column)}  `;
  const mask = maskOf(field);
  if (field.after instanceof Unavailable) return [`${label(' ')}${valueText(field.after)}${suffix}`];
  if (field.set) return setLines(field.set, mask, label, suffix);
  if (mask !== undefined) {
    const sign = field.after === undefined ? '-' : creates ? '+' : '~';
    return [`${label(sign)}${mask}${suffix}`];
  }
  const before = valueText(field.before);
  const after = valueText(field.after);
  const texts = severalLines(field, Math.max(before.length, after.length) + column > comfortable);
  if (texts) return [`    ${name}${suffix}`, ...diffLines(...texts)];
  const lines: string[] = [];
  const from = commonStart(before, after);
  if (field.before !== undefined) lines.push(`${label('-')}${cutAround(before, from, longestValue)}`);
  if (field.after !== undefined) lines.push(`${label('+')}${cutAround(after, from, longestValue)}`);
  return lines.map((line, index) => (index === lines.length - 1 ? line + suffix : line));
}

function setLines(
  set: NonNullable<FieldChange['set']>,
  mask: string | undefined,
  label: (sign: string, text?: string) => string,
  suffix: string,
): string[] {
  const lines: string[] = [];
  for (const [sign, elements] of [
    ['+', set.added],
    ['-', set.removed],
  ] as const) {
    if (elements.length === 0) continue;
    if (mask !== undefined) {
      lines.push(`${label(sign)}${elements.length === 1 ? '' : `${elements.length} × `}${mask}`);
      continue;
    }
    for (const [index, one] of elements.slice(0, longestSet).entries())
      lines.push(`${index === 0 ? label(sign) : label(sign, '')}${cut(valueText(one), longestValue)}`);
    if (elements.length > longestSet)
      lines.push(`${label(sign, '')}… and ${elements.length - longestSet} more`);
  }
  if (lines.length === 0) lines.push(`${label('+')}[]`);
  return lines.map((line, index) => (index === 0 ? line + suffix : line));
}

function diffLines(before: string, after: string): string[] {
  const lines = differenceLines(before, after);
  const shown = lines.slice(0, longestDiff).map(({ type, text }) => {
    const changed = type === 'added' || type === 'removed';
    const safe = cut(visible(text.replaceAll('\t', '    ')), changed ? longestChanged : longestValue);
    switch (type) {
      case 'added':
        return `+     ${safe}`;
      case 'removed':
        return `-     ${safe}`;
      case 'position':
        return safe;
      default:
        return `      ${safe}`.trimEnd();
    }
  });
  if (lines.length > longestDiff)
    shown.push(`      … and ${counted(lines.length - longestDiff, 'more line')}`);
  return shown;
}
