/** Checks which written passwords are those that were applied last, by their hashes in the ledger. */
import { verify } from '@node-rs/argon2';
import { fingerprintIn } from '../model/fingerprint.js';
import { catalogue } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import type { Address, DesiredResource, OwnedRecord, Ref } from '../model/model.js';
import { remembered } from '../model/remembered.js';

/** Resources whose written password is the one that was applied last. argon2id is slow on purpose, so this happens before planning. */
export async function unchangedPasswords(
  desired: readonly DesiredResource[],
  live: LiveModel,
  owned: ReadonlyMap<Address, OwnedRecord>,
): Promise<ReadonlySet<Ref>> {
  const same = new Set<Ref>();
  const checks: Promise<void>[] = [];
  for (const resource of desired) {
    const fields = passwordFields(resource.kind);
    for (const name of fields) {
      const value = resource.attributes[name];
      if (typeof value !== 'string' || !live.of(resource.ref)) continue;
      const record = owned.get(resource.ref.address) ?? (resource.was && owned.get(resource.was));
      const applied = record && fingerprintIn(record.paths[`/${name}`]);
      if (!applied) continue;
      checks.push(
        verify(applied, value).then(
          (equal) => void (equal && same.add(resource.ref)),
          // An unreadable hash equals nothing, so the password is written again.
          () => undefined,
        ),
      );
    }
  }
  await Promise.all(checks);
  return same;
}

const passwordFields = remembered((kind: string): readonly string[] => {
  const all = Object.values(catalogue().kinds.get(kind)?.fields ?? {});
  return all.filter((field) => field.unreadable === 'password').map((field) => field.name);
});
