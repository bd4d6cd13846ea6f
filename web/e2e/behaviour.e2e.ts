// What the page does with a server that behaves in ways that are hard to reach
// with a real one. Every wait is for an event, with the deadline of the runner.

import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { board, entity, info } from './fake/house';
import { FakeServer, type FakeOptions } from './fake/server';
import { axe } from './lib/axe';
import { commandTimes, launch, visit, type Visit } from './lib/browser';

let browser: Browser;
let fake: FakeServer;
let open: Visit[];

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

beforeEach(() => {
  open = [];
});
afterEach(async () => {
  for (const { context } of open) await context.close();
  await fake.stop();
  for (const { errors } of open) expect(errors).toEqual([]);
});

const house = (): FakeOptions => ({
  info: info({ areas: [{ id: 'hall', name: 'Hall' }] }),
  boards: [board('hall')],
  entities: [
    entity('porch', 'switch', { name: 'Porch lamp', area: 'hall' }),
    entity('stairs', 'light', { name: 'Stairs', area: 'hall', features: ['brightness'], attributes: { brightness: 40 } }),
    entity('strip', 'light', { name: 'Strip', features: ['brightness', 'color'], state: 'on', attributes: { brightness: 50, color: '#ff8800' } }),
    entity('bell', 'button', { name: 'Bell', features: ['press', 'double', 'hold'] }),
    entity('door', 'contact', { name: 'Door', features: ['door'], state: 'open' }),
  ],
});

async function start(options: FakeOptions = house()): Promise<void> {
  fake = new FakeServer(options);
  await fake.start();
}

async function see(path = '', options: BrowserContextOptions = {}): Promise<Page> {
  const v = await visit(browser, fake.url + path, options);
  open.push(v);
  return v.page;
}

const tile = (page: Page, id: string): Locator => page.locator(`#tile-${id}`);
const face = (page: Page, id: string): Locator => tile(page, id).locator('button.face');
const inPhase = (page: Page, id: string, phase: string): Promise<void> =>
  page.locator(`#tile-${id}[data-phase="${phase}"]`).waitFor();
const inState = (page: Page, id: string, state: string): Promise<void> =>
  page.locator(`#tile-${id}[data-state="${state}"]`).waitFor();

describe('a configuration with mistakes', () => {
  test('is pinned with its first mistake and the version that goes on', async () => {
    const first = { file: '/etc/hob/config.yaml', line: 14, column: 3, code: 'HOB010', message: 'unknown key "swiches"' };
    const config = { ok: false, file: '/etc/hob/config.yaml', errors: 2, warnings: 0, first, at: Date.now() };
    await start({ ...house(), info: info({ config }) });
    const page = await see();
    const pinned = page.locator('section li.config');
    await pinned.getByText('config.yaml has 2 mistakes').waitFor();
    await pinned.getByText('line 14: unknown key "swiches"').waitFor();
    await pinned.getByText('The house goes on with the version of').waitFor();
    expect(await axe(page)).toEqual([]);
  });
});

