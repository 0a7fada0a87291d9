// The chart as tables: the path, the fills on it, the alerts on it; the latest first.
import { number } from '../base/text';
import { moment } from '../base/time';
import type { Path } from '../protocol/types';
import type { Series } from '../ui/chart_data';
import { Num } from '../ui/figures';
import { DataTable } from '../ui/table';

const shown = 300;

export function PathTable({
  path,
  series,
  places,
}: {
  path: Path;
  series: Series;
  places: number;
}) {
  const rows = series.t
    .map((_, i) => i)
    .slice(-shown)
    .reverse();
  const level = (title: string, column: (number | null)[]) => ({
    id: title,
    title,
    numeric: true,
    cell: (i: number) => number(column[i] ?? null, places),
  });
  return (
    <div className="path-tables">
      <DataTable
        label={`Path, the latest ${shown} changes`}
        rows={rows}
        idOf={String}
        empty="Nothing yet."
        columns={[
          { id: 't', title: 'From (UTC)', cell: (i: number) => moment((series.t[i] ?? 0) * 1000) },
          level('Actual', series.actual),
          level('Target', series.target),
          level('Band lower', series.lower),
          level('Band upper', series.upper),
          level('Limit lower', series.limitLower),
          level('Limit upper', series.limitUpper),
          {
            id: 'known',
            title: 'Known',
            cell: (i: number) => (series.known[i] === false ? 'unknown' : 'yes'),
          },
        ]}
      />
      <DataTable
        label="Fills"
        rows={[...path.fills].reverse()}
        idOf={(f) => `${f.t} ${f.instrument} ${f.qty} ${f.side}`}
        empty="No fills."
        columns={[
          { id: 't', title: 'Fill (UTC)', cell: (f) => moment(f.t * 1000), sort: (f) => f.t },
          { id: 'origin', title: 'Origin', cell: (f) => f.origin, sort: (f) => f.origin },
          { id: 'side', title: 'Side', cell: (f) => f.side, sort: (f) => f.side },
          { id: 'qty', title: 'Quantity', numeric: true, cell: (f) => <Num value={f.qty} /> },
          {
            id: 'instrument',
            title: 'Instrument',
            cell: (f) => f.instrument,
            sort: (f) => f.instrument,
          },
          { id: 'price', title: 'Price', numeric: true, cell: (f) => <Num value={f.price} /> },
        ]}
      />
      <DataTable
        label="Alerts"
        rows={[...path.alerts].reverse()}
        idOf={(a) => `${a.id} ${a.state} ${a.t}`}
        empty="No alerts."
        columns={[
          { id: 't', title: 'Alert (UTC)', cell: (a) => moment(a.t * 1000), sort: (a) => a.t },
          { id: 'rule', title: 'Rule', cell: (a) => a.rule, sort: (a) => a.rule },
          { id: 'severity', title: 'Severity', cell: (a) => a.severity, sort: (a) => a.severity },
          { id: 'state', title: 'State', cell: (a) => a.state, sort: (a) => a.state },
        ]}
      />
    </div>
  );
}
