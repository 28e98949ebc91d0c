/** Names of the kinds that code must know one by one: every rule that names a kind takes it from here. */

export const applicationKind = 'authentik_core.application';
export const blueprintInstanceKind = 'authentik_blueprints.blueprintinstance';
export const brandKind = 'authentik_brands.brand';
export const emailStageKind = 'authentik_stages_email.emailstage';
export const flowKind = 'authentik_flows.flow';
export const groupKind = 'authentik_core.group';
export const identificationStageKind = 'authentik_stages_identification.identificationstage';
export const invitationKind = 'authentik_stages_invitation.invitation';
export const invitationStageKind = 'authentik_stages_invitation.invitationstage';
export const passwordStageKind = 'authentik_stages_password.passwordstage';
export const policyBindingKind = 'authentik_policies.policybinding';
export const promptKind = 'authentik_stages_prompt.prompt';
export const promptStageKind = 'authentik_stages_prompt.promptstage';
export const roleKind = 'authentik_rbac.role';
export const settingsKind = 'asbuilt.settings';
export const stageBindingKind = 'authentik_flows.flowstagebinding';
export const tokenKind = 'authentik_core.token';
export const userKind = 'authentik_core.user';
export const userLoginStageKind = 'authentik_stages_user_login.userloginstage';
export const userWriteStageKind = 'authentik_stages_user_write.userwritestage';
export const validateStageKind = 'authentik_stages_authenticator_validate.authenticatorvalidatestage';
