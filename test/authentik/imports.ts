/**
 * Imports of a whole blueprint in one call, all of it or nothing: validated in a transaction that is rolled back, then applied in another.
 * After `authentik/blueprints/v1/importer.py` of 2025.12 and 2026.5, and the recorded answers; of the tags only those that a client here writes.
 */
import { type CollectionTag, parse, type ScalarTag, type TagId } from 'yaml';
import { type Answer, badRequest, type Context, crashed, forbidden, ok, Refusal } from './answers.js';
import { recordEvent } from './events.js';
import { isObject, type Json, type JsonObject } from './json.js';
import type { Kind } from './kinds.js';
import { type Grant, isAllowed, permissionNamed } from './permissions.js';
import {
  changeRow,
  deleteRow,
  findRow,
  insertRow,
  nextNumber,
  type Row,
  rowOf,
  rowsOf,
  type State,
  timeText,
} from './state.js';
import { createRow, updateRow } from './write.js';

/** What `/flows/instances/import/` demands; then it imports any model without a further look. */
const formerPermissions = [
  ...['flows.add_flow', 'flows.change_flow', 'flows.add_flowstagebinding', 'flows.change_flowstagebinding'],
  ...['flows.add_stage', 'flows.change_stage', 'policies.add_policy', 'policies.change_policy'],
  ...['policies.add_policybinding', 'policies.change_policybinding'],
  ...['stages_prompt.add_prompt', 'stages_prompt.change_prompt'],
].map((name) => `authentik_${name}`);

class KeyOf {
  constructor(readonly id: string) {}
}

const keyOf: ScalarTag = { tag: '!KeyOf', resolve: (text: string) => new KeyOf(text) };

interface Entry {
  readonly model: string;
  readonly state: string;
  readonly id?: string;
  readonly identifiers: JsonObject;
  readonly attrs: JsonObject;
  readonly permissions: readonly JsonObject[];
}

/** An import before 2026.5. */
export function importFlows(context: Context): Answer {
  const { state, user } = context;
  if (!formerPermissions.every((one) => isAllowed(state, user, one))) return forbidden;
  const file = fileIn(context);
  return file === undefined
    ? { status: 400, json: { logs: [], success: false } }
    : importText(context, file, () => true);
}

/** An import since 2026.5: the caller needs add, change and delete on every model. */
export function importBlueprint(context: Context): Answer {
  const { state, user } = context;
  const file = fileIn(context);
  if (file === undefined) return badRequest({ non_field_errors: ['Either path or file must be set'] });
  return importText(context, file, (model) => {
    const [app, name] = model.split('.');
    return ['add', 'change', 'delete'].every((verb) => isAllowed(state, user, `${app}.${verb}_${name}`));
  });
}

function fileIn({ body }: Context): string | undefined {
  const file = isObject(body ?? null) ? (body as JsonObject).file : undefined;
  return typeof file === 'string' && file !== '' ? file : undefined;
}

