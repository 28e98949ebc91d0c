/** A folder in which commands run; every value of a net that they give away, with where it was seen, out. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { expect } from 'vitest';
import { temporaryFolder } from '../support/request.js';
import type { Net } from './canaries.js';
import { type Ran, run, start } from './command-line.js';

/** The directory and the project of all commands. */
export const project = ['-d', 'sqlite:directory.db', '-p', 'staff'];

/** A folder in which commands run, and everything that they gave away. */
export function workspace(net: Net) {
  const cwd = temporaryFolder();
  const leaks: string[] = [];
  const look = (what: string, text: string): void => {
    for (const name of net.caught(text)) leaks.push(`${what} shows ${name}`);
  };
  const call = async (
    words: readonly string[],
    env: Record<string, string> = {},
    real = false,
  ): Promise<Ran> => {
    const reports = ['validate', 'plan', 'apply'].includes(words[0]!)
      ? ['json', 'markdown', 'github', 'sarif']
      : [];
    const all = [...words, ...reports.flatMap((one) => ['--report', `${one}=report.${one}`])];
    const ran = await (real ? start(all, { cwd, env }).ended : run(all, { cwd, env }));
    look(`standard output of ${words.join(' ')}`, ran.out);
    look(`standard error of ${words.join(' ')}`, ran.err);
    for (const one of reports.filter((name) => existsSync(join(cwd, `report.${name}`))))
      look(`the ${one} report of ${words.join(' ')}`, readFileSync(join(cwd, `report.${one}`), 'utf8'));
    return ran;
  };
  const sql = <T>(statement: string, ...values: unknown[]): T[] => {
    const database = new Database(join(cwd, 'directory.db'));
    try {
      const prepared = database.prepare(statement);
      if (prepared.reader) return prepared.all(...values) as T[];
      prepared.run(...values);
      return [];
    } finally {
      database.close();
    }
  };
  /** Looks into every file but the database, and into every table but those that hold the objects themselves. */
  const lookAround = (but: readonly string[]): void => {
    for (const name of readdirSync(cwd, { recursive: true, encoding: 'utf8' })) {
      if (but.includes(name) || name.startsWith('directory.db')) continue;
      if (statSync(join(cwd, name)).isFile())
        look(`the file ${name}`, readFileSync(join(cwd, name), 'latin1'));
    }
    if (!existsSync(join(cwd, 'directory.db'))) return;
    const tables = sql<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table'`);
    for (const { name } of tables) {
      if (name === 'object' || name === 'unique_key') continue;
      look(`the table ${name}`, JSON.stringify(sql(`SELECT * FROM "${name}"`)));
    }
  };
  const write = (name: string, text: string): void => writeFileSync(join(cwd, name), text);
  return { cwd, leaks, look, call, sql, lookAround, write };
}

/** Fails with what the program said unless it ended well; its standard output. */
export function fine({ code, out, err }: Ran): string {
  expect(code, err + out).toBe(0);
  return out;
}
