// Houses for the fake server, built from a few words each.

import type { BoardDetails } from './server';
import type { Attributes, Board, Entity, HouseInfo, Notice, Params } from '../../src/protocol/model';

/** An entity with its defaults; the fake sets its revision. */
export function entity(id: string, kind: string, more: Partial<Entity> = {}): Entity {
  const first: Readonly<Record<string, string>> = {
    switch: 'off', light: 'off', button: 'released', contact: 'closed', garage_door: 'closed', heater: 'idle', scene: 'ready',
    alarm: 'disarmed',
  };
  return {
    id,
    kind,
    name: id,
    area: '',
    icon: '',
    board: 'hall',
    features: [],
    state: first[kind] ?? 'unknown',
    attributes: {},
    available: true,
    unavailable: null,
    pending: null,
    failure: null,
    changed: Date.now(),
    cause: { kind: 'boot', by: '' },
    revision: 0,
    ...more,
  };
}

export function board(name: string, more: Partial<Board> = {}): Board {
  return {
    name,
    id: `hob-${name}`,
    chip: 'esp32',
    declared: true,
    status: 'online',
    message: '',
    since: Date.now(),
    address: '192.0.2.7:80',
    firmware: '0.1.0',
    ...more,
  };
}

/** The figures of a chip's link; those that `more` makes null were not told. */
export const link = (more: object = {}): object => ({
  boot: '9f3c2a11', reset: 'power_on', uptime_ms: 93_784_500, config: '0c6e2f1d83b94a5e', points: 3, rssi: -61, heap: 123_456,
  heap_low: 98_304, stack: 3120, loop_us: 850, temp: 41, reconnects: 2, refused: 0, ...more,
});

/** A board that takes firmware 0.2.0 of 983 kB. */
export const update = (stage: string, more: object = {}): object => ({
  firmware: '0.2.0', stage, done: stage === 'sending' ? 0 : 983_040, size: 983_040, code: '', message: '', since: Date.now(), ...more,
});

export const info = (more: Partial<HouseInfo> = {}): HouseInfo => ({
  name: 'Lindenweg',
  timezone: 'Europe/Berlin',
  units: 'metric',
  areas: [],
  ...more,
});

/** What the server calls `open` of an alarm, this page calls `opened`. */
export const opened = (...ids: string[]): Attributes => ({ open: ids }) as Attributes;

const reeds = { position: 'reeds', travel_ms: 18_000 };
const schedule = { low: 5, high: 25, presets: ['away', 'sleep', 'comfort'], source: 'plan' };

/** A day of one number as the recorder tells it, with two hours of which nothing is known. */
export function aDay(curve: (hour: number) => number): object {
  const to = Date.now();
  const from = to - 24 * 3_600_000;
  const points = Array.from({ length: 24 * 12 }, (_, i) => {
    const hour = i / 12;
    const value = hour >= 13 && hour < 15 ? null : curve(hour);
    return { at: from + i * 300_000, value };
  });
  return { from, to, step: 300_000, series: [{ name: 'value', points }] };
}

const stranger = { message: 'Found on the network, not in config.yaml; it waits to be adopted', detail: 'stranger_new' };

/** A house in which each board has another trouble; two have a word that is newer than this page. */
export function troubled(): { info: HouseInfo; boards: Board[]; entities: Entity[]; details: Record<string, BoardDetails> } {
  const now = Date.now();
  const address = '192.0.2.7:80';
  const other = '192.0.2.9:80';
  const trouble = (name: string, status: string, detail: string, message: string, params: Params = {}): Board =>
    board(name, { status, detail, message, params, since: now - 26 * 3_600_000 });
  return {
    info: info(),
    entities: [],
    details: {},
    boards: [
      trouble('hall', 'offline', 'no_answer', `Nothing answers at ${address}`, { address }),
      trouble('kitchen', 'not_adopted', 'no_key', `Found at ${address}; adopt it with its setup code`, { address }),
      trouble('shed', 'key_refused', 'key_lost', `The board at ${address} has no key; adopt it again, with --replace`, { address }),
      trouble('garage', 'wrong_chip', 'other_chip', 'The board has the chip "esp32c3", config.yaml says esp32; it keeps the configuration it has', { chip: 'esp32c3', declared: 'esp32' }),
      trouble('attic', 'config_refused', 'config_refused', 'The board refuses its configuration: GPIO34 is input only (items[1].pin, pin_input_only)', { path: 'items[1].pin', code: 'pin_input_only' }),
      trouble('cellar', 'duplicate', 'twin', `Two boards hold this board's id and its key: one at ${address}, whose link goes on, and one at ${other}`, { address, twin: other }),
      trouble('gartenhaus-hinter-der-alten-scheune-nord', 'connecting', 'calling', 'The server is calling the board'),
      trouble('barn', 'offline', 'of_a_later_server', 'The moon is full'),
      trouble('loft', 'config_refused', 'config_refused', 'The board refuses its configuration: it is asleep (items[2], asleep)', { path: 'items[2]', code: 'asleep' }),
      board('', { id: 'hob-5e11ed', declared: false, status: 'unknown', ...stranger }),
    ],
  };
}

