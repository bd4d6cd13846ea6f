// Packs what is built: of a file that gzip makes much smaller only NAME.gz is kept. The
// server sends that as it is, so it holds no second copy and packs nothing at its start.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

/** Below this a file fits into one packet anyway. */
const least = 1400;

const dist = new URL('../dist', import.meta.url).pathname;
const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
for (const { parentPath, name } of files) {
  const path = join(parentPath, name);
  const plain = readFileSync(path);
  const packed = gzipSync(plain, { level: constants.Z_BEST_COMPRESSION });
  if (plain.length < least || packed.length > plain.length * 0.9) continue; // a font is packed already
  writeFileSync(`${path}.gz`, packed);
  rmSync(path);
}
