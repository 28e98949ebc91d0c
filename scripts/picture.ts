/** A small directory, changed in a few ways, in; `docs/images/plan.svg`, the plan on a terminal, out. With `--check`, fails when the file is another. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apply } from '../src/commands/apply.js';
import { plan } from '../src/commands/plan.js';
import type { Surroundings } from '../src/commands/surroundings.js';
import { openStore } from '../src/reconcile/open-store.js';
import { createLog } from '../src/report/log.js';
import { displayWidth } from '../src/report/terminal.js';

const file = fileURLToPath(new URL('../docs/images/plan.svg', import.meta.url));
const columns = 86;

const configuration = `project: staff
blueprints: [staff.yaml]
prune: true
directories: {office: {url: "sqlite:directory.db"}}
`;

/** What was applied at first. */
const firstBlueprint = `version: 1
groups:
  engineering: {}
  interns: {}
  platform-admins: {is_superuser: true}
users:
  ada: {name: Ada Lovelace, email: ada@example.org, groups: [engineering, platform-admins]}
  grace: {name: Grace Hopper, email: grace@example.org, groups: [engineering]}
  kay: {name: Kay McNulty, email: kay@example.org, is_active: true}
entries:
  - model: authentik_policies_expression.expressionpolicy
    identifiers: {name: office-hours}
    attrs:
      expression: |
        now = ak_now()
        return 7 <= now.hour < 19
`;

/** What is written now: joan came, the interns left, the office opens on weekdays only. */
const secondBlueprint = `version: 1
groups:
  engineering: {}
  platform-admins: {is_superuser: true}
users:
  ada: {name: Ada Lovelace, email: ada@example.org, groups: [engineering, platform-admins]}
  grace: {name: Grace Hopper, email: grace@example.org, groups: [engineering]}
  joan: {name: Joan Clarke, email: joan@example.org, groups: [platform-admins]}
  kay: {name: Kay McNulty, email: kay@example.org, is_active: true}
entries:
  - model: authentik_policies_expression.expressionpolicy
    identifiers: {name: office-hours}
    attrs:
      expression: |
        now = ak_now()
        if now.weekday() > 4:
            return False
        return 7 <= now.hour < 19
`;

