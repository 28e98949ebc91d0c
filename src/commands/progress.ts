/** Shows the progress of long work on one line of a terminal, which is rewritten at each step. */
import { cut, visible } from '../report/terminal.js';

export interface Progress {
  readonly step: (step: string, done?: number, total?: number) => void;
  /** Clears the line, so that the next output starts on an empty one. */
  readonly clear: () => void;
}

// Short work shows nothing, and updates are not faster than eyes can follow.
const patience = 400;
const pause = 80;

export const silentProgress: Progress = { step: () => undefined, clear: () => undefined };

/** Progress on a terminal of so many columns. */
export function terminalProgress(write: (text: string) => void, columns: () => number): Progress {
  const started = performance.now();
  let last = 0;
  let shown = false;
  return {
    step(step, done, total) {
      const now = performance.now();
      if (now - started < patience || now - last < pause) return;
      last = now;
      const share = done === undefined ? '' : total === undefined ? ` ${done}` : ` ${done} of ${total}`;
      shown = true;
      write(`\r\u001b[K${cut(visible(`${step}${share}`), columns() - 1)}`);
    },
    clear() {
      if (!shown) return;
      shown = false;
      write('\r\u001b[K');
    },
  };
}
