/** Turns command-line options and configuration into a request for the spine, or says what is wrong with them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  type ChosenDirectory,
  type Config,
  findConfig,
  readConfig,
  resolveDirectory,
  tokenOf,
} from '../config/config.js';
import { blueprintPaths } from '../config/paths.js';
import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { isMap, type Json } from '../model/model.js';
import { type HazardName, hazardNames } from '../plan/change.js';
import { defaultStances } from '../plan/stances.js';
import type { Request } from '../reconcile/request.js';
import { failWith } from './fail.js';
import type { Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';
import { directoryLine, isNew, missingDirectory, originOf } from './which-directory.js';

/** The options that several commands share. */
export interface SharedOptions {
  readonly directory?: string;
  readonly project?: string;
  readonly context?: readonly string[];
  readonly config?: string;
  readonly ledger?: string;
  readonly prune?: boolean;
  readonly allow?: readonly string[];
  readonly refuse?: readonly string[];
  readonly writeSecrets?: readonly string[];
  readonly issue?: boolean;
  readonly lockTimeout?: string;
  readonly concurrency?: string;
  readonly target?: readonly string[];
  readonly strict?: boolean;
  readonly json?: boolean;
}

const defaultDirectory = 'sqlite:.asbuilt/directory.db';
const defaultFolder = 'blueprints';
/** As `schemas/config.schema.json` has it. */
const projectName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** The configuration that holds here. */
function configOr(
  cwd: string,
  env: Surroundings['env'],
  written: string | undefined,
): { readonly config?: Config; readonly problems: readonly Diagnostic[] } {
  const { path, diagnostics } = written === undefined ? findConfig(cwd) : { path: written, diagnostics: [] };
  if (path === undefined) return { problems: diagnostics };
  const read = readConfig(path, cwd, env);
  return { config: read.config, problems: [...diagnostics, ...read.diagnostics] };
}

/** The paths to read: from the command line, else the configuration, else the default folder. */
function pathsOr(
  paths: readonly string[],
  cwd: string,
  config: Config | undefined,
): { readonly paths: Request['paths']; readonly partly?: string; readonly problems: readonly Diagnostic[] } {
  if (paths.length > 0) {
    const partly = config && 'the command line names paths, so not all configured blueprints are read';
    return { paths, partly, problems: [] };
  }
  if (config) {
    const found = blueprintPaths(config);
    const all = found.paths.map((one) => (one.named ? one.path : one));
    return { paths: all, problems: found.diagnostics };
  }
  if (existsSync(join(cwd, defaultFolder))) return { paths: [defaultFolder], problems: [] };
  const help = 'Name the files or folders: `asbuilt plan staff.yaml flows/`.';
  const problem = usage('no paths given, and there is no folder `blueprints` here', help);
  return { paths: [], problems: [problem] };
}

/**
 * Where blueprints would be read from, even if nothing is there yet; undefined while the configuration cannot be read.
 */
export function placesOf(
  { cwd, env }: Pick<Surroundings, 'cwd' | 'env'>,
  written: readonly string[],
  options: SharedOptions,
): Pick<Request, 'cwd' | 'config' | 'paths'> | undefined {
  const { config, problems } = configOr(cwd, env, options.config);
  if (hasErrors(problems)) return undefined;
  return { cwd, config, paths: written.length > 0 || config ? written : [defaultFolder] };
}

/** The directory that the options, the configuration or the default name. */
function directoryOr(
  options: SharedOptions,
  env: Surroundings['env'],
  config: Config | undefined,
): ChosenDirectory | Diagnostic {
  const chosen = resolveDirectory(config, options.directory);
  if (isProblem(chosen) || chosen.url !== undefined) return chosen;
  if (env.CI !== 'true' && env.CI !== '1') return { ...chosen, url: defaultDirectory };
  const help = `Add --directory with its URL, such as \`--directory ${defaultDirectory}\`.`;
  return usage('in CI the directory must be named, so that a job does not reconcile an empty one', help);
}

