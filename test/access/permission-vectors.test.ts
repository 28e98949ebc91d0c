/** Permissions, and what the API lets people do with them, equal what a real authentik 2025.12 said. */
import { describe, expect, test } from 'vitest';
import { type Access, accessOf } from '../../src/access/access.js';
import { type Action, mayDo } from '../../src/access/actions.js';
import { hasPermission, permissionsOf } from '../../src/access/permissions.js';
import { activeSuperusers, superuserThrough } from '../../src/access/superusers.js';
import { takeOvers } from '../../src/access/take-over.js';
import { catalogue } from '../../src/model/kinds.js';
import { type Address, type Attributes, type DesiredResource, Ref } from '../../src/model/model.js';
import { readTexts } from '../support/blueprints.js';
import { vectorFolders, vectorsOf, withoutVectors } from './vectors.js';
import { type TestWorld, worldOf, worldOfDesired } from './worlds.js';

interface HasPerm {
  readonly id: string;
  readonly kind: 'has_perm';
  readonly blueprint: string;
  readonly applied_afterwards?: string;
  readonly user: string;
  readonly permission: string;
  readonly object: string | null;
  readonly expected: { readonly has_perm: boolean | string; readonly is_superuser: boolean };
}

interface Rest {
  readonly id: string;
  readonly kind: 'rest';
  readonly blueprint: string;
  readonly user: string;
  readonly request: { readonly method: string; readonly path: string; readonly body: Body | null };
  readonly expected: {
    readonly status: number;
    readonly caller_is_superuser_afterwards: boolean;
    readonly victim_password_changed: boolean;
    readonly new_user_is_superuser?: boolean;
  };
}

type Body = Readonly<Record<string, unknown>>;
type Vector = HasPerm | Rest;

/**
 * The directory after both blueprints as authentik leaves it: it adds permissions and never takes one away, unlike
 * this program.
 */
function worldAfter({ blueprint, applied_afterwards: second }: HasPerm): TestWorld {
  if (second === undefined) return worldOf([blueprint]);
  const refs = new Map<Address, Ref>();
  const first = readTexts(blueprint).desired;
  const later = readTexts(second).desired;
  const byAddress = new Map<Address, DesiredResource>(first.map((one) => [one.ref.address, one]));
  for (const one of later) {
    const was = byAddress.get(one.ref.address);
    const permissions = [was, one].flatMap(
      (side) => (side?.attributes.permissions as string[] | undefined) ?? [],
    );
    const attributes = { ...was?.attributes, ...one.attributes, permissions };
    byAddress.set(one.ref.address, changedTo(was ?? one, attributes));
  }
  return worldOfDesired([...byAddress.values()], [], { refs });
}

function changedTo(
  { ref, kind, state, initial, ...rest }: DesiredResource,
  attributes: Attributes,
): DesiredResource {
  return { ...rest, ref, kind, state, initial, attributes };
}

/** `group:t1`, `stage:s1`: the object by the id that its entry has. */
function objectOf(world: TestWorld, text: string | null): Ref | undefined {
  if (text === null) return undefined;
  const [kind, name] = text.split(':');
  if (kind !== 'stage') return world.ref(`${kind}/${name}`);
  return world
    .all('authentik_stages_password.passwordstage')
    .find((one) => one.address.endsWith(`-${name}`))!;
}

/** Addresses of the objects that requests of the measurements name. */
const named: Readonly<Record<string, Address>> = {
  '{own}': 'group/q-own',
  '{admins}': 'group/q-admins',
  '{victim}': 'user/q-victim',
  '{role}': 'role/q-role',
  '{bigrole}': 'role/q-big',
  '{p}-victim': 'token/q-victim',
  'q-mine': 'token/q-mine',
};

/** What a request asks for; a text where it is about no permission, with the reason. */
function actionOf(world: TestWorld, me: Ref, { method, path, body }: Rest['request']): Action | string {
  const whole = path.replace(/\?.*$/, '');
  if (whole === '/core/users/me/') return 'everybody may ask who they are';
  if (whole === '/core/users/service_account/') return { does: 'add', kind: 'authentik_core.user' };
  if (whole === '/admin/settings/') return { does: 'change settings' };
  if (whole === '/flows/instances/import/') return { does: 'import flow' };
  if (/^\/policies\/all\/|assigned_by_users/.test(whole)) return 'there is no such address';
  const place = [...catalogue().kinds.values()].find(({ path: own }) => own && whole.startsWith(`${own}/`));
  const isAssignment = whole.includes('assigned_by_roles');
  if (!place && !isAssignment) return 'no kind has this address';
  const [object, call] = whole.slice(isAssignment ? whole.indexOf('{') : place!.path!.length + 1).split('/');
  const flag = body?.is_superuser;
  if (!object) {
    const { kind } = place!;
    if (method !== 'POST') return { does: 'list', kind };
    const isSuperuser = kind === 'authentik_core.group' && flag === true;
    return isSuperuser ? { does: 'add superuser group' } : { does: 'add', kind };
  }
  const ref = object === '{me}' ? me : named[object] ? world.ref(named[object]) : world.all(place!.kind)[0]!;
  if (isAssignment) return { does: 'assign permissions to role', object: ref };
  if (call) return calls[call]?.(ref, me, world) ?? `${call} is not modelled`;
  if (method === 'DELETE') return { does: 'delete', object: ref };
  if (method === 'GET') return { does: 'read', object: ref };
  if (flag === true) return { does: 'make superuser group', object: ref };
  if (flag === false) return { does: 'unmake superuser group', object: ref };
  return { does: 'change', object: ref };
}

