/** Turns what commander finds wrong on the command line into a diagnostic in our own words. */
import type { Command, CommanderError } from 'commander';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { nearest } from '../diagnostic/did-you-mean.js';

/** Says what commander found wrong on the command line, with a suggestion where a near word exists. */
export function usageProblem(error: CommanderError, command: Command): Diagnostic {
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
