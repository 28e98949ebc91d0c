/** The stage that asks who somebody is, alone or together with the password. */
import type { Attributes } from '../model/model.js';
import { checkPassword } from './stage-password.js';
import { ask, end, go, type Move, type Turn, waiting } from './walk-state.js';
import { flag, refOf, text, texts } from './world.js';

/**
 * Looks a typed name up. Where it matches nothing, authentik pretends that it did and goes on with the name alone;
 * a password stage then finds the account by its user name, whatever fields are listed here.
 */
export function nameMoves(turn: Turn, attributes: Attributes): Move[] {
  const { person, access } = turn;
  const state = waiting(turn.state);
  const captcha = refOf(attributes.captcha_stage);
  if (captcha && !person.can('captcha')) return end(state, 'name rejected', 'asks for a name and a captcha');
  const password = refOf(attributes.password_stage);
  const found = person.account !== undefined && matches(turn, attributes);
  if (!found && (password || !flag(attributes.pretend_user_exists, true)))
    return end(state, 'name rejected', `knows no account by the name ${person.typed || 'that is typed'}`);
  const identified = {
    ...turn,
    state: { ...state, pending: found ? ('account' as const) : ('made-up name' as const) },
  };
  const asked: Move[] = captcha
    ? ask(identified, 'captcha', 'asks for a name and a captcha')
    : go(identified.state, found ? 'finds the account' : 'goes on with a name that it does not know');
  if (!password) return asked;
  const backends = texts(access.world.attributes(password)?.backends);
  return asked.flatMap((move) =>
    'end' in move
      ? [move]
      : checkPassword({ ...turn, stage: password, state: move.state }, backends, 'name rejected'),
  );
}

function matches({ access, person }: Turn, attributes: Attributes): boolean {
  const account = access.world.attributes(person.account!);
  if (!account || person.typed === '') return false;
  const free = account.attributes;
  const upn = typeof free === 'object' && free !== null ? (free as Attributes).upn : undefined;
  const values: Record<string, string> = {
    username: text(account.username),
    email: text(account.email),
    upn: text(upn),
  };
  const insensitive = flag(attributes.case_insensitive_matching, true);
  const same = (value: string): boolean =>
    value !== '' &&
    (insensitive ? value.toLowerCase() === person.typed.toLowerCase() : value === person.typed);
  return texts(attributes.user_fields).some((field) => same(values[field] ?? ''));
}

/** The names under which an account might be found: what its owner would try. */
export function namesOf(account: Attributes): string[] {
  const free = account.attributes;
  const upn = typeof free === 'object' && free !== null ? (free as Attributes).upn : undefined;
  return [...new Set([text(account.username), text(account.email), text(upn)])].filter((one) => one !== '');
}
