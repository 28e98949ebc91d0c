/** Whole runs against an authentik server that keeps its own ledger: plan, apply, drift, prune, history, and a lock that is lost. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/reconcile/open-store.js';
import { apply, plan } from '../../src/reconcile/reconcile.js';
import { clientOf, objectOf, resultsOf } from '../authentik/client.js';
import { request, temporaryFolder } from '../support/request.js';
import { type World, world } from './authentik-support.js';

const staff = `version: 1
metadata: {name: staff}
groups:
  engineering: {}
  support: {}
users:
  ada: {name: Ada, email: ada@example.org, groups: [engineering]}
  bob: {name: Bob, email: bob@example.org, groups: [engineering, support]}
`;

/** A run over one file, and the same after an edit of it. */
function asked(
  { proxy, server }: World,
  text: string,
  { file = join(temporaryFolder(), 'staff.yaml'), ...more }: { file?: string; project?: string } = {},
) {
  writeFileSync(file, text);
  return request({
    paths: [file],
    directory: `authentik+${proxy.url}`,
    credentials: { token: server.token },
    project: 'staff',
    prune: true,
    ...more,
  });
}

const verbs = async (from: ReturnType<typeof asked>) => {
  const { plan: made, diagnostics } = await plan(from);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return made!.changes.map(({ verb, ref }) => `${verb} ${ref.address}`);
};

test('a run finds what the last one made, and leaves no instance of the ledger for an object', async () => {
  const all = await world();
  const first = asked(all, staff);
  expect((await apply(first, async () => true)).outcome).toBe('applied');
  const before = all.server.requests.length;
  expect(await verbs(first)).toEqual([]);
  const second = all.server.requests.slice(before);
  expect(second.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(second.filter(({ path }) => path === '/managed/blueprints/')).toHaveLength(2);
  expect(all.instances().has('asbuilt-lock')).toBe(false);

  const call = clientOf(all.server);
  const [ada] = resultsOf(await call('GET', '/core/users/?username=ada'));
  await call('PATCH', `/core/users/${ada!.pk}/`, { email: 'other@example.org' });
  expect(await verbs(first)).toEqual(['update user/ada']);
  const edited = staff.replace('  support: {}\n', '').replace(', support]', ']');
  const fewer = asked(all, edited, { file: String(first.paths[0]) });
  const result = await apply(fewer, async () => true);
  expect(result.outcome).toBe('applied');
  expect(await verbs(fewer)).toEqual([]);
  expect(resultsOf(await call('GET', '/core/groups/?name=support'))).toEqual([]);
  expect(objectOf(await call('GET', `/core/users/${ada!.pk}/`)).email).toBe('ada@example.org');

  const { ledger, close } = await openStore(first.directory!, { credentials: first.credentials });
  expect((await ledger.history.list(5)).map(({ id, outcome }) => [id, outcome])).toEqual([
    [2, 'applied'],
    [1, 'applied'],
  ]);
  expect([...(await ledger.read('staff')).keys()]).toEqual(['group/engineering', 'user/ada', 'user/bob']);
  await close();
});

test('another project is told who owns an object', async () => {
  const all = await world();
  await apply(asked(all, staff), async () => true);
  const theirs = asked(all, staff, { project: 'other' });
  const { plan: made } = await plan(theirs);
  expect(made!.refused.map(({ hazard }) => hazard.name)).toContain('takes-over');
});

test('an apply whose lock is lost in the middle stops and says so', async () => {
  const all = await world();
  const names = Array.from({ length: 140 }, (_, index) => `  g${index}: {}\n`).join('');
  const many = asked(all, `version: 1\nmetadata: {name: staff}\ngroups:\n${names}`);
  let stolen = false;
  all.proxy.plan(({ method, path }) => {
    if (stolen || method !== 'POST' || !path.endsWith('/core/groups/')) return undefined;
    stolen = true;
    return {
      kind: 'meanwhile',
      act: async () => {
        // Somebody takes the lock away by force and writes.
        const call = clientOf(all.server);
        await call('DELETE', `/managed/blueprints/${all.instances().get('asbuilt-lock')!.id}/`);
        const other = await all.ledger();
        await other.lock!('apply', 0, new AbortController().signal);
        await other.put('staff', []);
        await other.intend('staff', [
          { address: 'group/theirs', kind: 'authentik_core.group', since: '2026-11-21T00:00:00Z' },
        ]);
      },
    };
  });
  await expect(apply(many, async () => true)).rejects.toMatchObject({
    code: 'locked',
    message: expect.stringContaining('the lock was lost'),
  });
  const made = resultsOf(await clientOf(all.server)('GET', '/core/groups/?page_size=200'));
  expect(made.filter(({ name }) => /^g\d/.test(String(name))).length).toBeLessThan(140);
  // The other's lock stays, and once it is gone another run finishes.
  expect(all.instances().has('asbuilt-lock')).toBe(true);
  all.proxy.plan(undefined);
  await clientOf(all.server)('DELETE', `/managed/blueprints/${all.instances().get('asbuilt-lock')!.id}/`);
  expect((await apply(many, async () => true)).outcome).toBe('applied');
  expect(await verbs(many)).toEqual([]);
  const groups = resultsOf(await clientOf(all.server)('GET', '/core/groups/?page_size=200'));
  const ours = groups.map(({ name }) => String(name)).filter((name) => /^g\d/.test(name));
  expect(new Set(ours).size).toBe(ours.length);
});
