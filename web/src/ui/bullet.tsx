// A bullet bar: limits as the track, the band on it, a tick for the target, a bar from it to the
// actual. Decoration for the eye: the numbers stand beside it, so screen readers pass over it.
import { memo } from 'react';
import { toNumber } from '../base/decimal';
import type { Exposure } from '../protocol/types';
import { gradeOf } from './figures';

const width = 1000;
const height = 20;
const margin = 45;

/** Where everything stands, to about a pixel: what moves less is not drawn anew. */
function places(e: Exposure) {
  const range = e.limit ?? e.band;
  if (!range) return null;
  const [low, high] = [toNumber(range[0]), toNumber(range[1])];
  const at = (value: string) => {
    const x = margin + ((toNumber(value) - low) / (high - low || 1)) * (width - 2 * margin);
    return Math.round(Math.max(0, Math.min(width, x)) / 4) * 4;
  };
  return {
    grade: gradeOf(e),
    from: e.band ? at(e.band[0]) : null,
    to: e.band ? at(e.band[1]) : null,
    target: e.target === null ? null : at(e.target),
    actual: e.actual === null ? null : at(e.actual),
  };
}

export function Bullet({ e }: { e: Exposure }) {
  const p = places(e);
  return p ? <Drawing {...p} /> : null;
}

const Drawing = memo(function Drawing({
  grade,
  from,
  to,
  target,
  actual,
}: NonNullable<ReturnType<typeof places>>) {
  return (
    <svg
      className={`bullet ${grade}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect className="track" x={margin} y="2" width={width - 2 * margin} height="16" />
      {from !== null && to !== null ? (
        <rect className="band" x={from} y="2" width={Math.max(2, to - from)} height="16" />
      ) : null}
      {target !== null && actual !== null ? (
        <rect
          className="gap"
          x={Math.min(target, actual)}
          y="8"
          width={Math.abs(actual - target)}
          height="4"
        />
      ) : null}
      {target !== null ? (
        <rect className="target" x={target - 3} y="3" width="6" height="14" />
      ) : null}
      {actual !== null ? (
        <rect className="actual" x={actual - 7} y="5" width="14" height="10" />
      ) : null}
    </svg>
  );
});
