/** Attributes of every kind. Made from `schemas/kinds/` by `npm run schemas`; do not edit. */

export interface Settings {
  avatars?: string;
  base_url?: string;
  default_user_change_name?: boolean;
  default_user_change_email?: boolean;
  default_user_change_username?: boolean;
  event_retention?: string;
  reputation_lower_limit?: number;
  reputation_upper_limit?: number;
  footer_links?: unknown;
  gdpr_compliance?: boolean;
  impersonation?: boolean;
  impersonation_require_reason?: boolean;
  default_token_duration?: string;
  default_token_length?: number;
  pagination_default_page_size?: number;
  pagination_max_page_size?: number;
  flags?: {
    [k: string]: boolean;
  };
}

export interface Blueprint {
  name: string;
  path?: string;
  context?: {
    [k: string]: unknown;
  };
  enabled?: boolean;
  content?: string;
}

export interface MetaApplyBlueprint {
  identifiers: {
    [k: string]: unknown;
  };
  required?: boolean;
}

export interface Brand {
  domain: string;
  default?: boolean;
  branding_title?: string;
  branding_logo?: string;
  branding_favicon?: string;
  branding_custom_css?: string;
  branding_default_flow_background?: string;
  branding_map_tiles?: string;
  flow_authentication?: string | null;
  flow_user_switch?: string | null;
  flow_invalidation?: string | null;
  flow_recovery?: string | null;
  flow_unenrollment?: string | null;
  flow_user_settings?: string | null;
  flow_device_code?: string | null;
  flow_lockdown?: string | null;
  flow_request?: string | null;
  default_application?: string | null;
  web_certificate?: string | null;
  client_certificates?: string[];
  attributes?: {
    [k: string]: unknown;
  };
}

export interface Application {
  name: string;
  slug: string;
  provider?: number | null;
  backchannel_providers?: number[];
  open_in_new_tab?: boolean;
  meta_launch_url?: string;
  meta_icon?: string;
  meta_description?: string;
  meta_publisher?: string;
  policy_engine_mode?: 'all' | 'any';
  group?: string;
  meta_hide?: boolean;
  icon?: string;
}

export interface ApplicationEntitlement {
  name: string;
  app: string;
  attributes?: {
    [k: string]: unknown;
  };
}

export interface Group {
  name: string;
  is_superuser?: boolean;
  parents?: string[];
  users?: number[];
  attributes?: {
    [k: string]: unknown;
  };
  roles?: string[];
}

export interface Token {
  managed?: string | null;
  identifier: string;
  intent: 'api' | 'app_password';
  user: number;
  description?: string;
  expires?: string | null;
  expiring?: boolean;
  key?: string;
}

export interface User {
  username: string;
  name: string;
  is_active?: boolean;
  last_login?: string | null;
  groups?: string[];
  roles?: string[];
  email?: string;
  attributes?: {
    [k: string]: unknown;
  };
  path?: string;
  type?: 'internal' | 'external' | 'service_account' | 'internal_service_account';
  password?: string | null;
  permissions?: string[];
  password_hash?: string;
}

export interface CertificateKeyPair {
  name: string;
  certificate_data: string;
  key_data?: string;
}

export interface DeviceAccessGroup {
  name: string;
  attributes?: {
    [k: string]: unknown;
  };
}

export interface DeviceUserBinding {
  policy?: string | null;
  group?: string | null;
  user?: number | null;
  target: string;
  negate?: boolean;
  enabled?: boolean;
  order: number;
  timeout?: number;
  failure_result?: boolean;
  is_primary?: boolean;
}

export interface EndpointStage {
  name: string;
  connector: string;
  mode?: 'optional' | 'required';
}

export interface AgentConnector {
  connector_uuid?: string;
  name: string;
  enabled?: boolean;
  snapshot_expiry?: string;
  auth_session_duration?: string;
  auth_terminate_session_on_expiry?: boolean;
  refresh_interval?: string;
  authorization_flow?: string | null;
  nss_uid_offset?: number;
  nss_gid_offset?: number;
  challenge_key?: string | null;
  challenge_idle_timeout?: string;
  challenge_trigger_check_in?: boolean;
  jwt_federation_providers?: number[];
}

export interface AgentDeviceUserBinding {
  policy?: string | null;
  group?: string | null;
  user?: number | null;
  target: string;
  negate?: boolean;
  enabled?: boolean;
  order: number;
  timeout?: number;
  failure_result?: boolean;
  is_primary?: boolean;
}

export interface DeviceEnrollmentToken {
  device_group?: string | null;
  connector: string;
  name: string;
  expiring?: boolean;
  expires?: string | null;
  key?: string;
}

export interface FleetConnector {
  connector_uuid?: string;
  name: string;
  enabled?: boolean;
  url: string;
  token: string;
  headers_mapping?: string | null;
  map_users?: boolean;
  map_teams_access_group?: boolean;
}

export interface GoogleChromeConnector {
  connector_uuid?: string;
  name: string;
  enabled?: boolean;
  credentials: {
    [k: string]: unknown;
  };
}

export interface License {
  key: string;
  name?: string;
}

export interface Event {
  user?: {
    [k: string]: unknown;
  };
  action:
    | 'login'
    | 'login_failed'
    | 'logout'
    | 'user_write'
    | 'user_offboarded'
    | 'suspicious_request'
    | 'password_set'
    | 'secret_view'
    | 'secret_rotate'
    | 'invitation_used'
    | 'authorize_application'
    | 'source_linked'
    | 'impersonation_started'
    | 'impersonation_ended'
    | 'flow_execution'
    | 'policy_execution'
    | 'policy_exception'
    | 'property_mapping_exception'
    | 'system_task_execution'
    | 'system_task_exception'
    | 'system_exception'
    | 'configuration_error'
    | 'configuration_warning'
    | 'model_created'
    | 'model_updated'
    | 'model_deleted'
    | 'email_sent'
    | 'update_available'
    | 'export_ready'
    | 'review_initiated'
    | 'review_overdue'
    | 'review_attested'
    | 'review_completed'
    | 'access_request_created'
    | 'access_request_approved'
    | 'access_request_denied'
    | 'access_request_revoked'
    | 'custom_';
  app: string;
  context?: {
    [k: string]: unknown;
  };
  client_ip?: string | null;
  expires?: string;
  brand?: {
    [k: string]: unknown;
  };
}

export interface Notification {
  hyperlink?: string | null;
  hyperlink_label?: string | null;
  event?: {
    [k: string]: unknown;
  };
  seen?: boolean;
}

export interface NotificationRule {
  name: string;
  transports?: string[];
  severity?: 'notice' | 'warning' | 'alert';
  destination_group?: string | null;
  destination_event_user?: boolean;
}

export interface NotificationTransport {
  name: string;
  mode?: 'local' | 'webhook' | 'webhook_slack' | 'email';
  webhook_url?: string;
  webhook_ca?: string | null;
  webhook_mapping_body?: string | null;
  webhook_mapping_headers?: string | null;
  email_subject_prefix?: string;
  email_template?: string;
  send_once?: boolean;
}

export interface NotificationWebhookMapping {
  name: string;
  expression: string;
}

export interface Flow {
  name: string;
  slug: string;
  title: string;
  designation:
    | 'authentication'
    | 'authorization'
    | 'invalidation'
    | 'enrollment'
    | 'unenrollment'
    | 'recovery'
    | 'stage_configuration';
  background?: string;
  policy_engine_mode?: 'all' | 'any';
  compatibility_mode?: boolean;
  layout?:
    | 'stacked'
    | 'content_left'
    | 'content_right'
    | 'sidebar_left'
    | 'sidebar_right'
    | 'sidebar_left_frame_background'
    | 'sidebar_right_frame_background';
  denied_action?: 'message_continue' | 'message' | 'continue';
  authentication?:
    | 'none'
    | 'require_authenticated'
    | 'require_unauthenticated'
    | 'require_superuser'
    | 'require_redirect'
    | 'require_outpost'
    | 'require_token';
}

