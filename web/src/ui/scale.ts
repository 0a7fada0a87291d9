// A diverging scale in steps: 0 is no colour, the sign chooses the side, and the largest magnitude
// in sight the strongest step.

export const toneSteps = 5;

export type Figure = number | null | undefined; // null: unknown; undefined: there is none

/** The largest magnitude; 0 where there is none. */
export function mostOf(values: Iterable<Figure>): number {
  let most = 0;
  for (const value of values) if (value) most = Math.max(most, Math.abs(value));
  return most;
}

/** -toneSteps to toneSteps. What is not zero has a colour, however little it is. */
export function tone(value: Figure, most: number): number {
  if (!value || !(most > 0)) return 0;
  const step = Math.min(toneSteps, Math.ceil((Math.abs(value) / most) * toneSteps - 1e-9));
  return value < 0 ? -step : step;
}

/** The sum; unknown where any part is, none where all are. */
export function together(values: readonly Figure[]): Figure {
  if (values.some((v) => v === null)) return null;
  const there = values.filter((v) => v !== undefined) as number[];
  return there.length === 0 ? undefined : there.reduce((a, b) => a + b, 0);
}
