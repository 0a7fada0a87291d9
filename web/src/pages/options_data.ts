// What the options pages show of the service's answers: grids of greeks, rows of a smile, cells of
// a scenario matrix, steps of an explanation.
import { plain } from '../base/decimal';
import {
  explainParts,
  type BandSide,
  type Explained,
  type ExplainStep,
  type ExpirySmile,
  type GreekName,
  type OptionGreeks,
  type OptionScenarios,
  type ScenarioCell,
  type SmileQuote,
} from '../protocol/options';
import { mostOf, together, type Figure } from '../ui/scale';
import type { Step } from '../ui/waterfall';

export type Shown = GreekName | 'contracts';
/** What each greek is called on the screen. */
export const names: Record<Shown, string> = {
  value: 'Value',
  delta: 'Delta',
  delta_net: 'Delta net',
  delta_equity: 'Delta equity',
  gamma: 'Gamma',
  vega: 'Vega',
  theta: 'Theta',
  vanna: 'Vanna',
  volga: 'Volga',
  contracts: 'Contracts',
};

export function unitOf(name: Shown | 'pnl', coin: string, quote: string): string {
  switch (name) {
    case 'contracts':
      return 'contracts';
    case 'delta':
    case 'delta_net':
    case 'delta_equity':
      return coin;
    case 'gamma':
      return `${coin} per 1\u202f%`;
    case 'vega':
      return `${quote} per vol point`;
    case 'theta':
      return `${quote} per day`;
    case 'vanna':
      return `${coin} per vol point`;
    case 'volga':
      return `${quote} per vol point²`;
    default:
      return quote;
  }
}

// ---- greeks by expiry and strike

export interface GreekGrid {
  strikes: number[];
  rows: { expiry: string; days: number; state: string; cells: Figure[]; total: Figure }[];
  totals: Figure[]; // by strike
  total: Figure;
  most: number; // of single cells
}

/** Only what is held: calls and puts of a strike together. */
export function greekGrid(greeks: OptionGreeks, name: Shown): GreekGrid {
  const strikes = [...new Set(greeks.lines.map((l) => l.strike))].sort((a, b) => a - b);
  const rows = greeks.expiries
    .map((e) => ({ e, lines: greeks.lines.filter((l) => l.expiry === e.expiry) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ e, lines }) => ({
      expiry: e.expiry,
      days: e.days,
      state: e.state,
      cells: strikes.map((k) => together(lines.filter((l) => l.strike === k).map((l) => l[name]))),
      total:
        name === 'contracts' ? together(lines.map((l) => l.contracts)) : totalOf(e.total, name),
    }));
  const contracts = together(greeks.lines.map((l) => l.contracts));
  return {
    strikes,
    rows,
    totals: strikes.map((_, i) => together(rows.map((r) => r.cells[i]))),
    total: name === 'contracts' ? contracts : totalOf(greeks.total, name),
    most: mostOf(rows.flatMap((r) => r.cells)),
  };
}
const totalOf = (total: Record<GreekName, number> | null, name: GreekName): Figure =>
  total === null ? null : total[name];

/** Where in a rising list a value is nearest; -1 in an empty one. */
export function nearest(list: readonly number[], value: number | null | undefined): number {
  if (value === null || value === undefined) return -1;
  let best = -1;
  list.forEach((x, i) => {
    if (best < 0 || Math.abs(x - value) < Math.abs(list[best]! - value)) best = i;
  });
  return best;
}

// ---- smiles

export interface SmileRow {
  strike: number;
  surface: number | null; // the desk's, between its points
  quote: SmileQuote | null; // of the option out of the money where both are quoted
  contracts: number | null;
  vega: number | null;
}

/** The surface at a strike; nothing beyond the ends of its curve. */
export function curveAt(curve: ExpirySmile['curve'], strike: number): number | null {
  const after = curve.findIndex((p) => p.strike >= strike);
  if (after < 0) return null;
  const [a, b] = [curve[after - 1], curve[after]!];
  if (b.strike === strike) return b.vol;
  if (!a) return null;
  return a.vol + ((b.vol - a.vol) * (strike - a.strike)) / (b.strike - a.strike);
}

export function smileRows(smile: ExpirySmile): SmileRow[] {
  const forward = smile.forward ?? 0;
  const told = (q: SmileQuote) => q.bid_vol !== null || q.ask_vol !== null || q.mark_vol !== null;
  const out = (q: SmileQuote) => (q.right === 'put' ? q.strike < forward : q.strike >= forward);
  const rank = (q: SmileQuote) => (told(q) ? 2 : 0) + (out(q) ? 1 : 0);
  const quotes = new Map<number, SmileQuote>();
  for (const quote of smile.quotes) {
    const other = quotes.get(quote.strike);
    if (!other || rank(quote) > rank(other)) quotes.set(quote.strike, quote);
  }
  const own = new Map(smile.own.map((o) => [o.strike, o]));
  return [...new Set([...quotes.keys(), ...own.keys()])]
    .sort((a, b) => a - b)
    .map((strike) => ({
      strike,
      surface: curveAt(smile.curve, strike),
      quote: quotes.get(strike) ?? null,
      contracts: own.get(strike)?.contracts ?? null,
      vega: own.get(strike)?.vega ?? null,
    }));
}

