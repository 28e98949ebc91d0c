/**
 * Permissions that amount to taking over more than they name: with which ones somebody becomes a superuser, acts as
 * others or changes how everybody signs in. Measured on authentik 2025.12 where its API allows it.
 */
import type { Ref } from '../model/model.js';
import { type Holding, through } from './permissions.js';

/** The objects that a permission on a single object has to be about to count. */
export interface Targets {
  readonly superuserGroups: ReadonlySet<Ref>;
  readonly superusers: ReadonlySet<Ref>;
}

/** What somebody could do, and the permissions that let them. */
export interface TakeOver {
  /** What it allows, as the end of a sentence that begins with a name: `can become a superuser`. */
  readonly allows: string;
  readonly permissions: readonly string[];
  /** The role or account that holds the first of them. */
  readonly through: Ref;
}

interface Row {
  readonly allows: string;
  /** All of these, on everything or on the same object. */
  readonly on?: 'superuser group' | 'group' | 'user' | 'superuser' | 'role';
  readonly all: readonly string[];
  /** These besides, on everything. */
  readonly and?: readonly string[];
}

const superuser = 'can become a superuser';
const core = (names: string): string[] => names.split(' ').map((one) => `authentik_core.${one}`);

const rows: readonly Row[] = [
  { allows: superuser, on: 'group', all: core('change_group view_group') },
  { allows: superuser, all: core('add_group') },
  { allows: superuser, on: 'superuser group', all: core('add_user_to_group'), and: core('view_user') },
  { allows: superuser, on: 'user', all: core('change_user view_user') },
  { allows: 'can make new superusers', all: core('add_user') },
  {
    allows: 'can set the passwords of superusers',
    on: 'superuser',
    all: core('reset_user_password view_user'),
  },
  { allows: 'can act as superusers', on: 'superuser', all: core('impersonate view_user') },
  {
    allows: 'can take any role',
    on: 'role',
    all: ['authentik_rbac.change_role', 'authentik_rbac.view_role'],
    and: core('view_user'),
  },
  {
    allows: 'can give any role any permission',
    all: ['authentik_rbac.assign_role_permissions', 'authentik_rbac.add_role'],
  },
  {
    allows: 'can apply blueprints with full rights',
    all: ['authentik_blueprints.add_blueprintinstance'],
  },
  {
    allows: 'can apply blueprints with full rights',
    all: ['authentik_blueprints.change_blueprintinstance', 'authentik_blueprints.view_blueprintinstance'],
  },
  {
    allows: 'can import anything as a flow',
    all: [
      ...['flow', 'flowstagebinding', 'stage'].flatMap((one) => both('authentik_flows', one)),
      ...['policy', 'policybinding'].flatMap((one) => both('authentik_policies', one)),
      ...both('authentik_stages_prompt', 'prompt'),
    ],
  },
];

function both(app: string, model: string): string[] {
  return [`${app}.add_${model}`, `${app}.change_${model}`];
}

/** Permissions to write a kind that lets its writer do more than the permission says; `change` also needs `view`. */
const writing: readonly { readonly matches: RegExp; readonly allows: string }[] = [
  {
    matches: /^authentik_policies_expression\.\w+_expressionpolicy$/,
    allows: 'can run code on the server',
  },
  { matches: /^\w+\.\w+_(\w*mapping)$/, allows: 'can run code on the server' },
  { matches: /^authentik_stages_prompt\.\w+_prompt$/, allows: 'can run code on the server' },
  {
    matches:
      /^authentik_(flows\.\w+_(flow|flowstagebinding)|policies\.\w+_policybinding|brands\.\w+_brand|stages_\w+\.\w+stage)$/,
    allows: 'can change how everybody signs in',
  },
  { matches: /^authentik_sources_\w+\.\w+source$/, allows: 'can sign in as others through a source' },
  { matches: /^authentik_outposts\.\w+$/, allows: 'can act with the rights of outposts' },
  {
    matches: /^authentik_providers_\w+\.\w+provider$/,
    allows: 'can change what applications trust',
  },
  {
    matches: /^authentik_rbac\.\w+_initialpermissions$/,
    allows: 'can give its own role permissions on what is made later',
  },
];

/** Permissions to see what opens doors. */
const seeing: ReadonlyMap<string, string> = new Map([
  ['authentik_crypto.view_certificatekeypair_key', 'can read private keys'],
  ['authentik_core.view_token_key', 'can read keys of tokens'],
  ['authentik_rbac.edit_system_settings', 'can change the system settings'],
]);

/** What somebody with these permissions could do beyond them. */
export function takeOvers(holding: Holding, targets: Targets): TakeOver[] {
  const found = new Map<string, TakeOver>();
  const add = (allows: string, permissions: readonly string[], by: Ref): void => {
    if (!found.has(allows)) found.set(allows, { allows, permissions, through: by });
  };
  for (const row of rows) {
    const by = satisfied(holding, row, targets);
    if (by) add(row.allows, [...row.all, ...(row.and ?? [])], by);
  }
  for (const [permission, by] of holding.global) {
    const sees = seeing.get(permission);
    if (sees) add(sees, [permission], by);
    const verb = /\.(add|change)_/.exec(permission)?.[1];
    if (!verb) continue;
    const view = permission.replace('.change_', '.view_');
    if (verb === 'change' && !holding.global.has(view)) continue;
    const row = writing.find((one) => one.matches.test(permission));
    if (row) add(row.allows, verb === 'change' ? [permission, view] : [permission], by);
  }
  return [...found.values()];
}

function satisfied(holding: Holding, { all, and = [], on }: Row, targets: Targets): Ref | undefined {
  if (!and.every((one) => through(holding, one))) return undefined;
  if (all.every((one) => through(holding, one))) return through(holding, all[0]!);
  if (!on) return undefined;
  // Held on one object: one of them has to be the right one.
  for (const permission of all) {
    for (const [object, by] of holding.onObjects.get(permission) ?? []) {
      if (counts(on, object, targets) && all.every((one) => through(holding, one, object))) return by;
    }
  }
  return undefined;
}

function counts(on: NonNullable<Row['on']>, object: Ref, targets: Targets): boolean {
  if (on === 'superuser group') return targets.superuserGroups.has(object);
  if (on === 'superuser') return targets.superusers.has(object);
  return true;
}

/**
 * A permission that lets somebody change things, or see what opens doors; not just look. It tells which permissions
 * a plan has to name when somebody gains them.
 */
export function isPowerful(permission: string): boolean {
  const name = permission.slice(permission.indexOf('.') + 1);
  return (
    !name.startsWith('view_') ||
    name === 'view_system_settings' ||
    seeing.has(permission) ||
    /^view_\w+provider$/.test(name)
  );
}
