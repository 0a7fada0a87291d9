#!/usr/bin/env python3
"""Checks one simulated day, sharing no code with Ballast.

usage: recompute.py OUT NAME

First the market's side: every fill of a quote must have been earned by a recorded print or top that
came to its price, at the price that was quoted, and no print may fill more than it traded; every
hedge must have met the recorded best of the other side, and no more than stood there. Then the
desk's: steps through OUT/NAME.jsonl in whole numbers and compares inventory, adherence,
effectiveness and profit by part with the report OUT/NAME.json. Writes OUT/NAME.figures.json for
compare.py. Exits with 1 when anything differs.
"""

import bisect
import json
import math
import sys
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

BAND, LIMIT = 5, 20  # as in desk.toml; the target is 0
SCALE = 10**12  # prices and quantities are counted in these parts
SECOND = 10**9
LATENCY = SECOND // 20
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def ns(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = (datetime.fromisoformat(whole + "+00:00") - EPOCH) // timedelta(seconds=1)
    return seconds * SECOND + int((fraction or "0").ljust(9, "0"))


def count(text):
    scaled = Decimal(text) * SCALE
    assert scaled == int(scaled), text
    return int(scaled)


class Comparison:
    def __init__(self):
        self.failed = 0

    def line(self, good, what, ours, theirs=""):
        self.failed += not good
        verdict, beside = ("agree ", "") if good else ("DIFFER", f"  report: {theirs}")
        print(f"{verdict}  {what:34} {ours}{beside}")

    def exact(self, what, ours, parts, theirs):
        self.line(Decimal(ours) == Decimal(theirs) * parts, what, f"{ours / parts:.6f}", theirs)

    def close(self, what, ours, theirs):
        good = abs(ours - float(theirs)) <= 1e-9 * max(1.0, abs(ours))
        self.line(good, what, f"{ours:.12g}", theirs)


def read(path):
    """Events of the kinds that matter here, in the order in which the engine took them."""
    with open(path) as lines:
        for line in lines:
            kind = line.split('"type":"', 1)[1].split('"', 1)[0]
            if kind in ("top", "trade", "fill", "quote"):
                event = json.loads(line)
                yield ns(event["t"]), kind, event


def check_fills(compare, events):
    """Nobody traded what the recording does not show."""
    quoted = {}  # (time, side) -> price
    prints = defaultdict(list)  # time -> [price, quantity left]
    top_times, tops = [], []
    for t, kind, e in events:
        if kind == "quote":
            for side in ("bid", "ask"):
                if e.get(side + "_qty", "0") != "0":
                    quoted[t, side] = count(e[side])
        elif kind == "trade":
            prints[t].append([count(e["price"]), count(e["qty"])])
        elif kind == "top":
            top_times.append(t)
            tops.append(e)
    good = {"quote": 0, "hedge": 0}
    total = {"quote": 0, "hedge": 0}
    met = defaultdict(int)  # (top, side) -> quantity of hedges
    for t, kind, e in events:
        if kind != "fill":
            continue
        price, qty, buys = count(e["price"]), count(e["qty"]), e["side"] == "buy"
        total[e["origin"]] += 1
        at = bisect.bisect_right(top_times, t) - 1
        if e["origin"] == "hedge":
            best = count(tops[at]["ask" if buys else "bid"])
            met[at, buys] += qty
            there = count(tops[at]["ask_qty" if buys else "bid_qty"])
            good["hedge"] += price == best and met[at, buys] <= there
            continue
        _, year, month, rest = e["order"].split("-", 3)
        day_time = rest.rsplit("-", 2)[0]
        made = ns(f"{year}-{month}-{day_time}")
        as_quoted = quoted.get((made, "bid" if buys else "ask")) == price and t >= made + LATENCY
        # A print at or through the price, with that much left of it; or a best that came to it.
        earned = False
        for part in prints[t]:
            reaches = part[0] <= price if buys else part[0] >= price
            if reaches and part[1] >= qty:
                part[1] -= qty
                earned = True
                break
        if not earned:
            best = count(tops[at]["ask" if buys else "bid"])
            earned = best <= price if buys else best >= price
        good["quote"] += as_quoted and earned
    for origin in ("quote", "hedge"):
        compare.line(good[origin] == total[origin], f"fills of {origin}s that the market gave",
                     f"{good[origin]} of {total[origin]}")


class Deviation:
    """A deviation that is constant between events: time in the band, adherence, squares."""

    def __init__(self):
        self.held = self.inside = self.ise = 0
        self.adherence = 0.0

    def stay(self, span):
        z = abs(self.held)
        self.ise += z * z * span
        if z <= BAND * SCALE:
            self.inside += span
            self.adherence += span
        elif z < LIMIT * SCALE:
            self.adherence += span * (LIMIT * SCALE - z) / ((LIMIT - BAND) * SCALE)


def main():
    out, name = Path(sys.argv[1]), sys.argv[2]
    report = json.loads((out / f"{name}.json").read_text())
    factor = report["factors"][0]
    compare = Comparison()
    events = list(read(out / f"{name}.jsonl"))
    check_fills(compare, events)

    begin, end = ns(report["from"]), ns(report["to"])
    path, bare = Deviation(), Deviation()  # as it was, and without the hedges
    now, mid2 = begin, None  # bid + ask
    spread = deviation = fees = hedge_spread = 0  # in SCALE * SCALE, the first three twice
    traded = {"quote": 0, "hedge": 0}
    fills, series, mids = [], [], []
    next_sample = begin
    for t, kind, e in events:
        if t > now:
            path.stay(t - now)
            bare.stay(t - now)
            now = t
        while now >= next_sample:
            series.append([round(path.held / SCALE, 4), (mid2 or 0) / 2 / SCALE])
            next_sample += 60 * SECOND
        if kind == "top":
            mark2 = count(e["bid"]) + count(e["ask"])
            if mid2 is not None:
                deviation += path.held * (mark2 - mid2)
            mid2 = mark2
            mids.append((t, mid2))
        elif kind == "fill":
            qty = count(e["qty"]) * (1 if e["side"] == "buy" else -1)
            price = count(e["price"])
            spread += qty * (mid2 - 2 * price)
            fees += count(e.get("fee", "0")) * SCALE
            traded[e["origin"]] += abs(qty)
            if e["origin"] == "hedge":
                hedge_spread += qty * (2 * price - mid2)
            else:
                bare.held += qty
                fills.append((t, qty, price))
            path.held += qty
    path.stay(end - now)
    bare.stay(end - now)

    span = end - begin
    square = SCALE * SCALE
    compare.exact("inventory at the end, ETH", path.held, SCALE, factor["actual"])
    compare.close("adherence", path.adherence / span, factor["adherence"])
    compare.close("time in band", path.inside / span, factor["time_in_band"])
    effectiveness = 1.0 - math.sqrt(path.ise / bare.ise)
    compare.close("effectiveness", effectiveness, factor["effectiveness"])
    pnl = factor["pnl"]
    compare.exact("profit: spread, USD", spread, 2 * square, pnl["spread"])
    compare.exact("profit: deviation, USD", deviation, 2 * square, pnl["deviation"])
    compare.exact("profit: fees, USD", -fees, square, pnl["fees"])

    # What quotes earn against the mid now, and against the mid some seconds later.
    times = [t for t, _ in mids]
    after = {}
    for seconds in (0, 1, 10, 60):
        gained = 0.0
        for t, qty, price in fills:
            later = mids[bisect.bisect_right(times, t + seconds * SECOND) - 1][1]
            gained += qty * (later / 2 - price)
        after[seconds] = gained / SCALE / max(1, traded["quote"])
    figures = {
        "adherence": factor["adherence"],
        "time_in_band": factor["time_in_band"],
        "rms_z": factor["rms_z"],
        "effectiveness": factor["effectiveness"],
        "minimum_variance_index": factor["minimum_variance_index"],
        "pnl": {part: float(value) for part, value in pnl.items()},
        "quoted": traded["quote"] / SCALE,
        "hedged": traded["hedge"] / SCALE,
        "hedge_cost": hedge_spread / 2 / square + fees / square,
        "after": after,
        "minutes": series,
    }
    (out / f"{name}.figures.json").write_text(json.dumps(figures))
    sys.exit(compare.failed > 0)


main()
