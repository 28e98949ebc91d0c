/** `asbuilt complete`: what a shell offers while a query is being written. Shells call it; its output has a line for each. */

import { understandAsk } from '../query/ask.js';
import { columnsOf } from '../query/columns.js';
import { completeQuery, jsonPaths, textsOf } from '../query/complete.js';
import type { ObjectType, Row } from '../query/schema.js';
import { schemas } from '../query/schema.js';
import { find } from '../reconcile/find.js';
import { localFiles } from '../reconcile/open-store.js';
import { withDirectory } from '../reconcile/request.js';
import { visible } from '../report/terminal.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';
import { isNew } from './which-directory.js';

/** Whoever waits for completions waits for so many rows at most. */
const mostRows = 2_000;

/**
 * Prints the whole text for each way to go on, a tab, and a few words. Values and keys come from a directory on this
 * machine; a server is never asked while a query is being typed.
 */
export async function complete(
  surroundings: Surroundings,
  type: string,
  text: string,
  options: SharedOptions,
): Promise<number> {
  const schema = Object.hasOwn(schemas, type) ? schemas[type as ObjectType] : undefined;
  if (!schema) return exitCodes.failed;
  const rows = await localRows(surroundings, schema.type, options).catch(() => []);
  const { from, items } = completeQuery(text, text.length, schema, {
    paths: (field) => jsonPaths(rows, field),
    values: (field, path) => textsOf(rows, field, path),
  });
  for (const item of items) {
    const whole = text.slice(0, from) + item.text;
    // What a shell would act on is not offered.
    if (visible(whole) === whole) surroundings.out(`${whole}\t${item.about ?? item.kind}\n`);
  }
  return exitCodes.done;
}

async function localRows(
  surroundings: Surroundings,
  type: ObjectType,
  options: SharedOptions,
): Promise<readonly Row[]> {
  const request = requestOf(surroundings, [], options, { blueprints: false, directory: true });
  if (areProblems(request) || request.directory === undefined) return [];
  const isLocal = localFiles(request.directory, request.directoryFolder ?? request.cwd).length > 0;
  if (!isLocal || isNew(request)) return [];
  const { ask } = understandAsk({ type, limit: mostRows });
  const columns = columnsOf[type].all.filter((one) => one !== 'groups' && one !== 'roles');
  return withDirectory(request, async (directory) => (await find(directory, ask!, columns, request)).rows);
}
