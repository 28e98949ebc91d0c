/** Values that must never be seen again, and a net in which they would be caught. */
import { randomBytes } from 'node:crypto';

/** A net: makes unique values, and finds out which of them a text gives away. */
export interface Net {
  /**
   * A unique value. Its beginning and its end each give it away, so that a part of it does, too; between them
   * stands what JSON, YAML and URLs write in other ways. `plain` keeps to letters and digits.
   */
  value(name: string, form?: 'plain' | 'text' | 'lines'): string;
  /** The names of the values that the text gives away, in whatever form. */
  caught(text: string): string[];
}

/** Makes a net. */
export function makeNet(): Net {
  const marks = new Map<string, string>();
  const forms: [form: string, name: string][] = [];
  const mark = (name: string): string => {
    const text = `zq${randomBytes(8).toString('hex')}`;
    marks.set(text, name);
    forms.push([text, name]);
    // Base64 of it at each of the three places it can begin at, without the ends that depend on what is around it.
    for (let before = 0; before < 3; before++) {
      const encoded = Buffer.from('#'.repeat(before) + text).toString('base64');
      forms.push([encoded.slice(before === 0 ? 0 : 4, -4), name]);
    }
    forms.push([Buffer.from(text).toString('hex'), name]);
    return text;
  };
  return {
    value: (name, form = 'text') => {
      if (form === 'plain') return mark(name);
      const between = form === 'lines' ? '\nsecond line\n' : ' "\\ +/%&ü=';
      return mark(name) + between + mark(name);
    },
    caught: (text) => {
      // As text is also cut, wrapped or coloured: what stands between letters does not count.
      const texts = [
        text,
        text.replace(/\\u00([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16))),
      ];
      const found = new Set<string>();
      for (const [form, name] of forms) if (texts.some((one) => one.includes(form))) found.add(name);
      return [...found];
    },
  };
}
