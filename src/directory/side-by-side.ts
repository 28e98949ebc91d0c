/** Runs calls concurrently, as many as a directory allows. */

/**
 * Works through the items with at most `limit` calls under way. Once one fails, no more are
 * started, and it throws only after those under way have ended.
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
