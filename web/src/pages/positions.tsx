// Positions, balances, what is on its way, and where the venues say otherwise.
import { useMemo } from 'react';
import { placesIn, subtract, toNumber } from '../base/decimal';
import { none } from '../base/text';
import type { Balance, Break, Position, Transfer } from '../protocol/types';
import { useParam } from '../router';
import { useApp, useChannel, useCurrent, useItems } from '../store/context';
import { Ago, Num } from '../ui/figures';
import { DataTable, type Column } from '../ui/table';

/** How many places show what is earned and paid in each asset, alike in all rows; tooltips have all. */
type Places = ReadonlyMap<string, number>;
function placesByAsset(positions: Position[]): Places {
  const amounts = new Map<string, (string | null)[]>();
  const add = (asset: string, ...list: (string | null)[]) =>
    amounts.set(asset, [...(amounts.get(asset) ?? []), ...list]);
  for (const p of positions) {
    add(p.settlement, p.realized_pnl, p.unrealized_pnl);
    for (const [asset, x] of [...Object.entries(p.fees), ...Object.entries(p.funding)])
      add(asset, x);
  }
  return new Map(
    [...amounts].map(([asset, list]) => {
      const large = list.some((x) => Math.abs(Number(x ?? 0)) >= 100);
      return [asset, large ? 2 : 6];
    }),
  );
}

const amounts = (by: Record<string, string>, places: Places) => {
  const list = Object.entries(by);
  return list.length === 0 ? (
    <span className="faint">{none}</span>
  ) : (
    list.map(([asset, x], i) => (
      <span key={asset}>
        {i > 0 ? ', ' : ''}
        <Num value={x} unit={asset} places={places.get(asset) ?? 2} />
      </span>
    ))
  );
};

const positionColumns = (places: Places): Column<Position>[] => [
  {
    id: 'instrument',
    title: 'Instrument',
    sort: (p) => p.instrument,
    cell: (p) => (
      <>
        <strong>{p.instrument}</strong>
        <span className="narrow">
          {p.venue}/{p.account} {p.book}
        </span>
      </>
    ),
  },
  {
    id: 'account',
    title: 'Account',
    wide: true,
    sort: (p) => `${p.venue}/${p.account}`,
    cell: (p) => `${p.venue}/${p.account}`,
  },
  { id: 'book', title: 'Book', wide: true, sort: (p) => p.book, cell: (p) => p.book },
  {
    id: 'qty',
    title: 'Quantity',
    numeric: true,
    sort: (p) => toNumber(p.qty),
    cell: (p) => <Num value={p.qty} />,
  },
  {
    id: 'average',
    title: 'Average price',
    numeric: true,
    cell: (p) => (
      <Num value={p.average_price} places={Math.max(2, p.mark === null ? 2 : placesIn(p.mark))} />
    ),
  },
  { id: 'mark', title: 'Mark', numeric: true, cell: (p) => <Num value={p.mark} /> },
  {
    id: 'unrealized',
    title: 'Unrealised',
    numeric: true,
    sort: (p) => toNumber(p.unrealized_pnl ?? '0'),
    cell: (p) => <Earned value={p.unrealized_pnl} of={p} places={places} />,
  },
  {
    id: 'realized',
    title: 'Realised',
    numeric: true,
    sort: (p) => toNumber(p.realized_pnl),
    cell: (p) => <Earned value={p.realized_pnl} of={p} places={places} />,
  },
  {
    id: 'fees',
    title: 'Fees paid',
    numeric: true,
    wide: true,
    cell: (p) => amounts(p.fees, places),
  },
  {
    id: 'funding',
    title: 'Funding',
    numeric: true,
    wide: true,
    cell: (p) => amounts(p.funding, places),
  },
];
function Earned({ value, of, places }: { value: string | null; of: Position; places: Places }) {
  return (
    <Num value={value} signed plus unit={of.settlement} places={places.get(of.settlement) ?? 2} />
  );
}
const balanceColumns: Column<Balance>[] = [
  {
    id: 'asset',
    title: 'Asset',
    sort: (b) => b.asset,
    cell: (b) => (
      <>
        <strong>{b.asset}</strong>
        <span className="narrow">
          {b.venue}/{b.account}
        </span>
      </>
    ),
  },
  {
    id: 'account',
    title: 'Account',
    wide: true,
    sort: (b) => `${b.venue}/${b.account}`,
    cell: (b) => `${b.venue}/${b.account}`,
  },
  {
    id: 'qty',
    title: 'Quantity',
    numeric: true,
    sort: (b) => toNumber(b.qty),
    cell: (b) => <Num value={b.qty} />,
  },
];
const transferColumns: Column<Transfer>[] = [
  { id: 'id', title: 'Transfer', sort: (t) => t.id, cell: (t) => t.id },
  {
    id: 'qty',
    title: 'Quantity',
    numeric: true,
    cell: (t) => <Num value={t.qty} unit={t.asset} />,
  },
  {
    id: 'way',
    title: 'From and to',
    wrap: true,
    cell: (t) => (
      <>
        {t.from} <span className="faint">to</span> {t.to}
      </>
    ),
  },
  { id: 'sent', title: 'Sent', sort: (t) => t.sent, cell: (t) => <Ago time={t.sent} short /> },
  {
    id: 'overdue',
    title: 'State',
    sort: (t) => String(t.overdue),
    cell: (t) =>
      t.overdue ? (
        <span className="warn nowrap">
          <span aria-hidden="true">▲</span> overdue
        </span>
      ) : (
        'on its way'
      ),
  },
];
const breakColumns: Column<Break>[] = [
  {
    id: 'subject',
    title: 'What',
    sort: (b) => b.subject,
    cell: (b) => (
      <>
        <strong>{b.subject}</strong>{' '}
        <span className="muted">
          {b.venue}/{b.account}
        </span>
      </>
    ),
  },
  { id: 'stated', title: 'Venue says', numeric: true, cell: (b) => <Num value={b.stated} /> },
  { id: 'ours', title: 'We have', numeric: true, cell: (b) => <Num value={b.ours} /> },
  {
    id: 'difference',
    title: 'Difference',
    numeric: true,
    cell: (b) => (
      <span className="warn">
        <Num value={subtract(b.stated, b.ours)} plus />
      </span>
    ),
  },
  { id: 'since', title: 'Since', sort: (b) => b.since, cell: (b) => <Ago time={b.since} short /> },
  {
    id: 'candidates',
    title: 'What could explain it',
    wrap: true,
    cell: (b) =>
      b.candidates.length === 0 ? (
        <span className="muted">nothing that is known</span>
      ) : (
        <ul className="candidates">
          {b.candidates.map((c) => (
            <li key={c}>{c}</li>
          ))}
        </ul>
      ),
  },
];

