/** Writes new files to disk and never changes a file that exists. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { textOfFile, writeReasonOf } from '../diagnostic/regular-file.js';

/** A file to write: its path below the folder, and what it holds. */
export interface NewFile {
  readonly name: string;
  readonly text: string;
}

/** Writes all files to a folder, or none when one of them exists with other contents. */
export function writeNew(
  cwd: string,
  folder: string,
  files: readonly NewFile[],
): { readonly problems: readonly Diagnostic[] } {
  const taken = files.filter(({ name, text }) => {
    const there = contentsOf(resolve(cwd, folder, name));
    return there !== undefined && there !== text;
  });
  if (taken.length > 0) {
    return {
      problems: taken.map((file) =>
        diagnose('file-exists', `${join(folder, file.name)} exists with other contents`),
      ),
    };
  }
  const problems: Diagnostic[] = [];
  for (const { name, text } of files) {
    const path = resolve(cwd, folder, name);
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    } catch (error) {
      problems.push(diagnose('unwritable-file', `${join(folder, name)}: ${writeReasonOf(error)}`));
    }
  }
  return { problems };
}

/** The text of a file; undefined when there is none. Anything that cannot be read counts as other contents. */
export function contentsOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  return textOfFile(path) ?? '\0';
}
