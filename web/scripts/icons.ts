// The icons that config.yaml can name get a copy of @mdi/js of their own, of which
// what they use remains. As one module, all icons of the page would be in one
// chunk, which is the first that is loaded.

import type { Plugin } from 'vite';

export function icons(): Plugin {
  return {
    name: 'icons',
    apply: 'build',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (source !== '@mdi/js' || importer?.endsWith('/src/entities/icons.ts') !== true) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      return found && { ...found, id: `${found.id}?named` };
    },
  };
}
