/** Attributes of every kind. Made from `schemas/kinds/` by `npm run schemas`; do not edit. */

export interface Settings {
  /**
   * Where pictures of users come from, as a list with commas.
   */
  avatars?: string;
  /**
   * The address under which the server is reached.
   */
  base_url?: string;
  /**
   * Whether people may change their name.
   */
  default_user_change_name?: boolean;
  /**
   * Whether people may change their mail address.
   */
  default_user_change_email?: boolean;
  /**
   * Whether people may change their username.
   */
  default_user_change_username?: boolean;
  /**
   * How long the audit log is kept.
   */
  event_retention?: string;
  /**
   * The worst reputation that is counted.
   */
  reputation_lower_limit?: number;
  /**
   * The best reputation that is counted.
   */
  reputation_upper_limit?: number;
  /**
   * Links at the bottom of flows.
   */
  footer_links?: {
    [k: string]: unknown;
  };
  /**
   * Whether events about a user go when the user is deleted.
   */
  gdpr_compliance?: boolean;
  /**
   * Whether administrators may act as another user.
   */
  impersonation?: boolean;
  /**
   * Whether they must say why.
   */
  impersonation_require_reason?: boolean;
  /**
   * How long tokens last when nothing else is said.
   */
  default_token_duration?: string;
  /**
   * How long new tokens are.
   */
  default_token_length?: number;
  /**
   * How many objects a page of the API has.
   */
  pagination_default_page_size?: number;
  /**
   * How many it may have at most.
   */
  pagination_max_page_size?: number;
  /**
   * Switches for features that are being tried.
   */
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
  /**
   * The host name, or its end. Unique.
   */
  domain: string;
  /**
   * Whether it is used where no other brand's domain fits. Exactly one is.
   */
  default?: boolean;
  /**
   * What stands in the title of pages.
   */
  branding_title?: string;
  /**
   * The logo.
   */
  branding_logo?: string;
  /**
   * The icon of the browser's tab.
   */
  branding_favicon?: string;
  /**
   * Style sheets added to every page.
   */
  branding_custom_css?: string;
  /**
   * The picture behind flows that have none.
   */
  branding_default_flow_background?: string;
  /**
   * Where maps take their tiles from.
   */
  branding_map_tiles?: string;
  /**
   * The flow for signing in.
   */
  flow_authentication?: string | null;
  /**
   * The flow for changing to another account.
   */
  flow_user_switch?: string | null;
  /**
   * The flow for signing out.
   */
  flow_invalidation?: string | null;
  /**
   * The flow for people who forgot their password. Without one nobody can recover by themselves.
   */
  flow_recovery?: string | null;
  /**
   * The flow for people who delete their account.
   */
  flow_unenrollment?: string | null;
  /**
   * The flow in which people change what stands about them.
   */
  flow_user_settings?: string | null;
  /**
   * The flow for devices without a keyboard, which show a code.
   */
  flow_device_code?: string | null;
  /**
   * The flow that people end up in when their account is locked down.
   */
  flow_lockdown?: string | null;
  /**
   * The flow in which people ask for access.
   */
  flow_request?: string | null;
  /**
   * Where external users land after signing in.
   */
  default_application?: string | null;
  /**
   * The certificate that the server shows for this host name.
   */
  web_certificate?: string | null;
  /**
   * Certificates whose clients are trusted.
   */
  client_certificates?: string[];
  /**
   * Free data, such as settings of the interface.
   */
  attributes?: {
    [k: string]: unknown;
  };
}