const calls: Readonly<Record<string, (object: Ref, me: Ref, world: TestWorld) => Action>> = {
  add_user: (object, user) =>
    object.kind === 'authentik_rbac.role'
      ? { does: 'add to role', object, user }
      : { does: 'add to group', object, user },
  remove_user: (object, _, world) => ({
    does: 'remove from group',
    object,
    user: world.ref('user/q-victim'),
  }),
  set_password: (object) => ({ does: 'set password', object }),
  recovery: (object) => ({ does: 'make recovery link', object }),
  impersonate: (object) => ({ does: 'impersonate', object }),
  view_key: (object) => ({ does: 'read token key', object }),
  set_key: (object) => ({ does: 'set token key', object }),
};

/** Was it carried out? A change of one's own groups may be, and be answered with a refusal afterwards. */
function wasDone({ status, caller_is_superuser_afterwards }: Rest['expected']): boolean {
  return status < 400 || caller_is_superuser_afterwards;
}

function canTakeOver(access: Access, me: Ref): boolean {
  const superusers = activeSuperusers(access.world, access.groups);
  const groups = access.world.all('authentik_core.group').filter((one) => access.groups.superuserBy(one));
  const targets = { superuserGroups: new Set(groups), superusers: new Set(superusers.keys()) };
  return takeOvers(permissionsOf(access).of(me), targets).length > 0;
}

describe.skipIf(vectorFolders.length === 0)('permissions, as measured', () => {
  const vectors = vectorFolders.length === 0 ? [] : vectorsOf<Vector>('permission-vectors.jsonl');

  test('has_perm and is_superuser are those of authentik', () => {
    const wrong: string[] = [];
    const asked = vectors.filter((one) => one.kind === 'has_perm');
    for (const vector of asked) {
      const world = worldAfter(vector);
      const access = accessOf(world);
      const { user: name, permission, object, expected } = vector;
      const user = world.all('authentik_core.user').find((one) => one.address === `user/${name}`);
      const nobody = new Ref('authentik_core.user', `user/${name}`);
      const { answer } = hasPermission(
        access,
        permissionsOf(access),
        user ?? nobody,
        permission,
        objectOf(world, object),
      );
      const superuser = user !== undefined && superuserThrough(access.groups, user) !== undefined;
      // An error of authentik's is no permission.
      if ((answer === 'yes') !== (expected.has_perm === true) || superuser !== expected.is_superuser)
        wrong.push(
          `${vector.id}: expected ${JSON.stringify(expected)}, got ${answer}, superuser ${superuser}`,
        );
    }
    console.log(`permissions: ${asked.length - wrong.length} of ${asked.length} as measured`);
    expect(wrong).toEqual([]);
  });

  test('the API lets people do what authentik lets them, and what takes over is known as such', () => {
    const wrong: string[] = [];
    const left: string[] = [];
    const asked = vectors.filter((one) => one.kind === 'rest');
    for (const { id, blueprint, user, request, expected } of asked) {
      const world = worldOf([blueprint]);
      const access = accessOf(world);
      const me = world.ref(`user/${user}`);
      const action = actionOf(world, me, request);
      if (typeof action === 'string') {
        left.push(`${id}: ${action}`);
        continue;
      }
      const { answer, because } = mayDo(access, permissionsOf(access), me, action);
      if ((answer === 'yes') !== wasDone(expected))
        wrong.push(`${id}: status ${expected.status}, got ${answer} (${because})`);
      const tookOver =
        expected.caller_is_superuser_afterwards ||
        expected.victim_password_changed ||
        expected.new_user_is_superuser === true ||
        (action.does === 'impersonate' && expected.status < 400);
      if (tookOver && !canTakeOver(access, me)) wrong.push(`${id}: took over, and nobody says that it could`);
    }
    console.log(
      `requests: ${asked.length - wrong.length - left.length} of ${asked.length} as measured; ${left.length} ask for no permission (${left.join('; ')})`,
    );
    expect(wrong).toEqual([]);
  });
});

test.runIf(vectorFolders.length === 0)(withoutVectors, () => {});
