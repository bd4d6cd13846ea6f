import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { icons } from './scripts/icons.ts';
import { licenses } from './scripts/licenses.ts';

// Where `npm run dev` finds a running server.
const server = process.env['HOB_URL'] ?? 'http://127.0.0.1:8420';

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), icons(), licenses()],
  ...(mode === 'test' ? { resolve: { conditions: ['browser'] } } : {}),
  build: {
    // public/.keep puts back dist/.keep, which is committed for clean clones.
    emptyOutDir: true,
    assetsInlineLimit: 0, // data: URLs are not in the content security policy
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    // The host stays as the browser asked for it: the server compares it with the origin.
    proxy: { '/api': { target: server, ws: true } },
  },
  // Their time is fake; what little of the real they take can be long on a busy computer.
  test: { include: ['src/**/*.test.ts'], environment: './vitest.environment.ts', testTimeout: 60_000 },
}));
