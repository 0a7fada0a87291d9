#!/usr/bin/env python3
"""Works every run out again from the events it wrote, sharing no code with Ballast.

usage: recompute.py OUT

Steps through OUT/<run>.jsonl in exact fractions and compares positions, balances, delta, profit by
part and adherence with OUT/<run>.json: exact figures to the last digit, averages and integrals to
1e-9. Then asks of every hedge whether it went where it was cheapest: half spread, fee and eight
hours of expected funding per BTC from the best prices of that moment, within what stood there. Ends
with the tables of the README. Exits with 1 when anything differs.
"""

import json
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path

RUNS = ("none", "inverse_low", "cheapest_low", "inverse_high", "cheapest_high")
FROM, TO = "2024-08-08T23:54:44Z", "2024-08-09T00:00:00Z"
TARGET, BAND, LIMIT = Fraction(5), Fraction(2, 5), Fraction(2)  # as in desk.toml
SPOT, LINEAR, INVERSE = "BTCUSDT", "BTCUSDT-PERP", "BTCUSD_PERP"
CONTRACT = 100  # USD
TAKER = {SPOT: 0.001, LINEAR: 0.0005, INVERSE: 0.0005}
LOT = {SPOT: 1e-5, LINEAR: 1e-3, INVERSE: 1.0}
MAX_ORDER = {SPOT: 2.5, LINEAR: 2.5, INVERSE: 1500.0}  # as in hedge_*.toml
MIN_NOTIONAL = {SPOT: 5.0, LINEAR: 100.0, INVERSE: 100.0}
SPOT_BOUNDS = (-3.0, 8.0)
ORDER_NOTIONAL = 150_000.0
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
        self.run = ""

    def line(self, good, what, ours, theirs=""):
        self.failed += not good
        tail = "" if good else f"  report: {theirs}"
        print(f"{'agree ' if good else 'DIFFER'}  {self.run:13} {what:36} {ours}{tail}")

    def same(self, what, ours, theirs):
        self.line(ours == exact(theirs), what, text(ours), theirs)

    def close(self, what, ours, theirs, tolerance=1e-9):
        scale = max(abs(float(ours)), 1e-3)
        self.line(abs(float(ours) - float(theirs)) <= tolerance * scale, what, f"{float(ours):.12g}", theirs)


# --- the desk -------------------------------------------------------------------------------------


def worth(instrument, qty, price):
    """Value in the settlement asset."""
    return rounded(-qty * CONTRACT / price) if instrument == INVERSE else qty * price


def exposure(instrument, qty, price):
    return rounded(qty * CONTRACT / price) if instrument == INVERSE else qty


