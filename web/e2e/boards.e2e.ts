// The page of boards while one of them takes another firmware, with a server that
// says what the test says.

import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { board, info, link, update } from './fake/house';
import { FakeServer } from './fake/server';
import { axe } from './lib/axe';
import { launch, phone, visit, type Visit } from './lib/browser';

const id = 'hob-hall';
let browser: Browser;
let fake: FakeServer;
let open: Visit[];

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

beforeEach(async () => {
  open = [];
  fake = new FakeServer({ info: info(), boards: [board('hall')], entities: [] });
  fake.details.set(id, { link: link({ stack: null }), update: null });
  await fake.start();
});
afterEach(async () => {
  for (const { context } of open) await context.close();
  await fake.stop();
  for (const { errors } of open) expect(errors).toEqual([]);
});

async function see(options: BrowserContextOptions = {}): Promise<{ page: Page; card: Locator; status: Locator; bar: Locator }> {
  const v = await visit(browser, `${fake.url}#/boards`, { viewport: phone, ...options });
  open.push(v);
  const card = v.page.locator(`#board-${id}`);
  await card.waitFor();
  return { page: v.page, card, status: card.getByRole('status'), bar: card.getByRole('progressbar') };
}

/** How far the server is now; the message of the record is told live, as the real one does. */
function is(stage: string, more: object = {}, message = `Takes firmware 0.2.0: ${stage}`): void {
  fake.details.set(id, { link: link(), update: update(stage, more) });
  fake.board(board('hall', { message }));
}

describe('a board that takes another firmware', () => {
  test('is seen to go through every stage, and each is told once to who listens', async () => {
    const { page, card, status, bar } = await see();
    expect(await status.textContent()).toBe(''); // there before it says anything, or nobody would hear it
    is('sending', { done: 98_304 });
    await status.getByText('Firmware 0.2.0 Sending…').waitFor();
    await card.getByText('10% · 98 kB of 983 kB').waitFor();
    expect(await bar.getAttribute('aria-valuetext')).toBe('10% · 98\u00a0kB of 983\u00a0kB');
    // From here on nothing is told live: it is asked every second.
    fake.details.set(id, { link: link(), update: update('sending', { done: 500_000 }) });
    await card.getByText('50% · 500 kB of 983 kB').waitFor();
    expect(await bar.evaluate((element: HTMLProgressElement) => Math.floor(element.position * 100))).toBe(50);
    expect(await card.getByText('Takes firmware').count()).toBe(0); // not in the server's words too
    expect(await axe(page)).toEqual([]);
    for (const [stage, words] of [['checking', 'Checking what came…'], ['restarting', 'Restarting into it…'], ['proving', 'On trial for some seconds…']] as const) {
      is(stage);
      await status.getByText(words).waitFor();
      expect(await bar.evaluate((element: HTMLProgressElement) => element.position)).toBe(-1); // nobody knows how long
      expect(await bar.getAttribute('aria-valuetext')).toBe(words);
    }
    is('done', {}, '');
    await status.getByText(/^Firmware 0\.2\.0 Updated, \d\d:\d\d$/).waitFor();
    expect(await bar.count()).toBe(0);
  });

  test('and does not keep it says why, in the language of the page', async () => {
    const { card, status } = await see({ locale: 'de-DE' });
    is('failed', { code: 'rolled_back', message: 'the board has gone back to 0.1.0' }, '');
    await status.getByText('Zurückgenommen').waitFor();
    await card.getByText('Die alte läuft wieder').waitFor();
    is('failed', { code: 'bad_signature', message: 'the board refuses the image' }, '');
    await card.getByText('Sie ist nicht mit dem Schlüssel').waitFor();
    is('failed', { code: 'of_a_later_firmware', message: 'the board refuses the image: because' }, '');
    await card.locator('[lang=en]').getByText('the board refuses the image: because').waitFor();
  });
});

test('the figures of a board have units, and what it has not told is left out', async () => {
  const { page, card } = await see({ locale: 'de-DE' });
  await card.getByText('Was es von sich sagt').click();
  const figure = (name: string): Promise<string | null> => card.locator('div', { has: page.getByText(name, { exact: true }) }).locator('dd').last().textContent();
  expect(await figure('Freier Speicher')).toBe('123.456 Byte');
  expect(await figure('Je am wenigsten frei')).toBe('98.304 Byte');
  expect(await card.getByText('Stapel mindestens übrig').count()).toBe(0);
  expect(await figure('WLAN-Signal')).toBe('-61\u00a0dBm');
  expect(await axe(page)).toEqual([]);
});
