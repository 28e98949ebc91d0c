/** The names of the blueprint tags; everything that lists them reads this. */

/** The 14 tags, without `!`. */
export const tagNames = [
  'KeyOf',
  'Find',
  'FindObject',
  'Context',
  'Env',
  'File',
  'Format',
  'If',
  'Condition',
  'Enumerate',
  'Index',
  'Value',
  'AtIndex',
  'ParseJSON',
] as const;

export type TagName = (typeof tagNames)[number];

/** The same, for asking whether a word is one. */
export const blueprintTags: ReadonlySet<string> = new Set(tagNames);

/** The tag of a node that has an error which was reported: an unknown tag, an alias without an anchor. */
export const brokenTag = '?';
