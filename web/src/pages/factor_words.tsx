// How good the control of a factor is, in words around the numbers.
import { number, percent, plural } from '../base/text';
import { duration } from '../base/time';
import type { FactorReport } from '../protocol/types';

export function ControlWords({ report }: { report: FactorReport }) {
  const m = report.minimum_variance;
  return (
    <div className="words">
      <h3>Against doing nothing</h3>
      <p>{effectiveness(report.effectiveness)}</p>
      <h3>Against the best possible</h3>
      {m === null || report.minimum_variance_index === null ? (
        <p>
          No <em>minimum-variance index</em> yet: it is fitted to samples of the deviation, and
          there are too few of them.
        </p>
      ) : (
        <p>
          <em>Minimum-variance index</em> <strong>{number(m.index, 2)}</strong>
          {m.low !== null && m.high !== null
            ? `, with 95 % certainty between ${number(m.low, 2)} and ${number(m.high, 2)}`
            : ''}
          . {verdict(m.index)} With a reaction delay of {plural(m.delay_samples, 'grid step')}, no
          controller could have brought the mean square deviation below {percent(m.index, 0)} of
          what it was: {percent(1 - m.index, 0)} could have been avoided. From{' '}
          {number(m.samples, 0)} samples, each predicted from {plural(m.m, 'earlier one')}.
        </p>
      )}
      <h3>By itself</h3>
      <p>
        {report.half_life_seconds === null
          ? 'The deviation shows no sign of coming back by itself: it could have been a random walk.'
          : `Half of a deviation is gone by itself after ${duration(report.half_life_seconds)}.`}{' '}
        {report.bias === null || report.rms_z === null
          ? ''
          : `On average z is ${number(report.bias, 2, true)}: ${lean(report.bias)}; ` +
            `its root mean square is ${number(report.rms_z, 2)}, ` +
            `its largest ${number(report.max_abs_z, 2)}.`}
      </p>
      <h3>Time</h3>
      <p>
        In band {percent(report.time_in_band)} of {duration(report.known_seconds)} that are known,
        above {percent(report.time_above)}, below {percent(report.time_below)}, past its limit{' '}
        {percent(report.time_past_limit)}.{' '}
        {report.unknown_fraction > 0
          ? `Unknown for ${percent(report.unknown_fraction)} of the time, which counts for nothing.`
          : 'It was never unknown.'}
      </p>
    </div>
  );
}

function effectiveness(x: number | null) {
  if (x === null)
    return (
      <>
        No <em>effectiveness</em>: without hedges the factor would not have deviated, or nothing is
        known of it.
      </>
    );
  const size = percent(Math.abs(x), 0);
  if (x < 0)
    return (
      <>
        <em>Effectiveness</em> <strong>{number(x, 2, true)}</strong>: the hedges made it worse.
        Without them the deviation would have been {size} smaller than it was, relative to doing
        nothing.
      </>
    );
  if (x < 0.05)
    return (
      <>
        <em>Effectiveness</em> <strong>{number(x, 2)}</strong>: the hedges made hardly a difference
        to doing nothing.
      </>
    );
  return (
    <>
      <em>Effectiveness</em> <strong>{number(x, 2)}</strong>: hedges took {size} off the root mean
      square deviation that there would have been without them. 1 would be perfect, 0 is nothing.
    </>
  );
}

function verdict(index: number): string {
  if (index > 0.8) return 'The control is about as good as its delay allows.';
  if (index > 0.5)
    return 'The control is fair; reacting better would help more than reacting sooner.';
  return 'There is much to gain without reacting any sooner.';
}

function lean(bias: number): string {
  if (Math.abs(bias) < 0.1) return 'it leans to neither side';
  return bias > 0 ? 'it tends to hold too much' : 'it tends to hold too little';
}
