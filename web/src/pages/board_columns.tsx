// The columns of the adherence board: what each shows, sorts by and is called.
import type { ColumnDef } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import { toNumber } from '../base/decimal';
import { hundredths, none, number } from '../base/text';
import { duration } from '../base/time';
import type { AdherenceRow, Exposure } from '../protocol/types';
import { factorPath, Link } from '../router';
import { badness } from '../store/judgement';
import { Bullet } from '../ui/bullet';
import { gradeOf, Money, Num, placesOf, StateMark } from '../ui/figures';

export interface RowContext {
  today: AdherenceRow | undefined;
  currency: string;
}
export interface BoardColumn {
  id: string;
  title: string;
  about: string;
  numeric: boolean;
  sort: (e: Exposure, context: RowContext) => number | string;
  cell: (e: Exposure, context: RowContext) => ReactNode;
}

const value = (text: string | null) => (text === null ? -Infinity : toNumber(text));
const level = (text: string | null, e: Exposure, plus = false) => (
  <Num value={text} places={placesOf(e)} plus={plus} />
);

function Rate({ x }: { x: number | null | undefined }) {
  if (x === null || x === undefined) return <span className="faint">{none}</span>;
  return <span className={x < 0.9 ? 'crit' : x < 0.98 ? 'warn' : ''}>{hundredths(x)}</span>;
}
const rate = (id: 'today' | '1h' | '24h' | '30d', title: string, about: string): BoardColumn => ({
  id,
  title,
  about,
  numeric: true,
  sort: (e) => e.adherence?.[id] ?? -1,
  cell: (e) => <Rate x={e.adherence?.[id]} />,
});

function outToday(e: Exposure, { today }: RowContext): number | null {
  if (today) return Object.values(today.out_of_band_seconds_by_cause).reduce((a, b) => a + b, 0);
  return e.time_in_band_today === null ? null : 0;
}
function mainCause(today: AdherenceRow | undefined): string | null {
  const causes = Object.entries(today?.out_of_band_seconds_by_cause ?? {}).filter(([, s]) => s > 0);
  return causes.length === 0 ? null : causes.reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

/** Breaks, where it must, behind the @. */
function Name({ text }: { text: string }) {
  const at = text.indexOf('@') + 1;
  return (
    <>
      {text.slice(0, at)}
      <wbr />
      {text.slice(at)}
    </>
  );
}

export const boardColumns: BoardColumn[] = [
  {
    id: 'factor',
    title: 'Factor',
    about: 'What is controlled, and whose',
    numeric: false,
    sort: (e) => e.key,
    cell: (e) => (
      <>
        <StateMark exposure={e} />
        <Link to={factorPath(e.key)} className="factor" data-row="">
          <Name text={e.factor} />
        </Link>
        <span className="book">{e.book === '*' ? 'desk' : e.book}</span>
        {e.overridden ? (
          <span className="tag accent" title="Its target is overridden">
            override
          </span>
        ) : null}
      </>
    ),
  },
  {
    id: 'bar',
    title: 'Limit · band · target',
    about: 'Limits, band, target and actual on one scale',
    numeric: false,
    sort: (e) => e.skew ?? 0,
    cell: (e) => <Bullet e={e} />,
  },
  {
    id: 'actual',
    title: 'Actual',
    about: 'The exposure now',
    numeric: true,
    sort: (e) => value(e.actual),
    cell: (e) => (
      <>
        {level(e.actual, e)} <span className="unit">{e.unit}</span>
      </>
    ),
  },
  {
    id: 'target',
    title: 'Target',
    about: 'Where it should be',
    numeric: true,
    sort: (e) => value(e.target),
    cell: (e) => level(e.target, e),
  },
  {
    id: 'band',
    title: 'Band',
    about: 'Tolerance around the target',
    numeric: true,
    sort: (e) => value(e.band?.[0] ?? null),
    cell: (e) =>
      e.band ? (
        <>
          {level(e.band[0], e)} <span className="faint">to</span> {level(e.band[1], e)}
        </>
      ) : (
        none
      ),
  },
  {
    id: 'z',
    title: 'z',
    about: 'Distance from the target in band widths: beyond ±1 it is out',
    numeric: true,
    sort: (e) => badness(e),
    cell: (e) =>
      e.z === null ? (
        <span className="state unknown" title={e.unknown_reason ?? undefined}>
          unknown
        </span>
      ) : (
        <span className={`z ${gradeOf(e)}`}>
          {Math.abs(e.z) >= 1e6 ? (e.z > 0 ? '+∞' : '−∞') : number(e.z, 2, true)}
        </span>
      ),
  },
  {
    id: 'out',
    title: 'Out for',
    about: 'How long it is out of its band, and what caused it',
    numeric: true,
    sort: (e) => e.excursion?.seconds ?? -1,
    cell: (e) =>
      e.excursion ? (
        <span className="warn">{duration(e.excursion.seconds)}</span>
      ) : (
        <span className="faint">{none}</span>
      ),
  },
  {
    id: 'cause',
    title: 'Cause',
    about: 'What moved it out now, or most of today',
    numeric: false,
    sort: (e, c) => e.excursion?.cause ?? mainCause(c.today) ?? '',
    cell: (e, c) =>
      e.excursion ? e.excursion.cause : <span className="faint">{mainCause(c.today) ?? none}</span>,
  },
  rate('today', 'Today %', 'Adherence since midnight UTC'),
  rate('1h', '1 h %', 'Adherence over the last hour'),
  rate('24h', '24 h %', 'Adherence over the last 24 hours'),
  rate('30d', '30 d %', 'Adherence over the last 30 days'),
  {
    id: 'outtoday',
    title: 'Out today',
    about: 'Time out of the band since midnight UTC',
    numeric: true,
    sort: (e, c) => outToday(e, c) ?? -1,
    cell: (e, c) => {
      const s = outToday(e, c);
      return s === null || s === 0 ? (
        <span className="faint">{s === null ? none : '0 s'}</span>
      ) : (
        duration(s)
      );
    },
  },
  {
    id: 'cost',
    title: 'To return',
    about: 'What the cheapest way back costs, in the reporting currency',
    numeric: true,
    sort: (e) => value(e.cost_to_return),
    cell: (e) => <Money value={e.cost_to_return} />,
  },
  {
    id: 'proposal',
    title: 'Proposal',
    about: 'What is proposed or under way',
    numeric: false,
    sort: (e) => e.proposal?.state ?? '',
    cell: (e) =>
      e.proposal ? (
        <Link
          to={`/proposals/${encodeURIComponent(e.proposal.id)}`}
          className={`tag ${e.proposal.state === 'waiting' ? 'accent' : ''}`}
        >
          {e.proposal.action} {e.proposal.state === 'waiting' ? 'waits' : e.proposal.state}
        </Link>
      ) : (
        <span className="faint">{none}</span>
      ),
  },
];

export interface BoardRow {
  e: Exposure;
  context: RowContext;
}
export const columnDefs: ColumnDef<BoardRow>[] = boardColumns.map((column) => ({
  id: column.id,
  accessorFn: (row) => column.sort(row.e, row.context),
  sortDescFirst: column.numeric,
  sortingFn: (a, b) => {
    const [x, y] = [a.getValue<number | string>(column.id), b.getValue<number | string>(column.id)];
    return x < y ? -1 : x > y ? 1 : 0;
  },
}));
