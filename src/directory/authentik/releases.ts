/**
 * Which release of authentik brought a kind or an attribute, from 2024.12 on. Sources: the blueprint schema of each release
 * branch, compared; for 2026.8 its published OpenAPI.
 */
import type { Kind } from '../../model/model.js';

/** A release that can be compared: 202512 for `2025.12.4`. */
export function releaseOf(version: string): number {
  const [year = '0', month = '0'] = version.split('.');
  return Number(year) * 100 + Number(month);
}

/** The oldest release that is served. */
export const oldest = '2024.12';
/** The newest release that these tables know. */
export const newest = '2026.8';

const kinds: Readonly<Record<Kind, string>> = {
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

const attributes: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  'authentik_brands.brand': {
    branding_custom_css: '2025.4',
    branding_default_flow_background: '2025.4',
    branding_map_tiles: '2026.8',
    client_certificates: '2025.6',
    flow_lockdown: '2026.8',
    flow_request: '2026.8',
    flow_user_switch: '2026.8',
  },
  'authentik_core.application': {
    meta_hide: '2026.8',
    meta_icon: '2025.12',
  },
  'authentik_core.group': {
    parents: '2025.12',
  },
  'authentik_core.user': {
    roles: '2025.12',
  },
  'authentik_endpoints.deviceaccessgroup': {
    attributes: '2026.2',
  },
  'authentik_events.notification': {
    hyperlink: '2025.12',
    hyperlink_label: '2025.12',
  },
  'authentik_events.notificationrule': {
    destination_event_user: '2025.8',
    destination_group: '2025.8',
  },
  'authentik_events.notificationtransport': {
    email_subject_prefix: '2025.8',
    email_template: '2025.8',
    webhook_ca: '2026.5',
    webhook_mapping_body: '2025.4',
    webhook_mapping_headers: '2025.4',
  },
  'authentik_policies_event_matcher.eventmatcherpolicy': {
    query: '2026.5',
  },
  'authentik_policies_geoip.geoippolicy': {
    check_history_distance: '2025.2',
    check_impossible_travel: '2025.2',
    distance_tolerance_km: '2025.2',
    history_login_count: '2025.2',
    history_max_distance_km: '2025.2',
    impossible_tolerance_km: '2025.2',
  },
  'authentik_providers_google_workspace.googleworkspaceprovider': {
    discovery_enabled: '2026.8',
    dry_run: '2025.4',
    sync_page_size: '2025.12',
    sync_page_timeout: '2025.12',
  },
  'authentik_providers_microsoft_entra.microsoftentraprovider': {
    discovery_enabled: '2026.8',
    dry_run: '2025.4',
    sync_page_size: '2025.12',
    sync_page_timeout: '2025.12',
  },
  'authentik_providers_oauth2.oauth2provider': {
    grant_types: '2026.8',
    logout_method: '2025.10',
    logout_uri: '2025.10',
    refresh_token_threshold: '2025.10',
  },
  'authentik_providers_radius.radiusprovider': {
    certificate: '2025.10',
  },
  'authentik_providers_saml.samlprovider': {
    authn_context_class_ref_mapping: '2025.4',
    default_name_id_policy: '2025.8',
    logout_method: '2025.10',
    sign_logout_request: '2025.10',
    sign_logout_response: '2026.5',
    sls_binding: '2025.10',
    sls_url: '2025.10',
  },
  'authentik_providers_scim.scimprovider': {
    auth_mode: '2025.10',
    auth_oauth: '2025.10',
    auth_oauth_params: '2025.10',
    compatibility_mode: '2025.4',
    discovery_enabled: '2026.8',
    dry_run: '2025.4',
    group_filters: '2026.2',
    service_provider_config_cache_timeout: '2025.12',
    sync_page_size: '2025.12',
    sync_page_timeout: '2025.12',
  },
  'authentik_providers_ssf.ssfprovider': {
    push_verify_certificates: '2026.5',
  },
  'authentik_providers_ws_federation.wsfederationprovider': {
    saml_version: '2026.8',
  },
  'authentik_sources_kerberos.kerberossource': {
    promoted: '2025.12',
    sync_outgoing_trigger_mode: '2025.12',
  },
  'authentik_sources_ldap.ldapsource': {
    delete_not_found_objects: '2025.6',
    lookup_groups_from_user: '2025.4',
    promoted: '2025.12',
    sync_group_hierarchy: '2026.8',
    sync_outgoing_trigger_mode: '2025.12',
    user_membership_attribute: '2025.6',
  },
  'authentik_sources_oauth.oauthsource': {
    authorization_code_auth_method: '2025.4',
    pkce: '2025.10',
    promoted: '2025.12',
  },
  'authentik_sources_oauth.useroauthsourceconnection': {
    expires: '2025.10',
  },
  'authentik_sources_plex.plexsource': {
    promoted: '2025.12',
  },
  'authentik_sources_saml.samlsource': {
    force_authn: '2026.5',
    promoted: '2025.12',
    signed_assertion: '2025.10',
    signed_response: '2025.10',
  },
  'authentik_sources_telegram.telegramsource': {
    promoted: '2025.12',
  },
  'authentik_stages_authenticator_validate.authenticatorvalidatestage': {
    email_otp_throttling_factor: '2026.8',
    sms_otp_throttling_factor: '2026.8',
    static_otp_throttling_factor: '2026.8',
    totp_otp_throttling_factor: '2026.8',
    webauthn_hints: '2026.5',
  },
  'authentik_stages_authenticator_webauthn.authenticatorwebauthnstage': {
    hints: '2026.5',
    max_attempts: '2025.8',
  },
  'authentik_stages_captcha.captchastage': {
    request_content_type: '2026.8',
  },
  'authentik_stages_email.emailstage': {
    recovery_cache_timeout: '2025.8',
    recovery_max_attempts: '2025.8',
  },
  'authentik_stages_identification.identificationstage': {
    enable_remember_me: '2025.4',
    webauthn_stage: '2025.12',
  },
  'authentik_stages_source.sourcestage': {
    resume_on_match_failures: '2026.8',
  },
  'authentik_stages_user_login.userloginstage': {
    remember_device: '2025.8',
  },
  'asbuilt.settings': { base_url: '2026.8' },
};

/** The release that a kind, or an attribute of it, needs; undefined where 2024.12 has it. */
export function neededFor(kind: Kind, attribute?: string): string | undefined {
  return attribute === undefined ? kinds[kind] : attributes[kind]?.[attribute];
}
