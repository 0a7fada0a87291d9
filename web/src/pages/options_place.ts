// What the panels of the options page share: what they are of, and what the address keeps.
import { keyPath } from '../protocol/rest';
import type { OptionGreeks } from '../protocol/options';
import { useParam } from '../router';
import { useQuery, useSettings } from '../store/context';

export type View = 'chart' | 'table';
export interface OptionPlace {
  underlying: string;
  book: string; // '*' is the whole desk
  view: View;
}

/** A part of the address that is one of a few words; anything else counts as the first. */
export function useOneOf<T extends string>(name: string, words: readonly T[]): [T, (v: T) => void] {
  const [value, set] = useParam(name, words[0]!);
  return [words.find((w) => w === value) ?? words[0]!, set];
}

/** Theme and contrast: what is drawn with them is drawn anew when they change. */
export function useLook(): string {
  useSettings();
  const { theme, contrast } = document.documentElement.dataset;
  return `${theme} ${contrast}`;
}

/** The service's address of one of an underlying's answers. */
export function optionsPath(
  { underlying, book }: OptionPlace,
  what: 'greeks' | 'smile' | 'scenarios' | 'explain',
  more: Record<string, string> = {},
): string {
  const query = new URLSearchParams({ book, ...more });
  return `/options/${keyPath(underlying)}/${what}?${query.toString()}`;
}

export function useGreeks(place: OptionPlace) {
  return useQuery<OptionGreeks>(optionsPath(place, 'greeks'), 5000);
}
