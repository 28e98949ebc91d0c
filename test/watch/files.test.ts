/** Every way in which files change, tried on real files. */
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { differences, lookAt, nothingSeen } from '../../src/watch/files-look.js';
import { aWhile, observe, temporaryFolder, until, write } from './files-support.js';

/** A folder with two blueprints, one of them in a folder of its own, and the paths in it. */
function project() {
  const folder = temporaryFolder();
  const blueprints = join(folder, 'blueprints');
  const staff = join(blueprints, 'staff.yaml');
  const team = join(blueprints, 'teams', 'red.yaml');
  write(staff);
  write(team);
  return { folder, blueprints, staff, team };
}

describe.each([
  ['events of the system', undefined],
  ['polling', 60],
])('by %s', (_, poll) => {
  const options = { poll };

  test('a file written in place is a trigger', async () => {
    const { blueprints, staff } = project();
    const seen = await observe({ blueprints: [blueprints] }, options);
    writeFileSync(staff, 'version: 1\nusers: {}\n');
    await seen.called(1);
    await aWhile();
    expect(seen.calls).toEqual([new Set([staff])]);
  });

  test('an atomic save by rename is one trigger', async () => {
    const { blueprints, staff } = project();
    const seen = await observe({ blueprints: [blueprints] }, options);
    write(join(blueprints, 'staff.yaml.tmp.4711'), 'users: {}\n');
    renameSync(join(blueprints, 'staff.yaml.tmp.4711'), staff);
    await seen.called(1);
    await aWhile();
    expect(seen.calls).toEqual([new Set([staff])]);
  });

  test('a file of the same size put in its place is a trigger, also an older one', async () => {
    const { folder, blueprints, staff } = project();
    const older = join(folder, 'older');
    write(older, 'version: 2\n');
    await sleep(20);
    write(staff, 'version: 1\n');
    const seen = await observe({ blueprints: [blueprints] }, options);
    renameSync(older, staff);
    await seen.saw(staff);
  });

  test('a new folder with files in it is a trigger, and so is each later change in it', async () => {
    const { blueprints } = project();
    const seen = await observe({ blueprints: [blueprints] }, options);
    const deep = join(blueprints, 'new', 'deep', 'blue.yaml');
    write(deep);
    await seen.called(1);
    await aWhile();
    expect(seen.calls).toHaveLength(1);
    appendFileSync(deep, '# more\n');
    await seen.called(2);
    expect(seen.calls[1]).toEqual(new Set([deep]));
  });

  test('a folder that is removed is a trigger', async () => {
    const { blueprints } = project();
    const seen = await observe({ blueprints: [blueprints] }, options);
    rmSync(join(blueprints, 'teams'), { recursive: true });
    await seen.saw(join(blueprints, 'teams'));
    await aWhile();
    expect(seen.calls).toHaveLength(1);
  });

  test('a folder that is renamed is a trigger, and what changes in it goes by the new name', async () => {
    const { blueprints } = project();
    const seen = await observe({ blueprints: [blueprints] }, options);
    renameSync(join(blueprints, 'teams'), join(blueprints, 'squads'));
    await seen.saw(join(blueprints, 'squads'));
    await aWhile();
    expect(seen.calls).toHaveLength(1);
    appendFileSync(join(blueprints, 'squads', 'red.yaml'), '# more\n');
    await seen.called(2);
    expect(seen.calls[1]).toEqual(new Set([join(blueprints, 'squads', 'red.yaml')]));
  });

  test('a file that is renamed is one trigger', async () => {
    const { blueprints, staff } = project();
    const seen = await observe({ blueprints: [blueprints] }, options);
    const people = join(blueprints, 'people.yaml');
    renameSync(staff, people);
    await seen.called(1);
    await aWhile();
    expect(seen.calls).toHaveLength(1);
    expect(seen.paths()).toEqual(expect.arrayContaining([people, staff]));
  });

  test('the blueprints may be missing at first, vanish, and come again', async () => {
    const folder = temporaryFolder();
    const blueprints = join(folder, 'not', 'yet', 'blueprints');
    const staff = join(blueprints, 'staff.yaml');
    const seen = await observe({ blueprints: [blueprints] }, options);
    for (let round = 0; round < 2; round++) {
      write(staff);
      await seen.called(seen.calls.length + 1);
      await aWhile();
      const before = seen.calls.length;
      appendFileSync(staff, '# more\n');
      await seen.called(before + 1);
      expect(seen.calls.at(-1)).toEqual(new Set([staff]));
      rmSync(join(folder, 'not'), { recursive: true });
      await seen.called(before + 2);
      await aWhile();
    }
  });

  test('a folder that is replaced in one go is watched on', async () => {
    const { folder, blueprints, staff } = project();
    const seen = await observe({ blueprints: [blueprints] }, options);
    rmSync(blueprints, { recursive: true });
    write(staff, 'users: {}\n');
    await seen.called(1);
    await aWhile();
    renameSync(blueprints, join(folder, 'old'));
    write(staff, 'groups: {}\n');
    const before = seen.calls.length;
    await seen.called(before + 1);
    await aWhile();
    const calls = seen.calls.length;
    appendFileSync(staff, '# more\n');
    await seen.called(calls + 1);
    expect(seen.calls.at(-1)).toEqual(new Set([staff]));
  });

  test('asbuilt.yaml and targets of !File are triggers, also where they appear and vanish', async () => {
    const { folder, blueprints } = project();
    const config = join(folder, 'asbuilt.yaml');
    const target = join(folder, 'secrets', 'token');
    write(config);
    const seen = await observe({ blueprints: [blueprints], files: [config, target] }, options);
    writeFileSync(config, 'project: one\n');
    await seen.saw(config);
    write(target, 'first');
    await seen.called(2);
    expect(seen.calls[1]).toEqual(new Set([target]));
    await aWhile();
    const before = seen.calls.length;
    writeFileSync(target, 'second');
    await seen.called(before + 1);
    unlinkSync(target);
    await seen.called(before + 2);
    expect(seen.calls.slice(before)).toEqual([new Set([target]), new Set([target])]);
  });

  test('neither the database nor what is no blueprint is a trigger; a .yml file is', async () => {
    const { folder, blueprints, staff } = project();
    const database = join(blueprints, 'state.yaml');
    const own = join(folder, '.asbuilt');
    write(join(own, 'inside.yaml'));
    const ignored = [
      own,
      join(blueprints, 'mine'),
      ...['', '-wal', '-shm'].map((end) => `${database}${end}`),
    ];
    const seen = await observe(
      { blueprints: [blueprints], files: [join(own, 'inside.yaml')], ignored },
      options,
    );
    for (const path of ignored.slice(2)) write(path);
    write(join(own, 'inside.yaml'), 'other');
    write(join(own, 'directory.db'));
    write(join(blueprints, 'mine', 'a.yaml'));
    write(join(blueprints, '.hidden', 'a.yaml'));
    write(join(blueprints, '.hidden.yaml'));
    write(join(blueprints, 'README.md'));
    write(join(blueprints, 'asbuilt.yaml'));
    appendFileSync(join(blueprints, 'README.md'), 'more');
    await aWhile();
    expect(seen.calls).toEqual([]);
    write(join(blueprints, 'wrong.yml'));
    writeFileSync(staff, 'users: {}\n');
    await seen.called(1);
    await aWhile();
    expect(seen.paths()).toEqual([staff, join(blueprints, 'wrong.yml')]);
  });

  test('a file that is written slowly is one trigger, after the last write', async () => {
    const { blueprints, staff } = project();
    let text = '';
    let read = '';
    const changed = () => {
      read ||= text;
    };
    const seen = await observe({ blueprints: [blueprints] }, { ...options, quiet: 1_000, changed });
    for (let part = 0; part < 12; part++) {
      text += `# part ${part}\n`;
      writeFileSync(staff, text);
      await sleep(20);
    }
    await seen.called(1);
    await aWhile();
    expect(seen.calls).toHaveLength(1);
    expect(read).toBe(text);
  });

  test('what changes while it is called gives exactly one more call', async () => {
    const { blueprints, staff, team } = project();
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    let under = 0;
    let most = 0;
    const changed = async () => {
      most = Math.max(most, ++under);
      await gate;
      under--;
    };
    const seen = await observe({ blueprints: [blueprints] }, { ...options, changed });
    writeFileSync(staff, 'users: {}\n');
    await seen.called(1);
    for (let edit = 0; edit < 5; edit++) {
      writeFileSync(edit % 2 ? staff : team, `# edit ${edit}\n`);
      await sleep(100);
    }
    expect(seen.calls).toHaveLength(1);
    go();
    await seen.called(2);
    await aWhile();
    expect(seen.calls).toEqual([new Set([staff]), new Set([staff, team])]);
    expect(most).toBe(1);
  });

  test('other paths are watched after an update, and those left out no longer', async () => {
    const { folder, blueprints, staff } = project();
    const other = join(folder, 'other', 'people.yaml');
    const target = join(folder, 'token');
    write(other);
    const seen = await observe({ blueprints: [blueprints] }, options);
    await sleep(100);
    await seen.watch.update({ blueprints: [join(folder, 'other')], files: [target], ignored: [] });
    write(target);
    await seen.saw(target);
    writeFileSync(other, 'users: {}\n');
    await seen.saw(other);
    writeFileSync(staff, 'users: {}\n');
    await aWhile();
    expect(seen.paths()).not.toContain(staff);
  });
});

