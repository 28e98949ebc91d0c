/** Sections against a real directory: what they claim, what they leave alone, and that the second plan is empty. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { apply, plan } from '../../src/reconcile/reconcile.js';
import type { Request } from '../../src/reconcile/request.js';
import { diagnosticsText } from '../../src/report/diagnostics.js';
import { startAuthentik } from '../authentik/server.js';
import { databaseIn, request, temporaryFolder } from '../support/request.js';

/** A directory in a folder of its own, and a way to bring it to a file's text. */
function directory(where: Partial<Request> = {}): (text: string, project?: string) => Promise<string[]> {
  const folder = temporaryFolder();
  return async (text, project = 'default') => {
    writeFileSync(join(folder, 'x.yaml'), `version: 1\n${text}`);
    const asked = request({
      paths: ['x.yaml'],
      cwd: folder,
      directory: databaseIn(folder),
      project,
      ...where,
    });
    const result = await apply(asked, async () => true);
    expect(result.ok, diagnosticsText(result.diagnostics, { colour: false, width: 100 })).toBe(true);
    const again = await plan(asked);
    expect(again.plan?.changes.map((one) => `${one.verb} ${one.ref.address}`)).toEqual([]);
    return (result.plan?.changes ?? []).map((one) => `${one.verb} ${one.ref.address}`);
  };
}

const flow = `flows:
  join:
    title: Welcome
    designation: enrollment
    access: [group/staff]
    stages:
      - invitation
      - prompt: {fields: [{field_key: email, type: email, label: Email}]}
        policies: [{user: ada, negate: true}]
      - user_login
      - stage: join-invitation
groups: {staff: {}}
users: {ada: }
`;

test('a flow with everything in it is made once, changed in place, and removed as a whole', async () => {
  const bring = directory();
  expect(await bring(flow)).toHaveLength(13);
  const moved = await bring(
    flow.replace('      - invitation\n', '').replace('- stage: join-invitation', '- invitation'),
  );
  expect(moved).not.toContain('create flow-stage-binding/join:join-prompt');
  const gone = await bring(flow.replace('title: Welcome', 'state: absent'));
  expect(gone).toContain('delete flow/join');
  expect(gone).toContain('delete user-login-stage/join-user_login');
  expect(gone).toContain('delete prompt/join-email');
});

test('only_add keeps members that others added and takes back only its own', async () => {
  const bring = directory();
  const staff = (members: string) => `users: {ada: , bob: }\ngroups: {staff: {${members}}}\n`;
  const eve = 'users: {eve: {groups: [staff]}}\n';
  await bring(staff(''));
  expect(await bring(eve, 'others')).toEqual(['create user/eve']);
  expect(await bring(staff('users: {only_add: [ada, bob]}'))).toEqual(['update group/staff']);
  expect(await bring(staff('users: {only_add: [bob]}'))).toEqual(['update group/staff']);
  // Were eve no longer a member, the other project would have something to do.
  expect(await bring(eve, 'others')).toEqual([]);
  const members =
    'entries: [{model: authentik_core.group, identifiers: {name: staff}, attrs: {users: MEMBERS}}]\n';
  const both = '[!Find [authentik_core.user, [username, bob]], !Find [authentik_core.user, [username, eve]]]';
  expect(await bring(`users: {ada: , bob: }\n${members.replace('MEMBERS', both)}`)).toEqual([]);
});

test('what one side only adds counts for the whole list on the other side', async () => {
  const bring = directory();
  const groups = 'groups: {eng: {}, everyone: {users: {only_add: [ada]}}}\n';
  expect(await bring(`${groups}users: {ada: {groups: [eng]}}\n`)).toHaveLength(3);
  expect(await bring('groups: {eng: {}, everyone: {}}\nusers: {ada: {groups: [eng]}}\n')).toHaveLength(1);
});

/** An application, its OAuth2 provider, and who may use it, on a server that has authentik's own flows. */
const wiki = `groups: {engineering: }
users: {ada: {groups: [engineering]}}
property_mappings: {scope: {team: {scope_name: team, expression: return x}}}
policies: {expression: {office-hours: {expression: return True}}}
providers:
  oauth2:
    wiki:
      authorization_flow: default-provider-authorization-implicit-consent
      redirect_uris: [https://wiki.example.org/callback]
      property_mappings: [team]
applications:
  wiki: {name: Wiki, provider: wiki, access: [group/engineering, policy/office-hours], policy_engine_mode: all}
`;

const shippedFlows = `flows:
  default-provider-authorization-implicit-consent: {title: Go on, designation: authorization}
  default-provider-invalidation-flow: {title: Signed out, designation: invalidation}
`;

test('an application with an OAuth2 provider is made, changed and removed', async () => {
  const bring = directory();
  const made = await bring(wiki + shippedFlows);
  expect(made).toEqual(
    expect.arrayContaining(['create oauth2-provider/wiki', 'create policy-binding/wiki:engineering']),
  );
  const elsewhere = wiki.replace('wiki.example.org', 'docs.example.org');
  expect(await bring(elsewhere + shippedFlows)).toEqual(['update oauth2-provider/wiki']);
  const gone = wiki
    .replace('wiki: {name', 'wiki: {state: absent, name')
    .replace('wiki:\n', 'wiki:\n      state: absent\n');
  expect(await bring(gone + shippedFlows)).toEqual(
    expect.arrayContaining(['delete application/wiki', 'delete oauth2-provider/wiki']),
  );
});

test('the same file works on a server, with the flows that authentik ships', async () => {
  const server = await startAuthentik();
  onTestFinished(() => server.close());
  const bring = directory({
    directory: `authentik+${server.url}`,
    credentials: { token: server.token },
  });
  expect(await bring(wiki)).toHaveLength(8);
});
