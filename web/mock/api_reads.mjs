// The routes that read.
import { createHash } from 'node:crypto';
import { addOptions } from './api_options.mjs';
import { found, needs, Problem, wordsOf } from './common.mjs';
import { iso } from './desk.mjs';
import { explainNumber, explainTarget, factorReport, pathOf } from './reading.mjs';
import { instruments, rails, venues } from './scenery.mjs';

export function addReads(get, desk, tokens) {
  const { list, etag, target, limit, factorOf } = wordsOf(desk);
  get('/health', () => desk.health());
  get('/me', ({ by }) => ({ name: by.name, role: by.role, expires: null }));
  get('/desk', () => ({
    name: 'alpha',
    currency: 'USDT',
    version: '0.1.0',
    mode: desk.speed === 1 ? 'live' : 'simulated',
    speed: desk.speed,
    grid: '1s',
    assets: ['BTC', 'ETH', 'USDT', 'USD', 'BNB'],
    venues,
    instruments,
    factors: desk.factors.map((f) => ({
      key: f.key,
      factor: f.factor,
      book: f.book,
      unit: f.unit,
      kind: f.factor.split(':')[0],
      controlled: f.controlled,
    })),
    rules: desk.rules.map((r) => r.name),
    config: { file: 'desk.toml', sha256: '9f2c41d8a7', loaded: iso(desk.began) },
  }));
  get('/positions', () => list(desk.books.positions));
  get('/balances', () => list(desk.books.balances));
  get('/transfers', () => list(desk.books.transfers));
  get('/breaks', () => list(desk.books.breaks));
  get('/orders', () => list([]));
  get('/quotes', () => list([]));
  get('/exposures', () => list(desk.factors.map((f) => desk.exposure(f))));
  get('/exposures/{key}', ({ key }) => desk.exposure(factorOf(key)));
  get('/factors/{key}', ({ key }) => factorReport(desk, factorOf(key)));
  get('/factors/{key}/path', ({ key, query }) => pathOf(desk, factorOf(key), query));
  get('/factors/{key}/explain', ({ key }) => ({ lines: explainNumber(desk, factorOf(key)) }));
  get('/targets', () => list(desk.factors.map(target)));
  get('/targets/{key}', ({ key, reply }) => {
    reply.etag = etag(factorOf(key));
    return target(factorOf(key));
  });
  get('/targets/{key}/explain', ({ key }) => ({ lines: explainTarget(factorOf(key)) }));
  get('/adherence', ({ query }) => {
    const window = query.get('window');
    if (!window)
      return {
        desk: 'alpha',
        currency: 'USDT',
        adherence: desk.deskAdherence().adherence.all,
        weights_basis: 'money at risk',
        factors: desk.factors.map((f) => factorReport(desk, f)),
      };
    const span = {
      '5m': 300,
      '30m': 1800,
      '1h': 3600,
      '6h': 21600,
      '24h': 86400,
      '3d': 259200,
      '30d': 2592000,
      today: desk.now % 86400,
    }[window];
    if (!span)
      throw new Problem(
        400,
        'bad_input',
        `window ${window} is none of 5m, 30m, 1h, 6h, 24h, 3d, 30d, today`,
      );
    const from = Math.max(desk.now - span, desk.factors[0].path.t[0]);
    const rows = desk.factors
      .filter((f) => !query.get('factor') || f.key === query.get('factor'))
      .map((f) => ({
        factor: f.factor,
        book: f.book,
        unit: f.unit,
        from: iso(from),
        to: iso(desk.now),
        ...f.figures(from, desk.now),
      }));
    return { window, from: iso(from), to: iso(desk.now), rows };
  });
  get('/alerts', ({ query }) => {
    const state = query.get('state') ?? 'open';
    const all = [...desk.alerts.values()].reverse();
    return list(
      all.filter(
        (a) =>
          state === 'all' ||
          (state === 'open'
            ? a.state !== 'ok'
            : state === 'ended'
              ? a.state === 'ok'
              : a.state === state),
      ),
    );
  });
  get('/rules', () => list(desk.rules));
  get('/proposals', ({ query }) => {
    const all = [...desk.proposals.values()].reverse().map(({ lines, ...rest }) => rest);
    return list(
      all
        .filter(
          (p) =>
            (!query.get('factor') || p.key === query.get('factor')) &&
            (!query.get('state') || p.state === query.get('state')),
        )
        .slice(0, Number(query.get('limit') ?? 200)),
    );
  });
  get('/proposals/{id}', ({ id }) => found(desk.proposals.get(id), `proposal ${id}`));
  get('/limits', () => ({ ...list(desk.factors.map(limit)), rails }));
  get('/limits/{key}', ({ key, reply }) => {
    reply.etag = etag(factorOf(key));
    return limit(factorOf(key));
  });
  get('/kill-switches', () =>
    list([
      ...desk.kills.values(),
      ...[...desk.breakers].map((key) => ({
        scope: `factor:${key}`,
        since: iso(desk.now),
        by: null,
        reason: '3 failures within 10 min',
        kind: 'breaker',
      })),
    ]),
  );
  get('/pnl', () => {
    const factors = desk.factors
      .filter((f) => f.coin)
      .map((f) => ({ key: f.key, pnl: factorReport(desk, f).pnl }));
    const sum = (name) =>
      factors.filter((f) => !f.key.includes('@')).reduce((a, f) => a + Number(f.pnl[name]), 0);
    const fees = sum('fees');
    const funding = sum('funding');
    const moved = sum('total') - fees - funding;
    return {
      factors,
      positions: {
        realized: (moved * 0.71 + 12.4).toFixed(4),
        unrealized: (moved * 0.29).toFixed(4),
        fees: (-fees).toFixed(4), // paid, as those of the positions
        funding: funding.toFixed(4),
      },
      net_asset_value: '4218306.118204',
    };
  });
  addOptions(get, desk, list);
  get('/journal', () => ({
    file: 'desk.db',
    last_seq: desk.seq,
    durable_seq: desk.seq - 2,
    digest: createHash('sha256')
      .update(String(Math.floor(desk.seq / 1000)))
      .digest('hex')
      .slice(0, 32),
    bytes: 184320000 + desk.seq * 92,
    commit_seconds: { p50: 0.0021, p99: 0.0094 },
  }));
  get('/audit', ({ query }) =>
    list(
      desk.audit.filter(
        (a) =>
          (!query.get('by') || a.by === query.get('by')) &&
          (!query.get('action') || a.action === query.get('action')),
      ),
    ),
  );
  get('/system', () => ({
    version: '0.1.0',
    uptime_seconds: desk.now - desk.began,
    events_per_second: 1870 + 300 * desk.random.uniform(),
    queue: { depth: Math.floor(40 * desk.random.uniform()), capacity: 4096 },
    latency_seconds: {
      step: { p50: 4.1e-7, p99: 1.9e-6 },
      commit: { p50: 0.0021, p99: 0.0094 },
      ack: { p50: 0.0031, p99: 0.0118 },
    },
    journal: { last_seq: desk.seq, durable_seq: desk.seq - 2, bytes: 184320000 + desk.seq * 92 },
    memory_bytes: 188743680,
    stream: { clients: 3, messages_per_second: 64.2, dropped: 0 },
    http: { connections: 5, requests: 18204 },
  }));
  get('/tokens', ({ by }) => {
    needs(by, 'admin');
    return list(
      [...tokens.values()].map(({ name, role, expires, created, last_used }) => ({
        name,
        role,
        expires,
        created,
        last_used,
      })),
    );
  });
}