export interface FlowStageBinding {
  target: string;
  stage: string;
  evaluate_on_plan?: boolean;
  re_evaluate_policies?: boolean;
  order: number;
  policy_engine_mode?: 'all' | 'any';
  invalid_response_action?: 'retry' | 'restart' | 'restart_with_context';
}

export interface LifecycleIteration {
  content_type: 'authentik_core.application' | 'authentik_core.group' | 'authentik_rbac.role';
}

export interface LifecycleRule {
  name: string;
  content_type: 'authentik_core.application' | 'authentik_core.group' | 'authentik_rbac.role';
  object_id?: string | null;
  interval?: string;
  grace_period?: string;
  reviewer_groups?: string[];
  min_reviewers?: number;
  min_reviewers_is_per_group?: boolean;
  reviewers: string[];
  notification_transports?: string[];
}

export interface LifecycleReview {
  iteration: string;
  note?: string | null;
}

export interface DockerServiceConnection {
  name: string;
  local?: boolean;
  url: string;
  tls_verification?: string | null;
  tls_authentication?: string | null;
}

export interface KubernetesServiceConnection {
  name: string;
  local?: boolean;
  kubeconfig?: {
    [k: string]: unknown;
  };
  verify_ssl?: boolean;
}

export interface Outpost {
  name: string;
  type: 'proxy' | 'ldap' | 'radius' | 'rac';
  providers: number[];
  service_connection?: string | null;
  config: {
    [k: string]: unknown;
  };
  managed?: string | null;
}

export interface PolicyBinding {
  policy?: string | null;
  group?: string | null;
  user?: number | null;
  target: string;
  negate?: boolean;
  enabled?: boolean;
  order: number;
  timeout?: number;
  failure_result?: boolean;
}

export interface DummyPolicy {
  name: string;
  execution_logging?: boolean;
  result?: boolean;
  wait_min?: number;
  wait_max?: number;
}

