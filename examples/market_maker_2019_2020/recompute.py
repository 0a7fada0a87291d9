#!/usr/bin/env python3
"""Recomputes the desk's report from the raw recordings, sharing no code with Ballast.

usage: recompute.py DATA DESK.toml REPORT.json

Reads the venue's own JSON of fills and its candles (not the imported events), steps through them
one by one in exact fractions, and compares with the report. Balances, net asset value and profit
must agree to the last digit, averages and integrals to 1e-12. Prints a line for each comparison;
exits with 1 when any fails.
"""

import csv
import gzip
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path

ASSETS = ("BTC", "BNB", "USDT")
MAX_AGE_NS = 5 * 3600 * 10**9
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
FROM = "2019-10-30T23:59:59.999Z"  # of the first mark that run.sh imports
TO = "2020-08-04T08:00:00Z"
STATISTICS = ("known_seconds", "unknown_fraction", "adherence", "time_in_band", "time_above", "time_below",
              "time_past_limit", "bias", "max_abs_z", "iae", "ise")
WIDE = Context(prec=80, rounding=ROUND_HALF_EVEN)


def ns(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


def exact(text):
    return Fraction(Decimal(text))


def rounded(value):
    """The nearest multiple of 1e-18, ties to even: what a decimal of the engine can hold."""
    quotient = WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Fraction(quotient.quantize(Decimal("1e-18"), context=WIDE))


def events(data, here):
    """(time, order at that time, kind, what), in the order of replay."""
    found = []
    for line in (here / "opening.jsonl").read_text().splitlines():
        if not line.startswith("#"):
            one = json.loads(line)
            found.append((ns(one["t"]), 0, 0, "balance", (one["asset"], exact(one["qty"]))))
    with gzip.open(data / "fills_btcusdt_2019_2020/btcusdt-trades.json.gz", "rt") as file:
        for fill in json.load(file, parse_float=str, parse_int=str):
            found.append((ns(fill["tradedAt"]), 1, int(fill["id"]), "fill", fill))
    for order, asset in ((2, "BTC"), (3, "BNB")):
        with gzip.open(data / f"ohlcv_4h_2017_2025/{asset}USDT.csv.gz", "rt") as file:
            for number, row in enumerate(csv.DictReader(file)):
                found.append((ns(row["close_time"]), order, number, "mark", (asset, exact(row["close"]))))
    return sorted(found, key=lambda event: event[:3])


def setting(toml, name):
    """`name = { ... lower = "x", upper = "y" }` of each factor, in order."""
    pattern = rf'^{name}\s*= {{ lower = "([^"]+)", upper = "([^"]+)" }}'
    return [(exact(low), exact(high)) for low, high in re.findall(pattern, toml, re.M)]


class Factor:
    """One delta factor: its path, its integrals and its profit."""

    def __init__(self, asset, target, band, limit):
        self.asset, self.target_model, self.band_offsets, self.limit = asset, target, band, limit
        self.actual = Fraction(0)
        self.target = None
        self.band = (Fraction(0), Fraction(0))
        self.time = {"known": 0, "in": 0, "above": 0, "below": 0, "past": 0}
        self.sums = {"alpha": Fraction(0), "z": Fraction(0), "abs": Fraction(0), "square": Fraction(0)}
        self.max_abs_z = Fraction(0)
        self.pnl = dict.fromkeys(("spread", "target", "deviation", "fees"), Fraction(0))

    def place(self, value, price):
        """Target and band after an event, as docs/targets.md has them."""
        kind, number = self.target_model
        wanted = number if kind == "static" else None
        if kind == "share" and price and value is not None:
            wanted = rounded(number * value / price)
        if wanted is None:
            self.target = None
            return
        low, high = self.limit
        inside = lambda x: min(max(x, low), high)
        self.target = inside(wanted)
        self.band = (inside(wanted + self.band_offsets[0]), inside(wanted + self.band_offsets[1]))

    def moved(self, price_change):
        """Its coin's price moved while the factor stood where it stands."""
        target = self.target or 0
        self.pnl["deviation"] += (self.actual - target) * price_change
        self.pnl["target"] += target * price_change

    def pass_time(self, start, end, mark_time):
        """What [start, end) adds: only while the mark is no older than max_age."""
        if mark_time is None or self.target is None:
            return
        length = min(end, mark_time + MAX_AGE_NS) - start
        if length <= 0:
            return
        (low, high), (limit_low, limit_high) = self.band, self.limit
        deviation = self.actual - self.target
        side = high - self.target if deviation > 0 else self.target - low
        z = deviation / side if deviation else Fraction(0)
        outside, room = 0, 1
        if self.actual > high:
            outside, room = self.actual - high, limit_high - high
        elif self.actual < low:
            outside, room = low - self.actual, low - limit_low
        alpha = 1 - min(Fraction(1), Fraction(outside) / room) if room else Fraction(0)
        where = "above" if self.actual > high else "below" if self.actual < low else "in"
        self.time[where] += length
        self.time["known"] += length
        if self.actual >= limit_high or self.actual <= limit_low:
            self.time["past"] += length
        for name, value in (("alpha", alpha), ("z", z), ("abs", abs(deviation)), ("square", deviation**2)):
            self.sums[name] += value * length
        self.max_abs_z = max(self.max_abs_z, abs(z))

    def statistics(self, window):
        known = self.time["known"]
        second = 10**9
        return {
            "known_seconds": Fraction(known, second), "unknown_fraction": 1 - Fraction(known, window),
            "adherence": self.sums["alpha"] / known, "time_in_band": Fraction(self.time["in"], known),
            "time_above": Fraction(self.time["above"], known),
            "time_below": Fraction(self.time["below"], known),
            "time_past_limit": Fraction(self.time["past"], known), "bias": self.sums["z"] / known,
            "max_abs_z": self.max_abs_z, "iae": self.sums["abs"] / second, "ise": self.sums["square"] / second,
        }


class Desk:
    def __init__(self, toml):
        share = re.search(r'model = "share", fraction = "([^"]+)"', toml)
        statics = [exact(x) for x in re.findall(r'model = "static", value = "([^"]+)"', toml)]
        targets = [("share", exact(share[1]))] if share else []
        targets += [("static", value) for value in statics]
        self.factors = {
            asset: Factor(asset, target, band, limit)
            for asset, target, band, limit in zip(("BTC", "BNB"), targets, setting(toml, "band"),
                                                  setting(toml, "limit"))
        }
        self.balance = dict.fromkeys(ASSETS, Fraction(0))
        self.lowest = dict.fromkeys(ASSETS, Fraction(0))
        self.fees = dict.fromkeys(ASSETS, Fraction(0))
        self.price = {"USDT": Fraction(1)}
        self.mark_time = {}
        self.deposits = dict.fromkeys(ASSETS, Fraction(0))
        self.value_at_first = None  # when everything held has a price
        self.qty = self.average = self.realized = Fraction(0)

    def value(self):
        if any(self.balance[a] and a not in self.price for a in ASSETS):
            return None
        return sum(self.balance[a] * self.price.get(a, 0) for a in ASSETS)

    def pay(self, asset, amount):
        self.balance[asset] += amount
        self.lowest[asset] = min(self.lowest[asset], self.balance[asset])

    def fill(self, fill):
        sign = 1 if fill["side"] == "BUY" else -1
        qty, price, fee = exact(fill["quantity"]) * sign, exact(fill["price"]), exact(fill["fee"])
        self.balance["BTC"] += qty
        self.balance["USDT"] -= qty * price
        self.pay(fill["feeCurrency"], -fee)
        self.pay("BTC", Fraction(0))
        self.pay("USDT", Fraction(0))
        self.fees[fill["feeCurrency"]] += fee
        self.average_cost(qty, price)
        self.factors["BTC"].pnl["spread"] += qty * (self.price["BTC"] - price)
        self.factors["BTC"].pnl["fees"] -= fee * self.price[fill["feeCurrency"]]

    def average_cost(self, qty, price):
        if self.qty * qty < 0:
            closed = min(abs(qty), abs(self.qty)) * (1 if self.qty > 0 else -1)
            self.realized += closed * (price - self.average)
            if abs(qty) > abs(self.qty):
                self.average = price
        else:
            self.average = (self.average * self.qty + price * qty) / (self.qty + qty)
        self.qty += qty

    def step(self, kind, what):
        if kind == "mark":
            asset, price = what
            if asset in self.price:
                self.factors[asset].moved(price - self.price[asset])
            self.price[asset] = price
        elif kind == "balance":
            asset, qty = what
            self.pay(asset, qty)
            self.deposits[asset] += qty
        else:
            self.fill(what)
        value = self.value()
        for asset, factor in self.factors.items():
            factor.actual = self.balance[asset]
            factor.place(value, self.price.get(asset))


def recompute(data, here, toml):
    desk = Desk(toml)
    clock = None
    begin = end = ns(FROM)
    for t, _, _, kind, what in events(data, here):
        if not ns(FROM) <= t < ns(TO):
            continue
        if clock is not None:
            for asset, factor in desk.factors.items():
                factor.pass_time(clock, t, desk.mark_time.get(asset))
        desk.step(kind, what)
        if kind == "mark":
            desk.mark_time[what[0]] = t
        if desk.value_at_first is None:
            desk.value_at_first = desk.value()
        clock = end = t
    return desk, end - begin


def text(value):
    """A fraction as a plain decimal, when it has one."""
    number = WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{number.normalize(WIDE):f}"


class Comparison:
    def __init__(self):
        self.failed = 0

    def line(self, good, what, ours, theirs):
        self.failed += not good
        print(f"{'agree ' if good else 'DIFFER'}  {what:34} {ours}{'' if good else f'  report: {theirs}'}")

    def same(self, what, ours, theirs):
        self.line(ours == exact(theirs), what, text(ours), theirs)

    def close(self, what, ours, theirs, tolerance=1e-12):
        scale = max(abs(float(ours)), 1e-9)
        self.line(abs(float(ours) - float(theirs)) <= tolerance * scale, what, f"{float(ours):.15g}", theirs)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    data, config, report_path = map(Path, sys.argv[1:])
    desk, window = recompute(data, config.parent, config.read_text())
    report = json.loads(report_path.read_text())
    compare = Comparison()
    for row in report["balances"]:
        compare.same(f"balance {row['asset']}", desk.balance[row["asset"]], row["qty"])
    (position,) = report["positions"]
    compare.same("position", desk.qty, position["qty"])
    for asset, fee in position["fees"].items():
        compare.same(f"fees {asset}", desk.fees[asset], fee)
    compare.close("average price", desk.average, position["average_price"], 1e-15)
    compare.close("realised", desk.realized, position["realized_pnl"], 1e-15)
    value = desk.value()
    compare.same("net asset value", value, report["net_asset_value"])

    # Identity 1: what the factors earned is the change of net asset value.
    for row in report["factors"]:
        factor = desk.factors[row["unit"]]
        for part, amount in factor.pnl.items():
            compare.same(f"{row['factor']} {part}", rounded(amount), row["pnl"][part])
        for name, number in factor.statistics(window).items():
            compare.close(f"{row['factor']} {name}", number, row[name])
    earned = sum(exact(row["pnl"]["total"]) for row in report["factors"])
    compare.same("value gained, by factors", value - desk.value_at_first, text(earned))
    # Identity 2: positions less fees, and what the deposits themselves gained.
    kept = sum(amount * desk.price[asset] for asset, amount in desk.deposits.items())
    paid = sum(amount * desk.price[asset] for asset, amount in desk.fees.items())
    booked = exact(position["realized_pnl"]) + exact(position["unrealized_pnl"]) - paid + kept
    compare.same("value, by position, fees, deposits", value, text(booked))
    compare.line(min(desk.lowest.values()) >= 0, "no balance ever below zero", "", desk.lowest)
    print(f"{compare.failed} differ")
    sys.exit(1 if compare.failed else 0)


main()
