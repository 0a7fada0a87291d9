// The routes of options: one underlying, BTC, held in one book.
import { Problem } from './common.mjs';
import { iso } from './desk.mjs';
import { MockOptions, sum } from './options.mjs';
import { randomness } from './random.mjs';

const hour = 3600;
const axis = (low, high, step) =>
  Array.from(
    { length: Math.round((high - low) / step) + 1 },
    (_, i) => Math.round((low + i * step) * 1e6) / 1e6,
  );
const parts = ['delta', 'gamma', 'vega', 'theta', 'vanna', 'volga', 'new_trades', 'unexplained'];

export function addOptions(get, desk, list) {
  const options = (desk.options = new MockOptions(desk));
  const steps = recorded(desk, options);
  const books = ['*', 'options'];

  const asked = (underlying, query) => {
    const book = query.get('book') ?? '*';
    if (underlying !== 'BTC' || !options.shown)
      throw new Problem(404, 'not_found', `no options on ${underlying} that a factor counts`);
    if (!books.includes(book))
      throw new Problem(404, 'not_found', `no factor names book ${book}: use one of ${books}`);
    return { underlying, quote: 'USD', book, as_of: iso(desk.now), seq: desk.seq };
  };
  const expiryOf = (e) => ({
    expiry: e.expiry,
    days: (e.at - desk.now) / 86400,
    state: options.known(e) ? 'priced' : 'no_surface',
    forward: options.forward(e),
  });
  const unknown = () => {
    const gone = options.expiries.filter((e) => !options.known(e));
    return gone.length
      ? `no volatility of BTC's options of ${gone[0].expiry.slice(0, 10)}: no surface event covers them`
      : null;
  };

  get('/options', () =>
    list(
      options.shown
        ? [
            {
              underlying: 'BTC',
              quote: 'USD',
              books,
              state: unknown() ? 'unknown' : 'valued',
              unknown_reason: unknown(),
              as_of: iso(desk.now),
              expiries: options.expiries.map((e) => ({
                ...expiryOf(e),
                atm_vol: options.known(e) ? options.vol(e, options.forward(e)) : null,
                contracts: e.lines.reduce((a, l) => a + l.contracts, 0),
              })),
            },
          ]
        : [],
    ),
  );

  get('/margins', () => list(options.margined ? margins(desk, options, unknown()) : []));

  get('/options/{underlying}/greeks', ({ underlying, query }) => ({
    ...asked(underlying, query),
    total: unknown() ? null : options.total(),
    unknown_reason: unknown(),
    expiries: options.expiries.map((e) => ({
      ...expiryOf(e),
      total: options.known(e) ? sum(options.lines(e)) : null,
    })),
    lines: options.expiries.flatMap((e) =>
      options.lines(e).map(({ premium, ...line }) => {
        const { instrument, strike, right, contracts, ...model } = line;
        const told = options.known(e)
          ? model
          : Object.fromEntries(Object.keys(model).map((k) => [k, null]));
        return {
          instrument,
          expiry: e.expiry,
          strike,
          right,
          contracts,
          coins: contracts,
          ...told,
        };
      }),
    ),
  }));

  get('/options/{underlying}/smile', ({ underlying, query }) => ({
    ...asked(underlying, query),
    expiries: options.expiries.map((e, i) => {
      const forward = options.forward(e);
      const known = options.known(e);
      const reach = 2.6 * options.vol(e, forward) * Math.sqrt(options.years(e));
      return {
        expiry: e.expiry,
        days: (e.at - desk.now) / 86400,
        forward,
        surface_age_seconds: known ? (desk.now - options.opened) % 60 : null,
        curve: known
          ? axis(-1, 1, 1 / 30).map((x) => {
              const strike = forward * Math.exp(x * reach);
              return { strike, vol: options.vol(e, strike) };
            })
          : [],
        quotes: marketQuotes(options, e, i),
        own: options.lines(e).map((l) => ({
          strike: l.strike,
          contracts: l.contracts,
          vega: known ? l.vega : null,
        })),
      };
    }),
  }));

  get('/options/{underlying}/scenarios', ({ underlying, query }) => {
    const head = asked(underlying, query);
    const numbers = (name, fallback) =>
      query.has(name) ? query.get(name).split(',').map(Number) : fallback;
    const [spot, vol, times] = [
      numbers('spot', axis(-0.3, 0.3, 0.05)),
      numbers('vol', axis(-0.2, 0.4, 0.1)),
      numbers('days', [0, 1, 7]),
    ];
    const dynamics = query.get('dynamics') ?? 'sticky_strike';
    const delta = query.get('delta') ?? 'delta'; // what the mock's factors count
    const now = options.total();
    const target = targets(desk, head.book);
    const others = desk.byKey.get(target.delta.factor).actual - now.delta;
    if (delta !== 'delta') target.delta = null;
    const axes = { dynamics, delta, spot, vol, days: times, target };
    if (unknown()) return { ...head, ...axes, unknown_reason: unknown(), cells: [] };
    const cells = times.flatMap((passed) =>
      vol.flatMap((v) =>
        spot.map((s) => {
          const then = options.total({ spot: s, vol: v, passed, dynamics });
          const pnl = then.value - now.value + others * s * desk.prices.BTC;
          const cell = {
            pnl,
            delta: then[delta] + others,
            gamma: then.gamma,
            vega: then.vega,
            theta: then.theta,
          };
          for (const name of ['delta', 'gamma', 'vega']) {
            const band = target[name];
            cell[`${name}_side`] =
              band === null
                ? null
                : cell[name] < band.lower
                  ? 'below'
                  : cell[name] > band.upper
                    ? 'above'
                    : 'inside';
          }
          return cell;
        }),
      ),
    );
    return { ...head, ...axes, unknown_reason: null, cells };
  });

  get('/options/{underlying}/explain', ({ underlying, query }) => {
    const midnight = Math.floor(desk.now / 86400) * 86400;
    const over = (list) =>
      Object.fromEntries([...parts, 'total'].map((p) => [p, list.reduce((a, s) => a + s[p], 0)]));
    return {
      ...asked(underlying, query),
      from: steps[0].from,
      to: steps.at(-1).to,
      today: over(steps.filter((s) => Date.parse(s.from) / 1000 >= midnight)),
      all: over(steps),
      open: unknown() ? null : over(steps.slice(-1).map((s) => scaled(s, 0.3))),
      steps: steps.slice(-168),
      unknown_seconds: 2 * hour,
      unknown_seconds_today: 0,
    };
  });
}

