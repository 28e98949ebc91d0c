/** Acts on files: edits, additions, removals, moves and breakage; the tree of the world tells what they mean. */
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BlueprintFile,
  isSteady,
  isSteadyName,
  noteFile,
  steady,
  textOf,
  type UserEntry,
} from './tree.js';
import { canary, count, excuse, freshName, inAWhile, put, remember, type World } from './world.js';

/** A gap in which a watch must not believe what it sees: it looks a second time after 200 ms. */
const shortestGap = 190;
/** A vanished file is believed to be gone after five seconds. */
const longestAbsence = 4_500;

/** Text that YAML, JSON and terminals find hard. */
const texts = [
  'Ada',
  'Zoë Ünal',
  '李 小龍',
  'a: b #c',
  '"quoted" \\ back',
  "it's",
  '{{ no }} !Tag',
  'yes',
  '010',
];

/** Writes what the tree says of a file, in one of the ways in which programs save. */
export async function save(world: World, path: string): Promise<void> {
  const { random } = world;
  const file = world.tree.get(path)!;
  const text = textOf(file);
  world.broken.delete(path);
  remember(world, file);
  const how = random.weighted({
    'saved beside and renamed': 5,
    'saved in place': 3,
    'saved in two halves': 2,
  });
  count(world, how);
  world.disturbances++;
  if (how === 'saved in place') put(world, path, text);
  else if (how === 'saved beside and renamed') {
    put(world, `${path}.new~`, text);
    renameSync(join(world.folder, `${path}.new~`), join(world.folder, path));
  } else {
    // At the end of a line what is there is valid, and says less.
    const middle = random.between(1, text.length - 1);
    const cut = random.chance(0.5) ? text.indexOf('\n', middle) + 1 : middle;
    const began = performance.now();
    put(world, path, text.slice(0, cut));
    await sleep(random.between(10, 150));
    put(world, path, text);
    if (performance.now() - began > shortestGap) excuse(world, file);
  }
  world.disturbances++;
}

function withUser(file: BlueprintFile, name: string, entry: UserEntry | undefined): BlueprintFile {
  const users = new Map(file.users);
  if (entry) users.set(name, entry);
  else users.delete(name);
  return { ...file, users };
}

function pickFile(
  world: World,
  wanted: (file: BlueprintFile) => boolean,
): [string, BlueprintFile] | undefined {
  const found = [...world.tree].filter(([, file]) => wanted(file));
  return found.length > 0 ? world.random.pick(found) : undefined;
}

/** The groups that a user of a file may name: those of its own file, which come and go with it, and the steady ones. */
function groupsFor(file: BlueprintFile): string[] {
  return [...new Set([...file.groups.keys(), ...steady.groups])].filter((name) => name !== 'admins');
}

export async function editUser(world: World): Promise<void> {
  const { random } = world;
  const [path, file] = pickFile(world, ({ users }) => users.size > 0)!;
  const [name, entry] = random.pick([...file.users]);
  const what = random.weighted({
    name: 3,
    email: 2,
    attribute: 3,
    less: 1,
    groups: name === 'root' ? 0 : 4,
    active: 1,
  });
  let next = entry;
  if (what === 'name') next = { ...entry, name: `${random.pick(texts)} ${random.between(1, 999)}` };
  else if (what === 'email') next = { ...entry, email: `${name}.${random.between(1, 999)}@example.org` };
  else if (what === 'attribute') {
    const value = random.chance(0.5) ? random.between(1, 999) : random.pick(texts);
    next = {
      ...entry,
      attributes: { ...entry.attributes, [random.pick(['rank', 'desk', 'a/b~c', 'ünit'])]: value },
    };
  } else if (what === 'less') next = { ...entry, attributes: {} };
  else if (what === 'active') next = { ...entry, isActive: entry.isActive ? undefined : true };
  else {
    const group = random.pick(groupsFor(file));
    const without = entry.groups.filter((one) => one !== group);
    next = { ...entry, groups: without.length < entry.groups.length ? without : [...entry.groups, group] };
  }
  world.tree.set(path, withUser(file, name, next));
  await save(world, path);
}

export async function editGroup(world: World): Promise<void> {
  const [path, file] = pickFile(world, ({ groups }) => groups.size > 0)!;
  const [name, entry] = world.random.pick([...file.groups]);
  const attributes = { ...entry.attributes, floor: world.random.between(1, 99) };
  world.tree.set(path, { ...file, groups: new Map(file.groups).set(name, { ...entry, attributes }) });
  await save(world, path);
}

function newUser(world: World, name: string, file: BlueprintFile): UserEntry {
  const { random } = world;
  const groups = [...new Set([random.pick(groupsFor(file)), random.pick(groupsFor(file))])];
  return { name: random.pick(texts), email: `${name}@example.org`, groups, attributes: { rank: 2 } };
}

export async function addEntry(world: World): Promise<void> {
  const { random } = world;
  const [path, file] = pickFile(world, ({ users }) => users.size < 40)!;
  const groups = new Map(file.groups);
  if (random.chance(0.3)) groups.set(freshName(world, 'group'), { attributes: {} });
  const now = { ...file, groups };
  // Somebody who was here before may come back.
  const left = [...world.everUsers].filter((one) => !isMentioned(world, one));
  const name = left.length > 0 && random.chance(0.3) ? random.pick(left) : freshName(world, 'user');
  world.tree.set(path, withUser(now, name, newUser(world, name, now)));
  await save(world, path);
}

