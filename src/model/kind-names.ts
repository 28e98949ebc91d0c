/** Names of the kinds that code has to know beyond their facts. */

export const userKind = 'authentik_core.user';
export const groupKind = 'authentik_core.group';
export const roleKind = 'authentik_rbac.role';
export const settingsKind = 'asbuilt.settings';
