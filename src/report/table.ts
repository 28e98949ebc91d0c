/** Rows as a table for people: columns aligned, long cells cut where there is a terminal to fit in. */
import { cut, displayWidth, type Look, padded, paintsOf, visible } from './terminal.js';

const gap = '  ';
const narrowestColumn = 8;

/** The lines of a table, each ended. `fits`: cut cells so that lines fit into the width; otherwise nothing is cut. */
export function tableText(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  look: Look,
  fits: boolean,
): string {
  const { bold } = paintsOf(look);
  const safe = rows.map((row) => row.map(visible));
  const natural = headings.map((heading, at) =>
    Math.max(displayWidth(heading), ...safe.map((row) => displayWidth(row[at] ?? ''))),
  );
  const widths = fits ? fitted(natural, look.width) : natural;
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => padded(cut(cell, widths[at]!), at === cells.length - 1 ? 0 : widths[at]!))
      .join(gap)
      .trimEnd();
  return [bold(line(headings)), ...safe.map(line)].map((one) => `${one}\n`).join('');
}

/** Widths that fit: the widest columns give first. */
function fitted(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - room;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= narrowestColumn) break;
    const at = widths.indexOf(widest);
    const next = Math.max(narrowestColumn, ...widths.filter((width) => width < widest));
    const less = Math.min(over, Math.max(1, widest - next));
    widths[at] = widest - less;
    over -= less;
  }
  return widths;
}

/** A value as a cell: yes and no, nothing empty, lists with commas, everything else as JSON. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
