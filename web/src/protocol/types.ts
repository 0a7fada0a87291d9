// What docs/api.md says, as types. Decimals are strings, statistics numbers, times RFC 3339.

export type Decimal = string;
export type Pair = [Decimal, Decimal];

export type Role = 'viewer' | 'trader' | 'risk' | 'admin' | 'ingest' | 'metrics';
export interface Me {
  name: string;
  role: Role;
  expires: string | null;
}

export interface List<T> {
  items: T[];
  next: string | null;
  as_of: string;
  seq: number;
}

export type FactorState = 'in_band' | 'above' | 'below' | 'unknown';
export type Windows = Partial<
  Record<'5m' | '1h' | '6h' | '24h' | '30d' | 'today' | 'all', number | null>
>;

export interface Exposure {
  key: string;
  factor: string;
  book: string;
  unit: string;
  state: FactorState;
  unknown_reason: string | null;
  actual: Decimal | null;
  target: Decimal | null;
  band: Pair | null;
  limit: Pair | null;
  deviation: Decimal | null;
  z: number | null;
  skew: number | null;
  alpha: number | null;
  adherence: Windows | null;
  time_in_band_today: number | null;
  excursion: { seconds: number; cause: string } | null;
  cost_to_return: Decimal | null;
  proposal: { id: string; action: string; state: string } | null;
  overridden: boolean;
  age_seconds: number | null;
  since: string | null;
}

export interface DeskAdherence {
  key: string;
  adherence: Windows;
  weights_basis: string;
}

export interface Figures {
  known_seconds: number;
  unknown_fraction: number;
  adherence: number | null;
  time_in_band: number | null;
  time_above: number | null;
  time_below: number | null;
  time_past_limit: number | null;
  bias: number | null;
  rms_z: number | null;
  max_abs_z: number | null;
  excursions: {
    count: number;
    longest_seconds: number;
    mean_seconds: number | null;
    open_seconds: number | null;
  };
  out_of_band_seconds_by_cause: Record<string, number>;
}

export interface AdherenceRow extends Figures {
  factor: string;
  book: string;
  unit: string;
  from: string;
  to: string;
}

export interface Excursion {
  from: string;
  to: string | null;
  side: 'above' | 'below';
  worst_z: number;
  cause: string;
}

export const profitParts = ['spread', 'target', 'deviation', 'basis', 'funding', 'fees'] as const;
export type ProfitPart = (typeof profitParts)[number];
export type Profit = Record<ProfitPart | 'total', Decimal>;

export interface FactorReport extends Figures {
  factor: string;
  book: string;
  unit: string;
  half_life_seconds: number | null;
  deviation_pnl: Decimal | null;
  pnl: Profit | null;
  effectiveness: number | null;
  minimum_variance_index: number | null;
  minimum_variance: {
    index: number;
    low: number | null;
    high: number | null;
    m: number;
    delay_samples: number;
    samples: number;
  } | null;
  excursion_list?: Excursion[];
}

export interface Fill {
  t: number;
  origin: string;
  side: 'buy' | 'sell';
  qty: Decimal;
  instrument: string;
  price: Decimal;
}
export interface Path {
  key: string;
  unit: string;
  from: string;
  to: string;
  t: number[];
  actual: (number | null)[];
  target: (number | null)[];
  lower: (number | null)[];
  upper: (number | null)[];
  limit_lower: (number | null)[];
  limit_upper: (number | null)[];
  known: boolean[];
  fills: Fill[];
  alerts: { t: number; id: string; rule: string; severity: string; state: string }[];
  excursions: Excursion[];
}

export interface Line {
  depth: number;
  label: string;
  value: string;
}

export interface Alert {
  id: string;
  rule: string;
  factor: string;
  book: string | null;
  episode: number;
  severity: 'info' | 'warning' | 'critical';
  state: 'pending' | 'firing' | 'acknowledged' | 'ok';
  since: string;
  fired: string | null;
  cleared: string | null;
  value: number | null;
  reason: string | null;
}

export interface Rule {
  name: string;
  when: string;
  factors: string[]; // none: the desk's adherence
  severity: string;
  for: string | number | null;
  clear: number | null;
  shelved_until: string | null;
}

