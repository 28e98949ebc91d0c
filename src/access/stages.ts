/** What each kind of stage does with somebody whose turn comes: the rules of authentik 2025.12, stage by stage. */
import type { Attributes } from '../model/model.js';
import { authenticatorMoves } from './stage-authenticator.js';
import { nameMoves } from './stage-identification.js';
import { passwordMoves } from './stage-password.js';
import { isActive } from './superusers.js';
import {
  ask,
  doubted,
  end,
  go,
  type Move,
  proved,
  requester,
  type State,
  type Turn,
  waiting,
} from './walk-state.js';
import { flag, refOf, text } from './world.js';

type Stage = (turn: Turn, attributes: Attributes) => Move[];

const stages: Readonly<Record<string, Stage>> = {
  'authentik_stages_identification.identificationstage': nameMoves,
  'authentik_stages_password.passwordstage': passwordMoves,
  'authentik_stages_authenticator_validate.authenticatorvalidatestage': authenticatorMoves,
  'authentik_stages_user_login.userloginstage': login,
  'authentik_stages_user_logout.userlogoutstage': ({ state }) =>
    go({ ...state, signedIn: false, proofsAtLogin: undefined }, 'ends the session'),
  'authentik_stages_deny.denystage': ({ state }) => end(state, 'denied', 'denies'),
  'authentik_stages_user_delete.userdeletestage': remove,
  'authentik_stages_user_write.userwritestage': write,
  'authentik_stages_prompt.promptstage': (turn) =>
    ask({ ...turn, state: { ...turn.state, prompted: true } }, 'prompt', 'asks for input'),
  'authentik_stages_email.emailstage': mail,
  'authentik_stages_captcha.captchastage': (turn) => ask(turn, 'captcha', 'asks for a captcha'),
  'authentik_stages_consent.consentstage': ({ state }) => go(waiting(state), 'asks for consent'),
  'authentik_stages_invitation.invitationstage': invite,
  'authentik_stages_source.sourcestage': (turn) =>
    ask(turn, 'source', 'sends people to a source and takes them back', 'source'),
  'authentik_endpoints.endpointstage': endpoint,
  'authentik_stages_mtls.mutualtlsstage': (turn) =>
    ask(turn, 'certificate', 'asks for a client certificate', 'certificate'),
  'authentik_stages_dummy.dummystage': ({ state }, { throw_error }) =>
    flag(throw_error, false)
      ? end(state, 'flow error', 'fails on purpose')
      : go(waiting(state), 'asks for a click'),
};

/** What a stage does with somebody. Redirects to another flow are the walk's own business. */
export function stageMoves(turn: Turn): Move[] {
  const { stage, access, state, person } = turn;
  const attributes = access.world.attributes(stage);
  if (!attributes) return unknownStage(turn, `${stage.address} was not read`);
  const known = stages[stage.kind];
  if (known) return known(turn, attributes);
  if (stage.kind.startsWith('authentik_stages_authenticator_')) {
    if (state.pending === 'nobody' && !requester(person, state))
      return end(state, 'denied', 'has nobody to set an authenticator up for');
    return ask(turn, 'set-up of an authenticator', 'asks to set an authenticator up');
  }
  return unknownStage(turn, `${stage.address} is of a kind whose effect cannot be known`);
}

function unknownStage({ state, stage }: Turn, because: string): Move[] {
  const doubt = { because, by: [stage] };
  return doubted(doubt, go(state, 'may let people pass'), end(state, 'denied', 'may stop people'));
}

/** The only stage that signs somebody in. It asks whether the account is active, and nothing else. */
function login({ state, access, person }: Turn): Move[] {
  if (state.pending === 'nobody') return end(state, 'denied', 'has nobody to sign in');
  if (state.pending === 'made-up name')
    return end(state, 'flow error', 'fails: the name that was typed has no account');
  const active =
    state.pending === 'new account'
      ? (state.made?.active ?? true) || state.activated
      : isActive(access.world, person.account!) || state.activated;
  if (!active) return end(state, 'denied', 'refuses the account, which is not active');
  if (state.pending === 'new account')
    // Whoever made it is signed in to that account, and no longer to another.
    return go({ ...state, signedIn: false, proofsAtLogin: undefined }, 'signs the new account in');
  const proofsAtLogin = state.signedIn ? state.proofsAtLogin : state.proofs;
  return go({ ...state, signedIn: true, proofsAtLogin }, 'signs in');
}

function remove({ state, person }: Turn): Move[] {
  if (state.pending === 'made-up name')
    return end(state, 'flow error', 'fails: the name that was typed has no account');
  if (state.pending === 'nobody' && !requester(person, state))
    return end(state, 'denied', 'has nobody to delete');
  const gone: State = {
    ...state,
    pending: 'nobody',
    signedIn: false,
    proofsAtLogin: undefined,
    deleted: true,
  };
  return go(gone, 'deletes the account without a question');
}

function write({ state, person, stage }: Turn, attributes: Attributes): Move[] {
  if (!state.prompted) return end(state, 'denied', 'has nothing to write');
  const mode = text(attributes.user_creation_mode) || 'create_when_required';
  const existing = state.pending === 'account' || state.pending === 'new account';
  const own = !existing && requester(person, state) !== undefined;
  if (mode !== 'always_create' && (existing || own)) return go(state, 'writes to the account');
  if (mode === 'never_create') return end(state, 'denied', 'may not make an account');
  const made = {
    group: refOf(attributes.create_users_group),
    active: !flag(attributes.create_users_as_inactive, false),
    stage,
  };
  return go({ ...state, pending: 'new account', made }, 'makes an account');
}

/** Whoever opens the link that was mailed has shown that the address is theirs. */
function mail(turn: Turn, attributes: Attributes): Move[] {
  const { state, access, person } = turn;
  if (state.pending === 'nobody') return end(state, 'denied', 'has nobody to write to');
  const said = 'sends a link by email and waits';
  if (state.pending === 'made-up name') return end(waiting(state), 'stops', said);
  if (state.pending === 'account' && text(access.world.attributes(person.account!)?.email) === '')
    return end(waiting(state), 'stops', 'sends a link by email, and the account has no address');
  const activated = state.activated || flag(attributes.activate_user_on_success, false);
  return ask({ ...turn, state: { ...state, activated } }, 'email link', said, 'email link');
}

function invite({ state, person }: Turn, attributes: Attributes): Move[] {
  const goesOn = flag(attributes.continue_flow_without_invitation, false);
  if (goesOn) return go(state, 'does not insist on an invitation');
  const said = 'asks for an invitation';
  if (!person.can('invitation')) return end(state, 'denied', said);
  // What the invitation fixes counts as input.
  const invited = proved({ ...state, prompted: true }, 'invitation');
  return go({ ...invited, needs: [...new Set([...state.needs, 'invitation' as const])].sort() }, said);
}

/** An agent connector without a challenge passes everybody, even where the stage is required. */
function endpoint({ state, stage }: Turn, attributes: Attributes): Move[] {
  const connector = refOf(attributes.connector);
  const passes = go(state, 'lets every device pass');
  if (text(attributes.mode) !== 'required') return passes;
  if (connector?.kind === 'authentik_endpoints_connectors_agent.agentconnector') return passes;
  const doubt = { because: `${stage.address} looks at the device`, by: [stage] };
  return doubted(doubt, passes, end(state, 'denied', 'refuses the device'));
}
