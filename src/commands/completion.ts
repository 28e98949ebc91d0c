/** Prints a completion script for a shell: commands, options, kinds. */
import type { Command } from 'commander';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { catalogue } from '../model/kinds.js';
import { hazardNames } from '../plan/change.js';
import { columnsOf } from '../query/columns.js';
import { type ObjectType, schemas } from '../query/schema.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';

export const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** What may follow one command. */
interface Words {
  /** The command with its parents: `history show`; empty for the program itself. */
  readonly command: string;
  readonly subcommands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly {
    readonly flag: string;
    readonly about: string;
    readonly takesValue: boolean;
  }[];
  /** Words for its arguments; undefined for files. */
  readonly words?: readonly string[];
  /** Its first argument is a query about these. */
  readonly query?: string;
}

/** Commands whose first argument is a query. For `--query` the last word of the command says about what. */
const queries: Readonly<Record<string, string>> = {
  users: 'users',
  'users tree': 'users',
  groups: 'groups',
  events: 'events',
};

/** Prints the script; its first lines say how to use it. */
export function completion(surroundings: Surroundings, shell: string, program: Command): number {
  if (!shells.includes(shell as Shell)) {
    const help = didYouMean(shell, shells) ?? `Completion is available for ${shells.join(', ')}.`;
    printDiagnostics(surroundings, [usage(`unknown shell \`${shell}\``, help)]);
    return exitCodes.failed;
  }
  surroundings.out(scripts[shell as Shell](wordsOf(program)));
  return exitCodes.done;
}

function wordsOf(program: Command): Words[] {
  const { byName, permissions } = catalogue();
  const kinds = [...byName.keys()].sort();
  const own: Readonly<Record<string, readonly string[]>> = {
    explain: ['kinds', 'codes', ...kinds],
    completion: shells,
    why: [...permissions].sort(),
  };
  const help = program.createHelp();
  const walk = (command: Command, parents: readonly string[]): Words[] => {
    const path = command.parent ? [...parents, command.name()] : [];
    const name = path.join(' ');
    const words: Words = {
      command: name,
      subcommands: help.visibleCommands(command).map((one) => ({
        name: one.name(),
        about: help.subcommandDescription(one),
      })),
      options: help.visibleOptions(command).map((one) => ({
        flag: one.long!,
        about: one.description,
        takesValue: one.required || one.optional,
      })),
      words: own[name],
      query: queries[name],
    };
    return [words, ...command.commands.flatMap((one) => walk(one, path))];
  };
  return walk(program, []);
}

const types = Object.keys(schemas) as ObjectType[];

/** What may follow an option that takes a value of a known set. */
function valuesOf(flag: string): readonly string[] | undefined {
  if (flag === '--allow' || flag === '--refuse') return hazardNames;
  if (flag === '--kind') return [...catalogue().byName.keys()].sort();
  if (flag === '--order')
    return [...new Set(types.flatMap((type) => Object.keys(schemas[type].ordered)))].sort();
  if (flag === '--columns') return [...new Set(types.flatMap((type) => columnsOf[type].all))].sort();
  return undefined;
}

const scripts: Readonly<Record<Shell, (all: readonly Words[]) => string>> = {
  bash: (all) => `# asbuilt completion for bash
# Use it with: source <(asbuilt completion bash)
# A query is one word, so it is offered in quotes.
_asbuilt_query() {
  local text="$current" quote="" line
  case "$text" in \\'*) quote="'"; text="\${text:1}" ;; \\"*) quote='"'; text="\${text:1}"; text="\${text//\\\\\\"/\\"}" ;; esac
  COMPREPLY=()
  while IFS= read -r line; do
    line="\${line%%$'\\t'*}"
    case "$quote" in "'") ;; '"') line="\${line//\\"/\\\\\\"}" ;; *) line="'$line" ;; esac
    COMPREPLY+=("$line")
  done < <(asbuilt complete "$1" "$text" 2>/dev/null)
  compopt +o filenames -o nospace 2>/dev/null
}
_asbuilt() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" word at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word="\${COMP_WORDS[at]}"
    case "\${command:+$command }$word" in
${commandCases(all)}
    esac
  done
  case "$previous" in
    --query) _asbuilt_query "\${command##* }"; return ;;
${valueCases(all)
  .map(
    ([flag, values]) =>
      `    ${flag}) COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$current")); return ;;`,
  )
  .join('\n')}
  esac
  case "$command" in
