/** `asbuilt watch`: keeps a directory equal to its blueprints until a signal stops it. */

import { join, resolve } from 'node:path';
import { configFile } from '../blueprint/load.js';
import { findConfig } from '../config/config.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { isFileProblem, readRegularFile } from '../diagnostic/regular-file.js';
import { DirectoryError } from '../directory/errors.js';
import { packageVersion } from '../model/version.js';
import { localFiles } from '../reconcile/open-store.js';
import type { Request } from '../reconcile/request.js';
import { createLog, type Log } from '../report/log.js';
import { planText } from '../report/text.js';
import { heldSentence } from '../watch/held.js';
import { createMetrics, type Metrics } from '../watch/metrics.js';
import { createNotifier, type Notifier } from '../watch/notify.js';
import { type NotificationEvent, notificationEvents } from '../watch/notify-events.js';
import { NotifierError } from '../watch/notify-target.js';
import { runLine, toldLine } from '../watch/run-lines.js';
import { startServer, type WatchServer } from '../watch/server.js';
import { ServerError } from '../watch/server-listen.js';
import { mostHeldTold, type RunReport, type WatchState } from '../watch/state.js';
import { isWell } from '../watch/state-keeper.js';
import { type RunDetails, watch as startWatch, type Watch } from '../watch/watch.js';
import { failureOf } from './failure.js';
import {
  areProblems,
  isProblem,
  millisecondsOf,
  placesOf,
  requestOf,
  type SharedOptions,
} from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';

export interface WatchCommandOptions extends SharedOptions {
  readonly mode?: string;
  readonly allOrNothing?: boolean;
  readonly interval?: string;
  readonly poll?: string;
  readonly listen?: string;
  readonly notify?: readonly string[];
  readonly log?: string;
}

/** The default address: loopback, and a port that is usual for exporters. */
const usualListen = '127.0.0.1:9464';
const usualInterval = 5 * 60_000;
/** How long the run under way and notifications may take after a signal, in milliseconds. */
const patience = 10_000;
const modes = ['apply', 'plan'] as const;
const logs = ['text', 'json'] as const;

/** Watches until a signal comes. The exit code says how the last run ended. */
export async function watch(
  surroundings: Surroundings,
  paths: readonly string[],
  options: WatchCommandOptions,
): Promise<number> {
  const settings = settingsOf(surroundings, options);
  if (isProblem(settings)) return refuse(surroundings, [settings]);
  // Messages about the directory are printed once, in the form of the log.
  const silent = { ...surroundings, err: () => undefined, progress: () => undefined };
  const request = () => requestOf(silent, paths, options, { blueprints: true, directory: true });
  const first = request();
  // A mistake on the command line stays; one in a file may be fixed while we watch.
  if (areProblems(first) && first.some((one) => one.code === 'usage')) return refuse(surroundings, first);

  const voice = settings.log === 'text' ? forPeople(surroundings) : forMachines(surroundings);
  const metrics = createMetrics({ version: packageVersion() });
  const ending = new AbortController();
  const signal = AbortSignal.any([surroundings.signal, ending.signal]);
  let notifier: Notifier | undefined;
  const under: Watch = startWatch({
    request,
    mode: settings.mode,
    allOrNothing: options.allOrNothing === true,
    interval: settings.interval,
    poll: settings.poll,
    named: () => placesOf(surroundings, paths, options),
    configFiles: () => configFiles(surroundings.cwd, options.config),
    ignored: ignoredBy,
    signal,
    told: voice.told,
    ended: (run, details, state) => {
      metrics.record(run, state);
      voice.run(run, details, state);
      notifier?.notify(run, state);
      // A wrong URL on the command line stays wrong.
      const isUrl = options.directory?.includes(':') === true;
      if (isUrl && state.lastSuccess === undefined && isUnsupported(details.error)) ending.abort();
    },
  });
  let server: WatchServer | undefined;
  try {
    notifier = notifierOf(surroundings, settings, metrics, voice.log);
    server = await serverOf(surroundings, settings, under, metrics, voice);
  } catch (error) {
    if (!(error instanceof ServerError) && !(error instanceof NotifierError)) throw error;
    ending.abort();
    await under.finished;
    return refuse(surroundings, [usage(error.message)]);
  }
  const offHangup = surroundings.onHangup?.(() => void under.reconcile('signal'));
  under.begin();
  await under.finished;
  offHangup?.();
  await Promise.all([server?.close(), notifier?.settle(patience)]);
  return exitCodeOf(under.state());
}

