/** Which columns rows of users, groups and events have, and reading the list of columns that somebody asks for. */
import { nearest } from '../diagnostic/did-you-mean.js';
import { valueAt } from './json-value.js';
import { type QueryProblem, queryError } from './problem.js';
import type { ObjectType, Row } from './schema.js';

interface Columns {
  /** What a table shows, as authentik's lists do. */
  readonly table: readonly string[];
  /** Everything that is read of a row. */
  readonly all: readonly string[];
}

export const columnsOf: Readonly<Record<ObjectType, Columns>> = {
  users: {
    table: ['username', 'name', 'email', 'is_active', 'type', 'path', 'last_login'],
    all: [
      'pk',
      'username',
      'name',
      'email',
      'is_active',
      'is_superuser',
      'type',
      'path',
      'groups',
      'roles',
      'last_login',
      'date_joined',
      'password_change_date',
      'last_updated',
      'attributes',
      'uuid',
      'uid',
    ],
  },
  groups: {
    table: ['name', 'is_superuser', 'parents', 'roles', 'members'],
    all: ['pk', 'name', 'is_superuser', 'parents', 'roles', 'members', 'attributes'],
  },
  events: {
    table: [
      'created',
      'action',
      'user.username',
      'context.model.model_name',
      'context.model.name',
      'client_ip',
    ],
    all: ['pk', 'created', 'action', 'user', 'app', 'client_ip', 'context', 'brand', 'expires'],
  },
};

/** Columns that hold JSON, so that a path may go into them. */
const documents = new Set(['attributes', 'user', 'context', 'brand']);

/**
 * Reads a list of columns with commas between: names, and paths into JSON such as `attributes.dept`. `others`: names that
 * are known beside those of the sort.
 */
export function parseColumns(
  text: string,
  type: ObjectType,
  others: readonly string[] = [],
): { columns?: string[]; problems: QueryProblem[] } {
  const known = [...columnsOf[type].all, ...others];
  const columns: string[] = [];
  const problems: QueryProblem[] = [];
  let offset = 0;
  for (const part of text.split(',')) {
    const name = part.trim();
    const [root = '', ...path] = name.split('.');
    const isKnown = path.length === 0 ? known.includes(name) : known.includes(root) && documents.has(root);
    if (isKnown && path.every((key) => key !== '')) columns.push(name);
    else problems.push(unknownColumn(name, text, offset + Math.max(0, part.indexOf(name)), known, type));
    offset += part.length + 1;
  }
  return problems.length > 0 ? { problems } : { columns, problems };
}

function unknownColumn(
  name: string,
  text: string,
  start: number,
  known: readonly string[],
  type: ObjectType,
): QueryProblem {
  const inside = known.filter((one) => documents.has(one)).map((one) => `\`${one}.…\``);
  return queryError(text, {
    code: 'unknown-column',
    message: name === '' ? 'A column is missing' : `${type} have no column \`${name}\``,
    start,
    end: start + name.length,
    near: nearest(name, known),
    help: `Columns are ${known.join(', ')}; ${inside.join(', ')} for what is inside.`,
  });
}

/** What a row has in a column, at its path for one inside of JSON. */
export function columnReader(column: string): (row: Row) => unknown {
  const [root = '', ...path] = column.split('.');
  return path.length === 0 ? (row) => row[column] : (row) => valueAt(row[root], path);
}
