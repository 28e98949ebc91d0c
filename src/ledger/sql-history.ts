/** Keeps the history of runs in a database table. */
import type { Connection, Row } from '../directory/sql/connection.js';
import { storedJson } from '../directory/sql/stored-json.js';
import type { History, Run } from './run-history.js';

/** Runs kept; older ones go when a new one begins. */
const keptAtMost = 1_000;
const columns =
  'number, project, command, started, finished, who, revision, dirty, outcome, changes, failures';

/** The history in a store whose tables are there. */
export function sqlHistory(connection: Connection): History {
  return {
    begin: async (run) => {
      await connection.run("UPDATE run SET outcome = 'died' WHERE outcome = 'running'");
      const number =
        (((await connection.first<[number | null]>('SELECT max(number) FROM run'))?.[0] ?? 0) as number) + 1;
      await connection.run(`INSERT INTO run (${columns}) VALUES (?,?,?,?,?,?,?,?,?,?,?)`, [
        number,
        run.project,
        run.command,
        run.started,
        run.finished ?? null,
        run.who,
        run.revision?.commit ?? null,
        run.revision ? Number(run.revision.dirty) : null,
        run.outcome,
        JSON.stringify(run.changes),
        JSON.stringify(run.failures),
      ]);
      await connection.run('DELETE FROM run WHERE number <= ?', [number - keptAtMost]);
      return number;
    },
    end: async (id, { finished, outcome, changes, failures }) => {
      await connection.run(
        'UPDATE run SET finished = ?, outcome = ?, changes = ?, failures = ? WHERE number = ?',
        [finished ?? null, outcome, JSON.stringify(changes), JSON.stringify(failures), id],
      );
    },
    list: async (limit) =>
      (await connection.all(`SELECT ${columns} FROM run ORDER BY number DESC LIMIT ?`, [limit])).map((row) =>
        runOf(connection.name, row),
      ),
    get: async (id) => {
      const row = await connection.first(`SELECT ${columns} FROM run WHERE number = ?`, [id]);
      return row && runOf(connection.name, row);
    },
  };
}

function runOf(store: string, row: Row): Run {
  const [id, project, command, started, finished, who, commit, dirty, outcome, changes, failures] = row;
  const listOf = (column: string, text: unknown): readonly object[] =>
    storedJson(store, `\`${column}\` in table run (number ${id})`, 'list', text as string);
  return {
    id: id as number,
    project: project as string,
    command: command as string,
    started: started as string,
    finished: (finished as string | null) ?? undefined,
    who: who as string,
    revision: commit === null ? undefined : { commit: commit as string, dirty: dirty === 1 },
    outcome: outcome as Run['outcome'],
    changes: listOf('changes', changes) as Run['changes'],
    failures: listOf('failures', failures) as Run['failures'],
  };
}
