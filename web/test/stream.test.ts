import { beforeEach, describe, expect, test } from 'vitest';
import { Stream, type Notification } from '../src/protocol/stream';
import { FakeWorld } from './world';

let world: FakeWorld;
let heard: Notification[];
let stream: Stream;
let token: string | null;

beforeEach(() => {
  world = new FakeWorld();
  heard = [];
  token = 'secret';
  stream = new Stream(
    'ws://desk',
    () => token,
    world,
    (n) => heard.push(n),
    () => undefined,
  );
});

function connect(): void {
  stream.start();
  admit();
}
function admit(): void {
  world.socket.onopen?.();
  if (token !== null) world.socket.answer('public/auth', { name: 'tom', role: 'trader' });
}

describe('a connection', () => {
  test('authorises before it subscribes', () => {
    stream.want('exposures');
    stream.start();
    world.socket.onopen?.();
    expect(world.socket.sent.map((m) => m.method)).toEqual(['public/auth']);
    expect(world.socket.sent[0]?.params.token).toBe('secret');
    world.socket.answer('public/auth', {});
    expect(world.socket.last('private/subscribe')?.params).toEqual({
      channels: ['exposures'],
      interval_ms: 100,
    });
    expect(stream.status.connection).toBe('live');
  });
  test('needs no token where none is asked for', () => {
    token = null;
    stream.want('health');
    stream.start();
    world.socket.onopen?.();
    expect(world.socket.sent.map((m) => m.method)).toEqual(['private/subscribe']);
  });
  test('that is refused is not tried again', () => {
    stream.start();
    world.socket.onopen?.();
    const call = world.socket.last('public/auth');
    world.socket.say({ id: call?.id, error: { code: 401, message: 'revoked' } });
    expect(stream.status).toMatchObject({ connection: 'refused', reason: 'revoked' });
    world.pass(120000);
    expect(world.sockets.length).toBe(1);
  });
});

describe('a channel', () => {
  test('hears its snapshot, then its changes in order', () => {
    stream.want('alerts');
    connect();
    world.socket.tell('alerts', 'snapshot', 7, null, [{ id: 'a' }]);
    world.socket.tell('alerts', 'change', 8, 7, [{ id: 'b' }], ['a']);
    expect(heard.map((n) => [n.type, n.items.length, n.removed])).toEqual([
      ['snapshot', 1, []],
      ['change', 1, ['a']],
    ]);
    expect(stream.isCurrent('alerts')).toBe(true);
  });
  test('with a gap is asked for anew, and is not current until the snapshot', () => {
    stream.want('alerts');
    connect();
    world.socket.tell('alerts', 'snapshot', 7, null, []);
    world.socket.tell('alerts', 'change', 10, 9, [{ id: 'lost' }]);
    expect(heard.length).toBe(1);
    expect(stream.isCurrent('alerts')).toBe(false);
    expect(stream.status.gaps).toBe(1);
    expect(world.socket.last('private/subscribe')?.params).toEqual({
      channels: ['alerts'],
      interval_ms: 100,
    });
    world.socket.tell('alerts', 'change', 11, 10, [{ id: 'early' }]);
    expect(heard.length, 'changes before the snapshot say nothing').toBe(1);
    world.socket.tell('alerts', 'snapshot', 11, null, [{ id: 'lost' }]);
    expect(stream.isCurrent('alerts')).toBe(true);
    expect(stream.status.gaps, 'one gap is counted once').toBe(1);
  });
  test('is left a while after nobody wants it, and not when somebody comes back', () => {
    connect();
    const first = stream.want('pnl');
    expect(world.socket.last('private/subscribe')?.params.channels).toEqual(['pnl']);
    first();
    first();
    world.pass(3000);
    const second = stream.want('pnl');
    world.socket.say({ id: 0 });
    world.pass(6000);
    expect(world.socket.last('private/unsubscribe')).toBeUndefined();
    second();
    world.socket.say({ id: 0 });
    world.pass(6000);
    expect(world.socket.last('private/unsubscribe')?.params.channels).toEqual(['pnl']);
  });
  test('that nobody wants any more is not heard', () => {
    connect();
    stream.want('pnl')();
    world.pass(5000);
    world.socket.tell('pnl', 'snapshot', 1, null, [{}]);
    expect(heard.length).toBe(0);
  });
});

