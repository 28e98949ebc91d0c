/** A run as Markdown for the comment of a pull request or the summary of a job, cut to what platforms take. */
import type { Change, Hazard, Plan, Verb } from '../plan/change.js';
import { diagnosticsCount } from './diagnostics.js';
import { alert, bullets, fenced, folded } from './markdown-blocks.js';
import { changeLines, headLine } from './markdown-change.js';
import { diagnosticsParts } from './markdown-diagnostics.js';
import { code, html, prose } from './markdown-escape.js';
import { fateText } from './orphans.js';
import { isRefused, type Run } from './run.js';
import {
  acceptedHazards,
  allowedBy,
  lockedText,
  mostTogether,
  refusedNames,
  stanceWords,
  together,
  waysToAllow,
} from './stances.js';
import { counted, cut } from './terminal.js';
import { countsText, nothingText, shownChanges } from './text.js';

/** GitHub takes 65,536 characters in a comment. */
const longest = 65_000;
/** What the parts beside the changes may take of it; the changes have the rest. */
const rooms = { alert: 6000, held: 6000, list: 2500 } as const;
/** A block with more lines than this is folded; so are all blocks together when they have more than these. */
const longBlock = 30;
const manyLines = 80;
const longestMessage = 1000;
const mostKinds = 20;

/** The whole report, below 65,000 characters. What does not fit is left out in whole pieces, and counted. */
export function markdownReport(run: Run): string {
  const { plan } = run;
  const before = [
    marker(run),
    `### ${title(run)}`,
    ...(plan ? [subtitle(plan)] : []),
    ...(run.failure ? [alert('CAUTION', [prose(cut(run.failure.message, longestMessage))])] : []),
    ...(plan ? allowedPart(plan) : []),
    ...outcomeParts(run),
    ...(plan ? [kindsTable(plan), ...refusedPart(plan), ...hazardsPart(plan)] : []),
  ];
  const errors = run.diagnostics.filter((one) => one.severity === 'error');
  const others = run.diagnostics.filter((one) => one.severity !== 'error');
  const beforeChanges = [...before, ...diagnosticsParts(errors)].filter((part) => part !== '');
  const after = [
    ...(plan ? [...heldPart(plan), ...blockedPart(plan)] : []),
    ...diagnosticsParts(others),
    ...(plan ? orphansPart(plan) : []),
  ];
  const used = [...beforeChanges, ...after].reduce((sum, part) => sum + part.length + 2, 0);
  const changes = plan ? changesPart(plan, longest - used - 10) : [];
  return `${[...beforeChanges, ...changes, ...after].join('\n\n')}\n`;
}

/** A comment by which a script finds the comment it wrote before, to replace it. */
function marker({ command, plan }: Run): string {
  const name = (text: string): string =>
    cut(text, 200)
      .replace(/[^\w.:/@+-]/g, '_')
      .replace(/-(?=-|$)/g, '_');
  const which = plan ? ` project=${name(plan.project)} directory=${name(plan.directory)}` : '';
  return `<!-- asbuilt ${command}${which} -->`;
}

function title(run: Run): string {
  const { command, plan, outcome, checked, failure, ok, diagnostics } = run;
  const name = `asbuilt ${command}`;
  if (failure) return `${name} failed`;
  if (checked && ok) {
    return `${name}: ${counted(checked.entries, 'entry', 'entries')} in ${counted(checked.files, 'blueprint')}, valid`;
  }
  if (!plan || (!ok && !outcome && !isRefused(run)))
    return `${name} failed: ${diagnosticsCount(diagnostics)}`;
  const counts = countsText(plan.counts);
  const total = shownChanges(plan).length;
  switch (outcome?.outcome) {
    case undefined:
      return plan.refused.length > 0 ? `${name}: refused. ${counts}` : `${name}: ${counts}`;
    case 'applied':
      return `${name}: applied ${counted(total, 'change')}`;
    case 'nothing':
      return `${name}: nothing to do`;
    case 'refused':
      return `${name} refused, nothing was applied. ${counts}`;
    case 'declined':
      return `${name}: not approved, nothing was applied. ${counts}`;
    case 'stale':
      return `${name}: nothing was applied, the plan differs from the approved one. ${counts}`;
    case 'invalid':
      return `${name} failed: ${diagnosticsCount(diagnostics)}`;
    default:
      return `${name} ${outcome!.outcome}: applied ${outcome!.done} of ${counted(total, 'change')}`;
  }
}

