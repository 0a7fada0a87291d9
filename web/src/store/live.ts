// What the stream tells, kept by channel; flushed into the screen once an animation frame (once a
// second while the page is hidden, when browsers draw no frames).
import {
  Stream,
  type Notification,
  type Status,
  type SocketLike,
  type World,
} from '../protocol/stream';
import type * as api from '../protocol/types';
import { Collection } from './collection';

export interface Collections {
  exposures: Collection<api.Exposure>;
  alerts: Collection<api.Alert>;
  proposals: Collection<api.Proposal>;
  positions: Collection<api.Position>;
  balances: Collection<api.Balance>;
  transfers: Collection<api.Transfer>;
  breaks: Collection<api.Break>;
  adherence: Collection<api.DeskAdherence>;
  health: Collection<api.Health>;
}
export type ChannelName = keyof Collections;

const join = (...parts: string[]) => parts.join('/');

export function makeCollections(): Collections {
  return {
    exposures: new Collection((x) => x.key),
    alerts: new Collection((x) => x.id),
    proposals: new Collection((x) => x.id),
    positions: new Collection((x) => join(x.venue, x.account, x.book, x.instrument)),
    balances: new Collection((x) => join(x.venue, x.account, x.asset)),
    transfers: new Collection((x) => x.id),
    breaks: new Collection((x) => join(x.venue, x.account, x.subject, x.since)),
    adherence: new Collection((x) => x.key),
    health: new Collection(() => 'health'),
  };
}

export interface DeskClock {
  at: number; // ms of the desk's time
  heard: number; // ms of ours, when it was told
  speed: number;
}

export class Live {
  readonly collections = makeCollections();
  readonly stream: Stream;
  private readonly statusListeners = new Set<() => void>();
  private readonly oneFactor = new Map<string, Set<(exposure: api.Exposure, t: string) => void>>();
  private scheduled = false;
  private clock: DeskClock | null = null;
  /** Messages and frames so far, for the system page. */
  readonly counts = { messages: 0, items: 0, frames: 0 };

  constructor(
    url: string,
    token: () => string | null,
    private readonly world: World,
    private readonly frame: (run: () => void) => void,
  ) {
    this.stream = new Stream(
      url,
      token,
      world,
      (n) => this.hear(n),
      () => this.statusListeners.forEach((f) => f()),
    );
  }

  get status(): Status {
    return this.stream.status;
  }
  onStatus(listener: () => void): () => void {
    this.statusListeners.add(listener);
    return () => this.statusListeners.delete(listener);
  }

  /** Each exposure of one factor as it comes, none left out: charts are drawn from them. */
  onExposure(key: string, listener: (exposure: api.Exposure, t: string) => void): () => void {
    const listeners = this.oneFactor.get(key) ?? new Set();
    this.oneFactor.set(key, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** The desk's time now, as well as it can be told: while nothing is heard it stands still. */
  deskNow(): number {
    if (!this.clock) return this.world.now();
    if (this.status.connection !== 'live') return this.clock.at;
    return this.clock.at + (this.world.now() - this.clock.heard) * this.clock.speed;
  }

  /** What was asked for before the stream spoke: the desk's clock runs from the first picture on. */
  begin(health: api.Health): void {
    this.collections.health.replace([health]);
    this.collections.health.flush();
    this.setClock(health);
  }

  private setClock(health: api.Health | undefined): void {
    const at = health ? Date.parse(health.now) : NaN;
    if (health && !Number.isNaN(at))
      this.clock = { at, heard: this.world.now(), speed: health.speed };
  }

  private hear(notification: Notification): void {
    this.counts.messages += 1;
    this.counts.items += notification.items.length;
    const [name, key] = split(notification.channel);
    const collection = this.collections[name as ChannelName] as Collection<unknown> | undefined;
    if (!collection) return;
    if (notification.type === 'snapshot' && key === null) collection.replace(notification.items);
    else collection.change(notification.items, notification.removed);
    if (name === 'exposures' && this.oneFactor.size > 0) {
      for (const item of notification.items as api.Exposure[])
        this.oneFactor.get(item.key)?.forEach((f) => f(item, notification.t));
    }
    if (name === 'health') this.setClock(notification.items[0] as api.Health | undefined);
    if (!this.scheduled) {
      this.scheduled = true;
      this.frame(() => this.flush());
    }
  }

  private flush(): void {
    this.scheduled = false;
    this.counts.frames += 1;
    for (const collection of Object.values(this.collections))
      (collection as Collection<unknown>).flush();
  }
}

function split(channel: string): [string, string | null] {
  const at = channel.indexOf(':');
  return at < 0 ? [channel, null] : [channel.slice(0, at), channel.slice(at + 1)];
}

/** The browser as the stream's world. */
export const browser: World = {
  open: (url) => new WebSocket(url) as unknown as SocketLike,
  now: () => Date.now(),
  later: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

/**
 * Frames at a pace: at most five a second, which is as fast as numbers can be read, and so that the
 * browser keeps four fifths of its time, however slow it draws: a frame that took 60 ms from its
 * script to the end of its painting is followed by 240 ms without one. After a rest the first change
 * is drawn at once.
 */
export function pacedFrames(): (run: () => void) => void {
  const period = 200; // ms
  const rest = 4;
  let free = 0; // when the next frame may be
  let began = 0;
  const painted = new MessageChannel();
  painted.port1.onmessage = () => {
    const now = performance.now();
    free = Math.max(began + period, now + Math.min(1000, rest * (now - began)));
  };
  return (run) => {
    const draw = () => {
      requestAnimationFrame(() => {
        began = performance.now();
        run();
        painted.port2.postMessage(null);
      });
    };
    const wait = free - performance.now();
    if (document.hidden) setTimeout(run, 1000);
    else if (wait > 1) setTimeout(draw, wait);
    else draw();
  };
}
