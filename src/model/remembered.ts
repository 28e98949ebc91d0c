/** Keeps what a function worked out, for facts about a kind or an attribute that every entry asks for again. */

/** The function, working out the result for each argument once. What is kept for an object goes when the object goes. */
export function remembered<Key extends object | string, Result>(
  work: (key: Key) => Result,
): (key: Key) => Result {
  const texts = new Map<string, Result>();
  const objects = new WeakMap<object, Result>();
  return (key) => {
    const known = (typeof key === 'string' ? texts : objects) as Map<Key, Result>;
    let result = known.get(key);
    if (result === undefined && !known.has(key)) known.set(key, (result = work(key)));
    return result as Result;
  };
}
