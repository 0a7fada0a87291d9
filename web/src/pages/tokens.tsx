// Tokens, for administrators: who has one; made (shown once) and revoked.
import { useState } from 'react';
import type { List, Role, Token } from '../protocol/types';
import { useApp, useQuery } from '../store/context';
import { ChangeDialog } from '../ui/change';
import { Button, QueryNotice } from '../ui/controls';
import { Dialog } from '../ui/dialog';
import { Ago } from '../ui/figures';
import { DataTable } from '../ui/table';

const roles: Role[] = ['viewer', 'trader', 'risk', 'admin', 'ingest', 'metrics'];

export function TokensPanel() {
  const { me, tokens } = useApp();
  const query = useQuery<List<Token>>(tokens ? '/tokens' : null, 30000);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const [made, setMade] = useState<string | null>(null);
  const reload = () => void query.reload();
  return (
    <section className="panel" aria-labelledby="tokens">
      <header>
        <h2 id="tokens">Tokens</h2>
        <span className="grow" />
        {tokens ? (
          <button type="button" onClick={() => setMaking(true)}>
            New token
          </button>
        ) : null}
      </header>
      {tokens ? (
        <QueryNotice query={query} what="the tokens" />
      ) : (
        <p className="empty">
          This service was started without tokens: whoever reaches it may do anything.
        </p>
      )}
      {query.data ? (
        <DataTable
          label="Tokens"
          rows={query.data.items}
          idOf={(t) => t.name}
          empty="There is none."
          columns={[
            {
              id: 'name',
              title: 'Name',
              sort: (t) => t.name,
              cell: (t) => <strong>{t.name}</strong>,
            },
            { id: 'role', title: 'Role', sort: (t) => t.role, cell: (t) => t.role },
            {
              id: 'expires',
              title: 'Ends',
              cell: (t) => (t.expires ? <Ago time={t.expires} /> : 'never'),
            },
            {
              id: 'do',
              title: 'Do',
              cell: (t) => (
                <Button
                  why={t.name === me.name ? 'This is the token you are using.' : null}
                  onClick={() => setRevoking(t)}
                >
                  Revoke
                </Button>
              ),
            },
          ]}
        />
      ) : null}
      {making ? (
        <NewToken
          onClose={() => setMaking(false)}
          onMade={(token) => {
            setMade(token);
            reload();
          }}
        />
      ) : null}
      {revoking ? (
        <ChangeDialog
          change={{
            title: `Revoke the token ${revoking.name}`,
            confirm: 'Revoke',
            danger: true,
            method: 'DELETE',
            path: `/tokens/${encodeURIComponent(revoking.name)}`,
            body: {},
            reasonOptional: true,
          }}
          onClose={() => setRevoking(null)}
          onDone={reload}
        >
          <p>Whoever uses it is shut out within a second.</p>
        </ChangeDialog>
      ) : null}
      {made ? (
        <Dialog title="The new token" onClose={() => setMade(null)}>
          <p>It is shown this once. Give it over on a safe way.</p>
          <p>
            <code className="token">{made}</code>
          </p>
          <div className="actions">
            <button type="button" className="primary" onClick={() => setMade(null)}>
              I have it
            </button>
          </div>
        </Dialog>
      ) : null}
    </section>
  );
}

function NewToken({ onClose, onMade }: { onClose: () => void; onMade: (token: string) => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState('90');
  const [opened] = useState(() => Date.now());
  const expires = days === '' ? null : new Date(opened + Number(days) * 86400000).toISOString();
  return (
    <ChangeDialog
      change={{
        title: 'New token',
        confirm: 'Make it',
        method: 'POST',
        path: '/tokens',
        body: name.trim() ? { name: name.trim(), role, ...(expires ? { expires } : {}) } : null,
        reasonOptional: true,
      }}
      onClose={onClose}
      onDone={(outcome) => {
        if (outcome.token) onMade(outcome.token);
      }}
    >
      <div className="fields">
        <label className="field">
          Name
          <input
            value={name}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className="field">
          Role
          <select value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {roles.map((r) => (
              <option key={r}>{r}</option>
            ))}
          </select>
        </label>
        <label className="field">
          Ends
          <select value={days} onChange={(event) => setDays(event.target.value)}>
            <option value="1">in a day</option>
            <option value="30">in 30 days</option>
            <option value="90">in 90 days</option>
            <option value="">never</option>
          </select>
        </label>
      </div>
    </ChangeDialog>
  );
}
