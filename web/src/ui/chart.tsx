// The chart of a factor: actual against target with band and limits, fills and alerts marked. It
// slides with the desk's time; dragging zooms in, a double click goes back.
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { clock } from '../base/time';
import { number } from '../base/text';
import type { Path } from '../protocol/types';
import { drawn, fillsToDraw, spans, vertexAt, type Series } from './chart_data';

export interface ChartProps {
  series: Series;
  path: Path;
  seconds: number;
  places: number;
  wide: boolean; // the limits in sight
  now: () => number; // seconds, of the desk
  look: string; // theme and contrast: drawn anew when they change
  label: string;
}

const token = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function Chart({ series, path, seconds, places, wide, now, look, label }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const read = useRef<HTMLParagraphElement>(null);
  // Read anew while it is looked at: neither the zoom nor the cursor is lost.
  const held = useRef({ series, path });
  held.current = { series, path };
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const color = Object.fromEntries(
      [
        'text',
        'muted',
        'faint',
        'line',
        'accent',
        'warn',
        'crit',
        'band-fill',
        'band-edge',
        'target',
        'surface',
      ].map((n) => [n, token(`--${n}`)]),
    ) as Record<string, string>;
    const stepped = uPlot.paths.stepped?.({ align: 1 }) ?? null;
    const line = (name: string, stroke: string, width: number, dash?: number[]): uPlot.Series => ({
      label: name,
      stroke,
      width,
      ...(dash ? { dash } : {}),
      points: { show: false },
      paths: stepped as uPlot.Series.PathBuilder,
    });
    let zoomed = false;
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const decorate = (u: uPlot) => marks(u, held.current.series, held.current.path, now(), color);
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: element.clientHeight,
        padding: [14, 8, 0, 0],
        tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), 'Etc/UTC'),
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: true, y: false } },
        scales: {
          x: { time: true },
          y: { range: (u) => vertical(u, wide) },
        },
        axes: [
          {
            stroke: color.muted!,
            font,
            grid: { stroke: color.line!, width: 1 },
            ticks: { show: false },
            size: 26,
            space: 70,
            values: (_, splits) =>
              splits.map((t) =>
                clock(t * 1000).slice(0, (splits[1] ?? 60) - (splits[0] ?? 0) < 60 ? 8 : 5),
              ),
          },
          {
            stroke: color.muted!,
            font,
            grid: { stroke: color.line!, width: 1 },
            ticks: { show: false },
            size: (_, values) => Math.max(46, ...(values ?? []).map((v) => v.length * 6.6 + 14)),
            values: (_, splits) =>
              splits.map((v) => number(v, Math.max(0, Math.min(places, decimals(splits))))),
          },
        ],
        series: [
          {},
          line('limit lower', color.crit!, 1, [4, 4]),
          line('limit upper', color.crit!, 1, [4, 4]),
          line('band lower', color['band-edge']!, 1),
          line('band upper', color['band-edge']!, 1),
          line('target', color.target!, 1.25, [7, 3]),
          line('actual', color.accent!, 1.75),
        ],
        bands: [
          { series: [4, 3], fill: `color-mix(in srgb, ${color['band-fill']} 55%, transparent)` },
        ],
        hooks: {
          drawClear: [(u) => washes(u, held.current.series, now(), color)],
          draw: [decorate],
          setCursor: [(u) => show(u)],
          setSelect: [
            (u) => {
              zoomed ||= u.select.width > 2;
            },
          ],
        },
      },
      [[], [], [], [], [], [], []],
      element,
    );

    const show = (u: uPlot) => {
      if (!read.current) return;
      const { series } = held.current;
      const left = u.cursor.left ?? -1;
      const t = left >= 0 ? u.posToVal(left, 'x') : now();
      const i = vertexAt(series, t);
      const at = (column: (number | null)[]) => number(column[i] ?? null, places);
      read.current.textContent =
        series.t.length === 0
          ? ''
          : [
              `${clock(t * 1000)} UTC`,
              `actual ${at(series.actual)}`,
              `target ${at(series.target)}`,
              `band ${at(series.lower)} to ${at(series.upper)}`,
              `limit ${at(series.limitLower)} to ${at(series.limitUpper)}`,
              series.known[i] === false ? 'unknown' : '',
            ].join('   ');
    };
    const refresh = () => {
      const end = now();
      plot.setData(drawn(held.current.series, end) as uPlot.AlignedData, false);
      if (zoomed) plot.redraw();
      else plot.setScale('x', { min: end - seconds, max: end + seconds * 0.01 });
      if ((plot.cursor.left ?? -1) < 0) show(plot);
    };
    const back = () => {
      zoomed = false;
      refresh();
    };
    plot.over.addEventListener('dblclick', back);
    refresh();
    const timer = setInterval(() => {
      if (!document.hidden) refresh();
    }, 500);
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => {
      clearInterval(timer);
      observer.disconnect();
      plot.destroy();
    };
  }, [seconds, places, wide, now, look]);
  return (
    <figure className="chart">
      <p ref={read} className="readout small muted live tabular" />
      <div ref={box} className="plot" role="img" aria-label={label} />
      <figcaption className="legend small muted">
        <span className="k actual">actual</span>
        <span className="k target">target</span>
        <span className="k band">band</span>
        <span className="k limit">limit</span>
        <span>
          <b aria-hidden="true">▲▼</b> fills: solid hedges, hollow others
        </span>
        <span>
          <b aria-hidden="true">⚑</b> alerts
        </span>
        <span className="faint wide">drag to zoom, double-click to go back</span>
      </figcaption>
    </figure>
  );
}

