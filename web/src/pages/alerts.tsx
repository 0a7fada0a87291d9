// Alerts: what fires, since when, who has it; acknowledged and shelved with a reason.
import { useMemo, useState } from 'react';
import { number, plural } from '../base/text';
import { parseTime } from '../base/time';
import type { Alert, List, Rule } from '../protocol/types';
import { factorPath, Link, useParam } from '../router';
import { useApp, useCurrent, useDeskNow, useItems, useQuery, useWhyNot } from '../store/context';
import { ChangeDialog } from '../ui/change';
import { Button, Choice, QueryNotice } from '../ui/controls';
import { Ago, Severity } from '../ui/figures';
import { useCommands } from '../ui/keys';
import { DataTable, type Column } from '../ui/table';

const rank: Record<string, number> = { critical: 3, warning: 2, info: 1 };
const stateRank: Record<string, number> = { firing: 3, acknowledged: 2, pending: 1, ok: 0 };
const special = new Set(['kill_switch', 'breaker']);

export const factorOf = (a: Pick<Alert, 'factor' | 'book'>) =>
  a.book && a.book !== '*' && a.factor !== 'desk' ? `${a.factor}@${a.book}` : a.factor;

type Asked = { kind: 'acknowledge'; alert: Alert } | { kind: 'shelve'; rule: string };

