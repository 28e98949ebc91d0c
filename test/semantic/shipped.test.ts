/** The blueprints that are shipped, and authentik's own, give no warning that is not meant. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { nothingLive } from '../../src/model/live-model.js';
import { semanticChecks } from '../../src/semantic/checks.js';
import { modelOfDesired } from '../../src/semantic/model.js';
import { corpus, examples, withoutCorpus } from '../support/corpus.js';
import { desiredOf, now, short } from './models.js';

const shipped = fileURLToPath(new URL('../../blueprints', import.meta.url));

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

function said(files: readonly string[]): string[] {
  return short(semanticChecks(modelOfDesired(desiredOf(files), nothingLive), now));
}

test('the ready-made blueprints would work', () => {
  expect(said(filesIn(shipped))).toEqual([]);
});

test('each of the ready-made blueprints alone gives no false warning', () => {
  for (const file of filesIn(shipped)) expect(said([file])).toEqual([]);
});

describe.skipIf(!corpus)(`authentik's own blueprints${corpus ? '' : ` (${withoutCorpus})`}`, () => {
  test.each(corpus ? [...examples()] : [])('%s would work', (_, path) => {
    expect(said([readFileSync(path, 'utf8')])).toEqual([]);
  });

  test('the default ones would work', () => {
    expect(said(filesIn(join(corpus!, 'default')))).toEqual([]);
  });
});
