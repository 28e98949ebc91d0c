/** `asbuilt users tree`: the folders of users with how many are in each, and in each with those below. */
import { understandAsk } from '../query/ask.js';
import { find } from '../reconcile/find.js';
import { withDirectory } from '../reconcile/request.js';
import { jsonText } from '../report/json.js';
import { tableText } from '../report/table.js';
import { counted } from '../report/terminal.js';
import { failWith } from './fail.js';
import { type FindOptions, failWithQuery, wantedOf } from './find.js';
import { printQueryProblems } from './query-problems.js';
import { isProblem, withRequest } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';

/** A folder, with the users in it and with those in folders below it. */
interface Folder {
  readonly path: string;
  readonly users: number;
  readonly below: number;
}

/** Prints the folders of the users that a query selects. */
export async function usersTree(
  surroundings: Surroundings,
  query: string | undefined,
  options: FindOptions,
): Promise<number> {
  const json = options.json === true;
  const wanted = wantedOf('users', query, options);
  if (isProblem(wanted)) return failWith(surroundings, options, [wanted]);
  const { ask, problems } = understandAsk(wanted);
  if (!ask) return failWithQuery(surroundings, json, problems);
  return withRequest(
    surroundings,
    options,
    (request) =>
      withDirectory(request, async (directory) => {
        const { rows } = await find(directory, { ...ask, order: [] }, ['path'], request);
        const folders = foldersOf(rows.map(({ path }) => String(path ?? '')));
        printQueryProblems(surroundings, problems);
        if (json) {
          const data = folders.map((one) => ({ ...one }));
          surroundings.out(jsonText({ version: 1, ok: true, directory: directory.name, folders: data }));
          return exitCodes.done;
        }
        const cells = folders.map(({ path, users, below }) => [label(path), `${users}`, `${users + below}`]);
        if (cells.length > 0)
          surroundings.out(tableText(['folder', 'users', 'with below'], cells, surroundings.outLook, false));
        surroundings.err(`${counted(rows.length, 'user')} in ${counted(folders.length, 'folder')}\n`);
        return exitCodes.done;
      }),
    { says: !json },
  );
}

/** Every folder on the way to a user, in order, each before those below it. */
function foldersOf(paths: readonly string[]): Folder[] {
  const users = new Map<string, number>();
  const below = new Map<string, number>();
  const add = (counts: Map<string, number>, path: string): void => {
    counts.set(path, (counts.get(path) ?? 0) + 1);
  };
  for (const path of paths) {
    add(users, path);
    for (let at = path.lastIndexOf('/'); at >= 0; at = path.lastIndexOf('/', at - 1)) {
      add(below, path.slice(0, at));
      if (at === 0) break;
    }
  }
  // A slash sorts before everything, so that `a/b` comes before `a-b`.
  const key = (path: string): string => path.replaceAll('/', '\0');
  return [...new Set([...users.keys(), ...below.keys()])]
    .sort((one, other) => (key(one) < key(other) ? -1 : 1))
    .map((path) => ({ path, users: users.get(path) ?? 0, below: below.get(path) ?? 0 }));
}

/** The last part of a path, indented by how deep it lies. */
function label(path: string): string {
  const parts = path.split('/');
  return `${'  '.repeat(parts.length - 1)}${parts.at(-1) || '(none)'}`;
}
