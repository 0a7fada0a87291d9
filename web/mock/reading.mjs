// What the mock says of one factor: its report, its path, and how its numbers came about.
import { iso } from './desk.mjs';

export function factorReport(desk, f) {
  const e = desk.exposure(f);
  const figures = f.figures(f.path.t[0], desk.now);
  const text = (x) => x.toFixed(4);
  const pnl = Object.fromEntries(Object.entries(f.pnl).map(([name, x]) => [name, text(x)]));
  pnl.total = text(Object.values(pnl).reduce((a, x) => a + Number(x), 0));
  const index = f.controlled ? 0.38 + 0.05 * Math.abs(f.z) : null;
  return {
    factor: f.factor,
    book: f.book,
    unit: f.unit,
    actual: e.actual,
    target: e.target,
    band: e.band,
    limit: e.limit,
    deviation: e.deviation,
    z: e.z,
    skew: e.skew,
    state: e.state,
    unknown_reason: e.unknown_reason,
    ...figures,
    excursion_list: f.excursions
      .slice(-200)
      .map((x) => ({ ...x, from: iso(x.from), to: iso(x.to) })),
    half_life_seconds: f.coin ? 412.4 : null,
    deviation_pnl: f.coin ? pnl.deviation : null,
    pnl: f.coin ? pnl : null,
    effectiveness: f.controlled?.hedge === 'auto' ? 0.641 : f.controlled ? 0.387 : null,
    minimum_variance_index: index,
    minimum_variance: index && {
      index,
      low: index - 0.06,
      high: index + 0.07,
      m: 20,
      delay_samples: 14,
      samples: 21480,
    },
  };
}

/** Thinned to `points` so that extremes stay. */
export function pathOf(desk, f, query) {
  const to = query.get('to') ? Date.parse(query.get('to')) / 1000 : desk.now;
  const from = Math.max(
    query.get('from') ? Date.parse(query.get('from')) / 1000 : to - 21600,
    f.path.t[0],
  );
  const points = Math.min(5000, Number(query.get('points') ?? 600));
  const p = f.path;
  let first = p.t.findIndex((t) => t > from) - 1;
  if (first < 0) first = Math.max(0, p.t.length - 1);
  let last = p.t.length;
  while (last > first + 1 && p.t[last - 1] > to) last -= 1;
  const stride = Math.max(1, Math.ceil(((last - first) * 2) / points));
  const chosen = new Set([first, last - 1]);
  for (let i = first; i < last; i += stride) {
    let [low, high] = [i, i];
    for (let j = i; j < Math.min(last, i + stride); ++j) {
      if (p.actual[j] < p.actual[low]) low = j;
      if (p.actual[j] > p.actual[high]) high = j;
      if (j > 0 && (p.known[j] !== p.known[j - 1] || p.target[j] !== p.target[j - 1]))
        chosen.add(j);
    }
    chosen.add(low).add(high);
  }
  const at = [...chosen].sort((a, b) => a - b);
  const pick = (list) => at.map((i) => list[i]);
  return {
    key: f.key,
    unit: f.unit,
    from: iso(from),
    to: iso(to),
    t: pick(p.t).map((t) => Math.max(t, from)),
    actual: pick(p.actual),
    target: pick(p.target),
    lower: pick(p.lower),
    upper: pick(p.upper),
    limit_lower: at.map(() => f.limit[0]),
    limit_upper: at.map(() => f.limit[1]),
    known: pick(p.known),
    fills: f.fills.filter((x) => x.t >= from && x.t <= to),
    alerts: f.marks.filter((x) => x.t >= from && x.t <= to),
    excursions: f.excursions
      .filter((x) => (x.to ?? to) >= from)
      .map((x) => ({ ...x, from: iso(x.from), to: iso(x.to) })),
  };
}

export function explainNumber(desk, f) {
  const part = (share) => f.text(f.actual * share);
  const lines = [{ depth: 0, label: f.key, value: `${f.text(f.actual)} ${f.unit}` }];
  if (f.coin === 'BTC') {
    lines.push(
      { depth: 1, label: 'BTC-USDT binance/main mm', value: part(0.46) },
      { depth: 2, label: 'quantity × delta', value: `${part(0.46)} × 1` },
      { depth: 1, label: 'BTC-USDT-PERP bybit/main arb', value: part(-0.18) },
      { depth: 1, label: 'BTC-USD-PERP deribit/options', value: part(0.31) },
      { depth: 2, label: 'contracts / mark', value: `152000 / ${desk.prices.BTC.toFixed(1)}` },
      { depth: 1, label: 'BTC-26MAR27-80000-C deribit/options', value: part(0.22) },
      {
        depth: 2,
        label: 'quantity × delta_net (Black-76, volatility 52.4 %)',
        value: `-40 × ${((-f.actual * 0.22) / 40).toFixed(5)}`,
      },
      { depth: 1, label: 'BTC-26MAR27-55000-P deribit/options', value: part(0.19) },
      { depth: 1, label: 'in flight', value: '0' },
    );
  } else {
    lines.push(
      { depth: 1, label: 'held', value: part(0.93) },
      { depth: 1, label: 'in flight', value: part(0.07) },
    );
  }
  lines.push({
    depth: 0,
    label: 'age of the oldest input',
    value: `${desk.exposure(f).age_seconds.toFixed(1)} s, of at most 10 s`,
  });
  return lines;
}

export function explainTarget(f) {
  const stand = (t, b) => `target ${f.text(t)}, band [${b.map((x) => f.text(x)).join(', ')}]`;
  const base = [f.configuredTarget - f.half * 1.25, f.configuredTarget + f.half * 1.25];
  const lines = [
    {
      depth: 0,
      label: 'model',
      value: `${f.controlled ? 'schedule: base value' : 'static'} → ${stand(f.configuredTarget, base)}`,
    },
  ];
  if (f.coin) {
    lines.push(
      {
        depth: 0,
        label: 'regime',
        value: `level 1 (calm): × 1, band × 1 → ${stand(f.configuredTarget, base)}`,
      },
      {
        depth: 1,
        label: 'volatility',
        value: '0.0182 a square-root day, 4,310 observations, 2 s old',
      },
      {
        depth: 0,
        label: 'vol',
        value: `band × 0.8 = 0.0146 / 0.0182 → ${stand(f.configuredTarget, [f.configuredTarget - f.half, f.configuredTarget + f.half])}`,
      },
    );
  }
  lines.push({
    depth: 0,
    label: 'override',
    value: f.override
      ? `by ${f.override.by}${f.override.until ? ` until ${f.override.until}` : ''} → ${stand(f.target, f.band)}`
      : 'none',
  });
  lines.push({
    depth: 0,
    label: 'limit',
    value: `[${f.limit.map((x) => f.text(x)).join(', ')}] holds nothing back → ${stand(f.target, f.band)}`,
  });
  return lines;
}
