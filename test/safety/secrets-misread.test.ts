/** Secrets that YAML takes for something else, or whose attribute is misspelt: no message and no excerpt repeats them. */
import { describe, expect, test } from 'vitest';
import { makeNet } from './canaries.js';
import { project, workspace } from './workspace.js';

const user = (attrs: string): string =>
  `entries:\n- model: authentik_core.user\n  identifiers: {username: ada}\n  attrs:\n${attrs}`;
const section = (attrs: string): string => `users:\n  ada:\n${attrs}`;

/** What is written, and what has to be said about it. */
const cases: Readonly<Record<string, readonly [text: string, said: string]>> = {
  'an alias': [user('    password: *SECRET\n'), 'which makes it an alias'],
  'an alias in braces': [user('    {name: Ada, password: *SECRET, email: a@b.c}\n'), 'yaml-unknown-alias'],
  'an alias on the next line': [user('    password:\n      *SECRET\n'), 'yaml-unknown-alias'],
  'an alias in a list': [user('    password: [*SECRET]\n'), 'yaml-unknown-alias'],
  'an alias deep in a secret map': [
    user('    password:\n      a:\n        b: *SECRET\n'),
    'yaml-unknown-alias',
  ],
  'an alias with a tail': [user('    password: *SECRET SECRET\n'), 'yaml-syntax'],
  'an alias below a misspelt key': [section('    passwrod: *SECRET\n'), 'yaml-unknown-alias'],
  'an alias behind ?': [user('    ? password\n    : *SECRET\n'), 'yaml-unknown-alias'],
  'a tag': [user('    password: !SECRET\n    name: Ada\n'), 'which makes it an unknown tag'],
  'a tag on text': [section('    password: !SECRET text\n'), 'which makes it an unknown tag'],
  'a tag that is no tag': [user('    password: !SECRET{SECRET\n    name: Ada\n'), 'error'],
  'a tag like one of ours': [user('    password: !Evn SECRET\n'), 'Did you mean `!Env`?'],
  'a tag below a key of other case': [section('    Password: !SECRET\n'), 'which makes it an unknown tag'],
  'an anchor twice': [
    'users:\n  ada:\n    password: &SECRET\n  bob:\n    password: &SECRET\n',
    'defined twice',
  ],
  'a number of another base': [user('    password: 0DIGITS\n'), 'yaml-surprise'],
  'a number in base 60': [user('    password: DIGITS:10\n'), 'yaml-surprise'],
  'a word that is no number': [user('    password: !!int SECRET\n'), 'the value is not a valid integer'],
  'text behind a quote': [user('    password: "SECRET" SECRET\n'), 'yaml-syntax'],
  'a bracket in braces': [user('    {password: SECRET}SECRET, name: Ada}\n'), 'yaml-syntax'],
  'a second colon': [user('    password: SECRET: SECRET\n'), 'error'],
  'a list on one line': [user('    password: - SECRET\n'), 'yaml-syntax'],
  'a block with text at its head': [user('    password: |SECRET\n      SECRET\n'), 'yaml-syntax'],
  'a quote in braces that is not closed': [user('    {name: "Ada, password: "SECRET", email: x}\n'), 'error'],
  'a misspelt key': [user('    passwrod: SECRET\n'), 'Did you mean `password`?'],
  'a misspelt key in braces': [user('    {passwrod: SECRET, emial: x}\n'), '`emial`'],
  'a misspelt key in a section': [section('    passwrod: SECRET\n'), 'Did you mean `password`?'],
  'a misspelt key in a section, in braces': ['users:\n  ada: {passwrod: SECRET, emial: x}\n', '`emial`'],
  'a key of other case': [user('    Password: SECRET\n'), 'unknown-attribute'],
  'a key with another dash': [
    'entries:\n- model: authentik_providers_oauth2.oauth2provider\n  identifiers: {name: x}\n  attrs: {client-secret: SECRET, emial: x}\n',
    '`emial`',
  ],
  'half a name': [
    'entries:\n- model: authentik_providers_oauth2.oauth2provider\n  identifiers: {name: x}\n  attrs: {secret: SECRET, emial: x}\n',
    '`emial`',
  ],
  'a misspelt key in the identifiers': [
    'entries:\n- model: authentik_core.token\n  identifiers: {Key: SECRET}\n  attrs: {}\n',
    'unknown-identifier',
  ],
  'a misspelt key with a block': [
    user('    passwrod: |\n      a: b\n      *SECRET\n    name: *x\n'),
    'unknown-alias',
  ],
  'a misspelt key with text over lines': [
    user('    passwrod: SECRET\n      SECRET: x\n    name: Ada\n'),
    'error',
  ],
  'a misspelt key in braces over lines': [
    user('    {name: Ada, passwrod:\n      SECRET *SECRET, name: [}\n'),
    'yaml-syntax',
  ],
  'a misspelt key in the settings': ['settings:\n  system: {passwrod: SECRET, emial: x}\n', '`emial`'],
  'no blank behind the colon': [user('    {password:SECRET}\n'), '`password:…`'],
  'no blank behind the colon, on a line': [user('    name: Ada\n    password:SECRET\n'), 'yaml-syntax'],
  'no colon': [user('    name: Ada\n    password SECRET\n'), 'yaml-syntax'],
  'another sign than the colon': [user('    name: Ada\n    password = SECRET\n'), 'yaml-syntax'],
};

