// The small faces of figures: exact decimals, states, ages.
import { format, minus, placesFor, plain, toNumber } from '../base/decimal';
import { none, percent } from '../base/text';
import { duration, moment, parseTime } from '../base/time';
import type { Decimal, Exposure } from '../protocol/types';
import { useDeskNow } from '../store/context';

/** A decimal, rounded for reading; its exact text is the tooltip. */
export function Num({
  value,
  places,
  plus = false,
  unit,
  signed,
}: {
  value: Decimal | number | null | undefined;
  places?: number;
  plus?: boolean;
  unit?: string;
  signed?: boolean;
}) {
  if (value === null || value === undefined) return <span className="faint">{none}</span>;
  const exact = typeof value === 'number' ? plain(value) : value;
  const text = format(exact, { ...(places === undefined ? {} : { places }), plus });
  const tone = signed ? (toNumber(exact) < 0 ? 'crit' : toNumber(exact) > 0 ? 'good' : '') : '';
  return (
    <span className={tone} title={unit ? `${exact} ${unit}` : exact}>
      {text}
      {unit ? <span className="faint"> {unit}</span> : null}
    </span>
  );
}

/** What something costs, in the reporting currency. Next to nothing is not nothing. */
export function Money({ value }: { value: Decimal | number | null | undefined }) {
  const x = Number(value ?? 0);
  if (x === 0 || Math.abs(x) >= 0.005) return <Num value={value} places={2} />;
  return <span title={String(value)}>{x > 0 ? '<0.01' : `>${minus}0.01`}</span>;
}

/** A statistic in a unit, to a thousandth of itself. */
export function About({
  value,
  ...rest
}: {
  value: Decimal | number | null | undefined;
  plus?: boolean;
  unit?: string;
}) {
  return <Num value={value} places={placesFor(Math.abs(Number(value ?? 0)))} {...rest} />;
}

/** How many decimals show this factor's levels. */
export function placesOf(e: Pick<Exposure, 'limit' | 'band'>): number {
  const range = e.limit ?? e.band;
  if (!range) return 2;
  return placesFor(toNumber(range[1]) - toNumber(range[0]));
}

export type Grade = 'in_band' | 'out' | 'limit' | 'unknown';
export function gradeOf(e: Exposure): Grade {
  if (e.state === 'unknown') return 'unknown';
  if (e.state === 'in_band') return 'in_band';
  return e.alpha !== null && e.alpha <= 0 ? 'limit' : 'out';
}

export const glyphs: Record<string, string> = {
  in_band: '●',
  above: '▲',
  below: '▼',
  unknown: '?',
};

/** A state in shape, colour and words. */
export function StateMark({ exposure, words = false }: { exposure: Exposure; words?: boolean }) {
  const grade = gradeOf(exposure);
  const name =
    exposure.state === 'in_band'
      ? 'in band'
      : exposure.state === 'unknown'
        ? 'unknown'
        : `${exposure.state}${grade === 'limit' ? ', past its limit' : ''}`;
  return (
    <span className={`state ${grade}`} title={words ? undefined : name}>
      <span aria-hidden="true" className="glyph">
        {glyphs[exposure.state]}
      </span>
      {words ? <span>{name}</span> : <span className="hidden">{name}</span>}
    </span>
  );
}

export function Severity({ value }: { value: string }) {
  const glyph = value === 'critical' ? '◆' : value === 'warning' ? '▲' : '●';
  const tone = value === 'critical' ? 'crit' : value === 'warning' ? 'warn' : 'muted';
  return (
    <span className={`nowrap ${tone}`}>
      <span aria-hidden="true">{glyph}</span> {value}
    </span>
  );
}

/** A moment in UTC and how long ago that is, on the desk's clock. */
export function Ago({ time, short = false }: { time: string | null | undefined; short?: boolean }) {
  const now = useDeskNow();
  if (!time) return <span className="faint">{none}</span>;
  const at = parseTime(time);
  const age = (now - at) / 1000;
  const relative = age >= 0 ? `${duration(age)} ago` : `in ${duration(-age)}`;
  return (
    <time dateTime={time} title={`${time} (UTC)`} className="nowrap">
      {short ? null : <span className="wide">{moment(at, now)} </span>}
      <span className={short ? '' : 'faint'}>{relative}</span>
    </time>
  );
}

/** How much of what there is is used: a bar that is full at all of it. */
export function Used({ x }: { x: number | null }) {
  if (x === null) return <span className="faint">–</span>;
  const size = Math.min(1, Math.abs(x));
  return (
    <span className="used">
      <svg
        className={`bar ${size >= 1 ? 'crit' : size > 0.8 ? 'warn' : ''}`}
        viewBox="0 0 100 8"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect className="track" width="100" height="8" />
        <rect width={100 * size} height="8" />
      </svg>
      <span className={size >= 1 ? 'crit' : size > 0.8 ? 'warn' : ''}>{percent(x, 1)}</span>
    </span>
  );
}
