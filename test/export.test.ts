/** Laws of the export: it describes what is live, and makes the same directory elsewhere. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeNew } from '../src/commands/write-files.js';
import type { Exported } from '../src/export/export.js';
import { type Asked, adoptExported, exportFrom } from '../src/reconcile/export.js';
import { openStore } from '../src/reconcile/open-store.js';
import { apply, plan } from '../src/reconcile/reconcile.js';
import type { Request } from '../src/reconcile/request.js';
import { entries, fileOf } from './support/arbitrary.js';
import { databaseIn, request, temporaryFolder } from './support/request.js';

const runs = Number(process.env.LAW_RUNS ?? 15);
const everything: Asked = { all: false, passwords: false, format: 'entries', oneFile: false, ownOnly: false };
const shipped = fileURLToPath(new URL('../blueprints', import.meta.url));

/** What was exported, written to a folder. */
async function exportTo(asked: Request, folder: string, over: Partial<Asked> = {}): Promise<Exported> {
  const exported = await exportFrom(asked, { ...everything, ...over });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  expect(writeNew(folder, '.', exported.files).problems).toEqual([]);
  return exported;
}

async function applied(asked: Request): Promise<void> {
  const result = await apply(asked, async () => true);
  expect(result.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  expect(result.failed).toEqual([]);
}

/** What planning exported files under another project would do to the directory they come from. */
async function planned(asked: Request, folder: string): Promise<unknown> {
  const { ok, plan: made, diagnostics } = await plan({ ...asked, paths: [folder], project: 'fresh' });
  const problems = diagnostics.filter((one) => one.severity === 'error');
  // Another project owns these objects already, which alone makes them changes.
  const fields = (made?.changes ?? []).flatMap((one) => one.fields.map((field) => [one.ref.address, field]));
  return { ok: ok || problems.length === 0, problems, fields };
}
const nothing = { ok: true, problems: [], fields: [] };

/** A request over one blueprint in an empty directory. */
function directoryOf(text: string, env: Record<string, string> = {}): Request {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'main.yaml'), text);
  return request({ paths: [join(folder, 'main.yaml')], cwd: folder, directory: databaseIn(folder), env });
}

/** Makes everything nobody's. */
async function disown({ directory, project }: Request): Promise<void> {
  const { ledger, close } = await openStore(directory!);
  await ledger.remove(project, [...(await ledger.read(project)).keys()]);
  await close();
}

const textOf = (exported: Exported): string => exported.files.map((one) => one.text).join('');

describe.each(['entries', 'sections'] as const)('an export as %s', (format) => {
  test('describes the directory, and makes the same one elsewhere', async () => {
    const folder = temporaryFolder();
    await fc.assert(
      fc.asyncProperty(entries, async (list) => {
        const source = join(folder, 'source.yaml');
        writeFileSync(source, fileOf(list));
        const asked = request({ paths: [source], cwd: folder, directory: databaseIn(folder, 'a.db') });
        const other = { ...asked, directory: databaseIn(folder, 'b.db'), paths: [join(folder, 'out')] };
        for (const name of ['a.db', 'b.db']) rmSync(join(folder, name), { force: true });
        await applied(asked);
        const first = await exportTo(asked, join(folder, 'out'), { format });
        expect(first.diagnostics).toEqual([]);
        expect(await planned(asked, join(folder, 'out'))).toEqual(nothing);
        if (first.files.length === 0) return;
        await applied(other);
        const again = await exportTo(other, join(folder, 'again'), { format });
        expect(again.files).toEqual(first.files);
      }),
      { numRuns: runs },
    );
  });

  test('holds for the ready-made blueprints, in one file as well', async () => {
    const folder = temporaryFolder();
    const asked = request({ paths: [shipped], cwd: folder, directory: databaseIn(folder, 'a.db') });
    await applied(asked);
    for (const oneFile of [false, true]) {
      const name = `out-${oneFile}`;
      const first = await exportTo(asked, join(folder, name), { format, oneFile });
      expect(first.diagnostics).toEqual([]);
      expect(await planned(asked, join(folder, name))).toEqual(nothing);
      const other = { ...asked, directory: databaseIn(folder, `${name}.db`), paths: [join(folder, name)] };
      await applied(other);
      const again = await exportTo(other, join(folder, `${name}-again`), { format, oneFile });
      expect(again.files).toEqual(first.files);
    }
  });
});

