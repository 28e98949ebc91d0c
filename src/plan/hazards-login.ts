/** Hazards of the way in: flows that would lose a stage, brands their flow, applications and flows their guards. */
import {
  applicationKind,
  brandKind,
  flowKind,
  identificationStageKind,
  passwordStageKind,
  policyBindingKind,
  stageBindingKind,
  userLoginStageKind,
  validateStageKind,
} from '../model/kind-names.js';
import type { Ref } from '../model/model.js';
import { Ref as Reference } from '../model/model.js';
import type { Model } from './after.js';
import type { Change, HazardName } from './change.js';

/** The stages without which nobody signs in. */
const vitalStages: ReadonlyMap<string, string> = new Map([
  [identificationStageKind, 'identification'],
  [passwordStageKind, 'password'],
  [validateStageKind, 'MFA'],
  [userLoginStageKind, 'login'],
]);

interface LoginInput {
  readonly changes: readonly Change[];
  readonly before: Model;
  readonly after: Model;
  readonly gone: ReadonlySet<Ref>;
}

type Add = (change: Change, name: HazardName, message: string) => void;

/** Finds what would break signing in, or open what was guarded. */
export function loginHazards(input: LoginInput, add: Add): void {
  breaksLogin(input, add);
  opens(input, add);
}

function breaksLogin(input: LoginInput, add: Add): void {
  const { before, after } = input;
  for (const brand of before.all(brandKind)) {
    const now = after.attributes(brand);
    for (const [name, flow] of Object.entries(before.attributes(brand) ?? {})) {
      if (!name.startsWith('flow_') || !(flow instanceof Reference)) continue;
      if (now && (now[name] === null || now[name] === undefined)) {
        const cause = causeOf(input.changes, [flow, brand]);
        if (cause)
          add(
            cause,
            'breaks-login',
            `${brand.address} loses its ${name} ${flow.address}; give it another first`,
          );
      }
    }
  }
  const inUse = flowsInUse(after);
  const stagesWere = stagesOf(before);
  const stagesAre = stagesOf(after);
  for (const flow of inUse) {
    const were = stagesWere.get(flow) ?? [];
    if (were.length === 0) continue;
    const are = stagesAre.get(flow) ?? [];
    const blame = (lost: readonly Bound[]): Change | undefined =>
      causeOf(
        input.changes,
        lost.flatMap(({ binding, stage }) => [binding, stage]),
      );
    if (are.length === 0) {
      const cause = blame(were);
      if (cause)
        add(
          cause,
          'breaks-login',
          `${flow.address}, which is in use, loses its last stage; bind another first`,
        );
      continue;
    }
    for (const [kind, name] of vitalStages) {
      const lost = were.filter((one) => one.stage.kind === kind);
      if (lost.length === 0 || are.some((one) => one.stage.kind === kind)) continue;
      const cause = blame(lost);
      if (cause)
        add(
          cause,
          'breaks-login',
          `${flow.address}, which is in use, loses its ${name} stage; bind another first`,
        );
    }
  }
}

/** Flows that a brand, a provider or a source leads people into. */
function flowsInUse(model: Model): Set<Ref> {
  const used = new Set<Ref>();
  for (const kind of [brandKind, 'provider', 'source']) {
    for (const holder of model.all(kind)) {
      for (const value of Object.values(model.attributes(holder) ?? {})) {
        if (value instanceof Reference && value.kind === flowKind) used.add(value);
      }
    }
  }
  // A brand without a flow of its own takes the first of the designation, so every login flow may be in use.
  for (const flow of model.all(flowKind)) {
    if (model.attributes(flow)?.designation === 'authentication') used.add(flow);
  }
  return used;
}

interface Bound {
  readonly binding: Ref;
  readonly stage: Ref;
}

function stagesOf(model: Model): Map<Ref, Bound[]> {
  const stages = new Map<Ref, Bound[]>();
  for (const binding of model.all(stageBindingKind)) {
    const { target, stage } = model.attributes(binding) ?? {};
    if (!(target instanceof Reference) || !(stage instanceof Reference)) continue;
    const list = stages.get(target);
    if (list) list.push({ binding, stage });
    else stages.set(target, [{ binding, stage }]);
  }
  return stages;
}

/** The last guard of an application or flow would go. */
function opens(input: LoginInput, add: Add): void {
  const were = guardsOf(input.before);
  const are = guardsOf(input.after);
  for (const [target, guards] of were) {
    if (input.gone.has(target) || (are.get(target)?.length ?? 0) > 0) continue;
    const cause = causeOf(input.changes, [
      ...guards,
      ...guards.flatMap((one) => guardedBy(input.before, one)),
    ]);
    if (!cause) continue;
    const who = target.kind === applicationKind ? 'everyone may use it' : 'everyone may enter it';
    add(
      cause,
      'opens',
      `removes the last binding of ${target.address}, so that ${who}; bind another policy, group or user first`,
    );
  }
}

function guardsOf(model: Model): Map<Ref, Ref[]> {
  const guards = new Map<Ref, Ref[]>();
  for (const binding of model.all(policyBindingKind)) {
    const attributes = model.attributes(binding);
    const target = attributes?.target;
    if (!(target instanceof Reference) || attributes?.enabled === false) continue;
    if (target.kind !== applicationKind && target.kind !== flowKind) continue;
    const list = guards.get(target);
    if (list) list.push(binding);
    else guards.set(target, [binding]);
  }
  return guards;
}

function guardedBy(model: Model, binding: Ref): Ref[] {
  const { policy, group, user } = model.attributes(binding) ?? {};
  return [policy, group, user].filter((one) => one instanceof Reference);
}

/** The change of one of these resources, deletions first. */
function causeOf(changes: readonly Change[], refs: readonly Ref[]): Change | undefined {
  const wanted = new Set(refs);
  return (
    changes.find((one) => one.verb === 'delete' && wanted.has(one.ref)) ??
    changes.find((one) => wanted.has(one.ref))
  );
}
