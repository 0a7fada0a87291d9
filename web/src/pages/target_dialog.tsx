// Overriding a factor's target for a while, and clearing that.
import { useState } from 'react';
import { compare, isDecimal } from '../base/decimal';
import { keyPath } from '../protocol/rest';
import type { Exposure } from '../protocol/types';
import { useApp, useQuery } from '../store/context';
import { ChangeDialog } from '../ui/change';

const lasts: [string, string][] = [
  ['1', '1 hour'],
  ['4', '4 hours'],
  ['24', '24 hours'],
  ['', 'until cleared'],
];

export function TargetDialog({
  exposure,
  clear,
  onClose,
}: {
  exposure: Exposure;
  clear: boolean;
  onClose: () => void;
}) {
  const path = `/targets/${keyPath(exposure.key)}`;
  const query = useQuery<{ version: string }>(path);
  const etag = query.etag ?? query.data?.version ?? null;
  const [target, setTarget] = useState(exposure.target ?? '');
  const [lower, setLower] = useState(exposure.band?.[0] ?? '');
  const [upper, setUpper] = useState(exposure.band?.[1] ?? '');
  const [hours, setHours] = useState('4');
  const { live } = useApp();
  const [opened] = useState(() => live.deskNow()); // a simulated desk has a time of its own
  const wrong = clear
    ? null
    : ![target, lower, upper].every(isDecimal)
      ? 'Target and band are decimals.'
      : compare(lower, upper) > 0 || compare(target, lower) < 0 || compare(target, upper) > 0
        ? 'The target has to lie in the band, the lower end first.'
        : null;
  const until =
    hours === '' ? {} : { until: new Date(opened + Number(hours) * 3600000).toISOString() };
  const body =
    etag === null || wrong !== null
      ? null
      : clear
        ? {}
        : { target, band: [lower, upper], ...until };
  return (
    <ChangeDialog
      change={{
        title: clear
          ? `Clear the override of ${exposure.key}`
          : `Override the target of ${exposure.key}`,
        confirm: clear ? 'Clear' : 'Override',
        method: clear ? 'DELETE' : 'PUT',
        path,
        body,
        etag,
      }}
      onClose={onClose}
      onConflict={query.reload}
    >
      {clear ? (
        <p>The configured model decides again.</p>
      ) : (
        <>
          <div className="fields">
            <label className="field">
              Target ({exposure.unit})
              <input
                inputMode="decimal"
                value={target}
                onChange={(event) => setTarget(event.target.value)}
              />
            </label>
            <label className="field">
              Band from
              <input
                inputMode="decimal"
                value={lower}
                onChange={(event) => setLower(event.target.value)}
              />
            </label>
            <label className="field">
              Band to
              <input
                inputMode="decimal"
                value={upper}
                onChange={(event) => setUpper(event.target.value)}
              />
            </label>
            <label className="field">
              For
              <select value={hours} onChange={(event) => setHours(event.target.value)}>
                {lasts.map(([h, text]) => (
                  <option key={h} value={h}>
                    {text}
                  </option>
                ))}
              </select>
            </label>
          </div>
          {wrong ? (
            <p className="crit small" role="alert">
              {wrong}
            </p>
          ) : null}
        </>
      )}
    </ChangeDialog>
  );
}
