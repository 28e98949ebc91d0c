import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Config, findConfig, readConfig, resolveDirectory, tokenOf } from '../src/config/config.js';
import { environmentOf } from '../src/config/environment.js';
import { blueprintPaths } from '../src/config/paths.js';
import { type Diagnostic, hasErrors } from '../src/diagnostic/diagnostic.js';
import { positionOf } from '../src/diagnostic/source.js';
import { hazardNames } from '../src/plan/change.js';
import { diagnosticsText } from '../src/report/diagnostics.js';
import { credentialIn } from '../src/secrets/credentials.js';
import { hiddenValues } from '../src/yaml/hidden-values.js';
import { temporaryFolder } from './support/request.js';

/** Writes files below a folder, with the folders they need. */
function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function read(
  text: string,
  folder = temporaryFolder(),
  outside = '/run/secrets',
): ReturnType<typeof readConfig> & { folder: string } {
  write(folder, { 'asbuilt.yaml': text });
  return { ...readConfig('asbuilt.yaml', folder, { ASBUILT_FILES: outside }), folder };
}

function good(text: string, folder?: string, outside?: string): Config {
  const { config, diagnostics } = read(text, folder, outside);
  expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  return config!;
}

/** `line:column code message (help)` of each diagnostic. */
function problems(text: string): string[] {
  const { config, diagnostics } = read(text);
  expect(config === undefined).toBe(hasErrors(diagnostics));
  return diagnostics.map(told);
}

function told({ code, message, place, help }: Diagnostic): string {
  const at = place && positionOf(place);
  return `${at ? `${at.line}:${at.column} ` : ''}${code} ${message}${help ? ` (${help})` : ''}`;
}

const twoEnvironments = `project: identity
blueprints: [staff.yaml, teams]
default_directory: staging
context: {region: eu, admins: [ada]}
prune: true
stances: {deletes: hold, bulk: refuse}
env: [SMTP_HOST, BLUEPRINT_*]
files: [/run/secrets/blueprints]
x-shared: &shared {token: {env: STAGING_TOKEN}}
directories:
  staging:
    url: authentik+https://id.staging.example.org
    token: {env: STAGING_TOKEN}
    context: {stage: staging}
  production:
    url: authentik+https://id.example.org
    token: {file: token.txt}
    prune: false
    stances: {deletes: refuse}
    ledger: sqlite:ledger.db
`;

