/** Texts as PostgreSQL compares them in a UTF-8 database with the collation C.UTF-8. */

/**
 * Upper case, one character for each, as PostgreSQL's `upper` gives it: `é` becomes `É`, but `ß` stays, since no single
 * character is its capital. Django compares the upper case of both sides where a look-up ignores case.
 */
export function upperCase(text: string): string {
  const upper = text.toUpperCase();
  // JavaScript writes `SS` for `ß`; whatever it writes longer is done by hand.
  return upper.length === text.length ? upper : [...text].map(upperCharacter).join('');
}

function upperCharacter(character: string): string {
  const upper = character.toUpperCase();
  if (upper.length === character.length) return upper;
  // Greek letters with an iota below have a capital of their own, which JavaScript does not use.
  const code = character.codePointAt(0)!;
  if (code >= 0x1f80 && code <= 0x1faf) return code & 8 ? character : String.fromCharCode(code + 8);
  return code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3 ? String.fromCharCode(code + 9) : character;
}

const high = /[\ud800-\uffff]/;

/**
 * A key whose order under `<` is the order of the text's code points. JavaScript compares UTF-16 units, which puts
 * U+10000 and above before U+E000; in the key those two ranges have changed places.
 */
export function sortKey(text: string): string {
  if (!high.test(text)) return text;
  let key = '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    key += String.fromCharCode(unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
  }
  return key;
}
