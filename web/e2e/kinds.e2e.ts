// Doors, heaters, scenes, people and the alarm with a server that does what the
// test says. What must not happen is waited out by something that comes after it.

import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ClientMessage } from '../src/protocol/client';
import { aDay, board, entity, info, opened } from './fake/house';
import { FakeServer } from './fake/server';
import { axe } from './lib/axe';
import { commandTimes, launch, phone, screenshot, visit, type Visit } from './lib/browser';

let browser: Browser;
let fake: FakeServer;
let open: Visit[];

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

beforeEach(async () => {
  open = [];
  fake = new FakeServer({
    info: info({ areas: [{ id: 'garage', name: 'Garage' }] }),
    boards: [board('hall')],
    entities: [
      entity('left', 'garage_door', { name: 'Left door', area: 'garage', features: ['open', 'close', 'pulse'], attributes: { position: 'reeds', travel_ms: 18_000 } }),
      entity('right', 'garage_door', { name: 'Right door', area: 'garage', state: 'unknown', features: ['pulse', 'attended'], attributes: { position: 'none' } }),
      entity('heat', 'heater', {
        name: 'Heating',
        attributes: { low: 5, high: 25, temperature: 19.6, target: 21, setpoint: 21, mode: 'auto', presets: ['comfort', 'away'] },
      }),
      entity('night', 'scene', { name: 'Good night', board: '' }),
      entity('anna', 'person', { name: 'Anna', board: '', state: 'home' }),
      entity('alarm', 'alarm', { name: 'Alarm', board: '', attributes: { code: true } }),
      entity('window', 'contact', { name: 'Window', features: ['window'] }),
    ],
  });
  await fake.start();
});
afterEach(async () => {
  for (const { context } of open) await context.close();
  await fake.stop();
  for (const { errors } of open) expect(errors).toEqual([]);
});

async function see(options: BrowserContextOptions = {}): Promise<Page> {
  const v = await visit(browser, fake.url, options);
  open.push(v);
  await v.page.locator('#tile-alarm').waitFor();
  return v.page;
}

/** A page whose time stands still, but for what is run of its clock: no hand stays longer than it should. */
async function seeStill(options: BrowserContextOptions = {}): Promise<Page> {
  const v = await visit(browser, 'about:blank', options);
  open.push(v);
  await v.page.clock.install();
  await v.page.goto(fake.url);
  await v.page.locator('#tile-alarm').waitFor();
  await v.page.clock.pauseAt(Date.now() + 60_000);
  return v.page;
}

const tile = (page: Page, id: string): Locator => page.locator(`#tile-${id}`);
const hold = (page: Page, id: string): Locator => tile(page, id).locator('button.hold');

type Command = Extract<ClientMessage, { type: 'command' }>;
const commands = (): Command[] => fake.received.flatMap(({ message }) => (message.type === 'command' ? [message] : []));

/** Asks for something harmless and waits until it was heard: what was to come before has come. */
async function settle(page: Page): Promise<void> {
  const before = commands().filter((c) => c.entity === 'night').length;
  await tile(page, 'night').locator('button.face').click();
  await fake.heard((m) => m.type === 'command' && m.entity === 'night' && commands().filter((c) => c.entity === 'night').length > before);
}

