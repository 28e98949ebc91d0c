/** The layout of an edited text, worked out from that of the text before: it is the one that looking at all of it gives. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editBetween, layoutAfter } from '../../src/blueprint/chunk-edit.js';
import { layoutOf } from '../../src/blueprint/chunk-layout.js';
import { validTexts } from '../hostile.js';
import { blueprintFile } from './chunk-documents.js';

const lines = [
  ...['', '# c', '   # c', '---', 'x: 1', 'entries:', 'users:', ' ', '\r'],
  ...['- model: a', '  - model: a', '    - model: a', '  ada: {}', '    id: g1', '      - x', ' - y', '  -z'],
];
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  gone: fc.nat(3),
  added: fc.array(fc.constantFrom(...lines), { maxLength: 3 }),
  /** Characters that go and come in the middle of a line. */
  within: fc.option(fc.tuple(fc.nat(4), fc.constantFrom('', ' ', '\n', '- ', ':', 'é'))),
});
const start = fc.oneof(
  blueprintFile,
  fc.constantFrom(...validTexts().filter((text) => text.length < 20_000)),
  fc.array(fc.constantFrom(...lines), { maxLength: 12 }).map((all) => all.join('\n')),
);

function edited(
  text: string,
  { at, gone, added, within }: typeof edit extends fc.Arbitrary<infer T> ? T : never,
) {
  if (within) {
    const from = Math.floor(at * text.length);
    return text.slice(0, from) + within[1] + text.slice(from + within[0]);
  }
  const all = text.split('\n');
  all.splice(Math.floor(at * all.length), gone, ...added);
  return all.join('\n');
}

test('the layout after an edit is the layout of the text', () => {
  let laid = 0;
  fc.assert(
    fc.property(start, fc.array(edit, { minLength: 1, maxLength: 6 }), (text, edits) => {
      let before = text;
      let layout = layoutOf(before);
      for (const one of edits) {
        const after = edited(before, one);
        const expected = layoutOf(after);
        if (layout) {
          expect(layoutAfter(layout, editBetween(before, after))).toEqual(expected);
          laid++;
        }
        [before, layout] = [after, expected];
      }
    }),
    { numRuns: 1_500 },
  );
  expect(laid).toBeGreaterThan(1_000);
});

describe('an edit', () => {
  test('is between what both texts begin and end with', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (head, from, to, tail) => {
        const [before, after] = [head + from + tail, head + to + tail];
        const { same, sameEnd } = editBetween(before, after);
        expect(before.slice(0, same)).toBe(after.slice(0, same));
        expect(before.slice(before.length - sameEnd)).toBe(after.slice(after.length - sameEnd));
        expect(same).toBeGreaterThanOrEqual(head.length);
        expect(same + sameEnd).toBeLessThanOrEqual(Math.min(before.length, after.length));
        const most = Math.min(before.length, after.length);
        if (same < most) expect(before[same]).not.toBe(after[same]);
      }),
    );
  });

  test('of a long text is found where it is', () => {
    const long = 'entries:\n'.repeat(40_000);
    const at = 123_456;
    const after = `${long.slice(0, at)}#${long.slice(at + 1)}`;
    expect(editBetween(long, after)).toMatchObject({ same: at, sameEnd: long.length - at - 1 });
    expect(editBetween(long, long)).toMatchObject({ same: long.length, sameEnd: 0 });
  });
});
