/** Names and emails of people in, pseudonyms out: the same one for the same word, wherever it turns up. */
import { escapeKey } from '../model/model.js';

/** What a word is about a person. */
export type Sort = 'person' | 'name' | 'email' | 'path';

/** The words that are hidden so far, and what stands for them. */
export interface Pseudonyms {
  /** What stands for a word, which is hidden from now on. */
  of(sort: Sort, word: string): string;
  /** A text with every hidden word, email and `user/…` in it replaced. */
  text(text: string): string;
}

interface Hidden {
  readonly word: string;
  readonly pseudonym: string;
  /** Also means something in our own sentences, so it is only hidden where it stands as a name. */
  readonly common: boolean;
}

const start = /[\p{L}\p{N}_]+/gu;
const letter = /[\p{L}\p{N}_]/u;
const email = /[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu;
/** The key of an address ends where a sentence goes on. */
const address = /(?<![\p{L}\p{N}_-])user\/([^\s,;()[\]{}"'`‹]+)/gu;

/** Pseudonyms for one run. `common` are words that our own sentences use. */
export function pseudonyms(common: ReadonlySet<string>): Pseudonyms {
  const numbers = new Map<Sort, number>();
  const byWord = new Map<string, string>();
  // By the first run of letters in a word, so that a text is looked through once.
  const byStart = new Map<string, Hidden[]>();

  const learn = (word: string, pseudonym: string): void => {
    const first = word.match(start)?.[0];
    if (first === undefined) return;
    const hidden = { word, pseudonym, common: common.has(word) || /^[\d.]+$/.test(word) };
    const others = byStart.get(first);
    if (!others) byStart.set(first, [hidden]);
    else if (!others.some((one) => one.word === word)) {
      others.push(hidden);
      others.sort((a, b) => b.word.length - a.word.length);
    }
  };

  const of = (sort: Sort, word: string): string => {
    // Where a username is the email too, it has one pseudonym.
    const key = `${sort === 'path'} ${word}`;
    const known = byWord.get(key);
    if (known !== undefined) return known;
    const number = (numbers.get(sort) ?? 0) + 1;
    numbers.set(sort, number);
    const pseudonym = `‹${sort} ${number}›`;
    byWord.set(key, pseudonym);
    // `users` and `staff` are words like any other; only a path of several steps is told from them.
    if (sort !== 'path' || word.includes('/')) learn(word, pseudonym);
    return pseudonym;
  };

  /** The hidden word at a position, the longest first. */
  const at = (text: string, index: number, first: string): [Hidden, number] | undefined => {
    for (const hidden of byStart.get(first) ?? []) {
      const from = index - hidden.word.indexOf(first);
      const end = from + hidden.word.length;
      if (from < 0 || !text.startsWith(hidden.word, from)) continue;
      if (letter.test(hidden.word.at(-1)!) && letter.test(text[end] ?? ' ')) continue;
      if (hidden.common && !standsAsName(text, from, end)) continue;
      return [hidden, from];
    }
    return undefined;
  };

  const replaced = (text: string): string => {
    let result = '';
    let done = 0;
    for (const match of text.matchAll(start)) {
      if (match.index < done) continue;
      const found = at(text, match.index, match[0]);
      if (!found || found[1] < done) continue;
      const [hidden, from] = found;
      result += text.slice(done, from) + hidden.pseudonym;
      done = from + hidden.word.length;
    }
    return result + text.slice(done);
  };

  const text = (given: string): string => {
    for (const [found] of given.matchAll(email)) of('email', found);
    // An address of somebody that nothing has named before.
    for (const match of given.matchAll(address)) {
      const from = match.index + 'user/'.length;
      const first = given.slice(from).match(start);
      const known = first && at(given, from + first.index!, first[0]);
      const key = match[1]!.replace(/[.:]+$/, '');
      if (!known || known[1] !== from) learnKey(key);
    }
    return replaced(given);
  };

  const learnKey = (key: string): void => {
    learn(key, of('person', unescapedKey(key)));
  };

  return {
    of: (sort, word) => {
      const pseudonym = of(sort, word);
      // In an address the name is escaped.
      if (sort === 'person') learn(escapeKey(word), pseudonym);
      return pseudonym;
    },
    text,
  };
}

/** Right behind `user/`, alone in quotes, or all there is. */
function standsAsName(text: string, from: number, end: number): boolean {
  if (/(?:^|[^\p{L}\p{N}_-])user\/$/u.test(text.slice(Math.max(0, from - 6), from))) return true;
  const quote = text[from - 1];
  return (
    (quote !== undefined && '`"\''.includes(quote) && text[end] === quote) ||
    (quote === '“' && text[end] === '”') ||
    (from === 0 && end === text.length)
  );
}

/** The natural key that a part of an address spells. */
export function unescapedKey(key: string): string {
  return key.replace(/%(25|2F|3A|23)/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
