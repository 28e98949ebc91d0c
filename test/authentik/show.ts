/** Turns a row into the JSON that authentik answers with: the component's properties, one by one, from what is kept, worked out or referred to. */
import type { Context } from './answers.js';
import { computed } from './computed.js';
import type { Json, JsonObject } from './json.js';
import { familyNames, formName, verboseName, verboseNamePlural } from './names.js';
import { type Property, properties } from './openapi.js';
import { hasAttribute } from './releases.js';
import { findRow, type Row } from './state.js';

/** How an object is looked at. */
export interface View {
  readonly context: Context;
  /** The answer to a create still sees some parts as their base class. */
  readonly when: 'create' | 'update' | 'show';
  /** Seen through its family: a stage rather than a dummy stage. */
  readonly asBase: boolean;
  /** An object that was asked for, not a part of one. */
  readonly top: boolean;
}

/** Parts whose class the answer to a create does not know yet. */
const baseOnCreate = new Set(['stage_obj', 'policy_obj', 'connector_obj']);
/** Parts that are always seen through their base class. */
const alwaysBase = new Set([
  'authentik_core.application.backchannel_providers_obj',
  'authentik_outposts.outpost.providers_obj',
  'authentik_outposts.outpost.service_connection_obj',
]);

export function showRow(context: Context, row: Row, when: View['when'] = 'show'): JsonObject {
  return showAll({ context, when, asBase: false, top: true }, row, row.kind.shown);
}

/** A row in the shape of another component: a part of a bigger object, or a member of a list of a whole family. */
export function showAs(view: View, row: Row, component: string, asBase = false): JsonObject {
  return showAll({ ...view, asBase, top: false }, row, properties(component));
}

function showAll(view: View, row: Row, shape: ReadonlyMap<string, Property>): JsonObject {
  const result: JsonObject = {};
  for (const [name, property] of shape) {
    if (!hasAttribute(view.context.state.version, row.kind.kind, name)) continue;
    const value = valueOf(view, row, name, property);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function valueOf(view: View, row: Row, name: string, property: Property): Json | undefined {
  const { kind, values } = row;
  if (name === 'pk' || name === kind.shownIdName || name === kind.idName) return row.id;
  const work = computed[`${kind.kind}.${name}`] ?? computed[name];
  if (work) return work(view, row, property);
  if (name === 'component') return view.asBase ? '' : formName(kind);
  if (name === 'meta_model_name') return view.asBase ? (baseOf(row)?.model ?? kind.kind) : kind.kind;
  if (name === 'verbose_name') return view.asBase ? baseName(row) : verboseName(kind);
  if (name === 'verbose_name_plural') return view.asBase ? `${baseName(row)}s` : verboseNamePlural(kind);
  const kept = values[name];
  if (kept !== undefined) return kept;
  if (name.endsWith('_obj')) return partOf(view, row, name, property);
  if (property.type === 'array') return [];
  if (property.type === 'object' && property.component === undefined) return {};
  return property.nullable ? null : property.type === 'string' ? '' : null;
}

function baseOf(row: Row): { family: string; model?: string } | undefined {
  return row.kind.families.find(({ model }) => model !== undefined);
}

function baseName(row: Row): string {
  const base = baseOf(row);
  return base ? (familyNames[base.family] ?? base.family) : verboseName(row.kind);
}

/** `stage_obj` is the object that `stage` refers to. */
function partOf(view: View, row: Row, name: string, property: Property): Json {
  const attribute = row.kind.attributes.get(name.slice(0, -'_obj'.length));
  const component = property.items?.component ?? property.component;
  if (!attribute?.reference || component === undefined) return null;
  const { to } = attribute.reference;
  const asBase =
    alwaysBase.has(`${row.kind.kind}.${name}`) || (view.when === 'create' && baseOnCreate.has(name));
  const show = (id: Json): Json => {
    const target = findRow(view.context.state, to, id);
    return target ? showAs(view, target, component, asBase) : null;
  };
  const value = row.values[attribute.name] ?? null;
  if (Array.isArray(value)) return value.map(show);
  return value === null ? null : show(value);
}
