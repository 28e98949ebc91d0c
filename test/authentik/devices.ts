/**
 * Second factors. The administrator's endpoints (`/authenticators/admin/totp/`) are like every kind's; here are those of a user's own
 * (`/authenticators/totp/`), which hold the same objects, and the list of all, which comes without pages.
 */
import { type Answer, type Context, noContent, notFound, ok } from './answers.js';
import type { Json } from './json.js';
import type { Kind } from './kinds.js';
import { listAnswer, selected } from './list.js';
import { missing } from './objects.js';
import { createCrashes } from './oddities.js';
import { showAs, showRow } from './show.js';
import { deleteRow, insertRow, kindNamed, type Row, rowOf, rowsOf, type State } from './state.js';
import { updateObject } from './write.js';

type Call = (context: Context) => Answer;

const types = ['duo', 'email', 'sms', 'static', 'totp', 'webauthn'] as const;

export const deviceCalls: Record<string, Call> = {
  'GET /authenticators/admin/all/': (context) => ok(allDevices(context)),
  ...Object.fromEntries(
    types.flatMap((type): [string, Call][] => {
      const path = `/authenticators/${type}/`;
      const kindOf = ({ state }: Context) => state.catalogue.byPath.get(`/authenticators/admin/${type}/`)!;
      return [
        [`GET ${path}`, (context) => listOwn(context, kindOf(context))],
        [`GET ${path}{id}/`, (context) => own(context, kindOf(context), (row) => ok(showRow(context, row)))],
        [`PUT ${path}{id}/`, (context) => own(context, kindOf(context), (row) => updateObject(context, row))],
        [
          `PATCH ${path}{id}/`,
          (context) => own(context, kindOf(context), (row) => updateObject(context, row)),
        ],
        [
          `DELETE ${path}{id}/`,
          (context) =>
            own(context, kindOf(context), (row) => {
              deleteRow(context.state, row);
              return noContent;
            }),
        ],
      ];
    }),
  ),
};

/** Enrols a device for a user, as authentik does when he logs in; over REST none can be made. */
export function enrolDevice(state: State, kind: string, user: Row, name: string): Row {
  return insertRow(state, kindNamed(state, kind), { name, user: user.id, confirmed: true });
}

function listOwn(context: Context, kind: Kind): Answer {
  const rows = rowsOf(context.state, kind.kind).filter(({ values }) => values.user === context.user.id);
  return ok(listAnswer(context, selected(context, kind, rows), (row) => showRow(context, row)));
}

function own(context: Context, kind: Kind, then: (row: Row) => Answer): Answer {
  const id = context.parameters.id ?? '';
  if (!/^\d+$/.test(id)) return notFound;
  const row = rowOf(context.state, kind.kind, id);
  return row && row.values.user === context.user.id ? then(row) : missing(kind);
}

/** Every device in one list; `?user=` asks for one user's. */
function allDevices(context: Context): Json[] {
  const { state, query } = context;
  const wanted = query.get('user');
  const rows = [...createCrashes].flatMap((kind) => rowsOf(state, kind));
  const view = { context, when: 'show', given: {}, asBase: false, top: true } as const;
  return rows
    .filter(({ values }) => wanted === null || String(values.user) === wanted)
    .map((row) => showAs(view, row, 'Device'));
}
