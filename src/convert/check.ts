/** Two texts of a blueprint in, whether they describe the same resources out. */
import type { Blueprint } from '../blueprint/blueprint.js';
import { parseBlueprint } from '../blueprint/parse.js';
import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import { nothingLive } from '../model/live-model.js';
import { type Address, Deferred, type Json, Ref, Unavailable } from '../model/model.js';
import { resolve } from '../resolve/resolve.js';
import { readYaml } from '../yaml/read-yaml.js';

/** What a blueprint asks for, by address and without places; undefined when it cannot be read. */
export function describedBy(source: Source): ReadonlyMap<Address, Json> | undefined {
  const diagnostics: Diagnostic[] = [];
  const { tree, diagnostics: found } = readYaml(source);
  const blueprint = parseBlueprint(tree, true, diagnostics);
  return blueprint && !hasErrors([...found, ...diagnostics]) ? resourcesOf(blueprint) : undefined;
}

function resourcesOf(blueprint: Blueprint): ReadonlyMap<Address, Json> {
  const { desired } = resolve({
    blueprints: [blueprint],
    live: nothingLive,
    owned: new Map(),
    contexts: [],
    environment: { env: () => undefined, file: () => undefined, allows: () => true },
    offline: true,
  });
  return new Map(
    desired.map((one) => {
      const { state, attributes, initial, labels, was, wantedId } = one;
      const onlyAdd = [...(one.onlyAdd ?? [])];
      const origins = [...one.origins];
      const whole = { state, attributes, initial, labels, was, wantedId, onlyAdd, origins };
      return [one.ref.address, JSON.parse(JSON.stringify(whole, plain)) as Json];
    }),
  );
}

/** References by address, sets of them in one order, and maps by their sorted keys. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Ref) return `@${value.address}`;
  if (value instanceof Deferred) return { recipe: value.recipe };
  if (value instanceof Unavailable) return { unavailable: value.origin };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted);
}

/** The first address at which two texts of a blueprint differ; undefined when they ask for the same. */
export function differenceOf(before: Source, after: Source): string | undefined {
  const one = describedBy(before);
  const other = describedBy(after);
  if (!one || !other) return after.path;
  for (const address of new Set([...one.keys(), ...other.keys()])) {
    if (JSON.stringify(one.get(address)) !== JSON.stringify(other.get(address))) return address;
  }
  return undefined;
}
