// The mock's desk: prices, factors, alerts, proposals, health, kill switches and the audit trail,
// driven by a seed. `step` moves it on; what changed is read from `changed`.
import { randomness } from './random.mjs';
import { Factor } from './factor.mjs';
import * as scenery from './scenery.mjs';
import { weigh } from './weighing.mjs';
import { openingBooks, refreshBooks } from './books.mjs';

export const iso = (seconds) => (seconds === null ? null : new Date(seconds * 1000).toISOString());
const open = new Set(['advised', 'waiting', 'approved', 'acting']);

export class MockDesk {
  constructor({
    seed = 7,
    factors = 13,
    rate = 4,
    speed = 1,
    history = 90000,
    start = Date.now() / 1000,
  } = {}) {
    this.random = randomness(seed);
    this.speed = speed;
    this.rate = rate;
    this.everything = factors > 100;
    this.now = start - history;
    this.began = this.now;
    this.opened = start;
    this.seq = 1;
    this.prices = { BTC: 64210, ETH: 3182.4, BNB: 612 };
    this.factors = scenery
      .factorSpecs(factors, this.random)
      .map((spec) => new Factor(spec, this.random));
    this.byKey = new Map(this.factors.map((factor) => [factor.key, factor]));
    this.rules = scenery.rules.map((rule) => ({ ...rule, shelved_until: null }));
    this.alerts = new Map();
    this.episodes = new Map();
    this.proposals = new Map();
    this.proposalNumber = 1;
    this.kills = new Map();
    this.breakers = new Set();
    this.audit = [];
    this.silent = new Set();
    this.feeds = new Map(
      scenery.venues.map((v) => [
        v.name,
        { heard: this.now, gaps: 0, longest: 0, skew: this.random.between(-0.004, 0.012) },
      ]),
    );
    this.books = openingBooks(this);
    this.changed = this.nothing();
    const dt = factors > 100 ? 300 : 20;
    while (this.now + dt <= start - 7200) this.advance(dt);
    while (this.now + dt / 4 <= start - 60) this.advance(dt / 4);
    this.stage();
    while (this.now < start) this.advance(Math.min(dt / 4, start - this.now));
    for (const factor of this.factors) factor.windows(this.now);
    this.turn = 0;
    this.changed = this.nothing();
  }

  /** So that there is something to see at once: some factors stand out of their bands. */
  stage() {
    for (const [key, z] of [
      ['delta:BTC', 1.46],
      ['delta:BTC@options', -2.35],
      ['cash:USDT@bybit', -1.31],
      ['delta:ETH', 0.3],
    ]) {
      const factor = this.byKey.get(key);
      if (!factor) continue;
      factor.fill(this.now, 'client', z - factor.z, this.prices[factor.coin]);
      factor.z = z;
      factor.settle(this.now, 'client');
    }
  }

  nothing() {
    return {
      exposures: new Set(),
      alerts: new Set(),
      proposals: new Set(),
      positions: new Set(),
      balances: new Set(),
      transfers: new Set(),
      breaks: new Set(),
      adherence: false,
    };
  }
  takeChanges() {
    const changed = this.changed;
    this.changed = this.nothing();
    return changed;
  }

  /** One step of wall time. */
  step(wallSeconds) {
    this.advance(wallSeconds * this.speed);
    // Figures over windows are made anew for one factor after the other.
    this.turn = (this.turn + 1) % this.factors.length;
    this.factors[this.turn].windows(this.now);
    this.changed.exposures.add(this.factors[this.turn].key);
    if (this.turn % 13 === 0) this.changed.adherence = true;
    refreshBooks(this);
  }

  advance(dt) {
    this.now += dt;
    this.seq += 1 + Math.floor(dt * 40);
    for (const coin of Object.keys(this.prices))
      this.prices[coin] *= 1 + 2e-5 * Math.sqrt(dt) * this.random.normal();
    for (const [venue, feed] of this.feeds) {
      if (this.silent.has(venue)) feed.longest = Math.max(feed.longest, this.now - feed.heard);
      else feed.heard = this.now - this.random.between(0, 0.3) * this.speed;
    }
    for (const factor of this.factors) {
      const gone = factor.venues.filter(
        (venue) => this.now - this.feeds.get(venue).heard > 10 * this.speed,
      );
      const was = factor.unknown;
      factor.unknown = gone.length
        ? `no market of ${gone.join(', ')} for ${Math.round(this.now - this.feeds.get(gone[0]).heard)} s, older than max_age 10s`
        : null;
      const before = factor.actual;
      factor.step(this.now, dt, this.prices[factor.coin]);
      if (this.everything || before !== factor.actual || was !== factor.unknown)
        this.changed.exposures.add(factor.key);
      this.watch(factor);
      this.control(factor);
    }
    for (const proposal of this.proposals.values()) this.follow(proposal);
  }

