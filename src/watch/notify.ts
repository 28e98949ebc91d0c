/** Sends notifications to a webhook: in order, with retries, and without holding up a run. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Log } from '../report/log.js';
import type { NotificationOutcome } from './metrics.js';
import { type NotificationEvent, newsOf, notificationEvents } from './notify-events.js';
import { NotifierError, signatureOf, type Target, targetOf } from './notify-target.js';
import { notificationText } from './notify-text.js';
import type { RunReport, WatchState } from './state.js';

export interface NotifierOptions {
  /** Where to post: `https:`, or `http:` on loopback. All of it but the host is a secret. */
  readonly url: string;
  /** Signs each body, see `signatureOf`. */
  readonly secret?: string;
  /** What is told; everything when absent. */
  readonly on?: ReadonlySet<NotificationEvent>;
  readonly log: Log;
  /** The watch ends: what is still to be sent is tried once more, without waiting between tries. */
  readonly signal: AbortSignal;
  /** How often one is tried again; 4 when absent. */
  readonly retries?: number;
  /** How long one try may take, in milliseconds; 10 s when absent. */
  readonly fetchTimeout?: number;
  /** The longest first wait, in milliseconds, doubled each time up to a minute; 1 s when absent. */
  readonly firstWait?: number;
  /** What became of a notification. */
  readonly sent?: (outcome: NotificationOutcome) => void;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

/** Tells of runs. */
export interface Notifier {
  /** Queues what is worth telling of a run, if anything; never waits and never throws for the receiver. */
  notify(run: RunReport, state: WatchState): void;
  /** Takes no more, and settles when all is sent or given up, after `timeoutMs` milliseconds in any case. */
  settle(timeoutMs: number): Promise<void>;
}

/** The body of a notification, as JSON. Names and places, no values. */
export interface Notification {
  /** The same for each try of one notification. */
  readonly id: string;
  /** In the markup of Slack, at most 3,000 characters. */
  readonly text: string;
  readonly event: NotificationEvent;
  readonly project: string;
  readonly directory: string;
  readonly mode: WatchState['mode'];
  readonly ready: boolean;
  readonly readyReason: string;
  readonly run: RunReport;
  /** How many before this one did not arrive: they failed, or too many waited. */
  readonly missed: number;
}

/** How many wait at most; of more, the oldest are dropped. */
const mostWaiting = 100;
const longestWait = 60_000;
/** A receiver may ask for more patience than we have by ourselves, up to this, in milliseconds. */
const longestAskedWait = 10 * 60_000;
/** Answers below 500 after which another try may help. */
const passing: ReadonlySet<number> = new Set([408, 425, 429]);

interface Waiting {
  readonly event: NotificationEvent;
  readonly run: RunReport;
  readonly state: WatchState;
}

/** How a try ended; `retryAfter` in milliseconds. */
type Tried =
  | { readonly ended: 'sent' }
  | { readonly ended: 'failed' | 'again'; readonly reason: string; readonly retryAfter?: number };

/** Begins with nothing to tell. Throws NotifierError when the URL or the secret cannot be used. */
export function createNotifier(options: NotifierOptions): Notifier {
  if (options.secret === '') throw new NotifierError('the secret of the webhook is empty');
  return new Queue(options);
}

class Queue implements Notifier {
  private readonly target: Target;
  private readonly agent: Agent;
  private readonly newsIn: (run: RunReport) => NotificationEvent | undefined;
  private readonly waiting: Waiting[] = [];
  /** Dropped or failed since the last one that was sent. */
  private missed = 0;
  private isOverflowing = false;
  private working: Promise<void> | undefined;
  private settling = false;
  /** Aborted when there is no time left. */
  private readonly over = new AbortController();
  private readonly ending = new AbortController();
  /** Aborted when nobody should wait between tries. */
  private readonly hurry: AbortSignal;
  private readonly now: () => number;

  constructor(private readonly options: NotifierOptions) {
    this.target = targetOf(options.url);
    this.now = options.now ?? Date.now;
    this.newsIn = newsOf(options.on ?? new Set(notificationEvents), this.now);
    this.agent = new Agent({ connections: 1, connect: { timeout: this.timeout } });
    this.hurry = AbortSignal.any([options.signal, this.ending.signal]);
  }

  private get timeout(): number {
    return this.options.fetchTimeout ?? 10_000;
  }

