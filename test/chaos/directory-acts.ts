/** Acts on the directory's file by SQL, as other people and programs do them: drift, strangers' objects, a busy database. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { isSteadyName, mentioned } from './tree.js';
import { canary, change, freshName, query, type Stranger, type World, withDatabase } from './world.js';

const userKind = 'authentik_core.user';
const groupKind = 'authentik_core.group';
/** Beyond every id that the program gives in a while. */
const firstStrangeId = 1_000_000;

/** Somebody of ours; never the only administrator. */
function someUser({ tree, random }: World): string {
  return random.pick([...mentioned(tree).users.keys()].filter((name) => name !== 'root'));
}

function someGroup({ tree, random }: World): string {
  return random.pick([...mentioned(tree).groups.keys()].filter((name) => name !== 'admins'));
}

/** Values of ours are changed, members are added, somebody is called otherwise. */
export function drift(world: World): void {
  const { random } = world;
  const user = someUser(world);
  const what = random.weighted({ name: 3, email: 3, attribute: 2, own: 1, group: 2, member: 2, called: 1 });
  if (what === 'name')
    change(world, 'UPDATE users SET name = ? WHERE username = ?', `Mallory ${random.between(1, 99)}`, user);
  else if (what === 'email')
    change(world, "UPDATE users SET email = 'm@example.org' WHERE username = ?", user);
  else if (what === 'attribute') driftAttribute(world, 'user', user);
  else if (what === 'own') {
    const key = `by_hand_${random.between(1, 5)}`;
    change(
      world,
      `UPDATE users SET attributes = json_set(attributes, '$.${key}', 'kept') WHERE username = ?`,
      user,
    );
    // Somebody who was called otherwise a moment ago is not found.
    const [found] = query(
      world,
      `SELECT json_extract(attributes, '$.${key}') FROM users WHERE username = ?`,
      user,
    );
    if (found?.[0] === 'kept') world.handmade.set(user, { ...world.handmade.get(user), [key]: 'kept' });
  } else if (what === 'group') driftAttribute(world, 'group', someGroup(world));
  else if (what === 'member')
    change(world, 'INSERT INTO memberships (username, group_name) VALUES (?, ?)', user, someGroup(world));
  else change(world, "UPDATE users SET username = username || '-renamed' WHERE username = ?", user);
}

/** An attribute that we applied gets another value. One that is in no blueprint would rightly stay. */
function driftAttribute(world: World, sort: 'user' | 'group', name: string): void {
  const [view, key, field] =
    sort === 'user' ? ['users', 'username', 'rank'] : (['groups', 'name', 'floor'] as const);
  const { users, groups } = mentioned(world.tree);
  const wanted = (sort === 'user' ? users : groups).get(name)!.attributes[field];
  const path = `$.${field}`;
  const [live] = query(
    world,
    `SELECT json_extract(attributes, '${path}') FROM ${view} WHERE ${key} = ?`,
    name,
  );
  if (wanted === undefined || live?.[0] !== wanted) return;
  change(
    world,
    `UPDATE ${view} SET attributes = json_set(attributes, '${path}', 666) WHERE ${key} = ?`,
    name,
  );
}

/** Objects of ours are deleted. */
export function deleteRows(world: World): void {
  const { random } = world;
  if (random.chance(0.6)) {
    const user = someUser(world);
    change(world, 'DELETE FROM users WHERE username = ?', user);
    if (query(world, 'SELECT 1 FROM users WHERE username = ?', user).length === 0)
      world.handmade.delete(user);
    return;
  }
  const group = someGroup(world);
  change(world, 'DELETE FROM groups WHERE name = ?', group);
  for (const edge of [...world.strangeMemberships])
    if (edge.endsWith(` ${group}`)) world.strangeMemberships.delete(edge);
}

/** A grant is taken away, or an account switched off, by hand: not given back unless people do. */
export function takeAway(world: World): void {
  const username = someUser(world);
  const entry = mentioned(world.tree).users.get(username)!;
  if (entry.groups.length === 0 || world.random.chance(0.5)) {
    change(world, 'UPDATE users SET is_active = 0 WHERE username = ?', username);
    world.taken.push({ username });
    return;
  }
  const group = world.random.pick(entry.groups);
  change(world, 'DELETE FROM memberships WHERE username = ? AND group_name = ?', username, group);
  world.taken.push({ username, group });
}

