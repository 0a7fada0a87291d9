// uPlot in a box: made anew when its looks change, fed anew when its data do, as wide as its box.
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';

export type Ink = Record<
  | 'text'
  | 'muted'
  | 'faint'
  | 'line'
  | 'line-strong'
  | 'accent'
  | 'good'
  | 'warn'
  | 'crit'
  | 'surface'
  | 'font',
  string
>;
export type PlotOptions = Omit<uPlot.Options, 'width' | 'height'>;

function inkNow(): Ink {
  const style = getComputedStyle(document.documentElement);
  const names = [
    'text',
    'muted',
    'faint',
    'line',
    'line-strong',
    'accent',
    'good',
    'warn',
    'crit',
    'surface',
  ] as const;
  const ink = Object.fromEntries(names.map((n) => [n, style.getPropertyValue(`--${n}`).trim()]));
  return { ...ink, font: `11px ${getComputedStyle(document.body).fontFamily}` } as Ink;
}

/** `make` is called again when it is another function, or `look` another theme. */
export function Plot({
  make,
  data,
  look,
  label,
  className = '',
}: {
  make: (ink: Ink) => PlotOptions;
  data: uPlot.AlignedData;
  look: string;
  label: string;
  className?: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const held = useRef(data);
  held.current = data;
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const size = () => ({ width: element.clientWidth, height: element.clientHeight });
    const made = new uPlot({ ...make(inkNow()), ...size() }, held.current, element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(size()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.current = null;
      made.destroy();
    };
  }, [make, look]);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div ref={box} className={`plot ${className}`} role="img" aria-label={label} />;
}

/** An axis in the page's own colours. */
export function axis(ink: Ink, more: uPlot.Axis): uPlot.Axis {
  return {
    stroke: ink.muted,
    font: ink.font,
    grid: { stroke: ink.line, width: 1 },
    ticks: { show: false },
    ...more,
  };
}
