/** Reads JSON that stands in a database. Somebody else may have changed it, which is the directory's failure and no bug. */
import { isMap, type Json } from '../../model/model.js';
import { DirectoryError } from '../errors.js';

/** Which form the value must have. */
type Form = 'map' | 'texts' | 'list' | 'id';

const forms: Readonly<Record<Form, (value: unknown) => boolean>> = {
  map: isMap,
  texts: (value) => isMap(value) && Object.values(value).every((one) => typeof one === 'string'),
  list: Array.isArray,
  id: (value) => typeof value === 'string' || typeof value === 'number',
};

const words: Readonly<Record<Form, string>> = {
  map: 'a map',
  texts: 'a map of texts',
  list: 'a list',
  id: 'an id',
};

/** The value. Throws DirectoryError `corrupt` that names the store and the row. */
export function storedJson<T extends Json | object>(
  store: string,
  where: string,
  form: Form,
  text: string,
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would show what is stored.
  }
  if (value !== undefined && forms[form](value)) return value as T;
  const what = value === undefined ? 'JSON' : words[form];
  throw new DirectoryError(
    'corrupt',
    `${store}: the database is damaged: ${where} is not ${what}; restore a backup, or mend that row with sqlite3`,
  );
}
