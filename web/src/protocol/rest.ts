// Requests to the service: the token goes along, errors come as Problem, versions as ETags.

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: it was not reached
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

export interface Answer<T> {
  body: T;
  etag: string | null;
}

export interface Rest {
  get<T>(path: string, signal?: AbortSignal): Promise<Answer<T>>;
  change<T>(
    method: 'PUT' | 'POST' | 'DELETE',
    path: string,
    body: unknown,
    options?: { dry?: boolean; etag?: string | null },
  ): Promise<Answer<T>>;
}

const patience = 15000; // ms until an answer is given up

export function makeRest(
  token: () => string | null,
  refused: (detail: string) => void,
  fetcher: typeof fetch = fetch,
): Rest {
  async function request<T>(method: string, path: string, init: RequestInit): Promise<Answer<T>> {
    const headers = new Headers(init.headers);
    const bearer = token();
    if (bearer) headers.set('authorization', `Bearer ${bearer}`);
    const late = AbortSignal.timeout(patience);
    let response: Response;
    try {
      response = await fetcher(`/api/v1${path}`, {
        ...init,
        method,
        headers,
        signal: init.signal ? AbortSignal.any([init.signal, late]) : late,
      });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw late.aborted
        ? new Problem(0, 'late', `no answer from the service within ${patience / 1000} s`)
        : new Problem(0, 'unreachable', 'the service cannot be reached');
    }
    const text = await response.text();
    let body: unknown = null;
    try {
      body = text ? JSON.parse(text) : null;
    } catch {
      throw new Problem(
        response.status,
        'no_json',
        `the service answered ${response.status} with something that is no JSON`,
      );
    }
    if (!response.ok) {
      const problem = body as { code?: string; detail?: string; title?: string } | null;
      const detail = problem?.detail ?? problem?.title ?? response.statusText;
      if (response.status === 401) refused(detail);
      throw new Problem(response.status, problem?.code ?? 'error', detail);
    }
    return { body: body as T, etag: response.headers.get('etag') };
  }

  return {
    get: <T>(path: string, signal?: AbortSignal) =>
      request<T>('GET', path, { signal: signal ?? null }),
    change: <T>(
      method: 'PUT' | 'POST' | 'DELETE',
      path: string,
      body: unknown,
      { dry = false, etag = null }: { dry?: boolean; etag?: string | null } = {},
    ) => {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (etag) headers['if-match'] = etag;
      return request<T>(method, dry ? `${path}?dry_run=true` : path, {
        headers,
        body: JSON.stringify(body),
      });
    },
  };
}

export const keyPath = (key: string) => encodeURIComponent(key);
