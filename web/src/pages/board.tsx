// The adherence board: a row per factor and book, worst first.
//
// Rows render from the live store, each for itself and only while in sight; the order is made anew
// once a second at most, and holds still under the pointer and the keyboard.
import {
  getCoreRowModel,
  getSortedRowModel,
  useReactTable,
  type SortingState,
} from '@tanstack/react-table';
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { percent, plural } from '../base/text';
import type { AdherenceRow, Exposure } from '../protocol/types';
import { useParam } from '../router';
import { useApp, useChannel, useCurrent, useItem, useKeys, useQuery } from '../store/context';
import { QueryNotice } from '../ui/controls';
import { gradeOf } from '../ui/figures';
import { useCommands } from '../ui/keys';
import { boardColumns, columnDefs, type BoardRow, type RowContext } from './board_columns';

const overscan = 4;
const order = 1000; // ms between orders
const holdFor = 2500; // ms that the order holds after a pointer moved over it

function useOrdered(
  search: string,
  only: string,
  sorting: SortingState,
  context: (key: string) => RowContext,
  held: () => boolean,
) {
  const { live } = useApp();
  const keys = useKeys('exposures');
  const [rows, setRows] = useState<BoardRow[]>([]);
  const gather = useCallback(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = (e: Exposure) =>
      words.every((w) => e.key.toLowerCase().includes(w) || e.book.includes(w)) &&
      (only === 'all' ||
        (only === 'out' ? e.state === 'above' || e.state === 'below' : e.state === 'unknown'));
    setRows(
      live.collections.exposures
        .values()
        .filter(wanted)
        .map((e) => ({ e, context: context(e.key) })),
    );
  }, [live, search, only, context]);
  useEffect(gather, [gather, keys, sorting]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!held() && !document.hidden) gather();
    }, order);
    return () => clearInterval(timer);
  }, [gather, held]);
  return rows;
}

