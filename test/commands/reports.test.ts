import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apply } from '../../src/commands/apply.js';
import { plan } from '../../src/commands/plan.js';
import { understand } from '../../src/commands/program.js';
import { validate } from '../../src/commands/validate.js';
import { commandIn } from '../support/command.js';
import { databaseIn, temporaryFolder } from '../support/request.js';

const staff = `version: 1
groups:
  admins: {is_superuser: true}
users:
  ada: {name: Ada Lovelace, email: ada@example.org, password: hunter2, groups: [admins]}
`;

/** A folder with blueprints in `work/`, and options for a directory of its own. */
function setUp(text = staff) {
  const root = temporaryFolder();
  const cwd = join(root, 'work');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'staff.yaml'), text);
  const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
  return { root, cwd, read, options: { directory: databaseIn(root), project: 'staff' } };
}

describe('--format', () => {
  test('decides what goes to standard output, and changes no exit code', async () => {
    const { cwd, options } = setUp();
    const starts = {
      text: 'sqlite:',
      json: '{\n  "version": 1,',
      markdown: '<!-- asbuilt plan project=staff ',
      github: '::warning file=staff.yaml,line=5,col=3,',
      sarif: '{\n  "$schema"',
    };
    for (const [format, start] of Object.entries(starts)) {
      const ran = commandIn(cwd);
      const code = await plan(ran.surroundings, ['staff.yaml'], {
        ...options,
        format,
        detailedExitcode: true,
      });
      expect(code).toBe(2);
      expect(ran.out().slice(0, start.length)).toBe(start);
      expect(ran.out()).not.toContain('hunter2');
    }
  });

  test('says which formats there are, and which is near', async () => {
    const { cwd, options } = setUp();
    const near = commandIn(cwd);
    expect(await plan(near.surroundings, ['staff.yaml'], { ...options, format: 'markdwon' })).toBe(1);
    expect(near.out()).toBe('');
    expect(near.err()).toBe(
      'error[usage]: unknown report format `markdwon`\n  help: Did you mean `markdown`?\n',
    );
    const far = commandIn(cwd);
    expect(await validate(far.surroundings, ['staff.yaml'], { format: 'x' })).toBe(1);
    expect(far.err()).toContain('help: The formats are text, json, markdown, github, sarif.');
    const both = commandIn(cwd);
    expect(await validate(both.surroundings, ['staff.yaml'], { json: true, format: 'sarif' })).toBe(1);
    expect(both.err()).toContain('error[usage]: --json and --format sarif contradict each other');
  });

  test('is an option of the commands that plan or validate', async () => {
    for (const command of ['validate', 'plan', 'apply']) {
      const call = await understand(
        [command, '--format', 'json', '--report', 'sarif=a', '--report', 'text=b', '--redact'],
        80,
      );
      expect(call.type).toBe('run');
    }
    expect((await understand(['doctor', '--format', 'sarif'], 80)).type).toBe('wrong');
  });

  test('prints a report of a run that could not do its work', async () => {
    const { cwd } = setUp();
    for (const [format, part] of [
      ['markdown', '### asbuilt plan failed\n\n> [!CAUTION]\n> '],
      ['github', '::error title=asbuilt plan failed::'],
      ['sarif', '"executionSuccessful": false'],
      ['json', '"error": {'],
    ] as const) {
      const ran = commandIn(cwd);
      const options = { format, directory: 'sqlite:/dev/null/x.db' };
      expect(await plan(ran.surroundings, ['staff.yaml'], options)).toBe(1);
      expect(ran.out()).toContain(part);
      expect(ran.err()).toMatch(/^error: /m);
    }
  });
});

