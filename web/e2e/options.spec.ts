// The options page: what it shows is what the service says, also when that is little.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Margin, OptionGreeks, OptionScenarios } from '../src/protocol/options';
import type { List } from '../src/protocol/types';
import { all, colours, coloursMore, findings } from './axe';
import { real, startBrowser, startDesk, Window, type DeskUnderTest, type Look } from './harness';

describe.skipIf(real)('options', () => {
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
    desk.inject({ options: 'all', fail: null });
    const { errors } = window;
    await window.close();
    expect(errors).toEqual([]);
  });
  const open = async (path: string, look: Look = {}): Promise<Page> => {
    window = await Window.open(browser, desk, path, look);
    return window.page;
  };
  const told = async <T>(page: Page, path: string): Promise<T> => {
    const headers = { authorization: 'Bearer mock-viewer' };
    return (await (await page.request.get(`${desk.url}/api/v1${path}`, { headers })).json()) as T;
  };
  const figure = (text: string) =>
    Number(text.replaceAll(',', '').replace('\u2212', '-').replace('+', ''));
  const heat = (page: Page) => page.getByRole('table', { name: /by expiry and strike/ });
  const matrix = (page: Page) => page.getByRole('table', { name: /by move of spot/ });
  const ready = async (page: Page) => {
    await heat(page).locator('tbody tr').first().waitFor();
    await matrix(page).locator('tbody tr').first().waitFor();
    await page.locator('.smile canvas').first().waitFor();
    await page.locator('.record').waitFor();
  };

  test('the way to it is there, and each of its parts', async () => {
    const page = await open('/');
    await page.getByRole('navigation').getByRole('link', { name: 'Options' }).click();
    await page.waitForURL(/\/options$/);
    await ready(page);
    for (const name of ['Greeks by expiry and strike', 'Smile', 'Scenarios'])
      await page.getByRole('heading', { name, exact: true }).waitFor();
    expect(await page.title()).toBe('Options · Ballast');
  });

  test('the heat map says what the answer says, cell by cell, and its totals', async () => {
    const page = await open('/options/BTC?greek=contracts&book=options');
    await ready(page);
    const answer = await told<OptionGreeks>(page, '/options/BTC/greeks?book=options');
    const table = heat(page);
    const strikes = (await table.locator('thead th').allTextContents()).slice(1, -1).map(figure);
    expect(strikes).toEqual([...new Set(answer.lines.map((l) => l.strike))].sort((a, b) => a - b));
    expect(await table.locator('tbody tr').count()).toBe(answer.expiries.length + 1);
    const rows = await table.locator('tbody tr').evaluateAll((list) =>
      list.map((row) => ({
        expiry: row.getAttribute('data-key')!,
        cells: [...row.querySelectorAll('td')].map((td) => ({
          text: td.textContent!,
          tone: td.getAttribute('data-tone'),
        })),
      })),
    );
    for (const { expiry, cells } of rows.slice(0, -1)) {
      strikes.forEach((strike, i) => {
        const held = answer.lines.find((l) => l.expiry === expiry && l.strike === strike);
        const cell = cells[i]!;
        if (!held) expect([cell.text, cell.tone]).toEqual(['–', null]);
        else {
          expect(figure(cell.text), `${expiry} ${strike}`).toBe(held.contracts);
          expect(Math.sign(Number(cell.tone))).toBe(Math.sign(held.contracts));
        }
      });
    }
    const total = answer.lines.reduce((a, l) => a + l.contracts, 0);
    expect(figure(rows.at(-1)!.cells.at(-1)!.text)).toBe(total);
  });

  test('one greek at a time, and the address says which', async () => {
    const page = await open('/options/BTC');
    await ready(page);
    await page.getByRole('button', { name: 'Vega' }).first().click();
    await page.waitForURL(/greek=vega/);
    await page.getByRole('table', { name: /^Vega by expiry/ }).waitFor();
    await page.reload();
    await page.getByRole('table', { name: /^Vega by expiry/ }).waitFor();
    const [rows, total] = await heat(page).evaluate((table) => {
      const last = [...table.querySelectorAll('tbody tr')].map((row) =>
        row.lastElementChild!.getAttribute('title')!,
      );
      return [last.slice(0, -1).map(Number), Number(last.at(-1))] as const;
    });
    expect(rows.reduce((a, b) => a + b, 0)).toBeCloseTo(total, 4);
  });

  test('smiles are drawn, one is chosen, and the table has its numbers', async () => {
    const page = await open('/options/BTC?show=smile');
    const canvas = page.locator('.smile canvas');
    await canvas.first().waitFor();
    expect(await canvas.count()).toBe(5);
    expect(await page.getByRole('table').count()).toBe(0);
    const drawn = await canvas.first().evaluate((c: HTMLCanvasElement) => {
      const { data } = c.getContext('2d')!.getImageData(0, 0, c.width, c.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    expect(drawn).toBeGreaterThan(8);
    const box = (await page.locator('.smile .u-over').first().boundingBox())!;
    const readout = page.locator('.smile .readout').first();
    const atForward = await readout.textContent();
    expect(atForward).toMatch(/surface \d+\.\d .*vega/);
    await page.mouse.move(box.x + 5, box.y + 20);
    await page.waitForFunction(
      (before) => document.querySelector('.smile .readout')!.textContent !== before,
      atForward,
    );
    await page.getByLabel('Expiry').selectOption({ index: 3 });
    await page.waitForURL(/expiry=\d{4}-\d\d-\d\d/);
    await page.waitForFunction(() => document.querySelectorAll('.smile canvas').length === 1);
    await page.keyboard.press('t');
    const table = page.getByRole('table', { name: 'Smile by expiry and strike' });
    await table.waitFor();
    expect(await table.locator('tbody tr').count()).toBeGreaterThanOrEqual(9);
  });

  test('scenarios: every cell out of its band is marked, in words too', async () => {
    const link = '/options/BTC?book=options&show=scenarios&measure=gamma&days=7';
    const page = await open(`${link}&dynamics=sticky_delta`);
    const table = matrix(page);
    await table.waitFor();
    expect(await table.getAttribute('aria-label')).toMatch(/^Gamma .*after 7 days/);
    const answer = await told<OptionScenarios>(
      page,
      '/options/BTC/scenarios?book=options&dynamics=sticky_delta',
    );
    const size = answer.vol.length * answer.spot.length;
    const cells = answer.cells.slice(2 * size, 3 * size);
    const shown = await table.locator('tbody td').evaluateAll((list) =>
      list.map((td) => ({
        value: Number(td.getAttribute('title')!.split(',')[0]),
        text: td.textContent!,
      })),
    );
    expect(shown.length).toBe(size);
    let out = 0;
    cells.forEach((cell, i) => {
      // The market moves between the two looks: the sides agree where they are not at the edge.
      expect(shown[i]!.value).toBeCloseTo(cell.gamma, 1);
      const edge = answer.target.gamma!;
      const near = [edge.lower, edge.upper].some((x) => Math.abs(x - cell.gamma) < 0.01);
      if (near) return;
      if (cell.gamma_side !== 'inside') out += 1;
      expect(shown[i]!.text.includes('its band')).toBe(cell.gamma_side !== 'inside');
      expect(shown[i]!.text.includes('▲')).toBe(cell.gamma_side === 'above');
    });
    expect(out).toBeGreaterThan(0);
    const pressed = page.getByRole('group', { name: 'Time that passes' });
    expect(await pressed.locator('[aria-pressed=true]').textContent()).toBe('+7 days');
    expect(await page.getByLabel('Smile').inputValue()).toBe('sticky_delta');
    await page.getByRole('link', { name: 'gamma:BTC@options' }).waitFor();
    const asked = page.waitForRequest(/scenarios\?.*delta=delta_net/);
    await page.getByLabel('Delta is').selectOption('delta_net');
    await asked;
    await page.getByRole('button', { name: 'Delta', exact: true }).click();
    await page.getByText('Delta: no band of this convention').waitFor();
    expect(await matrix(page).locator('.marks').count()).toBe(0);
    await page.keyboard.press('t');
    await page.getByRole('table', { name: 'Scenarios' }).locator('tbody tr').first().waitFor();
  });

  test('profit is explained, step by step too, and what is unknown is said', async () => {
    const page = await open('/options/BTC?show=explain&span=all');
    const chart = page.locator('.waterfall svg');
    await chart.waitFor();
    expect(await chart.locator('text:not(.amount)').allTextContents()).toEqual([
      'delta',
      'gamma',
      'vega',
      'theta',
      'vanna',
      'volga',
      'new trades',
      'unexplained',
      'total',
    ]);
    await page.getByText(/For 2 h 00 m of it the options’ value was unknown/).waitFor();
    await page.getByText(/The one under way stands at/).waitFor();
    await page.getByRole('button', { name: 'Steps' }).click();
    await page.locator('.chart canvas').waitFor();
    await page.getByLabel('Part').selectOption('theta');
    await page.waitForURL(/part=theta/);
    await page.getByRole('button', { name: 'Table' }).click();
    const table = page.getByRole('table', { name: 'Steps of the explanation' });
    await table.waitFor();
    expect(await table.locator('tbody tr').count()).toBe(168);
  });

  test('the book is chosen, kept in the address, and asked for', async () => {
    const page = await open('/options');
    await ready(page);
    const asked = page.waitForRequest(/greeks\?book=options/);
    await page.getByLabel('Book').selectOption('options');
    await asked;
    await page.waitForURL(/book=options/);
    await page.goto(`${desk.url}/options/BTC?book=none`);
    await page
      .getByText(/no factor names book none/)
      .first()
      .waitFor();
    expect(await page.getByLabel('Book').inputValue()).toBe('none');
  });

  test('without a surface what rests on it is unknown, with the reason, and comes back', async () => {
    desk.inject({ options: 'no_surface' });
    const page = await open('/options');
    await page.getByText('The greeks of all together are unknown: no volatility').waitFor();
    const last = heat(page).locator('tbody tr').nth(4);
    expect(await last.locator('th').textContent()).toMatch(/no surface/);
    expect(await last.locator('td').last().textContent()).toMatch(/unknown/);
    const first = heat(page).locator('tbody tr').first();
    expect(await first.locator('td').last().textContent()).not.toMatch(/unknown/);
    await page.getByText('The desk has no surface for this expiry.').waitFor();
    await page.getByText(/There are no scenarios: no volatility/).waitFor();
    expect(await findings(page, all)).toEqual([]);
    desk.inject({ options: 'all' });
    await page.getByText('The greeks of all together are unknown').waitFor({ state: 'detached' });
  });

  test('margin says what the answer says, part by part, and what is unknown', async () => {
    const page = await open('/options/BTC?show=margin');
    const table = page.getByRole('table', { name: 'Margin of each account' });
    await table.waitFor();
    expect(await page.getByRole('table').count()).toBe(1);
    const { items } = await told<List<Margin>>(page, '/margins');
    const rows = table.locator('tbody tr');
    expect(await rows.count()).toBe(items.length);
    expect(await rows.nth(1).textContent()).toContain('USDC');
    expect(await rows.nth(1).locator('.used').textContent()).toBe(
      `${(100 * items[1]!.use!).toFixed(1)}\u202f%`,
    );
    expect(await findings(page, all)).toEqual([]);
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('table', { name: 'Margin by position' }).waitFor();
    await page.getByRole('table', { name: 'Worst scenario by coin' }).waitFor();
    expect(await findings(page, all)).toEqual([]);
    desk.inject({ options: 'no_surface' });
    await page.getByText(/The margin of deribit\/main in BTC is unknown: no volatility/).waitFor();
    expect(await rows.first().textContent()).toContain('unknown');
    expect(await rows.nth(1).textContent()).toContain('covered');
    expect(await findings(page, all)).toEqual([]);
    desk.inject({ options: 'no_margin' });
    await page.getByText('No account of this desk has a margin', { exact: false }).waitFor();
  });

  test('an answer that fails keeps what was there, dimmed, and says so', async () => {
    const page = await open('/options/BTC');
    await ready(page);
    desk.inject({ fail: '/api/v1/options/BTC/greeks' });
    await page.getByText(/the table of greeks is .* could not be read anew/).waitFor();
    const cell = heat(page).locator('td[data-tone]').first();
    expect(await cell.evaluate((e) => getComputedStyle(e).backgroundColor)).toBe(
      'rgba(0, 0, 0, 0)',
    );
    expect(await findings(page, colours)).toEqual([]);
    desk.inject({ fail: null });
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByText(/could not be read anew/).waitFor({ state: 'detached' });
  });

  test('a desk without options has no way there, and the page says why', async () => {
    desk.inject({ options: 'none' });
    const page = await open('/options');
    await page.getByText('No factor of this desk counts an option.').waitFor();
    expect(await page.getByRole('link', { name: 'Options' }).count()).toBe(0);
    desk.inject({ options: 'all' });
    await page.goto(`${desk.url}/options/DOGE`);
    await page
      .getByText('No factor of this desk counts options on DOGE.', { exact: false })
      .waitFor();
    await page.getByRole('button', { name: 'To BTC' }).click();
    await page.getByRole('heading', { name: 'Options on BTC' }).waitFor();
  });

  test('it is asked again while it is seen, and not while it is hidden', async () => {
    const page = await open('/options/BTC?show=greeks');
    await heat(page).waitFor();
    await page.waitForRequest(/greeks/, { timeout: 7000 });
    await page.evaluate(() =>
      Object.defineProperty(document, 'hidden', { configurable: true, value: true }),
    );
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/options')) asked += 1;
    });
    await page.waitForTimeout(6500);
    expect(asked).toBe(0);
  });

  test('by keyboard: there, part by part, charts and tables, and across the heat map', async () => {
    const page = await open('/');
    await page.getByRole('link', { name: 'Options' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('v');
    await ready(page);
    await page.keyboard.press('2');
    await page.waitForURL(/show=greeks/);
    await page.locator('.smile').first().waitFor({ state: 'detached' });
    await page.setViewportSize({ width: 700, height: 800 });
    const region = page.getByRole('region', { name: /^Delta by expiry and strike/ });
    await region.focus();
    const before = await region.evaluate((e) => e.scrollLeft);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      (x) => document.querySelector('.options .scroll')!.scrollLeft > x,
      before,
    );
    await page.keyboard.press('t');
    await page.getByRole('table', { name: 'Greeks of each option held' }).waitFor();
  });

  test('on a phone the market is in sight, the expiry stays beside it', async () => {
    const page = await open('/options/BTC?show=greeks', { width: 360, height: 740 });
    await heat(page).waitFor();
    const here = (await heat(page).locator('thead .here').boundingBox())!;
    expect(here.x).toBeGreaterThan(0);
    expect(here.x + here.width).toBeLessThanOrEqual(360);
    const expiry = (await heat(page).locator('tbody th').first().boundingBox())!;
    expect(expiry.x).toBeGreaterThanOrEqual(0);
    expect(expiry.x + expiry.width, 'beside the column, not over it').toBeLessThanOrEqual(here.x);
    await page.setViewportSize({ width: 320, height: 740 });
    expect(
      await page.evaluate(() => {
        const main = document.querySelector('main')!;
        return main.scrollWidth - main.clientWidth;
      }),
    ).toBeLessThanOrEqual(1);
  });

  const looks: [string, Look, string[]][] = [
    ['dark', { scheme: 'dark' }, all],
    ['light', { scheme: 'light' }, colours],
    ['dark, high contrast', { scheme: 'dark', contrast: 'more' }, coloursMore],
    ['light, high contrast', { scheme: 'light', contrast: 'more' }, coloursMore],
    ['on a phone', { scheme: 'light', width: 360, height: 740 }, all],
  ];
  test.each(looks)('axe finds nothing serious: %s', async (_, look, rules) => {
    const page = await open('/options/BTC?book=options&greek=vega&measure=delta&span=all', look);
    await ready(page);
    expect(await findings(page, rules), 'charts').toEqual([]);
    await page.goto(`${desk.url}/options/BTC?book=options&greek=gamma&span=steps`);
    await ready(page);
    expect(await findings(page, rules), 'profit and steps').toEqual([]);
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('table', { name: 'Scenarios' }).waitFor();
    expect(await findings(page, rules), 'tables').toEqual([]);
  });
});
