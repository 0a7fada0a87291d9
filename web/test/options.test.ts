import { describe, expect, test } from 'vitest';
import {
  curveAt,
  explainSteps,
  greekGrid,
  marksOf,
  nearest,
  scenarioCells,
  signedPercent,
  smileColumns,
  smileRows,
  stepColumns,
  strikeRange,
} from '../src/pages/options_data';
import { daysLeft, expiryDay } from '../src/pages/options_words';
import type {
  Explained,
  ExpirySmile,
  Greeks,
  OptionGreeks,
  OptionLine,
  OptionScenarios,
  ScenarioCell,
  SmileQuote,
} from '../src/protocol/options';
import { mostOf, together, tone, toneSteps } from '../src/ui/scale';

describe('the diverging scale', () => {
  test('has no colour at its centre, the strongest at the farthest, some for the least', () => {
    expect(tone(0, 10)).toBe(0);
    expect(tone(10, 10)).toBe(toneSteps);
    expect(tone(-10, 10)).toBe(-toneSteps);
    expect(tone(1e-9, 10)).toBe(1);
    expect(tone(-1e-9, 10)).toBe(-1);
    expect([1, 2, 2.1, 4, 6, 8.5].map((x) => tone(x, 10))).toEqual([1, 1, 2, 2, 3, 5]);
  });
  test('is odd around its centre', () => {
    for (let x = 0; x <= 12; x += 0.37) expect(tone(5 - x, 10, 5) + tone(5 + x, 10, 5)).toBe(0);
  });
  test('colours neither what is unknown nor what is not there, nor an empty scale', () => {
    expect([tone(null, 10), tone(undefined, 10), tone(3, 0)]).toEqual([0, 0, 0]);
  });
  test('reaches as far as the farthest figure', () => {
    expect(mostOf([1, null, -7, undefined, 3])).toBe(7);
    expect(mostOf([1, 5], 4)).toBe(3);
    expect(mostOf([0], -12)).toBe(12);
    expect(mostOf([])).toBe(0);
  });
  test('sums are unknown where a part is, and none where nothing is held', () => {
    expect(together([1, 2, undefined])).toBe(3);
    expect(together([1, null])).toBeNull();
    expect(together([undefined, undefined])).toBeUndefined();
    expect(together([])).toBeUndefined();
  });
});

const near = '2026-12-04T08:00:00Z';
const far = '2027-03-05T08:00:00Z';
const line = (expiry: string, strike: number, right: 'call' | 'put', delta: number | null) =>
  ({
    instrument: `${expiry}${strike}${right}`,
    expiry,
    strike,
    right,
    contracts: 2,
    delta,
  }) as unknown as OptionLine;
const head = { underlying: 'BTC', book: '*', as_of: near, seq: 1 };
const greeks: OptionGreeks = {
  ...head,
  quote: 'USD',
  total: null,
  unknown_reason: 'no surface',
  expiries: [
    { expiry: near, days: 4, state: 'priced', forward: 64000, total: { delta: 0.75 } as Greeks },
    { expiry: far, days: 95, state: 'no_surface', forward: 65000, total: null },
    { expiry: '2027-06-04T08:00:00Z', days: 186, state: 'priced', forward: 1, total: null },
  ],
  lines: [
    line(near, 60000, 'call', 1.5),
    line(near, 60000, 'put', -0.5),
    line(near, 70000, 'call', -0.25),
    line(far, 70000, 'call', null),
  ],
};

describe('greeks by expiry and strike', () => {
  const grid = greekGrid(greeks, 'delta');
  test('puts calls and puts of a strike together and leaves out what is not held', () => {
    expect(grid.strikes).toEqual([60000, 70000]);
    expect(grid.rows.map((r) => r.expiry)).toEqual([near, far]);
    expect(grid.rows.map((r) => r.cells)).toEqual([
      [1, -0.25],
      [undefined, null],
    ]);
    expect(grid.most).toBe(1);
  });
  test('what is unknown makes the totals over it unknown, and no others', () => {
    expect(grid.rows.map((r) => r.total)).toEqual([0.75, null]);
    expect(grid.totals).toEqual([1, null]);
    expect(grid.total).toBeNull();
  });
  test('contracts are known also where their greeks are not', () => {
    const held = greekGrid(greeks, 'contracts');
    expect(held.rows.map((r) => r.total)).toEqual([6, 2]);
    expect(held.totals).toEqual([4, 4]);
    expect(held.total).toBe(8);
  });
  test('the strike nearest to a forward', () => {
    expect(nearest(grid.strikes, 64000)).toBe(0);
    expect(nearest(grid.strikes, 66000)).toBe(1);
    expect(nearest([], 66000)).toBe(-1);
    expect(nearest(grid.strikes, null)).toBe(-1);
  });
});

const quote = (strike: number, right: 'call' | 'put', mark: number | null): SmileQuote => ({
  instrument: `${strike}${right}`,
  strike,
  right,
  bid_vol: mark,
  ask_vol: mark,
  mark_vol: mark,
});
const smile: ExpirySmile = {
  expiry: near,
  days: 4,
  forward: 64000,
  surface_age_seconds: 3,
  curve: [
    { strike: 56000, vol: 0.6 },
    { strike: 64000, vol: 0.5 },
    { strike: 72000, vol: 0.52 },
  ],
  quotes: [
    quote(60000, 'call', 0.57),
    quote(60000, 'put', 0.56),
    quote(68000, 'put', 0.53),
    quote(68000, 'call', 0.51),
    quote(40000, 'put', null),
    quote(40000, 'call', 0.9),
  ],
  own: [{ strike: 76000, contracts: -3, vega: null }],
};

