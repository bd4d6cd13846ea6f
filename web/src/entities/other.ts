// A kind that this page does not know: shown as the server says it, not controlled.

import { mdiShapeOutline } from '@mdi/js';
import type { KindModule } from './module';

export const otherModule: KindModule = {
  look(entity, text, say) {
    const unknown = entity.state === 'unknown';
    return {
      word: unknown ? text.state.unknown : entity.state,
      level: null,
      tone: unknown ? 'unknown' : 'calm',
      icon: say.icon(entity.icon, { off: mdiShapeOutline, on: mdiShapeOutline }).off,
      since: unknown ? null : entity.changed,
    };
  },
  tap: () => null,
  toggles: false,
  menu: () => [],
};
