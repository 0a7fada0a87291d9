// Answers of the REST routes, kept by path: shown at once when asked for again, fetched anew behind
// them, and honest about how old they are and whether the last try failed.
import { Problem, type Rest } from '../protocol/rest';

export interface Query<T> {
  data: T | null;
  etag: string | null;
  at: number | null; // ms, when `data` came
  problem: Problem | null; // of the last try
  busy: boolean;
}
const kept = 60; // answers that nobody looks at, for who comes back
const empty: Query<never> = { data: null, etag: null, at: null, problem: null, busy: false };

export class Queries {
  private readonly entries = new Map<string, Query<unknown>>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly rest: Rest,
    private readonly now: () => number,
  ) {}

  get<T>(path: string): Query<T> {
    return (this.entries.get(path) as Query<T> | undefined) ?? empty;
  }

  on(path: string, listener: () => void): () => void {
    const listeners = this.listeners.get(path) ?? new Set();
    this.listeners.set(path, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Fetches; when it is being fetched already, waits for that. */
  load(path: string): Promise<void> {
    const running = this.running.get(path);
    if (running) return running;
    const before = this.get(path);
    this.put(path, { ...before, busy: true });
    const run = this.rest
      .get<unknown>(path)
      .then(({ body, etag }) =>
        this.put(path, { data: body, etag, at: this.now(), problem: null, busy: false }),
      )
      .catch((error: unknown) => {
        const problem = error instanceof Problem ? error : new Problem(0, 'error', String(error));
        this.put(path, { ...this.get(path), problem, busy: false });
      })
      .finally(() => this.running.delete(path));
    this.running.set(path, run);
    return run;
  }

  private put(path: string, query: Query<unknown>): void {
    this.entries.set(path, query);
    this.listeners.get(path)?.forEach((listener) => listener());
    if (this.entries.size > kept) this.forget();
  }

  /** The oldest answers that nobody looks at: addresses with times in them never end. */
  private forget(): void {
    for (const path of [...this.entries.keys()]) {
      if (this.entries.size <= kept) return;
      if ((this.listeners.get(path)?.size ?? 0) > 0 || this.running.has(path)) continue;
      this.entries.delete(path);
      this.listeners.delete(path);
    }
  }
}