describe('smiles', () => {
  test('the surface lies between its points, and nowhere beyond', () => {
    expect(curveAt(smile.curve, 60000)).toBeCloseTo(0.55, 12);
    expect(curveAt(smile.curve, 56000)).toBe(0.6);
    expect(curveAt(smile.curve, 72000)).toBe(0.52);
    expect(curveAt(smile.curve, 55999)).toBeNull();
    expect(curveAt(smile.curve, 72001)).toBeNull();
    expect(curveAt([], 60000)).toBeNull();
  });
  test('a row per strike, of the option out of the money unless it has no quote', () => {
    const rows = smileRows(smile);
    expect(rows.map((r) => [r.strike, r.quote?.right ?? null, r.contracts])).toEqual([
      [40000, 'call', null],
      [60000, 'put', null],
      [68000, 'call', null],
      [76000, null, -3],
    ]);
    expect(rows[3]!.vega).toBeNull();
  });
  test('whichever of the two is told first', () => {
    const other = { ...smile, quotes: [...smile.quotes].reverse() };
    expect(smileRows(other)).toEqual(smileRows(smile));
  });
  test('columns rise in strike and keep every quote', () => {
    const [strikes, surface, bid] = smileColumns(smile, smileRows(smile));
    expect(strikes).toEqual([40000, 56000, 60000, 64000, 68000, 72000, 76000]);
    expect(surface![0]).toBeNull();
    expect(surface![4]).toBeCloseTo(0.51, 12);
    expect(bid).toEqual([0.9, null, 0.56, null, 0.51, null, null]);
  });
  test('what is drawn reaches to the surface and what is held; without a surface to the market', () => {
    const [low, high] = strikeRange(smile)!;
    expect(low).toBeGreaterThan(54000);
    expect(high).toBeGreaterThan(76000);
    expect(strikeRange({ ...smile, curve: [] })![0]).toBeLessThan(40000);
    expect(strikeRange({ ...smile, curve: [], quotes: [], own: [] })).toBeNull();
  });
});

describe('scenarios', () => {
  const cell = (pnl: number, sides: Partial<ScenarioCell> = {}): ScenarioCell => ({
    pnl,
    delta: 0,
    gamma: 0,
    vega: 0,
    theta: 0,
    delta_side: 'inside',
    gamma_side: null,
    vega_side: 'inside',
    ...sides,
  });
  const s = {
    spot: [-0.1, 0, 0.1],
    vol: [-0.1, 0],
    days: [0, 7],
    cells: Array.from({ length: 12 }, (_, i) => cell(i)),
  } as OptionScenarios;
  test('cells are by time, then volatility, then spot', () => {
    const of = (day: number) => scenarioCells(s, day).map((row) => row.map((c) => c.pnl));
    expect(of(0)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(of(1)).toEqual([
      [6, 7, 8],
      [9, 10, 11],
    ]);
  });
  test('inventory out of its band is marked; profit is marked by all three', () => {
    const out = cell(0, { delta_side: 'above', vega_side: 'below' });
    expect(marksOf(out, 'delta')).toEqual({ marks: '▲', said: 'delta above its band' });
    expect(marksOf(out, 'vega').marks).toBe('▼');
    expect(marksOf(out, 'gamma')).toEqual({ marks: '', said: '' });
    expect(marksOf(out, 'pnl')).toEqual({
      marks: 'Δ▲ ν▼',
      said: 'delta above its band, vega below its band',
    });
    expect(marksOf(cell(0), 'pnl').marks).toBe('');
  });
  test('moves are in percent and points, without what floats add', () => {
    expect([-0.3, 0, 0.15, 0.1 + 0.2, -0.025].map(signedPercent)).toEqual([
      '\u221230',
      '0',
      '+15',
      '+30',
      '\u22122.5',
    ]);
  });
});

describe('the explanation', () => {
  const parts: Explained = {
    delta: 10,
    gamma: 2.5,
    vega: -4,
    theta: -1,
    vanna: 0.25,
    volga: 0,
    new_trades: 3,
    unexplained: -0.75,
    total: 10,
  };
  test('its steps end where the total stands', () => {
    const steps = explainSteps(parts);
    expect(steps.map((x) => x.name)).toEqual([
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
    const sum = steps.slice(0, -1).reduce((a, x) => a + Number(x.value), 0);
    expect(sum).toBe(Number(steps.at(-1)!.value));
    expect(steps.filter((x) => x.total).map((x) => x.name)).toEqual(['total']);
  });
  test('steps over time add up', () => {
    const step = (hour: number, total: number) => ({
      ...parts,
      from: `2026-12-01T0${hour}:00:00Z`,
      to: `2026-12-01T0${hour + 1}:00:00Z`,
      total,
    });
    const [t, amounts, level] = stepColumns([step(1, 5), step(2, -2), step(3, 4)], 'total');
    expect(t[0]).toBe(Date.parse('2026-12-01T01:30:00Z') / 1000);
    expect(amounts).toEqual([5, -2, 4]);
    expect(level).toEqual([5, 3, 7]);
  });
  test('a step that is unknown has no amount and adds nothing', () => {
    const from = '2026-12-01T01:00:00Z';
    const gone = { ...parts, from, to: from, total: null };
    const [, amounts, level] = stepColumns([gone, { ...gone, total: 2 }], 'total');
    expect(amounts).toEqual([null, 2]);
    expect(level).toEqual([0, 2]);
  });
});

test('expiries are days of UTC', () => {
  expect(expiryDay('2026-12-04T08:00:00Z')).toBe('4 Dec 26');
  expect(expiryDay('2027-01-01T00:00:00Z')).toBe('1 Jan 27');
  expect([0.24, 9.94, 31.6].map(daysLeft)).toEqual(['0.2\u202fd', '9.9\u202fd', '32\u202fd']);
});
