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
  plus = false,
}: {
  label: string;
  corner: ReactNode;
  columns: HeatColumn[];
  rows: HeatRow[];
  most: number;
  plus?: boolean;
}) {
  const places = placesFor(most);
  const box = useRef<HTMLDivElement>(null);
  const here = columns.findIndex((c) => c.here);
  useEffect(() => {
    const cell = box.current?.querySelectorAll<HTMLElement>('thead th')[here + 1];
    const corner = box.current?.querySelector<HTMLElement>('thead th');
    if (!box.current || !cell || !corner || here < 0) return;
    const sight = box.current.clientWidth - corner.offsetWidth;
    box.current.scrollLeft = cell.offsetLeft - corner.offsetWidth - (sight - cell.offsetWidth) / 2;
  }, [here]);
  return (
    <div ref={box} className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="heat" aria-label={label}>
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
          {rows.map((row) => (
            <tr key={row.id} data-key={row.id} className={row.total ? 'total' : undefined}>
              <th scope="row" className={row.here ? 'here' : undefined}>
                {row.head}
              </th>
              {row.cells.map((cell, i) => {
                const column = columns[i]!;
                const plainly = row.total === true || column.total === true;
                const step = plainly ? 0 : tone(cell.value, most);
                const at = row.here && column.here ? ' now' : '';
                return (
                  <td
                    key={column.id}
                    className={`num live${column.total ? ' total' : ''}${cell.marks ? ' out' : ''}${at}`}
                    data-tone={step === 0 ? undefined : step}
                    title={titleOf(cell)}
                  >
                    <Value value={cell.value} places={places} plus={plus} />
                    {cell.marks ? (
                      <span className="marks">
                        <span aria-hidden="true">{cell.marks}</span>
                        <span className="hidden"> {cell.said}</span>
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
  unit,
  children,
}: {
  most: number;
  unit: string;
  children?: ReactNode;
}) {
  const steps = Array.from({ length: 2 * toneSteps + 1 }, (_, i) => i - toneSteps);
  const places = placesFor(most);
  return (
    <p className="heat-scale small muted tabular">
      <span className="nowrap">
        {number(-most, places)}{' '}
        <span aria-hidden="true" className="steps">
          {steps.map((step) => (
            <i key={step} data-tone={step === 0 ? undefined : step} />
          ))}
        </span>{' '}
        {number(most, places, true)} {unit}
      </span>
      <span>{children}</span>
    </p>
  );
}
