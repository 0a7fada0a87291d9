// 500 factors, each new ten times a second, at less than 30 % of one core: of the page's main thread
// by the debugger's count of its CPU time, and of the whole renderer process by the kernel's.
import { readdirSync, readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { real, startBrowser, startDesk, Window, type DeskUnderTest } from './harness';

const seconds = 10;

/** CPU seconds so far of the renderer that works hardest. */
function renderers(): Map<number, number> {
  const found = new Map<number, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) continue;
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      found.set(Number(pid), (Number(fields[11]) + Number(fields[12])) / 100);
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

describe.skipIf(real)('speed', () => {
  let browser: Browser;
  let desk: DeskUnderTest;
  beforeAll(async () => {
    [browser, desk] = await Promise.all([startBrowser(), startDesk({ factors: 500, rate: 10 })]);
  });
  afterAll(async () => {
    await browser.close();
    await desk.close();
  });

  test('500 factors at 10 updates a second take less than 30 % of a core', async () => {
    const window = await Window.open(browser, desk, '/');
    const { page } = window;
    await page.locator('tr.factor-row').nth(20).waitFor();
    await page.waitForTimeout(2000);
    const debug = await window.context.newCDPSession(page);
    await debug.send('Performance.enable', { timeDomain: 'threadTicks' });
    const tasks = async () =>
      (await debug.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration')!
        .value;
    const cells = () => page.locator('tr.factor-row .c-z').allTextContents();
    const [before, busy, cpu] = [await cells(), await tasks(), renderers()];
    const started = performance.now();
    await page.waitForTimeout(seconds * 1000);
    const wall = (performance.now() - started) / 1000;
    const main = ((await tasks()) - busy) / wall;
    const whole = Math.max(...[...renderers()].map(([pid, t]) => t - (cpu.get(pid) ?? t))) / wall;
    expect(await cells(), 'the board moves').not.toEqual(before);
    const rows = await page.locator('tr.factor-row').count();
    expect(rows, 'only rows in sight are there').toBeLessThan(70);
    expect(Number(await page.locator('table.factors').getAttribute('aria-rowcount'))).toBe(501);
    console.log(
      `500 factors, 10 updates/s: main thread ${(100 * main).toFixed(1)} %, renderer ${(100 * whole).toFixed(1)} % of a core; ${rows} rows`,
    );
    expect(main, 'main thread').toBeLessThan(0.3);
    expect(whole, 'renderer process').toBeLessThan(0.3);
    await window.close();
  });

  test('the last of 500 rows is reached by scrolling, and by its name', async () => {
    const window = await Window.open(browser, desk, '/?sort=factor');
    const { page } = window;
    await page.locator('tr.factor-row').first().waitFor();
    await page.locator('.board .table').evaluate((e) => e.scrollTo(0, e.scrollHeight));
    await page.locator('tr[data-key="vega:BTC@options"]').waitFor();
    await page.getByLabel('Search factors').fill('c250');
    await page.locator('tr[data-key="delta:C250@mm"]').waitFor();
    expect(await page.locator('tr.factor-row').count()).toBe(1);
    expect(window.errors).toEqual([]);
    await window.close();
  });
});