export function Board() {
  useChannel('exposures');
  useChannel('adherence');
  const current = useCurrent('exposures');
  const { live, desk } = useApp();
  const [search, setSearch] = useParam('q', '');
  const [only, setOnly] = useParam('show', 'all');
  const [sort, setSort] = useParam('sort', '-z');
  const sorting = useMemo<SortingState>(
    () => [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }],
    [sort],
  );
  const today = useQuery<{ rows: AdherenceRow[] }>('/adherence?window=today', 20000);
  const byKey = useMemo(
    () =>
      new Map(
        (today.data?.rows ?? []).map((row) => [
          row.book === '*' ? row.factor : `${row.factor}@${row.book}`,
          row,
        ]),
      ),
    [today.data],
  );
  const context = useCallback(
    (key: string): RowContext => ({ today: byKey.get(key), currency: desk.currency }),
    [byKey, desk],
  );
  const heldUntil = useRef(0);
  const scroller = useRef<HTMLDivElement>(null);
  const held = useCallback(
    () =>
      Date.now() < heldUntil.current || scroller.current?.querySelector('a:focus-visible') != null,
    [],
  );
  const rows = useOrdered(search, only, sorting, context, held);
  const table = useReactTable({
    data: rows,
    columns: columnDefs,
    state: { sorting },
    enableSortingRemoval: false,
    getRowId: (row) => row.e.key,
    onSortingChange: (update) => {
      const next = (typeof update === 'function' ? update(sorting) : update)[0];
      if (next) setSort((next.desc ? '-' : '') + next.id);
    },
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const sorted = table.getRowModel().rows;
  const ids = useMemo(() => sorted.map((row) => row.id), [sorted]);
  const searchBox = useRef<HTMLInputElement>(null);
  useCommands([
    { keys: '/', label: 'Search factors', run: () => searchBox.current?.focus() },
    {
      keys: 'o',
      label: 'Only what is out of its band, or all',
      run: () => setOnly(only === 'out' ? 'all' : 'out'),
    },
  ]);
  const loaded = live.collections.exposures.loaded;
  return (
    <div className="page fill board">
      <h1 className="hidden">Adherence board</h1>
      <Summary />
      <div className="row tools">
        <input
          ref={searchBox}
          type="search"
          aria-label="Search factors"
          placeholder="Search factors   /"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
        />
        <span className="choice" role="group" aria-label="Show">
          {(
            [
              ['all', 'All'],
              ['out', 'Out of band'],
              ['unknown', 'Unknown'],
            ] as const
          ).map(([key, text]) => (
            <button
              key={key}
              type="button"
              aria-pressed={only === key}
              onClick={() => setOnly(key)}
            >
              {text}
            </button>
          ))}
        </span>
        <span className="grow" />
        <span className="muted small">{plural(ids.length, 'row')}</span>
      </div>
      {today.problem ? <QueryNotice query={today} what="time out of band today" /> : null}
      <div
        className={`panel scroll table${current ? '' : ' stale'}`}
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label="Factors, worst first"
        onPointerMove={() => {
          heldUntil.current = Date.now() + holdFor;
        }}
        onPointerLeave={() => {
          heldUntil.current = 0;
        }}
      >
        <Rows
          ids={ids}
          context={context}
          scroller={scroller}
          header={
            <tr role="row" aria-rowindex={1}>
              {table.getHeaderGroups()[0]?.headers.map((header, i) => {
                const column = boardColumns[i]!;
                const direction = header.column.getIsSorted();
                return (
                  <th
                    key={header.id}
                    scope="col"
                    role="columnheader"
                    className={`c-${header.id}${column.numeric ? ' num' : ''}`}
                    aria-sort={
                      direction === 'asc'
                        ? 'ascending'
                        : direction === 'desc'
                          ? 'descending'
                          : undefined
                    }
                  >
                    <button
                      type="button"
                      className="sort"
                      title={column.about}
                      onClick={header.column.getToggleSortingHandler()}
                    >
                      {column.title}
                      <span aria-hidden="true">
                        {direction === 'asc' ? '↑' : direction === 'desc' ? '↓' : ''}
                      </span>
                    </button>
                  </th>
                );
              })}
            </tr>
          }
        />
        {ids.length === 0 ? (
          <p className="empty">{loaded ? 'No factor is like that.' : 'Waiting for the factors…'}</p>
        ) : null}
      </div>
    </div>
  );
}

/**
 * Only the rows in sight, between two spacers. The rows are laid out as grids of fixed columns, each
 * for itself, since a table is laid out as a whole whenever one number changes; the roles say that it
 * is a table all the same.
 */
function Rows({
  ids,
  context,
  scroller,
  header,
}: {
  ids: string[];
  context: (key: string) => RowContext;
  scroller: React.RefObject<HTMLDivElement | null>;
  header: React.ReactNode;
}) {
  const [sight, setSight] = useState({ from: 0, to: 40, height: 30 });
  useEffect(() => {
    const element = scroller.current; // set by now: effects come after the parent's refs
    if (!element) return undefined;
    const look = () => {
      const height = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row')) || 30;
      const from = Math.max(0, Math.floor(element.scrollTop / height) - overscan);
      const to = Math.ceil((element.scrollTop + element.clientHeight) / height) + overscan;
      setSight((s) =>
        s.from === from && s.to === to && s.height === height ? s : { from, to, height },
      );
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [scroller]);
  const to = Math.min(ids.length, sight.to);
  const from = Math.min(sight.from, Math.max(0, to - 1));
  return (
    <table className="factors" role="table" aria-rowcount={ids.length + 1}>
      <thead role="rowgroup">{header}</thead>
      <tbody role="rowgroup">
        {from > 0 ? (
          <tr aria-hidden="true" className="spacer" style={{ height: from * sight.height }} />
        ) : null}
        {ids.slice(from, to).map((id, i) => (
          <Row key={id} id={id} index={from + i + 2} context={context} />
        ))}
        {to < ids.length ? (
          <tr
            aria-hidden="true"
            className="spacer"
            style={{ height: (ids.length - to) * sight.height }}
          />
        ) : null}
      </tbody>
    </table>
  );
}

const Row = memo(function Row({
  id,
  index,
  context,
}: {
  id: string;
  index: number;
  context: (key: string) => RowContext;
}) {
  const e = useItem('exposures', id);
  if (!e) return null;
  const c = context(id);
  return (
    <tr role="row" className={`factor-row ${gradeOf(e)}`} aria-rowindex={index} data-key={id}>
      {boardColumns.map((column, i) => {
        const classes = `c-${column.id}${column.numeric ? ' num' : ''}${i === 0 ? '' : ' live'}`;
        return i === 0 ? (
          <th key={column.id} scope="row" role="rowheader" className={classes}>
            {column.cell(e, c)}
          </th>
        ) : (
          <td key={column.id} role="cell" className={classes}>
            {column.cell(e, c)}
          </td>
        );
      })}
    </tr>
  );
});

function Summary() {
  const desk = useItem('adherence', 'desk');
  const { live } = useApp();
  const [counts, setCounts] = useState({ in_band: 0, above: 0, below: 0, unknown: 0 });
  const current = useCurrent('adherence');
  useEffect(() => {
    const count = () => {
      const next = { in_band: 0, above: 0, below: 0, unknown: 0 };
      for (const e of live.collections.exposures.values()) next[e.state] += 1;
      setCounts((old) => (JSON.stringify(old) === JSON.stringify(next) ? old : next));
    };
    count();
    const timer = setInterval(count, 500);
    return () => clearInterval(timer);
  }, [live]);
  const out = counts.above + counts.below;
  const all = out + counts.in_band + counts.unknown;
  const windows = [
    ['today', 'Desk adherence today'],
    ['5m', '5 min'],
    ['1h', '1 h'],
    ['24h', '24 h'],
    ['30d', '30 d'],
  ] as const;
  return (
    <dl
      className={`facts summary live${current ? '' : ' stale'}`}
      tabIndex={0}
      aria-label="The desk"
    >
      {windows.map(([name, title]) => (
        <div key={name} className={name === 'today' ? 'main' : ''}>
          <dt>{title}</dt>
          <dd>{percent(desk?.adherence[name])}</dd>
        </div>
      ))}
      <div>
        <dt>In band</dt>
        <dd>
          <span className="good" aria-hidden="true">
            ●{' '}
          </span>
          {counts.in_band} <span className="faint">of {all}</span>
        </dd>
      </div>
      <div>
        <dt>Out of band</dt>
        <dd className={out > 0 ? 'warn' : ''}>
          <span aria-hidden="true">▲▼ </span>
          {out}
        </dd>
      </div>
      <div>
        <dt>Unknown</dt>
        <dd>
          <span aria-hidden="true">? </span>
          {counts.unknown}
        </dd>
      </div>
    </dl>
  );
}