describe('a command', () => {
  test('changes the sender’s own tile only when the server says so', async () => {
    await start();
    fake.onCommand = () => {};
    const page = await see();
    await face(page, 'porch').click();
    await inPhase(page, 'porch', 'pending');
    expect(await tile(page, 'porch').innerText()).toContain('Turning on…');
    expect(await tile(page, 'porch').getAttribute('data-state')).toBe('off');
    expect(await face(page, 'porch').getAttribute('aria-pressed')).toBe('false');
    fake.report('porch', { state: 'on', changed: Date.now() });
    fake.result(fake.commands()[0]!, { status: 'confirmed' });
    await inPhase(page, 'porch', 'settled');
    expect(await face(page, 'porch').getAttribute('aria-pressed')).toBe('true');
  });

  test('of one page shows as pending on every page, and any of them can cancel it', async () => {
    await start();
    fake.onCommand = (command) => void fake.accept(command);
    const [first, second] = [await see(), await see()];
    await face(first, 'porch').click();
    await inPhase(second, 'porch', 'pending');
    await second.getByRole('button', { name: 'Cancel: Porch lamp' }).click();
    await fake.heard((m) => m.type === 'cancel' && m.command === '64');
    await inPhase(second, 'porch', 'settled');
  });

  test('that failed says why and when, and is asked again as what it was meant to be', async () => {
    await start();
    fake.onCommand = (command) => {
      const server = fake.accept(command);
      const failure = { command: server, action: 'toggle', target: 'on', status: 'expired', code: 'timeout', message: '', at: Date.now() };
      fake.report('porch', { failure });
      fake.result(command, { command: server, status: 'expired', code: 'timeout' });
    };
    const page = await see();
    await face(page, 'porch').click();
    await inPhase(page, 'porch', 'failed');
    expect(await tile(page, 'porch').innerText()).toMatch(/No reply from hall, \d\d:\d\d/);
    expect(await axe(page)).toEqual([]);
    fake.onCommand = (command) => fake.confirm(command);
    await page.getByRole('button', { name: 'Retry: Porch lamp' }).click();
    await inState(page, 'porch', 'on');
    expect(fake.commands().map((c) => c.action)).toEqual(['toggle', 'on']);
  });

  test('that is refused without a trace on the entity is shown all the same', async () => {
    await start();
    fake.onCommand = (command) => fake.result(command, { status: 'refused', code: 'busy', message: 'Too many' });
    const page = await see();
    await face(page, 'porch').click();
    await inPhase(page, 'porch', 'failed');
    expect(await tile(page, 'porch').innerText()).toContain('Too much at once');
    expect(await page.locator('#failure').innerText()).toBe('Porch lamp: Too much at once');
  });

  test('says exactly why it is refused, in the language of the page, and in marked English where that has no words', async () => {
    await start();
    const reason = { board: 'hall', reason: 'busy' };
    fake.onCommand = (command) =>
      fake.result(command, { status: 'refused', code: 'board', message: 'it warns of a pulse', detail: 'refused_by_board', params: reason });
    const page = await see('', { locale: 'de-DE' });
    await face(page, 'porch').click();
    await tile(page, 'porch').getByText('hall: Es ist beschäftigt').waitFor();
    expect(await tile(page, 'porch').locator('[lang]').count()).toBe(0);
    fake.onCommand = (command) =>
      fake.result(command, { status: 'refused', code: 'board', message: 'The moon is full', detail: 'refused_by_board', params: { ...reason, reason: 'moon' } });
    await face(page, 'porch').click();
    await tile(page, 'porch').locator('[lang=en]').getByText('The moon is full').waitFor();
    await page.locator('#failure [lang=en]').getByText('The moon is full').waitFor();
  });

  test('for something offline is not sent, and the reason is there to read', async () => {
    const options = house();
    const lost = { available: false, unavailable: { reason: 'offline', message: '', since: Date.now() - 180_000 } };
    await start({ ...options, entities: options.entities.map((e) => (e.board === 'hall' ? { ...e, ...lost } : e)) });
    const page = await see();
    await inPhase(page, 'porch', 'offline');
    expect(await tile(page, 'porch').innerText()).toMatch(/Off · 3\smin\. ago\s+hall is offline/);
    expect(await face(page, 'porch').getAttribute('aria-disabled')).toBe('true');
    await face(page, 'porch').click({ force: true });
    await face(page, 'porch').press('Enter');
    expect(await page.getByLabel('Brightness of Stairs').isDisabled()).toBe(true);
    expect(fake.commands()).toEqual([]);
  });
});

