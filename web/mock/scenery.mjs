// The desk that the mock plays: what it trades, where, and which factors it watches.

export const venues = [
  { name: 'binance', accounts: ['main', 'hedge'] },
  { name: 'bybit', accounts: ['main'] },
  { name: 'deribit', accounts: ['options'] },
];

export const instruments = [
  { name: 'BTC-USDT', kind: 'spot', venue: 'binance', base: 'BTC', quote: 'USDT' },
  { name: 'ETH-USDT', kind: 'spot', venue: 'binance', base: 'ETH', quote: 'USDT' },
  { name: 'BTC-USDT-PERP', kind: 'linear_perpetual', venue: 'bybit', base: 'BTC', quote: 'USDT' },
  { name: 'ETH-USDT-PERP', kind: 'linear_perpetual', venue: 'bybit', base: 'ETH', quote: 'USDT' },
  { name: 'BTC-USD-PERP', kind: 'inverse_perpetual', venue: 'deribit', base: 'BTC', quote: 'USD' },
  {
    name: 'BTC-26MAR27-80000-C',
    kind: 'option_inverse',
    venue: 'deribit',
    base: 'BTC',
    quote: 'USD',
  },
  {
    name: 'BTC-26MAR27-55000-P',
    kind: 'option_inverse',
    venue: 'deribit',
    base: 'BTC',
    quote: 'USD',
  },
];

const approve = { skew: 'auto', hedge: 'approve', transfer: 'off' };
const auto = { skew: 'auto', hedge: 'auto', transfer: 'off' };
const move = { skew: 'off', hedge: 'off', transfer: 'approve' };

/** factor, book, unit, target, half band, limit, decimals, who moves it, which venues it rests on */
const rows = [
  [
    'delta:BTC',
    '*',
    'BTC',
    8,
    1.2,
    [4, 12],
    4,
    approve,
    ['binance', 'bybit', 'deribit'],
    'BTC',
    0.9,
  ],
  ['delta:BTC', 'mm', 'BTC', 0, 0.8, [-4, 4], 4, auto, ['binance'], 'BTC', 1.1],
  ['delta:BTC', 'arb', 'BTC', 0, 0.3, [-2, 2], 4, auto, ['binance', 'bybit'], 'BTC', 0.6],
  ['delta:BTC', 'options', 'BTC', 2.5, 0.9, [-6, 9], 4, null, ['deribit'], 'BTC', 0.8],
  ['delta:ETH', '*', 'ETH', 0, 25, [-120, 120], 3, approve, ['binance', 'bybit'], 'ETH', 1.0],
  ['delta:ETH', 'mm', 'ETH', 0, 15, [-80, 80], 3, auto, ['binance'], 'ETH', 1.0],
  ['delta:ETH', 'arb', 'ETH', 0, 6, [-30, 30], 3, auto, ['binance', 'bybit'], 'ETH', 0.5],
  [
    'gamma:BTC',
    'options',
    'BTC/USD',
    0.00042,
    0.00012,
    [0, 0.0009],
    6,
    null,
    ['deribit'],
    null,
    0.5,
  ],
  ['vega:BTC', 'options', 'USDT', -12000, 4500, [-32000, 8000], 2, null, ['deribit'], null, 0.7],
  [
    'cash:USDT@binance',
    '*',
    'USDT',
    1500000,
    320000,
    [400000, 3500000],
    2,
    move,
    ['binance'],
    null,
    0.8,
  ],
  [
    'cash:USDT@bybit',
    '*',
    'USDT',
    900000,
    200000,
    [250000, 2000000],
    2,
    move,
    ['bybit'],
    null,
    0.9,
  ],
  ['cash:BTC@deribit', '*', 'BTC', 22, 4, [8, 40], 4, move, ['deribit'], null, 0.5],
  ['cash:ETH@binance', '*', 'ETH', 300, 60, [100, 700], 3, null, ['binance'], null, 0.6],
];

export function factorSpecs(count, random) {
  const specs = rows.map(
    ([factor, book, unit, target, half, limit, digits, modes, on, coin, noise]) => ({
      key: book === '*' ? factor : `${factor}@${book}`,
      factor,
      book,
      unit,
      target,
      half,
      limit,
      digits,
      controlled: modes,
      venues: on,
      coin,
      noise,
    }),
  );
  for (let i = specs.length; i < count; ++i) {
    const coin = `C${String(i).padStart(3, '0')}`;
    const half = 10 ** Math.round(random.between(-1, 3));
    specs.push({
      key: `delta:${coin}@mm`,
      factor: `delta:${coin}`,
      book: 'mm',
      unit: coin,
      target: 0,
      half,
      limit: [-5 * half, 5 * half],
      digits: 3,
      controlled: null,
      venues: [random.pick(venues).name],
      coin: null,
      noise: random.between(0.4, 1.1),
    });
  }
  return specs.slice(0, count);
}

export const rules = [
  {
    name: 'out-of-band',
    when: 'abs_z > 1',
    factors: rows.map(([factor, book]) => (book === '*' ? factor : `${factor}@${book}`)),
    severity: 'warning',
    for: '20s',
    clear: 0.8,
  },
  {
    name: 'far-out',
    when: 'abs_z > 2',
    factors: rows.map(([factor, book]) => (book === '*' ? factor : `${factor}@${book}`)),
    severity: 'critical',
    for: '0s',
    clear: 1.5,
  },
  {
    name: 'unknown',
    when: 'unknown_seconds > 30',
    factors: rows.map(([factor, book]) => (book === '*' ? factor : `${factor}@${book}`)),
    severity: 'warning',
    for: '0s',
    clear: 0,
  },
  {
    name: 'desk-adherence',
    when: 'adherence < 0.9 over 1h',
    factors: [],
    severity: 'critical',
    for: '0s',
    clear: 0.95,
  },
];

export const rails = {
  order_notional: 250000,
  daily_notional: 20000000,
  price_collar: 0.01,
  messages: 20,
  position_notional: 1000000,
  stale_after: '10s',
};
