// The frame around every page: the way about, the status strip, the kill switch, what is announced.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { go, Link, usePlace } from '../router';
import type { OptionUnderlying } from '../protocol/options';
import type { List } from '../protocol/types';
import {
  useApp,
  useChannel,
  useItems,
  useQuery,
  useSettings,
  useStatus,
  useWhyNot,
} from '../store/context';
import { changeSettings, type Contrast, type Theme } from '../store/settings';
import { Button, Choice } from './controls';
import { Dialog } from './dialog';
import { commandsNow, listenToKeys, moveRow, useCommands, type Command } from './keys';
import { KillDialog, Stopped } from './kill';
import { ConnectionMark, StaleBanner, Strip } from './strip';

const places = [
  ['/', 'Board', 'b'],
  ['/alerts', 'Alerts', 'a'],
  ['/proposals', 'Proposals', 'p'],
  ['/positions', 'Positions', 'o'],
  ['/options', 'Options', 'v'],
  ['/pnl', 'P&L', 'l'],
  ['/limits', 'Limits', 'r'],
  ['/system', 'System', 's'],
] as const;

/** Options have a page where the desk has options. */
function usePlaces() {
  const options = useQuery<List<OptionUnderlying>>('/options', 30000).data;
  const any = options !== null && options.items.length > 0;
  return any ? places : places.filter(([path]) => path !== '/options');
}

type Open = 'keys' | 'kill' | 'user' | null;

export function Shell({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<Open>(null);
  const { desk, me } = useApp();
  const place = usePlace();
  const status = useStatus();
  const mayKill = useWhyNot('act');
  useChannel('health');
  useChannel('alerts');
  useChannel('proposals');
  useEffect(listenToKeys, []);
  const shown = usePlaces();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // A new page is read from its top; on the first one the focus stays with the browser.
    if (first.current) first.current = false;
    else main.current?.focus();
  }, [place.path]);

  const commands: Command[] = [
    { keys: '?', label: 'List the keys', run: () => setOpen('keys') },
    { keys: 'j', label: 'Next row', run: () => moveRow(1) },
    { keys: 'k', label: 'Row before', run: () => moveRow(-1) },
    { keys: '!', label: 'Kill switch', run: () => (mayKill ? undefined : setOpen('kill')) },
    { keys: 'u', label: 'Who I am, theme, contrast', run: () => setOpen('user') },
    ...shown.map(([path, name, key]) => ({
      keys: `g ${key}`,
      label: `Go to ${name}`,
      run: () => go(path),
    })),
  ];
  useCommands(commands);
  const stale = status.connection !== 'live';
  return (
    <div className={`shell${stale ? ' stale' : ''}`}>
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the page
      </a>
      <header className="top">
        <Link to="/" className="brand" aria-label={`Ballast, desk ${desk.name}`}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M10 2v16M4 7h12M4 7l-2.5 5.5a2.9 2.9 0 0 0 5 0zM16 7l2.5 5.5a2.9 2.9 0 0 1-5 0zM6 18h8" />
          </svg>
          <span>{desk.name}</span>
        </Link>
        <Nav path={place.path} shown={shown} />
        <span className="grow" />
        <ConnectionMark />
        <button type="button" className="quiet who" onClick={() => setOpen('user')}>
          {me.name} <span className="faint">{me.role}</span>
        </button>
        <button
          type="button"
          className="quiet help"
          aria-label="Keys"
          onClick={() => setOpen('keys')}
        >
          <kbd>?</kbd>
        </button>
        <Button className="danger kill" why={mayKill} onClick={() => setOpen('kill')}>
          Kill switch
        </Button>
      </header>
      <Strip />
      <StaleBanner />
      <Stopped />
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <Announcer />
      {open === 'keys' ? <KeysDialog onClose={() => setOpen(null)} /> : null}
      {open === 'kill' ? <KillDialog onClose={() => setOpen(null)} /> : null}
      {open === 'user' ? <UserDialog onClose={() => setOpen(null)} /> : null}
    </div>
  );
}

