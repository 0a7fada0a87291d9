// A change, before it is made: what would change (the service's own dry run), why (for the audit),
// and then the confirmation. Conflicts are told with what to do about them.
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { differences } from '../base/text';
import { Problem } from '../protocol/rest';
import { useApp } from '../store/context';
import { Dialog } from './dialog';

export interface Change {
  title: string;
  confirm: string;
  danger?: boolean;
  method: 'PUT' | 'POST' | 'DELETE';
  path: string;
  body: Record<string, unknown> | null; // null: not complete yet
  etag?: string | null;
  suggestions?: string[]; // reasons often given
  reasonOptional?: boolean;
}

const reasonMax = 95; // as long as the service takes one

interface Outcome {
  before?: unknown;
  after?: unknown;
  audit_seq?: number;
  token?: string;
}

export function ChangeDialog({
  change,
  children,
  onClose,
  onDone,
  onConflict,
}: {
  change: Change;
  children?: ReactNode;
  onClose: () => void;
  onDone?: (outcome: Outcome) => void;
  onConflict?: () => Promise<void>;
}) {
  const { rest } = useApp();
  const [reason, setReason] = useState('');
  const [preview, setPreview] = useState<Outcome | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const wish = JSON.stringify([change.path, change.body, change.etag]);

  useEffect(() => {
    setPreview(null);
    if (change.body === null) return undefined;
    let stale = false;
    const timer = setTimeout(() => {
      rest
        .change<Outcome>(
          change.method,
          change.path,
          { ...change.body, reason: 'dry run' },
          { dry: true, etag: change.etag ?? null },
        )
        .then(({ body }) => {
          if (stale) return;
          setPreview(body);
          setProblem(null);
        })
        .catch((error: unknown) => {
          if (!stale) setProblem(error as Problem);
        });
    }, 250);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
    // `wish` is the change's content.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wish, rest]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!reason.trim() && !change.reasonOptional) {
      setMissing(true);
      field.current?.focus();
      return;
    }
    if (change.body === null || busy) return;
    setBusy(true);
    try {
      const { body } = await rest.change<Outcome>(
        change.method,
        change.path,
        { ...change.body, ...(reason.trim() ? { reason: reason.trim() } : {}) },
        { etag: change.etag ?? null },
      );
      onDone?.(body);
      onClose();
    } catch (error) {
      setProblem(error as Problem);
    } finally {
      setBusy(false);
    }
  };

  const conflict = problem?.status === 412 || problem?.status === 409;
  return (
    <Dialog title={change.title} onClose={onClose}>
      <form className="change" onSubmit={(event) => void submit(event)} noValidate>
        {children}
        {change.body !== null ? <Preview preview={preview} problem={problem} /> : null}
        <label className="field">
          Reason{change.reasonOptional ? ' (not waited for, but say it)' : ' (kept in the audit)'}
          <textarea
            ref={field}
            rows={2}
            maxLength={reasonMax}
            value={reason}
            aria-required={!change.reasonOptional}
            aria-invalid={missing && !reason.trim()}
            onChange={(event) => setReason(event.target.value)}
            placeholder="Why?"
            data-autofocus
          />
        </label>
        {missing && !reason.trim() ? (
          <p className="crit small" role="alert">
            Say why: the audit keeps it beside the change.
          </p>
        ) : null}
        {change.suggestions ? (
          <p className="row small">
            {change.suggestions.map((text) => (
              <button key={text} type="button" onClick={() => setReason(text)}>
                {text}
              </button>
            ))}
          </p>
        ) : null}
        {problem ? (
          <div className="notice crit" role="alert">
            <strong>{conflict ? 'Somebody was faster. ' : 'Not done. '}</strong>
            {problem.message}
            {problem.status === 412 && onConflict ? (
              <p>
                <button
                  type="button"
                  onClick={() => void onConflict().then(() => setProblem(null))}
                >
                  Show me the present state
                </button>
              </p>
            ) : null}
          </div>
        ) : null}
        <div className="actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={change.danger ? 'danger' : 'primary'}
            disabled={busy || change.body === null || problem?.status === 412}
          >
            {busy ? 'Sending…' : change.confirm}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Preview({ preview, problem }: { preview: Outcome | null; problem: Problem | null }) {
  if (!preview)
    return (
      <p className="muted small" aria-live="polite">
        {problem ? 'What would change is not known.' : 'Asking what would change…'}
      </p>
    );
  const lines = differences(preview.before, preview.after);
  if (lines.length === 0) return <p className="muted small">Nothing would change.</p>;
  return (
    <table className="preview" aria-label="What would change">
      <thead>
        <tr>
          <th scope="col">What would change</th>
          <th scope="col">from</th>
          <th scope="col">to</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.field}>
            <th scope="row" className="muted">
              {line.field.replaceAll('_', ' ')}
            </th>
            <td>{line.before}</td>
            <td className="strong">{line.after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