describe('a lost connection', () => {
  test('is said, with the age of what is shown; nothing is sent or kept; then it resumes', async () => {
    await start();
    const page = await see();
    await inState(page, 'porch', 'off');
    await fake.stop();
    const banner = page.getByText('No connection to the house');
    await banner.waitFor();
    expect(await page.locator('#connection').innerText()).toMatch(/Last update: (now|\d+\ssec\. ago)/);
    expect(await axe(page)).toEqual([]);
    await face(page, 'porch').click({ force: true });
    expect(await tile(page, 'porch').getAttribute('data-phase')).toBe('settled');

    fake.entities.set('stairs', { ...fake.entities.get('stairs')!, state: 'on', revision: ++fake.revision });
    await fake.start();
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await inState(page, 'stairs', 'on');
    await banner.waitFor({ state: 'detached' });
    const hellos = fake.received.flatMap(({ message }) => (message.type === 'hello' ? [message] : []));
    expect(hellos.at(-1)?.resume).toEqual({ epoch: '6b1f0c2e', revision: 42 });
    expect(fake.commands()).toEqual([]);
  });

  test('to a server that starts anew ends with the new house, and nothing of the old one', async () => {
    await start();
    const page = await see();
    await inState(page, 'porch', 'off');
    await fake.stop();
    fake.epoch = 'another';
    fake.revision = 3;
    fake.entities.delete('porch');
    fake.entities.set('cellar', { ...entity('cellar', 'switch', { name: 'Cellar' }), revision: 3 });
    await fake.start();
    await tile(page, 'cellar').waitFor();
    expect(await tile(page, 'porch').count()).toBe(0);
  });

  test('that nobody notices is found by a ping', async () => {
    await start();
    const v = await visit(browser, 'about:blank');
    open.push(v);
    await v.page.clock.install();
    await v.page.goto(fake.url);
    await inState(v.page, 'porch', 'off');
    fake.answersPings = false;
    await v.page.clock.runFor(10_000);
    await fake.heard((m) => m.type === 'ping');
    await v.page.clock.runFor(5_500);
    await fake.heard((m) => m.type === 'hello' && m.resume !== undefined);
  });

  test('leaves a command that was on its way marked as uncertain', async () => {
    await start();
    fake.onCommand = () => {};
    const page = await see();
    await face(page, 'porch').click();
    await inPhase(page, 'porch', 'pending');
    await fake.stop();
    await inPhase(page, 'porch', 'failed');
    expect(await tile(page, 'porch').innerText()).toContain('The connection dropped');
  });

  test('with close code 4400 says that the page is too old, and does not try again', async () => {
    await start();
    const page = await see();
    await inState(page, 'porch', 'off');
    fake.closeAll(4400);
    await page.getByText('This page is older than the server').waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByRole('button', { name: 'Reload' }).click();
    await inState(page, 'porch', 'off');
  });
});

test('garbage from the server is not shown, and the page goes on', async () => {
  await start();
  const page = await see();
  await inState(page, 'porch', 'off');
  const warnings: string[] = [];
  page.on('console', (message) => warnings.push(message.text()));
  for (const bad of [{ type: 'state' }, { type: 'entity', revision: 50, entity: 7 }, { type: 'dance' }, [1], { type: 'snapshot' }]) {
    fake.broadcast(bad);
  }
  fake.report('porch', { state: 'on' });
  await inState(page, 'porch', 'on');
  expect(warnings.filter((w) => w.startsWith('live:'))).toHaveLength(4);
  open.at(-1)!.errors.length = 0; // those warnings are what was asked for
});

