/** Properties of answers that nobody writes and that are not kept either: they follow from other objects, or from where the server is. */
import { isObject, type Json, type JsonObject } from './json.js';
import type { Property } from './openapi.js';
import { permissionsShown } from './permissions.js';
import { showAs, showRow, type View } from './show.js';
import { findRow, type Row, rowOf, rowsOf } from './state.js';

type Work = (view: View, row: Row, property: Property) => Json | undefined;

/** A flow's picture where it has none of its own. */
const flowPicture = '/static/dist/assets/images/flow_background.jpg';

/** By property, or by `kind.property` where kinds differ. */
export const computed: Record<string, Work> = {
  // stages and policies
  flow_set: (view, row) =>
    bindingsOfStage(view, row).map((binding) => {
      const flow = findRow(view.context.state, 'authentik_flows.flow', binding.values.target)!;
      return showAs(view, flow, 'FlowSet');
    }),
  bound_to: (view, row) => boundTo(view, row).length,
  prompt_stages_obj: (view, row) =>
    rowsOf(view.context.state, 'authentik_stages_prompt.promptstage')
      .filter((stage) => (stage.values.fields as Json[]).includes(row.id))
      .map((stage) => showAs(view, stage, 'PromptStage')),
  mode_verbose: (_view, row) =>
    ({
      local: 'authentik inbuilt notifications',
      webhook: 'Generic Webhook',
      webhook_slack: 'Slack Webhook (Slack/Discord)',
      email: 'Email',
    })[String(row.values.mode)] ?? '',
  countries_obj: (_view, row) =>
    ((row.values.countries ?? []) as string[]).map((code) => ({ code, name: countryName(code) })),
  // providers and applications
  outpost_set: (view, row) =>
    rowsOf(view.context.state, 'authentik_outposts.outpost')
      .filter((outpost) => (outpost.values.providers as Json[]).includes(row.id))
      .map((outpost) => outpost.values.name!),
  assigned_application_slug: (view, row) => applicationOf(view, row)?.values.slug ?? null,
  assigned_application_name: (view, row) => applicationOf(view, row)?.values.name ?? null,
  assigned_backchannel_application_slug: (view, row) => backchannelOf(view, row)?.values.slug ?? null,
  assigned_backchannel_application_name: (view, row) => backchannelOf(view, row)?.values.name ?? null,
  launch_url: () => null,
  'authentik_core.application.launch_url': launchUrl,
  meta_icon_url: (_view, row) => row.values.meta_icon || null,
  meta_icon_themed_urls: () => null,
  // flows
  background_url: (_view, row) => row.values.background || flowPicture,
  background_themed_urls: () => null,
  cache_count: () => 0,
  export_url: (_view, row) => `/api/v3/flows/instances/${row.values.slug}/export/`,
  'authentik_flows.flow.stages': (view, row) => stagesOf(view, row),
  'authentik_flows.flow.policies': (view, row) =>
    rowsOf(view.context.state, 'authentik_policies.policybinding')
      .filter((binding) => binding.values.target === row.id)
      .map((binding) => binding.id),
  // users, groups and roles
  avatar: () => 'data:image/svg+xml;base64,PHN2Zy8+',
  'authentik_core.user.is_superuser': (view, row) => isSuperuser(view.context.state, row),
  'authentik_core.user.groups_obj': (view, row, property) =>
    flag(view, 'include_groups', true) ? listed(view, row, 'groups', 'authentik_core.group', property) : null,
  'authentik_core.user.roles_obj': (view, row, property) =>
    flag(view, 'include_roles', true) ? listed(view, row, 'roles', 'authentik_rbac.role', property) : null,
  'authentik_core.group.users': (view, row) => membersOf(view.context.state, row).map(({ id }) => id),
  'authentik_core.group.users_obj': (view, row, property) =>
    flag(view, 'include_users', true)
      ? membersOf(view.context.state, row).map((user) => showAs(view, user, property.items!.component!))
      : null,
  'authentik_core.group.parents_obj': (view, row, property) =>
    flag(view, 'include_parents', false)
      ? listed(view, row, 'parents', 'authentik_core.group', property)
      : null,
  'authentik_core.group.children': (view, row) => childrenOf(view.context.state, row).map(({ id }) => id),
  'authentik_core.group.children_obj': (view, row, property) =>
    flag(view, 'include_children', false)
      ? childrenOf(view.context.state, row).map((child) => showAs(view, child, property.items!.component!))
      : null,
  'authentik_core.group.inherited_roles_obj': (view, row, property) =>
    flag(view, 'include_inherited_roles', false)
      ? inheritedRoles(view.context.state, row).map((role) => showAs(view, role, property.items!.component!))
      : null,
  permissions_obj: (view, row) =>
    permissionsShown(view.context.state, (row.values.permissions ?? []) as number[]),
  'authentik_stages_invitation.invitation.created_by': (view, row, property) => {
    const user = rowOf(view.context.state, 'authentik_core.user', row.values.created_by);
    return user ? showAs(view, user, property.component!) : null;
  },
  // certificates
  certificate_download_url: (_view, row) =>
    `/api/v3/crypto/certificatekeypairs/${row.id}/view_certificate/?download`,
  private_key_download_url: (_view, row) =>
    `/api/v3/crypto/certificatekeypairs/${row.id}/view_private_key/?download`,
  // sources
  icon_url: sourceIcon,
  icon_themed_urls: () => null,
  connectivity: () => null,
  callback_url: ({ context }, row) => `${context.origin}/source/oauth/callback/${row.values.slug}/`,
  root_url: ({ context }, row) => `${context.origin}/source/scim/${row.values.slug}/v2`,
  'authentik_sources_oauth.oauthsource.type': (_view, row) => sourceType(String(row.values.provider_type)),
  'authentik_sources_scim.scimsource.token_obj': (view, row) => {
    const token = rowOf(view.context.state, 'authentik_core.token', row.values.tokenId);
    return token ? showAs(view, token, 'Token') : null;
  },
  // schedules: what one belongs to shows only where it belongs to something
  rel_obj_app_label: (_view, row) => row.values.rel_obj_app_label,
  rel_obj_model: (_view, row) => row.values.rel_obj_model,
  // outposts
  refresh_interval_s: (_view, row) => {
    const config = isObject(row.values.config) ? row.values.config : {};
    return seconds(String(config.refresh_interval ?? 'minutes=5'));
  },
  token_identifier: (_view, row) => `ak-outpost-${row.id}-api`,
  // SAML
  url_download_metadata: ({ context }, row) =>
    `${context.origin}/api/v3/providers/saml/${row.id}/metadata/?download`,
  ...Object.fromEntries(
    Object.entries({
      url_sso_post: 'sso/binding/post/',
      url_sso_redirect: 'sso/binding/redirect/',
      url_sso_init: 'sso/binding/init/',
      url_slo_post: 'slo/binding/post/',
      url_slo_redirect: 'slo/binding/redirect/',
    }).map(([name, tail]): [string, Work] => [
      name,
      (view, row) => {
        const application = applicationOf(view, row);
        return application
          ? `${view.context.origin}/application/saml/${application.values.slug}/${tail}`
          : '-';
      },
    ]),
  ),
  // an object of a connection is shown whole
  // The base class is all that a connection knows of its source.
  source_obj: (view, row) => {
    const source = findRow(view.context.state, 'source', row.values.source);
    return source ? showAs(view, source, 'Source', true) : null;
  },
  'authentik_policies.policybinding.policy_obj': (view, row) => {
    const policy = findRow(view.context.state, 'policy', row.values.policy);
    return policy ? showRow(view.context, policy) : null;
  },
};

