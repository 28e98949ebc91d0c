/** What is worth saying about a query that parses: how mixed `and` and `or` are read, and texts that mean something else. */
import type { Token } from './lexer.js';
import { type QueryProblem, queryWarning } from './problem.js';
import { type Chain, explainReading, explainUsual, type Query } from './syntax.js';

/** A warning for each chain that has both words, since authentik's reading is not the one that people expect. */
export function mixingWarnings(root: Query, text: string): QueryProblem[] {
  const found: QueryProblem[] = [];
  const open: Query[] = [root];
  while (open.length > 0) {
    const query = open.pop()!;
    if (query.kind === 'comparison') continue;
    if (new Set(query.words).size > 1) found.push(mixingWarning(query, text));
    open.push(...query.terms);
  }
  return found.sort((one, other) => one.start - other.start);
}

function mixingWarning(chain: Chain, text: string): QueryProblem {
  const [reading, usual] = [explainReading(chain, text), explainUsual(chain, text)];
  const same = unspaced(reading) === unspaced(usual);
  return queryWarning(text, {
    code: 'mixed-logic',
    message: `\`and\` and \`or\` are mixed without parentheses; this is read as: ${reading}`,
    start: chain.start,
    end: chain.end,
    help: same ? 'Write the parentheses to keep it so.' : `Write the parentheses; if you meant: ${usual}`,
  });
}

function unspaced(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Warnings for a text whose quotes or escapes authentik reads differently from what one expects. */
export function textWarnings(text: string, token: Token): QueryProblem[] {
  const place = { start: token.start, end: token.end };
  const found: QueryProblem[] = [];
  // Escaped backslashes are skipped, so that `\\n` is not taken for `\n`.
  const odd = [...token.raw.matchAll(/\\(?:u....|(.))/g)]
    .map((match) => match[1])
    .find((one) => one && /[bfnrt]/.test(one));
  if (odd !== undefined) {
    found.push(
      queryWarning(text, {
        code: 'odd-escape',
        message: `\`\\${odd}\` stands for the letter \`${odd}\`, as authentik reads it`,
        ...place,
        help: `Write \`${odd}\` for the letter, \`\\u00XX\` for a control character, or \`\\\\${odd}\` for a backslash and the letter.`,
      }),
    );
  }
  if (text[token.start] === "'" || /(?:^|[^\\])(?:\\\\)*\\'/.test(token.raw)) {
    found.push(
      queryWarning(text, {
        code: 'single-quotes',
        message: "Single quotes and `\\'` are understood by authentik 2026.5 and later only",
        ...place,
        help: 'Write the text in double quotes; a single quote needs no backslash there.',
      }),
    );
  }
  return found;
}