export function AlertsPage() {
  const current = useCurrent('alerts');
  const alerts = useItems('alerts');
  const { live, desk } = useApp();
  const why = useWhyNot('act');
  const [show, setShow] = useParam('show', 'open') as [
    'open' | 'ended',
    (v: 'open' | 'ended') => void,
  ];
  const ended = useQuery<List<Alert>>(show === 'ended' ? '/alerts?state=ended' : null, 15000);
  const rules = useQuery<List<Rule>>('/rules', 30000);
  const [asked, setAsked] = useState<Asked | null>(null);
  const open = useMemo(
    () =>
      alerts
        .filter((a) => a.state !== 'ok')
        .sort(
          (a, b) =>
            (stateRank[b.state] ?? 0) - (stateRank[a.state] ?? 0) ||
            (rank[b.severity] ?? 0) - (rank[a.severity] ?? 0) ||
            (a.since < b.since ? 1 : -1),
        ),
    [alerts],
  );
  const shelved = useMemo(
    () =>
      new Map(
        (rules.data?.items ?? [])
          .filter((r) => r.shelved_until)
          .map((r) => [r.name, r.shelved_until]),
      ),
    [rules.data],
  );
  const known = useMemo(() => new Set(desk.factors.map((f) => f.key)), [desk]);
  const focused = (): Alert | undefined => {
    const id = document.activeElement?.closest('[data-key]')?.getAttribute('data-key');
    return open.find((a) => a.id === id);
  };
  useCommands([
    {
      keys: 'a',
      label: 'Acknowledge the alert in focus',
      run: () => {
        const alert = focused();
        if (alert?.state === 'firing' && !why) setAsked({ kind: 'acknowledge', alert });
      },
    },
    {
      keys: 's',
      label: 'Shelve the rule of the alert in focus',
      run: () => {
        const alert = focused();
        if (alert && !special.has(alert.rule) && !why)
          setAsked({ kind: 'shelve', rule: alert.rule });
      },
    },
  ]);
  const columns = useMemo<Column<Alert>[]>(
    () => [
      {
        id: 'severity',
        title: 'Severity',
        cell: (a) => <Severity value={a.severity} />,
        sort: (a) => rank[a.severity] ?? 0,
      },
      {
        id: 'rule',
        title: 'Alert',
        sort: (a) => a.rule,
        wrap: true,
        cell: (a) => (
          <>
            <strong>{a.rule.replace('_', ' ')}</strong>
            {a.reason ? <span className="muted">: {a.reason}</span> : null}
            {shelved.has(a.rule) ? (
              <>
                {' '}
                <span className="tag">shelved</span>
              </>
            ) : null}
          </>
        ),
      },
      {
        id: 'factor',
        title: 'On',
        sort: factorOf,
        cell: (a) =>
          known.has(factorOf(a)) ? (
            <Link to={factorPath(factorOf(a))} data-row={show === 'ended' ? '' : undefined}>
              {factorOf(a)}
            </Link>
          ) : (
            a.factor
          ),
      },
      {
        id: 'value',
        title: 'Value',
        numeric: true,
        wide: true,
        sort: (a) => a.value ?? 0,
        cell: (a) => number(a.value, 2, true),
      },
      {
        id: 'state',
        title: 'State',
        sort: (a) => stateRank[a.state] ?? 0,
        cell: (a) => (
          <span className={a.state === 'firing' ? 'strong' : 'muted'}>
            {a.state === 'ok' ? 'ended' : a.state}
          </span>
        ),
      },
      ...(show === 'ended'
        ? [
            {
              id: 'fired',
              title: 'Fired',
              sort: (a: Alert) => a.fired ?? '',
              cell: (a: Alert) => <Ago time={a.fired} />,
            },
            {
              id: 'cleared',
              title: 'Ended',
              sort: (a: Alert) => a.cleared ?? '',
              cell: (a: Alert) => <Ago time={a.cleared} />,
            },
          ]
        : [
            {
              id: 'since',
              title: 'Since',
              sort: (a: Alert) => a.since,
              cell: (a: Alert) => <Ago time={a.since} />,
            },
            {
              id: 'do',
              title: 'Do',
              cell: (a: Alert) => (
                <span className="row">
                  <Button
                    why={
                      why ??
                      (a.state === 'firing'
                        ? null
                        : `It is ${a.state}: only what fires can be acknowledged.`)
                    }
                    onClick={() => setAsked({ kind: 'acknowledge', alert: a })}
                  >
                    Acknowledge
                  </Button>
                  <Button
                    why={
                      why ??
                      (special.has(a.rule)
                        ? 'Breakers and kill switches cannot be shelved; they end when they are armed again.'
                        : null)
                    }
                    onClick={() => setAsked({ kind: 'shelve', rule: a.rule })}
                  >
                    Shelve
                  </Button>
                </span>
              ),
            },
          ]),
    ],
    [why, shelved, known, show],
  );
  const done = () => void rules.reload();
  return (
    <div className={`page${current ? '' : ' stale'}`}>
      <header className="row title">
        <h1>Alerts</h1>
        <span className="grow" />
        <Choice
          label="Show"
          value={show}
          options={[
            ['open', 'Open'],
            ['ended', 'Ended'],
          ]}
          onChange={setShow}
        />
      </header>
      {why ? <p className="notice small">{why} You may read alerts, not answer them.</p> : null}
      <section className="panel" aria-label={show === 'open' ? 'Open alerts' : 'Ended alerts'}>
        {show === 'open' ? (
          <DataTable
            label="Open alerts"
            rows={open}
            columns={columns}
            idOf={(a) => a.id}
            onOpen={(a) =>
              a.state === 'firing' && !why ? setAsked({ kind: 'acknowledge', alert: a }) : undefined
            }
            empty={live.collections.alerts.loaded ? 'Nothing fires.' : 'Waiting for the alerts…'}
          />
        ) : (
          <>
            <QueryNotice query={ended} what="the ended alerts" />
            {ended.data ? (
              <DataTable
                label="Ended alerts"
                rows={ended.data.items}
                columns={columns}
                idOf={(a) => a.id}
                empty="None has ended yet."
              />
            ) : null}
          </>
        )}
      </section>
      <RulesPanel rules={rules} why={why} onShelve={(rule) => setAsked({ kind: 'shelve', rule })} />
      {asked?.kind === 'acknowledge' ? (
        <ChangeDialog
          change={{
            title: `Acknowledge ${asked.alert.rule} on ${factorOf(asked.alert)}`,
            confirm: 'Acknowledge',
            method: 'POST',
            path: `/alerts/${encodeURIComponent(asked.alert.id)}/acknowledge`,
            body: {},
            suggestions: ['on it', 'known, waiting for the hedge'],
          }}
          onClose={() => setAsked(null)}
        >
          <p>The others see that you are at it; reminders stop. It still ends by itself.</p>
        </ChangeDialog>
      ) : null}
      {asked?.kind === 'shelve' ? (
        <ShelveDialog
          rule={asked.rule}
          until={shelved.get(asked.rule) ?? null}
          onClose={() => setAsked(null)}
          onDone={done}
        />
      ) : null}
    </div>
  );
}

