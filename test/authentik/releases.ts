/**
 * Which release of authentik has what, as far as it differs from the OpenAPI in use (2026.8) and matters to a server of 2024.12
 * or later. Sources: the blueprint schema of each release branch; for paths and filters of 2025.12, a real 2025.12.4.
 */
import type { JsonObject } from './json.js';
import { allTemplates, listTemplates } from './openapi.js';

export const defaultVersion = '2025.12.4';

/** A release as a number that can be compared: `2025.12.4` is 202512. */
export function release(version: string): number {
  const [year = '0', month = '0'] = version.split('.');
  return Number(year) * 100 + Number(month);
}

/** Kinds that came after 2024.12, and the release that brought them. */
const kindsSince: Record<string, string> = {
  'authentik_endpoints.deviceaccessgroup': '2025.12',
  'authentik_endpoints.deviceuserbinding': '2025.12',
  'authentik_endpoints.endpointstage': '2025.12',
  'authentik_endpoints_connectors_agent.agentconnector': '2025.12',
  'authentik_endpoints_connectors_agent.agentdeviceuserbinding': '2025.12',
  'authentik_endpoints_connectors_agent.enrollmenttoken': '2025.12',
  'authentik_endpoints_connectors_fleet.fleetconnector': '2026.2',
  'authentik_endpoints_connectors_google_chrome.googlechromeconnector': '2026.5',
  'authentik_lifecycle.lifecycleiteration': '2026.2',
  'authentik_lifecycle.lifecyclerule': '2026.2',
  'authentik_lifecycle.review': '2026.2',
  'authentik_policies_unique_password.uniquepasswordpolicy': '2025.4',
  'authentik_providers_ssf.ssfprovider': '2025.2',
  'authentik_providers_ws_federation.wsfederationprovider': '2026.2',
  'authentik_rbac.initialpermissions': '2025.4',
  'authentik_reports.dataexport': '2025.12',
  'authentik_sources_ldap.groupldapsourceconnection': '2025.4',
  'authentik_sources_ldap.userldapsourceconnection': '2025.4',
  'authentik_sources_telegram.grouptelegramsourceconnection': '2025.10',
  'authentik_sources_telegram.telegramsource': '2025.10',
  'authentik_sources_telegram.telegramsourcepropertymapping': '2025.10',
  'authentik_sources_telegram.usertelegramsourceconnection': '2025.10',
  'authentik_stages_authenticator_email.authenticatoremailstage': '2025.2',
  'authentik_stages_authenticator_email.emaildevice': '2025.2',
  'authentik_stages_mtls.mutualtlsstage': '2025.6',
  'authentik_tasks_schedules.schedule': '2025.8',
};