describe('reading asbuilt.yaml', () => {
  test('gives everything it says', () => {
    const config = good(twoEnvironments);
    expect(config).toMatchObject({
      path: 'asbuilt.yaml',
      project: 'identity',
      defaultDirectory: 'staging',
      context: { region: 'eu', admins: ['ada'] },
      prune: true,
      stances: { deletes: 'hold', bulk: 'refuse' },
      env: ['SMTP_HOST', 'BLUEPRINT_*'],
      files: ['/run/secrets/blueprints'],
    });
    expect(config.blueprints.map((one) => one.path)).toEqual(['staff.yaml', 'teams']);
    expect([...config.directories.keys()]).toEqual(['staging', 'production']);
    expect(config.directories.get('production')).toEqual({
      url: 'authentik+https://id.example.org',
      token: { file: 'token.txt' },
      context: {},
      prune: false,
      stances: { deletes: 'refuse' },
      ledger: 'sqlite:ledger.db',
    });
  });

  test('an empty file is a configuration, with the defaults', () => {
    expect(good('# nothing yet\n')).toMatchObject({
      blueprints: [{ path: 'blueprints' }],
      env: [],
      files: [],
      context: {},
      stances: {},
    });
  });

  test('reports an unknown key at the key, with the one that is near', () => {
    expect(problems('projct: x\ndirectories:\n  prod:\n    url: sqlite:a.db\n    tokn: {env: T}\n')).toEqual([
      '1:1 unknown-key asbuilt.yaml has no key `projct` (Did you mean `project`?)',
      '5:5 unknown-key a directory has no key `tokn` (Did you mean `token`?)',
    ]);
  });

  test('takes severities by code, and does not lower errors that leave open what is meant', () => {
    const written = 'diagnostics: {unknown-attribute: warning, no-expiry: error, user-no-email: note}\n';
    expect(good(written).severities).toEqual({
      'unknown-attribute': 'warning',
      'no-expiry': 'error',
      'user-no-email': 'note',
    });
    expect(
      problems('diagnostics: {unknown-atribute: note, conflict: warning, no-expiry: loud}\n').sort(),
    ).toEqual([
      '1:15 invalid-value there is no diagnostic `unknown-atribute` (Did you mean `unknown-attribute`?)',
      expect.stringMatching(
        /^1:49 invalid-value `conflict` must stay an error: .*\(Errors that may be lowered: unknown-attribute,/,
      ),
      '1:69 invalid-value `diagnostics.no-expiry` must be one of error, warning, note (See docs/configuration.md for what it takes.)',
    ]);
  });

  test('reports every wrong value at its place', () => {
    expect(
      problems(
        [
          'project: 8',
          'blueprints: staff.yaml',
          'prune: sometimes',
          'context: [a]',
          'env: [OK, "A-B", "*"]',
          'files: [1]',
          'directories:',
          '  Prod: {url: sqlite:a.db}',
          '  none: {prune: false}',
          '  bare: {url: directory.db}',
          '  both: {url: "sqlite:a.db", token: {env: A, file: b}}',
        ].join('\n'),
      ).sort(),
    ).toEqual([
      '10:15 invalid-value `directories.bare.url` must be a URL, such as `sqlite:.asbuilt/directory.db` or `authentik+https://id.example.org` (See docs/configuration.md for what it takes.)',
      '11:37 invalid-value `directories.both.token` must say where the token is: `{env: NAME}` or `{file: path}` (See docs/configuration.md for what it takes.)',
      expect.stringMatching(/^1:10 wrong-type `project` must be 1 to 63 letters.*\(Put it in quotes\.\)$/),
      '2:13 wrong-type `blueprints` must be a list of at least one path',
      '3:8 wrong-type `prune` must be true or false',
      '4:10 wrong-type `context` must be a map',
      '5:11 invalid-value `env[2]` must be the name of a variable, or the beginning of one followed by `*` (See docs/configuration.md for what it takes.)',
      '5:18 invalid-value `env[3]` must be the name of a variable, or the beginning of one followed by `*` (See docs/configuration.md for what it takes.)',
      '6:9 wrong-type `files[1]` must be a path (Put it in quotes.)',
      '8:3 invalid-value the name `Prod` must be lowercase letters, digits, `_` and `-`, and begin with a letter (See docs/configuration.md for what it takes.)',
      '9:3 missing-key `directories.none` needs `url`',
    ]);
  });

  test.each(['default', '-a', 'a/b', 'a b', 'x'.repeat(64), '""'])('refuses the project name %s', (name) => {
    expect(problems(`project: ${name}\n`)).toEqual([
      expect.stringMatching(/^1:10 invalid-value `project` must/),
    ]);
  });

  test('an empty list of blueprints is refused: nothing would be left of what is owned', () => {
    expect(problems('blueprints: []\n')).toEqual([
      '1:13 invalid-value `blueprints` must be a list of at least one path (See docs/configuration.md for what it takes.)',
    ]);
  });

  test('reports unknown hazards and stances', () => {
    expect(problems('stances: {delete: hold, bulk: ask}\n')).toEqual([
      '1:11 unknown-key stances has no hazard `delete` (Did you mean `deletes`?)',
      '1:31 invalid-value `stances.bulk` must be one of show, hold, refuse, locked (See docs/configuration.md for what it takes.)',
    ]);
  });

  test('a lock of all directories is one of each', () => {
    const text =
      'stances: {opens: locked, bulk: refuse}\ndirectories: {a: {url: "sqlite:a", stances: {bulk: show, opens: show}}}\n';
    expect(problems(text)).toEqual([
      '2:65 invalid-value `opens` is locked for every directory, and `directories.a` says otherwise (Remove it here, or lock it below the directories that need that.)',
    ]);
    expect(problems(text.replace('opens: show', 'opens: locked'))).toEqual([]);
  });

  test('reports a default directory that is not there', () => {
    expect(problems('default_directory: prdo\ndirectories: {prod: {url: "sqlite:a.db"}}\n')).toEqual([
      '1:20 unknown-directory there is no directory `prdo` (Did you mean `prod`?)',
    ]);
  });

  test('prune needs a project', () => {
    expect(problems('directories: {prod: {url: "sqlite:a.db", prune: true}}\n')).toEqual([
      '1:49 missing-key prune needs a project, which says whose objects these are (Add `project:` with a name that no other set of blueprints has.)',
    ]);
  });

  test('takes no tags', () => {
    expect(
      problems(
        'project: !Context name\ndirectories: {a: {url: "sqlite:a", token: !Env TOKEN}}\ncontext: {b: [!File c]}\n',
      ),
    ).toEqual([
      '1:10 tag-not-allowed tags are for blueprints and have no place in asbuilt.yaml (Write the value itself.)',
      '2:43 tag-not-allowed tags are for blueprints and have no place in asbuilt.yaml (Where a token is needed, write `token: {env: TOKEN}`.)',
      '3:15 tag-not-allowed tags are for blueprints and have no place in asbuilt.yaml (Where a token is needed, write `token: {file: c}`.)',
    ]);
  });

  test('is YAML 1.1, strictly', () => {
    expect(problems('project: a\nproject: b\n')[0]).toMatch(/^2:1 yaml-duplicate-key/);
    expect(problems('context: {day: 2024-01-01}\n')[0]).toMatch(/^1:16 json-value/);
    expect(problems('env: [A\n')[0]).toMatch(/yaml-syntax/);
  });

  test('reads a file that is missing or no text as a problem', () => {
    const folder = temporaryFolder();
    expect(readConfig('asbuilt.yaml', folder).diagnostics[0]?.code).toBe('unreadable-file');
    writeFileSync(join(folder, 'asbuilt.yaml'), Buffer.from([0x61, 0xff]));
    expect(readConfig('asbuilt.yaml', folder).diagnostics[0]?.code).toBe('invalid-utf8');
  });

  test('the schema knows every hazard', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../schemas/config.schema.json', import.meta.url), 'utf8'),
    );
    expect(Object.keys(schema.definitions.stances.properties)).toEqual([...hazardNames]);
  });
});

