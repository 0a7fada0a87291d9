// The stream of docs/api.md over the mock's desk: JSON-RPC 2.0, snapshot then changes with seq and
// prev_seq, resume, conflation per client.
import { iso } from './desk.mjs';

const remembered = 2000; // changes held for `resume`

export class Hub {
  constructor(desk, tokens) {
    this.desk = desk;
    this.tokens = tokens;
    this.seqs = new Map();
    this.log = new Map(); // channel -> [{seq, keys}]
    this.clients = new Set();
    this.skip = 0;
    this.muted = false;
  }

  items(channel) {
    const { desk } = this;
    const byKey = (list, key) => new Map(list.map((item) => [key(item), item]));
    if (channel.startsWith('exposures:')) {
      const factor = desk.byKey.get(channel.slice(10));
      return byKey(factor ? [desk.exposure(factor)] : [], (x) => x.key);
    }
    switch (channel) {
      case 'exposures':
        return byKey(
          desk.factors.map((f) => desk.exposure(f)),
          (x) => x.key,
        );
      case 'alerts':
        return byKey(desk.openAlerts(), (x) => x.id);
      case 'proposals':
        return byKey([...desk.proposals.values()].slice(-100), (x) => x.id);
      case 'positions':
        return byKey(
          desk.books.positions,
          (x) => `${x.venue}/${x.account}/${x.book}/${x.instrument}`,
        );
      case 'balances':
        return byKey(desk.books.balances, (x) => `${x.venue}/${x.account}/${x.asset}`);
      case 'transfers':
        return byKey(desk.books.transfers, (x) => x.id);
      case 'breaks':
        return byKey(desk.books.breaks, (x) => `${x.venue}/${x.account}/${x.subject}/${x.since}`);
      case 'adherence':
        return byKey([desk.deskAdherence()], (x) => x.key);
      case 'health':
        return byKey([desk.health()], () => 'health');
      case 'orders':
      case 'quotes':
        return new Map();
      default:
        return null;
    }
  }

  /** The latest of one item; an alert that ended is told once as `ok`. */
  item(channel, key) {
    const { desk } = this;
    if (channel.startsWith('exposures'))
      return desk.byKey.has(key) ? desk.exposure(desk.byKey.get(key)) : null;
    if (channel === 'alerts') return desk.alerts.get(key);
    if (channel === 'proposals') return desk.proposals.get(key);
    return this.items(channel).get(key);
  }

  seq(channel) {
    return this.seqs.get(channel) ?? 8000;
  }

  publish() {
    const changed = this.desk.takeChanges();
    const note = (channel, keys) => {
      if (!keys.length) return;
      const seq = this.seq(channel) + 1;
      this.seqs.set(channel, seq);
      const log = this.log.get(channel) ?? [];
      log.push({ seq, keys });
      if (log.length > remembered) log.splice(0, log.length - remembered);
      this.log.set(channel, log);
    };
    const exposures = [...changed.exposures];
    note('exposures', exposures);
    for (const client of this.clients) {
      for (const channel of client.channels.keys()) {
        if (
          channel.startsWith('exposures:') &&
          changed.exposures.has(channel.slice(10)) &&
          this.seqs.get(channel) !== this.seq('exposures')
        ) {
          note(channel, [channel.slice(10)]);
        }
      }
    }
    note('alerts', [...changed.alerts]);
    note('proposals', [...changed.proposals]);
    note(
      'positions',
      [...changed.positions].map((x) => `${x.venue}/${x.account}/${x.book}/${x.instrument}`),
    );
    if (changed.adherence) note('adherence', ['desk']);
    note('health', ['health']);
    for (const client of this.clients) client.flush();
  }

  accept(socket) {
    const client = {
      socket,
      by: null,
      channels: new Map(),
      interval: 100,
      flush: () => this.flush(client),
    };
    const limit = setTimeout(
      () => client.by ?? socket.close(1008, 'no public/auth within 5 s'),
      5000,
    );
    this.clients.add(client);
    socket.on('close', () => {
      clearTimeout(limit);
      this.clients.delete(client);
    });
    socket.on('message', (text) => this.hear(client, String(text)));
  }

  hear(client, text) {
    if (this.muted) return;
    const send = (message) => client.socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
    let request;
    try {
      request = JSON.parse(text);
    } catch {
      send({ id: null, error: { code: -32700, message: 'this is no JSON' } });
      return;
    }
    const { id, method, params = {} } = request;
    if (method === 'public/auth') {
      client.by = this.tokens.get(params.token) ?? null;
      if (!client.by) {
        send({
          id,
          error: { code: 401, message: 'no such token, or it has expired or was revoked' },
        });
        client.socket.close(1008, 'bad token');
        return;
      }
      send({ id, result: { name: client.by.name, role: client.by.role } });
    } else if (method === 'public/ping') send({ id, result: 'pong' });
    else if (!client.by) send({ id, error: { code: 401, message: 'public/auth first' } });
    else if (method === 'private/subscribe') {
      client.interval = params.interval_ms ?? 100;
      const known = (params.channels ?? []).filter((channel) => this.items(channel) !== null);
      for (const channel of known)
        client.channels.set(channel, { seq: params.resume?.[channel] ?? null, at: 0 });
      send({ id, result: known });
      for (const channel of known) this.begin(client, channel);
    } else if (method === 'private/unsubscribe') {
      for (const channel of params.channels ?? []) client.channels.delete(channel);
      send({ id, result: [...client.channels.keys()] });
    } else send({ id, error: { code: -32601, message: `no method ${method}` } });
  }

  tell(client, channel, type, prev, data) {
    const subscription = client.channels.get(channel);
    subscription.seq = this.seq(channel);
    subscription.at = Date.now();
    client.socket.send(
      JSON.stringify({
        jsonrpc: '2.0',
        method: 'subscription',
        params: {
          channel,
          type,
          seq: subscription.seq,
          prev_seq: prev,
          t: iso(this.desk.now),
          data,
        },
      }),
    );
  }

  begin(client, channel) {
    const { seq } = client.channels.get(channel);
    const log = this.log.get(channel) ?? [];
    const held =
      seq !== null &&
      seq <= this.seq(channel) &&
      (seq === this.seq(channel) || log[0]?.seq <= seq + 1);
    if (!held)
      this.tell(client, channel, 'snapshot', null, { items: [...this.items(channel).values()] });
  }

  flush(client) {
    if (this.muted || client.socket.readyState !== 1) return;
    for (const [channel, subscription] of client.channels) {
      const seq = this.seq(channel);
      if (subscription.seq === seq || Date.now() - subscription.at < client.interval - 5) continue;
      const keys = new Set();
      for (const entry of (this.log.get(channel) ?? []).toReversed()) {
        if (entry.seq <= subscription.seq) break;
        for (const key of entry.keys) keys.add(key);
      }
      const items = [...keys].map((key) => this.item(channel, key)).filter(Boolean);
      const removed =
        channel === 'alerts' ? items.filter((a) => a.state === 'ok').map((a) => a.id) : [];
      const prev = subscription.seq;
      if (this.skip > 0 && channel.startsWith('exposures')) {
        this.skip -= 1;
        subscription.seq = seq;
        continue; // told to nobody: a gap
      }
      this.tell(client, channel, 'change', prev, { items, removed });
    }
  }
}