test('a save is told about soon after the quiet window', async () => {
  const { blueprints, staff } = project();
  let called = 0;
  const seen = await observe(
    { blueprints: [blueprints] },
    { changed: () => void (called = performance.now()) },
  );
  const took: number[] = [];
  // On a busy machine it takes more of them until one is not held up.
  for (let save = 0; save < 15 || (save < 500 && Math.min(...took) >= 90); save++) {
    const start = performance.now();
    writeFileSync(staff, `# save ${save}\n`);
    await seen.called(save + 1);
    took.push(called - start);
  }
  // The quickest: other programs may hold up any of them.
  expect(Math.min(...took)).toBeLessThan(90);
  expect(Math.min(...took)).toBeGreaterThan(45);
});

test('a save as vim does it is one trigger, and its swap files alone are none', async () => {
  const { blueprints, staff } = project();
  const seen = await observe({ blueprints: [blueprints] });
  const beside = (name: string): string => join(blueprints, name);
  write(beside('.staff.yaml.swp'), 'b0VIM');
  write(beside('.staff.yaml.swx'), 'b0VIM');
  unlinkSync(beside('.staff.yaml.swx'));
  await aWhile();
  expect(seen.calls).toEqual([]);
  write(beside('4913'), '');
  unlinkSync(beside('4913'));
  renameSync(staff, beside('staff.yaml~'));
  write(staff, 'users: {}\n');
  unlinkSync(beside('staff.yaml~'));
  await seen.called(1);
  unlinkSync(beside('.staff.yaml.swp'));
  await aWhile();
  expect(seen.calls).toEqual([new Set([staff])]);
});