describe('docs/configuration.md', () => {
  const page = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');

  test('has a complete example that is right', () => {
    const example = [...page.matchAll(/```yaml\n(.*?)```/gs)].find(([, text]) =>
      text!.startsWith('project:'),
    )![1]!;
    const config = good(example);
    expect([...config.directories.keys()]).toEqual(['staging', 'production']);
    expect(resolveDirectory(config, undefined)).toMatchObject({ name: 'staging', prune: true });
  });

  test('has every key and every hazard', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../schemas/config.schema.json', import.meta.url), 'utf8'),
    );
    for (const key of Object.keys(schema.properties)) expect(page).toContain(`### \`${key}\``);
    for (const key of Object.keys(schema.definitions.directory.properties))
      expect(page).toContain(`\`${key}\``);
    for (const name of hazardNames) expect(page).toContain(`| \`${name}\` |`);
  });
});

describe('credentials in asbuilt.yaml', () => {
  test.each([
    ['postgres://asbuilt:s3cret@db/id', 'a password'],
    ['postgres://a:s3c@ret@db:5432,db2/id', 'a password'],
    ['postgres://asbuilt:s3/c#ret@db/id', 'a password'],
    ['postgres://db/id?user=a&password=s3cret', '`password`'],
    ['authentik+https://s3cret@id.example.org', 'a token'],
    ['postgres://asbuilt@db/id', undefined],
    ['postgres://asbuilt:@db/id', undefined],
    ['postgres://[::1]:5432/id', undefined],
    ['postgres://db:5432/id@home', undefined],
    ['authentik+https://id.example.org', undefined],
    ['authentik+https://id.example.org/a:b@c', undefined],
    ['sqlite:.asbuilt/directory.db', undefined],
  ])('%s: %s', (url, what) => {
    expect(credentialIn(url)).toBe(what);
  });

  test('are errors, and are shown by no message', () => {
    const { diagnostics } = read(
      [
        'directories:',
        '  a: {url: "postgres://me:s3cret@db/id"}',
        '  b: {url: "postgres://db/id?password=s3cret"}',
        '  f: {url: "postgres://me:s3cret/s3cret@db/id"}',
        '  c:',
        '    url: authentik+https://s3cret@id.example.org',
        '    token: s3cret',
        '  d: {url: "sqlite:a", token: "s3cret", ledgr: x}',
        '  e: {url: "sqlite:a", token: 99999999999999999999999}',
      ].join('\n'),
    );
    expect(diagnostics.filter((one) => one.code === 'written-credential')).toHaveLength(7);
    const text = diagnosticsText(diagnostics, { hidden: hiddenValues, width: 120, colour: false });
    expect(text).toContain('ledgr');
    expect(text).not.toMatch(/s3cret|99999/);
  });

  test('are hidden in a file that is no YAML', () => {
    const { diagnostics } = read('directories: {a: {url: "postgres://me:s3cret@db/id", token: s3cret, ]\n');
    expect(diagnostics[0]?.code).toBe('yaml-syntax');
    expect(diagnosticsText(diagnostics, { hidden: hiddenValues, width: 120, colour: false })).not.toContain(
      's3cret',
    );
  });

  test('may not be listed for blueprints', () => {
    expect(
      problems('env: [TOKEN, ASBUILT_X, TOK*]\ndirectories: {a: {url: "sqlite:a", token: {env: TOKEN}}}\n'),
    ).toEqual([
      '1:7 env-not-allowed `TOKEN` holds the token of a directory, and blueprints never read it (Remove it, or give blueprints a variable of their own.)',
      '1:14 env-not-allowed `ASBUILT_X` belongs to asbuilt, and blueprints never read it (Remove it, or give blueprints a variable of their own.)',
    ]);
  });
});

