// A sortable table of plain rows, on TanStack Table.
import {
  getCoreRowModel,
  getSortedRowModel,
  useReactTable,
  type ColumnDef,
  type SortingState,
} from '@tanstack/react-table';
import { useMemo, useState, type ReactNode } from 'react';

export interface Column<T> {
  id: string;
  title: string;
  cell: (row: T) => ReactNode;
  sort?: (row: T) => number | string;
  numeric?: boolean;
  wide?: boolean; // left out on narrow screens
  wrap?: boolean;
}

export function DataTable<T>({
  label,
  rows,
  columns,
  idOf,
  sort,
  empty,
  onOpen,
}: {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  idOf: (row: T) => string;
  sort?: { id: string; desc: boolean };
  empty: ReactNode;
  onOpen?: (row: T) => void;
}) {
  const [sorting, setSorting] = useState<SortingState>(sort ? [sort] : []);
  const defs = useMemo<ColumnDef<T>[]>(
    () =>
      columns.map((c) => ({
        id: c.id,
        accessorFn: (row: T) => c.sort?.(row) ?? '',
        enableSorting: c.sort !== undefined,
        sortDescFirst: c.numeric ?? false,
        sortingFn: (a, b) => {
          const [x, y] = [a.getValue<number | string>(c.id), b.getValue<number | string>(c.id)];
          return x < y ? -1 : x > y ? 1 : 0;
        },
      })),
    [columns],
  );
  const table = useReactTable({
    data: rows as T[],
    columns: defs,
    state: { sorting },
    onSortingChange: setSorting,
    getRowId: idOf,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  if (rows.length === 0) return <p className="empty">{empty}</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table aria-label={label}>
        <thead>
          <tr>
            {table.getHeaderGroups()[0]?.headers.map((header, i) => {
              const c = columns[i]!;
              const direction = header.column.getIsSorted();
              return (
                <th
                  key={c.id}
                  scope="col"
                  className={`${c.numeric ? 'num ' : ''}${c.wide ? 'wide' : ''}`}
                  aria-sort={
                    direction === 'asc'
                      ? 'ascending'
                      : direction === 'desc'
                        ? 'descending'
                        : undefined
                  }
                >
                  {c.sort ? (
                    <button
                      type="button"
                      className="sort"
                      onClick={header.column.getToggleSortingHandler()}
                    >
                      {c.title}
                      <span aria-hidden="true">
                        {direction === 'asc' ? '↑' : direction === 'desc' ? '↓' : ''}
                      </span>
                    </button>
                  ) : (
                    c.title
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr
              key={row.id}
              data-key={row.id}
              {...(onOpen
                ? {
                    'data-row': '',
                    tabIndex: -1,
                    onKeyDown: (event: React.KeyboardEvent) => {
                      if (event.key === 'Enter' && event.target === event.currentTarget)
                        onOpen(row.original);
                    },
                  }
                : {})}
            >
              {columns.map((c, i) => {
                const classes = `${c.numeric ? 'num ' : ''}${c.wide ? 'wide ' : ''}${c.wrap ? 'wrap ' : ''}live`;
                return i === 0 ? (
                  <th key={c.id} scope="row" className={classes}>
                    {c.cell(row.original)}
                  </th>
                ) : (
                  <td key={c.id} className={classes}>
                    {c.cell(row.original)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
