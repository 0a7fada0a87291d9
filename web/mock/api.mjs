// The REST routes of docs/api.md over the mock's desk: reads, and the changes of people.
import { createHash } from 'node:crypto';
import { iso } from './desk.mjs';
import { instruments, rails, venues } from './scenery.mjs';
import { factorReport, pathOf, explainNumber, explainTarget } from './reading.mjs';

export class Problem extends Error {
  constructor(status, code, detail, extra = {}) {
    super(detail);
    this.body = { type: 'about:blank', title: titles[status] ?? 'Error', status, code, detail, ...extra };
  }
}
const titles = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 409: 'Conflict', 412: 'Precondition Failed', 422: 'Unprocessable Content', 428: 'Precondition Required', 500: 'Internal Server Error' };

const ranks = { viewer: 1, trader: 2, risk: 3, admin: 4 };
const needs = (by, role) => {
  if ((ranks[by.role] ?? 0) < ranks[role]) throw new Problem(403, 'forbidden', `token ${by.name} has role ${by.role}; this needs ${role}: ask an administrator for a token of that role`);
};
const found = (thing, what) => {
  if (!thing) throw new Problem(404, 'not_found', `no ${what}; the list of its kind names those that are`);
  return thing;
};
const reasonOf = (body) => {
  if (!body?.reason?.trim()) throw new Problem(400, 'bad_input', 'reason is missing: say why, for the audit');
  return body.reason.trim();
};