function importText(context: Context, text: string, mayWrite: (model: string) => boolean): Answer {
  let entries: readonly Entry[];
  try {
    const document = parse(text, {
      version: '1.1',
      customTags: (tags: (ScalarTag | CollectionTag | TagId)[]) => [...tags, keyOf],
    }) as { entries?: Partial<Entry>[] };
    entries = (document.entries ?? []).map(
      ({ model = '', state = 'present', id, identifiers = {}, attrs = {}, permissions = [] }) => ({
        ...{ model, state, identifiers, attrs, permissions },
        ...(id !== undefined && { id }),
      }),
    );
  } catch {
    return crashed;
  }
  if (!entries.every(({ model }) => mayWrite(model))) return forbidden;
  const before = snapshot(context.state);
  const logs: JsonObject[] = [];
  try {
    const valid = applyAll(context, entries, logs);
    before.restore();
    if (!valid)
      return ok({ logs: [...logs, logLine(context, 'Blueprint validation failed', {})], success: false });
    const success = applyAll(context, entries, []);
    if (!success) before.restore();
    return ok({ logs, success });
  } catch (error) {
    before.restore();
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

function applyAll(context: Context, entries: readonly Entry[], logs: JsonObject[]): boolean {
  const made = new Map<string, Row>();
  for (const entry of entries) {
    const problem = applyEntry(context, entry, made);
    if (problem === undefined) continue;
    logs.push(logLine(context, problem.event, { entry: entryShown(entry), error: problem.error }));
    return false;
  }
  return true;
}

/** Applies one entry; what is wrong with it otherwise. A handler that would crash throws. */
function applyEntry(
  context: Context,
  { model, state: wanted, id, identifiers, attrs, permissions }: Entry,
  made: Map<string, Row>,
): { event: string; error: string } | undefined {
  const { state } = context;
  const kind = state.catalogue.kinds.get(model);
  if (!kind) return { event: 'App or Model does not exist', error: '' };
  const found = resolved(identifiers, made) as JsonObject;
  const row = matching(state, kind, found);
  const { pk, ...named } = found;
  const body = { ...(resolved(attrs, made) as JsonObject), ...named };
  if (wanted === 'must_created' && row) {
    const words = Object.keys(identifiers).map(
      (key) => `'${key}': [ErrorDetail(string='State is set to must_created and object exists already')]`,
    );
    return invalid(`{${words.join(', ')}}`);
  }
  const within: Context = { ...context, body, method: 'PATCH', before: undefined };
  try {
    if (wanted === 'absent') {
      if (!row) return undefined;
      for (const gone of deleteRow(state, row)) recordEvent(context, 'model_deleted', gone);
      return undefined;
    }
    let written = row;
    if (row && wanted !== 'created') updateRow(within, row, body, true);
    else if (!row) {
      written = createRow(within, kind, body, idFor(kind, pk));
      // Nobody is signed in to a blueprint, so its invitations are the anonymous user's.
      if (kind.model === 'invitation') changeRow(state, written, { created_by: anonymous(state) });
    }
    if (id !== undefined) made.set(id, written!);
    applyBlueprintOnly(context, written!, body);
    for (const grant of permissions) grantOnObject(context, written!, resolved(grant, made) as JsonObject);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal) || error.answer.status !== 400) throw error;
    return invalid(pythonText(error.answer.json ?? {}));
  }
}

function invalid(errors: string): { event: string; error: string } {
  return { event: `Entry invalid: Serializer errors ${errors}`, error: `Serializer errors ${errors}` };
}

/** Errors as Python prints them: only people read that. */
function pythonText(json: Json): string {
  const parts = Object.entries(json as JsonObject).map(([field, texts]) => {
    const list = [texts].flat().map((one) => `ErrorDetail(string='${String(one)}', code='invalid')`);
    return `'${field}': [${list.join(', ')}]`;
  });
  return `{${parts.join(', ')}}`;
}

function resolved(value: Json, made: ReadonlyMap<string, Row>): Json {
  if (value instanceof KeyOf) {
    const row = made.get(value.id);
    if (!row)
      throw new Refusal(
        badRequest({
          non_field_errors: [
            `KeyOf: failed to find entry with \`id\` of \`${value.id}\` and a model instance`,
          ],
        }),
      );
    return row.id;
  }
  if (Array.isArray(value)) return value.map((one) => resolved(one, made));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, made)]));
}

/** By the id, or by all the others together. */
function matching(state: State, kind: Kind, { pk, ...rest }: JsonObject): Row | undefined {
  if (pk !== undefined) {
    if (kind.idType === 'integer' && !/^\d+$/.test(String(pk))) throw new Refusal(crashed);
    const row = rowOf(state, kind.kind, pk);
    if (row) return row;
  }
  const names = Object.keys(rest);
  if (names.length === 0) return undefined;
  return rowsOf(state, kind.kind).find((row) =>
    names.every((name) => isSame(state, kind, row, name, rest[name]!)),
  );
}

function isSame(state: State, kind: Kind, row: Row, name: string, value: Json): boolean {
  const own = row.values[name] ?? null;
  const reference = kind.references.find((one) => one.name === name);
  if (!reference || value === null) return JSON.stringify(own) === JSON.stringify(value);
  const target = findRow(state, reference.reference.to, value);
  return target !== undefined && target.id === own;
}

