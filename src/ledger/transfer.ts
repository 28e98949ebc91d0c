/** Exports a project's records to a file, and reads such a file. */
import { isMap, type Json } from '../model/model.js';
import type { LedgerRecord } from './ledger.js';

const format = 'asbuilt-ledger';

/** The records as data, sorted by address. Holds fingerprints, ids and names; no values. */
export function exportedRecords(
  directory: string,
  project: string,
  key: Buffer,
  records: Iterable<LedgerRecord>,
): Json {
  const list = [...records].sort((a, b) => (a.address < b.address ? -1 : 1));
  // Fingerprints are keyed, so they are useless without the key.
  return {
    format,
    version: 1,
    directory,
    project,
    key: key.toString('base64'),
    records: JSON.parse(JSON.stringify(list)),
  };
}

export interface ImportedRecords {
  readonly directory: string;
  readonly project: string;
  readonly key: string;
  readonly records: readonly LedgerRecord[];
}

/** Reads an export, or says what is wrong with it. */
export function importedRecords(text: string): ImportedRecords | { readonly problem: string } {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    // The parser's message would show what stands in the file.
    return { problem: 'it is not valid JSON' };
  }
  if (!isMap(data)) return { problem: 'it is not what `asbuilt ledger export` writes' };
  const { format: written, version, directory, project, key, records } = data as Record<string, unknown>;
  if (written !== format || version !== 1 || !Array.isArray(records)) {
    return { problem: 'it is not what `asbuilt ledger export` writes' };
  }
  if (typeof directory !== 'string' || typeof project !== 'string' || typeof key !== 'string') {
    return { problem: 'its directory, project or key is missing' };
  }
  const wrong = records.findIndex((one) => !isRecord(one));
  if (wrong !== -1) return { problem: `record ${wrong + 1} is incomplete` };
  return { directory, project, key, records: records as LedgerRecord[] };
}

function isRecord(one: unknown): one is LedgerRecord {
  if (!isMap(one)) return false;
  const { address, kind, id, ownership, place, labels, whole, paths, formerly } = one as Record<
    string,
    unknown
  >;
  return (
    [address, kind, place, whole].every((text) => typeof text === 'string') &&
    (typeof id === 'string' || Number.isSafeInteger(id)) &&
    /^[^/]+\/./s.test(address as string) &&
    (ownership === 'created' || ownership === 'adopted') &&
    isMapOfTexts(labels) &&
    isMapOfTexts(paths) &&
    (formerly === undefined ||
      (Array.isArray(formerly) && formerly.every((name) => typeof name === 'string')))
  );
}

function isMapOfTexts(value: unknown): boolean {
  return isMap(value) && Object.values(value).every((one) => typeof one === 'string');
}
