import { describe, expect, test } from 'vitest';
import { nothingLive } from '../../src/model/live-model.js';
import type { Change } from '../../src/plan/change.js';
import { inOrder } from '../../src/plan/order.js';
import { change, fresh, liveOf, refOf } from './models.js';

function names(changes: readonly Change[]): string[] {
  return changes.map((one) => `${one.partOf ? 'complete' : one.verb} ${one.ref.address}`);
}

describe('changes stand in an order in which every write finds what it needs', () => {
  test('what is referred to comes first, the rest goes by address', () => {
    const [flow, stage, binding] = [
      fresh('flow', 'z'),
      fresh('deny-stage', 'y'),
      fresh('flow-stage-binding', 'a'),
    ];
    const { ordered, diagnostics } = inOrder(
      [change('create', binding, { target: flow, stage }), change('create', flow), change('create', stage)],
      nothingLive,
    );
    expect(names(ordered)).toEqual(['create deny-stage/y', 'create flow/z', 'create flow-stage-binding/a']);
    expect(diagnostics).toEqual([]);
  });

  test('whatever the order they are given in', () => {
    const refs = ['a', 'b', 'c', 'd'].map((name) => fresh('group', name));
    const changes = refs.map((ref, at) => change('create', ref, at < 3 ? { parents: [refs[at + 1]!] } : {}));
    const expected = ['create group/d', 'create group/c', 'create group/b', 'create group/a'];
    expect(names(inOrder(changes, nothingLive).ordered)).toEqual(expected);
    expect(names(inOrder(changes.toReversed(), nothingLive).ordered)).toEqual(expected);
  });

  test('deletions come last, those that refer to others before those', () => {
    const live = liveOf({
      flow: { f: { slug: 'f' } },
      'deny-stage': { s: { name: 's' } },
      'flow-stage-binding': { b: { target: 'f', stage: 's', order: 0 } },
    });
    const [flow, stage, binding] = [
      refOf(live, 'flow', 'f'),
      refOf(live, 'deny-stage', 's'),
      refOf(live, 'flow-stage-binding', 'b'),
    ];
    const gone = (ref: typeof flow) => change('delete', ref, {}, live.of(ref)!.attributes);
    const { ordered } = inOrder(
      [gone(flow), gone(stage), gone(binding), change('create', fresh('group', 'new'))],
      live,
    );
    expect(names(ordered)).toEqual([
      'create group/new',
      'delete flow-stage-binding/f:s',
      'delete deny-stage/s',
      'delete flow/f',
    ]);
  });

  test('a unique value is freed before it is taken, by an update or a deletion', () => {
    const live = liveOf({ group: { 1: { name: 'old' }, 2: { name: 'gone' } } });
    const [old, gone] = [refOf(live, 'group', '1'), refOf(live, 'group', '2')];
    const { ordered, diagnostics } = inOrder(
      [
        change('create', fresh('group', 'a'), { name: 'old' }),
        change('update', old, { name: 'z' }, { name: 'old' }),
        change('create', fresh('group', 'b'), { name: 'gone' }),
        change('delete', gone, {}, { name: 'gone' }),
      ],
      live,
    );
    expect(diagnostics).toEqual([]);
    const order = names(ordered);
    expect(order.indexOf('update group/old')).toBeLessThan(order.indexOf('create group/a'));
    expect(order.indexOf('delete group/gone')).toBeLessThan(order.indexOf('create group/b'));
  });

  test('two objects that swap a unique value cannot be put in order', () => {
    const live = liveOf({ group: { 1: { name: 'red' }, 2: { name: 'blue' } } });
    const [red, blue] = [refOf(live, 'group', '1'), refOf(live, 'group', '2')];
    const { diagnostics } = inOrder(
      [
        change('update', red, { name: 'blue' }, { name: 'red' }),
        change('update', blue, { name: 'red' }, { name: 'blue' }),
      ],
      live,
    );
    expect(diagnostics.map((one) => one.code)).toEqual(['interim-name']);
  });

  test('a circle of new objects is opened where an attribute may be empty for a moment', () => {
    const [flow, stage] = [fresh('flow', 'change'), fresh('password-stage', 'password')];
    const binding = fresh('flow-stage-binding', 'b');
    const { ordered, diagnostics } = inOrder(
      [
        change('create', stage, { name: 'password', configure_flow: flow }),
        change('create', flow, { slug: 'change', background: 'x' }),
        change('create', binding, { target: flow, stage }),
      ],
      nothingLive,
    );
    expect(diagnostics).toEqual([]);
    expect(names(ordered)).toEqual([
      'create flow/change',
      'create password-stage/password',
      'create flow-stage-binding/b',
    ]);
  });

  test('a circle through two attributes that may be empty is completed by one update', () => {
    const [a, b] = [fresh('identification-stage', 'a'), fresh('flow', 'b')];
    const c = fresh('brand', 'c');
    const { ordered, diagnostics } = inOrder(
      [
        change('create', a, { name: 'a', enrollment_flow: b }),
        // No such attribute exists on a flow; the order does not know kinds by name.
        change('create', b, { slug: 'b', stages: [a] }),
        change('create', c, { flow_recovery: b }),
      ],
      nothingLive,
    );
    expect(diagnostics).toEqual([]);
    const order = names(ordered);
    expect(order.filter((one) => one.startsWith('complete'))).toHaveLength(1);
    const completed = ordered.find((one) => one.partOf)!;
    const created = ordered.find((one) => one.verb === 'create' && one.ref === completed.ref)!;
    for (const name of Object.keys(completed.write)) expect(created.write).not.toHaveProperty(name);
    expect(order.indexOf(`complete ${completed.ref.address}`)).toBeGreaterThan(1);
  });

  test('a circle of attributes that are needed is told with all its members', () => {
    const [one, other] = [fresh('flow-stage-binding', 'one'), fresh('flow-stage-binding', 'other')];
    const { diagnostics } = inOrder(
      [change('create', one, { target: other }), change('create', other, { target: one })],
      nothingLive,
    );
    expect(diagnostics.map((found) => found.code)).toEqual(['cycle']);
    expect(diagnostics[0]!.message).toContain('flow-stage-binding/one');
    expect(diagnostics[0]!.message).toContain('flow-stage-binding/other');
  });
});
