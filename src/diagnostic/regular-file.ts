/**
 * Reads a file that somebody named. A path may lead to a device, a pipe, the state of the kernel or something without an
 * end, and none of these is a file that anybody meant, so all files that options and keys name are read here.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  type Stats,
  statfsSync,
  statSync,
} from 'node:fs';

/** The largest file that is read, in bytes. */
export const maximumFileSize = 64 * 1024 * 1024;

/** Why a file was not read. */
export interface FileProblem {
  readonly code: 'unreadable-file' | 'file-too-large';
  /** Ends a sentence that begins with the file's name. */
  readonly reason: string;
  readonly cause?: unknown;
}

/** File systems that are made up by the kernel (proc, sysfs, debugfs, tracefs, cgroup, securityfs), by their `statfs` types. */
const kernelTypes = new Set([0x9fa0, 0x62656572, 0x64626720, 0x74726163, 0x27e0eb, 0x63677270, 0x73636673]);
const openForReading = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** The bytes of a regular file of at most `most` bytes, or why they were not read. Waits for nothing and never throws. */
export function readRegularFile(path: string, most = maximumFileSize): Buffer | FileProblem {
  try {
    // Already opening a device may do something.
    const problem = problemWith(statSync(path));
    if (problem) return problem;
    const file = openSync(path, openForReading);
    try {
      return readOpen(file, path, most);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return { code: 'unreadable-file', reason: reasonOf(error), cause: error };
  }
}

/** The text of a regular file, where nobody wants to know why there is none. */
export function textOfFile(path: string, most?: number): string | undefined {
  const bytes = readRegularFile(path, most);
  return isFileProblem(bytes) ? undefined : bytes.toString('utf8');
}

/** Was the file not read? */
export function isFileProblem(value: Buffer | FileProblem): value is FileProblem {
  return 'reason' in value;
}

/** Why the system did not let a file be read, in words that name no path. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'reading it is not allowed';
  if (code === 'ELOOP') return 'the link leads round in a circle';
  if (code === 'EISDIR') return 'it is a folder';
  return (error as Error).message;
}

/** Why the system did not let a file be written, in words that name no path: the one at hand may be that of a temporary file. */
export function writeReasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'its folder does not exist';
  if (code === 'ENOTDIR') return 'its folder is a file';
  if (code === 'EACCES' || code === 'EPERM') return 'writing it is not allowed';
  if (code === 'EROFS') return 'the file system is read-only';
  if (code === 'ENOSPC') return 'the disk is full';
  return code === 'EISDIR' ? 'it is a folder' : (error as Error).message;
}

function readOpen(file: number, path: string, most: number): Buffer | FileProblem {
  // Another file may have been put there in the meantime.
  const facts = fstatSync(file);
  const problem = problemWith(facts);
  if (problem) return problem;
  // What the kernel makes up has no size.
  if (facts.size === 0 && kernelTypes.has(statfsSync(path).type))
    return unreadable('it is not a file on a disk');
  if (facts.size > most) return tooLarge(facts.size);
  const bytes = Buffer.allocUnsafe(facts.size);
  let length = 0;
  while (length < bytes.length) {
    const more = readSync(file, bytes, length, bytes.length - length, length);
    if (more === 0) break;
    length += more;
  }
  return bytes.subarray(0, length);
}

function problemWith(facts: Stats): FileProblem | undefined {
  if (facts.isFile()) return undefined;
  if (facts.isDirectory()) return unreadable('it is a folder');
  if (facts.isFIFO()) return unreadable('it is a pipe, and only regular files are read');
  return unreadable('it is a device or a socket, and only regular files are read');
}

function unreadable(reason: string): FileProblem {
  return { code: 'unreadable-file', reason };
}

function tooLarge(size: number): FileProblem {
  const shown =
    size < 10 * 1024 * 1024 ? `${Math.ceil(size / 1024)} KiB` : `${(size / 1024 / 1024).toFixed(1)} MiB`;
  return { code: 'file-too-large', reason: shown };
}