describe('what is not written', () => {
  const secret = `version: 1
entries:
- {model: authentik_flows.flow, id: flow, identifiers: {slug: consent}, attrs: {name: Consent, title: x, designation: authorization}}
- model: authentik_providers_oauth2.oauth2provider
  id: wiki
  identifiers: {name: wiki}
  attrs:
    client_id: wiki
    client_secret: hunter2-hunter2
    authorization_flow: !KeyOf flow
    invalidation_flow: !KeyOf flow
    redirect_uris: [{matching_mode: strict, url: https://wiki.example.org/callback}]
- {model: authentik_core.application, identifiers: {slug: wiki}, attrs: {name: Wiki, provider: !KeyOf wiki}}
- {model: authentik_core.user, identifiers: {username: ada}, attrs: {name: Ada, password: hunter3-hunter3}}
- model: authentik_sources_oauth.oauthsource
  identifiers: {slug: hub}
  attrs: {name: Hub, provider_type: github, consumer_key: hub, consumer_secret: hunter4}
- model: authentik_stages_email.emailstage
  identifiers: {name: mail}
  attrs: {host: smtp.example.org, password: hunter7}
`;

  const nested = `${secret}- model: authentik_providers_rac.racprovider
  identifiers: {name: desk}
  attrs: {authorization_flow: !KeyOf flow, settings: {password: hunter5, nested: {key: hunter6}}}
`;

  test('are secrets: variables take their place, and passwords only when they are asked for', async () => {
    const asked = directoryOf(nested);
    await applied(asked);
    const plain = await exportFrom(asked, everything);
    expect(plain.variables).toEqual([
      { name: 'OAUTH2_PROVIDER_WIKI_CLIENT_SECRET', address: 'oauth2-provider/wiki', field: 'client_secret' },
      {
        name: 'RAC_PROVIDER_DESK_SETTINGS_PASSWORD',
        address: 'rac-provider/desk',
        field: 'settings.password',
      },
      {
        name: 'RAC_PROVIDER_DESK_SETTINGS_NESTED_KEY',
        address: 'rac-provider/desk',
        field: 'settings.nested.key',
      },
      { name: 'OAUTH_SOURCE_HUB_CONSUMER_SECRET', address: 'oauth-source/hub', field: 'consumer_secret' },
    ]);
    const more = await exportFrom(asked, { ...everything, all: true, passwords: true });
    const added = more.variables
      .map((one) => one.name)
      .filter((one) => !plain.variables.some((two) => two.name === one));
    expect(added).toEqual(['EMAIL_STAGE_MAIL_PASSWORD', 'USER_ADA_PASSWORD']);
    expect(textOf(plain) + textOf(more)).not.toMatch(/hunter/);
  });

  test('are secrets that are not set: the plan is empty, and adopting remembers what is live', async () => {
    const asked = { ...directoryOf(secret), project: 'first' };
    await applied(asked);
    await disown(asked);
    const out = join(asked.cwd, 'out');
    const first = await exportTo(asked, out);
    expect(await planned(asked, out)).toEqual(nothing);
    expect(await adoptExported(asked, first, out)).toEqual({ adopted: 6, diagnostics: [] });
    const env = Object.fromEntries(first.known);
    const again = await plan({ ...asked, paths: [out], env });
    expect([again.ok, again.plan?.changes]).toEqual([true, []]);
  });

  test('are secrets whose variables are set: elsewhere the same is made', async () => {
    const asked = directoryOf(nested);
    await applied(asked);
    const out = join(asked.cwd, 'out');
    for (const format of ['entries', 'sections'] as const) {
      const first = await exportTo(asked, out, { format });
      const env = { ...Object.fromEntries(first.known), OAUTH_SOURCE_HUB_CONSUMER_SECRET: 'x' };
      const other = { ...asked, env, paths: [out], directory: databaseIn(asked.cwd, `${format}.db`) };
      await applied(other);
      const again = await exportFrom(other, { ...everything, format });
      expect(again.files).toEqual(first.files);
      expect(again.known).toEqual(first.known);
    }
  });

  test('is what authentik manages itself, unless all is asked for; references to it go by its mark', async () => {
    const asked = directoryOf(`version: 1
entries:
- {model: authentik_rbac.role, identifiers: {name: ak-managed-role--user-1}}
- {model: authentik_core.user, identifiers: {username: outpost}, attrs: {name: Outpost, type: internal_service_account}}
- model: authentik_providers_oauth2.scopemapping
  id: openid
  identifiers: {managed: goauthentik.io/providers/oauth2/scope-openid}
  attrs: {name: openid, scope_name: openid, expression: "return {}"}
- {model: authentik_flows.flow, id: flow, identifiers: {slug: consent}, attrs: {name: Consent, title: x, designation: authorization}}
- model: authentik_providers_oauth2.oauth2provider
  identifiers: {name: wiki}
  attrs: {authorization_flow: !KeyOf flow, invalidation_flow: !KeyOf flow, redirect_uris: [], property_mappings: [!KeyOf openid]}
`);
    await applied(asked);
    const exported = await exportFrom(asked, everything);
    expect(exported.leftOut.map((one) => one.address)).toEqual([
      'role/ak-managed-role--user-1',
      'scope-mapping/openid',
      'user/outpost',
    ]);
    expect(textOf(exported)).toContain(
      '!Find [authentik_providers_oauth2.scopemapping, [managed, goauthentik.io/providers/oauth2/scope-openid]]',
    );
    expect((await exportFrom(asked, { ...everything, all: true })).leftOut).toEqual([]);
  });

  test('is an id: invitations that only their ids tell apart are told and left out', async () => {
    const asked = directoryOf(`version: 1
entries:
- {model: authentik_stages_invitation.invitation, identifiers: {name: staff}, attrs: {expires: 2099-01-31T00:00:00Z}}
`);
    await applied(asked);
    expect(textOf(await exportFrom(asked, everything))).toBe(`version: 1
metadata:
  name: invitations
entries:
  - model: authentik_stages_invitation.invitation
    identifiers:
      name: staff
    attrs:
      expires: "2099-01-31T00:00:00Z"
`);
    const opened = await openStore(asked.directory!);
    await opened.directory.create('authentik_stages_invitation.invitation', { name: 'staff' }, asked.signal);
    await opened.close();
    const twins = await exportFrom(asked, everything);
    expect(twins.files).toEqual([]);
    expect(twins.diagnostics.map((one) => one.message)).toEqual([
      'invitation/staff is one of 2 that only their ids tell apart',
      'invitation/staff#2 is one of 2 that only their ids tell apart',
    ]);
  });
});

