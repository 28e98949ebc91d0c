/** Refused means refused: a plan with a hazard that nobody allowed is not saved, fails in every form, and no approval lets more through than was allowed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SavedPlan } from '../../src/reconcile/saved-plan-form.js';
import { temporaryFolder } from '../support/request.js';
import { type Ran, run } from './command-line.js';

const wiki = (access: string): string =>
  `version: 1\ngroups:\n  staff: {}\nusers:\n  ada: {name: Ada, groups: [staff]}\n  eve: {name: Eve}\napplications:\n  wiki: {name: Wiki, access: ${access}}\n`;

/** A repository whose wiki only staff may use, and a change to it that opens it to everyone. */
async function opening(config = '') {
  const cwd = temporaryFolder();
  const write = (name: string, text: string): void => writeFileSync(join(cwd, name), text);
  const configure = (stances: string): void =>
    write(
      'asbuilt.yaml',
      `project: staff\nblueprints: [main.yaml]\nprune: true\ndirectories: {a: {url: "sqlite:directory.db"}}\n${stances}`,
    );
  const asbuilt = (...words: string[]): Promise<Ran> => run(words, { cwd });
  configure('');
  write('main.yaml', wiki('[group/staff]'));
  expect(await asbuilt('apply', '--auto-approve')).toMatchObject({ code: 0 });
  write('main.yaml', wiki('everyone'));
  configure(config);
  const isOpen = async (): Promise<boolean> => {
    const { out } = await asbuilt('why', 'eve', 'wiki', '--json');
    return JSON.parse(out).answers[0].answer === 'yes';
  };
  return { cwd, write, configure, asbuilt, isOpen, path: (name: string) => join(cwd, name) };
}

const saved = (path: string): SavedPlan => JSON.parse(readFileSync(path, 'utf8'));

describe('a refused plan', () => {
  test('is not saved', async () => {
    const { asbuilt, path } = await opening();
    const ran = await asbuilt('plan', '--out', 'plan.json');
    expect(ran).toMatchObject({ code: 3, err: expect.stringContaining('not saved to plan.json') });
    expect(existsSync(path('plan.json'))).toBe(false);
  });

  test('exits with 3 and says so in every form', async () => {
    const { asbuilt } = await opening();
    const text = await asbuilt('plan');
    expect(text).toMatchObject({ code: 3, out: expect.stringContaining('Refused:') });
    expect(await asbuilt('plan', '--detailed-exitcode')).toMatchObject({ code: 3 });

    const json = await asbuilt('plan', '--json');
    expect(json.code).toBe(3);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, refused: [{ name: 'opens' }] });

    const markdown = await asbuilt('plan', '--format', 'markdown');
    expect(markdown).toMatchObject({ code: 3, out: expect.stringContaining('### asbuilt plan: refused.') });

    const github = await asbuilt('plan', '--format', 'github');
    expect(github).toMatchObject({ code: 3, out: expect.stringMatching(/^::error .*refused%2C opens/) });

    const sarif = await asbuilt('plan', '--format', 'sarif');
    expect(sarif.code).toBe(3);
    expect(JSON.parse(sarif.out).runs[0]).toMatchObject({
      invocations: [
        {
          executionSuccessful: false,
          toolExecutionNotifications: [{ level: 'error', associatedRule: { id: 'refused' } }],
        },
      ],
    });
  });

  test('is shown whole in a text report, too', async () => {
    const { asbuilt, path } = await opening();
    await asbuilt('plan', '--json', '--report', 'text=plan.txt');
    expect(readFileSync(path('plan.txt'), 'utf8')).toMatch(/policy-binding[\s\S]*Refused:/);
  });
});

