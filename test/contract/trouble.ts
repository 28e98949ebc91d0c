/** What goes wrong with a store, for the tests of the border: put around any directory, or handed to a server. */
import type { Directory } from '../../src/directory/directory.js';
import { DirectoryError } from '../../src/directory/errors.js';
import { catalogue, objectPermissions } from '../../src/model/kinds.js';
import type { Kind } from '../../src/model/model.js';
import type { Store } from '../../src/reconcile/open-store.js';

/** What goes wrong from now on. Each run opens the store anew. */
export interface Trouble {
  /** The call that completes a create with the user's password fails. */
  passwordFails: boolean;
  /** A create of this kind is lost on the way: the answer after the object is made, or the request before. */
  lost?: { readonly kind: Kind; readonly landed: boolean };
  /** Kinds that may not be read. */
  readonly denied: Set<Kind>;
  /** Kinds, and attributes as `kind.attribute`, that it cannot hold, and why. */
  readonly lacks: Map<string, string>;
}

/** A store that can be opened again and again, and what is wrong with it. */
export interface TroubledSubject {
  readonly trouble: Trouble;
  open(): Promise<Store>;
}

/** Nothing is wrong. */
export function noTrouble(): Trouble {
  return { passwordFails: false, denied: new Set(), lacks: new Map() };
}

/** The trouble put around a store whose directory has no way to be made to fail. */
export function troubled(open: () => Promise<Store>): TroubledSubject {
  const trouble = noTrouble();
  return {
    trouble,
    open: async () => {
      const store = await open();
      const transaction: Store['transaction'] = (work) =>
        store.transaction((within) =>
          work({ ...within, directory: troubledDirectory(within.directory, trouble) }),
        );
      return { ...store, directory: troubledDirectory(store.directory, trouble), transaction };
    },
  };
}

function troubledDirectory(directory: Directory, trouble: Trouble): Directory {
  const { denied, lacks } = trouble;
  const lacked = (kind: Kind): string[] =>
    [...lacks.keys()].flatMap((one) => (one.startsWith(`${kind}.`) ? [one.slice(kind.length + 1)] : []));
  const everything = (kind: Kind): ReadonlySet<string> | 'all' => {
    const gone = lacked(kind);
    const held = directory.fields(kind);
    if (gone.length === 0 || held !== 'all') return held;
    const names = [...Object.keys(catalogue().kinds.get(kind)!.fields), objectPermissions];
    return new Set(names.filter((one) => !gone.includes(one)));
  };
  return {
    ...directory,
    kinds: new Set([...directory.kinds].filter((kind) => !lacks.has(kind))),
    fields: everything,
    lacks: (kind, field) => lacks.get(field === undefined ? kind : `${kind}.${field}`),
    list: async function* (kind, options, signal) {
      if (denied.has(kind)) throw new DirectoryError('denied', `no right to read ${kind}`, { kind });
      for await (const one of directory.list(kind, options, signal)) {
        for (const name of lacked(kind)) delete one.attributes[name];
        yield one;
      }
    },
    create: async (kind, { ...fields }, signal) => {
      const { lost, passwordFails } = trouble;
      const isLost = lost?.kind === kind;
      const unfinished = passwordFails && fields.password !== undefined;
      if (unfinished) delete fields.password;
      const created = isLost && !lost.landed ? undefined : await directory.create(kind, fields, signal);
      if (!created || isLost)
        throw new DirectoryError('unreachable', 'the connection broke', { kind, uncertain: true });
      if (!unfinished) return created;
      const error = new DirectoryError('unreachable', 'the password could not be set', { kind });
      return { ...created, unfinished: { fields: ['password'], error } };
    },
  };
}
