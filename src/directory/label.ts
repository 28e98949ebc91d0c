/** What to call an object in a directory's messages. */
import type { KindFacts } from '../model/kinds.js';
import type { Fields } from '../model/model.js';

/** What people call an object: kind and natural key, as far as the key is plain and not secret. */
export function labelOf(facts: KindFacts, fields: Fields): string {
  const parts = facts.key
    .map((name) => (facts.fields[name]?.secret ? undefined : fields[name]))
    .filter((value) => value !== undefined && value !== null);
  return parts.length > 0 ? `${facts.name} ${parts.join(':')}` : facts.name;
}