describe('what is written', () => {
  test('are permissions on single objects and bindings of bindings', async () => {
    const asked = directoryOf(`version: 1
entries:
- {model: authentik_rbac.role, id: desk, identifiers: {name: desk}}
- {model: authentik_flows.flow, id: flow, identifiers: {slug: in}, attrs: {name: In, title: In, designation: authentication}}
- {model: authentik_stages_user_login.userloginstage, id: login, identifiers: {name: login}}
- {model: authentik_flows.flowstagebinding, id: first, identifiers: {target: !KeyOf flow, stage: !KeyOf login, order: 5}}
- {model: authentik_flows.flowstagebinding, id: second, identifiers: {target: !KeyOf flow, stage: !KeyOf login, order: 7}}
- {model: authentik_core.group, id: staff, identifiers: {name: staff}, permissions: [{permission: authentik_core.view_group, role: !KeyOf desk}]}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf second, group: !KeyOf staff, order: 0}}
`);
    await applied(asked);
    for (const format of ['entries', 'sections'] as const) {
      const out = join(asked.cwd, format);
      const first = await exportTo(asked, out, { format });
      expect(first.files.map((one) => one.name)).toEqual(['flows-in.yaml', 'groups.yaml', 'roles.yaml']);
      expect(await planned(asked, out)).toEqual(nothing);
      const other = { ...asked, paths: [out], directory: databaseIn(asked.cwd, `${format}.db`) };
      await applied(other);
      expect((await exportFrom(other, { ...everything, format })).files).toEqual(first.files);
    }
  });

  test('are single kinds, which name the rest', async () => {
    const asked = request({ paths: [shipped], cwd: temporaryFolder() });
    const live = { ...asked, directory: databaseIn(asked.cwd) };
    await applied(live);
    const exported = await exportFrom(live, {
      ...everything,
      kinds: new Set(['authentik_policies.policybinding', 'authentik_core.user']),
    });
    expect(exported.diagnostics).toEqual([]);
    expect(textOf(exported)).toContain('target: !Find [authentik_core.application, [slug, accounts]]');
  });
});

test('adopting records what was exported, so that another project keeps it', async () => {
  const folder = temporaryFolder();
  const asked = request({ paths: [shipped], cwd: folder, directory: databaseIn(folder) });
  await applied(asked);
  await disown(asked);
  const mine = { ...asked, project: 'mine' };
  const exported = await exportTo(mine, join(folder, 'out'), { format: 'sections', ownOnly: true });
  const { adopted, diagnostics } = await adoptExported(mine, exported, join(folder, 'out'));
  expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  expect(adopted).toBe(exported.files.reduce((sum, one) => sum + one.objects, 0));
  const again = await plan({ ...mine, paths: [join(folder, 'out')] });
  expect([again.plan?.changes, again.plan?.records]).toEqual([[], []]);
  // What is one project's is left out of another's.
  const theirs = await exportFrom({ ...asked, project: 'theirs' }, { ...everything, ownOnly: true });
  expect(theirs.files).toEqual([]);
  expect(theirs.leftOut.every((one) => one.why === 'foreign')).toBe(true);
});
