/** Plans and sources by hand, for the tests of reports. */

import type { Place, Source } from '../../src/diagnostic/source.js';
import { Deferred, Ref, Unavailable, type Value } from '../../src/model/model.js';
import {
  type Change,
  type Counts,
  emptyPlan,
  type FieldChange,
  type Plan,
  type Reason,
  type Verb,
} from '../../src/plan/change.js';

export const nothingToCount: Counts = {
  create: 0,
  update: 0,
  delete: 0,
  adopt: 0,
  forget: 0,
  unchanged: 0,
  orphaned: 0,
  spent: 0,
  held: 0,
};

/** A place at the start of a line of a file that is not read. */
export function placeAt(path: string, line: number): Place {
  const source: Source = { path, text: '\n'.repeat(line) };
  return { source, offset: line - 1 };
}

/** The place of a piece of text in a source. */
export function placeOf(source: Source, piece: string): Place {
  const offset = source.text.indexOf(piece);
  if (offset === -1) throw new Error(`no ${piece} in ${source.path}`);
  return { source, offset, length: piece.length };
}

export function field(name: string, rest: Partial<FieldChange> = {}): FieldChange {
  const [first, ...path] = name.split('.');
  return { field: first!, path, secret: false, reason: 'edited', ...rest };
}

export function change(verb: Verb, address: string, rest: Partial<Change> = {}): Change {
  const kind = 'authentik_core.user';
  return {
    verb,
    ref: new Ref(kind, address),
    kind,
    write: {},
    was: {},
    fields: [],
    unchanged: 0,
    reasons: [verb === 'create' ? 'new' : 'edited'] as Reason[],
    hazards: [],
    ...rest,
  };
}

export function planOf(changes: readonly Change[], rest: Partial<Plan> = {}): Plan {
  const counts = { ...nothingToCount };
  for (const one of changes) counts[one.verb]++;
  const frame = { directory: 'sqlite:.asbuilt/directory.db', project: 'default', stances: {} };
  return { ...emptyPlan({ ...frame, counts }), changes, ...rest, counts: { ...counts, ...rest.counts } };
}

const group = (name: string): Ref => new Ref('authentik_core.group', `group/${name}`);

/** The plan that the design shows. */
export const designPlan: Plan = planOf(
  [
    change('create', 'user/ada', {
      place: placeAt('blueprints/staff.yaml', 9),
      fields: [
        field('email', { after: 'ada@example.org', reason: 'new' }),
        field('groups', { set: { added: [group('platform-admins')], removed: [] }, reason: 'new' }),
      ],
      hazards: [{ name: 'grants', message: 'becomes a superuser through group/platform-admins' }],
    }),
    change('update', 'flow/enrollment', {
      place: placeAt('blueprints/flows.yaml', 3),
      reasons: ['drifted'],
      fields: [field('title', { before: 'Wilkommen', after: 'Welcome', reason: 'drifted' })],
    }),
    change('delete', 'user/bob', {
      formerPlace: 'blueprints/staff.yaml:14',
      reasons: ['pruned'],
      hazards: [{ name: 'deletes', message: 'not reversible; deactivate instead with is_active: false' }],
    }),
  ],
  {
    directory: 'authentik+https://id.example.org',
    counts: { ...nothingToCount, create: 1, update: 1, delete: 1, unchanged: 41, orphaned: 3 },
  },
);

const oldExpression = [
  '# who may enrol',
  'if request.user.is_authenticated:',
  '    return False',
  'domain = request.context["prompt_data"]["email"].split("@")[1]',
  'allowed = ["example.org"]',
  'return domain in allowed',
  '',
].join('\n');

const fixedData: Value = {
  attributes: { department: 'Field', cost_centre: '4711', region: 'Europe, the Middle East and Africa' },
  groups: [group('contractors')],
};

