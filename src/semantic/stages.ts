/** Lists the stages of each flow in order. */
import { append } from '../model/append.js';
import { promptStageKind, stageBindingKind } from '../model/kind-names.js';
import { catalogue } from '../model/kinds.js';
import { Ref } from '../model/model.js';
import type { SemanticModel } from './model.js';

/** A stage where a flow binds it. */
export interface Bound {
  readonly binding: Ref;
  /** Undefined when not known. */
  readonly stage: Ref | undefined;
  readonly order: number;
}

export interface FlowStages {
  /** The stages of a flow in order; undefined when not known. */
  of(flow: Ref): readonly Bound[] | undefined;
  /** Every flow with stages. */
  readonly flows: readonly Ref[];
}

/** Indexes the stage bindings of a view by flow. */
export function flowStages(model: SemanticModel): FlowStages {
  const byFlow = new Map<Ref, Bound[]>();
  /** Flows with a binding whose order is not known. */
  const unclear = new Set<Ref>();
  for (const binding of model.all(stageBindingKind)) {
    const { target, stage, order } = model.attributes(binding) ?? {};
    if (!(target instanceof Ref)) continue;
    if (typeof order !== 'number') {
      unclear.add(target);
      continue;
    }
    const known = stage instanceof Ref && catalogue().kinds.has(stage.kind) ? stage : undefined;
    append(byFlow, target, { binding, stage: known, order });
  }
  for (const list of byFlow.values()) list.sort((a, b) => a.order - b.order);
  return {
    of: (flow) =>
      model.whole(flow) && model.attributes(flow) && model.knows(stageBindingKind) && !unclear.has(flow)
        ? (byFlow.get(flow) ?? [])
        : undefined,
    flows: [...byFlow.keys()],
  };
}

/** The prompts of a prompt stage; undefined when they are not all known. */
export function promptsOf(model: SemanticModel, stage: Ref): readonly Ref[] | undefined {
  const fields = model.attributes(stage)?.fields;
  if (!Array.isArray(fields)) return undefined;
  const known = fields.filter((one) => one instanceof Ref && model.attributes(one)?.field_key !== undefined);
  return known.length === fields.length ? (known as Ref[]) : undefined;
}

/** The prompts of all prompt stages among these; undefined when they are not all known. */
export function promptsAmong(model: SemanticModel, stages: readonly Bound[]): readonly Ref[] | undefined {
  const prompts: Ref[] = [];
  for (const { stage } of stages) {
    if (!stage) return undefined;
    if (stage.kind !== promptStageKind) continue;
    const own = promptsOf(model, stage);
    if (!own) return undefined;
    for (const prompt of own) prompts.push(prompt);
  }
  return prompts;
}