/** A house with every state that a tile can be in. */
export function everything(): {
  info: HouseInfo; boards: Board[]; entities: Entity[]; histories: Record<string, object>; notices: Notice[]; details: Record<string, BoardDetails>;
} {
  const now = Date.now();
  const minutes = (n: number): number => now - n * 60_000;
  const areas = [
    { id: 'living', name: 'Living room' },
    { id: 'hall', name: 'Hall' },
    { id: 'kitchen', name: 'Kitchen' },
    { id: 'shed', name: 'Garden shed' },
    { id: 'garage', name: 'Garage' },
  ];
  const lost = { reason: 'offline', message: 'No answer for 15 s', detail: 'silent', params: { seconds: 15 }, since: minutes(4) };
  return {
    info: info({ areas }),
    notices: [
      { id: 6, at: minutes(130), text: 'The garden pump has run for an hour', rule: 'pump_watch' },
      { id: 7, at: minutes(4), text: 'It is below 3 °C outside and the bathroom window is open', user: 'anna', rule: 'frost' },
      {
        id: 8, at: minutes(2), text: 'The rule porch_light has run 30 times within 1m. It does not run for 15m now: it may set itself off.',
        detail: 'rule_paused', params: { rule: 'porch_light', runs: 30, seconds: 60, minutes: 15 }, rule: 'porch_light',
      },
    ],
    histories: {
      room: aDay((hour) => 19 + 1.6 * Math.sin((hour - 4) / 3.8)),
      outside: aDay((hour) => -3 - 5 * Math.cos((hour - 2) / 3.8) + (hour % 1) / 3),
    },
    details: {
      'hob-hall': { link: link(), update: update('sending', { done: 412_672 }) },
      'hob-kitchen': {
        link: link({ heap: 0, heap_low: null, stack: null, temp: null, rssi: 0 }),
        update: update('failed', { code: 'rolled_back', message: 'the board has gone back to 0.1.0', since: minutes(12) }),
      },
    },
    boards: [
      board('hall', { message: 'Takes firmware 0.2.0: 40 %', detail: 'update_sending', params: { firmware: '0.2.0', percent: 40 } }),
      board('kitchen', { chip: 'esp32-c3' }),
      board('shed', { status: 'offline', message: 'No answer for 15 s', detail: 'silent', params: { seconds: 15 }, since: minutes(4) }),
      board('', { id: 'hob-5e11ed', declared: false, status: 'unknown', ...stranger }),
    ],
    entities: [
      entity('ceiling', 'light', { name: 'Ceiling', area: 'living', features: ['brightness'], state: 'on', attributes: { brightness: 70 } }),
      entity('strip', 'light', { name: 'Shelf strip', area: 'living', features: ['brightness', 'color'], state: 'on', attributes: { brightness: 45, color: '#8a3cff' } }),
      entity('reading', 'light', { name: 'Reading lamp', area: 'living', icon: 'floor-lamp' }),
      entity('tv', 'switch', { name: 'Television', area: 'living', icon: 'television', state: 'on' }),
      entity('window', 'contact', { name: 'Window', area: 'living', features: ['window'], state: 'open', changed: minutes(12) }),
      entity('porch', 'switch', { name: 'Porch lamp', area: 'hall', icon: 'outdoor-lamp', state: 'off' }),
      entity('stairs', 'light', {
        name: 'Stairs', area: 'hall', features: ['brightness'], state: 'off', attributes: { brightness: 40 },
        pending: { command: '1f', action: 'on', target: 'on', origin: 'user', by: '', since: now, until: now + 5000 },
      }),
      entity('hall_button', 'button', { name: 'Hall button', area: 'hall', features: ['press', 'double', 'hold'], attributes: { event: 'press', event_at: minutes(3) } }),
      entity('front_door', 'contact', { name: 'Front door', area: 'hall', features: ['door'], state: 'closed', changed: minutes(47) }),
      entity('motion', 'contact', { name: 'Motion', area: 'hall', features: ['motion'], state: 'detected', changed: now }),
      entity('fan', 'switch', {
        name: 'Extractor fan', area: 'kitchen', icon: 'fan', board: 'kitchen', state: 'off',
        failure: { command: '1e', action: 'on', target: 'on', status: 'expired', code: 'timeout', message: 'No reply from kitchen within 5s', detail: 'no_reply', params: { board: 'kitchen', seconds: 5 }, at: minutes(1) },
      }),
      entity('leak', 'contact', { name: 'Under the sink', area: 'kitchen', board: 'kitchen', features: ['moisture'], state: 'clear', changed: minutes(60 * 30) }),
      entity('socket', 'switch', { name: 'Counter socket', area: 'kitchen', icon: 'power-socket', board: 'kitchen', state: 'unknown' }),
      entity('shed_light', 'light', { name: 'Shed light', area: 'shed', board: 'shed', state: 'on', available: false, unavailable: lost }),
      entity('pump', 'switch', { name: 'Rain water pump', area: 'shed', icon: 'water-pump', board: 'shed', state: 'off', available: false, unavailable: lost }),
      entity('bell', 'button', { name: 'Bell', features: ['press'] }),
      entity('heat', 'heater', {
        name: 'Heating', area: 'living', state: 'heating',
        attributes: { ...schedule, temperature: 19.6, target: 21, setpoint: 21, mode: 'manual', until: now + 3 * 3_600_000 },
      }),
      entity('bath', 'heater', { name: 'Bath', area: 'living', state: 'sensor_lost', attributes: { ...schedule, mode: 'auto' } }),
      entity('study', 'heater', {
        name: 'Study', area: 'living', state: 'waiting',
        attributes: { ...schedule, temperature: 18.2, target: 19, setpoint: 19, mode: 'auto', next: { at: now + 5 * 3_600_000, target: 17, preset: 'sleep' } },
      }),
      entity('loft', 'heater', {
        name: 'Loft', area: 'living', board: 'shed', state: 'idle', available: false, unavailable: lost,
        attributes: { ...schedule, setpoint: 14, preset: 'away', mode: 'manual' },
      }),
      entity('cellar', 'heater', { name: 'Cellar', area: 'living', state: 'locked', attributes: { ...schedule, temperature: 12.5, mode: 'locked' } }),
      entity('guest', 'heater', {
        name: 'Guest room', area: 'living', state: 'off', attributes: { ...schedule, temperature: 17.3, mode: 'window', windows: ['window'] },
      }),
      entity('ac', 'cooler', {
        name: 'Air conditioner', area: 'living', state: 'idle',
        attributes: { low: 20, high: 30, presets: [], source: 'plan', temperature: 22.4, target: 24, setpoint: 24, mode: 'auto' },
      }),
      entity('room', 'sensor', { name: 'Living room', area: 'living', state: '19.6', attributes: { value: 19.6, unit: '°C', humidity: 46, sampled: now - 20_000 } }),
      entity('outside', 'sensor', { name: 'Outside', area: 'living', state: '-3.4', attributes: { value: -3.4, unit: '°C', sampled: now - 90_000, fault: 'no_answer' } }),
      entity('tank', 'sensor', { name: 'Water tank', area: 'shed', state: 'unknown', attributes: { value: 42, unit: '%', fault: 'stale', sampled: minutes(40) } }),
      entity('left', 'garage_door', { name: 'Left door', area: 'garage', features: ['open', 'close', 'pulse'], attributes: { ...reeds }, changed: minutes(90) }),
      entity('middle', 'garage_door', {
        name: 'Middle door', area: 'garage', state: 'opening', features: ['open', 'close', 'pulse'], attributes: { ...reeds, moving_since: now - 6_000 },
      }),
      entity('right', 'garage_door', { name: 'Right door', area: 'garage', state: 'unknown', features: ['pulse', 'attended'], attributes: { position: 'none' } }),
      entity('court', 'garage_door', {
        name: 'Courtyard door', area: 'garage', state: 'open', features: ['open', 'close', 'pulse'], attributes: { ...reeds, warning_until: now + 5_000 },
      }),
      entity('bikes', 'garage_door', {
        name: 'Bicycle door', area: 'garage', state: 'stopped', features: ['open', 'close', 'pulse', 'attended'],
        attributes: { position: 'closed_reed', travel_ms: 18_000 }, changed: minutes(14),
      }),
      entity('gate', 'garage_door', {
        name: 'Yard gate', area: 'garage', state: 'obstructed', features: ['open', 'close', 'pulse'], attributes: { ...reeds, problem: 'did_not_close' }, changed: minutes(2),
      }),
      entity('night', 'scene', { name: 'Good night', board: '', attributes: { activated: minutes(700), failed: [] } }),
      entity('leave', 'scene', { name: 'Leaving', board: '', attributes: { activated: minutes(5), failed: [{ entity: 'pump', code: 'offline', message: '' }] } }),
      entity('anna', 'person', { name: 'Anna', board: '', state: 'home', changed: minutes(33) }),
      entity('leo', 'person', { name: 'Leo', board: '', state: 'unknown' }),
      entity('alarm', 'alarm', { name: 'Alarm', board: '', attributes: { ...opened('window'), code: true }, changed: minutes(400) }),
    ],
  };
}
