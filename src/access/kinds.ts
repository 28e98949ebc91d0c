/** The kinds that decide who gets in and who may do what, and the list of them that a directory has to be read for. */
import type { Kind } from '../model/model.js';

export const userKind = 'authentik_core.user';
export const groupKind = 'authentik_core.group';
export const roleKind = 'authentik_rbac.role';
export const brandKind = 'authentik_brands.brand';
export const flowKind = 'authentik_flows.flow';
export const stageBindingKind = 'authentik_flows.flowstagebinding';
export const policyBindingKind = 'authentik_policies.policybinding';
export const applicationKind = 'authentik_core.application';
export const entitlementKind = 'authentik_core.applicationentitlement';
export const tokenKind = 'authentik_core.token';
export const settingsKind = 'asbuilt.settings';
export const loginStageKind = 'authentik_stages_user_login.userloginstage';
export const redirectStageKind = 'authentik_stages_redirect.redirectstage';
export const userWriteStageKind = 'authentik_stages_user_write.userwritestage';
export const ldapSourceKind = 'authentik_sources_ldap.ldapsource';
export const kerberosSourceKind = 'authentik_sources_kerberos.kerberossource';

/** What `device_classes` of an authenticator validation stage calls a device, and the kind that it is. */
export const deviceKinds: ReadonlyMap<string, Kind> = new Map([
  ['static', 'authentik_stages_authenticator_static.staticdevice'],
  ['totp', 'authentik_stages_authenticator_totp.totpdevice'],
  ['webauthn', 'authentik_stages_authenticator_webauthn.webauthndevice'],
  ['duo', 'authentik_stages_authenticator_duo.duodevice'],
  ['sms', 'authentik_stages_authenticator_sms.smsdevice'],
  ['email', 'authentik_stages_authenticator_email.emaildevice'],
]);

/** Kinds and families whose objects decide about access; whoever asks the questions here has to read these. */
export const accessKinds: readonly string[] = [
  userKind,
  groupKind,
  roleKind,
  brandKind,
  flowKind,
  stageBindingKind,
  policyBindingKind,
  applicationKind,
  entitlementKind,
  tokenKind,
  settingsKind,
  ldapSourceKind,
  kerberosSourceKind,
  'stage',
  'policy',
  'provider',
  ...deviceKinds.values(),
];
