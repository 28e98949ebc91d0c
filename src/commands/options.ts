/** Options that several commands share, so that they read the same in each of them. */
import { type Command, Option } from 'commander';
import type { Surroundings } from './surroundings.js';

/** Options that decide how a command talks. */
export interface Talk {
  readonly json?: boolean;
  readonly verbose?: number;
}

/** Notes which command the command line calls. */
export type Calls = (talk: Talk, run: (surroundings: Surroundings) => Promise<number>) => void;

/** What the help says of `[paths...]`. */
export const pathsHelp = 'blueprints, or folders of them (default: blueprints)';

/** Options of the commands that plan. */
export const planning = [
  'prune',
  'noPrune',
  'allow',
  'refuse',
  'writeSecrets',
  'issue',
  'concurrency',
] as const;

/** Options of the commands that write reports. */
export const reporting = ['format', 'report', 'redact'] as const;

const options = {
  prune: () => new Option('--prune', 'remove what this project created and no blueprint mentions any more'),
  noPrune: () => new Option('--no-prune', 'do not prune, whatever the configuration says'),
  allow: () =>
    new Option('--allow <hazard>', 'apply changes in spite of this hazard; repeatable').argParser(collected),
  refuse: () =>
    new Option('--refuse <hazard>', 'refuse a plan with this hazard; repeatable').argParser(collected),
  writeSecrets: () =>
    new Option('--write-secrets <address>', 'write the secrets of this adopted object; repeatable').argParser(
      collected,
    ),
  issue: () => new Option('--issue', 'issue missing invitations although the ledger is empty'),
  concurrency: () =>
    new Option('--concurrency <number>', 'how many calls to the directory may be under way (default: 4)'),
  lockTimeout: () =>
    new Option('--lock-timeout <duration>', 'how long to wait for another run (90s, 5m; default: 0)'),
  config: () => new Option('--config <file>', 'the configuration (default: asbuilt.yaml here or above)'),
  ledger: () => new Option('--ledger <url>', 'use a separate ledger, such as sqlite:ledger.db'),
  directory: () =>
    new Option(
      '-d, --directory <url-or-name>',
      'the directory, or its name in asbuilt.yaml (default: sqlite:.asbuilt/directory.db)',
    ),
  project: () =>
    new Option('-p, --project <name>', 'the name under which objects are owned (default: default)'),
  context: () =>
    new Option('-c, --context <key=value>', 'a context value, read as YAML; repeatable').argParser(collected),
  target: () =>
    new Option('-t, --target <address>', 'only this resource and what it needs; repeatable').argParser(
      collected,
    ),
  strict: () => new Option('--strict', 'treat warnings as errors'),
  format: () =>
    new Option('--format <format>', 'what to print: text, json, markdown, github or sarif (default: text)'),
  report: () =>
    new Option('--report <format=file>', 'write a report to a file as well; repeatable').argParser(collected),
  redact: () => new Option('--redact', 'hide names and emails of people in all output'),
} as const;

/** Adds options to a command by name, with those that every command has. */
export function shared(command: Command, ...names: (keyof typeof options)[]): Command {
  for (const name of names) command.addOption(options[name]());
  if (names.length > 0 && !names.includes('config')) command.addOption(options.config());
  if (names.includes('directory')) command.addOption(options.ledger());
  return command
    .option('--json', 'print JSON')
    .option(
      '-v, --verbose',
      'print more; repeat for even more',
      (_: string, before: number) => before + 1,
      0,
    );
}

/** Keeps every value of an option that may be given again. */
export function collected(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
