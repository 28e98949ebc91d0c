/** Roles' permissions: which there are, who has which, and giving and taking them, for everything or for one object. */
import {
  type Answer,
  badRequest,
  type Context,
  crashed,
  forbidden,
  noContent,
  notFound,
  ok,
} from './answers.js';
import type { Json, JsonObject } from './json.js';
import { bareEnvelope, envelope, paged } from './list.js';
import { verboseName } from './names.js';
import { on } from './objects.js';
import {
  appName,
  fullName,
  type Grant,
  grantsOf,
  isAllowed,
  permissionNamed,
  permissionShown,
  permissionsOf,
} from './permissions.js';
import { changeRow, nextNumber, type Row, rowOf, rowsOf } from './state.js';
import { bodyOf } from './write.js';

type Call = (context: Context) => Answer;

const role = 'authentik_rbac.role';

export const roleCalls: Record<string, Call> = {
  'GET /rbac/permissions/': listPermissions,
  'GET /rbac/permissions/{id}/': ({ state, parameters }) => {
    const found = permissionsOf(state)[Number(parameters.id) - 1];
    return found ? ok(permissionShown(state, found)) : notFound;
  },
  'GET /rbac/permissions/roles/': listObjectGrants,
  'GET /rbac/permissions/assigned_by_roles/': listAssigned,
  'POST /rbac/permissions/assigned_by_roles/{uuid}/assign/': (context) =>
    on(context, role, 'assign_role_permissions', (row) => assign(context, row)),
  'PATCH /rbac/permissions/assigned_by_roles/{uuid}/unassign/': (context) =>
    on(context, role, 'unassign_role_permissions', (row) => unassign(context, row)),
};

function listPermissions(context: Context): Answer {
  const { state, query } = context;
  const roleId = query.get('role');
  const holder = roleId === null ? undefined : rowOf(state, role, roleId);
  const granted = new Set(
    holder
      ? grantsOf(holder)
          .filter(isGlobal)
          .map(({ permission }) => permission)
      : [],
  );
  const search = query.get('search')?.toLowerCase() ?? '';
  const found = permissionsOf(state).filter((permission) => {
    const { app, codename, model, name } = permission;
    return (
      (roleId === null || granted.has(fullName(permission))) &&
      same(query.get('codename'), codename) &&
      same(query.get('content_type__app_label'), app) &&
      same(query.get('content_type__model'), model) &&
      `${codename} ${name} ${model} ${app}`.toLowerCase().includes(search)
    );
  });
  const { page, pagination } = paged(context, found);
  return ok(
    envelope(
      pagination,
      page.map((permission) => permissionShown(state, permission)),
    ),
  );
}

function same(wanted: string | null, own: string): boolean {
  return wanted === null || wanted === '' || wanted === own;
}

function isGlobal({ object }: Grant): boolean {
  return object === undefined;
}

/** The single objects that roles have permissions on; `?uuid=` asks for one role. */
function listObjectGrants(context: Context): Answer {
  const { state, query, user } = context;
  if (!isAllowed(state, user, 'authentik_rbac.view_role')) return forbidden;
  const wanted = query.get('uuid');
  const holders = rowsOf(state, role).filter(({ id }) => wanted === null || id === wanted);
  const grants = holders.flatMap((holder) => grantsOf(holder).filter((grant) => !isGlobal(grant)));
  const { page, pagination } = paged(context, grants);
  return ok(
    bareEnvelope(
      pagination,
      page.map((grant) => grantShown(context, grant)),
    ),
  );
}

function grantShown({ state }: Context, { id, permission, model = '', object = '' }: Grant): JsonObject {
  const kind = state.catalogue.kinds.get(model);
  const known = permissionNamed(state, permission)!;
  const row = kind && rowOf(state, model, object);
  return {
    id,
    codename: known.codename,
    model: known.model,
    app_label: known.app,
    object_pk: object,
    name: known.name,
    app_label_verbose: appName(known.app),
    model_verbose: kind ? verboseName(kind) : known.model,
    object_description: row ? `${verboseName(row.kind)} ${row.values.name ?? row.values.slug ?? ''}` : null,
  };
}

