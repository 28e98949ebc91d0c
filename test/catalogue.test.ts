/** The generated schemas and facts hold together, and know what authentik's own blueprints use. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalogue, type FieldFacts, type KindFacts } from '../src/model/kinds.js';
import { corpus, withoutCorpus } from './support/corpus.js';

const addFormats = formats as unknown as typeof formats.default;
const root = fileURLToPath(new URL('..', import.meta.url));
const { kinds, byName, families, familyModels, permissions } = catalogue();
const all = [...kinds.values()];
const fields: [string, KindFacts, FieldFacts][] = all.flatMap((kind) =>
  Object.values(kind.fields).map((field): [string, KindFacts, FieldFacts] => [
    `${kind.kind}.${field.name}`,
    kind,
    field,
  ]),
);

/** What is wrong, so that a failure lists all of it. */
function wrong(
  check: (path: string, kind: KindFacts, field: FieldFacts) => string | undefined | false,
): string[] {
  return fields.flatMap(([path, kind, field]) => {
    const problem = check(path, kind, field);
    return problem ? [`${path}: ${problem}`] : [];
  });
}

function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  return ajv;
}

describe('every kind', () => {
  it('has a schema that compiles', () => {
    const ajv = newAjv();
    const folder = join(root, 'schemas/kinds');
    for (const file of readdirSync(folder)) ajv.compile(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  });

  it('has a short name of its own, which no family has', () => {
    expect(byName.size).toBe(kinds.size);
    expect(
      [...byName.keys()].filter((name) => families.has(name) || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)),
    ).toEqual([]);
  });

  it('names only attributes that it has', () => {
    const unknown = all.flatMap((kind) =>
      [
        ...kind.key,
        ...kind.match,
        ...kind.unique.flatMap((one) => one.fields),
        ...(kind.expires ? [kind.expires] : []),
        ...(kind.partOf ? [kind.partOf] : []),
      ]
        .filter((name) => !kind.fields[name])
        .map((name) => `${kind.kind}.${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('has a key or is told apart by its id on purpose', () => {
    const without = all.filter((kind) => kind.key.length === 0).map((kind) => kind.name);
    expect(without.sort()).toEqual(['data-export', 'meta-apply-blueprint', 'notification', 'settings']);
  });

  it('has no secret in its address', () => {
    expect(
      wrong((_, kind, field) => kind.key.includes(field.name) && field.secret && 'is in the key'),
    ).toEqual([]);
  });

  it('is part of something only through a reference', () => {
    expect(all.filter((kind) => kind.partOf && !kind.fields[kind.partOf]?.reference)).toEqual([]);
  });

  it('knows by which id of authentik a family knows it', () => {
    const own = all.flatMap((kind) =>
      kind.families.filter((one) => one.ownId).map((one) => `${kind.name} ${one.family} ${one.idName}`),
    );
    expect(own).toEqual([
      'user user-by-uuid uuid',
      'flow policy-binding-target policybindingmodel_ptr_id',
      'flow-stage-binding policy-binding-target policybindingmodel_ptr_id',
    ]);
  });

  it('belongs to the families of authentik', () => {
    expect([...familyModels].sort()).toEqual([
      ['authentik_core.groupsourceconnection', 'group-source-connection'],
      ['authentik_core.propertymapping', 'property-mapping'],
      ['authentik_core.provider', 'provider'],
      ['authentik_core.source', 'source'],
      ['authentik_core.usersourceconnection', 'user-source-connection'],
      ['authentik_endpoints.connector', 'connector'],
      ['authentik_flows.stage', 'stage'],
      ['authentik_outposts.outpostserviceconnection', 'outpost-service-connection'],
      ['authentik_policies.policy', 'policy'],
      ['authentik_policies.policybindingmodel', 'policy-binding-target'],
    ]);
    expect(families.get('policy-binding-target')!.map((kind) => kind.name)).toEqual(
      expect.arrayContaining(['flow', 'application', 'ldap-source', 'notification-rule', 'rac-endpoint']),
    );
  });
});

describe('every attribute', () => {
  it('refers to a kind or family that there is', () => {
    expect(
      wrong(
        (_, __, { reference }) =>
          reference && !kinds.has(reference.to) && !families.has(reference.to) && reference.to,
      ),
    ).toEqual([]);
  });

  it('has a default that its schema accepts', () => {
    const ajv = newAjv();
    expect(
      wrong((_, __, field) => {
        if (field.default === undefined) return undefined;
        return !ajv.validate(field.schema, field.default) && ajv.errorsText();
      }),
    ).toEqual([]);
  });

  it('that is required or worked out has no default', () => {
    expect(
      wrong((_, __, field) => (field.required || field.computed) && field.default !== undefined && 'has one'),
    ).toEqual([]);
  });

  it('is nullable exactly if its schema accepts null', () => {
    const ajv = newAjv();
    expect(
      wrong(
        (_, __, field) =>
          !field.retired &&
          !field.aliasOf &&
          ajv.validate(field.schema, null) !== field.nullable &&
          'differs',
      ),
    ).toEqual([]);
  });

  it('that is the other side of a relation names a set that refers back', () => {
    expect(
      wrong((_, kind, { inverseOf }) => {
        if (!inverseOf) return undefined;
        const other = kinds.get(inverseOf.kind)?.fields[inverseOf.field];
        return (other?.reference?.to !== kind.kind || other.set !== 'exact') && 'does not';
      }),
    ).toEqual([]);
  });

  it('that stands for another names one of the kind', () => {
    expect(
      wrong((_, kind, { aliasOf }) => aliasOf !== undefined && !kind.fields[aliasOf] && aliasOf),
    ).toEqual([]);
  });

  it('whose name sounds like a secret is one, or was looked at and is none', () => {
    const telling = /secret|password|token|private|credential|key|ccache|kubeconfig|auth|settings$/;
    const aboutSecrets =
      /_(validity|threshold|expiry|length|duration|url|field|attribute|reason|mode|method|type)$/;
    const suspects = wrong((path, _, field) => {
      const types = [field.schema.type ?? 'any'].flat();
      const holdsText = types.some((type) => type === 'string' || type === 'object' || type === 'any');
      const decided = field.secret || field.reference || field.retired || field.schema.enum;
      if (!telling.test(field.name) || aboutSecrets.test(field.name) || !holdsText || decided)
        return undefined;
      return !soundsSecretAndIsNot.has(path) && 'is it secret?';
    });
    expect(suspects).toEqual([]);
  });

  it('that authentik never gives back is a secret, or known to be none', () => {
    const open = wrong((_, __, field) => field.unreadable && !field.secret && 'unreadable');
    expect(open).toEqual(['authentik_crypto.certificatekeypair.certificate_data: unreadable']);
  });
});

/** Public names and public halves of keys. */
const soundsSecretAndIsNot = new Set([
  'authentik_sources_oauth.oauthsource.consumer_key',
  'authentik_stages_authenticator_duo.authenticatorduostage.admin_integration_key',
  'authentik_stages_captcha.captchastage.public_key',
  'authentik_stages_prompt.prompt.field_key',
]);

describe('the facts that other parts lean on', () => {
  const field = (path: string) => byName.get(path.split('.')[0]!)!.fields[path.split('.')[1]!]!;

  it('say what identifies an object', () => {
    const keyOf = (name: string) => [byName.get(name)!.key, byName.get(name)!.keyUnique];
    expect(keyOf('user')).toEqual([['username'], true]);
    expect(keyOf('flow')).toEqual([['slug'], true]);
    expect(keyOf('ldap-source')).toEqual([['slug'], true]);
    expect(keyOf('user-write-stage')).toEqual([['name'], true]);
    expect(keyOf('flow-stage-binding')).toEqual([['target', 'stage'], false]);
    expect(keyOf('invitation')).toEqual([['name'], false]);
    expect(byName.get('flow-stage-binding')!.match).toEqual(['target', 'stage', 'order']);
    expect(byName.get('expression-policy')!.unique).toEqual([{ fields: ['name'], within: 'policy' }]);
  });

  it('say what happens when a target goes', () => {
    expect(field('invitation.flow').reference?.onDelete).toBe('set_null');
    expect(field('invitation.created_by').reference?.onDelete).toBe('cascade');
    expect(field('policy-binding.group').reference?.onDelete).toBe('cascade');
    expect(field('oauth2-provider.authorization_flow').reference?.onDelete).toBe('cascade');
    expect(field('oauth2-provider.invalidation_flow').reference?.onDelete).toBe('set_null');
    expect(field('radius-provider.certificate').reference?.onDelete).toBe('cascade');
    expect(field('radius-provider.certificate').default).toBeNull();
  });

  it('know the sets, maps and grants', () => {
    expect(field('user.groups').set).toBe('exact');
    expect(field('user.permissions').set).toBe('granted');
    expect(field('password-stage.backends').set).toBeUndefined();
    expect(
      all
        .filter((kind) => kind.fields.attributes?.map)
        .map((kind) => kind.name)
        .sort(),
    ).toEqual(['application-entitlement', 'brand', 'device-access-group', 'group', 'user']);
  });

  it('know permissions on models that are no kinds', () => {
    for (const name of [
      'authentik_core.impersonate',
      'authentik_rbac.view_system_info',
      'authentik_core.delete_authenticatedsession',
    ]) {
      expect(permissions).toContain(name);
    }
  });

  it('let a policy binding name exactly one of policy, group and user', () => {
    const ajv = newAjv();
    const [constraint] = byName.get('policy-binding')!.constraints;
    expect(ajv.validate(constraint!.schema, { policy: null, group: 'x', user: null })).toBe(true);
    expect(ajv.validate(constraint!.schema, { policy: 'y', group: 'x', user: null })).toBe(false);
    expect(ajv.validate(constraint!.schema, { target: 'z' })).toBe(false);
  });

  it('take durations as authentik does', () => {
    const ajv = newAjv();
    const { schema } = field('settings.event_retention');
    for (const good of ['days=365', 'hours=1;minutes=2.5', 'minutes=-5', 'nothing=1;weeks=2'])
      expect(ajv.validate(schema, good)).toBe(true);
    for (const bad of ['', '30', 'days', 'fortnights=1', 'days=x'])
      expect(ajv.validate(schema, bad)).toBe(false);
  });
});

const factsFile = join(root, '../shared/facts/authentik-catalogue.json');
describe('compared with the facts gathered from authentik', () => {
  interface Known {
    blueprint_attrs: string[];
    is_policybindingmodel: boolean;
    permissions: string[];
    pk_type: string | null;
    primary: string | null;
    rest: { prefix: string; read_only: string[] }[];
  }
  const known: Record<string, Known> = existsSync(factsFile)
    ? JSON.parse(readFileSync(factsFile, 'utf8')).models
    : {};
  const skip = !existsSync(factsFile);
  if (skip) console.log('skipped: the facts about authentik are not beside the repository');

  it.skipIf(skip)('no kind is missing and none is made up', () => {
    expect([...kinds.keys()].filter((kind) => !kind.startsWith('asbuilt.')).sort()).toEqual(
      Object.keys(known).sort(),
    );
  });

  it.skipIf(skip)('no attribute of blueprints is missing', () => {
    const missing = Object.entries(known).flatMap(([kind, { blueprint_attrs }]) =>
      blueprint_attrs.filter((name) => !kinds.get(kind)?.fields[name]).map((name) => `${kind}.${name}`),
    );
    expect(missing).toEqual([]);
  });

  it.skipIf(skip)('ids, permissions, paths and bindable kinds agree', () => {
    const bindable = new Set(families.get('policy-binding-target')!.map((kind) => kind.kind));
    for (const [kind, facts] of Object.entries(known)) {
      const own = kinds.get(kind)!;
      if (facts.pk_type) expect(own.idType, kind).toBe(facts.pk_type === 'int' ? 'integer' : 'uuid');
      if (!own.meta) expect([...own.permissions], kind).toEqual([...facts.permissions].sort());
      expect(bindable.has(kind), kind).toBe(facts.is_policybindingmodel === true);
      expect(own.path, kind).toBe(facts.primary ? `/${facts.primary}` : undefined);
    }
  });
});

interface RawEntry {
  model: string;
  identifiers?: Record<string, unknown>;
  attrs?: Record<string, unknown>;
}

describe('the blueprints that authentik ships', () => {
  if (!corpus) console.log(withoutCorpus);
  const files = corpus
    ? readdirSync(corpus, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.yaml'))
        .sort()
    : [];
  /** As an editor reads it: what stands after a tag, without the tag. */
  const read = (name: string) =>
    parse(readFileSync(join(corpus!, name), 'utf8'), { version: '1.1', logLevel: 'silent' });

  it.skipIf(!corpus)('use no attribute that is neither known nor retired', () => {
    const unknown: string[] = [];
    for (const name of files) {
      const { entries = [] } = read(name);
      for (const entry of (Array.isArray(entries) ? entries : Object.values(entries).flat()) as RawEntry[]) {
        const kind = kinds.get(entry.model);
        const used = Object.keys({ ...entry.attrs, ...entry.identifiers });
        for (const attribute of used)
          if (!kind?.fields[attribute]) unknown.push(`${name}: ${entry.model}.${attribute}`);
      }
    }
    expect(unknown).toEqual([]);
  });

  it.skipIf(!corpus)('have nothing that an editor would underline', () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(
      JSON.parse(readFileSync(join(root, 'schemas/blueprint.schema.json'), 'utf8')),
    );
    const underlined = files.flatMap((name) =>
      validate(read(name))
        ? []
        : (validate.errors ?? []).map((error) => `${name}${error.instancePath} ${error.message}`),
    );
    expect(underlined).toEqual([]);
  });
});

describe('the schema for editors', () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(
    JSON.parse(readFileSync(join(root, 'schemas/blueprint.schema.json'), 'utf8')),
  );
  const entry = (attrs: object) => ({
    version: 1,
    entries: [{ model: 'authentik_core.user', identifiers: { username: 'ada', groups__name: 'x' }, attrs }],
  });

  it('takes tags for values and lookups for identifiers', () => {
    expect(
      validate(
        entry({ is_active: 'ACTIVE', groups: [['authentik_core.group', ['name', 'x']]], type: ['a'] }),
      ),
    ).toBe(true);
  });

  it('underlines misspelt kinds, attributes, enums and permissions', () => {
    expect(validate(entry({ usrename: 'x' }))).toBe(false);
    expect(validate(entry({ type: 'extrenal' }))).toBe(false);
    expect(validate({ version: 1, entries: [{ model: 'authentik_core.usr', identifiers: { a: 1 } }] })).toBe(
      false,
    );
    expect(validate({ version: 1, entries: [{ modle: 'authentik_core.user' }] })).toBe(false);
  });
});

it('the generated files are what the sources give', () => {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/schemas.ts', '--check'], {
    cwd: root,
    stdio: 'pipe',
  });
});
