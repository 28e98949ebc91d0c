/** A plan, or the outcome of an apply, in; the text that people read on a terminal out. */

import { shortPlace } from '../diagnostic/source.js';
import type { Address } from '../model/model.js';
import type { Change, Counts, Plan, Verb } from '../plan/change.js';
import { fieldLines } from './fields.js';
import {
  counted,
  displayWidth,
  type Look,
  type Paints,
  padded,
  paintsOf,
  shellWord,
  visible,
  wrapped,
} from './terminal.js';

/** What an apply did. */
export interface Outcome {
  readonly outcome: string;
  readonly plan?: Plan;
  readonly done: number;
  readonly failed: readonly { readonly address: Address; readonly message: string }[];
  readonly skipped: readonly Address[];
  /** Names of the invitations that were issued. */
  readonly invitations: readonly string[];
  /** What is different from the plan that was approved. */
  readonly differences?: readonly string[];
  readonly milliseconds: number;
}

/** What stands before a change of each verb. */
export const signs: Readonly<Record<Verb, string>> = {
  create: '+',
  update: '~',
  delete: '-',
  adopt: '=',
  forget: '.',
};

/** Verbs that a sign alone would not tell. */
const verbWords: Partial<Record<Verb, string>> = {
  adopt: 'exists, becomes ours',
  forget: 'stays, no longer ours',
};

const gap = 2;
// The columns of a small plan; they only grow for longer names.
const narrowestAddress = 30;
const narrowestPlace = 26;

