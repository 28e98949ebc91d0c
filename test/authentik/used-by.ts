/** What refers to an object, as `used_by` tells: the first thing to look at before a delete. */
import type { Context } from './answers.js';
import type { Json } from './json.js';
import { verboseName } from './names.js';
import { isAllowedOn, permissionFor } from './permissions.js';
import { findRow, type Row, referrersOf } from './state.js';

/** The referring objects that the caller may see, each with what a delete does to it. */
export function usedBy({ state, user }: Context, row: Row): Json[] {
  const kept = referrersOf(state, row).filter((one) =>
    isAllowedOn(state, user, permissionFor(one.row.kind, 'view'), one.row),
  );
  return kept.map(({ row: holder, many, onDelete }) => ({
    app: holder.kind.app,
    model_name: holder.kind.model,
    pk: String(holder.id),
    name: describe(holder),
    action: many ? 'cascade_many' : onDelete === 'cascade' ? 'cascade' : 'set_null',
  }));

  /** An object in the words of its class. */
  function describe({ kind, values }: Row): string {
    if (kind.kind === 'authentik_core.user') return String(values.username);
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
