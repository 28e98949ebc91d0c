/** The calls about the server itself, its settings, its certificates and blueprint instances, and creating an application with its provider at once. */
import { type Answer, badRequest, type Context, forbidden, ok, Refusal } from './answers.js';
import { selfSigned } from './certificates.js';
import { addEvent, modelOf } from './events.js';
import { checkProperty, isDuration } from './fields.js';
import { importBlueprint } from './imports.js';
import { isObject, type Json, type JsonObject } from './json.js';
import { on } from './objects.js';
import { properties } from './openapi.js';
import { appName, isAllowed } from './permissions.js';
import { hasAttribute } from './releases.js';
import { showRow } from './show.js';
import { findRow, kindNamed, rowsOf, timeText } from './state.js';
import { bodyOf, checkBody, createRow } from './write.js';

type Call = (context: Context) => Answer;

export const systemCalls: Record<string, Call> = {
  'GET /admin/version/': ({ state }) =>
    ok({
      version_current: state.version,
      version_latest: '0.0.0',
      version_latest_valid: false,
      build_hash: '',
      outdated: false,
      outpost_outdated: false,
    }),
  'GET /admin/system/': systemInfo,
  'GET /admin/settings/': (context) => needs(context, 'view_system_settings', () => ok(settings(context))),
  'PUT /admin/settings/': (context) =>
    needs(context, 'edit_system_settings', () => changeSettings(context, false)),
  'PATCH /admin/settings/': (context) =>
    needs(context, 'edit_system_settings', () => changeSettings(context, true)),
  'GET /admin/file/': () => ok([]),
  'GET /admin/apps/': ({ state }) => {
    const apps = [...new Set([...state.catalogue.kinds.values()].map(({ app }) => app))];
    return ok(apps.filter((app) => app !== 'listed').map((app) => ({ name: app, label: appName(app) })));
  },
  'GET /root/config/': () =>
    ok({
      error_reporting: {
        enabled: false,
        sentry_dsn: '',
        environment: 'customer',
        send_pii: false,
        traces_sample_rate: 0.1,
      },
      capabilities: ['can_impersonate', 'is_enterprise'],
      cache_timeout: 300,
      cache_timeout_flows: 300,
      cache_timeout_policies: 300,
    }),
  'GET /core/brands/current/': currentBrand,
  'GET /enterprise/license/summary/': () =>
    ok({
      internal_users: 0,
      external_users: 0,
      status: 'unlicensed',
      latest_valid: '1970-01-01T00:00:00Z',
      license_flags: [],
    }),
  'POST /events/events/export/': () =>
    badRequest({ non_field_errors: ['Enterprise is required to create/update this object.'] }),
  'GET /managed/blueprints/available/': () => ok([]),
  'POST /managed/blueprints/import/': importBlueprint,
  'POST /managed/blueprints/{instance_uuid}/apply/': (context) =>
    on(context, 'authentik_blueprints.blueprintinstance', 'change_blueprintinstance', (row) =>
      ok(showRow(context, row)),
    ),
  'GET /crypto/certificatekeypairs/{kp_uuid}/view_certificate/': (context) =>
    viewKeys(context, 'certificate_data'),
  'GET /crypto/certificatekeypairs/{kp_uuid}/view_private_key/': (context) => viewKeys(context, 'key_data'),
  'POST /crypto/certificatekeypairs/generate/': generateCertificate,
  'PUT /core/transactional/applications/': transactional,
};

function needs(context: Context, permission: string, then: () => Answer): Answer {
  return isAllowed(context.state, context.user, `authentik_rbac.${permission}`) ? then() : forbidden;
}

