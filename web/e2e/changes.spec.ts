// What people change: approve, acknowledge, shelve, kill, arm again, limits and targets with conflicts.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  factor,
  real,
  startBrowser,
  startDesk,
  tokens,
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
const dialog = (page: Page) => page.getByRole('dialog');

test.skipIf(real)(
  'a proposal is approved with a reason, is carried out, and the audit says who',
  async () => {
    desk.inject({ push: ['delta:BTC', 1.7] });
    const page = await open('/proposals', { role: 'trader' });
    const row = page.locator('tr', { hasText: 'delta:BTC' }).filter({ hasText: 'waiting' }).first();
    await row.waitFor();
    const id = await row.getAttribute('data-key');
    await row.getByRole('link', { name: id! }).click();
    await page.getByRole('heading', { name: 'What was weighed' }).waitFor();
    expect(await page.getByRole('row', { name: /^hedge/ }).textContent()).toContain('chosen');
    expect(await page.getByRole('row', { name: /^wait/ }).textContent()).toContain('half-life');
    await page.getByRole('button', { name: 'Approve' }).click();
    await dialog(page).getByRole('table', { name: 'What would change' }).waitFor();
    await dialog(page).getByRole('button', { name: 'Approve' }).click();
    await dialog(page).getByText('Say why').waitFor();
    await dialog(page)
      .getByLabel(/^Reason/)
      .fill('clients are done for today');
    await dialog(page).getByRole('button', { name: 'Approve' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    await page.locator('.title .tag', { hasText: /acting|verified/ }).waitFor();
    await page.locator('.title .tag', { hasText: 'verified' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    const line = page
      .getByRole('table', { name: 'Audit' })
      .locator('tr', { hasText: 'proposal.approve' })
      .first();
    await line.waitFor();
    expect(await line.textContent()).toMatch(/tom.*clients are done for today/);
  },
);

test.skipIf(real)('an alert is acknowledged, a rule shelved', async () => {
  const page = await open('/alerts', { role: 'trader' });
  const row = page
    .getByRole('table', { name: 'Open alerts' })
    .locator('tr', { hasText: 'firing' })
    .first();
  await row.waitFor();
  const id = await row.getAttribute('data-key');
  await row.getByRole('button', { name: 'Acknowledge' }).click();
  await dialog(page)
    .getByLabel(/^Reason/)
    .fill('on it');
  await dialog(page).getByRole('button', { name: 'Acknowledge' }).click();
  await page.locator(`tr[data-key="${id}"]`, { hasText: 'acknowledged' }).waitFor();
  const rule = page.getByRole('table', { name: 'Rules' }).locator('tr', { hasText: 'out-of-band' });
  await rule.getByRole('button', { name: 'Shelve' }).click();
  await dialog(page).getByLabel('For').selectOption('8h');
  await dialog(page)
    .getByLabel(/^Reason/)
    .fill('venue maintenance');
  await dialog(page).getByRole('button', { name: 'Shelve' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await rule.getByText(/in 7 h|in 8 h/).waitFor();
});

test('a kill switch asks for confirmation and a reason, is seen on every page, and is armed again', async () => {
  const page = await open('/', { role: 'risk' });
  await page.getByRole('button', { name: 'Kill switch' }).click();
  await dialog(page).getByRole('table', { name: 'What would change' }).waitFor();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  expect(await page.getByText('Stopped:').count()).toBe(0);
  await page.keyboard.press('!');
  await dialog(page)
    .getByLabel(/^Reason/)
    .fill('fat finger at the venue');
  await dialog(page).getByRole('button', { name: 'Stop the whole desk' }).click();
  await page.getByText('Stopped:').waitFor();
  await page.getByRole('link', { name: /^Limits/ }).click();
  await page
    .getByRole('table', { name: 'Kill switches and breakers' })
    .getByText('fat finger at the venue')
    .waitFor();
  await page
    .getByRole('status')
    .filter({ hasText: 'Stopped:' })
    .getByRole('button', { name: 'Arm again' })
    .click();
  await dialog(page)
    .getByLabel(/^Reason/)
    .fill('checked with the venue');
  await dialog(page).getByRole('button', { name: 'Arm again' }).click();
  await page.getByText('Stopped:').waitFor({ state: 'detached' });
});

test('a kill does not wait for a reason; arming again does', async () => {
  const page = await open('/', { role: 'risk' });
  await page.keyboard.press('!');
  await dialog(page).getByRole('button', { name: 'Stop the whole desk' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  const stopped = page.getByRole('status').filter({ hasText: 'Stopped:' });
  await stopped.getByRole('button', { name: 'Arm again' }).click();
  await dialog(page).getByRole('button', { name: 'Arm again' }).click();
  await dialog(page).getByText('Say why').waitFor();
  await dialog(page)
    .getByLabel(/^Reason/)
    .fill('a drill');
  await dialog(page).getByRole('button', { name: 'Arm again' }).click();
  await page.getByText('Stopped:').waitFor({ state: 'detached' });
});

test('a limit is shown as it would change, then changed', async () => {
  const page = await open('/limits', { role: 'risk' });
  const row = page.getByRole('table', { name: 'Limits' }).locator('tbody tr').first();
  const upper = (await row.locator('td').nth(1).textContent())!
    .replaceAll(',', '')
    .replace('\u2212', '-');
  const key = await row.getAttribute('data-key');
  const wider = String(Number(upper) + 1);
  await row.getByRole('button', { name: 'Edit' }).click();
  const field = dialog(page).getByLabel(/^Upper/);
  await field.fill('twelve');
  await dialog(page).getByText('Both are decimals').waitFor();
  await field.fill(wider);
  const preview = dialog(page).getByRole('table', { name: 'What would change' });
  await preview.getByText(wider).waitFor();
  await dialog(page)
    .getByLabel(/^Reason/)
    .fill('more room into the close');
  await dialog(page).getByRole('button', { name: 'Change the limit' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await page.locator(`tr[data-key="${key}"]`).getByText('changed').waitFor();
});

test.skipIf(real)(
  'a limit that somebody else has changed meanwhile is not overwritten',
  async () => {
    const page = await open('/limits', { role: 'risk' });
    const row = page.locator('tr[data-key="delta:ETH"]');
    await row.getByRole('button', { name: 'Edit' }).click();
    await dialog(page)
      .getByRole('table', { name: 'What would change' })
      .or(dialog(page).getByText('Nothing would change.'))
      .waitFor();
    desk.inject({ touch: 'delta:ETH' });
    await dialog(page)
      .getByLabel(/^Upper/)
      .fill('130');
    await dialog(page).getByText('Somebody was faster').waitFor();
    expect(await dialog(page).getByRole('button', { name: 'Change the limit' }).isDisabled()).toBe(
      true,
    );
    await dialog(page).getByRole('button', { name: 'Show me the present state' }).click();
    await dialog(page).getByText('145.000', { exact: true }).waitFor();
    await dialog(page)
      .getByRole('table', { name: 'What would change' })
      .getByText('130.000')
      .waitFor();
    await dialog(page)
      .getByLabel(/^Reason/)
      .fill('less, all the same');
    await dialog(page).getByRole('button', { name: 'Change the limit' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    await row.getByText('130.000').waitFor();
  },
);

test('what the service refuses is told where it was asked', async () => {
  const page = await open('/limits', { role: 'risk' });
  const row = page.getByRole('table', { name: 'Limits' }).locator('tbody tr').first();
  await row.getByRole('button', { name: 'Edit' }).click();
  await dialog(page)
    .getByLabel(/^Lower/)
    .fill('-0.1234567890123456789');
  await dialog(page).getByRole('alert').getByText('Not done.').waitFor();
  expect(await dialog(page).getByRole('alert').textContent()).toMatch(/digits/);
});

test('a target is overridden and cleared', async () => {
  const page = await open(`/factors/${factor}`, { role: 'trader' });
  await page.getByRole('button', { name: 'Override target' }).click();
  const [target, from, to] = [/^Target/, 'Band from', 'Band to'].map((label) =>
    dialog(page).getByLabel(label),
  );
  // Whatever it is now: a little lower, in a narrower band.
  const now = Number(await target!.inputValue());
  const [low, high] = [Number(await from!.inputValue()), Number(await to!.inputValue())];
  expect(low).toBeLessThan(high);
  const lower = (now + low) / 2;
  await target!.fill(lower.toFixed(8));
  await from!.fill(((lower + low) / 2).toFixed(8));
  await to!.fill(((lower * 2 + low) / 3).toFixed(8));
  await dialog(page).getByText('The target has to lie in the band').waitFor();
  await to!.fill(high.toFixed(8));
  await dialog(page).getByRole('table', { name: 'What would change' }).waitFor();
  await dialog(page)
    .getByLabel(/^Reason/)
    .fill('a quiet night');
  await dialog(page).getByRole('button', { name: 'Override', exact: true }).click();
  await page.getByText('target overridden').waitFor();
  await page.getByRole('button', { name: 'Clear override' }).click();
  await dialog(page)
    .getByLabel(/^Reason/)
    .fill('morning');
  await dialog(page).getByRole('button', { name: 'Clear', exact: true }).click();
  await page.getByText('target overridden').waitFor({ state: 'detached' });
});

test.skipIf(real)('a viewer sees everything, and why nothing may be touched', async () => {
  const page = await open('/proposals', { role: 'viewer' });
  await page.getByText('Your token has the role viewer').first().waitFor();
  const kill = page.getByRole('button', { name: 'Kill switch' });
  expect(await kill.getAttribute('aria-disabled')).toBe('true');
  expect(await kill.getAttribute('title')).toContain('trader or risk or admin');
  await kill.click({ force: true });
  await page.keyboard.press('!');
  expect(await dialog(page).count()).toBe(0);
  await page.goto(`${desk.url}/system`);
  await page.getByRole('heading', { name: 'Audit' }).waitFor();
  expect(await page.getByRole('heading', { name: 'Tokens' }).count()).toBe(0);
});

// A service without tokens has none to make.
test.skipIf(!tokens)('a token is made, shown once, and revoked', async () => {
  const page = await open('/system');
  await page.getByRole('button', { name: 'New token' }).click();
  await dialog(page).getByLabel('Name').fill('screen-4');
  await dialog(page).getByRole('button', { name: 'Make it' }).click();
  expect((await page.locator('code.token').textContent())!.length).toBeGreaterThan(8);
  await page.getByRole('button', { name: 'I have it' }).click();
  const row = page.getByRole('table', { name: 'Tokens' }).locator('tr', { hasText: 'screen-4' });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await dialog(page).getByRole('button', { name: 'Revoke' }).click();
  await row.waitFor({ state: 'detached' });
});
