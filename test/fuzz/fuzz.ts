/**
 * Gives hostile configurations, saved plans and ledger files to the program: each is taken or refused with a message, soon,
 * without an exception, a line of another file, a command of CI or a hidden character in what is printed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf } from '../../src/commands/failure.js';
import { understand } from '../../src/commands/program.js';
import { hasCommand, hasHidden } from '../../src/diagnostic/hidden-characters.js';
import { type Random, randomOf } from '../chaos/random.js';
import { commandIn } from '../support/command.js';
import { mutatedJson, mutatedText } from './mutate.js';

/** What must never be printed: it stands beside the project, and in the environment. */
const canary = 'CANARY-5e1f';
/** Milliseconds of computing that no input may take. */
const tooMuch = 10_000;

const config = `project: staff
blueprints: [blueprints, "teams/*/*.yaml", "**/more-*.yaml"]
default_directory: local
context: {region: eu, admins: [ada], deep: {a: {b: 1}}}
prune: true
stances: {deletes: hold, bulk: refuse}
env: [SMTP_HOST, IDENTITY_*]
files: [.given]
x-shared: &shared {token: {env: STAGING_TOKEN}}
directories:
  local: {url: "sqlite:a.db"}
  staging:
    <<: *shared
    url: authentik+https://id.staging.example.org
    context: {stage: staging}
  other: {url: "sqlite:b.db", ledger: "sqlite:c.db", token: {file: .given/token}, prune: false}
`;

const blueprint = `version: 1
metadata: {name: staff}
groups:
  staff: {attributes: {motto: hello, list: [1, {a: b}]}}
  admins: {is_superuser: true, parents: [staff]}
users:
  ada: {name: Ada, email: ada@example.org, path: users, groups: [staff]}
`;

interface Ran {
  readonly code: number;
  readonly text: string;
}

async function run(words: readonly string[], cwd: string): Promise<Ran> {
  const call = await understand(words, 100);
  if (call.type !== 'run') throw new Error(`not a command: ${words.join(' ')}`);
  const { surroundings, out, err } = commandIn(cwd, { env: { SECRET: canary, IDENTITY_A: canary } });
  try {
    const code = await call.run(surroundings);
    return { code, text: out() + err() };
  } catch (error) {
    const failure = failureOf(error, false, true);
    return { code: failure.exitCode, text: out() + err() + failure.text };
  }
}

/** One hostile input and what is run with it. */
interface Trial {
  readonly file: string;
  readonly bytes: Buffer | string;
  readonly commands: readonly (readonly string[])[];
}

const at = ['--directory', 'sqlite:a.db', '--project', 'staff'];

const trials: Readonly<Record<string, (random: Random, good: Good) => Trial>> = {
  configuration: (random) => ({
    file: 'asbuilt.yaml',
    bytes: mutatedText(config, random),
    commands: [['validate'], ['plan', '--directory', 'sqlite:a.db']],
  }),
  'saved plan': (random, { plan }) => ({
    file: 'plan.json',
    bytes: random.chance(0.5) ? mutatedJson(plan, random) : mutatedText(plan, random),
    commands: [['apply', 'blueprints/a.yaml', '--approved', 'plan.json', ...at]],
  }),
  'ledger file': (random, { ledger }) => ({
    file: 'ledger.json',
    bytes: random.chance(0.8) ? mutatedJson(ledger, random) : mutatedText(ledger, random),
    commands: [
      ['ledger', 'import', 'ledger.json', '--replace', ...at],
      ['plan', 'blueprints/a.yaml', ...at],
      ['plan', 'blueprints/b.yaml', ...at, '--prune'],
      ['export', ...at],
    ],
  }),
};

/** The good files that hostile ones are made of. */
interface Good {
  readonly plan: string;
  readonly ledger: string;
}

/** Tries hostile inputs until `isOver`; gives what went wrong, each with the seed that shows it again. */
export async function fuzz(
  seed: number,
  isOver: (tried: number) => boolean,
  told: (line: string) => void = () => {},
): Promise<{ readonly tried: number; readonly problems: readonly string[] }> {
  const outer = mkdtempSync(join(tmpdir(), 'asbuilt-fuzz-'));
  const problems: string[] = [];
  let tried = 0;
  try {
    const { cwd, good } = await project(outer);
    for (; !isOver(tried); tried++) {
      const own = (seed + tried) >>> 0;
      const random = randomOf(own);
      const name = Object.keys(trials)[tried % Object.keys(trials).length]!;
      const { file, bytes, commands } = trials[name]!(random, good);
      writeFileSync(join(cwd, file), bytes);
      for (const words of commands) {
        const problem = await problemOf(words, cwd);
        if (problem === undefined) continue;
        const line = `${name}, seed ${own}: \`${words.join(' ')}\` ${problem}`;
        problems.push(line);
        told(line);
        break;
      }
      rmSync(join(cwd, file));
    }
  } finally {
    rmSync(outer, { recursive: true, force: true });
  }
  return { tried, problems };
}

async function problemOf(words: readonly string[], cwd: string): Promise<string | undefined> {
  const before = process.cpuUsage();
  const { code, text } = await run(words, cwd);
  const spent = process.cpuUsage(before).user / 1_000;
  if (spent > tooMuch) return `took ${Math.round(spent)} ms`;
  if (text.includes('This is a bug in asbuilt')) return `met a bug: ${text.slice(0, 2_000)}`;
  if (![0, 1, 2, 3].includes(code)) return `exited with ${code}`;
  if (text.includes(canary)) return `showed what it must not: ${text}`;
  if (hasCommand(text)) return `wrote a command of CI: ${text}`;
  if (hasHidden(text.replaceAll('\n', ''))) return `wrote hidden characters: ${JSON.stringify(text)}`;
  return undefined;
}

/** A project with a directory, beside what it must not read; and the files that are to be made hostile. */
async function project(outer: string): Promise<{ cwd: string; good: Good }> {
  const { mkdirSync, readFileSync } = await import('node:fs');
  const cwd = join(outer, 'project');
  mkdirSync(join(cwd, 'blueprints'), { recursive: true });
  mkdirSync(join(cwd, 'teams/a'), { recursive: true });
  mkdirSync(join(cwd, '.given'));
  writeFileSync(join(outer, 'secret.yaml'), `users: ${canary}\n`);
  writeFileSync(join(cwd, '.given/token'), canary);
  writeFileSync(join(cwd, 'blueprints/a.yaml'), blueprint);
  writeFileSync(join(cwd, 'blueprints/b.yaml'), 'version: 1\ngroups: {others: {}}\n');
  writeFileSync(join(cwd, `teams/a/${'a'.repeat(200)}.yaml`), 'version: 1\nentries: []\n');
  const done = async (...words: string[]): Promise<void> => {
    const { code, text } = await run(words, cwd);
    if (code !== 0) throw new Error(`${words.join(' ')}: ${text}`);
  };
  await done('plan', 'blueprints/a.yaml', ...at, '--out', 'plan.json');
  await done('apply', 'blueprints/a.yaml', ...at, '--auto-approve');
  await done('ledger', 'export', 'ledger.json', ...at);
  const good = {
    plan: readFileSync(join(cwd, 'plan.json'), 'utf8'),
    ledger: readFileSync(join(cwd, 'ledger.json'), 'utf8'),
  };
  return { cwd, good };
}
