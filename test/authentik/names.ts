/** What authentik calls a kind in its answers: the class, the name for people, the console's form and its base classes. */
import type { Kind } from './kinds.js';

const initials =
  /OAuth2|OAuth|LDAP|SAML|SCIM|RAC|SSF|GeoIP|WebAuthn|TOTP|SMS|OpenID|[A-Z]{2,}(?=[A-Z][a-z]|$)|[A-Z][a-z0-9]+/g;

/** Names for people that are not simply the class's words. */
const verboseNames: Record<string, string> = {
  'authentik_crypto.certificatekeypair': 'Certificate-Key Pair',
  'authentik_endpoints.deviceaccessgroup': 'Device access group',
  'authentik_flows.flowstagebinding': 'Flow Stage Binding',
  'authentik_outposts.dockerserviceconnection': 'Docker Service-Connection',
  'authentik_outposts.kubernetesserviceconnection': 'Kubernetes Service-Connection',
  'authentik_providers_oauth2.oauth2provider': 'OAuth2/OpenID Provider',
  'authentik_providers_rac.racpropertymapping': 'RAC Provider Property Mapping',
  'authentik_providers_saml.samlpropertymapping': 'SAML Provider Property Mapping',
  'authentik_providers_scim.scimmapping': 'SCIM Provider Mapping',
  'authentik_events.notificationwebhookmapping': 'Webhook Mapping',
  'authentik_stages_authenticator_validate.authenticatorvalidatestage': 'Authenticator Validation Stage',
  'authentik_stages_authenticator_endpoint_gdtc.authenticatorendpointgdtcstage':
    'Endpoint Authenticator Google Device Trust Connector Stage',
  'authentik_stages_mtls.mutualtlsstage': 'Mutual TLS Stage',
};

/** Forms of the console that are not named after the path. */
const forms: Record<string, string> = {
  'authentik_endpoints.endpointstage': 'ak-endpoints-stage-form',
  'authentik_endpoints_connectors_agent.agentconnector': 'ak-endpoints-connector-agent-form',
  'authentik_stages_invitation.invitationstage': 'ak-stage-invitation-form',
  'authentik_stages_prompt.promptstage': 'ak-stage-prompt-form',
};

/** How messages about a value that another member of the family has call the family. */
export const familyNames: Record<string, string> = {
  policy: 'Policy',
  'property-mapping': 'Property Mapping',
  provider: 'provider',
  source: 'source',
  stage: 'stage',
  'outpost-service-connection': 'Outpost Service-Connection',
  connector: 'connector',
};

/** The class's name, as messages like "No Group matches the given query." have it. */
export function className({ component }: Kind): string {
  return component;
}

export function verboseName(kind: Kind): string {
  const known = verboseNames[kind.kind];
  if (known !== undefined) return known;
  const words = kind.component.match(initials) ?? [kind.component];
  if (words[0] === 'Authenticator' && words.at(-1) === 'Stage') {
    return `${words.slice(1, -1).join(' ')} Authenticator Setup Stage`;
  }
  return words.join(' ');
}

export function verboseNamePlural(kind: Kind): string {
  const name = verboseName(kind);
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** The name of the form that the console opens for the kind. */
export function formName(kind: Kind): string {
  const known = forms[kind.kind];
  if (known !== undefined) return known;
  const words = kind.path
    .split('/')
    .filter((word) => word !== '')
    .join('-')
    .replaceAll('_', '-');
  const singular = words
    .replace(/^stages-/, 'stage-')
    .replace(/^policies-/, 'policy-')
    .replace(/^providers-/, 'provider-')
    .replace(/^sources-/, 'source-')
    .replace(/^propertymappings-/, 'property-mapping-')
    .replace(/^outposts-service-connections-/, 'service-connection-');
  return `ak-${singular}-form`;
}
