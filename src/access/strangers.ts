/** What people without an account can do: make themselves one through a flow that lets them. */
import type { Ref } from '../model/model.js';
import type { Access } from './access.js';
import { flowKind, userWriteStageKind } from './kinds.js';
import { walk } from './walk.js';
import type { Doubt, Person, Proof } from './walk-state.js';

/** Somebody who has no account and does whatever a flow asks for. */
export const stranger: Person = { typed: '', password: false, appPassword: false, can: () => true };

/** A way for strangers to make an account. */
export interface SignUp {
  readonly flow: Ref;
  /** What has to be shown: an invitation, a link that was mailed. */
  readonly proofs: readonly Proof[];
  readonly active: boolean;
  readonly group?: Ref;
  /** The user write stage. */
  readonly stage: Ref;
  /** What cannot be known and decides. */
  readonly doubts: readonly Doubt[];
}

/** Every flow by which strangers get an account, with the least that has to be shown for it. */
export function signUpsOf(access: Access): SignUp[] {
  const found: SignUp[] = [];
  for (const flow of access.world.all(flowKind)) {
    // Redirects may lead to a flow that writes, so only flows that neither write nor redirect are left out.
    if (
      !access
        .stages(flow)
        .some(({ stage }) => stage.kind === userWriteStageKind || stage.kind.includes('redirect'))
    )
      continue;
    const made = walk(access, flow, stranger).flatMap(({ state }): SignUp[] =>
      state.made
        ? [
            {
              flow,
              proofs: state.proofs,
              active: state.made.active || state.activated,
              group: state.made.group,
              stage: state.made.stage,
              doubts: state.doubts,
            },
          ]
        : [],
    );
    made.sort((a, b) => a.proofs.length - b.proofs.length || a.doubts.length - b.doubts.length);
    if (made[0]) found.push(made[0]);
  }
  return found;
}