export interface Application {
  /**
   * The name on the tile.
   */
  name: string;
  /**
   * The name in addresses. Unique.
   */
  slug: string;
  /**
   * How people sign in to it. An application without a provider is a link.
   */
  provider?: number | null;
  /**
   * Providers without a sign-in of their own that belong to it, such as SCIM.
   */
  backchannel_providers?: number[];
  /**
   * Whether the tile opens a new tab.
   */
  open_in_new_tab?: boolean;
  /**
   * Where the tile leads. Without it the provider's address counts.
   */
  meta_launch_url?: string;
  /**
   * The picture on the tile, as an address, an uploaded file or `fa://…`.
   */
  meta_icon?: string;
  /**
   * A line about the application, below its name.
   */
  meta_description?: string;
  /**
   * Who makes the application, as shown on the tile.
   */
  meta_publisher?: string;
  /**
   * Whether one binding has to let somebody in (`any`) or every one of them (`all`).
   */
  policy_engine_mode?: 'all' | 'any';
  /**
   * The heading below which the tile stands. Not a group of users.
   */
  group?: string;
  /**
   * Whether the tile is left out of the library.
   */
  meta_hide?: boolean;
  /**
   * The picture on the tile, as an address, an uploaded file or `fa://…`.
   */
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
  /**
   * What the group is called. Unique.
   */
  name: string;
  /**
   * Whether members may do everything.
   */
  is_superuser?: boolean;
  /**
   * Groups that members of this one belong to as well, with their roles.
   */
  parents?: string[];
  /**
   * The direct members. The same list as `user.groups`, written from the other side.
   */
  users?: number[];
  /**
   * Free data, which members take over unless they have their own.
   */
  attributes?: {
    [k: string]: unknown;
  };
  /**
   * Roles that every member has.
   */
  roles?: string[];
}

export interface Token {
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
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
  /**
   * What the account is called and signs in with. Unique.
   */
  username: string;
  /**
   * The name that others see.
   */
  name: string;
  /**
   * Whether the account can be used. An inactive one keeps its data and cannot sign in.
   */
  is_active?: boolean;
  /**
   * When the account last signed in. The directory keeps it.
   */
  last_login?: string | null;
  /**
   * The groups that the user is in directly.
   */
  groups?: string[];
  /**
   * Roles that the user has beside those of the groups.
   */
  roles?: string[];
  /**
   * The mail address, for recovery and notifications.
   */
  email?: string;
  /**
   * Free data about the user, such as a department, which expressions and mappings can read.
   */
  attributes?: {
    [k: string]: unknown;
  };
  /**
   * A folder for the account, such as `staff/engineering`. It sorts, and means nothing else.
   */
  path?: string;
  /**
   * What sort of account it is - of the organisation (`internal`), of a guest (`external`), or of a program.
   */
  type?: 'internal' | 'external' | 'service_account' | 'internal_service_account';
  /**
   * The password in plain text. Take it from a variable, so that it stands in no file.
   */
  password?: string | null;
  /**
   * Permissions on all objects of a kind that the user has directly. Roles are easier to oversee.
   */
  permissions?: string[];
  /**
   * The password as a hash that Django understands.
   */
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
  /**
   * The flow that runs before the application gets to know the user, with or without asking for consent.
   */
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
  /**
   * The name in the administration.
   */
  name: string;
  /**
   * The name in addresses, such as `/if/flow/<slug>/`. Unique.
   */
  slug: string;
  /**
   * What stands above the stages.
   */
  title: string;
  /**
   * What the flow is for. It decides which others may start it.
   */
  designation:
    | 'authentication'
    | 'authorization'
    | 'invalidation'
    | 'enrollment'
    | 'unenrollment'
    | 'recovery'
    | 'stage_configuration';
  /**
   * A picture behind the stages.
   */
  background?: string;
  /**
   * Whether one binding has to let somebody in (`any`) or every one of them (`all`).
   */
  policy_engine_mode?: 'all' | 'any';
  /**
   * Works with password managers that find no fields in web components.
   */
  compatibility_mode?: boolean;
  /**
   * How the page is laid out.
   */
  layout?:
    | 'stacked'
    | 'content_left'
    | 'content_right'
    | 'sidebar_left'
    | 'sidebar_right'
    | 'sidebar_left_frame_background'
    | 'sidebar_right_frame_background';
  /**
   * What people see when a policy refuses. Nobody gets in either way.
   */
  denied_action?: 'message_continue' | 'message' | 'continue';
  /**
   * Who may start the flow, such as only people without a session (`require_unauthenticated`).
   */
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
  /**
   * The flow.
   */
  target: string;
  /**
   * The stage.
   */
  stage: string;
  /**
   * Whether policies are asked when the flow begins, before anything is known.
   */
  evaluate_on_plan?: boolean;
  /**
   * Whether policies are asked when the stage's turn comes.
   */
  re_evaluate_policies?: boolean;
  /**
   * The place in the flow. Lower ones come first.
   */
  order: number;
  /**
   * Whether one binding has to let somebody in (`any`) or every one of them (`all`).
   */
  policy_engine_mode?: 'all' | 'any';
  /**
   * What happens after a wrong answer - asking again, or beginning again with or without what was collected.
   */
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
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
  managed?: string | null;
}

