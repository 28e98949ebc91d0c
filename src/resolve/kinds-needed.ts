/** Works out which kinds must be read from the directory to plan a set of blueprints. */

import type { Blueprint } from '../blueprint/blueprint.js';
import { kindNamed } from '../blueprint/kind-name.js';
import { blueprintInstanceKind, roleKind, userKind } from '../model/kind-names.js';
import { catalogue, type KindFacts, kindsOf } from '../model/kinds.js';
import type { Kind, OwnedRecord } from '../model/model.js';
import { remembered } from '../model/remembered.js';
import type { Node } from '../yaml/node.js';

/**
 * The kinds of entries, lookups and owned objects, and the kinds that these refer to (for addresses, and because a
 * relation may be stored on its other side). Kinds that the directory does not have are left out.
 */
export function kindsNeeded(
  blueprints: readonly Blueprint[],
  owned: Iterable<Pick<OwnedRecord, 'kind'>>,
  available: ReadonlySet<Kind>,
  prune: boolean,
): Set<Kind> {
  const direct = new Set<Kind>();
  for (const file of blueprints) {
    for (const entry of file.entries) {
      if (entry.facts && !entry.facts.meta) direct.add(entry.facts.kind);
      if (entry.facts?.meta) direct.add(blueprintInstanceKind);
      if (entry.permissions.length > 0) direct.add(userKind).add(roleKind);
      lookedUp(entry.node, direct);
    }
    if (file.context) lookedUp(file.context, direct);
  }
  const doomed = new Set<Kind>();
  for (const file of blueprints) {
    for (const { facts, state } of file.entries)
      if (facts && (state === 'absent' || typeof state !== 'string')) doomed.add(facts.kind);
  }
  for (const record of owned) {
    direct.add(record.kind);
    if (prune) doomed.add(record.kind);
  }
  // Cascades and hazards also look at what a deletion would delete or clear.
  const going = new Set(doomed);
  for (const kind of doomed) for (const other of cascadedKinds(kind)) going.add(other);
  for (const kind of going) direct.add(kind);
  const referring = clearedWith(going);
  const needed = new Set<Kind>(referring);
  for (const kind of direct) {
    needed.add(kind);
    for (const other of [...referred(kind), ...rivals(kind)]) needed.add(other);
  }
  return new Set([...needed].filter((kind) => available.has(kind)));
}

/** The kinds whose references a deletion of these kinds may clear. */
function clearedWith(going: ReadonlySet<Kind>): Kind[] {
  const { kinds } = catalogue();
  const names = new Set(going);
  for (const kind of going) for (const { family } of kinds.get(kind)?.families ?? []) names.add(family);
  const refers = (facts: KindFacts): boolean =>
    Object.values(facts.fields).some(
      ({ reference, inverseOf }) => reference && !inverseOf && names.has(reference.to),
    );
  return [...kinds.values()].filter(refers).map((one) => one.kind);
}

/** The kinds that a deletion may cascade to. */
function cascadedKinds(kind: Kind): ReadonlySet<Kind> {
  const { kinds } = catalogue();
  const found = new Set<Kind>();
  const queue = [kind];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const names = new Set([next, ...(kinds.get(next)?.families ?? []).map((one) => one.family)]);
    for (const [other, facts] of kinds) {
      if (found.has(other)) continue;
      const goes = Object.values(facts.fields).some(
        ({ reference, many }) => !many && reference?.onDelete === 'cascade' && names.has(reference.to),
      );
      if (!goes) continue;
      found.add(other);
      queue.push(other);
    }
  }
  return found;
}

/** The kinds with which a kind shares a unique value. */
function rivals(kind: Kind): readonly Kind[] {
  const { unique = [] } = catalogue().kinds.get(kind) ?? {};
  return unique.flatMap(({ within }) => (within === undefined ? [] : kindsOf(within)));
}

/** The kinds that a kind refers to, and those that their addresses are made of. */
const referred = remembered((kind: Kind): ReadonlySet<Kind> => {
  const found = new Set<Kind>();
  for (const field of Object.values(catalogue().kinds.get(kind)?.fields ?? {})) {
    const targets = [
      ...(field.reference ? [field.reference.to] : []),
      ...(field.inverseOf ? [field.inverseOf.kind] : []),
    ];
    for (const to of targets) {
      for (const target of kindsOf(to)) {
        found.add(target);
        keyKinds(target, found);
      }
    }
  }
  return found;
});

function keyKinds(kind: Kind, into: Set<Kind>): void {
  const { kinds } = catalogue();
  for (const key of kinds.get(kind)?.key ?? []) {
    const to = kinds.get(kind)!.fields[key]?.reference?.to;
    if (to === undefined) continue;
    for (const target of kindsOf(to)) {
      if (into.has(target)) continue;
      into.add(target);
      keyKinds(target, into);
    }
  }
}

/** Collects the models that `!Find` and `!FindObject` write as text. */
function lookedUp(node: Node, into: Set<Kind>): void {
  if (node.type === 'scalar' || !node.dynamic) return;
  if (node.type === 'sequence') {
    const model = node.items[0];
    if ((node.tag === 'Find' || node.tag === 'FindObject') && model?.type === 'scalar' && !model.tag) {
      for (const kind of kindsNamed(model.text)) into.add(kind);
    }
    for (const item of node.items) lookedUp(item, into);
  } else for (const pair of node.pairs) lookedUp(pair.value, into);
}

function kindsNamed(model: string): readonly Kind[] {
  const found = kindNamed(model);
  if ('facts' in found) return [found.facts.kind];
  const family = catalogue().familyModels.get(model.toLowerCase());
  return family === undefined ? [] : kindsOf(family);
}
