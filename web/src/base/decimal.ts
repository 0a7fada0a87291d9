// Exact decimals as text: compared, added and formatted without ever becoming a float. A float is
// made only to draw with (`toNumber`).

interface Parts {
  negative: boolean;
  whole: string; // no leading zeros, at least one digit
  fraction: string;
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?$/;

export function isDecimal(text: string): boolean {
  const match = pattern.exec(text.trim());
  return match !== null && (match[2] !== '' || (match[3] ?? '') !== '');
}

function parse(text: string): Parts {
  const match = pattern.exec(text.trim());
  if (!match) throw new Error(`no decimal: ${text}`);
  const fraction = match[3] ?? '';
  const whole = (match[2] ?? '').replace(/^0+(?=\d)/, '') || '0';
  return { negative: match[1] === '-' && /[1-9]/.test(whole + fraction), whole, fraction };
}

/** Both as integers on one scale. */
function scaled(a: string, b: string): { a: bigint; b: bigint; places: number } {
  const [x, y] = [parse(a), parse(b)];
  const places = Math.max(x.fraction.length, y.fraction.length);
  const integer = (p: Parts) => {
    const digits = BigInt(p.whole + p.fraction.padEnd(places, '0'));
    return p.negative ? -digits : digits;
  };
  return { a: integer(x), b: integer(y), places };
}

function unscaled(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return (value < 0n ? '-' : '') + whole + (fraction ? `.${fraction}` : '');
}

export function compare(a: string, b: string): number {
  const s = scaled(a, b);
  return s.a < s.b ? -1 : s.a > s.b ? 1 : 0;
}

export function add(a: string, b: string): string {
  const s = scaled(a, b);
  return unscaled(s.a + s.b, s.places);
}

export function subtract(a: string, b: string): string {
  const s = scaled(a, b);
  return unscaled(s.a - s.b, s.places);
}

export function sum(values: Iterable<string>): string {
  let total = '0';
  for (const value of values) total = add(total, value);
  return total;
}

export function toNumber(text: string): number {
  return Number(text);
}

/** A statistic as a decimal of at most twelve digits, which is all that a float is good for. */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return '0';
  const short = String(Number(value.toPrecision(12)));
  if (!short.includes('e')) return short;
  return Math.abs(value) > 1
    ? BigInt(Math.round(value)).toString()
    : value.toFixed(15).replace(/\.?0+$/, '');
}

export const minus = '\u2212';

export interface Format {
  places?: number; // rounded half to even, and padded; as it stands when left out
  plus?: boolean; // + before what is above zero
}

/** Grouped, with a true minus sign: "−1,234,567.80". */
export function format(text: string, { places, plus = false }: Format = {}): string {
  let { negative, whole, fraction } = parse(text);
  if (places !== undefined) {
    if (fraction.length > places) {
      const kept = whole + fraction.slice(0, places);
      const rest = fraction.slice(places);
      const half = `5${'0'.repeat(rest.length - 1)}`;
      const odd = Number(kept.at(-1)) % 2 === 1;
      const up = rest > half || (rest === half && odd);
      const digits = (BigInt(kept) + (up ? 1n : 0n)).toString().padStart(places + 1, '0');
      whole = digits.slice(0, digits.length - places);
      fraction = digits.slice(digits.length - places);
    }
    fraction = fraction.padEnd(places, '0');
  }
  const nothing = !/[1-9]/.test(whole + fraction);
  const sign = nothing ? '' : negative ? minus : plus ? '+' : '';
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return sign + grouped + (fraction ? `.${fraction}` : '');
}

/** How many decimals a price or an amount is written with. */
export function placesIn(text: string): number {
  return parse(text).fraction.replace(/0+$/, '').length;
}

/** How many places show a thousandth of `span`, the width of a limit or band. */
export function placesFor(span: number): number {
  if (!(span > 0) || !Number.isFinite(span)) return 2;
  return Math.max(0, Math.min(8, 3 - Math.ceil(Math.log10(span))));
}