function useFiltered<T>(rows: T[], search: string, text: (row: T) => string): T[] {
  return useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return words.length === 0
      ? rows
      : rows.filter((row) => words.every((w) => text(row).toLowerCase().includes(w)));
  }, [rows, search, text]);
}
const positionText = (p: Position) => `${p.instrument} ${p.venue}/${p.account} ${p.book}`;
const balanceText = (b: Balance) => `${b.asset} ${b.venue}/${b.account}`;

export function PositionsPage() {
  for (const name of ['positions', 'balances', 'transfers', 'breaks']) useChannel(name); // always the same four
  const current = useCurrent('positions');
  const { live } = useApp();
  const [search, setSearch] = useParam('q', '');
  const all = useItems('positions');
  const positions = useFiltered(all, search, positionText);
  const byAsset = placesByAsset(all);
  const asset = JSON.stringify([...byAsset]);
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const columns = useMemo(() => positionColumns(byAsset), [asset]);
  const balances = useFiltered(useItems('balances'), search, balanceText);
  const transfers = useItems('transfers').filter((t) => !t.ended);
  const breaks = useItems('breaks').filter((b) => b.open);
  const loaded = live.collections.positions.loaded;
  const none_ = (text: string) => (loaded ? text : 'Waiting…');
  return (
    <div className={`page${current ? '' : ' stale'}`}>
      <header className="row title">
        <h1>Positions and balances</h1>
        <span className="grow" />
        <input
          type="search"
          aria-label="Search positions and balances"
          placeholder="Instrument, venue, book"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </header>
      {breaks.length > 0 ? (
        <section className="panel attention" aria-labelledby="breaks">
          <header>
            <h2 id="breaks">
              <span aria-hidden="true" className="warn">
                ▲{' '}
              </span>
              Breaks
            </h2>
            <span className="muted small">
              where a venue states something else than our books; factors that rest on it are
              unknown
            </span>
          </header>
          <DataTable
            label="Breaks"
            rows={breaks}
            columns={breakColumns}
            idOf={(b) => `${b.venue}/${b.account}/${b.subject}/${b.since}`}
            empty=""
          />
        </section>
      ) : null}
      <section className="panel" aria-labelledby="positions">
        <header>
          <h2 id="positions">Positions</h2>
        </header>
        <DataTable
          label="Positions"
          rows={positions}
          columns={columns}
          idOf={(p) => `${p.venue}/${p.account}/${p.book}/${p.instrument}`}
          sort={{ id: 'instrument', desc: false }}
          empty={none_('No position is like that.')}
        />
      </section>
      <div className="columns">
        <section className="panel" aria-labelledby="balances">
          <header>
            <h2 id="balances">Balances</h2>
          </header>
          <DataTable
            label="Balances"
            rows={balances}
            columns={balanceColumns}
            idOf={(b) => `${b.venue}/${b.account}/${b.asset}`}
            sort={{ id: 'account', desc: false }}
            empty={none_('No balance is like that.')}
          />
        </section>
        <section className="panel" aria-labelledby="transfers">
          <header>
            <h2 id="transfers">On its way</h2>
          </header>
          <DataTable
            label="Transfers on their way"
            rows={transfers}
            columns={transferColumns}
            idOf={(t) => t.id}
            empty={none_('No transfer is on its way.')}
          />
          {breaks.length === 0 ? (
            <p className="empty small">
              <span className="good" aria-hidden="true">
                ●{' '}
              </span>
              {none_('No break is open: the venues state what our books say.')}
            </p>
          ) : null}
        </section>
      </div>
    </div>
  );
}