/** Gives back by hand what was taken by hand, where the blueprints still ask for it and the directory has a place for it. */
export function giveBack(world: World): void {
  const { users } = mentioned(world.tree);
  for (const { username, group } of world.taken) {
    const entry = users.get(username);
    if (!entry || (group !== undefined && !entry.groups.includes(group))) continue;
    const isBack =
      group === undefined
        ? query(world, 'SELECT 1 FROM users WHERE username = ? AND is_active', username)
        : query(world, 'SELECT 1 FROM memberships WHERE username = ? AND group_name = ?', username, group);
    if (isBack.length > 0) continue;
    if (group === undefined) change(world, 'UPDATE users SET is_active = 1 WHERE username = ?', username);
    else change(world, 'INSERT INTO memberships (username, group_name) VALUES (?, ?)', username, group);
  }
}

/** Somebody else adds an object of their own, changes one, or takes one away. */
export function strangers(world: World): void {
  const { random } = world;
  const all = [...world.strangers.values()];
  const what = all.length < 4 ? 'add' : random.weighted({ add: 3, change: 3, member: 3, remove: 1 });
  if (what === 'add') addStranger(world);
  else if (what === 'member') {
    const users = all.filter((one) => one.kind === userKind);
    if (users.length === 0) return;
    const clubs = all.filter((one) => one.kind === groupKind).map((one) => one.name);
    const teams = [...mentioned(world.tree).groups.keys()].filter(
      (name) => isSteadyName(name) && name !== 'admins',
    );
    const [user, group] = [random.pick(users).name, random.pick([...clubs, ...teams])];
    change(world, 'INSERT INTO memberships (username, group_name) VALUES (?, ?)', user, group);
    const found = query(
      world,
      'SELECT 1 FROM memberships WHERE username = ? AND group_name = ?',
      user,
      group,
    );
    // A team may be missing at this moment.
    if (found.length > 0) world.strangeMemberships.add(`${user} ${group}`);
  } else {
    const one = random.pick(all);
    if (what === 'remove') {
      change(world, 'DELETE FROM object WHERE kind = ? AND id = ?', one.kind, one.id);
      world.strangers.delete(one.id);
      for (const edge of [...world.strangeMemberships])
        if (edge.split(' ').includes(one.name)) world.strangeMemberships.delete(edge);
      return;
    }
    const attributes = attributesOf(world, one);
    change(world, 'UPDATE object SET attributes = ? WHERE kind = ? AND id = ?', attributes, one.kind, one.id);
    world.strangers.set(one.id, { ...one, attributes });
  }
}

function addStranger(world: World): void {
  const kind = world.random.chance(0.6) ? userKind : groupKind;
  const name = freshName(world, kind === userKind ? 'stranger' : 'club');
  const id = kind === userKind ? String(firstStrangeId + world.number) : randomUUID();
  const one = { kind, id, name } as const;
  const made: Stranger = { ...one, attributes: attributesOf(world, one) };
  change(world, 'INSERT INTO object (kind, id, attributes) VALUES (?, ?, ?)', kind, id, made.attributes);
  world.strangers.set(id, made);
}

function attributesOf({ random }: World, { kind, name }: Pick<Stranger, 'kind' | 'name'>): string {
  const attributes = { theirs: random.between(1, 999) };
  return JSON.stringify(
    kind === groupKind
      ? { name, attributes }
      : {
          username: name,
          name: `Somebody ${random.between(1, 99)}`,
          email: '',
          is_active: random.chance(0.5),
          attributes,
        },
  );
}

/** Another process writes for 300 ms and takes it back. */
export async function keepBusy(world: World): Promise<void> {
  const database = new Database(join(world.folder, '.asbuilt/directory.db'));
  try {
    database.exec('PRAGMA busy_timeout = 20000');
    database.exec('BEGIN IMMEDIATE');
    database.exec("UPDATE object SET attributes = json_set(attributes, '$.name', 'never seen')");
    await sleep(300);
    database.exec('ROLLBACK');
  } finally {
    database.close();
  }
}

/** What is kept for speed only goes away. */
export function deleteCache({ folder }: World): void {
  rmSync(join(folder, '.asbuilt/cache'), { recursive: true, force: true });
}

/** Does the file hold the secrets where they belong? Otherwise looking for them in logs would prove nothing. */
export function holdsNote(world: World): boolean {
  return withDatabase(world, (database) => {
    const found = database
      .prepare("SELECT json_extract(attributes, '$.note') FROM users WHERE username = 'root'")
      .raw()
      .get() as [string] | undefined;
    return found?.[0]?.startsWith(canary) === true;
  });
}