export interface Option {
  action: string;
  chosen: boolean;
  possible: boolean;
  in_time: boolean;
  cost: Decimal | number | null;
  risk_cost: Decimal | number | null;
  total: Decimal | number | null;
  seconds: number | null;
  why: string;
}

export interface Proposal {
  id: string;
  key: string;
  action: string;
  state: string;
  reason: string; // of its state
  because?: string | null; // of its choice
  since: string;
  ended: string | null;
  deadline: string | null;
  deviation: Decimal | number | null;
  unit: string;
  expected_cost: Decimal | number | null;
  realised_cost: Decimal | number | null;
  quantity: Decimal | number | null;
  by: string | null;
  options?: Option[];
  lines?: Line[];
}

export interface VenueHealth {
  venue: string;
  age_seconds: number | null;
  lag_seconds: { p50: number | null; p99: number | null };
  skew_seconds: number | null;
  gaps: number;
  longest_gap_seconds: number;
  silent: boolean;
  breaks: number;
  events_per_second: number;
}

export interface Health {
  status: 'ok' | 'degraded' | 'stopped';
  problems: { code: string; severity: string; detail: string }[];
  now: string;
  wall: string;
  mode: 'live' | 'simulated';
  speed: number;
  venues: VenueHealth[];
  journal: { last_seq: number; durable_seq: number; lag_seconds: number; failed: string | null };
  kill_switches: string[];
  breakers: string[];
  alerts: { firing: number; acknowledged: number };
  sinks: {
    name: string;
    queued: number;
    failing_since: string | null;
    last_error: string | null;
  }[];
}

export interface Desk {
  name: string;
  currency: string;
  version: string;
  mode: string;
  speed: number;
  venues: { name: string; accounts: string[] }[];
  factors: {
    key: string;
    factor: string;
    book: string;
    unit: string;
    kind: string;
    controlled: Record<string, string> | null;
  }[];
  rules: string[];
  config: { file: string; sha256: string; loaded: string };
}

export interface Position {
  venue: string;
  account: string;
  book: string;
  instrument: string;
  qty: Decimal;
  average_price: Decimal | null;
  realized_pnl: Decimal;
  unrealized_pnl: Decimal | null;
  settlement: string;
  mark: Decimal | null;
  fees: Record<string, Decimal>;
  funding: Record<string, Decimal>;
}
export interface Balance {
  venue: string;
  account: string;
  asset: string;
  qty: Decimal;
}
export interface Transfer {
  id: string;
  asset: string;
  qty: Decimal;
  from: string;
  to: string;
  sent: string;
  overdue: boolean;
  ended?: boolean | string | null;
}
export interface Break {
  venue: string;
  account: string;
  subject: string;
  stated: Decimal;
  ours: Decimal;
  since: string;
  open: boolean;
  candidates: string[];
}

export interface Limit {
  key: string;
  unit: string;
  limit: Pair | null;
  configured: Pair | null;
  used: number | null;
  version?: string;
}
export type Limits = List<Limit> & { rails?: Record<string, unknown> };

export interface KillSwitch {
  scope: string;
  kind?: 'kill_switch' | 'breaker';
  since?: string | null;
  by?: string | null;
  reason?: string | null;
}

export interface Audit {
  seq: number;
  t: string;
  by: string;
  role: string;
  action: string;
  subject: string;
  before: unknown;
  after: unknown;
  reason: string;
  event: number | null;
}

export interface Journal {
  file: string;
  last_seq: number;
  durable_seq: number;
  digest: string;
  bytes: number;
  commit_seconds: { p50: number | null; p99: number | null };
}

interface Quantiles {
  p50: number | null;
  p99: number | null;
}
export interface System {
  version: string;
  uptime_seconds: number;
  events_per_second: number;
  queue: { depth: number; capacity: number };
  latency_seconds: Record<string, Quantiles>;
  memory_bytes: number;
  stream: { clients: number; messages_per_second: number; dropped: number };
  http: { connections: number; requests: number };
}

export interface Pnl {
  factors: { key: string; pnl: Profit | null }[];
  positions: {
    realized: Decimal | null;
    unrealized: Decimal | null;
    fees: Decimal | null;
    funding: Decimal | null;
    unpriced?: string[];
  };
  net_asset_value: Decimal | null;
}

export interface Token {
  name: string;
  role: Role;
  expires: string | null;
}