export interface PolicyBinding {
  /**
   * The policy that decides.
   */
  policy?: string | null;
  /**
   * The group whose members get in.
   */
  group?: string | null;
  /**
   * The user who gets in.
   */
  user?: number | null;
  /**
   * What is guarded.
   */
  target: string;
  /**
   * Turns the answer round.
   */
  negate?: boolean;
  /**
   * Whether the binding counts.
   */
  enabled?: boolean;
  /**
   * In which order bindings are asked.
   */
  order: number;
  /**
   * After how many seconds a policy counts as failed.
   */
  timeout?: number;
  /**
   * Whether people get in when the policy fails to run.
   */
  failure_result?: boolean;
}

export interface DummyPolicy {
  name: string;
  /**
   * Write every run of the policy to the audit log.
   */
  execution_logging?: boolean;
  result?: boolean;
  wait_min?: number;
  wait_max?: number;
}

export interface EventMatcherPolicy {
  name: string;
  /**
   * Write every run of the policy to the audit log.
   */
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
  /**
   * Write every run of the policy to the audit log.
   */
  execution_logging?: boolean;
  days: number;
  deny_only?: boolean;
}

export interface ExpressionPolicy {
  /**
   * What the policy is called. Unique among all policies.
   */
  name: string;
  /**
   * Write every run of the policy to the audit log.
   */
  execution_logging?: boolean;
  /**
   * Python that returns whether to let somebody in. `request.user` is who asks.
   */
  expression: string;
}

export interface GeoipPolicy {
  name: string;
  /**
   * Write every run of the policy to the audit log.
   */
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
  /**
   * Write every run of the policy to the audit log.
   */
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
  /**
   * Write every run of the policy to the audit log.
   */
  execution_logging?: boolean;
  check_ip?: boolean;
  check_username?: boolean;
  threshold?: number;
}

export interface UniquePasswordPolicy {
  name: string;
  /**
   * Write every run of the policy to the audit log.
   */
  execution_logging?: boolean;
  password_field?: string;
  num_historical_passwords?: number;
}

export interface GoogleWorkspaceProvider {
  name: string;
  /**
   * Which mappings make what is passed on.
   */
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
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
  managed?: string | null;
  name: string;
  expression: string;
}

export interface LdapProvider {
  name: string;
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  /**
   * The flow that runs before the application gets to know the user, with or without asking for consent.
   */
  authorization_flow: string;
  /**
   * The flow that ends the session at this application.
   */
  invalidation_flow: string;
  /**
   * Which mappings make what is passed on.
   */
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
  /**
   * Which mappings make what is passed on.
   */
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
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
  managed?: string | null;
  name: string;
  expression: string;
}

