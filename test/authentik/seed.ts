/** Fills a test server with many objects at once, past HTTP, for tests of size. */
import { akadminOf, contextOf } from './bootstrap.js';
import type { JsonObject } from './json.js';
import { kindNamed, type Row, rowsOf, type State } from './state.js';
import { createRow } from './write.js';

export interface SeedSize {
  readonly users?: number;
  readonly groups?: number;
  /** Each with an OAuth2 provider of its own. */
  readonly applications?: number;
  /** How many groups each user is in: 1. */
  readonly groupsPerUser?: number;
}

export interface Seeded {
  readonly users: Row[];
  readonly groups: Row[];
  readonly applications: Row[];
}

/** Makes `seed-group-0`, `seed-user-0`, `seed-app-0` and so on. Nothing of it is in the audit log. */
export function seed(
  state: State,
  { users = 0, groups = 0, applications = 0, groupsPerUser = 1 }: SeedSize,
): Seeded {
  const log = state.tables.get('authentik_events.event');
  state.tables.delete('authentik_events.event');
  const madeGroups = times(groups, (index) => ({ name: `seed-group-${index}` })).map((body) =>
    create(state, 'authentik_core.group', body),
  );
  const groupsOf = (index: number) =>
    times(Math.min(groupsPerUser, groups), (nth) => madeGroups[(index + nth) % groups]!.id);
  const madeUsers = times(users, (index) => ({
    username: `seed-user-${index}`,
    name: `Seed User ${index}`,
    email: `seed-user-${index}@example.com`,
    groups: groupsOf(index),
  })).map((body) => create(state, 'authentik_core.user', body));
  const flows = rowsOf(state, 'authentik_flows.flow');
  const flow = (slug: string) => flows.find((row) => row.values.slug === slug)!.id;
  const madeApplications = times(applications, (index) => {
    const provider = create(state, 'authentik_providers_oauth2.oauth2provider', {
      name: `seed-provider-${index}`,
      authorization_flow: flow('default-provider-authorization-implicit-consent'),
      invalidation_flow: flow('default-provider-invalidation-flow'),
      redirect_uris: [],
    });
    return create(state, 'authentik_core.application', {
      ...{ name: `Seed App ${index}`, slug: `seed-app-${index}`, provider: provider.id },
    });
  });
  state.tables.delete('authentik_events.event');
  if (log) state.tables.set('authentik_events.event', log);
  return { users: madeUsers, groups: madeGroups, applications: madeApplications };
}

/** Makes one object of any kind, as akadmin would over REST. */
export function create(state: State, kind: string, body: JsonObject): Row {
  return createRow(contextOf(state, akadminOf(state)), kindNamed(state, kind), body);
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_nothing, index) => make(index));
}
