import { mdiCreation } from '@mdi/js';
import type { KindModule } from './module';

const own = { off: mdiCreation, on: mdiCreation };

export const sceneModule: KindModule = {
  look(entity, text, say) {
    const { activated, failed = [] } = entity.attributes;
    const base = { level: null, icon: say.icon(entity.icon, own).off, since: activated ?? null };
    if (failed.length > 0) {
      const names = failed.map((f) => say.name(f.entity)).join(', ');
      return { ...base, word: text.scene.partly, detail: text.scene.failed(names), tone: 'alarm' };
    }
    return { ...base, word: activated === undefined ? text.scene.ready : text.scene.activated, tone: 'calm' };
  },
  tap: () => ({ action: 'activate' }),
  toggles: false,
  menu: () => [],
};
