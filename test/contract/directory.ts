/** The suite that every driver must pass; marks say what a driver cannot do. */

import { afterEach, beforeEach, describe, expect } from 'vitest';
import type { Directory, Selector } from '../../src/directory/directory.js';
import type { DirectoryErrorCode } from '../../src/directory/errors.js';
import { catalogue } from '../../src/model/kinds.js';
import type { Fields, Id, Kind, LiveObject } from '../../src/model/model.js';
import { type Marks, markedTests } from './marks.js';
import { make, minimalFields } from './samples.js';

const user = 'authentik_core.user';
const group = 'authentik_core.group';
const role = 'authentik_rbac.role';
const flow = 'authentik_flows.flow';
const binding = 'authentik_flows.flowstagebinding';
const invitation = 'authentik_stages_invitation.invitation';
const settings = 'asbuilt.settings';

const signal = new AbortController().signal;

/** Every object of a kind. */
export async function listAll(directory: Directory, kind: Kind, only?: Selector): Promise<LiveObject[]> {
  const all: LiveObject[] = [];
  for await (const one of directory.list(kind, { only }, signal)) all.push(one);
  return all;
}

/** The one object with an id, or undefined. */
export async function byId(directory: Directory, kind: Kind, id: Id): Promise<LiveObject | undefined> {
  return (await listAll(directory, kind, { field: 'id', values: [id] }))[0];
}

/**
 * Registers the tests of what every directory does. What one cannot do is marked by the test's title, with the reason;
 * a marked test is expected to fail, so that no mark outlives its reason.
 */
