/** The rules that a kind's serializer has of its own, beside what each field says by itself. Source: recorded refusals of a 2025.12.4. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { load } from 'js-yaml';
import { type Context, crashed, Refusal } from './answers.js';
import { isObject, type Json, type JsonObject } from './json.js';
import { type Row, rowsOf } from './state.js';

export interface WholeCheck {
  readonly context: Context;
  readonly body: JsonObject;
  /** What the body gives, checked field by field. */
  readonly given: JsonObject;
  readonly existing: Row | undefined;
  readonly partial: boolean;
}

interface FieldCheck {
  readonly context: Context;
  readonly existing: Row | undefined;
}

export interface Checks {
  /** Words about a field's value, if it is refused. */
  readonly fields?: Record<string, (value: Json, about: FieldCheck) => Json | undefined>;
  /** What is wrong with the whole, or that the handler crashes on it. */
  readonly whole?: (check: WholeCheck) => JsonObject | 'crash' | undefined;
  /** Why the object cannot be deleted. */
  readonly remove?: (context: Context, row: Row) => JsonObject | undefined;
}

export function checksOf(kind: string): Checks | undefined {
  return checks[kind];
}

function nonField(words: string): JsonObject {
  return { non_field_errors: [words] };
}

function isSet(value: Json | undefined): boolean {
  return Array.isArray(value)
    ? value.length > 0
    : value !== undefined && value !== null && value !== '' && value !== false;
}

const mappingExpression: Checks = { fields: { expression: expressionError } };