${all
  .map((one) => {
    const flags = one.options.map(({ flag }) => flag).join(' ');
    const names = [...one.subcommands.map(({ name }) => name), ...(one.words ?? [])].join(' ');
    const rest = one.query
      ? `_asbuilt_query ${one.query}; ${one.subcommands.length > 0 ? `[[ "$current" == [a-z]* || -z "$current" ]] && COMPREPLY+=($(compgen -W '${names}' -- "$current"))` : ':'}`
      : names
        ? `COMPREPLY=($(compgen -W '${names}' -- "$current"))`
        : 'COMPREPLY=($(compgen -f -- "$current"))';
    return `    '${one.command}') if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W '${flags}' -- "$current")); else ${rest}; fi ;;`;
  })
  .join('\n')}
  esac
}
complete -o filenames -F _asbuilt asbuilt
`,
  zsh: (all) => `#compdef asbuilt
# asbuilt completion for zsh
# Use it with: source <(asbuilt completion zsh)
_asbuilt_query() {
  local -a found
  found=(\${\${(f)"$(asbuilt complete "$1" "\${(Q)PREFIX}" 2>/dev/null)"}%%$'\\t'*})
  (( $#found )) && compadd -S '' -- "\${found[@]}"
}
_asbuilt() {
  local command="" word current="\${words[CURRENT]}" previous="\${words[CURRENT-1]}"
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${command:+$command }$word" in
${commandCases(all)}
    esac
  done
  case "$previous" in
    --query) _asbuilt_query "\${command##* }"; return ;;
${valueCases(all)
  .map(([flag, values]) => `    ${flag}) compadd -- ${values.join(' ')}; return ;;`)
  .join('\n')}
  esac
  local -a flags names
  local query=""
  case "$command" in
${all
  .map((one) => {
    const flags = one.options.map(({ flag, about }) => `'${flag}:${quiet(about)}'`).join(' ');
    const names = [
      ...one.subcommands.map(({ name, about }) => `'${name}:${quiet(about)}'`),
      ...(one.words ?? []).map((name) => `'${name}'`),
    ].join(' ');
    return `    '${one.command}') flags=(${flags}); names=(${names})${one.query ? `; query=${one.query}` : ''} ;;`;
  })
  .join('\n')}
  esac
  if [[ "$current" == -* ]]; then _describe 'option' flags
  elif [[ -n "$query" ]]; then
    (( $#names )) && _describe 'command' names
    _asbuilt_query "$query"
  elif (( $#names )); then _describe 'command' names
  else _files; fi
}
compdef _asbuilt asbuilt
`,
  fish: (all) => `# asbuilt completion for fish
# Use it with: asbuilt completion fish | source
function __asbuilt_query
  set -l text (commandline -ct | string replace -r '^["\\']' '')
  asbuilt complete $argv[1] "$text" 2>/dev/null
end
function __asbuilt_at
  set -l wanted $argv
  set -l given (commandline -opc)[2..-1]
  set -l named
  for word in $given
    string match -q -- '-*' $word; or set -a named $word
  end
  set -l depth (count $wanted)
  test (count $named) -ge $depth; or return 1
  if test $depth -eq 0
    test (count $named) -eq 0
    return
  end
  test "$named[1..$depth]" = "$wanted"
end
${all
  .flatMap((one) => {
    const at = `-n '__asbuilt_at ${one.command}'`;
    return [
      ...one.subcommands.map(
        ({ name, about }) => `complete -c asbuilt ${at} -f -a ${name} -d '${quiet(about)}'`,
      ),
      ...(one.words ? [`complete -c asbuilt ${at} -f -a '${one.words.join(' ')}'`] : []),
      ...(one.query ? [`complete -c asbuilt ${at} -f -a '(__asbuilt_query ${one.query})'`] : []),
      ...one.options.map(({ flag, about, takesValue }) => {
        const values =
          flag === '--query' ? [`(__asbuilt_query ${one.command.split(' ').at(-1)})`] : valuesOf(flag);
        const value = values ? ` -x -a '${values.join(' ')}'` : takesValue ? ' -r' : '';
        return `complete -c asbuilt ${at} -l ${flag.slice(2)}${value} -d '${quiet(about)}'`;
      }),
    ];
  })
  .join('\n')}
`,
};

/** The branches of a `case` that find the current command, the same in bash and zsh. */
function commandCases(all: readonly Words[]): string {
  const named = all.filter((one) => one.command);
  return named.map((one) => `      '${one.command}') command='${one.command}' ;;`).join('\n');
}

/** Options whose values are known, each once. */
function valueCases(all: readonly Words[]): [flag: string, values: readonly string[]][] {
  const flags = new Set(all.flatMap((one) => one.options.map(({ flag }) => flag)));
  return [...flags].flatMap((flag) => {
    const values = valuesOf(flag);
    return values ? [[flag, values] as [string, readonly string[]]] : [];
  });
}

/** A description without characters that are special to a shell. */
function quiet(text: string): string {
  return text.replace(/['`$\\:]/g, '').replace(/\s+/g, ' ');
}
