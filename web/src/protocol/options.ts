// What docs/api.md says of options and margin, as types. Model values, so numbers; null is unknown.

export interface OptionExpiry {
  expiry: string;
  days: number;
  state: 'priced' | 'no_forward' | 'no_surface' | 'out_of_range' | 'unsettled' | 'settled';
  forward: number | null;
}
export interface OptionUnderlying {
  underlying: string;
  quote: string;
  books: string[]; // '*' is the whole desk
  state: 'valued' | 'unknown';
  unknown_reason: string | null;
  as_of: string;
  expiries: (OptionExpiry & { atm_vol: number | null; contracts: number })[];
}

export const greekNames = [
  'value', // quote
  'delta', // coins, Black's
  'delta_net',
  'delta_equity',
  'gamma', // coins per 1 % of the forward
  'vega', // quote per volatility point
  'theta', // quote per day
  'vanna', // coins per volatility point
  'volga', // quote per volatility point squared
] as const;
export type GreekName = (typeof greekNames)[number];
export type Greeks = Record<GreekName, number>;

export interface OptionLine extends Record<GreekName, number | null> {
  instrument: string;
  expiry: string;
  strike: number;
  right: 'call' | 'put';
  contracts: number;
  coins: number;
  vol: number | null;
  mark: number | null;
}
interface OptionAnswer {
  underlying: string;
  book: string;
  as_of: string;
  seq: number;
}
export interface OptionGreeks extends OptionAnswer {
  quote: string;
  total: Greeks | null;
  unknown_reason: string | null;
  expiries: (OptionExpiry & { total: Greeks | null })[];
  lines: OptionLine[]; // by expiry, strike, right
}

export interface SmileQuote {
  instrument: string;
  strike: number;
  right: 'call' | 'put';
  bid_vol: number | null;
  ask_vol: number | null;
  mark_vol: number | null;
}
export interface ExpirySmile {
  expiry: string;
  days: number;
  forward: number | null;
  surface_age_seconds: number | null;
  curve: { strike: number; vol: number }[];
  quotes: SmileQuote[];
  own: { strike: number; contracts: number; vega: number | null }[];
}
export interface OptionSmile extends OptionAnswer {
  expiries: ExpirySmile[];
}

export type BandSide = 'below' | 'inside' | 'above';
export interface ScenarioCell {
  pnl: number;
  delta: number;
  gamma: number;
  vega: number;
  theta: number;
  delta_side: BandSide | null;
  gamma_side: BandSide | null;
  vega_side: BandSide | null;
}
export interface ScenarioTarget {
  factor: string;
  target: number;
  lower: number;
  upper: number;
}
export interface OptionScenarios extends OptionAnswer {
  quote: string;
  dynamics: 'sticky_strike' | 'sticky_delta';
  delta: 'delta' | 'delta_net' | 'delta_equity';
  spot: number[];
  vol: number[];
  days: number[];
  target: Record<'delta' | 'gamma' | 'vega', ScenarioTarget | null>;
  unknown_reason?: string | null; // of there being no cells
  cells: ScenarioCell[]; // by days, then vol, then spot
}

export const explainParts = [
  'delta',
  'gamma',
  'vega',
  'theta',
  'vanna',
  'volga',
  'new_trades',
  'unexplained',
] as const;
export type ExplainPart = (typeof explainParts)[number];
export type Explained = Record<ExplainPart | 'total', number>;
export type ExplainStep = { from: string; to: string } & Record<keyof Explained, number | null>;
export interface OptionExplain extends OptionAnswer {
  quote: string;
  from: string | null;
  to: string | null;
  today: Explained | null;
  all: Explained | null;
  open: Explained | null; // of the step under way
  steps: ExplainStep[]; // oldest first
  unknown_seconds: number; // of all
  unknown_seconds_today?: number;
}

// ---- margin: what venues ask of accounts, in their currencies

export type MarginState = 'unknown' | 'covered' | 'below_initial' | 'below_maintenance';
export interface MarginPosition {
  instrument: string;
  coins: number;
  initial: number | null; // standard margin's
  maintenance: number | null;
}
export interface CoinMargin {
  coin: string;
  initial: number;
  maintenance: number;
  worst: {
    price_move: number;
    vol: 'up' | 'same' | 'down';
    vol_move: number;
    extended: boolean;
  } | null; // none loses anything
  loss: number;
  delta_shock: number;
  roll_shock: number;
}
export interface Margin {
  venue: string;
  account: string;
  currency: string;
  model: 'standard' | 'portfolio';
  coins: string[];
  as_of: string;
  state: MarginState;
  unknown_reason: string | null;
  equity: number | null;
  initial: number | null;
  maintenance: number | null;
  use: number | null;
  free: number | null;
  free_in_flight: number | null;
  age_seconds: number | null;
  positions: MarginPosition[];
  by_coin: CoinMargin[]; // portfolio margin's
}
