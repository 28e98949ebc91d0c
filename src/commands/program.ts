/** Defines the commands and their options, and finds the command that a command line calls. */
import { Command, CommanderError, Option } from 'commander';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { addExportCommands, addFindCommands } from './find-commands.js';
import { type Calls, collected, pathsHelp, planning, reporting, shared, type Talk } from './options.js';
import { type Surroundings, withoutCommandsIn } from './surroundings.js';
import { usageProblem } from './usage-problem.js';

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
    call = { type: 'run', talk, run: (surroundings) => run(withoutCommandsIn(surroundings)) };
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
    return { type: 'wrong', diagnostic: usageProblem(error, asked ?? program) };
  }
  return call ?? { type: 'said', text, failed: true };
}

function programOf(calls: Calls): Command {
  const program = new Command('asbuilt')
    .description('Keeps an identity directory true to the YAML blueprints in a git repository.')
    .enablePositionalOptions()
    .option('-V, --version', 'print the version')
    .addHelpText('after', examples);

  shared(program.command('validate').argument('[paths...]', pathsHelp), 'context', 'strict', ...reporting)
    .summary('check blueprints without a directory')
    .description('Checks blueprints without a directory: YAML, structure, attributes, tags and values.')
    .action((paths, options) =>
      calls(options, async (world) => (await import('./validate.js')).validate(world, paths, options)),
    );
  shared(program.command('init').argument('[folder]', 'where (default: here)'))
    .option('--from <directory>', 'start from what is live in this directory, and adopt it')
    .summary('make a repository of blueprints')
    .description(
      'Writes a configuration, first blueprints, editor settings and a CI workflow. Never changes a file that is there.',
    )
    .action((folder, options) =>
      calls(options, async (world) => (await import('./init.js')).init(world, folder, options)),
    );
  shared(
    program.command('plan').argument('[paths...]', pathsHelp),
    'directory',
    'project',
    'context',
    'target',
    'strict',
    ...planning,
    ...reporting,
  )
    .option('--detailed-exitcode', 'exit with 2 when changes are pending')
    .option('--out <file>', 'save the plan, to be approved and applied later')
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
    ...planning,
    'lockTimeout',
    ...reporting,
  )
    .option('--auto-approve', 'do not ask before writing')
    .option('--approved <file>', 'apply only if the plan is the one saved in this file')
    .summary('make the directory equal to the blueprints')
    .description('Shows the plan, asks, and makes the directory equal to the blueprints.')
    .action((paths, options) =>
      calls(options, async (world) => (await import('./apply.js')).apply(world, paths, options)),
    );
  shared(
    program.command('watch').argument('[paths...]', pathsHelp),
    'directory',
    'project',
    'context',
    'strict',
    ...planning,
  )
    .option('--mode <mode>', 'apply, or plan: only report what differs (default: apply)')
    .option('--all-or-nothing', 'a hazard that is not allowed stops the whole plan, not just its own changes')
    .option('--interval <duration>', 'how often to look for drift, or off (default: 5m)')
    .option('--poll <duration>', 'look at the files this often, where the system does not tell of changes')
    .option(
      '--listen <address>',
      'where to answer /healthz, /readyz, /metrics and /status, or off (default: 127.0.0.1:9464)',
    )
    .addOption(
      new Option(
        '--notify <event>',
        'tell the webhook of change, drift, failure or recovery only; repeatable (default: all)',
      ).argParser(collected),
    )
    .option('--log <form>', 'text or json (default: text on a terminal)')
    .summary('keep the directory equal to the blueprints')
    .description(
      'Applies the blueprints whenever they or the directory change, until a signal says stop. While the newest blueprints are broken, the last good ones stay in force.',
    )
    .action((paths, options) =>
      calls(options, async (world) => (await import('./watch.js')).watch(world, paths, options)),
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
  shared(
    program.command('doctor').argument('[paths...]', pathsHelp),
    'directory',
    'project',
    'context',
    'strict',
  )
    .option('--live', 'examine the directory alone')
    .summary('find what would not work')
    .description(
      'Examines the blueprints that there are and the live directory: invitations, recovery, people, applications. Writes nothing.',
    )
    .action((paths, options) =>
      calls(options, async (world) => {
        const [{ doctor }, { examine }] = await Promise.all([
          import('./doctor.js'),
          import('../reconcile/examine.js'),
        ]);
        return doctor(world, paths, options, examine);
      }),
    );
  shared(program.command('ping').argument('[paths...]', pathsHelp), 'directory', 'project', 'context')
    .summary('ask a directory who it is, and what you may do')
    .description(
      'Tells the software of a directory, the account in use, page size, round trip and clock, and which permissions that account lacks for the ledger and the blueprints that there are. Writes nothing.',
    )
    .action((paths, options) =>
      calls(options, async (world) => (await import('./ping.js')).ping(world, paths, options)),
    );
  shared(
    program
      .command('why')
      .argument('<user>', 'an account, as ada or user/ada')
      .argument(
        '[about]',
        'an application (wiki), a flow (flow/login) or a permission (authentik_core.view_user)',
      ),
    'directory',
    'project',
    'context',
    ...planning,
  )
    .option('--planned', 'as it would be after applying the blueprints')
    .summary('tell why somebody gets in, or where it ends')
    .description(
      'Prints how an account signs in and what it may change, or whether it may use an application or do something: each with the step that decides, or with what cannot be known. Writes nothing.',
    )
    .action((user, about, options) =>
      calls(options, async (world) => (await import('./why.js')).why(world, user, about, options)),
    );
  shared(
    program.command('forget').argument('<address...>', 'addresses, as a plan shows them'),
    'directory',
    'project',
    'lockTimeout',
  )
    .summary('give up ownership of objects without deleting them')
    .description('Takes objects out of the ledger. The objects stay as they are, and are nobody’s.')
    .action((addresses, options) =>
      calls(options, async (world) => (await import('./forget.js')).forget(world, addresses, options)),
    );
  shared(program.command('unlock'), 'directory')
    .summary('clear the lock that a dead run left behind')
    .description('Clears what a dead run left of its lock. A lock that is really held stays held.')
    .action((options) =>
      calls(options, async (world) => (await import('./unlock.js')).unlock(world, options)),
    );
  const history = program
    .command('history')
    .summary('show past runs')
    .description('Shows what past runs did.');
  shared(history.command('list', { isDefault: true }), 'directory')
    .option('--limit <number>', 'how many runs', '20')
    .description('Lists the latest runs, newest first.')
    .action((options) =>
      calls(options, async (world) => (await import('./history.js')).historyList(world, options)),
    );
  shared(history.command('show').argument('<run>', 'the number of a run'), 'directory')
    .description('Shows one run: when, by whom, from which commit, what changed, and how it ended.')
    .action((run, options) =>
      calls(options, async (world) => (await import('./history.js')).historyShow(world, run, options)),
    );
  const ledger = program
    .command('ledger')
    .summary('back up or move the record of what is owned')
    .description('Works with the ledger, the record of what each project owns.');
  shared(
    ledger.command('export').argument('<file>', 'where to write; readable for you alone'),
    'directory',
    'project',
  )
    .description(
      'Writes the records of a project to a file. It holds the ids of invitations and the key of the fingerprints: keep it as secret as the directory.',
    )
    .action((file, options) =>
      calls(options, async (world) => (await import('./ledger.js')).ledgerExport(world, file, options)),
    );
  shared(
    ledger.command('import').argument('<file>', 'what `ledger export` wrote'),
    'directory',
    'project',
    'lockTimeout',
  )
    .option('--replace', 'replace records that are there')
    .description('Takes up records that were exported, from the same directory or a copy of it.')
    .action((file, options) =>
      calls(options, async (world) => (await import('./ledger.js')).ledgerImport(world, file, options)),
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
  addFindCommands(program, calls);
  const exporting = shared(program.command('export'), 'directory', 'project', 'strict', 'lockTimeout')
    .enablePositionalOptions()
    .addOption(
      new Option('-k, --kind <name>', 'only objects of this kind, such as user; repeatable').argParser(
        collected,
      ),
    )
    .option('--format <format>', 'sections (the compact form) or entries (authentik’s own)', 'sections')
    .option('-o, --output <folder>', 'write a file for each subject here, not one to standard output')
    .option('--adopt', 'record that the project owns what is exported')
    .option('--all', 'also what authentik manages itself, and variables for values that cannot be read')
    .option('--passwords', 'also a variable for the password of every user')
    .summary('write blueprints of what is live')
    .description(
      'Writes blueprints of what is live: references by name, secrets as variables, defaults left out.',
    )
    .action((options) =>
      calls(options, async (world) => (await import('./export.js')).exportDirectory(world, options)),
    );
  addExportCommands(program, exporting, calls);
  shared(program.command('convert').argument('<file>', 'a blueprint'))
    .option('-o, --output <file>', 'write to this file instead of standard output')
    .summary('rewrite a blueprint in the compact form')
    .description(
      'Rewrites entries as sections where that says the same, and keeps the others. authentik itself reads entries only.',
    )
    .action((file, options) =>
      calls(options, async (world) => (await import('./convert.js')).convert(world, file, options)),
    );
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .summary('print a completion script for a shell')
    .description('Prints a completion script: commands, options, kinds. Its first lines say how to use it.')
    .action((shell) =>
      calls({}, async (world) => (await import('./completion.js')).completion(world, shell, program)),
    );
  for (const [name, heading] of Object.entries(groups)) {
    program.commands.find((one) => one.name() === name)?.helpGroup(heading);
  }
  program.commandsGroup(groups.help!).helpCommand(true);
  return program;
}

/** Under which heading of the help each command stands. */
const groups: Readonly<Record<string, string>> = {
  validate: 'Reconcile:',
  plan: 'Reconcile:',
  apply: 'Reconcile:',
  watch: 'Reconcile:',
  init: 'Write blueprints:',
  convert: 'Write blueprints:',
  export: 'Write blueprints:',
  explain: 'Find out:',
  doctor: 'Find out:',
  ping: 'Find out:',
  why: 'Find out:',
  history: 'Find out:',
  users: 'People and objects:',
  groups: 'People and objects:',
  events: 'People and objects:',
  show: 'People and objects:',
  exports: 'People and objects:',
  forget: 'Ownership:',
  ledger: 'Ownership:',
  unlock: 'Ownership:',
  invitation: 'Other:',
  completion: 'Other:',
  help: 'Other:',
};

const examples = `
Examples:
  asbuilt validate
  asbuilt plan blueprints --directory sqlite:.asbuilt/directory.db
  asbuilt apply blueprints --auto-approve
  asbuilt watch blueprints --prune --project staff
  asbuilt explain user.path

Exit codes: 0 in sync or applied, 1 failed, 3 refused,
  2 changes are pending (plan --detailed-exitcode).
`;

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
