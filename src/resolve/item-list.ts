/** Indexes the entries of all blueprints by kind, id and `pk`, once their kind and state are known. */

import { type Blueprint, type Entry, type State, states } from '../blueprint/blueprint.js';
import { checkAttributes, checkIdentifiers } from '../blueprint/check-names.js';
import { kindNamed } from '../blueprint/kind-name.js';
import type { DiagnosticCode } from '../diagnostic/codes.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { append } from '../model/append.js';
import type { KindFacts } from '../model/kinds.js';
import { type TagValue, Traced, untraced } from '../tags/values.js';
import { child, type Node, placeOfNode } from '../yaml/node.js';
import { Item } from './item.js';

/** Evaluates a model or state that is written as a tag; undefined when it is broken (already reported). */
type Header = (entry: Entry, file: Blueprint, node: Node) => TagValue | undefined;

const noIds: ReadonlyMap<string, Item> = new Map();

/** The items of a run. */
export class ItemList {
  readonly all: Item[] = [];
  private readonly byKind = new Map<string, Item[]>();
  private readonly ids = new Map<Blueprint, Map<string, Item>>();
  private readonly byPk = new Map<string, Item>();

  constructor(
    private readonly header: Header,
    private readonly diagnostics: Diagnostic[],
  ) {}

  add(entry: Entry, file: Blueprint): void {
    const facts = entry.facts ?? this.kindOf(entry, file);
    const state = typeof entry.state === 'string' ? entry.state : this.stateOf(entry, file, entry.state);
    if (!facts || !state || facts.meta) return;
    const item = new Item(entry, file, facts, state);
    this.all.push(item);
    append(this.byKind, facts.kind, item);
    if (entry.id !== undefined) this.addId(file, entry.id, item);
    const pk = entry.identifiers && child(entry.identifiers, 'pk');
    if (pk?.type === 'scalar' && !pk.tag) this.byPk.set(pk.text.toLowerCase(), item);
  }

  private addId(file: Blueprint, id: string, item: Item): void {
    let ids = this.ids.get(file);
    if (!ids) {
      ids = new Map();
      this.ids.set(file, ids);
    }
    if (!ids.has(id)) ids.set(id, item);
  }

  ofKind(kind: string): readonly Item[] {
    return this.byKind.get(kind) ?? [];
  }

  /** The items of a file by the ids that its entries have. */
  idsOf(file: Blueprint): ReadonlyMap<string, Item> {
    return this.ids.get(file) ?? noIds;
  }

  /** The item whose `pk` is written as this; authentik lets other entries refer to it by that text. */
  byWrittenPk(id: string): Item | undefined {
    return this.byPk.get(id.toLowerCase());
  }

  private kindOf(entry: Entry, file: Blueprint): KindFacts | undefined {
    const given = this.header(entry, file, entry.model);
    if (given === undefined) return undefined;
    const name = untraced(given);
    const found = typeof name === 'string' ? kindNamed(name) : undefined;
    if (!found) {
      this.report(entry, 'wrong-type', 'the tag in `model` must give text', entry.model);
      return undefined;
    }
    if (!('facts' in found)) {
      // A value from a variable or file is not repeated.
      const hidden = given instanceof Traced;
      const message = hidden ? 'the tag in `model` does not give a kind' : found.message;
      this.report(entry, found.code, message, entry.model, hidden ? undefined : found.help);
      return undefined;
    }
    const report = (code: DiagnosticCode, message: string, node: Node, help?: string): void =>
      this.report(entry, code, message, node, help);
    checkIdentifiers(found.facts, entry.identifiers, report);
    checkAttributes(found.facts, entry.attributes, report);
    return found.facts;
  }

  private stateOf(entry: Entry, file: Blueprint, node: Node): State | undefined {
    const given = this.header(entry, file, node);
    const state = given === undefined ? undefined : untraced(given);
    if (states.includes(state as State)) return state as State;
    if (state !== undefined) {
      this.report(entry, 'unknown-state', `the tag must give one of ${states.join(', ')}`, node);
    }
    return undefined;
  }

  private report(entry: Entry, code: DiagnosticCode, message: string, node: Node, help?: string): void {
    this.diagnostics.push(diagnose(code, message, placeOfNode(node, entry.source), { help }));
  }
}
