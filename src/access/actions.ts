/** What authentik's API lets an account do: finding the object comes first, then the permission of the action (measured on 2025.12). */
import type { Kind, Ref } from '../model/model.js';
import type { Access } from './access.js';
import type { Verdict } from './guards.js';
import { applicationKind, brandKind, tokenKind } from './kinds.js';
import { hasPermission, type Permissions, through } from './permissions.js';
import { superuserThrough } from './superusers.js';
import { refOf } from './world.js';

/** Something that can be asked of the API. */
export type Action =
  | { readonly does: 'list' | 'add'; readonly kind: Kind }
  | { readonly does: 'read' | 'change' | 'delete'; readonly object: Ref }
  | { readonly does: 'make superuser group' | 'unmake superuser group'; readonly object: Ref }
  | { readonly does: 'add superuser group' }
  | { readonly does: 'add to group' | 'remove from group'; readonly object: Ref; readonly user: Ref }
  | { readonly does: 'add to role'; readonly object: Ref; readonly user: Ref }
  | { readonly does: 'set password' | 'make recovery link' | 'impersonate'; readonly object: Ref }
  | { readonly does: 'assign permissions to role'; readonly object: Ref }
  | { readonly does: 'read token key' | 'set token key'; readonly object: Ref }
  | { readonly does: 'change settings' }
  | { readonly does: 'import flow' };

/** A permission that an action needs, on everything or on an object. */
export type Needed = readonly [permission: string, object?: Ref];

/** All permissions that an action needs. */
export function neededFor(action: Action): readonly Needed[] {
  switch (action.does) {
    case 'list':
      return [[permissionOn('view', action.kind)]];
    case 'add':
      // Everybody may make tokens for themselves.
      return action.kind === tokenKind ? [] : [[permissionOn('add', action.kind)]];
    case 'read':
      return [on('view', action.object)];
    case 'change':
      return [on('view', action.object), on('change', action.object)];
    case 'delete':
      return [on('view', action.object), on('delete', action.object)];
    case 'add superuser group':
      return [['authentik_core.add_group'], ['authentik_core.enable_group_superuser']];
    case 'make superuser group':
    case 'unmake superuser group': {
      const flag = action.does === 'make superuser group' ? 'enable' : 'disable';
      return [
        on('view', action.object),
        on('change', action.object),
        [`authentik_core.${flag}_group_superuser`, action.object],
      ];
    }
    case 'add to group':
      return [['authentik_core.add_user_to_group', action.object], on('view', action.user)];
    case 'remove from group':
      return [['authentik_core.remove_user_from_group', action.object], on('view', action.user)];
    case 'add to role':
      return [on('view', action.object), on('change', action.object), on('view', action.user)];
    case 'set password':
    case 'make recovery link':
      return [on('view', action.object), ['authentik_core.reset_user_password', action.object]];
    case 'impersonate':
      return [on('view', action.object), ['authentik_core.impersonate', action.object]];
    case 'assign permissions to role':
      // The address takes a POST, so the permission to add a role is asked for as well.
      return [['authentik_rbac.assign_role_permissions', action.object], ['authentik_rbac.add_role']];
    case 'read token key':
      return [['authentik_core.view_token_key', action.object]];
    case 'set token key':
      return [['authentik_core.set_token_key', action.object]];
    case 'change settings':
      return [['authentik_rbac.edit_system_settings']];
    case 'import flow':
      return importing;
  }
}

const importing: readonly Needed[] = [
  ...['flow', 'flowstagebinding', 'stage'].map((one) => `authentik_flows.?_${one}`),
  ...['policy', 'policybinding'].map((one) => `authentik_policies.?_${one}`),
  'authentik_stages_prompt.?_prompt',
].flatMap((one): Needed[] => [[one.replace('?', 'add')], [one.replace('?', 'change')]]);

function permissionOn(verb: string, kind: Kind): string {
  const [app, model] = kind.split('.');
  return `${app}.${verb}_${model}`;
}

function on(verb: string, object: Ref): Needed {
  return [permissionOn(verb, object.kind), object];
}

/** Does the API let an account do something? The verdict names the permission that is missing. */
export function mayDo(access: Access, permissions: Permissions, user: Ref, action: Action): Verdict {
  const isSuperuser = superuserThrough(access.groups, user) !== undefined;
  const no = (because: string): Verdict => ({ answer: 'no', because, by: [user] });
  // Others' tokens are out of sight for whoever is no superuser.
  if ((action.does === 'read token key' || action.does === 'set token key') && !isSuperuser) {
    if (refOf(access.world.attributes(action.object)?.user) !== user)
      return no('the token belongs to somebody else');
  }
  if (action.does === 'make recovery link') {
    const brands = access.world.all(brandKind);
    if (!brands.some((brand) => refOf(access.world.attributes(brand)?.flow_recovery)))
      return no('no brand has a recovery flow');
  }
  if (action.does === 'list') {
    const shown = listed(permissions, user, action.kind);
    if (shown) return { answer: 'yes', because: shown, by: [user] };
  }
  let last: Verdict = { answer: 'yes', because: 'no permission is needed', by: [] };
  for (const [permission, object] of neededFor(action)) {
    last = hasPermission(access, permissions, user, permission, object);
    if (last.answer !== 'yes') return { ...last, because: `needs ${permission}: ${last.because}` };
  }
  return last;
}

/** A list shows what somebody may see of it; of applications and tokens one's own, without any permission. */
function listed(permissions: Permissions, user: Ref, kind: Kind): string | undefined {
  if (kind === applicationKind) return 'shows the applications that one may use';
  if (kind === tokenKind) return 'shows one’s own tokens';
  const holding = permissions.of(user);
  const permission = permissionOn('view', kind);
  if (through(holding, permission)) return undefined;
  return (holding.onObjects.get(permission)?.size ?? 0) > 0 ? 'shows single objects' : undefined;
}
