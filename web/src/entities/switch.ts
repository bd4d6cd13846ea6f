import { mdiToggleSwitch, mdiToggleSwitchOffOutline } from '@mdi/js';
import type { KindModule } from './module';
import { look, toggle } from './onoff';

const own = { off: mdiToggleSwitchOffOutline, on: mdiToggleSwitch };

export const switchModule: KindModule = {
  look: (entity, text, say) => look(entity, text, say, own),
  tap: () => toggle,
  toggles: true,
  menu: () => [],
};
