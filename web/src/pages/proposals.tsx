// Proposals: what would be done, why, at what cost, what else was weighed and why not; and the answer.
import { useEffect, useMemo, useState } from 'react';
import { duration, parseTime } from '../base/time';
import { none, plural } from '../base/text';
import type { List, Option, Proposal } from '../protocol/types';
import { factorPath, go, Link, useParam } from '../router';
import {
  useApp,
  useCurrent,
  useDeskNow,
  useItem,
  useItems,
  useQuery,
  useWhyNot,
} from '../store/context';
import { ChangeDialog } from '../ui/change';
import { Button, Choice, QueryNotice } from '../ui/controls';
import { About, Ago, Money, Num } from '../ui/figures';
import { useCommands } from '../ui/keys';
import { DataTable, type Column } from '../ui/table';
import { Lines } from './factor';

const open = new Set(['advised', 'waiting', 'approved', 'acting']);
const shapes: Record<string, [string, string]> = {
  waiting: ['◷', 'accent'],
  advised: ['◷', 'accent'],
  approved: ['▶', 'accent'],
  acting: ['▶', 'accent'],
  verified: ['✓', 'good'],
  failed: ['◆', 'crit'],
  blocked: ['■', 'warn'],
  rejected: ['✕', ''],
  expired: ['◌', ''],
  withdrawn: ['◌', ''],
};

export function ProposalState({ state }: { state: string }) {
  const [glyph, tone] = shapes[state] ?? ['●', ''];
  return (
    <span className={`tag ${tone}`}>
      <span aria-hidden="true">{glyph}</span> {state}
    </span>
  );
}

type Answer = { verb: 'approve' | 'reject'; proposal: Proposal };

export function AnswerDialog({ verb, proposal, onClose }: Answer & { onClose: () => void }) {
  const approve = verb === 'approve';
  return (
    <ChangeDialog
      change={{
        title: `${approve ? 'Approve' : 'Reject'} ${proposal.id}: ${proposal.action} of ${proposal.key}`,
        confirm: approve ? 'Approve' : 'Reject',
        danger: !approve,
        method: 'POST',
        path: `/proposals/${encodeURIComponent(proposal.id)}/${verb}`,
        body: {},
        suggestions: approve ? ['agreed'] : ['client flow expected back', 'too expensive now'],
      }}
      onClose={onClose}
    >
      <p>
        {approve ? (
          <>
            What is done rests on the numbers of that moment. Now:{' '}
            <strong>
              <Num value={proposal.quantity} unit={proposal.unit} />
            </strong>
            , expected to cost{' '}
            <strong>
              <Money value={proposal.expected_cost} />
            </strong>
            .
          </>
        ) : (
          'It is not done, and not proposed again until something changes.'
        )}
      </p>
    </ChangeDialog>
  );
}

export function Deadline({ time }: { time: string | null }) {
  const now = useDeskNow();
  if (!time) return <span className="faint">{none}</span>;
  const left = (parseTime(time) - now) / 1000;
  return (
    <span className={left < 60 ? 'warn strong' : ''}>
      {left > 0 ? `${duration(left)} left` : 'over'}
    </span>
  );
}

