import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Where `npm run dev` finds a running server.
const server = process.env['HOB_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig(({ mode }) => ({
  // Vitest runs on Node, where Svelte would be its server build: no effects.
  plugins: [svelte(mode === 'test' ? { compilerOptions: { generate: 'client' } } : {})],
  ...(mode === 'test' ? { resolve: { conditions: ['browser'] } } : {}),
  build: {
    // public/.keep puts back dist/.keep, which is committed for clean clones.
    emptyOutDir: true,
    assetsInlineLimit: 0, // data: URLs are not in the content security policy
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: server, ws: true, changeOrigin: true } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
}));