const checks: Record<string, Checks> = {
  'authentik_blueprints.blueprintinstance': {
    fields: {
      content: (content) => {
        if (content === '') return undefined;
        const document = loadBlueprint(String(content));
        const version = isObject(document) ? (document.version ?? 1) : 1;
        return version === 1 ? undefined : ['Failed to validate blueprint', '- Invalid blueprint version'];
      },
      path: (path) =>
        path === '' || String(path).startsWith('oci://') ? undefined : 'Blueprint file does not exist',
    },
    whole: ({ given }) =>
      isSet(given.path) || isSet(given.content) ? undefined : nonField('Either path or content must be set.'),
  },
  'authentik_brands.brand': {
    fields: {
      default: (value, { context, existing }) => {
        const others = rowsOf(context.state, 'authentik_brands.brand').filter((brand) => brand !== existing);
        const taken = value === true && others.some((brand) => brand.values.default === true);
        return taken ? 'Only a single brand can be set as default.' : undefined;
      },
    },
  },
  'authentik_core.token': {
    fields: {
      user: (user, { existing }) =>
        existing && existing.values.user !== user ? 'User cannot be changed' : undefined,
      intent: (intent) =>
        intent === 'api' || intent === 'app_password' ? undefined : `Invalid intent ${intent}`,
    },
    whole: ({ context, given, existing }) => {
      const intent = given.intent ?? existing?.values.intent ?? 'api';
      const latest = context.state.now() + 30 * 60_000;
      if (intent !== 'app_password' || typeof given.expires !== 'string') return undefined;
      if (Date.parse(given.expires) <= latest) return undefined;
      const text = new Date(latest).toISOString().replace('T', ' ').replace('Z', '000+00:00 UTC');
      return { expires: [`Token expires exceeds maximum lifetime (${text}).`] };
    },
  },
  'authentik_core.user': {
    fields: {
      path: (path) => (/^\/|\/$/.test(String(path)) ? 'No leading or trailing slashes allowed.' : undefined),
      type: (type, { existing }) =>
        type === 'internal_service_account' && existing?.values.type !== type
          ? 'Setting a user to internal service account is not allowed.'
          : undefined,
    },
    whole: ({ existing }) =>
      existing?.values.type === 'internal_service_account'
        ? nonField("Can't modify internal service account users")
        : undefined,
  },
  'authentik_crypto.certificatekeypair': {
    fields: {
      certificate_data: (data) => (readCertificate(String(data)) ? undefined : 'Unable to load certificate.'),
    },
  },
  'authentik_enterprise.license': { fields: { key: () => 'Unable to verify license' } },
  'authentik_events.event': {
    fields: {
      client_ip: (address) =>
        address === null || isIP(String(address)) ? undefined : 'Enter a valid IPv4 or IPv6 address.',
    },
  },
  'authentik_events.notificationtransport': {
    fields: {
      email_template: (name) =>
        /^email\/\w+\.html$/.test(String(name)) ? undefined : `Invalid template '${name}' specified.`,
    },
  },
  'authentik_flows.flowstagebinding': {
    whole: ({ given }) =>
      (given.evaluate_on_plan ?? false) || (given.re_evaluate_policies ?? true)
        ? undefined
        : nonField('Either evaluation on plan or evaluation on run must be enabled'),
  },
  'authentik_outposts.kubernetesserviceconnection': {
    whole: ({ given, partial }) => {
      if (partial) return undefined;
      if (given.local === undefined || given.kubeconfig === undefined) return 'crash';
      const empty = isObject(given.kubeconfig) && Object.keys(given.kubeconfig).length === 0;
      return given.local === false && empty
        ? nonField('You can only use an empty kubeconfig when connecting to a local cluster.')
        : undefined;
    },
  },
  'authentik_outposts.outpost': {
    fields: { providers: (ids) => (isSet(ids) ? undefined : 'This list may not be empty.') },
  },
  'authentik_policies.policybinding': { whole: bindingProblem },
  'authentik_endpoints.deviceuserbinding': { whole: bindingProblem },
  'authentik_policies_event_matcher.eventmatcherpolicy': {
    whole: ({ given }) => {
      if (given.action === undefined) return 'crash';
      const others = [given.client_ip, given.app, given.model];
      if (given.action === '' || given.action === null) {
        if (given.action === '' && others.includes(undefined)) return 'crash';
        if (given.action === '' && !others.some(isSet)) {
          return nonField('At least one criteria must be set.');
        }
      }
      return undefined;
    },
  },
  'authentik_policies_expression.expressionpolicy': mappingExpression,
  'authentik_policies_reputation.reputationpolicy': {
    whole: ({ given }) =>
      isSet(given.check_ip) || isSet(given.check_username)
        ? undefined
        : nonField('Either IP or Username must be checked'),
  },
  'authentik_providers_oauth2.oauth2provider': {
    fields: {
      redirect_uris: (uris) => {
        const patterns = (uris as JsonObject[]).filter((uri) => uri.matching_mode === 'regex');
        const broken = patterns.find((uri) => !isPattern(String(uri.url)));
        return broken ? `Invalid Regex Pattern: ${broken.url}` : undefined;
      },
    },
  },
  'authentik_providers_oauth2.scopemapping': mappingExpression,
  'authentik_providers_proxy.proxyprovider': {
    whole: ({ given }) =>
      (given.mode ?? 'proxy') === 'proxy' && !isSet(given.internal_host)
        ? { internal_host: ['Internal host cannot be empty when forward auth is disabled.'] }
        : undefined,
  },
  'authentik_providers_radius.radiusprovider': {
    fields: {
      certificate: (value, { context }) =>
        value !== null && !context.options.licensed ? 'Enterprise is required to use EAP-TLS.' : undefined,
    },
  },
  'authentik_sources_ldap.ldapsource': {
    fields: {
      sync_users_password: (value, { context, existing }) => {
        const others = rowsOf(context.state, 'authentik_sources_ldap.ldapsource').filter(
          (one) => one !== existing,
        );
        return value === true && others.some((one) => one.values.sync_users_password === true)
          ? { sync_users_password: 'Only a single LDAP Source with password synchronization is allowed' }
          : undefined;
      },
    },
  },
  'authentik_sources_oauth.oauthsource': {
    whole: ({ context, given }) => {
      if (given.provider_type === undefined) return 'crash';
      if (context.options.online) return undefined;
      const isAsked = given.provider_type === 'github' || isSet(given.oidc_well_known_url);
      const asked = isAsked
        ? 'oidc_well_known_url'
        : isSet(given.oidc_jwks_url)
          ? 'oidc_jwks_url'
          : undefined;
      return asked === undefined
        ? undefined
        : ({ [asked]: ['The server could not be reached.'] } as JsonObject);
    },
  },
  'authentik_sources_saml.samlsource': {
    whole: ({ context, given, existing }) =>
      existing === undefined && given.issuer === undefined && context.state.version.startsWith('2025.')
        ? 'crash'
        : undefined,
  },
  'authentik_stages_identification.identificationstage': {
    whole: ({ given }) =>
      isSet(given.user_fields) || isSet(given.sources)
        ? undefined
        : nonField('When no user fields are selected, at least one source must be selected'),
  },
};

/** A binding's target must come with every write, and so must exactly one of the three that it binds. */
function bindingProblem({ given }: WholeCheck): JsonObject | 'crash' | undefined {
  if (given.target === undefined) return 'crash';
  const bound = ['group', 'policy', 'user'].filter((name) => isSet(given[name]));
  if (bound.length === 0) return nonField("One of 'group', 'policy', 'user' must be set.");
  return bound.length > 1 ? nonField("Only one of 'group', 'policy', 'user' can be set.") : undefined;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/** Python's own words for the one mistake in an expression that shows without a Python: an opened bracket. */
function expressionError(value: Json): string | undefined {
  const text = String(value)
    .replace(/#.*$/gm, '')
    .replace(/"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, '');
  const opened: string[] = [];
  for (const letter of text) {
    if ('([{'.includes(letter)) opened.push(letter);
    else if (')]}'.includes(letter)) opened.pop();
  }
  const line = String(value).split('\n').length + 1;
  return opened.length > 0
    ? `Expression Syntax Error: '${opened.at(-1)}' was never closed (None, line ${line})`
    : undefined;
}

export function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Parses a blueprint with its tags left as they are; broken YAML crashes the handler, so it is thrown. */
function loadBlueprint(text: string): Json {
  try {
    return load(text.replace(/!(?!!)[A-Za-z]+/g, '')) as Json;
  } catch {
    throw new Refusal(crashed);
  }
}
