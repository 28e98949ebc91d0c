/** `asbuilt unlock`: clears the lock that a dead run left behind. */

import { withStore } from '../reconcile/request.js';
import { jsonText } from '../report/json.js';
import { type SharedOptions, withRequest } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';

/** Clears the lock, or says who really holds it. */
export async function unlock(surroundings: Surroundings, options: SharedOptions): Promise<number> {
  return withRequest(surroundings, options, (request) =>
    withStore(request, async ({ ledger }) => {
      const { free, holder } = (await ledger.unlock?.()) ?? { free: true, holder: undefined };
      const who = holder
        ? `${holder.who} (${holder.command}, process ${holder.process}), since ${holder.since}`
        : 'another process';
      if (options.json) {
        surroundings.out(jsonText({ version: 1, ok: free, ...(holder ? { holder: { ...holder } } : {}) }));
        return free ? exitCodes.done : exitCodes.refused;
      }
      if (free) {
        surroundings.out(
          holder ? `unlocked: cleared the lock that ${who} left behind\n` : 'the directory is not locked\n',
        );
        return exitCodes.done;
      }
      surroundings.err(`still locked by ${who}, which is running; end that process to free the lock\n`);
      return exitCodes.refused;
    }),
  );
}