export interface Oauth2Provider {
  /**
   * What the provider is called. Unique among all providers.
   */
  name: string;
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  /**
   * The flow that runs before the application gets to know the user, with or without asking for consent.
   */
  authorization_flow: string;
  /**
   * The flow that ends the session at this application.
   */
  invalidation_flow: string;
  /**
   * The scopes that it gives out. Without any, a client learns nothing but that somebody signed in.
   */
  property_mappings?: string[];
  /**
   * Whether the client can keep a secret (`confidential`) or not, as in a browser or on a phone (`public`).
   */
  client_type?: 'confidential' | 'public';
  /**
   * In which ways the client may ask for tokens.
   */
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
  /**
   * The identifier that the client sends. Made up when left out.
   */
  client_id?: string;
  /**
   * The secret that a confidential client sends. Made up when left out.
   */
  client_secret?: string;
  /**
   * How long the code works that is exchanged for a token.
   */
  access_code_validity?: string;
  /**
   * How long an access token works.
   */
  access_token_validity?: string;
  /**
   * How long a refresh token works.
   */
  refresh_token_validity?: string;
  /**
   * A refresh token with less than this left is replaced when it is used.
   */
  refresh_token_threshold?: string;
  /**
   * Whether the scopes' claims stand in the ID token too, for clients that never ask the userinfo endpoint.
   */
  include_claims_in_id_token?: boolean;
  /**
   * The key pair that signs what is given out.
   */
  signing_key?: string | null;
  /**
   * The key pair that encrypts what is given out.
   */
  encryption_key?: string | null;
  /**
   * The addresses to which people may come back from signing in. Compared as text (`strict`) or as a regular expression (`regex`).
   */
  redirect_uris: {
    matching_mode: 'strict' | 'regex';
    url: string;
    redirect_uri_type?: 'authorization' | 'logout';
    [k: string]: unknown;
  }[];
  /**
   * Where the client wants to be told that a session ended.
   */
  logout_uri?: string;
  /**
   * Whether the server (`backchannel`) or the browser (`frontchannel`) calls that address.
   */
  logout_method?: 'backchannel' | 'frontchannel';
  /**
   * Which identifier of the user stands in the claim `sub`. Changing it makes everybody a stranger to the client.
   */
  sub_mode?: 'hashed_user_id' | 'user_id' | 'user_uuid' | 'user_username' | 'user_email' | 'user_upn';
  /**
   * Whether all providers have one issuer or each its own.
   */
  issuer_mode?: 'global' | 'per_provider';
  /**
   * Sources whose tokens this provider accepts from machines.
   */
  jwt_federation_sources?: string[];
  /**
   * Other providers whose tokens this one accepts from machines.
   */
  jwt_federation_providers?: number[];
}

export interface ScopeMapping {
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
  managed?: string | null;
  name: string;
  expression: string;
  scope_name: string;
  description?: string;
}

export interface ProxyProvider {
  name: string;
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  /**
   * The flow that runs before the application gets to know the user, with or without asking for consent.
   */
  authorization_flow: string;
  /**
   * The flow that ends the session at this application.
   */
  invalidation_flow: string;
  /**
   * Which mappings make what is passed on.
   */
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
  /**
   * Which mappings make what is passed on.
   */
  property_mappings?: string[];
  auth_mode: 'static' | 'prompt';
  maximum_connections?: number;
}

export interface RacPropertyMapping {
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
  managed?: string | null;
  name: string;
  expression?: string;
  static_settings: {
    [k: string]: unknown;
  };
}

export interface RacProvider {
  name: string;
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  /**
   * The flow that runs before the application gets to know the user, with or without asking for consent.
   */
  authorization_flow: string;
  /**
   * Which mappings make what is passed on.
   */
  property_mappings?: string[];
  settings?: {
    [k: string]: unknown;
  };
  connection_expiry?: string;
  delete_token_on_disconnect?: boolean;
}

export interface RadiusProvider {
  name: string;
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  /**
   * The flow that runs before the application gets to know the user, with or without asking for consent.
   */
  authorization_flow: string;
  /**
   * The flow that ends the session at this application.
   */
  invalidation_flow: string;
  /**
   * Which mappings make what is passed on.
   */
  property_mappings?: string[];
  client_networks?: string;
  shared_secret?: string;
  mfa_support?: boolean;
  certificate?: string | null;
}

export interface RadiusProviderPropertyMapping {
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
  managed?: string | null;
  name: string;
  expression: string;
}

export interface SamlPropertyMapping {
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
  managed?: string | null;
  name: string;
  expression: string;
  saml_name: string;
  friendly_name?: string | null;
}

export interface SamlProvider {
  name: string;
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  /**
   * The flow that runs before the application gets to know the user, with or without asking for consent.
   */
  authorization_flow: string;
  /**
   * The flow that ends the session at this application.
   */
  invalidation_flow: string;
  /**
   * Which mappings make what is passed on.
   */
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
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
  managed?: string | null;
  name: string;
  expression: string;
}

export interface ScimProvider {
  name: string;
  /**
   * Which mappings make what is passed on.
   */
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
  /**
   * The key pair that signs what is given out.
   */
  signing_key: string;
  oidc_auth_providers?: number[];
  event_retention?: string;
  push_verify_certificates?: boolean;
}

