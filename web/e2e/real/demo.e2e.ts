// The sample house as `make demo` shows it: pictures to look at, and axe once
// more on what people really see.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axe } from '../lib/axe';
import { desktop, launch, phone, picture, screenshot, type Scheme, visit } from '../lib/browser';
import { Wall } from './control';
import { Program } from './process';

interface DemoReady {
  readonly url: string;
  readonly controls: Readonly<Record<string, string>>;
}

let browser: Browser;
let demo: Program;
let ready: DemoReady;

beforeAll(async () => {
  browser = await launch();
  const sample = new URL('../../../config.yaml', import.meta.url).pathname;
  const args = ['demo', '--json', '--listen', '127.0.0.1:0', '--config', sample];
  ({ program: demo, ready } = await Program.start<DemoReady>('hob', args));
});
afterAll(async () => {
  await demo.stop();
  await browser.close();
});

test('an evening in the sample house', async () => {
  const { page, context, errors } = await visit(browser, ready.url);
  for (const id of ['porch', 'sofa', 'path']) {
    await page.locator(`#tile-${id}[data-phase="settled"] button.face`).click();
    await page.locator(`#tile-${id}[data-state="on"]`).waitFor();
  }
  await page.getByLabel('Brightness of Sofa').fill('60');
  await page.locator('#tile-sofa').getByText('60%').waitFor();
  await page.getByLabel('Brightness of Shelf').fill('45');
  await page.locator('#tile-shelf').getByText('45%').waitFor();
  await page.getByRole('button', { name: 'Color of Shelf' }).click();
  await page.getByRole('button', { name: 'Violet' }).click();
  await page.keyboard.press('Escape');
  await page.locator('#tile-shelf[data-phase="settled"]').waitFor();
  // Doors and the window are closed: a reed closes its circuit to ground.
  const { hall, living, shed } = ready.controls;
  await new Wall(hall!).set(25, false);
  await new Wall(living!).set(3, false);
  await new Wall(shed!).set(23, false);
  await new Wall(shed!).set(27, false); // the barrel's float: a rule tells of it
  await page.locator('#tile-front_door[data-state="closed"]').waitFor();
  await page.locator('#tile-shed_door[data-state="closed"]').waitFor();
  await page.getByText('The rain barrel is full', { exact: true }).waitFor();
  expect(errors).toEqual([]);
  await context.close();
});

const devices = [
  { size: 'phone', viewport: phone, isMobile: true, hasTouch: true },
  { size: 'desktop', viewport: desktop, isMobile: false, hasTouch: false },
] as const;

const schemes: readonly Scheme[] = ['light', 'dark'];

describe.each(devices)('on a $size', ({ size, ...device }) => {
  test.each(schemes)('in %s', async (colorScheme) => {
    const { page, context, errors } = await visit(browser, ready.url, { ...device, colorScheme, reducedMotion: 'reduce' });
    await page.locator('#tile-porch[data-state="on"]').waitFor();
    await page.evaluate(() => document.fonts.ready);
    if (size === 'phone') await picture(page, `demo-phone-${colorScheme}`); // docs/images/home-phone.png is the dark one
    await screenshot(page, `demo-home-${size}-${colorScheme}`); // docs/images/home-desktop.png is the light one
    expect(await axe(page)).toEqual([]);
    await page.getByRole('link', { name: 'Boards', exact: true }).click();
    await page.locator('[data-status="online"]').first().waitFor();
    await screenshot(page, `demo-boards-${size}-${colorScheme}`);
    expect(await axe(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });
});
