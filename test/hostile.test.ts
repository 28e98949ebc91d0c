/** Hostile inputs in; that they are as many, as different and as hostile as they claim out. */
import { describe, expect, test } from 'vitest';
import { parseAllDocuments, parseDocument } from 'yaml';
import { fingerprint, hostileInputs, validTexts } from './hostile.js';

const inputs = hostileInputs(500, 1);
/** What a YAML reader alone must refuse. */
const syntaxAttacks =
  /^(unclosed-quote-at-end|bad-escape|garbage-after-value|tab-indentation|duplicate-key|json-broken)-\d+$/;

describe('hostile inputs', () => {
  test('are as many as asked for, all different', () => {
    expect(inputs).toHaveLength(500);
    expect(new Set(inputs.map((input) => input.name)).size).toBe(500);
    expect(new Set(inputs.map((input) => fingerprint(input.bytes))).size).toBe(500);
  });

  test('are the same for the same seed and others for another', () => {
    const names = (seed: number) =>
      hostileInputs(90, seed).map(({ name, bytes }) => `${name} ${fingerprint(bytes)}`);
    expect(names(7)).toEqual(names(7));
    expect(names(7)).not.toEqual(names(8));
  });

  test('hold both surely wrong and perhaps valid ones', () => {
    const wrong = inputs.filter((input) => input.mustFail).length;
    expect(wrong).toBeGreaterThan(200);
    expect(inputs.length - wrong).toBeGreaterThan(100);
  });

  test('come from texts that YAML accepts', () => {
    for (const text of validTexts()) {
      const document = parseDocument(text, { version: '1.1', logLevel: 'silent' });
      expect(document.errors).toEqual([]);
    }
  });

  test('with a syntax attack are refused by a YAML reader too', () => {
    const accepted = inputs
      .filter((input) => syntaxAttacks.test(input.name))
      .filter((input) =>
        parseAllDocuments(input.bytes.toString(), { version: '1.1', logLevel: 'silent' }).every(
          (one) => one.errors.length === 0,
        ),
      );
    expect(accepted.map((input) => input.name)).toEqual([]);
  });

  test('that say they are no UTF-8 are none', () => {
    for (const input of inputs.filter(({ name }) => /^(invalid-utf8|utf16|latin1|binary|gzip)-/.test(name))) {
      expect(() => new TextDecoder('utf-8', { fatal: true }).decode(input.bytes), input.name).toThrow();
    }
  });
});