/** One of everything that a plan can show. */
export const richPlan: Plan = planOf(
  [
    change('create', 'user/grace', {
      place: placeAt('blueprints/staff.yaml', 9),
      fields: [
        field('name', { after: 'Grace Hopper', reason: 'new' }),
        field('email', { after: '', reason: 'new' }),
        field('is_active', { after: true, reason: 'new' }),
        field('last_login', { after: null, reason: 'new' }),
        field('path', { after: 'true', reason: 'new' }),
        field('attributes.department', { after: 'Field', reason: 'new' }),
        field('attributes.on call/at', { after: [1, 2, 'three', group('night')], reason: 'new' }),
        field('attributes.note', {
          after:
            'a long remark about why this account exists, who asked for it, and until when it is going to be needed here',
          reason: 'new',
        }),
        field('groups', { set: { added: [group('a'), group('b'), group('c')], removed: [] }, reason: 'new' }),
        field('password', { after: 'hunter2', secret: true, reason: 'new' }),
      ],
    }),
    change('create', 'expression-policy/only staff', {
      place: placeAt('blueprints/policies.yaml', 120),
      reasons: ['missing'],
      fields: [
        field('expression', { after: oldExpression, reason: 'missing' }),
        field('execution_logging', { after: false, reason: 'missing' }),
      ],
    }),
    change('create', 'application/wiki', {
      place: placeAt('blueprints/apps.yaml', 3),
      fields: [
        field('meta_launch_url', {
          after: new Deferred({ format: ['%s-x', 'provider/wiki'] }, [], () => null),
          reason: 'new',
        }),
        field('provider', { after: new Ref('authentik_core.provider', 'provider/wiki'), reason: 'new' }),
        field('open_in_new_tab', {
          after: new Unavailable({ type: 'env', name: 'WIKI_TAB' }),
          reason: 'new',
        }),
      ],
    }),
    change('update', 'flow-stage-binding/contractor-enrollment:contractor-enrollment-invitation', {
      place: placeAt('blueprints/flows.yaml', 31),
      reasons: ['edited', 'drifted'],
      unchanged: 3,
      fields: [
        field('order', { before: 10, after: 20 }),
        field('evaluate_on_plan', { before: false, after: true, reason: 'drifted' }),
        field('invalid_response_action', { before: 'retry', after: 'restart_with_context' }),
      ],
    }),
    change('update', 'expression-policy/enrol', {
      place: placeAt('blueprints/policies.yaml', 7),
      renamedFrom: 'expression-policy/enroll',
      unchanged: 1,
      fields: [
        field('name', { before: 'enroll', after: 'enrol' }),
        field('expression', {
          before: oldExpression,
          after: oldExpression.replace('"example.org"', '"example.org", "example.com"'),
        }),
      ],
    }),
    change('update', 'invitation/contractors', {
      place: placeAt('blueprints/flows.yaml', 64),
      fields: [
        field('fixed_data', {
          before: fixedData,
          after: { ...(fixedData as Record<string, Value>), email: 'someone@example.org' },
        }),
        field('expires', { before: '2026-12-31T00:00:00Z', after: '2027-01-31T00:00:00Z' }),
        field('single_use', { before: undefined, after: true }),
      ],
    }),
    change('update', 'user/ada', {
      place: placeAt('blueprints/staff.yaml', 14),
      reasons: ['edited', 'reverted'],
      unchanged: 4,
      fields: [
        field('groups', { set: { added: [group('platform')], removed: [group('everyone'), group('it')] } }),
        field('attributes.title', { before: 'Countess', after: undefined, reason: 'reverted' }),
        field('password', { after: 'hunter3', secret: true }),
        field('email', {
          before: 'old@example.org',
          after: 'ada@example.org',
          origins: [{ type: 'env', name: 'ADA_EMAIL' }],
        }),
        field('attributes.badge', {
          before: 'the same words up to a point, then this: four thousand seven hundred and eleven',
          after: 'the same words up to a point, then this: four thousand seven hundred and twelve',
        }),
      ],
      hazards: [
        {
          name: 'evicts',
          message:
            'removes ten or more members that this project did not add; write users: {only_add: […]} to claim only those you list',
        },
      ],
    }),
    change('adopt', 'group/everyone', { place: placeAt('blueprints/groups.yaml', 2), reasons: ['new'] }),
    change('delete', 'token/old', { place: placeAt('blueprints/tokens.yaml', 2), reasons: ['absent'] }),
    change('forget', 'brand/shared', { formerPlace: 'blueprints/brands.yaml:2', reasons: ['pruned'] }),
  ],
  {
    counts: {
      ...nothingToCount,
      create: 3,
      update: 4,
      delete: 1,
      adopt: 1,
      forget: 1,
      unchanged: 12,
      orphaned: 2,
      spent: 1,
      held: 2,
    },
    orphans: [
      {
        address: 'user/gone',
        kind: 'authentik_core.user',
        place: 'blueprints/staff.yaml:33',
        active: true,
        fate: 'deactivate',
      },
      {
        address: 'group/gone too',
        kind: 'authentik_core.group',
        place: 'blueprints/old/groups.yaml:4',
        fate: 'delete',
      },
    ],
  },
);