test('a save as JetBrains and emacs do it is one trigger, their files beside it none', async () => {
  const { blueprints, staff } = project();
  const seen = await observe({ blueprints: [blueprints] });
  symlinkSync('somebody@host.4711:1', join(blueprints, '.#staff.yaml'));
  write(join(blueprints, '#staff.yaml#'), 'users:\n');
  await aWhile();
  expect(seen.calls).toEqual([]);
  write(join(blueprints, 'staff.yaml___jb_tmp___'), 'users: {}\n');
  renameSync(staff, join(blueprints, 'staff.yaml___jb_old___'));
  renameSync(join(blueprints, 'staff.yaml___jb_tmp___'), staff);
  unlinkSync(join(blueprints, 'staff.yaml___jb_old___'));
  unlinkSync(join(blueprints, '#staff.yaml#'));
  unlinkSync(join(blueprints, '.#staff.yaml'));
  await seen.called(1);
  await aWhile();
  expect(seen.calls).toEqual([new Set([staff])]);
});

test('a file that is written without end holds back a call for a limited time only', async () => {
  const { blueprints, staff, team } = project();
  const seen = await observe({ blueprints: [blueprints] }, { quiet: 1_000, patience: 1_500 });
  writeFileSync(team, 'users: {}\n');
  const writer = setInterval(() => appendFileSync(staff, '# more\n'), 10);
  await seen.called(1).finally(() => clearInterval(writer));
  expect(seen.calls[0]).toEqual(new Set([staff, team]));
});

