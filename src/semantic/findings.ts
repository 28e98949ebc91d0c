/** Turns findings of the checks into diagnostics at the right places, each reported once. */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Ref } from '../model/model.js';
import type { SemanticModel } from './model.js';
import { type FlowStages, flowStages } from './stages.js';

/** What a finding is about: a resource, or one of its attributes. */
export type Subject = readonly [ref: Ref, field?: string];

/** What was reported for blueprints: resources by code. The check of a directory does not repeat it. */
export type Reported = Map<DiagnosticCode, Set<Ref>>;

/** What a check gets: the view, the time, and ways to report findings. */
export interface Findings {
  readonly model: SemanticModel;
  readonly now: Date;
  /** The stages of each flow, worked out when first asked for. */
  stages(): FlowStages;
  /**
   * Reports a finding at the first of its subjects that is described, if any is. Related subjects become related
   * places.
   */
  add(
    code: DiagnosticCode,
    message: string,
    subjects: readonly Subject[],
    more: { help: string; related?: readonly { readonly subject: Subject; readonly message: string }[] },
  ): void;
  /** Was this not reported before, at the resource's place in a blueprint? */
  isNew(code: DiagnosticCode, ref: Ref): boolean;
  /** Reports the same for many resources: each at its place, or all of a directory together. */
  addEach(
    code: DiagnosticCode,
    refs: readonly Ref[],
    field: string,
    sentence: (who: string, several: boolean) => string,
    help: string,
  ): void;
}

/** How many are reported one by one; the rest are reported together. */
const singly = 20;
/** More related places would not help. */
const manyRelated = 5;

/**
 * Collects findings into `diagnostics`. With `reported`, findings about blueprints are noted there, and those about a
 * directory that were noted are left out.
 */
export function findingsInto(
  diagnostics: Diagnostic[],
  model: SemanticModel,
  now: Date,
  reported?: Reported,
): Findings {
  let stages: FlowStages | undefined;
  const isNew = (code: DiagnosticCode, ref: Ref): boolean =>
    model.fromBlueprints || reported?.get(code)?.has(ref) !== true;
  const note = (code: DiagnosticCode, refs: Iterable<Ref>): void => {
    if (!reported || !model.fromBlueprints) return;
    const noted = reported.get(code) ?? new Set();
    for (const ref of refs) noted.add(ref);
    reported.set(code, noted);
  };
  const add: Findings['add'] = (code, message, subjects, { help, related = [] }) => {
    const subject = subjects.find(([ref]) => model.described(ref));
    if (!subject || !isNew(code, subjects[0]![0])) return;
    note(
      code,
      subjects.map(([ref]) => ref),
    );
    const places = related.flatMap(({ subject: [ref, field], message: words }) => {
      const place = ref === subject[0] ? undefined : model.place(ref, field);
      return place ? [{ place, message: words }] : [];
    });
    diagnostics.push(
      diagnose(code, message, model.place(...subject), {
        help,
        ...(places.length > 0 && { related: places.slice(0, manyRelated) }),
      }),
    );
  };
  return {
    model,
    now,
    stages: () => (stages ??= flowStages(model)),
    add,
    isNew,
    addEach(code, refs, field, sentence, help) {
      const single = model.fromBlueprints ? refs.slice(0, singly) : [];
      for (const ref of single) add(code, sentence(ref.address, false), [[ref, field]], { help });
      const rest = refs.slice(single.length).filter((ref) => isNew(code, ref));
      if (rest.length === 0) return;
      note(code, rest);
      add(code, sentence(listed(rest), rest.length > 1), [[rest[0]!, field]], { help });
    },
  };
}

/** `user/ada, user/bob and 3 more`. */
export function listed(refs: readonly { readonly address: string }[], most = 5): string {
  const shown = refs.length === most + 1 ? most + 1 : most;
  const names = refs.slice(0, shown).map((ref) => ref.address);
  if (refs.length > shown) return `${names.join(', ')} and ${refs.length - shown} more`;
  const last = names.pop() ?? '';
  return names.length > 0 ? `${names.join(', ')} and ${last}` : last;
}