describe('a garage door', () => {
  test('moves for a pointer that stays, once', async () => {
    const page = await see();
    await hold(page, 'left').hover();
    await page.mouse.down();
    await tile(page, 'left').locator('.held').waitFor();
    await fake.heard((m) => m.type === 'command' && m.entity === 'left');
    await page.mouse.up();
    await settle(page);
    expect(commands().filter((c) => c.entity === 'left')).toMatchObject([{ action: 'open' }]);
    expect(commands()[0]).not.toHaveProperty('confirm');
  });

  test('stays for a tap, and for a pointer that slides off', async () => {
    const page = await seeStill();
    await hold(page, 'left').click();
    const box = (await hold(page, 'left').boundingBox())!;
    await page.mouse.move(box.x + 5, box.y + 5);
    await page.mouse.down();
    await tile(page, 'left').locator('.held').waitFor();
    await page.mouse.move(box.x + 5, box.y - 60);
    await tile(page, 'left').locator('.held').waitFor({ state: 'detached' });
    await page.clock.runFor(1_500); // longer than it would have had to stay
    await page.mouse.up();
    await settle(page);
    expect(commands().filter((c) => c.entity === 'left')).toEqual([]);
  });

  test('asks a keyboard, and moves only for a yes; who holds one that warns nobody says that they see it', async () => {
    const page = await see();
    await hold(page, 'right').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Move Right door?' }).waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'door-dialog');
    await page.getByRole('button', { name: 'Leave it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await hold(page, 'right').focus();
    await page.keyboard.press('Space');
    await page.getByRole('dialog').getByRole('button', { name: 'I can see the door' }).click();
    await fake.heard((m) => m.type === 'command' && m.entity === 'right');
    expect(commands()).toMatchObject([{ entity: 'right', action: 'pulse', confirm: true }]);
    await tile(page, 'right').getByText('Nothing warns: only if you see it').waitFor();
  });

  test('asks a screen reader, whose press is no hand that could stay', async () => {
    const page = await see();
    await hold(page, 'left').dispatchEvent('pointerdown', { width: 0, height: 0, pointerType: 'touch', pointerId: 1, button: 0 });
    expect(await tile(page, 'left').locator('.held').count()).toBe(0);
    await hold(page, 'left').dispatchEvent('click', { detail: 1 });
    await page.getByRole('dialog', { name: 'Open Left door?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await settle(page);
    expect(commands().filter((c) => c.entity === 'left')).toEqual([]);
  });

  test('fills a ring while it is held, under reduced motion too; a finger that is taken away by the system moves nothing', async () => {
    const page = await seeStill({ viewport: phone, reducedMotion: 'reduce' });
    await hold(page, 'left').hover();
    await page.mouse.down();
    await tile(page, 'left').locator('.chip circle').waitFor();
    await screenshot(page, 'door-held-phone');
    await hold(page, 'left').dispatchEvent('pointercancel');
    await tile(page, 'left').locator('.chip circle').waitFor({ state: 'detached' });
    await page.clock.runFor(1_500);
    await page.mouse.up();
    await settle(page);
    expect(commands().filter((c) => c.entity === 'left')).toEqual([]);
  });

  test('shows its travel, its warning, and what went wrong, and does not offer to try again', async () => {
    const page = await see();
    const now = await page.evaluate(() => Date.now());
    fake.report('left', { state: 'opening', attributes: { position: 'reeds', travel_ms: 1_000_000, moving_since: now - 500_000 } });
    await tile(page, 'left').locator('progress').waitFor();
    expect(Number(await tile(page, 'left').locator('progress').getAttribute('value'))).toBeCloseTo(0.5, 1);
    fake.report('left', { state: 'open', attributes: { position: 'reeds', warning_until: now + 600_000 } });
    await tile(page, 'left').getByText('Warning: moves in').waitFor();
    const failure = { command: '1', action: 'close', target: 'closed', status: 'failed', code: 'board', message: 'The reed changed', at: now };
    fake.report('left', { state: 'obstructed', attributes: { position: 'reeds', problem: 'did_not_close' }, failure });
    await tile(page, 'left').getByText('Did not close').waitFor();
    await tile(page, 'left').getByText('The reed changed').waitFor();
    expect(await tile(page, 'left').getByRole('button', { name: /Retry/ }).count()).toBe(0);
  });
});

describe('a heater', () => {
  test('turns many presses into few commands, and the last one is what was asked', async () => {
    fake.onCommand = (command) => {
      fake.report('heat', { attributes: { low: 5, high: 25, temperature: 19.6, mode: 'manual', setpoint: command.temperature ?? 0 } });
      fake.result(command, { status: 'confirmed' });
    };
    const page = await see();
    const warmer = page.getByRole('button', { name: 'Heating: warmer' });
    for (let i = 0; i < 6; i++) await warmer.click();
    await fake.heard((m) => m.type === 'command' && m.temperature === 24);
    await tile(page, 'heat').getByText('24 °C').waitFor();
    const times = await commandTimes(page);
    expect(times.length).toBe(commands().length);
    expect(times.length).toBeLessThanOrEqual(2 + (times.at(-1)! - times[0]!) / 180);
    for (let i = 0; i < 4; i++) await warmer.click();
    await fake.heard((m) => m.type === 'command' && m.temperature === 25); // the end of its range
    await page.getByRole('slider', { name: 'Setpoint of Heating' }).focus();
    await page.keyboard.press('ArrowDown');
    await fake.heard((m) => m.type === 'command' && m.temperature === 24.5);
    expect(commands().every((c) => c.action === 'set' && (c.temperature ?? 0) <= 25)).toBe(true);
  });

  test('shows what is not answered yet as a wish, beside the ring', async () => {
    fake.onCommand = () => {};
    const page = await see({ viewport: phone, colorScheme: 'dark' });
    await page.getByRole('button', { name: 'Heating: warmer' }).click();
    await page.locator('#tile-heat[data-phase="pending"] .wish').getByText('21.5 °C').waitFor();
    await tile(page, 'heat').locator('.chip circle').waitFor();
    await screenshot(page, 'heater-wish-phone');
    expect(await axe(page)).toEqual([]);
    fake.result(commands()[0]!, { status: 'confirmed' });
    await tile(page, 'heat').locator('.wish').waitFor({ state: 'detached' });
    await tile(page, 'heat').locator('.setpoint').getByText('21 °C', { exact: true }).waitFor(); // nothing has been reported
  });

  test('that is overridden says until when, and resumes its schedule with one press', async () => {
    fake.report('heat', { attributes: { low: 5, high: 25, mode: 'boost', until: Date.now() + 600_000, setpoint: 24 } });
    const page = await see();
    await tile(page, 'heat').getByText(/Boost until \d\d:\d\d/).waitFor();
    await page.getByRole('button', { name: 'Back to the schedule: Heating' }).click();
    await fake.heard((m) => m.type === 'command' && m.action === 'auto');
  });

  test('whose board is away can be set all the same, and says that it is kept', async () => {
    const now = Date.now();
    fake.report('heat', {
      available: false, unavailable: { reason: 'offline', message: '', since: now },
      attributes: { low: 5, high: 25, mode: 'auto', setpoint: 21, presets: ['away'] },
    });
    fake.onCommand = (command) => fake.result(command, { status: 'confirmed', code: 'queued', message: 'Kept; hall gets it when it is back' });
    const page = await see();
    await tile(page, 'heat').getByText('hall is offline').waitFor();
    await page.getByRole('button', { name: 'More for Heating' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Away' }).click();
    await tile(page, 'heat').getByText('hall is offline · Kept until hall is back').waitFor();
    expect(commands()).toMatchObject([{ entity: 'heat', action: 'away' }]);
    fake.report('heat', { available: true, unavailable: null });
    await tile(page, 'heat').getByText('Kept').waitFor({ state: 'detached' });
  });

  test('that is locked cannot be turned, by any hand', async () => {
    fake.report('heat', { state: 'locked', attributes: { low: 5, high: 25, mode: 'locked' } });
    const page = await see();
    await tile(page, 'heat').getByText('Locked for maintenance').waitFor();
    await page.getByRole('button', { name: 'Heating: warmer' }).click({ force: true });
    await page.getByRole('slider', { name: 'Setpoint of Heating' }).press('End');
    await settle(page);
    expect(commands().filter((c) => c.entity === 'heat')).toEqual([]);
  });

  test('goes back to the truth when it is refused', async () => {
    fake.onCommand = (command) => fake.result(command, { status: 'refused', code: 'board', message: 'no' });
    const page = await see();
    await page.getByRole('button', { name: 'Heating: warmer' }).click();
    await page.locator('#tile-heat[data-phase="failed"]').waitFor();
    await tile(page, 'heat').getByText('21 °C').waitFor();
  });

  test('offers its presets, boost and the way back', async () => {
    const page = await see();
    await page.getByRole('button', { name: 'More for Heating' }).click();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'heater-menu');
    await page.getByRole('dialog').getByRole('button', { name: 'Comfort' }).click();
    await fake.heard((m) => m.type === 'command' && m.action === 'comfort');
    await page.getByRole('button', { name: 'More for Heating' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Boost for 60 minutes' }).click();
    await fake.heard((m) => m.type === 'command' && m.action === 'boost' && m.for === '60m');
  });
});

describe('the alarm', () => {
  test('is disarmed with its code, which the page does not keep', async () => {
    fake.report('alarm', { state: 'armed_away', attributes: { code: true } });
    const page = await see({ viewport: phone });
    await tile(page, 'alarm').locator('button.face').click();
    await page.getByLabel('Code').waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'alarm-code-phone');
    for (const digit of '4711') await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: 'Erase' }).click();
    await page.getByRole('button', { name: '1', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disarm' }).click();
    await fake.heard((m) => m.type === 'command' && m.action === 'disarm');
    expect(commands()).toMatchObject([{ entity: 'alarm', action: 'disarm', code: '4711' }]);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain('4711');
  });

  test('that wants somebody is on top, says by what and how long, and goes back to its place', async () => {
    const page = await see();
    const now = await page.evaluate(() => Date.now());
    fake.report('alarm', { state: 'pending', attributes: { ...opened('window'), code: true, triggered_by: 'window', until: now + 600_000 } });
    const pinned = page.locator('.pinned #tile-alarm');
    await pinned.getByText('Somebody came in').waitFor();
    await pinned.getByText(/Disarm within \d+\ss · By Window · Open: Window/).waitFor();
    expect(await page.locator('#tile-alarm').count()).toBe(1);
    fake.report('alarm', { state: 'triggered', attributes: { code: true, triggered_by: 'window' } });
    await pinned.getByText('Alarm!').waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'alarm-pinned');
    fake.report('alarm', { state: 'disarmed', attributes: { code: true } });
    await pinned.waitFor({ state: 'detached' });
    await page.locator('section #tile-alarm').getByText('Disarmed').waitFor();
  });

  test('tells what is open to who is about to arm it', async () => {
    fake.report('alarm', { attributes: { ...opened('window'), code: true } });
    const page = await see({ colorScheme: 'dark' });
    await tile(page, 'alarm').locator('button.face').click();
    await page.getByRole('dialog').getByText('Open: Window').waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'alarm-arm-dark');
    await page.getByRole('button', { name: 'Arm: everybody leaves' }).click();
    await fake.heard((m) => m.type === 'command' && m.entity === 'alarm' && m.action === 'arm_away');
  });

  test('without a code asks before it is disarmed', async () => {
    fake.report('alarm', { state: 'armed_home', attributes: { code: false } });
    const page = await see();
    await tile(page, 'alarm').locator('button.face').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disarm' }).click();
    await fake.heard((m) => m.type === 'command' && m.entity === 'alarm' && m.action === 'disarm');
    expect(commands()[0]).not.toHaveProperty('code');
  });

  test('says that the code was wrong, while time goes on, and when one may try again', async () => {
    const until = Date.now() + 600_000;
    fake.report('alarm', { state: 'pending', attributes: { code: true, until } });
    fake.onCommand = (command) => fake.result(command, { status: 'refused', code: 'wrong_code', message: 'The code is wrong' });
    const page = await see();
    const wrong = async (): Promise<void> => {
      await tile(page, 'alarm').locator('button.face').click();
      await page.getByLabel('Code').fill('0000');
      await page.keyboard.press('Enter');
    };
    await wrong();
    await tile(page, 'alarm').getByText('Wrong code').waitFor();
    await tile(page, 'alarm').getByText(/Disarm within \d+\ss/).waitFor();
    expect(await tile(page, 'alarm').getByRole('button', { name: /Retry/ }).count()).toBe(0);
    fake.onCommand = (command) => {
      fake.report('alarm', { state: 'pending', attributes: { code: true, until, locked_until: until } });
      fake.result(command, { status: 'refused', code: 'locked', message: 'Try again later' });
    };
    await wrong();
    await tile(page, 'alarm').getByText(/Too many wrong codes, \d\d:\d\d/).waitFor();
    await tile(page, 'alarm').getByText(/Too many wrong codes: wait until \d\d:\d\d/).waitFor();
  });
});

describe('a sensor', () => {
  test('has its day as a curve, broken where nothing is known, and asks for it only when it is seen', async () => {
    const sensor = (id: string) => entity(id, 'sensor', { name: id, state: '20', attributes: { value: 20, unit: '°C', sampled: Date.now() } });
    const many = Array.from({ length: 60 }, (_, i) => entity(`lamp${i}`, 'switch', { name: `Lamp ${i}` }));
    await fake.stop();
    fake = new FakeServer({
      info: info(), boards: [board('hall')], entities: [sensor('near'), entity('alarm', 'alarm', { board: '' }), ...many, sensor('far')],
      histories: { near: aDay((hour) => 18 + hour / 8), far: aDay(() => 4) },
    });
    await fake.start();
    const page = await see({ viewport: phone });
    const curve = page.getByRole('img', { name: 'near over the last 24 hours: 18 °C to 21 °C' });
    await curve.waitFor();
    const path = (await curve.locator('path').getAttribute('d'))!;
    expect(path.match(/M/g)).toHaveLength(2);
    expect(fake.historyAsked).toEqual(['near']);
    await tile(page, 'far').scrollIntoViewIfNeeded();
    await page.getByRole('img', { name: 'far over the last 24 hours: 4 °C to 4 °C' }).waitFor();
  });

  test('without a history has no curve, and says what it measures all the same', async () => {
    fake.entities.set('bare', { ...entity('bare', 'sensor', { name: 'Bare', state: '20', attributes: { value: 20, unit: '°C' } }), revision: 42 });
    const page = await see();
    await tile(page, 'bare').locator('.figure').getByText('20 °C').waitFor();
    await settle(page);
    expect(fake.historyAsked).toEqual(['bare']);
    expect(await tile(page, 'bare').getByRole('img').count()).toBe(0);
  });
});

test('people toggle, and a scene says what it could not do', async () => {
  const page = await see();
  await tile(page, 'anna').locator('button.face').click();
  await fake.heard((m) => m.type === 'command' && m.entity === 'anna' && m.action === 'away');
  await tile(page, 'night').locator('button.face').click();
  await fake.heard((m) => m.type === 'command' && m.entity === 'night' && m.action === 'activate');
  fake.report('night', { attributes: { activated: 5, failed: [{ entity: 'window', code: 'invalid', message: '' }] } });
  await tile(page, 'night').getByText('Not done: Window').waitFor();
});