export interface EventMatcherPolicy {
  name: string;
  execution_logging?: boolean;
  action?:
    | 'login'
    | 'login_failed'
    | 'logout'
    | 'user_write'
    | 'user_offboarded'
    | 'suspicious_request'
    | 'password_set'
    | 'secret_view'
    | 'secret_rotate'
    | 'invitation_used'
    | 'authorize_application'
    | 'source_linked'
    | 'impersonation_started'
    | 'impersonation_ended'
    | 'flow_execution'
    | 'policy_execution'
    | 'policy_exception'
    | 'property_mapping_exception'
    | 'system_task_execution'
    | 'system_task_exception'
    | 'system_exception'
    | 'configuration_error'
    | 'configuration_warning'
    | 'model_created'
    | 'model_updated'
    | 'model_deleted'
    | 'email_sent'
    | 'update_available'
    | 'export_ready'
    | 'review_initiated'
    | 'review_overdue'
    | 'review_attested'
    | 'review_completed'
    | 'access_request_created'
    | 'access_request_approved'
    | 'access_request_denied'
    | 'access_request_revoked'
    | 'custom_'
    | null;
  client_ip?: string | null;
  app?:
    | 'authentik.commands'
    | 'authentik.tenants'
    | 'authentik.tasks'
    | 'authentik.admin'
    | 'authentik.api'
    | 'authentik.core'
    | 'authentik.crypto'
    | 'authentik.endpoints'
    | 'authentik.endpoints.connectors.agent'
    | 'authentik.enterprise'
    | 'authentik.events'
    | 'authentik.admin.files'
    | 'authentik.flows'
    | 'authentik.outposts'
    | 'authentik.policies.dummy'
    | 'authentik.policies.event_matcher'
    | 'authentik.policies.expiry'
    | 'authentik.policies.expression'
    | 'authentik.policies.geoip'
    | 'authentik.policies.password'
    | 'authentik.policies.reputation'
    | 'authentik.policies'
    | 'authentik.providers.ldap'
    | 'authentik.providers.oauth2'
    | 'authentik.providers.proxy'
    | 'authentik.providers.rac'
    | 'authentik.providers.radius'
    | 'authentik.providers.saml'
    | 'authentik.providers.scim'
    | 'authentik.rbac'
    | 'authentik.recovery'
    | 'authentik.sources.kerberos'
    | 'authentik.sources.ldap'
    | 'authentik.sources.oauth'
    | 'authentik.sources.plex'
    | 'authentik.sources.saml'
    | 'authentik.sources.scim'
    | 'authentik.sources.telegram'
    | 'authentik.stages.authenticator'
    | 'authentik.stages.authenticator_duo'
    | 'authentik.stages.authenticator_email'
    | 'authentik.stages.authenticator_sms'
    | 'authentik.stages.authenticator_static'
    | 'authentik.stages.authenticator_totp'
    | 'authentik.stages.authenticator_validate'
    | 'authentik.stages.authenticator_webauthn'
    | 'authentik.stages.captcha'
    | 'authentik.stages.consent'
    | 'authentik.stages.deny'
    | 'authentik.stages.dummy'
    | 'authentik.stages.email'
    | 'authentik.stages.identification'
    | 'authentik.stages.invitation'
    | 'authentik.stages.password'
    | 'authentik.stages.prompt'
    | 'authentik.stages.redirect'
    | 'authentik.stages.user_delete'
    | 'authentik.stages.user_login'
    | 'authentik.stages.user_logout'
    | 'authentik.stages.user_write'
    | 'authentik.tasks.schedules'
    | 'authentik.brands'
    | 'authentik.blueprints'
    | 'authentik.enterprise.agents'
    | 'authentik.enterprise.audit'
    | 'authentik.enterprise.endpoints.connectors.agent'
    | 'authentik.enterprise.endpoints.connectors.fleet'
    | 'authentik.enterprise.endpoints.connectors.google_chrome'
    | 'authentik.enterprise.lifecycle'
    | 'authentik.enterprise.policies.unique_password'
    | 'authentik.enterprise.providers.google_workspace'
    | 'authentik.enterprise.providers.microsoft_entra'
    | 'authentik.enterprise.providers.radius'
    | 'authentik.enterprise.providers.scim'
    | 'authentik.enterprise.providers.ssf'
    | 'authentik.enterprise.providers.ws_federation'
    | 'authentik.enterprise.reports'
    | 'authentik.enterprise.requests'
    | 'authentik.enterprise.stages.account_lockdown'
    | 'authentik.enterprise.stages.authenticator_endpoint_gdtc'
    | 'authentik.enterprise.stages.mtls'
    | 'authentik.enterprise.stages.source'
    | null;
  model?:
    | 'authentik_tenants.domain'
    | 'authentik_core.group'
    | 'authentik_core.user'
    | 'authentik_core.application'
    | 'authentik_core.applicationentitlement'
    | 'authentik_core.token'
    | 'authentik_core.objectattribute'
    | 'authentik_core.actor'
    | 'authentik_crypto.certificatekeypair'
    | 'authentik_endpoints.deviceuserbinding'
    | 'authentik_endpoints.deviceaccessgroup'
    | 'authentik_endpoints.endpointstage'
    | 'authentik_endpoints_connectors_agent.agentconnector'
    | 'authentik_endpoints_connectors_agent.agentdeviceuserbinding'
    | 'authentik_endpoints_connectors_agent.enrollmenttoken'
    | 'authentik_enterprise.license'
    | 'authentik_events.event'
    | 'authentik_events.notificationtransport'
    | 'authentik_events.notification'
    | 'authentik_events.notificationrule'
    | 'authentik_events.notificationwebhookmapping'
    | 'authentik_flows.flow'
    | 'authentik_flows.flowstagebinding'
    | 'authentik_outposts.dockerserviceconnection'
    | 'authentik_outposts.kubernetesserviceconnection'
    | 'authentik_outposts.outpost'
    | 'authentik_policies_dummy.dummypolicy'
    | 'authentik_policies_event_matcher.eventmatcherpolicy'
    | 'authentik_policies_expiry.passwordexpirypolicy'
    | 'authentik_policies_expression.expressionpolicy'
    | 'authentik_policies_geoip.geoippolicy'
    | 'authentik_policies_password.passwordpolicy'
    | 'authentik_policies_reputation.reputationpolicy'
    | 'authentik_policies.policybinding'
    | 'authentik_providers_ldap.ldapprovider'
    | 'authentik_providers_oauth2.scopemapping'
    | 'authentik_providers_oauth2.oauth2provider'
    | 'authentik_providers_oauth2.oauth2dynamicclientregistration'
    | 'authentik_providers_proxy.proxyprovider'
    | 'authentik_providers_rac.racprovider'
    | 'authentik_providers_rac.endpoint'
    | 'authentik_providers_rac.racpropertymapping'
    | 'authentik_providers_radius.radiusprovider'
    | 'authentik_providers_radius.radiusproviderpropertymapping'
    | 'authentik_providers_saml.samlprovider'
    | 'authentik_providers_saml.samlpropertymapping'
    | 'authentik_providers_scim.scimprovider'
    | 'authentik_providers_scim.scimmapping'
    | 'authentik_rbac.role'
    | 'authentik_rbac.initialpermissions'
    | 'authentik_sources_kerberos.kerberossource'
    | 'authentik_sources_kerberos.kerberossourcepropertymapping'
    | 'authentik_sources_kerberos.userkerberossourceconnection'
    | 'authentik_sources_kerberos.groupkerberossourceconnection'
    | 'authentik_sources_ldap.ldapsource'
    | 'authentik_sources_ldap.ldapsourcepropertymapping'
    | 'authentik_sources_ldap.userldapsourceconnection'
    | 'authentik_sources_ldap.groupldapsourceconnection'
    | 'authentik_sources_oauth.oauthsource'
    | 'authentik_sources_oauth.oauthsourcepropertymapping'
    | 'authentik_sources_oauth.useroauthsourceconnection'
    | 'authentik_sources_oauth.groupoauthsourceconnection'
    | 'authentik_sources_plex.plexsource'
    | 'authentik_sources_plex.plexsourcepropertymapping'
    | 'authentik_sources_plex.userplexsourceconnection'
    | 'authentik_sources_plex.groupplexsourceconnection'
    | 'authentik_sources_saml.samlsource'
    | 'authentik_sources_saml.samlsourcepropertymapping'
    | 'authentik_sources_saml.usersamlsourceconnection'
    | 'authentik_sources_saml.groupsamlsourceconnection'
    | 'authentik_sources_scim.scimsource'
    | 'authentik_sources_scim.scimsourcepropertymapping'
    | 'authentik_sources_telegram.telegramsource'
    | 'authentik_sources_telegram.telegramsourcepropertymapping'
    | 'authentik_sources_telegram.usertelegramsourceconnection'
    | 'authentik_sources_telegram.grouptelegramsourceconnection'
    | 'authentik_stages_authenticator_duo.authenticatorduostage'
    | 'authentik_stages_authenticator_duo.duodevice'
    | 'authentik_stages_authenticator_email.authenticatoremailstage'
    | 'authentik_stages_authenticator_email.emaildevice'
    | 'authentik_stages_authenticator_sms.authenticatorsmsstage'
    | 'authentik_stages_authenticator_sms.smsdevice'
    | 'authentik_stages_authenticator_static.authenticatorstaticstage'
    | 'authentik_stages_authenticator_static.staticdevice'
    | 'authentik_stages_authenticator_totp.authenticatortotpstage'
    | 'authentik_stages_authenticator_totp.totpdevice'
    | 'authentik_stages_authenticator_validate.authenticatorvalidatestage'
    | 'authentik_stages_authenticator_webauthn.authenticatorwebauthnstage'
    | 'authentik_stages_authenticator_webauthn.webauthndevice'
    | 'authentik_stages_captcha.captchastage'
    | 'authentik_stages_consent.consentstage'
    | 'authentik_stages_deny.denystage'
    | 'authentik_stages_dummy.dummystage'
    | 'authentik_stages_email.emailstage'
    | 'authentik_stages_identification.identificationstage'
    | 'authentik_stages_invitation.invitationstage'
    | 'authentik_stages_invitation.invitation'
    | 'authentik_stages_password.passwordstage'
    | 'authentik_stages_prompt.prompt'
    | 'authentik_stages_prompt.promptstage'
    | 'authentik_stages_redirect.redirectstage'
    | 'authentik_stages_user_delete.userdeletestage'
    | 'authentik_stages_user_login.userloginstage'
    | 'authentik_stages_user_logout.userlogoutstage'
    | 'authentik_stages_user_write.userwritestage'
    | 'authentik_tasks_schedules.schedule'
    | 'authentik_brands.brand'
    | 'authentik_blueprints.blueprintinstance'
    | 'authentik_agents.agent'
    | 'authentik_endpoints_connectors_fleet.fleetconnector'
    | 'authentik_endpoints_connectors_google_chrome.googlechromeconnector'
    | 'authentik_lifecycle.lifecyclerule'
    | 'authentik_lifecycle.lifecycleiteration'
    | 'authentik_lifecycle.review'
    | 'authentik_lifecycle.useroffboarding'
    | 'authentik_policies_unique_password.uniquepasswordpolicy'
    | 'authentik_providers_google_workspace.googleworkspaceprovider'
    | 'authentik_providers_google_workspace.googleworkspaceprovidermapping'
    | 'authentik_providers_microsoft_entra.microsoftentraprovider'
    | 'authentik_providers_microsoft_entra.microsoftentraprovidermapping'
    | 'authentik_providers_ssf.ssfprovider'
    | 'authentik_providers_ws_federation.wsfederationprovider'
    | 'authentik_reports.dataexport'
    | 'authentik_requests.requestrulechildbinding'
    | 'authentik_requests.requestrulebinding'
    | 'authentik_requests.requestrule'
    | 'authentik_requests.grantrequest'
    | 'authentik_stages_account_lockdown.accountlockdownstage'
    | 'authentik_stages_authenticator_endpoint_gdtc.authenticatorendpointgdtcstage'
    | 'authentik_stages_mtls.mutualtlsstage'
    | 'authentik_stages_source.sourcestage'
    | null;
  query?: string | null;
}

export interface PasswordExpiryPolicy {
  name: string;
  execution_logging?: boolean;
  days: number;
  deny_only?: boolean;
}

export interface ExpressionPolicy {
  name: string;
  execution_logging?: boolean;
  expression: string;
}

