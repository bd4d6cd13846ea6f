// Every page, on a phone and on a desktop, light and dark: axe finds nothing,
// nothing sticks out, every target is large enough; and a picture to look at.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everything, info, troubled } from './fake/house';
import { type FakeOptions, FakeServer } from './fake/server';
import { axe } from './lib/axe';
import { desktop, launch, phone, screenshot, type Scheme, visit } from './lib/browser';

let browser: Browser;
let full: FakeServer;
let ill: FakeServer;
let empty: FakeServer;
let locked: FakeServer;

beforeAll(async () => {
  browser = await launch();
  full = new FakeServer(everything());
  ill = new FakeServer(troubled());
  empty = new FakeServer({ info: info(), boards: [], entities: [] });
  locked = new FakeServer({ info: info(), boards: [], entities: [], token: 'secret' });
  await Promise.all([full.start(), ill.start(), empty.start(), locked.start()]);
});

afterAll(async () => {
  await browser.close();
  await Promise.all([full.stop(), ill.stop(), empty.stop(), locked.stop()]);
});

const pages = [
  { name: 'home', url: () => full.url, ready: '#tile-porch' },
  { name: 'boards', url: () => `${full.url}#/boards`, ready: '#board-hob-hall' },
  { name: 'troubles', url: () => `${ill.url}#/boards`, ready: '#board-hob-hall' },
  { name: 'settings', url: () => `${full.url}#/settings`, ready: 'fieldset' },
  { name: 'empty', url: () => empty.url, ready: 'pre' },
  { name: 'unlock', url: () => locked.url, ready: 'form input' },
];

const views = [
  { size: 'phone', viewport: phone, isMobile: true, hasTouch: true },
  { size: 'desktop', viewport: desktop, isMobile: false, hasTouch: false },
] as const;

const schemes: readonly Scheme[] = ['light', 'dark'];
const languages = [{ language: 'English', locale: 'en-GB' }, { language: 'German', locale: 'de-DE' }] as const;

/** What a rule tells is in the words of whoever wrote it. */
const written = everything().notices.filter(({ detail }) => detail === undefined).map(({ text }) => text);

/**
 * The pieces of the page's own text with English words in them, but for what is marked as English. What people have
 * named or written themselves is in whatever language they like.
 */
function leftInEnglish(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const own = '[lang=en], .name, h1, h2, h3, pre';
    const english = /\b(the|is|are|it|its|not|and|for|of|to|has|with|by|no|on|off|at|from|yet)\b/i;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent ?? '';
      if (english.test(text) && node.parentElement?.closest(own) === null && !node.parentElement.matches('style, script')) found.push(text);
    }
    return found;
  });
}

/** What reaches over the edge of the page's column, by more than a ring or a shadow does. */
function outOfColumn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const main = document.querySelector('main');
    if (main === null) return [];
    const { left, right } = main.getBoundingClientRect();
    const { paddingLeft, paddingRight } = getComputedStyle(main);
    return [...main.querySelectorAll('*:not(.visually-hidden, svg *)')].flatMap((element) => {
      const box = element.getBoundingClientRect();
      const out = box.left < left + parseFloat(paddingLeft) - 1 || box.right > right - parseFloat(paddingRight) + 1;
      return out && box.width > 1 ? [`${element.outerHTML.slice(0, 90)}: ${box.left} to ${box.right}`] : [];
    });
  });
}

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

test('what the keyboard comes to is seen, and has a ring around it, above the bar at the bottom of a phone', async () => {
  const { page, context } = await visit(browser, full.url, { viewport: phone, reducedMotion: 'reduce' });
  await page.locator('#tile-alarm').waitFor();
  const wrong: string[] = [];
  let stops = 0;
  for (; stops < 150; stops++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement ?? document.body;
      const bar = document.querySelector('nav')?.getBoundingClientRect().top ?? 0;
      const ringed = [undefined, '::after'].some((part) => getComputedStyle(element, part).outlineStyle === 'solid');
      const covered = element.closest('nav') === null && element.getBoundingClientRect().bottom > bar;
      const fault = `${ringed ? '' : ' no ring'}${covered ? ' covered' : ''}`;
      return { end: element === document.body, first: element.matches('.skip'), fault: fault && element.outerHTML.slice(0, 90) + fault };
    });
    if (stop.end || (stop.first && stops > 0)) break;
    if (stop.fault !== '') wrong.push(stop.fault);
  }
  expect(wrong).toEqual([]);
  expect(stops).toBeGreaterThan(50);
  await context.close();
});

