/** `asbuilt init`: creates a repository that `validate` and `plan` work in. Never changes an existing file. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { DiagnosticCode } from '../diagnostic/codes.js';
import { type Diagnostic, diagnose, hasErrors } from '../diagnostic/diagnostic.js';
import { lowerable } from '../diagnostic/severities.js';
import type { Exported } from '../export/export.js';
import { packageVersion } from '../model/version.js';
import { adoptExported, exportFrom } from '../reconcile/export.js';
import { validate } from '../reconcile/reconcile.js';
import type { Request } from '../reconcile/request.js';
import { jsonText, resultJson } from '../report/json.js';
import { shellWord } from '../report/terminal.js';
import { credentialIn } from '../secrets/credentials.js';
import { exportText } from './export.js';
import { failWith } from './fail.js';
import { repositoryFiles } from './init-templates.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { contentsOf, type NewFile, writeNew } from './write-files.js';

export interface InitOptions extends Pick<SharedOptions, 'json'> {
  readonly from?: string;
}

const blueprints = 'blueprints';
const local = { name: 'local', url: 'sqlite:.asbuilt/directory.db' };

/** Makes a repository, from the ready-made blueprints or from what is live. */
export async function init(
  surroundings: Surroundings,
  written: string | undefined,
  options: InitOptions,
): Promise<number> {
  const folder = resolve(surroundings.cwd, written ?? '.');
  const inTheWay = [folder, join(folder, blueprints)].find(isNoFolder);
  if (inTheWay !== undefined) {
    const message = `a file stands where the folder ${relative(surroundings.cwd, inTheWay)} is to be`;
    return failWith(surroundings, options, [diagnose('file-exists', message)]);
  }
  const live = options.from === undefined ? undefined : await fromLive(surroundings, folder, options.from);
  if (live && 'problems' in live) return failWith(surroundings, options, live.problems);
  const hasOwn = hasBlueprints(folder);
  const examples = hasOwn ? [] : live ? startOf(live.exported) : starterFiles();
  const files = [
    ...repositoryFiles({
      project: projectOf(folder),
      version: packageVersion(),
      directory: live?.directory ?? local,
      variables: live?.exported.variables.map((one) => one.name) ?? [],
      lowered: hasOwn ? await loweredFor(surroundings, folder) : [],
    }),
    ...examples,
  ];
  const there = files.filter((file) => contentsOf(join(folder, file.name)) !== undefined);
  const added = [...files.filter((file) => !there.includes(file)), ...(live ? filesOf(live.exported) : [])];
  const where = relative(surroundings.cwd, folder) || '.';
  const found: Diagnostic[] = [...writeNew(surroundings.cwd, where, added).problems];
  const wasWritten = !hasErrors(found);
  const taken = live && wasWritten ? await takeOver(surroundings, folder, live) : undefined;
  found.push(...(live?.exported.diagnostics ?? []), ...(taken?.diagnostics ?? []));
  const ok = !hasErrors(found);
  if (options.json) {
    const namesOf = (list: readonly NewFile[]): string[] => list.map((file) => file.name);
    const names = { written: wasWritten ? namesOf(added) : [], left_alone: namesOf(there) };
    surroundings.out(jsonText(resultJson(ok, { ...names, adopted: taken?.adopted ?? 0 }, found)));
    return ok ? exitCodes.done : exitCodes.failed;
  }
  if (wasWritten) surroundings.out(writtenText(where, added, there, !live && hasOwn));
  printDiagnostics(surroundings, found);
  if (!ok) return exitCodes.failed;
  if (live) surroundings.err(exportText(live.exported, { output: blueprints, adopted: taken?.adopted }));
  surroundings.out(nextSteps(where, live ? 'live' : hasOwn ? 'own' : 'examples'));
  return exitCodes.done;
}

/** What a live directory holds, and how the new repository names it. */
interface FromLive {
  readonly exported: Exported;
  readonly directory: { readonly name: string; readonly url: string };
  /** The URL as it works from anywhere. */
  readonly url: string;
}

async function fromLive(
  surroundings: Surroundings,
  folder: string,
  from: string,
): Promise<FromLive | { readonly problems: readonly Diagnostic[] }> {
  const request = requestOf(surroundings, [], { directory: from }, { blueprints: false, directory: true });
  if (areProblems(request)) return { problems: request };
  const project = projectIn(surroundings, folder);
  if (typeof project !== 'string') return { problems: project };
  const url = fromAnywhere(request);
  if (credentialIn(url) !== undefined) {
    const message = 'a credential stands in the URL, which would go into asbuilt.yaml';
    return { problems: [diagnose('written-credential', message)] };
  }
  const file = fileOf(url);
  // Opening it would make an empty one, as if that were what is live.
  if (file !== undefined && !existsSync(file)) {
    const help = 'Name a directory that is there, or leave --from out.';
    return { problems: [diagnose('no-such-path', `there is no directory at ${from}`, undefined, { help })] };
  }
  const exported = await exportFrom(
    { ...request, project },
    { all: false, passwords: false, format: 'sections', oneFile: false, ownOnly: true },
  );
  return { exported, url, directory: { name: 'live', url: fromFolder(url, folder) } };
}

