import { defineConfig } from 'vitest/config';

// Browser tests: real Chromium against the built dashboard. They need
// `npm run build` first, and run one file after another: each has a browser.
export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  test: {
    include: ['**/*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A browser on a busy machine can be late without being wrong; the report tells what was retried.
    retry: process.env['HOB_CAMPAIGN'] ? 0 : 1,
  },
});
