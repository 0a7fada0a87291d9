// The kill switch: stop the desk, a venue, an account or a book; and arm it again.
import { useState } from 'react';
import { useApp, useHealth, useWhyNot } from '../store/context';
import { ChangeDialog } from './change';
import { Button } from './controls';

export function KillDialog({ onClose }: { onClose: () => void }) {
  const { desk } = useApp();
  const [scope, setScope] = useState('desk');
  const books = [...new Set(desk.factors.map((f) => f.book))].filter((b) => b !== '*');
  return (
    <ChangeDialog
      change={{
        title: 'Kill switch',
        confirm: scope === 'desk' ? 'Stop the whole desk' : `Stop ${scope}`,
        danger: true,
        method: 'POST',
        path: '/kill',
        body: { scope },
        reasonOptional: true,
      }}
      onClose={onClose}
    >
      <p>
        Cancels the open orders, pulls the quotes and holds back hedges and transfers of what you
        choose, until somebody with the role risk arms it again.
      </p>
      <label className="field">
        What to stop
        <select value={scope} onChange={(event) => setScope(event.target.value)}>
          <option value="desk">The whole desk</option>
          {desk.venues.map((v) => (
            <option key={v.name} value={`venue:${v.name}`}>{`Venue ${v.name}`}</option>
          ))}
          {desk.venues.flatMap((v) =>
            v.accounts.map((a) => (
              <option
                key={`${v.name}/${a}`}
                value={`account:${v.name}/${a}`}
              >{`Account ${v.name}/${a}`}</option>
            )),
          )}
          {books.map((b) => (
            <option key={b} value={`book:${b}`}>{`Book ${b}`}</option>
          ))}
        </select>
      </label>
    </ChangeDialog>
  );
}

export function RearmDialog({ scope, onClose }: { scope: string; onClose: () => void }) {
  return (
    <ChangeDialog
      change={{
        title: `Arm ${scope} again`,
        confirm: 'Arm again',
        method: 'POST',
        path: '/rearm',
        body: { scope },
      }}
      onClose={onClose}
    >
      <p>Quotes, hedges and transfers of it go on.</p>
    </ChangeDialog>
  );
}

/** What is stopped, and the way back. */
export function Stopped() {
  const health = useHealth();
  const why = useWhyNot('limit');
  const [scope, setScope] = useState<string | null>(null);
  const scopes = [
    ...(health?.kill_switches ?? []),
    ...(health?.breakers ?? []).map((key) => `factor:${key}`),
  ];
  if (scopes.length === 0) return null;
  return (
    <div className="stopped" role="status">
      <span>
        <span aria-hidden="true">■ </span>
        <strong>Stopped:</strong> quotes, hedges and transfers are held back for
      </span>
      {scopes.map((s) => (
        <span key={s} className="row">
          <strong>
            {s.startsWith('factor:')
              ? `${s.slice(7)} (breaker)`
              : s === 'desk'
                ? 'the whole desk'
                : s}
          </strong>
          <Button why={why} onClick={() => setScope(s)}>
            Arm again
          </Button>
        </span>
      ))}
      {scope ? <RearmDialog scope={scope} onClose={() => setScope(null)} /> : null}
    </div>
  );
}