test('a folder that another takes the place of, far above, is noticed', async () => {
  const folder = temporaryFolder();
  const staff = join(folder, 'srv', 'repository', 'conf', 'blueprints', 'staff.yaml');
  write(staff);
  const seen = await observe({ blueprints: [join(staff, '..')] });
  renameSync(join(folder, 'srv'), join(folder, 'before'));
  write(staff, 'users: {}\n');
  await seen.called(1);
  await aWhile();
  const before = seen.calls.length;
  appendFileSync(staff, '# more\n');
  await seen.called(before + 1);
  expect(seen.calls.at(-1)).toEqual(new Set([staff]));
});

test('a new path that changed since the last call counts as changed, an older one does not', async () => {
  const { folder, blueprints } = project();
  const target = join(folder, 'token');
  const old = join(folder, 'old');
  write(old);
  await sleep(100);
  const seen = await observe({ blueprints: [blueprints] });
  await seen.watch.update({ blueprints: [blueprints], files: [old], ignored: [] });
  await aWhile();
  expect(seen.calls).toEqual([]);
  write(target, 'written after it was read');
  await seen.watch.update({ blueprints: [blueprints], files: [old, target], ignored: [] });
  await seen.called(1);
  expect(seen.calls).toEqual([new Set([target])]);
});

test('an update while it is called, and a new folder meanwhile, lose nothing', async () => {
  const { folder, blueprints, staff } = project();
  const target = join(folder, 'token');
  const deep = join(blueprints, 'new', 'blue.yaml');
  const updated: Promise<void>[] = [];
  const changed = async () => {
    if (updated.length > 0) return;
    write(deep);
    updated.push(seen.watch.update({ blueprints: [blueprints], files: [target], ignored: [] }));
    await updated[0];
  };
  const seen = await observe({ blueprints: [blueprints] }, { changed });
  writeFileSync(staff, 'users: {}\n');
  await seen.called(2);
  expect([...seen.calls[1]!]).toContain(join(blueprints, 'new'));
  await aWhile();
  const before = seen.calls.length;
  appendFileSync(deep, '# more\n');
  await seen.called(before + 1);
  expect(seen.calls.at(-1)).toEqual(new Set([deep]));
});

test('an error of the one who is called is told, and the next change calls again', async () => {
  const { blueprints, staff } = project();
  const changed = async () => {
    throw new Error('the run broke');
  };
  const seen = await observe({ blueprints: [blueprints] }, { changed });
  writeFileSync(staff, 'users: {}\n');
  await seen.called(1);
  await until(() => seen.problems.length === 1);
  writeFileSync(staff, 'groups: {}\n');
  await seen.called(2);
  expect(seen.problems[0]).toBe('after files changed: the run broke');
});

test('after close, or the signal, nothing calls any more', async () => {
  const { blueprints, staff } = project();
  const ending = new AbortController();
  const closed = await observe({ blueprints: [blueprints] });
  const aborted = await observe({ blueprints: [blueprints] }, { signal: ending.signal });
  const late = await observe({ blueprints: [blueprints] }, { signal: AbortSignal.abort() });
  await closed.watch.close();
  ending.abort();
  mkdirSync(join(blueprints, 'more'));
  writeFileSync(staff, 'users: {}\n');
  await aWhile();
  expect([...closed.calls, ...aborted.calls, ...late.calls]).toEqual([]);
});

test('a file so young that a write may leave its stamp as it was is compared by its content', async () => {
  const { blueprints, staff } = project();
  const paths = { blueprints: [blueprints], files: [], ignored: [] };
  const first = await lookAt(paths, nothingSeen);
  const state = first.files.get(staff)!;
  expect(state.digest).toBeDefined();
  expect(differences(first, await lookAt(paths, first))).toEqual([]);
  // As if the file had been written again within the same tick of the clock.
  const other = { ...state, digest: 'of another content' };
  const before = { ...first, files: new Map([...first.files, [staff, other]]) };
  expect(differences(before, await lookAt(paths, before))).toEqual([staff]);
});