describe('finding asbuilt.yaml', () => {
  test('looks up to the root of the repository and takes the nearest', () => {
    const folder = temporaryFolder();
    write(folder, { 'asbuilt.yaml': '', 'repo/.git/HEAD': '', 'repo/a/b/x': '' });
    expect(findConfig(join(folder, 'repo/a/b')).path).toBeUndefined();
    write(folder, { 'repo/asbuilt.yaml': '' });
    expect(findConfig(join(folder, 'repo/a/b')).path).toBe(join(folder, 'repo/asbuilt.yaml'));
    write(folder, { 'repo/a/asbuilt.yaml': '' });
    expect(findConfig(join(folder, 'repo/a/b')).path).toBe(join(folder, 'repo/a/asbuilt.yaml'));
  });

  test('looks only in the folder itself outside a repository', () => {
    const folder = temporaryFolder();
    write(folder, { 'asbuilt.yaml': '', 'a/x': '' });
    expect(findConfig(folder).path).toBe(join(folder, 'asbuilt.yaml'));
    expect(findConfig(join(folder, 'a')).path).toBeUndefined();
  });

  test('does not overlook a file with the wrong suffix', () => {
    const folder = temporaryFolder();
    write(folder, { 'asbuilt.yml': '' });
    expect(findConfig(folder).diagnostics).toMatchObject([{ code: 'yml-suffix', severity: 'error' }]);
  });
});

