/** Makes, changes and deletes objects over authentik's REST API; what takes several calls is one write here. */
import { type FieldFacts, type KindFacts, objectPermissions } from '../../model/kinds.js';
import type { Fields, Id, Json, LiveObject } from '../../model/model.js';
import { checker } from '../checks.js';
import type { Created } from '../directory.js';
import { DirectoryError } from '../errors.js';
import { checkGrants } from '../grants.js';
import { labelOf } from '../label.js';
import { mergedValue, sameJson } from '../normal.js';
import { realFields, refuseSingleton } from '../semantics.js';
import { atObject } from './at-object.js';
import { liveObject, normalForm, requestBody } from './body.js';
import { writeBridged } from './bridged.js';
import { isBridged, listPath, refuseCreate } from './facts.js';
import { foundAsSent, refusedError } from './lookup.js';
import { changeMembers } from './members.js';
import { chosenIds, createCompanions, patchCompanions, patchTogether } from './oddities.js';
import { remember } from './read.js';
import { readRoles } from './roles.js';
import { bodyOf, forgetReading, type Session } from './session.js';

/** Makes an object. Attributes that calls of their own set are written after it is there. */
export async function createObject(
  session: Session,
  facts: KindFacts,
  asked: Fields,
  signal: AbortSignal,
): Promise<Created> {
  refuseSingleton(facts);
  refuseCreate(facts);
  const { pk, ...rest } = asked;
  const chosen = chosenIds[facts.kind];
  if (pk !== undefined && chosen === undefined) {
    const message = `${labelOf(facts, rest)}: authentik’s REST API chooses ids itself`;
    throw new DirectoryError('unsupported', message, { kind: facts.kind, field: 'pk' });
  }
  const fields = await checked(facts, rest);
  requireAll(facts, fields);
  const sent = { ...companionDefaults(facts, fields), ...fields };
  const body = requestBody(facts, sent, session.release);
  if (pk !== undefined && chosen !== undefined) body[chosen] = pk;
  const row = await post(session, facts, sent, body, signal);
  forgetReading(session);
  const object = liveObject(facts, row, session.release);
  remember(session, facts, [object]);
  // A binding shows its target by another key than the one it was given.
  if (facts.fields.target?.reference && fields.target !== undefined) object.attributes.target = fields.target;
  const unfinished = await writeBridged(session, facts, object, {}, fields, signal);
  forgetReading(session);
  const left = new Set(unfinished?.fields);
  for (const name of ['permissions', objectPermissions])
    if (facts.fields[name] || name === objectPermissions)
      object.attributes[name] =
        (!left.has(name) && normalForm(facts, { [name]: fields[name] ?? [] })[name]) || [];
  return { object, unfinished };
}

/** Sends a create; when its answer is lost, looks for what it made before it is sent again. */
async function post(
  session: Session,
  facts: KindFacts,
  fields: Fields,
  body: Fields,
  signal: AbortSignal,
): Promise<Fields> {
  const send = () =>
    session.limited(() =>
      session.client.post(listPath(facts), { body, secrets: secretsIn(facts, fields) }, signal),
    );
  try {
    return bodyOf(await send());
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error;
    if (!error.uncertain) throw await refusedError(session, facts, fields, error, signal);
    const found = await foundAsSent(session, facts, fields, signal);
    if (found === 'unknown' || found === 'other') throw error;
    if (found !== 'none') return found;
    // A handler that crashed before it wrote would crash again.
    if (error.code === 'failed') throw error;
    return bodyOf(
      await send().catch(async (again) => {
        throw again instanceof DirectoryError && !again.uncertain
          ? await refusedError(session, facts, fields, again, signal)
          : again;
      }),
    );
  }
}

/** Changes an object: nothing is sent that does not change, since even an empty PATCH is a full save with an event. */
export async function updateObject(
  session: Session,
  facts: KindFacts,
  id: Id,
  before: Fields,
  after: Fields,
  signal: AbortSignal,
): Promise<void> {
  const was = normalForm(facts, before);
  const fields = await checked(facts, after);
  const will = normalForm(facts, fields);
  // What is never given back has no normal form.
  const isSame = (name: string): boolean => sameJson(was[name] ?? before[name], will[name] ?? fields[name]);
  const changed = Object.fromEntries(Object.entries(fields).filter(([name]) => !isSame(name)));
  const plain = Object.fromEntries(Object.entries(changed).filter(([name]) => !isBridged(facts.kind, name)));
  try {
    const rest = await changeMembers(session, facts, id, was, plain, signal);
    if (Object.keys(rest).length > 0) await patch(session, facts, id, was, rest, signal);
  } finally {
    forgetReading(session);
  }
  const bridged = Object.keys(changed).filter((name) => isBridged(facts.kind, name));
  if (bridged.length === 0) return;
  const object = { kind: facts.kind, id, attributes: { ...was, ...will }, computed: {} };
  const unfinished = await writeBridged(session, facts, object, was, changed, signal);
  forgetReading(session);
  if (unfinished) throw unfinished.error;
}

