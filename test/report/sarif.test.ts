import { Ajv } from 'ajv';
import formatsOf from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { codes, type DiagnosticCode } from '../../src/diagnostic/codes.js';
import { type Diagnostic, diagnose } from '../../src/diagnostic/diagnostic.js';
import type { Place } from '../../src/diagnostic/source.js';
import { jsonText } from '../../src/report/json.js';
import type { Run } from '../../src/report/run.js';
import { sarifReport } from '../../src/report/sarif.js';
import { expectGolden } from './golden.js';
import { brokenRun, refusedRun } from './runs.js';
import { placeAt, planOf } from './samples.js';
import { sarifStructure } from './sarif-structure.js';

const ajv = new Ajv({ allErrors: true });
formatsOf.default(ajv);
const validate = ajv.compile(sarifStructure);
const tool = { version: '1.2.3' };

// biome-ignore lint/suspicious/noExplicitAny: tests look wherever they like
function valid(run: Run, pathOf?: (path: string) => string): any {
  const report = sarifReport(run, tool, pathOf);
  expect(validate(report) ? [] : validate.errors).toEqual([]);
  return (report.runs as unknown[])[0];
}

const checked = (diagnostics: readonly Diagnostic[]): Run => ({
  command: 'validate',
  ok: false,
  diagnostics,
});
// biome-ignore lint/suspicious/noExplicitAny: as above
const regionOf = (place: Place): any =>
  valid(checked([diagnose('conflict', 'x', place)])).results[0].locations[0].physicalLocation.region;

describe('a report for code scanning', () => {
  test('has the form of SARIF 2.1.0', () => {
    valid(brokenRun);
    expectGolden('sarif-broken', jsonText(sarifReport(brokenRun, tool)));
  });

  test('holds the diagnostics of a plan, and is empty when there are none', () => {
    expect(valid(refusedRun).results).toHaveLength(3);
    const calm = { ...refusedRun, ok: true, plan: planOf([]), diagnostics: [] };
    expect(valid(calm)).toMatchObject({
      results: [],
      invocations: [{ executionSuccessful: true }],
    });
  });

  test('has what is refused at its place, and says that the run did not succeed', () => {
    const run = valid({ ...refusedRun, diagnostics: [] });
    expect(run.invocations).toMatchObject([{ executionSuccessful: false }]);
    expect(run.results).toMatchObject([
      {
        ruleId: 'refused',
        level: 'error',
        message: { text: expect.stringMatching(/^locks-out: user\/root: .*--allow locks-out/) },
      },
    ]);
  });

  test('describes every code that it uses, once, and refers to it by its index', () => {
    const all = Object.keys(codes) as DiagnosticCode[];
    const run = valid(checked([...all, ...all].map((code) => diagnose(code, 'x', placeAt('a.yaml', 1)))));
    expect(run.tool.driver.rules).toHaveLength(all.length);
    for (const { ruleId, ruleIndex, level } of run.results) {
      expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
      expect(level).toBe(codes[ruleId as DiagnosticCode].severity);
    }
  });

  test('tells what has no place as something about the run', () => {
    const run = valid(checked([diagnose('no-such-path', 'there is no x.yaml')]));
    expect(run).toMatchObject({
      results: [],
      invocations: [
        {
          executionSuccessful: false,
          toolExecutionNotifications: [{ level: 'error', message: { text: 'there is no x.yaml' } }],
        },
      ],
    });
    const failure = { code: 'unreachable', message: 'no route' };
    expect(valid({ command: 'plan', ok: false, diagnostics: [], failure }).invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ message: { text: 'no route' } }],
    });
  });

  test('says where a place begins and ends', () => {
    const source = { path: 'a.yaml', text: 'öne\ntwo\nthree' };
    expect(regionOf({ source, offset: 1, length: 2 })).toEqual({
      startLine: 1,
      startColumn: 2,
      endColumn: 4,
    });
    expect(regionOf({ source, offset: 1, length: 3 })).toEqual({
      startLine: 1,
      startColumn: 2,
      endColumn: 4,
    });
    expect(regionOf({ source, offset: 1, length: 5 })).toEqual({
      startLine: 1,
      startColumn: 2,
      endLine: 2,
      endColumn: 3,
    });
    expect(regionOf({ source, offset: 99 })).toEqual({ startLine: 3, startColumn: 6, endColumn: 6 });
  });

  test('writes paths as URIs, relative to the repository where they are inside', () => {
    const uriOf = (path: string) =>
      valid(checked([diagnose('conflict', 'x', placeAt(path, 1))])).results[0].locations[0].physicalLocation
        .artifactLocation;
    expect(uriOf('a b/ü#1%.yaml')).toEqual({ uri: 'a%20b/%C3%BC%231%25.yaml', uriBaseId: '%SRCROOT%' });
    expect(uriOf('a\\b.yaml')).toEqual({ uri: 'a/b.yaml', uriBaseId: '%SRCROOT%' });
    expect(uriOf('/tmp/a b.yaml')).toEqual({ uri: 'file:///tmp/a%20b.yaml' });
  });
});
