// Items by key, with a listener for each key and for the set of keys. Changes are gathered and
// applied together, once a frame, so that however fast the stream is, the screen renders once.

export class Collection<T> {
  private items = new Map<string, T>();
  private keyList: readonly string[] = [];
  private pending = new Map<string, T | null>();
  private replacing = false;
  private readonly itemListeners = new Map<string, Set<() => void>>();
  private readonly keysListeners = new Set<() => void>();
  private readonly anyListeners = new Set<() => void>();
  private count = 0;
  /** Whether a snapshot was ever applied: an empty list is then a fact. */
  loaded = false;

  constructor(readonly keyOf: (item: T) => string) {}

  get(key: string): T | undefined {
    return this.items.get(key);
  }
  keys(): readonly string[] {
    return this.keyList;
  }
  values(): T[] {
    return [...this.items.values()];
  }
  /** Grows with every flush that changed something. */
  version(): number {
    return this.count;
  }

  // ---- what comes in

  replace(items: readonly T[]): void {
    this.pending.clear();
    this.replacing = true;
    this.change(items, []);
  }
  change(items: readonly T[], removed: readonly string[]): void {
    for (const item of items) this.pending.set(this.keyOf(item), item);
    for (const key of removed) this.pending.set(key, null);
  }
  get waiting(): boolean {
    return this.replacing || this.pending.size > 0;
  }

  // ---- once a frame

  flush(): void {
    if (!this.waiting) return;
    const { pending, replacing } = this;
    this.pending = new Map();
    this.replacing = false;
    let keysMoved = replacing && !this.loaded;
    if (replacing) {
      this.loaded = true;
      for (const key of this.items.keys()) if (!pending.has(key)) pending.set(key, null);
    }
    const touched: string[] = [];
    for (const [key, item] of pending) {
      if (item === null) {
        if (!this.items.delete(key)) continue;
        keysMoved = true;
      } else {
        keysMoved ||= !this.items.has(key);
        this.items.set(key, item);
      }
      touched.push(key);
    }
    this.count += 1;
    if (keysMoved) this.keyList = [...this.items.keys()];
    for (const key of touched) this.itemListeners.get(key)?.forEach((listener) => listener());
    if (keysMoved) this.keysListeners.forEach((listener) => listener());
    this.anyListeners.forEach((listener) => listener());
  }

  // ---- who listens

  onItem(key: string, listener: () => void): () => void {
    const listeners = this.itemListeners.get(key) ?? new Set();
    this.itemListeners.set(key, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.itemListeners.delete(key);
    };
  }
  onKeys(listener: () => void): () => void {
    this.keysListeners.add(listener);
    return () => this.keysListeners.delete(listener);
  }
  onAny(listener: () => void): () => void {
    this.anyListeners.add(listener);
    return () => this.anyListeners.delete(listener);
  }
}
