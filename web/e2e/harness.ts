// A desk to look at and a browser to look with.
//
// The desk is the mock, or with BALLAST_URL and BALLAST_TOKEN (of role admin) a real service: what
// needs the mock's switches is then skipped.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { startMock } from '../mock/server.mjs';

export const real = process.env.BALLAST_URL !== undefined;
/** A real service may have been started without tokens: what is about them is then left out. */
export const tokens = !real || !!process.env.BALLAST_TOKEN;
/** A factor that the desk has, with a target and a band. */
export const factor = process.env.BALLAST_FACTOR ?? 'delta:BTC';
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
// A loaded machine is slow, not wrong.
export const patience = 20000;

export interface DeskUnderTest {
  url: string;
  inject: (wish: Record<string, unknown>) => void;
  close: () => Promise<void>;
}

export async function startDesk(options: Record<string, number> = {}): Promise<DeskUnderTest> {
  if (real) {
    return {
      url: process.env.BALLAST_URL!.replace(/\/$/, ''),
      close: async () => undefined,
      inject: () => {
        throw new Error('a real service has no switches');
      },
    };
  }
  const mock = await startMock({
    seed: Number(process.env.BALLAST_SEED ?? 7),
    history: 4 * 3600,
    ...options,
  });
  return { url: mock.url, inject: mock.inject, close: mock.close };
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Look {
  role?: 'viewer' | 'trader' | 'risk' | 'admin';
  width?: number;
  height?: number;
  scheme?: 'light' | 'dark';
  contrast?: 'more' | 'no-preference';
}

export class Window {
  readonly errors: string[] = [];
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly desk: DeskUnderTest,
  ) {}

  /** Opens a page as a person of that role does, by a link with the token. */
  static async open(
    browser: Browser,
    desk: DeskUnderTest,
    path = '/',
    {
      role = 'admin',
      width = 1440,
      height = 900,
      scheme = 'dark',
      contrast = 'no-preference',
    }: Look = {},
  ): Promise<Window> {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      contrast,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const window = new Window(context, page, desk);
    page.on('pageerror', (error) => window.errors.push(error.message));
    page.on('console', (message) => {
      // Refusals that a test asks for are no errors of the page.
      if (
        message.type() === 'error' &&
        !/Failed to load resource|WebSocket connection/.test(message.text())
      )
        window.errors.push(message.text());
    });
    page.on('request', (request) => {
      if (
        !request.url().startsWith(desk.url) &&
        !request.url().startsWith(desk.url.replace('http', 'ws'))
      )
        window.errors.push(`a request to elsewhere: ${request.url()}`);
    });
    const token = real ? process.env.BALLAST_TOKEN : `mock-${role}`;
    await page.goto(`${desk.url}${path}${token ? `#token=${token}` : ''}`);
    await page.getByText('Connected', { exact: false }).first().waitFor();
    return window;
  }
  async close(): Promise<void> {
    await this.context.close();
  }
}

export const pages = [
  '/',
  `/factors/${factor}`,
  '/alerts',
  '/proposals',
  '/positions',
  '/options',
  '/pnl',
  '/limits',
  '/system',
];
