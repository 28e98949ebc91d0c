/** A tree in, a blueprint out: checks the file's structure and reports every problem with its place. */
import { catalogue, type KindFacts } from '../catalogue.js';
import { type Diagnostic, type DiagnosticCode, diagnose, didYouMean } from '../diagnostic.js';
import type { Place, Source } from '../source.js';
import { type Blueprint, type Entry, type EntryPermission, type State, states } from './blueprint.js';
import { checkAttributes, checkIdentifiers } from './check.js';
import { child, type MapNode, type Node, type Tree } from './node.js';
import { sectionEntries, sectionKeys } from './sections.js';
import type { Reader } from './sections-entry.js';

const topKeys = ['version', 'metadata', 'context', 'entries', ...sectionKeys];
const entryKeys = [
  'model',
  'state',
  'id',
  'identifiers',
  'attrs',
  'conditions',
  'permissions',
  'was',
  'labels',
];
const permissionKeys = ['permission', 'user', 'role'];

/** Label that keeps a file from being applied with its folder. */
export const instantiateLabel = 'blueprints.goauthentik.io/instantiate';

/**
 * Reads a blueprint out of a tree. Undefined when the tree is none (`not-a-blueprint`: an error for a file that
 * was named, a note in a folder); entries with problems are left out, the problems are in `diagnostics`.
 */
export function parseBlueprint(tree: Tree, named: boolean, diagnostics: Diagnostic[]): Blueprint | undefined {
  const { source, root } = tree;
  const parser = new Parser(source, diagnostics);
  if (!root) {
    parser.report('empty-document', 'the file holds no blueprint', undefined);
    return undefined;
  }
  if (root.type === 'sequence' && root.items.length === 0 && !root.tag) {
    return { source, labels: {}, entries: [], empty: true };
  }
  if (
    root.type !== 'map' ||
    root.tag ||
    !root.pairs.some((pair) => topKeys.includes(String(pair.key.value)))
  ) {
    const message = 'this is no blueprint: none of its keys is there';
    const help = named ? 'Write `version: 1` and `entries:`, or leave the file out.' : undefined;
    const one = diagnose('not-a-blueprint', message, parser.place(root), { help });
    diagnostics.push(named ? { ...one, severity: 'error' } : one);
    return undefined;
  }
  return parser.blueprint(root);
}

class Parser implements Reader {
  private readonly ids = new Map<string, Node>();

  constructor(
    readonly source: Source,
    readonly diagnostics: Diagnostic[],
  ) {}

  place(node: Node | undefined): Place {
    return { source: this.source, offset: node?.start ?? 0, length: node ? lengthOf(node) : 0 };
  }

  report(
    code: DiagnosticCode,
    message: string,
    node: Node | undefined,
    help?: string,
    related?: { node: Node; message: string },
  ): void {
    const others = related && [{ place: this.place(related.node), message: related.message }];
    this.diagnostics.push(diagnose(code, message, this.place(node), { help, related: others }));
  }

  blueprint(root: MapNode): Blueprint {
    this.unknownKeys(root, topKeys, 'a blueprint', (key) => key.startsWith('x-'));
    const version = child(root, 'version');
    if (version) {
      if (version.type !== 'scalar' || version.tag || typeof version.value !== 'number') {
        this.report('wrong-type', 'version must be the number 1', version);
      } else if (version.value !== 1) {
        this.report('wrong-version', `there is no blueprint version ${version.text}`, version);
      }
    }
    const metadata = this.metadata(child(root, 'metadata'));
    const context = this.map(child(root, 'context'), 'context');
    const list = child(root, 'entries');
    const entries = [...this.entries(list), ...sectionEntries(this, root)];
    const empty = list?.type === 'sequence' && list.items.length === 0;
    return { source: this.source, ...metadata, context, entries, empty };
  }

  private metadata(node: Node | undefined): { name?: string; labels: Record<string, string> } {
    const map = this.map(node, 'metadata');
    if (!map) return { labels: {} };
    this.unknownKeys(map, ['name', 'labels'], 'metadata');
    const name = child(map, 'name');
    if (!name) this.report('missing-key', 'metadata needs a name', map);
    else if (name.type !== 'scalar' || name.tag || typeof name.value !== 'string') {
      this.report('wrong-type', 'metadata.name must be text', name);
    }
    const text = name?.type === 'scalar' && typeof name.value === 'string' ? name.value : undefined;
    return { name: text, labels: this.labels(child(map, 'labels')) };
  }