async function patch(
  session: Session,
  facts: KindFacts,
  id: Id,
  was: Fields,
  changed: Fields,
  signal: AbortSignal,
): Promise<void> {
  const companions = companionsOf(facts, changed);
  const isSet = (name: string): boolean => facts.fields[name]?.set !== undefined;
  let body = changed;
  if (companions.length > 0 || Object.keys(changed).some(isSet)) {
    const current = await readOne(session, facts, id, changed.roles !== undefined, signal);
    const merged = Object.fromEntries(
      Object.entries(changed).map(([name, value]) => [
        name,
        isSet(name) ? mergedValue(facts.fields[name]!, current.attributes[name], was[name], value) : value,
      ]),
    );
    // What somebody else has done meanwhile is not done again.
    const open = Object.entries(merged).filter(
      ([name, value]) =>
        facts.fields[name]!.unreadable !== false || !sameJson(current.attributes[name], value),
    );
    if (open.length === 0) return;
    const carried = companions.map((name) => [name, current.attributes[name] ?? null] as const);
    body = { ...Object.fromEntries(carried), ...merged };
    if (isSet('roles') && body.roles !== undefined)
      body.roles = [...(body.roles as Id[]), ...current.managedRoles];
  }
  const sent = requestBody(facts, body, session.release);
  await atObject(session, facts, id, signal, async (path) => {
    try {
      return await session.limited(() =>
        session.client.patch(path, { body: sent, secrets: secretsIn(facts, body) }, signal),
      );
    } catch (error) {
      if (!(error instanceof DirectoryError) || error.uncertain) throw error;
      throw await refusedError(session, facts, { ...was, ...body }, error, signal, id);
    }
  }).then((answer) => {
    if (!facts.singleton) remember(session, facts, [liveObject(facts, bodyOf(answer), session.release)]);
  });
}

/** An object as it is now; with `withRoles` also the managed ones among its roles, which a PATCH of them must keep. */
async function readOne(
  session: Session,
  facts: KindFacts,
  id: Id,
  withRoles: boolean,
  signal: AbortSignal,
): Promise<LiveObject & { readonly managedRoles: readonly Id[] }> {
  const answer = await atObject(session, facts, id, signal, (path) =>
    session.limited(() => session.client.get(path, {}, signal)),
  );
  const shown = liveObject(facts, bodyOf(answer), session.release);
  const roles = shown.attributes.roles;
  if (!withRoles || !Array.isArray(roles) || roles.length === 0) return { ...shown, managedRoles: [] };
  const managed = new Set(
    (await readRoles(session, signal)).flatMap((one) => (one.managedFor ? [one.id] : [])),
  );
  shown.attributes.roles = roles.filter((role) => !managed.has(String(role)));
  return { ...shown, managedRoles: roles.filter((role) => managed.has(String(role))) as Id[] };
}

/** Deletes an object; one that is not there counts as done. */
export async function deleteObject(
  session: Session,
  facts: KindFacts,
  id: Id,
  signal: AbortSignal,
): Promise<void> {
  refuseSingleton(facts);
  try {
    await atObject(session, facts, id, signal, (path) =>
      session.limited(() => session.client.delete(path, {}, signal)),
    );
  } catch (error) {
    if (!(error instanceof DirectoryError && error.code === 'missing')) throw error;
  } finally {
    forgetReading(session);
  }
}

/** Fields under their real names, each checked as the directory's own serializer would. */
async function checked(facts: KindFacts, asked: Fields): Promise<Fields> {
  const fields = realFields(facts, asked);
  (await checker()).fields(facts, fields);
  if (fields[objectPermissions] !== undefined) checkGrants(facts, fields, fields[objectPermissions]);
  return fields;
}

function requireAll(facts: KindFacts, fields: Fields): void {
  const missing = Object.values(facts.fields).find(
    (field) =>
      field.required && !field.aliasOf && field.retired === undefined && fields[field.name] === undefined,
  );
  if (!missing || missing.default !== undefined || missing.computed) return;
  const message = `${labelOf(facts, fields)}: \`${missing.name}\` is needed`;
  throw new DirectoryError('invalid', message, { kind: facts.kind, field: missing.name });
}

function companionDefaults(facts: KindFacts, fields: Fields): Fields {
  const defaults: Fields = {};
  for (const name of createCompanions[facts.kind] ?? []) {
    const field = facts.fields[name];
    if (field && fields[name] === undefined) defaults[name] = field.default ?? emptyOf(field);
  }
  return defaults;
}

/** What stands for nothing in an attribute without a default. */
function emptyOf(field: FieldFacts): Json {
  if (field.nullable) return null;
  return field.map || field.json || field.schema.type === 'object' ? {} : '';
}

function companionsOf(facts: KindFacts, changed: Fields): readonly string[] {
  const together = patchTogether[facts.kind] ?? [];
  const needed = [
    ...(patchCompanions[facts.kind] ?? []),
    ...(together.some((name) => changed[name] !== undefined) ? together : []),
  ];
  const missing = needed.filter((name) => changed[name] === undefined && facts.fields[name] !== undefined);
  return missing;
}

/** Values that no message may show. */
export function secretsIn(facts: KindFacts, fields: Fields): string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    facts.fields[name]?.secret && typeof value === 'string' ? [value] : [],
  );
}
