/** Says what to do about a syntax error that the `yaml` package found. */
import type { YAMLParseError } from 'yaml';

export type YamlError = Pick<YAMLParseError, 'code' | 'message' | 'pos'>;

interface Explained {
  readonly message: string;
  readonly help?: string;
}

/** What errors mean whose code says it all. */
const byCode: Readonly<Partial<Record<YamlError['code'], Explained>>> = {
  TAB_AS_INDENT: {
    message: 'a tab indents this line',
    help: 'Indent with spaces: YAML does not allow tabs.',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'a key and its `:` must be on one line',
    help: 'Look for a missing `:`, quote or bracket just above.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second `:` makes a map inside a value on the same line',
    help: 'Quote the value if its `: ` is text, or start the inner map on its own line.',
  },
  BLOCK_IN_FLOW: {
    message: 'an indented list or map is not allowed inside braces or brackets',
    help: 'Write it with braces or brackets too.',
  },
  BAD_SCALAR_START: { message: 'text must not start with this character', help: 'Quote it.' },
  BAD_DQ_ESCAPE: {
    message: 'unknown escape in double quotes',
    help: 'Use single quotes, where a backslash is itself, or write `\\\\`.',
  },
  BAD_ALIAS: {
    message: 'an anchor or alias needs a name',
    help: 'Quote the text if it starts with `*` or `&` for another reason.',
  },
  ALIAS_PROPS: { message: 'an alias cannot have a tag or anchor' },
  TAG_RESOLVE_FAILED: {
    message: 'invalid tag',
    help: 'Tags are written `!Name`, followed by a space.',
  },
  KEY_OVER_1024_CHARS: {
    message: 'a key may have at most 1024 characters',
    help: 'Look for a missing quote or line break.',
  },
  RESOURCE_EXHAUSTION: { message: 'lists and maps are nested too deeply' },
};

/** Says what is wrong at the place of an error. Repeats nothing of the text: what does not parse may be a secret. */
export function explainSyntaxError({ code, message }: YamlError): Explained {
  if (code === 'BAD_INDENT') return misindented(message);
  if (code === 'MISSING_CHAR') return missing(message);
  if (code === 'UNEXPECTED_TOKEN') return unexpected(message);
  return byCode[code] ?? { message: 'this is not valid YAML' };
}

function misindented(message: string): Explained {
  if (message.includes('must end with') || message.includes('must be sufficiently indented'))
    return unclosed(message);
  return {
    message: 'this line is indented differently from the others of its list or map',
    help: 'Items of one list or map start at the same column.',
  };
}

function missing(message: string): Explained {
  if (message.includes('quote')) return { message: 'the closing quote is missing' };
  if (message.startsWith('Implicit map keys')) {
    return {
      message: 'a `:` is missing after this key',
      help: 'Or the line belongs to the text above and needs its indentation or quotes.',
    };
  }
  if (message.includes('must end with') || message.includes('sufficiently indented'))
    return unclosed(message);
  const between = /Missing (.*) between (flow \w+) items/.exec(message);
  if (between) {
    const what = between[2] === 'flow map' ? 'braces' : 'brackets';
    return {
      message: `a comma is missing between the items inside ${what}`,
      help: 'Quote the text if it holds a quote, comma or bracket.',
    };
  }
  if (message.startsWith('Missing space after')) return { message: 'a space is missing after `:`' };
  if (message.startsWith('Tags and anchors'))
    return { message: 'a space is missing after the tag or anchor' };
  if (message.startsWith('Comments must'))
    return { message: 'a space is missing before `#`', help: 'Quote the text if `#` belongs to it.' };
  return { message: 'something is missing here' };
}

function unclosed(message: string): Explained {
  const closing = /end with a (\S)/.exec(message)?.[1] ?? ']';
  return { message: `the closing \`${closing}\` is missing, or is indented less than what it closes` };
}

function unexpected(message: string): Explained {
  if (message.includes('block-scalar') || message.includes('Block scalar')) {
    return {
      message: 'after `|` or `>`, only an indentation number, `+` or `-` may follow on the same line',
    };
  }
  return {
    message: 'unexpected text',
    help: 'Look for a missing `:`, comma or quote before it.',
  };
}
