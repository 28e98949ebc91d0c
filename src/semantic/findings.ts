/** Findings of the checks in, diagnostics at the places of what is described out. */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Ref } from '../model/model.js';
import type { SemanticModel } from './model.js';
import { type FlowStages, flowStages } from './stages.js';

/** A resource, and where it helps the attribute of it, that a finding is about. */
export type Part = readonly [ref: Ref, field?: string];

/** What was said of blueprints, by code: the resources it was about. A directory repeats none of it. */
export type Told = Map<DiagnosticCode, Set<Ref>>;

/** What a check is given: the view, the time, and where to say what it finds. */
export interface Findings {
  readonly model: SemanticModel;
  readonly now: Date;
  /** The stages of each flow, worked out when first asked for. */
  stages(): FlowStages;
  /**
   * Says something at the first of its parts that is described; about parts none of which is described, nothing is said.
   * Later parts with a few words of their own become related places.
   */
  add(
    code: DiagnosticCode,
    message: string,
    parts: readonly Part[],
    more: { help: string; related?: readonly { readonly part: Part; readonly message: string }[] },
  ): void;
  /** Was this not said of the resource before, at its place in a blueprint? */
  untold(code: DiagnosticCode, ref: Ref): boolean;
  /** Says the same of many resources: each at its place, or all of a directory together. */
  addEach(
    code: DiagnosticCode,
    refs: readonly Ref[],
    field: string,
    sentence: (who: string, several: boolean) => string,
    help: string,
  ): void;
}

/** So many are told one by one; the rest are told together. */
const singly = 20;
/** So many related places help; more only lengthen. */
const manyRelated = 5;

/**
 * Collects findings over a view into `diagnostics`. With `told`, findings over blueprints are noted there, and those
 * over a directory that were noted are left out.
 */
export function findingsInto(
  diagnostics: Diagnostic[],
  model: SemanticModel,
  now: Date,
  told?: Told,
): Findings {
  let stages: FlowStages | undefined;
  const untold = (code: DiagnosticCode, ref: Ref): boolean =>
    model.fromBlueprints || told?.get(code)?.has(ref) !== true;
  const note = (code: DiagnosticCode, refs: Iterable<Ref>): void => {
    if (!told || !model.fromBlueprints) return;
    const noted = told.get(code) ?? new Set();
    for (const ref of refs) noted.add(ref);
    told.set(code, noted);
  };
  const add: Findings['add'] = (code, message, parts, { help, related = [] }) => {
    const part = parts.find(([ref]) => model.described(ref));
    if (!part || !untold(code, parts[0]![0])) return;
    note(
      code,
      parts.map(([ref]) => ref),
    );
    const places = related.flatMap(({ part: [ref, field], message: words }) => {
      const place = ref === part[0] ? undefined : model.place(ref, field);
      return place ? [{ place, message: words }] : [];
    });
    diagnostics.push(
      diagnose(code, message, model.place(...part), {
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
    untold,
    addEach(code, refs, field, sentence, help) {
      const single = model.fromBlueprints ? refs.slice(0, singly) : [];
      for (const ref of single) add(code, sentence(ref.address, false), [[ref, field]], { help });
      const rest = refs.slice(single.length).filter((ref) => untold(code, ref));
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
