// Scenarios: what a move of spot and volatility would earn, and which bands it would leave.
import { number, plural } from '../base/text';
import type { OptionScenarios, ScenarioCell, ScenarioTarget } from '../protocol/options';
import { factorPath, Link, useParam } from '../router';
import { useQuery } from '../store/context';
import { placesFor } from '../base/decimal';
import { Choice, QueryNotice } from '../ui/controls';
import { HeatScale, HeatTable } from '../ui/heat';
import { mostOf } from '../ui/scale';
import { DataTable, type Column } from '../ui/table';
import { optionsPath, useOneOf, type OptionPlace } from './options_place';
import {
  banded,
  marksOf,
  measures,
  scenarioCells,
  signedPercent,
  unitOf,
  type Banded,
  type Measure,
} from './options_data';

const dynamics = ['sticky_strike', 'sticky_delta'] as const;
/** Any other convention than the factor's has no band. */
const deltas = ['factor', 'delta', 'delta_net', 'delta_equity'] as const;
const titles: Record<Measure, string> = {
  pnl: 'P&L',
  delta: 'Delta',
  gamma: 'Gamma',
  vega: 'Vega',
};

export function ScenarioPanel({ place }: { place: OptionPlace }) {
  const [smile, setSmile] = useOneOf('dynamics', dynamics);
  const [delta, setDelta] = useOneOf('convention', deltas);
  const [measure, setMeasure] = useOneOf('measure', measures);
  const [days, setDays] = useParam('days', '0');
  const query = useQuery<OptionScenarios>(
    optionsPath(place, 'scenarios', {
      dynamics: smile,
      ...(delta === 'factor' ? {} : { delta }),
    }),
    15000,
  );
  const { data } = query;
  const table = place.view === 'table';
  const day = Math.max(0, data ? data.days.findIndex((d) => String(d) === days) : 0);
  return (
    <section className={`panel${query.problem ? ' stale' : ''}`} aria-labelledby="scenarios">
      <header>
        <h2 id="scenarios">Scenarios</h2>
        {table ? null : (
          <Choice
            label="Measure"
            value={measure}
            options={measures.map((m) => [m, titles[m]] as const)}
            onChange={setMeasure}
          />
        )}
        {data && data.days.length > 1 ? (
          <Choice
            label="Time that passes"
            value={String(data.days[day])}
            options={data.days.map(
              (d) => [String(d), d === 0 ? 'Now' : `+${plural(d, 'day')}`] as const,
            )}
            onChange={setDays}
          />
        ) : null}
        <span className="grow" />
        <label className="row small">
          Smile
          <select value={smile} onChange={(e) => setSmile(e.target.value as typeof smile)}>
            <option value="sticky_strike">sticky strike</option>
            <option value="sticky_delta">sticky delta</option>
          </select>
        </label>
        <label className="row small">
          Delta is
          <select value={delta} onChange={(e) => setDelta(e.target.value as typeof delta)}>
            <option value="factor">as its factor’s</option>
            <option value="delta">Black’s</option>
            <option value="delta_net">net of premium value</option>
            <option value="delta_equity">of the equity</option>
          </select>
        </label>
      </header>
      {query.problem || !data ? <QueryNotice query={query} what="the scenario matrix" /> : null}
      {!data ? null : data.cells.length === 0 ? (
        <p className="notice warn" role="status">
          <span aria-hidden="true">? </span>
          There are no scenarios: {data.unknown_reason ?? 'what the options are worth is unknown'}.
        </p>
      ) : (
        <>
          {table ? (
            <List data={data} day={day} />
          ) : (
            <Matrix data={data} day={day} measure={measure} />
          )}
          <Bands data={data} asked={delta} of={table || measure === 'pnl' ? banded : [measure]} />
        </>
      )}
    </section>
  );
}

