// Expiries in words.
import { number } from '../base/text';

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** 4 Dec 26, of UTC. */
export function expiryDay(expiry: string): string {
  const d = new Date(expiry);
  const year = String(d.getUTCFullYear()).slice(2);
  return `${d.getUTCDate()} ${months[d.getUTCMonth()]} ${year}`;
}

export const daysLeft = (days: number) => `${number(days, Math.abs(days) < 10 ? 1 : 0)}\u202fd`;

const states: Record<string, string> = {
  priced: '',
  no_forward: 'no forward',
  no_surface: 'no surface',
  out_of_range: 'out of range',
  unsettled: 'not settled yet',
  settled: 'settled',
};

export function ExpiryName({
  expiry,
  days,
  state,
}: {
  expiry: string;
  days: number;
  state: string;
}) {
  const told = states[state] ?? state;
  return (
    <span className="expiry" title={`${expiry} (UTC)`}>
      {expiryDay(expiry)} <span className="faint">{daysLeft(days)}</span>
      {told ? (
        <span className={state === 'settled' ? 'muted' : 'warn'}>
          {' '}
          {state === 'settled' ? null : <span aria-hidden="true">? </span>}
          {told}
        </span>
      ) : null}
    </span>
  );
}
