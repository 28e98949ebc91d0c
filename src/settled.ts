/**
 * A run that had nothing to do in, noted with all it looked at; its plan again out, as long as nothing of that is another:
 * the program, the request, the files, and what is read of the directory, which is all read again.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isKept, keepFile, textKey } from './blueprint/cache.js';
import { environmentOf } from './blueprint/environment.js';
import type { Loaded } from './blueprint/load.js';
import type { Environment } from './blueprint/resolve.js';
import { catalogue } from './catalogue.js';
import type { OpenDirectory } from './directory/index.js';
import { DirectoryReading } from './directory-reading.js';
import type { Kind } from './model.js';
import { type Counts, emptyPlan } from './plan/change.js';
import { mirroredIn, type PlannedLive } from './planning.js';
import type { Planned } from './reconcile.js';
import type { Request } from './request.js';
import { packageVersion } from './version.js';

/** What is noted. */
interface Note {
  readonly kinds: readonly Kind[];
  /** Of what was read of the directory. Not there the first time: it is worked out when the same files come again. */
  readonly digest?: string;
  /** How often the directory was another one when the same files came again. */
  readonly misses: number;
  readonly counts: Counts;
}

/** After so many misses in vain nothing is digested any more: it takes a tenth of a plan, and pays where a directory rests. */
const mostMisses = 3;

/** What a plan depends on, of a request. The rest is what files, directory and environment are, or how a run talks. */
const decides: { readonly [Name in keyof Required<Request>]: boolean } = {
  cwd: true,
  paths: false,
  directory: false,
  directoryFolder: false,
  ledger: true,
  project: true,
  contexts: true,
  config: false,
  env: false,
  strict: true,
  targets: true,
  prune: true,
  pruneBlocked: true,
  distrust: false,
  readMemory: false,
  cacheFolder: false,
  environment: false,
  stances: true,
  writeSecrets: true,
  issue: true,
  lockTimeout: false,
  unattended: false,
  approved: false,
  command: false,
  open: false,
  signal: false,
  progress: false,
  log: false,
};

/** A run, and what is known of one before it that looked at the same. */
export class SettledRun {
  /** What the run reads of the directory. */
  readonly reading: DirectoryReading;
  /** What its blueprints may read of the world around them. */
  readonly environment: Environment;
  private readonly key: string;
  private readonly path: string;
  private readonly note: Note | undefined;
  private looksAround = false;

  private constructor(
    private readonly request: Request,
    folder: string,
    loaded: Loaded,
    private readonly opened: OpenDirectory,
  ) {
    this.environment = this.noticing(environmentOf(request));
    this.key = keyOf(request, loaded, opened);
    this.path = join(folder, `${this.key}.settled`);
    this.note = this.noted();
    const isDigested = this.note !== undefined && this.note.misses < mostMisses;
    this.reading = new DirectoryReading(opened, request.project, request.signal, isDigested);
  }

  /** Nothing for runs that keep more, or whose plan may not be the usual one; nor for small sets, which are planned as fast. */
  static of(request: Request, loaded: Loaded, opened: OpenDirectory): SettledRun | undefined {
    const { cacheFolder, open, readMemory, distrust, approved } = request;
    if (cacheFolder === undefined || open || readMemory || distrust || approved) return undefined;
    const { sources, diagnostics } = loaded;
    const pays = diagnostics.length === 0 && sources.some(isKept);
    return pays ? new SettledRun(request, cacheFolder, loaded, opened) : undefined;
  }

  /** The plan of a run before, when all that it looked at is the same: there is nothing to do. */
  async again(): Promise<Planned | undefined> {
    const { note } = this;
    if (note?.digest === undefined || !this.reading.isDigested) return undefined;
    const { directory } = this.opened;
    this.request.progress('reading the directory');
    await this.reading.ledger();
    const kinds = new Set(note.kinds);
    for (const kind of kinds) await this.reading.prepare(kind, mirroredIn(kind, kinds));
    if (this.reading.digest !== note.digest) return undefined;
    this.request.log.info({ ...note.counts }, 'nothing changed since a run that had nothing to do');
    const { project, stances = {} } = this.request;
    const plan = emptyPlan({ directory: directory.name, project, counts: note.counts, stances });
    return { ok: true, diagnostics: [], plan };
  }

  /** Notes the run when it had nothing to do and nothing to say, whatever the time and the world around it. */
  keep({ ok, diagnostics, plan, live }: PlannedLive): void {
    if (!ok || !plan || diagnostics.length > 0 || this.looksAround) return;
    const { changes, records, stale, held, refused, orphans, counts } = plan;
    if ([changes, records, stale, held, refused, orphans].some((one) => one.length > 0)) return;
    if (counts.spent > 0 || counts.held > 0 || plan.pruneBlocked !== undefined) return;
    for (const kind of live.kinds) {
      const { expires } = catalogue().kinds.get(kind)!;
      if (expires && live.all(kind).some((one) => (one.attributes[expires] ?? null) !== null)) return;
    }
    const { isDigested, digest } = this.reading;
    const misses = this.note ? this.note.misses + (this.note.digest === undefined ? 0 : 1) : 0;
    const note: Note = { kinds: [...live.kinds], digest: isDigested ? digest : undefined, misses, counts };
    const text = JSON.stringify(note);
    try {
      keepFile(this.path, Buffer.from(`${this.signatureOf(text)}\n${text}`));
    } catch {
      // Then the next run works it out once more.
    }
  }

  private noted(): Note | undefined {
    try {
      const [signature = '', text = ''] = readFileSync(this.path, 'utf8').split('\n');
      const [found, own] = [signature, this.signatureOf(text)].map((one) => Buffer.from(one));
      return found!.length === own!.length && timingSafeEqual(found!, own!) ? JSON.parse(text) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Only who can read the ledger's key can write a note. */
  private signatureOf(text: string): string {
    return createHmac('sha256', this.opened.ledger.key).update(`${this.key}\n${text}`).digest('hex');
  }

  private noticing(environment: Environment): Environment {
    const noticed = <T>(work: () => T): T => {
      this.looksAround = true;
      return work();
    };
    return {
      env: (name) => noticed(() => environment.env(name)),
      file: (path, from) => noticed(() => environment.file(path, from)),
      allows: (type, name) => noticed(() => environment.allows(type, name)),
    };
  }
}

function keyOf(
  request: Request,
  { sources, unread }: Loaded,
  { directory, identity }: OpenDirectory,
): string {
  const hash = createHash('sha256');
  const own = statSync(fileURLToPath(import.meta.url));
  const named = Object.entries(request).filter(([name]) => decides[name as keyof Request]);
  const parts = [
    [packageVersion(), process.version, own.mtimeMs, own.size],
    [identity, directory.name, directory.account],
    [request.config !== undefined, ...named.sort(([a], [b]) => (a < b ? -1 : 1))],
    unread,
  ];
  hash.update(JSON.stringify(parts));
  for (const source of sources)
    hash.update(`\n${JSON.stringify([source.path, source.named, textKey(source)])}`);
  return hash.digest('hex');
}
