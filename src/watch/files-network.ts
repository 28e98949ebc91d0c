/** Recognises network mounts, where changes made by other machines give no events. */
import { statfs } from 'node:fs/promises';

/**
 * File systems where others change files without this machine hearing of it: NFS, SMB, CIFS, SMB 2, AFS, Ceph, NCP, 9P
 * (folders of the host in WSL and virtual machines), FUSE (sshfs, Docker Desktop), VirtualBox, Parallels, Lustre. The
 * numbers are those of Linux' `statfs`.
 */
const networkTypes = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x00c36400, 0x564c, 0x01021997, 0x65735546, 0x786f4256,
  0x7c7c6673, 0x0bd00bd0,
]);

/** Whether a type that `statfs` gives, signed or not, is a network file system. */
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
