/** A directory and its ledger in, the same out, where every write first and afterwards asks whether the end has come. */
import type { Directory } from '../../src/directory/directory.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import type { Store } from '../../src/reconcile/open-store.js';

/** Called before and after every write, with its number and what it is about. */
export type Moment = (step: number, name: string) => void;

/** Wraps what can be written to. */
export function dyingStore(opened: Store, moment: Moment): Store {
  let step = 0;
  const around = async <T>(name: string, write: () => Promise<T>): Promise<T> => {
    moment(step++, `before ${name}`);
    const result = await write();
    moment(step++, `after ${name}`);
    return result;
  };
  const directory = (one: Directory): Directory => ({
    ...one,
    create: (kind, ...rest) => around(`create ${kind}`, () => one.create(kind, ...rest)),
    update: (kind, ...rest) => around(`update ${kind}`, () => one.update(kind, ...rest)),
    delete: (kind, ...rest) => around(`delete ${kind}`, () => one.delete(kind, ...rest)),
  });
  const ledger = (one: Ledger): Ledger => ({
    ...one,
    intend: (...all) => around('intend', () => one.intend(...all)),
    put: (...all) => around('put', () => one.put(...all)),
    remove: (...all) =>
      all[1].length === 0 ? one.remove(...all) : around('remove', () => one.remove(...all)),
  });
  return {
    ...opened,
    directory: directory(opened.directory),
    ledger: ledger(opened.ledger),
    transaction: (work) =>
      opened.transaction((within) =>
        work({ directory: directory(within.directory), ledger: ledger(within.ledger) }),
      ),
  };
}
