// The routes by which people change something: with a reason, a dry run, a version, an audit record.
import { found, needs, Problem, ranks, wordsOf } from './common.mjs';
import { iso } from './desk.mjs';

/** Required for what takes a guard away, welcome everywhere. */
const reasonOf = (body, required = false) => {
  const reason = body?.reason?.trim() ?? '';
  if (required && !reason)
    throw new Problem(400, 'bad_input', 'reason is missing: say why, for the audit');
  if (Buffer.byteLength(reason) > 95)
    throw new Problem(400, 'bad_input', 'reason is longer than 95 bytes: say it shorter');
  return reason;
};

export function addChanges(on, desk, tokens) {
  const { etag, factorOf } = wordsOf(desk);
  const matches = (f, headers) => {
    const wanted = headers['if-match'];
    if (!wanted)
      throw new Problem(
        428,
        'if_match_missing',
        'If-Match is missing: send the ETag of what you saw, or * for any',
      );
    if (wanted !== '*' && wanted !== etag(f))
      throw new Problem(
        412,
        'version_mismatch',
        `${f.key} has changed since ${wanted}; it is ${etag(f)} now: read it again and decide anew`,
      );
  };
  const range = (pair, what) => {
    const [low, high] = (pair ?? []).map(Number);
    if ((pair ?? []).some((text) => (String(text).split('.')[1] ?? '').length > 18))
      throw new Problem(400, 'bad_input', `${what} [${pair}]: at most 18 fractional digits`);
    if (!(low <= high))
      throw new Problem(
        422,
        'bad_input',
        `${what} [${pair}] is upside down or no pair of decimals: lower first`,
      );
    return [low, high];
  };
  /** What every change does: show, or do and record. */
  const change = (by, dry, { action, subject, before, after, reason, apply }) => {
    if (dry) return { before, after };
    apply();
    return desk.record(by, action, subject, before, after, reason);
  };

  on('POST', '/alerts/{id}/acknowledge', ({ id, by, body, dry }) => {
    needs(by, 'trader');
    const alert = found(desk.alerts.get(id), `alert ${id}`);
    const reason = reasonOf(body);
    if (alert.state !== 'firing')
      throw new Problem(
        409,
        'conflict',
        `alert ${id} is ${alert.state}: only what fires can be acknowledged`,
      );
    return change(by, dry, {
      action: 'alert.acknowledge',
      subject: id,
      before: { state: alert.state },
      after: { state: 'acknowledged' },
      reason,
      apply: () => {
        alert.state = 'acknowledged';
        alert.acknowledged_by = by.name;
        desk.changed.alerts.add(id);
      },
    });
  });
  on('POST', '/rules/{name}/shelve', ({ name, by, body, dry }) => {
    needs(by, 'trader');
    const rule = found(
      desk.rules.find((r) => r.name === name),
      `rule ${name}`,
    );
    const reason = reasonOf(body);
    const span = /^(\d+)([smhd])$/.exec(body.for ?? '');
    if (!span && !body.until)
      throw new Problem(400, 'bad_input', 'until or for is missing: "for": "2h"');
    const until =
      body.until ?? iso(desk.now + Number(span[1]) * { s: 1, m: 60, h: 3600, d: 86400 }[span[2]]);
    const value = Date.parse(until) / 1000 > desk.now ? until : null;
    return change(by, dry, {
      action: 'rule.shelve',
      subject: name,
      before: { shelved_until: rule.shelved_until },
      after: { shelved_until: value },
      reason,
      apply: () => (rule.shelved_until = value),
    });
  });
  for (const verb of ['approve', 'reject']) {
    on('POST', `/proposals/{id}/${verb}`, ({ id, by, body, dry }) => {
      needs(by, 'trader');
      const proposal = found(desk.proposals.get(id), `proposal ${id}`);
      const reason = reasonOf(body);
      if (proposal.state !== 'waiting')
        throw new Problem(
          409,
          'conflict',
          `proposal ${id} is ${proposal.state}: only one that waits can be answered`,
        );
      const state = verb === 'approve' ? 'approved' : 'rejected';
      return change(by, dry, {
        action: `proposal.${verb}`,
        subject: id,
        before: { state: 'waiting' },
        after: { state, by: by.name },
        reason,
        apply: () => {
          proposal.by = by.name;
          if (verb === 'approve') Object.assign(proposal, { state, reason });
          else desk.settle(proposal, state, reason);
          desk.changed.proposals.add(id);
        },
      });
    });
  }
  on('PUT', '/limits/{key}', ({ key, by, body, dry, headers, reply }) => {
    needs(by, 'risk');
    const f = factorOf(key);
    const reason = reasonOf(body, true);
    const next = range(body.limit, 'limit');
    matches(f, headers);
    const answer = change(by, dry, {
      action: 'limit.set',
      subject: key,
      before: { limit: f.limit.map((x) => f.text(x)) },
      after: { limit: next.map((x) => f.text(x)) },
      reason,
      apply: () => {
        f.limit = next;
        f.version += 1;
        const inside = (x) => Math.min(next[1], Math.max(next[0], x));
        f.retarget(desk.now, inside(f.target), f.band.map(inside), 'band');
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
    if (!(band[0] <= aim && aim <= band[1]))
      throw new Problem(
        422,
        'bad_input',
        `target ${body.target} is outside the band [${body.band}]`,
      );
    const show = (t, b) => ({ target: f.text(t), band: b.map((x) => f.text(x)) });
    return change(by, dry, {
      action: 'target.set',
      subject: key,
      before: show(f.target, f.band),
      after: show(aim, band),
      reason,
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
      action: 'target.clear',
      subject: key,
      before: { target: f.text(f.target) },
      after: { target: f.text(f.configuredTarget) },
      reason,
      apply: () => {
        f.override = null;
        f.retarget(
          desk.now,
          f.configuredTarget,
          [f.configuredTarget - f.half, f.configuredTarget + f.half],
          'target',
        );
        desk.changed.exposures.add(key);
      },
    });
  });
  on('POST', '/kill', ({ by, body, dry }) => {
    needs(by, 'trader');
    const reason = reasonOf(body);
    if (!/^(desk|venue:\w+|account:[\w/]+|book:\w+)$/.test(body.scope ?? ''))
      throw new Problem(
        422,
        'bad_input',
        `scope ${body.scope} is none of desk, venue:NAME, account:VENUE/ACCOUNT, book:NAME`,
      );
    return change(by, dry, {
      action: 'kill',
      subject: body.scope,
      before: { stopped: desk.kills.has(body.scope) },
      after: { stopped: true },
      reason,
      apply: () => {
        desk.kills.set(body.scope, {
          scope: body.scope,
          since: iso(desk.now),
          by: by.name,
          reason,
          kind: 'kill_switch',
        });
        const alert = desk.raise(
          { rule: 'kill_switch', factor: body.scope, book: '*', severity: 'critical', value: null },
          `kill_switch/${body.scope}`,
          (desk.episodes.get(`kill_switch/${body.scope}`) ?? 0) + 1,
        );
        alert.reason = reason;
      },
    });
  });
  on('POST', '/rearm', ({ by, body, dry }) => {
    needs(by, 'risk');
    const reason = reasonOf(body, true);
    if (!desk.kills.has(body.scope) && !desk.breakers.has(body.scope?.replace('factor:', '')))
      throw new Problem(409, 'conflict', `${body.scope} is not stopped`);
    return change(by, dry, {
      action: 'rearm',
      subject: body.scope,
      before: { stopped: true },
      after: { stopped: false },
      reason,
      apply: () => {
        desk.kills.delete(body.scope);
        desk.breakers.delete(body.scope.replace('factor:', ''));
        for (const alert of desk.openAlerts())
          if (alert.rule === 'kill_switch' && alert.factor === body.scope) desk.end(alert);
      },
    });
  });
  on('POST', '/tokens', ({ by, body, dry }) => {
    needs(by, 'admin');
    if (!ranks[body?.role] && !['ingest', 'metrics'].includes(body?.role))
      throw new Problem(
        422,
        'bad_input',
        `role ${body?.role} is none of viewer, trader, risk, admin, ingest, metrics`,
      );
    if (!/^[\w.-]{1,39}$/.test(body.name ?? ''))
      throw new Problem(422, 'bad_input', 'name: 1 to 39 letters, digits, dots, dashes');
    if ([...tokens.values()].some((t) => t.name === body.name))
      throw new Problem(
        409,
        'conflict',
        `a token named ${body.name} is there already: revoke it first`,
      );
    const after = { name: body.name, role: body.role, expires: body.expires ?? null };
    const token = `mock-${body.name}`;
    const answer = change(by, dry, {
      action: 'token.create',
      subject: body.name,
      before: null,
      after,
      reason: body.reason ?? '',
      apply: () => tokens.set(token, { ...after, created: iso(desk.now), last_used: null }),
    });
    return dry ? answer : { ...answer, token };
  });
  on('DELETE', '/tokens/{name}', ({ by, name, dry }) => {
    needs(by, 'admin');
    const entry = [...tokens].find(([, t]) => t.name === name);
    found(entry, `token ${name}`);
    return change(by, dry, {
      action: 'token.revoke',
      subject: name,
      before: { role: entry[1].role },
      after: null,
      reason: '',
      apply: () => tokens.delete(entry[0]),
    });
  });
}
