/** Finds and reads `asbuilt.yaml`, and picks the settings for one directory. */
import { isUtf8 } from 'node:buffer';
import { lstatSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { configFile } from '../blueprint/load.js';
import { type Border, borderAround, leadsAstray, staysWithin } from '../diagnostic/border.js';
import { type Diagnostic, diagnose, hasErrors } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { isFileProblem, readRegularFile, textOfFile } from '../diagnostic/regular-file.js';
import type { Severities } from '../diagnostic/severities.js';
import type { Place, Source } from '../diagnostic/source.js';
import type { Json } from '../model/model.js';
import type { HazardName, Stance } from '../plan/change.js';
import { withoutCredentials } from '../secrets/credentials.js';
import { readYaml } from '../yaml/read-yaml.js';
import { checkConfig, type WrittenConfig } from './check.js';
import { fixedPart } from './patterns.js';

/** Where a token is. */
export type TokenPlace = { readonly env: string } | { readonly file: string };

/** Stances as they are written; `locked` refuses, and no flag allows it. */
type WrittenStances = Readonly<Partial<Record<HazardName, Stance | 'locked'>>>;

/** Settings that may stand for all directories and for one. */
export interface Settings {
  readonly context: Readonly<Record<string, Json>>;
  readonly prune?: boolean;
  readonly stances: WrittenStances;
}

/** A directory as the configuration names it. */
export interface ConfiguredDirectory extends Settings {
  readonly url: string;
  readonly token?: TokenPlace;
  /** URL of the ledger, for a directory that can't keep one. */
  readonly ledger?: string;
}

/** What `asbuilt.yaml` says. */
export interface Config extends Settings {
  /** The file's path as people know it. */
  readonly path: string;
  /** Absolute path of the file's folder: every relative path in the file starts there. */
  readonly folder: string;
  /** Where everything that the file names must lie. */
  readonly border: Border;
  readonly project?: string;
  /** Paths and patterns, each with its place (the default has none). */
  readonly blueprints: readonly { readonly path: string; readonly place?: Place }[];
  readonly directories: ReadonlyMap<string, ConfiguredDirectory>;
  readonly defaultDirectory?: string;
  /** Variables that `!Env` may read: names, and beginnings followed by `*`. */
  readonly env: readonly string[];
  /** Files and folders that `!File` may read beside `folder`. */
  readonly files: readonly string[];
  /** Severities of diagnostics, by code; undefined when none is written. */
  readonly severities?: Severities;
  /** How long exports of people are kept, in milliseconds, or forever; absent where it is not written. */
  readonly exportsKeptFor?: number | 'forever';
}

/** The directory that a run is about, with everything that is configured for it. */
export interface ChosenDirectory {
  /** Absent when a URL was written, or nothing is configured. */
  readonly name?: string;
  /** Absent when neither the command line nor the configuration says one. */
  readonly url?: string;
  /** The folder at which relative paths in `url` and `ledger` start; absent for the one the command runs in. */
  readonly folder?: string;
  readonly token?: TokenPlace;
  readonly ledger?: string;
  /** Contexts, later over earlier. */
  readonly contexts: readonly Readonly<Record<string, Json>>[];
  readonly prune?: boolean;
  readonly stances: Readonly<Partial<Record<HazardName, Stance>>>;
  /** Hazards that are refused whatever flags say. */
  readonly locked: readonly HazardName[];
}

const defaultBlueprints = [{ path: 'blueprints' }];
/** In bytes; nobody writes a tenth of it. */
const maximumConfigSize = 1024 * 1024;
const maximumTokenSize = 64 * 1024;

/**
 * The configuration that holds in a folder: in the folder itself or the nearest one above it, up to the root of
 * its git repository. Outside a repository only in the folder itself, so that nobody else's file is taken.
 */
export function findConfig(cwd: string): { path?: string; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  for (const folder of foldersToRoot(resolve(cwd))) {
    const path = join(folder, configFile);
    if (exists(path)) return { path, diagnostics };
    const misnamed = join(folder, 'asbuilt.yml');
    if (exists(misnamed)) {
      // Leaving it unread would lift what it forbids.
      const message = `${shown(misnamed, cwd)} is not read: the configuration is called ${configFile}`;
      diagnostics.push({ ...diagnose('yml-suffix', message), severity: 'error' });
      return { diagnostics };
    }
  }
  return { diagnostics };
}

function foldersToRoot(cwd: string): string[] {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    folders.push(folder);
    if (exists(join(folder, '.git'))) return folders;
    if (dirname(folder) === folder) return [cwd];
  }
}

