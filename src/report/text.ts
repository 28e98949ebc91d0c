/** A plan, and the outcome of an apply, as people read them on a terminal. */

import { shortPlace } from '../diagnostic/source.js';
import type { Address } from '../model/model.js';
import type { Change, Counts, Plan, Verb } from '../plan/change.js';
import { fieldLines } from './fields.js';
import { fateText } from './orphans.js';
import { allowedLines, lockedText, refusedLines, stanceLines, waysToAllow } from './stances.js';
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

/** The sign before a change, by verb. */
export const signs: Readonly<Record<Verb, string>> = {
  create: '+',
  update: '~',
  delete: '-',
  adopt: '=',
  forget: '.',
};

/** What a sign alone does not say. */
const verbWords: Partial<Record<Verb, string>> = {
  adopt: 'already exists, adopted',
  forget: 'kept, no longer managed',
};

const gap = 2;
// Columns of a small plan; longer names make them wider.
const narrowestAddress = 30;
const narrowestPlace = 26;

/**
 * The plan for people: what was allowed, a line of counts, a block per change, held changes, refusals, orphans. Ends with a line break. With
 * `most`, a longer plan shows only that many changes, those with hazards before others, and says what it leaves out.
 */
export function planText(plan: Plan, look: Look, most = Number.POSITIVE_INFINITY): string {
  const paints = paintsOf(look);
  const all = shownChanges(plan);
  const changes = mostTelling(all, most);
  const columns = columnsOf(plan, changes, look);
  const sections = [
    ...(plan.allowed.length === 0 ? [] : [allowedLines(plan, look, paints)]),
    [
      `${visible(plan.directory)}  ${countsText(plan.counts)}`,
      ...stanceLines(plan, look),
      ...(changes === all ? [] : hazardCounts(all, paints)),
    ],
    changes.length === 0
      ? [paints.green(nothingText(plan))]
      : changes.flatMap((one) => changeLines(one, columns, look, paints)),
    ...(changes === all ? [] : [leftOutLines(all.length - changes.length, look)]),
    ...(plan.held.length === 0 ? [] : [heldLines(plan, columns, look, paints)]),
    ...(plan.pruneBlocked === undefined
      ? []
      : [wrapped(`Nothing is pruned or reverted: ${plan.pruneBlocked}.`, look.width)]),
    ...(plan.refused.length === 0 ? [] : [refusedLines(plan, look, paints)]),
    ...(plan.orphans.length === 0 ? [] : [orphanLines(plan, columns, look, paints)]),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** What a plan without changes says: never that all is well while something is held back or left over. */
export function nothingText({ held, orphans }: Plan): string {
  if (held.length > 0) return 'Nothing else to do.';
  if (orphans.length > 0) return 'Nothing to change in what the blueprints describe.';
  return 'Nothing to do: the directory is as the blueprints say.';
}

/** The changes to show when there is only room for some: those with hazards first, in the order of the plan. */
function mostTelling(changes: readonly Change[], most: number): readonly Change[] {
  if (changes.length <= most) return changes;
  const hazardous = changes.filter(({ hazards }) => hazards.length > 0);
  const harmless = changes.filter(({ hazards }) => hazards.length === 0);
  const chosen = new Set([...hazardous, ...harmless].slice(0, most));
  return changes.filter((one) => chosen.has(one));
}

/** How often each hazard occurs in the whole plan. */
function hazardCounts(changes: readonly Change[], paints: Paints): string[] {
  const counts = new Map<string, number>();
  for (const { hazards } of changes)
    for (const { name } of hazards) counts.set(name, (counts.get(name) ?? 0) + 1);
  const parts = [...counts].map(([name, count]) => `${name} ${count}`);
  return parts.length === 0 ? [] : [`${paints.bold(paints.yellow('hazards:'))} ${parts.join(', ')}`];
}

function leftOutLines(count: number, look: Look): string[] {
  return wrapped(
    `… and ${counted(count, 'more change')}, not shown. To see all of them, run \`asbuilt plan\` before applying, or add \`--report text=plan.txt\`.`,
    look.width,
  );
}

/** The changes to show: an update that only completes a create counts as part of it. */
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

function columnsOf(plan: Plan, changes: readonly Change[], look: Look): Columns {
  const widest = Math.max(narrowestAddress, Math.floor(look.width / 2) - 2);
  let address = narrowestAddress;
  let place = narrowestPlace;
  for (const change of changes) {
    const width = displayWidth(visible(change.ref.address));
    if (width <= widest) address = Math.max(address, width);
    // A place with nothing behind it may be wider than its column.
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
  // When the rest does not fit behind a long address, it goes on the next line.
  if (used + gap > column && used + gap + displayWidth(tail) > look.width) {
    return [head, `${' '.repeat(column)}${painted}`];
  }
  return [`${head}${' '.repeat(Math.max(gap, column - used))}${painted}`];
}

/** `file:line` of the entry that asks for the change, or of the one that was removed. */
export function placeOf(change: Change): string {
  if (change.place) return visible(shortPlace(change.place));
  return change.formerPlace === undefined ? '' : `was ${visible(change.formerPlace)}`;
}

/** Why the change is there, and what its sign does not tell. */
export function wordsOf(change: Change): string {
  const former = change.place === undefined && change.formerPlace !== undefined;
  // For a deletion or a forgotten record, `pruned` is obvious; for a deactivation it is not.
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

function heldLines(plan: Plan, columns: Columns, look: Look, paints: Paints): string[] {
  const { flags, locked } = waysToAllow(plan.toAllow, plan);
  const how = flags === '' ? 'change the blueprint' : `allow with ${flags}, or change the blueprint`;
  const lock = lockedText(locked);
  return [
    ...wrapped(`Held back, and not done (${how}):`, look.width),
    ...(lock === '' ? [] : wrapped(lock, look.width)),
    ...plan.held.flatMap((one) => changeLines(one, columns, look, paints)),
  ];
}

function orphanLines(plan: Plan, columns: Columns, look: Look, paints: Paints): string[] {
  const title = 'Orphaned and kept: no longer in any blueprint (created or adopted by this project).';
  return [
    ...wrapped(title, look.width),
    ...plan.orphans.flatMap((orphan) => {
      const name = visible(orphan.address);
      const spaces = ' '.repeat(Math.max(gap, columns.address - displayWidth(name)));
      const place = `was ${visible(orphan.place)}`;
      const words = fateText(orphan);
      const head = `  ${name}${spaces}${paints.dim(place)}`;
      if (words === '') return [head];
      const used =
        2 + displayWidth(name) + spaces.length + Math.max(displayWidth(place), columns.place - gap) + gap;
      if (used + displayWidth(words) > look.width)
        return [head, ...wrapped(words, Math.max(30, look.width - 6)).map((line) => `      ${line}`)];
      return [
        `  ${name}${spaces}${paints.dim(padded(place, columns.place - gap))}${' '.repeat(gap)}${words}`,
      ];
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
      return `${paints.red('nothing was applied: the plan has changed since it was shown or approved')}\n`;
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
        'Run apply again to do the rest.',
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
