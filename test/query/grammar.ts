/**
 * djangoql's grammar once more, written down as plainly as it goes and knowing nothing of the parser: what the parser is
 * held against. It is slow, and recurses.
 */
import type { Query } from '../../src/query/syntax.js';

/** As djangoql's tree: words bind to the right, and parentheses are gone. */
export type Tree =
  | { left: Tree; word: string; right: Tree }
  | { name: string; operator: string; values: string[] };

const tokens = [
  /^"(?:\\["'\\/bfnrt]|\\u[0-9A-Fa-f]{4}|[^"\\\n\r\u2028\u2029])*"/,
  /^'(?:\\["'\\/bfnrt]|\\u[0-9A-Fa-f]{4}|[^'\\\n\r\u2028\u2029])*'/,
  /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][+-]?[0-9]+/,
  /^-?(?:0|[1-9][0-9]*)\.[0-9]+/,
  /^-?(?:0|[1-9][0-9]*)/,
  /^(?:or|and|not|in|startswith|endswith|True|False|None)(?![_0-9A-Za-z])/,
  /^[_A-Za-z][_0-9A-Za-z]*(?:\.[_A-Za-z][_0-9A-Za-z]*)*/,
  /^(?:!=|>=|<=|!~|[,()=><~])/,
];
const keyword = /^(?:or|and|not|in|startswith|endswith|True|False|None)$/;

/** The tree of a query, or the offset of the first thing that cannot stand there. */
export function readPlainly(text: string): Tree | number {
  const found: { text: string; offset: number }[] = [];
  let offset = 0;
  for (;;) {
    offset += /^[ \t\v\f\u00a0\n\r\u2028\u2029]*/.exec(text.slice(offset))![0].length;
    const rest = text.slice(offset);
    if (rest === '') break;
    const token = tokens.map((pattern) => pattern.exec(rest)?.[0]).find((one) => one !== undefined);
    found.push({ text: token ?? '\0illegal', offset });
    if (token === undefined) break;
    offset += token.length;
  }
  let at = 0;
  const fail = (): never => {
    throw found[at]?.offset ?? text.length;
  };
  const peek = () => found[at]?.text ?? '';
  const take = (pattern: RegExp) => (pattern.test(peek()) ? found[at++]!.text : fail());

  const expression = (): Tree => {
    const left = primary();
    return /^(and|or)$/.test(peek()) ? { left, word: found[at++]!.text, right: expression() } : left;
  };
  const primary = (): Tree => {
    if (peek() === '(') {
      at++;
      const inner = expression();
      take(/^\)$/);
      return inner;
    }
    if (keyword.test(peek())) fail();
    const name = take(/^[_A-Za-z]/);
    const text = /^["']/;
    const number = /^-?\d/;
    const constant = /^(True|False|None)$/;
    const any = new RegExp(`${text.source}|${number.source}|${constant.source}`);
    let operator = take(/^(=|!=|>|>=|<|<=|~|!~|not|in|startswith|endswith)$/);
    if (operator === 'not') operator = `not ${take(/^(in|startswith|endswith)$/)}`;
    if (/=|[<>]/.test(operator)) {
      return { name, operator, values: [take(/[<>]/.test(operator) ? /^["']|^-?\d/ : any)] };
    }
    if (!operator.endsWith('in')) return { name, operator, values: [take(text)] };
    take(/^\($/);
    const values = [take(any)];
    while (peek() === ',') {
      at++;
      values.push(take(any));
    }
    take(/^\)$/);
    return { name, operator, values };
  };

  try {
    const tree = expression();
    return at === found.length ? tree : found[at]!.offset;
  } catch (problem) {
    if (typeof problem === 'number') return problem;
    throw problem;
  }
}

/** A query's form as such a tree; `text` is what it was parsed from. */
export function treeOf(query: Query, text: string): Tree {
  if (query.kind === 'comparison') {
    const values = query.values.map(({ start, end }) => text.slice(start, end));
    return { name: query.name.parts.join('.'), operator: query.operator, values };
  }
  const trees = query.terms.map((term) => treeOf(term, text));
  return trees.reduceRight((right, left, at) => ({ left, word: query.words[at]!, right }));
}