export function makeApi(desk, tokens) {
  const list = (items) => ({ items, next: null, as_of: iso(desk.now), seq: desk.seq });
  const etag = (factor) => `"${factor.key}-${factor.version}"`;
  const target = (f) => ({
    key: f.key, unit: f.unit, target: f.text(f.target), band: f.band.map((x) => f.text(x)), limit: f.limit.map((x) => f.text(x)),
    model: f.controlled ? 'schedule' : 'static', stages: f.coin ? ['regime', 'vol'] : [], overridden: f.override !== null,
    until: f.override?.until ?? null, pushed_by: f.override?.by ?? null, known: true, unknown_reason: null, version: etag(f),
  });
  const limit = (f) => ({
    key: f.key, unit: f.unit, limit: f.limit.map((x) => f.text(x)), configured: f.configured.map((x) => f.text(x)),
    used: desk.exposure(f).skew, version: etag(f),
  });
  const factorOf = (key) => found(desk.byKey.get(key), `factor ${key}`);
  const matches = (f, headers) => {
    const wanted = headers['if-match'];
    if (!wanted) throw new Problem(428, 'if_match_missing', 'If-Match is missing: send the ETag of what you saw, or * for any');
    if (wanted !== '*' && wanted !== etag(f)) throw new Problem(412, 'version_mismatch', `${f.key} has changed since ${wanted}; it is ${etag(f)} now: read it again and decide anew`);
  };
  const range = (pair, what) => {
    const [low, high] = (pair ?? []).map(Number);
    if (!(low <= high)) throw new Problem(422, 'bad_input', `${what} [${pair}] is upside down or no pair of decimals: lower first`);
    return [low, high];
  };
  /** What every change does: show, or do and record. */
  const change = (by, dry, { action, subject, before, after, reason, apply }) => {
    if (dry) return { before, after };
    apply();
    return desk.record(by, action, subject, before, after, reason);
  };

  const routes = [];
  const on = (method, pattern, handle) => {
    const names = [...pattern.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
    routes.push({ method, names, regex: new RegExp(`^/api/v1${pattern.replace(/\{\w+\}/g, '([^/]+)')}$`), handle });
  };
  const get = (pattern, handle) => on('GET', pattern, handle);

  get('/health', () => desk.health());
  get('/me', ({ by }) => ({ name: by.name, role: by.role, expires: null }));
  get('/desk', () => ({
    name: 'alpha', currency: 'USDT', version: '0.1.0', mode: desk.speed === 1 ? 'live' : 'simulated', speed: desk.speed, grid: '1s',
    assets: ['BTC', 'ETH', 'USDT', 'USD', 'BNB'], venues, instruments,
    factors: desk.factors.map((f) => ({ key: f.key, factor: f.factor, book: f.book, unit: f.unit, kind: f.factor.split(':')[0], controlled: f.controlled })),
    rules: desk.rules.map((r) => r.name), config: { file: 'desk.toml', sha256: '9f2c41d8a7', loaded: iso(desk.began) },
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
    if (!window) return { desk: 'alpha', currency: 'USDT', adherence: desk.deskAdherence().adherence.all, weights_basis: 'money at risk', factors: desk.factors.map((f) => factorReport(desk, f)) };
    const span = { '5m': 300, '30m': 1800, '1h': 3600, '6h': 21600, '24h': 86400, '3d': 259200, '30d': 2592000, today: desk.now % 86400 }[window];
    if (!span) throw new Problem(400, 'bad_input', `window ${window} is none of 5m, 30m, 1h, 6h, 24h, 3d, 30d, today`);
    const from = Math.max(desk.now - span, desk.factors[0].path.t[0]);
    const rows = desk.factors.filter((f) => !query.get('factor') || f.key === query.get('factor'))
      .map((f) => ({ factor: f.factor, book: f.book, unit: f.unit, from: iso(from), to: iso(desk.now), ...f.figures(from, desk.now) }));
    return { window, from: iso(from), to: iso(desk.now), rows };
  });

  get('/alerts', ({ query }) => {
    const state = query.get('state') ?? 'open';
    const all = [...desk.alerts.values()].reverse();
    return list(all.filter((a) => state === 'all' || (state === 'open' ? a.state !== 'ok' : state === 'ended' ? a.state === 'ok' : a.state === state)));
  });
  on('POST', '/alerts/{id}/acknowledge', ({ id, by, body, dry }) => {
    needs(by, 'trader');
    const alert = found(desk.alerts.get(id), `alert ${id}`);
    const reason = reasonOf(body);
    if (alert.state !== 'firing') throw new Problem(409, 'conflict', `alert ${id} is ${alert.state}: only what fires can be acknowledged`);
    return change(by, dry, {
      action: 'alert.acknowledge', subject: id, before: { state: alert.state }, after: { state: 'acknowledged' }, reason,
      apply: () => {
        alert.state = 'acknowledged';
        alert.acknowledged_by = by.name;
        desk.changed.alerts.add(id);
      },
    });
  });
  get('/rules', () => list(desk.rules));
  on('POST', '/rules/{name}/shelve', ({ name, by, body, dry }) => {
    needs(by, 'trader');
    const rule = found(desk.rules.find((r) => r.name === name), `rule ${name}`);
    const reason = reasonOf(body);
    const span = /^(\d+)([smhd])$/.exec(body.for ?? '');
    if (!span && !body.until) throw new Problem(400, 'bad_input', 'until or for is missing: "for": "2h"');
    const until = body.until ?? iso(desk.now + Number(span[1]) * { s: 1, m: 60, h: 3600, d: 86400 }[span[2]]);
    const value = Date.parse(until) / 1000 > desk.now ? until : null;
    return change(by, dry, {
      action: 'rule.shelve', subject: name, before: { shelved_until: rule.shelved_until }, after: { shelved_until: value }, reason,
      apply: () => (rule.shelved_until = value),
    });
  });

  get('/proposals', ({ query }) => {
    const all = [...desk.proposals.values()].reverse().map(({ lines, ...rest }) => rest);
    return list(all.filter((p) => (!query.get('factor') || p.key === query.get('factor')) && (!query.get('state') || p.state === query.get('state'))).slice(0, Number(query.get('limit') ?? 200)));
  });
  get('/proposals/{id}', ({ id }) => found(desk.proposals.get(id), `proposal ${id}`));
  for (const verb of ['approve', 'reject']) {
    on('POST', `/proposals/{id}/${verb}`, ({ id, by, body, dry }) => {
      needs(by, 'trader');
      const proposal = found(desk.proposals.get(id), `proposal ${id}`);
      const reason = reasonOf(body);
      if (proposal.state !== 'waiting') throw new Problem(409, 'conflict', `proposal ${id} is ${proposal.state}: only one that waits can be answered`);
      const state = verb === 'approve' ? 'approved' : 'rejected';
      return change(by, dry, {
        action: `proposal.${verb}`, subject: id, before: { state: 'waiting' }, after: { state, by: by.name }, reason,
        apply: () => {
          proposal.by = by.name;
          if (verb === 'approve') Object.assign(proposal, { state, reason });
          else desk.settle(proposal, state, reason);
          desk.changed.proposals.add(id);
        },
      });
    });
  }

  get('/limits', () => ({ ...list(desk.factors.map(limit)), rails }));
  get('/limits/{key}', ({ key, reply }) => {
    reply.etag = etag(factorOf(key));
    return limit(factorOf(key));
  });
  on('PUT', '/limits/{key}', ({ key, by, body, dry, headers, reply }) => {
    needs(by, 'risk');
    const f = factorOf(key);
    const reason = reasonOf(body);
    const next = range(body.limit, 'limit');
    matches(f, headers);
    if (next[0] > f.band[0] || next[1] < f.band[1]) throw new Problem(422, 'bad_input', `limit [${body.limit}] of ${key} cuts its band [${f.band.map((x) => f.text(x))}]: keep the band inside, or move the target first`);
    const answer = change(by, dry, {
      action: 'limit.set', subject: key, before: { limit: f.limit.map((x) => f.text(x)) }, after: { limit: next.map((x) => f.text(x)) }, reason,
      apply: () => {
        f.limit = next;
        f.version += 1;
        desk.changed.exposures.add(key);
      },
    });
    reply.etag = etag(f);
    return answer;
  });
  on('PUT', '/targets/{key}', ({ key, by, body, dry, headers }) => {
    needs(by, 'trader');
    const f = factorOf(key);
    const reason = reasonOf(body);
    matches(f, headers);
    const band = range(body.band, 'band');
    const aim = Number(body.target);
    if (!(band[0] <= aim && aim <= band[1])) throw new Problem(422, 'bad_input', `target ${body.target} is outside the band [${body.band}]`);
    const show = (t, b) => ({ target: f.text(t), band: b.map((x) => f.text(x)) });
    return change(by, dry, {
      action: 'target.set', subject: key, before: show(f.target, f.band), after: show(aim, band), reason,
      apply: () => {
        f.override = { by: by.name, until: body.until ?? null };
        f.retarget(desk.now, aim, band, 'target');
        desk.changed.exposures.add(key);
      },
    });
  });
  on('DELETE', '/targets/{key}', ({ key, by, body, dry, headers }) => {
    needs(by, 'trader');
    const f = factorOf(key);
    const reason = reasonOf(body);
    matches(f, headers);
    if (!f.override) throw new Problem(409, 'conflict', `${key} has no override to clear`);
    return change(by, dry, {
      action: 'target.clear', subject: key, before: { target: f.text(f.target) }, after: { target: f.text(f.configuredTarget) }, reason,
      apply: () => {
        f.override = null;
        f.retarget(desk.now, f.configuredTarget, [f.configuredTarget - f.half, f.configuredTarget + f.half], 'target');
        desk.changed.exposures.add(key);
      },
    });
  });

  get('/kill-switches', () => list([...desk.kills.values(), ...[...desk.breakers].map((key) => ({ scope: `factor:${key}`, since: iso(desk.now), by: null, reason: '3 failures within 10 min', breaker: true }))]));
  on('POST', '/kill', ({ by, body, dry }) => {
    needs(by, 'trader');
    const reason = reasonOf(body);
    if (!/^(desk|venue:\w+|account:[\w/]+|book:\w+)$/.test(body.scope ?? '')) throw new Problem(422, 'bad_input', `scope ${body.scope} is none of desk, venue:NAME, account:VENUE/ACCOUNT, book:NAME`);
    return change(by, dry, {
      action: 'kill', subject: body.scope, before: { stopped: desk.kills.has(body.scope) }, after: { stopped: true }, reason,
      apply: () => {
        desk.kills.set(body.scope, { scope: body.scope, since: iso(desk.now), by: by.name, reason, breaker: false });
        const alert = desk.raise({ rule: 'kill_switch', factor: body.scope, book: '*', severity: 'critical', value: null }, `kill_switch/${body.scope}`, (desk.episodes.get(`kill_switch/${body.scope}`) ?? 0) + 1);
        alert.reason = reason;
      },
    });
  });
  on('POST', '/rearm', ({ by, body, dry }) => {
    needs(by, 'risk');
    const reason = reasonOf(body);
    if (!desk.kills.has(body.scope) && !desk.breakers.has(body.scope?.replace('factor:', ''))) throw new Problem(409, 'conflict', `${body.scope} is not stopped`);
    return change(by, dry, {
      action: 'rearm', subject: body.scope, before: { stopped: true }, after: { stopped: false }, reason,
      apply: () => {
        desk.kills.delete(body.scope);
        desk.breakers.delete(body.scope.replace('factor:', ''));
        for (const alert of desk.openAlerts()) if (alert.rule === 'kill_switch' && alert.factor === body.scope) desk.end(alert);
      },
    });
  });

  get('/pnl', () => {
    const factors = desk.factors.filter((f) => f.coin).map((f) => ({ key: f.key, pnl: factorReport(desk, f).pnl }));
    const sum = (name) => factors.filter((f) => !f.key.includes('@')).reduce((a, f) => a + Number(f.pnl[name]), 0);
    const fees = sum('fees');
    const funding = sum('funding');
    const moved = sum('total') - fees - funding;
    return { factors, positions: { realized: (moved * 0.71 + 12.4).toFixed(4), unrealized: (moved * 0.29).toFixed(4), fees: fees.toFixed(4), funding: funding.toFixed(4) }, net_asset_value: '4218306.118204' };
  });
  get('/journal', () => ({ file: 'desk.db', last_seq: desk.seq, durable_seq: desk.seq - 2, digest: createHash('sha256').update(String(Math.floor(desk.seq / 1000))).digest('hex').slice(0, 32), bytes: 184320000 + desk.seq * 92, commit_seconds: { p50: 0.0021, p99: 0.0094 } }));
  get('/audit', ({ query }) => list(desk.audit.filter((a) => (!query.get('by') || a.by === query.get('by')) && (!query.get('action') || a.action === query.get('action')))));
  get('/system', () => ({
    version: '0.1.0', uptime_seconds: desk.now - desk.began, events_per_second: 1870 + 300 * desk.random.uniform(),
    queue: { depth: Math.floor(40 * desk.random.uniform()), capacity: 4096 },
    latency_seconds: { step: { p50: 4.1e-7, p99: 1.9e-6 }, commit: { p50: 0.0021, p99: 0.0094 }, ack: { p50: 0.0031, p99: 0.0118 } },
    journal: { last_seq: desk.seq, durable_seq: desk.seq - 2, bytes: 184320000 + desk.seq * 92 }, memory_bytes: 188743680,
    stream: { clients: 3, messages_per_second: 64.2, dropped: 0 }, http: { connections: 5, requests: 18204 },
  }));
  get('/tokens', ({ by }) => {
    needs(by, 'admin');
    return list([...tokens.values()].map(({ name, role, expires, created, last_used }) => ({ name, role, expires, created, last_used })));
  });
  on('POST', '/tokens', ({ by, body, dry }) => {
    needs(by, 'admin');
    if (!ranks[body?.role] && !['ingest', 'metrics'].includes(body?.role)) throw new Problem(422, 'bad_input', `role ${body?.role} is none of viewer, trader, risk, admin, ingest, metrics`);
    if (!/^[\w.-]{1,39}$/.test(body.name ?? '')) throw new Problem(422, 'bad_input', 'name: 1 to 39 letters, digits, dots, dashes');
    if ([...tokens.values()].some((t) => t.name === body.name)) throw new Problem(409, 'conflict', `a token named ${body.name} is there already: revoke it first`);
    const after = { name: body.name, role: body.role, expires: body.expires ?? null };
    const token = `mock-${body.name}`;
    const answer = change(by, dry, {
      action: 'token.create', subject: body.name, before: null, after, reason: body.reason ?? '',
      apply: () => tokens.set(token, { ...after, created: iso(desk.now), last_used: null }),
    });
    return dry ? answer : { ...answer, token };
  });
  on('DELETE', '/tokens/{name}', ({ by, name, dry }) => {
    needs(by, 'admin');
    const entry = [...tokens].find(([, t]) => t.name === name);
    found(entry, `token ${name}`);
    return change(by, dry, { action: 'token.revoke', subject: name, before: { role: entry[1].role }, after: null, reason: '', apply: () => tokens.delete(entry[0]) });
  });

  /** Answers {status, body, etag}. */
  return function answer({ method, url, headers, body, by }) {
    const reply = { status: 200, etag: null };
    try {
      const path = routes.filter((r) => r.regex.test(url.pathname));
      const route = path.find((r) => r.method === method);
      if (!path.length) throw new Problem(404, 'not_found', `no route ${url.pathname}`);
      if (!route) throw new Problem(405, 'method', `${method} is not for ${url.pathname}`);
      if (!by) throw new Problem(401, 'unauthorized', 'no token, or one that is not valid any more: send Authorization: Bearer TOKEN');
      const values = route.regex.exec(url.pathname).slice(1).map(decodeURIComponent);
      const captures = Object.fromEntries(route.names.map((name, i) => [name, values[i]]));
      reply.body = route.handle({ ...captures, query: url.searchParams, headers, body, by, dry: url.searchParams.get('dry_run') === 'true', reply });
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(500, 'internal', error.stack);
      reply.status = problem.body.status;
      reply.body = problem.body;
    }
    return reply;
  };
}
