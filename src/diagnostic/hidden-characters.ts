/** Characters that people do not see, or that change what they see: with them a name or a value can pass for another. */

/**
 * What is invisible or turns the direction of text (Unicode's Default_Ignorable_Code_Point, and interlinear marks). Joiners and
 * variation selectors inside of an emoji stay: there they show.
 */
const invisible =
  '(?<!\\p{Extended_Pictographic})[\\ufe0e\\ufe0f](?!\\u20e3)' +
  '|(?<!\\p{Extended_Pictographic}[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]?)\\u200d|\\u200d(?!\\p{Extended_Pictographic})' +
  '|(?![\\ufe0e\\ufe0f\\u200d])\\p{Default_Ignorable_Code_Point}|[\\ufff9-\\ufffb]';
/** What a terminal acts on, and what is no character by itself. */
const control = '[\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]|\\p{Cs}';

const hidden = new RegExp(`${invisible}|${control}`, 'u');
const everyHidden = new RegExp(hidden, 'gu');
const plainText = /^[\x20-\x7e]*$/;

/** Holds the text a character that people would not see, or that a terminal would act on? */
export function hasHidden(text: string): boolean {
  return !plainText.test(text) && hidden.test(text);
}

/** The text with each such character replaced. */
export function replaceHidden(text: string, replacement: (character: string) => string): string {
  return plainText.test(text) ? text : text.replace(everyHidden, replacement);
}

/** What systems of CI take for a command wherever it stands in a line: `##[error]`, `##vso[task.setvariable]`. */
const commandInside = /##(?=(?:vso)?\[)/gi;
/** What they take for one at the beginning of a line, after blanks and colours: `::set-output`. */
const commandAhead = /(^|[\n\r\v\f\u0085\u2028\u2029])((?:[^\S\n\r]|\u001b\[[\d;]*m)*):(?=:)/g;

/** The text with the second `#` of every command of CI written as `replacement`. */
export function withoutInnerCommands(text: string, replacement: string): string {
  return text.includes('##') ? text.replace(commandInside, () => `#${replacement}`) : text;
}

/** Text for people in which no line is a command of CI. */
export function withoutCommands(text: string): string {
  const rest = withoutInnerCommands(text, '\\x23');
  return rest.includes('::') ? rest.replace(commandAhead, '$1$2\\x3a') : rest;
}

/** Would a line of the text be taken for a command of CI? */
export function hasCommand(text: string): boolean {
  return withoutCommands(text) !== text;
}