function isUnsupported(error: unknown): boolean {
  return error instanceof DirectoryError && error.code === 'unsupported';
}

function refuse(surroundings: Surroundings, problems: readonly Diagnostic[]): number {
  printDiagnostics(surroundings, problems);
  return exitCodes.failed;
}

interface Settings {
  readonly mode: (typeof modes)[number];
  readonly log: (typeof logs)[number];
  readonly interval: number;
  readonly poll?: number;
  /** Absent for no port. */
  readonly listen?: string;
  /** Was the address given, so that failing to open it is an error? */
  readonly mustListen: boolean;
  /** The events to notify about; all when absent. */
  readonly notify?: ReadonlySet<NotificationEvent>;
  readonly webhook?: string;
  readonly webhookSecret?: string;
  readonly token?: string;
}

function settingsOf(surroundings: Surroundings, options: WatchCommandOptions): Settings | Diagnostic {
  const mode = oneOf('mode', options.mode ?? 'apply', modes);
  if (typeof mode === 'object') return mode;
  const log = oneOf(
    'log',
    options.log ?? (surroundings.outIsTerminal && !options.json ? 'text' : 'json'),
    logs,
  );
  if (typeof log === 'object') return log;
  const interval = options.interval === 'off' ? 0 : millisecondsOf(options.interval);
  if (typeof interval === 'object') return interval;
  const poll = millisecondsOf(options.poll);
  if (typeof poll === 'object') return poll;
  const listen = options.listen === 'off' ? undefined : (options.listen ?? usualListen);
  const mustListen = options.listen !== undefined;
  for (const event of options.notify ?? []) {
    const known = oneOf('notify', event, notificationEvents);
    if (typeof known === 'object') return known;
  }
  const notify = options.notify && (new Set(options.notify) as ReadonlySet<NotificationEvent>);
  const webhook = credential(surroundings, 'ASBUILT_WEBHOOK_URL');
  const webhookSecret = credential(surroundings, 'ASBUILT_WEBHOOK_SECRET');
  const token = credential(surroundings, 'ASBUILT_WATCH_TOKEN');
  for (const one of [webhook, webhookSecret, token]) if (typeof one === 'object') return one;
  return {
    mode,
    log,
    interval: interval ?? usualInterval,
    poll,
    listen,
    mustListen,
    notify,
    webhook: webhook as string | undefined,
    webhookSecret: webhookSecret as string | undefined,
    token: token as string | undefined,
  };
}

function oneOf<Name extends string>(
  option: string,
  written: string,
  names: readonly Name[],
): Name | Diagnostic {
  const found = names.find((one) => one === written);
  if (found !== undefined) return found;
  const help = didYouMean(written, names) ?? `The choices are ${names.join(' and ')}.`;
  return usage(`--${option} takes no \`${written}\``, help);
}

/** The configuration that holds, or the place where one would be looked for first. */
function configFiles(cwd: string, written: string | undefined): string[] {
  if (written !== undefined) return [resolve(cwd, written)];
  return [...new Set([join(cwd, configFile), findConfig(cwd).path ?? join(cwd, configFile)])];
}

/** The files of an embedded directory and of a ledger, and the folder where they usually lie. */
function ignoredBy({ cwd, config, directory, directoryFolder, ledger }: Request): string[] {
  const folders = [cwd, config?.folder ?? cwd].map((one) => join(one, '.asbuilt'));
  const stores = [directory, ledger].flatMap((url) =>
    url === undefined ? [] : localFiles(url, directoryFolder ?? cwd),
  );
  return [...folders, ...stores];
}

/** How a watch prints what it does. */
interface Voice {
  readonly told: (message: string) => void;
  readonly run: (run: RunReport, details: RunDetails, state: WatchState) => void;
  readonly log: Log;
}

