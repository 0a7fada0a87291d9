// Signing in, then the app: made anew for each token, with the page that the address names.
import { useCallback, useEffect, useState, type FormEvent } from 'react';
import { makeRest, Problem } from './protocol/rest';
import type { Desk, Health, Me } from './protocol/types';
import { go, usePlace } from './router';
import { AppContext, type App } from './store/context';
import { browser, Live, pacedFrames } from './store/live';
import { Queries } from './store/queries';
import { forgetToken, keepToken, takeToken } from './store/session';
import { Shell } from './ui/shell';
import { AlertsPage } from './pages/alerts';
import { Board } from './pages/board';
import { FactorPage } from './pages/factor';
import { LimitsPage } from './pages/limits';
import { OptionsPage } from './pages/options';
import { PnlPage } from './pages/pnl';
import { PositionsPage } from './pages/positions';
import { ProposalPage, ProposalsPage } from './pages/proposals';
import { SystemPage } from './pages/system';

type Phase =
  | { at: 'asking' }
  | { at: 'login'; why: string | null }
  | { at: 'unreachable'; why: string }
  | { at: 'in'; app: App };

export function Root() {
  const [phase, setPhase] = useState<Phase>({ at: 'asking' });

  const enter = useCallback(async (token: string | null) => {
    const leave = (why: string | null) => {
      live?.stream.stop();
      forgetToken();
      setPhase({ at: 'login', why });
    };
    let live: Live | null = null;
    const rest = makeRest(
      () => token,
      (detail) => leave(token === null ? null : detail),
    );
    try {
      const [me, desk, health] = await Promise.all([
        rest.get<Me>('/me'),
        rest.get<Desk>('/desk'),
        rest.get<Health>('/health'),
      ]);
      const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/stream`;
      live = new Live(url, () => token, browser, pacedFrames());
      live.begin(health.body);
      live.onStatus(() => {
        if (live?.status.connection === 'refused') leave(live.status.reason);
      });
      live.stream.start();
      setPhase({
        at: 'in',
        app: {
          live,
          queries: new Queries(rest, Date.now),
          rest,
          me: me.body,
          desk: desk.body,
          tokens: token !== null,
          signOut: () => leave(null),
        },
      });
    } catch (error) {
      const problem = error as Problem;
      if (problem.status === 403) leave(problem.message);
      else if (problem.status !== 401) setPhase({ at: 'unreachable', why: problem.message });
    }
  }, []);

  useEffect(() => void enter(takeToken(location, history, sessionStorage)), [enter]);
  // A link with a token, opened in a tab that is here already.
  useEffect(() => {
    const arrived = () => {
      if (location.hash.includes('token='))
        void enter(takeToken(location, history, sessionStorage));
    };
    addEventListener('hashchange', arrived);
    return () => removeEventListener('hashchange', arrived);
  }, [enter]);

  if (phase.at === 'asking')
    return (
      <div className="login" role="status">
        Asking the service…
      </div>
    );
  if (phase.at === 'unreachable')
    return (
      <Unreachable
        why={phase.why}
        again={() => {
          setPhase({ at: 'asking' });
          void enter(sessionStorage.getItem('ballast.token'));
        }}
      />
    );
  if (phase.at === 'login') {
    return (
      <Login
        why={phase.why}
        onToken={(token) => {
          keepToken(token);
          setPhase({ at: 'asking' });
          void enter(token);
        }}
      />
    );
  }
  return (
    <AppContext value={phase.app}>
      <Shell>
        <Page />
      </Shell>
    </AppContext>
  );
}

function Unreachable({ why, again }: { why: string; again: () => void }) {
  useEffect(() => {
    const timer = setTimeout(again, 5000);
    return () => clearTimeout(timer);
  }, [again]);
  return (
    <main className="login">
      <h1>The desk cannot be shown</h1>
      <p role="alert">{why}. Trying again every five seconds.</p>
      <p>
        <button type="button" onClick={again}>
          Try now
        </button>
      </p>
    </main>
  );
}

function Login({ why, onToken }: { why: string | null; onToken: (token: string) => void }) {
  const [token, setToken] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim()) onToken(token.trim());
  };
  return (
    <main className="login">
      <form onSubmit={submit}>
        <h1>Ballast</h1>
        <p className="muted">
          Open the address that the service printed when it started, or paste a token.
        </p>
        <label className="field">
          Token
          <input
            type="password"
            name="token"
            autoComplete="current-password"
            spellCheck={false}
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        </label>
        {why ? (
          <p className="notice crit" role="alert">
            {why}
          </p>
        ) : null}
        <button type="submit" className="primary">
          Sign in
        </button>
      </form>
    </main>
  );
}

const titles: Record<string, string> = {
  '': 'Board',
  alerts: 'Alerts',
  proposals: 'Proposals',
  positions: 'Positions',
  options: 'Options',
  pnl: 'P&L',
  limits: 'Limits',
  system: 'System',
};

function Page() {
  const { path } = usePlace();
  const [, first = '', second] = path.split('/');
  let name: string | undefined;
  try {
    name = second === undefined || second === '' ? undefined : decodeURIComponent(second);
  } catch {
    name = second;
  }
  const title = first === 'factors' ? name : titles[first];
  useEffect(() => {
    document.title = `${title ?? 'Not found'} · Ballast`;
  }, [title]);
  switch (first) {
    case '':
      return <Board />;
    case 'factors':
      if (name) return <FactorPage key={name} factorKey={name} />;
      break;
    case 'alerts':
      return <AlertsPage />;
    case 'proposals':
      return name ? <ProposalPage key={name} id={name} /> : <ProposalsPage />;
    case 'positions':
      return <PositionsPage />;
    case 'options':
      return <OptionsPage name={name} />;
    case 'pnl':
      return <PnlPage />;
    case 'limits':
      return <LimitsPage />;
    case 'system':
      return <SystemPage />;
  }
  return (
    <div className="page">
      <h1>There is no page {path}</h1>
      <p>
        <button type="button" onClick={() => go('/')}>
          To the board
        </button>
      </p>
    </div>
  );
}
