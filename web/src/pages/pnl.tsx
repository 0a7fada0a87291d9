// Profit and loss, split by why: a waterfall per factor, and what the factors do not explain.
import { useMemo } from 'react';
import { subtract, sum, toNumber } from '../base/decimal';
import { profitParts, type Pnl, type Profit } from '../protocol/types';
import { factorPath, Link, useParam } from '../router';
import { useApp, useQuery } from '../store/context';
import { together } from '../store/judgement';
import { Choice, QueryNotice } from '../ui/controls';
import { Num } from '../ui/figures';
import { useCommands } from '../ui/keys';
import { DataTable, type Column } from '../ui/table';
import { Waterfall, type Step } from '../ui/waterfall';

const meanings: Record<string, string> = {
  spread: 'fills against the mark at their time',
  target: 'holding the target while the price moved',
  deviation: 'holding more or less than the target',
  basis: 'instruments moving unlike the factor (basis, convexity)',
  funding: 'funding received and paid',
  fees: 'fees paid (−) and rebates received (+)',
};

interface Row {
  key: string;
  pnl: Profit;
}

export function PnlPage() {
  const { desk } = useApp();
  const query = useQuery<Pnl>('/pnl', 5000);
  const [key, setKey] = useParam('factor', '*');
  const [view, setView] = useParam('view', 'chart') as [
    'chart' | 'table',
    (v: 'chart' | 'table') => void,
  ];
  useCommands([
    {
      keys: 't',
      label: 'Chart or table',
      run: () => setView(view === 'chart' ? 'table' : 'chart'),
    },
  ]);
  const valued = useMemo(
    () => (query.data?.factors ?? []).filter((f): f is Row => f.pnl !== null),
    [query.data],
  );
  const unvalued = (query.data?.factors ?? []).filter((f) => f.pnl === null).map((f) => f.key);
  const whole = useMemo(() => {
    const books = new Map(desk.factors.map((f) => [f.key, f.book]));
    return valued.filter((f) => (books.get(f.key) ?? '*') === '*');
  }, [valued, desk]);
  const chosen = key === '*' ? whole : valued.filter((f) => f.key === key);
  const data = query.data;
  const steps = useMemo(() => {
    const { parts, total, unexplained } = together(chosen.map((r) => r.pnl));
    const list: Step[] = profitParts.map((part) => ({
      name: part,
      value: parts[part] ?? '0',
      about: meanings[part] ?? '',
    }));
    list.push({ name: 'unexplained', value: unexplained, about: 'the total beyond its parts' });
    const about = key === '*' ? 'of all factors of the desk' : `of ${key}`;
    return [...list, { name: 'total', value: total, about, total: true }];
  }, [chosen, key]);
  const columns: Column<Row>[] = [
    {
      id: 'key',
      title: 'Factor',
      sort: (r) => r.key,
      cell: (r) => (
        <Link to={factorPath(r.key)} data-row="">
          {r.key}
        </Link>
      ),
    },
    ...[...profitParts, 'total' as const].map((part) => ({
      id: part,
      title: part[0]!.toUpperCase() + part.slice(1),
      numeric: true,
      sort: (r: Row) => toNumber(r.pnl[part]),
      cell: (r: Row) => <Num value={r.pnl[part]} places={2} signed plus />,
    })),
  ];
  return (
    <div className={`page${query.problem ? ' stale' : ''}`}>
      <header className="row title">
        <h1>Profit and loss</h1>
        <span className="muted">since the start, {desk.currency}</span>
        <span className="grow" />
        <label className="row">
          Of
          <select value={key} onChange={(event) => setKey(event.target.value)}>
            <option value="*">the whole desk</option>
            {valued.map((f) => (
              <option key={f.key} value={f.key}>
                {f.key}
              </option>
            ))}
          </select>
        </label>
        <Choice
          label="View"
          value={view}
          options={[
            ['chart', 'Chart'],
            ['table', 'Table'],
          ]}
          onChange={setView}
        />
      </header>
      <QueryNotice query={query} what="profit and loss" />
      {data ? (
        <>
          <Now data={data} total={together(whole.map((r) => r.pnl)).total} />
          {data.positions.unpriced?.length ? (
            <p className="notice warn small">
              No price, so the books cannot be valued: {data.positions.unpriced.join(', ')}.
            </p>
          ) : null}
          {unvalued.length > 0 ? (
            <p className="notice small">
              Not split, for want of a price or because they are no delta: {unvalued.join(', ')}.
            </p>
          ) : null}
          <section className="panel" aria-labelledby="split">
            <header>
              <h2 id="split">Where it comes from</h2>
            </header>
            <div className="body">
              <Waterfall steps={steps} table={view === 'table'} />
            </div>
          </section>
          <section className="panel" aria-labelledby="byfactor">
            <header>
              <h2 id="byfactor">By factor</h2>
            </header>
            <DataTable
              label="Profit and loss by factor"
              rows={valued}
              columns={columns}
              idOf={(r) => r.key}
              sort={{ id: 'total', desc: true }}
              empty="No factor's profit is split."
            />
          </section>
        </>
      ) : null}
    </div>
  );
}

/** What there is, what it earned, and what of that the books' trading earned. */
function Now({ data, total }: { data: Pnl; total: string }) {
  const p = data.positions;
  // Paid: what is below zero was received.
  const traded =
    p.realized === null || p.unrealized === null || p.funding === null || p.fees === null
      ? null
      : subtract(sum([p.realized, p.unrealized, p.funding]), p.fees);
  const earned = (title: string, value: string | null, about?: string) => (
    <div title={about}>
      <dt>{title}</dt>
      <dd>
        <Num value={value} places={2} signed plus />
      </dd>
    </div>
  );
  return (
    <section className="panel facts-panel" aria-label="Now">
      <dl className="facts live">
        <div>
          <dt>Net asset value</dt>
          <dd>
            <Num value={data.net_asset_value} places={2} />
          </dd>
        </div>
        {earned('All factors', total, 'everything that was held, also what was never traded')}
        {earned('Positions traded', traded, 'realised + unrealised + funding − fees')}
        {earned('Realised', p.realized)}
        {earned('Unrealised', p.unrealized)}
        {earned('Funding', p.funding)}
        <div title="Below zero: rebates received">
          <dt>Fees paid</dt>
          <dd>
            <Num value={p.fees} places={2} />
          </dd>
        </div>
      </dl>
    </section>
  );
}
