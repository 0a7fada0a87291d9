// Times are UTC; ages are relative, in the fewest words that are exact enough.

export function parseTime(text: string): number {
  return Date.parse(text); // milliseconds; what is finer than that shows nowhere
}

const two = (n: number) => String(n).padStart(2, '0');

/** 14:03:09, of UTC. */
export function clock(ms: number): string {
  const d = new Date(ms);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

/** 2026-01-05 14:03:09, of UTC; without the day when it is that of `now`. */
export function moment(ms: number, now?: number): string {
  const day = new Date(ms).toISOString().slice(0, 10);
  const today = now !== undefined && new Date(now).toISOString().slice(0, 10) === day;
  return today ? clock(ms) : `${day} ${clock(ms)}`;
}

/** 0.4 s, 42 s, 3 m 20 s, 2 h 05 m, 3 d 4 h. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const s = Math.max(0, seconds);
  if (s < 9.95) return `${s.toFixed(1)} s`;
  const whole = Math.round(s);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${two(whole % 60)} s`;
  if (whole < 86400)
    return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} m`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

/** Small times, of latencies: 410 ns, 1.9 µs, 2.1 ms, 1.2 s. */
export function latency(seconds: number): string {
  const digits = (x: number) => (x < 9.95 ? x.toFixed(1) : x.toFixed(0));
  if (seconds <= 0) return '0 s';
  if (seconds < 1e-6) return `${Math.round(seconds * 1e9)} ns`;
  if (seconds < 1e-3) return `${digits(seconds * 1e6)} µs`;
  if (seconds < 1) return `${digits(seconds * 1e3)} ms`;
  return `${digits(seconds)} s`;
}
