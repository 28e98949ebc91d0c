/**
 * The fields that a query may name, for each sort of object, as authentik's search declares them (`get_ql_fields` of
 * its user, group and event views). What is not here, such as `last_login` or `groups`, authentik cannot query either.
 */

export type ObjectType = 'users' | 'groups' | 'events';

/**
 * `text`, `boolean`, `time`, `json` as djangoql's field classes; `uuid` and `address` are text for djangoql, but their
 * columns compare as UUIDs and as IP addresses.
 */
export type FieldType = 'text' | 'choice' | 'boolean' | 'time' | 'json' | 'uuid' | 'address';

export interface Choice {
  readonly value: string;
  /** What authentik shows for it; a query takes it as well as the value. */
  readonly label: string;
}

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Whether a query may compare it to None. */
  readonly nullable: boolean;
  readonly choices: readonly Choice[];
  /** The property that holds it where a row has none of the field's name: REST calls an event's `event_uuid` `pk`. */
  readonly otherwise?: string;
  /** A few words for people who complete it. */
  readonly about: string;
}

export interface Schema {
  readonly type: ObjectType;
  /** In alphabetical order, as authentik lists them. */
  readonly fields: readonly Field[];
  /** The fields that plain search looks in. */
  readonly searched: readonly string[];
  /** Fields that rows can be ordered by, with how their values compare. */
  readonly ordered: Readonly<Record<string, FieldType | 'number'>>;
  /** The order when none is asked for. */
  readonly order: string;
}

function field(name: string, type: FieldType, about: string, more: Partial<Field> = {}): Field {
  return { name, type, nullable: type === 'boolean', choices: [], about, ...more };
}

/** Choices whose label is made of the value, as Django makes it: `login_failed` is `Login Failed`. */
function titled(values: readonly string[], labels: Readonly<Record<string, string>> = {}): Choice[] {
  const title = (value: string) =>
    value.replace(/_/g, ' ').replace(/[a-z]+/g, (word) => word[0]!.toUpperCase() + word.slice(1));
  return values.map((value) => ({ value, label: labels[value] ?? title(value) }));
}

const userTypes = titled(['internal', 'external', 'service_account', 'internal_service_account']);

/** `EventAction` of authentik 2025.12. Django makes the label of its constant's name, which differs for two. */
const eventActions = titled(
  [
    'login',
    'login_failed',
    'logout',
    'user_write',
    'suspicious_request',
    'password_set',
    'secret_view',
    'secret_rotate',
    'invitation_used',
    'authorize_application',
    'source_linked',
    'impersonation_started',
    'impersonation_ended',
    'flow_execution',
    'policy_execution',
    'policy_exception',
    'property_mapping_exception',
    'system_task_execution',
    'system_task_exception',
    'system_exception',
    'configuration_error',
    'model_created',
    'model_updated',
    'model_deleted',
    'email_sent',
    'update_available',
    'export_ready',
    'custom_',
  ],
  { invitation_used: 'Invite Used', custom_: 'Custom Prefix' },
);

export const schemas: Readonly<Record<ObjectType, Schema>> = {
  users: {
    type: 'users',
    fields: [
      field('attributes', 'json', 'custom attributes, by path: attributes.dept'),
      field('email', 'text', 'e-mail address'),
      field('is_active', 'boolean', 'may sign in'),
      field('name', 'text', 'display name'),
      field('path', 'text', 'folder'),
      field('type', 'choice', 'internal, external or a service account', { choices: userTypes }),
      field('username', 'text', 'name to sign in with'),
    ],
    searched: ['email', 'name', 'uuid', 'username'],
    ordered: {
      pk: 'number',
      username: 'text',
      name: 'text',
      email: 'text',
      path: 'text',
      type: 'text',
      is_active: 'boolean',
      attributes: 'json',
      uuid: 'uuid',
      last_login: 'time',
      date_joined: 'time',
      password_change_date: 'time',
      last_updated: 'time',
    },
    order: 'username,date_joined,last_updated',
  },
  groups: {
    type: 'groups',
    fields: [
      field('attributes', 'json', 'custom attributes, by path: attributes.dept'),
      field('is_superuser', 'boolean', 'makes its members superusers'),
      field('name', 'text', 'name'),
    ],
    searched: ['name', 'is_superuser'],
    ordered: { pk: 'uuid', name: 'text', is_superuser: 'boolean', attributes: 'json' },
    order: 'name',
  },
  events: {
    type: 'events',
    fields: [
      field('action', 'choice', 'what happened', { choices: eventActions }),
      field('app', 'text', 'part of authentik that wrote the event'),
      field('brand', 'json', 'brand of the request'),
      field('client_ip', 'address', 'address of the client'),
      field('context', 'json', 'details, by path: context.model.name'),
      field('created', 'time', 'when, in UTC'),
      field('event_uuid', 'uuid', 'id of the event', { otherwise: 'pk' }),
      field('user', 'json', 'who did it, by path: user.username'),
    ],
    searched: ['event_uuid', 'user', 'action', 'app', 'context', 'client_ip'],
    ordered: {
      pk: 'uuid',
      event_uuid: 'uuid',
      user: 'json',
      action: 'text',
      app: 'text',
      context: 'json',
      client_ip: 'address',
      created: 'time',
      expires: 'time',
      brand: 'json',
    },
    order: '-created',
  },
};

/** A row of any source: REST's answer, an SQL row, the attributes of a resource. */
export type Row = Readonly<Record<string, unknown>>;

/** What a row has for a field: undefined where it has nothing. */
export function fieldReader(field: {
  readonly name: string;
  readonly otherwise?: string | undefined;
}): (row: Row) => unknown {
  const { name, otherwise } = field;
  return otherwise === undefined ? (row) => row[name] : (row) => row[name] ?? row[otherwise];
}