function isMentioned({ tree }: World, username: string): boolean {
  return [...tree.values()].some(({ users }) => users.has(username));
}

export async function removeEntry(world: World): Promise<void> {
  const removable = (file: BlueprintFile): string[] =>
    [...file.users.keys(), ...file.groups.keys()].filter((name) => !isSteadyName(name));
  const picked = pickFile(
    world,
    (file) => removable(file).length > 0 && file.users.size + file.groups.size > 1,
  );
  if (!picked) return;
  const [path, file] = picked;
  const name = world.random.pick(removable(file));
  const groups = new Map(file.groups);
  const users = new Map(file.users);
  users.delete(name);
  if (groups.delete(name)) {
    for (const [one, entry] of users)
      users.set(one, { ...entry, groups: entry.groups.filter((group) => group !== name) });
  }
  world.tree.set(path, { ...file, groups, users });
  await save(world, path);
}

export async function addFile(world: World): Promise<void> {
  const { random } = world;
  if (world.tree.size > 14) return;
  const folder = random.pick(['blueprints', 'blueprints/more', 'blueprints/more/deep']);
  const path = `${folder}/${freshName(world, 'file')}.yaml`;
  const form = random.pick(['sections', 'entries'] as const);
  let file: BlueprintFile = {
    form,
    groups: new Map([[freshName(world, 'group'), { attributes: {} }]]),
    users: new Map(),
  };
  for (let more = random.between(1, 4); more > 0; more--) {
    const name = freshName(world, 'user');
    file = withUser(file, name, newUser(world, name, file));
  }
  world.tree.set(path, file);
  await save(world, path);
}

/** A file goes for good; one with steady entries comes back before anybody may believe it. */
export async function deleteFile(world: World): Promise<void> {
  const { random, folder } = world;
  const [path, file] = random.pick([...world.tree]);
  if (!isSteady(file)) {
    world.disturbances++;
    rmSync(join(folder, path));
    world.broken.delete(path);
    world.tree.delete(path);
    world.disturbances++;
    return;
  }
  // Twice gone between two readings would look like gone all the time.
  if (world.vanished.has(path)) return;
  world.vanished.add(path);
  world.disturbances++;
  const gone = performance.now();
  rmSync(join(folder, path));
  await sleep(random.between(50, 1_500));
  put(world, path, textOf(file));
  world.broken.delete(path);
  world.disturbances++;
  if (performance.now() - gone > longestAbsence) excuse(world, file);
}

export async function renameFile(world: World): Promise<void> {
  const { random, folder } = world;
  const [path, file] = random.pick([...world.tree]);
  if (isSteady(file) && world.vanished.has(path)) return;
  const to = `${random.pick(['blueprints', 'blueprints/more'])}/${freshName(world, 'moved')}.yaml`;
  if (world.broken.has(path)) await save(world, path);
  world.disturbances++;
  mkdirSync(dirname(join(folder, to)), { recursive: true });
  renameSync(join(folder, path), join(folder, to));
  world.tree.delete(path);
  world.tree.set(to, file);
  world.disturbances++;
}

/** Writes what no blueprint may be, and mends it a while later. */
export async function breakFile(world: World): Promise<void> {
  const { random } = world;
  const [path, file] = random.pick([...world.tree]);
  const text = textOf(file);
  const how = random.weighted({ syntax: 3, attribute: 3, reference: 3, half: 2, empty: 1, bytes: 1, cut: 1 });
  count(world, `broken: ${how}`);
  world.disturbances++;
  if (how === 'syntax') put(world, path, `${text}\n}: [unclosed\n`);
  else if (how === 'attribute') put(world, path, text.replaceAll(/\b(email|attributes): /g, 'nonsense: '));
  else if (how === 'reference') put(world, path, text.replace(/groups: \[/, 'groups: [no-such-group, '));
  else if (how === 'half') put(world, path, text.slice(0, text.lastIndexOf('{') + 3));
  else if (how === 'bytes') writeFileSync(join(world.folder, path), Buffer.from([0x61, 0xff, 0xfe, 0x0a]));
  else if (how === 'empty') put(world, path, '');
  // Valid, and says less: what it no longer says goes, and comes back.
  else if (!isSteady(file)) put(world, path, text.split('\n').slice(0, -2).join('\n').concat('\n'));
  world.broken.add(path);
  inAWhile(world, random.between(100, 3_000), async () => {
    if (world.tree.has(path) && world.broken.has(path)) await save(world, path);
  });
}

/** Saves all that is broken. */
export async function mendFiles(world: World): Promise<void> {
  for (const path of [...world.broken]) if (world.tree.has(path)) await save(world, path);
}

/** What `!File` reads is written anew, or only touched. */
export async function touchTarget(world: World): Promise<void> {
  const path = join(world.folder, noteFile);
  world.disturbances++;
  if (world.random.chance(0.3)) utimesSync(path, new Date(), new Date());
  else {
    world.note = `${canary}-note-${world.random.between(1, 1e9)}`;
    if (world.random.chance(0.5)) writeFileSync(path, world.note);
    else {
      writeFileSync(`${path}.new~`, world.note);
      renameSync(`${path}.new~`, path);
    }
  }
  world.disturbances++;
}
