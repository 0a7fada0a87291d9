// The system: speed, journal, feeds, sinks, audit, tokens, and this very connection.
import { useState } from 'react';
import { bytes, differences, none, number, percent, plural } from '../base/text';
import { duration, latency } from '../base/time';
import type { Audit, Journal, List, System, VenueHealth } from '../protocol/types';
import { useApp, useHealth, useQuery, useStatus } from '../store/context';
import { QueryNotice } from '../ui/controls';
import { Ago } from '../ui/figures';
import { DataTable, type Column } from '../ui/table';
import { TokensPanel } from './tokens';

// Nothing takes no time: nothing was measured.
const quick = (x: number | null | undefined) => (x ? latency(x) : none);

const venueColumns: Column<VenueHealth>[] = [
  { id: 'venue', title: 'Venue', sort: (v) => v.venue, cell: (v) => <strong>{v.venue}</strong> },
  {
    id: 'state',
    title: 'Feed',
    cell: (v) =>
      v.silent ? (
        <span className="crit nowrap">
          <span aria-hidden="true">◆</span> silent
        </span>
      ) : (
        <span className="nowrap">
          <span aria-hidden="true" className="good">
            ●
          </span>{' '}
          heard
        </span>
      ),
  },
  {
    id: 'age',
    title: 'Age',
    numeric: true,
    sort: (v) => v.age_seconds ?? Infinity,
    cell: (v) =>
      v.age_seconds === null ? 'never' : v.age_seconds < 1 ? '<1 s' : duration(v.age_seconds),
  },
  { id: 'lag50', title: 'Lag p50', numeric: true, cell: (v) => quick(v.lag_seconds.p50) },
  { id: 'lag99', title: 'Lag p99', numeric: true, cell: (v) => quick(v.lag_seconds.p99) },
  {
    id: 'skew',
    title: 'Clock skew',
    numeric: true,
    cell: (v) => (v.skew_seconds === null ? none : `${number(v.skew_seconds * 1000, 1, true)} ms`),
  },
  { id: 'gaps', title: 'Gaps', numeric: true, sort: (v) => v.gaps, cell: (v) => number(v.gaps, 0) },
  { id: 'longest', title: 'Longest', numeric: true, cell: (v) => duration(v.longest_gap_seconds) },
  {
    id: 'breaks',
    title: 'Breaks',
    numeric: true,
    sort: (v) => v.breaks,
    cell: (v) => <span className={v.breaks > 0 ? 'warn' : ''}>{number(v.breaks, 0)}</span>,
  },
  {
    id: 'rate',
    title: 'Events/s',
    numeric: true,
    sort: (v) => v.events_per_second,
    cell: (v) => number(v.events_per_second, 0),
  },
];