/** Portfolio margin in coin on the options, standard margin in quote on a perpetual. */
function margins(desk, options, unknown) {
  const now = options.total();
  const forward = desk.prices.BTC;
  const cells = [-0.16, -0.12, -0.08, -0.04, 0, 0.04, 0.08, 0.12, 0.16].flatMap((move) =>
    [
      ['up', 0.5],
      ['same', 0],
      ['down', -0.25],
    ].map(([vol, vol_move]) => {
      const then = options.total({ spot: move, vol: 0.5 * vol_move, passed: 0 });
      const pnl = then.value / (forward * (1 + move)) - now.value / forward;
      return { price_move: move, vol, vol_move, extended: false, pnl };
    }),
  );
  const { pnl, ...worst } = cells.reduce((a, b) => (b.pnl < a.pnl ? b : a));
  const loss = Math.max(0, -pnl);
  const roll_shock = 0.01 * Math.abs(now.delta_net);
  const initial = loss + roll_shock;
  const maintenance = 0.8 * initial;
  const head = { venue: 'deribit', account: 'main', as_of: iso(desk.now) };
  const known = (figures) => {
    const state =
      figures.equity < figures.maintenance
        ? 'below_maintenance'
        : figures.equity < figures.initial
          ? 'below_initial'
          : 'covered';
    const free = figures.equity - figures.initial;
    return {
      state,
      unknown_reason: null,
      ...figures,
      use: figures.initial / figures.equity,
      free,
      free_in_flight: free,
      age_seconds: (desk.now - options.opened) % 60,
    };
  };
  const nothing = {
    equity: null,
    initial: null,
    maintenance: null,
    use: null,
    free: null,
    free_in_flight: null,
    age_seconds: null,
  };
  const perpetual = { initial: 25_500, maintenance: 13_500 };
  return [
    {
      ...head,
      currency: 'BTC',
      model: 'portfolio',
      coins: ['BTC'],
      ...(unknown
        ? { state: 'unknown', unknown_reason: unknown, ...nothing }
        : known({ equity: 14.2, initial, maintenance })),
      positions: unknown
        ? []
        : options.expiries.flatMap((e) =>
            options.lines(e).map((l) => ({
              instrument: l.instrument,
              coins: l.contracts,
              initial: null,
              maintenance: null,
            })),
          ),
      by_coin: unknown
        ? []
        : [
            {
              coin: 'BTC',
              initial,
              maintenance,
              worst: loss > 0 ? worst : null,
              loss,
              delta_shock: 0,
              roll_shock,
            },
          ],
    },
    {
      ...head,
      currency: 'USDC',
      model: 'standard',
      coins: ['BTC'],
      ...known({ equity: 29_840.5, ...perpetual }),
      positions: [{ instrument: 'BTC_USDC-PERPETUAL', coins: -18.5, ...perpetual }],
      by_coin: [],
    },
  ];
}