function subtitle(plan: Plan): string {
  const stances = Object.entries(plan.stances).map(
    ([name, stance]) =>
      `${code(name)} ${plan.locked.some((one) => one === name) ? 'locked' : stanceWords[stance]}`,
  );
  const line = `${code(cut(plan.directory, 200))}, project ${code(cut(plan.project, 200))}`;
  return stances.length === 0 ? line : `${line}; stances changed: ${stances.join(', ')}`;
}

/** What went wrong while applying, and what is left to do. */
function outcomeParts({ outcome }: Run): string[] {
  if (!outcome) return [];
  const parts: string[] = [];
  if (outcome.failed.length > 0) {
    const failed = outcome.failed.map(({ address, message }) => `**failed** ${named(address, message)}`);
    const skipped = outcome.skipped.map((address) => `**skipped** ${code(cut(address, 200))}`);
    const lines = bullets([...failed, ...skipped], rooms.alert);
    parts.push(alert('CAUTION', ['Run apply again to do the rest.', '', ...lines]));
  }
  if (outcome.differences?.length) {
    const lines = outcome.differences.map((line) => prose(cut(line, longestMessage)));
    parts.push(alert('CAUTION', ['**Differs from the approved plan:**', '', ...bullets(lines, rooms.alert)]));
  }
  if (outcome.invitations.length > 0) {
    const names = bullets(
      outcome.invitations.map((name) => code(cut(name, 200))),
      rooms.list,
    );
    parts.push(
      [
        `Invitations were issued; ${code('asbuilt invitation link <name>')} prints a link:`,
        '',
        ...names,
      ].join('\n'),
    );
  }
  return parts;
}

const verbColumns: readonly Verb[] = ['create', 'update', 'delete', 'adopt', 'forget'];

/** How many changes of each kind; empty when there are none. */
function kindsTable(plan: Plan): string {
  const kinds = new Map<string, Map<Verb, number>>();
  for (const change of shownChanges(plan)) {
    const kind = change.ref.address.split('/', 1)[0]!.replace(/[^\w-]/g, '_');
    const verbs = kinds.get(kind) ?? new Map<Verb, number>();
    verbs.set(change.verb, (verbs.get(change.verb) ?? 0) + 1);
    kinds.set(kind, verbs);
  }
  if (kinds.size === 0) return '';
  const all = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = all.slice(0, mostKinds);
  const rest = all.slice(mostKinds).map(([, verbs]) => verbs);
  if (rest.length > 0) rows.push([counted(rest.length, 'other kind'), summed(rest)]);
  if (all.length > 1) rows.push(['**all**', summed([...kinds.values()])]);
  const columns = verbColumns.filter((verb) => all.some(([, verbs]) => verbs.has(verb)));
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...columns]),
    `| --- |${' ---: |'.repeat(columns.length)}`,
    ...rows.map(([kind, verbs]) => line([kind, ...columns.map((verb) => verbs.get(verb) ?? '')])),
  ].join('\n');
}

function summed(all: readonly ReadonlyMap<Verb, number>[]): Map<Verb, number> {
  const sum = new Map<Verb, number>();
  for (const verbs of all) for (const [verb, count] of verbs) sum.set(verb, (sum.get(verb) ?? 0) + count);
  return sum;
}

/** What somebody allowed, before everything else that is approved with it. */
function allowedPart({ allowed }: Plan): string[] {
  if (allowed.length === 0) return [];
  const lines = together(allowed).map(({ first: { hazard, by }, addresses }) => {
    return `${hazardItem(hazard, addresses)} (by ${by === 'flag' ? code(allowedBy(by, hazard.name)) : allowedBy(by, hazard.name)})`;
  });
  return [
    alert('CAUTION', [
      '**Allowed here, and otherwise held or refused:**',
      '',
      ...bullets(lines, rooms.alert),
    ]),
  ];
}

function refusedPart(plan: Plan): string[] {
  if (plan.refused.length === 0) return [];
  const { flags, locked } = waysToAllow(refusedNames(plan), plan);
  const how = flags === '' ? '' : ` To allow them: ${code(flags)}`;
  const lock = lockedText(locked);
  const lines = hazardItems(plan.refused);
  return [
    alert('CAUTION', [
      `**Refused: nothing will be applied while these are in the plan.**${how}`,
      ...(lock === '' ? [] : [prose(lock)]),
      '',
      ...bullets(lines, rooms.alert),
    ]),
  ];
}

