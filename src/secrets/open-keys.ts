/**
 * Tells under which keys of a file values may be repeated in messages and excerpts. A key that is not known is not open:
 * it may be the misspelt name of a secret attribute.
 */
import { catalogue } from '../model/kinds.js';

/** Keys of blueprints and of asbuilt.yaml that are no attributes, and hold nothing secret. */
const structure =
  'version metadata labels entries model state identifiers attrs id was conditions permissions permission role user ' +
  'users groups roles flows invitations applications providers stages stage flow order only_add access brands ' +
  'object_permissions pk uuid num_pk project blueprints directories default_directory prune stances files ledger';

/** Maps of people's own keys, which no plan hides either. */
const freeMaps = new Set(['attributes', 'fixed_data', 'labels']);

let known: { readonly open: ReadonlySet<string>; readonly secret: ReadonlySet<string> } | undefined;

function names(): NonNullable<typeof known> {
  if (known) return known;
  const open = new Set(structure.split(' '));
  const secret = new Set<string>();
  for (const { fields } of catalogue().kinds.values())
    for (const field of Object.values(fields)) (field.secret ? secret : open).add(field.name);
  for (const name of secret) open.delete(name);
  known = { open, secret };
  return known;
}

/** Is this the name of a secret attribute of any kind? */
export function isSecretKey(key: string): boolean {
  return names().secret.has(key);
}

/** May what stands under the innermost of these keys be repeated? */
export function isOpen(keys: readonly string[]): boolean {
  const last = keys.at(-1);
  return last === undefined || names().open.has(last) || keys.some((key) => freeMaps.has(key));
}

/** A key without the value that may stick to it: `password:hunter2` has no blank behind the colon and is one word. */
export function nameAlone(key: string): string {
  const name = /^[\w.@+-]*[:=]?/.exec(key)![0];
  return name === key ? key : `${name}…`;
}
