/** Warns about applications that nobody can use, or that everyone can for lack of a binding. */
import { append } from '../model/append.js';
import { applicationKind, policyBindingKind, settingsKind, userKind } from '../model/kind-names.js';
import { accessLabel } from '../model/labels.js';
import { isMap, Ref } from '../model/model.js';
import { type Findings, listed, type Subject } from './findings.js';
import type { SemanticModel } from './model.js';

/** The label by which an application says that it is open on purpose. */

/** The setting that lets everyone use an application without bindings. */
const openByDefault = 'core_default_app_access';

/** Checks who may use each application. */
export function checkApplications({ model, add, isNew }: Findings): void {
  const applications = model.all(applicationKind);
  if (applications.length === 0 || !model.knows(policyBindingKind)) return;
  const bindings = new Map<Ref, Ref[]>();
  for (const binding of model.all(policyBindingKind)) {
    const target = model.attributes(binding)?.target;
    if (target instanceof Ref && target.kind === applicationKind) append(bindings, target, binding);
  }
  const closed = closesUnbound(model);
  const open: Ref[] = [];
  for (const application of applications) {
    if (!model.whole(application)) continue;
    const all = bindings.get(application) ?? [];
    const counting = all.filter((one) => model.attributes(one)?.enabled !== false);
    const subjects: Subject[] = [[application], ...all.map((one): Subject => [one, 'enabled'])];
    if (counting.length > 0) checkBindings(model, add, application, counting);
    else if (closed) {
      add(
        'application-closed',
        `nobody can use ${application.address}: it has no active binding, and the settings close such applications (flags.${openByDefault})`,
        subjects,
        { help: `Bind a group, a user or a policy to ${application.address}.` },
      );
    } else if (model.label(application, accessLabel) !== 'everyone') {
      if (!model.fromBlueprints && all.length === 0) {
        if (isNew('application-open', application)) open.push(application);
        continue;
      }
      const why =
        all.length > 0
          ? `${listed(all)} ${all.length > 1 ? 'are' : 'is'} disabled and ${all.length > 1 ? 'do' : 'does'} not count`
          : 'it has no bindings';
      add('application-open', `everyone can use ${application.address}: ${why}`, subjects, {
        help: openHelp(application.address),
      });
    }
  }
  if (open.length === 0) return;
  const names = listed(open);
  add(
    'application-open',
    `everyone can use ${names}: ${open.length > 1 ? 'they have no bindings' : 'it has no bindings'}`,
    [[open[0]!]],
    { help: openHelp(names) },
  );
}

function openHelp(names: string): string {
  return `Bind a group, a user or a policy to ${names}; if everyone should use it, label the entry \`${accessLabel}: everyone\`.`;
}

function closesUnbound(model: SemanticModel): boolean {
  return model.all(settingsKind).some((settings) => {
    const flags = model.attributes(settings)?.flags;
    return isMap(flags) && (flags as Record<string, unknown>)[openByDefault] === false;
  });
}

/** Bindings that let nobody through: alone in mode `any`, or any one of them in mode `all`. */
function checkBindings(
  model: SemanticModel,
  add: Findings['add'],
  application: Ref,
  bindings: readonly Ref[],
): void {
  const say = (why: string, binding: Ref, field: string, help: string): void =>
    add(
      'application-closed',
      `nobody can use ${application.address}: ${why}`,
      [
        [binding, field],
        ...bindings.map((one): Subject => [one, field]),
        [application, 'policy_engine_mode'],
      ],
      { help },
    );
  const refusals = bindings.flatMap((binding) => {
    const why = refusal(model, binding);
    return why ? [{ binding, why }] : [];
  });
  const all = model.attributes(application)?.policy_engine_mode === 'all';
  if (refusals.length > 0 && (all || refusals.length === bindings.length)) {
    const { binding, why } = refusals[0]!;
    say(
      why,
      binding,
      'enabled',
      `Bind someone else to ${application.address}, or remove ${binding.address}.`,
    );
    return;
  }
  if (!all) return;
  const users = bindings.flatMap((binding) => {
    const { user, negate } = model.attributes(binding) ?? {};
    return user instanceof Ref && negate !== true ? [{ binding, user }] : [];
  });
  const first = users[0];
  const other = users.find(({ user }) => user !== first?.user);
  if (!first || !other) return;
  say(
    `nobody is both ${first.user.address} and ${other.user.address}, and its policy_engine_mode is all`,
    other.binding,
    'user',
    `Write \`policy_engine_mode: any\` for ${application.address}.`,
  );
}

/** Why a binding certainly lets nobody through. */
function refusal(model: SemanticModel, binding: Ref): string | undefined {
  const { user, policy, negate } = model.attributes(binding) ?? {};
  if (user instanceof Ref && negate === false && user.kind === userKind) {
    return model.attribute(user, 'is_active') === false ? `${user.address} is deactivated` : undefined;
  }
  if (!(policy instanceof Ref)) return undefined;
  const says = constantOf(model, policy);
  if (says === undefined || says !== (negate === true)) return undefined;
  return `${policy.address} ${negate === true ? 'always passes and is negated' : 'never passes'}`;
}

/** The result of a policy that does not depend on anything. */
function constantOf(model: SemanticModel, policy: Ref): boolean | undefined {
  const { expression, result } = model.attributes(policy) ?? {};
  if (policy.kind === 'authentik_policies_dummy.dummypolicy' && typeof result === 'boolean') return result;
  const said =
    typeof expression === 'string' ? /^\s*return\s+(True|False)\s*$/.exec(expression)?.[1] : undefined;
  return said === undefined ? undefined : said === 'True';
}
