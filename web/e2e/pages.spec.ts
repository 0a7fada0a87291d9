// Each page shows what the service says, and stays live.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  factor,
  pages,
  patience,
  real,
  startBrowser,
  startDesk,
  tokens,
  Window,
  type DeskUnderTest,
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
const open = async (path: string, look = {}) => {
  window = await Window.open(browser, desk, path, look);
  return window.page;
};
beforeEach(() => {
  window = undefined as unknown as Window;
});

test('the token leaves the address and stays in the tab', async () => {
  const page = await open('/positions');
  expect(new URL(page.url()).hash).toBe('');
  await page.reload();
  await page.getByRole('heading', { name: 'Positions and balances' }).waitFor();
  expect(await page.evaluate(() => localStorage.length + document.cookie.length)).toBe(0);
});

// A service without tokens asks nobody for one.
test.skipIf(!tokens)('without a token one is asked for, and a bad one is told', async () => {
  window = await Window.open(browser, desk, '/');
  const page = await window.context.newPage();
  await page.goto(`${desk.url}/alerts`);
  const field = page.getByLabel('Token');
  await field.waitFor({ timeout: patience });
  await field.fill('no-such-token');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor({ timeout: patience });
  expect(await page.getByRole('alert').textContent()).toMatch(/token/i);
});

test('the board has a row per factor, worst first, and each moves by itself', async () => {
  const page = await open('/');
  await page.locator('tr.factor-row').first().waitFor();
  const z = async () =>
    (await page.locator('tr.factor-row .c-z').allTextContents()).map((text) =>
      Math.abs(Number(text.replace('\u2212', '-').replace('+', ''))),
    );
  const first = await z();
  const known = first.filter((x) => !Number.isNaN(x));
  const out = known.filter((x) => x > 1);
  expect(known.length).toBeGreaterThan(0);
  expect(
    known.slice(0, out.length).every((x) => x > 1),
    `rows out of band come first: ${first}`,
  ).toBe(true);
  // On a real desk that hears no prices nothing moves.
  const status = page.getByRole('region', { name: 'Status' });
  const silent = await status.getByText(/silent|never heard/).count();
  if (!real || silent === 0)
    await page.waitForFunction(
      (before) =>
        [...document.querySelectorAll('tr.factor-row .c-z')].map((e) => e.textContent).join() !==
        before,
      (await page.locator('tr.factor-row .c-z').allTextContents()).join(),
    );
  await page.getByRole('button', { name: 'Factor', exact: true }).click();
  await page.waitForURL(/sort=factor/);
  const names = await page
    .locator('tr.factor-row')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key')));
  expect(names).toEqual([...names].sort());
});

test('the board is searched and filtered, and its address says how', async () => {
  const page = await open('/?q=btc');
  await page.locator('tr.factor-row').first().waitFor();
  const names = await page
    .locator('tr.factor-row')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key') ?? ''));
  expect(names.every((name) => /btc/i.test(name))).toBe(true);
  await page.getByRole('button', { name: 'Out of band' }).click();
  await page.waitForURL(/show=out/);
});

test('a factor has its path, its excursions, its control in words, and where its numbers come from', async () => {
  const page = await open(`/factors/${factor}`);
  await page.locator('canvas').waitFor();
  await page.getByText('Effectiveness', { exact: false }).first().waitFor();
  await page
    .getByText(/variance index/i)
    .first()
    .waitFor();
  for (const name of [
    'Excursions',
    'Time out of the band, by cause',
    'Target, stage by stage',
    'What the number is made of',
  ])
    await page.getByRole('heading', { name }).waitFor();
  const readout = page.locator('.readout');
  const before = await readout.textContent();
  await page.waitForFunction(
    (text) => document.querySelector('.readout')?.textContent !== text,
    before,
  );
  // Something is drawn, in more than two colours.
  const colours = await page
    .locator('canvas')
    .evaluate(
      (canvas: HTMLCanvasElement) =>
        new Set(
          new Uint32Array(
            canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data.buffer,
          ),
        ).size,
    );
  expect(colours).toBeGreaterThan(5);
  await page.getByRole('button', { name: 'Table' }).click();
  await page.waitForURL(/view=table/);
  await page.getByRole('table', { name: /^Path/ }).locator('tbody tr').first().waitFor();
});