export interface WsFederationProvider {
  name: string;
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  /**
   * The flow that runs before the application gets to know the user, with or without asking for consent.
   */
  authorization_flow: string;
  /**
   * The flow that ends the session at this application.
   */
  invalidation_flow: string;
  /**
   * Which mappings make what is passed on.
   */
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
  /**
   * What the role is called. Unique.
   */
  name: string;
  /**
   * Permissions on all objects of a kind, such as `authentik_core.view_user`.
   */
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
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  /**
   * Whether one binding has to let somebody in (`any`) or every one of them (`all`).
   */
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
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
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
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  /**
   * Whether one binding has to let somebody in (`any`) or every one of them (`all`).
   */
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
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
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
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  /**
   * Whether one binding has to let somebody in (`any`) or every one of them (`all`).
   */
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
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
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
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  /**
   * Whether one binding has to let somebody in (`any`) or every one of them (`all`).
   */
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
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
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
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  /**
   * Whether one binding has to let somebody in (`any`) or every one of them (`all`).
   */
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
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
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
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
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
  /**
   * The flow through which people sign in when they come from this application without a session.
   */
  authentication_flow?: string | null;
  enrollment_flow?: string | null;
  user_property_mappings?: string[];
  group_property_mappings?: string[];
  /**
   * Whether one binding has to let somebody in (`any`) or every one of them (`all`).
   */
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
  /**
   * The mark by which authentik finds an object that it keeps itself.
   */
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
  /**
   * What the stage is called. Unique among all stages.
   */
  name: string;
  /**
   * Whether the server's own mail settings are used instead of the ones here.
   */
  use_global_settings?: boolean;
  /**
   * The mail server.
   */
  host?: string;
  /**
   * Its port.
   */
  port?: number;
  /**
   * The account there.
   */
  username?: string;
  /**
   * Its password.
   */
  password?: string;
  /**
   * Whether the connection is secured by STARTTLS.
   */
  use_tls?: boolean;
  /**
   * Whether the connection is secured from the beginning.
   */
  use_ssl?: boolean;
  /**
   * How many seconds to wait.
   */
  timeout?: number;
  /**
   * The sender.
   */
  from_address?: string;
  /**
   * How long the link in the mail works.
   */
  token_expiry?: string;
  /**
   * The subject.
   */
  subject?: string;
  /**
   * The template of the mail.
   */
  template?: string;
  /**
   * Whether an inactive account becomes active through the link.
   */
  activate_user_on_success?: boolean;
  /**
   * How often a link may be asked for within the time below.
   */
  recovery_max_attempts?: number;
  /**
   * For how long those attempts count.
   */
  recovery_cache_timeout?: string;
}

export interface IdentificationStage {
  /**
   * What the stage is called. Unique among all stages.
   */
  name: string;
  /**
   * By what people may be found - `username`, `email`, `upn`. With none, only sources are offered.
   */
  user_fields?: ('email' | 'username' | 'upn')[];
  /**
   * Asks for the password on the same page.
   */
  password_stage?: string | null;
  /**
   * Asks for proof of being no robot on the same page.
   */
  captcha_stage?: string | null;
  /**
   * Whether `Ada` finds `ada`.
   */
  case_insensitive_matching?: boolean;
  /**
   * Whether the name and picture of the account are shown once it is found.
   */
  show_matched_user?: boolean;
  /**
   * The flow behind the link for joining.
   */
  enrollment_flow?: string | null;
  /**
   * The flow behind the link for forgotten passwords.
   */
  recovery_flow?: string | null;
  /**
   * The flow behind the link for signing in with a passkey.
   */
  passwordless_flow?: string | null;
  /**
   * Other places to sign in with, shown as buttons.
   */
  sources?: string[];
  /**
   * Whether the buttons carry names.
   */
  show_source_labels?: boolean;
  /**
   * Whether the flow goes on for unknown names, so that nobody learns which accounts there are.
   */
  pretend_user_exists?: boolean;
  /**
   * Whether the browser keeps the name for next time.
   */
  enable_remember_me?: boolean;
  /**
   * Offers passkeys in the field for the name.
   */
  webauthn_stage?: string | null;
}

