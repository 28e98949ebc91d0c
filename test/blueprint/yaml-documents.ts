/** fast-check generators of YAML documents: in every style that the language has, and damaged ones. */
import fc from 'fast-check';

/** A value as it is written. */
interface Written {
  /** Inside brackets or braces. */
  readonly flow: string;
  /** Behind `key:` or `-`, with the space or line break between; its own lines are indented by `indent`. */
  readonly block: (indent: number, afterDash: boolean) => string;
}

const inline = (text: string): Written => ({ flow: text, block: () => (text === '' ? '' : ` ${text}`) });
const margin = (indent: number): string => `\n${' '.repeat(Math.max(0, indent))}`;

const usually = (common: string, ...others: string[]) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constant(common) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const word = fc.constantFrom(
  ...[
    'a',
    'b',
    'name',
    'x y',
    'é',
    '日本',
    '😀',
    'a-b',
    'a:b',
    'a#b',
    '-1',
    'http://x.org/?a=b&c',
    '.',
    '/x',
  ],
  ...['1', '010', '0x1F', '1_000', '12:30', '1.5', '1e3', '.inf', 'yes', 'off', 'True', 'null', '~', '='],
  ...[
    '2024-01-01',
    '2024-02-30',
    '2001-12-14 21:59:43.1 +01:00',
    'a\u2028b',
    '<<',
    'y',
    "it's",
    'a\tb',
    '\ud800',
  ],
);
const anything = fc.oneof(word, fc.string({ unit: fc.constantFrom(...'ab \\"\'#:-,[]{}\n\t|>&*!%@é.') }));
const lineBreak = fc.constantFrom('\n', '\n    ', ' \n   ', '\n\n', '\n \n      ', '\n\t');
const escapeSequence = fc.constantFrom(
  ...[
    '\\n',
    '\\t',
    '\\"',
    '\\\\',
    '\\x41',
    '\\u00e9',
    '\\U0001F600',
    '\\U00110000',
    '\\ ',
    '\\\n  ',
    '\\/',
    '\\0',
  ],
  ...['\\_', '\\N', '\\ud83d\\ude00', '\\ud800', '\\q', '\\\t'],
);
const joined = (...parts: fc.Arbitrary<string>[]) =>
  fc.array(fc.oneof(...parts), { maxLength: 5 }).map((all) => all.join(''));

const quoted = fc.oneof(
  joined(
    anything.map((text) => text.replaceAll("'", "''")),
    lineBreak,
  ).map((text) => `'${text}'`),
  joined(word, escapeSequence, lineBreak).map((text) => `"${text}"`),
  anything.map((text) => JSON.stringify(text)),
);
const longPlain = fc.array(word, { minLength: 2, maxLength: 4 }).map((words) => words.join('\n      '));
const blockScalar = fc
  .record({
    header: joined(fc.constantFrom('', '-', '+', '1', '2', '4')),
    sign: fc.constantFrom('|', '>'),
    comment: fc.constantFrom('', '', ' # c', ' '),
    lines: fc.array(fc.tuple(fc.constantFrom(0, 0, 0, 1, 2, -1), fc.oneof(fc.constant(''), word, anything)), {
      maxLength: 6,
    }),
    deeper: fc.constantFrom(0, 1, 2),
  })
  .map(
    ({ header, sign, comment, lines, deeper }): Written => ({
      flow: '"no block"',
      block: (indent) =>
        ` ${sign}${header}${comment}${lines.map(([more, text]) => margin(indent + deeper + more) + text).join('')}`,
    }),
  );

const property = fc.constantFrom(
  ...[
    '!Context',
    '!KeyOf',
    '!Find',
    '!Fnd',
    '!Format',
    '!Env',
    '&a',
    '&b',
    '&c',
    '&a !Find',
    '!Find &b',
    '!Env # c',
  ],
  ...['!!str', '!!int', '!!set', '!', '!<tag:x>', '!x!y', '!e%41', '&a:', '&é'],
);
const key = fc.oneof(
  { weight: 6, arbitrary: word },
  {
    weight: 1,
    arbitrary: fc.constantFrom('<<', '"k"', "'k'", '*a ', '&c k', '!Env k', '[a]', '{a: b}', '', '"k\\n"'),
  },
);
const comment = fc.constantFrom(
  '',
  '',
  '',
  '',
  '',
  '',
  ' # c',
  ' #: - x',
  '  ',
  '\n',
  '\n# c',
  '\n   # c',
  '#',
);
const comma = fc.constantFrom(', ', ', ', ',', ',\n       ', ' , ', ' # c\n  ,', ', # c\n   ', ',\n');
const last = fc.constantFrom('', '', '', ',', ' ', '\n     ', '\n', ' # c\n   ');

/** The items of a list or map, each with what stands before its value. */
interface Item {
  readonly lead: string;
  readonly value: Written;
  readonly after: string;
}
const block = (items: readonly Item[], indent: number, afterDash: boolean): string =>
  items
    .map(({ lead, value, after }, at) => {
      const before = at === 0 && afterDash ? ' ' : margin(indent);
      return `${before}${lead}${value.block(indent + 2, lead === '-')}${after}`;
    })
    .join('');

