/** Runs a command in this process: connects it to the terminal and to signals, and reports how it failed. */

import { setFlagsFromString } from 'node:v8';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { withoutCommands } from '../diagnostic/hidden-characters.js';
import type { Talk } from './options.js';
import type { Progress } from './progress.js';
import type { Surroundings } from './surroundings.js';

/** The width of output to a file, a pipe or a CI log. */
const usualWidth = 120;
const narrowest = 40;

/** Runs the command line, and returns the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  // V8 lets a heap of hundreds of megabytes grow fourfold before it collects. At 60 % a first apply of 100,000 users peaks
  // a third lower, for the same CPU time.
  setFlagsFromString('--heap-growing-percent=60');
  const out = quietWriter(process.stdout);
  const err = quietWriter(process.stderr);
  const { understand } = await import('./program.js');
  const call = await understand(words, widthOf(process.stdout));
  if (call.type === 'said') {
    (call.failed ? err : out)(call.text);
    return call.failed ? 1 : 0;
  }
  if (call.type === 'wrong') {
    await printProblem(err, call.diagnostic);
    return 1;
  }
  const { surroundings, progress, controller } = await surroundingsOf(call.talk, out, err);
  const interrupted = () => {
    // The second signal exits at once, whatever is under way.
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  try {
    return await call.run(surroundings);
  } catch (error) {
    return await reportFailure(error, call.talk, surroundings);
  } finally {
    progress.clear();
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  }
}

async function surroundingsOf(
  talk: Talk,
  rawOut: (text: string) => void,
  rawErr: (text: string) => void,
): Promise<{ surroundings: Surroundings; progress: Progress; controller: AbortController }> {
  const { silentProgress, terminalProgress } = await import('./progress.js');
  const { createLog } = await import('../report/log.js');
  const controller = new AbortController();
  const errIsTerminal = process.stderr.isTTY === true;
  const progress = errIsTerminal ? terminalProgress(rawErr, () => widthOf(process.stderr)) : silentProgress;
  const cleared = (write: (text: string) => void) => (text: string) => {
    progress.clear();
    write(text);
  };
  const out = cleared(rawOut);
  const err = cleared(rawErr);
  const verbosity = talk.verbose ?? 0;
  const surroundings: Surroundings = {
    cwd: process.cwd(),
    env: process.env,
    out,
    err,
    outLook: lookOf(process.stdout),
    errLook: lookOf(process.stderr),
    outIsTerminal: process.stdout.isTTY === true,
    ask: process.stdin.isTTY && errIsTerminal ? (question) => ask(question, controller, progress) : undefined,
    signal: controller.signal,
    onHangup: (listener) => {
      process.on('SIGHUP', listener);
      return () => process.off('SIGHUP', listener);
    },
    progress: progress.step,
    log: createLog({ verbosity, forPeople: errIsTerminal, write: err }),
    verbosity,
  };
  return { surroundings, progress, controller };
}

/** The answer to a question, or undefined when the input ends. Ctrl-C interrupts the command. */
async function ask(
  question: string,
  controller: AbortController,
  progress: Progress,
): Promise<string | undefined> {
  const { createInterface } = await import('node:readline/promises');
  progress.clear();
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  lines.on('SIGINT', () => controller.abort());
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([lines.question(question, { signal: controller.signal }), ended]);
  } finally {
    lines.close();
  }
}

/** Reports what went wrong: outside (one clear message) or in the program (a bug). */
async function reportFailure(error: unknown, talk: Talk, surroundings: Surroundings): Promise<number> {
  const { failureOf } = await import('./failure.js');
  const failure = failureOf(error, surroundings.signal.aborted, surroundings.verbosity > 0);
  if (talk.json) {
    const { failureJson, jsonText } = await import('../report/json.js');
    surroundings.out(jsonText(failureJson(failure)));
  }
  surroundings.err(failure.text);
  return failure.exitCode;
}

async function printProblem(err: (text: string) => void, diagnostic: Diagnostic): Promise<void> {
  const { diagnosticsText } = await import('../report/diagnostics.js');
  err(withoutCommands(diagnosticsText([diagnostic], lookOf(process.stderr))));
}

function lookOf(stream: NodeJS.WriteStream): { width: number; colour: boolean } {
  const plain = Boolean(process.env.NO_COLOR) || process.env.TERM === 'dumb';
  return { width: widthOf(stream), colour: stream.isTTY === true && !plain };
}

function widthOf(stream: NodeJS.WriteStream): number {
  return Math.max(narrowest, stream.columns ?? (Number(process.env.COLUMNS) || usualWidth));
}

/**
 * Writes until the reader is gone (`asbuilt plan | head`); then output is dropped, and the work goes on. Ends the
 * program when writing fails for another reason, such as a full disk.
 */
function quietWriter(stream: NodeJS.WriteStream): (text: string) => void {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    open = false;
    if (error.code === 'EPIPE') return;
    // Nobody would see the rest of the work; a transaction under way is rolled back.
    if (stream === process.stdout)
      process.stderr.write(
        `error: standard output cannot be written: ${error.message}; \`asbuilt history\` tells what was done\n`,
      );
    process.exit(1);
  });
  return (text) => {
    if (open) stream.write(text);
  };
}