describe('choosing a directory', () => {
  test('the default, with its settings over those for all', () => {
    const config = good(twoEnvironments);
    expect(resolveDirectory(config, undefined)).toMatchObject({
      name: 'staging',
      url: 'authentik+https://id.staging.example.org',
      folder: config.folder,
      contexts: [{ region: 'eu', admins: ['ada'] }, { stage: 'staging' }],
      prune: true,
      stances: { deletes: 'hold', bulk: 'refuse' },
    });
  });

  test('one by name', () => {
    const config = good(twoEnvironments);
    expect(resolveDirectory(config, 'production')).toMatchObject({
      name: 'production',
      prune: false,
      stances: { deletes: 'refuse', bulk: 'refuse' },
      ledger: 'sqlite:ledger.db',
    });
  });

  test('a URL, with the settings for all', () => {
    const config = good(twoEnvironments);
    expect(resolveDirectory(config, 'sqlite:other.db')).toEqual({
      url: 'sqlite:other.db',
      contexts: [config.context],
      prune: true,
      stances: config.stances,
      locked: [],
    });
  });

  test('a lock refuses, over whatever else stands there, also where the URL is written out', () => {
    const config = good(
      'stances: {opens: locked, bulk: show}\ndirectories: {a: {url: "sqlite:a.db", stances: {grants: locked, bulk: hold}}}\n',
    );
    expect(resolveDirectory(config, 'a')).toMatchObject({
      stances: { opens: 'refuse', bulk: 'hold', grants: 'refuse' },
      locked: ['opens', 'grants'],
    });
    expect(resolveDirectory(config, 'sqlite:a.db')).toMatchObject({
      stances: { opens: 'refuse', bulk: 'show', grants: 'refuse' },
      locked: ['opens', 'grants'],
    });
    expect(resolveDirectory(config, 'sqlite:b.db')).toMatchObject({ locked: ['opens'] });
  });

  test('the only one, or none', () => {
    expect(resolveDirectory(good('directories: {a: {url: "sqlite:a"}}'), undefined)).toMatchObject({
      name: 'a',
    });
    expect(resolveDirectory(good(''), undefined)).toMatchObject({ contexts: [{}] });
    expect(resolveDirectory(undefined, undefined)).toEqual({ contexts: [], stances: {}, locked: [] });
    const several = good('directories: {a: {url: "sqlite:a"}, b: {url: "sqlite:b"}}');
    expect(resolveDirectory(several, undefined)).toMatchObject({
      code: 'usage',
      help: 'Add --directory with one of a, b.',
    });
  });

  test('a name that nothing has', () => {
    const config = good(twoEnvironments);
    expect(resolveDirectory(config, 'prodution')).toMatchObject({
      code: 'unknown-directory',
      help: 'Did you mean `production`?',
    });
    expect(resolveDirectory(undefined, 'prod')).toMatchObject({ code: 'unknown-directory' });
  });

  test('and its token', () => {
    const config = good(twoEnvironments);
    const chosen = (name: string) =>
      resolveDirectory(config, name) as Exclude<ReturnType<typeof resolveDirectory>, Diagnostic>;
    expect(tokenOf(chosen('staging'), { STAGING_TOKEN: 'abc\n' })).toEqual({ token: 'abc' });
    expect(tokenOf(chosen('staging'), {})).toMatchObject({ code: 'no-credential' });
    expect(tokenOf(chosen('production'), {})).toMatchObject({ code: 'no-credential' });
    const folder = temporaryFolder();
    write(folder, { 'token.txt': 'from a file\n' });
    expect(tokenOf({ token: { file: 'token.txt' }, folder }, {})).toEqual({ token: 'from a file' });
    expect(tokenOf({}, {})).toEqual({});
  });
});

