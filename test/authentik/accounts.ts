/** The special calls of users, groups and tokens: passwords, membership, keys, service accounts, who am I. */
import {
  type Answer,
  badRequest,
  type Context,
  forbidden,
  noContent,
  notFound,
  ok,
  Refusal,
} from './answers.js';
import { groupsOf, isSuperuser } from './computed.js';
import { addEvent, modelOf, recordEvent } from './events.js';
import { generated, newUser } from './fill.js';
import type { Json, JsonObject } from './json.js';
import { isShown, on } from './objects.js';
import { isAllowed, rolesOf } from './permissions.js';
import { release } from './releases.js';
import { changeRow, findRow, insertRow, kindNamed, type Row, rowOf, rowsOf, timeText } from './state.js';
import { bodyOf, createRow } from './write.js';

type Call = (context: Context) => Answer;

const user = 'authentik_core.user';
const group = 'authentik_core.group';
const token = 'authentik_core.token';
const role = 'authentik_rbac.role';

export const accountCalls: Record<string, Call> = {
  'GET /core/users/me/': (context) => ok(me(context)),
  'GET /core/users/paths/': ({ state }) =>
    ok({
      paths: [
        ...new Set(
          rowsOf(state, user)
            .filter(isShown)
            .map((row) => String(row.values.path)),
        ),
      ].sort(),
    }),
  'POST /core/users/service_account/': serviceAccount,
  'POST /core/users/{id}/set_password/': (context) =>
    on(context, user, 'reset_user_password', (row) => {
      const password = text(context, 'password');
      const now = timeText(context.state.now());
      changeRow(context.state, row, { passwordText: password, password_change_date: now, last_updated: now });
      addEvent(context, 'password_set', 'authentik.core.api.users', {});
      recordEvent(context, 'model_updated', row);
      return noContent;
    }),
  'POST /core/users/{id}/recovery/': (context) =>
    on(context, user, 'reset_user_password', (row) => {
      const flow = recoveryFlow(context);
      if (!flow) return badRequest({ non_field_errors: 'No recovery flow set.' });
      const key = String(row.values.recoveryKey ?? generated(60));
      changeRow(context.state, row, { recoveryKey: key });
      return ok({ link: `${context.origin}/if/flow/${flow.values.slug}/?flow_token=${key}` });
    }),
  'POST /core/users/{id}/recovery_email/': (context) =>
    on(context, user, 'reset_user_password', () => {
      if (!recoveryFlow(context)) return badRequest({ non_field_errors: 'No recovery flow set.' });
      const stage = findRow(
        context.state,
        'authentik_stages_email.emailstage',
        context.query.get('email_stage'),
      );
      return stage ? noContent : badRequest({ non_field_errors: 'Email stage does not exist.' });
    }),
  'POST /core/users/{id}/impersonate/': (context) =>
    on(context, user, 'impersonate', (row) => {
      const reason = bodyOf(context).reason;
      if (typeof reason !== 'string' || reason === '')
        return badRequest({ reason: 'This field is required.' });
      return row.id === context.user.id ? { status: 401 } : noContent;
    }),
  'GET /core/users/impersonate_end/': () => noContent,
  'POST /core/users/export/': () =>
    badRequest({ non_field_errors: ['Enterprise is required to create/update this object.'] }),
  'POST /core/groups/{group_uuid}/add_user/': (context) =>
    on(context, group, 'add_user_to_group', (row) => membership(context, 'groups', row, true)),
  'POST /core/groups/{group_uuid}/remove_user/': (context) =>
    on(context, group, 'remove_user_from_group', (row) => membership(context, 'groups', row, false)),
  'POST /rbac/roles/{uuid}/add_user/': (context) =>
    on(context, role, 'change_role', (row) => membership(context, 'roles', row, true)),
  'POST /rbac/roles/{uuid}/remove_user/': (context) =>
    on(context, role, 'change_role', (row) => membership(context, 'roles', row, false)),
  'POST /core/tokens/{identifier}/set_key/': (context) =>
    on(context, token, 'set_token_key', (row) => {
      changeRow(context.state, row, { key: text(context, 'key') });
      recordEvent(context, 'model_updated', row);
      return noContent;
    }),
  'GET /core/tokens/{identifier}/view_key/': (context) =>
    on(context, token, 'view_token_key', (row) => {
      addEvent(context, 'secret_view', 'authentik.core.api.tokens', { secret: modelOf(row) });
      return ok({ key: row.values.key ?? '' });
    }),
};

