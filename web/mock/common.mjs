// What the mock's routes share: problems, roles, and the shapes of lists, targets and limits.
import { iso } from './desk.mjs';

export class Problem extends Error {
  constructor(status, code, detail, extra = {}) {
    super(detail);
    this.body = {
      type: 'about:blank',
      title: titles[status] ?? 'Error',
      status,
      code,
      detail,
      ...extra,
    };
  }
}
const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  412: 'Precondition Failed',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  500: 'Internal Server Error',
};

export const ranks = { viewer: 1, trader: 2, risk: 3, admin: 4 };
export const needs = (by, role) => {
  if ((ranks[by.role] ?? 0) < ranks[role])
    throw new Problem(
      403,
      'forbidden',
      `token ${by.name} has role ${by.role}; this needs ${role}: ask an administrator for a token of that role`,
    );
};
export const found = (thing, what) => {
  if (!thing)
    throw new Problem(404, 'not_found', `no ${what}; the list of its kind names those that are`);
  return thing;
};
/** What the routes say of one desk. */
export function wordsOf(desk) {
  const list = (items) => ({ items, next: null, as_of: iso(desk.now), seq: desk.seq });
  const etag = (factor) => `"${factor.key}-${factor.version}"`;
  const target = (f) => ({
    key: f.key,
    unit: f.unit,
    target: f.text(f.target),
    band: f.band.map((x) => f.text(x)),
    limit: f.limit.map((x) => f.text(x)),
    model: f.controlled ? 'schedule' : 'static',
    stages: f.coin ? ['regime', 'vol'] : [],
    overridden: f.override !== null,
    until: f.override?.until ?? null,
    pushed_by: f.override?.by ?? null,
    known: true,
    unknown_reason: null,
    version: etag(f),
  });
  const limit = (f) => ({
    key: f.key,
    unit: f.unit,
    limit: f.limit.map((x) => f.text(x)),
    configured: f.configured.map((x) => f.text(x)),
    used: desk.exposure(f).skew,
    version: etag(f),
  });
  const factorOf = (key) => found(desk.byKey.get(key), `factor ${key}`);
  return { list, etag, target, limit, factorOf };
}