test('a factor that is not there is told, not guessed', async () => {
  const page = await open('/factors/delta:NONE');
  await page.getByRole('heading', { name: /no factor delta:NONE/ }).waitFor();
});

test('an address that is none leads back', async () => {
  const page = await open('/nowhere');
  await page.getByRole('button', { name: 'To the board' }).click();
  await page.locator('tr.factor-row').first().waitFor();
});

test('positions are exact to the last digit', async () => {
  const page = await open('/positions');
  const table = page.getByRole('table', { name: 'Balances' });
  await table.locator('tbody tr').first().waitFor();
  const told = async () => {
    const answer = await page.evaluate(
      async (token) =>
        (await (
          await fetch('/api/v1/balances', {
            headers: token === null ? {} : { authorization: `Bearer ${token}` },
          })
        ).json()) as { items: { qty: string }[] },
      await page.evaluate(() => sessionStorage.getItem('ballast.token')),
    );
    return answer.items.map((x) => x.qty).sort();
  };
  const shown = async () =>
    (await table.locator('tbody td.num').allTextContents())
      .map((text) => text.replaceAll(',', '').replace('\u2212', '-'))
      .sort();
  // A desk that trades may move between the two looks: they agree as soon as it does not.
  let [asked, seen]: string[][] = [[], []];
  const until = Date.now() + patience;
  do {
    asked = await told();
    seen = await shown();
    if (asked.length > 0 && asked.join() === seen.join()) break;
    await page.waitForTimeout(50);
  } while (Date.now() < until);
  expect(asked.length).toBeGreaterThan(0);
  expect(seen).toEqual(asked);
});

test('profit and loss is split, and the table says what the chart does', async () => {
  const page = await open('/pnl');
  const chart = page.locator('.waterfall svg');
  await chart.waitFor();
  expect(await chart.locator('text').allTextContents()).toEqual(
    expect.arrayContaining([
      'spread',
      'target',
      'deviation',
      'basis',
      'funding',
      'fees',
      'unexplained',
    ]),
  );
  await page.getByRole('button', { name: 'Table' }).click();
  await page.getByRole('row', { name: /^unexplained/ }).waitFor();
});

test('the system page tells speed, journal, feeds, and who I am', async () => {
  const page = await open('/system');
  await page.getByText('acknowledgement').waitFor();
  for (const name of ['Journal', 'Feeds', 'Audit', 'Tokens', 'Where alerts go'])
    await page.getByRole('heading', { name, exact: true }).waitFor();
  expect(
    await page
      .getByText(/Signed in as/)
      .locator('..')
      .textContent(),
  ).toMatch(/admin/);
});

test.each(pages)(
  '%s has a title, one main heading, the status strip, and no page wider than the screen',
  async (path) => {
    const page = await open(path);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    expect(await page.title()).toMatch(/· Ballast$/);
    expect(await page.locator('main h1').count()).toBe(1);
    await page.getByRole('region', { name: 'Status' }).getByText('journal').waitFor();
    expect(await page.getByRole('button', { name: 'Kill switch' }).isVisible()).toBe(true);
    for (const width of [1440, 768, 360]) {
      await page.setViewportSize({ width, height: 780 });
      const wider = await page.evaluate(
        () =>
          document.documentElement.scrollWidth -
          document.documentElement.clientWidth +
          (document.querySelector('main')!.scrollWidth -
            document.querySelector('main')!.clientWidth),
      );
      expect(wider, `${path} at ${width}`).toBeLessThanOrEqual(1);
    }
  },
);
