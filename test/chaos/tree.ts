/** What the blueprints of the chaos say, as plain data; the text of a file and what the directory must hold out. */

export type Attributes = Readonly<Record<string, string | number>>;

export interface UserEntry {
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly attributes: Attributes;
  /** Written only where true. */
  readonly isActive?: boolean;
  /** The password comes from a variable. */
  readonly password?: boolean;
  /** The attribute `note` comes from a file. */
  readonly note?: boolean;
}

export interface GroupEntry {
  readonly attributes: Attributes;
  readonly isSuperuser?: boolean;
}

export interface BlueprintFile {
  /** The compact form, or the list of entries that authentik reads. */
  readonly form: 'sections' | 'entries';
  readonly groups: Map<string, GroupEntry>;
  readonly users: Map<string, UserEntry>;
}

/** Blueprint files by their path below the folder. */
export type Tree = Map<string, BlueprintFile>;

/** Where the secrets come from. */
export const passwordVariable = 'CHAOS_PASSWORD';
export const noteFile = 'secrets/note.txt';

const json = (value: unknown): string => JSON.stringify(value);

/** The text of a file: an entry a line, so that a cut inside of one is never valid. */
export function textOf(file: BlueprintFile): string {
  return file.form === 'sections' ? sections(file) : entries(file);
}

function sections({ groups, users }: BlueprintFile): string {
  const lines = ['version: 1'];
  if (groups.size > 0) lines.push('groups:');
  for (const [name, entry] of groups) lines.push(`  ${name}: {${groupFields(entry).join(', ')}}`);
  if (users.size > 0) lines.push('users:');
  for (const [name, entry] of users) {
    lines.push(`  ${name}: {${[...userFields(entry), `groups: ${json(entry.groups)}`].join(', ')}}`);
  }
  if (groups.size + users.size === 0) lines.push('entries: []');
  return `${lines.join('\n')}\n`;
}

function entries({ groups, users }: BlueprintFile): string {
  const lines = ['version: 1', groups.size + users.size === 0 ? 'entries: []' : 'entries:'];
  for (const [name, entry] of groups) {
    const fields = groupFields(entry).join(', ');
    lines.push(`  - {model: authentik_core.group, identifiers: {name: ${name}}, attrs: {${fields}}}`);
  }
  for (const [name, entry] of users) {
    const found = entry.groups.map((group) => `!Find [authentik_core.group, [name, ${group}]]`);
    const fields = [...userFields(entry), `groups: [${found.join(', ')}]`].join(', ');
    lines.push(`  - {model: authentik_core.user, identifiers: {username: ${name}}, attrs: {${fields}}}`);
  }
  return `${lines.join('\n')}\n`;
}

function groupFields({ attributes, isSuperuser }: GroupEntry): string[] {
  return [`attributes: ${json(attributes)}`, ...(isSuperuser ? ['is_superuser: true'] : [])];
}

function userFields({ name, email, attributes, isActive, password, note }: UserEntry): string[] {
  const pairs = Object.entries(attributes).map(([key, value]) => `${json(key)}: ${json(value)}`);
  if (note) pairs.push(`note: !File ${noteFile}`);
  return [
    `name: ${json(name)}`,
    `email: ${json(email)}`,
    `attributes: {${pairs.join(', ')}}`,
    ...(isActive ? ['is_active: true'] : []),
    ...(password ? [`password: !Env ${passwordVariable}`] : []),
  ];
}

/** All users and groups of a tree by name. */
export function mentioned(tree: Tree): {
  readonly users: Map<string, UserEntry>;
  readonly groups: Map<string, GroupEntry>;
} {
  const files = [...tree.values()];
  return {
    users: new Map(files.flatMap((file) => [...file.users])),
    groups: new Map(files.flatMap((file) => [...file.groups])),
  };
}

/** Names that are in the blueprints from the beginning to the end. */
export const steady = {
  users: ['root', ...Array.from({ length: 24 }, (_, at) => `steady-${at}`)],
  groups: ['admins', ...Array.from({ length: 10 }, (_, at) => `team-${at}`)],
} as const;

/** Files that hold what is steady; they may move, and come back when they vanish. */
export function isSteady(file: BlueprintFile): boolean {
  return (
    [...file.users.keys()].some((name) => isSteadyName(name)) ||
    [...file.groups.keys()].some((name) => isSteadyName(name))
  );
}

export function isSteadyName(name: string): boolean {
  return name === 'root' || name === 'admins' || name.startsWith('steady-') || name.startsWith('team-');
}

/** The tree that everything begins with. */
export function firstTree(): Tree {
  const tree: Tree = new Map();
  const user = (name: string, groups: string[], more: Partial<UserEntry> = {}): [string, UserEntry] => [
    name,
    { name: `The ${name}`, email: `${name}@example.org`, groups, attributes: { rank: 1 }, ...more },
  ];
  const [root, ...users] = steady.users;
  const [admins, ...teams] = steady.groups;
  tree.set('blueprints/base.yaml', {
    form: 'sections',
    groups: new Map([[admins!, { attributes: {}, isSuperuser: true }]]),
    users: new Map([user(root!, [admins!], { password: true, note: true, isActive: true })]),
  });
  tree.set('blueprints/teams.yaml', {
    form: 'sections',
    groups: new Map(teams.map((name) => [name, { attributes: { floor: 1 } }])),
    users: new Map(),
  });
  for (let part = 0; part < 4; part++) {
    const some = users.filter((_, at) => at % 4 === part);
    tree.set(`blueprints/staff-${part}.yaml`, {
      form: part % 2 === 0 ? 'sections' : 'entries',
      groups: new Map(),
      users: new Map(some.map((name, at) => user(name, [teams[(at + part) % teams.length]!]))),
    });
  }
  return tree;
}
