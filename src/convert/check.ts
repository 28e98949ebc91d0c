/** Compares what two texts of a blueprint ask for, so that a rewritten file is known to mean the same. */
import { parseBlueprint } from '../blueprint/parse.js';
import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import { canonical } from '../model/canonical.js';
import { nothingLive } from '../model/live-model.js';
import type { Address, Value } from '../model/model.js';
import { resolve } from '../resolve/resolve.js';
import { readYaml } from '../yaml/read-yaml.js';

/** What a blueprint asks for: a text for each address, without places; undefined when the file cannot be read. */
export function describedBy(source: Source): ReadonlyMap<Address, string> | undefined {
  const diagnostics: Diagnostic[] = [];
  const { tree, diagnostics: found } = readYaml(source);
  const blueprint = parseBlueprint(tree, true, diagnostics);
  if (!blueprint || hasErrors([...found, ...diagnostics])) return undefined;
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
      const sets = { onlyAdd: [...(one.onlyAdd ?? [])], origins: [...one.origins] };
      const whole = { state, attributes, initial, labels, was, wantedId, ...sets };
      return [one.ref.address, canonical(whole as unknown as Value)];
    }),
  );
}

/** The first address at which two texts of a blueprint differ; undefined when they ask for the same. */
export function differenceOf(before: Source, after: Source): Address | undefined {
  const one = describedBy(before);
  const other = describedBy(after);
  if (!one || !other) return after.path;
  return [...one.keys(), ...other.keys()].find((address) => one.get(address) !== other.get(address));
}