export function ProposalsPage() {
  const current = useCurrent('proposals');
  const live = useItems('proposals');
  const { live: feed } = useApp();
  const why = useWhyNot('act');
  const [show, setShow] = useParam('show', 'open') as ['open' | 'all', (v: 'open' | 'all') => void];
  const past = useQuery<List<Proposal>>(show === 'all' ? '/proposals?limit=200' : null, 15000);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const rows = useMemo(() => {
    const all = new Map((past.data?.items ?? []).map((p) => [p.id, p]));
    for (const p of live) all.set(p.id, p);
    return [...all.values()]
      .filter((p) => show === 'all' || open.has(p.state))
      .sort(
        (a, b) =>
          Number(b.state === 'waiting') - Number(a.state === 'waiting') ||
          (a.since < b.since ? 1 : -1),
      );
  }, [live, past.data, show]);
  useCommands(
    answerCommands(
      () => {
        const id = document.activeElement?.closest('[data-key]')?.getAttribute('data-key');
        return rows.find((p) => p.id === id);
      },
      why,
      setAnswer,
    ),
  );
  const columns = useMemo<Column<Proposal>[]>(
    () => [
      {
        id: 'id',
        title: 'Proposal',
        sort: (p) => p.since,
        cell: (p) => (
          <Link to={`/proposals/${encodeURIComponent(p.id)}`} className="strong" data-row="">
            {p.id}
          </Link>
        ),
      },
      {
        id: 'state',
        title: 'State',
        sort: (p) => p.state,
        cell: (p) => <ProposalState state={p.state} />,
      },
      {
        id: 'key',
        title: 'Factor',
        sort: (p) => p.key,
        cell: (p) => <Link to={factorPath(p.key)}>{p.key}</Link>,
      },
      { id: 'action', title: 'Action', sort: (p) => p.action, cell: (p) => p.action },
      {
        id: 'quantity',
        title: 'Quantity',
        numeric: true,
        cell: (p) => <Num value={p.quantity} unit={p.unit} />,
      },
      {
        id: 'cost',
        title: 'Expected cost',
        numeric: true,
        sort: (p) => Number(p.expected_cost ?? 0),
        cell: (p) => <Money value={p.expected_cost} />,
      },
      {
        id: 'realised',
        title: 'Realised',
        numeric: true,
        wide: true,
        cell: (p) => <Money value={p.realised_cost} />,
      },
      {
        id: 'deviation',
        title: 'Deviation',
        numeric: true,
        wide: true,
        cell: (p) => <About value={p.deviation} plus />,
      },
      {
        id: 'why',
        title: 'Why',
        wide: true,
        wrap: true,
        cell: (p) => <span className="muted">{p.reason || p.because}</span>,
      },
      {
        id: 'since',
        title: 'Since',
        wide: true,
        sort: (p) => p.since,
        cell: (p) => <Ago time={p.since} short />,
      },
      {
        id: 'deadline',
        title: 'Approve within',
        cell: (p) =>
          p.state === 'waiting' ? (
            <Deadline time={p.deadline} />
          ) : (
            <span className="faint">{none}</span>
          ),
      },
      {
        id: 'do',
        title: 'Do',
        cell: (p) =>
          p.state === 'waiting' ? <Answers proposal={p} why={why} onAnswer={setAnswer} /> : null,
      },
    ],
    [why],
  );
  const waiting = rows.filter((p) => p.state === 'waiting').length;
  return (
    <div className={`page${current ? '' : ' stale'}`}>
      <header className="row title">
        <h1>Proposals</h1>
        <span className="muted">
          {waiting > 0
            ? `${plural(waiting, 'waits', 'wait')} for approval`
            : 'none waits for approval'}
        </span>
        <span className="grow" />
        <Choice
          label="Show"
          value={show}
          options={[
            ['open', 'Open'],
            ['all', 'All'],
          ]}
          onChange={setShow}
        />
      </header>
      {why ? <p className="notice small">{why} You may read proposals, not answer them.</p> : null}
      <QueryNotice query={show === 'all' ? past : { ...past, data: [] }} what="past proposals" />
      <section className="panel" aria-label="Proposals">
        <DataTable
          label="Proposals"
          rows={rows}
          columns={columns}
          idOf={(p) => p.id}
          empty={
            feed.collections.proposals.loaded
              ? 'Nothing is proposed: every controlled factor is in its band, or comes back by itself.'
              : 'Waiting for the proposals…'
          }
        />
      </section>
      {answer ? <AnswerDialog {...answer} onClose={() => setAnswer(null)} /> : null}
    </div>
  );
}

function answerCommands(
  focused: () => Proposal | undefined,
  why: string | null,
  answer: (a: Answer) => void,
) {
  const run = (verb: 'approve' | 'reject') => () => {
    const proposal = focused();
    if (proposal?.state === 'waiting' && !why) answer({ verb, proposal });
  };
  return [
    { keys: 'a', label: 'Approve the proposal in focus', run: run('approve') },
    { keys: 'x', label: 'Reject the proposal in focus', run: run('reject') },
  ];
}

function Answers({
  proposal,
  why,
  onAnswer,
}: {
  proposal: Proposal;
  why: string | null;
  onAnswer: (a: Answer) => void;
}) {
  return (
    <span className="row nowrap">
      <Button className="primary" why={why} onClick={() => onAnswer({ verb: 'approve', proposal })}>
        Approve
      </Button>
      <Button why={why} onClick={() => onAnswer({ verb: 'reject', proposal })}>
        Reject
      </Button>
    </span>
  );
}