  labels(node: Node | undefined): Record<string, string> {
    const labels: Record<string, string> = {};
    for (const { key, value } of this.map(node, 'labels')?.pairs ?? []) {
      if (
        value.type !== 'scalar' ||
        value.tag ||
        typeof value.value !== 'string' ||
        typeof key.value !== 'string'
      ) {
        this.report('wrong-type', 'a label and its value must be text', value, 'Put the value in quotes.');
      } else labels[key.value] = value.value;
    }
    return labels;
  }

  private entries(node: Node | undefined): Entry[] {
    const entries: Entry[] = [];
    for (const list of this.entryLists(node)) {
      for (const item of list) {
        const entry = this.entry(item);
        if (entry) entries.push(entry);
      }
    }
    return entries;
  }

  private entryLists(node: Node | undefined): (readonly Node[])[] {
    if (!node) return [];
    if (node.tag) this.report('tag-not-allowed', 'no tag may stand for the entries', node);
    else if (node.type === 'sequence') return [node.items];
    else if (node.type === 'map') {
      return node.pairs.flatMap(({ value }) => {
        if (value.type === 'sequence' && !value.tag) return [value.items];
        this.report('wrong-type', 'a named part of the entries must be a list', value);
        return [];
      });
    } else this.report('wrong-type', 'entries must be a list, or a map of named lists', node);
    return [];
  }

  private entry(node: Node): Entry | undefined {
    if (node.type !== 'map' || node.tag) {
      this.report('wrong-type', 'an entry must be a map', node);
      return undefined;
    }
    const before = this.diagnostics.length;
    this.unknownKeys(node, entryKeys, 'an entry');
    const model = child(node, 'model');
    const facts = this.model(model, node);
    const state = this.state(child(node, 'state'));
    const identifiers = this.map(child(node, 'identifiers'), 'identifiers');
    const attributes = this.map(child(node, 'attrs'), 'attrs');
    const absent = state === 'absent';
    if (facts) {
      checkIdentifiers(facts, identifiers, (code, message, at, help) => this.report(code, message, at, help));
      // Attributes of an object that is to go mean nothing, and old files carry old ones.
      if (!absent) {
        checkAttributes(facts, attributes, (code, message, at, help) => this.report(code, message, at, help));
      }
      // What is written there and is no map was reported.
      const unread = !identifiers && child(node, 'identifiers') !== undefined;
      if (!facts.meta && !facts.singleton && !unread && !identifiers?.pairs.length) {
        this.report(
          'no-identifiers',
          `nothing tells which ${facts.name} this entry means`,
          identifiers ?? node,
        );
      }
    }
    const entry: Entry = {
      source: this.source,
      node,
      model: model ?? node,
      facts,
      state: state ?? 'present',
      id: this.id(child(node, 'id')),
      identifiers,
      attributes,
      conditions: this.list(child(node, 'conditions'), 'conditions'),
      permissions: this.permissions(child(node, 'permissions')),
      was: this.map(child(node, 'was'), 'was'),
      labels: this.labels(child(node, 'labels')),
    };
    const broken = this.diagnostics.slice(before).some((one) => one.severity === 'error');
    return broken ? undefined : entry;
  }

  private model(node: Node | undefined, entry: MapNode): KindFacts | undefined {
    if (!node) {
      this.report('missing-key', 'an entry needs a model', entry);
      return undefined;
    }
    if (node.tag) return undefined;
    if (node.type !== 'scalar' || typeof node.value !== 'string') {
      this.report('wrong-type', 'model must be text such as authentik_core.user', node);
      return undefined;
    }
    const found = kindNamed(node.value);
    if ('facts' in found) return found.facts;
    this.report(found.code, found.message, node, found.help);
    return undefined;
  }

  state(node: Node | undefined): State | Node | undefined {
    if (!node) return undefined;
    if (node.tag) return node;
    if (node.type === 'scalar' && states.includes(node.value as State)) return node.value as State;
    const text = node.type === 'scalar' ? node.text : '';
    this.report(
      'unknown-state',
      `the state must be one of ${states.join(', ')}`,
      node,
      didYouMean(text, states),
    );
    return undefined;
  }

