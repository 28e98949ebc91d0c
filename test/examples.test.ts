/** The examples, run as their readers would: expected plans, the scripts of CI, and what their pipelines call. */
import { execFile, spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../', import.meta.url));
const examples = join(root, 'examples');
const names = readdirSync(examples).sort();
const folder = mkdtempSync(join(tmpdir(), 'asbuilt-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `asbuilt` on the path, as an installation would put it there. */
beforeAll(() => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const command = `'${process.execPath}' '${join(inject('dist'), 'cli.js')}'`;
  writeFileSync(join(bin, 'asbuilt'), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
});

function run(
  cwd: string,
  file: string,
  words: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Ran> {
  const own = { PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`, HOME: folder };
  return new Promise((resolve) => {
    const child = execFile(file, words, { cwd, env: { ...own, ...env } }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
    child.stdin?.end();
  });
}

let copies = 0;
/** A copy of an example to run in, with nothing in its directory. */
function copyOf(name: string): string {
  copies += 1;
  const copy = join(folder, `${name}-${copies}`);
  cpSync(join(examples, name), copy, { recursive: true });
  return copy;
}

/** All that a plan says on standard error when its directory was not there yet. */
const newDirectory =
  /^directory: sqlite:\S+(?: \((?:\S+ in \S+|the default)\))?, does not exist yet, so it counts as empty\n$/;

describe.each(names)('examples/%s', (name) => {
  test('gives the expected plan for an empty directory', async () => {
    const { code, out, err } = await run(copyOf(name), 'asbuilt', ['plan']);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(newDirectory) });
    const path = join(examples, name, 'expected-plan.txt');
    if (process.env.UPDATE) writeFileSync(path, out);
    expect(out, 'run `UPDATE=1 npm test` if the new plan is right').toBe(readFileSync(path, 'utf8'));
  });

  test('is explained, and has only scripts that can be run', () => {
    expect(existsSync(join(examples, name, 'README.md'))).toBe(true);
    const files = readdirSync(join(examples, name), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((one) => one.endsWith('.sh')))
      accessSync(join(examples, name, file), constants.X_OK);
  });
});

describe('the scripts of examples/github-actions', () => {
  const name = 'github-actions';
  const more = 'version: 1\ngroups:\n  support: {}\n';

  test('plan a pull request of a fork, with the configuration of the base branch', async () => {
    const copy = copyOf(name);
    cpSync(join(examples, name), join(copy, '.base'), { recursive: true });
    // What the pull request says about itself counts for nothing.
    writeFileSync(join(copy, 'asbuilt.yaml'), 'project: stolen\nenv: [SECRET]\n');
    writeFileSync(join(copy, 'blueprints/more.yaml'), more);
    const env = { CI: 'true', SECRET: 'x', REDACT: 'yes' };
    const ran = await run(copy, '.base/ci/plan.sh', [], env);
    expect(ran).toMatchObject({ code: 0, err: expect.stringMatching(newDirectory) });
    expect(ran.out).toContain('+ group/support');
    expect(ran.out).not.toContain('ada@example.org');
    const comment = readFileSync(join(copy, 'plan.md'), 'utf8');
    expect(comment).toContain('project `identity`');
    expect(comment).toContain('5 to create');

    writeFileSync(join(copy, 'blueprints/more.yaml'), 'version: 1\nusers: {x: {name: !Env SECRET}}\n');
    const refused = await run(copy, '.base/ci/plan.sh', [], env);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('env-not-allowed');
  });

  test('validate a pull request, and refuse links out of it', async () => {
    const copy = copyOf(name);
    cpSync(join(examples, name), join(copy, '.base'), { recursive: true });
    writeFileSync(join(copy, 'blueprints/more.yaml'), 'version: 1\ngroups: {x: {nmae: y}}\n');
    const wrong = await run(copy, '.base/ci/validate.sh', [], { FORMAT: 'github' });
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain('::error file=blueprints/more.yaml,line=2');
    rmSync(join(copy, 'blueprints/more.yaml'));
    expect(await run(copy, '.base/ci/validate.sh')).toMatchObject({ code: 0 });
    symlinkSync('/etc/hostname', join(copy, 'blueprints/more.yaml'));
    const linked = await run(copy, '.base/ci/validate.sh');
    expect(linked).toMatchObject({ code: 1, out: '' });
    expect(linked.err).toContain('blueprints/more.yaml');
  });

  test('apply what was approved, and nothing when two merges crossed, until it is planned again', async () => {
    const copy = copyOf(name);
    const env = { CI: 'true', DIRECTORY_URL: 'sqlite:directory.db' };
    const sh = (script: string) => run(copy, `ci/${script}.sh`, [], env);
    expect(await sh('save-plan')).toMatchObject({ code: 0 });
    const first = readFileSync(join(copy, 'plan.json'));
    writeFileSync(join(copy, 'blueprints/more.yaml'), more);
    expect(await sh('save-plan')).toMatchObject({ code: 0 });
    const second = readFileSync(join(copy, 'plan.json'));

    rmSync(join(copy, 'blueprints/more.yaml'));
    writeFileSync(join(copy, 'plan.json'), first);
    expect(await sh('apply')).toMatchObject({ code: 0 });
    expect(await sh('drift')).toMatchObject({ code: 0 });

    writeFileSync(join(copy, 'blueprints/more.yaml'), more);
    writeFileSync(join(copy, 'plan.json'), second);
    const crossed = await sh('apply');
    expect(crossed.code).toBe(3);
    expect(crossed.err).toContain('Not applied.');
    expect(crossed.out).toContain('1 to create, 4 unchanged');

    const drift = await sh('drift');
    expect(drift.code).toBe(1);
    expect(readFileSync(join(copy, 'drift.md'), 'utf8')).toContain('1 to create');
    expect(await sh('apply')).toMatchObject({ code: 0 });
    expect(await sh('drift')).toMatchObject({ code: 0 });
  });

  test('refuse to run without a directory', async () => {
    const copy = copyOf(name);
    for (const script of ['save-plan', 'apply', 'drift']) {
      const { code, err } = await run(copy, `ci/${script}.sh`, [], { DIRECTORY_URL: '' });
      expect(code).not.toBe(0);
      expect(err).toContain('DIRECTORY_URL');
    }
  });
});

test('examples/gitlab-ci has the scripts of examples/github-actions', () => {
  for (const file of readdirSync(join(examples, 'github-actions/ci')))
    expect(readFileSync(join(examples, 'gitlab-ci/ci', file), 'utf8')).toBe(
      readFileSync(join(examples, 'github-actions/ci', file), 'utf8'),
    );
});

test('examples/pre-commit validates what is staged, not what lies in the folder', async () => {
  const copy = copyOf('pre-commit');
  const git = (...words: string[]) =>
    run(copy, 'git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...words]);
  await git('init', '--quiet');
  await git('config', 'core.hooksPath', 'hooks');
  await git('add', '.');
  expect(await git('commit', '--quiet', '--message', 'start')).toMatchObject({ code: 0 });
  const blueprint = join(copy, 'blueprints/staff.yaml');
  const good = readFileSync(blueprint, 'utf8');
  writeFileSync(blueprint, good.replace('email: ada', 'emial: ada'));
  await git('add', '.');
  writeFileSync(blueprint, good);
  const bad = await git('commit', '--quiet', '--message', 'bad');
  expect(bad.code).toBe(1);
  expect(bad.err).toContain('blueprints/staff.yaml:7:29: error[unknown-attribute]');
});

test('examples/container gives the container the folder, the directory and no network', async () => {
  const copy = copyOf('container');
  const { code, out } = await run(copy, './asbuilt.sh', ['plan', '--strict'], { ENGINE: 'echo' });
  expect(code).toBe(0);
  expect(out).toContain('--network none --read-only');
  expect(out).toContain(`--volume ${copy}:/repository:ro --volume ${copy}/.asbuilt:/repository/.asbuilt`);
  expect(out.trim().endsWith('asbuilt plan --strict')).toBe(true);
});

test('examples/container copies only what a clone has or the build makes', () => {
  const recipe = readFileSync(join(examples, 'container/Containerfile'), 'utf8');
  const given = [...recipe.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => paths!.split(' '));
  const made = [...recipe.matchAll(/--from=build \/build\/(\S+)/g)].map(([, path]) => path!);
  for (const path of given) expect(existsSync(join(root, path)), path).toBe(true);
  expect(made.filter((path) => !given.includes(path))).toEqual(['node_modules', 'dist']);
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(recipe).toContain(`/opt/asbuilt/${bin.asbuilt} /usr/local/bin/asbuilt`);
});

test('examples/container runs on what is left without development dependencies', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const recipe = readFileSync(join(examples, 'container/Containerfile'), 'utf8');
  const missing: string[] = [];
  for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(root, 'src', file), 'utf8');
    const imports = [
      ...text.matchAll(/(?:^(?:import|export)\s(?!type\b)[^'"]*?from\s+|\bimport\()'([^.'][^']*)'/gm),
    ];
    for (const [, name] of imports) {
      const [first, second] = name!.split('/');
      const used = first!.startsWith('@') ? `${first}/${second}` : first!;
      if (!used.startsWith('node:') && !(used in dependencies)) missing.push(`${file}: ${used}`);
    }
    // What the program reads of its own installation has to be in the image too.
    for (const [, path] of text.matchAll(/new URL\('(?:\.\.\/)+([\w.-]+)[^']*', import\.meta\.url\)/g))
      if (!recipe.includes(` /opt/asbuilt/${path}\n`)) missing.push(`${file}: ${path}`);
  }
  expect(missing).toEqual([]);
});

test('examples/two-environments promotes from staging to production', async () => {
  const copy = copyOf('two-environments');
  const { code, out } = await run(copy, './promote.sh');
  expect(code).toBe(0);
  expect(out).toContain('applied 6 changes to sqlite:.asbuilt/staging.db');
  expect(out).toContain('https://wiki.example.org/');
  expect(out).not.toContain('sqlite:.asbuilt/production.db  no changes');
});

test('examples/cron fails when the directory has drifted', async () => {
  const copy = copyOf('cron');
  const git = (...words: string[]) =>
    run(copy, 'git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...words]);
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'start');
  await run(folder, 'git', ['clone', '--quiet', '--bare', copy, `${copy}.git`]);
  await git('remote', 'add', 'origin', `${copy}.git`);
  await git('fetch', '--quiet');
  await git('branch', '--set-upstream-to', 'origin/main');
  const drifted = await run(copy, './drift.sh', [], { STATE_DIRECTORY: folder });
  expect(drifted).toMatchObject({ code: 2, err: expect.stringMatching(newDirectory) });
  expect(readFileSync(join(folder, 'drift.md'), 'utf8')).toContain('4 to create');
  await run(copy, 'asbuilt', ['apply', '--auto-approve']);
  expect(await run(copy, './drift.sh', [], { STATE_DIRECTORY: folder })).toMatchObject({ code: 0 });
  const service = readFileSync(join(copy, 'asbuilt-drift.service'), 'utf8');
  expect(/^ExecStart=\/srv\/identity\/(.+)$/m.exec(service)![1]).toBe('drift.sh');
});

describe('the examples of watching', () => {
  /** Words of a command line that are no option of `asbuilt watch`. */
  const unknownTo = async (words: readonly string[]): Promise<string[]> => {
    const { out } = await run(folder, 'asbuilt', ['watch', '--help']);
    return words.filter((word) => word.startsWith('--') && !new RegExp(` ${word}[ \n]`).test(out));
  };

  test('systemd: starts a command that there is, where it may write, and reloads by a signal', async () => {
    const unit = readFileSync(join(examples, 'systemd/asbuilt-watch.service'), 'utf8');
    const words = /^ExecStart=\/usr\/local\/bin\/asbuilt (.+)$/m.exec(unit)![1]!.split(' ');
    expect(words[0]).toBe('watch');
    expect(await unknownTo(words)).toEqual([]);
    const config = parse(readFileSync(join(examples, 'systemd/asbuilt.yaml'), 'utf8'));
    expect(Object.keys(config.directories)).toContain(words[words.indexOf('--directory') + 1]);
    expect(unit).toContain('ReadWritePaths=/srv/identity/.asbuilt');
    expect(unit).toContain('ExecReload=/bin/kill -HUP $MAINPID');
  });

  test('kubernetes: the manifest names what there is', async () => {
    const [deployment, claim] = parseAllDocuments(
      readFileSync(join(examples, 'kubernetes/watch.yaml'), 'utf8'),
    ).map((one) => one.toJS());
    const { containers, volumes } = deployment.spec.template.spec;
    const [{ args, volumeMounts, ports }] = containers;
    expect(args[0]).toBe('watch');
    expect(await unknownTo(args)).toEqual([]);
    const config = parse(readFileSync(join(examples, 'kubernetes/asbuilt.yaml'), 'utf8'));
    const { url } = config.directories[args[args.indexOf('--directory') + 1]];
    const writable = volumeMounts.find((one: { mountPath: string }) =>
      url.startsWith(`sqlite:${one.mountPath}/`),
    );
    expect(writable.readOnly).toBeUndefined();
    expect(args[args.indexOf('--listen') + 1]).toBe(`0.0.0.0:${ports[0].containerPort}`);
    expect(volumeMounts.map((one: { name: string }) => one.name)).toEqual(
      volumes.map((one: { name: string }) => one.name),
    );
    expect(volumes[1].persistentVolumeClaim.claimName).toBe(claim.metadata.name);
    // What the generator puts into the ConfigMaps is what the volume takes out of them.
    const { configMapGenerator } = parse(
      readFileSync(join(examples, 'kubernetes/kustomization.yaml'), 'utf8'),
    );
    for (const { files } of configMapGenerator)
      for (const file of files) expect(existsSync(join(examples, 'kubernetes', file)), file).toBe(true);
    const { items } = volumes[0].projected.sources[1].configMap;
    expect(items.map((one: { path: string }) => one.path)).toEqual(configMapGenerator[1].files);
  });

  test('kubernetes: a mounted ConfigMap is watched, and its swap is applied', async () => {
    const mount = join(copyOf('kubernetes'), '..', `mount-${copies}`);
    const revision = (name: string, edit: (text: string) => string): void => {
      mkdirSync(join(mount, name, 'blueprints'), { recursive: true });
      for (const file of ['asbuilt.yaml', 'blueprints/staff.yaml'])
        writeFileSync(
          join(mount, name, file),
          edit(readFileSync(join(examples, 'kubernetes', file), 'utf8')),
        );
      symlinkSync(name, join(mount, '..data_tmp'));
      renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
    };
    const home = join(mount, '.asbuilt');
    mkdirSync(home, { recursive: true });
    revision('..2026_1', (text) => text);
    for (const name of ['asbuilt.yaml', 'blueprints']) symlinkSync(`..data/${name}`, join(mount, name));
    const child = spawn(join(folder, 'bin/asbuilt'), ['watch', '--listen', 'off', '--log', 'json'], {
      cwd: mount,
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    let log = '';
    child.stdout.on('data', (chunk) => (log += chunk));
    await expect.poll(() => log, { timeout: 60_000 }).toContain('"outcome":"applied"');
    revision('..2026_2', (text) => text.replace('Ada Lovelace', 'Ada King'));
    rmSync(join(mount, '..2026_1'), { recursive: true });
    await expect.poll(() => log, { timeout: 60_000 }).toContain('"address":"user/ada","fields":["name"]');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});

describe('what the pipelines call', () => {
  /** Commands that runners and images have. */
  const known = ['cat', 'gh', 'git'];
  const lines: [example: string, line: string][] = [];
  const read = (path: string) => parse(readFileSync(join(examples, path), 'utf8'));
  for (const file of readdirSync(join(examples, 'github-actions/.github/workflows'))) {
    const jobs = read(`github-actions/.github/workflows/${file}`).jobs as Record<string, { steps: Step[] }>;
    for (const { steps } of Object.values(jobs))
      for (const { run: text } of steps)
        for (const line of text?.split('\n') ?? []) if (line.trim()) lines.push(['github-actions', line]);
  }
  for (const job of Object.values(read('gitlab-ci/.gitlab-ci.yml') as Record<string, { script?: string[] }>))
    for (const line of job?.script ?? []) lines.push(['gitlab-ci', line]);
  for (const { hooks } of read('pre-commit/.pre-commit-config.yaml').repos)
    for (const { entry } of hooks) lines.push(['pre-commit', entry]);

  const helps = new Map<string, Promise<Ran>>();
  const helpOf = (command: string): Promise<Ran> => {
    const help = helps.get(command) ?? run(folder, 'asbuilt', [command, '--help']);
    helps.set(command, help);
    return help;
  };

  test('is found', () => {
    expect(lines.length).toBeGreaterThan(12);
    for (const script of ['validate', 'plan', 'save-plan', 'apply', 'drift'])
      for (const example of ['github-actions', 'gitlab-ci'])
        expect(lines.some(([name, line]) => name === example && line.endsWith(`ci/${script}.sh`))).toBe(true);
  });

  test.each(lines)('exists (%s: %s)', async (example, line) => {
    const [command, ...words] = line.trim().split(/\s+/);
    if (command!.includes('/')) {
      accessSync(join(examples, example, command!.replace(/^\.base\//, '')), constants.X_OK);
    } else if (command === 'asbuilt') {
      const help = await helpOf(words[0]!);
      expect(help.out).toContain(`Usage: asbuilt ${words[0]} `);
      for (const option of words.filter((word) => word.startsWith('--')))
        expect(help.out).toMatch(new RegExp(` ${option}[ \n]`));
    } else expect(known).toContain(command);
  });
});

interface Step {
  readonly run?: string;
}
