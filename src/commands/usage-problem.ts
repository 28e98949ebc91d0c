/** Turns commander's errors into diagnostics in our own words. */
import type { Command, CommanderError } from 'commander';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';

/** What is wrong with the command line, and what to write instead. */
export function usage(message: string, help?: string): Diagnostic {
  return diagnose('usage', message, undefined, { help });
}

/** The diagnostic for an error of commander, with a suggestion where there is a similar word. */
export function usageProblem(error: CommanderError, command: Command): Diagnostic {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  if (error.code === 'commander.unknownOption') {
    const flags = command.options
      .flatMap((option) => [option.long, option.short])
      .filter((flag) => flag != null);
    const help = didYouMean(quoted, [...flags, '--help']);
    const message = `unknown option \`${quoted}\` for \`${pathOf(command)}\``;
    return diagnose('unknown-option', message, undefined, { help });
  }
  if (error.code === 'commander.unknownCommand') {
    const names = command.commands.map((one) => one.name());
    const message = `unknown command \`${pathOf(command)} ${quoted}\``;
    return diagnose('unknown-command', message, undefined, { help: didYouMean(quoted, names) });
  }
  const message = error.message.replace(/^error: /, '').replace(/\.$/, '');
  return usage(message, `See \`${pathOf(command)} --help\`.`);
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
