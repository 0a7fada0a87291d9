// The mock's options: BTC options of five expiries on a smile that is written down, valued by
// Black's formula. Coins of one contract: 1; paid in coin.

const daySeconds = 86400;
const days = [4, 11, 32, 95, 186];
const stepOf = [2000, 2000, 4000, 4000, 8000];
/** Contracts by strike, from the lowest of nine up: long near gamma, short far vega. */
const held = [
  [2, -3, 5, 7, 9, 6, -2, -4, 2],
  [-2, 3, -3, 5, 7, 4, 3, -6, -2],
  [5, 6, -7, -6, -15, -5, -10, 4, 6],
  [6, -4, 3, -11, -18, -13, 5, -8, 7],
  [3, 4, -5, -3, -13, -15, 5, -11, 8],
];
const volFloor = 0.01;
const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');

/** Of the standard normal, to 1e-7: Abramowitz and Stegun 26.2.17. */
function normal(x) {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    density(x) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x < 0 ? tail : 1 - tail;
}
const density = (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** One option on one coin, undiscounted. */
export function black(right, forward, strike, vol, years) {
  const call = right === 'call';
  if (years <= 0) {
    const intrinsic = Math.max(0, call ? forward - strike : strike - forward);
    const delta = intrinsic > 0 ? (call ? 1 : -1) : 0;
    return { price: intrinsic, delta, gamma: 0, vega: 0, theta: 0, vanna: 0, volga: 0 };
  }
  const width = vol * Math.sqrt(years);
  const d1 = Math.log(forward / strike) / width + width / 2;
  const d2 = d1 - width;
  const sign = call ? 1 : -1;
  const vega = forward * density(d1) * Math.sqrt(years);
  return {
    price: sign * (forward * normal(sign * d1) - strike * normal(sign * d2)),
    delta: sign * normal(sign * d1),
    gamma: density(d1) / (forward * width),
    vega,
    theta: (-vega * vol) / (2 * years),
    vanna: (-density(d1) * d2) / vol,
    volga: (vega * d1 * d2) / vol,
  };
}

/** A smile with skew, flatter for later expiries; `k` is ln(strike / anchor). */
const smile = (k, years) => {
  const z = k / Math.max(0.06, 0.55 * Math.sqrt(years));
  return 0.5 + 0.06 * Math.sqrt(years) - 0.018 * z + 0.011 * z * z;
};

/** What a position of `coins` in an option is, in the units of the API. */
function exposure(coins, unit, forward, premium) {
  const value = coins * unit.price;
  const inCoin = value / forward;
  const delta = coins * unit.delta;
  return {
    value,
    delta,
    delta_net: delta - inCoin,
    delta_equity: delta - premium,
    gamma: (coins * unit.gamma * forward) / 100,
    vega: (coins * unit.vega) / 100,
    theta: (coins * unit.theta) / 365,
    vanna: (coins * unit.vanna) / 100,
    volga: (coins * unit.volga) / 1e4,
  };
}
const zero = {
  value: 0,
  delta: 0,
  delta_net: 0,
  delta_equity: 0,
  gamma: 0,
  vega: 0,
  theta: 0,
  vanna: 0,
  volga: 0,
};
export const sum = (list) =>
  list.reduce((a, b) => Object.fromEntries(Object.keys(a).map((k) => [k, a[k] + b[k]])), zero);

export class MockOptions {
  constructor(desk) {
    this.desk = desk;
    this.change('all');
    this.opened = desk.now;
    const start = desk.prices.BTC;
    const eight = Math.ceil(desk.now / daySeconds) * daySeconds + 8 * 3600;
    this.expiries = days.map((d, i) => {
      const at = eight + (d - 1) * daySeconds;
      const date = new Date(at * 1000);
      const name = `${date.getUTCDate()}${months[date.getUTCMonth()]}${String(date.getUTCFullYear()).slice(2)}`;
      const middle = Math.round(start / stepOf[i]) * stepOf[i];
      const years = (at - desk.now) / daySeconds / 365;
      const anchor = this.forwardAt(start, years);
      const strikes = held[i].map((_, j) => middle + (j - 4) * stepOf[i]);
      const lines = held[i].map((contracts, j) => {
        const right = strikes[j] < middle ? 'put' : 'call';
        const vol = smile(Math.log(strikes[j] / anchor), years);
        const paid = black(right, anchor, strikes[j], vol, years).price / anchor;
        return {
          instrument: `BTC-${name}-${strikes[j]}-${right === 'call' ? 'C' : 'P'}`,
          strike: strikes[j],
          right,
          contracts,
          premium: contracts * paid,
        };
      });
      return { at, expiry: new Date(at * 1000).toISOString(), anchor, lines };
    });
  }

  change(wish) {
    this.shown = wish !== 'none';
    this.margined = wish !== 'no_margin'; // accounts have a margin configured
    this.gone = new Set(wish === 'no_surface' ? [days.length - 1] : []); // expiries, by index
  }

  forwardAt = (spot, years) => spot * Math.exp(0.045 * years);
  years = (e) => (e.at - this.desk.now) / daySeconds / 365;
  forward = (e) => this.forwardAt(this.desk.prices.BTC, this.years(e));
  known = (e) => !this.gone.has(this.expiries.indexOf(e));
  vol = (e, strike, anchor = e.anchor, years = this.years(e)) =>
    smile(Math.log(strike / anchor), Math.max(years, 1e-4));

  /** Everything held of an expiry, after a shock; as it is now without one. */
  lines(e, { spot = 0, vol = 0, passed = 0, dynamics = 'sticky_strike' } = {}) {
    const forward = this.forward(e) * (1 + spot);
    const years = this.years(e) - passed / 365;
    const anchor = dynamics === 'sticky_delta' ? (e.anchor * forward) / this.forward(e) : e.anchor;
    return e.lines.map((line) => {
      const sigma = Math.max(volFloor, this.vol(e, line.strike, anchor, years) + vol);
      const unit = black(line.right, forward, line.strike, sigma, years);
      return {
        ...line,
        vol: sigma,
        mark: unit.price / forward,
        ...exposure(line.contracts, unit, forward, line.premium),
      };
    });
  }

  total(shock) {
    return sum(this.expiries.flatMap((e) => this.lines(e, shock)));
  }
}