/** The hazards that are done nevertheless. */
function hazardsPart(plan: Plan): string[] {
  const done = acceptedHazards(plan, shownChanges(plan)).map(({ change, hazard }) => ({
    address: change.ref.address,
    hazard,
  }));
  if (done.length === 0) return [];
  const lines = bullets(hazardItems(done), rooms.alert);
  return [alert('WARNING', [`**${counted(done.length, 'hazard')}**`, '', ...lines])];
}

/** One line per message; those of the same message stand together. */
function hazardItems(found: readonly { readonly address: string; readonly hazard: Hazard }[]): string[] {
  return together(found).map(({ first, addresses }) => hazardItem(first.hazard, addresses));
}

function hazardItem(hazard: Hazard, addresses: readonly string[]): string {
  const shown = addresses.slice(0, mostTogether).map((address) => code(cut(address, 200)));
  const more = addresses.length - shown.length;
  const who = more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
  return `**${hazard.name}** ${who}: ${prose(cut(hazard.message, longestMessage))}`;
}

function named(address: string, message: string): string {
  return `${code(cut(address, 200))}: ${prose(cut(message, longestMessage))}`;
}

/** As many changes as there is room for, in whole blocks, with a count of those left out. */
function changesPart(plan: Plan, room: number): string[] {
  const changes = shownChanges(plan);
  if (changes.length === 0) return [nothingText(plan)];
  const all = changes.map((change) => changeLines(change));
  const many = all.reduce((sum, lines) => sum + lines.length, 0) > manyLines;
  const summary = `${counted(changes.length, 'change')}`;
  let left = room - 400;
  const blocks: string[] = [];
  for (const [index, lines] of all.entries()) {
    const block = changeBlock(changes[index]!, lines);
    if (block.length + 2 > left) continue;
    left -= block.length + 2;
    blocks.push(block);
  }
  const missing = changes.length - blocks.length;
  const inside = blocks.join('\n\n');
  return [
    ...(blocks.length === 0 ? [] : many ? [folded(summary, inside)] : [`#### Changes`, inside]),
    ...(missing === 0
      ? []
      : [
          alert('NOTE', [
            `**${counted(missing, 'change')} of ${changes.length} not shown:** the report would be longer than platforms take. ${code('asbuilt plan')} shows all.`,
          ]),
        ]),
  ];
}

function changeBlock(change: Change, lines: readonly string[]): string {
  const block = fenced(lines, 'diff');
  if (lines.length <= longBlock) return block;
  return folded(`<code>${html(headLine(change))}</code> (${counted(lines.length, 'line')})`, block);
}

function heldPart(plan: Plan): string[] {
  const { held, toAllow } = plan;
  if (held.length === 0) return [];
  const { flags, locked } = waysToAllow(toAllow, plan);
  const how = flags === '' ? '' : `To do it, ${code(flags)}; to`;
  const lock = lockedText(locked);
  let left: number = rooms.held;
  const blocks = held
    .map((change) => changeBlock(change, changeLines(change)))
    .filter((block) => {
      const fits = block.length + 2 <= left;
      if (fits) left -= block.length + 2;
      return fits;
    });
  const more = held.length - blocks.length;
  return [
    '#### Held back, and not done',
    `${how || 'To'} leave it so, change the blueprint.`,
    ...(lock === '' ? [] : [prose(lock)]),
    ...blocks,
    ...(more > 0 ? [`… and ${counted(more, 'more change')}`] : []),
  ];
}

function orphansPart({ orphans }: Plan): string[] {
  if (orphans.length === 0) return [];
  const lines = orphans.map((orphan) => {
    const words = fateText(orphan);
    const head = `${code(cut(orphan.address, 200))} was ${code(cut(orphan.place, 200))}`;
    return words === '' ? head : `${head}: ${words.replaceAll('--prune', code('--prune'))}`;
  });
  return [
    '#### Orphaned and kept',
    'No longer in any blueprint (created or adopted by this project).',
    bullets(lines, rooms.list).join('\n'),
  ];
}

function blockedPart({ pruneBlocked }: Plan): string[] {
  return pruneBlocked === undefined
    ? []
    : [`Nothing is pruned or reverted: ${prose(cut(pruneBlocked, longestMessage))}.`];
}
