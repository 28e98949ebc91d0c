/** A number of users in; blueprints with that many users and their groups out, the same ones for the same options. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** What to generate. */
export interface GenerateOptions {
  readonly users: number;
  /** Over how many files the users are spread; each file has groups of its own. One when absent. */
  readonly files?: number;
  /** Another seed gives other names, departments and memberships. */
  readonly seed?: number;
  /** How many users, evenly spread, have another title than without this option. */
  readonly edits?: number;
}

/** One blueprint: a file name and its text. */
export interface GeneratedFile {
  readonly name: string;
  readonly text: string;
}

/** A sequence of numbers from 0 up to 1 that depends on the seed alone (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the elements of a list that is not empty. */
export function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

const givenNames =
  'Ada Amir Anna Bela Bram Chen Dana Elif Emil Femi Greta Hana Igor Ines Jamal Jonas Kofi Lena Lucia Mara Milan Nadia Nils Olga Omar Petra Priya Rosa Sami Sofia Tomas Yuki'.split(
    ' ',
  );
const familyNames =
  'Adeyemi Bauer Brandt Castro Dubois Eriksen Farah Garcia Haddad Ito Jansen Keller Kovacs Lind Moreau Novak Okafor Olsen Park Quinn Raman Rossi Silva Sato Tanaka Urban Varga Weil Wolf Xu Yilmaz Zeman'.split(
    ' ',
  );
const departments = 'engineering finance legal marketing operations people research sales support'.split(' ');
const titles = 'Analyst Architect Clerk Designer Developer Engineer Lead Planner Specialist'.split(' ');

/** The blueprints, in the entries form: per file its groups, then its users, who refer to them by `!KeyOf`. */
export function generate(options: GenerateOptions): GeneratedFile[] {
  const { users, files = 1, seed = 1, edits = 0 } = options;
  const random = randomFrom(seed);
  const groups = Math.floor(users / 50) + 10;
  const editEvery = edits > 0 ? Math.max(1, Math.floor(users / edits)) : 0;
  const result: GeneratedFile[] = [];
  for (let file = 0; file < files; file++) {
    const firstUser = share(users, file, files);
    const firstGroup = share(groups, file, files);
    // Whoever has few groups and many files still gets a group in every file.
    const groupNumbers = range(firstGroup, Math.max(firstGroup + 1, share(groups, file + 1, files)));
    const name = files === 1 ? 'people' : `people-${String(file + 1).padStart(String(files).length, '0')}`;
    const lines = ['version: 1', `metadata: {name: ${name}}`, 'entries:'];
    for (const group of groupNumbers) {
      const groupName = files === 1 ? `team-${group}` : `${name}-team-${group}`;
      lines.push(
        '  - model: authentik_core.group',
        `    id: g${group}`,
        `    identifiers: {name: ${groupName}}`,
        `    attrs: {attributes: {cost_centre: "${4000 + group}"}}`,
      );
    }
    for (const user of range(firstUser, share(users, file + 1, files))) {
      const edited = editEvery > 0 && user % editEvery === 0 && user / editEvery < edits;
      lines.push(...userEntry(random, user, groupNumbers, edited));
    }
    result.push({ name: `${name}.yaml`, text: `${lines.join('\n')}\n` });
  }
  return result;
}

function userEntry(random: () => number, user: number, groups: readonly number[], edited: boolean): string[] {
  const given = pick(random, givenNames);
  const family = pick(random, familyNames);
  const department = pick(random, departments);
  const title = pick(random, titles);
  const first = Math.floor(random() * groups.length);
  const count = Math.min(groups.length, random() < 0.7 ? 2 : 3);
  const memberships = range(0, count).map((step) => `!KeyOf g${groups[(first + step) % groups.length]}`);
  const username = `${given}.${family}.${user}`.toLowerCase();
  return [
    '  - model: authentik_core.user',
    `    identifiers: {username: ${username}}`,
    '    attrs:',
    `      name: ${given} ${family}`,
    `      email: ${username}@example.org`,
    `      path: staff/${department}`,
    `      groups: [${memberships.join(', ')}]`,
    `      attributes: {department: ${department}, title: ${edited ? 'Director' : title}}`,
  ];
}

/** Where the part with this number begins when `total` things are dealt out over `parts`. */
function share(total: number, part: number, parts: number): number {
  return Math.floor((total * part) / parts);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

/** Writes the blueprints into a folder, which is made if need be; returns the paths. */
export function writeGenerated(folder: string, options: GenerateOptions): string[] {
  mkdirSync(folder, { recursive: true });
  return generate(options).map((file) => {
    const path = join(folder, file.name);
    writeFileSync(path, file.text);
    return path;
  });
}

function main(): void {
  const { values } = parseArgs({
    options: {
      users: { type: 'string', default: '1000' },
      files: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      edits: { type: 'string', default: '0' },
      out: { type: 'string' },
    },
  });
  if (values.out === undefined) {
    throw new Error('usage: generate --out FOLDER [--users N] [--files N] [--seed N] [--edits N]');
  }
  const paths = writeGenerated(values.out, {
    users: Number(values.users),
    files: Number(values.files),
    seed: Number(values.seed),
    edits: Number(values.edits),
  });
  console.log(paths.join('\n'));
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main();
