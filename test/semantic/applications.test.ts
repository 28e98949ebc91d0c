import { describe, expect, test } from 'vitest';
import { checked, codesOf, liveOf, short } from './models.js';

const wiki = (rest = ''): string =>
  `- {model: authentik_core.application, id: wiki, identifiers: {slug: wiki}, attrs: {name: Wiki${rest}}}\n`;
const who = `
- {model: authentik_core.group, id: staff, identifiers: {name: staff}}
- {model: authentik_core.user, id: ada, identifiers: {username: ada}, attrs: {name: Ada, email: ada@example.org}}
- {model: authentik_core.user, id: bob, identifiers: {username: bob}, attrs: {name: Bob, email: bob@example.org}}
- {model: authentik_core.user, id: ines, identifiers: {username: ines}, attrs: {name: Ines, email: ines@example.org, is_active: false}}
- {model: authentik_policies_expression.expressionpolicy, id: never, identifiers: {name: never}, attrs: {expression: return False}}
- {model: authentik_policies_expression.expressionpolicy, id: perhaps, identifiers: {name: perhaps}, attrs: {expression: return request.user.name}}
`;
let order = 0;
const binding = (to: string, rest = ''): string =>
  `- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf wiki, ${to}, order: ${order++}}, attrs: {enabled: true${rest}}}\n`;
const directory = liveOf({}, ['application', 'policy-binding', 'settings']);

describe('an application', () => {
  test('with a group, a user or a policy is fine', () => {
    for (const to of ['group: !KeyOf staff', 'user: !KeyOf ada', 'policy: !KeyOf perhaps']) {
      expect(short(checked(wiki() + who + binding(to)))).toEqual([]);
    }
  });

  test('with nothing bound is open to everyone', () => {
    expect(checked(wiki(), directory)).toMatchObject([
      { code: 'application-open', message: 'everyone can use application/wiki: it has no bindings' },
    ]);
  });

  test('with nothing bound is not judged offline while no binding is in view at all', () => {
    expect(checked(wiki())).toEqual([]);
  });

  test('is open on purpose when its label says so', () => {
    expect(
      checked(wiki().replace('attrs:', 'labels: {asbuilt.io/access: everyone}, attrs:'), directory),
    ).toEqual([]);
  });

  test('with disabled bindings alone is open, for those do not count', () => {
    const off = binding('group: !KeyOf staff').replace('enabled: true', 'enabled: false');
    expect(short(checked(wiki() + who + off))).toEqual([
      'application-open 3: everyone can use application/wiki: policy-binding/wiki:staff is disabled and does not count',
    ]);
  });

  test('with nothing bound is closed where the settings say so', () => {
    const settings = '- {model: asbuilt.settings, attrs: {flags: {core_default_app_access: false}}}\n';
    expect(codesOf(checked(wiki() + settings, directory))).toEqual(['application-closed']);
  });

  test('is closed when only a deactivated user or a policy that never passes is bound', () => {
    expect(short(checked(wiki() + who + binding('user: !KeyOf ines')))).toEqual([
      'application-closed 11: nobody can use application/wiki: user/ines is deactivated',
    ]);
    expect(codesOf(checked(wiki() + who + binding('policy: !KeyOf never')))).toEqual(['application-closed']);
    expect(checked(wiki() + who + binding('policy: !KeyOf never', ', negate: true'))).toEqual([]);
    expect(checked(wiki() + who + binding('policy: !KeyOf never') + binding('group: !KeyOf staff'))).toEqual(
      [],
    );
  });

  test('is closed in mode all when it asks to be two users, or for what never passes', () => {
    const all = wiki(', policy_engine_mode: all');
    const both = binding('user: !KeyOf ada') + binding('user: !KeyOf bob');
    expect(checked(all + who + both)).toMatchObject([
      {
        code: 'application-closed',
        message:
          'nobody can use application/wiki: nobody is both user/ada and user/bob, and its policy_engine_mode is all',
        help: 'Write `policy_engine_mode: any` for application/wiki.',
      },
    ]);
    expect(checked(wiki() + who + both)).toEqual([]);
    const never = binding('policy: !KeyOf never') + binding('group: !KeyOf staff');
    expect(codesOf(checked(all + who + never))).toEqual(['application-closed']);
  });

  test('that is not described is nobody’s business here', () => {
    const live = liveOf({ application: [{ id: 'a', slug: 'other', name: 'Other' }], 'policy-binding': [] });
    expect(checked('- {model: authentik_core.group, identifiers: {name: staff}}', live)).toEqual([]);
  });
});
