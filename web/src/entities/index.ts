import type { KnownKind } from '../protocol/model';
import { buttonModule } from './button';
import { contactModule } from './contact';
import { lightModule } from './light';
import type { KindModule } from './module';
import { otherModule } from './other';
import { switchModule } from './switch';

const modules: Readonly<Record<KnownKind, KindModule>> = {
  switch: switchModule,
  light: lightModule,
  button: buttonModule,
  contact: contactModule,
};

export function moduleOf(kind: string): KindModule {
  return Object.hasOwn(modules, kind) ? modules[kind as KnownKind] : otherModule;
}
