import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import {
  accountOf,
  coinRows,
  heaviest,
  positionRows,
  stateFace,
  worstWords,
} from '../src/pages/margins_data';
import { Accounts } from '../src/pages/options_margins';
import type { CoinMargin, Margin } from '../src/protocol/options';

const coin = (name: string, initial: number, worst: CoinMargin['worst']): CoinMargin => ({
  coin: name,
  initial,
  maintenance: 0.8 * initial,
  worst,
  loss: initial,
  delta_shock: 0,
  roll_shock: 0,
});
const account = (more: Partial<Margin>): Margin => ({
  venue: 'deribit',
  account: 'main',
  currency: 'BTC',
  model: 'portfolio',
  coins: ['BTC'],
  as_of: '2026-12-01T12:00:00Z',
  state: 'covered',
  unknown_reason: null,
  equity: 2,
  initial: 0.5,
  maintenance: 0.4,
  use: 0.25,
  free: 1.5,
  free_in_flight: 1.5,
  age_seconds: 3,
  positions: [{ instrument: 'BTC-C', coins: -2, initial: null, maintenance: null }],
  by_coin: [coin('BTC', 0.5, { price_move: -0.16, vol: 'up', vol_move: 0.5, extended: false })],
  ...more,
});
const standard = account({
  currency: 'USDC',
  model: 'standard',
  positions: [
    { instrument: 'BTC_USDC-PERP', coins: 3, initial: 5000, maintenance: 2500 },
    { instrument: 'ETH_USDC-C', coins: -40, initial: 9000, maintenance: 6000 },
    { instrument: 'ETH_USDC-P', coins: 40, initial: 0, maintenance: 0 },
  ],
  by_coin: [],
});
const unknown = account({
  state: 'unknown',
  unknown_reason: 'BTC-C: no volatility is known',
  equity: null,
  initial: null,
  maintenance: null,
  use: null,
  free: null,
  free_in_flight: null,
  age_seconds: null,
  positions: [],
  by_coin: [],
});

describe('margin', () => {
  test('the worst scenario is a move of price and of volatility', () => {
    const words = (worst: CoinMargin['worst']) => worstWords({ worst });
    expect(words({ price_move: -0.16, vol: 'up', vol_move: 0.5, extended: false })).toBe(
      '\u221216\u202f%, vol +50\u202f%',
    );
    expect(words({ price_move: 0.04, vol: 'down', vol_move: -0.25, extended: false })).toBe(
      '+4\u202f%, vol \u221225\u202f%',
    );
    expect(words({ price_move: 0.12, vol: 'same', vol_move: 0, extended: false })).toBe(
      '+12\u202f%, vol the same',
    );
    expect(words(null)).toBe('none loses');
  });
  test('what weighs most is a coin of a portfolio, else a position', () => {
    expect(heaviest(standard)).toBe('ETH_USDC-C');
    const two = account({
      by_coin: [
        coin('ETH', 0.1, null),
        coin('BTC', 0.5, { price_move: 0.16, vol: 'up', vol_move: 0.5, extended: false }),
      ],
    });
    expect(heaviest(two)).toBe('BTC +16\u202f%, vol +50\u202f%');
    expect(heaviest(unknown)).toBe('–');
  });
  test('parts are listed with whose they are, and only where each has its own margin', () => {
    const rows = positionRows([account({}), standard, unknown]);
    expect(rows.map((r) => [r.account, r.currency, r.instrument, r.initial])).toEqual([
      ['deribit/main', 'USDC', 'BTC_USDC-PERP', 5000],
      ['deribit/main', 'USDC', 'ETH_USDC-C', 9000],
      ['deribit/main', 'USDC', 'ETH_USDC-P', 0],
    ]);
    expect(coinRows([account({}), standard, unknown]).map((r) => [r.currency, r.coin])).toEqual([
      ['BTC', 'BTC'],
    ]);
    expect(accountOf(standard)).toBe('deribit/main');
  });
  test('each state has words and a shape of its own, not only a colour', () => {
    const faces = Object.values(stateFace);
    expect(new Set(faces.map((f) => f.words)).size).toBe(faces.length);
    expect(new Set(faces.map((f) => f.glyph)).size).toBe(faces.length);
  });
});

describe('the panel', () => {
  const shown = (accounts: Margin[], view: 'chart' | 'table' = 'chart') =>
    renderToStaticMarkup(createElement(Accounts, { accounts, view }));
  test('says that no account has a margin, and shows no table then', () => {
    const html = shown([]);
    expect(html).toContain('No account of this desk has a margin');
    expect(html).not.toContain('<table');
  });
  test('shows figures, and what is unknown with its reason', () => {
    const html = shown([account({}), unknown]);
    for (const part of ['deribit/main', 'portfolio', 'covered', '25.0', 'vol +50'])
      expect(html).toContain(part);
    expect(html).toContain(
      'The margin of deribit/main in BTC is unknown: BTC-C: no volatility is known.',
    );
    expect(html.match(/>\?<\/td>/g)).toHaveLength(6);
    expect(html).not.toMatch(/NaN|undefined|null/);
  });
  test('lists parts as tables where tables are asked for', () => {
    const html = shown([account({}), standard], 'table');
    for (const part of ['Margin by position', 'ETH_USDC-P', 'Worst scenario by coin'])
      expect(html).toContain(part);
    expect(shown([account({})])).not.toContain('Worst scenario by coin');
  });
});
