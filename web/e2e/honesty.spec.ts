// What is old, silent, lost or failing is shown as such, and comes back by itself.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { real, startBrowser, startDesk, Window, type DeskUnderTest } from './harness';

describe.skipIf(real)('honesty', () => {
  let browser: Browser;
  let desk: DeskUnderTest;
  let window: Window;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    desk = await startDesk();
  });
  afterEach(async () => {
    const { errors } = window;
    await window.close();
    await desk.close();
    expect(errors).toEqual([]);
  });
  const open = async (path: string): Promise<Page> => {
    window = await Window.open(browser, desk, path);
    return window.page;
  };
  const values = (page: Page) => page.locator('tr.factor-row .c-z').allTextContents();

  test('a connection that breaks is told, values are dimmed, and it comes back', async () => {
    const page = await open('/');
    await page.locator('tr.factor-row').first().waitFor();
    desk.inject({ refuse: true, disconnect: true });
    await page.getByRole('alert').filter({ hasText: 'What you see is as of' }).waitFor();
    await page.locator('.shell.stale').waitFor();
    const cell = page.locator('tr.factor-row .c-actual').first();
    const faint = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('span'));
      probe.className = 'faint';
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });
    expect(await cell.evaluate((e) => getComputedStyle(e).color)).toBe(faint);
    const before = await values(page);
    await page.waitForTimeout(1200);
    expect(await values(page), 'nothing moves meanwhile').toEqual(before);
    desk.inject({ refuse: false });
    await page.getByRole('button', { name: 'Connect now' }).click();
    await page.getByText('What you see is as of').waitFor({ state: 'detached' });
    await page.waitForFunction(
      (text) =>
        [...document.querySelectorAll('tr.factor-row .c-z')].map((e) => e.textContent).join() !==
        text,
      before.join(),
    );
    expect(await page.locator('.shell.stale').count()).toBe(0);
  });

  test('a service that says nothing any more is stale, though the socket is open', async () => {
    const page = await open('/');
    await page.locator('tr.factor-row').first().waitFor();
    desk.inject({ mute: true });
    await page.getByText('Nothing heard from the service.').waitFor();
    desk.inject({ mute: false });
    await page.getByText('Nothing heard from the service.').waitFor({ state: 'detached' });
  });

  test('a gap in the stream is noticed and closed', async () => {
    const page = await open('/');
    await page.locator('tr.factor-row').first().waitFor();
    desk.inject({ gap: 1 });
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page
      .getByText('Gaps noticed')
      .locator('..')
      .getByText(/^1, 0$/)
      .waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await page.locator('tr.factor-row').first().waitFor();
    expect(await page.locator('.table.stale').count()).toBe(0);
  });

  test('a venue that falls silent makes its factors unknown, with the reason', async () => {
    desk.inject({ silence: 'bybit' });
    const page = await open('/?show=unknown');
    await page.getByRole('region', { name: 'Status' }).getByText('silent').waitFor();
    const row = page.locator('tr.factor-row', { hasText: 'cash:USDT@bybit' });
    await row.getByText('unknown').first().waitFor();
    await row.getByRole('link').first().click();
    await page.getByText(/no market of bybit/).waitFor();
    desk.inject({ speak: 'bybit' });
    await page.getByText(/no market of bybit/).waitFor({ state: 'detached' });
  });

  test('an answer that fails keeps what was there, and says so', async () => {
    const page = await open('/pnl');
    await page.locator('.waterfall svg').waitFor();
    desk.inject({ fail: '/api/v1/pnl' });
    await page.getByText('the disk is full').waitFor();
    expect(await page.locator('.waterfall svg').count()).toBe(1);
    desk.inject({ fail: null });
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('the disk is full').waitFor({ state: 'detached' });
  });

  test('slow answers are waited for in words', async () => {
    const page = await open('/');
    desk.inject({ slow_ms: 1500 });
    await page.getByRole('link', { name: 'P&L' }).click();
    await page.getByText('Reading profit and loss…').waitFor();
    await page.locator('.waterfall svg').waitFor();
  });

  test('a new alert is announced to those who do not see it', async () => {
    const page = await open('/positions');
    await page.getByRole('table', { name: 'Positions' }).waitFor();
    desk.inject({ push: ['delta:ETH@mm', 2.6] });
    await page
      .locator('[data-announce="now"]')
      .filter({ hasText: 'critical alert: far-out on delta:ETH' })
      .waitFor({ state: 'attached' });
  });

  test('a token that is revoked ends the session', async () => {
    const page = await open('/');
    await page.locator('tr.factor-row').first().waitFor();
    await page.evaluate(async () => {
      await fetch('/api/v1/tokens/ada', {
        method: 'DELETE',
        headers: { authorization: 'Bearer mock-admin', 'content-type': 'application/json' },
        body: '{"reason": "gone"}',
      });
    });
    await page.getByRole('link', { name: 'System' }).click();
    await page.getByLabel('Token').waitFor();
    expect(await page.evaluate(() => sessionStorage.getItem('ballast.token'))).toBeNull();
  });
});
