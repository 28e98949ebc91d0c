import { describe, expect, test } from 'vitest';
import { codes } from '../../src/diagnostic/codes.js';
import { catalogue } from '../../src/model/kinds.js';
import { explainJson, explainText, type Topic, topicOf } from '../../src/report/explain.js';

const known = catalogue();
const look = { width: 80, colour: false };

function explained(word: string): string {
  const topic = topicOf(word, known);
  if ('severity' in topic) throw new Error(topic.message);
  return explainText(topic, known, look);
}

describe('explain', () => {
  test('tells what a diagnostic means and what to do', () => {
    const { meaning, remedy } = codes['no-expiry'];
    expect(explained('no-expiry').replace(/\s+/g, ' ')).toBe(`no-expiry warning ${meaning} ${remedy} `);
  });

  test('tells a kind’s key and attributes, by short and full name alike', () => {
    const text = explained('user');
    expect(text).toMatch(/^user {2}authentik_core\.user\n/);
    expect(text).toMatch(/key +username/);
    expect(text).toMatch(/groups +list of group +set/);
    expect(text).toMatch(/password .*secret, unreadable/);
    expect(text).toMatch(/path +text +default "users"/);
    expect(explained('authentik_core.user')).toBe(text);
  });

  test('tells the facts of one attribute', () => {
    expect(explained('authentik_core.user.path')).toBe(explained('user.path'));
    expect(explained('invitation.flow')).toMatch(/refers to +flow \(when it is deleted: /);
    expect(explained('flow.designation')).toContain('enrollment');
  });

  test('lists the kinds of a family, all kinds and all codes', () => {
    expect(explained('stage')).toContain('authentik_stages_prompt.promptstage');
    expect(explained('kinds').trim().split('\n')).toHaveLength(known.kinds.size);
    expect(explained('codes')).toContain('unknown-attribute');
  });

  test.each([
    ['usr', 'user'],
    ['user.pth', 'user.path'],
    ['unknown-atribute', 'unknown-attribute'],
    ['authentik_core.usr', 'authentik_core.user'],
  ])('suggests a near name for %s', (word, near) => {
    expect(topicOf(word, known)).toMatchObject({ code: 'unknown-topic', help: `Did you mean \`${near}\`?` });
  });

  test('knows every kind and attribute', () => {
    for (const kind of known.kinds.values()) {
      expect(explained(kind.kind)).toContain(kind.name);
      for (const field of Object.keys(kind.fields))
        expect(explained(`${kind.kind}.${field}`)).toContain(field);
      expect(explainJson(topicOf(kind.kind, known) as Topic, known)).toMatchObject({
        kind: { kind: kind.kind },
      });
    }
  });
});
