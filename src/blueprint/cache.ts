/** A folder in, a cache of trees in it out: files that did not change since an earlier run are not parsed again. */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Source } from '../source.js';
import { packageVersion } from '../version.js';
import { formVersion, type KeptTree } from './cache-form.js';
import { treeOf } from './cache-read.js';
import { keptTree } from './cache-write.js';
import type { ReadYaml } from './yaml.js';

/** From this size on, in code units, a file is kept: smaller ones are parsed as fast. */
const smallest = 64 * 1024;
/** From this size on a tree is made on demand: it takes less memory, and most of it is looked into only for a moment. */
const longFile = 1024 * 1024;
/** How much a cache may hold, in bytes; the files that were not used for longest go first. */
const usualLimit = 256 * 1024 * 1024;
/** How long an unfinished file may be somebody's work in progress, in milliseconds. */
const unfinishedFor = 60 * 60 * 1000;
const suffixes = ['.tree', '.settled'];
const hashLength = 32;
/** The hash, then how many words and how many bytes of JSON follow. */
const headLength = hashLength + 8;
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** What earlier runs know of files. Nothing that goes wrong with it is an error: the file is parsed then. */
export interface ReadCache {
  /** Was the text of a source read before, as far as can be told without looking closer? */
  has(source: Source): boolean;
  /** The tree of a source, if its text was read before. */
  get(source: Source): ReadYaml | undefined;
  /** Keeps the tree of a source. `isFine`: there was nothing to say of it. */
  put(source: Source, yaml: ReadYaml, isFine: boolean): void;
}

/** A cache in a folder, which is made when there is something to keep. It may be deleted at any time. */
export function openCache(folder: string, limit = usualLimit): ReadCache {
  return {
    has: (source) => isKept(source) && existsSync(join(folder, `${textKey(source)}.tree`)),
    get(source) {
      if (!isKept(source)) return undefined;
      const key = textKey(source);
      const path = join(folder, `${key}.tree`);
      try {
        const tree = treeOf(unpacked(readFileSync(path), key), source, source.text.length >= longFile);
        markUsed(path);
        return tree;
      } catch {
        return undefined;
      }
    },
    put(source, yaml, isFine) {
      if (!isKept(source)) return;
      const kept = keptTree(yaml, isFine);
      if (!kept) return;
      try {
        const key = textKey(source);
        keepFile(join(folder, `${key}.tree`), packed(kept, key), limit);
      } catch {
        // Without a cache everything is as it should be, only slower.
      }
    },
  };
}

/** Keeps a file from being the first to go. Where that is not allowed, it can be read all the same. */
function markUsed(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Whoever may write the folder decides what goes.
  }
}

/**
 * Writes a file of a cache, for its owner alone, and removes what is too much there. Throws what the file system says.
 */
export function keepFile(path: string, bytes: Buffer, limit = usualLimit): void {
  const folder = dirname(path);
  makeFolder(folder);
  writeWhole(path, bytes);
  tidy(folder, limit);
}

/** Is a file of its size kept? */
export function isKept({ text }: Source): boolean {
  return text.length >= smallest && isLittleEndian;
}

const keys = new WeakMap<Source, string>();

/** What a tree depends on, as a hash: the text, and the program that read it. */
export function textKey(source: Source): string {
  let key = keys.get(source);
  if (key === undefined) {
    const { text } = source;
    const reader = `${formVersion} ${packageVersion()} ${text.length}\n`;
    key = createHash('sha256').update(reader).update(text).digest('hex');
    keys.set(source, key);
  }
  return key;
}

function packed({ words, ...rest }: KeptTree, key: string): Buffer {
  const json = Buffer.from(JSON.stringify(rest));
  const bytes = Buffer.allocUnsafe(headLength + words.byteLength + json.length);
  bytes.writeUInt32LE(words.length, hashLength);
  bytes.writeUInt32LE(json.length, hashLength + 4);
  bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), headLength);
  bytes.set(json, headLength + words.byteLength);
  checksum(bytes, key).copy(bytes);
  return bytes;
}

/** Throws for anything but what `packed` gave for this key. */
function unpacked(bytes: Buffer, key: string): KeptTree {
  const sound = bytes.length >= headLength && checksum(bytes, key).equals(bytes.subarray(0, hashLength));
  if (!sound) throw new Error('this is no kept tree');
  const wordBytes = bytes.readUInt32LE(hashLength) * 4;
  const jsonStart = headLength + wordBytes;
  const words = new Int32Array(wordBytes / 4);
  new Uint8Array(words.buffer).set(bytes.subarray(headLength, jsonStart));
  const json = bytes.toString('utf8', jsonStart, jsonStart + bytes.readUInt32LE(hashLength + 4));
  return { words, ...(JSON.parse(json) as Omit<KeptTree, 'words'>) };
}

function checksum(bytes: Buffer, key: string): Buffer {
  return createHash('sha256').update(key).update(bytes.subarray(hashLength)).digest();
}

/** The folder, for its owner alone, and none of git's business. */
function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if ((statSync(folder).mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
  try {
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Another process sees all of the file or nothing of it. */
function writeWhole(path: string, bytes: Buffer): void {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = openSync(unfinished, 'wx', 0o600);
    try {
      writeFileSync(file, bytes);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Removes what is too much, and what a process left behind that was killed. */
function tidy(folder: string, limit: number): void {
  const files = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const isKept = suffixes.some((suffix) => name.endsWith(suffix));
    if (!isKept && !name.endsWith('.tmp')) return [];
    // Another process may have removed it meanwhile.
    const facts = statSync(path, { throwIfNoEntry: false });
    return facts ? [{ path, isKept, size: facts.size, used: facts.mtimeMs }] : [];
  });
  let left = limit;
  for (const { path, isKept, size, used } of files.sort((a, b) => b.used - a.used)) {
    if (isKept) left -= size;
    if (isKept ? left < 0 : used < Date.now() - unfinishedFor) rmSync(path, { force: true });
  }
}
