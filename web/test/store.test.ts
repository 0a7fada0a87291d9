import { describe, expect, test } from 'vitest';
import { Problem, makeRest, type Rest } from '../src/protocol/rest';
import type { Exposure, Health } from '../src/protocol/types';
import { Collection } from '../src/store/collection';
import { Live } from '../src/store/live';
import { Queries } from '../src/store/queries';
import { may, takeToken, whyNot } from '../src/store/session';
import { badness, together } from '../src/store/judgement';
import { FakeWorld } from './world';

interface Item {
  key: string;
  n: number;
}
const collection = () => new Collection<Item>((x) => x.key);

describe('a collection', () => {
  test('tells each key once a flush, with the latest', () => {
    const c = collection();
    const seen: number[] = [];
    c.onItem('a', () => seen.push(c.get('a')?.n ?? -1));
    c.replace([{ key: 'a', n: 1 }]);
    for (let n = 2; n <= 50; ++n) c.change([{ key: 'a', n }], []);
    expect(c.get('a'), 'nothing shows before the frame').toBeUndefined();
    c.flush();
    c.flush();
    expect(seen).toEqual([50]);
  });
  test('tells only who listens to what changed', () => {
    const c = collection();
    let [a, b, keys] = [0, 0, 0];
    c.onItem('a', () => a++);
    const off = c.onItem('b', () => b++);
    c.onKeys(() => keys++);
    c.replace([
      { key: 'a', n: 1 },
      { key: 'b', n: 1 },
    ]);
    c.flush();
    c.change([{ key: 'a', n: 2 }], []);
    c.flush();
    off();
    c.change([{ key: 'b', n: 2 }], []);
    c.flush();
    expect([a, b, keys]).toEqual([2, 1, 1]);
  });
  test('forgets with a snapshot what is not in it', () => {
    const c = collection();
    c.replace([
      { key: 'a', n: 1 },
      { key: 'b', n: 1 },
    ]);
    c.flush();
    c.change([{ key: 'c', n: 1 }], []);
    c.replace([{ key: 'b', n: 3 }]);
    c.change([{ key: 'd', n: 4 }], []);
    c.flush();
    expect(c.values()).toEqual([
      { key: 'b', n: 3 },
      { key: 'd', n: 4 },
    ]);
  });
  test('removes, and knows an empty list from none', () => {
    const c = collection();
    expect(c.loaded).toBe(false);
    c.replace([]);
    c.flush();
    expect(c.loaded).toBe(true);
    c.change([{ key: 'a', n: 1 }], []);
    c.flush();
    c.change([], ['a', 'never']);
    c.flush();
    expect(c.keys()).toEqual([]);
  });
});

describe('live', () => {
  const start = () => {
    const world = new FakeWorld();
    const frames: (() => void)[] = [];
    const live = new Live(
      'ws://desk',
      () => null,
      world,
      (run) => frames.push(run),
    );
    live.stream.want('exposures');
    live.stream.want('health');
    live.stream.start();
    world.socket.onopen?.();
    return { world, frames, live };
  };
  test('draws a hundred messages in one frame', () => {
    const { world, frames, live } = start();
    world.socket.tell('exposures', 'snapshot', 1, null, [{ key: 'x', z: 0 }]);
    for (let seq = 2; seq <= 100; ++seq)
      world.socket.tell('exposures', 'change', seq, seq - 1, [{ key: 'x', z: seq }]);
    expect(frames.length).toBe(1);
    frames[0]?.();
    expect(live.collections.exposures.get('x')?.z).toBe(100);
    expect(live.counts).toMatchObject({ messages: 100, frames: 1 });
  });
  test('leaves no exposure out for a chart', () => {
    const { world, live } = start();
    const seen: (number | null)[] = [];
    live.onExposure('x', (e: Exposure) => seen.push(e.z));
    world.socket.tell('exposures', 'snapshot', 1, null, [
      { key: 'x', z: 1 },
      { key: 'y', z: 9 },
    ]);
    world.socket.tell('exposures', 'change', 2, 1, [{ key: 'x', z: 2 }]);
    expect(seen).toEqual([1, 2]);
  });
  test("tells the desk's time at the desk's speed, and stands still when nothing is heard", () => {
    const { world, live } = start();
    world.socket.tell('health', 'snapshot', 1, null, [{ now: '2026-01-05T00:00:00Z', speed: 60 }]);
    const at = Date.parse('2026-01-05T00:00:00Z');
    world.time += 500;
    expect(live.deskNow()).toBe(at + 30000);
    world.socket.fall();
    world.time += 5000;
    expect(live.deskNow()).toBe(at);
  });
  test("has the desk's time before the stream has spoken", () => {
    const { world, live } = start();
    live.begin({ now: '2026-01-05T00:00:00Z', speed: 60 } as Health);
    world.time += 500;
    expect(live.deskNow()).toBe(Date.parse('2026-01-05T00:00:30Z'));
    expect(live.collections.health.get('health')?.speed).toBe(60);
  });
});

