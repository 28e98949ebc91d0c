import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnostic/diagnostic.js';
import { Ref } from '../../src/model/model.js';
import { markdownReport } from '../../src/report/markdown.js';
import type { Run } from '../../src/report/run.js';
import { expectGolden } from './golden.js';
import { brokenRun, failedRun, refusedRun, secretRun } from './runs.js';
import { change, designPlan, field, nothingToCount, placeAt, planOf, richPlan } from './samples.js';

const planned = (plan: Run['plan']): Run => ({ command: 'plan', ok: true, diagnostics: [], plan });

describe('a run for the comment of a pull request', () => {
  test('has the form that the documentation shows', () => {
    expectGolden('markdown-design', markdownReport(planned(designPlan)));
  });

  test('shows everything a plan can hold', () => {
    expectGolden('markdown-rich', markdownReport(planned(richPlan)));
  });

  test('shows what is refused and what is dangerous before the changes', () => {
    expectGolden('markdown-refused', markdownReport(refusedRun));
  });

  test('shows what is wrong with the blueprints, with places', () => {
    expectGolden('markdown-broken', markdownReport(brokenRun));
  });

  test('shows what failed and what is left to do', () => {
    expectGolden('markdown-failed', markdownReport(failedRun));
  });

  test('says so when all is well', () => {
    const valid: Run = { command: 'validate', ok: true, diagnostics: [], checked: { files: 3, entries: 1 } };
    expect(markdownReport(valid)).toBe(
      '<!-- asbuilt validate -->\n\n### asbuilt validate: 1 entry in 3 blueprints, valid\n',
    );
    const plan = planOf([], { counts: { ...nothingToCount, unchanged: 41 } });
    expect(markdownReport(planned(plan))).toContain('Nothing to do: the directory is as the blueprints say.');
    const down: Run = {
      command: 'plan',
      ok: false,
      diagnostics: [],
      failure: { code: 'x', message: 'no route' },
    };
    expect(markdownReport(down)).toContain('### asbuilt plan failed\n\n> [!CAUTION]\n> no route\n');
  });

  test('folds what is long', () => {
    const text = Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n');
    const long = change('create', 'x/long', { fields: [field('notes', { after: text, reason: 'new' })] });
    expect(markdownReport(planned(planOf([long])))).toContain(
      '<details><summary><code>+ x/long</code> (52 lines)</summary>\n\n```diff\n+ x/long\n',
    );
    const many = Array.from({ length: 90 }, (_, index) => change('delete', `x/${index}`));
    expect(markdownReport(planned(planOf(many)))).toContain(
      '<details><summary>90 changes</summary>\n\n```diff\n',
    );
  });

  test('never shows a secret or what came from the environment', () => {
    const text = markdownReport(secretRun);
    expect(text).not.toContain('hunter');
    expectGolden('markdown-secret', text);
  });
});

