/** Prints one line for each run of a watch. */
import type { Verb } from '../plan/change.js';
import { counted, cut, type Look, type Paints, padded, paintsOf, visible } from '../report/terminal.js';
import type { ChangeReport, RunReport, WatchOutcome } from './state.js';

const signs: Readonly<Record<Verb, string>> = {
  create: '+',
  update: '~',
  delete: '-',
  adopt: '=',
  forget: 'x',
};
const participles: Readonly<Record<Verb, string>> = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  adopt: 'adopted',
  forget: 'forgotten',
};
/** How many changes are named; of more, only how many there are of each verb. */
const mostNamed = 3;

/** One line, without a line break: when, how it ended, what changed, why it ran, how long it took. */
export function runLine(run: RunReport, look: Look): string {
  const paints = paintsOf(look);
  const [word, paint] = wordOf(run, paints);
  const end = `${padded(run.trigger, 9)}  ${duration(run.milliseconds)}`;
  const start = `${clock(run.started)}  ${padded(word, 8)}  `;
  const room = Math.max(20, look.width - start.length - end.length - 2);
  const text = cut(visible(textOf(run)), room);
  return `${paints.dim(clock(run.started))}  ${paint(padded(word, 8))}  ${padded(text, room)}  ${paints.dim(end)}`.trimEnd();
}

/** A line about the watch itself. */
export function toldLine(message: string, at: Date, look: Look): string {
  return `${paintsOf(look).dim(clock(at.toISOString()))}  ${visible(message)}`;
}

function wordOf(run: RunReport, paints: Paints): [string, (text: string) => string] {
  const isHealed = run.drifted > 0 && run.drifted === run.changed;
  const words: Record<WatchOutcome, [string, (text: string) => string]> = {
    nothing: ['in sync', paints.dim],
    held: ['held', paints.yellow],
    applied: [isHealed ? 'healed' : 'applied', run.held.length > 0 ? paints.yellow : paints.green],
    pending: [isHealed ? 'drifted' : 'pending', paints.yellow],
    refused: ['refused', paints.red],
    invalid: ['invalid', paints.red],
    failed: ['failed', paints.red],
  };
  return words[run.outcome];
}

function textOf(run: RunReport): string {
  const parts = [mainText(run)];
  if (run.held.length > 0 && run.outcome !== 'refused') parts.push(`held back: ${heldNames(run.held)}`);
  if (run.fallback) parts.push('by the last good blueprints');
  return parts.filter((one) => one !== '').join('; ');
}

function heldNames(held: RunReport['held']): string {
  const named = held.slice(0, mostNamed).map(({ address, hazards }) => {
    return hazards.length > 0 ? `${address} (${hazards.join(', ')})` : address;
  });
  return held.length > mostNamed
    ? `${named.join(', ')} and ${held.length - mostNamed} more`
    : named.join(', ');
}

function mainText(run: RunReport): string {
  switch (run.outcome) {
    case 'invalid':
      return problemText(run);
    case 'failed':
      return run.message ?? run.failures.map((one) => `${one.address}: ${one.message}`).join('; ');
    case 'refused':
      return `${run.held[0]?.address ?? ''}: ${hazardsOf(run)}`;
    default:
      return changesText(run);
  }
}

function problemText({ problems }: RunReport): string {
  const errors = problems.filter((one) => one.severity === 'error');
  const [first] = errors;
  if (!first) return '';
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return `${first.place ? `${first.place} ` : ''}${first.message}${more}`;
}

function hazardsOf({ held }: RunReport): string {
  return [...new Set(held.flatMap((one) => one.hazards))].sort().join(', ');
}

function changesText({ changes, changed, done }: RunReport): string {
  if (changed === 0) return '';
  if (changed <= mostNamed) return changes.map(changeText).join(', ');
  const counts = Object.entries(done ?? {}) as [Verb, number][];
  return (
    counts.map(([verb, count]) => `${count} ${participles[verb]}`).join(', ') || counted(changed, 'change')
  );
}

function changeText({ verb, address, fields }: ChangeReport): string {
  const names =
    verb === 'update' && fields.length > 0
      ? ` (${fields.slice(0, 3).join(', ')}${fields.length > 3 ? ', …' : ''})`
      : '';
  return `${signs[verb]} ${address}${names}`;
}

function duration(milliseconds: number): string {
  const text =
    milliseconds < 10_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
  return text.padStart(8);
}

/** The time of day here, to the second. */
function clock(iso: string): string {
  const at = new Date(iso);
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((one) => String(one).padStart(2, '0'))
    .join(':');
}
