/** The stage that asks for a second factor, and what is known of people's devices. */
import type { Attributes, Ref } from '../model/model.js';
import type { Access } from './access.js';
import { deviceKinds } from './kinds.js';
import { ask, doubted, end, go, type Move, type Turn } from './walk-state.js';
import { flag, refsOf, text, texts } from './world.js';

/** Has an account a device of one of these classes? Devices are seldom in a model, so often nobody knows. */
export function hasDevice(access: Access, account: Ref, classes: readonly string[]): boolean | undefined {
  const { world } = access;
  const kinds = classes.flatMap((one) => deviceKinds.get(one) ?? []);
  const usable = (device: Ref): boolean => flag(world.attributes(device)?.confirmed, true);
  if (kinds.some((kind) => access.ownedBy(kind, account).some(usable))) return true;
  return world.isNew(account) || kinds.every((kind) => world.knows(kind)) ? false : undefined;
}

/** Asks those who have a device for it; what happens to the others is `not_configured_action`. */
export function authenticatorMoves(turn: Turn, attributes: Attributes): Move[] {
  const { access, person, flow, stage, state } = turn;
  const classes = texts(attributes.device_classes, [...deviceKinds.keys()]);
  if (state.pending === 'nobody') {
    const designation = text(access.world.attributes(flow)?.designation);
    if (designation !== 'authentication' || !classes.includes('webauthn'))
      return go(state, 'does nothing before anybody was identified');
    if (person.account && hasDevice(access, person.account, ['webauthn']) === false)
      return end(state, 'stops', 'asks for a passkey, and the account has none');
    return ask(turn, 'passkey', 'asks for a passkey', 'authenticator').map((move) =>
      'end' in move
        ? move
        : { ...move, state: { ...move.state, pending: person.account ? 'account' : 'nobody' } },
    );
  }
  const has = state.pending === 'account' ? hasDevice(access, person.account!, classes) : false;
  const asked = (): Move[] => ask(turn, 'authenticator', 'asks for an authenticator', 'authenticator');
  if (has) return asked();
  const action = text(attributes.not_configured_action) || 'skip';
  const without = withoutDevice(turn, attributes, action);
  if (has === false) return without;
  const because = `${stage.address} depends on whether the account has an authenticator`;
  return doubted({ because, by: [stage] }, asked(), without);
}

function withoutDevice(turn: Turn, attributes: Attributes, action: string): Move[] {
  const { state } = turn;
  if (action === 'skip') return go(state, 'lets people without an authenticator pass');
  if (action === 'configure' && refsOf(attributes.configuration_stages).length > 0)
    return ask(turn, 'set-up of an authenticator', 'asks to set an authenticator up');
  return end(state, 'denied', 'denies people without an authenticator');
}
