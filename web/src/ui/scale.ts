// A diverging scale in steps around a centre: at it is no colour, the side is that of the centre on
// which a figure lies, and what is farthest in sight has the strongest step.

export const toneSteps = 5;

export type Figure = number | null | undefined; // null: unknown; undefined: there is none

/** The largest distance from the centre; 0 where there is none. */
export function mostOf(values: Iterable<Figure>, centre = 0): number {
  let most = 0;
  for (const value of values)
    if (value !== null && value !== undefined) most = Math.max(most, Math.abs(value - centre));
  return most;
}

/** -toneSteps to toneSteps. What is not at the centre has a colour, however near it is. */
export function tone(value: Figure, most: number, centre = 0): number {
  if (value === null || value === undefined || value === centre || !(most > 0)) return 0;
  const far = Math.abs(value - centre) / most;
  const step = Math.max(1, Math.min(toneSteps, Math.ceil(far * toneSteps - 1e-9)));
  return value < centre ? -step : step;
}

/** The sum; unknown where any part is, none where all are. */
export function together(values: readonly Figure[]): Figure {
  if (values.some((v) => v === null)) return null;
  const there = values.filter((v) => v !== undefined) as number[];
  return there.length === 0 ? undefined : there.reduce((a, b) => a + b, 0);
}
