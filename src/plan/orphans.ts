/** Puts what nothing describes any more into the order in which people should read it, and warns while nobody has decided what becomes of it. */
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { userKind } from '../model/kind-names.js';
import type { LiveResource, OwnedRecord } from '../model/model.js';
import type { Fate, Orphan } from './change.js';
import { listed } from './hazard-input.js';

/** What is to be told of an object that nothing describes any more. */
export function orphanOf({ address, kind, place }: OwnedRecord, live: LiveResource, fate?: Fate): Orphan {
  const active = kind === userKind ? live.attributes.is_active !== false : undefined;
  return { address, kind, place, active, fate };
}

/** Accounts first, because somebody may still use them, and of these the active ones; then by address. */
export function inOrderOfUrgency(orphans: readonly Orphan[]): Orphan[] {
  const rank = ({ kind, active }: Orphan): number => (kind !== userKind ? 2 : active ? 0 : 1);
  return [...orphans].sort((a, b) => rank(a) - rank(b) || (a.address < b.address ? -1 : 1));
}

/** The warning about orphans that prune would do something about, where neither a flag nor the configuration says whether. */
export function undecided(orphans: readonly Orphan[], project: string): Diagnostic[] {
  const open = orphans.filter(({ fate }) => fate === 'delete' || fate === 'deactivate' || fate === 'forget');
  if (open.length === 0) return [];
  const active = open.filter((one) => one.active).length;
  const stays =
    active === 0
      ? ''
      : active === 1
        ? ', and the account stays active'
        : `, and ${active} accounts stay active`;
  const names = listed(open.map(({ address }) => address));
  const message = `${names} ${open.length > 1 ? 'are' : 'is'} in no blueprint any more${stays}`;
  const named = project === 'default' ? ' Prune needs a project with a name, too.' : '';
  const help = `Add --prune, or decide in asbuilt.yaml: \`prune: true\`, or \`prune: false\` to keep what nothing describes.${named}`;
  return [diagnose('orphaned', message, undefined, { help })];
}
