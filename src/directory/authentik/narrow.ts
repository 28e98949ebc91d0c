/**
 * Turns what all wanted objects have in common into the filters of authentik's lists that mean the same, or less. Source:
 * the filter sets of `core/api/users.py`, `core/api/groups.py` and `events/api/events.py` (2025.12 and 2026.5).
 */
import type { Kind } from '../../model/model.js';
import type { Narrowing } from '../../query/narrow.js';
import { schemas } from '../../query/schema.js';
import type { Query } from './client.js';

/**
 * How a filter takes values: one exact text, one text that begins the value, true or false, or several of the choices
 * that it knows (it refuses others).
 */
type Filter =
  | { readonly takes: 'text' | 'flag'; readonly name: string }
  | { readonly takes: 'choices'; readonly name: string; readonly choices: ReadonlySet<string> };

function choicesOf(type: 'users' | 'events', field: string): ReadonlySet<string> {
  const found = schemas[type].fields.find(({ name }) => name === field);
  return new Set(found!.choices.map(({ value }) => value));
}

const text = (name: string): Filter => ({ takes: 'text', name });

/** Filters by `field` or `field.path`, and those by a beginning below `field^`. */
const filters: Readonly<Record<Kind, Readonly<Record<string, Filter>>>> = {
  'authentik_core.user': {
    username: text('username'),
    email: text('email'),
    name: text('name'),
    path: text('path'),
    'path^': text('path_startswith'),
    is_active: { takes: 'flag', name: 'is_active' },
    type: { takes: 'choices', name: 'type', choices: choicesOf('users', 'type') },
  },
  'authentik_core.group': {
    name: text('name'),
    is_superuser: { takes: 'flag', name: 'is_superuser' },
  },
  'authentik_events.event': {
    action: { takes: 'choices', name: 'actions', choices: choicesOf('events', 'action') },
    // Finds the name in the context, too: more than is wanted, never less.
    'user.username': text('username'),
    'context.model.app': text('context_model_app'),
    'context.model.model_name': text('context_model_name'),
  },
};

/** The part of a query that reads less of a list. Filters that would not let all wanted objects through are left out. */
export function narrowQuery(kind: Kind, narrow: readonly Narrowing[] = []): Query {
  const query: Record<string, string | boolean | readonly string[]> = {};
  for (const { field, path, values, prefix } of narrow) {
    const key = [field, ...path].join('.') + (prefix === undefined ? '' : '^');
    const filter = filters[kind]?.[key];
    if (!filter || query[filter.name] !== undefined) continue;
    const value = valueFor(filter, prefix === undefined ? values! : [prefix]);
    if (value !== undefined) query[filter.name] = value;
  }
  return query;
}

function valueFor(
  filter: Filter,
  values: readonly (string | boolean)[],
): string | boolean | readonly string[] | undefined {
  const [first] = values;
  switch (filter.takes) {
    case 'flag':
      return values.length === 1 && typeof first === 'boolean' ? first : undefined;
    case 'choices': {
      const texts = values.filter((one) => typeof one === 'string');
      return texts.length > 0 && texts.every((one) => filter.choices.has(one)) ? texts : undefined;
    }
    default:
      return values.length === 1 && typeof first === 'string' && survives(first) ? first : undefined;
  }
}

/** Does a text filter take this text as it is? Empty ones filter nothing, and white space around is cut off. */
function survives(value: string): boolean {
  return value !== '' && !value.includes('\0') && !/^[\s\x1c-\x1f\x85]|[\s\x1c-\x1f\x85]$/.test(value);
}