describe('a lost connection', () => {
  test('resumes each channel from its last seq', () => {
    stream.want('exposures');
    stream.want('alerts');
    connect();
    world.socket.tell('exposures', 'snapshot', 41, null, []);
    world.socket.tell('exposures', 'change', 42, 41, []);
    world.socket.fall();
    expect(stream.status.connection).toBe('lost');
    expect(stream.isCurrent('exposures')).toBe(false);
    world.pass(1000);
    admit();
    expect(world.socket.last('private/subscribe')?.params).toEqual({
      channels: ['exposures', 'alerts'],
      interval_ms: 100,
      resume: { exposures: 42 },
    });
    world.socket.answer('private/subscribe', ['exposures', 'alerts']);
    expect([stream.isCurrent('exposures'), stream.isCurrent('alerts')]).toEqual([true, false]);
    world.socket.tell('exposures', 'change', 43, 42, [{ key: 'x' }]);
    expect(heard.at(-1)).toMatchObject({ type: 'change', items: [{ key: 'x' }] });
  });
  test('is tried again ever later, at most every half minute, and sooner by jitter', () => {
    stream.start();
    const waits: number[] = [];
    for (let i = 0; i < 9; ++i) {
      world.socket.fall();
      waits.push((stream.status.retryAt ?? 0) - world.time);
      world.pass(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    world.chance = 0;
    world.socket.fall();
    expect((stream.status.retryAt ?? 0) - world.time).toBe(15000);
  });
  test('starts over with short waits once data have come', () => {
    stream.want('health');
    stream.start();
    for (let i = 0; i < 5; ++i) {
      world.socket.fall();
      world.pass(30000);
    }
    admit();
    world.socket.tell('health', 'snapshot', 1, null, []);
    world.socket.fall();
    expect((stream.status.retryAt ?? 0) - world.time).toBe(500);
  });
  test('is tried at once when asked to', () => {
    stream.start();
    world.socket.fall();
    stream.retryNow();
    expect(world.sockets.length).toBe(2);
    world.pass(60000);
    expect(world.sockets.length, 'and not twice').toBeLessThanOrEqual(6);
  });
  test('says why, where the service did', () => {
    connect();
    world.socket.fall(1013, 'slow consumer: 4,096 messages behind');
    expect(stream.status.reason).toBe('slow consumer: 4,096 messages behind');
  });
  test('hears nothing from the socket it gave up', () => {
    stream.want('alerts');
    connect();
    const old = world.socket;
    old.fall();
    world.pass(1000);
    old.tell('alerts', 'snapshot', 3, null, [{ id: 'ghost' }]);
    expect(heard.length).toBe(0);
  });
});

describe('silence', () => {
  test('is asked about, then stale, then lost', () => {
    connect();
    world.pass(5500);
    expect(world.socket.last('public/ping')).toBeDefined();
    expect(stream.status.connection).toBe('live');
    world.pass(3000);
    expect(stream.status.connection).toBe('stale');
    world.pass(8000);
    expect(stream.status.connection).not.toBe('stale');
    expect(world.sockets[0]?.closed).toBe(true);
  });
  test('that ends makes it live again', () => {
    connect();
    world.pass(8500);
    expect(stream.status.connection).toBe('stale');
    world.socket.answer('public/ping', 'pong');
    expect(stream.status.connection).toBe('live');
    expect(stream.status.roundTrip).toBeGreaterThan(0);
  });
  test('of a connection that never opens is given up as well', () => {
    stream.start();
    world.pass(16500);
    expect(stream.status.reconnects).toBe(1);
  });
});
