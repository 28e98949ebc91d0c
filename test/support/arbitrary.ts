/** Random blueprints that are valid: users, groups, roles, flows with stages and guards, referring to each other. */
import fc from 'fast-check';

/** An entry as plain data; a value of the form `{ $keyOf: id }` becomes the tag. */
export interface PlainEntry {
  readonly model: string;
  readonly id?: string;
  readonly identifiers: Record<string, unknown>;
  /** The identifiers it had before a rename. */
  readonly was?: Record<string, unknown>;
  readonly attrs?: Record<string, unknown>;
  /** Attributes without which the object cannot be made. */
  readonly required?: readonly string[];
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

/** The names that blueprints give. */
export interface Names {
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly users: readonly string[];
  readonly flows: readonly string[];
  readonly stages: readonly string[];
  readonly policies: readonly string[];
  readonly applications: readonly string[];
  readonly brands: readonly string[];
}

const allNames: fc.Arbitrary<Names> = fc.record({
  roles: names('role', 2),
  groups: names('group', 4),
  users: names('user', 5),
  flows: names('flow', 2),
  stages: names('stage', 3),
  policies: names('policy', 2),
  applications: names('application', 2),
  brands: names('brand', 2),
});

/** Entries that are valid together. */
export const entries: fc.Arbitrary<PlainEntry[]> = allNames.chain(entriesOver);

/** Some of the names, in their order. */
function someOf(all: Names): fc.Arbitrary<Names> {
  return fc.record(
    Object.fromEntries(Object.entries(all).map(([key, list]) => [key, fc.subarray([...list])])) as Record<
      keyof Names,
      fc.Arbitrary<string[]>
    >,
  );
}

/**
 * Two sets of entries over the same names: in the second some are gone, some are new, and the rest say other things
 * or, edited from the first, less.
 */
export const twoSets: fc.Arbitrary<{
  readonly names: Names;
  readonly first: PlainEntry[];
  readonly second: PlainEntry[];
}> = allNames.chain((all) =>
  someOf(all)
    .chain(entriesOver)
    .chain((first) =>
      fc.record({
        names: fc.constant(all),
        first: fc.constant(first),
        second: fc.oneof(someOf(all).chain(entriesOver), lessOf(first)),
      }),
    ),
);

/** The same entries with attributes, elements of lists and keys of maps left out, and some of them altogether. */
function lessOf(first: readonly PlainEntry[]): fc.Arbitrary<PlainEntry[]> {
  const kept = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 });
  return fc
    .tuple(kept, fc.array(fc.boolean(), { minLength: first.length, maxLength: first.length }))
    .map(([dice, stays]) => {
      let at = 0;
      const isKept = (): boolean => dice[at++ % dice.length]! > 2;
      const less = (value: unknown): unknown => {
        if (Array.isArray(value)) return value.filter(isKept);
        if (typeof value !== 'object' || value === null || '$keyOf' in value) return value;
        return Object.fromEntries(
          Object.entries(value)
            .filter(isKept)
            .map(([key, inner]) => [key, less(inner)]),
        );
      };
      const left = first.filter((_, index) => stays[index]);
      const ids = new Set(left.map((one) => one.id));
      const known = (value: unknown): boolean =>
        typeof value !== 'object' || value === null || !('$keyOf' in value) || ids.has(String(value.$keyOf));
      return left
        .filter(({ identifiers }) => Object.values(identifiers).every(known))
        .map((entry) => {
          const { required = [] } = entry;
          const attrs = Object.entries(entry.attrs ?? {})
            .filter(([name, value]) => known(value) && (required.includes(name) || isKept()))
            .map(([name, value]) => {
              const smaller = required.includes(name) ? value : less(value);
              return [name, Array.isArray(smaller) ? smaller.filter(known) : smaller] as const;
            });
          return { ...entry, attrs: Object.fromEntries(attrs) };
        });
    });
}

/** Entries over names; each group's parents come before it, so that they never form a cycle. */
function entriesOver(all: Names): fc.Arbitrary<PlainEntry[]> {
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
          required: ['name'],
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
        (attrs): PlainEntry => ({
          model: 'authentik_flows.flow',
          id: slug,
          identifiers: { slug },
          attrs,
          required: ['name', 'title', 'designation'],
        }),
      ),
  );
  const stages = all.stages.map((name) =>
    fc.record({ session_duration: optional(fc.constant('hours=1')) }).map(
      (attrs): PlainEntry => ({
        model: isDeny(name)
          ? 'authentik_stages_deny.denystage'
          : 'authentik_stages_user_login.userloginstage',
        id: name,
        identifiers: { name },
        attrs: isDeny(name) ? {} : without(attrs),
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
        required: ['expression'],
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
  const applications = all.applications.map((slug) =>
    fc
      .record({
        name: text,
        group: optional(text),
        meta_description: optional(text),
        open_in_new_tab: optional(fc.boolean()),
        policy_engine_mode: optional(fc.constantFrom('any', 'all')),
      })
      .map(
        (attrs): PlainEntry => ({
          model: 'authentik_core.application',
          id: slug,
          identifiers: { slug },
          attrs: without(attrs),
          required: ['name'],
        }),
      ),
  );
  const access = all.applications.flatMap((application) =>
    all.groups.map((group, at) =>
      fc
        .record({ bound: fc.boolean(), negate: optional(fc.boolean()) })
        .map(({ bound, negate }): PlainEntry[] =>
          bound
            ? [
                {
                  model: 'authentik_policies.policybinding',
                  identifiers: { target: keyOf(application), group: keyOf(group), order: at },
                  attrs: without({ negate }),
                },
              ]
            : [],
        ),
    ),
  );
  const brands = all.brands.map((domain, at) =>
    fc
      .record({
        // At most one brand may be the default.
        default: optional(at === 0 ? fc.boolean() : fc.constant(false)),
        branding_title: optional(text),
        attributes: optional(attributes),
        flow_authentication: optional(fc.constantFrom(null, ...all.flows.map(keyOf))),
      })
      .map(
        (attrs): PlainEntry => ({
          model: 'authentik_brands.brand',
          id: domain,
          identifiers: { domain },
          attrs: without(attrs),
        }),
      ),
  );
  const settings = optional(
    fc.record({
      impersonation: optional(fc.boolean()),
      event_retention: optional(fc.constantFrom('days=30', 'days=365')),
      footer_links: optional(fc.constantFrom([], [{ name: 'Help', href: 'https://example.org/' }])),
    }),
  ).map((attrs): PlainEntry[] =>
    attrs ? [{ model: 'asbuilt.settings', identifiers: {}, attrs: without(attrs) }] : [],
  );
  return fc
    .tuple(
      fc.tuple(...roles, ...groups, ...users, ...flows, ...stages, ...policies, ...applications, ...brands),
      fc.tuple(settings, ...bindings, ...guards, ...access),
    )
    .map(([single, several]) => [...single, ...several.flat()]);
}

/** What kind of stage a name is for, whatever blueprint it stands in. */
function isDeny(name: string): boolean {
  return name.charCodeAt(name.length - 1) % 2 === 1;
}

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
  return `version: 1\nentries:\n${list.map(({ required: _, ...one }) => `- ${value(one)}\n`).join('')}${list.length === 0 ? '  []\n' : ''}`;
}
