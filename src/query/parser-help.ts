/** What to do next about a token that cannot stand where it stands: the words that people try, and what there is. */
import { nearest } from '../diagnostic/did-you-mean.js';
import type { Token } from './lexer.js';
import type { Reading } from './reading.js';
import { operators } from './syntax.js';

interface Help {
  readonly near?: string;
  readonly help?: string;
}

/** Words of other query languages, and what says the same here. */
const elsewhere: Readonly<Record<string, string>> = {
  contains: '~',
  icontains: '~',
  like: '~',
  ilike: '~',
  matches: '~',
  co: '~',
  is: '=',
  eq: '=',
  equals: '=',
  ne: '!=',
  gt: '>',
  ge: '>=',
  gte: '>=',
  lt: '<',
  le: '<=',
  lte: '<=',
  sw: 'startswith',
  istartswith: 'startswith',
  ew: 'endswith',
  iendswith: 'endswith',
  notin: 'not in',
  notstartswith: 'not startswith',
  notendswith: 'not endswith',
  null: 'None',
  nil: 'None',
  yes: 'True',
  no: 'False',
};

const example = 'A condition is a field, an operator and a value, such as `username ~ "bo"`.';

/** A near word and a sentence for a token that is a syntax error. */
export function helpForToken(reading: Reading, token: Token): Help {
  const { expected } = reading;
  if (expected === 'condition') return helpForCondition(reading, token);
  if (expected === 'operator' || expected === 'not') return helpForOperator(expected, token);
  if (expected === 'word') return helpForWord(reading, token);
  return helpForValue(reading, token);
}

function helpForCondition(reading: Reading, token: Token): Help {
  if (token.raw === 'not') {
    return {
      help: 'There is no `not` before a condition; use `!=`, `!~`, `not in`, `not startswith` or `not endswith`.',
    };
  }
  if (token.raw === ')' && reading.groups.length > 1)
    return { help: 'There is nothing to close; write a condition.' };
  if (token.kind === 'word' && reading.groups[0]!.terms.length === 0) {
    return { help: `A query starts with a condition. ${example}` };
  }
  return { help: example };
}

function helpForOperator(expected: 'operator' | 'not', token: Token): Help {
  if (expected === 'not') {
    if (token.raw === '~') return { near: '!~', help: 'The opposite of `~` is `!~`.' };
    if (token.raw === '=') return { near: '!=', help: 'The opposite of `=` is `!=`.' };
    return { help: 'Behind `not` there can be `in`, `startswith` or `endswith`.' };
  }
  const near = nearWord(token, operators);
  const help =
    'Operators are `=` `!=` `>` `>=` `<` `<=` `~` `!~` `in` `startswith` `endswith`, the last three also with `not`.';
  return near === undefined ? { help } : { near, help };
}

function helpForWord(reading: Reading, token: Token): Help {
  const near = nearWord(token, ['and', 'or']);
  if (near !== undefined) return { near, help: '`and` and `or` are written in small letters.' };
  if (token.raw === '&&' || token.raw === '||') return { help: 'Write `and` or `or`.' };
  if (token.raw === ')') return { help: 'There is no parenthesis to close.' };
  return {
    help: `Write \`and\` or \`or\` before the next condition${reading.groups.length > 1 ? ', or `)`' : ''}.`,
  };
}

function helpForValue(reading: Reading, token: Token): Help {
  const operator = reading.operator!;
  if (reading.expected === 'list')
    return { help: `Values of \`${operator}\` stand in parentheses: \`${operator} ("a", "b")\`.` };
  if (reading.expected === 'listed')
    return { help: 'Between values is a comma, behind the last one a parenthesis.' };
  if (token.raw === ')' && reading.expected === 'item') {
    return { help: 'A list has at least one value, and no comma behind the last one.' };
  }
  if (token.raw === '=' && operator === '=') return { help: 'Equality is written with one `=`.' };
  if (token.raw === '(')
    return { help: `\`${operator}\` takes one value without parentheses; several go with \`in\`.` };
  const near = token.kind === 'name' ? nearWord(token, ['True', 'False', 'None']) : undefined;
  if (near !== undefined) return { near, help: '`True`, `False` and `None` are written with a capital.' };
  if (token.kind === 'name')
    return { help: 'A value is a text in double quotes, a number, `True`, `False` or `None`.' };
  if (token.kind === 'word' || token.kind === 'integer' || token.kind === 'decimal') {
    return {
      help: `\`${operator}\` takes ${/[<>]/.test(operator) ? 'a text or a number' : 'a text'}, such as \`${operator} "a"\`.`,
    };
  }
  return { help: 'A value is a text in double quotes, a number, `True`, `False` or `None`.' };
}

/** The one of the words that was probably meant: by another language's name for it, or by its spelling. */
function nearWord(token: Token, words: readonly string[]): string | undefined {
  if (token.kind !== 'name') return undefined;
  const known = elsewhere[token.raw.toLowerCase()];
  if (known !== undefined && words.includes(known)) return known;
  return nearest(
    token.raw,
    words.filter((word) => /^[A-Za-z]/.test(word)),
  );
}

/** What is missing at the end of a query. */
export function helpForEnd(reading: Reading): string {
  switch (reading.expected) {
    case 'condition':
      return reading.groups[0]!.terms.length > 0 || reading.groups.length > 1
        ? `A condition is missing at the end. ${example}`
        : example;
    case 'operator':
    case 'not':
      return `An operator and a value are missing. ${example}`;
    case 'word':
      return 'A closing parenthesis is missing.';
    case 'list':
    case 'item':
    case 'listed':
      return 'The list is not closed; it is written `in ("a", "b")`.';
    default:
      return `A value is missing behind \`${reading.operator}\`.`;
  }
}
