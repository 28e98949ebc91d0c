/** What a fresh authentik has, as far as tests need it: the first administrator, the brand, the default flows and mappings, the embedded outpost. */
import type { Context } from './answers.js';
import { companionsOf } from './companions.js';
import { generated, newUser } from './fill.js';
import type { Json, JsonObject } from './json.js';
import {
  changeRow,
  insertRow,
  kindNamed,
  nextNumber,
  type Row,
  rowsOf,
  type State,
  timeText,
} from './state.js';
import { freshSettings } from './system.js';
import { createRow } from './write.js';

interface Fresh {
  readonly pageSizeMaximum?: number;
  readonly permissions?: readonly string[];
}

/** Fills an empty server and returns the key of a token for it: akadmin's, or that of a user with the permissions that are asked for. */
export function bootstrap(state: State, { pageSizeMaximum, permissions }: Fresh): string {
  state.settings = {
    ...freshSettings,
    ...(pageSizeMaximum ? { pagination_max_page_size: pageSizeMaximum } : {}),
  };
  // The anonymous user is number one and never shown, the embedded outpost's account number two, akadmin number four (recorded).
  nextNumber(state, 'authentik_core.user');
  addEmbeddedOutpost(state);
  nextNumber(state, 'authentik_core.user');
  const admins = insertRow(state, kindNamed(state, 'authentik_core.group'), {
    ...{
      name: 'authentik Admins',
      is_superuser: true,
      parents: [],
      attributes: {},
      roles: [],
      num_pk: 13_711,
    },
  });
  const akadmin = addUser(state, {
    username: 'akadmin',
    name: 'authentik Default Admin',
    groups: [admins.id],
  });
  changeRow(state, akadmin, { email: 'root@example.com' });
  const context = contextOf(state, akadmin);
  insertRow(state, kindNamed(state, 'authentik_rbac.role'), { name: 'authentik Read-only', managed: null });
  const flows = new Map(freshFlows.map((flow) => [flow.slug, addFlow(context, flow)]));
  const brand = createRow(context, kindNamed(state, 'authentik_brands.brand'), {
    domain: 'authentik-default',
    default: true,
    flow_authentication: flows.get('default-authentication-flow')!.id,
    flow_invalidation: flows.get('default-invalidation-flow')!.id,
    flow_user_settings: flows.get('default-user-settings-flow')!.id,
  });
  changeRow(state, brand, { branding_title: 'authentik' });
  for (const [scope, managed, title] of freshScopes) {
    const mapping = createRow(context, kindNamed(state, 'authentik_providers_oauth2.scopemapping'), {
      name: `authentik default OAuth Mapping: ${title}`,
      scope_name: scope,
      expression: 'return {}',
    });
    changeRow(state, mapping, { managed: `goauthentik.io/providers/${managed}` });
  }
  insertRow(state, kindNamed(state, 'authentik_tasks_schedules.schedule'), {
    ...{ identifier: 'None', uid: 'authentik.admin.tasks.update_latest_version', crontab: '3 * * * *' },
    ...{ actor_name: 'authentik.admin.tasks.update_latest_version', paused: true, rel_obj_id: null },
    ...{
      next_run: timeText(state.now()),
      description: 'Update latest version info.',
      last_task_status: null,
    },
  });
  state.tables.delete('authentik_events.event');
  return addToken(state, permissions ? addUserWith(state, permissions) : akadmin);
}

function addEmbeddedOutpost(state: State): void {
  const outpost = insertRow(state, kindNamed(state, 'authentik_outposts.outpost'), {
    ...{ name: 'authentik Embedded Outpost', type: 'proxy', providers: [], service_connection: null },
    ...{ config: { authentik_host: '' }, managed: 'goauthentik.io/outposts/embedded' },
  });
  companionsOf({ state }, outpost);
}

/** What a program acts as that is no client: for seeds. */
export function contextOf(state: State, user: Row): Context {
  return {
    ...{ state, user, method: 'POST', path: '/', parameters: {}, query: new URLSearchParams() },
    ...{ body: undefined, origin: 'http://127.0.0.1', options: { online: true, licensed: true } },
  };
}

export function akadminOf(state: State): Row {
  return rowsOf(state, 'authentik_core.user').find((row) => row.values.username === 'akadmin')!;
}

/** A user with a token, who may do no more than what is named here. */
export function addUserWith(state: State, permissions: readonly string[]): Row {
  const grants = permissions.map((permission) => ({ id: nextNumber(state, 'grants'), permission }));
  const name = `robot-${generated(6)}`;
  const role = insertRow(state, kindNamed(state, 'authentik_rbac.role'), {
    name,
    grants: grants as unknown as Json,
  });
  return addUser(state, { username: name, name, roles: [role.id], type: 'service_account' });
}