test.each(views)('nor below the banner on a $size, going backwards without a connection', async ({ size: _, ...device }) => {
  const gone = new FakeServer(everything());
  await gone.start();
  const { page, context } = await visit(browser, gone.url, { ...device, reducedMotion: 'reduce' });
  await page.locator('#tile-alarm').waitFor();
  await gone.stop();
  await page.locator('.banner').waitFor();
  await page.locator('#tile-alarm button.face').focus();
  const covered: string[] = [];
  let stops = 0;
  for (; stops < 150; stops++) {
    await page.keyboard.press('Shift+Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement ?? document.body;
      const banner = document.querySelector('.banner')?.getBoundingClientRect().bottom ?? 0;
      return { over: element.closest('main') === null, hidden: element.getBoundingClientRect().top < banner && element.outerHTML.slice(0, 90) };
    });
    if (stop.over) break;
    if (stop.hidden !== false) covered.push(stop.hidden);
  }
  expect(covered).toEqual([]);
  expect(stops).toBeGreaterThan(40);
  await context.close();
});

// 40 characters, as German has them, with no place to break and with some.
const longNames = ['Gartenhäuschenaußenwandleuchtenbewegung', 'Schlafzimmerfensterüberwachungskontakt N', 'Außenbeleuchtung Gartenhäuschen hinten r'];

/** The house in which every state is seen, with nothing but long names. */
function longNamed(): FakeOptions {
  const house = everything();
  const name = (i: number): string => longNames[i % longNames.length]!;
  return {
    ...house,
    info: info({ name: name(0), areas: (house.info.areas).map((area, i) => ({ ...area, name: name(i) })) }),
    boards: house.boards.map((board, i) => (board.declared ? { ...board, name: `gartenhaus-hinter-der-alten-scheune-no-${i}` } : board)),
    entities: house.entities.map((entity, i) => ({ ...entity, name: name(i), board: entity.board && 'gartenhaus-hinter-der-alten-scheune-no-0' })),
  };
}

describe.each(views)('names of 40 characters on a $size', ({ size: _, ...device }) => {
  test.each(['', '#/boards'])('stand there whole, and nothing sticks out: %s', async (path) => {
    const fake = new FakeServer(longNamed());
    await fake.start();
    try {
      const { page, context, errors } = await visit(browser, fake.url + path, { ...device, locale: 'de-DE', reducedMotion: 'reduce' });
      await page.locator(path === '' ? '#tile-alarm' : '#board-hob-hall').waitFor();
      await page.evaluate(() => document.fonts.ready);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(device.viewport.width);
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('.name, .word, .trouble, h1, h2, h3, strong')]
          .filter((element) => element.scrollHeight > element.clientHeight + 1 && element.clientHeight > 0)
          .map((element) => element.innerText),
      );
      expect(cut).toEqual([]);
      expect(errors).toEqual([]);
      await context.close();
    } finally {
      await fake.stop();
    }
  });
});

describe.each(pages)('$name', ({ name, url, ready }) => {
  describe.each(views)('on a $size', ({ size, ...device }) => {
    // Both languages on either size, in one light each.
    const looks = schemes.map((colorScheme, i) => ({ colorScheme, ...languages[(i + Number(size === 'desktop')) % 2]! }));
    test.each(looks)('in $colorScheme and $language is accessible and fits', async ({ colorScheme, locale }) => {
      const { page, context, errors } = await visit(browser, url(), { ...device, colorScheme, locale, reducedMotion: 'reduce' });
      await page.locator(ready).first().waitFor();
      await page.evaluate(() => document.fonts.ready);
      await screenshot(page, `${name}-${size}-${colorScheme}`);
      if (locale === 'de-DE') expect((await leftInEnglish(page)).filter((text) => !written.includes(text))).toEqual([]);
      expect(await axe(page)).toEqual([]);
      expect(await outOfColumn(page)).toEqual([]);
      expect(await smallTargets(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(device.viewport.width);
      expect(errors).toEqual([]);
      await context.close();
    });
  });
});
