// A factor's path as columns that grow at the end: each vertex holds until the next.
import type { Exposure, Fill, Path } from '../protocol/types';

type Column = (number | null)[];
export interface Series {
  t: number[];
  actual: Column;
  target: Column;
  lower: Column;
  upper: Column;
  limitLower: Column;
  limitUpper: Column;
  known: boolean[];
}
export const columnNames = [
  'limitLower',
  'limitUpper',
  'lower',
  'upper',
  'target',
  'actual',
] as const;

export function seriesOf(path: Path): Series {
  return {
    t: [...path.t],
    actual: [...path.actual],
    target: [...path.target],
    lower: [...path.lower],
    upper: [...path.upper],
    limitLower: [...path.limit_lower],
    limitUpper: [...path.limit_upper],
    known: [...path.known],
  };
}

/** Adds what is known from `t` on; what is not later than the last vertex replaces it. */
export function extend(series: Series, e: Exposure, t: number): void {
  const number = (text: string | null | undefined) =>
    text === null || text === undefined ? null : Number(text);
  const row = {
    actual: number(e.actual),
    target: number(e.target),
    lower: number(e.band?.[0]),
    upper: number(e.band?.[1]),
    limitLower: number(e.limit?.[0]),
    limitUpper: number(e.limit?.[1]),
  };
  const last = series.t.length - 1;
  const known = e.state !== 'unknown';
  if (
    last >= 0 &&
    columnNames.every((name) => series[name][last] === row[name]) &&
    series.known[last] === known
  )
    return;
  const at = last >= 0 && t <= (series.t[last] ?? 0) ? last : last + 1;
  if (at > last) series.t[at] = t;
  for (const name of columnNames) series[name][at] = row[name];
  series.known[at] = known;
}

/** What uPlot draws: the last vertex drawn on to `now`. */
export function drawn(series: Series, now: number): (number | null)[][] {
  const last = series.t.length - 1;
  if (last < 0) return [[], ...columnNames.map(() => [])];
  const end = Math.max(now, series.t[last] ?? now);
  return [
    [...series.t, end],
    ...columnNames.map((name) => [...series[name], series[name][last] ?? null]),
  ];
}

/** Spans [from, to) where `is` holds, the last one open to `now`. */
export function spans(series: Series, now: number, is: (i: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  let start: number | null = null;
  series.t.forEach((t, i) => {
    if (is(i)) start ??= t;
    else if (start !== null) {
      found.push([start, t]);
      start = null;
    }
  });
  if (start !== null) found.push([start, Math.max(now, start)]);
  return found;
}

/** The vertex that holds at `t`. */
export function vertexAt(series: Series, t: number): number {
  let [low, high] = [0, series.t.length - 1];
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if ((series.t[mid] ?? 0) <= t) low = mid;
    else high = mid - 1;
  }
  return low;
}

/** Hedges and clients always; quotes only while they are few enough to see. */
export function fillsToDraw(fills: Fill[]): Fill[] {
  const rare = fills.filter((f) => f.origin !== 'quote');
  return fills.length <= 60 ? fills : rare;
}
