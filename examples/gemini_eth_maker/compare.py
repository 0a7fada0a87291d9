#!/usr/bin/env python3
"""Compares the runs of run.sh: a table, OUT/day.svg and OUT/models.svg.

usage: compare.py OUT MODEL...
"""

import json
import sys
from pathlib import Path

CONTROLS = ("none", "skew", "hedge", "both")
COLOURS = {"none": "#8a8f98", "skew": "#2b6cb0", "hedge": "#c05621", "both": "#2f855a"}
INK, FAINT, PAPER = "#1a202c", "#e2e8f0", "#ffffff"


def percent(value):
    return f"{100 * value:.2f} %"


def table(figures, models):
    print(f"{'':28} {'adherence':>10} {'in band':>9} {'rms z':>6} {'effective':>10} {'MVI':>6} "
          f"{'spread':>8} {'deviation':>10} {'fees':>7} {'total':>9} {'quoted':>7} {'hedged':>7} "
          f"{'cost':>6}   {'a fill earns, USD/ETH: at once':>30}, after 1 s, 10 s, 60 s")
    for model in models:
        for control in CONTROLS:
            f = figures[model, control]
            mvi = f["minimum_variance_index"]
            hedged = f["hedged"] > 0
            pnl = f["pnl"]
            print(f"{model + ', ' + control:28} {percent(f['adherence']):>10} "
                  f"{percent(f['time_in_band']):>9} {f['rms_z']:6.2f} "
                  f"{percent(f['effectiveness']) if hedged else '-':>10} "
                  f"{f'{mvi:.3f}' if mvi is not None and hedged else '-':>6} "
                  f"{pnl['spread']:8.0f} {pnl['deviation']:10.0f} {pnl['fees']:7.0f} "
                  f"{pnl['total']:9.0f} {f['quoted']:7.0f} {f['hedged']:7.0f} "
                  f"{f['hedge_cost']:6.0f}   {f['after']['0']:30.2f}, "
                  f"{f['after']['1']:9.2f}, {f['after']['10']:4.2f}, {f['after']['60']:4.2f}")
        print()


class Svg:
    def __init__(self, width, height):
        self.size, self.parts = (width, height), []

    def add(self, text):
        self.parts.append(text)

    def text(self, x, y, words, anchor="start", colour=INK, size=12, weight="normal"):
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
                 f'font-size="{size}" font-weight="{weight}">{words}</text>')

    def line(self, x1, y1, x2, y2, colour=FAINT, width=1):
        self.add(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
                 f'stroke="{colour}" stroke-width="{width}"/>')

    def path(self, points, colour, width=1.4):
        d = " ".join(f"{'M' if i == 0 else 'L'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(points))
        self.add(f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}"/>')

    def save(self, path):
        width, height = self.size
        path.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'font-family="system-ui, sans-serif">\n<rect width="{width}" height="{height}" '
            f'fill="{PAPER}"/>\n' + "\n".join(self.parts) + "\n</svg>\n")


