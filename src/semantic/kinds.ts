/** The kinds that the semantic checks speak of, by the names authentik gives them. */

export const applicationKind = 'authentik_core.application';
export const brandKind = 'authentik_brands.brand';
export const emailStageKind = 'authentik_stages_email.emailstage';
export const flowKind = 'authentik_flows.flow';
export const identificationStageKind = 'authentik_stages_identification.identificationstage';
export const invitationKind = 'authentik_stages_invitation.invitation';
export const invitationStageKind = 'authentik_stages_invitation.invitationstage';
export const policyBindingKind = 'authentik_policies.policybinding';
export const promptStageKind = 'authentik_stages_prompt.promptstage';
export const promptKind = 'authentik_stages_prompt.prompt';
export const settingsKind = 'asbuilt.settings';
export const stageBindingKind = 'authentik_flows.flowstagebinding';
export const userKind = 'authentik_core.user';
export const userLoginStageKind = 'authentik_stages_user_login.userloginstage';
export const userWriteStageKind = 'authentik_stages_user_write.userwritestage';