/** Attributes (and what a response shows) that came after their kind did: `kind.attribute`, or `*.attribute` for every kind. */
const attributesSince: Record<string, string> = {
  'authentik_brands.brand.branding_custom_css': '2025.4',
  'authentik_brands.brand.branding_default_flow_background': '2025.4',
  'authentik_brands.brand.branding_map_tiles': '2026.8',
  'authentik_brands.brand.client_certificates': '2025.6',
  'authentik_brands.brand.flow_lockdown': '2026.8',
  'authentik_brands.brand.flow_request': '2026.8',
  'authentik_brands.brand.flow_user_switch': '2026.8',
  'authentik_core.application.meta_hide': '2026.8',
  'authentik_core.application.meta_icon': '2025.12',
  'authentik_core.group.parents': '2025.12',
  'authentik_core.user.roles': '2025.12',
  'authentik_endpoints.deviceaccessgroup.attributes': '2026.2',
  'authentik_events.notificationrule.destination_event_user': '2025.8',
  'authentik_events.notificationrule.destination_group': '2025.8',
  'authentik_events.notificationtransport.email_subject_prefix': '2025.8',
  'authentik_events.notificationtransport.email_template': '2025.8',
  'authentik_events.notificationtransport.webhook_ca': '2026.5',
  'authentik_events.notificationtransport.webhook_mapping_body': '2025.4',
  'authentik_events.notificationtransport.webhook_mapping_headers': '2025.4',
  'authentik_policies_event_matcher.eventmatcherpolicy.query': '2026.5',
  'authentik_policies_geoip.geoippolicy.check_history_distance': '2025.2',
  'authentik_policies_geoip.geoippolicy.check_impossible_travel': '2025.2',
  'authentik_policies_geoip.geoippolicy.distance_tolerance_km': '2025.2',
  'authentik_policies_geoip.geoippolicy.history_login_count': '2025.2',
  'authentik_policies_geoip.geoippolicy.history_max_distance_km': '2025.2',
  'authentik_policies_geoip.geoippolicy.impossible_tolerance_km': '2025.2',
  'authentik_providers_google_workspace.googleworkspaceprovider.discovery_enabled': '2026.8',
  'authentik_providers_google_workspace.googleworkspaceprovider.dry_run': '2025.4',
  'authentik_providers_microsoft_entra.microsoftentraprovider.discovery_enabled': '2026.8',
  'authentik_providers_microsoft_entra.microsoftentraprovider.dry_run': '2025.4',
  'authentik_providers_oauth2.oauth2provider.grant_types': '2026.8',
  'authentik_providers_saml.samlprovider.authn_context_class_ref_mapping': '2025.4',
  'authentik_providers_saml.samlprovider.default_name_id_policy': '2025.8',
  'authentik_providers_saml.samlprovider.issuer_override': '2026.8',
  'authentik_providers_saml.samlprovider.sign_logout_response': '2026.5',
  'authentik_providers_scim.scimprovider.compatibility_mode': '2025.4',
  'authentik_providers_scim.scimprovider.discovery_enabled': '2026.8',
  'authentik_providers_scim.scimprovider.dry_run': '2025.4',
  'authentik_providers_scim.scimprovider.group_filters': '2026.2',
  'authentik_providers_ssf.ssfprovider.push_verify_certificates': '2026.5',
  'authentik_providers_ws_federation.wsfederationprovider.saml_version': '2026.8',
  'authentik_sources_ldap.ldapsource.delete_not_found_objects': '2025.6',
  'authentik_sources_ldap.ldapsource.lookup_groups_from_user': '2025.4',
  'authentik_sources_ldap.ldapsource.sync_group_hierarchy': '2026.8',
  'authentik_sources_ldap.ldapsource.user_membership_attribute': '2025.6',
  'authentik_sources_oauth.oauthsource.authorization_code_auth_method': '2025.4',
  'authentik_sources_saml.samlsource.force_authn': '2026.5',
  'authentik_sources_saml.samlsource.issuer_override': '2026.8',
  'authentik_stages_authenticator_validate.authenticatorvalidatestage.email_otp_throttling_factor': '2026.8',
  'authentik_stages_authenticator_validate.authenticatorvalidatestage.sms_otp_throttling_factor': '2026.8',
  'authentik_stages_authenticator_validate.authenticatorvalidatestage.static_otp_throttling_factor': '2026.8',
  'authentik_stages_authenticator_validate.authenticatorvalidatestage.totp_otp_throttling_factor': '2026.8',
  'authentik_stages_authenticator_validate.authenticatorvalidatestage.webauthn_hints': '2026.5',
  'authentik_stages_authenticator_webauthn.authenticatorwebauthnstage.hints': '2026.5',
  'authentik_stages_authenticator_webauthn.authenticatorwebauthnstage.max_attempts': '2025.8',
  'authentik_stages_captcha.captchastage.request_content_type': '2026.8',
  'authentik_stages_email.emailstage.recovery_cache_timeout': '2025.8',
  'authentik_stages_email.emailstage.recovery_max_attempts': '2025.8',
  'authentik_stages_identification.identificationstage.enable_remember_me': '2025.4',
  'authentik_stages_source.sourcestage.resume_on_match_failures': '2026.8',
  'authentik_stages_user_login.userloginstage.remember_device': '2025.8',
  'asbuilt.settings.base_url': '2026.8',
};

/** An attribute that the OpenAPI in use has no more: the releases that had it, and what it was. */
export interface FormerAttribute {
  readonly until: string;
  readonly since?: string;
  readonly schema: JsonObject;
  readonly required?: boolean;
  readonly fallback?: JsonObject[string];
  readonly reference?: { readonly to: string; readonly onDelete: 'cascade' | 'set_null' };
}

/** What went since: `kind.attribute`. */
const formerAttributes: Record<string, FormerAttribute> = {
  'authentik_core.group.parent': {
    until: '2025.10',
    schema: { type: 'string', format: 'uuid', nullable: true },
    fallback: null,
    reference: { to: 'authentik_core.group', onDelete: 'set_null' },
  },
  'authentik_providers_saml.samlprovider.issuer': {
    until: '2026.5',
    schema: { type: 'string', minLength: 1 },
    fallback: 'authentik',
  },
  'authentik_providers_scim.scimprovider.filter_group': {
    until: '2025.12',
    schema: { type: 'string', format: 'uuid', nullable: true },
    fallback: null,
    reference: { to: 'authentik_core.group', onDelete: 'set_null' },
  },
  'authentik_sources_saml.samlsource.issuer': {
    until: '2026.5',
    schema: { type: 'string' },
    fallback: '',
  },
  'authentik_stages_authenticator_webauthn.authenticatorwebauthnstage.prevent_duplicate_devices': {
    since: '2026.5',
    until: '2026.5',
    schema: { type: 'boolean' },
    fallback: true,
  },
  'authentik_rbac.initialpermissions.mode': {
    until: '2025.10',
    since: '2025.4',
    schema: { type: 'string', enum: ['user', 'role'] },
    required: true,
  },
};

