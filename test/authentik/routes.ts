/** Finds what answers a request: a special call, or list, retrieve, create, change and delete as every kind has them. */
import { accountCalls } from './accounts.js';
import { type Answer, type Context, crash, forbidden, methodNotAllowed, ok } from './answers.js';
import { deviceCalls } from './devices.js';
import { exportCalls } from './exports.js';
import { familyCalls } from './families.js';
import type { Json } from './json.js';
import type { Kind } from './kinds.js';
import { listAnswer, selected } from './list.js';
import { isShown, withRow } from './objects.js';
import { bodySchema, methodsOf, routeOf } from './openapi.js';
import { isAllowed, permissionFor, visible } from './permissions.js';
import { roleCalls } from './rbac.js';
import { formerImport, missingPaths } from './releases.js';
import { showRow } from './show.js';
import { type Row, rowsOf } from './state.js';
import { systemCalls } from './system.js';
import { usedBy } from './used-by.js';
import { createObject, deleteObject, updateObject } from './write.js';

export type Call = (context: Context) => Answer;

/** By method and path template. */
const calls: Readonly<Record<string, Call>> = {
  ...accountCalls,
  ...roleCalls,
  ...systemCalls,
  ...familyCalls,
  ...deviceCalls,
  ...exportCalls,
};

interface Sender {
  /** The token's user, or what is wrong with the token. */
  readonly user: Row | string;
  readonly accept: string;
  readonly contentType: string | undefined;
  readonly bodyError: string | undefined;
}

/** Answers a request, and says which methods its path allows. */
export function route(
  request: Omit<Context, 'user' | 'parameters'>,
  sender: Sender,
): { answer: Answer; allow: string } {
  const { method, path, state } = request;
  if (formerImport(state.version, path))
    return { answer: notHere(`${method} ${path}`), allow: 'POST, OPTIONS' };
  const found = routeOf(path, leftOut(state.version, [...state.catalogue.byPath.keys()]));
  if (!found) return { answer: nowhere(method), allow: 'GET, HEAD, OPTIONS' };
  const { template, parameters } = found;
  const methods = methodsOf(template);
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  const { user } = sender;
  if (typeof user === 'string') return { answer: { status: 403, json: { detail: user } }, allow };
  if (!methods.includes(method) && method !== 'OPTIONS') return { answer: methodNotAllowed(method), allow };
  const refused = negotiation(sender, method, template);
  if (refused) return { answer: refused, allow };
  const context: Context = { ...request, user, parameters };
  if (method === 'OPTIONS') return { answer: ok({ name: template, parses: ['application/json'] }), allow };
  const call = calls[`${method} ${template}`] ?? usualCall(context, method, template);
  return { answer: call ? call(context) : notHere(`${method} ${template}`), allow };
}

function notHere(what: string): Answer {
  const detail = `The test server has no ${what}; add it to test/authentik if a test needs it.`;
  return { status: 501, json: { detail } };
}

const leftOutOf = new Map<string, Set<string>>();

/** Templates that this release does not have: those of kinds that came later, and others. */
function leftOut(version: string, listed: string[]): Set<string> {
  const known = leftOutOf.get(version);
  if (known) return known;
  const result = missingPaths(version, new Set(listed));
  leftOutOf.set(version, result);
  return result;
}

/** An address that does not exist: Django's page, which knows GET only. */
function nowhere(method: string): Answer {
  return method === 'GET' ? { status: 404, html: '<!DOCTYPE html><title>Not found</title>' } : crash(method);
}

function negotiation(
  { accept, contentType, bodyError }: Sender,
  method: string,
  template: string,
): Answer | undefined {
  if (!/\*\/\*|application\/(json|\*)/.test(accept) && !/download|export/.test(template)) {
    return { status: 406, json: { detail: 'Could not satisfy the request Accept header.' } };
  }
  const taken = bodySchema(method, template)?.mediaType ?? 'application/json';
  if (contentType !== undefined && !contentType.startsWith(taken)) {
    const type = contentType.split(';')[0];
    return { status: 415, json: { detail: `Unsupported media type "${type}" in request.` } };
  }
  return bodyError === undefined ? undefined : { status: 400, json: { detail: bodyError } };
}

/** What every kind can do at its list, at an object's own path and at `used_by`. */
function usualCall({ state }: Context, method: string, template: string): Call | undefined {
  const { byPath } = state.catalogue;
  const list = byPath.get(template);
  if (list && method === 'GET') return (context) => listOf(context, list);
  if (list && method === 'POST') return (context) => create(context, list);
  const [, base, tail] = /^(.*\/)\{\w+\}\/(used_by\/)?$/.exec(template) ?? [];
  const kind = byPath.get(base ?? '');
  if (!kind) return undefined;
  if (tail !== undefined)
    return (context) => withRow(context, kind, 'view', (row) => ok(usedBy(context, row)));
  if (method === 'GET') {
    return (context) => withRow(context, kind, 'view', (row) => ok(showRow(context, row)));
  }
  if (method === 'PUT' || method === 'PATCH') {
    return (context) => withRow(context, kind, 'change', (row) => updateObject(context, row));
  }
  return (context) => withRow(context, kind, 'delete', (row) => deleteObject(context, row));
}

function listOf(context: Context, kind: Kind): Answer {
  const { state, user } = context;
  const seen = visible(state, user, kind, rowsOf(state, kind.kind).filter(isShown));
  if (!seen) return forbidden;
  const rows = selected(context, kind, seen);
  const answer = listAnswer(context, rows, (row) => showRow(context, row));
  if (kind.kind !== 'authentik_core.application' || context.query.get('superuser_full_list') === 'true') {
    return ok(answer);
  }
  // Applications that the caller may not open are dropped after paging, and counted all the same.
  const open = (one: Json) => opens(context, (one as { pk: string }).pk);
  return ok({ ...answer, results: (answer.results as Json[]).filter(open) });
}

/** Whether the caller may use an application: bindings of groups and users decide; policies count as passed. */
function opens({ state, user }: Context, id: string): boolean {
  const bindings = rowsOf(state, 'authentik_policies.policybinding').filter(
    ({ values }) => values.target === id && values.enabled === true,
  );
  const groups = (user.values.groups ?? []) as Json[];
  const passed = bindings.map(({ values }) => {
    const passes = values.policy ? true : values.user === user.id || groups.includes(values.group ?? '');
    return passes !== (values.negate === true);
  });
  return passed.length === 0 || passed.some((one) => one);
}

function create(context: Context, kind: Kind): Answer {
  const own = kind.kind === 'authentik_core.token';
  if (!own && !isAllowed(context.state, context.user, permissionFor(kind, 'add'))) return forbidden;
  return createObject(context, kind);
}
