// One factor of the mock's desk: a path around a target, the excursions from its band, and figures
// over it, worked out simply from the path.

const DAY = 86400;

export class Factor {
  constructor(spec, random) {
    Object.assign(this, spec);
    this.random = random;
    this.band = [spec.target - spec.half, spec.target + spec.half];
    this.configured = [...spec.limit];
    this.configuredTarget = spec.target;
    this.z = random.between(-0.5, 0.5);
    this.actual = this.at(this.z);
    this.path = { t: [], actual: [], target: [], lower: [], upper: [], known: [] };
    this.fills = [];
    this.marks = [];
    this.excursions = [];
    this.open = null;
    this.unknown = null;
    this.version = 1;
    this.override = null;
    this.hedgeAt = null;
    this.seen = 0;
    this.pnl = Object.fromEntries(
      ['spread', 'target', 'deviation', 'basis', 'funding', 'fees'].map((k) => [k, 0]),
    );
  }

  at(z) {
    return (
      this.target + (z > 0 ? z * (this.band[1] - this.target) : z * (this.target - this.band[0]))
    );
  }

  text(value) {
    return value === null ? null : value.toFixed(this.digits);
  }

  /** Moves on by `dt` seconds to `now` (seconds). */
  step(now, dt, price) {
    const r = this.random;
    this.seen = now;
    if (this.unknown) {
      this.keep(now);
      return;
    }
    const pull = this.open ? 0.004 : 0.0035;
    // What somebody has to approve stays out until then: clients keep at it.
    const asked =
      this.controlled &&
      (this.controlled.hedge === 'approve' || this.controlled.transfer === 'approve');
    const home =
      this.open && (asked || this.key === 'delta:BTC@options') ? 1.5 * Math.sign(this.z) : 0;
    let cause = r.pick(['quote', 'quote', 'client', 'market']);
    this.z += pull * (home - this.z) * dt + this.noise * 0.028 * Math.sqrt(dt) * r.normal();
    if (r.happens(0.55, dt)) {
      const jump = r.between(1.0, 2.1) * (r.uniform() < 0.5 ? -1 : 1);
      this.z += jump;
      cause = 'client';
      this.fill(now, 'client', jump, price);
    } else if (r.happens(24, dt)) {
      this.fill(now, 'quote', r.normal() * 0.1, price);
    }
    if (this.hedgeAt !== null && now >= this.hedgeAt) this.hedge(now, price);
    else if (this.open && this.hedgeAt === null && this.controlled?.hedge === 'auto') {
      this.hedgeAt = now + r.between(15, 90);
    } else if (
      this.open &&
      this.hedgeAt === null &&
      now - this.open.t > (this.controlled ? 2400 : r.between(400, 1500))
    ) {
      this.hedgeAt = now + 10;
    }
    this.z = Math.max(-4.5, Math.min(4.5, this.z));
    this.settle(now, cause);
    const earned = this.half * (price ?? 1) * 2e-6 * dt;
    this.pnl.spread += Math.abs(earned) * 0.5 * r.uniform();
    this.pnl.target += earned * r.normal() * 0.6;
    this.pnl.deviation += earned * r.normal() * 0.5;
    this.pnl.basis += earned * r.normal() * 0.1;
    this.pnl.funding += earned * (r.uniform() - 0.42) * 0.2;
    this.pnl.fees -= Math.abs(earned) * 0.16 * r.uniform();
  }

  settle(now, cause) {
    this.actual = this.at(this.z);
    const side = this.z > 1 ? 'above' : this.z < -1 ? 'below' : null;
    if (side && !this.open) {
      this.open = { t: now, side, worst: this.z, cause };
      this.excursions.push({ from: now, to: null, side, worst_z: this.z, cause });
    }
    const last = this.excursions.at(-1);
    if (this.open && Math.abs(this.z) > Math.abs(last.worst_z)) last.worst_z = this.z;
    if (!side && this.open) {
      last.to = now;
      this.open = null;
      this.hedgeAt = null;
    }
    this.keep(now);
  }

  keep(now) {
    const p = this.path;
    const known = !this.unknown;
    const value = Number(this.actual.toFixed(this.digits));
    const n = p.t.length - 1;
    if (
      n >= 0 &&
      p.actual[n] === value &&
      p.target[n] === this.target &&
      p.lower[n] === this.band[0] &&
      p.known[n] === known
    )
      return;
    p.t.push(now);
    p.actual.push(value);
    p.target.push(this.target);
    p.lower.push(this.band[0]);
    p.upper.push(this.band[1]);
    p.known.push(known);
    if (p.t.length > 40000) for (const list of Object.values(p)) list.splice(0, 10000);
  }

