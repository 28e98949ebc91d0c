/** Steps of working out items in, one inside another; a circle of them noticed and told, and whose problem each problem is. */

import type { Entry } from '../blueprint/blueprint.js';
import { shortPlace } from '../diagnostic/source.js';
import { addressOf } from '../model/live-model.js';
import { TagError } from '../tags/values.js';
import { child, type Node } from '../yaml/node.js';
import type { Item } from './item.js';

/** The steps that are being worked out. */
export class UnderWay {
  /** What is being worked out, outermost first. */
  private readonly steps: { readonly item: Item; readonly what: string }[] = [];
  /** The entry in which a problem was found, which need not be the one whose resolution met it. */
  private readonly owners = new WeakMap<TagError, Entry>();

  /** The entry in which a problem was found, if a step was under way. */
  ownerOf(error: TagError): Entry | undefined {
    return this.owners.get(error);
  }

  /** Marks a step as under way, so that a circle is noticed instead of followed. */
  step<T>(item: Item, what: string, node: Node, work: () => T): T {
    if (item.isWorking(what)) {
      const from = this.steps.findIndex((one) => one.item === item && one.what === what);
      throw new TagError('entry_invalid', 'cycle', this.circle(from), node);
    }
    item.begin(what);
    this.steps.push({ item, what });
    try {
      return work();
    } catch (error) {
      // The node is of this item's file, whoever asked.
      if (error instanceof TagError && !this.owners.has(error)) this.owners.set(error, item.entry);
      throw error;
    } finally {
      this.steps.pop();
      item.end(what);
    }
  }

  /** Says which entries lead round in a circle. */
  private circle(from: number): string {
    const { what } = this.steps[from]!;
    const path = this.steps.slice(from).map(({ item }) => nameOf(item));
    const names = path.filter((name, at) => name !== path[at - 1]);
    const round = [...names, path[0]].join(' → ');
    if (what.startsWith('attribute '))
      return `${what.slice('attribute '.length)} depends on itself: ${round}`;
    return `the ${what === 'match' ? 'identifiers' : what} depend on themselves: ${round}`;
  }
}

/** An item as people know it, which may be before it is matched. */
export function nameOf({ match, facts, entry }: Item): string {
  if (match) return match.ref.address;
  const written = addressOf(facts, (field) => {
    const node = entry.identifiers && child(entry.identifiers, field);
    return node?.type === 'scalar' && !node.tag ? node.text : undefined;
  });
  return written ?? `${facts.name} (${shortPlace({ source: entry.source, offset: entry.node.start })})`;
}
