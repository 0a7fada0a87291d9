// A table whose cells are coloured by how far from zero they are. The numbers are in the cells, so
// the colour only says again what they say.
import { useEffect, useRef, type ReactNode } from 'react';
import { placesFor, plain } from '../base/decimal';
import { none, number } from '../base/text';
import { tone, toneSteps, type Figure } from './scale';

export interface HeatCell {
  value: Figure;
  marks?: string; // beside the number
  said?: string; // what the marks mean
}
export interface HeatColumn {
  id: string;
  head: ReactNode;
  total?: boolean;
  here?: boolean; // where the market is: in sight at first
}
export interface HeatRow {
  id: string;
  head: ReactNode;
  cells: HeatCell[];
  total?: boolean;
  here?: boolean;
}

export function HeatTable({
  label,
  corner,
  columns,
  rows,
  most,
  centre = 0,
  plus = false,
  stacked = false,
}: {
  label: string;
  corner: ReactNode;
  columns: HeatColumn[];
  rows: HeatRow[];
  most: number; // the farthest from the centre
  centre?: number;
  plus?: boolean;
  stacked?: boolean; // marks below the numbers, where there may be many
}) {
  const places = heatPlaces(most);
  const marked = rows.some((row) => row.cells.some((cell) => cell.marks));
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef(false);
  useEffect(() => {
    const corner = box.current?.querySelector<HTMLElement>('thead th');
    const cell = box.current?.querySelector<HTMLElement>('thead th.here');
    // Once: afterwards it stays where the user moves it.
    if (!box.current || !corner || !cell || shown.current) return;
    shown.current = true;
    const sight = box.current.clientWidth - corner.offsetWidth;
    box.current.scrollLeft = cell.offsetLeft - corner.offsetWidth - (sight - cell.offsetWidth) / 2;
  });
  return (
    <div ref={box} className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table className={stacked ? 'heat stacked' : 'heat'} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{corner}</th>
            {columns.map((c) => (
              <th
                key={c.id}
                scope="col"
                className={`num${c.total ? ' total' : ''}${c.here ? ' here' : ''}`}
              >
                {c.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={row.id} data-key={row.id} className={row.total ? 'total' : undefined}>
              <th scope="row" className={row.here ? 'here' : undefined}>
                {row.head}
              </th>
              {row.cells.map((cell, i) => {
                const column = columns[i]!;
                const plainly = row.total === true || column.total === true;
                const step = plainly ? 0 : tone(cell.value, most, centre);
                return (
                  <td
                    key={column.id}
                    className={classOf(
                      cell,
                      column,
                      row.here === true,
                      row.cells[i + 1],
                      rows[r + 1]?.cells[i],
                    )}
                    data-tone={step === 0 ? undefined : step}
                    title={titleOf(cell)}
                  >
                    <Value value={cell.value} places={places} plus={plus} />
                    {marked ? (
                      <span className="marks">
                        <span aria-hidden="true">{cell.marks}</span>
                        {cell.marks ? <span className="hidden"> {cell.said}</span> : null}
                      </span>
                    ) : null}
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

/** A line runs between cells that have marks and cells that have none. */
function classOf(
  cell: HeatCell,
  column: HeatColumn,
  here: boolean,
  right: HeatCell | undefined,
  below: HeatCell | undefined,
): string {
  const edge = (other: HeatCell | undefined) =>
    other !== undefined && Boolean(other.marks) !== Boolean(cell.marks);
  return [
    'num live',
    column.total ? 'total' : '',
    here && column.here ? 'now' : '',
    edge(right) ? 'edge-right' : '',
    edge(below) ? 'edge-below' : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** One digit more than tells the strongest figures apart, so that weak ones still show. */
const heatPlaces = (most: number) => placesFor(most / 10);

function titleOf({ value, said }: HeatCell): string | undefined {
  if (value === undefined) return undefined;
  return [value === null ? 'unknown' : plain(value), said].filter(Boolean).join(', ');
}

function Value({ value, places, plus }: { value: Figure; places: number; plus: boolean }) {
  if (value === undefined) return <span className="hidden">{none}</span>;
  if (value === null)
    return (
      <span>
        <span aria-hidden="true">?</span>
        <span className="hidden">unknown</span>
      </span>
    );
  return number(value, places, plus);
}

/** What the colours mean: from the strongest below zero to the strongest above. */
export function HeatScale({
  most,
  centre = 0,
  unit,
  children,
}: {
  most: number;
  centre?: number;
  unit: string;
  children?: ReactNode;
}) {
  const steps = Array.from({ length: 2 * toneSteps + 1 }, (_, i) => i - toneSteps);
  const places = heatPlaces(most);
  return (
    <p className="heat-scale small muted tabular">
      <span className="nowrap">
        {number(centre - most, places)}{' '}
        <span aria-hidden="true" className="steps">
          {steps.map((step) => (
            <i key={step} data-tone={step === 0 ? undefined : step} />
          ))}
        </span>{' '}
        {number(centre + most, places, centre === 0)} {unit}
      </span>
      <span>{children}</span>
    </p>
  );
}