describe('a light', () => {
  test('sends its slider at most five times a second, and the last value always', async () => {
    await start();
    const page = await see();
    const slider = page.getByLabel('Brightness of Stairs');
    const box = (await slider.boundingBox())!;
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + 10, y);
    await page.mouse.down();
    for (let i = 1; i <= 60; i++) await page.mouse.move(box.x + 10 + ((box.width - 20) * i) / 60, y);
    const wanted = Number(await slider.inputValue());
    await page.mouse.up();
    await fake.heard((m) => m.type === 'command' && m.level === wanted);
    expect(wanted).toBeGreaterThan(90);
    await inState(page, 'stairs', 'on');
    const times = await commandTimes(page);
    expect(times.length).toBe(fake.commands().length);
    expect(times.length).toBeLessThanOrEqual(2 + (times.at(-1)! - times[0]!) / 180);
    await page.waitForFunction((value) => document.querySelector<HTMLInputElement>('#tile-stairs input')?.value === value, `${wanted}`);
  });

  test('has a slider that goes back to the truth when the command fails', async () => {
    await start();
    fake.onCommand = (command) => fake.result(command, { status: 'expired', code: 'timeout' });
    const page = await see();
    await page.getByLabel('Brightness of Strip').focus();
    await page.keyboard.press('End');
    await inPhase(page, 'strip', 'failed');
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#tile-strip input')?.value === '50');
  });

  test('takes a color from the sheet; Escape closes it and gives the focus back', async () => {
    await start();
    const page = await see();
    const swatch = page.getByRole('button', { name: 'Color of Strip' });
    await swatch.click();
    await page.getByRole('dialog').waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByRole('button', { name: 'Blue' }).click();
    await fake.heard((m) => m.type === 'command' && m.color === '#2b6bff' && m.action === 'set');
    await page.locator('dialog button[aria-pressed="true"][aria-label="Blue"]').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await swatch.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});

test('a button runs its press by a tap, and its other gestures by its menu', async () => {
  await start();
  const page = await see();
  const done = tile(page, 'bell').getByText('Done').waitFor(); // for 2.5 s only
  await face(page, 'bell').click();
  await fake.heard((m) => m.type === 'command' && m.action === 'press');
  await done;
  await tile(page, 'bell').getByText('Ready').waitFor();
  await page.getByRole('button', { name: 'More for Bell' }).click();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Double press' }).click();
  await fake.heard((m) => m.type === 'command' && m.action === 'double');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the keyboard reaches and works everything', async () => {
  await start();
  const page = await see();
  await inState(page, 'porch', 'off');
  const names: string[] = [];
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('Tab');
    names.push(await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? ''));
  }
  for (const name of ['Skip to the house', 'Home', 'Boards', 'Settings', 'Porch lamp', 'Brightness of Stairs', 'Color of Strip', 'Bell', 'More for Bell']) {
    expect(names.some((n) => n.startsWith(name)), name).toBe(true);
  }
  await face(page, 'porch').focus();
  await page.keyboard.press('Space');
  await inState(page, 'porch', 'on');
  await page.keyboard.press('Enter');
  await inState(page, 'porch', 'off');
});

test('boards come and go without a reload', async () => {
  await start();
  const page = await see('#/boards');
  await page.locator('#board-hob-hall[data-status="online"]').waitFor();
  fake.board(board('hall', { status: 'key_refused', message: 'It has another key' }));
  await page.locator('#board-hob-hall[data-status="key_refused"]').waitFor();
  expect(await page.locator('#board-hob-hall').innerText()).toMatch(/Key refused since .*\s+It does not hold the key .*\s+It has another key/);
  fake.board(board('', { id: 'hob-new', declared: false, status: 'unknown', message: 'It is in no configuration' }));
  await page.locator('#board-hob-new').waitFor();
  await page.getByRole('link', { name: 'Home', exact: true }).click();
  await page.getByText('hall: Key refused').waitFor();
  await page.getByText('A new board was found').waitFor();
});

