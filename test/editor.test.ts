/** The schema for editors, as the YAML language server of VS Code and Neovim reads it: errors, completion, hover. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { tagNames } from '../src/yaml/blueprint-tags.js';

const root = new URL('../', import.meta.url);
const at = (path: string): string => fileURLToPath(new URL(path, root));
const settings = JSON.parse(readFileSync(at('.vscode/settings.json'), 'utf8'));
const schema = pathToFileURL(at('schemas/blueprint.schema.json')).href;

interface Problem {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number } };
}

interface Completions {
  readonly items: readonly { readonly label: string }[];
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { uri: string; diagnostics: Problem[]; items: { section: string }[] };
  readonly result?: unknown;
}

/** A language server that was told what `.vscode/settings.json` says, and takes only our schema. */
interface Editor {
  readonly open: (name: string, text: string) => Promise<readonly string[]>;
  readonly completions: (name: string, line: number, character: number) => Promise<readonly string[]>;
  readonly hover: (name: string, line: number, character: number) => Promise<string>;
  readonly close: () => void;
}

const told: Record<string, unknown> = {
  yaml: {
    customTags: settings['yaml.customTags'],
    yamlVersion: settings['yaml.yamlVersion'],
    schemas: { [schema]: ['blueprints/*.yaml'] },
    schemaStore: { enable: false },
    kubernetesCRDStore: { enable: false },
    validate: true,
    completion: true,
    hover: true,
  },
};

async function startEditor(): Promise<Editor> {
  const program = at('node_modules/yaml-language-server/bin/yaml-language-server');
  const server = spawn(process.execPath, [program, '--stdio']);
  const answers = new Map<number, (result: unknown) => void>();
  const listeners = new Map<string, (problems: Problem[]) => void>();
  let lastId = 0;

  const notify = (method: string, params: object) => write(server, { method, params });
  const ask = <Answer>(method: string, params: object): Promise<Answer> =>
    new Promise((resolve) => {
      lastId += 1;
      answers.set(lastId, resolve as (result: unknown) => void);
      write(server, { id: lastId, method, params });
    });
  onMessage(server, ({ id, method, params, result }) => {
    if (method === 'textDocument/publishDiagnostics') listeners.get(params!.uri)?.(params!.diagnostics);
    else if (method === 'workspace/configuration')
      write(server, { id, result: params!.items.map(({ section }) => told[section] ?? null) });
    else if (method !== undefined && id !== undefined) write(server, { id, result: null });
    else if (id !== undefined) answers.get(id)?.(result);
  });

  // Documents come by the protocol, so their folder need not exist. It does not lie in the clone: the server's patterns
  // match nothing below a hidden folder, and the clone may lie below one.
  const rootUri = 'file:///project/';
  const uriOf = (name: string): string => new URL(name, `${rootUri}blueprints/`).href;
  const where = (name: string, line: number, character: number) => ({
    textDocument: { uri: uriOf(name) },
    position: { line: line - 1, character },
  });
  await ask('initialize', {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'asbuilt' }],
    capabilities: {
      workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
      textDocument: { hover: { contentFormat: ['markdown'] } },
    },
  });
  notify('initialized', {});
  // Without its settings the server would check the first file against nothing.
  const configured = new Promise<void>((resolve) => listeners.set(uriOf('first.yaml'), () => resolve()));
  notify('workspace/didChangeConfiguration', { settings: told });
  notify('textDocument/didOpen', document(uriOf('first.yaml'), 'version: 1\n'));
  await configured;

  return {
    open: (name, text) =>
      new Promise((resolve) => {
        listeners.set(uriOf(name), (problems) =>
          resolve(problems.map(({ range, message }) => `${range.start.line + 1}: ${message}`)),
        );
        notify('textDocument/didOpen', document(uriOf(name), text));
      }),
    completions: async (name, line, character) => {
      const found = await ask<Completions>('textDocument/completion', where(name, line, character));
      return found.items.map(({ label }) => label).filter((label) => !label.startsWith('!'));
    },
    hover: async (name, line, character) => {
      const found = await ask<{ contents: { value: string } } | null>(
        'textDocument/hover',
        where(name, line, character),
      );
      // The server escapes what Markdown would take for markup.
      return (found?.contents.value ?? '').replace(/\\(?=[^a-z0-9\s])/gi, '');
    },
    close: () => server.kill(),
  };
}

