/** Turns anything thrown into a message for people and an exit code. */
import { withoutCommands } from '../diagnostic/hidden-characters.js';
import { DirectoryError } from '../directory/errors.js';
import { visible } from '../report/terminal.js';
import { exitCodes } from './surroundings.js';

export interface Failure {
  readonly code: string;
  readonly message: string;
  /** Everything to print, with a line break at the end. */
  readonly text: string;
  readonly exitCode: number;
}

/** Failures from outside get one message (causes with `-v`); the program's own are called bugs. */
export function failureOf(error: unknown, interrupted: boolean, verbose: boolean): Failure {
  if (error instanceof DirectoryError) {
    const text = [`error: ${visible(error.message)}`, ...(verbose ? causesOf(error) : [])];
    const waits = error.code === 'busy' || error.code === 'locked';
    const exitCode = waits ? exitCodes.refused : exitCodes.failed;
    return {
      code: error.code,
      message: error.message,
      text: withoutCommands(`${text.join('\n')}\n`),
      exitCode,
    };
  }
  if (interrupted) {
    return { code: 'interrupted', message: 'interrupted', text: 'interrupted\n', exitCode: exitCodes.failed };
  }
  const message = error instanceof Error ? error.message : String(error);
  const where = verbose
    ? stackOf(error)
    : ['This is a bug in asbuilt. The same command with -v shows where; please report it.'];
  return {
    code: 'bug',
    message,
    text: withoutCommands(`${[`error: ${visible(message)}`, ...where].join('\n')}\n`),
    exitCode: exitCodes.failed,
  };
}

/** The chain of causes, one a line, until it repeats itself. */
function causesOf(error: Error): string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>([error]);
  for (let cause = error.cause; cause !== undefined && cause !== null && !seen.has(cause); ) {
    seen.add(cause);
    lines.push(`  because: ${visible(cause instanceof Error ? cause.message : String(cause))}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}

function stackOf(error: unknown): string[] {
  const frames = (error instanceof Error ? (error.stack ?? '') : '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return ['This is a bug in asbuilt; please report it with these lines:', ...frames.map(visible)];
}
