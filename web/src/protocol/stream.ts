// The stream: one socket, channels that are counted, snapshots and changes in order.
//
// A change whose prev_seq is not the last seq seen is a gap: the channel is subscribed again and its
// values are not current until the snapshot is there. After a lost connection channels resume from
// their last seq. Silence is not trusted: the service is pinged, and without an answer the
// connection counts as stale, then as lost. Waits grow from half a second to half a minute, with jitter.

export type Connection = 'connecting' | 'live' | 'stale' | 'lost' | 'refused';

export interface Notification {
  channel: string;
  type: 'snapshot' | 'change';
  items: unknown[];
  removed: string[];
  t: string;
}

export interface Status {
  connection: Connection;
  since: number; // ms, of the change to this state
  heard: number | null; // ms, of the last message
  retryAt: number | null;
  reason: string | null;
  gaps: number;
  reconnects: number;
  roundTrip: number | null; // ms
}

/** What the stream needs of the world, so that tests can stand in for it. */
export interface World {
  open(url: string): SocketLike;
  now(): number;
  later(ms: number, run: () => void): () => void; // cancels
  random(): number;
}
export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

const pingEvery = 4000;
const staleAfter = 7000; // since the last message, with a ping in between
const lostAfter = 15000;
const firstWait = 500;
const longestWait = 30000;
const lingers = 5000; // a channel nobody wants is kept so long, for who comes back

interface Channel {
  users: number;
  seq: number | null;
  current: boolean; // a snapshot or a resume has come on this connection, and no gap since
  asked: boolean;
  linger: (() => void) | null;
}

export class Stream {
  private socket: SocketLike | null = null;
  private readonly channels = new Map<string, Channel>();
  private readonly calls = new Map<number, (error: string | null) => void>();
  private nextId = 1;
  private attempts = 0;
  private ready = false;
  private ended = false;
  private cancelRetry: (() => void) | null = null;
  private cancelPulse: (() => void) | null = null;
  private pinged: { id: number; at: number } | null = null;
  private current: Status;

  constructor(
    private readonly url: string,
    private readonly token: () => string | null,
    private readonly world: World,
    private readonly hear: (notification: Notification) => void,
    private readonly tell: (status: Status) => void,
    private readonly intervalMs = 100,
  ) {
    this.current = {
      connection: 'connecting',
      since: world.now(),
      heard: null,
      retryAt: null,
      reason: null,
      gaps: 0,
      reconnects: 0,
      roundTrip: null,
    };
  }

  get status(): Status {
    return this.current;
  }

  start(): void {
    this.ended = false;
    this.connect();
  }

  stop(): void {
    this.ended = true;
    this.cancelRetry?.();
    this.cancelPulse?.();
    this.drop();
  }

  /** Wants a channel; the function returned no longer does. */
  want(name: string): () => void {
    let channel = this.channels.get(name);
    if (!channel) {
      channel = { users: 0, seq: null, current: false, asked: false, linger: null };
      this.channels.set(name, channel);
    }
    channel.linger?.();
    channel.linger = null;
    channel.users += 1;
    if (this.ready && !channel.asked) this.subscribe([name]);
    let done = false;
    return () => {
      if (done) return;
      done = true;
      channel.users -= 1;
      if (channel.users > 0) return;
      channel.linger = this.world.later(lingers, () => {
        this.channels.delete(name);
        if (this.ready) this.call('private/unsubscribe', { channels: [name] });
      });
    };
  }

  /** Whether what is known of a channel is what the service knows. */
  isCurrent(name: string): boolean {
    return this.current.connection === 'live' && (this.channels.get(name)?.current ?? false);
  }

  retryNow(): void {
    if (this.current.connection === 'live' || this.current.connection === 'connecting') return;
    this.cancelRetry?.();
    this.drop();
    this.connect();
  }

  private update(change: Partial<Status>): void {
    const moved = change.connection !== undefined && change.connection !== this.current.connection;
    this.current = { ...this.current, ...change, ...(moved ? { since: this.world.now() } : {}) };
    this.tell(this.current);
  }

