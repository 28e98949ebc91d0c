/**
 * Tracks which steps of the resolution are under way, so that a cycle is reported instead of followed, and each
 * problem at the entry that has it.
 */

import type { Entry } from '../blueprint/blueprint.js';
import { shortPlace } from '../diagnostic/source.js';
import { addressOf } from '../model/live-model.js';
import { TagError } from '../tags/values.js';
import { child, type Node } from '../yaml/node.js';
import type { Item } from './item.js';

/** The steps under way. */
export class UnderWay {
  /** Outermost first. */
  private readonly steps: { readonly item: Item; readonly what: string }[] = [];
  /** The entry that has a problem; another entry's resolution may have run into it. */
  private readonly owners = new WeakMap<TagError, Entry>();

  /** The entry that has a problem, if a step was under way. */
  ownerOf(error: TagError): Entry | undefined {
    return this.owners.get(error);
  }

  /** Runs a step. Entering a step that is already under way throws a `cycle`. */
  step<T>(item: Item, what: string, node: Node, work: () => T): T {
    if (item.isWorking(what)) {
      const from = this.steps.findIndex((one) => one.item === item && one.what === what);
      throw new TagError('entry_invalid', 'cycle', this.describe(from), node);
    }
    item.begin(what);
    this.steps.push({ item, what });
    try {
      return work();
    } catch (error) {
      // The node is in this item's file, whichever entry asked.
      if (error instanceof TagError && !this.owners.has(error)) this.owners.set(error, item.entry);
      throw error;
    } finally {
      this.steps.pop();
      item.end(what);
    }
  }

  /** Describes the cycle. */
  private describe(from: number): string {
    const { what } = this.steps[from]!;
    const path = this.steps.slice(from).map(({ item }) => nameOf(item));
    const names = path.filter((name, at) => name !== path[at - 1]);
    const round = [...names, path[0]].join(' → ');
    if (what.startsWith('attribute '))
      return `${what.slice('attribute '.length)} depends on itself: ${round}`;
    return `the ${what === 'match' ? 'identifiers' : what} depend on themselves: ${round}`;
  }
}

/** What to call an item in a message, also before it is matched. */
export function nameOf({ match, facts, entry }: Item): string {
  if (match) return match.ref.address;
  const written = addressOf(facts, (field) => {
    const node = entry.identifiers && child(entry.identifiers, field);
    return node?.type === 'scalar' && !node.tag ? node.text : undefined;
  });
  return written ?? `${facts.name} (${shortPlace({ source: entry.source, offset: entry.node.start })})`;
}
