/** A world at rest in, what is not as the blueprints and the strangers say out: by SQL, never by asking the program. */
import { mentioned, steady } from './tree.js';
import { canary, query, type World } from './world.js';

const groupKind = 'authentik_core.group';
const userKind = 'authentik_core.user';
/** The ledger keeps ids as JSON. */
const recordedId = "CAST(json_extract(l.id, '$') AS TEXT)";

/** Where the directory is not what the blueprints of the world say, in sentences. Empty: it is. */
export function differences(world: World): string[] {
  const found: string[] = [];
  const { users, groups } = mentioned(world.tree);
  const strangers = [...world.strangers.values()];
  const strange = new Set(strangers.map((one) => one.name));
  const live = new Map(
    query(world, 'SELECT username, name, email, is_active, attributes FROM users').map((row) => [
      row[0] as string,
      row,
    ]),
  );
  const members = new Map<string, Set<string>>();
  for (const [user, group] of query(world, 'SELECT username, group_name FROM memberships') as [
    string,
    string,
  ][])
    members.set(user, (members.get(user) ?? new Set()).add(group));

  for (const [username, entry] of users) {
    const row = live.get(username);
    if (!row) {
      found.push(`user ${username} is missing`);
      continue;
    }
    const attributes = {
      ...entry.attributes,
      ...(entry.note && { note: world.note }),
      ...world.handmade.get(username),
    };
    const wanted = [username, entry.name, entry.email, 1, sorted(attributes)];
    const is = [...row.slice(0, 4), sorted(JSON.parse(row[4] as string))];
    if (JSON.stringify(wanted) !== JSON.stringify(is))
      found.push(`user ${username} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
    const has = [...(members.get(username) ?? [])].sort().join();
    const wants = [...entry.groups].sort().join();
    if (has !== wants) found.push(`user ${username} is in ${has}, not in ${wants}`);
  }
  for (const [username, row] of live) {
    if (users.has(username) || strange.has(username)) continue;
    const was = username.replaceAll('-renamed', '');
    if (!world.everUsers.has(was)) found.push(`nobody wrote user ${username}`);
    else if (row[3] !== 0) found.push(`user ${username} is in no blueprint, and is active`);
  }

  const liveGroups = new Map(
    query(world, 'SELECT name, attributes, is_superuser FROM groups').map((row) => [row[0] as string, row]),
  );
  for (const [name, entry] of groups) {
    const row = liveGroups.get(name);
    if (!row) found.push(`group ${name} is missing`);
    else if (
      sorted(JSON.parse(row[1] as string)) !== sorted(entry.attributes) ||
      (row[2] === 1) !== (entry.isSuperuser === true)
    )
      found.push(`group ${name} is ${JSON.stringify(row)}, not ${JSON.stringify(entry)}`);
  }
  for (const name of liveGroups.keys())
    if (!groups.has(name) && !strange.has(name)) found.push(`group ${name} is in no blueprint, and there`);
  return [...found, ...strangersTouched(world, members)];
}

function strangersTouched(world: World, members: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found: string[] = [];
  for (const one of world.strangers.values()) {
    const [row] = query(world, 'SELECT attributes FROM object WHERE kind = ? AND id = ?', one.kind, one.id);
    if (row?.[0] !== one.attributes)
      found.push(`what others made was touched: ${one.name} is ${row?.[0]}, not ${one.attributes}`);
    if (one.kind !== userKind) continue;
    const has = [...(members.get(one.name) ?? [])].map((group) => `${one.name} ${group}`);
    const wants = [...world.strangeMemberships].filter((edge) => edge.startsWith(`${one.name} `));
    if (has.sort().join() !== wants.sort().join())
      found.push(`memberships of others were touched: ${has} instead of ${wants}`);
  }
  return found;
}

function sorted(map: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is wrong with the store itself, its ledger, its audit and its history. */
export function storeProblems(world: World): string[] {
  const found: string[] = [];
  const [[integrity]] = query(world, 'PRAGMA integrity_check') as [[string]];
  if (integrity !== 'ok') found.push(`the database is damaged: ${integrity}`);
  const loose = query(
    world,
    `SELECT r.source, r.field, r.target FROM reference r
      WHERE r.source NOT IN (SELECT row FROM object) OR r.target NOT IN (SELECT row FROM object)`,
  );
  if (loose.length > 0) found.push(`references lead nowhere: ${JSON.stringify(loose)}`);
  return [...found, ...ledgerProblems(world), ...deletedSteadily(world), ...overlaps(world)];
}

function ledgerProblems(world: World): string[] {
  const found: string[] = [];
  const twice = query(world, 'SELECT kind, id, count(*) FROM ledger GROUP BY kind, id HAVING count(*) > 1');
  if (twice.length > 0) found.push(`objects with several records: ${JSON.stringify(twice)}`);
  const gone = query(
    world,
    `SELECT l.address FROM ledger l LEFT JOIN object o ON o.kind = l.kind AND o.id = ${recordedId} WHERE o.row IS NULL`,
  );
  if (gone.length > 0) found.push(`records without an object: ${JSON.stringify(gone)}`);
  const recorded = new Set(
    query(
      world,
      `SELECT l.kind || ' ' || coalesce(json_extract(o.attributes, '$.username'), json_extract(o.attributes, '$.name'))
        FROM ledger l JOIN object o ON o.kind = l.kind AND o.id = ${recordedId} WHERE l.project = 'chaos'`,
    ).map(([name]) => name as string),
  );
  const { users, groups } = mentioned(world.tree);
  const wanted = [
    ...[...users.keys()].map((name) => `${userKind} ${name}`),
    ...[...groups.keys()].map((name) => `${groupKind} ${name}`),
  ];
  const without = wanted.filter((name) => !recorded.has(name));
  if (without.length > 0) found.push(`objects without a record: ${without}`);
  for (const { name, kind } of world.strangers.values())
    if (recorded.has(`${kind} ${name}`)) found.push(`${name} belongs to others, and is recorded as ours`);
  const intents = query(world, 'SELECT address FROM ledger_intent');
  if (intents.length > 0) found.push(`creates were begun and never settled: ${JSON.stringify(intents)}`);
  return found;
}

/** What was in the blueprints all the time was never deleted or switched off by the program; people left no audit. */
function deletedSteadily(world: World): string[] {
  const names = [...steady.users, ...steady.groups].filter((name) => !world.excused.has(name));
  const labels = new Set(names.flatMap((name) => [`user ${name}`, `group ${name}`]));
  const rows = query(
    world,
    "SELECT at, action, name, fields FROM audit WHERE action = 'delete' OR fields LIKE '%\"is_active\"%'",
  ) as string[][];
  return rows
    .filter(
      ([, action, name, fields]) =>
        labels.has(name!) &&
        (action === 'delete' ||
          (action === 'update' &&
            JSON.parse(fields!).includes('is_active') &&
            !mayWriteActive(world, name!))),
    )
    .map((row) => `it was in the blueprints all the time: ${JSON.stringify(row)}`);
}

/** Those for whom `is_active: true` was ever written may get it written. */
function mayWriteActive(world: World, label: string): boolean {
  return world.everActive.has(label.replace(/^user /, ''));
}

/** Runs that wrote, one after the other: none began before the one before it had ended. */
function overlaps(world: World): string[] {
  const runs = query(world, 'SELECT number, started, finished, command FROM run ORDER BY number') as [
    number,
    string,
    string | null,
    string,
  ][];
  const found: string[] = [];
  for (const [at, [number, started, , command]] of runs.entries()) {
    const before = runs[at - 1];
    if (!before) continue;
    const [last, began, finished] = before;
    if (started < began || (finished !== null && started < finished))
      found.push(
        `run ${number} (${command}) began at ${started}, before run ${last} had ended (${finished})`,
      );
  }
  return found;
}

/** What logs may not hold. */
export function logProblems(world: World): string[] {
  const found: string[] = [];
  for (const one of world.processes) {
    const text = one.text();
    const at = text.indexOf(canary);
    if (at !== -1)
      found.push(`${one.label} gave a secret away: ${text.slice(Math.max(0, at - 200), at + 100)}`);
    const trace = /\bbug\b|^\s+at .+[:(]\d+:\d+\)?$|unhandled/im.exec(text);
    if (trace) found.push(`${one.label}: ${text.slice(Math.max(0, trace.index - 500), trace.index + 1_500)}`);
  }
  return found;
}