describe('the paths of blueprints', () => {
  function pathsOf(patterns: string, files: readonly string[]): { found: string[]; told: string[] } {
    const folder = temporaryFolder();
    write(folder, Object.fromEntries(files.map((file) => [file, ''])));
    const { paths, diagnostics } = blueprintPaths(good(`blueprints: ${patterns}\n`, folder));
    const name = ({ path, named }: { path: string; named: boolean }) =>
      `${path.slice(folder.length + 1)}${named ? '' : ' *'}`;
    return { found: paths.map(name), told: diagnostics.map(told) };
  }

  const files = [
    'staff.yaml',
    'README.md',
    'teams/a/one.yaml',
    'teams/a/deep/two.yaml',
    'teams/b/one.yaml',
    'teams/b/note.txt',
    'teams/.hidden/x.yaml',
    'node_modules/x/y.yaml',
  ];

  test('files and folders are named', () => {
    expect(pathsOf('[staff.yaml, teams/a]', files)).toEqual({ found: ['staff.yaml', 'teams/a'], told: [] });
  });

  test('the default is the folder blueprints, which must be there', () => {
    const folder = temporaryFolder();
    const config = good('project: a\n', folder);
    expect(blueprintPaths(config).diagnostics.map((one) => one.code)).toEqual(['no-such-path']);
    write(folder, { 'blueprints/a.yaml': '' });
    expect(blueprintPaths(config).paths).toEqual([{ path: join(folder, 'blueprints'), named: true }]);
  });

  test.each([
    ['*.yaml', ['staff.yaml']],
    ['teams/*', ['teams/a/deep/two.yaml', 'teams/a/one.yaml', 'teams/b/one.yaml']],
    ['teams/*/one.yaml', ['teams/a/one.yaml', 'teams/b/one.yaml']],
    ['teams/*/o*.y*l', ['teams/a/one.yaml', 'teams/b/one.yaml']],
    ['**/one.yaml', ['teams/a/one.yaml', 'teams/b/one.yaml']],
    ['teams/**/*.yaml', ['teams/a/deep/two.yaml', 'teams/a/one.yaml', 'teams/b/one.yaml']],
    ['./teams/**/deep/**', ['teams/a/deep/two.yaml']],
    ['teams/.*/x.yaml', ['teams/.hidden/x.yaml']],
  ])('the pattern %s', (pattern, found) => {
    expect(pathsOf(`["${pattern}"]`, files)).toEqual({ found: found.map((one) => `${one} *`), told: [] });
  });

  test('what matches nothing is an error at its place', () => {
    expect(pathsOf('[staff.yaml, teams/c, "*.yml"]', files).told).toEqual([
      expect.stringMatching(/^1:26 no-such-path there is no file or folder `teams\/c`/),
      expect.stringMatching(/^1:35 no-such-path the pattern `\*\.yml` matches no \.yaml file/),
    ]);
  });

  test('a file that is also named counts as named', () => {
    expect(pathsOf('["*.yaml", staff.yaml]', files).found).toEqual(['staff.yaml']);
  });

  test('a pattern does not follow links round in a circle', () => {
    const folder = temporaryFolder();
    write(folder, { 'a/x.yaml': '' });
    symlinkSync('..', join(folder, 'a/up'));
    const { paths } = blueprintPaths(good('blueprints: ["**/x.yaml"]', folder));
    expect(paths.map((one) => one.path)).toEqual([join(folder, 'a/x.yaml')]);
  });
});

