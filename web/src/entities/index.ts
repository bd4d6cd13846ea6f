import type { KnownKind } from '../protocol/model';
import { alarmModule } from './alarm';
import { buttonModule } from './button';
import { contactModule } from './contact';
import { doorModule } from './door';
import { lightModule } from './light';
import type { KindModule } from './module';
import { otherModule } from './other';
import { personModule } from './person';
import { sceneModule } from './scene';
import { sensorModule } from './sensor';
import { switchModule } from './switch';
import { thermostatModule } from './thermostat';

const modules: Readonly<Record<KnownKind, KindModule>> = {
  switch: switchModule,
  light: lightModule,
  button: buttonModule,
  contact: contactModule,
  sensor: sensorModule,
  garage_door: doorModule,
  heater: thermostatModule,
  cooler: thermostatModule,
  scene: sceneModule,
  person: personModule,
  alarm: alarmModule,
};

export function moduleOf(kind: string): KindModule {
  return Object.hasOwn(modules, kind) ? modules[kind as KnownKind] : otherModule;
}