/** A chosen id is kept but by kinds that inherit theirs (stages, policies, …): there the parent's counts. */
function idFor(kind: Kind, pk: Json | undefined): string | number | undefined {
  const inherits = kind.families.some(({ ownId }) => !ownId);
  return pk === undefined || inherits ? undefined : (pk as string | number);
}

function anonymous(state: State): Json {
  return (
    rowsOf(state, 'authentik_core.user').find(({ values }) => values.username === 'AnonymousUser')?.id ?? null
  );
}

/** What only blueprints may write: passwords, keys, permissions on everything. */
function applyBlueprintOnly(context: Context, row: Row, { password, key, permissions }: JsonObject): void {
  const { state } = context;
  if (row.kind.kind === 'authentik_core.user' && typeof password === 'string' && password !== '')
    changeRow(state, row, { passwordText: password, password_change_date: timeText(state.now()) });
  if (row.kind.kind === 'authentik_core.token' && typeof key === 'string') changeRow(state, row, { key });
  if (!Array.isArray(permissions)) return;
  const holder = row.kind.kind === 'authentik_rbac.role' ? row : managedRole(state, row);
  for (const one of permissions) grant(state, holder, String(one));
}

function grantOnObject(context: Context, row: Row, { permission, user, role }: JsonObject): void {
  const { state } = context;
  const holder = role ? rowOf(state, 'authentik_rbac.role', role) : rowOf(state, 'authentik_core.user', user);
  if (!holder) throw new Refusal(crashed);
  grant(state, role ? holder : managedRole(state, holder), String(permission), row);
}

function grant(state: State, holder: Row, permission: string, row?: Row): void {
  if (!permissionNamed(state, permission)) throw new Refusal(crashed);
  const grants = (holder.values.grants ?? []) as unknown as Grant[];
  const object = row && { model: row.kind.kind, object: String(row.id) };
  if (grants.some((one) => one.permission === permission && one.object === object?.object)) return;
  const next: Grant = { id: nextNumber(state, 'grants'), permission, ...object };
  changeRow(state, holder, { grants: [...grants, next] as unknown as Json });
}

/** The role that authentik keeps for one user, made at the first grant. */
function managedRole(state: State, user: Row): Row {
  const name = `ak-managed-role--user-${user.id}`;
  const kind = state.catalogue.kinds.get('authentik_rbac.role')!;
  const known = rowsOf(state, kind.kind).find(({ values }) => values.name === name);
  if (known) return known;
  const role = insertRow(state, kind, { name, managed: name, grants: [] });
  changeRow(state, user, { roles: [...((user.values.roles ?? []) as Json[]), role.id] });
  return role;
}

function entryShown({ model, state, id, identifiers, attrs }: Entry): JsonObject {
  const shown = { identifiers, attrs };
  return {
    ...(JSON.parse(JSON.stringify(shown)) as JsonObject),
    model,
    state,
    conditions: [],
    permissions: [],
    id: id ?? null,
    _state: { instance: null },
  };
}

function logLine({ state }: Context, event: string, attributes: JsonObject): JsonObject {
  return {
    timestamp: timeText(state.now()),
    log_level: 'warning',
    logger: 'authentik.blueprints.v1.importer',
    event,
    attributes: { ...attributes, auth_via: 'api_token', schema_name: 'public' },
  };
}

/** All rows as they are now, to come back to. */
function snapshot(state: State): { restore(): void } {
  const maps = [state.byOwnId, state.byKey, state.byUnique] as Map<string, Row>[];
  const saved = maps.map((map) => new Map(map));
  const tables = new Map([...state.tables].map(([kind, table]) => [kind, new Map(table)]));
  const values = new Map(
    [...tables.values()].flatMap((table) => [...table.values()]).map((row) => [row, row.values]),
  );
  return {
    restore() {
      for (const [at, map] of maps.entries()) {
        map.clear();
        for (const [key, row] of saved[at]!) map.set(key, row);
      }
      state.tables.clear();
      for (const [kind, table] of tables) state.tables.set(kind, new Map(table));
      for (const [row, was] of values) row.values = was;
    },
  };
}
