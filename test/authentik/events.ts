/** The audit log: who created, changed or deleted what, and a few other deeds. Each write adds to it, as on a real server. */
import { randomUUID } from 'node:crypto';
import type { Context } from './answers.js';
import type { JsonObject } from './json.js';
import { insertRow, kindNamed, type Row, rowsOf, timeText } from './state.js';

/** What the log does not speak of: itself, and objects that come and go with others. */
const silent = new Set(['authentik_events.event', 'authentik_events.notification']);

/** Logs that an object was created, changed or deleted, in the form of `authentik.events.middleware`. */
export function recordEvent(context: Context, action: string, row: Row): void {
  if (silent.has(row.kind.kind)) return;
  addEvent(context, action, 'authentik.events.middleware', { model: modelOf(row) });
}

/** Logs anything else (`secret_view`, `password_set`). */
export function addEvent(context: Context, action: string, app: string, about: JsonObject): void {
  const { state, user, path, method } = context;
  const now = state.now();
  const request = { args: {}, path: `/api/v3${path}`, method, request_id: randomUUID().replaceAll('-', '') };
  insertRow(state, kindNamed(state, 'authentik_events.event'), {
    user: { pk: user.id, email: user.values.email ?? '', username: user.values.username ?? '' },
    action,
    app,
    context: { ...about, http_request: { ...request, user_agent: 'test' } },
    client_ip: '127.0.0.1',
    created: timeText(now),
    expires: timeText(now + 365 * 24 * 3_600_000),
    brand: brandOf(context),
  });
}

/** A row as the log names it: ids without dashes. */
export function modelOf(row: Row): JsonObject {
  const { kind, id, values } = row;
  const name = values.name ?? values.username ?? values.identifier ?? values.slug ?? values.domain ?? '';
  const pk = typeof id === 'number' ? id : id.replaceAll('-', '');
  return { pk, app: kind.app, name: String(name), model_name: kind.model };
}

function brandOf({ state }: Context): JsonObject {
  const brand = rowsOf(state, 'authentik_brands.brand').find((one) => one.values.default === true);
  return brand ? { ...modelOf(brand), name: 'Default brand' } : {};
}