export interface GeoipPolicy {
  name: string;
  execution_logging?: boolean;
  asns?: number[];
  /**
   * @maxItems 249
   */
  countries: (
    | 'AF'
    | 'AX'
    | 'AL'
    | 'DZ'
    | 'AS'
    | 'AD'
    | 'AO'
    | 'AI'
    | 'AQ'
    | 'AG'
    | 'AR'
    | 'AM'
    | 'AW'
    | 'AU'
    | 'AT'
    | 'AZ'
    | 'BS'
    | 'BH'
    | 'BD'
    | 'BB'
    | 'BY'
    | 'BE'
    | 'BZ'
    | 'BJ'
    | 'BM'
    | 'BT'
    | 'BO'
    | 'BQ'
    | 'BA'
    | 'BW'
    | 'BV'
    | 'BR'
    | 'IO'
    | 'BN'
    | 'BG'
    | 'BF'
    | 'BI'
    | 'CV'
    | 'KH'
    | 'CM'
    | 'CA'
    | 'KY'
    | 'CF'
    | 'TD'
    | 'CL'
    | 'CN'
    | 'CX'
    | 'CC'
    | 'CO'
    | 'KM'
    | 'CG'
    | 'CK'
    | 'CR'
    | 'CI'
    | 'HR'
    | 'CU'
    | 'CW'
    | 'CY'
    | 'CZ'
    | 'CD'
    | 'DK'
    | 'DJ'
    | 'DM'
    | 'DO'
    | 'EC'
    | 'EG'
    | 'SV'
    | 'GQ'
    | 'ER'
    | 'EE'
    | 'SZ'
    | 'ET'
    | 'FK'
    | 'FO'
    | 'FJ'
    | 'FI'
    | 'FR'
    | 'GF'
    | 'PF'
    | 'TF'
    | 'GA'
    | 'GM'
    | 'GE'
    | 'DE'
    | 'GH'
    | 'GI'
    | 'GR'
    | 'GL'
    | 'GD'
    | 'GP'
    | 'GU'
    | 'GT'
    | 'GG'
    | 'GN'
    | 'GW'
    | 'GY'
    | 'HT'
    | 'HM'
    | 'HN'
    | 'HK'
    | 'HU'
    | 'IS'
    | 'IN'
    | 'ID'
    | 'IR'
    | 'IQ'
    | 'IE'
    | 'IM'
    | 'IL'
    | 'IT'
    | 'JM'
    | 'JP'
    | 'JE'
    | 'JO'
    | 'KZ'
    | 'KE'
    | 'KI'
    | 'KW'
    | 'KG'
    | 'LA'
    | 'LV'
    | 'LB'
    | 'LS'
    | 'LR'
    | 'LY'
    | 'LI'
    | 'LT'
    | 'LU'
    | 'MO'
    | 'MG'
    | 'MW'
    | 'MY'
    | 'MV'
    | 'ML'
    | 'MT'
    | 'MH'
    | 'MQ'
    | 'MR'
    | 'MU'
    | 'YT'
    | 'MX'
    | 'FM'
    | 'MD'
    | 'MC'
    | 'MN'
    | 'ME'
    | 'MS'
    | 'MA'
    | 'MZ'
    | 'MM'
    | 'NA'
    | 'NR'
    | 'NP'
    | 'NL'
    | 'NC'
    | 'NZ'
    | 'NI'
    | 'NE'
    | 'NG'
    | 'NU'
    | 'NF'
    | 'KP'
    | 'MK'
    | 'MP'
    | 'NO'
    | 'OM'
    | 'PK'
    | 'PW'
    | 'PS'
    | 'PA'
    | 'PG'
    | 'PY'
    | 'PE'
    | 'PH'
    | 'PN'
    | 'PL'
    | 'PT'
    | 'PR'
    | 'QA'
    | 'RE'
    | 'RO'
    | 'RU'
    | 'RW'
    | 'BL'
    | 'SH'
    | 'KN'
    | 'LC'
    | 'MF'
    | 'PM'
    | 'VC'
    | 'WS'
    | 'SM'
    | 'ST'
    | 'SA'
    | 'SN'
    | 'RS'
    | 'SC'
    | 'SL'
    | 'SG'
    | 'SX'
    | 'SK'
    | 'SI'
    | 'SB'
    | 'SO'
    | 'ZA'
    | 'GS'
    | 'KR'
    | 'SS'
    | 'ES'
    | 'LK'
    | 'SD'
    | 'SR'
    | 'SJ'
    | 'SE'
    | 'CH'
    | 'SY'
    | 'TW'
    | 'TJ'
    | 'TZ'
    | 'TH'
    | 'TL'
    | 'TG'
    | 'TK'
    | 'TO'
    | 'TT'
    | 'TN'
    | 'TR'
    | 'TM'
    | 'TC'
    | 'TV'
    | 'UG'
    | 'UA'
    | 'AE'
    | 'GB'
    | 'UM'
    | 'US'
    | 'UY'
    | 'UZ'
    | 'VU'
    | 'VA'
    | 'VE'
    | 'VN'
    | 'VG'
    | 'VI'
    | 'WF'
    | 'EH'
    | 'YE'
    | 'ZM'
    | 'ZW'
  )[];
  check_history_distance?: boolean;
  history_max_distance_km?: number;
  distance_tolerance_km?: number;
  history_login_count?: number;
  check_impossible_travel?: boolean;
  impossible_tolerance_km?: number;
}

export interface PasswordPolicy {
  name: string;
  execution_logging?: boolean;
  password_field?: string;
  amount_digits?: number;
  amount_uppercase?: number;
  amount_lowercase?: number;
  amount_symbols?: number;
  length_min?: number;
  symbol_charset?: string;
  error_message?: string;
  check_static_rules?: boolean;
  check_have_i_been_pwned?: boolean;
  check_zxcvbn?: boolean;
  hibp_allowed_count?: number;
  zxcvbn_score_threshold?: number;
}

export interface ReputationPolicy {
  name: string;
  execution_logging?: boolean;
  check_ip?: boolean;
  check_username?: boolean;
  threshold?: number;
}

export interface UniquePasswordPolicy {
  name: string;
  execution_logging?: boolean;
  password_field?: string;
  num_historical_passwords?: number;
}

export interface GoogleWorkspaceProvider {
  name: string;
  property_mappings?: string[];
  property_mappings_group?: string[];
  delegated_subject: string;
  credentials: {
    [k: string]: unknown;
  };
  scopes?: string;
  exclude_users_service_account?: boolean;
  filter_group?: string | null;
  user_delete_action?: 'do_nothing' | 'delete' | 'suspend';
  group_delete_action?: 'do_nothing' | 'delete' | 'suspend';
  default_group_email_domain: string;
  sync_page_size?: number;
  sync_page_timeout?: string;
  dry_run?: boolean;
  discovery_enabled?: boolean;
}

export interface GoogleWorkspaceProviderMapping {
  managed?: string | null;
  name: string;
  expression: string;
}

export interface LdapProvider {
  name: string;
  authentication_flow?: string | null;
  authorization_flow: string;
  invalidation_flow: string;
  property_mappings?: string[];
  base_dn?: string;
  certificate?: string | null;
  tls_server_name?: string;
  uid_start_number?: number;
  gid_start_number?: number;
  search_mode?: 'direct' | 'cached';
  bind_mode?: 'direct' | 'cached';
  mfa_support?: boolean;
}

export interface MicrosoftEntraProvider {
  name: string;
  property_mappings?: string[];
  property_mappings_group?: string[];
  client_id: string;
  client_secret: string;
  tenant_id: string;
  exclude_users_service_account?: boolean;
  filter_group?: string | null;
  user_delete_action?: 'do_nothing' | 'delete' | 'suspend';
  group_delete_action?: 'do_nothing' | 'delete' | 'suspend';
  sync_page_size?: number;
  discovery_enabled?: boolean;
  sync_page_timeout?: string;
  dry_run?: boolean;
}

export interface MicrosoftEntraProviderMapping {
  managed?: string | null;
  name: string;
  expression: string;
}

export interface Oauth2Provider {
  name: string;
  authentication_flow?: string | null;
  authorization_flow: string;
  invalidation_flow: string;
  property_mappings?: string[];
  client_type?: 'confidential' | 'public';
  grant_types?: (
    | 'authorization_code'
    | 'implicit'
    | 'hybrid'
    | 'refresh_token'
    | 'client_credentials'
    | 'password'
    | 'urn:ietf:params:oauth:grant-type:device_code'
    | 'urn:ietf:params:oauth:grant-type:token-exchange'
  )[];
  client_id?: string;
  client_secret?: string;
  access_code_validity?: string;
  access_token_validity?: string;
  refresh_token_validity?: string;
  refresh_token_threshold?: string;
  include_claims_in_id_token?: boolean;
  signing_key?: string | null;
  encryption_key?: string | null;
  redirect_uris: {
    matching_mode: 'strict' | 'regex';
    url: string;
    redirect_uri_type?: 'authorization' | 'logout';
    [k: string]: unknown;
  }[];
  logout_uri?: string;
  logout_method?: 'backchannel' | 'frontchannel';
  sub_mode?: 'hashed_user_id' | 'user_id' | 'user_uuid' | 'user_username' | 'user_email' | 'user_upn';
  issuer_mode?: 'global' | 'per_provider';
  jwt_federation_sources?: string[];
  jwt_federation_providers?: number[];
}

