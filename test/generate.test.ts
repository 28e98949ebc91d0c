/** Options in; that the generated blueprints have what they promise out. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../scripts/generate.js';

interface Entry {
  model: string;
  id?: string;
  identifiers: { name?: string; username?: string };
  attrs: { email?: string; groups?: string[]; attributes: { title?: string } };
}

const keyOf = { tag: '!KeyOf', resolve: (id: string) => id };
const entriesOf = (text: string): Entry[] => parse(text, { version: '1.1', customTags: [keyOf] }).entries;
const only = (entries: Entry[], model: string) => entries.filter((entry) => entry.model === model);

describe('generated blueprints', () => {
  test('have the number of users, each with two or three groups of the same file', () => {
    const [file] = generate({ users: 300 });
    const entries = entriesOf(file!.text);
    const ids = new Set(only(entries, 'authentik_core.group').map((group) => group.id));
    const users = only(entries, 'authentik_core.user');
    expect(users).toHaveLength(300);
    expect(ids.size).toBe(16);
    for (const user of users) {
      expect([2, 3]).toContain(new Set(user.attrs.groups).size);
      expect(user.attrs.groups!.every((group) => ids.has(group))).toBe(true);
    }
  });

  test.each([1, 4, 25])('spread over %i files keep names, mail addresses and groups apart', (files) => {
    const made = generate({ users: 200, files });
    const entries = made.flatMap((file) => entriesOf(file.text));
    expect(made).toHaveLength(files);
    expect(new Set(made.map((file) => file.name)).size).toBe(files);
    const users = only(entries, 'authentik_core.user');
    expect(new Set(users.map((user) => user.identifiers.username)).size).toBe(200);
    expect(new Set(users.map((user) => user.attrs.email)).size).toBe(200);
    const groups = only(entries, 'authentik_core.group').map((group) => group.identifiers.name);
    expect(new Set(groups).size).toBe(groups.length);
  });

  test('are the same for the same options and differ in exactly the edits asked for', () => {
    const lines = (edits: number) => generate({ users: 500, edits })[0]!.text.split('\n');
    const before = lines(0);
    expect(lines(0)).toEqual(before);
    const after = lines(10);
    expect(after.filter((line, index) => line !== before[index])).toHaveLength(10);
  });
});
