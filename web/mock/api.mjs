// The REST routes of docs/api.md over the mock's desk.
import { addChanges } from './api_changes.mjs';
import { addReads } from './api_reads.mjs';
import { Problem } from './common.mjs';

export function makeApi(desk, tokens) {
  const routes = [];
  const on = (method, pattern, handle) => {
    const names = [...pattern.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
    routes.push({
      method,
      names,
      regex: new RegExp(`^/api/v1${pattern.replace(/\{\w+\}/g, '([^/]+)')}$`),
      handle,
    });
  };
  addReads((pattern, handle) => on('GET', pattern, handle), desk, tokens);
  addChanges(on, desk, tokens);

  /** Answers {status, body, etag}. */
  return function answer({ method, url, headers, body, by }) {
    const reply = { status: 200, etag: null };
    try {
      const path = routes.filter((r) => r.regex.test(url.pathname));
      const route = path.find((r) => r.method === method);
      if (!path.length) throw new Problem(404, 'not_found', `no route ${url.pathname}`);
      if (!route) throw new Problem(405, 'method', `${method} is not for ${url.pathname}`);
      if (!by)
        throw new Problem(
          401,
          'unauthorized',
          'no token, or one that is not valid any more: send Authorization: Bearer TOKEN',
        );
      const values = route.regex.exec(url.pathname).slice(1).map(decodeURIComponent);
      const captures = Object.fromEntries(route.names.map((name, i) => [name, values[i]]));
      reply.body = route.handle({
        ...captures,
        query: url.searchParams,
        headers,
        body,
        by,
        dry: url.searchParams.get('dry_run') === 'true',
        reply,
      });
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(500, 'internal', error.stack);
      reply.status = problem.body.status;
      reply.body = problem.body;
    }
    return reply;
  };
}