/** The whole plan: a line of counts, a block per change, the orphans. Ends with a line break. */
export function planText(plan: Plan, look: Look): string {
  const paints = paintsOf(look);
  const columns = columnsOf(plan, look);
  const changes = shownChanges(plan);
  const nothing =
    plan.held.length > 0 ? 'Nothing else to do.' : 'Nothing to do: the directory is as the blueprints say.';
  const sections = [
    [`${visible(plan.directory)}  ${countsText(plan.counts)}`, ...stanceLines(plan, look)],
    changes.length === 0
      ? [paints.green(nothing)]
      : changes.flatMap((one) => changeLines(one, columns, look, paints)),
    ...(plan.held.length === 0 ? [] : [heldLines(plan, columns, look, paints)]),
    ...(plan.orphans.length === 0 ? [] : [orphanLines(plan, columns, look, paints)]),
    ...(plan.pruneBlocked === undefined
      ? []
      : [wrapped(`Nothing is pruned or reverted: ${plan.pruneBlocked}.`, look.width)]),
    ...(plan.refused.length === 0 ? [] : [refusedLines(plan, look, paints)]),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The changes that people are told about: an update that only completes a create is part of it. */
export function shownChanges(plan: Plan): readonly Change[] {
  return plan.changes.filter((one) => one.partOf === undefined);
}

/** `1 to create, 41 unchanged, 3 orphaned`: what there is of each, unchanged always. */
export function countsText(counts: Counts): string {
  const words: readonly (readonly [number, string])[] = [
    [counts.create, 'to create'],
    [counts.update, 'to update'],
    [counts.delete, 'to delete'],
    [counts.adopt, 'to adopt'],
    [counts.forget, 'to forget'],
  ];
  const rest: readonly (readonly [number, string])[] = [
    [counts.orphaned, 'orphaned'],
    [counts.spent, 'spent'],
    [counts.held, 'waiting for conditions'],
  ];
  const present = (list: typeof words) =>
    list.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const todo = present(words);
  return [...(todo.length ? todo : ['no changes']), `${counts.unchanged} unchanged`, ...present(rest)].join(
    ', ',
  );
}

interface Columns {
  readonly address: number;
  readonly place: number;
}

function columnsOf(plan: Plan, look: Look): Columns {
  const widest = Math.max(narrowestAddress, Math.floor(look.width / 2) - 2);
  let address = narrowestAddress;
  let place = narrowestPlace;
  for (const change of shownChanges(plan)) {
    const width = displayWidth(visible(change.ref.address));
    if (width <= widest) address = Math.max(address, width);
    // A place that nothing follows may stick out.
    if (wordsOf(change)) place = Math.max(place, displayWidth(placeOf(change)));
  }
  for (const orphan of plan.orphans) {
    const width = displayWidth(visible(orphan.address));
    if (width <= widest) address = Math.max(address, width);
  }
  return { address: address + gap, place: place + gap };
}

function changeLines(change: Change, columns: Columns, look: Look, paints: Paints): string[] {
  const hasBody = change.fields.length > 0;
  return [
    ...headLines(change, columns, look, paints),
    ...(hasBody ? fieldLines(change, look, paints) : []),
    ...(hasBody && change.unchanged > 0 ? [paints.dim(`    (${change.unchanged} unchanged)`)] : []),
    ...change.hazards.flatMap((hazard) => {
      const name = `! ${hazard.name}:`;
      const lines = wrapped(`${name} ${visible(hazard.message)}`, Math.max(30, look.width - 6));
      // Whole lines in yellow are hard to read on a light ground.
      return lines.map((line, index) =>
        index === 0 ? `    ${paints.bold(paints.yellow(name))}${line.slice(name.length)}` : `      ${line}`,
      );
    }),
  ];
}

function headLines(change: Change, columns: Columns, look: Look, paints: Paints): string[] {
  const address = visible(change.ref.address);
  const place = placeOf(change);
  const words = wordsOf(change);
  const head = `${signPaint(change.verb, paints)(signs[change.verb])} ${paints.bold(address)}`;
  if (place === '' && words === '') return [head];
  const column = columns.address + 2;
  const tail = words === '' ? place : `${padded(place, columns.place)}${words}`;
  const painted = `${paints.dim(tail.slice(0, tail.length - words.length))}${words}`;
  const used = displayWidth(address) + 2;
  // A long address has the line for itself when the rest would not fit behind it.
  if (used + gap > column && used + gap + displayWidth(tail) > look.width) {
    return [head, `${' '.repeat(column)}${painted}`];
  }
  return [`${head}${' '.repeat(Math.max(gap, column - used))}${painted}`];
}

/** `file:line` of the entry that asks for the change, or of the one that is gone. */
export function placeOf(change: Change): string {
  if (change.place) return visible(shortPlace(change.place));
  return change.formerPlace === undefined ? '' : `was ${visible(change.formerPlace)}`;
}

/** Why the change is there, and what its sign does not tell. */
export function wordsOf(change: Change): string {
  const former = change.place === undefined && change.formerPlace !== undefined;
  // That a deletion or a forgotten record was pruned is plain; that somebody was switched off is not.
  const plain = former && change.verb !== 'update';
  const reasons = change.reasons.filter((one) => one !== 'new' && !(plain && one === 'pruned'));
  return [
    ...(verbWords[change.verb] ? [verbWords[change.verb]] : []),
    ...reasons,
    ...(change.renamedFrom === undefined ? [] : [`renamed from ${visible(change.renamedFrom)}`]),
  ].join(', ');
}

function signPaint(verb: Verb, paints: Paints): (text: string) => string {
  if (verb === 'create') return paints.green;
  if (verb === 'delete') return paints.red;
  return verb === 'update' ? paints.yellow : paints.cyan;
}

/** Stances that somebody changed, so that nobody is surprised by what they let through. */
function stanceLines(plan: Plan, look: Look): string[] {
  const names = { show: 'allowed', hold: 'held', refuse: 'refused' } as const;
  const changed = Object.entries(plan.stances).map(([name, stance]) => `${name} ${names[stance]}`);
  return changed.length === 0 ? [] : wrapped(`not by default: ${changed.join(', ')}`, look.width);
}

function heldLines(plan: Plan, columns: Columns, look: Look, paints: Paints): string[] {
  const how = `allow with ${plan.toAllow.map((name) => `--allow ${name}`).join(' ')}, or change the blueprint`;
  return [
    ...wrapped(`Held back, and not done (${how}):`, look.width),
    ...plan.held.flatMap((one) => changeLines(one, columns, look, paints)),
  ];
}

function refusedLines(plan: Plan, look: Look, paints: Paints): string[] {
  const names = [...new Set(plan.refused.map(({ hazard }) => hazard.name))];
  const how = names.map((name) => `--allow ${name}`).join(' ');
  return [
    ...wrapped(
      `Refused: nothing will be applied while these are in the plan. If one is meant, ${how}.`,
      look.width,
    ),
    ...plan.refused.flatMap(({ address, hazard }) => {
      const lines = wrapped(
        `${hazard.name}: ${visible(address)}: ${visible(hazard.message)}`,
        Math.max(30, look.width - 6),
      );
      const name = `${hazard.name}:`;
      return lines.map((line, at) =>
        at === 0 ? `  ${paints.bold(paints.red(name))}${line.slice(name.length)}` : `    ${line}`,
      );
    }),
  ];
}

function orphanLines(plan: Plan, columns: Columns, look: Look, paints: Paints): string[] {
  const title =
    'Orphaned, and left as they are: this project made or adopted them, and no blueprint mentions them now.';
  return [
    ...wrapped(title, look.width),
    ...plan.orphans.map(({ address, place }) => {
      const name = visible(address);
      const spaces = ' '.repeat(Math.max(gap, columns.address - displayWidth(name)));
      return `  ${name}${spaces}${paints.dim(`was ${visible(place)}`)}`;
    }),
  ];
}

/**
 * What an apply did, and what to do next; `linkOptions` are those that find the same directory again. Ends
 * with a line break; empty when the plan or the diagnostics have said it all.
 */
export function outcomeText(applied: Outcome, look: Look, linkOptions: readonly string[] = []): string {
  const paints = paintsOf(look);
  const to = applied.plan ? ` to ${visible(applied.plan.directory)}` : '';
  const total = applied.plan ? shownChanges(applied.plan).length : applied.done;
  const time = `in ${(applied.milliseconds / 1000).toFixed(1)} s`;
  const links = linkLines(applied.invitations, linkOptions);
  switch (applied.outcome) {
    case 'invalid':
    case 'nothing':
      return '';
    case 'declined':
      return 'nothing was applied: the plan was not approved\n';
    case 'refused':
      return `${paints.red('nothing was applied: the plan is refused')}\n`;
    case 'stale':
      return `${paints.red('nothing was applied: the plan is not the one that was shown or approved')}\n`;
    case 'applied':
      return `${[paints.green(`applied ${counted(total, 'change')}${to} ${time}`), ...links].join('\n')}\n`;
    default:
      return `${[
        paints.red(`${applied.outcome}: applied ${applied.done} of ${counted(total, 'change')}${to} ${time}`),
        ...applied.failed.map(
          ({ address, message }) => `  failed   ${visible(address)}: ${visible(message)}`,
        ),
        ...applied.skipped.map((address) => `  skipped  ${visible(address)}`),
        ...links,
        'Running apply again does what is left.',
      ].join('\n')}\n`;
  }
}

function linkLines(invitations: readonly string[], options: readonly string[]): string[] {
  if (invitations.length === 0) return [];
  const commands = invitations.map(
    (name) =>
      `  ${['asbuilt', 'invitation', 'link', name, ...options].map(shellWord).join(' ')} --base https://id.example.org`,
  );
  const title =
    invitations.length === 1
      ? 'To print the link of the invitation:'
      : 'To print the links of the invitations:';
  return [title, ...commands];
}