class Desk:
    """Positions by (book, instrument): what trading left behind in the settlement asset, and fees."""

    def __init__(self):
        zero = lambda: defaultdict(Fraction)
        self.price, self.qty, self.flow, self.fees, self.balance = {}, zero(), zero(), zero(), zero()
        self.deposits = Fraction(0)  # of coin
        self.pnl = dict.fromkeys(("spread", "target", "deviation", "basis", "fees"), Fraction(0))
        self.outside = Fraction(0)  # profit on coin that the factor does not count
        self.judged = False

    def net(self, instrument):
        return sum((qty for (_, name), qty in self.qty.items() if name == instrument), Fraction(0))

    def derivatives(self):
        return sum(exposure(n, self.net(n), self.price[n]) if self.net(n) else 0 for n in (LINEAR, INVERSE))

    def coin(self):
        return self.deposits + sum(qty for (_, name), qty in self.qty.items() if name == SPOT)

    def delta(self):
        return self.coin() + self.derivatives()

    def hedged(self):
        return sum((exposure(name, qty, self.price[name]) for (book, name), qty in self.qty.items() if book == "hedge"),
                   Fraction(0))

    def rate(self, instrument):
        return self.price[SPOT] if instrument == INVERSE else 1

    def equity(self, instrument):
        """Profit of a derivative, realised or not, less fees; in its settlement asset."""
        cash = sum(self.flow[key] - self.fees[key] for key in list(self.qty) if key[1] == instrument)
        return cash + worth(instrument, self.net(instrument), self.price[instrument])

    def value(self):
        cash = sum(qty for (_, asset), qty in self.balance.items() if asset == "USDT")
        return self.coin() * self.price[SPOT] + cash + sum(self.equity(n) * self.rate(n) for n in (LINEAR, INVERSE))

    def mark(self, event):
        instrument, price = event["instrument"], exact(event["price"])
        before = self.price.get(instrument)
        self.price[instrument] = price
        if before is None or not self.judged:
            return
        if instrument == SPOT:
            move = price - before
            self.pnl["target"] += TARGET * move
            self.pnl["deviation"] += (self.delta() - TARGET) * move
            self.pnl["basis"] -= self.derivatives() * move
            self.outside += self.equity(INVERSE) * move
            return
        qty = self.net(instrument)
        earned = worth(instrument, qty, price) - worth(instrument, qty, before)
        self.pnl["basis"] += earned * self.rate(instrument)

    def fill(self, event):
        instrument, price, fee = event["instrument"], exact(event["price"]), exact(event.get("fee", "0"))
        qty = exact(event["qty"]) * (1 if event["side"] == "buy" else -1)
        key, paid = (event["book"], instrument), -worth(instrument, qty, price)
        self.pnl["spread"] += (paid + worth(instrument, qty, self.price[instrument])) * self.rate(instrument)
        self.pnl["fees"] -= fee * self.rate(instrument)
        self.qty[key] += qty
        self.flow[key] += paid
        self.fees[key] += fee
        if instrument == SPOT:
            self.balance["spot", "BTC"] += qty
            self.balance["spot", "USDT"] += paid - fee

    def deposit(self, event):
        self.balance[event["account"], event["asset"]] += exact(event["qty"])
        if event["asset"] == "BTC":
            self.deposits += exact(event["qty"])


class Path_:
    """What the path of the factor adds up to."""

    def __init__(self):
        self.known = self.inside = self.above = self.below = 0
        self.alpha = self.z = self.iae = self.ise = self.ise_idle = self.max_abs_z = Fraction(0)

    def add(self, d, hedged, length):
        z = d / BAND
        out = max(abs(z) - 1, 0) * BAND
        self.known += length
        self.inside += length * (abs(z) <= 1)
        self.above += length * (z > 1)
        self.below += length * (z < -1)
        self.alpha += (1 - min(out / (LIMIT - BAND), Fraction(1))) * length
        self.z += z * length
        self.iae += abs(d) * length
        self.ise += d * d * length
        self.ise_idle += (d - hedged) ** 2 * length
        if length:
            self.max_abs_z = max(self.max_abs_z, abs(z))


# --- where a hedge should have gone ---------------------------------------------------------------


class Market:
    """Best prices as they stand; per BTC, what a trade costs and how much there is of it."""

    def __init__(self):
        self.top, self.top_at, self.met, self.funding = {}, {}, {}, {}
        self.before = None  # what the last event, if it was a top, replaced

    def hear(self, event):
        name = event["instrument"]
        self.before = (name, self.top.get(name), self.top_at.get(name))
        self.top_at[name] = ns(event["t"])
        self.top[name] = {key: float(event[key]) for key in ("bid", "ask", "bid_qty", "ask_qty")}

    def costs(self, side, desk, instruments):
        sign = 1 if side == "buy" else -1
        out = {}
        for name in instruments:
            top, mark = self.top[name], float(desk.price[name])
            each = CONTRACT / mark if name == INVERSE else 1.0  # BTC a unit of quantity
            carry = self.funding.get(name, 0.0) * mark  # one payment in eight hours; a long pays it
            cost = (top["ask"] - top["bid"]) / 2 + TAKER[name] * mark + sign * carry
            stands = top["ask_qty" if side == "buy" else "bid_qty"]
            most = min(stands, MAX_ORDER[name], ORDER_NOTIONAL / (each * mark))
            why = "top" if most == stands else "order size"
            if self.top_at[name] <= self.met.get((name, side), -1):
                most, why = 0.0, "unseen"  # since an order of ours met that side
            if name == SPOT:
                held = float(desk.qty["hedge", SPOT])
                room = max(0.0, SPOT_BOUNDS[1] - held if side == "buy" else held - SPOT_BOUNDS[0])
                if room < most:
                    most, why = room, "position"
            lots = int(most / LOT[name] * (1 + 1e-12)) * LOT[name]
            if lots * each * mark < MIN_NOTIONAL[name]:
                lots = 0.0
            out[name] = {"cost": cost, "each": each, "most": lots, "why": why}
        return out


