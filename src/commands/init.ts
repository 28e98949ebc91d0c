/** `asbuilt init`: a folder in, a repository that `validate` and `plan` work in out. What is there is never changed. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { credentialIn } from '../config-credentials.js';
import { type Diagnostic, diagnose, hasErrors } from '../diagnostic.js';
import type { Exported } from '../export/export.js';
import { adoptExported, exportFrom } from '../export/take.js';
import { contentsOf, writeNew } from '../export/write.js';
import { programVersion, shippedFolder, starterFiles } from '../init/starter.js';
import { repositoryFiles, type TemplateFile } from '../init/templates.js';
import type { Request } from '../reconcile.js';
import { exportText } from './export.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';

export interface InitOptions extends Pick<SharedOptions, 'config' | 'json'> {
  readonly from?: string;
}

const blueprints = 'blueprints';
const local = { name: 'local', url: 'sqlite:.asbuilt/directory.db' };

/** Makes a repository, from the starter set or from what is live. */
export async function init(
  surroundings: Surroundings,
  written: string | undefined,
  options: InitOptions,
): Promise<number> {
  const folder = resolve(surroundings.cwd, written ?? '.');
  const live = options.from === undefined ? undefined : await fromLive(surroundings, folder, options.from);
  if (live && 'problems' in live) return failed(surroundings, live.problems);
  const starter = live || hasBlueprints(folder) ? [] : starterFiles();
  const directory = live?.directory ?? local;
  const variables = live?.exported.variables.map((one) => one.name) ?? [];
  const repository = { project: projectOf(folder), version: programVersion(), directory, variables };
  const files = [...repositoryFiles(repository), ...starter];
  const there = files.filter((file) => contentsOf(join(folder, file.name)) !== undefined);
  const fresh = files.filter((file) => !there.includes(file));
  const all = [...fresh, ...(live ? filesOf(live.exported) : [])];
  const { problems } = writeNew(surroundings.cwd, relative(surroundings.cwd, folder) || '.', all);
  if (problems.length > 0) return failed(surroundings, problems);

  const lines = [`wrote ${all.length} files in ${written ?? '.'}:`, ...all.map((file) => `  ${file.name}`)];
  if (there.length > 0)
    lines.push('left alone, as they were there:', ...there.map((file) => `  ${file.name}`));
  if (!live && starter.length === 0) lines.push(`${blueprints} has files already, so no examples were added`);
  surroundings.out(`${lines.join('\n')}\n`);
  if (live) {
    const { adopted, diagnostics } = await takeOver(surroundings, folder, live);
    printDiagnostics(surroundings, [...live.exported.diagnostics, ...diagnostics]);
    if (hasErrors(diagnostics)) return exitCodes.failed;
    surroundings.err(exportText(live.exported, { output: blueprints, adopted }));
  }
  surroundings.out(nextSteps(written, live !== undefined));
  return exitCodes.done;
}

function failed(surroundings: Surroundings, problems: readonly Diagnostic[]): number {
  printDiagnostics(surroundings, problems);
  return exitCodes.failed;
}

/** What a live directory holds, and how the new repository names it. */
interface FromLive {
  readonly exported: Exported;
  readonly directory: { readonly name: string; readonly url: string };
  /** The URL from anywhere. */
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
  const exported = await exportFrom(
    { ...request, project },
    { all: false, passwords: false, format: 'sections', oneFile: false, ownOnly: true },
  );
  return { exported, url, directory: { name: 'live', url: fromFolder(url, folder) } };
}

/** The project under which the new repository will own what it describes. */
function projectIn(surroundings: Surroundings, folder: string): string | readonly Diagnostic[] {
  if (!existsSync(join(folder, 'asbuilt.yaml'))) return projectOf(folder);
  const request = requestOf(
    { ...surroundings, cwd: folder },
    [],
    {},
    { blueprints: false, directory: false },
  );
  return areProblems(request) ? request : request.project;
}

function filesOf({ files }: Exported): TemplateFile[] {
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
  const file = /^sqlite:(?!:memory:)(?:\/\/(?=\/))?(.+)$/i.exec(directory!)?.[1];
  return file === undefined ? directory! : `sqlite:${resolve(directoryFolder ?? cwd, file)}`;
}

/** The URL with a path from the folder, where it has one. */
function fromFolder(url: string, folder: string): string {
  const file = /^sqlite:(?!:memory:)(.+)$/i.exec(url)?.[1];
  return file === undefined ? url : `sqlite:${relative(folder, file).split(sep).join('/')}`;
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

function nextSteps(written: string | undefined, isLive: boolean): string {
  const steps = [
    ...(written === undefined ? [] : [`cd ${written}`]),
    'asbuilt validate',
    'asbuilt plan',
    ...(isLive ? [] : ['asbuilt apply']),
  ];
  const more = isLive
    ? 'The directory is as the blueprints say: edit one, and the plan shows the difference.'
    : `The blueprints are examples: rewrite people.yaml. More of them are in ${shippedFolder()}`;
  return `\nNext:\n${steps.map((step) => `  ${step}\n`).join('')}${more}\n`;
}
