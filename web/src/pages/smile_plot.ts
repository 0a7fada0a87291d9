// How a smile is drawn: the surface as a line, each quote as a whisker from bid to ask with its mark
// as a point, and the vega held as bars at the foot.
import uPlot from 'uplot';
import { number } from '../base/text';
import { axis, type Ink, type PlotOptions } from '../ui/plot';
import { mostOf } from '../ui/scale';
import type { SmileRow } from './options_data';

export interface SmileDrawn {
  rows: SmileRow[];
  range: [number, number] | null;
  forward: number | null;
}
const foot = 0.26; // of the height: the bars'

export function smilePlot(
  ink: Ink,
  held: () => SmileDrawn,
  tell: (strike: number | null) => void,
): PlotOptions {
  let lowest = 0; // of what is drawn: the foot below it has no scale
  const above = (_: uPlot, splits: number[]) => splits.map((v) => (v < lowest ? null : v));
  const hidden: uPlot.Series = { paths: () => null, points: { show: false } };
  const said = (u: uPlot) => {
    const left = u.cursor.left ?? -1;
    tell(left < 0 ? held().forward : u.posToVal(left, 'x'));
  };
  return {
    padding: [8, 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: (_, low, high) => held().range ?? [low, high] },
      y: {
        range: (_, low, high) => {
          if (low === null || high === null) return [0, 1];
          lowest = low;
          const span = high - low || high || 0.1;
          return [low - (span * (foot + 0.06)) / (1 - foot - 0.1), high + span * 0.06];
        },
      },
    },
    axes: [
      axis(ink, {
        size: 26,
        space: 60,
        values: (_, splits) => splits.map((v) => number(v, v % 1 === 0 ? 0 : 2)),
      }),
      axis(ink, {
        size: 48,
        filter: above,
        grid: { stroke: ink.line, width: 1, filter: above },
        values: (_, splits) => {
          const [a, b] = splits.slice(-2); // the first are none, in the foot
          const step = 100 * Math.abs((b ?? 1) - (a ?? 0));
          const places = Math.abs(step - Math.round(step)) < 1e-6 ? 0 : 1;
          return splits.map((v) => (v === null ? null : `${number(v * 100, places)}\u202f%`));
        },
      }),
    ],
    series: [
      {},
      { stroke: ink.accent, width: 1.75, spanGaps: true, points: { show: false } },
      hidden,
      hidden,
      hidden,
    ],
    hooks: {
      drawAxes: [(u) => bars(u, held(), ink)],
      draw: [(u) => quotes(u, held(), ink), said],
      setCursor: [said],
    },
  };
}

/** Long above the foot's middle, short below; the forward as a dashed line. */
function bars(u: uPlot, { rows, forward }: SmileDrawn, ink: Ink): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio || 1;
  const most = mostOf(rows.map((r) => r.vega));
  const half = (bbox.height * foot) / 2;
  const middle = bbox.top + bbox.height - half;
  const wide = Math.max(3, Math.min(14, bbox.width / ratio / (rows.length * 2.2 + 1))) * ratio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  if (forward !== null) {
    const x = Math.round(u.valToPos(forward, 'x', true)) + 0.5;
    ctx.strokeStyle = ink.muted;
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  if (most > 0) {
    ctx.strokeStyle = ink['line-strong'];
    ctx.beginPath();
    ctx.moveTo(bbox.left, middle);
    ctx.lineTo(bbox.left + bbox.width, middle);
    ctx.stroke();
    for (const { strike, vega } of rows) {
      if (!vega) continue;
      const x = u.valToPos(strike, 'x', true) - wide / 2;
      const high = Math.max(ratio, (Math.abs(vega) / most) * (half - 2 * ratio));
      // Short is hollow as well as below: not told by colour alone.
      ctx.fillStyle = ctx.strokeStyle = vega > 0 ? ink.good : ink.warn;
      if (vega > 0) ctx.fillRect(x, middle - high, wide, high);
      else ctx.strokeRect(x + ratio / 2, middle, wide - ratio, high);
    }
  }
  ctx.restore();
}

function quotes(u: uPlot, { rows }: SmileDrawn, ink: Ink): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio || 1;
  const tick = 3 * ratio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = 1.25 * ratio;
  ctx.strokeStyle = ctx.fillStyle = ink.text;
  const y = (v: number) => u.valToPos(v, 'y', true);
  for (const { strike, quote } of rows) {
    if (!quote) continue;
    const x = u.valToPos(strike, 'x', true);
    const { bid_vol: bid, ask_vol: ask, mark_vol: mark } = quote;
    ctx.beginPath();
    for (const side of [bid, ask]) {
      if (side === null) continue;
      ctx.moveTo(x - tick, y(side));
      ctx.lineTo(x + tick, y(side));
    }
    if (bid !== null && ask !== null) {
      ctx.moveTo(x, y(bid));
      ctx.lineTo(x, y(ask));
    }
    ctx.stroke();
    if (mark !== null) {
      ctx.beginPath();
      ctx.arc(x, y(mark), 2 * ratio, 0, 2 * Math.PI);
      ctx.fill();
    }
  }
  ctx.restore();
}
