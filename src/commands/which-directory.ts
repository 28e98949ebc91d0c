/** Tells people which directory a command is about, and where that came from. */
import { existsSync } from 'node:fs';
import type { ChosenDirectory, Config } from '../config/config.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { localFiles, wouldBeMade } from '../reconcile/open-store.js';
import type { Request } from '../reconcile/request.js';
import { visible } from '../report/terminal.js';

/** Where the directory of a request comes from, in words; undefined when its URL was given on the command line. */
export function originOf(
  written: string | undefined,
  chosen: ChosenDirectory,
  config: Config | undefined,
): string | undefined {
  if (chosen.name !== undefined) return `${chosen.name} in ${config?.path ?? 'asbuilt.yaml'}`;
  return written === undefined ? 'the default' : undefined;
}

/** The URL of a directory without user, password and query. */
export function directoryName(url: string): string {
  if (/^sqlite:/i.test(url)) return url;
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:(?:\/\/)?)?(.*)$/is.exec(url) ?? [];
  // A password may contain characters that end it for a parser, so drop everything up to the last `@`.
  return `${scheme}${rest.slice(rest.lastIndexOf('@') + 1).replace(/[?#].*$/s, '')}`;
}

/** Would opening the directory create its file? */
export function isNew({ directory = '', directoryFolder, cwd }: Request): boolean {
  return wouldBeMade(directory, directoryFolder ?? cwd);
}

function isEmptyFile({ directory = '', directoryFolder, cwd }: Request): boolean {
  const [file] = localFiles(directory, directoryFolder ?? cwd);
  return file !== undefined && existsSync(file);
}

/** The error of a command that reads what is there, where there is nothing. */
export function missingDirectory(request: Request): Diagnostic | undefined {
  if (!isNew(request)) return undefined;
  const name = directoryName(request.directory ?? '');
  const help = `Check --directory and asbuilt.yaml; if it is to be made, run \`asbuilt apply\` first.`;
  return diagnose('no-directory', `there is no directory ${name}`, undefined, { help });
}

/** `directory: sqlite:prod.db (prod in asbuilt.yaml)`, and whether it is there, with a line break. */
export function directoryLine(request: Request, origin: string | undefined): string {
  const { directory = '', ledger } = request;
  const parts = [
    `directory: ${directoryName(directory)}${origin === undefined ? '' : ` (${origin})`}`,
    ...(isNew(request)
      ? [`${isEmptyFile(request) ? 'is an empty file' : 'does not exist yet'}, so it counts as empty`]
      : []),
    ...(ledger === undefined ? [] : [`ledger in ${directoryName(ledger)}`]),
  ];
  return `${visible(parts.join(', '))}\n`;
}
