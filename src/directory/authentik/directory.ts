/** The directory that an authentik server is, over its REST API. */
import { userKind } from '../../model/kind-names.js';
import { catalogue } from '../../model/kinds.js';
import type { Directory, Need } from '../directory.js';
import { DirectoryError } from '../errors.js';
import { factsOf } from '../semantics.js';
import { type Account, lackingPermissions, readStatus, withPermission } from './account.js';
import { normalForm } from './body.js';
import { readEvents } from './events.js';
import { serverExport } from './export.js';
import { fieldsOf, kindsOf, whyLacking } from './facts.js';
import { authentikPeople } from './people.js';
import { listKind } from './read.js';
import { beginListing, type Session } from './session.js';
import { createObject, deleteObject, updateObject } from './write.js';

/** The directory on a session, under the account of its token. */
export function authentikDirectory(session: Session, name: string, account: Account): Directory {
  const { release, version, client } = session;
  const kinds = kindsOf(release);
  const fields = new Map<string, ReadonlySet<string>>();
  const allowed = async <T>(need: Need, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw withPermission(error, need);
    }
  };
  const directory: Directory = {
    name,
    kinds,
    atomic: false,
    account: account.id,
    concurrency: session.concurrency,
    people: authentikPeople(session, account.superuser),
    fields: (kind) => {
      let known = fields.get(kind);
      if (!known) fields.set(kind, (known = fieldsOf(factsOf(kind), release)));
      return known;
    },
    lacks: (kind, field) => whyLacking(kind, field, release, version),
    normalize: (kind, attributes) => {
      const facts = catalogue().kinds.get(kind);
      return facts ? normalForm(facts, attributes) : attributes;
    },
    now: () => client.now(),
    list: async function* (kind, options, signal) {
      signal.throwIfAborted();
      beginListing(session, kind, options.only === undefined && options.narrow === undefined);
      yield* await allowed({ kind, verb: 'view' }, () => listKind(session, factsOf(kind), options, signal));
    },
    serverExport: (type, asked, signal, waiting) => serverExport(session, type, asked, signal, waiting),
    events: async function* (options, signal) {
      try {
        yield* readEvents(session, options, signal);
      } catch (error) {
        throw withPermission(error, { kind: 'authentik_events.event', verb: 'view' });
      }
    },
    create: async (kind, given, signal) => {
      signal.throwIfAborted();
      return allowed({ kind, verb: 'add' }, () => createObject(session, factsOf(kind), given, signal));
    },
    update: async (kind, id, before, after, signal) => {
      signal.throwIfAborted();
      await allowed({ kind, verb: 'change', writes: Object.keys(after) }, () =>
        updateObject(session, factsOf(kind), id, before, after, signal),
      );
    },
    delete: async (kind, id, signal) => {
      signal.throwIfAborted();
      if (kind === userKind && String(id) === String(account.id))
        throw new DirectoryError('in-use', 'this is the account whose token is in use', {
          kind,
          id,
          uncertain: false,
        });
      await allowed({ kind, verb: 'delete' }, () => deleteObject(session, factsOf(kind), id, signal));
    },
    // Every call stands for itself: nothing that was written is taken back.
    transaction: (work) => work(directory),
    status: (signal) => readStatus(session, account, signal),
    lacking: (signal) => lackingPermissions(session, account, signal),
    close: () => client.close(),
  };
  return directory;
}
