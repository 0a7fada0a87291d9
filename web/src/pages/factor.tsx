// One factor: its path, its excursions, how good its control is, and where its numbers come from.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { parseTime } from '../base/time';
import { number, percent, stateName } from '../base/text';
import { duration } from '../base/time';
import { keyPath } from '../protocol/rest';
import type { Excursion, Exposure, FactorReport, Line, Path } from '../protocol/types';
import { Link, useParam } from '../router';
import {
  useApp,
  useChannel,
  useCurrent,
  useHealth,
  useItem,
  useItems,
  useQuery,
  useSettings,
  useWhyNot,
} from '../store/context';
import { Bullet } from '../ui/bullet';
import { Chart } from '../ui/chart';
import { extend, seriesOf } from '../ui/chart_data';
import { Button, Choice, QueryNotice } from '../ui/controls';
import { Ago, Money, Num, placesOf, Severity, StateMark } from '../ui/figures';
import { useCommands } from '../ui/keys';
import { DataTable, type Column } from '../ui/table';
import { PathTable } from './factor_table';
import { ControlWords } from './factor_words';
import { TargetDialog } from './target_dialog';

const windows = { '15m': 900, '1h': 3600, '6h': 21600, '24h': 86400 } as const;
type Window = keyof typeof windows;

export function FactorPage({ factorKey }: { factorKey: string }) {
  useChannel(`exposures:${factorKey}`);
  const e = useItem('exposures', factorKey);
  const current = useCurrent(`exposures:${factorKey}`);
  const report = useQuery<FactorReport>(`/factors/${keyPath(factorKey)}`, 10000);
  const why = useWhyNot('act');
  const [dialog, setDialog] = useState<'set' | 'clear' | null>(null);
  if (report.problem?.status === 404) {
    return (
      <div className="page">
        <h1>There is no factor {factorKey}</h1>
        <p>
          {report.problem.message}. <Link to="/">To the board</Link>
        </p>
      </div>
    );
  }
  return (
    <div className={`page factor-page${current ? '' : ' stale'}`}>
      <header className="row title">
        <h1>{e?.factor ?? factorKey}</h1>
        <span className="muted">{e ? (e.book === '*' ? 'whole desk' : `book ${e.book}`) : ''}</span>
        {e ? <StateMark exposure={e} words /> : null}
        {e?.overridden ? <span className="tag accent">target overridden</span> : null}
        <span className="grow" />
        {e?.overridden ? (
          <Button why={why} onClick={() => setDialog('clear')}>
            Clear override
          </Button>
        ) : null}
        <Button why={why} onClick={() => setDialog('set')}>
          Override target
        </Button>
      </header>
      {e?.state === 'unknown' ? (
        <p className="notice warn" role="status">
          <strong>Unknown:</strong> {e.unknown_reason}. The levels below are the last that were
          known; control holds still meanwhile.
        </p>
      ) : null}
      {e ? <Facts e={e} /> : <p className="empty">Waiting for {factorKey}…</p>}
      <Related factorKey={factorKey} />
      <PathPanel factorKey={factorKey} e={e} />
      <div className="columns">
        <ExcursionsPanel factorKey={factorKey} report={report.data} />
        <CausesPanel report={report.data} />
        <section className="panel" aria-labelledby="control">
          <header>
            <h2 id="control">How good the control is</h2>
          </header>
          <div className="body">
            {report.data ? (
              <ControlWords report={report.data} />
            ) : (
              <QueryNotice query={report} what="the factor's report" />
            )}
          </div>
        </section>
        <LinesPanel
          title="Target, stage by stage"
          path={`/targets/${keyPath(factorKey)}/explain`}
        />
        <LinesPanel
          title="What the number is made of"
          path={`/factors/${keyPath(factorKey)}/explain`}
        />
      </div>
      {dialog && e ? (
        <TargetDialog exposure={e} clear={dialog === 'clear'} onClose={() => setDialog(null)} />
      ) : null}
    </div>
  );
}

