/** What the blueprints refer to, or a label protects, does not go; and whatever needs what, every change is planned or refused. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apply, plan } from '../../src/reconcile/reconcile.js';
import type { Request } from '../../src/reconcile/request.js';
import type { Applied } from '../../src/reconcile/results.js';
import { databaseIn, request, temporaryFolder } from '../support/request.js';

/** Applies texts one after the other to one directory. */
function directory(over: Partial<Request> = {}) {
  const folder = temporaryFolder();
  const asked = request({ paths: ['a.yaml'], cwd: folder, directory: databaseIn(folder), ...over });
  const write = (text: string): void => writeFileSync(join(folder, 'a.yaml'), `version: 1\n${text}`);
  return {
    apply: (text: string, more: Partial<Request> = {}): Promise<Applied> => {
      write(text);
      return apply({ ...asked, ...more }, async () => true);
    },
    verbs: async (text: string, more: Partial<Request> = {}): Promise<string[]> => {
      write(text);
      const { plan: made } = await plan({ ...asked, ...more });
      return made!.changes.filter((one) => !one.partOf).map((one) => `${one.verb} ${one.ref.address}`);
    },
  };
}

const codesOf = ({ diagnostics }: Applied): string[] => diagnostics.map((one) => one.code);

test('prune leaves what a blueprint refers to', async () => {
  const { apply: run, verbs } = directory({ prune: true });
  await run('groups: {g1: {}, g2: {}, g3: {}}\nusers:\n  ada: {email: a@example.org}\n');
  const referring =
    'groups: {g2: {}}\nusers:\n  ada: {email: a@example.org, groups: [g1]}\napplications:\n  wiki: {access: [group/g1]}\n';
  const result = await run(referring);
  expect(result.outcome).toBe('applied');
  expect(codesOf(result)).toContain('still-referred');
  const planned = result.plan!.changes.map((one) => `${one.verb} ${one.ref.address}`);
  expect(planned).toContain('delete group/g3');
  expect(planned).not.toContain('delete group/g1');
  expect(result.plan!.orphans.map((one) => one.address)).toEqual(['group/g1']);
  expect(await verbs(referring)).toEqual([]);
  expect(await verbs('groups: {g2: {}}\nusers:\n  ada: {email: a@example.org, groups: []}\n')).toContain(
    'delete group/g1',
  );
});

test('a protected object does not go with another one', async () => {
  const token = (labels: string): string =>
    `entries:\n  - {model: authentik_core.token, identifiers: {identifier: t}, attrs: {user: !KeyOf bob, intent: api}${labels}}\n`;
  const bob =
    'entries:\n  - {model: authentik_core.user, id: bob, identifiers: {username: bob}, attrs: {name: Bob, email: b@example.org}}\n';
  const label = ', labels: {asbuilt.io/protect: "true"}';
  const { apply: run } = directory();
  expect((await run(bob + token(label).replace('entries:\n', ''))).outcome).toBe('applied');
  const refused = await run('users:\n  bob: {state: absent}\n');
  expect([refused.outcome, codesOf(refused)]).toEqual(['invalid', ['protected']]);
  expect((await run(bob + token('').replace('entries:\n', ''))).ok).toBe(true);
  expect((await run('users:\n  bob: {state: absent}\n')).outcome).toBe('applied');
});

const granting = (member: string): string =>
  `groups:\n  g2: {object_permissions: [{permission: authentik_core.view_group, user: u3}]}\n  g4: {parents: [g2]}\nusers:\n  u3: {email: a@example.org, groups: ${member}}\n`;

test('new objects that need each other in more than one circle are all made, with all they ask for', async () => {
  const { apply: run, verbs } = directory();
  const text = granting('[g2, g4]');
  expect([...(await verbs(text))].sort()).toEqual(['create group/g2', 'create group/g4', 'create user/u3']);
  const result = await run(text);
  expect([result.outcome, result.failed]).toEqual(['applied', []]);
  expect(await verbs(text)).toEqual([]);
});

test('objects that refer to each other can go together', async () => {
  const { apply: run, verbs } = directory();
  await run(granting('[g2, g4]'));
  const gone = 'groups: {g2: {state: absent}, g4: {state: absent}}\nusers:\n  u3: {state: absent}\n';
  const result = await run(gone);
  expect([result.outcome, result.done, result.failed]).toEqual(['applied', 3, []]);
  expect(await verbs(gone)).toEqual([]);
});

test('what is looked up brings no secret along', async () => {
  const { apply: run } = directory();
  const provider =
    'entries:\n  - {model: authentik_flows.flow, id: f, identifiers: {slug: f}, attrs: {name: F, title: F, designation: authorization}}\n  - {model: authentik_providers_radius.radiusprovider, identifiers: {name: rad}, attrs: {authorization_flow: !KeyOf f, invalidation_flow: !KeyOf f, shared_secret: canary-of-radius}}\n';
  expect((await run(provider)).ok).toBe(true);
  const lookup =
    '  - {model: authentik_core.group, identifiers: {name: g}, attrs: {attributes: {r: !AtIndex [!FindObject [authentik_providers_radius.radiusprovider, [name, rad]], shared_secret, none]}}}\n';
  const result = await run(provider + lookup);
  expect(result.outcome).toBe('applied');
  const written = JSON.stringify(result.plan!.changes.map((one) => one.write));
  expect(written).toContain('none');
  expect(written).not.toContain('canary');
});