  // ---- alerts

  watch(factor) {
    const z = Math.abs(factor.z);
    this.judge(
      'out-of-band',
      factor,
      'warning',
      !factor.unknown && factor.open && z > 1 && this.now - factor.open.t >= 20,
      z < 0.8,
      factor.z,
    );
    this.judge('far-out', factor, 'critical', !factor.unknown && z > 2, z < 1.5, factor.z);
    this.judge('unknown', factor, 'warning', Boolean(factor.unknown), !factor.unknown, null);
  }

  judge(rule, factor, severity, fires, clears, value) {
    const name = `${rule}/${factor.key}`;
    const episode = this.episodes.get(name) ?? 0;
    const alert = this.alerts.get(`${name}/${episode}`);
    const active = alert && alert.state !== 'ok';
    if (!active && fires)
      this.raise(
        { rule, factor: factor.factor, book: factor.book, severity, value },
        name,
        episode + 1,
        factor,
      );
    else if (active && clears) this.end(alert, factor);
  }

  raise(body, name, episode, factor) {
    this.episodes.set(name, episode);
    const since = iso(this.now);
    const alert = {
      id: `${name}/${episode}`,
      episode,
      state: 'firing',
      since,
      fired: since,
      cleared: null,
      reason: null,
      acknowledged_by: null,
      ...body,
    };
    this.alerts.set(alert.id, alert);
    this.changed.alerts.add(alert.id);
    factor?.marks.push({
      t: this.now,
      id: alert.id,
      rule: alert.rule,
      severity: alert.severity,
      state: 'firing',
    });
    return alert;
  }

  end(alert, factor) {
    alert.state = 'ok';
    alert.cleared = iso(this.now);
    this.changed.alerts.add(alert.id);
    factor?.marks.push({
      t: this.now,
      id: alert.id,
      rule: alert.rule,
      severity: alert.severity,
      state: 'ok',
    });
  }

  // ---- proposals

  control(factor) {
    if (!factor.controlled) return;
    const last = factor.proposal;
    if (last && open.has(last.state)) {
      if (!factor.open)
        this.settle(
          last,
          last.state === 'acting' ? 'verified' : 'withdrawn',
          last.state === 'acting'
            ? 'back in the band'
            : 'the deviation was gone before anything was done',
        );
      return;
    }
    const wait = last?.state === 'rejected' || last?.state === 'expired' ? 240 : 5;
    if (!factor.open || factor.unknown || (last && this.now - last.endedAt < wait)) return;
    this.propose(factor);
  }

  propose(factor) {
    const { action, mode, cost, quantity, options, lines } = weigh(factor, this.prices);
    const id = `p-${this.proposalNumber++}`;
    const proposal = {
      id,
      key: factor.key,
      action,
      because: options.find((o) => o.chosen)?.why ?? null,
      state: mode === 'approve' ? 'waiting' : 'acting',
      reason: mode === 'approve' ? 'waits for approval' : 'being carried out',
      since: iso(this.now),
      ended: null,
      deadline: mode === 'approve' ? iso(this.now + 300) : null,
      deviation: factor.text(factor.actual - factor.target),
      unit: factor.unit,
      expected_cost: cost.toFixed(2),
      realised_cost: null,
      quantity,
      by: null,
      options,
      lines,
    };
    if (this.kills.has('desk'))
      Object.assign(proposal, {
        state: 'blocked',
        reason: 'kill switch on desk',
        ended: iso(this.now),
      });
    Object.defineProperty(proposal, 'startedAt', { value: this.now });
    Object.defineProperty(proposal, 'endedAt', { value: this.now, writable: true });
    factor.proposal = proposal;
    factor.cost = proposal.expected_cost;
    this.proposals.set(id, proposal);
    if (this.proposals.size > 400) this.proposals.delete(this.proposals.keys().next().value);
    this.changed.proposals.add(id);
  }

  follow(proposal) {
    if (!open.has(proposal.state)) return;
    const factor = this.byKey.get(proposal.key);
    if (proposal.state === 'waiting' && this.now - proposal.startedAt > 300)
      this.settle(proposal, 'expired', 'nobody approved within 5 min');
    if (proposal.state === 'approved') {
      proposal.state = 'acting';
      proposal.reason = 'being carried out';
      factor.hedgeAt = this.now + 4;
      this.changed.proposals.add(proposal.id);
    }
  }

  settle(proposal, state, reason) {
    proposal.state = state;
    proposal.reason = reason;
    proposal.ended = iso(this.now);
    proposal.endedAt = this.now;
    if (state === 'verified')
      proposal.realised_cost = (
        Number(proposal.expected_cost) * this.random.between(0.8, 1.15)
      ).toFixed(2);
    this.changed.proposals.add(proposal.id);
  }

