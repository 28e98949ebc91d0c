/** Writes the text of a notification, in the markup of Slack and its likes. No values. */
import { counted, visible } from '../report/terminal.js';
import type { NotificationEvent } from './notify-events.js';
import type { RunReport, WatchState } from './state.js';

/** How long the text may be, in UTF-16 code units, escapes included. */
export const mostText = 3_000;

// Escaped, each can become five times as long; together they still leave room for the list.
const mostName = 80;
const mostMessage = 280;
const mostFields = 8;

/** The text of one notification. What does not fit is left out and counted. */
export function notificationText(
  event: NotificationEvent,
  run: RunReport,
  state: WatchState,
  missed: number,
): string {
  const head = [
    `*${titleOf(event, run)}*: project ${code(state.project)}, directory ${code(state.directory)}`,
    ...(run.message ? [plain(run.message)] : []),
    ...(run.fallback ? ['The newest blueprints are broken; the last good ones stay in force.'] : []),
    ...(missed > 0 ? [`${counted(missed, 'earlier notification')} did not arrive.`] : []),
  ].join('\n');
  const lines = linesOf(event, run);
  // The list itself leaves out what comes after the first hundred.
  const unlisted = Math.max(0, run.changed - run.changes.length);
  return fitted(head, lines, isListed(event, run) ? unlisted : 0);
}

function titleOf(event: NotificationEvent, run: RunReport): string {
  const changes = counted(run.changed, 'change');
  const held = run.held.length > 0 ? `, ${run.held.length} held back` : '';
  const pending = run.outcome === 'pending';
  switch (event) {
    case 'failure':
      return run.outcome === 'invalid'
        ? 'Blueprints are broken'
        : run.outcome === 'refused'
          ? `Plan refused (${changes})`
          : run.failures.length > 0
            ? `Failed (${counted(run.failures.length, 'change')})`
            : 'Failed';
    case 'recovery':
      return run.outcome === 'applied' ? `Recovered (${changes} made${held})` : 'Recovered';
    case 'drift':
      return `${pending ? 'Drift found' : 'Drift undone'} (${run.drifted} of ${changes}${held})`;
    case 'change':
      if (run.outcome === 'failed') return `Partly changed (${counted(doneIn(run), 'change')})`;
      if (run.changed === 0) return `${counted(run.held.length, 'change')} held back`;
      return `${pending ? 'Pending' : 'Changed'} (${changes}${held})`;
  }
}

function doneIn(run: RunReport): number {
  return Object.values(run.done ?? {}).reduce((sum, count) => sum + count, 0);
}

/** What a failed run would have done is no news. */
function isListed(event: NotificationEvent, run: RunReport): boolean {
  return event !== 'failure' && run.outcome !== 'failed';
}

function linesOf(event: NotificationEvent, run: RunReport): string[] {
  const failures = run.failures.map(({ address, message }) => `• ${code(address)} failed: ${plain(message)}`);
  const isRefused = run.outcome === 'refused';
  const errors = run.problems
    .filter((one) => one.severity === 'error')
    .map((one) => `• ${one.place ? `${code(one.place)} ` : ''}${plain(one.message)} (${plain(one.code)})`);
  const held = run.held.map(({ address, hazards, why, todo }) => {
    const reason = hazards.length > 0 ? why.map(plain).join('; ') : 'depends on another';
    return `• ${isRefused ? 'refused' : 'held back'} ${code(address)}: ${reason}${hazards.length > 0 ? `. To go on: ${plain(todo)}` : ''}`;
  });
  const changes = run.changes.map(({ verb, address, fields, reasons, place }) => {
    const names = fields.slice(0, mostFields).map(plain);
    if (fields.length > mostFields) names.push(`${fields.length - mostFields} more`);
    const what = names.length > 0 ? `: ${names.join(', ')}` : '';
    const why = reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
    return `• ${verb} ${code(address)}${what}${why}${place ? `, ${code(place)}` : ''}`;
  });
  const first = event === 'failure' ? [...failures, ...errors, ...held] : held;
  return isListed(event, run) ? [...first, ...changes] : first;
}

/** As many whole lines as fit, and how many do not. */
function fitted(head: string, lines: readonly string[], unlisted: number): string {
  const tail = (count: number) => (count > 0 ? `\n… and ${count} more` : '');
  let text = head;
  for (const [index, line] of lines.entries()) {
    const left = lines.length - index;
    const longer = `${text}\n${line}`;
    if (longer.length + tail(left - 1 + unlisted).length > mostText) return text + tail(left + unlisted);
    text = longer;
  }
  return text + tail(unlisted);
}

/** Text that is shown as it is: no markup that acts, and nobody called by name. */
function plain(text: string): string {
  return escaped(shortened(text, mostMessage)).replace(/@(?=\w)/g, '@\u200b');
}

/** A name in a fixed face, where no chat looks for names of people. */
function code(text: string): string {
  return `\`${escaped(shortened(text, mostName).replaceAll('`', "'")) || ' '}\``;
}

function shortened(text: string, most: number): string {
  const characters = [...visible(text)];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character]!);
}
