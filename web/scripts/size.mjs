// Fails the build when what a first visit loads outgrows its budget
// (the design allows 60 kB of JavaScript and 12 kB of CSS, gzip; what is below that
// is room for pages to come, and not to be used up unseen).

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const budgets = { js: 56_000, css: 12_000 }; // bytes after gzip

const dist = new URL('../dist', import.meta.url).pathname;
const html = readFileSync(join(dist, 'index.html'), 'utf8');

/** The files that index.html names: those are loaded before anything is shown. */
const first = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map((match) => match[1]);
const lazy = readdirSync(join(dist, 'assets')).filter((name) => !first.includes(`assets/${name}`));

let failed = first.length === 0;
for (const [extension, budget] of Object.entries(budgets)) {
  const bytes = first
    .filter((name) => name.endsWith(`.${extension}`))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, name)), { level: 9 }).length, 0);
  if (bytes === 0 || bytes > budget) failed = true;
  console.log(`first load ${extension}: ${(bytes / 1000).toFixed(1)} kB of ${budget / 1000} kB gzip`);
}
console.log(`not in the first load: ${lazy.length} files`);

if (failed) {
  console.error('The first load is over its budget, or index.html names no scripts or styles.');
  process.exit(1);
}
