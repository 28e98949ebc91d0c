/** Warns about blueprints that `metaapplyblueprint` entries require and that do not exist. */

import type { Blueprint, Entry } from '../blueprint/blueprint.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { blueprintInstanceKind } from '../model/kind-names.js';
import type { LiveModel } from '../model/live-model.js';
import { child, placeOfNode } from '../yaml/node.js';

/** In authentik such an entry orders blueprints. Here references do that, so only the requirement is checked. */
export function checkApplied(
  { blueprints, live, offline }: { blueprints: readonly Blueprint[]; live: LiveModel; offline: boolean },
  diagnostics: Diagnostic[],
): void {
  if (offline) return;
  const hints = blueprints.flatMap((file) => file.entries.filter((entry) => entry.facts?.meta));
  if (hints.length === 0) return;
  const names = new Set(blueprints.map((file) => file.name));
  const paths = blueprints.map((file) => file.source.path);
  for (const entry of hints) {
    const asked = askedFor(entry);
    if (!asked) continue;
    const { name, path } = asked;
    const isHere =
      (name !== undefined && names.has(name)) ||
      (path !== undefined && paths.some((one) => one === path || one.endsWith(`/${path}`)));
    if (isHere || isInstance(live, name, path)) continue;
    const message = `required blueprint ${name ?? path ?? '(unnamed)'} is neither here nor in the directory`;
    diagnostics.push(diagnose('missing-blueprint', message, placeOfNode(entry.node, entry.source)));
  }
}

/** The name or path of the blueprint that an entry requires. */
function askedFor({ facts, attributes }: Entry): { name?: string; path?: string } | undefined {
  if (!facts?.meta || !attributes) return undefined;
  const required = child(attributes, 'required');
  if (required?.type === 'scalar' && required.value === false) return undefined;
  const wanted = child(attributes, 'identifiers');
  const text = (key: string): string | undefined => {
    const node = wanted?.type === 'map' ? child(wanted, key) : undefined;
    return node?.type === 'scalar' && !node.tag ? node.text : undefined;
  };
  return { name: text('name'), path: text('path') };
}

function isInstance(live: LiveModel, name: string | undefined, path: string | undefined): boolean {
  return live
    .all(blueprintInstanceKind)
    .some(
      ({ attributes }) =>
        (name !== undefined && attributes.name === name) || (path !== undefined && attributes.path === path),
    );
}
