/** Surroundings for tests that call a command without a process: what it printed is kept. */
import type { Surroundings } from '../../src/commands/surroundings.js';

/** A world below a folder, and what was said in it. */
export function commandIn(
  cwd: string,
  over: Partial<Surroundings> = {},
): { readonly surroundings: Surroundings; readonly out: () => string; readonly err: () => string } {
  let out = '';
  let err = '';
  const look = { width: 100, colour: false };
  const surroundings: Surroundings = {
    cwd,
    env: {},
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    outLook: look,
    errLook: look,
    outIsTerminal: false,
    signal: new AbortController().signal,
    progress: () => {},
    log: { debug: () => {}, info: () => {}, warn: () => {} } as unknown as Surroundings['log'],
    verbosity: 0,
    ...over,
  };
  return { surroundings, out: () => out, err: () => err };
}