  id(node: Node | undefined): string | undefined {
    if (!node || (node.type === 'scalar' && node.value === null && !node.tag)) return undefined;
    if (node.type !== 'scalar' || node.tag || typeof node.value !== 'string') {
      this.report('wrong-type', 'an id must be text', node, 'Put it in quotes.');
      return undefined;
    }
    const first = this.ids.get(node.value);
    if (first && node.value !== '') {
      const related = [{ place: this.place(first), message: 'first used here' }];
      const message = `the id \`${node.value}\` is used twice in this file`;
      this.diagnostics.push(diagnose('duplicate-id', message, this.place(node), { related }));
    }
    this.ids.set(node.value, node);
    return node.value === '' ? undefined : node.value;
  }

  permissions(node: Node | undefined): EntryPermission[] {
    const permissions: EntryPermission[] = [];
    for (const item of this.list(node, 'permissions')) {
      const map = this.map(item, 'a permission');
      if (!map) continue;
      this.unknownKeys(map, permissionKeys, 'a permission');
      const permission = child(map, 'permission');
      const user = child(map, 'user');
      const role = child(map, 'role');
      if (!permission) this.report('missing-key', 'a permission needs `permission: app_label.codename`', map);
      if (!user === !role)
        this.report('constraint', 'a permission is given to a user or to a role: write one', map);
      if (
        permission &&
        !permission.tag &&
        (permission.type !== 'scalar' || typeof permission.value !== 'string')
      ) {
        this.report('wrong-type', 'permission must be text', permission);
      }
      if (user && !user.tag && (user.type !== 'scalar' || typeof user.value !== 'number')) {
        this.report('wrong-type', 'user must be a tag or the number of a user', user);
      }
      if (role && !role.tag && (role.type !== 'scalar' || typeof role.value !== 'string')) {
        this.report('wrong-type', 'role must be a tag or the UUID of a role', role);
      }
      if (permission) permissions.push({ node: map, permission, user, role });
    }
    return permissions;
  }

  map(node: Node | undefined, name: string): MapNode | undefined {
    if (!node) return undefined;
    if (node.tag) this.report('tag-not-allowed', `no tag may stand for the whole of ${name}`, node);
    else if (node.type !== 'map' || node.set) this.report('wrong-type', `${name} must be a map`, node);
    else return node;
    return undefined;
  }

  list(node: Node | undefined, name: string): readonly Node[] {
    if (!node) return [];
    if (node.tag) this.report('tag-not-allowed', `no tag may stand for the whole of ${name}`, node);
    else if (node.type !== 'sequence') this.report('wrong-type', `${name} must be a list`, node);
    else return node.items;
    return [];
  }

  unknownKeys(map: MapNode, known: string[], where: string, free?: (key: string) => boolean): void {
    for (const { key } of map.pairs) {
      const text = typeof key.value === 'string' ? key.value : key.text;
      if (typeof key.value === 'string' && (known.includes(text) || free?.(text))) continue;
      const help = didYouMean(text, known) ?? `Known here: ${known.join(', ')}.`;
      this.report('unknown-key', `${where} has no key \`${text}\``, key, help);
    }
  }
}

/** How much of a node to underline: a scalar whole, a collection by its first character's line. */
function lengthOf(node: Node): number {
  return node.type === 'scalar' ? Math.max(1, node.end - node.start) : 1;
}

/** The kind that a model name stands for: the app label as written, the model in any case, as authentik takes it. */
export function kindNamed(
  name: string,
): { facts: KindFacts } | { code: DiagnosticCode; message: string; help?: string } {
  const { kinds, familyModels } = catalogue();
  const dot = name.indexOf('.');
  const full = dot === -1 ? name : name.slice(0, dot) + name.slice(dot).toLowerCase();
  const facts = kinds.get(full);
  if (facts) return { facts };
  const family = familyModels.get(full);
  if (family) {
    const members = catalogue().families.get(family) ?? [];
    const help = `Name one of its kinds, such as ${members[0]?.kind ?? ''}.`;
    return { code: 'kind-is-family', message: `\`${name}\` stands for every ${family}`, help };
  }
  const help = didYouMean(full, [...kinds.keys()]) ?? 'See `asbuilt explain kinds`.';
  return { code: 'unknown-kind', message: `there is no kind \`${name}\``, help };
}
