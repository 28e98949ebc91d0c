/** The values that the server works out when it saves an object: times, generated keys, what a certificate says about itself. */
import { createHash, randomBytes } from 'node:crypto';
import type { Context } from './answers.js';
import { readCertificate } from './checks.js';
import type { Json, JsonObject } from './json.js';
import type { Kind } from './kinds.js';
import { type Row, rowsOf, timeText } from './state.js';

interface Saving {
  readonly context: Context;
  /** All values as they will be. */
  readonly values: JsonObject;
  /** What the body gave. */
  readonly given: JsonObject;
  readonly existing: Row | undefined;
  readonly now: string;
}

type Fill = (saving: Saving) => JsonObject;

const nothing: JsonObject = {};

const minute = 60_000;
const day = 24 * 60 * minute;

/** The values to keep beside (or in place of) what a body gives and the defaults. */
export function computedValues(
  context: Context,
  kind: Kind,
  values: JsonObject,
  given: JsonObject,
  existing: Row | undefined,
): JsonObject {
  const now = timeText(context.state.now());
  const saving = { context, values, given, existing, now };
  const own = fills[kind.kind]?.(saving) ?? {};
  const isConnection = kind.families.some(({ family }) => /-source-connection$/.test(family));
  return isConnection ? { ...saved(saving), ...own } : own;
}

