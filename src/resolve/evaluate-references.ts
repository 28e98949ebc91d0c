/**
 * Turns what an attribute gives as a reference (an id, a `!KeyOf`, a `!Find`) into a reference, or reports why it
 * cannot.
 */

import { nameIn } from '../blueprint/sections-nodes.js';
import type { DiagnosticCode } from '../diagnostic/codes.js';
import { diagnose } from '../diagnostic/diagnostic.js';
import { catalogue, type FieldFacts, kindsOf } from '../model/kinds.js';
import { Ref, Unavailable, type Value } from '../model/model.js';
import type { Node } from '../yaml/node.js';
import { type Item, placeOf } from './item.js';
import type { FindPair, Resolution } from './resolution.js';

/** Is the value for the resource itself, or only for finding it? */
export type Purpose = 'attribute' | 'identifier';

/** Reports a problem; an error marks the item as broken. */
type Report = (item: Item, code: DiagnosticCode, message: string, node: Node, help?: string) => void;

/** Turns ids and found objects into references of the kind that an attribute takes. */
export class References {
  /** References to objects outside these files, made when there is no directory to look in. */
  private readonly outside = new Map<string, Ref>();
  private readonly unseen = new Set<Ref>();
  /** Lookups that found nothing. */
  private readonly misses = new WeakMap<Node, { model: string; pairs: readonly FindPair[] }>();

  constructor(
    private readonly resolution: Resolution,
    private readonly report: Report,
  ) {}

  /** Is it described here or found in the directory? */
  known(ref: Ref): boolean {
    return !this.unseen.has(ref);
  }

  /** Remembers a lookup that found nothing, for the message about it. */
  missed(node: Node, model: string, pairs: readonly FindPair[]): void {
    this.misses.set(node, { model, pairs });
  }

  /** A reference to an object that the files do not describe; without a directory, it may still exist. */
  outsideRef(
    item: Item,
    model: string,
    pairs: readonly (readonly [string, Value])[],
    node: Node,
    hidden: boolean,
  ): Ref {
    const key = `${model} ${pairs.map(([name, value]) => `${name}=${value instanceof Ref ? value.address : value}`).join(', ')}`;
    const shown = hidden ? `${model} with the ${pairs.map(([name]) => name).join(', ')} given` : key;
    let ref = this.outside.get(key);
    if (!ref) {
      ref = new Ref(model, shown);
      this.outside.set(key, ref);
      this.unseen.add(ref);
    }
    this.resolution.diagnostics.push(
      diagnose('outside-the-set', `${shown} is not described in these files`, placeOf(item, node)),
    );
    return ref;
  }

  /** The value of an attribute that refers to one object, or to a list of them. */
  reference(
    item: Item,
    node: Node,
    field: FieldFacts,
    value: Value,
    purpose: Purpose,
    hidden: boolean,
  ): Value {
    const one = (inner: Value, at: Node): Value => this.one(item, at, field, inner, purpose, hidden);
    if (!field.many) {
      if (Array.isArray(value)) {
        this.report(
          item,
          'invalid-value',
          `${item.facts.name}.${field.name} takes one reference, not a list`,
          node,
        );
        return null;
      }
      return one(value, node);
    }
    if (!Array.isArray(value)) {
      if (!(value instanceof Unavailable)) {
        this.report(item, 'invalid-value', `${item.facts.name}.${field.name} needs a list`, node);
      }
      return value;
    }
    const nodes = node.type === 'sequence' && !node.tag ? node.items : [];
    const list = value.map((inner, at) => one(inner, nodes[at] ?? node));
    return field.set && new Set(list).size < list.length ? [...new Set(list)] : list;
  }

  /** One reference. `hidden`: the value came from a variable or file and must not be shown. */
  one(item: Item, node: Node, field: FieldFacts, value: Value, purpose: Purpose, hidden: boolean): Value {
    if (value instanceof Unavailable) return value;
    const name = `${item.facts.name}.${field.name}`;
    const { to } = field.reference!;
    if (value instanceof Ref) {
      if (this.fits(value, to)) return value;
      this.report(
        item,
        'invalid-value',
        `${name} needs an object of kind ${catalogue().kinds.get(to)?.name ?? to}, not ${value.address}`,
        node,
      );
      return null;
    }
    if (value === null) {
      if (purpose === 'identifier' || (field.nullable && !field.many && !node.dynamic)) return null;
      if (!node.dynamic) this.report(item, 'invalid-value', `${name} may not be null`, node);
      else this.foundNothing(item, node, field);
      return null;
    }
    if (typeof value === 'string' || typeof value === 'number')
      return this.byId(item, node, field, value, purpose, hidden);
    this.report(item, 'invalid-value', `${name} needs a reference`, node, 'Write !KeyOf, !Find or an id.');
    return null;
  }

  private foundNothing(item: Item, node: Node, field: FieldFacts): void {
    const name = `${item.facts.name}.${field.name}`;
    const lookup = this.misses.get(node);
    const miss = lookup ? this.resolution.missed(lookup.model, lookup.pairs, item, node) : {};
    const help = miss.isItself
      ? 'That is the entry itself, which does not exist until it is created; add this after the first apply.'
      : miss.near && `Did you mean \`${miss.near}\`?`;
    const written = nameIn(node);
    if (miss.leaving && item.state !== 'absent')
      this.report(item, 'reference-to-absent', `${name}: ${miss.leaving.address} is being deleted`, node);
    else if (written !== undefined) {
      // Only `!Find` may give null, as in authentik; a name that does not exist is a mistake.
      const { to } = field.reference!;
      const what = catalogue().kinds.get(to)?.name ?? to;
      this.report(item, 'not-found', `${name}: there is no ${what} \`${written}\``, node, help);
    } else if (mayBeNull(item, field))
      this.report(item, 'finds-nothing', `${name} finds nothing, so null is stored`, node, help);
    else this.report(item, 'not-found', `${name} finds nothing, but is required`, node, help);
  }

  private byId(
    item: Item,
    node: Node,
    field: FieldFacts,
    id: string | number,
    purpose: Purpose,
    hidden: boolean,
  ): Value {
    const { to } = field.reference!;
    const described = this.resolution.itemByPk(String(id));
    if (described && this.fitsKind(described.facts.kind, to)) return this.resolution.match(described).ref;
    const live = this.resolution.input.live.byId(to, typeof id === 'string' ? id.toLowerCase() : id);
    if (live) return live.ref;
    const name = `${item.facts.name}.${field.name}`;
    if (this.resolution.input.offline) return this.outsideRef(item, to, [['pk', id]], node, hidden);
    if (purpose === 'identifier') return id;
    this.report(
      item,
      'not-found',
      `${name}: there is no ${catalogue().kinds.get(to)?.name ?? to} with the id ${hidden ? 'given' : id}`,
      node,
    );
    return null;
  }

  private fits(ref: Ref, to: string): boolean {
    return !catalogue().kinds.has(ref.kind) || !this.known(ref) || this.fitsKind(ref.kind, to);
  }

  private fitsKind(kind: string, to: string): boolean {
    return kindsOf(to).includes(kind);
  }
}

/** May a failed lookup store null? Not in an attribute of the natural key. */
function mayBeNull({ facts }: Item, { name, nullable, many }: FieldFacts): boolean {
  return nullable && !many && !facts.key.includes(name);
}
