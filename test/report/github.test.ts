import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnostic/diagnostic.js';
import { githubReport } from '../../src/report/github.js';
import { expectGolden } from './golden.js';
import { brokenRun, failedRun, refusedRun, secretRun } from './runs.js';
import { change, placeAt, planOf, richPlan } from './samples.js';

describe('annotations for GitHub Actions', () => {
  test('stand on the lines of the blueprints, errors first', () => {
    expectGolden('github-broken', githubReport(brokenRun));
    expectGolden('github-refused', githubReport(refusedRun));
    expectGolden('github-failed', githubReport(failedRun));
  });

  test('tell a few changes and count the rest', () => {
    const text = githubReport({ command: 'plan', ok: true, diagnostics: [], plan: richPlan });
    expectGolden('github-rich', text);
    expect(text.match(/^::notice /gm)).toHaveLength(10);
  });

  test('are cut to a number that somebody reads', () => {
    const diagnostics = Array.from({ length: 80 }, (_, index) => diagnose('conflict', `${index}`));
    const lines = githubReport({ command: 'validate', ok: false, diagnostics }).trimEnd().split('\n');
    expect(lines).toHaveLength(50);
    expect(lines.at(-1)).toMatch(/^::error title=31 more errors::/);
  });

  test('name files as the repository has them', () => {
    expect(githubReport(brokenRun, (path) => `below/${path}`)).toContain(
      '::error file=below/blueprints/staff.yaml,line=3,col=9,endColumn=14,title=unknown-attribute::',
    );
  });

  test('mark several lines without columns', () => {
    const source = { path: 'a.yaml', text: 'one\ntwo\nthree\n' };
    const found = (length: number): string =>
      githubReport({
        command: 'validate',
        ok: false,
        diagnostics: [diagnose('conflict', 'x', { source, offset: 1, length })],
      });
    expect(found(6)).toContain('file=a.yaml,line=1,endLine=2,title=conflict::');
    expect(found(3)).toContain('file=a.yaml,line=1,col=2,endColumn=4,title=conflict::');
  });

  test('cannot be ended or faked by a name, a path or a message', () => {
    const evil = 'a%,b:c\r\n::error::x\n##[error]y\u001b[2J';
    const plan = planOf([
      change('update', `user/${evil}`, {
        place: placeAt(`${evil}.yaml`, 1),
        renamedFrom: evil,
        hazards: [{ name: 'grants', message: evil }],
      }),
    ]);
    const found = diagnose('conflict', evil, placeAt(evil, 1), {
      help: evil,
      related: [{ place: placeAt(evil, 1), message: evil }],
    });
    const text = githubReport({ command: 'plan', ok: true, diagnostics: [found], plan });
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^::(?:error|warning|notice) (?:[a-zA-Z]+=[^,:\r\n]*)(?:,[a-zA-Z]+=[^,:\r\n]*)*::/,
      );
    }
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]|%(?!25|0A|0D|3A|2C)/);
    expectGolden('github-hostile', text);
  });

  test('never show a secret or what came from the environment', () => {
    expect(githubReport(secretRun)).not.toContain('hunter');
  });
});