/**
 * Reads a configuration. It is there when it has no errors; places and messages never show a credential, and no line of
 * a file that lies outside of the repository, or without one of the configuration's folder.
 */
export function readConfig(
  path: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = {},
): { config?: Config; diagnostics: Diagnostic[] } {
  const absolute = resolve(cwd, path);
  const name = shown(absolute, cwd);
  if (leadsAstray(absolute)) {
    const message = `${name} was not read: a link leads out of where it lies`;
    return { diagnostics: [diagnose('leads-out', message, undefined, { help: 'Name the file itself.' })] };
  }
  const bytes = readRegularFile(absolute, maximumConfigSize);
  if (isFileProblem(bytes)) {
    const help = bytes.code === 'file-too-large' ? 'A configuration has at most 1 MiB.' : undefined;
    return { diagnostics: [diagnose(bytes.code, `${name}: ${bytes.reason}`, undefined, { help })] };
  }
  if (!isUtf8(bytes)) return { diagnostics: [diagnose('invalid-utf8', `${name} is not UTF-8`)] };
  const text = new TextDecoder('utf-8').decode(bytes);
  const source: Source = { path: name, text };
  const safe: Source = { path: name, text: withoutCredentials(text) };
  const { tree, diagnostics: found } = readYaml(source);
  const diagnostics = found.map((one) => withSource(one, safe, text));
  if (hasErrors(diagnostics)) return { diagnostics };
  const { written, placeAt } = checkConfig(tree, safe, diagnostics);
  if (hasErrors(diagnostics)) return { diagnostics };
  const folder = dirname(absolute);
  const border = borderAround(folder, env);
  diagnostics.push(...pathsOutside(written, folder, border, placeAt));
  if (hasErrors(diagnostics)) return { diagnostics };
  return { config: configOf(written, name, folder, border, placeAt), diagnostics };
}

/** What the configuration names beyond its border, each at its place. Whether it is there is not told. */
function pathsOutside(
  written: WrittenConfig,
  folder: string,
  border: Border,
  placeAt: (steps: readonly string[]) => Place,
): Diagnostic[] {
  const named = [
    ...(written.blueprints ?? []).map((path, at) => ({
      path: fixedPart(path),
      steps: ['blueprints', `${at}`],
    })),
    ...(written.files ?? []).map((path, at) => ({ path, steps: ['files', `${at}`] })),
    ...Object.entries(written.directories ?? {}).flatMap(([name, { token }]) =>
      token && 'file' in token ? [{ path: token.file, steps: ['directories', name, 'token', 'file'] }] : [],
    ),
  ];
  return named
    .filter(({ path }) => !staysWithin(border, resolve(folder, path)))
    .map(({ path, steps }) =>
      diagnose('leads-out', `\`${path}\` leads out of the repository`, placeAt(steps)),
    );
}

/** The same diagnostic over the text without credentials. */
function withSource(diagnostic: Diagnostic, source: Source, text: string): Diagnostic {
  const { place, related } = diagnostic;
  if (!place) return diagnostic;
  const end = place.offset + (place.length ?? 1);
  const isSafe = source.text.slice(place.offset, end) === text.slice(place.offset, end);
  return {
    ...diagnostic,
    message: isSafe ? diagnostic.message : 'this credential can’t be read, and must not stand here',
    place: { ...place, source },
    related: related?.map((one) => ({ ...one, place: { ...one.place, source } })),
  };
}

function configOf(
  written: WrittenConfig,
  path: string,
  folder: string,
  border: Border,
  placeAt: (steps: readonly string[]) => Place,
): Config {
  const directories = Object.entries(written.directories ?? {}).map(
    ([name, one]): [string, ConfiguredDirectory] => [
      name,
      { url: one.url, token: one.token, ledger: one.ledger, ...settingsOf(one) },
    ],
  );
  return {
    path,
    folder,
    border,
    project: written.project,
    blueprints:
      written.blueprints?.map((one, at) => ({
        path: one,
        place: placeAt(['blueprints', String(at)]),
      })) ?? defaultBlueprints,
    directories: new Map(directories),
    defaultDirectory: written.default_directory,
    ...settingsOf(written),
    env: written.env ?? [],
    files: written.files ?? [],
    severities: written.diagnostics as Severities | undefined,
    exportsKeptFor: keptFor(written.exports?.keep),
  };
}

