#!/usr/bin/env python3
"""Draws the price, target, band and net delta, and what the tilt came to: chart.py OUT > carry_target.svg"""

import csv
import math
import sys
from datetime import datetime, timezone
from pathlib import Path

WIDTH, LEFT, RIGHT = 960, 64, 76
PANELS = ((44, 110), (196, 210), (448, 150))  # top and height
INK, FAINT, GRID = "#1f2933", "#66717e", "#e3e7ec"
BAND, TARGET, ACTUAL, LOSS, FUNDING = "#cfe0f5", "#2b6cb0", "#d9822b", "#b83232", "#2f855a"


def utc(year):
    return datetime(year, 1, 1, tzinfo=timezone.utc).timestamp()


class Panel:
    def __init__(self, place, low, high, log=False):
        self.top, self.height = place
        self.shape = math.log if log else float
        self.low, self.high = self.shape(low), self.shape(high)

    def x(self, t):
        return LEFT + (WIDTH - LEFT - RIGHT) * (t - utc(2020)) / (utc(2025) - utc(2020))

    def y(self, value):
        return self.top + self.height * (self.high - self.shape(value)) / (self.high - self.low)

    def frame(self, title, ticks, text):
        yield f'<text x="{LEFT}" y="{self.top - 12}" class="title">{title}</text>'
        for year in range(2020, 2026):
            yield f'<line x1="{self.x(utc(year)):.1f}" x2="{self.x(utc(year)):.1f}" y1="{self.top}" ' \
                  f'y2="{self.top + self.height}" class="grid"/>'
        for tick in ticks:
            y = self.y(tick)
            kind = "zero" if tick == 0 else "grid"
            yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="{kind}"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" class="tick" text-anchor="end">{text(tick)}</text>'

    def line(self, points, colour, width=1.4):
        path = " ".join(f"{self.x(t):.1f},{self.y(v):.1f}" for t, v in points)
        return f'<polyline points="{path}" class="line" stroke="{colour}" stroke-width="{width}"/>'

    def steps(self, points, colour, width=1.4):
        stairs = []
        for t, v in points:
            if stairs:
                stairs.append((t, stairs[-1][1]))
            stairs.append((t, v))
        return self.line(stairs, colour, width)

    def shade(self, lower, upper, colour):
        there = " ".join(f"{self.x(t):.1f},{self.y(v):.1f}" for t, v in upper)
        back = " ".join(f"{self.x(t):.1f},{self.y(v):.1f}" for t, v in reversed(lower))
        return f'<polygon points="{there} {back}" fill="{colour}"/>'

    def label(self, value, text, colour):
        return f'<text x="{WIDTH - RIGHT + 6}" y="{self.y(value) + 4:.1f}" class="label" fill="{colour}">{text}</text>'


def legend(panel, entries):
    x, y = WIDTH - RIGHT - 236, panel[0] - 12
    for text, colour, wide in entries:
        yield f'<rect x="{x}" y="{y - (9 if wide else 5)}" width="18" height="{11 if wide else 3}" fill="{colour}"/>'
        yield f'<text x="{x + 24}" y="{y}" class="tick">{text}</text>'
        x += 36 + 6.2 * len(text)


def draw(days):
    def series(key):
        return [(day["t"], day[key]) for day in days]

    price = Panel(PANELS[0], 3500, 120_000, log=True)
    yield from price.frame("BTC, USDT (logarithmic)", (5_000, 10_000, 20_000, 50_000, 100_000), "{:,}".format)
    yield price.line(series("price"), INK, 1.2)

    delta = Panel(PANELS[1], -21, 5)
    yield from delta.frame("delta:BTC", (-20, -15, -10, -5, 0, 5), str)
    yield delta.shade(series("lower"), series("upper"), BAND)
    yield delta.steps(series("actual"), ACTUAL, 1.3)
    yield delta.line(series("target"), TARGET, 1.5)
    yield from legend(PANELS[1], (("target", TARGET, False), ("band", BAND, True), ("actual", ACTUAL, False)))

    ends = days[-1]["tilt_profit"], days[-1]["tilt_funding"]
    money = Panel(PANELS[2], -700_000, 200_000)
    yield from money.frame("what the tilt came to, against the neutral desk, USDT",
                           range(-600_000, 200_001, 200_000), lambda v: f"{v // 1000:,}k" if v else "0")
    yield money.line(series("tilt_profit"), LOSS, 1.5)
    yield money.line(series("tilt_funding"), FUNDING, 1.5)
    yield money.label(ends[0], f"{ends[0] / 1000:,.0f}k", LOSS)
    yield money.label(ends[1], f"{ends[1] / 1000:+,.0f}k", FUNDING)
    yield from legend(PANELS[2], (("funding alone", FUNDING, False), ("all of it", LOSS, False)))
    for year in range(2020, 2025):
        middle = (money.x(utc(year)) + money.x(utc(year + 1))) / 2
        yield f'<text x="{middle:.1f}" y="{sum(PANELS[2]) + 20}" class="tick" text-anchor="middle">{year}</text>'


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(Path(sys.argv[1]) / "path.csv", newline="") as file:
        stamps = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    days = stamps[::6] + stamps[-1:]  # every two days: finer than a pixel is wide enough
    height = sum(PANELS[2]) + 34
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">')
    print(f"<style>.title{{font-size:13px;font-weight:600;fill:{INK}}}.tick{{font-size:11px;fill:{FAINT}}}"
          f".label{{font-size:12px;font-weight:600}}.grid{{stroke:{GRID}}}"
          f".zero{{stroke:{FAINT};stroke-width:.8}}.line{{fill:none;stroke-linejoin:round}}</style>")
    print(f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>')
    for element in draw(days):
        print(element)
    print("</svg>")


main()