  notify(run: RunReport, state: WatchState): void {
    if (this.settling) return;
    const event = this.newsIn(run);
    if (event === undefined) return;
    this.waiting.push({ event, run, state });
    if (this.waiting.length > mostWaiting) {
      this.waiting.shift();
      this.leaveOut(1);
    }
    this.working ??= this.work();
  }

  async settle(timeoutMs: number): Promise<void> {
    this.settling = true;
    this.ending.abort();
    const late = setTimeout(() => this.over.abort(), timeoutMs);
    await this.working;
    clearTimeout(late);
    await this.agent.destroy();
  }

  private leaveOut(count: number): void {
    // Each of hundreds of lines would say the same.
    if (!this.isOverflowing) {
      this.options.log.warn({ host: this.target.host }, 'notifications are dropped: too many wait');
    }
    this.isOverflowing = true;
    this.missed += count;
    for (let told = 0; told < count; told++) this.options.sent?.('dropped');
  }

  private async work(): Promise<void> {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      if (this.over.signal.aborted) this.leaveOut(1 + this.waiting.splice(0).length);
      else await this.deliver(next);
    }
    this.working = undefined;
  }

  private async deliver({ event, run, state }: Waiting): Promise<void> {
    const { log, sent } = this.options;
    const { missed } = this;
    const { project, directory, mode, ready, readyReason } = state;
    const text = notificationText(event, run, state, missed);
    const parts = { text, event, project, directory, mode, ready, readyReason, run, missed };
    const body = JSON.stringify({ id: randomUUID(), ...parts } satisfies Notification);
    const about = { host: this.target.host, event, run: run.number };
    for (let tries = 1; ; tries++) {
      const tried = await this.post(body);
      if (tried.ended === 'sent') {
        this.missed -= missed;
        this.isOverflowing = false;
        sent?.('sent');
        log.debug({ ...about, tries }, 'notified');
        return;
      }
      const { reason } = tried;
      if (tried.ended === 'failed' || tries >= this.mostTries()) {
        this.missed++;
        sent?.('failed');
        log.warn({ ...about, tries, reason }, 'a notification could not be delivered');
        return;
      }
      log.debug({ ...about, tries, reason }, 'a notification is tried again');
      await this.pause(tries, tried.retryAfter);
    }
  }

  /** Once the watch ends, one that failed is tried once more, at once. */
  private mostTries(): number {
    const usual = 1 + (this.options.retries ?? 4);
    return this.hurry.aborted ? Math.min(2, usual) : usual;
  }

  /** Full jitter: receivers that come back are not met by all senders at once. */
  private async pause(tries: number, asked: number | undefined): Promise<void> {
    const most = Math.min(longestWait, (this.options.firstWait ?? 1_000) * 2 ** (tries - 1));
    const wait = Math.max(Math.random() * most, Math.min(asked ?? 0, longestAskedWait));
    // An abort only ends the wait.
    await sleep(wait, undefined, { signal: this.hurry }).catch(() => undefined);
  }

  private async post(body: string): Promise<Tried> {
    const { secret } = this.options;
    const signature = secret === undefined ? {} : signatureOf(body, secret, this.now());
    const late = AbortSignal.any([AbortSignal.timeout(this.timeout), this.over.signal]);
    try {
      const response = await request(this.target.url, {
        method: 'POST',
        headers: { ...this.target.headers, 'user-agent': 'asbuilt', ...signature },
        body,
        dispatcher: this.agent,
        signal: late,
      });
      // What the receiver says besides its status is of no use, and a fault in it does not undo the delivery.
      await response.body.dump({ limit: 65_536 }).catch(() => undefined);
      return judged(response.statusCode, response.headers['retry-after'], this.now());
    } catch (error) {
      return { ended: 'again', reason: late.aborted ? 'no answer in time' : reasonOf(error) };
    }
  }
}

function judged(status: number, retryAfter: string | string[] | undefined, now: number): Tried {
  if (status >= 200 && status < 300) return { ended: 'sent' };
  if (status >= 300 && status < 400)
    return { ended: 'failed', reason: `HTTP ${status}: redirects are not followed` };
  const reason = `HTTP ${status}`;
  if (status < 500 && !passing.has(status)) return { ended: 'failed', reason };
  return { ended: 'again', reason, retryAfter: waitAsked(String(retryAfter ?? ''), now) };
}

/** `Retry-After` as seconds or a date, in milliseconds from now. */
function waitAsked(header: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Codes only: a message may quote what was sent and where to. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : error.name;
}
