/** A command and words in, a process of the program out: what it logged, what its last line says of it, how it ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { RunReport } from '../../src/watch/state.js';

/** One line of a watch's log. `msg` is the outcome where `run` is there. */
export type LogLine = Partial<RunReport> & {
  readonly time: string;
  readonly msg: string;
  readonly run?: number;
};

export interface Process {
  readonly label: string;
  readonly child: ChildProcess;
  readonly started: number;
  /** Everything it wrote, on either stream. */
  text(): string;
  readonly lines: readonly LogLine[];
  /** The signal that the chaos sent, if it did. */
  sent?: NodeJS.Signals;
  /** Undefined while it lives. */
  ending?: Ending;
  readonly ended: Promise<Ending>;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Program {
  /** What node is started with, before the words of the command. */
  readonly command: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the program. */
export function startProgram(program: Program, label: string, words: readonly string[]): Process {
  const child = spawn(process.execPath, [...program.command, ...words], {
    cwd: program.folder,
    env: { PATH: process.env.PATH, ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  let parsed = 0;
  const lines: LogLine[] = [];
  child.stdout.on('data', (text) => {
    out += text;
    for (let end = out.indexOf('\n', parsed); end !== -1; end = out.indexOf('\n', parsed)) {
      const line = lineOf(out.slice(parsed, end));
      if (line) lines.push(line);
      parsed = end + 1;
    }
  });
  child.stderr.on('data', (text) => (err += text));
  const made: Process = {
    label,
    child,
    started: Date.now(),
    text: () => out + err,
    lines,
    ended: new Promise((resolve) => {
      child.on('close', (code, signal) => {
        made.ending = { code, signal };
        resolve(made.ending);
      });
    }),
  };
  return made;
}

function lineOf(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}

export function isAlive(one: Process): boolean {
  return one.ending === undefined && one.sent === undefined;
}

/** What a watch last said of itself. */
export function roleOf({ lines }: Process): 'starting' | 'standby' | 'active' {
  const last = lines.at(-1);
  if (!last) return 'starting';
  return last.msg.startsWith('standing by') ? 'standby' : 'active';
}

/** Did a run that began after `since` (milliseconds) find the directory true to the newest blueprints? */
export function saidInSync({ lines }: Process, since: number): boolean {
  return lines.some(
    ({ run, msg, time, milliseconds = 0, fallback, held = [], problems = [] }) =>
      run !== undefined &&
      msg === 'nothing' &&
      !fallback &&
      held.length === 0 &&
      problems.every((one) => one.severity !== 'error') &&
      Date.parse(time) - milliseconds > since,
  );
}

/** Resident memory in megabytes, where the system tells. */
export function residentMemory({ child }: Process): number | undefined {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}
