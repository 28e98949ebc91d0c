/** fast-check generators of files that fall into pieces: entries and sections whose items are written in every style. */
import fc from 'fast-check';
import { document, soup } from './yaml-documents.js';

/** A text as the value of an item, below its `-` or key. */
const below = (text: string, indent: number): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(indent) + line))
    .join('\n');

/** Mostly the one, sometimes the other. */
const mostly = <T>(common: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 30): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: common }, { weight: 1, arbitrary: rare });

const usual = fc.constantFrom(
  ...['x', '1', 'yes', '~', '', "'a: b'", '"q\\n"', '[a, {b: c}]', '!KeyOf g', '!Find [m, [n, p]]'],
  ...[
    '"over\n        lines"',
    "'over\n\n        lines'",
    'over\n        lines',
    '[a,\n        b]',
    '{a: b,\n  c: d}',
  ],
  ...[
    '|\n        text\n        more',
    '|+\n        kept\n\n\n',
    '>-\n        folded\n\n        end',
    'x # c',
  ],
  ...['!Fnd x', '012', '2024-01-01', '!Format [a]', '|2-\n          odd'],
);
const scalar = mostly(
  usual,
  fc.constantFrom('"over\nlines"', 'over\nlines', '|\ntext', '&a x', '*a', '# c', '<<', '!!str x', '? a'),
  60,
);
const name = fc.constantFrom('ada', 'bob', 'cy', "'d e'", '"f"', 'é', '7', 'yes', '<<', '2024-01-01');
const between = mostly(
  fc.constantFrom('', '', '', '', '\n', '# c\n', '    # c\n', '        # - c\n', '\n\n'),
  fc.constantFrom('   \n', '\t\n', 'x\n', '  x\n'),
);

const flat = fc
  .array(
    fc.tuple(
      fc.constantFrom('model', 'id', 'attrs', 'identifiers', 'state', 'labels', 'x y', 'a', 'b'),
      scalar,
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((pairs) => pairs.map(([key, value]) => `${key}: ${value}`));
/** The lines of an item, as they stand at its indentation. */
const body = fc.oneof(
  { weight: 40, arbitrary: flat.map((lines) => lines.join('\n')) },
  { weight: 1, arbitrary: document },
  { weight: 1, arbitrary: soup },
  { weight: 1, arbitrary: scalar },
);
const item = fc.record({ body, between, apart: fc.integer({ min: 0, max: 49 }), name });

const list = fc
  .tuple(fc.array(item, { maxLength: 6 }), fc.constantFrom(0, 2, 2, 2, 1, 4))
  .map(([items, indent]) =>
    items
      .map(({ body, between, apart }) => {
        const margin = ' '.repeat(indent);
        const text = below(body, indent + 2);
        return `${margin}-${apart === 0 ? `\n${text}` : ` ${text.trimStart()}`}\n${between}`;
      })
      .join(''),
  );
const section = fc
  .tuple(fc.array(item, { maxLength: 6 }), fc.constantFrom(2, 2, 2, 1, 4))
  .map(([items, indent]) =>
    items
      .map(({ body, between, apart, name }, at) => {
        const key = apart === 1 ? name : `u${at}`;
        const text = /^[a-z ]+: /.test(body) || apart === 2 ? `\n${below(body, indent + 2)}` : ` ${body}`;
        return `${' '.repeat(indent)}${key}:${text}\n${between}`;
      })
      .join(''),
  );

const head = mostly(
  fc.constantFrom(
    ...['version: 1\n', '', '# c\nversion: 1\nmetadata: {name: a}\n', '---\nversion: 1\n', '\n\n---  # c\n'],
    ...['context:\n  a: 1\n  b: [1]\n', 'version: 1\nmetadata:\n  name: a\n  labels: {a: b}\n'],
  ),
  fc.constantFrom('context:\n  a: &x 1\n', '%YAML 1.1\n---\n', '--- {a: b}\n', '\ufeff', '!Env\n'),
);
const part = mostly(
  fc.oneof(
    list.map((text) => `entries:\n${text}`),
    list.map((text) => `entries: # c\n\n# c\n${text}`),
    section.map((text) => `users:\n${text}`),
    section.map((text) => `groups:\n${text}`),
    fc.constantFrom('x-y: 1\n', 'settings:\n  system: {}\n', 'flows: {a: {}, b: {}}\n', 'roles:\n'),
  ),
  fc.oneof(
    section.map((text) => `entries:\n${text}`),
    fc.constantFrom('entries: []\n', '...\n', 'x\n', ' users:\n', '<<: {a: b}\n'),
  ),
);

/** Files that are mostly blueprints, whole ones and some with what only a reader of the whole can judge. */
export const blueprintFile: fc.Arbitrary<string> = fc
  .record({
    head,
    parts: fc.uniqueArray(part, { minLength: 1, maxLength: 3, selector: (text) => text.slice(0, 3) }),
    tail: mostly(fc.constantFrom('', '', '# c', '\n\n', '  '), fc.constantFrom('...\n', '---\n', '}\n')),
    crlf: fc.constantFrom(false, false, false, true),
    cut: fc.constantFrom(0, 0, 0, 1),
  })
  .map(({ head, parts, tail, crlf, cut }) => {
    const text = (head + parts.join('') + tail).slice(0, cut === 0 ? undefined : -cut);
    return crlf ? text.replaceAll('\n', '\r\n') : text;
  });
