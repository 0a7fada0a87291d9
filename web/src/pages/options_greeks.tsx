// Greeks by expiry and strike as a heat map, and the lines that they are of.
import { useMemo } from 'react';
import { number } from '../base/text';
import type { OptionGreeks, OptionLine } from '../protocol/options';
import { Choice } from '../ui/controls';
import { About, Num } from '../ui/figures';
import { HeatScale, HeatTable, type HeatColumn, type HeatRow } from '../ui/heat';
import { DataTable, type Column } from '../ui/table';
import { useGreeks, useOneOf, type OptionPlace } from './options_place';
import { greekGrid, names, nearest, unitOf, type Shown } from './options_data';
import { ExpiryName } from './options_words';

const shown = [
  'delta',
  'delta_net',
  'gamma',
  'vega',
  'theta',
  'vanna',
  'volga',
  'contracts',
] as const;

export function GreeksPanel({ place }: { place: OptionPlace }) {
  const query = useGreeks(place);
  const [name, setName] = useOneOf('greek', shown);
  const { data } = query;
  if (!data) return null; // what there is to say of it is said above
  return (
    <section className={`panel${query.problem ? ' stale' : ''}`} aria-labelledby="greeks">
      <header>
        <h2 id="greeks">Greeks by expiry and strike</h2>
        {place.view === 'chart' ? (
          <Choice
            label="Greek"
            value={name}
            options={shown.map((n) => [n, names[n]] as const)}
            onChange={setName}
          />
        ) : null}
      </header>
      {data.lines.length === 0 ? (
        <p className="empty">No option on {data.underlying} is held here.</p>
      ) : place.view === 'table' ? (
        <Lines data={data} />
      ) : (
        <Heat data={data} name={name} />
      )}
    </section>
  );
}

function Heat({ data, name }: { data: OptionGreeks; name: Shown }) {
  const grid = useMemo(() => greekGrid(data, name), [data, name]);
  const forward = data.expiries.find((e) => e.forward !== null)?.forward;
  const here = nearest(grid.strikes, forward);
  const unit = unitOf(name, data.underlying, data.quote);
  const columns: HeatColumn[] = [
    ...grid.strikes.map((strike, i) => ({
      id: String(strike),
      head: number(strike, strike % 1 === 0 ? 0 : 2),
      here: i === here,
    })),
    { id: 'total', head: 'Total', total: true },
  ];
  const rows: HeatRow[] = [
    ...grid.rows.map((row) => ({
      id: row.expiry,
      head: <ExpiryName expiry={row.expiry} days={row.days} state={row.state} />,
      cells: [...row.cells, row.total].map((value) => ({ value })),
    })),
    {
      id: 'total',
      head: 'Total',
      total: true,
      cells: [...grid.totals, grid.total].map((value) => ({ value })),
    },
  ];
  return (
    <>
      <HeatTable
        label={`${names[name]} by expiry and strike, ${unit}`}
        corner="Expiry"
        columns={columns}
        rows={rows}
        most={grid.most}
      />
      <HeatScale most={grid.most} unit={unit}>
        {here >= 0 ? 'The strike underlined is nearest to the first forward. ' : ''}
        Calls and puts of a strike together; ? is unknown, an empty cell holds nothing.
      </HeatScale>
    </>
  );
}

const figure = (name: Exclude<Shown, 'contracts'>): Column<OptionLine> => ({
  id: name,
  title: names[name],
  numeric: true,
  sort: (l) => l[name] ?? 0,
  cell: (l) => <About value={l[name]} />,
});
const columns: Column<OptionLine>[] = [
  {
    id: 'instrument',
    title: 'Option',
    sort: (l) => `${l.expiry} ${String(l.strike).padStart(12, '0')} ${l.right}`,
    cell: (l) => l.instrument,
  },
  {
    id: 'contracts',
    title: names.contracts,
    numeric: true,
    sort: (l) => l.contracts,
    cell: (l) => <Num value={l.contracts} />,
  },
  {
    id: 'coins',
    title: 'Coins',
    numeric: true,
    wide: true,
    sort: (l) => l.coins,
    cell: (l) => <Num value={l.coins} />,
  },
  {
    id: 'vol',
    title: 'Vol %',
    numeric: true,
    sort: (l) => l.vol ?? 0,
    cell: (l) => number(l.vol === null ? null : l.vol * 100, 1),
  },
  {
    id: 'mark',
    title: 'Mark',
    numeric: true,
    wide: true,
    sort: (l) => l.mark ?? 0,
    cell: (l) => <About value={l.mark} />,
  },
  ...(
    [
      'value',
      'delta',
      'delta_net',
      'delta_equity',
      'gamma',
      'vega',
      'theta',
      'vanna',
      'volga',
    ] as const
  ).map(figure),
];

function Lines({ data }: { data: OptionGreeks }) {
  return (
    <DataTable
      label="Greeks of each option held"
      rows={data.lines}
      columns={columns}
      idOf={(l) => l.instrument}
      sort={{ id: 'instrument', desc: false }}
      empty=""
    />
  );
}