describe('a report that is too long', () => {
  const fields = [field('name', { before: 'a'.repeat(150), after: 'b'.repeat(150) })];
  const message = 'something about this change that takes a while to say, and then some more of it';
  const plan = (count: number): Run['plan'] =>
    planOf(
      Array.from({ length: count }, (_, index) =>
        change('update', `user/${index}`, {
          fields,
          hazards: [{ name: 'deletes', message: `${index} ${message}` }],
        }),
      ),
    );

  test('is cut below what platforms take, and says how much is missing', () => {
    const text = markdownReport(planned(plan(2000)));
    expect(text.length).toBeLessThan(65_000);
    expect(text.length).toBeGreaterThan(50_000);
    const shown = text.match(/^~ user\//gm)!.length;
    expect(text).toContain(`**${2000 - shown} changes of 2000 not shown:**`);
    expect(text).toMatch(/^> - … and \d+ more$/m);
  });

  test('is never cut within a fence or a folded part', () => {
    for (const count of [50, 100, 150, 200, 5000]) {
      const text = markdownReport(planned(plan(count)));
      expect(text.match(/^```diff$/gm)?.length).toBe(text.match(/^```$/gm)?.length);
      expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    }
  });

  test('has room for every part', () => {
    const addresses = Array.from({ length: 3000 }, (_, index) => `user/somebody-with-a-long-name-${index}`);
    const many = plan(3000)!;
    const text = markdownReport({
      ...failedRun,
      diagnostics: addresses.flatMap((address) => [
        diagnose('conflict', `${address} ${'word '.repeat(400)}`, placeAt('a.yaml', 3)),
        diagnose('user-no-email', `${address} has none`),
        diagnose('released', address),
      ]),
      plan: {
        ...many,
        held: many.changes,
        orphans: addresses.map((address) => ({ address, kind: 'authentik_core.user', place: 'a.yaml:3' })),
        refused: addresses.map((address, index) => ({
          address,
          hazard: { name: 'bulk', message: `${index} ${message}` },
        })),
      },
      outcome: {
        ...failedRun.outcome!,
        failed: addresses.map((address) => ({ address, message })),
        skipped: addresses,
        invitations: addresses,
        differences: addresses,
      },
    });
    expect(text.length).toBeLessThan(65_000);
    for (const part of [
      'Refused:',
      'Held back',
      'Orphaned and kept',
      '3000 errors',
      '3000 warnings',
      '3000 notes',
    ])
      expect(text).toContain(part);
  });

  test('shows as much as there is room for of a change that is too long by itself', () => {
    const lines = Array.from({ length: 100 }, () => 'x'.repeat(2000)).join('\n');
    const wide = Array.from({ length: 40 }, (_, index) =>
      field(`f${index}`, { after: lines, reason: 'new' }),
    );
    const text = markdownReport(planned(planOf([change('create', 'x/a', { fields: wide })])));
    expect(text.length).toBeLessThan(20_000);
    expect(text).toMatch(/^ {4}… and \d+ more lines$/m);
  });
});

describe('a value in a report', () => {
  /** What is left when everything is taken away that Markdown shows as it is. */
  function outside(text: string): string {
    const left: string[] = [];
    let fence: string | undefined;
    for (const line of text.split('\n')) {
      if (fence !== undefined) {
        if (/^ {0,3}`+ *$/.test(line) && line.trim().length >= fence.length) fence = undefined;
        continue;
      }
      fence = /^(`{3,})diff$/.exec(line)?.[1];
      if (fence === undefined) left.push(line);
    }
    expect(fence).toBeUndefined();
    return left
      .join('\n')
      .replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '·')
      .replace(/<code>[^<>]*<\/code>/g, '·')
      .replace(/<\/?(?:details|summary)>|<br>/g, '')
      .replace(/^<!-- asbuilt \w+ project=[\w.:/@+-]+ directory=[\w.:/@+-]+ -->$/m, '');
  }

  const dangerous = fc
    .array(
      fc.constantFrom(
        ...[
          '`',
          '```',
          '````',
          '\n',
          '\n```\n',
          '</details>',
          '<script>',
          '<!--',
          '-->',
          '@team',
          '@org/team',
        ],
        ...['![x](http://e.vil/y)', '[a](b)', 'https://e.vil', 'www.e.vil', '#1', 'GH-1', 'o/r#2', ':+1:'],
        ...[
          'deadbeef',
          '**',
          '_',
          '~~',
          '\\',
          '|',
          '> ',
          '- ',
          '# ',
          '<',
          '>',
          '&lt;',
          '$x$',
          ' ',
          'word',
          '\u202e',
        ],
        ...['ada@example.org', '::error::', '\r\n\r\n', '\t', '{', '}', '‹', '›', '“', '(', ')'],
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => parts.join(''));

  test('cannot break out of its block, nor mention, link or format anything', () => {
    fc.assert(
      fc.property(dangerous, dangerous, (one, other) => {
        const address = `user/${one}`;
        const hazards = [{ name: 'grants' as const, message: `${one} ${other}` }];
        const changes = [
          change('update', address, {
            place: placeAt(`${other}.yaml`, 1),
            renamedFrom: other,
            fields: [
              field('name', { before: one, after: other }),
              field('text', { before: `a\n${one}\nb\n`, after: `a\n${other}\nb\n` }),
              field('text', { before: `${one}\nb\nc\n${other}`, after: `${one}\nx\nc\n${other}` }),
              field('groups', { set: { added: [one, new Ref('x', other)], removed: [other] } }),
              { ...field('attributes', { after: { [one]: other } }), path: [one] },
            ],
            hazards,
          }),
          change('create', 'x/y', {
            fields: [field('text', { after: `${`${one}\n`.repeat(40)}`, reason: 'new' })],
            place: placeAt(one, 1),
          }),
        ];
        const found = diagnose('conflict', one, placeAt(other, 2), {
          help: other,
          related: [{ place: placeAt(one, 1), message: other }],
        });
        const plan = planOf(changes, {
          directory: one,
          project: other,
          held: changes,
          orphans: [{ address: one, kind: 'authentik_core.group', place: other }],
          refused: [{ address, hazard: hazards[0]! }],
          pruneBlocked: one,
        });
        const text = markdownReport({
          ...failedRun,
          diagnostics: [found, { ...found, severity: 'warning' }, { ...found, severity: 'note' }],
          plan,
          outcome: {
            ...failedRun.outcome!,
            plan,
            failed: [{ address: one, message: other }],
            skipped: [other],
            invitations: [one],
            differences: [other],
          },
        });
        const left = outside(text);
        expect(left).not.toMatch(
          /[`<@\\_~]|\]\(|\]\[|https?:|www\.|[#&]\w|GH-|\bdeadbeef\b|:\+1|e\.vil|\u202e/,
        );
        expect(left.replace(/\*\*[^*\n]+\*\*/g, '')).not.toContain('*');
        expect(text).not.toMatch(/[\u202e\r\t]/);
      }),
      { numRuns: 200 },
    );
  });

  test('keeps the words of a message, and marks what is a name', () => {
    const hazards = [
      {
        name: 'grants' as const,
        message: 'becomes a superuser through group/platform-admins (see @team), 10 of 12',
      },
    ];
    expect(markdownReport(planned(planOf([change('create', 'user/ada', { hazards })])))).toContain(
      '> - **grants** `user/ada`: becomes a superuser through `group/platform-admins` (see `@team`), 10 of 12\n',
    );
  });
});
