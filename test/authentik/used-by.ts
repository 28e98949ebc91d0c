/** What refers to an object, as `used_by` tells: the first thing to look at before a delete. */
import type { Context } from './answers.js';
import type { Json } from './json.js';
import { verboseName } from './names.js';
import { unseenUsers } from './oddities.js';
import { isAllowedOn, permissionFor } from './permissions.js';
import { findRow, isShadow, type Row, referrersOf, rowsOf } from './state.js';

/** The referring objects that the caller may see, each with what a delete does to it. */
export function usedBy({ state, user }: Context, row: Row): Json[] {
  const listed = [...row.kind.attributes.values()].filter(
    ({ many, name }) => many && !isShadow(row.kind, name),
  );
  const forward = listed.flatMap(({ name, reference }) =>
    ((row.values[name] ?? []) as Json[]).flatMap((id) => findRow(state, reference!.to, id) ?? []),
  );
  // Stages and policies are lists of a flow too, kept in the bindings.
  const bound = [
    ...partners('authentik_policies.policybinding', 'policy', 'policy'),
    ...partners('authentik_flows.flowstagebinding', 'stage', 'stage'),
  ];
  const kept = referrersOf(state, row).filter(
    (one) =>
      !unseenUsers.has(one.row.kind.kind) &&
      isAllowedOn(state, user, permissionFor(one.row.kind, 'view'), one.row),
  );
  const backward = kept.map(({ row: holder, many, onDelete }) => ({
    app: holder.kind.app,
    model_name: holder.kind.model,
    pk: String(holder.id),
    name: describe(holder),
    action: many ? 'cascade_many' : onDelete === 'cascade' ? 'cascade' : 'set_null',
  }));
  // A list of references shows from both ends; the far end through its base class.
  return [...backward, ...[...forward, ...bound].map(throughBase)];

  function partners(kind: string, attribute: string, to: string): Row[] {
    const bindings = rowsOf(state, kind).filter(({ values }) => values.target === row.id);
    return bindings.flatMap(({ values }) => findRow(state, to, values[attribute]) ?? []);
  }

  function throughBase(target: Row): Json {
    const base = target.kind.families.find(({ model }) => model !== undefined);
    const [app, model] = (base?.model ?? target.kind.kind).split('.') as [string, string];
    const words = { stage: 'Stage ', 'property-mapping': 'Property Mapping ' }[base?.family ?? ''];
    const isPlain = base?.family === 'policy';
    const name = words
      ? `${words}${target.values.name}`
      : isPlain
        ? String(target.values.name)
        : describe(target);
    return { app, model_name: model, pk: String(target.id), name, action: 'cascade_many' };
  }

  /** An object in the words of its class. */
  function describe({ kind, values }: Row): string {
    if (kind.kind === 'authentik_core.user') return String(values.username);
    if (kind.families.some(({ family }) => family === 'provider')) return String(values.name);
    if (kind.kind === 'authentik_stages_prompt.prompt') {
      return `Prompt field '${values.field_key}' type ${values.type}`;
    }
    if (kind.kind === 'authentik_flows.flowstagebinding') {
      return `Flow-stage binding #${values.order} to ${values.target}`;
    }
    if (kind.kind === 'authentik_policies.policybinding') {
      const target = findRow(state, 'policy-binding-target', values.target);
      const policy = findRow(state, 'policy', values.policy);
      const from = target ? describe(target) : '';
      return `Binding from ${from} #${values.order} to ${policy ? `Policy ${policy.values.name}` : ''}`;
    }
    if (kind.kind === 'authentik_flows.flow') return `Flow ${values.name} (${values.slug})`;
    return `${verboseName(kind)} ${values.name ?? values.slug ?? ''}`.trim();
  }
}