function current(): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Applies the first blueprint, changes the directory as people do by hand, and plans the second one. */
async function planInColour(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'asbuilt-picture-'));
  const blueprint = join(folder, 'staff.yaml');
  try {
    let text = '';
    const world = surroundings(folder, (more) => void (text += more));
    writeFileSync(join(folder, 'asbuilt.yaml'), configuration);
    writeFileSync(blueprint, firstBlueprint);
    const applied = await apply(world, [], { autoApprove: true });
    if (applied !== 0) throw new Error(`the first blueprint was not applied:\n${text}`);
    await changeByHand(folder);
    writeFileSync(blueprint, secondBlueprint);
    text = '';
    const planned = await plan(world, [], {});
    if (planned !== 0) throw new Error(`no plan was made:\n${text}`);
    return text;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Somebody mistypes Grace's address, and switches Kay off. */
async function changeByHand(folder: string): Promise<void> {
  const { directory, close } = await openStore('sqlite:directory.db', { cwd: folder });
  const changes = new Map<unknown, { readonly before: object; readonly after: object }>([
    ['grace', { before: { email: 'grace@example.org' }, after: { email: 'grace@exmaple.org' } }],
    ['kay', { before: { is_active: true }, after: { is_active: false } }],
  ]);
  const { signal } = new AbortController();
  const found: (readonly [id: number | string, change: { before: object; after: object }])[] = [];
  for await (const { id, attributes } of directory.list('authentik_core.user', {}, signal)) {
    const change = changes.get(attributes.username);
    if (change) found.push([id, change]);
  }
  for (const [id, { before, after }] of found)
    await directory.update('authentik_core.user', id, { ...before }, { ...after }, signal);
  await close();
}

function surroundings(cwd: string, write: (text: string) => void): Surroundings {
  const look = { width: columns, colour: true };
  return {
    cwd,
    env: {},
    out: write,
    err: write,
    outLook: look,
    errLook: look,
    outIsTerminal: true,
    signal: new AbortController().signal,
    progress: () => undefined,
    log: createLog({ verbosity: 0, forPeople: true, write }),
    verbosity: 0,
  };
}

/** A piece of a line that looks the same throughout. */
interface Piece {
  readonly text: string;
  readonly colour: keyof typeof colours;
  readonly bold: boolean;
  readonly dim: boolean;
}

// On the dark ground each has a contrast of at least 6.5 to 1, the dim one too.
const ground = '#0f1720';
const colours = {
  plain: '#e6edf3',
  dim: '#9fb0c0',
  prompt: '#9fb0c0',
  red: '#ff9a8f',
  green: '#7ee2a0',
  yellow: '#f2cc60',
  cyan: '#79d3f2',
} as const;
const colourCodes: Readonly<Record<number, keyof typeof colours>> = {
  31: 'red',
  32: 'green',
  33: 'yellow',
  36: 'cyan',
  39: 'plain',
};

/** The pieces of each line of a text with ANSI colours. */
function piecesOf(text: string): Piece[][] {
  let state: Omit<Piece, 'text'> = { colour: 'plain', bold: false, dim: false };
  return text.split('\n').map((line) => {
    const pieces: Piece[] = [];
    for (const [at, part] of line.split(/\x1b\[(\d+)m/).entries()) {
      if (at % 2 === 1) state = stateAfter(state, Number(part));
      else if (part !== '') pieces.push({ text: part, ...state });
    }
    return pieces;
  });
}

function stateAfter(state: Omit<Piece, 'text'>, code: number): Omit<Piece, 'text'> {
  const colour = colourCodes[code];
  if (colour) return { ...state, colour };
  if (code === 1) return { ...state, bold: true };
  if (code === 2) return { ...state, dim: true };
  if (code === 22) return { ...state, bold: false, dim: false };
  throw new Error(`the picture does not know the terminal code ${code}`);
}

const size = { font: 14, cell: 8.43, line: 20, margin: 20, bar: 34 } as const;

/** A window of a terminal. Every piece has its place and its length, so that any font keeps the columns. */
function svgOf(prompt: Piece[], text: string): string {
  const lines = [prompt, ...piecesOf(text.trimEnd())];
  const width = Math.round(columns * size.cell + 2 * size.margin);
  const height = size.bar + lines.length * size.line + size.margin;
  const rows = lines.map((line, at) => {
    const y = size.bar + (at + 1) * size.line - 5;
    let column = 0;
    const spans = line.flatMap((piece) => {
      const weight = piece.bold ? ' font-weight="bold"' : '';
      const fill = colours[piece.dim ? 'dim' : piece.colour];
      // Rows of spaces are places, not text: SVG readers disagree about them.
      return piece.text.split(/( {2,}|^ | $)/).flatMap((words) => {
        const x = round(size.margin + column * size.cell);
        const used = displayWidth(words);
        column += used;
        if (words.trim() === '') return [];
        return `<tspan x="${x}" textLength="${round(used * size.cell)}" fill="${fill}"${weight}>${escaped(words)}</tspan>`;
      });
    });
    return spans.length === 0 ? '' : `  <text y="${y}">${spans.join('')}</text>\n`;
  });
  const alone = lines.map((line) => line.map((piece) => piece.text).join('')).join('\n');
  const dots = ['#ff6b5e', '#f5be4f', '#5fc454'].map(
    (fill, at) => `<circle cx="${size.margin + 6 + at * 20}" cy="18" r="6" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace" font-size="${size.font}">
  <title>A plan of asbuilt</title>
  <desc>${escaped(alone)}</desc>
  <rect width="${width}" height="${height}" rx="10" fill="${ground}" stroke="#3a4957"/>
  ${dots.join('')}
${rows.join('')}</svg>
`;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const shown = await planInColour();
const picture = svgOf([{ text: '$ asbuilt plan', colour: 'prompt', bold: false, dim: false }], shown);

if (!process.argv.includes('--check')) {
  writeFileSync(file, picture);
} else if (current() !== picture) {
  console.error('docs/images/plan.svg is out of date: run `npx tsx scripts/picture.ts`.');
  process.exitCode = 1;
}
