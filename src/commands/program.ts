/** Words of the command line in, the command they call with its options out; or what is wrong with them. */
import { Command, CommanderError, Option } from 'commander';
import { type Diagnostic, diagnose, nearest } from '../diagnostic.js';
import type { Surroundings } from './surroundings.js';

/** Options that decide how a command talks. */
export interface Talk {
  readonly json?: boolean;
  readonly verbose?: number;
}

/** What the command line asks for: run a command, or print what commander has to say (help). */
export type Call =
  | {
      readonly type: 'run';
      readonly talk: Talk;
      readonly run: (surroundings: Surroundings) => Promise<number>;
    }
  | { readonly type: 'said'; readonly text: string; readonly failed: boolean }
  | { readonly type: 'wrong'; readonly diagnostic: Diagnostic };

/** Understands the command line. Modules of a command are loaded when it runs, so that the others cost nothing. */
export async function understand(words: readonly string[], width: number): Promise<Call> {
  let call: Call | undefined;
  let text = '';
  let asked: Command | undefined;
  const calls = (talk: Talk, run: (surroundings: Surroundings) => Promise<number>): void => {
    call = { type: 'run', talk, run };
  };
  const program = programOf(calls);
  for (const command of withSubcommands(program)) {
    command.exitOverride((error) => {
      asked = command;
      throw error;
    });
    command.showSuggestionAfterError(false);
    command.configureOutput({
      writeOut: (more) => void (text += more),
      writeErr: (more) => void (text += more),
      outputError: () => undefined,
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
    });
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (text !== '') return { type: 'said', text, failed: error.exitCode !== 0 };
    return { type: 'wrong', diagnostic: problemOf(error, asked ?? program) };
  }
  return call ?? { type: 'said', text, failed: true };
}

type Calls = (talk: Talk, run: (surroundings: Surroundings) => Promise<number>) => void;

function programOf(calls: Calls): Command {
  const program = new Command('asbuilt')
    .description('Keeps an identity directory true to the YAML blueprints in a git repository.')
    .option('-V, --version', 'print the version')
    .addHelpText('after', examples);

  shared(program.command('validate').argument('[paths...]', pathsHelp), 'context', 'strict')
    .summary('check blueprints without a directory')
    .description('Checks blueprints without a directory: YAML, structure, attributes, tags and values.')
    .action((paths, options) =>
      calls(options, async (world) => (await import('./validate.js')).validate(world, paths, options)),
    );
  shared(
    program.command('plan').argument('[paths...]', pathsHelp),
    'directory',
    'project',
    'context',
    'target',
    'strict',
  )
    .option('--detailed-exitcode', 'exit with 2 when changes are pending')
    .summary('show what apply would change')
    .description('Compares the blueprints with the directory and shows what apply would change.')
    .action((paths, options) =>
      calls(options, async (world) => (await import('./plan.js')).plan(world, paths, options)),
    );
  shared(
    program.command('apply').argument('[paths...]', pathsHelp),
    'directory',
    'project',
    'context',
    'target',
    'strict',
  )
    .option('--auto-approve', 'do not ask before writing')
    .summary('make the directory equal to the blueprints')
    .description('Shows the plan, asks, and makes the directory equal to the blueprints.')
    .action((paths, options) =>
      calls(options, async (world) => (await import('./apply.js')).apply(world, paths, options)),
    );
  shared(
    program
      .command('explain')
      .argument('<topic>', 'a diagnostic code, a kind, kind.attribute, `kinds` or `codes`'),
  )
    .summary('explain a diagnostic, a kind or an attribute')
    .description('Explains a diagnostic code, a kind, or an attribute of a kind.')
    .action((topic, options) =>
      calls(options, async (world) => (await import('./explain.js')).explain(world, topic, options)),
    );
  const invitation = program
    .command('invitation')
    .summary('print the link of an invitation')
    .description('Works with invitations.');
  shared(invitation.command('link').argument('<name>', 'the name of the invitation'), 'directory')
    .option('--base <url>', 'address of the login pages (default: $ASBUILT_BASE_URL)')
    .description('Prints the link of a live invitation.')
    .action((name, options) =>
      calls(options, async (world) => (await import('./invitation.js')).invitationLink(world, name, options)),
    );
  return program;
}

const pathsHelp = 'blueprints, or folders of them (default: blueprints)';

const examples = `
Examples:
  asbuilt validate
  asbuilt plan blueprints --directory sqlite:.asbuilt/directory.db
  asbuilt apply blueprints --auto-approve
  asbuilt explain user.path

Exit codes: 0 in sync or applied, 1 failed, 2 changes are pending (plan --detailed-exitcode), 3 refused.
`;

const options = {
  directory: () =>
    new Option('-d, --directory <url>', 'the directory (default: sqlite:.asbuilt/directory.db)'),
  project: () =>
    new Option('-p, --project <name>', 'the name under which objects are owned').default('default'),
  context: () =>
    new Option('-c, --context <key=value>', 'a context value, read as YAML; repeatable').argParser(collected),
  target: () =>
    new Option('-t, --target <address>', 'only this resource and what it needs; repeatable').argParser(
      collected,
    ),
  strict: () => new Option('--strict', 'treat warnings as errors'),
} as const;

function shared(command: Command, ...names: (keyof typeof options)[]): Command {
  for (const name of names) command.addOption(options[name]());
  return command
    .option('--json', 'print JSON')
    .option('-v, --verbose', 'say more; twice for still more', (_: string, before: number) => before + 1, 0);
}

function collected(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** What commander found wrong, in our words. */
function problemOf(error: CommanderError, command: Command): Diagnostic {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  if (error.code === 'commander.unknownOption') {
    const flags = command.options
      .flatMap((option) => [option.long, option.short])
      .filter((flag) => flag != null);
    return nameless('unknown-option', `\`${quoted}\` is no option of \`${pathOf(command)}\``, quoted, [
      ...flags,
      '--help',
    ]);
  }
  if (error.code === 'commander.unknownCommand') {
    const names = command.commands.map((one) => one.name());
    return nameless(
      'unknown-command',
      `\`${quoted}\` is no command of \`${pathOf(command)}\``,
      quoted,
      names,
    );
  }
  const message = error.message.replace(/^error: /, '').replace(/\.$/, '');
  return diagnose('usage', message, undefined, { help: `See \`${pathOf(command)} --help\`.` });
}

function nameless(
  code: 'unknown-option' | 'unknown-command',
  message: string,
  word: string,
  names: readonly string[],
): Diagnostic {
  const near = nearest(word, names);
  return diagnose(code, message, undefined, {
    help: near === undefined ? undefined : `Did you mean \`${near}\`?`,
  });
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