  // ---- what is shown

  exposure(factor) {
    const d = factor.actual - factor.target;
    const today = factor.today;
    const proposal = factor.proposal && open.has(factor.proposal.state) ? factor.proposal : null;
    return {
      key: factor.key,
      factor: factor.factor,
      book: factor.book,
      unit: factor.unit,
      state: factor.unknown
        ? 'unknown'
        : factor.z > 1
          ? 'above'
          : factor.z < -1
            ? 'below'
            : 'in_band',
      unknown_reason: factor.unknown,
      actual: factor.text(factor.actual),
      target: factor.text(factor.target),
      band: factor.band.map((x) => factor.text(x)),
      limit: factor.limit.map((x) => factor.text(x)),
      deviation: factor.text(d),
      z: factor.unknown ? null : Number(factor.z.toFixed(4)),
      skew: factor.unknown
        ? null
        : Number(
            (factor.actual >= 0
              ? factor.actual / (factor.limit[1] || 1)
              : -factor.actual / (factor.limit[0] || -1)
            ).toFixed(4),
          ),
      alpha: factor.unknown ? null : factor.alpha(factor.actual, ...factor.band),
      adherence: factor.adherence,
      time_in_band_today: today.time_in_band,
      excursion: factor.open
        ? { seconds: this.now - factor.open.t, cause: factor.excursions.at(-1).cause }
        : null,
      cost_to_return: factor.open ? (factor.cost ?? null) : null,
      proposal: proposal && { id: proposal.id, action: proposal.action, state: proposal.state },
      overridden: factor.override !== null,
      age_seconds: Math.max(
        0,
        this.now - Math.min(...factor.venues.map((v) => this.feeds.get(v).heard)),
      ),
      since: iso(factor.open?.t ?? factor.path.t.at(-1)),
    };
  }

  deskAdherence() {
    const mean = (name) => {
      const known = this.factors
        .map((f) => f.adherence[name])
        .filter((x) => x !== null && x !== undefined);
      return known.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
    };
    const names = ['5m', '1h', '6h', '24h', '30d', 'today', 'all'];
    return {
      key: 'desk',
      adherence: Object.fromEntries(names.map((n) => [n, mean(n)])),
      weights_basis: 'money at risk',
    };
  }

  openAlerts() {
    return [...this.alerts.values()].filter((alert) => alert.state !== 'ok');
  }

  health() {
    const problems = [];
    for (const venue of this.silent) {
      const age = this.now - this.feeds.get(venue).heard;
      if (age > 10 * this.speed)
        problems.push({
          code: 'feed_silent',
          severity: 'warning',
          detail: `${venue}: nothing heard for ${Math.round(age)} s; its factors are unknown`,
        });
    }
    for (const scope of this.kills.keys())
      problems.push({
        code: 'kill_switch',
        severity: 'critical',
        detail: `kill switch on ${scope}`,
      });
    const firing = this.openAlerts();
    return {
      status: problems.length ? 'degraded' : 'ok',
      problems,
      now: iso(this.now),
      wall: new Date().toISOString(),
      mode: this.speed === 1 ? 'live' : 'simulated',
      speed: this.speed,
      venues: scenery.venues.map(({ name }) => {
        const feed = this.feeds.get(name);
        const age = Math.max(0, this.now - feed.heard);
        return {
          venue: name,
          age_seconds: age,
          lag_seconds: { p50: 0.011, p99: 0.084 },
          skew_seconds: feed.skew,
          gaps: feed.gaps,
          longest_gap_seconds: feed.longest,
          silent: age > 10 * this.speed,
          breaks: this.books.breaks.filter((b) => b.venue === name && b.open).length,
          events_per_second: this.silent.has(name) ? 0 : 640 + 200 * this.random.uniform(),
        };
      }),
      journal: {
        last_seq: this.seq,
        durable_seq: this.seq - 2,
        lag_seconds: 0.002 + 0.004 * this.random.uniform(),
        failed: null,
      },
      kill_switches: [...this.kills.keys()],
      breakers: [...this.breakers],
      alerts: {
        firing: firing.filter((a) => a.state === 'firing').length,
        acknowledged: firing.filter((a) => a.state === 'acknowledged').length,
      },
      sinks: [{ name: 'pager', queued: 0, failing_since: null, last_error: null }],
    };
  }

  record(by, action, subject, before, after, reason) {
    this.seq += 2;
    this.audit.unshift({
      seq: this.seq,
      t: iso(this.now),
      by: by.name,
      role: by.role,
      action,
      subject,
      before,
      after,
      reason,
      event: this.seq - 1,
    });
    return { seq: this.seq - 1, audit_seq: this.seq, before, after };
  }
}
