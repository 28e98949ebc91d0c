/** Whatever a blueprint says, no line of any output is a command of CI, and nothing in it is hidden from people. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { convert } from '../../src/convert/convert.js';
import { hasHidden, withoutCommands } from '../../src/diagnostic/hidden-characters.js';
import { safeJson, visible } from '../../src/report/terminal.js';
import { temporaryFolder } from '../support/request.js';
import { run } from './command-line.js';

const pieces = [
  '::set-output name=a::b',
  '  ::stop-commands::x',
  '\u00a0::error::x',
  '##[error]x',
  '##vso[task.setvariable variable=a]b',
  '##VSO[task.complete]',
  '\n::warning::x\n',
  '\r\n\t::group::x',
  '\u2028::debug::x',
  '\u202egnp',
  '\u2066a\u2069',
  'a\u200bb',
  'a\u200db',
  'a\u200cb',
  'a\ufe0fb',
  '\u3164',
  '\u115f',
  '\u{e0041}',
  '\u00ad',
  '\u001b[31m::error::x',
  '##',
  '[',
  '#',
  ':',
  ' ',
  'é',
  'plain',
];
const text = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''));

/** What is wrong with a line of output, if anything. */
function wrongLines(output: string, isGithub = false): string[] {
  return output
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .filter(
      (line) =>
        (/^\s*(?:\u001b\[[\d;]*m|\s)*::/.test(line) &&
          !(isGithub && /^::(?:error|warning|notice) /.test(line))) ||
        /##(?:vso)?\[/i.test(line) ||
        hasHidden(line),
    );
}

function write(folder: string, path: string, value: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), value);
}

