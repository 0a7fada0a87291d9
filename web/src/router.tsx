// Pages by path: the history API, and links that are links.
import {
  useCallback,
  useSyncExternalStore,
  type AnchorHTMLAttributes,
  type MouseEvent,
} from 'react';

const listeners = new Set<() => void>();
let shown = location.pathname + location.search;

function moved(): void {
  shown = location.pathname + location.search;
  listeners.forEach((listener) => listener());
}
addEventListener('popstate', moved);

export function go(path: string, { replace = false } = {}): void {
  if (path === shown) return;
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  moved();
}

export interface Place {
  path: string;
  query: URLSearchParams;
}

export function usePlace(): Place {
  const text = useSyncExternalStore(
    useCallback((f: () => void) => {
      listeners.add(f);
      return () => listeners.delete(f);
    }, []),
    () => shown,
  );
  const at = text.indexOf('?');
  return {
    path: at < 0 ? text : text.slice(0, at),
    query: new URLSearchParams(at < 0 ? '' : text.slice(at)),
  };
}

/** A part of the query that is kept in the address, so that a link shows what one sees. */
export function useParam(name: string, fallback: string): [string, (value: string) => void] {
  const value = usePlace().query.get(name) ?? fallback;
  const set = useCallback(
    (next: string) => {
      const query = new URLSearchParams(location.search);
      if (next === fallback) query.delete(name);
      else query.set(name, next);
      const text = query.toString();
      go(location.pathname + (text ? `?${text}` : ''), { replace: true });
    },
    [name, fallback],
  );
  return [value, set];
}

export const factorPath = (key: string) =>
  `/factors/${encodeURIComponent(key).replaceAll('%3A', ':').replaceAll('%40', '@')}`;

export function Link({
  to,
  onClick,
  ...rest
}: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const click = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    go(to);
  };
  return <a href={to} onClick={click} {...rest} />;
}
