/** Runs calls side by side, as many as a directory takes. */

/**
 * Works through the items with at most `limit` calls under way. Once one fails no further ones begin; those under way
 * are waited for, so that nothing goes on behind the back of whoever is told.
 */
export async function sideBySide<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let next = left.next(); !next.done && !failed; next = left.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.max(1, limit) }, worker));
  for (const one of workers) if (one.status === 'rejected') throw one.reason;
}
