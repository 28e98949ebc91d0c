/**
 * What is odd about kinds in authentik's REST API, beyond what their facts say. Source, unless a row says otherwise: a
 * 2025.12.4 that was asked (and its answers recorded).
 */
import type { Kind } from '../../model/model.js';
import type { Query } from './client.js';

/** Queries that go with every list of a kind. */
export const listQueries: Readonly<Record<Kind, Query>> = {
  // Without it, applications that the caller may not use are left out after paging, even for a superuser.
  'authentik_core.application': { superuser_full_list: true },
  // Members come as ids all the same; the objects of 1,000 members are 2 MB.
  'authentik_core.group': { include_users: false },
  'authentik_core.user': { include_groups: false, include_roles: false },
};

/** Queries that go with every read of one object. */
export const detailQueries: Readonly<Record<Kind, Query>> = {
  'authentik_core.group': { include_users: false },
};

/** Attributes that every PATCH must carry along, changed or not: without them the server fails or takes others for granted. */
export const patchCompanions: Readonly<Record<Kind, readonly string[]>> = {
  // Without `target` the handler crashes; exactly one of the others must be there.
  'authentik_policies.policybinding': ['target', 'policy', 'group', 'user'],
  'authentik_endpoints.deviceuserbinding': ['target', 'policy', 'group', 'user'],
  // Without `provider_type` the handler crashes.
  'authentik_sources_oauth.oauthsource': ['provider_type'],
  // Without `action` the handler crashes, and when it is empty without the others too.
  'authentik_policies_event_matcher.eventmatcherpolicy': ['action', 'client_ip', 'app', 'model'],
  'authentik_stages_identification.identificationstage': ['user_fields', 'sources'],
  'authentik_policies_reputation.reputationpolicy': ['check_ip', 'check_username'],
  'authentik_providers_proxy.proxyprovider': ['mode', 'internal_host', 'external_host'],
  'authentik_blueprints.blueprintinstance': ['path', 'content'],
  'authentik_outposts.kubernetesserviceconnection': ['local', 'kubeconfig'],
  'authentik_stages_email.emailstage': ['use_global_settings'],
};

/** Attributes that go together: a PATCH with one of them must carry the others. */
export const patchTogether: Readonly<Record<Kind, readonly string[]>> = {
  // `re_evaluate_policies: false` alone is refused, as if `evaluate_on_plan` were false.
  'authentik_flows.flowstagebinding': ['evaluate_on_plan', 're_evaluate_policies'],
};

/** Attributes that a create must carry, at their default, lest the handler crashes. */
export const createCompanions: Readonly<Record<Kind, readonly string[]>> = {
  'authentik_policies_event_matcher.eventmatcherpolicy': ['action', 'client_ip', 'app', 'model'],
  'authentik_outposts.kubernetesserviceconnection': ['local', 'kubeconfig'],
  'authentik_sources_saml.samlsource': ['issuer_override'],
};

/** An attribute that older releases call otherwise; `one`: there it holds one reference in place of a list. */
export interface FormerName {
  readonly name: string;
  /** The last release with that name. */
  readonly until: string;
  readonly one?: boolean;
}

/** From the blueprint schema of each release branch. */
export const formerNames: Readonly<Record<Kind, Readonly<Record<string, FormerName>>>> = {
  'authentik_core.group': { parents: { name: 'parent', until: '2025.10', one: true } },
  'authentik_events.notificationrule': { destination_group: { name: 'group', until: '2025.6' } },
  'authentik_providers_saml.samlprovider': { issuer_override: { name: 'issuer', until: '2026.5' } },
  'authentik_sources_saml.samlsource': { issuer_override: { name: 'issuer', until: '2026.5' } },
};

/** Kinds that a user's token cannot reach: they need the key of the tenants API. */
export const unreachable: ReadonlySet<Kind> = new Set(['authentik_tenants.domain']);

/** MFA devices: a request to make one has a name and no user, so the server fails on every one. */
export const createFails: ReadonlySet<Kind> = new Set([
  'authentik_stages_authenticator_duo.duodevice',
  'authentik_stages_authenticator_email.emaildevice',
  'authentik_stages_authenticator_sms.smsdevice',
  'authentik_stages_authenticator_static.staticdevice',
  'authentik_stages_authenticator_totp.totpdevice',
  'authentik_stages_authenticator_webauthn.webauthndevice',
]);

/** Kinds whose id can be chosen, and the attribute of the request that asks for it. */
export const chosenIds: Readonly<Record<Kind, string>> = {
  'authentik_endpoints_connectors_agent.agentconnector': 'connector_uuid',
};

/** Attributes that only blueprints set and a call of their own bridges, with the first release that has the call. */
export const bridged: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  'authentik_core.user': { password: '2024.12', permissions: '2025.12', password_hash: '2026.5' },
  'authentik_core.token': { key: '2024.12' },
  'authentik_rbac.role': { permissions: '2024.12' },
};

/** Attributes that blueprints alone have since a release, and requests had until then: the holders of connections. */
export const writableUntil: {
  readonly kinds: RegExp;
  readonly names: ReadonlySet<string>;
  readonly until: string;
} = {
  kinds: /^authentik_sources_\w+\.(?:user|group)\w+sourceconnection$/,
  names: new Set(['user', 'group']),
  until: '2026.5',
};

/** Read-only values that tell when an object was made. */
export const creationTimes: Readonly<Record<Kind, string>> = {
  'authentik_core.user': 'date_joined',
  'authentik_events.event': 'created',
  'authentik_events.notification': 'created',
};

/** Names of roles that authentik makes for one user or group each, and keeps itself. */
export const managedRole = /^ak-managed-role--(user|group)-(.+)$/;