/** Adds an API token that does not expire, and returns its key. */
export function addToken(state: State, user: Row): string {
  const key = generated(60);
  insertRow(state, kindNamed(state, 'authentik_core.token'), {
    ...{ identifier: `token-${user.values.username}-${generated(4)}`, intent: 'api', user: user.id, key },
    ...{ description: '', managed: null, expiring: false, expires: null },
  });
  return key;
}

function addUser(state: State, values: JsonObject): Row {
  return insertRow(state, kindNamed(state, 'authentik_core.user'), {
    ...{ is_active: true, last_login: null, groups: [], roles: [], email: '', attributes: {} },
    ...{ path: 'users', type: 'internal' },
    ...newUser(timeText(state.now()), { state }),
    ...values,
  });
}

interface FreshFlow {
  readonly slug: string;
  readonly name: string;
  readonly title: string;
  readonly designation: string;
  readonly authentication: string;
  /** Stages by path, in order. */
  readonly stages: readonly [string, JsonObject][];
}

/** The bundled flows that providers and brands refer to most, with fewer stages than authentik gives them. */
const freshFlows: readonly FreshFlow[] = [
  {
    slug: 'default-authentication-flow',
    name: 'Welcome to authentik!',
    title: 'Welcome to authentik!',
    designation: 'authentication',
    authentication: 'none',
    stages: [
      [
        'authentik_stages_identification.identificationstage',
        { name: 'default-authentication-identification', user_fields: ['email', 'username'] },
      ],
      [
        'authentik_stages_password.passwordstage',
        { name: 'default-authentication-password', backends: ['authentik.core.auth.InbuiltBackend'] },
      ],
      ['authentik_stages_user_login.userloginstage', { name: 'default-authentication-login' }],
    ],
  },
  {
    slug: 'default-invalidation-flow',
    name: 'Logout',
    title: 'Default Invalidation Flow',
    designation: 'invalidation',
    authentication: 'none',
    stages: [['authentik_stages_user_logout.userlogoutstage', { name: 'default-invalidation-logout' }]],
  },
  {
    slug: 'default-user-settings-flow',
    name: 'User settings',
    title: 'Update your info',
    designation: 'stage_configuration',
    authentication: 'require_authenticated',
    stages: [['authentik_stages_user_write.userwritestage', { name: 'default-user-settings-write' }]],
  },
  {
    slug: 'default-provider-authorization-implicit-consent',
    name: 'Authorize Application',
    title: 'Redirecting to %(app)s',
    designation: 'authorization',
    authentication: 'require_authenticated',
    stages: [],
  },
  {
    slug: 'default-provider-authorization-explicit-consent',
    name: 'Authorize Application',
    title: 'Redirecting to %(app)s',
    designation: 'authorization',
    authentication: 'require_authenticated',
    stages: [['authentik_stages_consent.consentstage', { name: 'default-provider-authorization-consent' }]],
  },
  {
    slug: 'default-provider-invalidation-flow',
    name: 'Logged out of application',
    title: "You've logged out of %(app)s.",
    designation: 'invalidation',
    authentication: 'none',
    stages: [],
  },
  {
    slug: 'default-source-pre-authentication',
    name: 'Pre-Authentication',
    title: 'Pre-authentication',
    designation: 'stage_configuration',
    authentication: 'none',
    stages: [],
  },
];

/** Scope, `managed` and title of the bundled mappings. */
const freshScopes: readonly [string, string, string][] = [
  ['openid', 'oauth2/scope-openid', "OpenID 'openid'"],
  ['email', 'oauth2/scope-email', "OpenID 'email'"],
  ['profile', 'oauth2/scope-profile', "OpenID 'profile'"],
  ['entitlements', 'oauth2/scope-entitlements', 'Application Entitlements'],
  ['offline_access', 'oauth2/scope-offline_access', "OpenID 'offline_access'"],
  ['ak_proxy', 'proxy/scope-proxy', 'Proxy outpost'],
];

function addFlow(context: Context, { stages, ...values }: FreshFlow): Row {
  const { state } = context;
  const flow = createRow(context, kindNamed(state, 'authentik_flows.flow'), { ...values });
  stages.forEach(([kind, stage], index) => {
    const row = createRow(context, kindNamed(state, kind), stage);
    createRow(context, kindNamed(state, 'authentik_flows.flowstagebinding'), {
      ...{ target: flow.id, stage: row.id, order: index * 10 },
    });
  });
  return flow;
}