/** Letters and digits, as authentik generates keys. */
export function generated(length: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  return [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('');
}

function saved({ existing, now }: Saving): JsonObject {
  return existing ? { last_updated: now } : { created: now, last_updated: now };
}

/** A value that is generated when a create leaves it out. */
function onCreate(name: string, length: number): Fill {
  return ({ existing, given }) =>
    existing || given[name] !== undefined ? {} : { [name]: generated(length) };
}

/** Half an hour from now: `default_token_duration` of a fresh server is `minutes=30`. */
function soon({ context }: Saving): string {
  return timeText(context.state.now() + 30 * minute);
}

function refilled(saving: Saving): JsonObject {
  const { given, existing } = saving;
  const empty = given.expires === null || (given.expires === undefined && !existing);
  return empty ? { expires: soon(saving) } : {};
}

const fills: Record<string, Fill> = {
  'authentik_blueprints.blueprintinstance': ({ now, existing }) => ({
    last_applied: now,
    ...(existing ? {} : { last_applied_hash: '', status: 'unknown', managed_models: [], metadata: {} }),
  }),
  'authentik_core.group': ({ existing }) =>
    existing ? nothing : { num_pk: 10_000 + (randomBytes(3).readUIntBE(0, 3) % 90_000) },
  'authentik_core.token': (saving) => {
    const { given, existing, values, context } = saving;
    const own: JsonObject = existing ? {} : { key: generated(60), user: given.user ?? context.user.id };
    const intent = given.intent ?? existing?.values.intent ?? 'api';
    if (!existing) own.intent = intent;
    // An API token's end moves at every save, whatever is written and even when it does not expire (recorded).
    if (intent === 'api') own.expires = soon(saving);
    else Object.assign(own, refilled(saving));
    return values.managed === undefined ? { managed: null, ...own } : own;
  },
  'authentik_core.user': ({ now, existing, context }) => ({
    last_updated: now,
    ...(existing ? {} : newUser(now, context)),
  }),
  'authentik_crypto.certificatekeypair': ({ given, existing, values }) => {
    const own: JsonObject = existing ? {} : { managed: null };
    if (given.certificate_data !== undefined)
      Object.assign(own, certificateFacts(String(given.certificate_data)));
    return { ...own, private_key_available: Boolean(values.key_data) };
  },
  'authentik_endpoints_connectors_agent.enrollmenttoken': (saving) => ({
    ...refilled(saving),
    ...(saving.existing ? {} : { key: generated(60) }),
  }),
  'authentik_events.event': ({ context, existing, given, now }) =>
    existing
      ? nothing
      : {
          created: now,
          expires: given.expires ?? timeText(context.state.now() + 365 * day),
          user: given.user ?? {},
          brand: given.brand ?? fallbackBrand(),
        },
  'authentik_policies_geoip.geoippolicy': ({ values }) => ({
    countries: [...((values.countries ?? []) as string[])].sort(),
  }),
  'authentik_providers_oauth2.oauth2provider': (saving) => ({
    ...onCreate('client_id', 40)(saving),
    ...onCreate('client_secret', 128)(saving),
  }),
  'authentik_providers_proxy.proxyprovider': ({ existing, values, context }) => ({
    ...(existing ? {} : { client_id: generated(40), client_secret: generated(128) }),
    redirect_uris: redirectsOf(String(values.external_host)),
    property_mappings: withDefaultScopes(context, (values.property_mappings ?? []) as Json[]),
  }),
  'authentik_providers_radius.radiusprovider': onCreate('shared_secret', 40),
  'authentik_sources_plex.plexsource': onCreate('client_id', 40),
  'authentik_sources_saml.samlsource': ({ existing }) => (existing ? nothing : { managed: null }),
  'authentik_sources_oauth.useroauthsourceconnection': ({ existing, given, now }) =>
    existing || given.expires !== undefined ? nothing : { expires: now },
  'authentik_stages_invitation.invitation': (saving) => ({
    ...refilled(saving),
    ...(saving.existing ? {} : { created_by: saving.context.user.id }),
  }),
};

/** What a new user has beside its attributes. */
export function newUser(now: string, { state }: Pick<Context, 'state'>): JsonObject {
  return {
    date_joined: now,
    password_change_date: now,
    last_updated: now,
    uid: createHash('sha256')
      .update(`${state.serial}/${generated(10)}`)
      .digest('hex'),
  };
}

/** What a certificate tells, as authentik shows it. Times have no fraction. */
function certificateFacts(pem: string): JsonObject {
  const certificate = readCertificate(pem);
  if (!certificate) return {};
  const keyTypes: Record<string, string> = {
    rsa: 'rsa',
    ec: 'ec',
    dsa: 'dsa',
    ed25519: 'ed25519',
    ed448: 'ed448',
  };
  return {
    fingerprint_sha256: certificate.fingerprint256.toLowerCase(),
    fingerprint_sha1: certificate.fingerprint.toLowerCase(),
    cert_expiry: `${new Date(certificate.validTo).toISOString().slice(0, 19)}Z`,
    cert_subject: certificate.subject.split('\n').reverse().join(','),
    key_type: keyTypes[certificate.publicKey.asymmetricKeyType ?? ''] ?? null,
  };
}

/** The brand of an event that is written over REST is not looked up. */
function fallbackBrand(): JsonObject {
  const pk = randomBytes(16).toString('hex');
  return { app: 'authentik_brands', model_name: 'brand', pk, name: 'Brand fallback' };
}

/** The two addresses that an outpost answers at, as patterns (recorded). */
function redirectsOf(host: string): Json[] {
  const base = host.replace(/\/$/, '');
  return [
    {
      matching_mode: 'strict',
      url: new URL('/outpost.goauthentik.io/callback?X-authentik-auth-callback=true', host).href,
    },
    { matching_mode: 'strict', url: `${base}?X-authentik-auth-callback=true` },
  ];
}

/** A proxy provider always has authentik's own scopes, as far as the server has them. */
function withDefaultScopes({ state }: Context, ids: Json[]): Json[] {
  const own = rowsOf(state, 'authentik_providers_oauth2.scopemapping')
    .filter((row) =>
      /^goauthentik\.io\/providers\/(oauth2\/scope-(openid|profile|email|entitlements)|proxy\/scope-proxy)$/.test(
        String(row.values.managed),
      ),
    )
    .map((row) => row.id);
  return [...new Set([...ids, ...own])].sort();
}