/** A blueprint with the texts everywhere: in names, values, keys, maps, expressions and comments. */
function blueprint([a, b, c, d]: readonly string[], right: boolean): string {
  const slug = 'x';
  const key = (prefix: string, value: string | undefined): string => `${prefix}${value}`;
  const wrong = [
    { model: key('m', b), identifiers: { [key('j', c)]: d } },
    {
      model: 'authentik_core.group',
      state: key('s', a),
      identifiers: { name: c },
      attrs: { is_superuser: d },
    },
  ];
  return `${right ? '' : `# ${d?.replace(/[\n\r\u2028\u2029\u0085]/g, ' ').replace(/[^\P{Cc}]/gu, '')}\n`}${JSON.stringify(
    {
      version: 1,
      metadata: { name: key('m', a), labels: { [key('l', b)]: `${c}` } },
      groups: { [key('g', a)]: { attributes: { [key('k', b)]: c, list: [d, { [key('i', c)]: a }] } } },
      users: { [key('u', b)]: { name: d, email: 'a@example.org', path: 'users', groups: [key('g', a)] } },
      flows: { [slug]: { name: c, title: d, designation: 'authentication', stages: [] } },
      entries: [
        {
          model: 'authentik_policies_expression.expressionpolicy',
          identifiers: { name: key('p', c) },
          attrs: { expression: `return 1\n${b}\n${d}\n` },
        },
        ...(right ? [] : wrong),
      ],
      ...(right
        ? {}
        : {
            [key('z', a)]: b,
            applications: { [slug]: { name: b, [key('q', c)]: d, provider: key('n', d) } },
          }),
    },
    null,
    1,
  )}\n`;
}

const forms = ['text', 'json', 'markdown', 'github', 'sarif'] as const;

async function check(words: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<void> {
  const { out, err } = await run(words, { cwd, env });
  expect([words, wrongLines(out, words.includes('github')), wrongLines(err)]).toEqual([words, [], []]);
}

const reports = forms
  .filter((form) => form !== 'github')
  .flatMap((form) => ['--report', `${form}=reports/${form}`]);

test('in no command and no form', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 4, maxLength: 4 }), async (texts) => {
      const cwd = temporaryFolder();
      mkdirSync(join(cwd, 'reports'));
      const shuffled = [texts[2]!, texts[3]!, texts[0]!, texts[1]!];
      const directory = ['--directory', 'sqlite:a.db'];
      write(cwd, 'right.yaml', blueprint(texts, true));
      write(cwd, 'wrong.yaml', blueprint(texts, false));
      for (const form of forms) await check(['validate', 'wrong.yaml', '--format', form], cwd);
      await check(['validate', 'wrong.yaml', ...reports], cwd);
      const applied = await run(['apply', 'right.yaml', ...directory, '--auto-approve'], { cwd });
      expect([applied.code, wrongLines(applied.out), wrongLines(applied.err)]).toEqual([0, [], []]);
      // The same objects with other values, and others beside them.
      write(
        cwd,
        'right.yaml',
        blueprint(texts, true).replace('"return 1', '"return 2').replace('a@example', 'b@example'),
      );
      write(cwd, 'other.yaml', blueprint(shuffled, true).replace('"x"', '"y"'));
      for (const form of forms) await check(['plan', 'right.yaml', ...directory, '--format', form], cwd);
      await check(['plan', 'right.yaml', ...directory, ...reports, '--out', 'plan.json'], cwd);
      await check(['export', ...directory], cwd);
      await check(['export', ...directory, '--output', 'exported'], cwd);
      await check(['doctor', 'right.yaml', ...directory], cwd);
      await check(['doctor', 'right.yaml', ...directory, '--json'], cwd);
      await check(['history', 'show', '1', ...directory], cwd);
      await check(['convert', 'right.yaml'], cwd);
      await check(['convert', 'right.yaml', '--output', 'converted.yaml'], cwd);
      await check(['ledger', 'export', 'ledger.json', ...directory], cwd);
      await check(['plan', 'other.yaml', 'right.yaml', ...directory], cwd);
      await check(['forget', `user/${texts[0]}`, ...directory], cwd);
      await check(['explain', `${texts[0]}`], cwd);
      for (const folder of ['reports', 'exported']) {
        for (const name of readdirSync(join(cwd, folder)))
          expect([name, wrongLines(readFileSync(join(cwd, folder, name), 'utf8'))]).toEqual([name, []]);
      }
      for (const name of ['plan.json', 'ledger.json'])
        expect([name, wrongLines(readFileSync(join(cwd, name), 'utf8'))]).toEqual([name, []]);
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 4) },
  );
});

test('an export of it gives the same objects', { timeout: 60_000 }, async () => {
  const cwd = temporaryFolder();
  const right = blueprint(['##[error]', '::a\n ::b', '\u200dx\u{e0041}', 'a\n##vso[x]\n'], true);
  write(cwd, 'right.yaml', right);
  expect(
    await run(['apply', 'right.yaml', '--directory', 'sqlite:a.db', '--auto-approve'], { cwd }),
  ).toMatchObject({ code: 0 });
  expect(await run(['export', '--directory', 'sqlite:a.db', '--output', 'exported'], { cwd })).toMatchObject({
    code: 0,
  });
  const again = await run(['plan', 'exported', '--directory', 'sqlite:a.db', '--json'], { cwd });
  expect(JSON.parse(again.out)).toMatchObject({ ok: true, changes: [] });
});

describe('what is written instead', () => {
  test('in text', () => {
    expect(visible('##[error] ##vso[x] a\u200db \u202e')).toBe(
      '#\\x23[error] #\\x23vso[x] a\\u200db \\u202e',
    );
    expect(withoutCommands('a\n  ::b::c\n \u001b[1m::d\nx::y\n')).toBe(
      'a\n  \\x3a:b::c\n \u001b[1m\\x3a:d\nx::y\n',
    );
    expect(visible('👩‍👩‍👧 ❤️‍🔥 👩🏽‍💻 1️⃣ ☎️')).toBe('👩‍👩‍👧 ❤️‍🔥 👩🏽‍💻 1️⃣ ☎️');
  });

  test('JSON and YAML stay what they are', () => {
    fc.assert(
      fc.property(text, text, (key, value) => {
        const json = safeJson(JSON.stringify({ [key]: value }));
        expect(JSON.parse(json)).toEqual({ [key]: value });
        const source = {
          path: 'a.yaml',
          text: `# x ##[y]\n##[z]\nentries: ${JSON.stringify([{ model: 'authentik_core.group', identifiers: { name: 'a' }, attrs: { attributes: { [key]: value } } }])}\n`,
        };
        const written = convert(source).text;
        expect(wrongLines(written ?? '')).toEqual([]);
        expect(JSON.stringify(parse(written ?? '', { version: '1.1' }))).toContain(
          JSON.stringify({ [key]: value }),
        );
      }),
    );
  });
});
