// Debian's Chromium, headless, with a fresh profile for every launch.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const phone = { width: 390, height: 844 };
export const desktop = { width: 1280, height: 800 };
export type Scheme = 'light' | 'dark';

/** Where screenshots go: build/screenshots of the project. */
const shots = fileURLToPath(new URL('../../../build/screenshots/', import.meta.url));

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong inside the page; a test ends by expecting it to be empty. */
  readonly errors: string[];
}

/** Opens a page of its own profile. Errors of the network are not errors of the page. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: desktop, locale: 'en-GB', ...options });
  const page = await context.newPage();
  await page.addInitScript(noteCommands);
  page.setDefaultTimeout(20_000); // before the runner's own, so that the wait is named that failed
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    const network = /ERR_|Failed to load resource|WebSocket connection/.test(message.text());
    if ((message.type() === 'error' || message.type() === 'warning') && !network) errors.push(message.text());
  });
  await page.goto(url);
  return { page, context, errors };
}

/** Runs in the page, before its own script: notes when it sends a command, by its own clock. */
function noteCommands(): void {
  const times: number[] = [];
  Object.assign(window, { commandTimes: times });
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (String(data).includes('"type":"command"')) times.push(performance.now());
    send.call(this, data);
  };
}

/** When the page has sent commands, in ms. When they arrive depends on what else this computer does. */
export function commandTimes(page: Page): Promise<number[]> {
  return page.evaluate(() => (window as unknown as { commandTimes: number[] }).commandTimes);
}

/** A picture of the window as it is. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: `${shots}${name}.png`, animations: 'disabled' });
}

/** A picture of the whole page, in a window as tall as it: bars at an edge stay at that edge. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const size = page.viewportSize() ?? desktop;
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: size.width, height: Math.max(size.height, height) });
  await page.waitForLoadState('networkidle'); // what comes into view may have something to fetch
  await picture(page, name);
  await page.setViewportSize(size);
}
