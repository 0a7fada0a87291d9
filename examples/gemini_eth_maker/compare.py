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
    print(f"{'':25}{'adherence':>11}{'in band':>9}{'rms z':>7}{'effective':>11}{'MVI':>7}"
          f"{'spread':>8}{'deviation':>11}{'fees':>6}{'total':>7}{'quoted':>8}{'hedged':>8}{'cost':>6}")
    for model in models:
        for control in CONTROLS:
            f = figures[model, control]
            hedged = f["hedged"] > 0
            mvi = f["minimum_variance_index"] if hedged else None
            pnl = f["pnl"]
            print(f"{model + ', ' + control:25}{percent(f['adherence']):>11}"
                  f"{percent(f['time_in_band']):>9}{f['rms_z']:7.2f}"
                  f"{percent(f['effectiveness']) if hedged else '-':>11}"
                  f"{f'{mvi:.3f}' if mvi is not None else '-':>7}{pnl['spread']:8.0f}"
                  f"{pnl['deviation']:11.0f}{pnl['fees']:6.0f}{pnl['total']:7.0f}"
                  f"{f['quoted']:8.0f}{f['hedged']:8.0f}{f['hedge_cost']:6.0f}")
    print()
    for model in models:
        best = sorted(CONTROLS, key=lambda c: -figures[model, c]["adherence"])
        dear = sorted(("hedge", "both"), key=lambda c: -figures[model, c]["hedge_cost"])
        print(f"{model}: by adherence {', '.join(best)}; by the cost of hedges {', '.join(dear)}")
    print()
    print("What a filled quote has earned, USD an ETH, against the mid so many seconds later:")
    print(f"{'':25}{'0 s':>8}{'1 s':>8}{'10 s':>8}{'60 s':>8}")
    for model in models:
        after = figures[model, "skew"]["after"]
        print(f"{model:25}" + "".join(f"{after[s]:8.2f}" for s in ("0", "1", "10", "60")))


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
    runs = {control: figures[model, control]["minutes"][::2] for control in CONTROLS}
    samples = len(runs["none"])
    x = lambda i: left + (right - left) * i / (samples - 1)
    prices = [price for _, price in runs["none"] if price]
    low, high = min(prices), max(prices)
    y_price = lambda p: 120 - 85 * (p - low) / (high - low)
    svg.text(left, 20, "ETH-USD on Gemini, 2021-07-01: the mid, USD", weight="bold")
    for price in (low, high):
        svg.line(left, y_price(price), right, y_price(price))
        svg.text(left - 6, y_price(price) + 4, f"{price:.0f}", "end", size=11)
    svg.path([(x(i), y_price(p)) for i, (_, p) in enumerate(runs["none"]) if p], INK)

    y = lambda q: 350 - 190 * q / 21
    svg.text(left, 146, f"Inventory of a maker that quotes by {model}, ETH; the band is shaded",
             weight="bold")
    svg.add(f'<rect x="{left}" y="{y(5):.1f}" width="{right - left}" height="{y(-5) - y(5):.1f}" '
            f'fill="#edf2f7"/>')
    for q in (-5, 0, 5, 10, 15, 20):
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
    """A row for each model: adherence and profit, a dot for each control."""
    svg = Svg(900, 74 + 34 * len(models) + 40)
    rows = {model: 66 + 34 * i for i, model in enumerate(models)}
    bottom = 74 + 34 * (len(models) - 1) + 16

    def panel(left, right, title, ticks, label, value):
        low, high = ticks[0], ticks[-1]
        x = lambda v: left + (right - left) * (v - low) / (high - low)
        svg.text(left, 22, title, weight="bold")
        for tick in ticks:
            svg.line(x(tick), 42, x(tick), bottom, "#a0aec0" if tick == 0 else FAINT)
            svg.text(x(tick), bottom + 16, label(tick), "middle", size=11)
        for model in models:
            for control in CONTROLS:
                v = value(figures[model, control])
                svg.add(f'<circle cx="{x(v):.1f}" cy="{rows[model]}" r="6.5" '
                        f'fill="{COLOURS[control]}" fill-opacity="0.85"/>')

    for model in models:
        svg.line(150, rows[model], 885, rows[model])
        svg.text(140, rows[model] + 4, model, "end")
    panel(160, 500, "Adherence", [0.5, 0.6, 0.7, 0.8, 0.9, 1.0], lambda v: f"{100 * v:.0f} %",
          lambda f: f["adherence"])
    totals = [figures[m, c]["pnl"]["total"] for m in models for c in CONTROLS]
    low, high = 400 * (min(totals) // 400), 400 * (max(totals) // 400 + 1)
    steps = [low + 400 * i for i in range(int((high - low) // 400) + 1)]
    panel(550, 880, "Profit of the day, USD", steps, lambda v: f"{v:.0f}", lambda f: f["pnl"]["total"])
    place = 160
    for control in CONTROLS:
        svg.add(f'<circle cx="{place}" cy="{bottom + 36}" r="6.5" fill="{COLOURS[control]}"/>')
        words = {"none": "no control", "skew": "skew only", "hedge": "hedge only", "both": "both"}
        svg.text(place + 12, bottom + 40, words[control])
        place += 110
    svg.save(path)


def main():
    out, models = Path(sys.argv[1]), sys.argv[2:]
    figures = {(m, c): json.loads((out / f"{m}-{c}.figures.json").read_text())
               for m in models for c in CONTROLS}
    table(figures, models)
    day_chart(figures, models[-1], out / "day.svg")
    model_chart(figures, models, out / "models.svg")
    print(f"the charts: {out}/day.svg, {out}/models.svg")


main()
