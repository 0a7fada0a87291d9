// A waterfall: each step starts where the one before ended; the last stands on the ground.
import { add, format, toNumber } from '../base/decimal';
import { Num } from './figures';

export interface Step {
  name: string;
  value: string;
  about: string;
  total?: boolean;
}

const plot = { width: 1300, height: 280, top: 24, bottom: 26 };

export function Waterfall({ steps, table }: { steps: Step[]; table: boolean }) {
  let level = '0';
  const bars = steps.map((step) => {
    const from = step.total ? '0' : level;
    const to = step.total ? step.value : add(level, step.value);
    level = to;
    return { ...step, from: toNumber(from), to: toNumber(to) };
  });
  if (table) {
    return (
      <table>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col" className="num">
              Amount
            </th>
            <th scope="col">What it is</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((s) => (
            <tr key={s.name}>
              <th scope="row" className={s.total ? 'strong' : ''}>
                {s.name}
              </th>
              <td className="num">
                <Num value={s.value} places={2} signed plus />
              </td>
              <td className="muted wrap">{s.about}</td>
            </tr>
          ))}
        </tbody>
      </table>
    );
  }
  const values = [0, ...bars.flatMap((b) => [b.from, b.to])];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const scale = (plot.height - plot.top - plot.bottom) / (high - low || 1);
  const y = (v: number) => plot.top + (high - v) * scale;
  const step = plot.width / bars.length;
  const wide = step * 0.62;
  const summary = steps.map((s) => `${s.name} ${format(s.value, { places: 2 })}`).join(', ');
  return (
    <figure className="waterfall scroll" tabIndex={0} aria-label="Waterfall">
      <svg
        viewBox={`0 0 ${plot.width} ${plot.height}`}
        role="img"
        aria-label={`${summary}. The table view has the same numbers.`}
      >
        <line className="ground" x1="0" x2={plot.width} y1={y(0)} y2={y(0)} />
        {bars.map((b, i) => {
          const x = i * step + (step - wide) / 2;
          const [top, bottom] = [y(Math.max(b.from, b.to)), y(Math.min(b.from, b.to))];
          const next = bars[i + 1];
          const tone = b.total
            ? 'total'
            : b.name === 'unexplained'
              ? 'unexplained'
              : b.to < b.from
                ? 'loss'
                : 'gain';
          return (
            <g key={b.name} className={tone}>
              <title>{`${b.name}: ${format(b.value)} (${b.about})`}</title>
              <rect x={x} y={top} width={wide} height={Math.max(1.5, bottom - top)} />
              {next && !next.total ? (
                <line className="link" x1={x + wide} x2={x + step} y1={y(b.to)} y2={y(b.to)} />
              ) : null}
              <text className="amount" x={x + wide / 2} y={Math.max(12, top - 6)}>
                {format(b.value, { places: 2, plus: true })}
              </text>
              <text x={x + wide / 2} y={plot.height - 8}>
                {b.name}
              </text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
