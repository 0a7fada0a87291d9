import { defineConfig } from 'vitest/config';

// Real Chromium against a desk; one file after the other, since two cores are shared.
export default defineConfig({
  test: {
    include: ['e2e/**/*.spec.ts'],
    testTimeout: 60000,
    hookTimeout: 60000,
    fileParallelism: false,
    retry: 0,
  },
});