  private connect(): void {
    this.cancelRetry = null;
    this.update({ connection: 'connecting', retryAt: null });
    const socket = this.world.open(this.url);
    this.socket = socket;
    socket.onopen = () => {
      if (socket === this.socket) this.begin();
    };
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(String(event.data));
    };
    socket.onclose = (event) => {
      if (socket === this.socket)
        this.lost(
          event.reason ||
            (event.code === 1013
              ? 'dropped: this client did not read fast enough'
              : 'the connection was closed'),
        );
    };
    this.cancelPulse?.();
    const opened = this.world.now();
    this.pulse(opened);
  }

  private begin(): void {
    const token = this.token();
    if (token === null) {
      this.authorised();
      return;
    }
    this.call('public/auth', { token }, (error) => {
      if (error === null) this.authorised();
      else {
        this.drop();
        this.cancelPulse?.();
        this.update({ connection: 'refused', reason: error });
      }
    });
  }

  private authorised(): void {
    this.ready = true;
    const names = [...this.channels.keys()];
    if (names.length > 0) this.subscribe(names);
    this.update({ connection: 'live', reason: null, heard: this.world.now() });
  }

  private subscribe(names: string[]): void {
    const resume: Record<string, number> = {};
    for (const name of names) {
      const channel = this.channels.get(name);
      if (!channel) continue;
      channel.asked = true;
      if (channel.seq !== null) resume[name] = channel.seq;
    }
    this.call(
      'private/subscribe',
      {
        channels: names,
        interval_ms: this.intervalMs,
        ...(Object.keys(resume).length > 0 ? { resume } : {}),
      },
      (error) => {
        if (error !== null) return;
        // What resumes and has not changed says nothing more: it is current by now.
        for (const name of Object.keys(resume)) {
          const channel = this.channels.get(name);
          if (channel && channel.seq !== null) channel.current = true;
        }
        this.tell(this.current);
      },
    );
  }

  private call(method: string, params: unknown, done?: (error: string | null) => void): number {
    const id = this.nextId++;
    if (done) this.calls.set(id, done);
    this.socket?.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return id;
  }

  private receive(text: string): void {
    let message: {
      id?: number;
      method?: string;
      params?: Record<string, unknown>;
      error?: { message: string };
    };
    try {
      message = JSON.parse(text) as typeof message;
    } catch {
      this.lost('the service sent something that is no JSON');
      return;
    }
    const now = this.world.now();
    if (this.pinged && message.id === this.pinged.id) {
      this.current = { ...this.current, roundTrip: now - this.pinged.at };
      this.pinged = null;
    }
    this.current = { ...this.current, heard: now };
    if (this.current.connection === 'stale') this.update({ connection: 'live', reason: null });
    if (message.method === 'subscription' && message.params) this.notified(message.params);
    else if (message.id !== undefined) {
      const done = this.calls.get(message.id);
      this.calls.delete(message.id);
      done?.(message.error ? message.error.message : null);
    }
  }

  private notified(params: Record<string, unknown>): void {
    const name = String(params.channel);
    const channel = this.channels.get(name);
    if (!channel) return;
    const type = params.type === 'snapshot' ? 'snapshot' : 'change';
    const data = params.data as { items?: unknown[]; removed?: string[] };
    const seq = Number(params.seq);
    if (type === 'change' && (channel.seq === null || params.prev_seq !== channel.seq)) {
      if (channel.seq === null) return; // the snapshot that was asked for is on its way
      channel.seq = null;
      channel.current = false;
      this.subscribe([name]);
      this.update({ gaps: this.current.gaps + 1 });
      return;
    }
    const was = channel.current;
    channel.seq = seq;
    channel.current = true;
    this.attempts = 0;
    this.hear({
      channel: name,
      type,
      items: data.items ?? [],
      removed: data.removed ?? [],
      t: String(params.t),
    });
    if (!was) this.tell(this.current);
  }

  /** Looks once a second whether anything is heard. */
  private pulse(opened: number): void {
    this.cancelPulse = this.world.later(1000, () => {
      const now = this.world.now();
      const silence = now - Math.max(this.current.heard ?? 0, opened);
      if (silence > lostAfter) {
        this.lost(`nothing heard for ${Math.round(silence / 1000)} s`);
        return;
      }
      if (this.ready && !this.pinged && silence > pingEvery)
        this.pinged = { id: this.call('public/ping', {}), at: now };
      else if (this.ready && !this.pinged && now - (this.lastPing ?? 0) > 10000) {
        this.lastPing = now;
        this.pinged = { id: this.call('public/ping', {}), at: now };
      }
      if (silence > staleAfter && this.current.connection === 'live')
        this.update({ connection: 'stale', reason: 'nothing heard' });
      this.pulse(opened);
    });
  }
  private lastPing: number | null = null;

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.ready = false;
    this.pinged = null;
    this.calls.clear();
    for (const channel of this.channels.values()) {
      channel.asked = false;
      channel.current = false;
    }
    socket?.close();
  }

  private lost(reason: string): void {
    this.drop();
    this.cancelPulse?.();
    if (this.ended) return;
    const ceiling = Math.min(longestWait, firstWait * 2 ** this.attempts);
    const wait = ceiling / 2 + (ceiling / 2) * this.world.random();
    this.attempts += 1;
    this.update({
      connection: 'lost',
      reason,
      retryAt: this.world.now() + wait,
      reconnects: this.current.reconnects + 1,
    });
    this.cancelRetry = this.world.later(wait, () => this.connect());
  }
}
