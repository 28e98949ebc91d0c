/** Shows the audit trail of the embedded directory as authentik's REST API shows its events. */
import { catalogue } from '../../model/kinds.js';
import type { Fields, Json } from '../../model/model.js';
import type { EventOptions } from '../directory.js';
import type { Connection } from './connection.js';
import { storedJson } from './stored-json.js';

type AuditRow = [
  number: number,
  at: string,
  action: string,
  kind: string,
  id: string,
  name: string,
  fields: string,
];

const pageSize = 2_000;

/** What authentik calls what the trail calls otherwise. An object that expires is deleted there, too. */
const actions: Readonly<Record<string, string>> = {
  create: 'model_created',
  update: 'model_updated',
  delete: 'model_deleted',
  expire: 'model_deleted',
};

/** The events, newest first. The trail does not know who wrote, nor from where. */
export async function* readEvents(
  connection: Connection,
  { about }: EventOptions,
  signal: AbortSignal,
): AsyncGenerator<Fields> {
  const where = about ? 'AND kind = ? AND id = ?' : '';
  const bound = about ? [about.kind, String(about.id)] : [];
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    signal.throwIfAborted();
    const page = await connection.all<AuditRow>(
      `SELECT number, at, action, kind, id, name, fields FROM audit WHERE number < ? ${where}
        ORDER BY number DESC LIMIT ${pageSize}`,
      [before, ...bound],
    );
    for (const row of page) yield eventOf(connection, row);
    if (page.length < pageSize) return;
    before = page.at(-1)![0];
  }
}

function eventOf(
  { name: store }: Connection,
  [number, at, action, kind, id, name, written]: AuditRow,
): Fields {
  const [app = '', model = ''] = kind.split('.');
  const changed = storedJson(store, `\`fields\` in table audit (number ${number})`, 'list', written) as Json;
  const short = `${catalogue().kinds.get(kind)?.name ?? model} `;
  return {
    pk: eventId(number),
    created: at,
    action: actions[action] ?? action,
    app: 'asbuilt',
    user: {},
    client_ip: null,
    context: {
      // Ids without dashes, as authentik writes them there.
      model: {
        pk: /^\d+$/.test(id) ? Number(id) : id.replaceAll('-', ''),
        app,
        name: name.startsWith(short) ? name.slice(short.length) : name,
        model_name: model,
      },
      ...(action === 'expire' && { expired: true }),
      ...(Array.isArray(changed) && changed.length > 0 && { fields: changed }),
    },
    brand: {},
    expires: null,
  };
}

/** A UUID made of the event's number, since events are known by one. */
function eventId(number: number): string {
  return `00000000-0000-8000-8000-${number.toString(16).padStart(12, '0')}`;
}
