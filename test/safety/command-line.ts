/** Words of a command line in, what the program writes and its exit code out: within this process, or in one of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import { inject } from 'vitest';
import { buildScript } from '../../scripts/build.js';
import { failureOf } from '../../src/commands/failure.js';
import { understand } from '../../src/commands/program.js';
import { failureJson, jsonText } from '../../src/report/json.js';
import { createLog } from '../../src/report/log.js';

const program = join(inject('dist'), 'cli.js');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Around {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The user who runs a process of its own. */
  readonly uid?: number;
}

/** Runs a command within this process, with nobody to ask. */
export async function run(words: readonly string[], { cwd, env = {} }: Around): Promise<Ran> {
  let out = '';
  let err = '';
  const call = await understand(words, 120);
  if (call.type !== 'run') throw new Error(`no command: ${words.join(' ')}`);
  const look = { width: 120, colour: false };
  const verbosity = call.talk.verbose ?? 0;
  const write = (text: string): void => void (err += text);
  const surroundings: Parameters<typeof call.run>[0] = {
    cwd,
    env,
    out: (text) => void (out += text),
    err: write,
    outLook: look,
    errLook: look,
    outIsTerminal: false,
    signal: new AbortController().signal,
    progress: () => {},
    log: createLog({ verbosity, forPeople: false, write }),
    verbosity,
  };
  try {
    return { code: await call.run(surroundings), out, err };
  } catch (error) {
    const failure = failureOf(error, false, verbosity > 0);
    if (call.talk.json) out += jsonText(failureJson(failure));
    return { code: failure.exitCode, out, err: err + failure.text };
  }
}

/** Starts the program itself. */
export function start(
  words: readonly string[],
  around: Around,
): { child: ChildProcess; ended: Promise<Ran> } {
  return startNode([program, ...words], around);
}

const built = new Map<string, Promise<string>>();

/** Starts a script as a process of its own. It is bundled the first time, as starting its sources takes ten times longer. */
export async function startScript(
  script: string,
  words: readonly string[],
  around: Around,
): Promise<{ child: ChildProcess; ended: Promise<Ran> }> {
  let file = built.get(script);
  if (!file) {
    const to = join(inject('dist'), 'scripts', `${basename(script, '.ts')}.mjs`);
    built.set(script, (file = buildScript(script, to).then(() => to)));
  }
  return startNode([await file, ...words], around);
}

function startNode(
  words: readonly string[],
  { cwd, env = {}, uid }: Around,
): { child: ChildProcess; ended: Promise<Ran> } {
  const child = spawn(process.execPath, words, {
    cwd,
    uid,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}
