// A world for the stream: time that moves when told, sockets whose other end is the test.
import type { SocketLike, World } from '../src/protocol/stream';

export interface Sent {
  id: number;
  method: string;
  params: {
    token?: string;
    channels?: string[];
    resume?: Record<string, number>;
    interval_ms?: number;
  };
}

export class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly sent: Sent[] = [];
  closed = false;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Sent);
  }
  close(): void {
    this.closed = true;
  }
  last(method: string): Sent | undefined {
    return this.sent.findLast((m) => m.method === method);
  }
  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify({ jsonrpc: '2.0', ...(message as object) }) });
  }
  answer(method: string, result: unknown = null): void {
    const call = this.last(method);
    if (!call) throw new Error(`nobody called ${method}`);
    this.say({ id: call.id, result });
  }
  tell(
    channel: string,
    type: 'snapshot' | 'change',
    seq: number,
    prev: number | null,
    items: unknown[],
    removed: string[] = [],
  ): void {
    this.say({
      method: 'subscription',
      params: {
        channel,
        type,
        seq,
        prev_seq: prev,
        t: '2026-01-05T00:00:00Z',
        data: { items, removed },
      },
    });
  }
  fall(code = 1006, reason = ''): void {
    this.onclose?.({ code, reason });
  }
}

export class FakeWorld implements World {
  time = 1_000_000;
  chance = 1;
  readonly sockets: FakeSocket[] = [];
  private timers: { at: number; run: () => void }[] = [];
  open(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }
  now(): number {
    return this.time;
  }
  random(): number {
    return this.chance;
  }
  later(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((t) => t !== timer);
    };
  }
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((t) => t !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
  }
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }
}