describe('an approved plan', () => {
  test('allows what a flag allowed when it was made, also past the configuration, and says so first', async () => {
    const { asbuilt, path, isOpen } = await opening('stances: {opens: refuse}\n');
    const planned = await asbuilt(
      'plan',
      '--allow',
      'opens',
      '--out',
      'plan.json',
      '--report',
      'markdown=plan.md',
    );
    expect(planned).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Allowed here, .*\n {2}opens: .*/),
    });
    expect(planned.out).toContain('(by --allow opens)');
    expect(saved(path('plan.json')).allowed).toMatchObject([{ name: 'opens', by: 'flag' }]);
    const markdown = readFileSync(path('plan.md'), 'utf8');
    expect(markdown.indexOf('Allowed here')).toBeLessThan(markdown.indexOf('| --- |'));
    expect(await isOpen()).toBe(false);
    const applied = await asbuilt('apply', '--approved', 'plan.json');
    expect(applied, applied.err).toMatchObject({ code: 0, out: expect.stringMatching(/^Allowed here/) });
    expect(await isOpen()).toBe(true);
  });

  test('says first what is allowed as JSON and annotations, too', async () => {
    const { asbuilt } = await opening('stances: {opens: show}\n');
    const json = JSON.parse((await asbuilt('plan', '--json')).out);
    expect(Object.keys(json).slice(0, 3)).toEqual(['version', 'ok', 'allowed']);
    expect(json).toMatchObject({ ok: true, allowed: [{ name: 'opens', by: 'configuration' }] });
    const { out } = await asbuilt('plan', '--format', 'github');
    expect(out).toMatch(/^::warning .*title=allowed by the configuration%2C opens/);
  });

  test('allows what the configuration allowed, unless it forbids it by now', async () => {
    const { asbuilt, path, configure, isOpen } = await opening('stances: {opens: show}\n');
    expect(await asbuilt('plan', '--out', 'plan.json')).toMatchObject({ code: 0 });
    expect(saved(path('plan.json')).allowed).toMatchObject([{ name: 'opens', by: 'configuration' }]);
    configure('stances: {opens: refuse}\n');
    expect(await asbuilt('apply', '--approved', 'plan.json')).toMatchObject({ code: 3 });
    expect(await isOpen()).toBe(false);
    configure('');
    expect(await asbuilt('apply', '--approved', 'plan.json')).toMatchObject({ code: 0 });
    expect(await isOpen()).toBe(true);
  });

  test('does not stand over --refuse of the run that applies it', async () => {
    const { asbuilt, isOpen } = await opening();
    await asbuilt('plan', '--allow', 'opens', '--out', 'plan.json');
    expect(await asbuilt('apply', '--approved', 'plan.json', '--refuse', 'opens')).toMatchObject({ code: 3 });
    expect(await isOpen()).toBe(false);
  });

  test('allows no hazard that came after it, whatever flags say', async () => {
    const { asbuilt, write, isOpen } = await opening();
    write('main.yaml', wiki('[group/staff]').replace('Wiki', 'Our wiki'));
    expect(await asbuilt('plan', '--out', 'plan.json')).toMatchObject({ code: 0 });
    write('main.yaml', wiki('everyone').replace('Wiki', 'Our wiki'));
    const ran = await asbuilt('apply', '--approved', 'plan.json', '--allow', 'opens');
    expect(ran).toMatchObject({ code: 3, err: expect.stringContaining('hazard opens') });
    expect(await isOpen()).toBe(false);
  });

  test('takes over an object of another project only if --allow named that', async () => {
    const { asbuilt, path } = await opening();
    const asOthers = ['-p', 'others', '--allow', 'opens'];
    expect(await asbuilt('plan', ...asOthers, '--out', 'plan.json')).toMatchObject({ code: 3 });
    expect(existsSync(path('plan.json'))).toBe(false);
    const allowed = [...asOthers, '--allow', 'takes-over'];
    expect(await asbuilt('plan', ...allowed, '--out', 'plan.json')).toMatchObject({ code: 0 });
    expect(saved(path('plan.json')).allowed).toContainEqual(
      expect.objectContaining({ name: 'takes-over', address: 'user/ada', by: 'flag' }),
    );
    expect(await asbuilt('apply', '-p', 'others', '--approved', 'plan.json')).toMatchObject({ code: 0 });
  });

  test('of an older form is refused with a sentence', async () => {
    const { asbuilt, write, path } = await opening();
    await asbuilt('plan', '--allow', 'opens', '--out', 'plan.json');
    const { allowed: _, ...old } = saved(path('plan.json'));
    write('plan.json', JSON.stringify({ ...old, version: 1 }));
    const ran = await asbuilt('apply', '--approved', 'plan.json');
    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringContaining('does not say which hazards were allowed'),
    });
  });
});

describe('a stance that is locked', () => {
  test('is lifted by no flag and no approved plan', async () => {
    const { asbuilt, configure, isOpen } = await opening('stances: {opens: locked}\n');
    const ran = await asbuilt('plan', '--allow', 'opens', '--out', 'plan.json');
    expect(ran).toMatchObject({ code: 3, out: expect.stringContaining('no flag allows it: opens') });
    expect(ran.out).not.toContain('--allow opens');
    expect(await asbuilt('apply', '--auto-approve', '--allow', 'opens')).toMatchObject({ code: 3 });
    configure('');
    expect(await asbuilt('plan', '--allow', 'opens', '--out', 'plan.json')).toMatchObject({ code: 0 });
    configure('stances: {opens: locked}\n');
    expect(await asbuilt('apply', '--approved', 'plan.json')).toMatchObject({ code: 3 });
    expect(await isOpen()).toBe(false);
  });

  test('holds where the URL of the directory is written out', async () => {
    const locked = `project: staff\nblueprints: [main.yaml]\nprune: true\ndirectories: {a: {url: "sqlite:directory.db", stances: {opens: locked}}}\n`;
    const space = await opening();
    space.write('asbuilt.yaml', locked);
    expect(await space.asbuilt('plan', '-d', 'sqlite:directory.db', '--allow', 'opens')).toMatchObject({
      code: 3,
    });
    space.configure('');
    expect(await space.asbuilt('plan', '-d', 'sqlite:directory.db', '--allow', 'opens')).toMatchObject({
      code: 0,
    });
  });
});
