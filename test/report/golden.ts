/** Compares a text with the file `test/report/golden/<name>.txt`; `UPDATE=1` writes the file instead. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

export function expectGolden(name: string, text: string): void {
  const file = new URL(`golden/${name}.txt`, import.meta.url);
  if (process.env.UPDATE) {
    writeFileSync(file, text);
    return;
  }
  let expected: string | undefined;
  try {
    expected = readFileSync(file, 'utf8');
  } catch {
    // A missing file is a difference like any other.
  }
  expect(text, `golden/${name}.txt differs; UPDATE=1 npm test rewrites it`).toBe(expected);
}
