// Doors, heaters, scenes, people and the alarm with a server that does what the
// test says. What must not happen is waited out by something that comes after it.

import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ClientMessage } from '../src/protocol/client';
import { board, entity, info, opened } from './fake/house';
import { FakeServer } from './fake/server';
import { axe } from './lib/axe';
import { launch, phone, screenshot, visit, type Visit } from './lib/browser';

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
    const page = await see();
    await hold(page, 'left').click();
    const box = (await hold(page, 'left').boundingBox())!;
    await page.mouse.move(box.x + 5, box.y + 5);
    await page.mouse.down();
    await tile(page, 'left').locator('.held').waitFor();
    await page.mouse.move(box.x + 5, box.y - 60);
    await tile(page, 'left').locator('.held').waitFor({ state: 'detached' });
    // Longer than it would have had to stay.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_500)));
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
    await page.getByRole('button', { name: 'Leave it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await hold(page, 'right').focus();
    await page.keyboard.press('Space');
    await page.getByRole('dialog').getByRole('button', { name: 'Move', exact: true }).click();
    await fake.heard((m) => m.type === 'command' && m.entity === 'right');
    expect(commands()).toMatchObject([{ entity: 'right', action: 'pulse', confirm: true }]);
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
    expect(commands().length).toBeLessThanOrEqual(6);
    for (let i = 0; i < 4; i++) await warmer.click();
    await fake.heard((m) => m.type === 'command' && m.temperature === 25); // the end of its range
    await page.getByRole('slider', { name: 'Setpoint of Heating' }).focus();
    await page.keyboard.press('ArrowDown');
    await fake.heard((m) => m.type === 'command' && m.temperature === 24.5);
    expect(commands().every((c) => c.action === 'set' && (c.temperature ?? 0) <= 25)).toBe(true);
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
    await page.getByRole('dialog').getByRole('button', { name: 'Disarm' }).click();
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
    await pinned.getByText(/Disarm within \d+ s · By Window · Open: Window/).waitFor();
    expect(await page.locator('#tile-alarm').count()).toBe(1);
    fake.report('alarm', { state: 'triggered', attributes: { code: true, triggered_by: 'window' } });
    await pinned.getByText('Alarm!').waitFor();
    expect(await axe(page)).toEqual([]);
    fake.report('alarm', { state: 'disarmed', attributes: { code: true } });
    await pinned.waitFor({ state: 'detached' });
    await page.locator('section #tile-alarm').getByText('Disarmed').waitFor();
  });

  test('says that the code was wrong', async () => {
    fake.report('alarm', { state: 'armed_home', attributes: { code: true } });
    fake.onCommand = (command) => fake.result(command, { status: 'refused', code: 'wrong_code', message: 'The code is wrong' });
    const page = await see();
    await tile(page, 'alarm').locator('button.face').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disarm' }).click();
    await page.getByLabel('Code').fill('0000');
    await page.keyboard.press('Enter');
    await tile(page, 'alarm').getByText('Wrong code').waitFor();
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
