// A bullet bar: limits as the track, the band on it, a tick for the target, a bar from it to the
// actual. Decoration for the eye: the numbers stand beside it, so screen readers pass over it.
import { memo } from 'react';
import { toNumber } from '../base/decimal';
import type { Exposure } from '../protocol/types';
import { gradeOf } from './figures';

const width = 1000;
const height = 20;
const margin = 45;

export const Bullet = memo(
  function Bullet({ e }: { e: Exposure }) {
    const range = e.limit ?? e.band;
    if (!range) return <svg className="bullet" aria-hidden="true" />;
    const [low, high] = [toNumber(range[0]), toNumber(range[1])];
    const span = high - low || 1;
    const at = (value: string) => {
      const x = margin + ((toNumber(value) - low) / span) * (width - 2 * margin);
      return Math.round(Math.max(0, Math.min(width, x)));
    };
    const band = e.band ? [at(e.band[0]), at(e.band[1])] : null;
    const target = e.target === null ? null : at(e.target);
    const actual = e.actual === null ? null : at(e.actual);
    return (
      <svg className={`bullet ${gradeOf(e)}`} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect className="track" x={margin} y="2" width={width - 2 * margin} height="16" />
        {band ? <rect className="band" x={band[0]} y="2" width={Math.max(2, (band[1] ?? 0) - (band[0] ?? 0))} height="16" /> : null}
        {target !== null && actual !== null ? <rect className="gap" x={Math.min(target, actual)} y="8" width={Math.abs(actual - target)} height="4" /> : null}
        {target !== null ? <rect className="target" x={target - 3} y="3" width="6" height="14" /> : null}
        {actual !== null ? <rect className="actual" x={actual - 7} y="5" width="14" height="10" /> : null}
      </svg>
    );
  },
  (a, b) => a.e.actual === b.e.actual && a.e.target === b.e.target && a.e.state === b.e.state && a.e.alpha === b.e.alpha && String(a.e.band) === String(b.e.band) && String(a.e.limit) === String(b.e.limit),
);
