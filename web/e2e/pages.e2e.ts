// Every page, on a phone and on a desktop, light and dark: axe finds nothing,
// nothing sticks out, every target is large enough; and a picture to look at.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everything, info } from './fake/house';
import { FakeServer } from './fake/server';
import { axe } from './lib/axe';
import { desktop, launch, phone, screenshot, type Scheme, visit } from './lib/browser';

let browser: Browser;
let full: FakeServer;
let empty: FakeServer;
let locked: FakeServer;

beforeAll(async () => {
  browser = await launch();
  full = new FakeServer(everything());
  empty = new FakeServer({ info: info(), boards: [], entities: [] });
  locked = new FakeServer({ info: info(), boards: [], entities: [], token: 'secret' });
  await Promise.all([full.start(), empty.start(), locked.start()]);
});

afterAll(async () => {
  await browser.close();
  await Promise.all([full.stop(), empty.stop(), locked.stop()]);
});

const pages = [
  { name: 'home', url: () => full.url, ready: '#tile-porch' },
  { name: 'boards', url: () => `${full.url}#/boards`, ready: '#board-hob-hall' },
  { name: 'settings', url: () => `${full.url}#/settings`, ready: 'fieldset' },
  { name: 'empty', url: () => empty.url, ready: 'pre' },
  { name: 'unlock', url: () => locked.url, ready: 'form input' },
];

const views = [
  { size: 'phone', viewport: phone, isMobile: true, hasTouch: true },
  { size: 'desktop', viewport: desktop, isMobile: false, hasTouch: false },
] as const;

const schemes: readonly Scheme[] = ['light', 'dark'];

/** Interactive elements smaller than 44 px that no larger label or face stands for. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a, input, summary')].flatMap((element) => {
      if (element.matches('.skip')) return []; // outside of the window until it has the focus
      const face = element.matches('button.face') ? element.parentElement : null;
      const target = face ?? element.closest('label') ?? element;
      const { width, height } = target.getBoundingClientRect();
      return width >= 43.5 && height >= 43.5 ? [] : [`${element.outerHTML.slice(0, 90)}: ${width} x ${height}`];
    }),
  );
}

describe.each(pages)('$name', ({ name, url, ready }) => {
  describe.each(views)('on a $size', ({ size, ...device }) => {
    test.each(schemes)('in %s is accessible and fits', async (colorScheme) => {
      const { page, context, errors } = await visit(browser, url(), { ...device, colorScheme, reducedMotion: 'reduce' });
      await page.locator(ready).first().waitFor();
      await page.evaluate(() => document.fonts.ready);
      await screenshot(page, `${name}-${size}-${colorScheme}`);
      expect(await axe(page)).toEqual([]);
      expect(await smallTargets(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(device.viewport.width);
      expect(errors).toEqual([]);
      await context.close();
    });
  });
});
