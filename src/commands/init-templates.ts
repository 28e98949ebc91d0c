/** The files of a new repository, apart from its blueprints. Pure. */
import { stringify } from 'yaml';
import type { DiagnosticCode } from '../diagnostic/codes.js';
import type { NewFile } from './write-files.js';

/** What the files of a repository depend on. */
export interface Repository {
  /** The name under which its blueprints own objects. */
  readonly project: string;
  /** The version of the program that makes it. */
  readonly version: string;
  /** The directory by name; `url` as asbuilt.yaml writes it. */
  readonly directory: { readonly name: string; readonly url: string };
  /** Variables that the blueprints read. */
  readonly variables: readonly string[];
  /** Errors of the blueprints that are there that may be lowered. */
  readonly lowered: readonly DiagnosticCode[];
}

/** Where a token comes from when the directory is a service. */
const tokenVariable = 'AUTHENTIK_TOKEN';

/** Everything but the blueprints. */
export function repositoryFiles(repository: Repository): NewFile[] {
  return [
    { name: 'asbuilt.yaml', text: configText(repository) },
    { name: '.gitignore', text: 'node_modules/\n.asbuilt/\nplan.json\n*.log\n' },
    { name: '.vscode/settings.json', text: jsonText(editorSettings) },
    { name: '.vscode/extensions.json', text: jsonText({ recommendations: ['redhat.vscode-yaml'] }) },
    { name: '.github/workflows/asbuilt.yaml', text: workflowText(repository) },
    { name: 'package.json', text: packageText(repository) },
    { name: 'README.md', text: readmeText(repository) },
  ];
}

/** Is the directory a service that wants a token? */
function needsToken({ directory }: Repository): boolean {
  return /^[a-z]+\+https?:/i.test(directory.url);
}

/** Is it a file, which no CI job finds again? */
function isLocal({ directory }: Repository): boolean {
  return /^sqlite:/i.test(directory.url);
}

function configText(repository: Repository): string {
  const { project, directory, variables, lowered } = repository;
  const production = isLocal(repository)
    ? `  # production:
  #   url: authentik+https://id.example.org
  #   token: {env: ${tokenVariable}}   # where the token is; it never stands here
`
    : '';
  const token = needsToken(repository) ? `    token: {env: ${tokenVariable}}\n` : '';
  const env =
    variables.length > 0
      ? stringify({ env: variables }, { version: '1.1' })
      : '# env: [SMTP_HOST, IDENTITY_*]\n';
  const severities =
    lowered.length > 0
      ? `
# What authentik ignores silently is an error otherwise. Remove this when the blueprints have no such warning any more.
${stringify({ diagnostics: Object.fromEntries(lowered.map((code) => [code, 'warning'])) }, { version: '1.1' })}`
      : '';
  return `# yaml-language-server: $schema=node_modules/asbuilt/schemas/config.schema.json

# The name under which these blueprints own objects in a directory.
${stringify({ project }, { version: '1.1' })}
blueprints: [blueprints]

directories:
  ${directory.name}:
    url: ${JSON.stringify(directory.url)}
${token}${production}default_directory: ${directory.name}

# Environment variables that blueprints may read through !Env: names, and beginnings of names followed by *.
${env}
# Files and folders that blueprints may read through !File beside this folder.
# files: [/run/secrets/identity]
${severities}
# What these blueprints made and no longer describe goes: accounts are switched off, other objects deleted.
prune: true
`;
}

const schemas = './node_modules/asbuilt/schemas';

const editorSettings = {
  'yaml.yamlVersion': '1.1',
  'yaml.schemas': {
    [`${schemas}/blueprint.schema.json`]: ['blueprints/**/*.yaml'],
    [`${schemas}/config.schema.json`]: ['asbuilt.yaml'],
  },
  'yaml.customTags': [
    '!KeyOf scalar',
    '!Find sequence',
    '!FindObject sequence',
    '!Context scalar',
    '!Context sequence',
    '!Env scalar',
    '!Env sequence',
    '!File scalar',
    '!File sequence',
    '!Format sequence',
    '!If sequence',
    '!Condition sequence',
    '!Enumerate sequence',
    '!Index scalar',
    '!Value scalar',
    '!AtIndex sequence',
    '!ParseJSON scalar',
  ],
};

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function workflowText(repository: Repository): string {
  const { directory, variables } = repository;
  const secrets = [...(needsToken(repository) || isLocal(repository) ? [tokenVariable] : []), ...variables];
  const lines = secrets.map((name) => `  ${name}: \${{ secrets.${name} }}\n`).join('');
  const note = isLocal(repository)
    ? `  # The directory's name in asbuilt.yaml. A file such as \`${directory.name}\` is empty in every job: name your server.\n`
    : "  # The directory's name in asbuilt.yaml.\n";
  return `# Pull requests show what would change; the main branch is applied.
name: asbuilt
on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

# Runs against one directory wait for each other, and none is stopped half-way.
concurrency:
  group: asbuilt-\${{ github.event_name }}-\${{ github.ref }}
  cancel-in-progress: false

env:
${note}  DIRECTORY: ${directory.name}
${lines}
jobs:
  plan:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm install
      - run: npx asbuilt validate
      # Fails when a hazard is refused, so that nobody merges what cannot be applied.
      - run: npx asbuilt plan --directory "$DIRECTORY"

  apply:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm install
      - run: npx asbuilt apply --directory "$DIRECTORY" --auto-approve --lock-timeout 5m
`;
}

function packageText({ version }: Repository): string {
  return jsonText({
    private: true,
    scripts: { validate: 'asbuilt validate', plan: 'asbuilt plan', apply: 'asbuilt apply' },
    devDependencies: { asbuilt: `^${version}` },
  });
}

function readmeText(repository: Repository): string {
  const { project, directory } = repository;
  return `# ${project}

Users, groups, roles, flows and settings of our identity directory, as files. What stands in \`blueprints/\` on the main
branch is what the directory \`${directory.name}\` (see \`asbuilt.yaml\`) becomes.

\`\`\`sh
npm install
npx asbuilt validate   # are the files right?
npx asbuilt plan       # what would change?
npx asbuilt apply      # show it, ask, and change it
\`\`\`

A change goes through a pull request: its checks show the plan. Secrets stand in no file: blueprints read them from
variables (\`!Env\`) that \`asbuilt.yaml\` lists below \`env:\`.
`;
}
