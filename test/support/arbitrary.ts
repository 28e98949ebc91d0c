/** Random blueprints that are valid: users, groups, roles, flows with stages and guards, referring to each other. */
import fc from 'fast-check';

/** An entry as plain data; a value of the form `{ $keyOf: id }` becomes the tag. */
export interface PlainEntry {
  readonly model: string;
  readonly id?: string;
  readonly identifiers: Record<string, unknown>;
  readonly attrs?: Record<string, unknown>;
}

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,7}$/);
const text = fc.oneof(
  word,
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).map((one) => `t${one}`),
);
const json = fc.oneof(
  text,
  fc.integer({ min: -1000, max: 1000 }),
  fc.boolean(),
  fc.array(word, { maxLength: 3 }),
);
const attributes = fc.dictionary(word, fc.oneof(json, fc.dictionary(word, json, { maxKeys: 2 })), {
  maxKeys: 3,
});
const keyOf = (id: string): unknown => ({ $keyOf: id });
const optional = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined });
const names = (prefix: string, most: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(word, { maxLength: most }).map((list) => list.map((one) => `${prefix}-${one}`));

function without<T extends Record<string, unknown>>(entry: T): T {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as T;
}

/** Entries of one model; each group's parents come before it, so that they never go round in a circle. */
export const entries: fc.Arbitrary<PlainEntry[]> = fc
  .record({
    roles: names('role', 2),
    groups: names('group', 4),
    users: names('user', 5),
    flows: names('flow', 2),
    stages: names('stage', 3),
    policies: names('policy', 2),
  })
  .chain((all) => {
    const subset = (of: readonly string[]): fc.Arbitrary<unknown[]> =>
      fc.subarray([...of]).map((list) => list.map(keyOf));
    const roles = all.roles.map((name) =>
      fc
        .record({
          permissions: optional(fc.subarray(['authentik_core.view_user', 'authentik_core.view_group'])),
        })
        .map(
          (attrs): PlainEntry => ({
            model: 'authentik_rbac.role',
            id: name,
            identifiers: { name },
            attrs: without(attrs),
          }),
        ),
    );
    const groups = all.groups.map((name, at) =>
      fc
        .record({
          is_superuser: optional(fc.boolean()),
          attributes: optional(attributes),
          parents: optional(subset(all.groups.slice(0, at))),
          roles: optional(subset(all.roles)),
        })
        .map(
          (attrs): PlainEntry => ({
            model: 'authentik_core.group',
            id: name,
            identifiers: { name },
            attrs: without(attrs),
          }),
        ),
    );
    const users = all.users.map((username) =>
      fc
        .record({
          name: text,
          email: optional(word.map((one) => `${one}@example.org`)),
          is_active: optional(fc.boolean()),
          path: optional(fc.constantFrom('users', 'staff/remote')),
          attributes: optional(attributes),
          groups: optional(subset(all.groups)),
        })
        .map(
          (attrs): PlainEntry => ({
            model: 'authentik_core.user',
            id: username,
            identifiers: { username },
            attrs: without(attrs),
          }),
        ),
    );
    const flows = all.flows.map((slug) =>
      fc
        .record({
          name: text,
          title: text,
          designation: fc.constantFrom('authentication', 'enrollment', 'recovery'),
        })
        .map(
          (attrs): PlainEntry => ({ model: 'authentik_flows.flow', id: slug, identifiers: { slug }, attrs }),
        ),
    );
    const stages = all.stages.map((name, at) =>
      fc.record({ session_duration: optional(fc.constant('hours=1')) }).map(
        (attrs): PlainEntry => ({
          model: at % 2 ? 'authentik_stages_deny.denystage' : 'authentik_stages_user_login.userloginstage',
          id: name,
          identifiers: { name },
          attrs: at % 2 ? {} : without(attrs),
        }),
      ),
    );
    const policies = all.policies.map((name) =>
      text.map(
        (comment): PlainEntry => ({
          model: 'authentik_policies_expression.expressionpolicy',
          id: name,
          identifiers: { name },
          attrs: { expression: `# ${comment}\nreturn True` },
        }),
      ),
    );
    const bindings = all.flows.flatMap((flow) =>
      all.stages.map((stage, at) =>
        fc.boolean().map((bound): PlainEntry[] =>
          bound
            ? [
                {
                  model: 'authentik_flows.flowstagebinding',
                  id: `${flow}+${stage}`,
                  identifiers: { target: keyOf(flow), stage: keyOf(stage), order: at * 10 },
                },
              ]
            : [],
        ),
      ),
    );
    const guards = all.flows.flatMap((flow) =>
      all.policies.map((policy, at) =>
        fc.boolean().map((bound): PlainEntry[] =>
          bound
            ? [
                {
                  model: 'authentik_policies.policybinding',
                  identifiers: { target: keyOf(flow), policy: keyOf(policy), order: at },
                },
              ]
            : [],
        ),
      ),
    );
    return fc
      .tuple(
        fc.tuple(...roles, ...groups, ...users, ...flows, ...stages, ...policies),
        fc.tuple(...bindings, ...guards),
      )
      .map(([single, several]) => [...single, ...several.flat()]);
  });

/** A blueprint file of entries, as YAML (JSON but for the tags). */
export function fileOf(list: readonly PlainEntry[]): string {
  const value = (one: unknown): string => {
    if (Array.isArray(one)) return `[${one.map(value).join(', ')}]`;
    if (typeof one !== 'object' || one === null) return JSON.stringify(one);
    if ('$keyOf' in one) return `!KeyOf ${JSON.stringify(one.$keyOf)}`;
    return `{${Object.entries(one)
      .map(([key, inner]) => `${JSON.stringify(key)}: ${value(inner)}`)
      .join(', ')}}`;
  };
  return `version: 1\nentries:\n${list.map((one) => `- ${value(one)}\n`).join('')}${list.length === 0 ? '  []\n' : ''}`;
}