def judge(costs, orders, need):
    """Why the orders of one decision went where they did, and whether they cost what they should."""
    rounding = max(LOT[name] * at["each"] * at["cost"] for name, at in costs.items() if at["most"] >= LOT[name])
    rounding = max(rounding, 0.07)  # where the dearest lot is net of funding
    whys = []
    spent = 0.0
    for name, qty in orders.items():
        at = costs[name]
        btc = qty * at["each"]
        spent += btc * at["cost"]
        cheaper = [other for other, its in costs.items() if its["cost"] < at["cost"] - 1e-9]
        room = {other: (costs[other]["most"] - orders.get(other, 0.0)) * costs[other]["each"] for other in cheaper}
        full = [other for other in cheaper if room[other] < LOT[name] * at["each"]]
        if not cheaper:
            whys.append((name, "cheapest", btc))
        elif len(full) == len(cheaper):
            last = max(full, key=lambda other: costs[other]["cost"])
            whys.append((name, costs[last]["why"], btc))
        else:
            saved = sum((at["cost"] - costs[other]["cost"]) * min(btc, room[other]) for other in cheaper)
            whys.append((name, "lots" if saved <= len(orders) * rounding else "UNEXPLAINED", btc))
    # The least that any fractions of lots would cost: cheapest first.
    left, least = need, 0.0
    for at in sorted(costs.values(), key=lambda at: at["cost"]):
        part = min(left, at["most"] * at["each"])
        least += part * at["cost"]
        left -= part
    sent = sum(qty * costs[name]["each"] for name, qty in orders.items())
    enough = sent >= need - left - 2 * max(LOT[name] * at["each"] for name, at in costs.items())
    no_more = sent <= need + max(LOT[name] * at["each"] for name, at in costs.items()) + 1e-9
    return whys, enough and no_more, spent <= least + (len(orders) + 1) * rounding


def sound(judged):
    whys, size_good, cost_good = judged
    return size_good and cost_good and all(why != "UNEXPLAINED" for _, why, _ in whys)


# --- one run --------------------------------------------------------------------------------------


