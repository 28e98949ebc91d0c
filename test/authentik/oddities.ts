/**
 * What a real authentik does that neither its OpenAPI nor the facts in `schemas/kinds/` say: one table for each sort of oddity. Source,
 * unless a line says otherwise: exchanges with a 2025.12.4 on loopback, recorded.
 */
import type { Json } from './json.js';

/** Attributes that the OpenAPI calls write-only and 2025.12 gives back all the same. */
export const shownThoughWriteOnly: Record<string, readonly string[]> = {
  'authentik_providers_scim.scimprovider': ['token'],
  'authentik_sources_kerberos.kerberossource': ['sync_ccache', 'spnego_ccache'],
  'authentik_stages_authenticator_email.authenticatoremailstage': ['password'],
  'authentik_stages_authenticator_sms.authenticatorsmsstage': ['auth', 'auth_password'],
};

/**
 * Objects that go with one that refers to them. An application takes its backchannel providers along (on-delete of the models of 2026.5);
 * a SCIM source and an outpost take their account.
 */
export const deletedWith: Record<string, Record<string, string>> = {
  'authentik_core.application': { backchannel_providers: 'provider' },
  'authentik_sources_scim.scimsource': { accountId: 'authentik_core.user' },
  'authentik_outposts.outpost': { accountId: 'authentik_core.user' },
};

/** Kinds that only a licensed server creates or changes. */
export const needsLicence: ReadonlySet<string> = new Set([
  'authentik_policies_unique_password.uniquepasswordpolicy',
  'authentik_providers_google_workspace.googleworkspaceprovider',
  'authentik_providers_microsoft_entra.microsoftentraprovider',
  'authentik_providers_ssf.ssfprovider',
  'authentik_stages_authenticator_endpoint_gdtc.authenticatorendpointgdtcstage',
  'authentik_stages_mtls.mutualtlsstage',
  'authentik_stages_source.sourcestage',
]);

/** Lists that a PUT empties when it does not name them; everything else that a PUT leaves out keeps its value. */
export const emptiedByPut: Record<string, readonly string[]> = {
  'authentik_core.user': ['groups', 'roles'],
  'authentik_core.group': ['users', 'parents', 'roles'],
};

/** MFA devices: the request has a name and no user, so the create always crashes. */
export const createCrashes: ReadonlySet<string> = new Set([
  'authentik_stages_authenticator_duo.duodevice',
  'authentik_stages_authenticator_email.emaildevice',
  'authentik_stages_authenticator_sms.smsdevice',
  'authentik_stages_authenticator_static.staticdevice',
  'authentik_stages_authenticator_totp.totpdevice',
  'authentik_stages_authenticator_webauthn.webauthndevice',
]);

/** Defaults that differ from those in `schemas/kinds/`, by `kind.attribute`. */
export const otherDefaults: Record<string, Json> = {};

/** Attributes that must be given although the OpenAPI in use does not ask for them, or the other way round, by `kind.attribute`. */
export const otherRequired: Record<string, boolean> = {};

/** Kinds whose message about a taken value is the plain one. */
export const plainUnique: ReadonlySet<string> = new Set([
  'authentik_brands.brand',
  'authentik_core.user',
  'authentik_stages_prompt.promptstage',
]);

/** Stages whose message about a taken name calls them by a class of the e-mail stage. */
export const uniqueNamedByClass: ReadonlySet<string> = new Set([
  'authentik_stages_authenticator_duo.authenticatorduostage',
  'authentik_stages_authenticator_static.authenticatorstaticstage',
  'authentik_stages_authenticator_totp.authenticatortotpstage',
  'authentik_stages_authenticator_validate.authenticatorvalidatestage',
  'authentik_stages_captcha.captchastage',
  'authentik_stages_consent.consentstage',
  'authentik_stages_dummy.dummystage',
  'authentik_stages_identification.identificationstage',
  'authentik_stages_password.passwordstage',
  'authentik_stages_user_delete.userdeletestage',
  'authentik_stages_user_logout.userlogoutstage',
]);

/** The owner of these may see and change them without any permission, and create them for himself. */
export const ownedThrough: Record<string, string> = {
  'authentik_core.token': 'user',
};

/** Attributes whose own words stand for whatever is wrong with them, by `kind.attribute`. */
export const otherWords: Record<string, Json> = {
  'authentik_core.token.identifier': [
    'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.',
  ],
};

/** Kinds that `used_by` does not speak of. */
export const unseenUsers: ReadonlySet<string> = new Set(['authentik_core.token']);
