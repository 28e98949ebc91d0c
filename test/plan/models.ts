/** Plain objects in; a live model and changes over it out, for tests of the planning. */

import { type Fingerprints, fingerprints } from '../../src/model/fingerprint.js';
import { catalogue } from '../../src/model/kinds.js';
import { buildLiveModel, idIn, type LiveModel } from '../../src/model/live-model.js';
import { type Attributes, type Id, type Kind, type OwnedRecord, Ref } from '../../src/model/model.js';
import type { Change, Verb } from '../../src/plan/change.js';
import { pathFingerprints } from '../../src/plan/ledger-entry.js';

export const key = Buffer.alloc(32, 7);

/** A live model of objects by short kind and id. */
export function liveOf(objects: Readonly<Record<string, Readonly<Record<string, object>>>>): LiveModel {
  const listed = new Map<
    Kind,
    Parameters<typeof buildLiveModel>[0] extends ReadonlyMap<Kind, infer L> ? L : never
  >();
  for (const [name, list] of Object.entries(objects)) {
    const { kind, idType } = catalogue().byName.get(name)!;
    listed.set(
      kind,
      Object.entries(list).map(([id, attributes]) => ({
        kind,
        id: idType === 'integer' ? Number(id) : id,
        attributes: structuredClone(attributes) as Record<string, never>,
        computed: {},
      })),
    );
  }
  return buildLiveModel(listed);
}

/** The reference to a live object. */
export function refOf(live: LiveModel, name: string, id: Id): Ref {
  return live.byId(catalogue().byName.get(name)!.kind, id)!.ref;
}

export function fingerprintsOver(live: LiveModel): Fingerprints {
  return fingerprints(key, (ref, family) => idIn(live.of(ref), family));
}

/** The ledger's record of an object to which `applied` was applied. */
export function recordOf(
  live: LiveModel,
  ref: Ref,
  applied: Attributes,
  ownership: 'created' | 'adopted' = 'created',
): OwnedRecord {
  const facts = catalogue().kinds.get(ref.kind)!;
  const prints = fingerprintsOver(live);
  return {
    address: ref.address,
    kind: ref.kind,
    id: live.of(ref)!.id,
    ownership,
    place: 'x.yaml:1',
    labels: {},
    whole: prints.whole(facts, applied, {}),
    paths: pathFingerprints(facts, applied, prints, (one, family) => idIn(live.of(one), family)),
  };
}

/** A change with the least that order and hazards look at. */
export function change(verb: Verb, ref: Ref, write: Attributes = {}, was: Attributes = {}): Change {
  return { verb, ref, kind: ref.kind, write, was, fields: [], unchanged: 0, reasons: [], hazards: [] };
}

/** A resource that is still to be made. */
export function fresh(name: string, keyText: string): Ref {
  return new Ref(catalogue().byName.get(name)!.kind, `${name}/${keyText}`);
}
