/** The part of a Markdown report that has the diagnostics. */

import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { diagnosticsCount, helpOf, inOrder, where } from './diagnostics.js';
import { bullets, folded } from './markdown-blocks.js';
import { code, prose } from './markdown-escape.js';
import { counted, cut } from './terminal.js';

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
  const place = one.place ? `${code(cut(where(one.place), 200))} ` : '';
  const help = helpOf(one, helped);
  const lines = [
    `${place}**${one.severity}** ${code(one.code)}: ${prose(cut(one.message, longestMessage))}`,
    ...(one.related ?? [])
      .slice(0, mostRelated)
      .map(({ place, message }) => `${code(cut(where(place), 200))} ${prose(cut(message, longestMessage))}`),
    ...(help === undefined ? [] : [prose(cut(help, longestMessage))]),
  ];
  return lines.join('<br>');
}