function systemInfo(context: Context): Answer {
  const { state, path, origin } = context;
  const host = origin.replace(/^http:\/\//, '');
  const [name = '', port = ''] = host.split(':');
  const http = {
    ...{ SERVER_NAME: name, SERVER_PORT: port, REMOTE_HOST: '127.0.0.1', QUERY_STRING: '', SCRIPT_NAME: '' },
    ...{ HTTP_USER_AGENT: 'test', HTTP_ACCEPT: '*/*', HTTP_CONNECTION: 'keep-alive' },
    REQUEST_METHOD: 'GET',
    PATH_INFO: `/api/v3${path}`,
    HTTP_HOST: host,
    REMOTE_ADDR: '127.0.0.1',
  };
  const runtime = {
    python_version: '3.13.0',
    environment: 'custom',
    architecture: 'x86_64',
    platform: 'Linux',
    uname: 'Linux',
    openssl_version: 'OpenSSL 3.0.19',
    openssl_fips_enabled: null,
    authentik_version: state.version,
  };
  return needs(context, 'view_system_info', () =>
    ok({
      http_headers: http,
      http_host: host,
      http_is_secure: false,
      runtime,
      brand: 'Default brand',
      server_time: timeText(state.now()),
      embedded_outpost_disabled: false,
      embedded_outpost_host: '',
    }),
  );
}

/** What the settings of a fresh server are. Token duration: the migration's `minutes=30`, not the model's `days=1` (recorded). */
export const freshSettings: JsonObject = {
  avatars: 'gravatar,initials',
  default_user_change_name: true,
  default_user_change_email: false,
  default_user_change_username: false,
  event_retention: 'days=365',
  reputation_lower_limit: -5,
  reputation_upper_limit: 5,
  footer_links: [],
  gdpr_compliance: true,
  impersonation: true,
  impersonation_require_reason: true,
  default_token_duration: 'minutes=30',
  default_token_length: 60,
  pagination_default_page_size: 20,
  pagination_max_page_size: 100,
  flags: {},
};

function settings({ state }: Context): JsonObject {
  return { ...state.settings };
}

function changeSettings(context: Context, partial: boolean): Answer {
  const { state } = context;
  const body = bodyOf(context);
  const errors: JsonObject = {};
  const given: JsonObject = {};
  for (const [name, property] of properties('SettingsRequest')) {
    if (!hasAttribute(state.version, 'asbuilt.settings', name)) continue;
    const value = body[name];
    if (value === undefined) {
      if (!partial && property.required) errors[name] = ['This field is required.'];
      continue;
    }
    // A release's flags are its own; the named ones of the OpenAPI in use need not be there.
    const checked = name === 'flags' ? { value } : checkProperty(property, value, state.version);
    if ('error' in checked) errors[name] = checked.error;
    else if (/_(duration|retention)$/.test(name) && !isDuration(String(checked.value))) {
      errors[name] = [`${checked.value} is not in the correct format of 'hours=3;minutes=1'.`];
    } else given[name] = checked.value;
  }
  if (Object.keys(errors).length > 0) return badRequest(errors);
  Object.assign(state.settings, given);
  return ok(settings(context));
}

function currentBrand({ state }: Context): Answer {
  const brand = rowsOf(state, 'authentik_brands.brand').find((one) => one.values.default === true);
  const slug = (id: Json | undefined) => findRow(state, 'authentik_flows.flow', id)?.values.slug ?? null;
  const { values = {} } = brand ?? {};
  const flows = [
    'authentication',
    'invalidation',
    'recovery',
    'unenrollment',
    'user_settings',
    'device_code',
  ];
  const shown = flows.map((name): [string, Json] => [`flow_${name}`, slug(values[`flow_${name}`])]);
  return ok({
    matched_domain: values.domain ?? '',
    branding_title: values.branding_title ?? '',
    branding_logo: values.branding_logo ?? '',
    branding_logo_themed_urls: null,
    branding_favicon: values.branding_favicon ?? '',
    branding_favicon_themed_urls: null,
    branding_custom_css: values.branding_custom_css ?? '',
    ui_footer_links: [],
    ui_theme: 'automatic',
    ...Object.fromEntries(shown.filter(([, value]) => value !== null)),
    default_locale: '',
    flags: {
      policies_buffered_access_view: false,
      flows_continuous_login: false,
      flows_refresh_others: false,
    },
  });
}

function viewKeys(context: Context, attribute: string): Answer {
  const permission =
    attribute === 'key_data' ? 'view_certificatekeypair_key' : 'view_certificatekeypair_certificate';
  return on(context, 'authentik_crypto.certificatekeypair', permission, (row) => {
    addEvent(context, 'secret_view', 'authentik.crypto.api', { secret: modelOf(row) });
    return ok({ data: row.values[attribute] ?? '' });
  });
}

function generateCertificate(context: Context): Answer {
  const { state, user } = context;
  if (!isAllowed(state, user, 'authentik_crypto.add_certificatekeypair')) return forbidden;
  const { common_name: name, validity_days: days, alg } = bodyOf(context);
  if (typeof name !== 'string' || name === '')
    return badRequest({ common_name: ['This field is required.'] });
  const { certificate, key } = selfSigned(
    name,
    Number(days ?? 365),
    state.now(),
    alg === 'ecdsa' ? 'ecdsa' : 'rsa',
  );
  const kind = kindNamed(state, 'authentik_crypto.certificatekeypair');
  return ok(
    showRow(context, createRow(context, kind, { name, certificate_data: certificate, key_data: key })),
  );
}

/** An application with its provider and bindings, all or nothing. Errors come nested (recorded). */
function transactional(context: Context): Answer {
  const { state, user } = context;
  if (!isAllowed(state, user, 'authentik_core.add_application')) return forbidden;
  const body = bodyOf(context);
  const part = (name: string): JsonObject => (isObject(body[name]) ? body[name] : {});
  const application = kindNamed(state, 'authentik_core.application');
  const errors = refusalOf(() => checkBody(context, application, part('app'), undefined, false));
  if (errors) return badRequest({ app: errors });
  const providerKind = state.catalogue.kinds.get(String(body.provider_model));
  if (!providerKind)
    return badRequest({ provider_model: [`"${body.provider_model}" is not a valid choice.`] });
  const wrong = refusalOf(() => checkBody(context, providerKind, part('provider'), undefined, false));
  if (wrong) return badRequest({ provider: wrong });
  const provider = createRow(context, providerKind, part('provider'));
  const created = createRow(context, application, { ...part('app'), provider: provider.id });
  for (const binding of (body.policy_bindings ?? []) as JsonObject[]) {
    createRow(context, kindNamed(state, 'authentik_policies.policybinding'), {
      ...binding,
      target: created.id,
    });
  }
  return ok({ applied: true, logs: [] });
}

/** What a 400 says that a check would answer. */
function refusalOf(check: () => unknown): Json | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal && error.answer.status === 400) return error.answer.json;
    throw error;
  }
}
