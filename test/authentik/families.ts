/** The lists of whole families (`/stages/all/`), where an object shows the little that all members have, and can be deleted. */
import { type Answer, badRequest, type Context, forbidden, noMatch, notFound, ok } from './answers.js';
import type { Json } from './json.js';
import { listAnswer } from './list.js';
import { listComponent } from './openapi.js';
import { isAllowed, isAllowedOn, permissionFor } from './permissions.js';
import { showAs, showRow } from './show.js';
import { findRow, type Row, rowsOf } from './state.js';
import { deleteObject } from './write.js';

interface FamilyPath {
  readonly family: string;
  readonly model: string;
  readonly key: 'slug' | 'id';
}

const families: Record<string, FamilyPath> = {
  '/stages/all/': { family: 'stage', model: 'authentik_flows.stage', key: 'id' },
  '/policies/all/': { family: 'policy', model: 'authentik_policies.policy', key: 'id' },
  '/providers/all/': { family: 'provider', model: 'authentik_core.provider', key: 'id' },
  '/sources/all/': { family: 'source', model: 'authentik_core.source', key: 'slug' },
  '/propertymappings/all/': {
    family: 'property-mapping',
    model: 'authentik_core.propertymapping',
    key: 'id',
  },
  '/outposts/service_connections/all/': {
    family: 'outpost-service-connection',
    model: 'authentik_outposts.outpostserviceconnection',
    key: 'id',
  },
};

type Call = (context: Context) => Answer;

export const familyCalls: Record<string, Call> = Object.fromEntries(
  Object.entries(families).flatMap(([path, family]): [string, Call][] => {
    const parameter = { stage: 'stage_uuid', policy: 'policy_uuid', provider: 'id', source: 'slug' }[
      family.family as 'stage'
    ];
    const own = parameter ?? (family.family === 'property-mapping' ? 'pm_uuid' : 'uuid');
    return [
      [`GET ${path}`, (context) => list(context, path, family)],
      [`GET ${path}{${own}}/`, (context) => find(context, family, (row) => ok(show(context, path, row)))],
      [`DELETE ${path}{${own}}/`, (context) => find(context, family, (row) => remove(context, row))],
    ];
  }),
);

function membersOf({ state }: Context, { family }: FamilyPath): Row[] {
  return (state.catalogue.families.get(family) ?? []).flatMap((kind) => rowsOf(state, kind.kind));
}

function list(context: Context, path: string, family: FamilyPath): Answer {
  const { state, user, query } = context;
  const [app, model] = family.model.split('.');
  if (!isAllowed(state, user, `${app}.view_${model}`)) return forbidden;
  const search = query.get('search')?.toLowerCase() ?? '';
  const rows = membersOf(context, family).filter((row) =>
    String(row.values.name ?? '')
      .toLowerCase()
      .includes(search),
  );
  rows.sort((one, other) => (String(one.values.name) < String(other.values.name) ? -1 : 1));
  return ok(listAnswer(context, rows, (row) => show(context, path, row)));
}

function show(context: Context, path: string, row: Row): Json {
  // Policies alone come whole.
  if (path === '/policies/all/') return showRow(context, row);
  return showAs({ context, when: 'show', given: {}, asBase: false, top: true }, row, listComponent(path)!);
}

function find(context: Context, family: FamilyPath, then: (row: Row) => Answer): Answer {
  const key = Object.values(context.parameters)[0]!;
  if (family.key === 'slug' && key === 'authentik-built-in') {
    return badRequest({ detail: 'Built-in sources cannot be deleted' });
  }
  const row =
    family.key === 'id'
      ? findRow(context.state, family.family, key)
      : membersOf(context, family).find(({ values }) => values.slug === key);
  const [, model = ''] = family.model.split('.');
  if (!row) return family.key === 'id' && !/^[0-9a-f-]+$/i.test(key) ? notFound : noMatch(model);
  return then(row);
}

function remove(context: Context, row: Row): Answer {
  const allowed = isAllowedOn(context.state, context.user, permissionFor(row.kind, 'delete'), row);
  return allowed ? deleteObject(context, row) : forbidden;
}
