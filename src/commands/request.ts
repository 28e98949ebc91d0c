/** Options as they were written in, a request for the spine out, or what is wrong with them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Diagnostic, diagnose } from '../diagnostic.js';
import { isMap, type Json } from '../model.js';
import type { Request } from '../reconcile.js';
import type { Surroundings } from './surroundings.js';

/** The options that several commands share. */
export interface SharedOptions {
  readonly directory?: string;
  readonly project?: string;
  readonly context?: readonly string[];
  readonly target?: readonly string[];
  readonly strict?: boolean;
  readonly json?: boolean;
}

const defaultDirectory = 'sqlite:.asbuilt/directory.db';
const defaultFolder = 'blueprints';

/** The folder of blueprints when no path is written. */
function pathsOr(paths: readonly string[], cwd: string): readonly string[] | Diagnostic {
  if (paths.length > 0) return paths;
  if (existsSync(join(cwd, defaultFolder))) return [defaultFolder];
  return diagnose('usage', 'no paths are given, and there is no folder `blueprints` here', undefined, {
    help: 'Name the files or folders: `asbuilt plan staff.yaml flows/`.',
  });
}

/** The directory that the options or the default name. */
function directoryOr(
  options: SharedOptions,
  env: Surroundings['env'],
): { readonly url: string } | Diagnostic {
  if (options.directory) return { url: options.directory };
  if (env.CI !== 'true' && env.CI !== '1') return { url: defaultDirectory };
  return diagnose(
    'usage',
    'in CI the directory must be named, lest a job reconciles an empty one',
    undefined,
    {
      help: `Add --directory with its URL, such as \`--directory ${defaultDirectory}\`.`,
    },
  );
}

/** What a command needs beside its options. */
export interface Needs {
  readonly blueprints: boolean;
  readonly directory: boolean;
}

/** A request, or the first thing that is wrong with the command line. */
export function requestOf(
  surroundings: Surroundings,
  written: readonly string[],
  options: SharedOptions,
  needs: Needs,
): Request | Diagnostic {
  const paths = needs.blueprints ? pathsOr(written, surroundings.cwd) : [];
  if (isProblem(paths)) return paths;
  const directory = needs.directory ? directoryOr(options, surroundings.env) : undefined;
  if (directory && isProblem(directory)) return directory;
  const context: [string, Json][] = [];
  for (const written of options.context ?? []) {
    const at = written.indexOf('=');
    if (at < 1) {
      return diagnose('usage', `--context \`${written}\` is not of the form key=value`, undefined, {
        help: 'Write `--context region=eu`; the value is read as YAML.',
      });
    }
    context.push([written.slice(0, at), contextValue(written.slice(at + 1))]);
  }
  const { cwd, env, signal, progress, log } = surroundings;
  return {
    cwd,
    paths,
    directory: directory?.url,
    project: options.project ?? 'default',
    context: Object.fromEntries(context),
    env,
    strict: options.strict === true,
    targets: options.target ?? [],
    signal,
    progress,
    log,
  };
}

/** Is this what is wrong, and not the thing itself? */
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