/** A line for each run; what is wrong is shown with its place. */
function forPeople(surroundings: Surroundings): Voice {
  const { out, outLook, log, verbosity } = surroundings;
  let printed = '';
  let toldHeld = '';
  return {
    log,
    told: (message) => out(`${toldLine(message, new Date(), outLook)}\n`),
    run: (run, { diagnostics, plan, error }, { readyReason, retryAt }) => {
      out(`${runLine(run, outLook)}\n`);
      // What is held is explained once, and again when it is something else.
      const held = JSON.stringify(run.held);
      if (run.held.length > 0 && held !== toldHeld)
        for (const one of run.held.filter(({ hazards }) => hazards.length > 0).slice(0, mostHeldTold))
          out(`${toldLine(heldSentence(one), new Date(), outLook)}\n`);
      if (isWell(run) || run.outcome === 'refused') toldHeld = held;
      if (error !== undefined && verbosity > 0) surroundings.err(failureOf(error, false, true).text);
      const shown = diagnostics.filter((one) => one.severity === 'error' || run.outcome !== 'invalid');
      // Problems that have not changed are not repeated at every run.
      const text = JSON.stringify(run.problems);
      if (text !== printed) {
        printDiagnostics(surroundings, shown);
        const wait = retryAt === undefined ? 0 : Math.max(0, Date.parse(retryAt) - Date.now());
        const next = retryAt === undefined ? '' : `; next try in ${Math.ceil(wait / 1_000)} s`;
        if (!isWell(run)) out(`${toldLine(`${readyReason}${next}`, new Date(), outLook)}\n`);
      }
      printed = text;
      if (verbosity > 0 && plan && (run.changed > 0 || run.held.length > 0))
        out(`${planText(plan, outLook)}\n`);
    },
  };
}

/** A line of JSON for each run. */
function forMachines({ out, verbosity }: Surroundings): Voice {
  const log = createLog({ verbosity: Math.max(1, verbosity), forPeople: false, write: out });
  return {
    log,
    told: (message) => log.info({}, message),
    run: ({ number, started: _, ...run }, { error }) => {
      const isCalm = isWell(run) && run.failures.length === 0 && run.held.length === 0;
      const level = isCalm ? 'info' : 'warn';
      log[level]({ run: number, ...run, milliseconds: Math.round(run.milliseconds) }, run.outcome);
      if (error instanceof Error) log.debug({ stack: error.stack }, 'why it failed');
    },
  };
}

function notifierOf(
  { signal }: Surroundings,
  { notify, webhook: url, webhookSecret: secret }: Settings,
  metrics: Metrics,
  log: Log,
): Notifier | undefined {
  if (url === undefined) return undefined;
  return createNotifier({
    url,
    secret,
    on: notify,
    log,
    signal,
    sent: (outcome) => metrics.notification(outcome),
  });
}

async function serverOf(
  { signal, log }: Surroundings,
  { listen, mustListen, token }: Settings,
  under: Watch,
  metrics: Metrics,
  voice: Voice,
): Promise<WatchServer | undefined> {
  if (listen === undefined) return undefined;
  try {
    const server = await startServer({
      listen,
      token,
      state: under.state,
      healthy: under.isAlive,
      metrics,
      reconcile: () => under.reconcile('request'),
      signal,
      log,
    });
    voice.told(`listening on ${server.url}`);
    return server;
  } catch (error) {
    // Stopping before the port is open is not a failure.
    if (signal.aborted) return undefined;
    if (mustListen || !(error instanceof ServerError)) throw error;
    voice.told(`${error.message}; going on without the port`);
    return undefined;
  }
}

/** A credential from a variable, or from the file that the variable with `_FILE` names. */
function credential({ cwd, env }: Surroundings, name: string): string | undefined | Diagnostic {
  const file = env[`${name}_FILE`];
  if (env[name] || !file) return env[name] || undefined;
  const bytes = readRegularFile(resolve(cwd, file));
  return isFileProblem(bytes)
    ? diagnose(bytes.code, `${file}, which ${name}_FILE names: ${bytes.reason}`)
    : bytes.toString('utf8').trim() || undefined;
}

/** 0: true to the newest blueprints; 1: they, or the directory, were failing; 2: changes were pending; 3: some were held back or refused. */
function exitCodeOf(state: WatchState): number {
  const last = state.runs.find((one) => !one.fallback);
  if (!last) return state.runs.length === 0 ? exitCodes.done : exitCodes.failed;
  if (last.outcome === 'refused') return exitCodes.refused;
  if (last.outcome === 'invalid' || last.outcome === 'failed') return exitCodes.failed;
  if (last.outcome === 'pending') return exitCodes.pending;
  return last.held.length > 0 ? exitCodes.refused : exitCodes.done;
}