function document(uri: string, text: string): object {
  return { textDocument: { uri, languageId: 'yaml', version: 1, text } };
}

function write(server: ChildProcessWithoutNullStreams, message: object): void {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function onMessage(server: ChildProcessWithoutNullStreams, take: (message: Message) => void): void {
  let rest = Buffer.alloc(0);
  server.stdout.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const headEnd = rest.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(rest.toString('latin1', 0, headEnd))![1]);
      const bodyAt = headEnd + 4;
      if (rest.length < bodyAt + length) return;
      const body = rest.toString('utf8', bodyAt, bodyAt + length);
      rest = rest.subarray(bodyAt + length);
      take(JSON.parse(body));
    }
  });
}

describe('an editor with the YAML language server', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await startEditor();
  });
  afterAll(() => editor.close());

  const shipped = readdirSync(at('blueprints')).filter((name) => name.endsWith('.yaml'));
  const examples = readdirSync(at('examples'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /blueprints\/.*\.yaml$/.test(path.replaceAll('\\', '/')),
  );

  test.each([...shipped.map((name) => `blueprints/${name}`), ...examples.map((path) => `examples/${path}`)])(
    'underlines nothing in %s',
    async (path) => {
      expect(await editor.open(path.replaceAll('/', '-'), readFileSync(at(path), 'utf8'))).toEqual([]);
    },
  );

  test('underlines nothing in the sections and tags that the guides show', async () => {
    const guides = ['docs/sections.md', 'docs/tags.md', 'README.md'].map((path) =>
      readFileSync(at(path), 'utf8'),
    );
    const blocks = guides.flatMap((guide) =>
      [...guide.matchAll(/^```yaml\n(version: 1\n[\s\S]*?)^```/gm)].map(([, block]) => block!),
    );
    expect(blocks.length).toBeGreaterThan(3);
    for (const [index, block] of blocks.entries())
      expect(await editor.open(`guide-${index}.yaml`, block), block).toEqual([]);
  });

  const entry = [
    'version: 1',
    'entries:',
    '  - model: authentik_core.user',
    '    identifiers: {username: ada}',
    '    attrs:',
  ];

  test('underlines an unknown attribute of an entry, and of nothing else', async () => {
    const text = [...entry, '      name: Ada', '      emial: ada@example.org', ''].join('\n');
    expect(await editor.open('unknown-attribute.yaml', text)).toEqual([
      expect.stringMatching(/^7: Value is not accepted\. Valid values: .*"email"/),
    ]);
  });

  test('underlines an unknown attribute in a section', async () => {
    const text = 'version: 1\nusers:\n  ada:\n    emial: ada@example.org\n';
    expect(await editor.open('unknown-in-section.yaml', text)).toEqual(['4: Property emial is not allowed.']);
  });

  test('underlines a misspelt kind, state, section, identifier and enum value', async () => {
    const text = [
      'version: 1',
      'uzers: {}',
      'x-ours: {}',
      'entries:',
      '  - model: authentik_core.usr',
      '    state: presnt',
      '  - model: authentik_core.user',
      '    identifiers: {usrname: ada, groups__name: staff, pk: 4}',
      '    attrs: {type: extrenal}',
      '',
    ].join('\n');
    const lines = (await editor.open('misspelt.yaml', text)).map((problem) => Number.parseInt(problem, 10));
    expect(new Set(lines)).toEqual(new Set([2, 5, 6, 8, 9]));
  });

  test('offers the attributes of the kind in an entry, and not those that are written', async () => {
    const text = [...entry, '      name: Ada', '      ', ''].join('\n');
    await editor.open('complete-entry.yaml', text);
    const offered = await editor.completions('complete-entry.yaml', 7, 6);
    expect(offered).toEqual(expect.arrayContaining(['email', 'groups', 'path', 'is_active']));
    expect(offered).not.toContain('name');
    expect(offered).not.toContain('slug');
  });

  test('offers only the attributes of the kind when another one begins with its name', async () => {
    const text =
      'version: 1\nentries:\n  - model: authentik_flows.flow\n    identifiers: {slug: x}\n    attrs:\n      \n';
    await editor.open('complete-flow.yaml', text);
    const offered = await editor.completions('complete-flow.yaml', 6, 6);
    expect(offered).toContain('designation');
    expect(offered).not.toContain('evaluate_on_plan');
  });

  test('offers attributes in a section, stages of a flow, and their attributes', async () => {
    const text = [
      'version: 1',
      'users:',
      '  ada:',
      '    ',
      'flows:',
      '  join:',
      '    stages:',
      '      - ',
      '      - user_write:',
      '          ',
      '',
    ].join('\n');
    await editor.open('complete-section.yaml', text);
    expect(await editor.completions('complete-section.yaml', 4, 4)).toEqual(
      expect.arrayContaining(['name', 'email', 'groups', 'state']),
    );
    expect(await editor.completions('complete-section.yaml', 8, 8)).toEqual(
      expect.arrayContaining(['invitation', 'prompt', 'user_login']),
    );
    expect(await editor.completions('complete-section.yaml', 10, 10)).toEqual(
      expect.arrayContaining(['user_creation_mode', 'user_path_template']),
    );
  });

  test('offers sections, kinds, enums and permissions', async () => {
    const text = [
      'version: 1',
      'flows:',
      '  join:',
      '    designation: ',
      'roles:',
      '  helpdesk:',
      '    permissions:',
      '      - authentik_core.',
      'entries:',
      '  - model: ',
      '',
    ].join('\n');
    await editor.open('complete-values.yaml', text);
    expect(await editor.completions('complete-values.yaml', 11, 0)).toEqual(
      expect.arrayContaining(['users', 'groups', 'settings', 'metadata']),
    );
    expect(await editor.completions('complete-values.yaml', 4, 17)).toEqual(
      expect.arrayContaining(['enrollment', 'recovery']),
    );
    expect(await editor.completions('complete-values.yaml', 8, 23)).toContain('authentik_core.view_user');
    expect(await editor.completions('complete-values.yaml', 10, 11)).toContain('authentik_core.user');
  });

  test('finds the schema that the first line of a file names', async () => {
    const line = '# yaml-language-server: $schema=../schemas/blueprint.schema.json';
    const text = `${line}\nversion: 1\nusers:\n  ada: {emial: ada@example.org}\n`;
    const elsewhere = new URL('docs/elsewhere.yaml', root).href;
    expect(await editor.open(elsewhere, text)).toEqual(['4: Property emial is not allowed.']);
  });

  test('tells about an attribute under the pointer', async () => {
    const text = [...entry, '      path: staff', '      groups: []', ''].join('\n');
    await editor.open('hover.yaml', text);
    expect(await editor.hover('hover.yaml', 6, 8)).toContain('Text. Default: "users".');
    expect(await editor.hover('hover.yaml', 7, 8)).toContain('References to authentik_core.group.');
  });
});