export interface ScopeMapping {
  managed?: string | null;
  name: string;
  expression: string;
  scope_name: string;
  description?: string;
}

export interface ProxyProvider {
  name: string;
  authentication_flow?: string | null;
  authorization_flow: string;
  invalidation_flow: string;
  property_mappings?: string[];
  internal_host?: string;
  external_host: string;
  internal_host_ssl_validation?: boolean;
  certificate?: string | null;
  skip_path_regex?: string;
  basic_auth_enabled?: boolean;
  basic_auth_password_attribute?: string;
  basic_auth_user_attribute?: string;
  mode?: 'proxy' | 'forward_single' | 'forward_domain';
  intercept_header_auth?: boolean;
  cookie_domain?: string;
  jwt_federation_sources?: string[];
  jwt_federation_providers?: number[];
  access_token_validity?: string;
  refresh_token_validity?: string;
}

export interface RacEndpoint {
  name: string;
  provider: number;
  protocol: 'rdp' | 'vnc' | 'ssh';
  host: string;
  settings?: {
    [k: string]: unknown;
  };
  property_mappings?: string[];
  auth_mode: 'static' | 'prompt';
  maximum_connections?: number;
}

export interface RacPropertyMapping {
  managed?: string | null;
  name: string;
  expression?: string;
  static_settings: {
    [k: string]: unknown;
  };
}

export interface RacProvider {
  name: string;
  authentication_flow?: string | null;
  authorization_flow: string;
  property_mappings?: string[];
  settings?: {
    [k: string]: unknown;
  };
  connection_expiry?: string;
  delete_token_on_disconnect?: boolean;
}

export interface RadiusProvider {
  name: string;
  authentication_flow?: string | null;
  authorization_flow: string;
  invalidation_flow: string;
  property_mappings?: string[];
  client_networks?: string;
  shared_secret?: string;
  mfa_support?: boolean;
  certificate?: string | null;
}

export interface RadiusProviderPropertyMapping {
  managed?: string | null;
  name: string;
  expression: string;
}

export interface SamlPropertyMapping {
  managed?: string | null;
  name: string;
  expression: string;
  saml_name: string;
  friendly_name?: string | null;
}

export interface SamlProvider {
  name: string;
  authentication_flow?: string | null;
  authorization_flow: string;
  invalidation_flow: string;
  property_mappings?: string[];
  acs_url: string;
  sls_url?: string;
  audience?: string;
  issuer_override?: string;
  assertion_valid_not_before?: string;
  assertion_valid_not_on_or_after?: string;
  session_valid_not_on_or_after?: string;
  name_id_mapping?: string | null;
  authn_context_class_ref_mapping?: string | null;
  digest_algorithm?:
    | 'http://www.w3.org/2000/09/xmldsig#sha1'
    | 'http://www.w3.org/2001/04/xmlenc#sha256'
    | 'http://www.w3.org/2001/04/xmldsig-more#sha384'
    | 'http://www.w3.org/2001/04/xmlenc#sha512';
  signature_algorithm?:
    | 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'
    | 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
    | 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384'
    | 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512'
    | 'http://www.w3.org/2000/09/xmldsig#dsa-sha1';
  signing_kp?: string | null;
  verification_kp?: string | null;
  encryption_kp?: string | null;
  sign_assertion?: boolean;
  sign_response?: boolean;
  sign_logout_request?: boolean;
  sign_logout_response?: boolean;
  sp_binding?: 'redirect' | 'post';
  sls_binding?: 'redirect' | 'post';
  logout_method?: 'frontchannel_iframe' | 'frontchannel_native' | 'backchannel';
  default_relay_state?: string;
  default_name_id_policy?:
    | 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
    | 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
    | 'urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName'
    | 'urn:oasis:names:tc:SAML:2.0:nameid-format:WindowsDomainQualifiedName'
    | 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
    | 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
}

export interface ScimMapping {
  managed?: string | null;
  name: string;
  expression: string;
}

export interface ScimProvider {
  name: string;
  property_mappings?: string[];
  property_mappings_group?: string[];
  url: string;
  verify_certificates?: boolean;
  token?: string;
  auth_mode?: 'token' | 'oauth' | 'oauth_interactive';
  auth_oauth?: string | null;
  auth_oauth_params?: {
    [k: string]: unknown;
  };
  compatibility_mode?: 'default' | 'aws' | 'slack' | 'sfdc' | 'gitlab' | 'webex' | 'vcenter';
  service_provider_config_cache_timeout?: string;
  exclude_users_service_account?: boolean;
  sync_page_size?: number;
  sync_page_timeout?: string;
  discovery_enabled?: boolean;
  group_filters?: string[];
  dry_run?: boolean;
}

export interface SsfProvider {
  name: string;
  signing_key: string;
  oidc_auth_providers?: number[];
  event_retention?: string;
  push_verify_certificates?: boolean;
}

export interface WsFederationProvider {
  name: string;
  authentication_flow?: string | null;
  authorization_flow: string;
  invalidation_flow: string;
  property_mappings?: string[];
  reply_url: string;
  wtrealm: string;
  assertion_valid_not_before?: string;
  assertion_valid_not_on_or_after?: string;
  session_valid_not_on_or_after?: string;
  name_id_mapping?: string | null;
  authn_context_class_ref_mapping?: string | null;
  saml_version?: '1.1' | '2.0';
  digest_algorithm?:
    | 'http://www.w3.org/2000/09/xmldsig#sha1'
    | 'http://www.w3.org/2001/04/xmlenc#sha256'
    | 'http://www.w3.org/2001/04/xmldsig-more#sha384'
    | 'http://www.w3.org/2001/04/xmlenc#sha512';
  signature_algorithm?:
    | 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'
    | 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
    | 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384'
    | 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512'
    | 'http://www.w3.org/2000/09/xmldsig#dsa-sha1';
  signing_kp?: string | null;
  encryption_kp?: string | null;
  sign_assertion?: boolean;
  sign_logout_request?: boolean;
  default_name_id_policy?:
    | 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
    | 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
    | 'urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName'
    | 'urn:oasis:names:tc:SAML:2.0:nameid-format:WindowsDomainQualifiedName'
    | 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
    | 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
}

export interface InitialPermissions {
  name: string;
  role: string;
  permissions?: number[];
}

export interface Role {
  name: string;
  permissions?: string[];
}

export interface DataExport {
  query_params?: {
    [k: string]: unknown;
  };
}

export interface GroupKerberosSourceConnection {
  source: string;
  identifier: string;
  group: string;
}

export interface KerberosSource {
  name: string;
  slug: string;
  enabled?: boolean;
  promoted?: boolean;
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  policy_engine_mode?: 'all' | 'any';
  user_matching_mode?: 'identifier' | 'email_link' | 'email_deny' | 'username_link' | 'username_deny';
  user_path_template?: string;
  icon?: string;
  group_matching_mode?: 'identifier' | 'name_link' | 'name_deny';
  realm: string;
  krb5_conf?: string;
  kadmin_type?: 'MIT' | 'Heimdal';
  sync_users?: boolean;
  sync_users_password?: boolean;
  sync_principal?: string;
  sync_password?: string;
  sync_keytab?: string;
  sync_ccache?: string;
  spnego_server_name?: string;
  spnego_keytab?: string;
  spnego_ccache?: string;
  password_login_update_internal_password?: boolean;
  sync_outgoing_trigger_mode?: 'none' | 'immediate' | 'deferred_end';
}

export interface KerberosSourcePropertyMapping {
  managed?: string | null;
  name: string;
  expression: string;
}

export interface UserKerberosSourceConnection {
  source: string;
  identifier: string;
  user: number;
}

export interface GroupLdapSourceConnection {
  source: string;
  identifier: string;
  group: string;
}