class Run:
    def __init__(self, out, name):
        self.name = name
        self.report = json.loads((out / f"{name}.json").read_text())
        self.events = [json.loads(line) for line in (out / f"{name}.jsonl").read_text().splitlines()]
        self.instruments = [SPOT, LINEAR, INVERSE] if name.startswith("cheapest") else [INVERSE]
        self.desk, self.path, self.market = Desk(), Path_(), Market()
        self.orders = defaultdict(dict)  # by proposal: what was asked for
        for event in self.events:
            if event["type"] == "order" and event["state"] in ("working", "rejected"):
                self.orders[event["proposal"]][event["instrument"]] = float(event["qty"])
        self.whys = Counter()  # (instrument, side, why): BTC
        self.decisions = self.dear = self.wrong_size = self.wrong_delta = self.wrong_side = self.refused = 0
        self.deltas = []  # before this event, and before the one before
        self.middle = {}  # by proposal and instrument, when it was decided
        self.hedges = Counter()
        self.step()

    def step(self):
        start, end, at = ns(FROM), ns(TO), ns(FROM)
        delta = hedged = None
        for event in self.events:
            t, kind = ns(event["t"]), event["type"]
            self.deltas = self.deltas[-1:] + [delta]
            if t >= start and not self.desk.judged:
                self.desk.judged, self.value_at_start = True, self.desk.value()
            moves = kind in ("mark", "fill", "balance")
            if t > start and moves:
                self.path.add(delta - TARGET, hedged, t - at)
                at = t
            if kind not in ("top", "decision"):
                self.market.before = None
            if kind == "mark":
                self.desk.mark(event)
            elif kind == "fill":
                self.count(event)
                self.desk.fill(event)
            elif kind == "balance":
                self.desk.deposit(event)
            elif kind == "top":
                self.market.hear(event)
            elif kind == "funding_rate":
                self.market.funding[event["instrument"]] = float(event["rate"])
            elif kind == "order":
                self.refused += event["state"] == "rejected"
                if event["state"] in ("filled", "cancelled"):
                    self.market.met[event["instrument"], event["side"]] = t
            elif kind == "decision" and event["action"] == "hedge" and event["state"] == "acting":
                self.decide(event)
            if moves and len(self.desk.price) == 3:
                delta, hedged = self.desk.delta(), self.desk.hedged()
        self.path.add(delta - TARGET, hedged, end - at)

    def decide(self, event):
        stated = event["inputs"]["actual"]  # now, or before the event that let the clock pass it
        self.wrong_delta += all(abs(float(delta) - stated) > 1e-12 * stated for delta in self.deltas)
        deviation = stated - float(TARGET)
        side = "sell" if deviation > 0 else "buy"
        orders = self.orders.get(event["id"])
        if orders is None:  # still on its way at the end
            return
        need = abs(deviation) - float(BAND)
        judged = judge(self.market.costs(side, self.desk, self.instruments), orders, need)
        if self.market.before and not sound(judged):
            # What was due at that time was decided before the event that let the clock pass it.
            name, *old = self.market.before
            now = self.market.top[name], self.market.top_at[name]
            self.market.top[name], self.market.top_at[name] = old
            earlier = judge(self.market.costs(side, self.desk, self.instruments), orders, need)
            self.market.top[name], self.market.top_at[name] = now
            judged = earlier if sound(earlier) else judged
        whys, size_good, cost_good = judged
        self.decisions += 1
        self.wrong_size += not size_good
        self.dear += not cost_good
        for name, why, btc in whys:
            self.whys[name, side, why] += btc
        for name in orders:
            top = self.market.top[name]
            self.middle[event["id"], name] = (side, (top["bid"] + top["ask"]) / 2)

    def count(self, event):
        if event["origin"] != "hedge":
            return
        name, qty, price = event["instrument"], float(event["qty"]), float(event["price"])
        side, middle = self.middle[event["order"].rsplit("-", 1)[0], name]
        self.wrong_side += side != event["side"]
        sign = 1 if side == "buy" else -1
        btc = qty * CONTRACT / price if name == INVERSE else qty
        self.hedges["fills"] += 1
        self.hedges["btc"] += btc
        self.hedges[name, side] += btc
        self.hedges["fees"] += float(event["fee"]) * float(self.desk.rate(name))
        self.hedges["slippage"] += sign * btc * (price - middle)
        self.hedges["funding"] += sign * btc * price * self.market.funding.get(name, 0.0)

    def compare(self, compare):
        desk, path, report = self.desk, self.path, self.report
        compare.run = self.name
        (factor,) = report["factors"]
        compare.same("delta:BTC", desk.delta(), factor["actual"])
        realized = defaultdict(Fraction)
        for row in report["positions"]:
            key = (row["book"], row["instrument"])
            what = f"{row['instrument']} of {row['book']}"
            compare.same(f"position {what}", desk.qty[key], row["qty"])
            compare.same(f"fees {what}", desk.fees[key], next(iter(row["fees"].values()), "0"))
            booked = exact(row["realized_pnl"]) + exact(row["unrealized_pnl"])
            profit = desk.flow[key] + worth(key[1], desk.qty[key], desk.price[key[1]])
            compare.same(f"profit {what}", profit, text(booked))
            realized[row["account"]] += exact(row["realized_pnl"]) - desk.fees[key]
        for row in report["balances"]:
            cash = desk.balance[row["account"], row["asset"]]
            if row["account"] != "spot":  # what is realised; it is not counted as delta
                cash += realized[row["account"]]
            compare.same(f"balance {row['asset']}@{row['account']}", cash, row["qty"])
        for part, amount in desk.pnl.items():
            compare.same(f"profit, {part}", rounded(amount), factor["pnl"][part])
        compare.same("net asset value", rounded(desk.value()), report["net_asset_value"])
        profit, gained = sum(desk.pnl.values()), desk.value() - self.value_at_start
        compare.line(abs(profit + desk.outside - gained) < Fraction(1, 10**9), "value gained, in USDT",
                     f"{float(gained):.6f} = profit {float(profit):.6f} + on coin outside {float(desk.outside):.6f}")
        second = Fraction(1, SECOND)
        compare.close("adherence", path.alpha / path.known, factor["adherence"])
        compare.close("time_in_band", Fraction(path.inside, path.known), factor["time_in_band"])
        compare.close("time_above", Fraction(path.above, path.known), factor["time_above"])
        compare.close("time_below", Fraction(path.below, path.known), factor["time_below"])
        compare.close("bias", path.z / path.known, factor["bias"])
        compare.close("max_abs_z", path.max_abs_z, factor["max_abs_z"])
        compare.close("iae", path.iae * second, factor["iae"])
        compare.close("ise", path.ise * second, factor["ise"])
        compare.close("effectiveness", 1 - float(path.ise / path.ise_idle) ** 0.5, factor["effectiveness"])
        if not self.decisions:
            return
        many = f"{self.decisions} hedges"
        compare.line(self.wrong_delta == 0, "delta that decisions rest on", many, self.wrong_delta)
        compare.line(self.wrong_side == 0, "hedges towards the target", many, self.wrong_side)
        compare.line(self.refused == 0, "orders the venue refused", 0, self.refused)
        compare.line(self.wrong_size == 0, "sizes: to the edge, by a lot", many, self.wrong_size)
        compare.line(self.dear == 0, "cost: the least, by a lot an order", many, self.dear)
        unexplained = sum(btc for (_, _, why), btc in self.whys.items() if why == "UNEXPLAINED")
        compare.line(unexplained == 0, "where: the cheapest, or why not", many, f"{unexplained:.4f} BTC")


