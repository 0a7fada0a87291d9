// Keys: each page says which it listens to; `?` lists them. They are silent while one types, while a
// dialog is open, with a modifier, and when the user has switched single keys off.
import { useEffect, useRef } from 'react';
import { getSettings } from '../store/settings';

export interface Command {
  keys: string; // "j", "g b", "?"
  label: string;
  run: () => void;
}

const layers: { current: Command[] }[] = [];
let prefix: { key: string; at: number } | null = null;

export function commandsNow(): Command[] {
  return layers.flatMap((layer) => layer.current);
}

export function useCommands(commands: Command[]): void {
  const layer = useRef(commands);
  useEffect(() => {
    layer.current = commands;
  });
  useEffect(() => {
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, []);
}

function typing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return (
    element !== null &&
    (/^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) || element.isContentEditable)
  );
}

export function listenToKeys(): () => void {
  const hear = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
    if (!getSettings().shortcuts) return;
    const now = event.timeStamp;
    const all = commandsNow();
    const keys = prefix && now - prefix.at < 1500 ? `${prefix.key} ${event.key}` : event.key;
    prefix = null;
    // The latest layer is the innermost page: it goes first.
    const command = all.findLast((c) => c.keys === keys);
    if (command) {
      event.preventDefault();
      command.run();
    } else if (all.some((c) => c.keys.startsWith(`${event.key} `))) {
      prefix = { key: event.key, at: now };
    }
  };
  addEventListener('keydown', hear);
  return () => removeEventListener('keydown', hear);
}

/** j and k: from row to row, wherever rows are. */
export function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')].filter(
    (row) => row.offsetParent !== null,
  );
  const at = rows.findIndex(
    (row) => row === document.activeElement || row.contains(document.activeElement),
  );
  const next = at < 0 ? rows[step > 0 ? 0 : rows.length - 1] : rows[at + step];
  next?.focus({ focusVisible: true } as FocusOptions);
  next?.scrollIntoView({ block: 'nearest' });
}
