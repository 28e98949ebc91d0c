/**
 * The paths into JSON that authentik takes and this refuses. authentik hands a path to Django joined by `__`, and Django
 * reads more in it than keys: `attributes.has_key = "dept"` asks for a key, `attributes.tags__0` for a list's first item,
 * `attributes.dept.regex = "^e"` for a pattern, and a key of such a name cannot be asked for. None of that is part of the
 * language, it changes with Django, and some of it fails with a server error, so a query that would reach it is an error.
 */
import type { ProblemParts } from './problem.js';
import type { Comparison } from './syntax.js';

/** Look-ups of Django 5.2's JSONField; Django tries them on the last key, where no other look-up follows (`=`, `!=`). */
const lookups: ReadonlySet<string> = new Set([
  'contained_by',
  'contains',
  'endswith',
  'exact',
  'gt',
  'gte',
  'has_any_keys',
  'has_key',
  'has_keys',
  'icontains',
  'iendswith',
  'iexact',
  'in',
  'iregex',
  'isnull',
  'istartswith',
  'lt',
  'lte',
  'range',
  'regex',
  'startswith',
]);

/** What the look-ups that have an operator are written as. */
const spelled: Readonly<Record<string, string>> = {
  contains: '~',
  icontains: '~',
  startswith: 'startswith',
  istartswith: 'startswith',
  endswith: 'endswith',
  iendswith: 'endswith',
  exact: '=',
  in: 'in',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
};

/** Whether `=` or `!=` on a last key of this name is one of Django's look-ups. */
export function isLookup(key: string): boolean {
  return lookups.has(key);
}

/** What is refused about the path of a comparison with a JSON field, or undefined. */
export function refusedPath({ name, operator }: Comparison): ProblemParts | undefined {
  const { parts, start, end } = name;
  const [root, ...keys] = parts as [string, ...string[]];
  const path = parts.join('.');
  const refuse = (code: 'refused-lookup' | 'wrong-path', message: string, help: string) => ({
    code,
    message,
    start,
    end,
    help,
  });
  if (keys.length === 0) {
    const help = `Write a key behind it, such as \`${root}.dept\`; authentik fails with a server error here.`;
    return refuse('wrong-path', `\`${root}\` as a whole cannot be compared`, help);
  }
  const last = keys.at(-1)!;
  if (last === root) {
    const read = parts.slice(0, -1).join('.');
    return refuse(
      'wrong-path',
      `\`${path}\` cannot be asked for: authentik compares \`${read}\` instead`,
      `A key called \`${root}\` at the end of a path is out of reach in a query.`,
    );
  }
  const doubled = keys.find((key) => key.includes('__'));
  if (doubled !== undefined) {
    const dotted = path.replace(/(?<=[^_.])__(?=[A-Za-z])/g, '.');
    const help = /__\d/.test(doubled)
      ? 'Items of a list cannot be asked for by number; use `~` to look in its text.'
      : `Write \`${dotted}\` for a key inside another one.`;
    return refuse(
      'refused-lookup',
      `\`${doubled}\` has \`__\`, which Django reads as the end of a key`,
      help,
    );
  }
  const bare = operator === '=' || operator === '!=';
  const trailing = keys.find((key, at) => key.endsWith('_') && !(bare && at === keys.length - 1));
  if (trailing !== undefined) {
    return refuse(
      'refused-lookup',
      `\`${trailing}\` ends with \`_\`, which Django takes for a part of what follows`,
      'Such a key can be asked for only at the end of a path, with `=` or `!=`.',
    );
  }
  if (!bare || !isLookup(last)) return undefined;
  const instead = spelled[last];
  const opposite = operator === '!=' ? ' (or its opposite)' : '';
  const key = parts.slice(0, -1).join('.');
  return refuse(
    'refused-lookup',
    `\`${last}\` before \`${operator}\` is a look-up of Django's for authentik, not a key`,
    instead !== undefined && keys.length > 1
      ? `Write \`${key} ${instead} …\`${opposite}; for a key called \`${last}\` use \`in\`: \`${path} in ("…")\`.`
      : `For a key called \`${last}\` use \`in\`: \`${path} in ("…")\`.`,
  );
}