def tables(runs):
    def row(what, values):
        print(f"{what:32}" + "".join(f"{value:>15}" for value in values))

    factors = [run.report["factors"][0] for run in runs]
    print()
    row("", [run.name for run in runs])
    row("adherence, %", [f"{100 * f['adherence']:.2f}" for f in factors])
    row("time in band, %", [f"{100 * f['time_in_band']:.2f}" for f in factors])
    row("effectiveness, %", [f"{100 * f['effectiveness']:.2f}" for f in factors])
    row("longest excursion, s", [f"{f['excursions']['longest_seconds']:.2f}" for f in factors])
    for part in ("spread", "target", "deviation", "basis", "fees", "total"):
        row(f"profit, {part}", [f"{float(f['pnl'][part]):.2f}" for f in factors])
    row("hedged, BTC", [f"{run.hedges['btc']:.2f}" for run in runs])
    row("fees of hedges", [f"{run.hedges['fees']:.2f}" for run in runs])
    row("slippage against the middle", [f"{run.hedges['slippage']:.2f}" for run in runs])
    row("funding to expect, 8 h", [f"{run.hedges['funding']:.2f}" for run in runs])
    row("cost of control with it", [
        f"{run.hedges['fees'] + run.hedges['slippage'] + run.hedges['funding']:.2f}" for run in runs])
    for run in runs[1:]:
        print(f"\n{run.name + ': BTC ordered':32}" + "".join(f"{name:>15}" for name in (SPOT, LINEAR, INVERSE)))
        for side in ("buy", "sell"):
            for why in ("cheapest", "lots", "top", "unseen", "order size", "position", "UNEXPLAINED"):
                amounts = [run.whys[name, side, why] for name in (SPOT, LINEAR, INVERSE)]
                if any(amounts):
                    row(f"  {side}, {why}", [f"{amount:.3f}" if amount else "" for amount in amounts])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    compare = Comparison()
    runs = [Run(Path(sys.argv[1]), name) for name in RUNS]
    for run in runs:
        run.compare(compare)
    tables(runs)
    print(f"{compare.failed} differ")
    sys.exit(1 if compare.failed else 0)


main()