function flag({ context, top }: View, name: string, fallback: boolean): boolean {
  const value = top ? context.query.get(name) : null;
  if (value === null) return fallback;
  return /^(true|1|yes|on|t|y)$/i.test(value)
    ? true
    : /^(false|0|no|off|f|n)$/i.test(value)
      ? false
      : fallback;
}

function listed(view: View, row: Row, attribute: string, kind: string, { items }: Property): Json[] {
  const rows = ((row.values[attribute] ?? []) as Json[]).map((id) => rowOf(view.context.state, kind, id));
  return rows.flatMap((one) => (one ? [showAs(view, one, items!.component!)] : []));
}

type Store = View['context']['state'];

export function membersOf(state: Store, group: Row): Row[] {
  return rowsOf(state, 'authentik_core.user')
    .filter((user) => (user.values.groups as Json[]).includes(group.id))
    .sort((one, other) => Number(one.id) - Number(other.id));
}

function childrenOf(state: Store, group: Row): Row[] {
  return rowsOf(state, 'authentik_core.group').filter((child) =>
    ((child.values.parents ?? []) as Json[]).includes(group.id),
  );
}

/** A user's groups and all that they are below of. */
export function groupsOf(state: Store, user: Row): Row[] {
  const found = new Map<Json, Row>();
  const waiting = [...((user.values.groups ?? []) as Json[])];
  while (waiting.length > 0) {
    const id = waiting.pop()!;
    const group = found.has(id) ? undefined : rowOf(state, 'authentik_core.group', id);
    if (!group) continue;
    found.set(id, group);
    waiting.push(...((group.values.parents ?? []) as Json[]));
  }
  return [...found.values()];
}