  fill(now, origin, dz, price) {
    const qty = Math.abs(dz) * this.half;
    this.fills.push({
      t: now,
      origin,
      side: dz > 0 ? 'buy' : 'sell',
      qty: this.text(qty),
      instrument: this.coin ? `${this.coin}-USDT${origin === 'hedge' ? '-PERP' : ''}` : this.factor,
      price: (price ?? 1).toFixed(2),
    });
    if (this.fills.length > 800) this.fills.shift();
  }

  hedge(now, price) {
    this.hedgeAt = null;
    if (!this.open) return;
    const back = this.random.between(0.2, 0.85) * Math.sign(this.z);
    this.fill(now, 'hedge', back - this.z, price);
    this.z = back;
  }

  retarget(now, target, band, cause) {
    const actual = this.actual;
    this.target = target;
    this.band = band;
    const d = actual - target;
    this.z = d > 0 ? d / (band[1] - target || 1e-6) : d < 0 ? d / (target - band[0] || 1e-6) : 0;
    this.version += 1;
    this.settle(now, cause);
  }

  alpha(actual, lower, upper) {
    const [L, U] = this.limit;
    const x =
      actual > upper
        ? (actual - upper) / (U - upper || 1)
        : actual < lower
          ? (lower - actual) / (lower - L || 1)
          : 0;
    return 1 - Math.min(1, Math.max(0, x));
  }

  /** Figures over [from, to), by going along the path. */
  figures(from, to) {
    const p = this.path;
    const sum = {
      known: 0,
      all: 0,
      alpha: 0,
      in: 0,
      above: 0,
      below: 0,
      past: 0,
      z: 0,
      zz: 0,
      max: 0,
      iae: 0,
      ise: 0,
    };
    let i = p.t.length - 1;
    for (let end = to; i >= 0 && end > from; --i) {
      const dt = end - Math.max(from, Math.min(p.t[i], end));
      end = Math.min(end, p.t[i]);
      sum.all += dt;
      if (!p.known[i]) continue;
      const [a, l, u] = [p.actual[i], p.lower[i], p.upper[i]];
      const d = a - p.target[i];
      const z = d / (d > 0 ? u - p.target[i] || 1e-6 : p.target[i] - l || 1e-6);
      sum.known += dt;
      sum.alpha += dt * this.alpha(a, l, u);
      sum[a > u ? 'above' : a < l ? 'below' : 'in'] += dt;
      if (a >= this.limit[1] || a <= this.limit[0]) sum.past += dt;
      sum.z += z * dt;
      sum.zz += z * z * dt;
      sum.max = Math.max(sum.max, Math.abs(z));
      sum.iae += Math.abs(d) * dt;
      sum.ise += d * d * dt;
    }
    const share = (x) => (sum.known > 0 ? x / sum.known : null);
    const inside = this.excursions.filter((e) => (e.to ?? to) > from);
    const lengths = inside.map((e) => (e.to ?? to) - Math.max(from, e.from));
    const causes = {};
    inside.forEach((e, n) => (causes[e.cause] = (causes[e.cause] ?? 0) + lengths[n]));
    return {
      known_seconds: sum.known,
      unknown_fraction: sum.all ? 1 - sum.known / sum.all : 0,
      adherence: share(sum.alpha),
      time_in_band: share(sum.in),
      time_above: share(sum.above),
      time_below: share(sum.below),
      time_past_limit: share(sum.past),
      bias: share(sum.z),
      rms_z: sum.known > 0 ? Math.sqrt(sum.zz / sum.known) : null,
      max_abs_z: sum.known > 0 ? sum.max : null,
      iae: sum.iae,
      ise: sum.ise,
      excursions: {
        count: inside.length,
        longest_seconds: Math.max(0, ...lengths),
        mean_seconds: inside.length ? lengths.reduce((a, b) => a + b, 0) / inside.length : null,
        open_seconds: this.open ? to - this.open.t : null,
      },
      out_of_band_seconds_by_cause: Object.fromEntries(
        Object.entries(causes).sort((a, b) => b[1] - a[1]),
      ),
    };
  }

  windows(now) {
    const start = Math.floor(now / DAY) * DAY;
    const spans = {
      '5m': 300,
      '1h': 3600,
      '6h': 21600,
      '24h': DAY,
      today: now - start,
      all: now - this.path.t[0],
    };
    const adherence = {};
    for (const [name, span] of Object.entries(spans)) {
      adherence[name] =
        span > now - this.path.t[0] + 60 ? null : this.figures(now - span, now).adherence;
    }
    if (adherence.today === null) adherence.today = adherence.all;
    this.adherence = {
      ...adherence,
      '30d': 0.994 - 0.03 * this.noise * (1 - (adherence.all ?? 1)),
    };
    this.today = this.figures(Math.max(start, this.path.t[0]), now);
  }
}
