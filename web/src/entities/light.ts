import { mdiLightbulb, mdiLightbulbOutline } from '@mdi/js';
import type { Entity } from '../protocol/model';
import type { KindModule } from './module';
import { look, toggle } from './onoff';

const own = { off: mdiLightbulbOutline, on: mdiLightbulb };

export const lightModule: KindModule = {
  look(entity, text, say) {
    const base = look(entity, text, say, own);
    return base.tone === 'on' ? { ...base, level: entity.attributes.brightness ?? null } : base;
  },
  tap: () => toggle,
  toggles: true,
  menu: () => [],
};

export const dims = (entity: Entity): boolean => entity.kind === 'light' && entity.features.includes('brightness');
export const colors = (entity: Entity): boolean => entity.kind === 'light' && entity.features.includes('color');

/** What the slider shows, in percent: an off light is at nothing. */
export const level = (entity: Entity): number => (entity.state === 'on' ? (entity.attributes.brightness ?? 100) : 0);
