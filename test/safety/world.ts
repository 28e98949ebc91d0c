/** A directory and a project in, what it all comes to out: the same for two directories that differ only in ids and times. */

import { catalogue } from '../../src/model/kinds.js';
import { buildLiveModel } from '../../src/model/live-model.js';
import { isMap, type Kind, type LiveObject, Ref, type Value } from '../../src/model/model.js';
import { openStore } from '../../src/reconcile/open-store.js';

export interface World {
  /** Every object by address, references as addresses. */
  readonly objects: Readonly<Record<string, unknown>>;
  /** What the project owns by address. */
  readonly owned: Readonly<Record<string, unknown>>;
  readonly intents: readonly string[];
}

/** Reads everything. */
export async function worldOf(url: string, project: string, ledger?: string): Promise<World> {
  const opened = await openStore(url, ledger ? { ledger } : {});
  try {
    const listed = new Map<Kind, LiveObject[]>();
    for (const kind of opened.directory.kinds) {
      const objects: LiveObject[] = [];
      for await (const one of opened.directory.list(kind, {}, new AbortController().signal))
        objects.push(one);
      listed.set(kind, objects);
    }
    const live = buildLiveModel(listed);
    const objects: [string, unknown][] = [];
    const names = new Map<string, string>();
    for (const kind of live.kinds) {
      const { fields } = catalogue().kinds.get(kind)!;
      for (const { ref, id, familyIds, attributes } of live.all(kind)) {
        for (const one of [id, ...Object.values(familyIds ?? {})]) names.set(String(one), ref.address);
        const kept = Object.entries(attributes)
          .filter(([name]) => !fields[name]?.computed)
          .sort(([a], [b]) => (a < b ? -1 : 1));
        objects.push([
          ref.address,
          Object.fromEntries(
            kept.map(([name, value]) => [name, plain(value, fields[name]?.set !== undefined)]),
          ),
        ]);
      }
    }
    const owned = [...(await opened.ledger.read(project)).values()].map((record) => [
      record.address,
      {
        is: live.byId(record.kind, record.id)?.ref.address,
        ownership: record.ownership,
        labels: record.labels,
        paths: Object.keys(record.paths)
          .map((path) =>
            path
              .split('/')
              .map((step) => names.get(step) ?? step)
              .join('/'),
          )
          .sort(),
      },
    ]);
    return {
      objects: Object.fromEntries(objects.sort(([a], [b]) => (a < b ? -1 : 1))),
      owned: Object.fromEntries(owned),
      intents: (await opened.ledger.intents(project)).map((one) => one.address),
    };
  } finally {
    await opened.close();
  }
}

function plain(value: Value, unordered: boolean): unknown {
  if (value instanceof Ref) return `@${value.address}`;
  if (Array.isArray(value)) {
    const list = value.map((one) => plain(one, false));
    return unordered ? list.map((one) => JSON.stringify(one)).sort() : list;
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, Value>)
      .map(([key, inner]) => [key, plain(inner, false)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