export function SystemPage() {
  const query = useQuery<System>('/system', 2000);
  const journal = useQuery<Journal>('/journal', 5000);
  const health = useHealth();
  const s = query.data;
  const j = journal.data;
  const { me } = useApp();
  return (
    <div className={`page${query.problem ? ' stale' : ''}`}>
      <header className="row title">
        <h1>System</h1>
        {health ? (
          <span
            className={`tag ${health.status === 'ok' ? 'good' : health.status === 'degraded' ? 'warn' : 'crit'}`}
          >
            {health.status}
          </span>
        ) : null}
        <span className="muted">
          {s ? `Ballast ${s.version}, up for ${duration(s.uptime_seconds)}` : ''}
        </span>
      </header>
      {(health?.problems ?? []).map((p) => (
        <p
          key={p.code + p.detail}
          className={`notice small ${p.severity === 'critical' ? 'crit' : 'warn'}`}
        >
          <span aria-hidden="true">{p.severity === 'critical' ? '◆' : '▲'} </span>
          {p.detail}
        </p>
      ))}
      <QueryNotice query={query} what="the system's figures" />
      <div className="columns">
        <section className="panel" aria-labelledby="speed">
          <header>
            <h2 id="speed">Speed</h2>
            <span className="muted small">of the last minute</span>
          </header>
          {s ? (
            <>
              <table className="live">
                <thead>
                  <tr>
                    <th scope="col">Latency</th>
                    <th scope="col" className="num">
                      p50
                    </th>
                    <th scope="col" className="num">
                      p99
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {Object.entries(s.latency_seconds).map(([name, q]) => (
                    <tr key={name}>
                      <th scope="row">
                        {(
                          {
                            step: 'step of an event',
                            commit: 'commit of a group',
                            ack: 'acknowledgement',
                          } as Record<string, string>
                        )[name] ?? name}
                      </th>
                      <td className="num">{quick(q.p50)}</td>
                      <td className="num">{quick(q.p99)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <dl className="lines live">
                <div>
                  <dt>Events a second</dt>
                  <dd>{number(s.events_per_second, 0)}</dd>
                </div>
                <div>
                  <dt>Queue</dt>
                  <dd>
                    {number(s.queue.depth, 0)} of {number(s.queue.capacity, 0)},{' '}
                    {percent(s.queue.depth / Math.max(1, s.queue.capacity), 1)}
                  </dd>
                </div>
                <div>
                  <dt>Memory</dt>
                  <dd>{bytes(s.memory_bytes)}</dd>
                </div>
                <div>
                  <dt>Stream</dt>
                  <dd>
                    {plural(s.stream.clients, 'client')}, {number(s.stream.messages_per_second, 0)}{' '}
                    messages/s, {number(s.stream.dropped, 0)} dropped
                  </dd>
                </div>
                <div>
                  <dt>HTTP</dt>
                  <dd>
                    {plural(s.http.connections, 'connection')}, {number(s.http.requests, 0)}{' '}
                    requests
                  </dd>
                </div>
              </dl>
            </>
          ) : null}
        </section>
        <section className="panel" aria-labelledby="journal">
          <header>
            <h2 id="journal">Journal</h2>
          </header>
          <QueryNotice query={journal} what="the journal" />
          {j ? (
            <dl className="lines live">
              <div>
                <dt>File</dt>
                <dd>{j.file}</dd>
              </div>
              <div>
                <dt>Last event</dt>
                <dd>{number(j.last_seq, 0)}</dd>
              </div>
              <div>
                <dt>Durable to</dt>
                <dd>{number(j.durable_seq, 0)}</dd>
              </div>
              <div>
                <dt>Size</dt>
                <dd>{bytes(j.bytes)}</dd>
              </div>
              <div>
                <dt>Commit</dt>
                <dd>
                  p50 {quick(j.commit_seconds.p50)}, p99 {quick(j.commit_seconds.p99)}
                </dd>
              </div>
              <div>
                <dt>Digest</dt>
                <dd className="small">{j.digest}</dd>
              </div>
              {health?.journal.failed ? (
                <div>
                  <dt>Failed</dt>
                  <dd className="crit">{health.journal.failed}</dd>
                </div>
              ) : null}
            </dl>
          ) : null}
        </section>
      </div>
      <section className="panel" aria-labelledby="feeds">
        <header>
          <h2 id="feeds">Feeds</h2>
        </header>
        <DataTable
          label="Feeds"
          rows={health?.venues ?? []}
          columns={venueColumns}
          idOf={(v) => v.venue}
          empty="Waiting for the service…"
        />
      </section>
      <div className="columns">
        <section className="panel" aria-labelledby="sinks">
          <header>
            <h2 id="sinks">Where alerts go</h2>
          </header>
          <DataTable
            label="Alert sinks"
            rows={health?.sinks ?? []}
            idOf={(x) => x.name}
            empty="No sink is configured."
            columns={[
              { id: 'name', title: 'Sink', cell: (x) => x.name },
              { id: 'queued', title: 'Queued', numeric: true, cell: (x) => number(x.queued, 0) },
              {
                id: 'state',
                title: 'State',
                cell: (x) =>
                  x.failing_since ? (
                    <span className="warn">
                      <span aria-hidden="true">▲</span> failing <Ago time={x.failing_since} short />
                    </span>
                  ) : (
                    'delivers'
                  ),
              },
              { id: 'error', title: 'Last error', wrap: true, cell: (x) => x.last_error ?? none },
            ]}
          />
        </section>
        <ThisBrowser />
      </div>
      {me.role === 'admin' ? <TokensPanel /> : null}
      <AuditPanel />
    </div>
  );
}

function ThisBrowser() {
  const { live, me } = useApp();
  const status = useStatus();
  return (
    <section className="panel" aria-labelledby="here">
      <header>
        <h2 id="here">This browser</h2>
      </header>
      <dl className="lines">
        <div>
          <dt>Signed in as</dt>
          <dd>
            {me.name}, {me.role}
          </dd>
        </div>
        <div>
          <dt>Connection</dt>
          <dd>
            {status.connection}, for {duration((Date.now() - status.since) / 1000)}
          </dd>
        </div>
        <div>
          <dt>Round trip</dt>
          <dd>{status.roundTrip === null ? none : `${number(status.roundTrip, 0)} ms`}</dd>
        </div>
        <div>
          <dt>Gaps noticed, connections lost</dt>
          <dd>
            {status.gaps}, {status.reconnects}
          </dd>
        </div>
        <div>
          <dt>Messages, frames drawn from them</dt>
          <dd>
            {number(live.counts.messages, 0)}, {number(live.counts.frames, 0)}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return value === '' ? null : JSON.parse(value);
  } catch {
    return value;
  }
}

const auditColumns: Column<Audit>[] = [
  { id: 't', title: 'When', cell: (a) => <Ago time={a.t} /> },
  {
    id: 'by',
    title: 'Who',
    cell: (a) => (
      <>
        {a.by} <span className="faint">{a.role}</span>
      </>
    ),
  },
  { id: 'action', title: 'What', cell: (a) => a.action },
  { id: 'subject', title: 'Of', cell: (a) => a.subject },
  {
    id: 'change',
    title: 'Change',
    wrap: true,
    cell: (a) =>
      differences(parsed(a.before), parsed(a.after)).map((d) => (
        <div key={d.field}>
          <span className="muted">{d.field}</span> {d.before} <span className="faint">to</span>{' '}
          {d.after}
        </div>
      )),
  },
  { id: 'why', title: 'Why', wrap: true, cell: (a) => a.reason },
  { id: 'seq', title: 'Event', numeric: true, wide: true, cell: (a) => number(a.event, 0) },
];

function AuditPanel() {
  const [by, setBy] = useState('');
  const query = useQuery<List<Audit>>(
    `/audit?limit=100${by ? `&by=${encodeURIComponent(by)}` : ''}`,
    10000,
  );
  return (
    <section className="panel" aria-labelledby="audit">
      <header>
        <h2 id="audit">Audit</h2>
        <span className="muted small">who changed what, and why; in the journal's chain</span>
        <span className="grow" />
        <label className="row small">
          By{' '}
          <input
            value={by}
            onChange={(event) => setBy(event.target.value)}
            placeholder="anybody"
            size={12}
          />
        </label>
      </header>
      <QueryNotice query={query} what="the audit" />
      {query.data ? (
        <div className="short">
          <DataTable
            label="Audit"
            rows={query.data.items}
            columns={auditColumns}
            idOf={(a) => String(a.seq)}
            empty="Nobody has changed anything."
          />
        </div>
      ) : null}
    </section>
  );
}