def day_chart(figures, model, path):
    """Price and inventory through the day, a line for each control."""
    svg = Svg(900, 470)
    left, right = 60, 885
    runs = {control: figures[model, control]["minutes"] for control in CONTROLS}
    minutes = len(runs["none"])
    x = lambda i: left + (right - left) * i / (minutes - 1)
    prices = [price for _, price in runs["none"] if price]
    low, high = min(prices), max(prices)
    y_price = lambda p: 120 - 85 * (p - low) / (high - low)
    svg.text(left, 20, "ETH-USD on Gemini, 2021-07-01: the mid, USD", weight="bold")
    for price in (low, high):
        svg.line(left, y_price(price), right, y_price(price))
        svg.text(left - 6, y_price(price) + 4, f"{price:.0f}", "end", size=11)
    svg.path([(x(i), y_price(p)) for i, (_, p) in enumerate(runs["none"]) if p], INK)

    y = lambda q: 290 - 140 * q / 22
    svg.text(left, 146, f"Inventory of a maker that quotes by {model}, ETH; the band is shaded",
             weight="bold")
    svg.add(f'<rect x="{left}" y="{y(5):.1f}" width="{right - left}" height="{y(-5) - y(5):.1f}" '
            f'fill="#edf2f7"/>')
    for q in (-20, -10, 0, 10, 20):
        svg.line(left, y(q), right, y(q))
        svg.text(left - 6, y(q) + 4, f"{q}", "end", size=11)
    for control in CONTROLS:
        svg.path([(x(i), y(q)) for i, (q, _) in enumerate(runs[control])], COLOURS[control])
    for hour in range(0, 25, 4):
        at = left + (right - left) * hour / 24
        svg.text(at, 446, f"{hour:02}:00", "middle", size=11)
    place = left
    for control in CONTROLS:
        svg.line(place, 462, place + 18, 462, COLOURS[control], 3)
        f = figures[model, control]
        words = f"{control}: adherence {100 * f['adherence']:.1f} %"
        svg.text(place + 23, 466, words, size=12)
        place += 195
    svg.save(path)


def model_chart(figures, models, path):
    """Adherence against profit, a point for each model and control."""
    svg = Svg(900, 400)
    left, right, top, bottom = 70, 620, 40, 350
    totals = [figures[m, c]["pnl"]["total"] for m in models for c in CONTROLS]
    lowest = min(f["adherence"] for f in figures.values())
    x_low = int(lowest * 20) / 20
    low, high = min(totals), max(totals)
    pad = 0.06 * (high - low)
    x = lambda a: left + (right - left) * (a - x_low) / (1 - x_low)
    y = lambda p: bottom - (bottom - top) * (p - low + pad) / (high - low + 2 * pad)
    svg.text(left, 20, "Profit of the day, USD, against adherence: up and to the right is better",
             weight="bold")
    step = 0.05 if x_low > 0.7 else 0.1
    ticks = int(round((1 - x_low) / step))
    for i in range(ticks + 1):
        a = 1 - i * step
        svg.line(x(a), top, x(a), bottom)
        svg.text(x(a), bottom + 18, f"{100 * a:.0f} %", "middle", size=11)
    unit = next(u for u in (50, 100, 200, 500, 1000) if (high - low) / u <= 8)
    for p in range(int(low // unit) * unit, int(high) + unit, unit):
        if not low - pad <= p <= high + pad:
            continue
        svg.line(left, y(p), right, y(p), "#a0aec0" if p == 0 else FAINT)
        svg.text(left - 6, y(p) + 4, f"{p}", "end", size=11)
    for m, model in enumerate(models):
        for control in CONTROLS:
            f = figures[model, control]
            at = x(f["adherence"]), y(f["pnl"]["total"])
            svg.add(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="9" fill="{COLOURS[control]}"/>')
            svg.text(at[0], at[1] + 4, str(m + 1), "middle", PAPER, 11, "bold")
    for i, control in enumerate(CONTROLS):
        svg.add(f'<circle cx="665" cy="{60 + 26 * i}" r="8" fill="{COLOURS[control]}"/>')
        words = {"none": "no control", "skew": "skew only", "hedge": "hedge only", "both": "both"}
        svg.text(682, 64 + 26 * i, words[control])
    for m, model in enumerate(models):
        svg.text(658, 200 + 24 * m, f"{m + 1}   {model}")
    svg.save(path)


def main():
    out, models = Path(sys.argv[1]), sys.argv[2:]
    figures = {(m, c): json.loads((out / f"{m}-{c}.figures.json").read_text())
               for m in models for c in CONTROLS}
    table(figures, models)
    day_chart(figures, "glft" if "glft" in models else models[0], out / "day.svg")
    model_chart(figures, models, out / "models.svg")
    print(f"the charts: {out}/day.svg, {out}/models.svg")


main()