/** Roles with permissions on a model (with `object_pk`, on that object), each with all that it may do everywhere. */
function listAssigned(context: Context): Answer {
  const { state, query, user } = context;
  if (!isAllowed(state, user, 'authentik_rbac.view_role')) return forbidden;
  const model = query.get('model');
  if (model === null) return badRequest({ model: ['This field is required.'] });
  if (!state.catalogue.kinds.has(model)) return badRequest({ model: [`"${model}" is not a valid choice.`] });
  const object = query.get('object_pk');
  const ofModel = (grant: Grant) => {
    const known = permissionNamed(state, grant.permission);
    return `${known?.app}.${known?.model}` === model;
  };
  const holders = rowsOf(state, role).filter((holder) => grantsOf(holder).some(ofModel));
  const { page, pagination } = paged(context, holders);
  const shown = page.map((holder): JsonObject => {
    const own = grantsOf(holder).filter((grant) => !isGlobal(grant) && ofModel(grant));
    const kept = own.filter((grant) => object === null || grant.object === object);
    return {
      role_pk: holder.id,
      name: holder.values.name ?? '',
      object_permissions: kept.map((grant) => ({ ...short(grant), object_pk: grant.object! })),
      model_permissions: grantsOf(holder).filter(isGlobal).map(short),
    };
  });
  return ok(envelope(pagination, shown));

  function short({ id, permission }: Grant): JsonObject {
    const { app, codename, model: name, name: words } = permissionNamed(state, permission)!;
    return { id, codename, model: name, app_label: app, name: words };
  }
}

/** What a body of assign and unassign speaks of. With an object that is not there, authentik takes it for everything. */
function grantsAsked(context: Context): { names: string[]; model?: string; object?: string } | Answer {
  const { permissions, model, object_pk: object } = bodyOf(context);
  if (permissions === undefined) return badRequest({ permissions: ['This field is required.'] });
  if (!Array.isArray(permissions)) {
    return badRequest({ permissions: ['Expected a list of items but got type "str".'] });
  }
  const hasObject = typeof model === 'string' && typeof object === 'string';
  const row = hasObject ? rowOf(context.state, model, object) : undefined;
  const names: string[] = [];
  for (const name of permissions as string[]) {
    const full = name.includes('.') || !hasObject ? name : `${model.split('.')[0]}.${name}`;
    if (!full.includes('.')) {
      const words = 'When assigning global permissions, codename must be given as app_label.codename';
      return badRequest({ permissions: [words] });
    }
    const known = permissionNamed(context.state, full);
    const isOther = row !== undefined && known !== undefined && `${known.app}.${known.model}` !== model;
    if (!known || isOther) return crashed;
    names.push(full);
  }
  return row ? { names, model: row.kind.kind, object: String(row.id) } : { names };
}

function assign(context: Context, holder: Row): Answer {
  const asked = grantsAsked(context);
  if ('status' in asked) return asked;
  const given = asked.names.map((permission): Grant => {
    const { model, object } = asked;
    const existing = grantsOf(holder).find(
      (grant) => grant.permission === permission && grant.object === object,
    );
    if (existing) return existing;
    const grant: Grant = { id: nextNumber(context.state, 'grants'), permission, model, object };
    setGrants(context, holder, [...grantsOf(holder), grant]);
    return grant;
  });
  return ok(given.map(({ id }) => ({ id: String(id) })));
}

function unassign(context: Context, holder: Row): Answer {
  const asked = grantsAsked(context);
  if ('status' in asked) return asked;
  const goes = ({ permission, object }: Grant) => asked.names.includes(permission) && object === asked.object;
  setGrants(
    context,
    holder,
    grantsOf(holder).filter((grant) => !goes(grant)),
  );
  return noContent;
}

function setGrants({ state }: Context, holder: Row, grants: readonly Grant[]): void {
  changeRow(state, holder, { grants: grants as unknown as Json });
}
