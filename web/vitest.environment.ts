// Node itself, but with Svelte compiled as for a browser: in its server build
// effects do not run.
import type { Environment } from 'vitest/runtime';

export default {
  name: 'svelte',
  viteEnvironment: 'client',
  setup: () => ({ teardown: () => {} }),
} satisfies Environment;
