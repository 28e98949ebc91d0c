/** Diagnostics in, their part of a Markdown report out. */

import { codes } from '../diagnostic/codes.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { positionOf } from '../diagnostic/source.js';
import { diagnosticsCount, inOrder } from './diagnostics.js';
import { bullets, folded } from './markdown-blocks.js';
import { code, prose } from './markdown-escape.js';
import { counted, cut, visible } from './terminal.js';

/** Characters for what is in sight, and for what is folded. */
const rooms = { open: 8000, notes: 2500 } as const;
const longestMessage = 1000;
const mostRelated = 5;

/** Errors and warnings in sight, notes folded. */
export function diagnosticsParts(diagnostics: readonly Diagnostic[]): string[] {
  const helped = new Set<string>();
  const item = (one: Diagnostic): string => diagnosticItem(one, helped);
  const ordered = inOrder(diagnostics);
  const open = ordered.filter((one) => one.severity !== 'note');
  const notes = ordered.filter((one) => one.severity === 'note');
  return [
    ...(open.length === 0
      ? []
      : [`#### ${diagnosticsCount(open)}`, bullets(open.map(item), rooms.open).join('\n')]),
    ...(notes.length === 0
      ? []
      : [folded(counted(notes.length, 'note'), bullets(notes.map(item), rooms.notes).join('\n'))]),
  ];
}

function diagnosticItem(one: Diagnostic, helped: Set<string>): string {
  const where = one.place ? `${code(whereOf(one.place))} ` : '';
  const help = one.help ?? (helped.has(one.code) ? undefined : codes[one.code].remedy);
  helped.add(one.code);
  const lines = [
    `${where}**${one.severity}** ${code(one.code)}: ${prose(cut(one.message, longestMessage))}`,
    ...(one.related ?? [])
      .slice(0, mostRelated)
      .map(({ place, message }) => `${code(whereOf(place))} ${prose(cut(message, longestMessage))}`),
    ...(help === undefined ? [] : [prose(cut(help, longestMessage))]),
  ];
  return lines.join('<br>');
}

function whereOf(place: NonNullable<Diagnostic['place']>): string {
  const { line, column } = positionOf(place);
  return `${cut(visible(place.source.path), 200)}:${line}:${column}`;
}
