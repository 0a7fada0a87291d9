// Smiles: what the desk's surface says, what the market quotes, and the vega held at each strike.
import { useCallback, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import { none, number, percent } from '../base/text';
import { duration } from '../base/time';
import type { ExpirySmile, OptionSmile, OptionUnderlying } from '../protocol/options';
import { useParam } from '../router';
import { useQuery } from '../store/context';
import { QueryNotice } from '../ui/controls';
import { About, Num } from '../ui/figures';
import { Plot, type Ink } from '../ui/plot';
import { DataTable, type Column } from '../ui/table';
import { optionsPath, useLook, type OptionPlace } from './options_place';
import { nearest, smileColumns, smileRows, strikeRange, type SmileRow } from './options_data';
import { daysLeft, expiryDay } from './options_words';
import { smilePlot } from './smile_plot';

export function SmilePanel({
  place,
  listed,
}: {
  place: OptionPlace;
  listed: OptionUnderlying['expiries'];
}) {
  const [chosen, setChosen] = useParam('expiry', 'all');
  const query = useQuery<OptionSmile>(optionsPath(place, 'smile'), 5000);
  const { data } = query;
  const dayOf = (e: { expiry: string }) => e.expiry.slice(0, 10);
  const found = data?.expiries.filter((e) => dayOf(e) === chosen) ?? [];
  const shown = found.length > 0 ? found : (data?.expiries ?? []);
  const atm = new Map(listed.map((e) => [e.expiry, e.atm_vol]));
  return (
    <section className={`panel${query.problem ? ' stale' : ''}`} aria-labelledby="smile">
      <header>
        <h2 id="smile">Smile</h2>
        <label className="row small">
          Expiry
          <select
            value={found.length > 0 ? chosen : 'all'}
            onChange={(event) => setChosen(event.target.value)}
          >
            <option value="all">all</option>
            {data?.expiries.map((e) => (
              <option key={e.expiry} value={dayOf(e)}>
                {expiryDay(e.expiry)}
              </option>
            ))}
          </select>
        </label>
        {place.view === 'chart' ? (
          <p className="legend small muted">
            <span className="k actual">surface</span>
            <span className="k quote">bid to ask</span>
            <span className="k mark">mark</span>
            <span className="k long">vega long</span>
            <span className="k short-bar">vega short</span>
          </p>
        ) : null}
      </header>
      {query.problem || !data ? <QueryNotice query={query} what="the smile" /> : null}
      {!data ? null : shown.length === 0 ? (
        <p className="empty">No expiry is known.</p>
      ) : place.view === 'table' ? (
        <Table expiries={shown} />
      ) : (
        <div className={`smiles${shown.length === 1 ? ' one' : ''}`}>
          {shown.map((e) => (
            <Smile key={e.expiry} smile={e} atm={atm.get(e.expiry) ?? null} />
          ))}
        </div>
      )}
    </section>
  );
}

function Smile({ smile, atm }: { smile: ExpirySmile; atm: number | null }) {
  const look = useLook();
  const read = useRef<HTMLParagraphElement>(null);
  const rows = useMemo(() => smileRows(smile), [smile]);
  const range = useMemo(() => strikeRange(smile), [smile]);
  const data = useMemo(() => smileColumns(smile, rows) as uPlot.AlignedData, [smile, rows]);
  const held = useRef({ rows, range, forward: smile.forward });
  held.current = { rows, range, forward: smile.forward };
  const make = useCallback((ink: Ink) => {
    const tell = (strike: number | null) => {
      if (read.current) read.current.textContent = words(held.current.rows, strike);
    };
    return smilePlot(ink, () => held.current, tell);
  }, []);
  const title = `${expiryDay(smile.expiry)}, ${daysLeft(smile.days)}`;
  const own = rows.filter((r) => r.contracts !== null).length;
  return (
    <figure className="smile live">
      <header className="row small">
        <h3>{title}</h3>
        <span className="muted">
          forward {number(smile.forward, 0)}, at the money {percent(atm, 1)}
          {smile.surface_age_seconds === null
            ? ''
            : `, surface ${duration(smile.surface_age_seconds)} old`}
        </span>
      </header>
      {smile.curve.length === 0 ? (
        <p className="warn small">
          <span aria-hidden="true">? </span>The desk has no surface for this expiry.
        </p>
      ) : null}
      {range === null ? (
        <p className="empty small">Nothing is known of this expiry.</p>
      ) : (
        <>
          <p ref={read} className="readout small muted tabular" />
          <Plot
            make={make}
            data={data}
            look={look}
            label={`Smile of ${title}: ${smile.curve.length > 0 ? 'the surface' : 'no surface'}, ${smile.quotes.length} quotes, positions at ${own} strikes. The table view has the same numbers.`}
          />
        </>
      )}
    </figure>
  );
}

const vol = (x: number | null | undefined) => number(x == null ? null : x * 100, 1);

/** The strike nearest to the pointer, or without one to the forward. */
function words(rows: SmileRow[], strike: number | null): string {
  const row =
    strike === null
      ? undefined
      : rows[
          nearest(
            rows.map((r) => r.strike),
            strike,
          )
        ];
  if (!row) return '';
  return [
    number(row.strike, 0),
    `surface ${vol(row.surface)}`,
    `bid ${vol(row.quote?.bid_vol)}`,
    `ask ${vol(row.quote?.ask_vol)}`,
    `mark ${vol(row.quote?.mark_vol)}`,
    row.contracts === null
      ? ''
      : row.vega === null
        ? `${number(row.contracts)} held, vega unknown`
        : `vega ${number(row.vega, 0, true)}`,
  ]
    .join('  ')
    .trim();
}

type TableRow = SmileRow & { expiry: string };
const columns: Column<TableRow>[] = [
  {
    id: 'strike',
    title: 'Expiry, strike',
    sort: (r) => `${r.expiry} ${String(r.strike).padStart(12, '0')}`,
    cell: (r) => (
      <span className="nowrap">
        {expiryDay(r.expiry)}, {number(r.strike, 0)}
      </span>
    ),
  },
  ...(
    [
      ['surface', 'Surface %', (r) => r.surface],
      ['bid', 'Bid %', (r) => r.quote?.bid_vol],
      ['ask', 'Ask %', (r) => r.quote?.ask_vol],
      ['mark', 'Mark %', (r) => r.quote?.mark_vol],
    ] as [string, string, (r: TableRow) => number | null | undefined][]
  ).map(([id, title, of]) => ({
    id,
    title,
    numeric: true,
    sort: (r: TableRow) => of(r) ?? -1,
    cell: (r: TableRow) => vol(of(r)),
  })),
  {
    id: 'contracts',
    title: 'Contracts held',
    numeric: true,
    sort: (r) => r.contracts ?? 0,
    cell: (r) => <Num value={r.contracts} />,
  },
  {
    id: 'vega',
    title: 'Vega',
    numeric: true,
    sort: (r) => r.vega ?? 0,
    cell: (r) => (r.contracts === null ? none : <About value={r.vega} />),
  },
];

function Table({ expiries }: { expiries: ExpirySmile[] }) {
  const rows = useMemo(
    () => expiries.flatMap((e) => smileRows(e).map((r) => ({ ...r, expiry: e.expiry }))),
    [expiries],
  );
  return (
    <div className="short">
      <DataTable
        label="Smile by expiry and strike"
        rows={rows}
        columns={columns}
        idOf={(r) => `${r.expiry} ${r.strike}`}
        sort={{ id: 'strike', desc: false }}
        empty="No strike is known."
      />
    </div>
  );
}