/** `30d` in milliseconds. */
function keptFor(written: string | undefined): number | 'forever' | undefined {
  if (written === undefined || written === 'forever') return written;
  const unit = { h: 3_600_000, d: 86_400_000, w: 604_800_000 }[written.slice(-1)]!;
  return Number(written.slice(0, -1)) * unit;
}

function settingsOf(written: Pick<WrittenConfig, 'context' | 'prune' | 'stances'>): Settings {
  const { context = {}, prune, stances = {} } = written;
  return { context, prune, stances: stances as Settings['stances'] };
}

/**
 * The directory that a name or URL from the command line means; without one the default, or the only one. A URL
 * gets the settings for all directories, a name also its own. A diagnostic when nothing has the name.
 */
export function resolveDirectory(
  config: Config | undefined,
  written: string | undefined,
): ChosenDirectory | Diagnostic {
  const general = {
    contexts: config ? [config.context] : [],
    prune: config?.prune,
    ...decided(config?.stances ?? {}),
  };
  if (written !== undefined && /^[a-z][a-z0-9+.-]*:/i.test(written)) {
    // Writing the URL out is no way around the locks of the directory that has it.
    const same = [...(config?.directories.values() ?? [])].filter(({ url }) => url === written);
    const locks = same.map(({ stances }) => lockedIn(stances));
    return { url: written, ...general, ...decided(config?.stances ?? {}, ...locks) };
  }
  const names = [...(config?.directories.keys() ?? [])];
  const name = written ?? config?.defaultDirectory ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) {
    if (!config || names.length === 0) return { folder: config?.folder, ...general };
    const message = `${config.path} names several directories, and none as \`default_directory\``;
    return diagnose('usage', message, undefined, {
      help: `Add --directory with one of ${names.join(', ')}.`,
    });
  }
  const directory = config?.directories.get(name);
  if (!config || !directory) {
    const where = config ? config.path : `without ${configFile}`;
    const message = config
      ? `${where} names no directory \`${name}\``
      : `there is no directory \`${name}\` ${where}`;
    const known = names.length > 0 ? `There are ${names.join(', ')}; or write a URL.` : undefined;
    return diagnose('unknown-directory', message, undefined, { help: didYouMean(name, names) ?? known });
  }
  return {
    name,
    url: directory.url,
    folder: config.folder,
    token: directory.token,
    ledger: directory.ledger,
    contexts: [config.context, directory.context],
    prune: directory.prune ?? config.prune,
    ...decided(config.stances, directory.stances),
  };
}

/** Stances, later over earlier but never over a lock. */
function decided(...layers: readonly WrittenStances[]): Pick<ChosenDirectory, 'stances' | 'locked'> {
  const all: WrittenStances = Object.assign({}, ...layers, ...layers.map(lockedIn));
  const stances = Object.entries(all).map(([name, one]) => [name, one === 'locked' ? 'refuse' : one]);
  return {
    stances: Object.fromEntries(stances),
    locked: Object.keys(lockedIn(all)) as HazardName[],
  };
}

/** Only the locks. */
function lockedIn(stances: WrittenStances): WrittenStances {
  return Object.fromEntries(Object.entries(stances).filter(([, stance]) => stance === 'locked'));
}

/** The token of a directory; undefined when none is configured, a diagnostic when it is not where it should be. */
export function tokenOf(
  directory: Pick<ChosenDirectory, 'name' | 'token' | 'folder'>,
  env: Readonly<Record<string, string | undefined>>,
): { readonly token?: string } | Diagnostic {
  const { token: place, name } = directory;
  if (!place) return {};
  const token =
    'env' in place
      ? env[place.env]
      : textOfFile(resolve(directory.folder ?? '.', place.file), maximumTokenSize);
  if (token?.trim()) return { token: token.trim() };
  const what =
    'env' in place ? `the variable ${place.env} is not set` : `${place.file} can’t be read or is empty`;
  return diagnose('no-credential', `${what}, which holds the token of ${name}`);
}

function exists(path: string): boolean {
  try {
    // Also a link that leads nowhere: taken for nothing, it would lift what the configuration forbids.
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** The path as people see it: relative to `cwd`, with forward slashes. */
function shown(path: string, cwd: string): string {
  return relative(resolve(cwd), path).split(sep).join('/');
}