/** A text that a call's body must have. */
function text(context: Context, name: string): string {
  const value = bodyOf(context)[name];
  if (value === undefined) throw new Refusal(badRequest({ [name]: ['This field is required.'] }));
  if (typeof value !== 'string') throw new Refusal(badRequest({ [name]: ['Not a valid string.'] }));
  if (value.trim() === '') throw new Refusal(badRequest({ [name]: ['This field may not be blank.'] }));
  return value.trim();
}

/** Adds a user to a group or role, or takes it out; doing it twice is the same as once. */
function membership(context: Context, attribute: 'groups' | 'roles', holder: Row, isIn: boolean): Answer {
  const { pk } = bodyOf(context);
  if (pk === undefined) return badRequest({ pk: ['This field is required.'] });
  if (!/^\d+$/.test(String(pk))) return badRequest({ pk: ['A valid integer is required.'] });
  const member = rowOf(context.state, user, pk);
  if (!member) return notFound;
  const others = ((member.values[attribute] ?? []) as Json[]).filter((id) => id !== holder.id);
  const now = isIn ? [...others, holder.id].sort() : others;
  changeRow(context.state, member, { [attribute]: now });
  recordEvent(context, 'model_updated', holder);
  return noContent;
}

function recoveryFlow({ state }: Context): Row | undefined {
  const brand = rowsOf(state, 'authentik_brands.brand').find((one) => one.values.default === true);
  return findRow(state, 'authentik_flows.flow', brand?.values.flow_recovery);
}

function serviceAccount(context: Context): Answer {
  const { state } = context;
  if (!isAllowed(state, context.user, 'authentik_core.add_user')) return forbidden;
  const body = bodyOf(context);
  const name = text(context, 'name');
  const taken = rowsOf(state, user).some((row) => row.values.username === name);
  const wantsGroup = body.create_group === true;
  const hasGroup = rowsOf(state, group).some((row) => row.values.name === name);
  if (taken || (wantsGroup && hasGroup)) return badRequest({ name: ['This field must be unique.'] });
  const expiring = body.expiring !== false;
  const now = timeText(state.now());
  const account = insertRow(state, kindNamed(state, user), {
    ...{ username: name, name, is_active: true, last_login: null, groups: [], roles: [], email: '' },
    attributes: { 'goauthentik.io/user/token-expires': expiring },
    ...{ path: 'goauthentik.io/service-accounts', type: 'service_account' },
    ...newUser(now, context),
  });
  recordEvent(context, 'model_created', account);
  const result: JsonObject = { username: name, user_uid: account.values.uid!, user_pk: account.id };
  if (wantsGroup) {
    const own = createRow(context, kindNamed(state, group), { name, users: [account.id] });
    result.group_pk = own.id;
  }
  const key = generated(60);
  insertRow(state, kindNamed(state, token), {
    ...{ identifier: `service-account-${name}-password`, intent: 'app_password', user: account.id, key },
    ...{ managed: null, description: '', expiring },
    expires: body.expires ?? timeText(state.now() + 360 * 24 * 3_600_000),
  });
  return ok({ ...result, token: key });
}

/** What the console asks first: the caller, and which of the system's permissions it has. */
function me({ state, user: caller }: Context): JsonObject {
  const { values } = caller;
  const groups = groupsOf(state, caller).filter((one) => (values.groups as Json[]).includes(one.id));
  const named = (row: Row): JsonObject => ({ name: row.values.name ?? '', pk: row.id });
  return {
    user: {
      pk: caller.id,
      username: values.username ?? '',
      name: values.name ?? '',
      is_active: values.is_active ?? true,
      is_superuser: isSuperuser(state, caller),
      groups: groups.map(named),
      // Those of its groups too; not told before 2025.12.
      ...(release(state.version) >= release('2025.12') && { roles: rolesOf(state, caller).map(named) }),
      email: values.email ?? '',
      avatar: 'data:image/svg+xml;base64,PHN2Zy8+',
      uid: values.uid ?? '',
      settings: {},
      type: values.type ?? 'internal',
      system_permissions: systemPermissions.filter((name) =>
        isAllowed(state, caller, `authentik_rbac.${name}`),
      ),
    },
  };
}

/** The permissions of the app `authentik_rbac`, which `me` lists without the app. */
const systemPermissions = [
  ...['access_admin_interface', 'edit_system_settings', 'manage_media_files', 'view_media_files'],
  ...['view_system_info', 'view_system_settings'],
  ...[
    'add_role',
    'assign_role_permissions',
    'change_role',
    'delete_role',
    'unassign_role_permissions',
    'view_role',
  ],
  ...[
    'add_initialpermissions',
    'change_initialpermissions',
    'delete_initialpermissions',
    'view_initialpermissions',
  ],
];
