#!/usr/bin/env python3
"""Rebuilds the three books and nets the desk again, sharing no code with Ballast.

usage: recompute.py DATA OUT

First the feed: reads the raw streams, keeps each book by its update ids, and holds every imported
top against the venue's bookTicker and every imported mark against the middle of the rebuilt book at
that time. Then the desk: steps through the fills and those marks in exact fractions, and compares
positions, balances, net delta, profit and adherence with OUT/report.json. Exact figures must agree
to the last digit, averages and integrals to 1e-12. Exits with 1 when anything differs.
"""

import gzip
import json
import sys
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path as FilePath

MARKETS = {
    "spot": ("spot/btcusdt_20240808.gz", "BTCUSDT"),
    "usdm": ("usdm/btcusdt_20240808.gz", "BTCUSDT-PERP"),
    "cm": ("cm/btcusd_perp_20240808.gz", "BTCUSD_PERP"),
}
FROM, TO = "2024-08-08T23:54:18Z", "2024-08-09T00:00:00Z"
BAND, LIMIT, TARGET = Fraction(2, 5), Fraction(1), Fraction(0)  # as in desk.toml
CONTRACT = 100  # USD
SECOND = 10**9
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
WIDE = Context(prec=80, rounding=ROUND_HALF_EVEN)


def ns(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = (datetime.fromisoformat(whole + "+00:00") - EPOCH) // timedelta(seconds=1)
    return seconds * SECOND + int((fraction or "0").ljust(9, "0"))


def exact(text):
    return Fraction(Decimal(text))


def rounded(value):
    """The nearest multiple of 1e-18, ties to even: what a decimal of the engine can hold."""
    quotient = WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Fraction(quotient.quantize(Decimal("1e-18"), context=WIDE))


def text(value):
    number = WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{number.normalize(WIDE):f}"


class Comparison:
    def __init__(self):
        self.failed = 0

    def line(self, good, what, ours, theirs=""):
        self.failed += not good
        print(f"{'agree ' if good else 'DIFFER'}  {what:34} {ours}{'' if good else f'  report: {theirs}'}")

    def same(self, what, ours, theirs):
        self.line(ours == exact(theirs), what, text(ours), theirs)

    def close(self, what, ours, theirs, tolerance=1e-12):
        scale = max(abs(float(ours)), 1e-9)
        good = abs(float(ours) - float(theirs)) <= tolerance * scale
        self.line(good, what, f"{float(ours):.15g}", theirs)


# --- the feed -------------------------------------------------------------------------------------


class Book:
    """One order book, as the venue says to keep it."""

    def __init__(self, spot):
        self.spot, self.id, self.fresh = spot, None, False
        self.sides = {"b": {}, "a": {}}
        self.waiting, self.gaps, self.applied = [], 0, 0

    def snapshot(self, frame):
        self.id, self.fresh = frame["lastUpdateId"], True
        self.sides = {"b": dict(frame["bids"]), "a": dict(frame["asks"])}
        waiting, self.waiting = self.waiting, []
        for update in waiting:
            self.update(update)

    def update(self, update):
        if self.id is None:
            self.waiting.append(update)
            return
        if update["u"] <= self.id:
            return
        if self.spot:
            follows = update["U"] <= self.id + 1
        else:
            follows = update["pu"] <= self.id if self.fresh else update["pu"] == self.id
        if not follows:
            self.gaps += 1
            self.id, self.waiting = None, [update]
            return
        for name, levels in self.sides.items():
            for price, qty in update[name]:
                if Decimal(qty):
                    levels[price] = qty
                else:
                    levels.pop(price, None)
        self.id, self.fresh = update["u"], False
        self.applied += 1

    def middle(self):
        bid = max(map(Decimal, self.sides["b"]))
        ask = min(map(Decimal, self.sides["a"]))
        return Fraction(bid + ask) / 2 if bid < ask else None


def check_feed(compare, data, name, events):
    """Every imported top and mark of one market against the raw stream."""
    marks = [(ns(e["t"]), exact(e["price"])) for e in events if e["type"] == "mark"]
    tops = [e for e in events if e["type"] == "top"]
    trades = sum(e["type"] == "trade" for e in events)
    book = Book(name == "spot")
    good_marks = good_tops = next_mark = next_top = raw_trades = 0
    with gzip.open(data / "binance_20240808" / MARKETS[name][0], "rt") as lines:
        for line in lines:
            received, _, body = line.partition(" ")
            received = int(received)
            while next_mark < len(marks) and marks[next_mark][0] < received:
                good_marks += book.middle() == marks[next_mark][1]
                next_mark += 1
            frame = json.loads(body)
            frame = frame.get("data", frame)
            if "lastUpdateId" in frame:
                book.snapshot(frame)
            elif frame.get("e") == "depthUpdate":
                book.update(frame)
            elif frame.get("e") == "trade":
                raw_trades += Decimal(frame["p"]) > 0 and Decimal(frame["q"]) > 0
            elif "B" in frame:
                top = tops[next_top]
                good_tops += ns(top["t"]) == received and [
                    Decimal(top[key]) for key in ("bid", "bid_qty", "ask", "ask_qty")
                ] == [Decimal(frame[key]) for key in "bBaA"]
                next_top += 1
    good_marks += sum(book.middle() == price for _, price in marks[next_mark:])
    compare.line(book.gaps == 0, f"{name}: gaps in {book.applied} updates", book.gaps, 0)
    compare.line(good_marks == len(marks), f"{name}: marks of the rebuilt book", good_marks, len(marks))
    compare.line(good_tops == len(tops) == next_top, f"{name}: tops of bookTicker", good_tops, len(tops))
    compare.line(raw_trades == trades, f"{name}: trades", raw_trades, trades)
    return [(t, MARKETS[name][1], price) for t, price in marks]


# --- the desk -------------------------------------------------------------------------------------


class Desk:
    def __init__(self):
        self.price = {}
        self.qty = {instrument: Fraction(0) for _, instrument in MARKETS.values()}
        self.flow = dict(self.qty)  # what trading left behind, in the settlement asset
        self.fees = dict(self.qty)
        self.balance = {}  # (account, asset)
        self.coin = Fraction(0)  # balances of BTC that trading spot and deposits made
        self.pnl = dict.fromkeys(("spread", "deviation", "basis", "fees"), Fraction(0))
        self.outside = Fraction(0)  # profit on coin that the factor does not count
        self.judged = False

    def worth(self, instrument, qty, price):
        """Value in the settlement asset."""
        return rounded(-qty * CONTRACT / price) if instrument == "BTCUSD_PERP" else qty * price

    def derivative_delta(self):
        inverse = self.qty["BTCUSD_PERP"]
        coin = rounded(inverse * CONTRACT / self.price["BTCUSD_PERP"]) if inverse else Fraction(0)
        return self.qty["BTCUSDT-PERP"] + coin

    def delta(self):
        return self.coin + self.derivative_delta()

    def in_currency(self, instrument):
        return self.price["BTCUSDT"] if instrument == "BTCUSD_PERP" else 1

    def equity(self, instrument):
        """Profit of a derivative, realised or not, less fees; in its settlement asset."""
        worth = self.worth(instrument, self.qty[instrument], self.price[instrument])
        return self.flow[instrument] + worth - self.fees[instrument]

    def value(self):
        coin = self.coin * self.price["BTCUSDT"]
        cash = sum(qty for (_, asset), qty in self.balance.items() if asset == "USDT")
        derivatives = (self.equity(name) * self.in_currency(name) for name in ("BTCUSDT-PERP", "BTCUSD_PERP"))
        return coin + cash + sum(derivatives)

    def pay(self, account, asset, amount):
        key = (account, asset)
        self.balance[key] = self.balance.get(key, Fraction(0)) + amount

    def deposit(self, event):
        self.pay(event["account"], event["asset"], exact(event["qty"]))
        if event["asset"] == "BTC":
            self.coin += exact(event["qty"])

    def mark(self, instrument, price):
        before = self.price.get(instrument)
        self.price[instrument] = price
        if before is None or not self.judged:
            return
        if instrument == "BTCUSDT":
            move = price - before
            self.pnl["deviation"] += (self.delta() - TARGET) * move
            self.pnl["basis"] -= self.derivative_delta() * move
            self.outside += self.equity("BTCUSD_PERP") * move
        elif self.qty[instrument]:
            qty = self.qty[instrument]
            earned = self.worth(instrument, qty, price) - self.worth(instrument, qty, before)
            self.pnl["basis"] += earned * self.in_currency(instrument)

    def fill(self, event):
        instrument, fee = event["instrument"], exact(event["fee"])
        qty = exact(event["qty"]) * (1 if event["side"] == "buy" else -1)
        price = exact(event["price"])
        paid = -self.worth(instrument, qty, price)
        if self.judged:
            fair = self.worth(instrument, qty, self.price[instrument])
            rate = self.in_currency(instrument)
            self.pnl["spread"] += (paid + fair) * rate
            self.pnl["fees"] -= fee * rate
        self.qty[instrument] += qty
        self.flow[instrument] += paid
        self.fees[instrument] += fee
        if instrument == "BTCUSDT":
            self.pay("spot", "BTC", qty)
            self.pay("spot", "USDT", paid - fee)
            self.coin += qty


class Path:
    """What the path of one factor adds up to."""

    def __init__(self):
        self.known = self.inside = self.above = self.below = 0
        self.alpha = self.z = self.iae = self.ise = self.max_abs_z = Fraction(0)

    def add(self, actual, length):
        z = (actual - TARGET) / BAND
        out = max(abs(z) - 1, 0) * BAND
        self.known += length
        self.inside += length * (abs(z) <= 1)
        self.above += length * (z > 1)
        self.below += length * (z < -1)
        self.alpha += (1 - min(out / (LIMIT - BAND), Fraction(1))) * length
        self.z += z * length
        self.iae += abs(actual - TARGET) * length
        self.ise += (actual - TARGET) ** 2 * length
        self.max_abs_z = max(self.max_abs_z, abs(z))


def run_desk(here, out, marks):
    events = [(t, 1, index, "mark", (instrument, price)) for index, (t, instrument, price) in enumerate(marks)]
    for order, path in ((0, here / "opening.jsonl"), (2, out / "fills.jsonl")):
        for index, line in enumerate(path.read_text().splitlines()):
            if not line.startswith("#"):
                event = json.loads(line)
                events.append((ns(event["t"]), order, index, event["type"], event))
    events.sort(key=lambda event: event[:3])
    desk, path = Desk(), Path()
    start, end = ns(FROM), ns(TO)
    at, value_at_start = start, None
    for t, _, _, kind, what in events:
        if t >= start and not desk.judged:
            desk.judged, value_at_start = True, desk.value()
        if t > start:
            path.add(desk.delta(), t - at)
            at = t
        if kind == "mark":
            desk.mark(*what)
        elif kind == "balance":
            desk.deposit(what)
        else:
            desk.fill(what)
    path.add(desk.delta(), end - at)
    return desk, path, value_at_start


def compare_desk(compare, desk, path, value_at_start, report):
    (factor,) = report["factors"]
    compare.same("net delta:BTC", desk.delta(), factor["actual"])
    for row in report["positions"]:
        name = row["instrument"]
        compare.same(f"position {name}", desk.qty[name], row["qty"])
        compare.same(f"fees {name}", desk.fees[name], next(iter(row["fees"].values()), "0"))
        booked = exact(row["realized_pnl"]) + exact(row["unrealized_pnl"])
        profit = desk.flow[name] + desk.worth(name, desk.qty[name], desk.price[name])
        compare.same(f"profit {name}, in {row['settlement']}", profit, text(booked))
    for row in report["balances"]:
        ours = desk.balance.get((row["account"], row["asset"]), Fraction(0))
        if row["account"] == "spot":
            compare.same(f"balance {row['asset']}@spot", ours, row["qty"])
            continue
        # A derivatives account holds its deposit, realised profit and fees; what is unrealised is not cash.
        (position,) = (p for p in report["positions"] if p["account"] == row["account"])
        cash = ours + exact(position["realized_pnl"]) - desk.fees[position["instrument"]]
        compare.same(f"balance {row['asset']}@{row['account']}", cash, row["qty"])
    for part, amount in desk.pnl.items():
        compare.same(f"profit, {part}", rounded(amount), factor["pnl"][part])
    compare.same("net asset value", rounded(desk.value()), report["net_asset_value"])
    # Each value in coin is rounded at 1e-18 BTC, fill by fill and mark by mark: 1e-18 * price apiece.
    profit, gained = sum(desk.pnl.values()), desk.value() - value_at_start
    compare.line(abs(profit + desk.outside - gained) < Fraction(1, 10**9), "value gained, in USDT",
                 f"{float(gained):.9f} = profit {float(profit):.9f} + on coin outside {float(desk.outside):.9f}")
    second = Fraction(1, SECOND)
    compare.close("unknown_fraction", 0, factor["unknown_fraction"])
    compare.close("adherence", path.alpha / path.known, factor["adherence"])
    compare.close("time_in_band", Fraction(path.inside, path.known), factor["time_in_band"])
    compare.close("time_above", Fraction(path.above, path.known), factor["time_above"])
    compare.close("time_below", Fraction(path.below, path.known), factor["time_below"])
    compare.close("bias", path.z / path.known, factor["bias"])
    compare.close("max_abs_z", path.max_abs_z, factor["max_abs_z"])
    compare.close("iae", path.iae * second, factor["iae"])
    compare.close("ise", path.ise * second, factor["ise"])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, out = map(FilePath, sys.argv[1:])
    here = FilePath(__file__).parent
    compare = Comparison()
    marks = []
    for name in MARKETS:
        events = [json.loads(line) for line in (out / f"{name}.jsonl").read_text().splitlines()]
        marks += check_feed(compare, data, name, events)
    compare_desk(compare, *run_desk(here, out, marks), json.loads((out / "report.json").read_text()))
    print(f"{compare.failed} differ")
    sys.exit(1 if compare.failed else 0)


main()
