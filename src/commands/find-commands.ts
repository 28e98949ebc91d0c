/** Defines the commands that find and show: `users`, `groups`, `events`, `show`. */
import type { Command } from 'commander';
import type { ObjectType } from '../query/schema.js';
import { type Calls, planning, shared } from './options.js';

const queryHelp = 'such as \'is_active = False and email endswith "@example.org"\' (docs/queries.md)';

/** Adds the commands to the program. */
export function addFindCommands(program: Command, calls: Calls): void {
  const users = finding(program.command('users'), 'users', calls)
    .summary('find users')
    .description('Finds users by a query in authentik’s language, a plain search or their folder.')
    // Options behind `tree` are its own.
    .enablePositionalOptions();
  selecting(shared(users.command('tree').argument('[query]', queryHelp), 'directory'), 'users')
    .summary('show the folders of users')
    .description('Shows the folders of users, with how many are in each and below it.')
    .action((query, options) =>
      calls(options, async (world) => (await import('./users-tree.js')).usersTree(world, query, options)),
    );
  finding(program.command('groups'), 'groups', calls)
    .summary('find groups')
    .description('Finds groups by a query in authentik’s language or a plain search.');
  finding(program.command('events'), 'events', calls)
    .summary('find audit events')
    .description('Finds audit events by a query or a plain search, the newest first.');
  shared(
    program
      .command('complete', { hidden: true })
      .argument('<sort>', 'users, groups or events')
      .argument('<text>', 'the beginning of a query'),
    'directory',
  )
    .description('Prints how a query may go on; completion scripts call it.')
    .action((type, text, options) =>
      calls(options, async (world) =>
        (await import('./complete-query.js')).complete(world, type, text, options),
      ),
    );
  shared(
    program.command('show').argument('<address>', 'such as user/ada, group/staff or application/wiki'),
    'directory',
    'project',
    'context',
    ...planning,
  )
    .summary('show everything about one object')
    .description(
      'Shows what an object holds, what it refers to and what refers to it, who asks for it and owns it, what differs, and what happened to it. For a user also groups, roles, permissions, applications, sessions, tokens and authenticators.',
    )
    .action((address, options) =>
      calls(options, async (world) => (await import('./show.js')).show(world, address, options)),
    );
}

/** Adds the exports of rows below `export`, and the commands about the exports that are kept. */
export function addExportCommands(program: Command, exporting: Command, calls: Calls): void {
  for (const type of ['users', 'groups', 'events'] as const) {
    const command = exporting.command(type).argument('<file>', 'the CSV file to write');
    selecting(shared(command, 'directory'), type)
      .option('--query <query>', queryHelp)
      .option('--order <fields>', 'fields with commas between; `-` before one is descending')
      .option('--columns <names>', 'what to write (default: authentik’s own columns)')
      .option('--limit <number>', 'how many rows at most')
      .option('--server', 'let authentik export in the background (needs its enterprise licence)')
      .summary(`write ${type} to a CSV file`)
      .description(`Writes ${type} to a CSV file for spreadsheets, and keeps a copy in .asbuilt/exports.`)
      .action((file, options) =>
        calls(options, async (world) =>
          (await import('./export-rows.js')).exportRows(world, type, file, options),
        ),
      );
  }
  const exports = program
    .command('exports')
    .summary('list, open and delete exports that are kept')
    .description('Works with the exports of people that are kept in .asbuilt/exports.');
  shared(exports.command('list', { isDefault: true }), 'config')
    .description('Lists the exports that are kept, newest first.')
    .action((options) =>
      calls(options, async (world) => (await import('./exports.js')).exportsList(world, options)),
    );
  shared(
    exports.command('open').argument('[export]', 'which one, as in the list (default: the newest)'),
    'config',
  )
    .description('Writes an export to standard output.')
    .action((id, options) =>
      calls(options, async (world) => (await import('./exports.js')).exportsOpen(world, id, options)),
    );
  shared(exports.command('delete').argument('<export...>', 'which ones, as in the list'), 'config')
    .description('Deletes exports that are kept.')
    .action((ids, options) =>
      calls(options, async (world) => (await import('./exports.js')).exportsDelete(world, ids, options)),
    );
}

function finding(command: Command, type: ObjectType, calls: Calls): Command {
  return selecting(shared(command.argument('[query]', queryHelp), 'directory'), type)
    .option('--order <fields>', 'fields with commas between; `-` before one is descending')
    .option('--columns <names>', 'what to show, with commas between; attributes.dept for what is inside')
    .option('--limit <number>', `how many rows at most${type === 'events' ? ' (default: 100; 0: all)' : ''}`)
    .option('--format <format>', 'table, csv or json (default: table)')
    .action((query, options) =>
      calls(options, async (world) => (await import('./find.js')).findObjects(world, type, query, options)),
    );
}

/** The options that select rows beside the query. */
function selecting(command: Command, type: ObjectType): Command {
  command.option('--search <text>', 'words that must occur in a name or address');
  if (type === 'users') command.option('--path <folder>', 'only this folder and those below it');
  return command;
}
