/** `asbuilt why`: prints how somebody gets in, may use an application or do something, or the step where it ends. Writes nothing. */
import { type Explanation, explanationLines } from '../access/explain.js';
import { hasErrors } from '../diagnostic/diagnostic.js';
import type { Json } from '../model/model.js';
import { why as answer } from '../reconcile/why.js';
import { diagnosticJson, jsonText } from '../report/json.js';
import { visible } from '../report/terminal.js';
import { failWith } from './fail.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { directoryName, missingDirectory } from './which-directory.js';

export interface WhyOptions extends SharedOptions {
  readonly planned?: boolean;
}

/** Answers for one account, in sentences or as data. The exit code says only whether there is an answer. */
export async function why(
  surroundings: Surroundings,
  user: string,
  about: string | undefined,
  options: WhyOptions,
): Promise<number> {
  const planned = options.planned === true;
  const request = requestOf(surroundings, [], options, {
    blueprints: planned,
    directory: true,
    says: !options.json,
  });
  if (areProblems(request)) return failWith(surroundings, options, request);
  const missing = planned ? undefined : missingDirectory(request);
  if (missing) return failWith(surroundings, options, [missing]);
  const { answers, refused, diagnostics: found } = await answer(request, { user, about, planned });
  // A question that is not understood has no answer.
  const diagnostics = found.map((one) =>
    one.code === 'unknown-permission' && answers.length === 0 ? { ...one, severity: 'error' as const } : one,
  );
  const ok = !hasErrors(diagnostics);
  if (options.json) {
    surroundings.out(
      jsonText({
        version: 1,
        ok,
        directory: directoryName(request.directory ?? ''),
        planned,
        ...(planned ? { refused } : {}),
        answers: answers.map(answerJson),
        diagnostics: diagnostics.map(diagnosticJson),
      }),
    );
  } else {
    printDiagnostics(surroundings, diagnostics);
    if (refused && answers.length > 0)
      surroundings.err('The plan is refused as it is; this is what would be so if it were applied:\n');
    surroundings.out(
      answers
        .flatMap(explanationLines)
        .map((line) => `${visible(line)}\n`)
        .join(''),
    );
  }
  return ok ? exitCodes.done : exitCodes.failed;
}

function answerJson({ question, answer: said, because, steps, doubts }: Explanation): Json {
  return {
    question,
    answer: said,
    because,
    steps: steps.map(({ flow, stage, said: happened }) => ({
      flow: flow.address,
      ...(stage ? { stage: stage.address } : {}),
      said: happened,
    })),
    doubts: [...doubts],
  };
}
