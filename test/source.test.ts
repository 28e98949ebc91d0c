/** Places in a text: the same line and column whether they are counted or looked up. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionOf } from '../src/diagnostic/source.js';

test('the first positions asked for are those that are looked up later', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '\n', '\r\n', 'ü'), { maxLength: 40 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(text, fc.nat(60), (text, offset) => {
      const source = { path: 'a.yaml', text };
      const asked = Array.from({ length: 6 }, () => positionOf({ source, offset }));
      const before = text.slice(0, Math.min(offset, text.length));
      const line = before.split('\n').length;
      const column = before.length - (before.lastIndexOf('\n') + 1) + 1;
      expect(asked).toEqual(Array(6).fill({ line, column }));
    }),
  );
});
