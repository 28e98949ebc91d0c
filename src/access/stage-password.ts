/** The stage that asks for a password, and the backends that it asks. */
import type { Attributes } from '../model/model.js';
import { kerberosSourceKind, ldapSourceKind } from './kinds.js';
import { isActive } from './superusers.js';
import { doubted, type EndCode, end, go, type Move, proved, type Turn, waiting } from './walk-state.js';
import { flag, passwordState, text, texts } from './world.js';

const inbuilt = 'authentik.core.auth.InbuiltBackend';
const token = 'authentik.core.auth.TokenBackend';
const ldap = 'authentik.sources.ldap.auth.LDAPBackend';
const kerberos = 'authentik.sources.kerberos.auth.KerberosBackend';

/** Asks whoever has been identified for a password. */
export function passwordMoves(turn: Turn, attributes: Attributes): Move[] {
  const state = waiting(turn.state);
  if (state.pending === 'nobody' || state.pending === 'new account')
    return end(state, 'denied', 'asks for a password before anybody was identified');
  return checkPassword({ ...turn, state }, texts(attributes.backends), 'password rejected');
}

/** Tries the backends in turn. A backend that asks another server may say yes where nothing here does. */
export function checkPassword(turn: Turn, backends: readonly string[], code: EndCode): Move[] {
  const { access, person, stage, state } = turn;
  const { world } = access;
  const { account } = person;
  // A name that was not found is tried as a user name, letter by letter.
  const known =
    state.pending === 'account' ||
    (account !== undefined && text(world.attributes(account)?.username) === person.typed);
  const passed = go(proved({ ...state, pending: 'account' }, 'password'), 'accepts the password');
  const rejected = (why: string): Move[] => end(state, code, `rejects the password${why}`);
  if (!known || account === undefined) return rejected(': the name has no account');
  const active = isActive(world, account);
  if (backends.includes(inbuilt) && person.password && active && passwordState(world, account) !== 'none')
    return passed;
  // An app password works for an inactive account, too; the login stage refuses it later.
  if (backends.includes(token) && person.appPassword) return passed;
  const others = person.password
    ? [
        ...(backends.includes(ldap) && hasDistinguishedName(turn) && isOn(turn, ldapSourceKind)
          ? ['LDAP']
          : []),
        ...(backends.includes(kerberos) && isOn(turn, kerberosSourceKind) ? ['Kerberos'] : []),
      ]
    : [];
  const no = rejected(reasonOf(turn, backends, active));
  if (others.length === 0) return no;
  const because = `${stage.address} asks ${others.join(' and ')}`;
  return doubted({ because, by: [stage] }, passed, no);
}

function reasonOf({ access, person }: Turn, backends: readonly string[], active: boolean): string {
  if (!active) return ': the account is not active';
  if (!backends.includes(inbuilt)) return ': none of its backends knows ordinary passwords';
  if (passwordState(access.world, person.account!) === 'none') return ': the account has none';
  return '';
}

function hasDistinguishedName({ access, person }: Turn): boolean {
  const free = access.world.attributes(person.account!)?.attributes;
  return typeof free === 'object' && free !== null && text((free as Attributes).distinguishedName) !== '';
}

function isOn({ access: { world } }: Turn, kind: string): boolean {
  return world.all(kind).some((source) => flag(world.attributes(source)?.enabled, true));
}
