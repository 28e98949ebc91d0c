/** The names of the sections of the compact form, and which kind each of them holds. */
import { catalogue, type KindFacts } from './kinds.js';
import { remembered } from './remembered.js';

/** The sections whose keys are natural keys, and the kind of what they hold. */
export const sectionKinds: Readonly<Record<string, string>> = {
  users: 'user',
  groups: 'group',
  roles: 'role',
  invitations: 'invitation',
  flows: 'flow',
  applications: 'application',
};

/** The parts of `settings`: one object, and objects by their natural key. */
export const settingsKinds = { system: 'settings', brands: 'brand' } as const;

/** Sections with one level more: a word for the kind, then natural keys. Each holds the kinds of a family. */
export const familySections: Readonly<Record<string, { readonly family: string; readonly ending: RegExp }>> =
  {
    providers: { family: 'provider', ending: /-provider$/ },
    policies: { family: 'policy', ending: /-policy$/ },
    property_mappings: { family: 'property-mapping', ending: /(-provider)?(-property)?-mapping$/ },
  };

/** The sections that have one level more. */
export const familySectionKeys: readonly string[] = Object.keys(familySections);

/** A kind's name as a word of the compact form, without the ending that all of its family have. */
export function wordOf(name: string, ending: RegExp): string {
  return name.replace(ending, '').replaceAll('-', '_');
}

/** The kinds in such a section by their words: `oauth2` in `providers` is the OAuth2 provider. */
export const kindsIn = remembered((section: string): ReadonlyMap<string, KindFacts> => {
  const { family, ending } = familySections[section]!;
  const members = catalogue().families.get(family) ?? [];
  return new Map(members.map((facts) => [wordOf(facts.name, ending), facts]));
});

/** The top-level keys of the sections. */
export const sectionKeys = [...Object.keys(sectionKinds), ...familySectionKeys, 'settings'];

/** The key for the stages of a flow. */
export const stagesKey = 'stages';

/** The kind's word in a flow's list of stages: `user_write` for `user-write-stage`. */
export function stageWord({ name }: Pick<KindFacts, 'name'>): string {
  return wordOf(name, /-stage$/);
}

/** Where sections hold the objects of a kind: `[users]`, `[providers, oauth2]`; undefined for a kind without a section. */
export const sectionOf = remembered(({ name }: KindFacts): readonly string[] | undefined => {
  for (const [section, kind] of Object.entries(sectionKinds)) if (kind === name) return [section];
  for (const [part, kind] of Object.entries(settingsKinds)) if (kind === name) return ['settings', part];
  for (const section of familySectionKeys)
    for (const [word, facts] of kindsIn(section)) if (facts.name === name) return [section, word];
  return undefined;
});
