// Limits of each factor, changed with the version that was seen; guard rails, and who controls what.
import { useEffect, useMemo, useState } from 'react';
import { compare, isDecimal, placesIn } from '../base/decimal';
import { percent, show } from '../base/text';
import { keyPath } from '../protocol/rest';
import type { KillSwitch, Limit, Limits, List } from '../protocol/types';
import { factorPath, Link } from '../router';
import { useApp, useHealth, useQuery, useWhyNot } from '../store/context';
import { ChangeDialog } from '../ui/change';
import { Button, QueryNotice } from '../ui/controls';
import { Ago, Num, Used } from '../ui/figures';
import { RearmDialog } from '../ui/kill';
import { useCommands } from '../ui/keys';
import { DataTable, type Column } from '../ui/table';

export function LimitsPage() {
  const query = useQuery<Limits>('/limits', 10000);
  const { desk } = useApp();
  const why = useWhyNot('limit');
  const [editing, setEditing] = useState<string | null>(null);
  const modes = useMemo(() => new Map(desk.factors.map((f) => [f.key, f.controlled])), [desk]);
  const rows = query.data?.items ?? [];
  useCommands([
    {
      keys: 'e',
      label: 'Edit the limit in focus',
      run: () => {
        const key = document.activeElement?.closest('[data-key]')?.getAttribute('data-key');
        if (key && !why && rows.some((r) => r.key === key)) setEditing(key);
      },
    },
  ]);
  const columns = useMemo<Column<Limit>[]>(
    () => [
      {
        id: 'key',
        title: 'Factor',
        sort: (l) => l.key,
        cell: (l) => (
          <Link to={factorPath(l.key)} data-row="" className="strong">
            {l.key}
          </Link>
        ),
      },
      { id: 'lower', title: 'Lower', numeric: true, cell: (l) => <Num value={l.limit?.[0]} /> },
      { id: 'upper', title: 'Upper', numeric: true, cell: (l) => <Num value={l.limit?.[1]} /> },
      {
        id: 'unit',
        title: 'Unit',
        wide: true,
        cell: (l) => <span className="muted">{l.unit}</span>,
      },
      {
        id: 'configured',
        title: 'Configured',
        wide: true,
        cell: (l) => {
          if (!l.configured) return <span className="faint">–</span>;
          const changed =
            l.limit !== null &&
            (compare(l.limit[0], l.configured[0]) !== 0 ||
              compare(l.limit[1], l.configured[1]) !== 0);
          return (
            <>
              {changed ? <span className="tag accent">changed</span> : null}{' '}
              <span className={changed ? '' : 'faint'}>
                <Num value={l.configured[0]} /> to <Num value={l.configured[1]} />
              </span>
            </>
          );
        },
      },
      {
        id: 'used',
        title: 'Used',
        numeric: true,
        sort: (l) => Math.abs(l.used ?? 0),
        cell: (l) => <Used x={l.used} />,
      },
      {
        id: 'modes',
        title: 'Skew / hedge / transfer',
        wide: true,
        cell: (l) => {
          const m = modes.get(l.key);
          return m ? (
            <span className="muted">
              {['skew', 'hedge', 'transfer'].map((k) => m[k] ?? 'off').join(' / ')}
            </span>
          ) : (
            <span className="faint">not controlled</span>
          );
        },
      },
      {
        id: 'do',
        title: 'Do',
        cell: (l) => (
          <Button why={why} onClick={() => setEditing(l.key)}>
            Edit
          </Button>
        ),
      },
    ],
    [why, modes],
  );
  const limit = rows.find((l) => l.key === editing);
  return (
    <div className={`page${query.problem ? ' stale' : ''}`}>
      <h1>Limits and guard rails</h1>
      {why ? <p className="notice small">{why} You may read limits, not change them.</p> : null}
      <section className="panel" aria-labelledby="limits">
        <header>
          <h2 id="limits">Limits</h2>
        </header>
        <QueryNotice query={query} what="the limits" />
        {query.data ? (
          <DataTable
            label="Limits"
            rows={rows}
            columns={columns}
            idOf={(l) => l.key}
            sort={{ id: 'used', desc: true }}
            empty="No factor has a limit."
          />
        ) : null}
      </section>
      <div className="columns">
        <Rails rails={query.data?.rails ?? null} />
        <Switches />
      </div>
      {limit ? (
        <LimitDialog
          limit={limit}
          onClose={() => setEditing(null)}
          onDone={() => void query.reload()}
        />
      ) : null}
    </div>
  );
}

