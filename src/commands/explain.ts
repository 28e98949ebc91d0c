/** `asbuilt explain`: explains a diagnostic, a kind or an attribute. */
import { catalogue } from '../model/kinds.js';
import { explainJson, explainText, topicOf } from '../report/explain.js';
import { jsonText } from '../report/json.js';
import { failWith } from './fail.js';
import { isProblem } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';

/** Explains one topic. */
export async function explain(
  surroundings: Surroundings,
  word: string,
  options: { readonly json?: boolean },
): Promise<number> {
  const known = catalogue();
  const topic = topicOf(word, known);
  if (isProblem(topic)) return failWith(surroundings, options, [topic]);
  const text = options.json
    ? jsonText(explainJson(topic, known))
    : explainText(topic, known, surroundings.outLook);
  surroundings.out(text);
  return exitCodes.done;
}