export interface LdapSource {
  name: string;
  slug: string;
  enabled?: boolean;
  promoted?: boolean;
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  policy_engine_mode?: 'all' | 'any';
  user_matching_mode?: 'identifier' | 'email_link' | 'email_deny' | 'username_link' | 'username_deny';
  user_path_template?: string;
  icon?: string;
  server_uri: string;
  peer_certificate?: string | null;
  client_certificate?: string | null;
  bind_cn?: string;
  bind_password?: string;
  start_tls?: boolean;
  sni?: boolean;
  base_dn: string;
  additional_user_dn?: string;
  additional_group_dn?: string;
  user_object_filter?: string;
  group_object_filter?: string;
  group_membership_field?: string;
  user_membership_attribute?: string;
  object_uniqueness_field?: string;
  password_login_update_internal_password?: boolean;
  sync_users?: boolean;
  sync_users_password?: boolean;
  sync_groups?: boolean;
  sync_parent_group?: string | null;
  lookup_groups_from_user?: boolean;
  delete_not_found_objects?: boolean;
  sync_outgoing_trigger_mode?: 'none' | 'immediate' | 'deferred_end';
  sync_group_hierarchy?: boolean;
}

export interface LdapSourcePropertyMapping {
  managed?: string | null;
  name: string;
  expression: string;
}

export interface UserLdapSourceConnection {
  source: string;
  identifier: string;
  user: number;
}

export interface GroupOauthSourceConnection {
  source: string;
  identifier: string;
  group: string;
}

export interface OauthSource {
  name: string;
  slug: string;
  enabled?: boolean;
  promoted?: boolean;
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  policy_engine_mode?: 'all' | 'any';
  user_matching_mode?: 'identifier' | 'email_link' | 'email_deny' | 'username_link' | 'username_deny';
  user_path_template?: string;
  icon?: string;
  group_matching_mode?: 'identifier' | 'name_link' | 'name_deny';
  provider_type:
    | 'openidconnect'
    | 'apple'
    | 'discord'
    | 'entraid'
    | 'facebook'
    | 'github'
    | 'gitlab'
    | 'google'
    | 'mailcow'
    | 'okta'
    | 'patreon'
    | 'reddit'
    | 'slack'
    | 'twitch'
    | 'twitter'
    | 'wechat';
  request_token_url?: string | null;
  authorization_url?: string | null;
  access_token_url?: string | null;
  profile_url?: string | null;
  pkce?: 'none' | 'plain' | 'S256';
  consumer_key: string;
  consumer_secret: string;
  additional_scopes?: string;
  oidc_well_known_url?: string;
  oidc_jwks_url?: string;
  oidc_jwks?: {
    [k: string]: unknown;
  };
  authorization_code_auth_method?: 'basic_auth' | 'post_body';
}

export interface OauthSourcePropertyMapping {
  managed?: string | null;
  name: string;
  expression: string;
}

export interface UserOauthSourceConnection {
  source: string;
  identifier: string;
  access_token?: string | null;
  expires?: string;
  user: number;
}

export interface GroupPlexSourceConnection {
  source: string;
  identifier: string;
  group: string;
}

export interface PlexSource {
  name: string;
  slug: string;
  enabled?: boolean;
  promoted?: boolean;
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  policy_engine_mode?: 'all' | 'any';
  user_matching_mode?: 'identifier' | 'email_link' | 'email_deny' | 'username_link' | 'username_deny';
  user_path_template?: string;
  icon?: string;
  group_matching_mode?: 'identifier' | 'name_link' | 'name_deny';
  client_id?: string;
  allowed_servers?: string[];
  allow_friends?: boolean;
  plex_token: string;
}

export interface PlexSourcePropertyMapping {
  managed?: string | null;
  name: string;
  expression: string;
}

export interface UserPlexSourceConnection {
  source: string;
  identifier: string;
  plex_token: string;
  user: number;
}

export interface GroupSamlSourceConnection {
  source: string;
  identifier: string;
  group: string;
}

export interface SamlSource {
  name: string;
  slug: string;
  enabled?: boolean;
  promoted?: boolean;
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  policy_engine_mode?: 'all' | 'any';
  user_matching_mode?: 'identifier' | 'email_link' | 'email_deny' | 'username_link' | 'username_deny';
  user_path_template?: string;
  icon?: string;
  group_matching_mode?: 'identifier' | 'name_link' | 'name_deny';
  pre_authentication_flow: string;
  issuer_override?: string;
  sso_url: string;
  slo_url?:
    | ((
        | ''
        | {
            [k: string]: unknown;
          }
      ) &
        string)
    | null;
  allow_idp_initiated?: boolean;
  force_authn?: boolean;
  name_id_policy?:
    | 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
    | 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
    | 'urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName'
    | 'urn:oasis:names:tc:SAML:2.0:nameid-format:WindowsDomainQualifiedName'
    | 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
    | 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
  binding_type?: 'REDIRECT' | 'POST' | 'POST_AUTO';
  verification_kp?: string | null;
  signing_kp?: string | null;
  digest_algorithm?:
    | 'http://www.w3.org/2000/09/xmldsig#sha1'
    | 'http://www.w3.org/2001/04/xmlenc#sha256'
    | 'http://www.w3.org/2001/04/xmldsig-more#sha384'
    | 'http://www.w3.org/2001/04/xmlenc#sha512';
  signature_algorithm?:
    | 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'
    | 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
    | 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384'
    | 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384'
    | 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512'
    | 'http://www.w3.org/2000/09/xmldsig#dsa-sha1';
  temporary_user_delete_after?: string;
  encryption_kp?: string | null;
  signed_assertion?: boolean;
  signed_response?: boolean;
}

export interface SamlSourcePropertyMapping {
  managed?: string | null;
  name: string;
  expression: string;
}

export interface UserSamlSourceConnection {
  source: string;
  identifier: string;
  user: number;
}

export interface ScimSource {
  name: string;
  slug: string;
  enabled?: boolean;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  user_path_template?: string;
}

export interface ScimSourcePropertyMapping {
  managed?: string | null;
  name: string;
  expression: string;
}

export interface GroupTelegramSourceConnection {
  source: string;
  identifier: string;
  group: string;
}

export interface TelegramSource {
  name: string;
  slug: string;
  enabled?: boolean;
  promoted?: boolean;
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  policy_engine_mode?: 'all' | 'any';
  user_matching_mode?: 'identifier' | 'email_link' | 'email_deny' | 'username_link' | 'username_deny';
  user_path_template?: string;
  icon?: string;
  bot_username: string;
  bot_token: string;
  request_message_access?: boolean;
  pre_authentication_flow: string;
}

export interface TelegramSourcePropertyMapping {
  managed?: string | null;
  name: string;
  expression: string;
}

export interface UserTelegramSourceConnection {
  source: string;
  identifier: string;
  user: number;
}

export interface AuthenticatorDuoStage {
  name: string;
  configure_flow?: string | null;
  friendly_name?: string;
  client_id: string;
  client_secret: string;
  api_hostname: string;
  admin_integration_key?: string;
  admin_secret_key?: string;
}

export interface DuoDevice {
  name: string;
  user?: number;
}

export interface AuthenticatorEmailStage {
  name: string;
  configure_flow?: string | null;
  friendly_name?: string;
  use_global_settings?: boolean;
  host?: string;
  port?: number;
  username?: string;
  password?: string;
  use_tls?: boolean;
  use_ssl?: boolean;
  timeout?: number;
  from_address?: string;
  subject?: string;
  token_expiry?: string;
  template?: string;
}

export interface EmailDevice {
  name: string;
  user?: number;
}

export interface AuthenticatorEndpointGdtcStage {
  name: string;
  configure_flow?: string | null;
  friendly_name?: string;
  credentials: {
    [k: string]: unknown;
  };
}

export interface AuthenticatorSmsStage {
  name: string;
  configure_flow?: string | null;
  friendly_name?: string;
  provider: 'twilio' | 'generic';
  from_number: string;
  account_sid: string;
  auth: string;
  auth_password?: string;
  auth_type?: 'basic' | 'bearer';
  verify_only?: boolean;
  mapping?: string | null;
}

export interface SmsDevice {
  name: string;
  user?: number;
}

