// The house of the tutorial that Hob grew from, an LED on GPIO26 and an
// active-low button on GPIO22, with the real server, the real firmware core and
// a real browser. Needs `make build` first.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launch, visit, type Visit } from '../lib/browser';
import { RealHouse } from './house';

const led = 26;
const button = 22;

const config = `
lights:
  led: {name: LED, pin: hall/${led}}
buttons:
  button: {name: Button, pin: hall/${button}, pull: up, press: toggle led}
`;

let browser: Browser;
let house: RealHouse;
let open: Visit[];

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

beforeEach(() => {
  open = [];
  house = new RealHouse(config);
});
afterEach(async () => {
  for (const { context } of open) await context.close();
  await house.stop();
  for (const { errors } of open) expect(errors).toEqual([]);
});

async function see(path = ''): Promise<Page> {
  const v = await visit(browser, house.url + path);
  open.push(v);
  return v.page;
}

const inState = (page: Page, state: string, phase = 'settled'): Promise<void> =>
  page.locator(`#tile-led[data-state="${state}"][data-phase="${phase}"]`).waitFor();
const toggle = (page: Page): Promise<void> => page.locator('#tile-led button.face').click();

/** Loads the page again; what it gives waits for the first result of a command of that page. */
async function nextResult(page: Page): Promise<() => Promise<void>> {
  const [socket] = await Promise.all([page.waitForEvent('websocket'), page.reload()]);
  const result = socket.waitForEvent('framereceived', { predicate: ({ payload }) => payload.includes('"type":"result"') });
  return async () => void (await result);
}

describe('in sync', () => {
  beforeEach(() => house.start());

  test('a click moves the pin, and every page shows it', async () => {
    const [sender, other] = [await see(), await see()];
    await inState(sender, 'off');
    await inState(other, 'off');
    for (const [state, level] of [['on', true], ['off', false]] as const) {
      const before = await house.wall.now();
      await toggle(sender);
      await house.wall.edge(before, (edge) => edge.pin === led && edge.level === level);
      await Promise.all([inState(sender, state), inState(other, state)]);
    }
  });

  test('a press at the wall shows on every page', async () => {
    const [first, second] = [await see(), await see()];
    await inState(first, 'off');
    await inState(second, 'off');
    await house.wall.press(button);
    await Promise.all([inState(first, 'on'), inState(second, 'on')]);
    await first.locator('#tile-button').getByText('Pressed').waitFor();
    expect(await first.locator('#tile-button').innerText()).toContain('Pressed');
  });

  test('the button’s tile does what the button does', async () => {
    const page = await see();
    await inState(page, 'off');
    const before = await house.wall.now();
    await page.locator('#tile-button button.face').click();
    await house.wall.edge(before, (edge) => edge.pin === led && edge.level === true);
    await inState(page, 'on');
  });

  test('a page that is opened later shows what is so', async () => {
    const first = await see();
    await inState(first, 'off');
    await house.wall.press(button);
    await inState(first, 'on');
    await inState(await see(), 'on');
  });

  test('two pages that toggle at the same instant agree on what came of it', async () => {
    const [first, second] = [await see(), await see()];
    const ended = [await nextResult(first), await nextResult(second)];
    await inState(first, 'off');
    await inState(second, 'off');
    await Promise.all([toggle(first), toggle(second)]);
    await Promise.all(ended.map((result) => result()));
    // The first goes to on and the second back to off, whichever was first.
    await house.until((h) => h.entities.get('led')?.pending === null);
    await Promise.all([inState(first, 'off'), inState(second, 'off')]);
  });
});

describe('a board', () => {
  beforeEach(() => house.start());

  test('that is killed is shown offline, pinned on top; it comes back from another address', async () => {
    const page = await see();
    await toggle(page);
    await inState(page, 'on');
    const before = house.address;
    await house.killBoard();
    await inState(page, 'on', 'offline');
    await page.getByText(/hall: (Offline|Connecting)/).waitFor();
    expect(await page.locator('#tile-led').innerText()).toContain('On ·');
    expect(await page.locator('#tile-led button.face').getAttribute('aria-disabled')).toBe('true');

    await house.startBoard();
    expect(house.address).not.toBe(before);
    // It boots with the light off, as its configuration says.
    await inState(page, 'off');
    await page.getByText(/hall: (Offline|Connecting)/).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Boards', exact: true }).click();
    await page.locator(`#board-${house.boardId}[data-status="online"]`).getByText(house.address).waitFor();
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await toggle(page);
    await inState(page, 'on');
  });
});

describe('the server', () => {
  beforeEach(() => house.start());

  test('that is killed and comes back finds what happened at the wall meanwhile', async () => {
    const page = await see();
    await inState(page, 'off');
    await house.killServer();
    await page.getByText('No connection to the house').waitFor();
    await page.locator('#tile-led button.face').click({ force: true }); // refused: nothing is queued
    const before = await house.wall.now();
    await house.wall.press(button);
    await house.wall.edge(before, (edge) => edge.pin === led && edge.level === true);

    await house.startServer();
    await inState(page, 'on');
    await page.getByText('No connection to the house').waitFor({ state: 'detached' });
    await toggle(page);
    await inState(page, 'off');
  });
});

describe('on an address that others can reach', () => {
  beforeEach(() => house.startServer('0.0.0.0'));

  test('the token opens the house once and for all, and signing out closes it', async () => {
    const page = await see();
    await page.getByLabel('Access token').fill('not the token');
    await page.getByRole('button', { name: 'Open the house' }).click();
    await page.getByText('That is not the token.').waitFor();
    await page.goto(`${house.url}#token=${house.token()}`);
    await page.locator('#tile-led').waitFor();
    expect(page.url()).not.toContain('token');
    await page.reload();
    await page.locator('#tile-led').waitFor();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('This house is locked').waitFor();
  });
});
