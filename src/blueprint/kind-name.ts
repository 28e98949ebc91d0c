/** Looks up a kind by its model name, such as `authentik_core.user`. */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import { meantKind } from '../model/meant-kind.js';

/** Why a name is not that of a kind, and the kind that it probably means. */
export interface WrongKind {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly help: string;
  readonly meant?: KindFacts;
}

/** The kind of a model name. As in authentik, the app label is case-sensitive and the model is not. */
export function kindNamed(name: string): { facts: KindFacts } | WrongKind {
  const { kinds, familyModels } = catalogue();
  const dot = name.indexOf('.');
  const full = dot === -1 ? name : name.slice(0, dot) + name.slice(dot).toLowerCase();
  const facts = kinds.get(full);
  if (facts) return { facts };
  const family = familyModels.get(full);
  if (family) {
    const members = catalogue().families.get(family) ?? [];
    const some = members.slice(0, 3).map(({ kind }) => `\`${kind}\``);
    const help = `Write one of its kinds, such as ${some.join(', ')}; \`asbuilt explain ${family}\` lists them.`;
    return { code: 'kind-is-family', message: `\`${name}\` stands for every ${family}`, help };
  }
  const meant = meantKind(name);
  const help = meant ? `Did you mean \`${meant.kind}\`?` : '`asbuilt explain kinds` lists all kinds.';
  return { code: 'unknown-kind', message: `there is no kind \`${name}\``, help, meant };
}