/** The project under which the repository will own what it describes. */
function projectIn(surroundings: Surroundings, folder: string): string | readonly Diagnostic[] {
  if (!existsSync(join(folder, 'asbuilt.yaml'))) return projectOf(folder);
  const world = { ...surroundings, cwd: folder };
  const request = requestOf(world, [], {}, { blueprints: false, directory: false });
  return areProblems(request) ? request : request.project;
}

/** Something to begin with where nothing is live: without any blueprint there is nothing to check. */
function startOf({ files }: Exported): NewFile[] {
  const text = '# Nothing was in the directory when this was made.\nversion: 1\nentries: []\n';
  return files.length > 0 ? [] : [{ name: `${blueprints}/first.yaml`, text }];
}

function filesOf({ files }: Exported): NewFile[] {
  return files.map(({ name, text }) => ({ name: `${blueprints}/${name}`, text }));
}

async function takeOver(
  surroundings: Surroundings,
  folder: string,
  { exported, url }: FromLive,
): Promise<{ readonly adopted: number; readonly diagnostics: readonly Diagnostic[] }> {
  const world = { ...surroundings, cwd: folder };
  const request = requestOf(world, [], { directory: url }, { blueprints: false, directory: true });
  if (areProblems(request)) return { adopted: 0, diagnostics: request };
  return adoptExported({ ...request, command: 'init' }, exported, blueprints);
}

/** The URL with an absolute path, where it has one. */
function fromAnywhere({ directory, directoryFolder, cwd }: Request): string {
  const file = fileOf(directory!);
  return file === undefined ? directory! : `sqlite:${resolve(directoryFolder ?? cwd, file)}`;
}

/** The URL with a path from the folder, where it has one. */
function fromFolder(url: string, folder: string): string {
  const file = fileOf(url);
  return file === undefined ? url : `sqlite:${relative(folder, file).split(sep).join('/')}`;
}

/** The file that holds the directory; undefined when it is a service. */
function fileOf(url: string): string | undefined {
  return /^sqlite:(?!:memory:)(?:\/\/(?=\/))?(.+)$/i.exec(url)?.[1];
}

/** Is something there that no folder can be made of? */
function isNoFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch {
    // Already a folder above it is none.
    return true;
  }
}

const shipped = new URL('../../blueprints/', import.meta.url);

/** The ready-made blueprints, below `blueprints/`. They belong together: what one looks up, another describes. */
function starterFiles(): NewFile[] {
  return readdirSync(shipped)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ name: `${blueprints}/${name}`, text: readFileSync(new URL(name, shipped), 'utf8') }));
}

/** The errors of blueprints that are there which authentik does not have, and which may be lowered. */
async function loweredFor(surroundings: Surroundings, folder: string): Promise<DiagnosticCode[]> {
  const world = { ...surroundings, cwd: folder };
  const request = requestOf(world, [blueprints], {}, { blueprints: true, directory: false });
  if (areProblems(request)) return [];
  const { diagnostics } = await validate(request);
  const errors = diagnostics.filter((one) => one.severity === 'error').map((one) => one.code);
  return [...new Set(errors)].filter((code) => lowerable.has(code)).sort();
}

function hasBlueprints(folder: string): boolean {
  const below = join(folder, blueprints);
  return existsSync(below) && readdirSync(below).some((name) => /\.ya?ml$/.test(name));
}

/** The folder's name as far as a project can be called that. */
function projectOf(folder: string): string {
  const name = basename(folder)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 63)
    .replace(/^[._-]+|[._-]+$/g, '');
  return name === '' || name === 'default' ? 'identity' : name;
}

/** What was written, and what was not. */
function writtenText(
  where: string,
  added: readonly NewFile[],
  there: readonly NewFile[],
  hasOwn: boolean,
): string {
  const names = (list: readonly NewFile[]): string[] => list.map((file) => `  ${file.name}`);
  const lines = added.length === 0 ? ['wrote nothing'] : [`wrote to ${where}:`, ...names(added)];
  if (there.length > 0) lines.push('left alone, as they were there:', ...names(there));
  if (hasOwn) lines.push(`${blueprints} has files already, so no examples were added`);
  return `${lines.join('\n')}\n`;
}

/** What the blueprints of a new repository are: an export, what was there already, or examples. */
type Beginning = 'live' | 'own' | 'examples';

const advice: Readonly<Record<Beginning, string>> = {
  live: 'The directory is as the blueprints say: edit one, and the plan shows the difference.',
  own: 'The plan shows what the blueprints that were there would change.',
  examples: 'The blueprints are examples, of a company that does not exist: rewrite them, people.yaml first.',
};

function nextSteps(where: string, beginning: Beginning): string {
  const steps = ['asbuilt validate', 'asbuilt plan', ...(beginning === 'live' ? [] : ['asbuilt apply'])];
  if (where !== '.') steps.unshift(`cd ${shellWord(where)}`);
  return `\nNext:\n${steps.map((step) => `  ${step}\n`).join('')}${advice[beginning]}\n`;
}