describe('a house with a token', () => {
  const guarded = (): FakeOptions => ({ ...house(), token: 's3cret' });

  test('opens with the token in the address, and the address forgets it', async () => {
    await start(guarded());
    const page = await see('#token=s3cret');
    await tile(page, 'porch').waitFor();
    expect(page.url()).toBe(fake.url);
    await page.reload();
    await tile(page, 'porch').waitFor();
  });

  test('asks for the token, says when it is wrong, and opens with the right one', async () => {
    await start(guarded());
    const page = await see();
    await page.getByLabel('Access token').fill('wrong');
    await page.getByRole('button', { name: 'Open the house' }).click();
    await page.getByText('That is not the token.').waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByLabel('Access token').fill(' s3cret ');
    await page.keyboard.press('Enter');
    await tile(page, 'porch').waitFor();
  });

  test('asks again when the token is no longer valid', async () => {
    await start(guarded());
    const page = await see('#token=s3cret');
    await tile(page, 'porch').waitFor();
    fake.closeAll(4401);
    await page.getByText('This house is locked').waitFor();
  });
});

test('a chosen theme and language hold over a reload', async () => {
  await start();
  const page = await see('#/settings', { colorScheme: 'light' });
  await page.getByLabel('Dark').check({ force: true });
  await page.getByLabel('Deutsch').check({ force: true });
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  await page.reload({ waitUntil: 'commit' });
  // Set before the page's own script has run.
  await page.waitForSelector('html[data-theme="dark"]', { state: 'attached' });
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  await page.getByLabel('Automatisch').first().check({ force: true });
  expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBeUndefined();
});

test('speaks the browser’s language', async () => {
  await start();
  const page = await see('', { locale: 'de-DE' });
  await inState(page, 'porch', 'off');
  expect(await tile(page, 'door').innerText()).toMatch(/Offen · (jetzt|vor)/);
  await page.getByRole('link', { name: 'Zuhause' }).waitFor();
});

test('axe does find what is wrong', async () => {
  await start();
  const page = await see();
  await tile(page, 'porch').waitFor();
  await page.evaluate(() => document.querySelector('main')?.append(document.createElement('button')));
  expect((await axe(page)).join()).toContain('button-name');
});

test('200 tiles at 20 updates a second: each update touches its own tile only', async () => {
  const ids = Array.from({ length: 200 }, (_, i) => `e${i}`);
  await start({ info: info(), boards: [board('hall')], entities: ids.map((id) => entity(id, 'switch', { name: id })) });
  const page = await see();
  await tile(page, 'e199').waitFor();
  await page.evaluate(() => {
    const seen = { tiles: new Set<string>(), rebuilt: 0, longest: 0, updates: 0 };
    Object.assign(window, { seen });
    new MutationObserver((records) => {
      for (const record of records) {
        const element = record.target instanceof Element ? record.target : record.target.parentElement;
        const id = element?.closest('.tile')?.id;
        if (id !== undefined) seen.tiles.add(id);
        if (record.type === 'attributes' && record.attributeName === 'data-state') seen.updates++;
        for (const node of record.addedNodes) if (node instanceof Element && node.matches('.tile')) seen.rebuilt++;
      }
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.longest = Math.max(seen.longest, entry.duration);
    }).observe({ type: 'longtask' });
  });
  const touched = ids.filter((_, i) => i % 3 === 0);
  let state = 'off';
  for (let i = 0; i < 100; i++) {
    const id = touched[i % touched.length]!;
    if (i % touched.length === 0) state = state === 'on' ? 'off' : 'on';
    // Paced by the page itself: 20 a second of its own frames.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
    fake.report(id, { state });
    await inState(page, id, state);
  }
  const seen = await page.evaluate(() => {
    const { tiles, rebuilt, longest, updates } = (window as unknown as { seen: { tiles: Set<string>; rebuilt: number; longest: number; updates: number } }).seen;
    return { tiles: [...tiles].sort(), rebuilt, longest, updates };
  });
  console.log(`200 tiles at 20 updates a second: longest task ${seen.longest === 0 ? 'under 50' : Math.round(seen.longest)} ms`);
  expect(seen.tiles).toEqual(touched.map((id) => `tile-${id}`).sort());
  expect(seen.updates).toBe(100);
  expect(seen.rebuilt).toBe(0);
});
