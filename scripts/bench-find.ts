/**
 * Measures what a query over 100,000 users of a SQLite directory takes beside reading their rows and doing nothing with
 * them. Prints a table; the median of five runs each, one after the other in one process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userKind } from '../src/model/kind-names.js';
import { understandAsk, type Wanted } from '../src/query/ask.js';
import { find } from '../src/reconcile/find.js';
import { openStore } from '../src/reconcile/open-store.js';

const count = 100_000;
const runs = 5;
const questions: Omit<Wanted, 'type'>[] = [
  { query: 'attributes.dept = "eng" and is_active = False or name ~ "99"' },
  { query: 'username ~ "user"', order: '-last_login,username' },
  { query: 'attributes.level > "3" and path startswith "users/team1"' },
  { search: 'number 99' },
  { path: 'users/team7' },
  { query: 'username ~ "user"', order: '-attributes' },
  { query: 'username = "user77777"' },
];

const folder = mkdtempSync(join(tmpdir(), 'asbuilt-bench-'));
const { signal } = new AbortController();
const store = await openStore('sqlite:directory.db', { cwd: folder });
const { directory } = store;
try {
  await store.transaction(async (within) => {
    for (let at = 0; at < count; at++) {
      await within.directory.create(
        userKind,
        {
          username: `user${at}`,
          name: `User Number ${at}`,
          email: `user${at}@example.org`,
          path: `users/team${at % 100}`,
          is_active: at % 10 !== 0,
          attributes: { dept: at % 3 ? 'eng' : 'ops', level: at % 9 },
        },
        signal,
      );
    }
  });
  const floor = await median(async () => {
    let users = 0;
    for await (const one of directory.list(userKind, { without: new Set() }, signal)) users += one.id ? 1 : 0;
    return users;
  });
  console.log(`reading ${floor.found} rows: ${floor.milliseconds} ms`);
  for (const question of questions) {
    const { ask } = understandAsk({ type: 'users', ...question });
    const asked = await median(async () => {
      const { rows } = await find(directory, ask!, ['username'], { signal, progress: () => undefined });
      return rows.length;
    });
    const times = (asked.milliseconds / floor.milliseconds).toFixed(2);
    console.log(`${JSON.stringify(question)}: ${asked.found} found, ${asked.milliseconds} ms, ${times} ×`);
  }
} finally {
  await store.close();
  rmSync(folder, { recursive: true });
}

async function median(work: () => Promise<number>): Promise<{ found: number; milliseconds: number }> {
  const taken: number[] = [];
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    found = await work();
    taken.push(performance.now() - begun);
  }
  taken.sort((one, other) => one - other);
  return { found, milliseconds: Math.round(taken[Math.floor(runs / 2)]!) };
}
