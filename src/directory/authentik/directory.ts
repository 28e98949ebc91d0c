/** The directory that an authentik server is, over its REST API. */
import { userKind } from '../../model/kind-names.js';
import { catalogue } from '../../model/kinds.js';
import type { Id } from '../../model/model.js';
import type { Directory } from '../directory.js';
import { DirectoryError } from '../errors.js';
import { factsOf } from '../semantics.js';
import { normalForm } from './body.js';
import { readEvents } from './events.js';
import { serverExport } from './export.js';
import { fieldsOf, kindsOf, whyLacking } from './facts.js';
import { authentikPeople } from './people.js';
import { listKind } from './read.js';
import { beginListing, type Session } from './session.js';
import { createObject, deleteObject, updateObject } from './write.js';

/** The directory on a session, under the account of its token. `isSuperuser`: may that see what is everyone's? */
export function authentikDirectory(
  session: Session,
  name: string,
  account: Id,
  isSuperuser: boolean,
): Directory {
  const { release, version, client } = session;
  const kinds = kindsOf(release);
  const fields = new Map<string, ReadonlySet<string>>();
  const directory: Directory = {
    name,
    kinds,
    atomic: false,
    account,
    concurrency: session.concurrency,
    people: authentikPeople(session, isSuperuser),
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
      yield* await listKind(session, factsOf(kind), options, signal);
    },
    serverExport: (type, asked, signal, waiting) => serverExport(session, type, asked, signal, waiting),
    events: (options, signal) => readEvents(session, options, signal),
    create: async (kind, given, signal) => {
      signal.throwIfAborted();
      return createObject(session, factsOf(kind), given, signal);
    },
    update: async (kind, id, before, after, signal) => {
      signal.throwIfAborted();
      await updateObject(session, factsOf(kind), id, before, after, signal);
    },
    delete: async (kind, id, signal) => {
      signal.throwIfAborted();
      if (kind === userKind && String(id) === String(account))
        throw new DirectoryError('in-use', 'this is the account whose token is in use', {
          kind,
          id,
          uncertain: false,
        });
      await deleteObject(session, factsOf(kind), id, signal);
    },
    // Every call stands for itself: nothing that was written is taken back.
    transaction: (work) => work(directory),
    close: () => client.close(),
  };
  return directory;
}