export interface AuthenticatorStaticStage {
  name: string;
  configure_flow?: string | null;
  friendly_name?: string;
  token_count?: number;
  token_length?: number;
}

export interface StaticDevice {
  name: string;
  user?: number;
}

export interface AuthenticatorTotpStage {
  name: string;
  configure_flow?: string | null;
  friendly_name?: string;
  digits: '6' | '8';
}

export interface TotpDevice {
  name: string;
  user?: number;
}

export interface AuthenticatorValidateStage {
  name: string;
  not_configured_action?: 'skip' | 'deny' | 'configure';
  device_classes?: ('static' | 'totp' | 'webauthn' | 'duo' | 'sms' | 'email')[];
  configuration_stages?: string[];
  last_auth_threshold?: string;
  webauthn_user_verification?: 'required' | 'preferred' | 'discouraged';
  webauthn_hints?: ('security-key' | 'client-device' | 'hybrid')[];
  webauthn_allowed_device_types?: string[];
  email_otp_throttling_factor?: number;
  sms_otp_throttling_factor?: number;
  totp_otp_throttling_factor?: number;
  static_otp_throttling_factor?: number;
}

export interface AuthenticatorWebauthnStage {
  name: string;
  configure_flow?: string | null;
  friendly_name?: string;
  user_verification?: 'required' | 'preferred' | 'discouraged';
  authenticator_attachment?: 'platform' | 'cross-platform' | null;
  resident_key_requirement?: 'required' | 'preferred' | 'discouraged';
  hints?: ('security-key' | 'client-device' | 'hybrid')[];
  device_type_restrictions?: string[];
  max_attempts?: number;
}

export interface WebauthnDevice {
  name: string;
  user?: number;
}

export interface CaptchaStage {
  name: string;
  public_key: string;
  private_key: string;
  js_url?: string;
  api_url?: string;
  request_content_type?: 'application/x-www-form-urlencoded' | 'application/json';
  interactive?: boolean;
  score_min_threshold?: number;
  score_max_threshold?: number;
  error_on_invalid_score?: boolean;
}

export interface ConsentStage {
  name: string;
  mode?: 'always_require' | 'permanent' | 'expiring';
  consent_expire_in?: string;
}

export interface DenyStage {
  name: string;
  deny_message?: string;
}

export interface DummyStage {
  name: string;
  throw_error?: boolean;
}

export interface EmailStage {
  name: string;
  use_global_settings?: boolean;
  host?: string;
  port?: number;
  username?: string;
  password?: string;
  use_tls?: boolean;
  use_ssl?: boolean;
  timeout?: number;
  from_address?: string;
  token_expiry?: string;
  subject?: string;
  template?: string;
  activate_user_on_success?: boolean;
  recovery_max_attempts?: number;
  recovery_cache_timeout?: string;
}

export interface IdentificationStage {
  name: string;
  user_fields?: ('email' | 'username' | 'upn')[];
  password_stage?: string | null;
  captcha_stage?: string | null;
  case_insensitive_matching?: boolean;
  show_matched_user?: boolean;
  enrollment_flow?: string | null;
  recovery_flow?: string | null;
  passwordless_flow?: string | null;
  sources?: string[];
  show_source_labels?: boolean;
  pretend_user_exists?: boolean;
  enable_remember_me?: boolean;
  webauthn_stage?: string | null;
}

export interface Invitation {
  name: string;
  expires?: string | null;
  fixed_data?: {
    [k: string]: unknown;
  };
  single_use?: boolean;
  flow?: string | null;
  created_by?: number;
}

export interface InvitationStage {
  name: string;
  continue_flow_without_invitation?: boolean;
}

export interface MutualTlsStage {
  name: string;
  mode: 'optional' | 'required';
  certificate_authorities?: string[];
  cert_attribute: 'subject' | 'common_name' | 'email';
  user_attribute: 'username' | 'email';
}

export interface PasswordStage {
  name: string;
  backends: (
    | 'authentik.core.auth.InbuiltBackend'
    | 'authentik.core.auth.TokenBackend'
    | 'authentik.sources.ldap.auth.LDAPBackend'
    | 'authentik.sources.kerberos.auth.KerberosBackend'
  )[];
  configure_flow?: string | null;
  failed_attempts_before_cancel?: number;
  allow_show_password?: boolean;
}

export interface Prompt {
  name: string;
  field_key: string;
  label: string;
  type:
    | 'text'
    | 'text_area'
    | 'text_read_only'
    | 'text_area_read_only'
    | 'username'
    | 'email'
    | 'password'
    | 'number'
    | 'checkbox'
    | 'radio-button-group'
    | 'dropdown'
    | 'date'
    | 'date-time'
    | 'file'
    | 'separator'
    | 'hidden'
    | 'static'
    | 'alert_info'
    | 'alert_warning'
    | 'alert_danger'
    | 'ak-locale';
  required?: boolean;
  placeholder?: string;
  initial_value?: string;
  order?: number;
  sub_text?: string;
  placeholder_expression?: boolean;
  initial_value_expression?: boolean;
}

export interface PromptStage {
  name: string;
  fields: string[];
  validation_policies?: string[];
}

export interface RedirectStage {
  name: string;
  keep_context?: boolean;
  mode: 'static' | 'flow';
  target_static?: string;
  target_flow?: string | null;
}

export interface SourceStage {
  name: string;
  source: string;
  resume_timeout?: string;
  resume_on_match_failures?: 'missing_property'[];
}

export interface UserDeleteStage {
  name: string;
}

export interface UserLoginStage {
  name: string;
  session_duration?: string;
  terminate_other_sessions?: boolean;
  remember_me_offset?: string;
  network_binding?: 'no_binding' | 'bind_asn' | 'bind_asn_network' | 'bind_asn_network_ip';
  geoip_binding?: 'no_binding' | 'bind_continent' | 'bind_continent_country' | 'bind_continent_country_city';
  remember_device?: string;
}

export interface UserLogoutStage {
  name: string;
}

export interface UserWriteStage {
  name: string;
  user_creation_mode?: 'never_create' | 'create_when_required' | 'always_create';
  create_users_as_inactive?: boolean;
  create_users_group?: string | null;
  user_type?: 'internal' | 'external' | 'service_account' | 'internal_service_account';
  user_path_template?: string;
}

export interface Schedule {
  rel_obj_id?: string | null;
  crontab: string;
  paused?: boolean;
  actor_name?: string;
  identifier?: string | null;
}

export interface Domain {
  domain: string;
  is_primary?: boolean;
  tenant: string;
}