function Nav({ path, shown }: { path: string; shown: ReturnType<typeof usePlaces> }) {
  const firing = useItems('alerts').filter((a) => a.state === 'firing').length;
  const waiting = useItems('proposals').filter((p) => p.state === 'waiting').length;
  const counts: Record<string, [number, string]> = {
    '/alerts': [firing, 'firing'],
    '/proposals': [waiting, 'waiting'],
  };
  return (
    <nav aria-label="Pages">
      {shown.map(([to, name]) => {
        const here = to === '/' ? path === '/' || path.startsWith('/factors') : path.startsWith(to);
        const [count, what] = counts[to] ?? [0, ''];
        return (
          <Link key={to} to={to} aria-current={here ? 'page' : undefined}>
            {name}
            {count > 0 ? (
              <span className={`count ${to === '/alerts' ? 'warn' : 'accent'}`}>
                {count}
                <span className="hidden"> {what}</span>
              </span>
            ) : null}
          </Link>
        );
      })}
    </nav>
  );
}

/** Tells screen readers of alerts that came since the page was opened. */
function Announcer() {
  const alerts = useItems('alerts');
  const { live } = useApp();
  const known = useRef<Map<string, string> | null>(null);
  const [text, setText] = useState({ polite: '', now: '' });
  useEffect(() => {
    if (!live.collections.alerts.loaded) return;
    const before = known.current;
    known.current = new Map(alerts.map((a) => [a.id, a.state]));
    if (before === null) return;
    const fresh = alerts.filter((a) => a.state === 'firing' && before.get(a.id) !== 'firing');
    if (fresh.length === 0) return;
    const say = (list: typeof fresh) =>
      list
        .slice(0, 3)
        .map((a) => `${a.severity} alert: ${a.rule} on ${a.factor}`)
        .join('. ') + (list.length > 3 ? `, and ${list.length - 3} more` : '');
    const critical = fresh.filter((a) => a.severity === 'critical');
    if (critical.length > 0) setText((t) => ({ ...t, now: say(critical) }));
    else setText((t) => ({ ...t, polite: say(fresh) }));
  }, [alerts, live]);
  return (
    <>
      <div className="hidden" aria-live="polite" data-announce="polite">
        {text.polite}
      </div>
      <div className="hidden" aria-live="assertive" data-announce="now">
        {text.now}
      </div>
    </>
  );
}

function KeysDialog({ onClose }: { onClose: () => void }) {
  const settings = useSettings();
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {commandsNow().map((c) => (
          <div key={c.keys}>
            <dt>
              {c.keys.split(' ').map((k) => (
                <kbd key={k}>{k}</kbd>
              ))}
            </dt>
            <dd>{c.label}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Enter</kbd>
          </dt>
          <dd>Open the row</dd>
        </div>
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>Close what is open</dd>
        </div>
      </dl>
      <label className="row">
        <input
          type="checkbox"
          checked={settings.shortcuts}
          onChange={(event) => changeSettings({ shortcuts: event.target.checked })}
        />{' '}
        Single keys act
      </label>
      <div className="actions">
        <button type="button" className="primary" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

const themes: [Theme, string][] = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];
const contrasts: [Contrast, string][] = [
  ['system', 'System'],
  ['normal', 'Normal'],
  ['more', 'High'],
];

function UserDialog({ onClose }: { onClose: () => void }) {
  const { me, signOut } = useApp();
  const settings = useSettings();
  return (
    <Dialog title="Who I am" onClose={onClose}>
      <dl className="facts">
        <div>
          <dt>Name</dt>
          <dd>{me.name}</dd>
        </div>
        <div>
          <dt>Role</dt>
          <dd>{me.role}</dd>
        </div>
        <div>
          <dt>Token ends</dt>
          <dd>{me.expires ?? 'never'}</dd>
        </div>
      </dl>
      <div className="row">
        <span className="label">Theme</span>
        <Choice
          label="Theme"
          value={settings.theme}
          options={themes}
          onChange={(theme) => changeSettings({ theme })}
        />
      </div>
      <div className="row">
        <span className="label">Contrast</span>
        <Choice
          label="Contrast"
          value={settings.contrast}
          options={contrasts}
          onChange={(contrast) => changeSettings({ contrast })}
        />
      </div>
      <div className="actions">
        <button type="button" onClick={signOut}>
          Sign out of this tab
        </button>
        <button type="button" className="primary" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
