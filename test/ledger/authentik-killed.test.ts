/** Runs that are killed by the system in the middle of an apply: the next one goes on at once, and nothing is doubled. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { clientOf, resultsOf } from '../authentik/client.js';
import { temporaryFolder } from '../support/request.js';
import { type World, world } from './authentik-support.js';

const program = join(inject('dist'), 'cli.js');
const names = Array.from({ length: 50 }, (_, index) => `g${index}`);

/** Runs the program, which the `nth` of its requests kills before or after it has landed. */
async function run({ proxy, server }: World, file: string, nth?: number) {
  const words = ['apply', file, '--directory', `authentik+${proxy.url}`, '--project', 'staff'];
  const child = spawn(process.execPath, [program, ...words, '--auto-approve'], {
    env: { PATH: process.env.PATH, AUTHENTIK_TOKEN: server.token },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  let count = 0;
  proxy.plan((request) => {
    if (request.method === 'GET' || nth === undefined || count++ !== nth) return undefined;
    const kill = () => void child.kill('SIGKILL');
    if (nth % 2 === 0) return { kind: 'meanwhile', act: kill };
    kill();
    return { kind: 'reset', when: 'before' };
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (...ended) => resolve(ended)),
  );
  proxy.plan(undefined);
  return { code, signal, output };
}

// The history, the intents, creates early and late, the records, the lock's end.
for (const nth of [1, 2, 5, 30, 53, 55]) {
  test(`killed at write ${nth}, the next run finishes`, async () => {
    const all = await world();
    const file = join(temporaryFolder(), 'staff.yaml');
    const groups = names.map((name) => `  ${name}: {}\n`).join('');
    writeFileSync(file, `version: 1\nmetadata: {name: staff}\ngroups:\n${groups}`);
    expect(await run(all, file, nth)).toMatchObject({ signal: 'SIGKILL' });
    const again = await run(all, file);
    expect(again, again.output).toMatchObject({ code: 0 });
    const made = resultsOf(await clientOf(all.server)('GET', '/core/groups/?page_size=100'));
    const ours = made.map(({ name }) => String(name)).filter((name) => /^g\d/.test(name));
    expect(ours.sort()).toEqual([...names].sort());
    const ledger = await all.ledger();
    const records = [...(await ledger.read('staff')).values()];
    expect(records.map(({ ownership }) => ownership)).toEqual(names.map(() => 'created'));
    expect(await ledger.intents('staff')).toEqual([]);
  }, 120_000);
}
