// What the margin panel shows of the service's answer: states, the scenario or position that weighs
// most, rows of its parts.
import { none } from '../base/text';
import type { CoinMargin, Margin, MarginPosition, MarginState } from '../protocol/options';
import { signedPercent } from './options_data';

export const stateFace: Record<MarginState, { words: string; tone: string; glyph: string }> = {
  covered: { words: 'covered', tone: '', glyph: '●' },
  below_initial: { words: 'below initial', tone: 'warn', glyph: '▼' },
  below_maintenance: { words: 'below maintenance', tone: 'crit', glyph: '◆' },
  unknown: { words: 'unknown', tone: 'warn', glyph: '?' },
};

export const accountOf = (m: Pick<Margin, 'venue' | 'account'>) => `${m.venue}/${m.account}`;

/** "−16 %, vol up 50 %": what the market would have to do for the loss that is charged. */
export function worstWords({ worst }: Pick<CoinMargin, 'worst'>): string {
  if (worst === null) return 'none loses';
  const move = `${signedPercent(worst.price_move)}\u202f%`;
  if (worst.vol === 'same') return `${move}, vol the same`;
  return `${move}, vol ${signedPercent(worst.vol_move)}\u202f%`;
}

/** The scenario or position that asks for most of the initial margin. */
export function heaviest(m: Margin): string {
  const most = <T extends { initial: number | null }>(parts: readonly T[]): T | undefined =>
    parts.reduce<T | undefined>(
      (a, b) => ((b.initial ?? 0) > (a?.initial ?? 0) ? b : a),
      undefined,
    );
  if (m.model === 'portfolio') {
    const coin = most(m.by_coin);
    return coin ? `${coin.coin} ${worstWords(coin)}` : none;
  }
  return most(m.positions)?.instrument ?? none;
}

interface OfAccount {
  account: string;
  currency: string;
}
export type PositionRow = OfAccount & MarginPosition & { initial: number };
export type CoinRow = OfAccount & CoinMargin;

/** Positions that are margined by themselves. */
export function positionRows(accounts: readonly Margin[]): PositionRow[] {
  return accounts.flatMap((m) =>
    m.positions.flatMap((p) =>
      p.initial === null
        ? []
        : [{ account: accountOf(m), currency: m.currency, ...p, initial: p.initial }],
    ),
  );
}

export function coinRows(accounts: readonly Margin[]): CoinRow[] {
  return accounts.flatMap((m) =>
    m.by_coin.map((c) => ({ account: accountOf(m), currency: m.currency, ...c })),
  );
}