function LimitDialog({
  limit,
  onClose,
  onDone,
}: {
  limit: Limit;
  onClose: () => void;
  onDone: () => void;
}) {
  const path = `/limits/${keyPath(limit.key)}`;
  const query = useQuery<Limit>(path);
  // The version that goes along is that of what is shown here, not a later one.
  const [seen, setSeen] = useState<{ etag: string | null; limit: Limit } | null>(null);
  const [lower, setLower] = useState(limit.limit?.[0] ?? '');
  const [upper, setUpper] = useState(limit.limit?.[1] ?? '');
  useEffect(() => {
    if (!query.busy && query.data && seen === null)
      setSeen({ etag: query.etag ?? query.data.version ?? null, limit: query.data });
  }, [query.busy, query.data, query.etag, seen]);
  const wrong =
    !isDecimal(lower) || !isDecimal(upper)
      ? 'Both are decimals, such as 12.5.'
      : compare(lower, upper) > 0
        ? 'The lower one comes first.'
        : null;
  return (
    <ChangeDialog
      change={{
        title: `Limit of ${limit.key}`,
        confirm: 'Change the limit',
        danger: true,
        method: 'PUT',
        path,
        etag: seen?.etag ?? null,
        body: wrong === null && seen ? { limit: [lower.trim(), upper.trim()] } : null,
      }}
      onClose={onClose}
      onDone={onDone}
      onConflict={async () => {
        await query.reload();
        setSeen(null);
      }}
    >
      <p>
        In force:{' '}
        <strong>
          <Num value={seen?.limit.limit?.[0]} /> to <Num value={seen?.limit.limit?.[1]} />{' '}
          {limit.unit}
        </strong>
        {limit.configured ? (
          <span className="muted">
            ; configured: <Num value={limit.configured[0]} /> to <Num value={limit.configured[1]} />
          </span>
        ) : null}
      </p>
      <div className="fields">
        <label className="field">
          Lower ({limit.unit})
          <input
            inputMode="decimal"
            value={lower}
            aria-invalid={wrong !== null}
            onChange={(event) => setLower(event.target.value)}
          />
        </label>
        <label className="field">
          Upper ({limit.unit})
          <input
            inputMode="decimal"
            value={upper}
            aria-invalid={wrong !== null}
            onChange={(event) => setUpper(event.target.value)}
          />
        </label>
      </div>
      {wrong ? (
        <p className="crit small" role="alert">
          {wrong}
        </p>
      ) : null}
    </ChangeDialog>
  );
}

const railNames: Record<string, string> = {
  daily_notional_used: 'of which used today',
  messages_used: 'of which used now',
  order_notional: 'Notional of one order',
  daily_notional: 'Notional of a UTC day',
  price_collar: 'Distance of a limit price from the mark',
  messages: 'Orders and quotes in a second',
  position_notional: 'Notional of a position after the fill',
  stale_after: 'Age of a price on which an order rests',
};

function Rails({ rails }: { rails: Record<string, unknown> | null }) {
  const list = Object.entries(rails ?? {}).filter(([name]) => name !== 'currency');
  return (
    <section className="panel" aria-labelledby="rails">
      <header>
        <h2 id="rails">Guard rails</h2>
        <span className="muted small">from the configuration; a reload changes them</span>
      </header>
      {list.length === 0 ? (
        <p className="empty">
          None is set: only stale data, self-trades and kill switches are watched.
        </p>
      ) : (
        <dl className="lines">
          {list.map(([name, value]) => (
            <div key={name}>
              <dt>{railNames[name] ?? name.replaceAll('_', ' ')}</dt>
              <dd>
                {value === null ? (
                  <span className="faint">not watched</span>
                ) : (
                  <Rail name={name} value={value} currency={String(rails?.currency ?? '')} />
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function Rail({ name, value, currency }: { name: string; value: unknown; currency: string }) {
  if (name === 'price_collar') return percent(Number(value));
  const text = String(value);
  if (!isDecimal(text)) return show(value).replace(/(\d)([a-z])/g, '$1 $2');
  if (!name.includes('notional')) return <Num value={text} />;
  return (
    <Num
      value={text}
      places={placesIn(text) > 0 ? 2 : 0}
      {...(currency === '' ? {} : { unit: currency })}
    />
  );
}

function Switches() {
  const why = useWhyNot('limit');
  const health = useHealth();
  const query = useQuery<List<KillSwitch>>('/kill-switches', 10000);
  const [scope, setScope] = useState<string | null>(null);
  const thrown = `${health?.kill_switches.join()} ${health?.breakers.join()}`;
  const { reload } = query;
  useEffect(() => void reload(), [thrown, reload]);
  return (
    <section className="panel" aria-labelledby="switches">
      <header>
        <h2 id="switches">Kill switches and breakers</h2>
      </header>
      <QueryNotice query={query} what="the kill switches" />
      {query.data ? (
        <DataTable
          label="Kill switches and breakers"
          rows={query.data.items}
          idOf={(k) => k.scope}
          empty="Nothing is stopped."
          columns={[
            { id: 'scope', title: 'Stopped', cell: (k) => <strong>{k.scope}</strong> },
            {
              id: 'by',
              title: 'By',
              cell: (k) => k.by ?? (k.kind === 'breaker' ? 'its breaker' : '–'),
            },
            { id: 'why', title: 'Why', wrap: true, cell: (k) => k.reason ?? '–' },
            { id: 'since', title: 'Since', cell: (k) => <Ago time={k.since ?? null} short /> },
            {
              id: 'do',
              title: 'Do',
              cell: (k) => (
                <Button why={why} onClick={() => setScope(k.scope)}>
                  Arm again
                </Button>
              ),
            },
          ]}
        />
      ) : null}
      {scope ? <RearmDialog scope={scope} onClose={() => setScope(null)} /> : null}
    </section>
  );
}