const { list, map } = fc.letrec<{ value: Written; bare: Written; list: Written; map: Written }>((tie) => ({
  value: fc.oneof(
    { weight: 6, arbitrary: tie('bare') },
    {
      weight: 1,
      arbitrary: fc.tuple(property, tie('bare')).map(([before, { flow, block }]) => ({
        flow: `${before} ${flow}`,
        block: (indent: number) => ` ${before}${block(indent, false)}`,
      })),
    },
  ),
  bare: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'yaml' },
    { weight: 4, arbitrary: word.map(inline) },
    { weight: 1, arbitrary: fc.oneof(quoted, longPlain, fc.constantFrom('*a', '*b', '')).map(inline) },
    { weight: 1, arbitrary: blockScalar },
    { weight: 2, arbitrary: tie('list') },
    { weight: 2, arbitrary: tie('map') },
  ),
  list: fc
    .record({
      items: fc.array(fc.record({ lead: fc.constant('-'), value: tie('value'), after: comment }), {
        maxLength: 3,
      }),
      inFlow: fc.boolean(),
      comma,
      last,
    })
    .map(({ items, inFlow, comma, last }): Written => {
      const flow = `[${items.map((item) => item.value.flow).join(comma)}${last}]`;
      return inFlow || items.length === 0 ? inline(flow) : { flow, block: (...at) => block(items, ...at) };
    }),
  map: fc
    .record({
      pairs: fc.array(fc.tuple(key, tie('value'), comment), { maxLength: 3 }),
      inFlow: fc.boolean(),
      braces: fc.constantFrom('{', '{', '{', '['),
      colon: fc.constantFrom(':', ':', ':', ' :', '\n    :'),
      space: fc.constantFrom(' ', ' ', ' ', '', '\n      '),
      comma,
      last,
    })
    .map(({ pairs, inFlow, braces, colon, space, comma, last }): Written => {
      const texts = pairs.map(([name, item]) => (item.flow === '' ? name : name + colon + space + item.flow));
      const flow = `${braces}${texts.join(comma)}${last}${braces === '{' ? '}' : ']'}`;
      if (inFlow || pairs.length === 0) return inline(flow);
      const items = pairs.map(([name, item, after]) => ({
        lead: name + (colon === ' :' ? ' :' : ':'),
        value: item,
        after,
      }));
      return { flow, block: (...at) => block(items, ...at) };
    }),
}));

/** Documents that are mostly valid, with what a reader must not overlook scattered in. */
export const document: fc.Arbitrary<string> = fc
  .record({
    root: fc.oneof(list, map, map),
    before: usually('', '---', '--- # c\n', '# c\n', '\n\n', '%YAML 1.1\n---', '\ufeff', ' ', '--- '),
    anchors: fc.boolean(),
    after: usually('\n', '', '\n# c', '\n...\n', '\n---\n', '\n--- x\n', '   \n  ', '\n\n\n'),
    crlf: fc.constantFrom(false, false, false, true),
  })
  .map(({ root, before, anchors, after, crlf }) => {
    const body = anchors
      ? `\nx: &a {k: 1, <<: {l: 2}}\ny: &b [1, !Env z]\nz:${root.block(2, false)}`
      : root.block(0, false);
    const text = before + (/^($|---)/.test(before) && before !== '' ? body : body.slice(1)) + after;
    return crlf ? text.replaceAll('\n', '\r\n') : text;
  });

/** Indicators and words in no order: what nobody would write. */
export const soup: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', '1', 'é: |\n  ', ': ', '- ', '? ', '<<: ', '&a ', '*a', '!Env ', '|+\n', '---\n'),
      fc.constantFrom(...':-\n #"\'[]{},|'),
      fc.constantFrom('\n  ', '\n- ', '\r\n', 'a: ', 'a:\n- '),
    ),
    { minLength: 3, maxLength: 14 },
  )
  .map((pieces) => pieces.join(''));

/** A text with a few characters or lines taken out, doubled or put in. */
export function damaged(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    ...[
      '',
      '',
      ' ',
      '  ',
      '\n',
      '\t',
      ':',
      ': ',
      '- ',
      '? ',
      '#',
      ' # ',
      ',',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '|',
      '>',
      '&a ',
    ],
    ...[
      '*a',
      '!',
      '!Env ',
      '!!str ',
      '\\',
      '---\n',
      '...\n',
      '%',
      '@',
      '\r',
      '\r\n',
      '\ufeff',
      '\u0085',
      '<<: ',
      'a',
    ],
  );
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.constantFrom(0, 0, 1, 1, 2, 5),
    piece,
  });
  return fc.tuple(texts, fc.array(edit, { minLength: 1, maxLength: 3 })).map(([text, edits]) =>
    edits.reduce((result, { at, length, piece }) => {
      const from = Math.floor(at * result.length);
      return result.slice(0, from) + piece + result.slice(from + length);
    }, text),
  );
}
