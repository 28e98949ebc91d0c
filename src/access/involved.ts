/** The objects that a flow's outcome rests on, so that a change of one can be named as the cause of another outcome. */
import type { Ref } from '../model/model.js';
import type { Access } from './access.js';
import { brandOf } from './brands.js';
import { brandKind, flowKind, redirectStageKind } from './kinds.js';
import { refOf, refsOf, text } from './world.js';

/** The flow, its bindings and stages, what guards them, the groups and policies in those, and flows it redirects to. */
export function involvedIn(access: Access, flow: Ref, found = new Set<Ref>()): Set<Ref> {
  if (found.has(flow)) return found;
  found.add(flow);
  guards(access, flow, found);
  for (const { ref, stage } of access.stages(flow)) {
    found.add(ref);
    found.add(stage);
    guards(access, ref, found);
    const attributes = access.world.attributes(stage) ?? {};
    for (const field of ['password_stage', 'captcha_stage', 'connector', 'create_users_group']) {
      const part = refOf(attributes[field]);
      if (part) found.add(part);
    }
    for (const one of refsOf(attributes.configuration_stages)) found.add(one);
    const target = stage.kind === redirectStageKind ? refOf(attributes.target_flow) : undefined;
    if (target) involvedIn(access, target, found);
  }
  return found;
}

/** What a host's way in rests on; for a fallback all flows that it could have been, and what guards them. */
export function involvedAt(access: Access, host: string, flows: readonly Ref[], fallback: boolean): Set<Ref> {
  const found = new Set<Ref>();
  const brand = brandOf(access, host);
  if (brand) found.add(brand);
  for (const flow of flows) involvedIn(access, flow, found);
  if (!fallback) return found;
  for (const one of access.world.all(brandKind)) found.add(one);
  for (const flow of access.world.all(flowKind)) {
    if (text(access.world.attributes(flow)?.designation) !== 'authentication') continue;
    found.add(flow);
    guards(access, flow, found);
  }
  return found;
}

/** The policy bindings of an object, those that are switched off too, and what they bind. */
export function guards(access: Access, target: Ref, found: Set<Ref>): void {
  for (const binding of access.bindings(target)) {
    found.add(binding);
    const { policy, group, user } = access.world.attributes(binding) ?? {};
    for (const one of [policy, group, user]) {
      const ref = refOf(one);
      if (ref) found.add(ref);
    }
  }
}
