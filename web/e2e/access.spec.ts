// For everybody: axe in every look, the keyboard alone, a phone.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { all, colours, coloursMore, findings } from './axe';
import {
  pages,
  real,
  startBrowser,
  startDesk,
  Window,
  type DeskUnderTest,
  type Look,
} from './harness';

let browser: Browser;
let desk: DeskUnderTest;
let window: Window;
beforeAll(async () => {
  [browser, desk] = await Promise.all([startBrowser(), startDesk()]);
});
afterAll(async () => {
  await browser.close();
  await desk.close();
});
afterEach(async () => {
  const { errors } = window;
  await window.close();
  expect(errors).toEqual([]);
});
const open = async (path: string, look: Look = {}): Promise<Page> => {
  window = await Window.open(browser, desk, path, look);
  return window.page;
};

// The looks differ by their colours alone, but for the phone's.
const looks: [string, Look, string[]][] = [
  ['dark', { scheme: 'dark' }, all],
  ['light', { scheme: 'light' }, colours],
  ['dark, high contrast', { scheme: 'dark', contrast: 'more' }, coloursMore],
  ['light, high contrast', { scheme: 'light', contrast: 'more' }, coloursMore],
  ['on a phone', { scheme: 'dark', width: 360, height: 740 }, all],
];
describe.each(looks)('%s', (_, look, rules) => {
  test('axe finds nothing serious on any page or dialog', async () => {
    const page = await open('/', look);
    for (const path of pages) {
      await page.goto(desk.url + path);
      await page.locator('main h1').first().waitFor({ state: 'attached' });
      await page.locator('main .panel').first().waitFor();
      await page.waitForTimeout(300);
      expect(await findings(page, rules), path).toEqual([]);
    }
    await page.getByRole('button', { name: 'Kill switch' }).click();
    await page.getByRole('table', { name: 'What would change' }).waitFor();
    expect(await findings(page, rules), 'the kill dialog').toEqual([]);
  });

  test.skipIf(real)('what is dimmed because it is old can still be read', async () => {
    const page = await open('/', look);
    await page.locator('tr.factor-row').first().waitFor();
    desk.inject({ refuse: true, disconnect: true });
    await page.getByText('What you see is as of').waitFor();
    const found = await findings(page, look.contrast === 'more' ? coloursMore : colours);
    desk.inject({ refuse: false }); // first, since the other tests share the desk
    expect(found).toEqual([]);
  });
});

test('the whole way by keyboard: board, row, factor, table, back, help', async () => {
  const page = await open('/');
  await page.locator('tr.factor-row').nth(2).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the page');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  const focused = () =>
    page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('data-key') ?? null);
  await page.keyboard.press('j');
  const first = await focused();
  await page.keyboard.press('j');
  const second = await focused();
  expect(first).not.toBeNull();
  expect(second).not.toBe(first);
  // The order holds while a row has the focus.
  await page.waitForTimeout(1500);
  await page.keyboard.press('k');
  expect(await focused()).toBe(first);
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
  expect(outline).toBe('solid');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/factors\//);
  expect(decodeURIComponent(new URL(page.url()).pathname)).toBe(`/factors/${first}`);
  await page.locator('canvas').waitFor();
  await page.keyboard.press('t');
  await page.getByRole('table', { name: /^Path/ }).waitFor();
  await page.keyboard.press('3');
  await page.waitForURL(/window=6h/);
  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await page.locator('tr.factor-row').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('eth g b');
  expect(
    await page.getByLabel('Search factors').inputValue(),
    'while one types, keys are letters',
  ).toBe('eth g b');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('single keys can be switched off', async () => {
  const page = await open('/');
  await page.keyboard.press('?');
  await page.getByLabel('Single keys act').uncheck();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.waitForTimeout(200);
  expect(new URL(page.url()).pathname).toBe('/');
});

test('a dialog keeps the focus and gives it back', async () => {
  const page = await open('/');
  const button = page.getByRole('button', { name: 'Kill switch' });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  for (let i = 0; i < 12; ++i) {
    await page.keyboard.press('Tab');
    expect(
      await page.evaluate(
        () =>
          document.activeElement === document.body ||
          document.querySelector('dialog')!.contains(document.activeElement),
      ),
      `after ${i + 1} tabs`,
    ).toBe(true);
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await button.evaluate((e) => e === document.activeElement)).toBe(true);
});

test('theme and contrast are chosen, and stay', async () => {
  const page = await open('/', { scheme: 'dark' });
  const theme = () =>
    page.evaluate(
      () =>
        `${document.documentElement.dataset.theme} ${document.documentElement.dataset.contrast}`,
    );
  expect(await theme()).toBe('dark normal');
  await page.keyboard.press('u');
  await page.getByRole('group', { name: 'Theme' }).getByRole('button', { name: 'Light' }).click();
  await page.getByRole('group', { name: 'Contrast' }).getByRole('button', { name: 'High' }).click();
  expect(await theme()).toBe('light more');
  await page.reload();
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  expect(await theme()).toBe('light more');
});

test('on a phone the board is read, a factor opened, a kill switch reached', async () => {
  const page = await open('/', { width: 360, height: 740 });
  const row = page.locator('tr.factor-row').first();
  await row.waitFor();
  for (const part of ['.c-factor', '.c-actual', '.c-z']) {
    const box = (await row.locator(part).boundingBox())!;
    expect(box.x + box.width, `${part} in sight`).toBeLessThanOrEqual(360);
    expect(box.width).toBeGreaterThan(20);
  }
  const link = (await row.getByRole('link').boundingBox())!;
  expect(link.height, 'large enough for a finger').toBeGreaterThanOrEqual(16);
  await row.getByRole('link').click();
  await page.locator('canvas').waitFor();
  await page.getByRole('button', { name: 'Kill switch' }).click();
  const dialog = (await page.getByRole('dialog').boundingBox())!;
  expect(dialog.x).toBeGreaterThanOrEqual(0);
  expect(dialog.x + dialog.width).toBeLessThanOrEqual(360);
});
