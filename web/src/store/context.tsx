// What every page may use: live collections, queries, requests, who we are.
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Rest } from '../protocol/rest';
import type { Status } from '../protocol/stream';
import type { Desk, Health, Me } from '../protocol/types';
import type { Collection } from './collection';
import type { ChannelName, Collections, Live } from './live';
import type { Queries, Query } from './queries';
import { whyNot, type Permission } from './session';
import { getSettings, onSettings, type Settings } from './settings';

export interface App {
  live: Live;
  queries: Queries;
  rest: Rest;
  me: Me;
  desk: Desk;
  tokens: boolean; // whether the service asks for them
  signOut: () => void;
}
export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('used outside the app');
  return app;
}

/** Keeps a channel subscribed while shown. */
export function useChannel(name: string): void {
  const { live } = useApp();
  useEffect(() => live.stream.want(name), [live, name]);
}

type ItemOf<N extends ChannelName> = Collections[N] extends Collection<infer T> ? T : never;

function useCollection<N extends ChannelName>(name: N): Collection<ItemOf<N>> {
  return useApp().live.collections[name] as unknown as Collection<ItemOf<N>>;
}

export function useItem<N extends ChannelName>(name: N, key: string): ItemOf<N> | undefined {
  const collection = useCollection(name);
  const subscribe = useCallback(
    (listener: () => void) => collection.onItem(key, listener),
    [collection, key],
  );
  return useSyncExternalStore(subscribe, () => collection.get(key));
}

/** Everything of a channel, new whenever any of it changed: for short lists. */
export function useItems<N extends ChannelName>(name: N): ItemOf<N>[] {
  const collection = useCollection(name);
  const version = useSyncExternalStore(
    useCallback((f: () => void) => collection.onAny(f), [collection]),
    () => collection.version(),
  );
  return useMemo(() => (version >= 0 ? collection.values() : []), [collection, version]);
}

export function useKeys(name: ChannelName): readonly string[] {
  const collection = useApp().live.collections[name];
  return useSyncExternalStore(
    useCallback((f: () => void) => collection.onKeys(f), [collection]),
    () => collection.keys(),
  );
}

export function useHealth(): Health | undefined {
  return useItem('health', 'health');
}

export function useStatus(): Status {
  const { live } = useApp();
  return useSyncExternalStore(
    useCallback((f: () => void) => live.onStatus(f), [live]),
    () => live.status,
  );
}

/** Whether what a channel shows is what the service knows. */
export function useCurrent(channel: string): boolean {
  const { live } = useApp();
  return useSyncExternalStore(
    useCallback((f: () => void) => live.onStatus(f), [live]),
    () => live.stream.isCurrent(channel),
  );
}

export function useSettings(): Settings {
  return useSyncExternalStore(onSettings, getSettings);
}

/** The desk's time, told anew every `ms`. */
export function useDeskNow(ms = 1000): number {
  const { live } = useApp();
  const [, setNow] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setNow(live.deskNow()), ms);
    return () => clearInterval(timer);
  }, [live, ms]);
  return live.deskNow();
}

/** An answer of the service: fetched when shown, and every `every` ms. */
export function useQuery<T>(
  path: string | null,
  every?: number,
): Query<T> & { reload: () => Promise<void> } {
  const { queries } = useApp();
  const name = path ?? '';
  const query = useSyncExternalStore(
    useCallback((f: () => void) => queries.on(name, f), [queries, name]),
    () => queries.get<T>(name),
  );
  useEffect(() => {
    if (path === null) return undefined;
    void queries.load(path);
    if (every === undefined) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) void queries.load(path);
    }, every);
    return () => clearInterval(timer);
  }, [queries, path, every]);
  const reload = useCallback(() => queries.load(name), [queries, name]);
  return { ...query, reload };
}

export function useWhyNot(permission: Permission): string | null {
  return whyNot(useApp().me, permission);
}
