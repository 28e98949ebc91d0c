/** Statements in, pages of their rows out, read by a thread with a connection of its own while this one is busy. */
import { Worker } from 'node:worker_threads';
import { type Paged, pageSize, type Row } from './connection.js';

/** What the thread is told: to read a statement, or to say whether nobody wrote since it began. */
export type Order = ({ readonly number: number } & Paged) | 'unchanged?';

/** What it says: a page of a statement, or whether nobody wrote. */
export type Answer = { readonly number: number; readonly rows: Row[] } | { readonly unchanged: boolean };

/**
 * Reads statements of an SQLite file ahead. Nothing that goes wrong with it is an error: what it does not give is to be
 * read without it.
 */
export class SqliteAhead {
  private worker: Worker | undefined;
  /** The pages that came and nobody took yet, by the number of the statement. */
  private readonly pagesOf: Row[][][] = [];
  private readonly numbers = new Map<string, number>();
  private asking: ((unchanged: boolean) => void)[] = [];
  private waiting: (() => void)[] = [];

  constructor(private readonly path: string) {}

  /** Begins to read. */
  begin(paged: Paged): void {
    const number = this.pagesOf.push([]) - 1;
    this.numbers.set(keyOf(paged), number);
    this.worker ??= this.started();
    this.worker.postMessage({ ...paged, number } satisfies Order);
  }

  /**
   * The pages of a statement that was begun; they can be had once, and not when somebody wrote to the file meanwhile. Ends
   * before the last page, which is the one that is not full, when the thread fails.
   */
  async *pages(paged: Paged): AsyncGenerator<Row[]> {
    const key = keyOf(paged);
    const number = this.numbers.get(key);
    this.numbers.delete(key);
    if (number === undefined) return;
    // What else was read is out of date then, too.
    if (!(await this.unchanged())) return this.close();
    const pages = this.pagesOf[number]!;
    for (;;) {
      const page = pages.shift();
      if (page) yield page;
      else if (this.worker) await new Promise<void>((resolve) => this.waiting.push(resolve));
      else return;
      if (page && page.length < pageSize) return;
    }
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    const { worker } = this;
    this.lose();
    await worker?.terminate();
  }

  private unchanged(): Promise<boolean> {
    return new Promise((resolve) => {
      if (!this.worker) resolve(false);
      this.asking.push(resolve);
      this.worker?.postMessage('unchanged?' satisfies Order);
    });
  }

  private started(): Worker {
    // Of the same kind as this file: what runs from its sources has a loader for them.
    const thread = import.meta.url.replace(/\.[a-z]+$/, '-thread$&');
    const worker = new Worker(new URL(thread), { workerData: this.path });
    worker.on('message', (answer: Answer) => {
      if ('unchanged' in answer) this.asking.shift()?.(answer.unchanged);
      else this.pagesOf[answer.number]!.push(answer.rows);
      this.wake();
    });
    worker.on('error', () => this.lose());
    worker.on('exit', () => this.lose());
    return worker;
  }

  private lose(): void {
    this.worker = undefined;
    this.numbers.clear();
    for (const answer of this.asking.splice(0)) answer(false);
    this.wake();
  }

  private wake(): void {
    for (const go of this.waiting.splice(0)) go();
  }
}

function keyOf({ sql, values, after }: Paged): string {
  return JSON.stringify([sql, values, after]);
}
