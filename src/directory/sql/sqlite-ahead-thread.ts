/** The path of an SQLite file and orders in, pages of rows out: the thread of `sqlite-ahead.ts`. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import Database from 'libsql';
import { pageSize, type Row } from './connection.js';
import type { Answer, Order } from './sqlite-ahead.js';

const port = parentPort!;
const database = new Database(workerData as string, { readonly: true });
/** Another number after another connection wrote (https://www.sqlite.org/pragma.html#pragma_data_version). */
const version = (): unknown => database.prepare('PRAGMA data_version').raw().get();
const begun = String(version());
const orders: Exclude<Order, string>[] = [];

function take(order: Order): void {
  if (order === 'unchanged?') say({ unchanged: String(version()) === begun });
  else orders.push(order);
}

function say(answer: Answer): void {
  port.postMessage(answer);
}

function read({ number, sql, values, after }: Exclude<Order, string>): void {
  const statement = database.prepare(`${sql} LIMIT ${pageSize}`).raw();
  for (let last = after; ; ) {
    const rows = statement.all([...values, last]) as Row[];
    say({ number, rows });
    if (rows.length < pageSize) return;
    last = rows.at(-1)![0]!;
    // Whoever asks does not wait for the end.
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) take(next.message);
  }
}

port.on('message', (order: Order) => {
  take(order);
  for (let next = orders.shift(); next; next = orders.shift()) read(next);
});
