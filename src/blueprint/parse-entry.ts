/** Parses one entry: checks its keys, kind and permissions, and reports every problem. */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import { breaksEntry } from '../diagnostic/severities.js';
import type { KindFacts } from '../model/kinds.js';
import { child, type MapNode, type Node } from '../yaml/node.js';
import type { Entry, EntryPermission } from './blueprint.js';
import { checkAttributes, checkIdentifiers } from './check-names.js';
import { kindNamed } from './kind-name.js';
import type { Reader } from './sections-entry.js';

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
const noParts: Readonly<Record<string, undefined>> = Object.fromEntries(
  entryKeys.map((key) => [key, undefined]),
);
const permissionKeys = ['permission', 'user', 'role'];

/** What parsing an entry needs from the parser of the file. */
export interface EntryReader extends Reader {
  /** Reports unknown keys of a map, except those that are `free`. */
  unknownKeys(map: MapNode, known: string[], where: string, free?: (key: string) => boolean): void;
}

/** Reads one entry; undefined when it has an error, which was reported. */
export function entryOf(reader: EntryReader, node: Node): Entry | undefined {
  if (node.type !== 'map' || node.tag) {
    reader.report('wrong-type', 'an entry must be a map', node);
    return undefined;
  }
  const before = reader.diagnostics.length;
  const part = entryParts(reader, node);
  const { model } = part;
  const facts = modelOf(reader, model, node);
  const state = reader.state(part.state);
  const identifiers = reader.map(part.identifiers, 'identifiers');
  const attributes = reader.map(part.attrs, 'attrs');
  const absent = state === 'absent';
  if (facts) {
    const report = (code: DiagnosticCode, message: string, at: Node, help?: string): void =>
      reader.report(code, message, at, help);
    checkIdentifiers(facts, identifiers, report);
    // The attributes of an absent entry do not matter, and old files have outdated ones.
    if (!absent) checkAttributes(facts, attributes, report);
    // Identifiers that are not a map were reported.
    const unread = !identifiers && part.identifiers !== undefined;
    if (!facts.meta && !facts.singleton && !unread && !identifiers?.pairs.length) {
      reader.report(
        'no-identifiers',
        `the entry does not say which ${facts.name} it means`,
        identifiers ?? node,
      );
    }
  }
  const entry: Entry = {
    source: reader.source,
    node,
    // The model is only needed when the kind is not known yet.
    model: facts ? node : (model ?? node),
    facts,
    state: state ?? 'present',
    id: reader.id(part.id),
    identifiers,
    attributes,
    conditions: reader.list(part.conditions, 'conditions'),
    permissions: reader.permissions(part.permissions),
    was: reader.map(part.was, 'was'),
    labels: reader.labels(part.labels),
  };
  for (let at = before; at < reader.diagnostics.length; at++) {
    if (breaksEntry(reader.diagnostics[at]!)) return undefined;
  }
  return entry;
}

/** The values of an entry's keys. */
function entryParts(reader: EntryReader, node: MapNode): Readonly<Partial<Record<string, Node>>> {
  reader.unknownKeys(node, entryKeys, 'an entry');
  const parts: Record<string, Node | undefined> = { ...noParts };
  for (const { key, value } of node.pairs) {
    if (typeof key.value === 'string' && entryKeys.includes(key.value)) parts[key.value] = value;
  }
  return parts;
}

function modelOf(reader: EntryReader, node: Node | undefined, entry: MapNode): KindFacts | undefined {
  if (!node) {
    reader.report('missing-key', 'an entry needs a model', entry);
    return undefined;
  }
  if (node.tag) return undefined;
  if (node.type !== 'scalar' || typeof node.value !== 'string') {
    reader.report('wrong-type', 'model must be text such as authentik_core.user', node);
    return undefined;
  }
  const found = kindNamed(node.value);
  if ('facts' in found) return found.facts;
  reader.report(found.code, found.message, node, found.help);
  return undefined;
}

/** Reads the permissions on the object of an entry. */
export function permissionsOf(reader: EntryReader, node: Node): EntryPermission[] {
  const permissions: EntryPermission[] = [];
  for (const item of reader.list(node, 'permissions')) {
    const map = reader.map(item, 'a permission');
    if (!map) continue;
    reader.unknownKeys(map, permissionKeys, 'a permission');
    const permission = child(map, 'permission');
    const user = child(map, 'user');
    const role = child(map, 'role');
    if (!permission) reader.report('missing-key', 'a permission needs `permission: app_label.codename`', map);
    if (!user === !role) reader.report('constraint', 'a permission needs either a `user` or a `role`', map);
    if (
      permission &&
      !permission.tag &&
      (permission.type !== 'scalar' || typeof permission.value !== 'string')
    ) {
      reader.report('wrong-type', 'permission must be text', permission);
    }
    if (user && !user.tag && (user.type !== 'scalar' || typeof user.value !== 'number')) {
      reader.report('wrong-type', 'user must be a tag or the number of a user', user);
    }
    if (role && !role.tag && (role.type !== 'scalar' || typeof role.value !== 'string')) {
      reader.report('wrong-type', 'role must be a tag or the UUID of a role', role);
    }
    if (permission) permissions.push({ node: map, permission, user, role });
  }
  return permissions;
}