describe('queries', () => {
  const rest = (get: () => Promise<unknown>) =>
    ({ get: async () => ({ body: await get(), etag: '"v1"' }) }) as unknown as Rest;
  test('keep what they had when they cannot be read anew, and say so', async () => {
    let answer: () => Promise<unknown> = async () => 1;
    let now = 5;
    const queries = new Queries(
      rest(() => answer()),
      () => now,
    );
    await queries.load('/pnl');
    expect(queries.get('/pnl')).toMatchObject({
      data: 1,
      etag: '"v1"',
      at: 5,
      problem: null,
      busy: false,
    });
    answer = () => Promise.reject(new Problem(500, 'internal', 'the disk is full'));
    now = 9;
    await queries.load('/pnl');
    expect(queries.get('/pnl')).toMatchObject({
      data: 1,
      at: 5,
      problem: { message: 'the disk is full' },
    });
    answer = async () => 2;
    await queries.load('/pnl');
    expect(queries.get('/pnl')).toMatchObject({ data: 2, at: 9, problem: null });
  });
  test('forget what nobody looks at, when it is much', async () => {
    const queries = new Queries(
      rest(async () => 1),
      () => 5,
    );
    queries.on('/seen', () => undefined);
    await queries.load('/seen');
    for (let i = 0; i < 100; ++i) await queries.load(`/${i}`);
    expect(queries.get('/seen').data).toBe(1);
    expect(queries.get('/0').data).toBeNull();
    expect(queries.get('/99').data).toBe(1);
  });
  test('ask once while they are being asked', async () => {
    let asked = 0;
    const queries = new Queries(
      rest(async () => ++asked),
      () => 0,
    );
    await Promise.all([queries.load('/a'), queries.load('/a')]);
    expect(asked).toBe(1);
  });
});

describe('requests', () => {
  const answers =
    (status: number, body: string, headers: Record<string, string> = {}) =>
    async () =>
      new Response(body, { status, headers });
  test('carry token and version, and read problems', async () => {
    let sent: RequestInit & { url?: string } = {};
    const refused: string[] = [];
    const rest = makeRest(
      () => 't0',
      (d) => refused.push(d),
      (async (url: string, init: RequestInit) => {
        sent = { ...init, url };
        return answers(412, '{"code":"version_mismatch","detail":"changed meanwhile"}')();
      }) as unknown as typeof fetch,
    );
    await expect(
      rest.change('PUT', '/limits/delta%3ABTC', { limit: ['1', '2'] }, { dry: true, etag: '"7"' }),
    ).rejects.toMatchObject({
      status: 412,
      code: 'version_mismatch',
      message: 'changed meanwhile',
    });
    const headers = new Headers(sent.headers);
    expect([sent.url, sent.method, headers.get('authorization'), headers.get('if-match')]).toEqual([
      '/api/v1/limits/delta%3ABTC?dry_run=true',
      'PUT',
      'Bearer t0',
      '"7"',
    ]);
    expect(refused).toEqual([]);
  });
  test('tell of a token that is not good any more', async () => {
    const refused: string[] = [];
    const rest = makeRest(
      () => 't0',
      (d) => refused.push(d),
      answers(401, '{"detail":"revoked"}') as unknown as typeof fetch,
    );
    await expect(rest.get('/me')).rejects.toMatchObject({ status: 401 });
    expect(refused).toEqual(['revoked']);
  });
  test('never take a page for an answer', async () => {
    const rest = makeRest(
      () => null,
      () => undefined,
      answers(200, '<html>') as unknown as typeof fetch,
    );
    await expect(rest.get('/me')).rejects.toMatchObject({ code: 'no_json' });
  });
});

describe('a session', () => {
  const storage = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (k: string) => kept.get(k) ?? null,
      setItem: (k: string, v: string) => kept.set(k, v),
    } as unknown as Storage;
  };
  test('takes the token out of the address', () => {
    const shown: string[] = [];
    const kept = storage();
    const history = {
      state: null,
      replaceState: (_: unknown, __: string, url: string) => shown.push(url),
    } as unknown as History;
    const place = {
      hash: '#token=ab%2Bc',
      pathname: '/factors/delta:BTC',
      search: '?window=6h',
    } as Location;
    expect(takeToken(place, history, kept)).toBe('ab+c');
    expect(shown).toEqual(['/factors/delta:BTC?window=6h']);
    expect(takeToken({ ...place, hash: '' } as Location, history, kept)).toBe('ab+c');
  });
  test('knows what its role may, and says why not', () => {
    const me = { name: 'v', role: 'viewer', expires: null } as const;
    expect(may(me, 'act')).toBe(false);
    expect(whyNot(me, 'limit')).toContain('risk or admin');
    expect(whyNot({ ...me, role: 'risk' }, 'limit')).toBeNull();
    expect(may({ ...me, role: 'trader' }, 'limit')).toBe(false);
    expect(may({ ...me, role: 'ingest' }, 'read')).toBe(false);
  });
});

test('the split adds up exactly, and what it does not explain is left over', () => {
  const pnl = {
    spread: '0.1',
    target: '0.2',
    deviation: '-0.05',
    basis: '0',
    funding: '0.01',
    fees: '-0.03',
  };
  expect(together([{ ...pnl, total: '0.23' }]).unexplained).toBe('0');
  expect(
    together([
      { ...pnl, total: '0.23' },
      { ...pnl, total: '1.23' },
    ]),
  ).toMatchObject({ total: '1.46', unexplained: '1' });
});

test('worst is what is furthest out, then what is unknown, then what is nearest its edge', () => {
  const e = (state: string, z: number | null) => ({ state, z }) as Exposure;
  const rows = [
    e('in_band', 0.2),
    e('unknown', null),
    e('above', 1.1),
    e('below', -3),
    e('in_band', -0.9),
    e('above', 1e6),
  ];
  expect([...rows].sort((a, b) => badness(b) - badness(a)).map((x) => x.z)).toEqual([
    1e6,
    -3,
    1.1,
    null,
    -0.9,
    0.2,
  ]);
});
