import { mdiAccountOutline, mdiHomeAccount } from '@mdi/js';
import type { KindModule } from './module';

const own = { off: mdiAccountOutline, on: mdiHomeAccount };

export const personModule: KindModule = {
  look(entity, text, say) {
    const icons = say.icon(entity.icon, own);
    const base = { level: null, since: entity.changed };
    switch (entity.state) {
      case 'home':
        return { ...base, word: text.person.home, tone: 'active', icon: icons.on };
      case 'away':
        return { ...base, word: text.person.away, tone: 'calm', icon: icons.off };
      default:
        return { ...base, word: text.state.unknown, detail: text.person.unsaid, tone: 'unknown', icon: icons.off, since: null };
    }
  },
  tap: (entity) => ({ action: entity.state === 'home' ? 'away' : 'home' }),
  toggles: false,
  menu: () => [],
};
