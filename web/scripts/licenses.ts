// What is built into the dashboard is the work of others, too: their licences
// go with it, as licenses.txt beside index.html.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Every package of which something ends up in dist/. */
const bundled = ['svelte', '@mdi/js', '@fontsource-variable/figtree'];

export function licenses(): Plugin {
  return {
    name: 'licenses',
    apply: 'build',
    generateBundle() {
      const texts = bundled.map((name) => `${name}\n\n${licenseOf(name)}`);
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: texts.join(`\n${'-'.repeat(78)}\n\n`) });
    },
  };
}

function licenseOf(name: string): string {
  const dir = join(import.meta.dirname, '../node_modules', name);
  for (const file of ['LICENSE', 'LICENSE.md']) {
    try {
      return readFileSync(join(dir, file), 'utf8');
    } catch {
      // The next name.
    }
  }
  throw new Error(`${name} has no licence file`);
}