describe('what blueprints may read', () => {
  const env = { HOST: 'a', TOKEN: 'b', TOKEN_2: 'c', ASBUILT_URL: 'd', OTHER: 'e' };

  test('every variable but our own without a configuration', () => {
    const environment = environmentOf({ cwd: temporaryFolder(), env });
    expect([environment.allows('env', 'OTHER'), environment.env('OTHER')]).toEqual([true, 'e']);
    expect([environment.allows('env', 'ASBUILT_URL'), environment.env('ASBUILT_URL')]).toEqual([
      false,
      undefined,
    ]);
    expect(environment.env('constructor')).toBeUndefined();
  });

  test('with one the variables it lists, and never a token', () => {
    const config = good(
      'env: [HOST, TOK*, ASB*]\ndirectories: {a: {url: "sqlite:a", token: {env: TOKEN}}}\n',
    );
    const { allows } = environmentOf({ cwd: '/', env, config });
    const allowed = [...Object.keys(env), 'HOSTS'].filter((name) => allows('env', name));
    expect(allowed).toEqual(['HOST', 'TOKEN_2']);
  });

  test('with an empty one no variable', () => {
    const { allows } = environmentOf({ cwd: '/', env, config: good('') });
    expect(Object.keys(env).filter((name) => allows('env', name))).toEqual([]);
  });

  test('files below the folder, links followed', () => {
    const outside = temporaryFolder();
    const folder = temporaryFolder();
    write(outside, { secret: 'no' });
    write(folder, { 'a/in.txt': 'yes' });
    symlinkSync(join(outside, 'secret'), join(folder, 'a/out'));
    symlinkSync(outside, join(folder, 'a/away'));
    symlinkSync('in.txt', join(folder, 'a/near'));
    const environment = environmentOf({ cwd: folder, env });
    const { allows } = environment;
    const text = (path: string) => environment.file(path, 'a/blueprint.yaml')?.toString();
    expect(['a/in.txt', 'a/near', 'a/../a/in.txt', 'a/missing'].map((path) => allows('file', path))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    for (const path of [
      'a/out',
      'a/away/secret',
      'a/away/new',
      '../x',
      join(outside, 'secret'),
      '/etc/passwd',
    ]) {
      expect([path, allows('file', path), text(path)]).toEqual([path, false, undefined]);
    }
    expect([text('a/in.txt'), text('a/near'), text('a/missing'), text('a')]).toEqual([
      'yes',
      'yes',
      undefined,
      undefined,
    ]);
    expect([...environment.filesRead].map((path) => path.slice(folder.length + 1))).toEqual([
      'a/in.txt',
      'a/near',
      'a/missing',
      'a',
    ]);
  });

  test('files that the configuration names, but no token', () => {
    const outside = temporaryFolder();
    const folder = temporaryFolder();
    write(outside, { 'more/x': 'x', one: 'one', other: 'no' });
    write(folder, { 'sub/y': 'y', 'token.txt': 'no' });
    symlinkSync('token.txt', join(folder, 'link'));
    const config = good(
      `files: ["${outside}/more", "${outside}/one"]\ndirectories: {a: {url: "sqlite:a", token: {file: token.txt}}}\n`,
      folder,
      outside,
    );
    const environment = environmentOf({ cwd: join(folder, 'sub'), env, config });
    const text = (path: string) => environment.file(path, 'sub/b.yaml')?.toString();
    expect([`${outside}/more/x`, `${outside}/one`, 'sub/y'].map(text)).toEqual(['x', 'one', 'y']);
    expect([`${outside}/other`, 'token.txt', 'link', 'y'].map(text)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(environment.allows('file', 'link')).toBe(false);
  });
});

describe('patterns that would take long', () => {
  test.each(['*a*a*a*a*a*a*a*b', `${'**/'.repeat(9)}x.yaml`, `${'a'.repeat(1_000)}*`, 'teams/*-*-*-*.yaml'])(
    '%s',
    (pattern) => {
      const folder = temporaryFolder();
      write(folder, { [`${'a'.repeat(200)}.yaml`]: '' });
      const { diagnostics, paths } = blueprintPaths(good(`blueprints: ["${pattern}"]\n`, folder));
      expect([paths, diagnostics.map((one) => one.code)]).toEqual([[], ['invalid-value']]);
    },
  );

  test('three stars in a name are few enough', () => {
    const folder = temporaryFolder();
    write(folder, { 'a-b-c.yaml': '', [`${'-'.repeat(240)}.yamL`]: '', 'a+b(c)[d]{e}!?.yaml': '' });
    const found = (pattern: string): string[] =>
      blueprintPaths(good(`blueprints: ['${pattern}']\n`, folder)).paths.map((one) =>
        one.path.slice(folder.length + 1),
      );
    expect(found('*-*-*.yaml')).toEqual([`${'-'.repeat(240)}.yamL`, 'a-b-c.yaml']);
    expect(found('a+b(c)[d]{e}!?*')).toEqual(['a+b(c)[d]{e}!?.yaml']);
    expect(found('a?b*')).toEqual([]);
  });
});
