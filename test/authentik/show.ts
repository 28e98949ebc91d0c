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
  readonly when: 'create' | 'update' | 'show';
  /** What the body gave: the answer sees these parts as their base class still. */
  readonly given: JsonObject;
  /** Seen through its family: a stage rather than a dummy stage. */
  readonly asBase: boolean;
  /** An object that was asked for, not a part of one. */
  readonly top: boolean;
}

/** Parts whose class the answer to a write does not know yet, if the write named them. */
const baseOnWrite = new Set(['stage_obj', 'connector_obj', 'service_connection_obj']);
/** Parts that are always seen through their base class. */
const alwaysBase = new Set([
  'authentik_core.application.backchannel_providers_obj',
  'authentik_outposts.outpost.providers_obj',
]);

export function showRow(
  context: Context,
  row: Row,
  when: View['when'] = 'show',
  given: JsonObject = {},
): JsonObject {
  return showAll({ context, when, given, asBase: false, top: true }, row, row.kind.shown);
}

/** A row in the shape of another component: a part of a bigger object, or a member of a list of a whole family. */
export function showAs(view: View, row: Row, component: string, asBase = false): JsonObject {
  return showAll({ ...view, asBase, top: false }, row, properties(component));
}

function showAll(view: View, row: Row, shape: ReadonlyMap<string, Property>): JsonObject {
  const result: JsonObject = {};
  for (const [name, property] of shape) {
    if (!hasAttribute(view.context.state.version, row.kind.kind, name)) continue;
    const value = propertyOf(view, row, name, property);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function propertyOf(view: View, row: Row, name: string, property: Property): Json | undefined {
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

/** Whether a part was named by the write that is answered, so that its class has not been looked up yet. */
function isFresh({ when, given }: View, name: string, attribute: string): boolean {
  return when !== 'show' && baseOnWrite.has(name) && given[attribute] !== undefined;
}

/** `stage_obj` is the object that `stage` refers to. */
function partOf(view: View, row: Row, name: string, property: Property): Json {
  const attribute = row.kind.attributes.get(name.slice(0, -'_obj'.length));
  const component = property.items?.component ?? property.component;
  if (!attribute?.reference || component === undefined) return property.type === 'array' ? [] : null;
  const { to } = attribute.reference;
  const asBase = alwaysBase.has(`${row.kind.kind}.${name}`) || isFresh(view, name, attribute.name);
  const show = (id: Json): Json => {
    const target = findRow(view.context.state, to, id);
    return target ? showAs(view, target, component, asBase) : null;
  };
  const value = row.values[attribute.name] ?? null;
  if (Array.isArray(value)) return value.map(show);
  return value === null ? null : show(value);
}
