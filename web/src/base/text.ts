// Statistics are numbers; these are their faces. A figure that does not exist is a dash.
import { minus } from './decimal';

export const none = '–';

export function percent(x: number | null | undefined, places = 2): string {
  if (x === null || x === undefined) return none;
  return `${hundredths(x, places)}\u202f%`;
}

/** A share as a percentage without its sign. What is not whole does not look whole. */
export function hundredths(x: number, places = 2): string {
  const text = number(x * 100, places);
  return x < 1 && Number(text) === 100 ? number(100 - 10 ** -places, places) : text;
}

export function number(x: number | null | undefined, places = 2, plus = false): string {
  if (x === null || x === undefined) return none;
  const text = Math.abs(x)
    .toFixed(places)
    .replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
  const sign = Number(text.replaceAll(',', '')) === 0 ? '' : x < 0 ? minus : plus ? '+' : '';
  return sign + text;
}

export function bytes(x: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let n = x;
  let i = 0;
  for (; n >= 1000 && i < units.length - 1; ++i) n /= 1000;
  return `${n < 10 && i > 0 ? n.toFixed(1) : n.toFixed(0)} ${units[i]}`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

const states: Record<string, string> = {
  in_band: 'in band',
  above: 'above',
  below: 'below',
  unknown: 'unknown',
};
export function stateName(state: string): string {
  return states[state] ?? state;
}

// What moves by itself, or only tells versions apart: no part of what somebody changed.
const incidental = new Set(['version', 'used']);

/** Fields of two JSON values that differ, as lines of text. */
export function differences(
  before: unknown,
  after: unknown,
): { field: string; before: string; after: string }[] {
  const flat = (value: unknown): Record<string, string> => {
    if (value === null || value === undefined) return {};
    if (typeof value !== 'object' || Array.isArray(value)) return { value: show(value) };
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, show(v)]));
  };
  const [a, b] = [flat(before), flat(after)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((field) => !incidental.has(field))
    .map((field) => ({ field, before: a[field] ?? none, after: b[field] ?? none }))
    .filter((line) => line.before !== line.after);
}

export function show(value: unknown): string {
  if (value === null || value === undefined) return none;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