describe('--report', () => {
  test('writes several reports beside the output', async () => {
    const { cwd, read, options } = setUp();
    const ran = commandIn(cwd);
    const report = ['json=a.json', 'markdown=b.md', 'github=c.txt', 'sarif=d.sarif', 'text=e.txt'];
    expect(await plan(ran.surroundings, ['staff.yaml'], { ...options, report })).toBe(0);
    expect(ran.out()).toMatch(/^sqlite:/);
    expect(JSON.parse(read('a.json'))).toMatchObject({ version: 1, ok: true, counts: { create: 2 } });
    expect(read('b.md')).toContain('### asbuilt plan: 2 to create, 0 unchanged');
    expect(read('c.txt')).toContain('::notice title=asbuilt plan::2 to create, 0 unchanged');
    expect(JSON.parse(read('d.sarif'))).toMatchObject({ version: '2.1.0' });
    expect(read('e.txt')).toContain('+ user/ada ');
  });

  test('tells what an apply did, and why one was refused', async () => {
    const { cwd, read, options } = setUp();
    const report = ['markdown=b.md', 'text=e.txt'];
    const refused = commandIn(cwd);
    expect(await apply(refused.surroundings, ['staff.yaml'], { ...options, report })).toBe(3);
    expect(read('b.md')).toContain('### asbuilt apply: not approved, nothing was applied.');
    const applied = commandIn(cwd);
    const approving = { ...options, report, autoApprove: true };
    expect(await apply(applied.surroundings, ['staff.yaml'], approving)).toBe(0);
    expect(read('b.md')).toContain('### asbuilt apply: applied 2 changes');
    expect(read('e.txt')).toMatch(/^applied 2 changes to /m);
    writeFileSync(join(cwd, 'staff.yaml'), staff.replace('is_superuser: true', 'is_superuser: false'));
    expect(await apply(commandIn(cwd).surroundings, ['staff.yaml'], approving)).toBe(3);
    expect(read('b.md')).toContain('### asbuilt apply refused, nothing was applied.');
    expect(read('b.md')).toContain('> - **locks-out** `group/admins`: ');
  });

  test('is checked before anything is done', async () => {
    const { cwd, root, options } = setUp();
    for (const [report, message] of [
      ['sarif', '--report `sarif` must have the form format=file'],
      ['sarif=', '--report `sarif=` must have the form format=file'],
      ['srif=a', 'Did you mean `sarif`?'],
      ['json=missing/a.json', 'error[unwritable-file]: missing/a.json: '],
    ] as const) {
      const ran = commandIn(cwd);
      const given = { ...options, report: [report], autoApprove: true };
      expect(await apply(ran.surroundings, ['staff.yaml'], given)).toBe(1);
      expect(ran.err()).toContain(message);
    }
    const twice = commandIn(cwd);
    expect(await validate(twice.surroundings, ['staff.yaml'], { report: ['json=a', 'sarif=./a'] })).toBe(1);
    expect(twice.err()).toContain('./a would be written twice');
    expect(existsSync(join(cwd, 'a'))).toBe(false);
    const saved = commandIn(cwd);
    const both = { ...options, out: 'plan.json', report: ['json=./plan.json'] };
    expect(await plan(saved.surroundings, ['staff.yaml'], both)).toBe(1);
    expect(saved.err()).toContain('./plan.json would be written twice');
    expect(existsSync(join(root, 'directory.db'))).toBe(false);
  });

  test('say that a plan could not be saved', async () => {
    const { cwd, options } = setUp();
    for (const [staffFile, out, code] of [
      [staff, 'missing/plan.json', 'unwritable-file'],
      [staff.replace('hunter2', '!Env UNSET_PASSWORD'), 'plan.json', 'env-unset'],
    ] as const) {
      writeFileSync(join(cwd, 'staff.yaml'), staffFile);
      const ran = commandIn(cwd);
      expect(await plan(ran.surroundings, ['staff.yaml'], { ...options, json: true, out })).toBe(1);
      const { ok, diagnostics, changes } = JSON.parse(ran.out());
      expect({ ok, changes: changes.length }).toEqual({ ok: false, changes: 2 });
      const errors = diagnostics.filter((one: { severity: string }) => one.severity === 'error');
      expect(new Set(errors.map((one: { code: string }) => one.code))).toEqual(new Set([code]));
      expect(ran.err()).toContain(`error[${code}]`);
    }
  });
});

