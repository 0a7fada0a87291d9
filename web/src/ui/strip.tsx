// The status strip: how each feed, the journal and the connection are, at a glance, on every page.
import { useEffect, useState } from 'react';
import { clock, duration, latency } from '../base/time';
import { number } from '../base/text';
import type { VenueHealth } from '../protocol/types';
import type { Status } from '../protocol/stream';
import { useApp, useDeskNow, useHealth, useStatus } from '../store/context';

export function Strip() {
  const health = useHealth();
  const status = useStatus();
  const { live } = useApp();
  const now = useDeskNow();
  if (!health)
    return (
      <div className="strip" role="region" aria-label="Status">
        <span className="muted">Waiting for the service…</span>
      </div>
    );
  const current = status.connection === 'live' && live.stream.isCurrent('health');
  const older = current ? 0 : (Date.now() - (status.heard ?? Date.now())) / 1000;
  const behind = health.journal.last_seq - health.journal.durable_seq;
  const journalBad = health.journal.failed !== null;
  return (
    <div
      className={`strip${current ? '' : ' stale'}`}
      role="region"
      aria-label="Status"
      tabIndex={0}
    >
      <span className="cell">
        <span className={`tag ${health.mode === 'live' ? 'good' : 'accent'}`}>
          {health.mode === 'live' ? 'LIVE' : `SIMULATED ×${number(health.speed, 0)}`}
        </span>
        <time className="strong" title="The desk's time, UTC">
          {clock(now)}
        </time>
        <span className="faint">UTC</span>
      </span>
      {health.venues.map((venue) => (
        <Venue key={venue.venue} venue={venue} older={older} />
      ))}
      <span className="cell live">
        <span className="name">journal</span>
        {journalBad ? (
          <span className="crit strong">
            <span aria-hidden="true">◆ </span>failed: {health.journal.failed}
          </span>
        ) : (
          <>
            <span className={health.journal.lag_seconds > 1 ? 'warn' : ''}>
              {health.journal.lag_seconds < 0.001 ? '<1 ms' : latency(health.journal.lag_seconds)}{' '}
              behind
            </span>
            <span className="faint" title="Events that are not durable yet">
              {behind} queued
            </span>
          </>
        )}
      </span>
      {health.sinks
        .filter((s) => s.failing_since !== null)
        .map((s) => (
          <span key={s.name} className="cell warn live">
            <span aria-hidden="true">▲</span> alerts to {s.name} fail
          </span>
        ))}
      {health.status === 'stopped' ? (
        <span className="cell crit strong">
          <span aria-hidden="true">◆</span> service stopped
        </span>
      ) : null}
    </div>
  );
}

function Venue({ venue, older }: { venue: VenueHealth; older: number }) {
  const age = venue.age_seconds === null ? null : venue.age_seconds + older;
  const skew = venue.skew_seconds;
  const skewBad = skew !== null && Math.abs(skew) > 0.25;
  return (
    <span className="cell live">
      <span className={venue.silent ? 'crit' : 'good'} aria-hidden="true">
        {venue.silent ? '◆' : '●'}
      </span>
      <span className="name">{venue.venue}</span>
      {age === null ? (
        <span className="muted">never heard</span>
      ) : (
        <span className={venue.silent ? 'crit strong' : ''}>
          {venue.silent ? 'silent ' : ''}
          {age < 1 ? '<1 s' : duration(age)}
        </span>
      )}
      <span
        className="faint wide"
        title={`Silences that ended; the longest ${duration(venue.longest_gap_seconds)}`}
      >
        {venue.gaps} {venue.gaps === 1 ? 'gap' : 'gaps'}
      </span>
      <span className={skewBad ? 'warn' : 'faint wide'} title="Its clock against ours">
        skew {skew === null ? '–' : `${number(skew * 1000, 0, true)} ms`}
      </span>
      <span className={venue.breaks > 0 ? 'warn' : 'faint wide'} title="Open reconciliation breaks">
        {venue.breaks} {venue.breaks === 1 ? 'break' : 'breaks'}
      </span>
    </span>
  );
}

const words: Record<Status['connection'], string> = {
  connecting: 'Connecting',
  live: 'Connected',
  stale: 'Stale',
  lost: 'Disconnected',
  refused: 'Refused',
};
const shapes: Record<Status['connection'], string> = {
  connecting: '◌',
  live: '●',
  stale: '▲',
  lost: '◆',
  refused: '◆',
};

export function ConnectionMark() {
  const status = useStatus();
  const tone =
    status.connection === 'live' ? 'good' : status.connection === 'connecting' ? 'muted' : 'crit';
  return (
    <span
      className={`connection ${tone}`}
      role="status"
      title={
        status.roundTrip === null ? undefined : `Round trip ${Math.round(status.roundTrip)} ms`
      }
    >
      <span aria-hidden="true">{shapes[status.connection]}</span> {words[status.connection]}
    </span>
  );
}

/** Says plainly that what is shown is old, how old, and what happens next. */
export function StaleBanner() {
  const status = useStatus();
  const { live } = useApp();
  const [now, setNow] = useState(Date.now());
  const bad =
    status.connection === 'stale' ||
    status.connection === 'lost' ||
    (status.connection === 'connecting' && status.reconnects > 0);
  useEffect(() => {
    if (!bad) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [bad]);
  if (!bad) return null;
  const age = status.heard === null ? null : Math.max(0, (now - status.heard) / 1000);
  const wait = status.retryAt === null ? null : Math.max(0, (status.retryAt - now) / 1000);
  return (
    <div className="banner" role="alert">
      <span>
        <span aria-hidden="true">◆ </span>
        <strong>
          {status.connection === 'stale'
            ? 'Nothing heard from the service.'
            : 'Disconnected from the service.'}
        </strong>{' '}
        What you see is as of <strong>{clock(live.deskNow())} UTC</strong>
        <span aria-hidden="true">{age === null ? '' : `, ${duration(age)} ago`}.</span>
        <span className="muted" aria-hidden="true">
          {' '}
          {status.reason}
          {wait !== null && wait > 0.5
            ? `; trying again in ${Math.ceil(wait)} s`
            : status.connection === 'connecting'
              ? '; connecting…'
              : ''}
        </span>
      </span>
      <button type="button" onClick={() => live.stream.retryNow()}>
        Connect now
      </button>
    </div>
  );
}
