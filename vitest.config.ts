import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/published.ts'],
    setupFiles: ['test/setup.ts'],
    isolate: false,
    // Much of the time goes to waiting for programs and for the file system, so three files run at once even on two cores.
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
