/** Watches the names in a folder with chokidar, by the events of the operating system. */
import { statfs } from 'node:fs/promises';
import { sep } from 'node:path';
import { watch } from 'chokidar';
import type { FolderEvent } from './files-rules.js';

/** The watcher of one folder. */
export interface FolderWatcher {
  /** Resolves when it watches, also when that fails. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/**
 * Watches the names in one folder, not those below. chokidar is asked for its raw events: those it makes of them leave
 * out what follows within 50 ms, wait 100 ms with what was removed, and need a watcher for each file.
 * `failed` gets an error when the system cannot watch it; a folder that may not be read is none.
 */
export function watchFolder(
  folder: string,
  happened: (event: FolderEvent) => void,
  failed: (error: Error) => void,
): FolderWatcher {
  const watcher = watch([], {
    ignoreInitial: true,
    depth: 0,
    // Off, or chokidar would not watch a folder whose name looks like a swap file.
    atomic: false,
    ignored: (path: string) => path !== folder,
  });
  let done = (): void => {};
  const ready = new Promise<void>((resolve) => {
    done = resolve;
  });
  watcher.on('ready', done);
  watcher.on('raw', (type, name, details) => {
    const at = (details as { watchedPath?: string } | undefined)?.watchedPath;
    // When the folder vanishes early, chokidar turns to the one above.
    if (at === folder) happened({ folder, type, name: name ? String(name) : null });
  });
  watcher.on('error', (error) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') failed(error as Error);
    done();
  });
  if (watcher.options.usePolling)
    failed(new Error('chokidar was told to poll, and folders alone do not tell'));
  else if (sep === '/' && folder.includes('\\')) failed(new Error(`chokidar cannot watch ${folder}`));
  else watcher.add(folder);
  return {
    ready,
    close: async () => {
      done();
      // chokidar leaves these timers behind, and a process would not end for another second.
      for (const timer of watcher._throttled.get('readdir')?.values() ?? [])
        clearTimeout(timer.timeoutObject);
      await watcher.close();
    },
  };
}

/**
 * File systems where others change files without a word to this machine: NFS, SMB, CIFS, SMB 2, AFS, Ceph, NCP, 9P
 * (folders of the host in WSL and virtual machines), FUSE (sshfs, Docker Desktop), VirtualBox, Parallels, Lustre.
 */
const networkTypes = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x00c36400, 0x564c, 0x01021997, 0x65735546, 0x786f4256,
  0x7c7c6673, 0x0bd00bd0,
]);

/** Does a number of `statfs` stand for such a file system? */
export function isNetworkType(type: number): boolean {
  return networkTypes.has(type >>> 0);
}

/** The first of the folders that lies on a network mount. */
export async function networkMount(folders: Iterable<string>): Promise<string | undefined> {
  for (const folder of folders) {
    const facts = await statfs(folder).catch(() => undefined);
    if (facts && isNetworkType(facts.type)) return folder;
  }
  return undefined;
}
