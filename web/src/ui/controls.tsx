// Buttons that say why they may not be pressed, choices, and notices of queries.
import { useId, type ButtonHTMLAttributes, type ReactNode } from 'react';
import { duration } from '../base/time';
import type { Query } from '../store/queries';

/** With `why`, disabled but still reachable, so that the reason can be read. */
export function Button({
  why,
  onClick,
  children,
  ...rest
}: { why?: string | null } & ButtonHTMLAttributes<HTMLButtonElement>) {
  const id = useId();
  if (!why) {
    return (
      <button type="button" onClick={onClick} {...rest}>
        {children}
      </button>
    );
  }
  return (
    <>
      <button type="button" aria-disabled="true" aria-describedby={id} title={why} {...rest}>
        {children}
      </button>
      <span id={id} className="hidden">
        {why}
      </span>
    </>
  );
}

export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly (readonly [T, ReactNode])[];
  onChange: (value: T) => void;
}) {
  return (
    <span className="choice" role="group" aria-label={label}>
      {options.map(([key, text]) => (
        <button key={key} type="button" aria-pressed={key === value} onClick={() => onChange(key)}>
          {text}
        </button>
      ))}
    </span>
  );
}

/** What there is to say of a query: that it is on its way, failed, or is old. */
export function QueryNotice({
  query,
  what,
}: {
  query: Query<unknown> & { reload: () => Promise<void> };
  what: string;
}) {
  if (query.problem) {
    return (
      <p className="notice warn small" role="status">
        <span aria-hidden="true">▲ </span>
        {query.data === null
          ? `${what} could not be read: `
          : `${what} ${query.at === null ? '' : `is ${duration((Date.now() - query.at) / 1000)} old; it `}could not be read anew: `}
        {query.problem.message}.{' '}
        <button type="button" className="quiet" onClick={() => void query.reload()}>
          Try again
        </button>
      </p>
    );
  }
  if (query.data === null)
    return (
      <p className="empty small" role="status">
        Reading {what}…
      </p>
    );
  return null;
}
