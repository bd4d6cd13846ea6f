// The icons that config.yaml can name (`icon: water-pump`), each off and on.
// Names are those of Material Design Icons. A name that is not here gets its
// kind's own icon. They are many, and a house has few: fetched later.

import {
  mdiAirConditioner, mdiAirFilter, mdiBed, mdiBedOutline, mdiBell, mdiBellOutline, mdiCast, mdiCoffee,
  mdiCoffeeOutline, mdiCeilingLight, mdiCeilingLightOutline, mdiDesk, mdiDeskLamp, mdiDesktopTowerMonitor, mdiDoor,
  mdiDoorOpen, mdiFan, mdiFanOff, mdiFire, mdiFireOff, mdiFloorLamp, mdiFloorLampOutline, mdiFountain, mdiFridge,
  mdiFridgeOutline, mdiGate, mdiGateOpen, mdiKettle, mdiKettleOutline, mdiLamp, mdiLampOutline, mdiLedStripVariant,
  mdiLedStripVariantOff, mdiLightbulb, mdiLightbulbOutline, mdiMusic, mdiMusicOff, mdiOutdoorLamp, mdiPool,
  mdiPowerPlug, mdiPowerPlugOffOutline, mdiPowerSocketEu, mdiRadiator, mdiRadiatorOff, mdiRouterWireless,
  mdiShower, mdiSpeaker, mdiSpeakerOff, mdiSprinkler, mdiSprinklerVariant, mdiStringLights, mdiStringLightsOff,
  mdiTelevision, mdiTelevisionOff, mdiTree, mdiTreeOutline, mdiValve, mdiValveClosed, mdiValveOpen, mdiVanityLight,
  mdiWallSconce, mdiWallSconceOutline, mdiWashingMachine, mdiWashingMachineOff, mdiWaterBoiler, mdiWaterBoilerOff,
  mdiWaterPump, mdiWaterPumpOff,
} from '@mdi/js';
import type { IconPair } from './module';

const same = (icon: string): IconPair => ({ off: icon, on: icon });

const named: Readonly<Record<string, IconPair>> = {
  'air-conditioner': same(mdiAirConditioner),
  'air-filter': same(mdiAirFilter),
  bed: { off: mdiBedOutline, on: mdiBed },
  bell: { off: mdiBellOutline, on: mdiBell },
  cast: same(mdiCast),
  'ceiling-light': { off: mdiCeilingLightOutline, on: mdiCeilingLight },
  coffee: { off: mdiCoffeeOutline, on: mdiCoffee },
  computer: same(mdiDesktopTowerMonitor),
  desk: same(mdiDesk),
  'desk-lamp': same(mdiDeskLamp),
  door: { off: mdiDoor, on: mdiDoorOpen },
  fan: { off: mdiFanOff, on: mdiFan },
  fire: { off: mdiFireOff, on: mdiFire },
  'floor-lamp': { off: mdiFloorLampOutline, on: mdiFloorLamp },
  fountain: same(mdiFountain),
  fridge: { off: mdiFridgeOutline, on: mdiFridge },
  gate: { off: mdiGate, on: mdiGateOpen },
  kettle: { off: mdiKettleOutline, on: mdiKettle },
  lamp: { off: mdiLampOutline, on: mdiLamp },
  'led-strip': { off: mdiLedStripVariantOff, on: mdiLedStripVariant },
  lightbulb: { off: mdiLightbulbOutline, on: mdiLightbulb },
  music: { off: mdiMusicOff, on: mdiMusic },
  'outdoor-lamp': same(mdiOutdoorLamp),
  pool: same(mdiPool),
  'power-plug': { off: mdiPowerPlugOffOutline, on: mdiPowerPlug },
  'power-socket': same(mdiPowerSocketEu),
  radiator: { off: mdiRadiatorOff, on: mdiRadiator },
  router: same(mdiRouterWireless),
  shower: same(mdiShower),
  speaker: { off: mdiSpeakerOff, on: mdiSpeaker },
  sprinkler: { off: mdiSprinkler, on: mdiSprinklerVariant },
  'string-lights': { off: mdiStringLightsOff, on: mdiStringLights },
  television: { off: mdiTelevisionOff, on: mdiTelevision },
  tree: { off: mdiTreeOutline, on: mdiTree },
  valve: { off: mdiValveClosed, on: mdiValveOpen },
  'valve-plain': same(mdiValve),
  'vanity-light': same(mdiVanityLight),
  'wall-sconce': { off: mdiWallSconceOutline, on: mdiWallSconce },
  'washing-machine': { off: mdiWashingMachineOff, on: mdiWashingMachine },
  'water-boiler': { off: mdiWaterBoilerOff, on: mdiWaterBoiler },
  'water-pump': { off: mdiWaterPumpOff, on: mdiWaterPump },
};

/** The icon that the configuration names, with or without "mdi:", else the kind's own. */
export function namedIcon(name: string, own: IconPair): IconPair {
  const key = name.replace(/^mdi:/, '');
  return (Object.hasOwn(named, key) ? named[key] : undefined) ?? own;
}