/** Stances of the command line over those of the configuration, but for what that locks. */
function stancesOr(
  options: SharedOptions,
  { stances: configured = {}, locked = [] }: Partial<ChosenDirectory>,
): Pick<Request, 'stances' | 'flagged' | 'locked'> | Diagnostic {
  const stances = { ...configured };
  const flagged = new Set<HazardName>();
  for (const [names, stance] of [
    [options.allow, 'show'],
    [options.refuse, 'refuse'],
  ] as const) {
    for (const name of names ?? []) {
      if (!hazardNames.includes(name as HazardName)) {
        const help = didYouMean(name, hazardNames) ?? `The hazards are ${hazardNames.join(', ')}.`;
        return usage(`unknown hazard \`${name}\``, help);
      }
      const hazard = name as HazardName;
      if (locked.includes(hazard)) continue;
      const before = configured[hazard] ?? defaultStances[hazard];
      stances[hazard] = stance;
      // What would be done anyway needs nobody to allow it; a refusal also stands over an approved plan.
      if (stance === 'show' && before === 'show') flagged.delete(hazard);
      else flagged.add(hazard);
    }
  }
  return { stances, flagged: [...flagged], locked };
}

/** A number of seconds, or a duration such as `2m`, in milliseconds. */
export function millisecondsOf(written: string | undefined): number | undefined | Diagnostic {
  if (written === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(written);
  if (!match) {
    return usage(`\`${written}\` is not a valid duration; write it like 90s, 5m or 1h`);
  }
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match[2] ?? 's']!;
  return Number(match[1]) * unit;
}

/** More at once gain nothing on a server and starve its other users. */
const mostAtOnce = 32;

function concurrencyOf(written: string | undefined): number | undefined | Diagnostic {
  if (written === undefined) return undefined;
  const number = /^\d+$/.test(written) ? Number(written) : 0;
  if (number >= 1 && number <= mostAtOnce) return number;
  return usage(
    `--concurrency \`${written}\` must be a number from 1 to ${mostAtOnce}`,
    'It is how many calls may be under way at once; without the option it is 4.',
  );
}

/** What a command needs besides its options. */
export interface Needs {
  /** `if-any`: the command also works without blueprints. */
  readonly blueprints: boolean | 'if-any';
  readonly directory: boolean;
  /** The command's output does not name the directory, so say here which one it is. */
  readonly says?: boolean;
}

/** A request, with problems of its paths that do not stop the command. */
export interface Asked extends Request {
  readonly problems: readonly Diagnostic[];
}

/**
 * A request, or what is wrong with the command line or the configuration. Says on standard error when a directory is
 * new, and which one it is when the command's output does not.
 */
export function requestOf(
  surroundings: Surroundings,
  written: readonly string[],
  options: SharedOptions,
  needs: Needs,
): Asked | readonly Diagnostic[] {
  const { cwd, env, signal, progress, log } = surroundings;
  const { config, problems } = configOr(cwd, env, options.config);
  if (hasErrors(problems)) return problems;
  const found = needs.blueprints ? pathsOr(written, cwd, config) : { paths: [], problems: [] };
  const ifAny = needs.blueprints === 'if-any';
  if (hasErrors(found.problems) && !ifAny) return [...problems, ...found.problems];
  const directory = needs.directory ? directoryOr(options, env, config) : resolveDirectory(config, undefined);
  // Checking blueprints does not need a directory.
  if (isProblem(directory) && needs.directory) return [directory];
  const chosen = isProblem(directory) ? undefined : directory;
  const context = contextOf(options.context ?? []);
  if (isProblem(context)) return [context];
  const stances = stancesOr(options, chosen ?? {});
  if (isProblem(stances)) return [stances];
  const lockTimeout = millisecondsOf(options.lockTimeout);
  if (typeof lockTimeout === 'object') return [lockTimeout];
  const concurrency = concurrencyOf(options.concurrency);
  if (typeof concurrency === 'object') return [concurrency];
  const project = options.project ?? config?.project;
  if (options.project !== undefined && !projectName.test(options.project)) {
    const help = 'Use letters, digits, `.`, `_` and `-`, 63 at most, first and last a letter or digit.';
    return [usage(`\`${options.project}\` is not a valid project name`, help)];
  }
  const prune = options.prune ?? chosen?.prune;
  if (prune && (project === undefined || project === 'default')) {
    const help = 'Add --project with a name, or write `project:` in asbuilt.yaml.';
    return [
      usage(
        'pruning needs a project name, so that two sets of blueprints do not delete each other’s objects',
        help,
      ),
    ];
  }
  const holder = chosen && needs.directory ? withDefaultToken(chosen, env, cwd) : undefined;
  const credentials = holder?.token ? tokenOf(holder, env) : {};
  if (isProblem(credentials)) return [credentials];
  const request: Asked = {
    cwd,
    credentials,
    paths: found.paths,
    // Without a place it is about the default folder.
    problems: ifAny ? found.problems.filter((one) => one.place) : [],
    directory: chosen?.url,
    directoryFolder: chosen?.folder,
    ledger: options.ledger ?? chosen?.ledger,
    project: project ?? 'default',
    contexts: [...(chosen?.contexts ?? []), context.values],
    config,
    env,
    strict: options.strict === true,
    targets: options.target ?? [],
    prune,
    pruneBlocked: 'partly' in found ? found.partly : undefined,
    ...stances,
    writeSecrets: options.writeSecrets,
    issue: options.issue,
    lockTimeout,
    concurrency,
    signal,
    progress,
    log,
  };
  if (chosen && (needs.says || (needs.blueprints && needs.directory && isNew(request))))
    surroundings.err(directoryLine(request, originOf(options.directory, chosen, config)));
  return request;
}

