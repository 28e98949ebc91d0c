import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/published.ts'],
    setupFiles: ['test/setup.ts'],
    isolate: false,
    // Much of the time goes to the programs that tests start, so two files run at once even on two cores.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
