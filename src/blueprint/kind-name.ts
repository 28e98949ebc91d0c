/** Looks up a kind by its model name, such as `authentik_core.user`. */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { catalogue, type KindFacts } from '../model/kinds.js';

/** The kind of a model name. As in authentik, the app label is case-sensitive and the model is not. */
export function kindNamed(
  name: string,
): { facts: KindFacts } | { code: DiagnosticCode; message: string; help?: string } {
  const { kinds, familyModels } = catalogue();
  const dot = name.indexOf('.');
  const full = dot === -1 ? name : name.slice(0, dot) + name.slice(dot).toLowerCase();
  const facts = kinds.get(full);
  if (facts) return { facts };
  const family = familyModels.get(full);
  if (family) {
    const members = catalogue().families.get(family) ?? [];
    const help = `Write one of its kinds, such as ${members[0]?.kind ?? ''}.`;
    return { code: 'kind-is-family', message: `\`${name}\` stands for every ${family}`, help };
  }
  const help = didYouMean(full, [...kinds.keys()]) ?? 'See `asbuilt explain kinds`.';
  return { code: 'unknown-kind', message: `there is no kind \`${name}\``, help };
}
