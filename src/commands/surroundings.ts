/** What a command gets from outside (output, terminal, environment), and helpers that every command uses. */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { withoutCommands } from '../diagnostic/hidden-characters.js';
import { diagnosticsText } from '../report/diagnostics.js';
import type { Log } from '../report/log.js';
import type { Look } from '../report/terminal.js';
import { hiddenValues } from '../yaml/hidden-values.js';

/** What a command gets from outside; only `cli.ts` creates one. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output: the result, nothing else. */
  readonly out: (text: string) => void;
  /** Writes to standard error: everything for people that is not the result. */
  readonly err: (text: string) => void;
  /** Writes commands of GitHub Actions to standard output; `out` writes none. */
  readonly commands?: (text: string) => void;
  readonly outLook: Look;
  readonly errLook: Look;
  /** Does standard output go to a terminal? */
  readonly outIsTerminal: boolean;
  /** Asks on the terminal; absent without one. Gives undefined when there is no answer. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  readonly signal: AbortSignal;
  /** Calls the listener at each SIGHUP, until what it returns is called. */
  readonly onHangup?: (listener: () => void) => () => void;
  readonly progress: (step: string, done?: number, total?: number) => void;
  readonly log: Log;
  readonly verbosity: number;
}

/** The same world, in which no line that is written is taken for a command of CI, whatever a blueprint says. */
export function withoutCommandsIn(surroundings: Surroundings): Surroundings {
  const { out, err } = surroundings;
  return {
    ...surroundings,
    out: (text) => out(withoutCommands(text)),
    err: (text) => err(withoutCommands(text)),
    commands: out,
  };
}

/** Exit codes, for scripts. */
export const exitCodes = { done: 0, failed: 1, pending: 2, refused: 3 } as const;

/** Writes diagnostics to standard error, without lines of files where these must not be shown. */
export function printDiagnostics(
  surroundings: Surroundings,
  diagnostics: readonly Diagnostic[],
  withLines = true,
): void {
  if (diagnostics.length === 0) return;
  const text = diagnosticsText(diagnostics, {
    ...surroundings.errLook,
    allNotes: surroundings.verbosity > 0,
    hidden: withLines ? hiddenValues : undefined,
  });
  surroundings.err(text);
}