/**
 * The path of the last so many seconds, asked for anew often enough for what the stream does not
 * tell, fills and alerts: the faster, the faster the desk's time runs. What there was stays until
 * the next answer is there.
 */
function useRecentPath(factorKey: string, seconds: number, points: number) {
  const { live } = useApp();
  const speed = useHealth()?.speed ?? 1;
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(
      () => {
        if (!document.hidden) setTurn((n) => n + 1);
      },
      Math.max(5000, 60000 / Math.max(1, speed)),
    );
    return () => clearInterval(timer);
  }, [speed]);
  const address = useMemo(() => {
    const from = new Date(live.deskNow() - seconds * 1000).toISOString();
    return `/factors/${keyPath(factorKey)}/path?from=${from}&points=${points}`;
    // `turn` is when to ask again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [live, factorKey, seconds, points, turn]);
  const query = useQuery<Path>(address);
  const last = useRef<{ seconds: number; path: Path } | null>(null);
  if (query.data) last.current = { seconds, path: query.data };
  const before = last.current?.seconds === seconds ? last.current.path : null;
  return { ...query, data: query.data ?? before };
}

function Facts({ e }: { e: Exposure }) {
  const places = placesOf(e);
  return (
    <section className="panel facts-panel" aria-label="Now">
      <dl className="facts live">
        <div className="main">
          <dt>Actual</dt>
          <dd>
            <Num value={e.actual} places={places} unit={e.unit} />
          </dd>
        </div>
        <div>
          <dt>Target</dt>
          <dd>
            <Num value={e.target} places={places} />
          </dd>
        </div>
        <div>
          <dt>Band</dt>
          <dd>
            {e.band ? (
              <>
                <Num value={e.band[0]} places={places} /> <span className="faint">to</span>{' '}
                <Num value={e.band[1]} places={places} />
              </>
            ) : (
              '–'
            )}
          </dd>
        </div>
        <div>
          <dt>Limit</dt>
          <dd>
            {e.limit ? (
              <>
                <Num value={e.limit[0]} places={places} /> <span className="faint">to</span>{' '}
                <Num value={e.limit[1]} places={places} />
              </>
            ) : (
              '–'
            )}
          </dd>
        </div>
        <div>
          <dt>Deviation</dt>
          <dd>
            <Num value={e.deviation} places={places} plus />
          </dd>
        </div>
        <div>
          <dt>z</dt>
          <dd>{number(e.z, 2, true)}</dd>
        </div>
        <div>
          <dt>Use of limit</dt>
          <dd>{percent(e.skew, 1)}</dd>
        </div>
        <div>
          <dt>Out for</dt>
          <dd className={e.excursion ? 'warn' : ''}>
            {e.excursion ? `${duration(e.excursion.seconds)}, ${e.excursion.cause}` : '–'}
          </dd>
        </div>
        <div>
          <dt>Cost to return</dt>
          <dd>
            <Money value={e.cost_to_return} />
          </dd>
        </div>
        <div>
          <dt>Adherence today</dt>
          <dd>{percent(e.adherence?.today)}</dd>
        </div>
        <div>
          <dt>1 h</dt>
          <dd>{percent(e.adherence?.['1h'])}</dd>
        </div>
        <div>
          <dt>24 h</dt>
          <dd>{percent(e.adherence?.['24h'])}</dd>
        </div>
        <div>
          <dt>30 d</dt>
          <dd>{percent(e.adherence?.['30d'])}</dd>
        </div>
      </dl>
      <Bullet e={e} />
    </section>
  );
}

/** What is proposed and what fires about this factor. */
function Related({ factorKey }: { factorKey: string }) {
  const proposals = useItems('proposals').filter(
    (p) =>
      p.key === factorKey &&
      (p.state === 'waiting' || p.state === 'acting' || p.state === 'approved'),
  );
  const alerts = useItems('alerts').filter(
    (a) =>
      a.state !== 'ok' &&
      (a.book && a.book !== '*' ? `${a.factor}@${a.book}` : a.factor) === factorKey,
  );
  if (proposals.length + alerts.length === 0) return null;
  return (
    <ul className="row related">
      {proposals.map((p) => (
        <li key={p.id} className="notice">
          <Link to={`/proposals/${encodeURIComponent(p.id)}`} data-row="">
            {p.action} {p.state === 'waiting' ? 'waits for approval' : p.state}
          </Link>{' '}
          <Num value={p.quantity} {...(p.unit ? { unit: p.unit } : {})} />{' '}
          <span className="muted">for</span> <Money value={p.expected_cost} />
        </li>
      ))}
      {alerts.map((a) => (
        <li key={a.id} className={`notice ${a.severity === 'critical' ? 'crit' : 'warn'}`}>
          <Severity value={a.severity} /> <Link to="/alerts">{a.rule}</Link> {a.state}{' '}
          <Ago time={a.since} short />
        </li>
      ))}
    </ul>
  );
}

function PathPanel({ factorKey, e }: { factorKey: string; e: Exposure | undefined }) {
  const { live } = useApp();
  const settings = useSettings();
  const [window, setWindow] = useParam('window', '1h') as [Window, (w: Window) => void];
  const [view, setView] = useParam('view', 'chart') as [
    'chart' | 'table',
    (v: 'chart' | 'table') => void,
  ];
  const [scale, setScale] = useParam('scale', 'limits') as [
    'limits' | 'band',
    (v: 'limits' | 'band') => void,
  ];
  const seconds = windows[window] ?? 3600;
  const query = useRecentPath(factorKey, seconds, 800);
  const path = query.data;
  const series = useMemo(() => (path ? seriesOf(path) : null), [path]);
  useEffect(() => {
    if (!series) return undefined;
    return live.onExposure(factorKey, (exposure, t) =>
      extend(series, exposure, parseTime(t) / 1000),
    );
  }, [live, series, factorKey]);
  const now = useCallback(() => live.deskNow() / 1000, [live]);
  useCommands([
    {
      keys: 't',
      label: 'Chart or table',
      run: () => setView(view === 'chart' ? 'table' : 'chart'),
    },
    ...(Object.keys(windows) as Window[]).map((w, i) => ({
      keys: String(i + 1),
      label: `Show the last ${w}`,
      run: () => setWindow(w),
    })),
  ]);
  const places = e ? placesOf(e) : 3;
  const { theme, contrast } = document.documentElement.dataset;
  const look = [settings.theme, settings.contrast, theme, contrast].join(' ');
  const state = e ? `now ${e.actual ?? 'unknown'} ${e.unit}, ${stateName(e.state)}` : '';
  const label =
    `${factorKey}: actual against target, band and limits over the last ${window}; ${state}. ` +
    'The table view has the numbers.';
  return (
    <section className="panel" aria-labelledby="path">
      <header>
        <h2 id="path">Actual against target</h2>
        <span className="grow" />
        <Choice
          label="Scale"
          value={scale}
          options={[
            ['limits', 'To limits'],
            ['band', 'To band'],
          ]}
          onChange={setScale}
        />
        <Choice
          label="Window"
          value={window}
          options={(Object.keys(windows) as Window[]).map(
            (w) => [w, w.replace(/(\d+)/, '$1 ')] as const,
          )}
          onChange={setWindow}
        />
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
      <div className="body">
        <QueryNotice query={query} what="the path" />
        {path && series && view === 'chart' ? (
          <Chart
            series={series}
            path={path}
            seconds={seconds}
            places={places}
            wide={scale === 'limits'}
            now={now}
            look={look}
            label={label}
          />
        ) : null}
        {path && series && view === 'table' ? (
          <PathTable path={path} series={series} places={places} />
        ) : null}
      </div>
    </section>
  );
}

const excursionColumns: Column<Excursion>[] = [
  { id: 'from', title: 'Began', cell: (x) => <Ago time={x.from} />, sort: (x) => x.from },
  {
    id: 'for',
    title: 'Lasted',
    numeric: true,
    sort: (x) => length(x),
    cell: (x) => (x.to === null ? <span className="warn">open</span> : duration(length(x))),
  },
  {
    id: 'side',
    title: 'Side',
    sort: (x) => x.side,
    cell: (x) => (
      <span className="nowrap">
        <span aria-hidden="true">{x.side === 'above' ? '▲' : '▼'}</span> {x.side}
      </span>
    ),
  },
  {
    id: 'worst',
    title: 'Worst z',
    numeric: true,
    sort: (x) => Math.abs(x.worst_z),
    cell: (x) => number(x.worst_z, 2, true),
  },
  { id: 'cause', title: 'Cause', sort: (x) => x.cause, cell: (x) => x.cause },
];
function length(x: Excursion): number {
  return x.to === null ? Infinity : (parseTime(x.to) - parseTime(x.from)) / 1000;
}

function ExcursionsPanel({
  factorKey,
  report,
}: {
  factorKey: string;
  report: FactorReport | null;
}) {
  const path = useRecentPath(factorKey, 86400, 6).data;
  const list = path?.excursions ?? [];
  const e = report?.excursions;
  return (
    <section className="panel" aria-labelledby="excursions">
      <header>
        <h2 id="excursions">Excursions</h2>
        <span className="muted small">
          {e
            ? [
                `${e.count} since the start`,
                `the longest ${duration(e.longest_seconds)}`,
                ...(e.mean_seconds === null ? [] : [`${duration(e.mean_seconds)} on average`]),
              ].join(', ')
            : ''}
        </span>
      </header>
      <div className="short">
        <DataTable
          label="Excursions from the band"
          rows={list}
          columns={excursionColumns}
          idOf={(x) => x.from}
          sort={{ id: 'from', desc: true }}
          empty={path ? 'It was not out of its band in the last 24 hours.' : 'Reading…'}
        />
      </div>
    </section>
  );
}

function CausesPanel({ report }: { report: FactorReport | null }) {
  const causes = Object.entries(report?.out_of_band_seconds_by_cause ?? {})
    .filter(([, s]) => s > 0)
    .sort((a, b) => b[1] - a[1]);
  const all = causes.reduce((a, [, s]) => a + s, 0);
  return (
    <section className="panel" aria-labelledby="causes">
      <header>
        <h2 id="causes">Time out of the band, by cause</h2>
        <span className="muted small">since the start</span>
      </header>
      {causes.length === 0 ? (
        <p className="empty">{report ? 'None.' : 'Reading…'}</p>
      ) : (
        <table className="bars">
          <thead>
            <tr>
              <th scope="col">Cause</th>
              <th scope="col">
                <span className="hidden">Bar</span>
              </th>
              <th scope="col" className="num">
                Time
              </th>
              <th scope="col" className="num">
                Share
              </th>
            </tr>
          </thead>
          <tbody>
            {causes.map(([cause, s]) => (
              <tr key={cause}>
                <th scope="row">{cause}</th>
                <td>
                  <svg
                    className="bar"
                    viewBox="0 0 100 8"
                    preserveAspectRatio="none"
                    aria-hidden="true"
                  >
                    <rect width={(100 * s) / all} height="8" />
                  </svg>
                </td>
                <td className="num">{duration(s)}</td>
                <td className="num muted">{percent(s / all, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function LinesPanel({ title, path }: { title: string; path: string }) {
  const query = useQuery<{ lines: Line[] }>(path, 15000);
  const id = title.replace(/\W+/g, '-');
  return (
    <section className="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
      </header>
      <QueryNotice query={query} what={title.toLowerCase()} />
      {query.data ? <Lines lines={query.data.lines} /> : null}
    </section>
  );
}

export function Lines({ lines }: { lines: Line[] }) {
  return (
    <dl className="lines">
      {lines.map((line, i) => (
        <div key={i} className={`depth-${Math.min(4, line.depth)}`}>
          <dt>{line.label}</dt>
          <dd>{line.value}</dd>
        </div>
      ))}
    </dl>
  );
}
