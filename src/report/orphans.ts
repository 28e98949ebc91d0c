/** Says what nothing describes any more and what prune would do about it: the last lines of every plan that has such. */
import type { Orphan } from '../plan/change.js';

/** What is to be known of one orphan beside its address, in a few words; empty while nothing may be pruned. */
export function fateText({ active, fate }: Orphan): string {
  const state = active ? 'still active' : active === false ? 'not active' : '';
  const would = fate === undefined ? '' : fateWords[fate];
  return [state, would].filter((one) => one !== '').join('; ');
}

const fateWords: Readonly<Record<NonNullable<Orphan['fate']>, string>> = {
  delete: '--prune would delete it',
  deactivate: '--prune would switch it off',
  forget: '--prune would forget it, and leave it as it is',
  off: '',
  labelled: 'kept by its label',
  referred: 'kept, because something described refers to it',
};
