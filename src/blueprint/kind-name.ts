/** A model name as somebody writes it in; the kind that it stands for out, or what is wrong with it. */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { catalogue, type KindFacts } from '../model/kinds.js';

/** The kind that a model name stands for: the app label as written, the model in any case, as authentik takes it. */
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
    const help = `Name one of its kinds, such as ${members[0]?.kind ?? ''}.`;
    return { code: 'kind-is-family', message: `\`${name}\` stands for every ${family}`, help };
  }
  const help = didYouMean(full, [...kinds.keys()]) ?? 'See `asbuilt explain kinds`.';
  return { code: 'unknown-kind', message: `there is no kind \`${name}\``, help };
}
