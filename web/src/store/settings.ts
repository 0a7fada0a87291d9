// What this browser's user chose: theme and single-key shortcuts. Kept in localStorage.

export type Theme = 'system' | 'light' | 'dark';
export type Contrast = 'system' | 'normal' | 'more';
export interface Settings {
  theme: Theme;
  contrast: Contrast;
  shortcuts: boolean;
}

const place = 'ballast.settings';
const defaults: Settings = { theme: 'system', contrast: 'system', shortcuts: true };
const listeners = new Set<() => void>();
let settings = read();

function read(): Settings {
  try {
    return {
      ...defaults,
      ...(JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<Settings>),
    };
  } catch {
    return defaults;
  }
}

export function getSettings(): Settings {
  return settings;
}
export function onSettings(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
export function changeSettings(change: Partial<Settings>): void {
  settings = { ...settings, ...change };
  try {
    localStorage.setItem(place, JSON.stringify(settings));
  } catch {
    // Without storage the choice holds for this page only.
  }
  applySettings();
  listeners.forEach((listener) => listener());
}

/** Writes the theme that holds onto <html>, where the styles look. */
export function applySettings(): void {
  const dark =
    settings.theme === 'system'
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : settings.theme === 'dark';
  const more =
    settings.contrast === 'system'
      ? matchMedia('(prefers-contrast: more)').matches
      : settings.contrast === 'more';
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.documentElement.dataset.contrast = more ? 'more' : 'normal';
}
export function followSystem(): void {
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
    matchMedia(query).addEventListener('change', () => {
      settings = { ...settings };
      applySettings();
      listeners.forEach((listener) => listener());
    });
  }
  applySettings();
}