export interface Invitation {
  /**
   * A name to find the invitation by. It becomes part of no link.
   */
  name: string;
  /**
   * When the link stops working. Without it the server decides.
   */
  expires?: string | null;
  /**
   * What is already known about the guest, such as a department among the attributes. It fills in the flow's prompts.
   */
  fixed_data?: {
    [k: string]: unknown;
  };
  /**
   * Whether the link works only once.
   */
  single_use?: boolean;
  /**
   * The enrolment flow that the link leads to. Without one it works with every flow that takes invitations.
   */
  flow?: string | null;
  /**
   * Who made it. An invitation goes when that account goes.
   */
  created_by?: number;
}

export interface InvitationStage {
  /**
   * What the stage is called. Unique among all stages.
   */
  name: string;
  /**
   * Whether people without an invitation may go on, too.
   */
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
  /**
   * What the stage is called. Unique among all stages.
   */
  name: string;
  /**
   * Against what the password is checked - the own directory, app passwords, LDAP, Kerberos.
   */
  backends: (
    | 'authentik.core.auth.InbuiltBackend'
    | 'authentik.core.auth.TokenBackend'
    | 'authentik.sources.ldap.auth.LDAPBackend'
    | 'authentik.sources.kerberos.auth.KerberosBackend'
  )[];
  /**
   * The flow in which people change their password.
   */
  configure_flow?: string | null;
  /**
   * After how many wrong passwords the flow ends.
   */
  failed_attempts_before_cancel?: number;
  /**
   * Whether people can make visible what they type.
   */
  allow_show_password?: boolean;
}

export interface Prompt {
  /**
   * What the prompt is called. Unique.
   */
  name: string;
  /**
   * Where the answer goes - an attribute of the user, or `attributes.…`.
   */
  field_key: string;
  /**
   * What stands above the field.
   */
  label: string;
  /**
   * What sort of field or text it is.
   */
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
  /**
   * Whether it must be filled in.
   */
  required?: boolean;
  /**
   * What stands greyed in the empty field, or the choices.
   */
  placeholder?: string;
  /**
   * What the field begins with.
   */
  initial_value?: string;
  /**
   * The place in the form.
   */
  order?: number;
  /**
   * A line below the field.
   */
  sub_text?: string;
  /**
   * Whether `placeholder` is an expression.
   */
  placeholder_expression?: boolean;
  /**
   * Whether `initial_value` is an expression.
   */
  initial_value_expression?: boolean;
}

export interface PromptStage {
  /**
   * What the stage is called. Unique among all stages.
   */
  name: string;
  /**
   * The prompts of the form.
   */
  fields: string[];
  /**
   * Policies that check the answers.
   */
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
  /**
   * What the stage is called. Unique among all stages.
   */
  name: string;
  /**
   * How long the session lasts. `seconds=0` - until the browser closes.
   */
  session_duration?: string;
  /**
   * Whether other sessions of the user end.
   */
  terminate_other_sessions?: boolean;
  /**
   * How much longer it lasts for people who want to stay signed in.
   */
  remember_me_offset?: string;
  /**
   * How far the network may change before the session ends.
   */
  network_binding?: 'no_binding' | 'bind_asn' | 'bind_asn_network' | 'bind_asn_network_ip';
  /**
   * How far the place may change before the session ends.
   */
  geoip_binding?: 'no_binding' | 'bind_continent' | 'bind_continent_country' | 'bind_continent_country_city';
  /**
   * How long the device counts as known.
   */
  remember_device?: string;
}

export interface UserLogoutStage {
  name: string;
}

export interface UserWriteStage {
  /**
   * What the stage is called. Unique among all stages.
   */
  name: string;
  /**
   * Whether it makes a new user always, when nobody is signed in, or never.
   */
  user_creation_mode?: 'never_create' | 'create_when_required' | 'always_create';
  /**
   * Whether new users are inactive until something activates them.
   */
  create_users_as_inactive?: boolean;
  /**
   * A group that new users are put into.
   */
  create_users_group?: string | null;
  /**
   * The type of new users.
   */
  user_type?: 'internal' | 'external' | 'service_account' | 'internal_service_account';
  /**
   * The path of new users.
   */
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