describe('in GitHub Actions', () => {
  test('the summary of the job is added to, and files are named as the repository has them', async () => {
    const { cwd, root, options } = setUp();
    const summary = join(root, 'summary.md');
    writeFileSync(summary, 'before\n');
    const env = { GITHUB_STEP_SUMMARY: summary, GITHUB_WORKSPACE: root };
    const ran = commandIn(cwd, { env });
    expect(await plan(ran.surroundings, ['staff.yaml'], { ...options, format: 'github' })).toBe(0);
    expect(ran.out()).toContain('::warning file=work/staff.yaml,line=5,');
    expect(readFileSync(summary, 'utf8')).toMatch(/^before\n<!-- asbuilt plan /);
    const text = commandIn(cwd, { env });
    await plan(text.surroundings, ['staff.yaml'], options);
    expect(readFileSync(summary, 'utf8').match(/<!-- asbuilt/g)).toHaveLength(1);
  });

  test('a summary that cannot be written is an error', async () => {
    const { cwd, options } = setUp();
    const ran = commandIn(cwd, { env: { GITHUB_STEP_SUMMARY: join(cwd, 'missing', 'summary.md') } });
    expect(await plan(ran.surroundings, ['staff.yaml'], { ...options, format: 'github' })).toBe(1);
    expect(ran.err()).toContain('error[unwritable-file]');
  });
});

describe('an apply that nobody has to approve', () => {
  const many = `version: 1\ngroups:\n${Array.from({ length: 150 }, (_, at) => `  g${at}: {}\n`).join('')}`;
  const shownIn = (text: string): number => text.match(/^\+ group\//gm)?.length ?? 0;

  test('shows a hundred changes in a pipe and says how to see all, which a report does', async () => {
    const { cwd, read, options } = setUp(many);
    const ran = commandIn(cwd);
    const given = { ...options, autoApprove: true, report: ['text=plan.txt'] };
    expect(await apply(ran.surroundings, ['staff.yaml'], given)).toBe(0);
    expect(shownIn(ran.out())).toBe(100);
    expect(ran.out()).toContain('… and 50 more changes, not shown.');
    expect(ran.out()).toContain('applied 150 changes');
    expect(shownIn(read('plan.txt'))).toBe(150);
  });

  test('shows all on a terminal, and wherever it asks', async () => {
    const terminal = setUp(many);
    const ran = commandIn(terminal.cwd, { outIsTerminal: true });
    await apply(ran.surroundings, ['staff.yaml'], { ...terminal.options, autoApprove: true });
    expect(shownIn(ran.out())).toBe(150);
    const asking = setUp(many);
    const asked = commandIn(asking.cwd, { ask: async () => 'no' });
    await apply(asked.surroundings, ['staff.yaml'], asking.options);
    expect(shownIn(asked.out())).toBe(150);
    expect(shownIn(asked.err())).toBe(150);
  });
});

describe('--redact', () => {
  const people = /ada|lovelace|@/i;

  test('hides people in every format and on standard error', async () => {
    const { cwd, options } = setUp(staff.replace('email: ada@example.org', 'emial: x'));
    const valid = setUp(staff.replace('email: ada@example.org, ', ''));
    for (const format of ['text', 'json', 'markdown', 'github', 'sarif']) {
      const broken = commandIn(cwd);
      expect(await validate(broken.surroundings, ['staff.yaml'], { format, redact: true })).toBe(1);
      expect(broken.out() + broken.err()).toMatch(/unknown-attribute|The kind has no such attribute/);
      expect(broken.out() + broken.err()).not.toMatch(people);
      const ran = commandIn(valid.cwd);
      const given = { ...valid.options, format, redact: true };
      expect(await plan(ran.surroundings, ['staff.yaml'], given)).toBe(0);
      // Changes are no findings about files, so SARIF has none.
      if (format !== 'sarif') expect(ran.out() + ran.err()).toContain('‹hidden-1›');
      expect((ran.out() + ran.err()).replaceAll(options.directory, '')).not.toMatch(people);
    }
  });

  test('hides people while an apply goes on', async () => {
    const { cwd, options } = setUp();
    const ran = commandIn(cwd);
    const given = { ...options, redact: true, autoApprove: true };
    expect(await apply(ran.surroundings, ['staff.yaml'], given)).toBe(0);
    expect(ran.out()).toContain('+ user/‹hidden-1›');
    expect(ran.out() + ran.err()).not.toMatch(people);
  });
});