const optionColumns: Column<Option>[] = [
  {
    id: 'action',
    title: 'Action',
    cell: (o) => <span className={o.chosen ? 'strong' : ''}>{o.action}</span>,
  },
  {
    id: 'verdict',
    title: 'Verdict',
    cell: (o) =>
      o.chosen ? (
        <span className="tag good">
          <span aria-hidden="true">✓</span> chosen
        </span>
      ) : o.possible ? (
        <span className="tag">{o.in_time ? 'dearer' : 'too late'}</span>
      ) : (
        <span className="tag">
          <span aria-hidden="true">✕</span> not possible
        </span>
      ),
  },
  { id: 'cost', title: 'Cost', numeric: true, cell: (o) => <Money value={o.cost} /> },
  {
    id: 'risk',
    title: 'Risk meanwhile',
    numeric: true,
    cell: (o) => <Money value={o.risk_cost} />,
  },
  {
    id: 'total',
    title: 'Together',
    numeric: true,
    cell: (o) => <Money value={o.total} />,
  },
  {
    id: 'seconds',
    title: 'Takes',
    numeric: true,
    cell: (o) => (o.seconds === null ? none : duration(o.seconds)),
  },
  { id: 'why', title: 'Why', wrap: true, cell: (o) => <span className="muted">{o.why}</span> },
];

export function ProposalPage({ id }: { id: string }) {
  const live = useItem('proposals', id);
  const current = useCurrent('proposals');
  const query = useQuery<Proposal>(`/proposals/${encodeURIComponent(id)}`);
  const { desk } = useApp();
  const why = useWhyNot('act');
  const [answer, setAnswer] = useState<Answer | null>(null);
  const { reload } = query;
  // Its state comes by the stream; options and lines are read again when that changes.
  const state = live?.state;
  useEffect(() => {
    if (state) void reload();
  }, [state, reload]);
  const p = useMemo(
    () =>
      query.data
        ? {
            ...query.data,
            ...(live ?? {}),
            options: query.data.options ?? [],
            lines: query.data.lines ?? [],
          }
        : undefined,
    [query.data, live],
  );
  useCommands([
    ...answerCommands(() => p, why, setAnswer),
    {
      keys: 'f',
      label: 'To its factor',
      run: () => {
        if (p) go(factorPath(p.key));
      },
    },
  ]);
  if (!p)
    return (
      <div className="page">
        <h1>Proposal {id}</h1>
        <QueryNotice query={query} what={`proposal ${id}`} />
      </div>
    );
  return (
    <div className={`page${current ? '' : ' stale'}`}>
      <header className="row title">
        <h1>
          {p.action[0]?.toUpperCase() + p.action.slice(1)} of{' '}
          <Link to={factorPath(p.key)}>{p.key}</Link>
        </h1>
        <span className="muted">{p.id}</span>
        <ProposalState state={p.state} />
        <span className="grow" />
        {p.state === 'waiting' ? <Answers proposal={p} why={why} onAnswer={setAnswer} /> : null}
      </header>
      {p.state === 'waiting' && why ? <p className="notice small">{why}</p> : null}
      <section className="panel facts-panel" aria-label="What">
        <dl className="facts live">
          <div>
            <dt>Quantity</dt>
            <dd>
              <Num value={p.quantity} unit={p.unit} />
            </dd>
          </div>
          <div>
            <dt>Deviation when made</dt>
            <dd>
              <About value={p.deviation} plus unit={p.unit} />
            </dd>
          </div>
          <div>
            <dt>Expected cost ({desk.currency})</dt>
            <dd>
              <Money value={p.expected_cost} />
            </dd>
          </div>
          <div>
            <dt>Realised cost</dt>
            <dd>
              <Money value={p.realised_cost} />
            </dd>
          </div>
          <div>
            <dt>Made</dt>
            <dd>
              <Ago time={p.since} />
            </dd>
          </div>
          {p.state === 'waiting' ? (
            <div>
              <dt>Approve within</dt>
              <dd>
                <Deadline time={p.deadline} />
              </dd>
            </div>
          ) : null}
          {p.ended ? (
            <div>
              <dt>Ended</dt>
              <dd>
                <Ago time={p.ended} />
              </dd>
            </div>
          ) : null}
          {p.by ? (
            <div>
              <dt>Answered by</dt>
              <dd>{p.by}</dd>
            </div>
          ) : null}
        </dl>
        <p className="muted">{[p.because, p.reason].filter(Boolean).join('; ')}</p>
      </section>
      <section className="panel" aria-labelledby="weighed">
        <header>
          <h2 id="weighed">What was weighed</h2>
          <span className="muted small">
            cost until the deviation is back in its band, {desk.currency}
          </span>
        </header>
        <DataTable
          label="What was weighed"
          rows={p.options}
          columns={optionColumns}
          idOf={(o) => o.action}
          empty="Nothing is known of what was weighed."
        />
      </section>
      {p.lines.length > 0 ? (
        <section className="panel" aria-labelledby="how">
          <header>
            <h2 id="how">How</h2>
          </header>
          <Lines lines={p.lines} />
        </section>
      ) : null}
      {answer ? <AnswerDialog {...answer} onClose={() => setAnswer(null)} /> : null}
    </div>
  );
}