/** The strikes to draw: where the curve is and what is held; else where the market quotes. */
export function strikeRange(smile: ExpirySmile): [number, number] | null {
  const wanted = [...smile.curve.map((p) => p.strike), ...smile.own.map((o) => o.strike)];
  const all = smile.curve.length > 0 ? wanted : [...wanted, ...smile.quotes.map((q) => q.strike)];
  if (all.length === 0) return null;
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const air = (high - low || high) * 0.03;
  return [low - air, high + air];
}

/** Columns to draw: strike, surface, bid, ask, mark, in strikes that rise. */
export function smileColumns(smile: ExpirySmile, rows: SmileRow[]): (number | null)[][] {
  const points = new Map<number, SmileRow | null>(smile.curve.map((p) => [p.strike, null]));
  for (const row of rows) points.set(row.strike, row);
  const strikes = [...points.keys()].sort((a, b) => a - b);
  const from = (name: 'bid_vol' | 'ask_vol' | 'mark_vol') =>
    strikes.map((k) => points.get(k)?.quote?.[name] ?? null);
  return [
    strikes,
    strikes.map((k) => curveAt(smile.curve, k)),
    from('bid_vol'),
    from('ask_vol'),
    from('mark_vol'),
  ];
}

// ---- scenarios

export const measures = ['pnl', 'delta', 'gamma', 'vega'] as const;
export type Measure = (typeof measures)[number];
export const banded = ['delta', 'gamma', 'vega'] as const;
export type Banded = (typeof banded)[number];
const letters = { delta: 'Δ', gamma: 'Γ', vega: 'ν' };
const arrows: Record<BandSide, string> = { below: '▼', inside: '', above: '▲' };

/** Rows of volatility, columns of spot, at one time. */
export function scenarioCells(s: OptionScenarios, day: number): ScenarioCell[][] {
  const size = s.vol.length * s.spot.length;
  return s.vol.map((_, v) => {
    const from = day * size + v * s.spot.length;
    return s.cells.slice(from, from + s.spot.length);
  });
}

/** Which bands a cell is out of: of the measure's own factor, of profit all. */
export function marksOf(cell: ScenarioCell, measure: Measure): { marks: string; said: string } {
  const out = (measure === 'pnl' ? banded : [measure]).flatMap((name) => {
    const side = cell[`${name}_side`];
    return side === null || side === 'inside' ? [] : [{ name, side }];
  });
  return {
    marks: out.map((o) => (measure === 'pnl' ? letters[o.name] : '') + arrows[o.side]).join(' '),
    said: out.map((o) => `${o.name} ${o.side} its band`).join(', '),
  };
}

export function signedPercent(x: number): string {
  const whole = Math.round(x * 1e6) / 1e4;
  return `${whole < 0 ? '\u2212' : whole > 0 ? '+' : ''}${Math.abs(whole)}`;
}

// ---- explanation

const meanings: Record<keyof Explained, string> = {
  delta: 'delta times the move of the forward',
  gamma: 'half of gamma times the move squared',
  vega: 'vega times the move of the implied volatility',
  theta: 'theta times the time that passed',
  vanna: 'vanna times both moves',
  volga: 'half of volga times the volatility move squared',
  new_trades: 'what was traded meanwhile: its value after, less its premium',
  unexplained: 'the total beyond its parts: moves too large for the greeks',
  total: 'what the options earned',
};
export const partName = (part: keyof Explained) => part.replace('_', ' ');

export function explainSteps(parts: Explained): Step[] {
  const step = (part: keyof Explained): Step => ({
    name: partName(part),
    value: plain(parts[part]),
    about: meanings[part],
  });
  return [...explainParts.map(step), { ...step('total'), total: true }];
}

/**
 * Each step's amount and what they come to, at the middle of its time in seconds. What is unknown
 * adds nothing, as in the service's sums.
 */
export function stepColumns(
  steps: readonly ExplainStep[],
  part: keyof Explained,
): [number[], (number | null)[], number[]] {
  let level = 0;
  return [
    steps.map((s) => (Date.parse(s.from) + Date.parse(s.to)) / 2000),
    steps.map((s) => s[part]),
    steps.map((s) => (level += s[part] ?? 0)),
  ];
}
