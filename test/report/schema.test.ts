import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { apply } from '../../src/commands/apply.js';
import { plan } from '../../src/commands/plan.js';
import { validate } from '../../src/commands/validate.js';
import { hazardNames } from '../../src/plan/change.js';
import { failureJson, outcomeJson, planJson } from '../../src/report/json.js';
import { commandIn } from '../support/command.js';
import { databaseIn, temporaryFolder } from '../support/request.js';
import { brokenRun, failedRun, refusedRun, secretRun } from './runs.js';
import { richPlan } from './samples.js';

const schema = JSON.parse(readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ allErrors: true });
ajv.addSchema(schema, 'report');

/** Holds the data to the part of the schema that says it, and to the whole. */
function expectForm(definition: string, data: unknown): void {
  for (const part of [`report#/definitions/${definition}`, 'report']) {
    const check = ajv.getSchema(part)!;
    expect(check(data) ? [] : check.errors).toEqual([]);
  }
}

describe('the schema of what --json prints', () => {
  test('names the hazards that there are', () => {
    expect(schema.definitions.hazardName.enum).toEqual([...hazardNames]);
  });

  test('takes everything a plan can hold', () => {
    expectForm('plan', planJson(richPlan, brokenRun.diagnostics));
    expectForm('plan', planJson(refusedRun.plan, refusedRun.diagnostics));
    expectForm('plan', planJson(secretRun.plan, []));
    expectForm('noPlan', planJson(undefined, brokenRun.diagnostics));
    expectForm('apply', outcomeJson(failedRun.outcome!, failedRun.diagnostics, false));
    expectForm('failure', failureJson({ code: 'busy', message: 'the directory is in use' }));
  });

  test('refuses what no command prints', () => {
    expect(ajv.validate('report', { ...planJson(richPlan, []), more: 1 })).toBe(false);
    expect(ajv.validate('report', { version: 2, ok: false, diagnostics: [] })).toBe(false);
  });

  test.each([
    'hazard-grants',
    'renames',
    'prune',
    'held-together',
    'secrets',
    'deferred-values',
    'reverts-and-releases',
    'unset-variables',
    'unknown-names',
    'values-that-json-cannot-hold',
  ])('holds for the real output of every command: %s', async (name) => {
    const cwd = fileURLToPath(new URL(`../golden/${name}/`, import.meta.url));
    const directory = databaseIn(temporaryFolder());
    const options = { directory, project: 'default', json: true, autoApprove: true };
    const before = commandIn(cwd, { outIsTerminal: false });
    await apply(before.surroundings, ['before'], options);
    for (const [definitions, command] of [
      [['validation'], validate],
      [['plan', 'noPlan'], plan],
      [['apply'], apply],
    ] as const) {
      const ran = commandIn(cwd);
      await command(ran.surroundings, ['main.yaml'], { ...options, prune: command !== validate });
      const data = JSON.parse(ran.out());
      expectForm(definitions[0] === 'plan' && !('counts' in data) ? 'noPlan' : definitions[0], data);
    }
  });

  test('holds when nothing could be read', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'asbuilt.yaml'), 'projct: x\n');
    for (const [definition, command] of [
      ['validation', validate],
      ['noPlan', plan],
      ['apply', apply],
    ] as const) {
      const ran = commandIn(cwd);
      expect(await command(ran.surroundings, [], { json: true })).toBe(1);
      expectForm(definition, JSON.parse(ran.out()));
    }
    const lost = commandIn(temporaryFolder());
    writeFileSync(join(lost.surroundings.cwd, 'a.yaml'), 'version: 1\nentries: []\n');
    expect(
      await plan(lost.surroundings, ['a.yaml'], { json: true, directory: 'sqlite:/dev/null/x.db' }),
    ).toBe(1);
    expectForm('failure', JSON.parse(lost.out()));
  });
});
