#!/usr/bin/env node
// A stand-in for the service, for working on the dashboard and for its tests: the contract of
// docs/api.md over a simulated desk, and dist/ at /.
//
//   node mock/server.mjs [--port 8421] [--seed 7] [--factors 13] [--rate 4] [--speed 1]
//
// Tokens: mock-viewer, mock-trader, mock-risk, mock-admin. `POST /mock/inject` takes
// {"silence": "bybit"}, {"speak": "bybit"}, {"disconnect": true}, {"mute": true}, {"gap": 1},
// {"slow_ms": 2000}, {"fail": "/api/v1/pnl"} (500 until {"fail": null}), {"touch": "delta:BTC"}
// (somebody else changes its limit), {"push": ["delta:BTC", 1.8]}, {"options": "none"} (there are
// none), {"options": "no_surface"} (of the last expiry), {"options": "no_margin"} (no account has one
// configured), {"options": "all"}.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';
import { makeApi } from './api.mjs';
import { MockDesk } from './desk.mjs';
import { Hub } from './stream.mjs';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export async function startMock(options = {}) {
  const desk = new MockDesk(options);
  const tokens = new Map(
    ['viewer', 'trader', 'risk', 'admin'].map((role) => [
      `mock-${role}`,
      {
        name: { viewer: 'vera', trader: 'tom', risk: 'rita', admin: 'ada' }[role],
        role,
        expires: null,
        created: new Date(desk.began * 1000).toISOString(),
        last_used: null,
      },
    ]),
  );
  const api = makeApi(desk, tokens);
  const hub = new Hub(desk, tokens);
  const injected = { slow: 0, fail: null };

  async function file(url, response) {
    const path = normalize(join(dist, url.pathname));
    const name = path.startsWith(dist) && extname(path) ? path : join(dist, 'index.html');
    try {
      const body = await readFile(name);
      response.writeHead(200, {
        'content-type': types[extname(name)] ?? 'application/octet-stream',
        'cache-control': 'no-cache',
        'content-security-policy':
          "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      response.end(body);
    } catch {
      response.writeHead(404).end('not found');
    }
  }

  function inject(wish) {
    if (wish.silence) desk.silent.add(wish.silence);
    if (wish.speak) {
      desk.silent.delete(wish.speak);
      desk.feeds.get(wish.speak).gaps += 1;
    }
    if (wish.disconnect) for (const client of hub.clients) client.socket.terminate();
    if (wish.mute !== undefined) hub.muted = wish.mute;
    if (wish.gap) hub.skip = wish.gap;
    if (wish.slow_ms !== undefined) injected.slow = wish.slow_ms;
    if (wish.fail !== undefined) injected.fail = wish.fail;
    if (wish.refuse !== undefined) injected.refuse = wish.refuse;
    if (wish.touch) {
      const factor = desk.byKey.get(wish.touch);
      factor.limit = [factor.limit[0], factor.limit[1] + factor.half];
      factor.version += 1;
    }
    if (wish.options) desk.options.change(wish.options);
    if (wish.push) {
      const [key, z] = wish.push;
      const factor = desk.byKey.get(key);
      factor.z = z;
      factor.settle(desk.now, 'client');
    }
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (!url.pathname.startsWith('/api/') && url.pathname !== '/mock/inject') {
      await file(url, response);
      return;
    }
    let text = '';
    for await (const chunk of request) text += chunk;
    let body = null;
    try {
      body = text ? JSON.parse(text) : null;
    } catch {
      response.writeHead(400).end();
      return;
    }
    if (url.pathname === '/mock/inject') {
      inject(body ?? {});
      response.writeHead(204).end();
      return;
    }
    if (injected.slow) await new Promise((done) => setTimeout(done, injected.slow));
    const by = tokens.get((request.headers.authorization ?? '').replace(/^Bearer /, '')) ?? null;
    const failed = injected.fail && url.pathname.startsWith(injected.fail);
    const reply = failed
      ? {
          status: 500,
          body: {
            type: 'about:blank',
            title: 'Internal Server Error',
            status: 500,
            code: 'internal',
            detail: 'the disk is full: free some space on it',
          },
        }
      : api({ method: request.method, url, headers: request.headers, body, by });
    response.writeHead(reply.status, {
      'content-type': reply.status >= 400 ? 'application/problem+json' : 'application/json',
      'cache-control': 'no-store',
      ...(reply.etag ? { etag: reply.etag } : {}),
    });
    response.end(JSON.stringify(reply.body));
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (injected.refuse || !request.url.startsWith('/api/v1/stream')) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => hub.accept(ws));
  });
  const period = 1 / desk.rate;
  const timer = setInterval(() => {
    desk.step(period);
    hub.publish();
  }, period * 1000);
  await new Promise((done) => server.listen(options.port ?? 0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    desk,
    hub,
    inject,
    async close() {
      clearInterval(timer);
      for (const client of hub.clients) client.socket.terminate();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: Object.fromEntries(
      ['port', 'seed', 'factors', 'rate', 'speed'].map((name) => [name, { type: 'string' }]),
    ),
  });
  const options = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Number(value)]),
  );
  const mock = await startMock({ port: 8421, ...options });
  console.log(`${mock.url}/#token=mock-admin`);
}
