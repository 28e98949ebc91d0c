/**
 * Exports of users and events in the background (`enterprise/reports`): begun by one call, ready when they are asked about for the second
 * time, fetched from an address that needs no token. The rows have two of authentik's columns; what they hold is not the point here.
 */
import { randomUUID } from 'node:crypto';
import { type Answer, badRequest, type Context, notFound, ok } from './answers.js';
import type { JsonObject } from './json.js';
import { selected } from './list.js';
import { kindNamed, rowsOf, timeText } from './state.js';

type Call = (context: Context) => Answer;

export const exportCalls: Record<string, Call> = {
  'POST /core/users/export/': (context) => begin(context, 'authentik_core.user'),
  'POST /events/events/export/': (context) => begin(context, 'authentik_events.event'),
  'GET /reports/exports/{id}/': ({ state, parameters, origin }) => {
    const found = state.exports.get(parameters.id ?? '');
    if (!found) return notFound;
    const answer = shown(
      found.values,
      found.asked > 0 ? `${origin}/files/${parameters.id}.csv?token=signed` : null,
    );
    found.asked++;
    return ok(answer);
  },
};

function begin(context: Context, name: string): Answer {
  const { state, options, query, user } = context;
  if (!options.licensed)
    return badRequest({ non_field_errors: ['Enterprise is required to create/update this object.'] });
  const kind = kindNamed(state, name);
  const id = randomUUID();
  const rows = selected(context, kind, rowsOf(state, name));
  const lines = rows.map(({ id: pk, values }) => `${pk},${values.username ?? values.action}\r\n`);
  const values = {
    id,
    requested_by: { pk: user.id, username: user.values.username ?? '' },
    requested_on: timeText(state.now()),
    query_params: Object.fromEntries(query),
  };
  state.exports.set(id, { values, text: `ID,Name\r\n${lines.join('')}`, asked: 0 });
  return { status: 201, json: shown(values, null) };
}

function shown(values: JsonObject, file: string | null): JsonObject {
  return { ...values, completed: file !== null, file_url: file };
}
