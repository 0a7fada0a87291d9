// Where the options' profit came from, greek by greek: today, since the record began, step by step.
import { useCallback, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import { placesFor } from '../base/decimal';
import { number, plural } from '../base/text';
import { clock, duration, moment, parseTime } from '../base/time';
import {
  explainParts,
  type Explained,
  type ExplainStep,
  type OptionExplain,
} from '../protocol/options';
import { useQuery } from '../store/context';
import { Choice, QueryNotice } from '../ui/controls';
import { hatch } from '../ui/chart';
import { axis, Plot, type Ink, type PlotOptions } from '../ui/plot';
import { mostOf } from '../ui/scale';
import { DataTable, type Column } from '../ui/table';
import { Waterfall } from '../ui/waterfall';
import { optionsPath, useLook, useOneOf, type OptionPlace } from './options_place';
import { explainSteps, partName, stepColumns } from './options_data';

const spans = ['today', 'all', 'steps'] as const;
const parts = ['total', ...explainParts] as const;

export function ExplainPanel({ place }: { place: OptionPlace }) {
  const [span, setSpan] = useOneOf('span', spans);
  const [part, setPart] = useOneOf('part', parts);
  const query = useQuery<OptionExplain>(optionsPath(place, 'explain'), 5000);
  const { data } = query;
  const table = place.view === 'table';
  return (
    <section className={`panel${query.problem ? ' stale' : ''}`} aria-labelledby="explain">
      <header>
        <h2 id="explain">Where the profit came from</h2>
        <Choice
          label="Over"
          value={span}
          options={[
            ['today', 'Today'],
            ['all', 'All'],
            ['steps', 'Steps'],
          ]}
          onChange={setSpan}
        />
        {data ? <span className="muted small">{data.quote}, options alone</span> : null}
        <span className="grow" />
        {span === 'steps' && !table ? (
          <label className="row small">
            Part
            <select value={part} onChange={(e) => setPart(e.target.value as typeof part)}>
              {parts.map((p) => (
                <option key={p} value={p}>
                  {partName(p)}
                </option>
              ))}
            </select>
          </label>
        ) : null}
      </header>
      {query.problem || !data ? <QueryNotice query={query} what="the explanation" /> : null}
      {data ? (
        <>
          <div className={span === 'steps' && table ? '' : 'body live'}>
            {span !== 'steps' ? (
              <Sum
                parts={data[span]}
                when={span}
                unknown={unknownSeconds(data, span) > 0}
                table={table}
              />
            ) : data.steps.length === 0 ? (
              <p className="empty">No step has ended yet.</p>
            ) : table ? (
              <Steps data={data} />
            ) : (
              <StepsChart data={data} part={part} />
            )}
          </div>
          <Record data={data} span={span} />
        </>
      ) : null}
    </section>
  );
}

/** Of today where the service says it, else of the whole record. */
function unknownSeconds(data: OptionExplain, span: string): number {
  return (span === 'today' ? data.unknown_seconds_today : undefined) ?? data.unknown_seconds;
}

/** Nothing at all, to the last digit, is no profit of zero: nothing was added up yet. */
function Sum({
  parts: sum,
  when,
  unknown,
  table,
}: {
  parts: Explained | null;
  when: 'today' | 'all';
  unknown: boolean;
  table: boolean;
}) {
  if (sum === null || parts.every((p) => sum[p] === 0))
    return (
      <p className="empty">
        No step {unknown ? 'of which the value is known ' : ''}has ended{' '}
        {when === 'today' ? 'today' : 'yet'}.
      </p>
    );
  return <Waterfall steps={explainSteps(sum)} table={table} />;
}

/** What the sums cover, and what they do not. */
function Record({ data, span }: { data: OptionExplain; span: string }) {
  const covered =
    data.from === null || data.to === null
      ? 'No step has ended yet.'
      : `Steps that ended, from ${moment(parseTime(data.from))} to ${moment(parseTime(data.to))} UTC.`;
  const today = span === 'today' && data.unknown_seconds_today !== undefined;
  const unknown = unknownSeconds(data, span);
  return (
    <div className="record small muted">
      <p>
        {covered}{' '}
        {data.open
          ? `The one under way stands at ${number(data.open.total, 2, true)} ${data.quote} and is in no sum yet.`
          : 'None is under way, or what it earned is unknown.'}
      </p>
      {unknown > 0 ? (
        <p className="notice warn">
          <span aria-hidden="true">? </span>
          For {duration(unknown)} of {today ? 'today' : 'it'} the options’ value was unknown: what
          they earned then is in none of the parts.
        </p>
      ) : null}
    </div>
  );
}

function Steps({ data }: { data: OptionExplain }) {
  const rows = useMemo(() => [...data.steps].reverse(), [data]);
  const columns = useMemo<Column<ExplainStep>[]>(() => {
    const places = Math.min(2, placesFor(mostOf(rows.map((r) => r.total))));
    return [
      {
        id: 'from',
        title: 'Step, UTC',
        sort: (r) => r.from,
        cell: (r) => (
          <span className="nowrap">
            {moment(parseTime(r.from)).slice(0, 16)} – {clock(parseTime(r.to)).slice(0, 5)}
          </span>
        ),
      },
      ...[...explainParts, 'total' as const].map((part: keyof Explained) => ({
        id: part,
        title: partName(part),
        numeric: true,
        sort: (r: ExplainStep) => r[part] ?? 0,
        cell: (r: ExplainStep) => (r[part] === null ? '?' : number(r[part], places, true)),
      })),
    ];
  }, [rows]);
  return (
    <div className="short">
      <DataTable
        label="Steps of the explanation"
        rows={rows}
        columns={columns}
        idOf={(r) => r.from}
        sort={{ id: 'from', desc: true }}
        empty=""
      />
    </div>
  );
}

function StepsChart({ data, part }: { data: OptionExplain; part: keyof Explained }) {
  const look = useLook();
  const columns = useMemo(() => {
    const [t, amounts, level] = stepColumns(data.steps, part);
    const side = (sign: number) => amounts.map((a) => (a !== null && a * sign > 0 ? a : null));
    return [t, side(1), side(-1), level] as uPlot.AlignedData;
  }, [data, part]);
  const held = useRef(data.steps);
  held.current = data.steps;
  const make = useCallback((ink: Ink) => stepsPlot(ink, () => held.current), []);
  const unknown = data.steps.filter((s) => s.total === null).length;
  const last = columns[3]?.at(-1) ?? 0;
  const name = partName(part);
  return (
    <figure className="chart">
      <Plot
        make={make}
        data={columns}
        look={look}
        label={`${name} of each of ${data.steps.length} steps, together ${number(last, 2)} ${data.quote}. The table view has the same numbers.`}
      />
      <figcaption className="legend small muted">
        <span className="k gain">{name} of a step, above zero</span>
        <span className="k loss">below zero (left)</span>
        <span className="k sum">what they come to (right)</span>
        {unknown > 0 ? <span className="k unknown">unknown: {plural(unknown, 'step')}</span> : null}
      </figcaption>
    </figure>
  );
}

function stepsPlot(ink: Ink, steps: () => readonly ExplainStep[]): PlotOptions {
  const bars = uPlot.paths.bars?.({ size: [0.7, 24] }) as uPlot.Series.PathBuilder;
  const money = (_: uPlot, splits: number[]) => splits.map((v) => number(v, 0));
  const around: uPlot.Scale.Range = (_, low, high) => {
    const [a, b] = [Math.min(0, low ?? 0), Math.max(0, high ?? 0)];
    const air = (b - a || 1) * 0.06;
    return [a - air, b + air];
  };
  // Half a step more at either end, so that no bar is cut.
  const beside: uPlot.Scale.Range = (u, low, high) => {
    const half = (high - low) / Math.max(1, u.data[0].length - 1) / 2 || 1800;
    return [low - half, high + half];
  };
  const size = (_: uPlot, values: string[] | null) =>
    Math.max(46, ...(values ?? []).map((v) => v.length * 6.6 + 14));
  const bar = (fill: string): uPlot.Series => ({
    fill,
    stroke: fill,
    width: 0,
    paths: bars,
    points: { show: false },
  });
  return {
    padding: [10, 0, 0, 0],
    tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), 'Etc/UTC'),
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true, range: beside }, y: { range: around }, sum: { range: around } },
    axes: [
      axis(ink, {
        size: 26,
        space: 90,
        values: (_, splits) => splits.map((t) => moment(t * 1000).slice(5, 16)),
      }),
      axis(ink, { size, values: money }),
      axis(ink, { scale: 'sum', side: 1, size, values: money, grid: { show: false } }),
    ],
    hooks: { drawAxes: [(u) => wash(u, steps(), ink)] },
    series: [
      {},
      bar(ink.good),
      bar(ink.crit),
      { stroke: ink.accent, width: 1.75, scale: 'sum', points: { show: false } },
    ],
  };
}

/** Behind steps of which nothing is known. */
function wash(u: uPlot, steps: readonly ExplainStep[], ink: Ink): void {
  u.ctx.save();
  u.ctx.fillStyle = hatch(u.ctx, ink.faint) ?? ink.line;
  for (const step of steps) {
    if (step.total !== null) continue;
    const [from, to] = [step.from, step.to].map((t) => u.valToPos(parseTime(t) / 1000, 'x', true));
    u.ctx.fillRect(from!, u.bbox.top, Math.max(2, to! - from!), u.bbox.height);
  }
  u.ctx.restore();
}
