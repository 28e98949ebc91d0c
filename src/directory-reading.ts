/** A directory in, what a run reads of it out: with a digest that is the same exactly as long as all of that is. */
import { createHash } from 'node:crypto';
import type { LiveObject } from './directory/directory.js';
import type { OpenDirectory } from './directory/index.js';
import type { LedgerIntent, LedgerRecord } from './ledger/ledger.js';
import type { Address, Kind } from './model.js';

/** What the ledger says. */
export interface ReadLedger {
  readonly recorded: ReadonlyMap<Address, LedgerRecord>;
  readonly intents: readonly LedgerIntent[];
  /** Objects of other projects, by `objectKey`, with the project's name. */
  readonly others: ReadonlyMap<string, string>;
}

/** How many texts are put together before they are digested. */
const several = 1_000;

/** Reads a directory for one run. */
export class DirectoryReading {
  private known: ReadLedger | undefined;
  private readonly ahead = new Map<string, LiveObject[]>();
  private readonly digests = new Map<string, string>();

  /** `digests`: is the digest asked for later? */
  constructor(
    private readonly opened: Pick<OpenDirectory, 'directory' | 'ledger'>,
    private readonly project: string,
    private readonly signal: AbortSignal,
    readonly isDigested = false,
  ) {}

  /** What the ledger says, read once. */
  async ledger(): Promise<ReadLedger> {
    if (this.known) return this.known;
    const { ledger } = this.opened;
    const recorded = await ledger.read(this.project);
    const intents = await ledger.intents(this.project);
    const others = await ledger.owners(this.project);
    if (this.isDigested) {
      this.digests.set('', digestOf([...recorded.values(), ...intents, ...others]));
    }
    this.known = { recorded, intents, others };
    return this.known;
  }

  /** The live objects of a kind, without some of its lists. They are the caller's: who asks again gets others. */
  async objects(kind: Kind, without?: ReadonlySet<string>): Promise<LiveObject[]> {
    const name = nameOf(kind, without);
    const before = this.ahead.get(name);
    this.ahead.delete(name);
    if (before) return before;
    const objects: LiveObject[] = [];
    for await (const one of this.opened.directory.list(kind, undefined, this.signal, without))
      objects.push(one);
    if (this.isDigested) this.digests.set(name, digestOf(objects));
    return objects;
  }

  /** Reads a kind for whoever asks next. */
  async prepare(kind: Kind, without?: ReadonlySet<string>): Promise<void> {
    this.ahead.set(nameOf(kind, without), await this.objects(kind, without));
  }

  /** The digest of all that was read. */
  get digest(): string {
    const hash = createHash('sha256');
    for (const [name, digest] of [...this.digests].sort()) hash.update(`${name} ${digest}\n`);
    return hash.digest('hex');
  }
}

function nameOf(kind: Kind, without: ReadonlySet<string> = new Set()): string {
  return [kind, ...[...without].sort()].join();
}

function digestOf(values: readonly object[]): string {
  const hash = createHash('sha256');
  for (let at = 0; at < values.length; at += several) {
    hash.update(
      values
        .slice(at, at + several)
        .map(textOf)
        .join('\n'),
    );
    hash.update('\n');
  }
  return hash.digest('hex');
}

function textOf(value: object): string {
  return ('text' in value && typeof value.text === 'string' && value.text) || JSON.stringify(value);
}