export function directoryContract(
  name: string,
  open: () => Promise<{ directory: Directory; close(): Promise<void> }>,
  cannot: Marks = {},
): void {
  describe(name, () => {
    const { test, end } = markedTests(cannot);
    let directory: Directory;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ directory, close } = await open());
    });
    afterEach(() => close());

    const create = async (kind: Kind, fields: Fields): Promise<LiveObject> =>
      (await directory.create(kind, fields, signal)).object;
    const get = (kind: Kind, id: Id): Promise<LiveObject | undefined> => byId(directory, kind, id);
    const attributesOf = async (one: LiveObject): Promise<Fields> =>
      (await get(one.kind, one.id))!.attributes;
    const holds = (kind: Kind, field: string): boolean => {
      const held = directory.fields(kind);
      return held === 'all' || held.has(field);
    };
    const refused = (code: DirectoryErrorCode, field?: string) =>
      expect.objectContaining({ code, ...(field !== undefined && { field }) });

    test('gives back what was made, with defaults filled in', async () => {
      const made = await create(user, { username: 'ada', name: 'Ada' });
      expect(made.attributes).toMatchObject({
        username: 'ada',
        email: '',
        is_active: true,
        type: 'internal',
        path: 'users',
        attributes: {},
        groups: [],
      });
      const [listed] = await listAll(directory, user);
      expect(listed).toEqual(made);
      expect(made.attributes).not.toHaveProperty('password');
    });

    test('every kind gives back its normal form', async () => {
      for (const facts of catalogue().kinds.values()) {
        if (facts.meta || facts.singleton || !directory.kinds.has(facts.kind)) continue;
        const fields = await minimalFields(directory, facts);
        const made = await create(facts.kind, fields).catch((error: Error) => error);
        if (made instanceof Error)
          throw new Error(`${facts.name} cannot be made: ${made.message}`, { cause: made });
        const live = await get(facts.kind, made.id);
        // An object may be made expired.
        if (!live) continue;
        expect(live, facts.name).toEqual(made);
        const normal = directory.normalize(facts.kind, fields);
        for (const [name, value] of Object.entries(normal)) {
          expect(live.attributes[name], `${facts.name}.${name}`).toEqual(value);
        }
        for (const field of Object.values(facts.fields)) {
          const { name, unreadable, default: usual } = field;
          if (unreadable) expect(live.attributes, facts.name).not.toHaveProperty([name]);
          // What is left out would be taken for the default of authentik, also where the directory has another one.
          else if (usual !== undefined && holds(facts.kind, name))
            expect(live.attributes, `${facts.name}.${name}`).toHaveProperty([name]);
        }
        await directory.update(facts.kind, made.id, fields, fields, signal);
        expect((await get(facts.kind, made.id))!.attributes, facts.name).toEqual(made.attributes);
      }
    });

    test('lists in the order of making, and narrows by id, key and reference', async () => {
      const staff = await create(group, { name: 'staff' });
      for (const username of ['zoe', 'ada', 'bob']) {
        await create(user, { username, name: '', groups: username === 'ada' ? [] : [staff.id] });
      }
      const names = (list: LiveObject[]) => list.map((one) => one.attributes.username);
      expect(names(await listAll(directory, user))).toEqual(['zoe', 'ada', 'bob']);
      expect(
        names(await listAll(directory, user, { field: 'username', values: ['bob', 'zoe', 'nobody'] })),
      ).toEqual(['zoe', 'bob']);
      expect(names(await listAll(directory, user, { field: 'groups', values: [staff.id] }))).toEqual([
        'zoe',
        'bob',
      ]);
      expect(names(await listAll(directory, user, { field: 'is_active', values: [false] }))).toEqual([]);
    });

    test('changes only the attributes that are given', async () => {
      const ada = await create(user, { username: 'ada', name: 'Ada', email: 'ada@example.org' });
      await directory.update(user, ada.id, { name: 'Ada' }, { name: 'Ada L.' }, signal);
      expect(await attributesOf(ada)).toEqual({ ...ada.attributes, name: 'Ada L.' });
    });

    test('a set keeps the elements that others added meanwhile', async () => {
      const [one, two, three] = [
        await make(directory, 'group'),
        await make(directory, 'group'),
        await make(directory, 'group'),
      ];
      const ada = await create(user, { username: 'ada', name: '', groups: [one.id, three.id] });
      // Read before `three` was added by somebody else.
      await directory.update(user, ada.id, { groups: [one.id] }, { groups: [two.id] }, signal);
      expect((await attributesOf(ada)).groups).toEqual([two.id, three.id].sort());
      await directory.update(user, ada.id, { permissions: [] }, { permissions: ['a.b', 'a.a'] }, signal);
      await directory.update(user, ada.id, { permissions: ['a.b'] }, { permissions: ['a.c'] }, signal);
      expect((await attributesOf(ada)).permissions).toEqual(['a.a', 'a.c']);
    });

    test('a membership is one edge, written and read from both sides', async () => {
      const ada = await create(user, { username: 'ada', name: '' });
      const bob = await create(user, { username: 'bob', name: '' });
      const staff = await create(group, { name: 'staff', users: [bob.id, ada.id] });
      expect(staff.attributes.users).toEqual([ada.id, bob.id]);
      expect((await attributesOf(ada)).groups).toEqual([staff.id]);
      await directory.update(user, ada.id, { groups: [staff.id] }, { groups: [] }, signal);
      expect((await attributesOf(staff)).users).toEqual([bob.id]);
      await directory.update(group, staff.id, { users: [bob.id] }, { users: [ada.id] }, signal);
      expect((await attributesOf(bob)).groups).toEqual([]);
      expect((await attributesOf(ada)).groups).toEqual([staff.id]);
    });

    test('a superuser is whoever is in a superuser group, directly or through parents', async () => {
      const admins = await create(group, { name: 'admins', is_superuser: true });
      const platform = await create(group, { name: 'platform', parents: [admins.id] });
      const loop = await create(group, { name: 'loop', parents: [platform.id] });
      await directory.update(
        group,
        platform.id,
        { parents: [admins.id] },
        { parents: [admins.id, loop.id] },
        signal,
      );
      const ada = await create(user, { username: 'ada', name: '', groups: [loop.id] });
      const bob = await create(user, { username: 'bob', name: '' });
      expect(ada.computed.is_superuser).toBe(true);
      expect((await get(user, ada.id))!.computed.is_superuser).toBe(true);
      expect((await get(user, bob.id))!.computed.is_superuser).toBe(false);
    });

    test('keys are unique in the kind', async () => {
      await create(user, { username: 'ada', name: '' });
      await expect(create(user, { username: 'ada', name: '' })).rejects.toEqual(
        refused('duplicate', 'username'),
      );
      await create(user, { username: 'Ada', name: '' });
      const bob = await create(user, { username: 'bob', name: '' });
      const rename = directory.update(user, bob.id, { username: 'bob' }, { username: 'ada' }, signal);
      await expect(rename).rejects.toEqual(refused('duplicate', 'username'));
      await directory.update(user, bob.id, { username: 'bob' }, { username: 'bea' }, signal);
      await create(user, { username: 'bob', name: '' });
    });

    test('keys are unique within a family', async () => {
      await make(directory, 'deny-stage', { name: 'first' });
      await expect(make(directory, 'dummy-stage', { name: 'first' })).rejects.toEqual(
        refused('duplicate', 'name'),
      );
    });

    test('nothing collides with nothing', async () => {
      await make(directory, 'token', { managed: null });
      await make(directory, 'token', { managed: null });
      await make(directory, 'token', { managed: 'x' });
      await expect(make(directory, 'token', { managed: 'x' })).rejects.toEqual(
        refused('duplicate', 'managed'),
      );
    });

    test('a binding is unique by target, stage and order', async () => {
      const target = (await make(directory, 'flow')).id;
      const stage = (await make(directory, 'deny-stage')).id;
      await create(binding, { target, stage, order: 10 });
      await create(binding, { target, stage, order: 20 });
      await expect(create(binding, { target, stage, order: 10 })).rejects.toEqual(refused('duplicate'));
    });

    test('at most one brand is the default', async () => {
      const first = await make(directory, 'brand', { default: true });
      await expect(make(directory, 'brand', { default: true })).rejects.toEqual(
        refused('duplicate', 'default'),
      );
      await directory.update(first.kind, first.id, { default: true }, { default: false }, signal);
      await make(directory, 'brand', { default: true });
    });

    test('references must point to something of the right kind', async () => {
      const stage = await make(directory, 'deny-stage');
      const nowhere = '00000000-0000-4000-8000-000000000000';
      const withGroups = (id: Id) => create(user, { username: 'ada', name: '', groups: [id] });
      await expect(withGroups(nowhere)).rejects.toEqual(refused('dangling', 'groups'));
      await expect(withGroups(stage.id)).rejects.toEqual(refused('dangling', 'groups'));
      expect(await listAll(directory, user)).toEqual([]);
      const ada = await create(user, { username: 'ada', name: '' });
      const change = directory.update(user, ada.id, { groups: [] }, { groups: [nowhere] }, signal);
      await expect(change).rejects.toEqual(refused('dangling', 'groups'));
    });

    test('an object may refer to itself', async () => {
      const self = '11111111-1111-4111-8111-111111111111';
      const made = await create(group, { pk: self, name: 'self', parents: [self] });
      expect(made.id).toBe(self);
      expect((await attributesOf(made)).parents).toEqual([self]);
    });

    test('a family may know an object by an id of its own', async () => {
      const made = await make(directory, 'flow');
      const own = made.familyIds!['policy-binding-target']!;
      expect(own).not.toBe(made.id);
      const staff = await make(directory, 'group');
      const bindings = 'authentik_policies.policybinding';
      const bound = await create(bindings, { target: own, group: staff.id, order: 0 });
      expect(bound.attributes.target).toBe(own);
      const other = await create(bindings, { target: made.id, group: staff.id, order: 1 });
      expect((await attributesOf(other)).target).toBe(own);
      await directory.delete(flow, made.id, signal);
      expect(await listAll(directory, bindings)).toEqual([]);
    });

    test('deleting cascades, empties references and takes out of lists', async () => {
      const brand = await make(directory, 'brand');
      const made = await make(directory, 'flow');
      const stage = await make(directory, 'deny-stage');
      const bound = await create(binding, { target: made.id, stage: stage.id, order: 0 });
      await directory.update(
        brand.kind,
        brand.id,
        { flow_recovery: null },
        { flow_recovery: made.id },
        signal,
      );
      const staff = await make(directory, 'group');
      const child = await create(group, { name: 'child', parents: [staff.id] });
      const ada = await create(user, { username: 'ada', name: '', groups: [staff.id] });

      await directory.delete(flow, made.id, signal);
      expect(await get(binding, bound.id)).toBeUndefined();
      expect(await get(stage.kind, stage.id)).toMatchObject(stage);
      expect((await attributesOf(brand)).flow_recovery).toBeNull();
      await directory.delete(group, staff.id, signal);
      expect((await attributesOf(child)).parents).toEqual([]);
      expect((await attributesOf(ada)).groups).toEqual([]);
    });

    test('deleting what is not there is done', async () => {
      const ada = await create(user, { username: 'ada', name: '' });
      await directory.delete(user, ada.id, signal);
      await directory.delete(user, ada.id, signal);
      expect(await listAll(directory, user)).toEqual([]);
      await create(user, { username: 'ada', name: '' });
    });

    test('changing what is not there is an error', async () => {
      await expect(directory.update(user, 4711, {}, { name: 'x' }, signal)).rejects.toEqual(
        refused('missing'),
      );
    });

    test('values that the kind does not take are refused', async () => {
      const bad = (fields: Fields, field: string) =>
        expect(create(user, { username: 'ada', name: '', ...fields })).rejects.toEqual(
          refused('invalid', field),
        );
      await bad({ type: 'robot' }, 'type');
      await bad({ is_active: 'yes' }, 'is_active');
      await bad({ email: 'nobody' }, 'email');
      await bad({ attributes: [] }, 'attributes');
      await bad({ shoe_size: 1 }, 'shoe_size');
      await bad({ groups: 'staff' }, 'groups');
      await expect(create(user, { username: 'ada' })).rejects.toEqual(refused('invalid', 'name'));
      await expect(make(directory, 'policy-binding', { group: null })).rejects.toEqual(refused('invalid'));
      expect(await listAll(directory, user)).toEqual([]);
    });

    test('no error shows a secret', async () => {
      const made = make(directory, 'token', { key: '', identifier: 'hush' });
      await expect(made).rejects.toThrow(/hush/);
      const long = `secret-${'x'.repeat(300)}`;
      const provider = make(directory, 'oauth2-provider', { client_secret: long });
      await expect(provider).rejects.toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('secret-x') }),
      );
    });

    test('integer ids count up and are not given twice', async () => {
      const ada = await create(user, { username: 'ada', name: '' });
      await directory.delete(user, ada.id, signal);
      const bob = await create(user, { username: 'bob', name: '' });
      expect(bob.id).toBeGreaterThan(ada.id as number);
      const chosen = await create(user, { pk: 9000, username: 'eve', name: '' });
      expect(chosen.id).toBe(9000);
      expect((await create(user, { username: 'fay', name: '' })).id).toBe(9001);
      await expect(create(user, { pk: 9000, username: 'gus', name: '' })).rejects.toEqual(
        refused('duplicate', 'pk'),
      );
    });

    test('the directory works out what is omitted', async () => {
      const token = await make(directory, 'token', { intent: 'api' });
      expect(Date.parse(token.attributes.expires as string)).toBeGreaterThan(Date.now() + 86_000_000);
      const provider = await make(directory, 'oauth2-provider');
      expect(provider.attributes.client_id).toMatch(/^[A-Za-z0-9]{40}$/);
      expect(provider.attributes.client_secret).toMatch(/^[A-Za-z0-9]{128}$/);
      const given = await make(directory, 'oauth2-provider', { client_id: 'mine' });
      expect(given.attributes.client_id).toBe('mine');
    });

    test('an invitation that nobody made belongs to a user who is never listed', async () => {
      const made = await create(invitation, { name: 'welcome' });
      expect(made.attributes.created_by).toEqual(expect.any(Number));
      expect(await listAll(directory, user)).toEqual([]);
      expect(await get(user, made.attributes.created_by as number)).toBeUndefined();
      await directory.delete(user, made.attributes.created_by as number, signal);
      expect(await get(invitation, made.id)).toEqual(made);
    });

    test('the settings say how long a token lives', async () => {
      const [system] = await listAll(directory, settings);
      await directory.update(settings, system!.id, {}, { default_token_duration: 'weeks=2;hours=1' }, signal);
      const made = await create(invitation, { name: 'welcome' });
      const lives = Date.parse(made.attributes.expires as string) - Date.now();
      expect(Math.round(lives / 3_600_000)).toBe(14 * 24 + 1);
    });

    test('what has expired is not there', async () => {
      const gone = await create(invitation, { name: 'gone', expires: '2020-01-01T00:00:00Z' });
      const kept = await create(invitation, { name: 'kept', expires: '2120-01-01T00:00:00Z' });
      expect((await listAll(directory, invitation)).map((one) => one.id)).toEqual([kept.id]);
      expect(await get(invitation, gone.id)).toBeUndefined();
      await expect(directory.update(invitation, gone.id, {}, { single_use: true }, signal)).rejects.toEqual(
        refused('missing'),
      );
    });

    test('the settings are there from the beginning and cannot be made or deleted', async () => {
      const [system, ...others] = await listAll(directory, settings);
      expect(others).toEqual([]);
      expect(system!.attributes).toMatchObject({ impersonation: true, event_retention: 'days=365' });
      await directory.update(settings, system!.id, { impersonation: true }, { impersonation: false }, signal);
      expect((await attributesOf(system!)).impersonation).toBe(false);
      await expect(directory.delete(settings, system!.id, signal)).rejects.toEqual(refused('unsupported'));
      await expect(create(settings, {})).rejects.toEqual(refused('unsupported'));
    });

    test('object permissions go to roles and users, as a set', async () => {
      const helpdesk = await create(role, { name: 'helpdesk', permissions: ['authentik_core.view_user'] });
      const ada = await create(user, { username: 'ada', name: '' });
      const permission = 'authentik_flows.view_flow';
      const made = await make(directory, 'flow', {
        object_permissions: [
          { permission, user: ada.id },
          { permission, role: helpdesk.id },
        ],
      });
      const both = (await attributesOf(made)).object_permissions;
      expect(both).toEqual(made.attributes.object_permissions);
      expect(both).toHaveLength(2);
      const after = [{ permission, role: helpdesk.id }];
      await directory.update(
        flow,
        made.id,
        { object_permissions: both! },
        { object_permissions: after },
        signal,
      );
      expect((await attributesOf(made)).object_permissions).toEqual(after);
      await directory.delete(role, helpdesk.id, signal);
      expect((await attributesOf(made)).object_permissions).toEqual([]);
      const stray = make(directory, 'flow', { object_permissions: [{ permission }] });
      await expect(stray).rejects.toEqual(refused('invalid', 'object_permissions'));
    });

    test('dates take one form', async () => {
      const made = await create(invitation, { name: 'late', expires: '2128-12-31T23:59:59.500000+01:00' });
      expect(made.attributes.expires).toBe('2128-12-31T22:59:59.5Z');
      expect(directory.normalize(invitation, { expires: '2128-12-31 23:59:59.000Z' })).toEqual({
        expires: '2128-12-31T23:59:59Z',
      });
    });

    test('an alias is kept under the real name, and a retired attribute not at all', async () => {
      for (const facts of catalogue().kinds.values()) {
        for (const field of Object.values(facts.fields)) {
          if (field.aliasOf)
            expect(directory.normalize(facts.kind, { [field.name]: 'x' })).toEqual({ [field.aliasOf]: 'x' });
          if (field.retired) expect(directory.normalize(facts.kind, { [field.name]: 'x' })).toEqual({});
        }
      }
    });

    test('a transaction inside a transaction is part of it', async () => {
      const { object: made } = await directory.transaction((outer) =>
        outer.transaction((inner) => inner.create(user, { username: 'ada', name: '' }, signal)),
      );
      expect((await get(user, made.id))!.attributes.username).toBe('ada');
    });

    test('a failed transaction leaves nothing behind where that is promised', async () => {
      const failing = directory.transaction(async (within) => {
        await within.create(user, { username: 'ada', name: '' }, signal);
        throw new Error('stop');
      });
      await expect(failing).rejects.toThrow('stop');
      expect(await listAll(directory, user)).toHaveLength(directory.atomic ? 0 : 1);
    });
    end();
  });
}
