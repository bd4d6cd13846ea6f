import { mdiToggleSwitch, mdiToggleSwitchOffOutline } from '@mdi/js';
import type { KindModule } from './module';
import { look, toggle } from './onoff';

const own = { off: mdiToggleSwitchOffOutline, on: mdiToggleSwitch };

export const switchModule: KindModule = {
  look: (entity, text) => look(entity, text, own),
  tap: () => toggle,
  toggles: true,
  menu: () => [],
};