/** A directory on an authentik server takes its token from AUTHENTIK_TOKEN or AUTHENTIK_TOKEN_FILE, unless it names a place. */
function withDefaultToken(
  chosen: ChosenDirectory,
  env: Surroundings['env'],
  cwd: string,
): Pick<ChosenDirectory, 'name' | 'token' | 'folder'> {
  const { name = chosen.url, token, url, folder } = chosen;
  if (token || !url?.startsWith('authentik+')) return { name, token, folder };
  const file = env.AUTHENTIK_TOKEN_FILE;
  if (!env.AUTHENTIK_TOKEN && file) return { name, token: { file }, folder: cwd };
  return { name, token: env.AUTHENTIK_TOKEN ? { env: 'AUTHENTIK_TOKEN' } : undefined, folder };
}

function contextOf(written: readonly string[]): { readonly values: Record<string, Json> } | Diagnostic {
  const values: [string, Json][] = [];
  for (const one of written) {
    const at = one.indexOf('=');
    if (at < 1) {
      const help = 'Write `--context region=eu`; the value is read as YAML.';
      return usage(`--context \`${one}\` must have the form key=value`, help);
    }
    values.push([one.slice(0, at), contextValue(one.slice(at + 1))]);
  }
  return { values: Object.fromEntries(values) };
}

/** Are these problems instead of a request? */
export function areProblems(value: Asked | readonly Diagnostic[]): value is readonly Diagnostic[] {
  return Array.isArray(value);
}

/** Is this a problem instead of a result? */
export function isProblem(value: object): value is Diagnostic {
  return 'code' in value && 'severity' in value;
}

/** A scalar as YAML reads it, JSON when it looks like that, and otherwise the text itself. */
export function contextValue(text: string): Json {
  if (text.trim() === '') return text;
  let value: unknown;
  try {
    value = parse(text, { version: '1.1', logLevel: 'error' });
  } catch {
    return text;
  }
  const flow = /^\s*[[{]/.test(text);
  return isJson(value) && (flow || typeof value !== 'object' || value === null) ? value : text;
}

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number')
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  if (Array.isArray(value)) return value.every(isJson);
  return isMap(value) && Object.values(value).every(isJson);
}

/**
 * Runs `work` with a request that needs a directory and no blueprints, and says which one it is unless the output does;
 * or prints what is wrong and fails. Unless `reads` is false, a directory that is not there is wrong, too: what it holds
 * and what happened to it cannot be told.
 */
export async function withRequest(
  surroundings: Surroundings,
  options: SharedOptions,
  work: (request: Request) => Promise<number>,
  { says = true, reads = true }: { readonly says?: boolean; readonly reads?: boolean } = {},
): Promise<number> {
  const needs = { blueprints: false, directory: true, says };
  const request = requestOf(surroundings, [], options, needs);
  if (areProblems(request)) return failWith(surroundings, options, request);
  const missing = missingDirectory(request);
  return missing && reads ? failWith(surroundings, options, [missing]) : work(request);
}
