/** Turns commander's errors into diagnostics in our own words. */
import type { Command, CommanderError } from 'commander';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { nearest } from '../diagnostic/did-you-mean.js';

/** The diagnostic for an error of commander, with a suggestion where there is a similar word. */
export function usageProblem(error: CommanderError, command: Command): Diagnostic {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  if (error.code === 'commander.unknownOption') {
    const flags = command.options
      .flatMap((option) => [option.long, option.short])
      .filter((flag) => flag != null);
    return nameless('unknown-option', `unknown option \`${quoted}\` for \`${pathOf(command)}\``, quoted, [
      ...flags,
      '--help',
    ]);
  }
  if (error.code === 'commander.unknownCommand') {
    const names = command.commands.map((one) => one.name());
    return nameless('unknown-command', `unknown command \`${pathOf(command)} ${quoted}\``, quoted, names);
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
