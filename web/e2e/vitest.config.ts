import { defineConfig } from 'vitest/config';

// Browser tests: real Chromium against the built dashboard. They need `npm run build` first. Each
// file has a browser of its own.
const shared = {
  root: new URL('.', import.meta.url).pathname,
  environment: 'node' as const,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // A browser on a busy machine can be late without being wrong; the report tells what was retried.
  retry: process.env['HOB_CAMPAIGN'] ? 0 : 1,
};

export default defineConfig({
  test: {
    projects: [
      // A server made for the test is nobody else's: two files at once keep two cores busy.
      {
        test: { ...shared, name: 'fake', include: ['*.e2e.ts'], maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      // Real boards announce themselves to everybody on this computer: one file after another.
      {
        test: { ...shared, name: 'real', include: ['real/*.e2e.ts'], fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
