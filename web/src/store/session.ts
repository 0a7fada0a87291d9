// Who we are to the service: the token of this tab, kept in sessionStorage and never in the address.
import type { Me, Role } from '../protocol/types';

const place = 'ballast.token';

/** Takes `#token=...` out of the address bar, if it is there. */
export function takeToken(location: Location, history: History, storage: Storage): string | null {
  const match = /^#(?:.*&)?token=([^&]+)/.exec(location.hash);
  if (match?.[1]) {
    storage.setItem(place, decodeURIComponent(match[1]));
    history.replaceState(history.state, '', location.pathname + location.search);
  }
  return storage.getItem(place);
}
export function keepToken(token: string): void {
  sessionStorage.setItem(place, token);
}
export function forgetToken(): void {
  sessionStorage.removeItem(place);
}

export type Permission = 'read' | 'act' | 'limit' | 'admin';
const allowed: Record<Permission, Role[]> = {
  read: ['viewer', 'trader', 'risk', 'admin'],
  act: ['trader', 'risk', 'admin'],
  limit: ['risk', 'admin'],
  admin: ['admin'],
};
export function may(me: Me, permission: Permission): boolean {
  return allowed[permission].includes(me.role);
}
/** Why not, or nothing when one may. */
export function whyNot(me: Me, permission: Permission): string | null {
  if (may(me, permission)) return null;
  return `Your token has the role ${me.role}; this needs ${allowed[permission].join(' or ')}.`;
}