export function isSuperuser(state: Store, user: Row): boolean {
  return groupsOf(state, user).some((group) => group.values.is_superuser === true);
}

function inheritedRoles(state: Store, group: Row): Row[] {
  const above = groupsOf(state, { ...group, values: { groups: group.values.parents ?? [] } });
  const ids = new Set(above.flatMap((one) => (one.values.roles ?? []) as Json[]));
  return [...ids].flatMap((id) => rowOf(state, 'authentik_rbac.role', id) ?? []);
}

function bindingsOfStage({ context }: View, stage: Row): Row[] {
  return rowsOf(context.state, 'authentik_flows.flowstagebinding').filter(
    (binding) => binding.values.stage === stage.id,
  );
}

function stagesOf({ context }: View, flow: Row): Json[] {
  return rowsOf(context.state, 'authentik_flows.flowstagebinding')
    .filter((binding) => binding.values.target === flow.id)
    .sort((one, other) => Number(one.values.order) - Number(other.values.order))
    .map((binding) => binding.values.stage!);
}

function boundTo({ context }: View, policy: Row): Row[] {
  return rowsOf(context.state, 'authentik_policies.policybinding').filter(
    (binding) => binding.values.policy === policy.id,
  );
}

function applicationOf({ context }: View, provider: Row): Row | undefined {
  return rowsOf(context.state, 'authentik_core.application').find(
    (application) => application.values.provider === provider.id,
  );
}

function backchannelOf({ context }: View, provider: Row): Row | undefined {
  return rowsOf(context.state, 'authentik_core.application').find((application) =>
    ((application.values.backchannel_providers ?? []) as Json[]).includes(provider.id),
  );
}

function launchUrl({ context }: View, row: Row): Json {
  const { user, state } = context;
  const written = String(row.values.meta_launch_url ?? '');
  const provider = findRow(state, 'provider', row.values.provider);
  const url =
    written || (provider?.kind.model === 'proxyprovider' ? String(provider.values.external_host) : '');
  if (url === '') return null;
  return url.replace(/%\((\w+)\)s/g, (_all, name: string) => String(user.values[name] ?? ''));
}

const iconTypes: Record<string, string> = { ldap: 'png', kerberos: 'png', scim: 'png', saml: 'png' };

function sourceIcon({ asBase }: View, row: Row): Json {
  const own = row.kind.model.replace(/source$/, '');
  // A directory's picture is its own whatever is written (recorded).
  if (row.values.icon && own !== 'ldap') return row.values.icon;
  if (asBase) return null;
  if (own === 'oauth') return `/static/authentik/sources/${row.values.provider_type}.svg`;
  return `/static/authentik/sources/${own}.${iconTypes[own] ?? 'svg'}`;
}

/** What authentik knows about a type of OAuth source; only its name is told for most. */
function sourceType(name: string): JsonObject {
  const urls: Record<string, JsonObject> = {
    reddit: {
      authorization_url: 'https://www.reddit.com/api/v1/authorize',
      access_token_url: 'https://www.reddit.com/api/v1/access_token',
      profile_url: 'https://oauth.reddit.com/api/v1/me',
    },
  };
  return {
    name,
    verbose_name: `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    urls_customizable: name === 'openidconnect',
    request_token_url: null,
    authorization_url: null,
    access_token_url: null,
    profile_url: null,
    oidc_well_known_url: null,
    oidc_jwks_url: null,
    ...urls[name],
  };
}

function countryName(code: string): string {
  return new Intl.DisplayNames(['en'], { type: 'region' }).of(code) ?? code;
}

/** A duration in seconds. */
function seconds(text: string): number {
  const units: Record<string, number> = {
    weeks: 604_800,
    days: 86_400,
    hours: 3600,
    minutes: 60,
    seconds: 1,
  };
  const parts = text.split(';').map((part) => part.split('=') as [string, string]);
  return parts.reduce((sum, [unit, amount]) => sum + (units[unit.trim()] ?? 0) * Number(amount), 0);
}
