// Notices on Home, with a server that says what the test says.

import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { board, entity, info } from './fake/house';
import { FakeServer } from './fake/server';
import { axe } from './lib/axe';
import { desktop, launch, phone, screenshot, visit, type Visit } from './lib/browser';

let browser: Browser;
let fake: FakeServer;
let open: Visit[];

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

beforeEach(async () => {
  open = [];
  fake = new FakeServer({ info: info(), boards: [board('hall')], entities: [entity('porch', 'switch', { name: 'Porch lamp' })] });
  await fake.start();
});
afterEach(async () => {
  for (const { context } of open) await context.close();
  await fake.stop();
  for (const { errors } of open) expect(errors.filter((error) => !error.includes('503'))).toEqual([]);
});

async function see(options: BrowserContextOptions = {}): Promise<Page> {
  const v = await visit(browser, fake.url, options);
  open.push(v);
  await v.page.locator('#tile-porch').waitFor();
  return v.page;
}

const pump = { id: 6, at: Date.now() - 130 * 60_000, text: 'The garden pump has run for an hour', rule: 'pump_watch' };
const frost = { id: 7, at: Date.now() - 60_000, text: 'It is below 3 °C outside and the bathroom window is open', user: 'anna', rule: 'frost' };

const cards = (page: Page): Locator => page.locator('li:has([data-notice])');

describe('a notice', () => {
  test.each([
    ['a phone in English', { ...phone, name: 'phone' }, 'en-GB', 'Notices', 'Rule frost · for anna', 'Dismiss: '],
    ['a desktop in German', { ...desktop, name: 'desktop' }, 'de-DE', 'Mitteilungen', 'Regel frost · für anna', 'Ausblenden: '],
  ])('is shown on %s as it comes, and goes for everybody when one dismisses it', async (_, { name, ...viewport }, locale, title, about, dismiss) => {
    fake.notices.set(pump.id, pump);
    const page = await see({ viewport, locale, reducedMotion: 'reduce' });
    const other = await see();
    await cards(page).getByText(pump.text).waitFor();
    fake.notify(frost);
    await cards(page).first().getByText(frost.text).waitFor(); // the newest first
    await cards(page).first().getByText(about).waitFor();
    await page.getByRole('region', { name: title }).waitFor();
    expect(await axe(page)).toEqual([]);
    await screenshot(page, `notices-${name}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);

    await page.getByRole('button', { name: dismiss + frost.text }).click();
    for (const one of [page, other]) await one.getByText(frost.text).waitFor({ state: 'detached' });
    expect([...fake.notices.keys()]).toEqual([pump.id]);
    await page.locator('[data-notice="6"]:focus').waitFor(); // the keyboard is at the next one
    await page.keyboard.press('Enter');
    for (const one of [page, other]) await one.getByText(pump.text).waitFor({ state: 'detached' });
    expect(fake.notices.size).toBe(0);
  });

  test('that the server keeps stays, and says so', async () => {
    fake.notices.set(pump.id, pump);
    fake.dismisses = false;
    const page = await see();
    await page.getByRole('button', { name: `Dismiss: ${pump.text}` }).click();
    await page.getByText('Not dismissed: the server did not do it').waitFor();
    expect(await cards(page).count()).toBe(1);
    fake.dismisses = true;
    await page.getByRole('button', { name: `Dismiss: ${pump.text}` }).click();
    await cards(page).waitFor({ state: 'detached' });
    expect(await page.getByText('Not dismissed').count()).toBe(0);
  });

  test('of many is one of three, until all are asked for, and all can go at once', async () => {
    for (let id = 1; id <= 20; id++) fake.notices.set(id, { id, at: Date.now() - id * 1000, text: `Notice ${id}`, rule: 'talker' });
    const page = await see({ viewport: phone, isMobile: true, hasTouch: true });
    await cards(page).getByText('Notice 20', { exact: true }).waitFor();
    expect(await cards(page).count()).toBe(3);
    await page.getByRole('button', { name: 'Show 17 more' }).click();
    await cards(page).getByText('Notice 1', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show fewer' }).click();
    await cards(page).getByText('Notice 1', { exact: true }).waitFor({ state: 'detached' });
    expect(await cards(page).count()).toBe(3);
    await page.locator('.more button:focus').click(); // the keyboard is where it was
    // What is done with them all stands above them, and not 17 notices further down.
    const above = await page.getByRole('button', { name: 'Dismiss all' }).boundingBox();
    const first = await cards(page).first().boundingBox();
    expect(above?.y).toBeLessThan(first?.y ?? 0);
    await page.getByRole('button', { name: 'Dismiss all' }).click();
    await cards(page).first().waitFor({ state: 'detached' });
    expect(fake.notices.size).toBe(0);
  });
});