const spans = [
  ['30m', '30 minutes'],
  ['2h', '2 hours'],
  ['8h', '8 hours'],
  ['24h', '24 hours'],
] as const;

function ShelveDialog({
  rule,
  until,
  onClose,
  onDone,
}: {
  rule: string;
  until: string | null;
  onClose: () => void;
  onDone: () => void;
}) {
  const { live } = useApp();
  const [span, setSpan] = useState<string>(until ? 'end' : '2h');
  const [past] = useState(() => new Date(live.deskNow() - 1000).toISOString());
  const body = span === 'end' ? { until: past } : { for: span };
  return (
    <ChangeDialog
      change={{
        title: `Shelve the rule ${rule}`,
        confirm: span === 'end' ? 'End the shelving' : 'Shelve',
        method: 'POST',
        path: `/rules/${encodeURIComponent(rule)}/shelve`,
        body,
      }}
      onClose={onClose}
      onDone={onDone}
    >
      <p>
        Its alerts are not notified for so long, on any factor. What still fires at the end is
        notified then.
      </p>
      <label className="field">
        For
        <select value={span} onChange={(event) => setSpan(event.target.value)}>
          {until ? <option value="end">end it now</option> : null}
          {spans.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
    </ChangeDialog>
  );
}

/** 30 s, 5 m, at once. */
function lasting(text: Rule['for']): string {
  if (text === null) return '–';
  return /^0\D*$/.test(String(text)) ? 'at once' : String(text).replace(/(\d)(?=[a-z])/g, '$1 ');
}

function RulesPanel({
  rules,
  why,
  onShelve,
}: {
  rules: ReturnType<typeof useQuery<List<Rule>>>;
  why: string | null;
  onShelve: (rule: string) => void;
}) {
  const now = useDeskNow(5000);
  const columns: Column<Rule>[] = [
    { id: 'name', title: 'Rule', cell: (r) => <strong>{r.name}</strong>, sort: (r) => r.name },
    { id: 'when', title: 'When', cell: (r) => r.when },
    {
      id: 'factors',
      title: 'On',
      wide: true,
      wrap: true,
      cell: (r) =>
        r.factors.length === 0
          ? 'the desk'
          : r.factors.length > 3
            ? plural(r.factors.length, 'factor')
            : r.factors.join(', '),
    },
    { id: 'for', title: 'For', wide: true, cell: (r) => lasting(r.for) },
    {
      id: 'severity',
      title: 'Severity',
      cell: (r) => <Severity value={r.severity} />,
      sort: (r) => rank[r.severity] ?? 0,
    },
    {
      id: 'shelved',
      title: 'Shelved until',
      cell: (r) =>
        r.shelved_until && parseTime(r.shelved_until) > now ? (
          <Ago time={r.shelved_until} />
        ) : (
          <span className="faint">–</span>
        ),
    },
    {
      id: 'do',
      title: 'Do',
      cell: (r) => (
        <Button why={why} onClick={() => onShelve(r.name)}>
          Shelve
        </Button>
      ),
    },
  ];
  return (
    <section className="panel" aria-labelledby="rules">
      <header>
        <h2 id="rules">Rules</h2>
      </header>
      <QueryNotice query={rules} what="the rules" />
      {rules.data ? (
        <DataTable
          label="Rules"
          rows={rules.data.items}
          columns={columns}
          idOf={(r) => r.name}
          empty="No rule is configured."
        />
      ) : null}
    </section>
  );
}
