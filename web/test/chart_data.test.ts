import { describe, expect, test } from 'vitest';
import type { Exposure, Fill, Path } from '../src/protocol/types';
import { drawn, extend, fillsToDraw, seriesOf, spans, vertexAt } from '../src/ui/chart_data';

const path = {
  t: [10, 20, 30],
  actual: [1, 3, 1],
  target: [0, 0, 0],
  lower: [-2, -2, -2],
  upper: [2, 2, 2],
  limit_lower: [-6, -6, -6],
  limit_upper: [6, 6, 6],
  known: [true, true, false],
  fills: [],
  alerts: [],
  excursions: [],
} as unknown as Path;
const exposure = (actual: string, state = 'in_band') =>
  ({ actual, target: '0', band: ['-2', '2'], limit: ['-6', '6'], state }) as Exposure;

describe('a path', () => {
  test('grows with what the stream tells, without touching the answer it came from', () => {
    const s = seriesOf(path);
    extend(s, exposure('5', 'above'), 40);
    expect([s.t, s.actual, s.known]).toEqual([
      [10, 20, 30, 40],
      [1, 3, 1, 5],
      [true, true, false, true],
    ]);
    expect(path.t.length).toBe(3);
  });
  test('takes no vertex that changes nothing', () => {
    const s = seriesOf(path);
    extend(s, exposure('1', 'unknown'), 40);
    expect(s.t.length).toBe(3);
  });
  test('never runs backwards', () => {
    const s = seriesOf(path);
    extend(s, exposure('4', 'above'), 25);
    expect([s.t, s.actual]).toEqual([
      [10, 20, 30],
      [1, 3, 4],
    ]);
  });
  test('is drawn on to now', () => {
    const columns = drawn(seriesOf(path), 35);
    expect(columns[0]).toEqual([10, 20, 30, 35]);
    expect(columns.at(-1)).toEqual([1, 3, 1, 1]);
    expect(
      drawn(
        {
          t: [],
          actual: [],
          target: [],
          lower: [],
          upper: [],
          limitLower: [],
          limitUpper: [],
          known: [],
        },
        5,
      )[0],
    ).toEqual([]);
  });
  test('has spans', () => {
    const s = seriesOf(path);
    expect(spans(s, 50, (i) => (s.actual[i] ?? 0) > 2)).toEqual([[20, 30]]);
    expect(spans(s, 50, (i) => s.known[i] === false)).toEqual([[30, 50]]);
  });
  test('holds each vertex until the next', () => {
    const s = seriesOf(path);
    expect([5, 10, 19.9, 20, 99].map((t) => vertexAt(s, t))).toEqual([0, 0, 0, 1, 2]);
  });
  test('leaves quotes out when they are too many to see', () => {
    const fills = Array.from(
      { length: 100 },
      (_, i) => ({ origin: i % 10 ? 'quote' : 'hedge' }) as Fill,
    );
    expect(fillsToDraw(fills).length).toBe(10);
    expect(fillsToDraw(fills.slice(0, 20)).length).toBe(20);
  });
});
