/** The changed fields of a change, as the indented lines below its header. */
import { Unavailable, type Value } from '../model/model.js';
import type { Change, FieldChange } from '../plan/change.js';
import { commonStart, type DiffLine, differenceLines, severalLines } from './difference.js';
import {
  counted,
  cut,
  cutAround,
  displayWidth,
  type Look,
  type Paints,
  padded,
  visible,
} from './terminal.js';
import { fieldName, isNested, maskOf, valueText } from './value.js';

const indent = 4;
const gap = 2;
const narrowestNames = 10;
const widestNames = 28;
/** More lines than these for one field are counted, not shown. */
const longestDiff = 60;
const longestSet = 100;
/** Changed lines are cut only here: the difference may stand anywhere in them. */
const longestLine = 1000;

/** The lines of all fields of a change, names aligned. */
export function fieldLines(
  change: Pick<Change, 'verb' | 'reasons' | 'fields'>,
  look: Look,
  paints: Paints,
): string[] {
  const names = change.fields.map((field) => displayWidth(fieldName(field)));
  const column = Math.max(narrowestNames, ...names.filter((width) => width <= widestNames));
  const creates = change.verb === 'create';
  return change.fields.flatMap((field) =>
    linesOf(field, { look, paints, column, reason: ownReason(change, field), creates }),
  );
}

/** Why a field changes, where the header does not tell: there are several reasons, and the blueprint is not this one's. */
export function ownReason(
  { reasons }: Pick<Change, 'reasons'>,
  { reason }: FieldChange,
): FieldChange['reason'] | undefined {
  return reasons.length > 1 && reason !== 'new' && reason !== 'edited' ? reason : undefined;
}

interface Layout {
  readonly look: Look;
  readonly paints: Paints;
  readonly column: number;
  readonly reason: string | undefined;
  readonly creates: boolean;
}

function linesOf(field: FieldChange, layout: Layout): string[] {
  const { look, paints, column, reason } = layout;
  const name = fieldName(field);
  const label = `${' '.repeat(indent)}${padded(name, column)}${' '.repeat(gap)}`;
  const suffix = reason ? `  ${paints.dim(`(${reason})`)}` : '';
  const room = Math.max(20, look.width - displayWidth(label) - (reason ? reason.length + 4 : 0));
  const mask = maskOf(field);
  if (field.after instanceof Unavailable) return [`${label}${paints.dim(valueText(field.after))}${suffix}`];
  if (field.set) return setLines(field.set, mask, label, room, suffix, paints);

  // Of a value that cannot be read nobody knows whether it is there: both sides are masked alike.
  const before = mask ?? valueText(field.before);
  const after = mask !== undefined && field.after !== undefined ? mask : valueText(field.after);
  if (mask === undefined) {
    const texts = severalLines(field, displayWidth(before) + displayWidth(after) + 3 > room);
    if (texts) {
      const head = `${' '.repeat(indent)}${name}${suffix}`;
      // Items of a list start with a dash of their own.
      const space = isNested(field.before) || isNested(field.after) ? ' ' : '';
      return [head, ...diffLines(differenceLines(...texts), space, look, paints)];
    }
  }
  if (field.before === undefined && layout.creates) return [`${label}${cut(after, room)}${suffix}`];
  if (displayWidth(before) + displayWidth(after) + 3 <= room) {
    return [`${label}${before} → ${after}${suffix}`];
  }
  const from = commonStart(before, after);
  return [
    `${label}${paints.red('-')} ${cutAround(before, from, room - 2)}${suffix}`,
    `${' '.repeat(displayWidth(label))}${paints.green('+')} ${cutAround(after, from, room - 2)}`,
  ];
}

function setLines(
  set: NonNullable<FieldChange['set']>,
  mask: string | undefined,
  label: string,
  room: number,
  suffix: string,
  paints: Paints,
): string[] {
  const lines = [
    ...elementLines(set.added, paints.green('+'), mask, room),
    ...elementLines(set.removed, paints.red('-'), mask, room),
  ];
  if (lines.length === 0) return [`${label}[]${suffix}`];
  const margin = ' '.repeat(displayWidth(label));
  return lines.map((line, index) => (index === 0 ? `${label}${line}${suffix}` : `${margin}${line}`));
}

function elementLines(
  elements: readonly Value[],
  sign: string,
  mask: string | undefined,
  room: number,
): string[] {
  if (elements.length === 0) return [];
  if (mask !== undefined) return [`${sign} ${elements.length === 1 ? '' : `${elements.length} × `}${mask}`];
  const lines = elements.slice(0, longestSet).map((one) => `${sign} ${cut(valueText(one), room - 2)}`);
  if (elements.length > longestSet) lines.push(`${sign} … and ${elements.length - longestSet} more`);
  return lines;
}

function diffLines(lines: readonly DiffLine[], space: string, look: Look, paints: Paints): string[] {
  const room = Math.max(20, look.width - indent - 3);
  const margin = ' '.repeat(indent + 2);
  const shown = lines.slice(0, longestDiff).map(({ type, text }) => {
    const safe = cut(visible(text.replaceAll('\t', '    ')), type === 'context' ? room : longestLine);
    switch (type) {
      case 'added':
        return `${margin}${paints.green(`+${space}${safe}`)}`;
      case 'removed':
        return `${margin}${paints.red(`-${space}${safe}`)}`;
      case 'context':
        return `${margin} ${space}${safe}`.trimEnd();
      default:
        return `${margin}${paints.dim(safe)}`;
    }
  });
  if (lines.length > longestDiff) {
    shown.push(
      `${margin}${paints.dim(`… and ${counted(lines.length - longestDiff, 'more line', 'more lines')}`)}`,
    );
  }
  return shown;
}
