import { describe, expect, test } from 'vitest';
import { catalogue } from '../../src/model/kinds.js';
import type { Value } from '../../src/model/model.js';
import { coerce } from '../../src/resolve/coerce.js';

/** A named attribute's coercion: the value, or `✗`. */
function coerced(name: string, value: Value): unknown {
  const [kind, field] = name.split('.') as [string, string];
  const result = coerce(catalogue().byName.get(kind)!.fields[field]!, value);
  return 'value' in result ? result.value : '✗';
}

function problem(name: string, value: Value): string {
  const [kind, field] = name.split('.') as [string, string];
  const result = coerce(catalogue().byName.get(kind)!.fields[field]!, value);
  return 'problem' in result ? result.problem : 'no problem';
}

describe('values become what REST framework would make of them', () => {
  test.each<[string, Value, unknown]>([
    // text
    ['user.name', '  Ada ', 'Ada'],
    ['user.name', 2024, '2024'],
    ['user.name', 1.5, '1.5'],
    ['user.name', true, '✗'],
    ['user.name', null, '✗'],
    ['user.name', ['Ada'], '✗'],
    ['user.name', { first: 'Ada' }, '✗'],
    // numbers
    ['flow-stage-binding.order', '10', 10],
    ['flow-stage-binding.order', ' 10 ', 10],
    ['flow-stage-binding.order', '10.0', 10],
    ['flow-stage-binding.order', '+1_000', 1000],
    ['flow-stage-binding.order', '-3', -3],
    ['flow-stage-binding.order', 10.5, '✗'],
    ['flow-stage-binding.order', '1e3', '✗'],
    ['flow-stage-binding.order', '', '✗'],
    ['flow-stage-binding.order', 'ten', '✗'],
    ['flow-stage-binding.order', '9007199254740993', '✗'],
    // true and false
    ['user.is_active', 'yes', true],
    ['user.is_active', 'Off', false],
    ['user.is_active', 1, true],
    ['user.is_active', 0, false],
    ['user.is_active', 2, '✗'],
    ['user.is_active', 'oui', '✗'],
    ['user.is_active', null, '✗'],
    // choices
    ['user.type', 'external', 'external'],
    ['user.type', 'External', '✗'],
    ['user.type', false, '✗'],
    ['user.type', ['external'], '✗'],
    // dates
    ['invitation.expires', '2027-01-31', '✗'],
    ['invitation.expires', '2027-01-31T00:00:00Z', '2027-01-31T00:00:00Z'],
    ['invitation.expires', '2027-01-31T02:00:00+02:00', '2027-01-31T00:00:00Z'],
    ['invitation.expires', null, null],
    ['invitation.expires', 'tomorrow', '✗'],
    // free JSON stays as it is
    ['invitation.fixed_data', { a: [1, '2', null] }, { a: [1, '2', null] }],
    ['user.attributes', { a: '1' }, { a: '1' }],
    ['user.attributes', 'text', '✗'],
    // lists
    ['identification-stage.user_fields', ['username', 'email'], ['username', 'email']],
    ['identification-stage.user_fields', 'username', '✗'],
    ['identification-stage.user_fields', ['usrname'], '✗'],
  ])('%s: %j gives %j', (name, value, expected) => {
    expect(coerced(name, value)).toEqual(expected);
  });

  test('what cannot be coerced is said in words that help', () => {
    expect(problem('user.type', 'externl')).toBe(
      'must be one of internal, external, service_account, internal_service_account, not `externl`',
    );
    expect(problem('user.name', true)).toBe('needs text, not true; quote it if text was meant');
    expect(problem('user.is_active', 'oui')).toBe('must be true or false, not `oui`');
    expect(problem('flow-stage-binding.order', 'ten')).toBe('needs a whole number, not `ten`');
  });

  test('a long value is not repeated', () => {
    expect(problem('flow-stage-binding.order', 'x'.repeat(60))).toBe('needs a whole number, not this text');
  });
});
