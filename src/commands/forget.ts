/** `asbuilt forget`: removes objects from the ledger. The objects themselves stay. */
import { diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { withLock, withStore } from '../reconcile/request.js';
import { jsonText } from '../report/json.js';
import { visible } from '../report/terminal.js';
import { failWith } from './fail.js';
import { type SharedOptions, withRequest } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';

/** Gives up ownership. If the project does not own one of the addresses, nothing is forgotten. */
export async function forget(
  surroundings: Surroundings,
  addresses: readonly string[],
  options: SharedOptions,
): Promise<number> {
  return withRequest(surroundings, options, (request) =>
    withStore(request, (store) =>
      withLock(request, store, 'forget', async () => {
        const { ledger } = store;
        const owned = await ledger.read(request.project);
        const unknown = addresses.filter((one) => !owned.has(one));
        if (unknown.length > 0) {
          const problems = unknown.map((one) =>
            diagnose('unknown-address', `project ${request.project} does not own ${one}`, undefined, {
              help: didYouMean(one, owned.keys()),
            }),
          );
          return failWith(surroundings, options, problems);
        }
        await ledger.remove(request.project, addresses);
        if (options.json) surroundings.out(jsonText({ version: 1, ok: true, forgotten: [...addresses] }));
        else for (const one of addresses) surroundings.out(`forgot ${visible(one)}\n`);
        return exitCodes.done;
      }),
    ),
  );
}
