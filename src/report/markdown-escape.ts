/**
 * Escapes text for Markdown, so that it is shown exactly as it is: no value can start a mention, a link, an image or an
 * HTML element, or end the block that it stands in.
 */
import { visible } from './terminal.js';

/** An inline code span; nothing in it is Markdown, and platforms leave mentions in it alone. */
export function code(text: string): string {
  const safe = visible(text);
  if (safe === '') return '` `';
  const ticks = '`'.repeat(longestRun(safe) + 1);
  // One space at each side is taken away again; without it the ticks would grow together.
  const edge = /^[` ]|[` ]$/.test(safe) && safe.trim() !== '' ? ' ' : '';
  return `${ticks}${edge}${safe}${edge}${ticks}`;
}

/** Words of a message as they are, and everything in it that could mean something as code spans. */
export function prose(text: string): string {
  let result = '';
  for (const part of visible(text).split(/(`[^`]+`)/)) {
    const next = /^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : words(part);
    // The ticks of two spans side by side would be read as one longer run.
    result += result.endsWith('`') && next.startsWith('`') ? ` ${next}` : next;
  }
  return result;
}

/** Words are separated by white space, but not within a map. */
const word = /(?:\{[^{}\s][^{}]*\}|\S)+/gu;
const punctuated = /^([("“‘'«]*)(.*?)([)"”’'».,;:!?…]*)$/su;
/** Letters, with apostrophes and hyphens between them, or a number: what no platform makes anything of. */
const harmless = /^(?:\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*|\d{1,6}|\d{1,3}%|[–—→×…]|)$/u;
/** Seven hexadecimal digits and more may be the name of a commit. */
const commit = /^[0-9a-f]{7,40}$/i;

function words(text: string): string {
  return text.replace(word, (one) => {
    const [, before = '', core = '', after = ''] = punctuated.exec(one)!;
    return harmless.test(core) && !commit.test(core) ? one : `${before}${code(core)}${after}`;
  });
}

/** Text inside an element of HTML. */
export function html(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function longestRun(text: string): number {
  let longest = 0;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  return longest;
}
