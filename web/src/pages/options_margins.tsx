// What venues ask of the accounts that have a margin configured, and what the accounts have for it.
import type { Margin } from '../protocol/options';
import type { List } from '../protocol/types';
import { useQuery } from '../store/context';
import { duration } from '../base/time';
import { QueryNotice } from '../ui/controls';
import { About, Used } from '../ui/figures';
import { DataTable, type Column } from '../ui/table';
import {
  accountOf,
  coinRows,
  heaviest,
  positionRows,
  stateFace,
  worstWords,
  type CoinRow,
  type PositionRow,
} from './margins_data';
import type { View } from './options_place';

export function MarginPanel({ view }: { view: View }) {
  const query = useQuery<List<Margin>>('/margins', 5000);
  const accounts = query.data?.items;
  return (
    <section className={`panel${query.problem ? ' stale' : ''}`} aria-labelledby="margin">
      <header>
        <h2 id="margin">Margin</h2>
        <span className="muted small">by account, all underlyings together</span>
      </header>
      {query.problem || !accounts ? <QueryNotice query={query} what="the margin" /> : null}
      {accounts ? <Accounts accounts={accounts} view={view} /> : null}
    </section>
  );
}

export function Accounts({ accounts, view }: { accounts: Margin[]; view: View }) {
  return (
    <>
      <DataTable
        label="Margin of each account"
        rows={accounts}
        columns={accountColumns}
        idOf={(m) => `${accountOf(m)} ${m.currency}`}
        empty="No account of this desk has a margin: name one under [[margins]] in its configuration."
      />
      {accounts
        .filter((m) => m.unknown_reason !== null)
        .map((m) => (
          <p
            key={`${accountOf(m)} ${m.currency}`}
            className="notice warn small margin-lack"
            role="status"
          >
            <span aria-hidden="true">? </span>
            The margin of {accountOf(m)} in {m.currency} is unknown: {m.unknown_reason}.
          </p>
        ))}
      {view === 'table' ? <Parts accounts={accounts} /> : null}
    </>
  );
}

const amount = (
  id: 'equity' | 'initial' | 'maintenance' | 'free' | 'free_in_flight',
  title: string,
  wide = false,
): Column<Margin> => ({
  id,
  title,
  numeric: true,
  wide,
  cell: (m) => (m.state === 'unknown' ? '?' : <About value={m[id]} />),
});

const accountColumns: Column<Margin>[] = [
  { id: 'account', title: 'Account', cell: (m) => accountOf(m) },
  { id: 'currency', title: 'In', cell: (m) => m.currency },
  { id: 'model', title: 'Model', wide: true, cell: (m) => m.model },
  { id: 'state', title: 'State', cell: (m) => <State of={m} /> },
  {
    id: 'use',
    title: 'Use',
    numeric: true,
    cell: (m) => (m.state === 'unknown' ? '?' : <Used x={m.use} />),
  },
  amount('equity', 'Equity'),
  amount('initial', 'Initial'),
  amount('maintenance', 'Maintenance', true),
  amount('free', 'Left'),
  amount('free_in_flight', 'Left, all filled', true),
  { id: 'heaviest', title: 'Weighs most', wide: true, cell: (m) => heaviest(m) },
  {
    id: 'age',
    title: 'Oldest input',
    numeric: true,
    wide: true,
    cell: (m) => (m.age_seconds === null ? '–' : duration(m.age_seconds)),
  },
];

function State({ of }: { of: Margin }) {
  const { words, tone, glyph } = stateFace[of.state];
  return (
    <span className={`nowrap ${tone}`}>
      <span aria-hidden="true">{glyph}</span> {words}
    </span>
  );
}

/** What each account is asked for, part by part. */
function Parts({ accounts }: { accounts: Margin[] }) {
  const positions = positionRows(accounts);
  const coins = coinRows(accounts);
  return (
    <>
      {positions.length > 0 ? (
        <DataTable
          label="Margin by position"
          rows={positions}
          columns={positionColumns}
          idOf={(p) => `${p.account} ${p.currency} ${p.instrument}`}
          empty=""
        />
      ) : null}
      {coins.length > 0 ? (
        <DataTable
          label="Worst scenario by coin"
          rows={coins}
          columns={coinColumns}
          idOf={(c) => `${c.account} ${c.currency} ${c.coin}`}
          empty=""
        />
      ) : null}
    </>
  );
}

const positionColumns: Column<PositionRow>[] = [
  { id: 'account', title: 'Account', sort: (p) => p.account, cell: (p) => p.account },
  { id: 'currency', title: 'In', sort: (p) => p.currency, cell: (p) => p.currency },
  { id: 'instrument', title: 'Position', sort: (p) => p.instrument, cell: (p) => p.instrument },
  {
    id: 'coins',
    title: 'Coins',
    numeric: true,
    sort: (p) => p.coins,
    cell: (p) => <About value={p.coins} />,
  },
  {
    id: 'initial',
    title: 'Initial',
    numeric: true,
    sort: (p) => p.initial,
    cell: (p) => <About value={p.initial} />,
  },
  {
    id: 'maintenance',
    title: 'Maintenance',
    numeric: true,
    sort: (p) => p.maintenance ?? 0,
    cell: (p) => <About value={p.maintenance} />,
  },
];

const coinColumns: Column<CoinRow>[] = [
  { id: 'account', title: 'Account', cell: (c) => c.account },
  { id: 'currency', title: 'In', cell: (c) => c.currency },
  { id: 'coin', title: 'Coin', cell: (c) => c.coin },
  { id: 'worst', title: 'Worst scenario', cell: (c) => worstWords(c) },
  { id: 'loss', title: 'Loss in it', numeric: true, cell: (c) => <About value={c.loss} /> },
  {
    id: 'delta_shock',
    title: 'Delta shock',
    numeric: true,
    wide: true,
    cell: (c) => <About value={c.delta_shock} />,
  },
  {
    id: 'roll_shock',
    title: 'Roll shock',
    numeric: true,
    wide: true,
    cell: (c) => <About value={c.roll_shock} />,
  },
  { id: 'initial', title: 'Initial', numeric: true, cell: (c) => <About value={c.initial} /> },
  {
    id: 'maintenance',
    title: 'Maintenance',
    numeric: true,
    cell: (c) => <About value={c.maintenance} />,
  },
];