/** Profit is coloured around zero, inventory around its target where it has one. */
function Matrix({ data, day, measure }: { data: OptionScenarios; day: number; measure: Measure }) {
  const cells = scenarioCells(data, day);
  const unit = unitOf(measure, data.underlying, data.quote);
  const target = measure === 'pnl' ? null : data.target[measure];
  const centre = target?.target ?? 0;
  const most = mostOf(
    cells.flatMap((row) => row.map((c) => c[measure])),
    centre,
  );
  const still = (x: number) => Math.abs(x) < 1e-9;
  const zero = { spot: data.spot.findIndex(still), vol: data.vol.findIndex(still) };
  const when = data.days[day] === 0 ? 'now' : `after ${plural(data.days[day] ?? 0, 'day')}`;
  const out = cells.flat().filter((c) => marksOf(c, measure).marks !== '').length;
  return (
    <>
      <HeatTable
        label={`${titles[measure]} by move of spot and of volatility, ${when}, ${unit}`}
        corner="Vol, points"
        columns={data.spot.map((s, i) => ({
          id: String(s),
          head: `${signedPercent(s)}\u202f%`,
          here: i === zero.spot,
        }))}
        rows={data.vol.map((v, i) => ({
          id: String(v),
          head: signedPercent(v),
          here: i === zero.vol,
          cells: cells[i]!.map((c) => ({ value: c[measure], ...marksOf(c, measure) })),
        }))}
        most={most}
        centre={centre}
        plus={measure === 'pnl'}
        stacked={measure === 'pnl'}
      />
      <HeatScale most={most} centre={centre} unit={unit}>
        Columns: the move of spot. Framed: no move. {target ? 'No colour: at the target. ' : ''}
        {measure === 'pnl'
          ? 'Δ Γ ν with ▲ or ▼: delta, gamma or vega is above or below its band'
          : '▲ or ▼: above or below the band'}
        , {out} of {plural(cells.flat().length, 'cell')}.
      </HeatScale>
    </>
  );
}

function Bands({
  data,
  asked,
  of,
}: {
  data: OptionScenarios;
  asked: string;
  of: readonly Banded[];
}) {
  return (
    <p className="bands small">
      {of.map((name) => (
        <Band
          key={name}
          name={titles[name]}
          target={data.target[name]}
          why={name === 'delta' && asked !== 'factor' ? 'no band of this convention' : 'no band'}
          unit={unitOf(name, data.underlying, data.quote)}
        />
      ))}
    </p>
  );
}

function Band({
  name,
  target,
  why,
  unit,
}: {
  name: string;
  target: ScenarioTarget | null;
  why: string;
  unit: string;
}) {
  if (!target)
    return (
      <span className="muted">
        {name}: {why}, so nothing is marked.{' '}
      </span>
    );
  const places = placesFor(target.upper - target.lower);
  return (
    <span>
      {name} of <Link to={factorPath(target.factor)}>{target.factor}</Link>: target{' '}
      {number(target.target, places)}, band {number(target.lower, places)} to{' '}
      {number(target.upper, places)} {unit}.{' '}
    </span>
  );
}

interface Row {
  id: string;
  spot: number;
  vol: number;
  cell: ScenarioCell;
}
function List({ data, day }: { data: OptionScenarios; day: number }) {
  const cells = scenarioCells(data, day);
  const rows = data.vol.flatMap((vol, v) =>
    data.spot.map((spot, s) => ({ id: `${vol} ${spot}`, spot, vol, cell: cells[v]![s]! })),
  );
  const places = (name: 'pnl' | 'delta' | 'gamma' | 'vega' | 'theta') =>
    placesFor(mostOf(rows.map((r) => r.cell[name])));
  const columns: Column<Row>[] = [
    { id: 'vol', title: 'Vol, points', sort: (r) => r.vol, cell: (r) => signedPercent(r.vol) },
    {
      id: 'spot',
      title: 'Spot %',
      numeric: true,
      sort: (r) => r.spot,
      cell: (r) => signedPercent(r.spot),
    },
    ...(['pnl', 'delta', 'gamma', 'vega', 'theta'] as const).map((name) => ({
      id: name,
      title: name === 'theta' ? 'Theta' : titles[name],
      numeric: true,
      sort: (r: Row) => r.cell[name],
      cell: (r: Row) => number(r.cell[name], places(name)),
    })),
    {
      id: 'out',
      title: 'Out of its band',
      wrap: true,
      cell: (r) => marksOf(r.cell, 'pnl').said || <span className="faint">–</span>,
    },
  ];
  return (
    <div className="short">
      <DataTable label="Scenarios" rows={rows} columns={columns} idOf={(r) => r.id} empty="" />
    </div>
  );
}