describe('the settings for editors', () => {
  const guide = readFileSync(at('docs/editors.md'), 'utf8');
  const customTags = settings['yaml.customTags'] as string[];
  const blocksOf = (language: string): string[] =>
    [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
      ([, block]) => block!,
    );

  test('know all tags and no others', () => {
    const named = new Set(customTags.map((tag) => tag.replace(/^!(\w+) (scalar|sequence)$/, '$1')));
    expect([...named].sort()).toEqual([...tagNames].sort());
  });

  test('of this repository are those of the guide', () => {
    const [shown] = blocksOf('json').map((block) => JSON.parse(block));
    expect(shown['yaml.customTags']).toEqual(customTags);
    expect(shown['yaml.yamlVersion']).toBe(settings['yaml.yamlVersion']);
    expect(
      Object.keys(shown['yaml.schemas']).map((path) => path.replace(/^.*\/schemas/, './schemas')),
    ).toEqual(Object.keys(settings['yaml.schemas']));
  });

  test('of other editors in the guide name the same tags', () => {
    const named = [...blocksOf('lua'), ...blocksOf('toml')].map((block) =>
      [...block.matchAll(/['"](!\w+ (?:scalar|sequence))['"]/g)].map(([, tag]) => tag),
    );
    expect(named.length).toBeGreaterThan(0);
    for (const tags of named) expect(tags).toEqual(customTags);
  });

  test('in the guide point at schemas that exist', () => {
    for (const [, name] of guide.matchAll(/schemas\/([\w.]+\.schema\.json)/g))
      expect(() => parse(readFileSync(at(`schemas/${name}`), 'utf8'))).not.toThrow();
  });
});