/** Full kind name to the interface of its attributes. */
export interface KindAttributes {
  'asbuilt.settings': Settings;
  'authentik_blueprints.blueprintinstance': Blueprint;
  'authentik_blueprints.metaapplyblueprint': MetaApplyBlueprint;
  'authentik_brands.brand': Brand;
  'authentik_core.application': Application;
  'authentik_core.applicationentitlement': ApplicationEntitlement;
  'authentik_core.group': Group;
  'authentik_core.token': Token;
  'authentik_core.user': User;
  'authentik_crypto.certificatekeypair': CertificateKeyPair;
  'authentik_endpoints.deviceaccessgroup': DeviceAccessGroup;
  'authentik_endpoints.deviceuserbinding': DeviceUserBinding;
  'authentik_endpoints.endpointstage': EndpointStage;
  'authentik_endpoints_connectors_agent.agentconnector': AgentConnector;
  'authentik_endpoints_connectors_agent.agentdeviceuserbinding': AgentDeviceUserBinding;
  'authentik_endpoints_connectors_agent.enrollmenttoken': DeviceEnrollmentToken;
  'authentik_endpoints_connectors_fleet.fleetconnector': FleetConnector;
  'authentik_endpoints_connectors_google_chrome.googlechromeconnector': GoogleChromeConnector;
  'authentik_enterprise.license': License;
  'authentik_events.event': Event;
  'authentik_events.notification': Notification;
  'authentik_events.notificationrule': NotificationRule;
  'authentik_events.notificationtransport': NotificationTransport;
  'authentik_events.notificationwebhookmapping': NotificationWebhookMapping;
  'authentik_flows.flow': Flow;
  'authentik_flows.flowstagebinding': FlowStageBinding;
  'authentik_lifecycle.lifecycleiteration': LifecycleIteration;
  'authentik_lifecycle.lifecyclerule': LifecycleRule;
  'authentik_lifecycle.review': LifecycleReview;
  'authentik_outposts.dockerserviceconnection': DockerServiceConnection;
  'authentik_outposts.kubernetesserviceconnection': KubernetesServiceConnection;
  'authentik_outposts.outpost': Outpost;
  'authentik_policies.policybinding': PolicyBinding;
  'authentik_policies_dummy.dummypolicy': DummyPolicy;
  'authentik_policies_event_matcher.eventmatcherpolicy': EventMatcherPolicy;
  'authentik_policies_expiry.passwordexpirypolicy': PasswordExpiryPolicy;
  'authentik_policies_expression.expressionpolicy': ExpressionPolicy;
  'authentik_policies_geoip.geoippolicy': GeoipPolicy;
  'authentik_policies_password.passwordpolicy': PasswordPolicy;
  'authentik_policies_reputation.reputationpolicy': ReputationPolicy;
  'authentik_policies_unique_password.uniquepasswordpolicy': UniquePasswordPolicy;
  'authentik_providers_google_workspace.googleworkspaceprovider': GoogleWorkspaceProvider;
  'authentik_providers_google_workspace.googleworkspaceprovidermapping': GoogleWorkspaceProviderMapping;
  'authentik_providers_ldap.ldapprovider': LdapProvider;
  'authentik_providers_microsoft_entra.microsoftentraprovider': MicrosoftEntraProvider;
  'authentik_providers_microsoft_entra.microsoftentraprovidermapping': MicrosoftEntraProviderMapping;
  'authentik_providers_oauth2.oauth2provider': Oauth2Provider;
  'authentik_providers_oauth2.scopemapping': ScopeMapping;
  'authentik_providers_proxy.proxyprovider': ProxyProvider;
  'authentik_providers_rac.endpoint': RacEndpoint;
  'authentik_providers_rac.racpropertymapping': RacPropertyMapping;
  'authentik_providers_rac.racprovider': RacProvider;
  'authentik_providers_radius.radiusprovider': RadiusProvider;
  'authentik_providers_radius.radiusproviderpropertymapping': RadiusProviderPropertyMapping;
  'authentik_providers_saml.samlpropertymapping': SamlPropertyMapping;
  'authentik_providers_saml.samlprovider': SamlProvider;
  'authentik_providers_scim.scimmapping': ScimMapping;
  'authentik_providers_scim.scimprovider': ScimProvider;
  'authentik_providers_ssf.ssfprovider': SsfProvider;
  'authentik_providers_ws_federation.wsfederationprovider': WsFederationProvider;
  'authentik_rbac.initialpermissions': InitialPermissions;
  'authentik_rbac.role': Role;
  'authentik_reports.dataexport': DataExport;
  'authentik_sources_kerberos.groupkerberossourceconnection': GroupKerberosSourceConnection;
  'authentik_sources_kerberos.kerberossource': KerberosSource;
  'authentik_sources_kerberos.kerberossourcepropertymapping': KerberosSourcePropertyMapping;
  'authentik_sources_kerberos.userkerberossourceconnection': UserKerberosSourceConnection;
  'authentik_sources_ldap.groupldapsourceconnection': GroupLdapSourceConnection;
  'authentik_sources_ldap.ldapsource': LdapSource;
  'authentik_sources_ldap.ldapsourcepropertymapping': LdapSourcePropertyMapping;
  'authentik_sources_ldap.userldapsourceconnection': UserLdapSourceConnection;
  'authentik_sources_oauth.groupoauthsourceconnection': GroupOauthSourceConnection;
  'authentik_sources_oauth.oauthsource': OauthSource;
  'authentik_sources_oauth.oauthsourcepropertymapping': OauthSourcePropertyMapping;
  'authentik_sources_oauth.useroauthsourceconnection': UserOauthSourceConnection;
  'authentik_sources_plex.groupplexsourceconnection': GroupPlexSourceConnection;
  'authentik_sources_plex.plexsource': PlexSource;
  'authentik_sources_plex.plexsourcepropertymapping': PlexSourcePropertyMapping;
  'authentik_sources_plex.userplexsourceconnection': UserPlexSourceConnection;
  'authentik_sources_saml.groupsamlsourceconnection': GroupSamlSourceConnection;
  'authentik_sources_saml.samlsource': SamlSource;
  'authentik_sources_saml.samlsourcepropertymapping': SamlSourcePropertyMapping;
  'authentik_sources_saml.usersamlsourceconnection': UserSamlSourceConnection;
  'authentik_sources_scim.scimsource': ScimSource;
  'authentik_sources_scim.scimsourcepropertymapping': ScimSourcePropertyMapping;
  'authentik_sources_telegram.grouptelegramsourceconnection': GroupTelegramSourceConnection;
  'authentik_sources_telegram.telegramsource': TelegramSource;
  'authentik_sources_telegram.telegramsourcepropertymapping': TelegramSourcePropertyMapping;
  'authentik_sources_telegram.usertelegramsourceconnection': UserTelegramSourceConnection;
  'authentik_stages_authenticator_duo.authenticatorduostage': AuthenticatorDuoStage;
  'authentik_stages_authenticator_duo.duodevice': DuoDevice;
  'authentik_stages_authenticator_email.authenticatoremailstage': AuthenticatorEmailStage;
  'authentik_stages_authenticator_email.emaildevice': EmailDevice;
  'authentik_stages_authenticator_endpoint_gdtc.authenticatorendpointgdtcstage': AuthenticatorEndpointGdtcStage;
  'authentik_stages_authenticator_sms.authenticatorsmsstage': AuthenticatorSmsStage;
  'authentik_stages_authenticator_sms.smsdevice': SmsDevice;
  'authentik_stages_authenticator_static.authenticatorstaticstage': AuthenticatorStaticStage;
  'authentik_stages_authenticator_static.staticdevice': StaticDevice;
  'authentik_stages_authenticator_totp.authenticatortotpstage': AuthenticatorTotpStage;
  'authentik_stages_authenticator_totp.totpdevice': TotpDevice;
  'authentik_stages_authenticator_validate.authenticatorvalidatestage': AuthenticatorValidateStage;
  'authentik_stages_authenticator_webauthn.authenticatorwebauthnstage': AuthenticatorWebauthnStage;
  'authentik_stages_authenticator_webauthn.webauthndevice': WebauthnDevice;
  'authentik_stages_captcha.captchastage': CaptchaStage;
  'authentik_stages_consent.consentstage': ConsentStage;
  'authentik_stages_deny.denystage': DenyStage;
  'authentik_stages_dummy.dummystage': DummyStage;
  'authentik_stages_email.emailstage': EmailStage;
  'authentik_stages_identification.identificationstage': IdentificationStage;
  'authentik_stages_invitation.invitation': Invitation;
  'authentik_stages_invitation.invitationstage': InvitationStage;
  'authentik_stages_mtls.mutualtlsstage': MutualTlsStage;
  'authentik_stages_password.passwordstage': PasswordStage;
  'authentik_stages_prompt.prompt': Prompt;
  'authentik_stages_prompt.promptstage': PromptStage;
  'authentik_stages_redirect.redirectstage': RedirectStage;
  'authentik_stages_source.sourcestage': SourceStage;
  'authentik_stages_user_delete.userdeletestage': UserDeleteStage;
  'authentik_stages_user_login.userloginstage': UserLoginStage;
  'authentik_stages_user_logout.userlogoutstage': UserLogoutStage;
  'authentik_stages_user_write.userwritestage': UserWriteStage;
  'authentik_tasks_schedules.schedule': Schedule;
  'authentik_tenants.domain': Domain;
}
