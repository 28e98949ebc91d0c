/** What a driver cannot do, so that the suites run in full on every driver and a mark that is no longer true fails. */
import { expect, test } from 'vitest';

/** Titles of tests, each with what the failure says in which it must end. */
export type Marks = Readonly<Record<string, RegExp>>;

/** Registers tests, some of which must fail as the marks say. */
export function markedTests(marks: Marks) {
  const left = new Set(Object.keys(marks));
  return {
    test: (title: string, body: () => Promise<void>): void => {
      const failure = marks[title];
      if (!failure) {
        test(title, body);
        return;
      }
      left.delete(title);
      test(`cannot: ${title}`, async () => {
        const error = await body().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error === undefined) throw new Error(`this works now: take the mark of "${title}" away`);
        expect(error instanceof Error ? error.message : String(error)).toMatch(failure);
      });
    },
    /** Call it when all are registered. */
    end: (): void => {
      test('every mark names a test', () => expect([...left]).toEqual([]));
    },
  };
}