const scaled = (step, by) => Object.fromEntries([...parts, 'total'].map((p) => [p, step[p] * by]));

/** Bands of the factors of that book, in the units of the greeks. */
function targets(desk, book) {
  const of = (kind, unit) => {
    const factor = desk.byKey.get(book === '*' ? `${kind}:BTC` : `${kind}:BTC@${book}`);
    return factor
      ? {
          factor: factor.key,
          target: factor.target * unit,
          lower: factor.band[0] * unit,
          upper: factor.band[1] * unit,
        }
      : null;
  };
  return { delta: of('delta', 1), gamma: of('gamma', desk.prices.BTC / 100), vega: of('vega', 1) };
}

/** Bids and asks around the smile, wider and scarcer far out; the market is not quite ours. */
function marketQuotes(options, e, i) {
  const own = new Set(e.lines.map((l) => l.strike));
  const step = e.lines[1].strike - e.lines[0].strike;
  const low = e.lines[0].strike - 3 * step;
  return Array.from({ length: 15 }, (_, j) => low + j * step)
    .filter((strike) => strike > 0)
    .map((strike, j) => {
      const right = strike < e.anchor ? 'put' : 'call';
      const away = Math.abs(Math.log(strike / e.anchor));
      const half = 0.004 + 0.03 * away + 0.002 * i;
      const mid = options.vol(e, strike) + 0.004 * Math.sin(1.7 * j + i);
      return {
        instrument: `BTC-${e.expiry.slice(0, 10)}-${strike}-${right === 'call' ? 'C' : 'P'}`,
        strike,
        right,
        bid_vol: own.has(strike) || j % 3 ? mid - half : null,
        ask_vol: mid + half,
        mark_vol: mid,
      };
    });
}

/** A week of hours before now: moves drawn, greeks those of now. */
function recorded(desk, options) {
  const random = randomness(31);
  const greeks = options.total();
  const last = Math.floor(desk.now / hour) * hour;
  return Array.from({ length: 168 }, (_, i) => {
    const from = last - (168 - i) * hour;
    const dF = desk.prices.BTC * 0.0048 * random.normal();
    const dv = 0.5 * random.normal() - 0.3 * Math.sign(dF) * random.uniform();
    const percent = (100 * dF) / desk.prices.BTC;
    const step = {
      delta: 0.8 * greeks.delta * dF,
      gamma: 0.5 * greeks.gamma * percent * dF,
      vega: 0.7 * greeks.vega * dv,
      theta: greeks.theta / 24,
      vanna: greeks.vanna * dF * dv,
      volga: 0.5 * greeks.volga * dv * dv,
      new_trades: random.uniform() < 0.12 ? random.between(-400, 2600) : 0,
      unexplained: 60 * random.normal(),
    };
    const total = parts.reduce((a, p) => a + step[p], 0);
    // For two hours of the week nobody knew the volatilities.
    const known = i !== 70 && i !== 71;
    const told = Object.entries({ ...step, total }).map(([k, x]) => [k, known ? x : null]);
    return { from: iso(from), to: iso(from + hour), ...Object.fromEntries(told) };
  });
}
