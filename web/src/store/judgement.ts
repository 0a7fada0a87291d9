// What is worst, and what profit is left unexplained: judgements that pages share.
import { subtract, sum } from '../base/decimal';
import { profitParts, type Exposure, type Profit } from '../protocol/types';

/** Past the band by how much; then what is unknown; then how near the edge. Worst is largest. */
export function badness(e: Pick<Exposure, 'state' | 'z'>): number {
  if (e.state === 'unknown') return 1;
  const z = Math.min(1e6, Math.abs(e.z ?? 0));
  return e.state === 'in_band' ? Math.min(0.999, z) : 2 + z;
}

/** The parts of some factors together, and what their totals hold beyond the parts. */
export function together(profits: Profit[]): {
  parts: Record<string, string>;
  total: string;
  unexplained: string;
} {
  const parts = Object.fromEntries(
    profitParts.map((part) => [part, sum(profits.map((p) => p[part]))]),
  );
  const total = sum(profits.map((p) => p.total));
  return { parts, total, unexplained: subtract(total, sum(Object.values(parts))) };
}