function decimals(splits: number[]): number {
  const step = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0));
  return step > 0 ? Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)) : 2;
}

/** From the lowest to the highest in sight, with some air. */
function vertical(u: uPlot, wide: boolean): uPlot.Range.MinMax {
  const { min = 0, max = 0 } = u.scales.x ?? {};
  const times = u.data[0];
  let [low, high] = [Infinity, -Infinity];
  for (let s = wide ? 1 : 3; s < u.data.length; ++s) {
    const column = u.data[s]!;
    for (let i = 0; i < times.length; ++i) {
      const next = times[i + 1] ?? Infinity;
      const v = column[i];
      if (v === null || v === undefined || next < min! || times[i]! > max!) continue;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  }
  if (!(low <= high)) return [0, 1];
  const air = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - air, high + air];
}

/** Behind everything: time out of the band washed, time unknown hatched. */
function washes(u: uPlot, series: Series, now: number, color: Record<string, string>): void {
  const { ctx, bbox } = u;
  const fill = (list: [number, number][], style: string | CanvasPattern) => {
    ctx.fillStyle = style;
    for (const [from, to] of list) {
      const left = Math.max(bbox.left, u.valToPos(from, 'x', true));
      const right = Math.min(bbox.left + bbox.width, u.valToPos(to, 'x', true));
      if (right > left) ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
    }
  };
  ctx.save();
  const out = (i: number) =>
    series.known[i] !== false &&
    ((series.actual[i] ?? 0) > (series.upper[i] ?? Infinity) ||
      (series.actual[i] ?? 0) < (series.lower[i] ?? -Infinity));
  fill(spans(series, now, out), `color-mix(in srgb, ${color.warn} 14%, transparent)`);
  fill(
    spans(series, now, (i) => series.known[i] === false),
    hatch(ctx, color.faint!) ?? color.line!,
  );
  ctx.restore();
}

export function hatch(ctx: CanvasRenderingContext2D, stroke: string): CanvasPattern | null {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const pen = tile.getContext('2d');
  if (!pen) return null;
  pen.strokeStyle = stroke;
  pen.globalAlpha = 0.5;
  pen.beginPath();
  pen.moveTo(0, 8);
  pen.lineTo(8, 0);
  pen.stroke();
  return ctx.createPattern(tile, 'repeat');
}

/** Fills at the level they led to, alerts as flags at the top. */
function marks(
  u: uPlot,
  series: Series,
  path: Path,
  now: number,
  color: Record<string, string>,
): void {
  const { ctx, bbox } = u;
  const scale = devicePixelRatio || 1;
  const { min = 0, max = now } = u.scales.x ?? {};
  const seen = (t: number) => t >= min! && t <= max!;
  ctx.save();
  ctx.lineWidth = 1.25 * scale;
  for (const fill of fillsToDraw(path.fills.filter((f) => seen(f.t)))) {
    const level = series.actual[vertexAt(series, fill.t)];
    if (level === null || level === undefined) continue;
    const [x, y] = [u.valToPos(fill.t, 'x', true), u.valToPos(level, 'y', true)];
    const hedge = fill.origin === 'hedge' || fill.origin === 'rebalance';
    const size = (hedge || fill.origin === 'client' ? 5 : 3) * scale;
    const up = fill.side === 'buy' ? 1 : -1;
    ctx.beginPath();
    ctx.moveTo(x - size, y + up * size * 2.4);
    ctx.lineTo(x + size, y + up * size * 2.4);
    ctx.lineTo(x, y + up * size * 0.7);
    ctx.closePath();
    ctx.strokeStyle = color.text!;
    ctx.fillStyle = hedge ? color.text! : color.surface!;
    ctx.fill();
    ctx.stroke();
  }
  for (const alert of path.alerts) {
    if (alert.state !== 'firing' || !seen(alert.t)) continue;
    const x = Math.round(u.valToPos(alert.t, 'x', true)) + 0.5;
    ctx.strokeStyle = ctx.fillStyle = alert.severity === 'critical' ? color.crit! : color.warn!;
    ctx.setLineDash([2 * scale, 3 * scale]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top - 10 * scale);
    ctx.lineTo(x + 8 * scale, bbox.top - 6.5 * scale);
    ctx.lineTo(x, bbox.top - 3 * scale);
    ctx.closePath();
    ctx.fill();
    ctx.fillRect(x - 0.5 * scale, bbox.top - 10 * scale, scale, 10 * scale);
  }
  ctx.restore();
}
