/** Plain search: what authentik does with a text that is not a query (Django REST framework's SearchFilter). */
import { jsonText, writeJson } from './json-value.js';
import { fieldReader, type Row, type Schema } from './schema.js';
import { upperCase } from './text-value.js';

// A run of quoted and unquoted parts without white space outside the quotes, else anything without white space.
const parts = /(?:[^\s'"]*(?:(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')[^\s'"]*)+)|\S+/g;

/**
 * The terms of a search text: split at white space and commas, but a part in matching quotes stays whole. NUL characters
 * are left out, as authentik does.
 */
export function searchTerms(text: string): string[] {
  const terms: string[] = [];
  for (const [part] of text.replaceAll('\0', '').matchAll(parts)) {
    const term = part.replace(/^,+|,+$/g, '');
    const quote = term[0];
    if ((quote === '"' || quote === "'") && term.endsWith(quote)) {
      terms.push(term.slice(1, -1).replaceAll(`\\${quote}`, quote).replaceAll('\\\\', '\\'));
    } else {
      for (const piece of term.split(',')) if (piece !== '') terms.push(piece.trim());
    }
  }
  return terms;
}

/**
 * Whether a row has every term in at least one of the fields that authentik searches, in any case of letters. Without
 * terms every row is selected.
 */
export function plainSearch(text: string, schema: Schema): (row: Row) => boolean {
  const terms = searchTerms(text).map(upperCase);
  const readers = schema.searched.map((name) => {
    const field = schema.fields.find((one) => one.name === name);
    const read = fieldReader(field ?? { name });
    // A whole document is searched in its JSON text, keys and quotes included.
    return field?.type === 'json' ? (row: Row) => documentText(read(row)) : (row: Row) => jsonText(read(row));
  });
  return (row) => {
    if (terms.length === 0) return true;
    const texts = readers.map((read) => read(row)).filter((one) => one !== undefined);
    const folded = texts.map(upperCase);
    return terms.every((term) => folded.some((one) => one.includes(term)));
  };
}

function documentText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : writeJson(value);
}
