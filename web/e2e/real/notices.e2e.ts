// What a rule tells people, from the real server to real pages and back. Needs
// `make build` first.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, visit, type Visit } from '../lib/browser';
import { RealHouse } from './house';

const config = `
lights:
  led: {name: LED, pin: hall/26}
rules:
  door: {when: {webhook: 4f3a9c-doorbell}, do: ['notify all "Somebody is at the door"']}
`;

let browser: Browser;
let house: RealHouse;
const open: Visit[] = [];

beforeAll(async () => {
  browser = await launch();
  house = new RealHouse(config);
  await house.start();
});
afterAll(async () => {
  for (const { context } of open) await context.close();
  await browser.close();
  await house.stop();
});

async function see(): Promise<Page> {
  const v = await visit(browser, house.url);
  open.push(v);
  await v.page.locator('#tile-led').waitFor();
  return v.page;
}

test('what a rule tells is on every page until one of them dismisses it', async () => {
  const [here, there] = [await see(), await see()];
  const response = await fetch(new URL('/api/hooks/4f3a9c-doorbell', house.url), { method: 'POST' });
  expect(response.status).toBe(204);
  const dismiss = { name: 'Dismiss: Somebody is at the door' };
  for (const page of [here, there]) await page.getByRole('button', dismiss).waitFor();
  await here.getByText('Rule door').waitFor();
  await here.getByRole('button', dismiss).click();
  for (const page of [here, there]) await page.getByRole('button', dismiss).waitFor({ state: 'detached' });
  const later = await see();
  await later.locator('section[aria-label="Notices"]').waitFor({ state: 'attached' }); // its chunk has come
  expect(await later.getByText('Somebody is at the door').count()).toBe(0);
  for (const { errors } of open) expect(errors).toEqual([]);
});
