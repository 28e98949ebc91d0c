/** Entries as YAML in, the views that the semantic checks look at out: offline, over a directory, or a directory alone. */

import { parseBlueprint } from '../../src/blueprint/parse.js';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.js';
import { positionOf } from '../../src/diagnostic/source.js';
import { catalogue } from '../../src/model/kinds.js';
import { buildLiveModel, type LiveModel, nothingLive } from '../../src/model/live-model.js';
import type { Fields, Id, Kind, LiveObject, OwnedRecord } from '../../src/model/model.js';
import { resolve } from '../../src/resolve/resolve.js';
import { semanticChecks } from '../../src/semantic/checks.js';
import { modelOfDesired } from '../../src/semantic/model.js';
import { readYaml } from '../../src/yaml/read-yaml.js';

/** When the checks of the tests run. */
export const now = new Date('2026-06-01T12:00:00Z');

/** One or more files of entries, resolved. */
export function desiredOf(files: readonly string[], live: LiveModel = nothingLive) {
  const problems: Diagnostic[] = [];
  const blueprints = files.flatMap((text, at) => {
    const { tree, diagnostics } = readYaml({ path: `file${at === 0 ? '' : at}.yaml`, text });
    problems.push(...diagnostics);
    const found = parseBlueprint(tree, true, problems);
    return found ? [found] : [];
  });
  const { desired, diagnostics } = resolve({
    blueprints,
    live,
    owned: new Map(),
    contexts: [],
    environment: { env: () => undefined, file: () => undefined, allows: () => true },
    offline: live === nothingLive,
  });
  const errors = [...problems, ...diagnostics].filter((one) => one.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((one) => one.message).join('\n'));
  return desired;
}

/** What the checks say of entries (without their `version`), over a directory if one is given. */
export function checked(entries: string, live: LiveModel = nothingLive): Diagnostic[] {
  return semanticChecks(modelOfDesired(desiredOf([`version: 1\nentries:\n${entries}`], live), live), now);
}

/** `code line: message`, which is what most tests look at. */
export function short(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(
    ({ code, place, message }) => `${code}${place ? ` ${positionOf(place).line}` : ''}: ${message}`,
  );
}

export function codesOf(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map((one) => one.code);
}

/** A directory that holds these objects, by the short names of their kinds; `id` is each one's own, references are ids. */
export function liveOf(
  objects: Readonly<Record<string, readonly { readonly id: Id; readonly [field: string]: unknown }[]>>,
  alsoRead: readonly string[] = [],
): LiveModel {
  const listed = new Map<Kind, LiveObject[]>();
  const { byName } = catalogue();
  for (const name of alsoRead) listed.set(byName.get(name)!.kind, []);
  for (const [name, list] of Object.entries(objects)) {
    const facts = byName.get(name)!;
    const defaults: Fields = {};
    for (const field of Object.values(facts.fields)) {
      if (field.default !== undefined) defaults[field.name] = field.default;
    }
    listed.set(
      facts.kind,
      list.map(({ id, ...rest }) => ({
        kind: facts.kind,
        id,
        attributes: { ...defaults, ...(rest as Fields) },
        computed: {},
      })),
    );
  }
  return buildLiveModel(listed);
}

/** What a ledger would remember of objects of a directory. */
export function ownedOf(
  live: LiveModel,
  kinds: readonly string[],
  more: Partial<OwnedRecord> = {},
): Map<string, OwnedRecord> {
  const owned = new Map<string, OwnedRecord>();
  for (const name of kinds) {
    for (const { ref, kind, id } of live.all(catalogue().byName.get(name)!.kind)) {
      owned.set(ref.address, record({ address: ref.address, kind, id, ...more }));
    }
  }
  return owned;
}

export function record(
  one: Pick<OwnedRecord, 'address' | 'kind' | 'id'> & Partial<OwnedRecord>,
): OwnedRecord {
  return { ownership: 'created', place: 'file.yaml:1', labels: {}, whole: '', paths: {}, ...one };
}
