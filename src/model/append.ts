/** Collects items into lists by key, which most code that groups objects has to do. */

/** Adds to the list that a key has; its first item begins the list. */
export function append<Key, Item>(
  lists: { get(key: Key): Item[] | undefined; set(key: Key, list: Item[]): unknown },
  key: Key,
  item: Item,
): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
