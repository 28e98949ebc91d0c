/** The live model: objects by reference and by id, whatever form the id has. */

import { expect, test } from 'vitest';
import { buildLiveModel } from '../src/model/live-model.js';
import { type LiveObject, Ref, RefMap } from '../src/model/model.js';

const user = 'authentik_core.user';
const group = 'authentik_core.group';

function modelOf() {
  const groups: LiveObject[] = [
    { kind: group, id: 'aa', attributes: { name: 'staff' }, computed: { num_pk: 7 } },
  ];
  const users = [1, 20].map(
    (id): LiveObject => ({
      kind: user,
      id,
      attributes: { username: `u${id}`, groups: id === 1 ? ['aa', 'gone'] : [] },
      computed: {},
      created: '2026-01-01T00:00:00Z',
    }),
  );
  return buildLiveModel(
    new Map([
      [user, users],
      [group, groups],
    ]),
  );
}

test('an id is found as a number and as text, and nothing else is', () => {
  const live = modelOf();
  const address = (id: string | number): string | undefined => live.byId(user, id)?.ref.address;
  expect([1, '1', 20, '20'].map(address)).toEqual(['user/u1', 'user/u1', 'user/u20', 'user/u20']);
  expect([2, '01', '1.0', '', 'NaN', Number.NaN].map(address)).toEqual(new Array(6).fill(undefined));
  expect(live.byId('authentik_core.nothing', 1)).toBeUndefined();
  expect(live.byId(group, 'aa')).toMatchObject({ kind: group, id: 'aa', computed: { num_pk: 7 } });
});

test('a reference leads to its object in its own model only', () => {
  const [live, other] = [modelOf(), modelOf()];
  expect(live.size).toBe(3);
  for (const kind of [user, group]) {
    for (const one of live.all(kind)) {
      expect(live.of(one.ref)).toBe(one);
      expect(other.of(one.ref)).toBeUndefined();
    }
  }
  expect(live.of(new Ref(user, 'user/new'))).toBeUndefined();
});

test('both sides of a relation are filled in, and ids of what was not read stay', () => {
  const live = modelOf();
  const [ada] = live.all(user);
  const [staff] = live.all(group);
  expect(ada!.attributes.groups).toEqual([staff!.ref, 'gone']);
  expect(staff!.attributes.users).toEqual([ada!.ref]);
});

test('a map from references holds those of a model and any other', () => {
  const before = new Ref(user, 'before');
  const live = modelOf();
  const after = new Ref(user, 'after');
  const refs = [before, after, ...live.all(user).map((one) => one.ref)];
  for (const map of [live.refMap<number>(), new RefMap<number>(0, 0)]) {
    expect(refs.map((ref) => map.get(ref))).toEqual(refs.map(() => undefined));
    refs.forEach((ref, at) => {
      map.set(ref, at);
    });
    expect(refs.map((ref) => map.get(ref))).toEqual([0, 1, 2, 3]);
    map.set(before, 9);
    expect(map.get(before)).toBe(9);
  }
});
