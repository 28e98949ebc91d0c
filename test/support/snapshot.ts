/** Takes down everything that a directory holds: what tests compare to see that nothing was touched. */
import { openStore } from '../../src/reconcile/open-store.js';
import { rowsIn } from './request.js';

/** Every object of an SQLite directory by `kind id`, as canonical JSON. */
export async function snapshotOf(url: string): Promise<Map<string, string>> {
  const { directory, close } = await openStore(url);
  const objects = new Map<string, string>();
  try {
    // Most kinds have no object, and asking for each of them takes most of the time.
    const kinds = rowsIn(url.slice('sqlite:'.length), 'SELECT DISTINCT kind FROM object ORDER BY kind');
    for (const [kind] of kinds as [string][]) {
      for await (const { id, attributes, computed } of directory.list(kind, {}, never)) {
        objects.set(`${kind} ${id}`, sorted({ attributes, computed }));
      }
    }
  } finally {
    await close();
  }
  return objects;
}

const never = new AbortController().signal;

/** JSON with the keys of every map in order. */
export function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