/** The other side of a source's connection, which later releases no longer take; until 2026.5 it must be given. */
const formerHolder: Record<string, FormerAttribute> = {
  user: {
    until: '2026.5',
    schema: { type: 'integer' },
    required: true,
    reference: { to: 'authentik_core.user', onDelete: 'cascade' },
  },
  group: {
    until: '2026.5',
    schema: { type: 'string', format: 'uuid' },
    required: true,
    reference: { to: 'authentik_core.group', onDelete: 'cascade' },
  },
};

/** Whether a release has a kind. */
export function hasKind(version: string, kind: string): boolean {
  const since = kindsSince[kind];
  return since === undefined || release(version) >= release(since);
}

/** Whether a release has an attribute of a kind (former ones are asked for with `formerAttributesOf`). */
export function hasAttribute(version: string, kind: string, attribute: string): boolean {
  if (
    /sourceconnection$/.test(kind) &&
    hiddenParts.has(`${kind.match(/\.(user|group)/)?.[1]}.${attribute}`)
  ) {
    return release(version) >= release('2026.2');
  }
  const since = attributesSince[`${kind}.${attribute}`] ?? shownSince[`${kind}.${attribute}`];
  return since === undefined || release(version) >= release(since);
}

/** Parts of connections' answers that 2025.12 does not show. */
const hiddenParts = new Set(['user.user_obj', 'group.source_obj', 'group.group_obj']);

/** What a release shows in answers and a later one added; read-only. */
const shownSince: Record<string, string> = {
  'authentik_core.application.pbm_uuid': '2026.2',
  'authentik_policies.policybinding.expires': '2026.2',
  'authentik_policies.policybinding.expiring': '2026.2',
  'authentik_endpoints.deviceuserbinding.expires': '2026.2',
  'authentik_endpoints.deviceuserbinding.expiring': '2026.2',
  'authentik_providers_saml.samlprovider.url_unified': '2026.2',
  'authentik_providers_saml.samlprovider.url_unified_init': '2026.2',
  'authentik_providers_scim.scimprovider.auth_oauth_token_last_updated': '2026.2',
  'authentik_providers_scim.scimprovider.auth_oauth_token_expires': '2026.2',
  'authentik_providers_scim.scimprovider.auth_oauth_url_callback': '2026.2',
  'authentik_providers_scim.scimprovider.auth_oauth_url_start': '2026.2',
  'authentik_providers_saml.samlprovider.url_issuer': '2026.8',
  'authentik_sources_saml.samlsource.url_issuer': '2026.8',
};

/** Properties of parts (`component.property`) that later releases added. */
const partsSince: Record<string, string> = { 'RedirectURIRequest.redirect_uri_type': '2026.2' };

/** Whether a release knows a property of a component that is part of an attribute's value. */
export function hasProperty(version: string, component: string, property: string): boolean {
  const since = partsSince[`${component}.${property}`];
  return since === undefined || release(version) >= release(since);
}

/** The attributes of a kind that a release has and the OpenAPI in use does not. */
export function formerAttributesOf(version: string, kind: string): [string, FormerAttribute][] {
  const now = release(version);
  const holder = /\.(user|group)\w+sourceconnection$/.exec(kind)?.[1];
  const connected: [string, FormerAttribute][] =
    holder === undefined ? [] : [[`${kind}.${holder}`, formerHolder[holder]!]];
  return [...connected, ...Object.entries(formerAttributes)]
    .filter(([name, { since, until }]) => {
      if (name.slice(0, name.lastIndexOf('.')) !== kind) return false;
      return now <= release(until) && (since === undefined || now >= release(since));
    })
    .map(([name, attribute]) => [name.slice(name.lastIndexOf('.') + 1), attribute]);
}

/** Paths that a 2025.12.4 answered as if they were not there. */
const pathsSince: Record<string, string> = {
  '/managed/blueprints/import/': '2026.5',
  '/core/authenticated_sessions/bulk_delete/': '2026.2',
  '/core/users/{id}/set_password_hash/': '2026.5',
  '/stages/invitation/invitations/{invite_uuid}/send_email/': '2026.2',
};

/**
 * The path templates of the OpenAPI in use that a release does not have; `listed` are the lists that it has. The tenants' API is
 * switched off unless an administrator asks for it.
 */
export function missingPaths(version: string, listed: ReadonlySet<string>): Set<string> {
  const now = release(version);
  const gone = listTemplates().filter((path) => !path.includes('{') && !listed.has(path));
  return new Set(
    allTemplates().filter((template) => {
      const since = pathsSince[template];
      const isLater = since !== undefined && now < release(since);
      return isLater || template.startsWith('/tenants/') || gone.some((path) => template.startsWith(path));
    }),
  );
}

/** Blueprints and flows were imported here until 2026.2, by any model (source of each release branch). */
export function formerImport(version: string, path: string): boolean {
  return path === '/flows/instances/import/' && release(version) < release('2026.5');
}