describe('a secret that is misread', () => {
  test.each(Object.entries(cases))('as in %s is not repeated', async (_, [text, said]) => {
    const net = makeNet();
    const { call, leaks, look, lookAround, write } = workspace(net);
    const secret = net.value('SECRET', 'plain');
    // Digits have no letters that a net could know them by.
    const digits = '1234567';
    write('blueprint.yaml', `version: 1\n${text.replaceAll('SECRET', secret).replaceAll('DIGITS', digits)}`);
    const base = ['blueprint.yaml', ...project];
    const ran = [
      await call(['validate', 'blueprint.yaml', '-vv']),
      await call(['validate', 'blueprint.yaml', '--json']),
      await call(['plan', ...base, '-vv']),
      await call(['apply', ...base, '--auto-approve', '-vv']),
    ];
    const words = ran.map((one) => one.out + one.err).join('\n');
    expect(words).toContain(said);
    expect(words).not.toContain(digits);
    look('a run', (await call(['history', '-d', 'sqlite:directory.db', '--json'])).out);
    lookAround(['blueprint.yaml']);
    expect(leaks.join('\n')).toBe('');
  });

  test.each([
    'token: *SECRET',
    'token: !SECRET',
    'token: !SECRET x',
    'tokn: SECRET',
    'Token: SECRET',
    'api_token: SECRET',
    'password: SECRET',
    'tokens: [SECRET]',
    'tokn: |\n      SECRET',
    'token:\n      SECRET\n      SECRET',
    'token:SECRET',
    'token: "SECRET" SECRET',
  ])('in asbuilt.yaml as %s is not repeated', async (line) => {
    const net = makeNet();
    const { call, leaks, write } = workspace(net);
    write(
      'asbuilt.yaml',
      `project: staff\ndirectories:\n  prod:\n    url: sqlite:directory.db\n    ${line.replaceAll('SECRET', net.value('SECRET', 'plain'))}\n`,
    );
    write('blueprint.yaml', 'version: 1\nentries: []\n');
    const ran = [await call(['plan', 'blueprint.yaml']), await call(['plan', 'blueprint.yaml', '--json'])];
    expect(ran[0]!.err).toContain('error[');
    expect(leaks.join('\n')).toBe('');
  });

  test('does not keep others from being told what was meant', async () => {
    const { call, write } = workspace(makeNet());
    write(
      'blueprint.yaml',
      'version: 1\nusers:\n  ada: {name: &person Ada}\n  bob: {name: *persn}\n  cyd: {name: !Fnid x}\n  dan: {name: Dan, password: *persno}\nflows:\n  password-reset: {nmae: shown}\n  token-service:\n    nmae: shown\n',
    );
    const { err } = await call(['validate', 'blueprint.yaml']);
    expect(err).toContain('there is no anchor `&persn` above');
    expect(err).toContain('Did you mean `person`?\n');
    expect(err).toContain('unknown tag `!Fnid`');
    expect(err).toContain('Did you mean `!Find`?');
    expect(err).not.toContain('persno');
    expect(err).toContain('Did you mean `person`? If the value is just text, put it in quotes.');
    expect(err).toContain('password-reset: {nmae: (hidden)}');
    expect(err).toContain('|     nmae: (hidden)');
  });
});
