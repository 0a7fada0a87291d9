#!/usr/bin/env python3
"""Adds up 254 accounts again from the raw recordings, sharing no code with Ballast.

usage: recompute.py DATA REPORT.json

Steps through trades and deposits in exact fractions and compares, account by account: every
position, every balance and profit, the net of all accounts in each coin, and the net asset value.
What is exact must agree to the last digit. Exits with 1 when anything differs.
"""

import csv
import gzip
import json
import sys
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path

WIDE = Context(prec=80, rounding=ROUND_HALF_EVEN)


def exact(text):
    return Fraction(Decimal(text))


def text(value):
    number = WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{number.normalize(WIDE):f}"


class Position:
    """Average cost, kept exactly."""

    def __init__(self):
        self.qty = self.average = self.realized = self.flow = Fraction(0)

    def trade(self, qty, price):
        self.flow -= qty * price
        if self.qty * qty < 0:
            closed = min(abs(qty), abs(self.qty)) * (1 if self.qty > 0 else -1)
            self.realized += closed * (price - self.average)
            if abs(qty) > abs(self.qty):
                self.average = price
        elif qty:
            self.average = (self.average * self.qty + price * qty) / (self.qty + qty)
        self.qty += qty


def step_through(folder, first_marks):
    """Positions by (user, coin), deposits by user, marks and profit by coin."""
    positions, deposits = defaultdict(Position), defaultdict(Fraction)
    marks, net, profit = dict(first_marks), defaultdict(Fraction), defaultdict(Fraction)
    with open(folder / "non_mm_ledger_updates.csv") as file:
        for row in csv.DictReader(file):
            deposits[row["user"]] += exact(row["delta_usd"])
    with gzip.open(folder / "non_mm_trades.csv.gz", "rt") as file:
        trades = list(csv.DictReader(file))
    # As the replay merges its inputs: at equal times, marks come before fills.
    for order, row in sorted(
        [((row["time"], 0, n), row) for n, row in enumerate(trades) if row["crossed"] == "true"]
        + [((row["time"], 1, n), row) for n, row in enumerate(trades)],
        key=lambda item: item[0],
    ):
        coin, price = row["coin"], exact(row["px"])
        if order[1] == 0:
            if coin in marks:
                profit[coin] += net[coin] * (price - marks[coin])
            marks[coin] = price
            continue
        qty = exact(row["sz"]) * (1 if row["side"] == "Bid" else -1)
        positions[row["user"], coin].trade(qty, price)
        net[coin] += qty
        profit[coin] += qty * (marks[coin] - price)
    return positions, deposits, marks, net, profit


class Comparison:
    def __init__(self):
        self.failed = 0

    def line(self, good, what, ours, theirs=""):
        self.failed += not good
        print(f"{'agree ' if good else 'DIFFER'}  {what:40} {ours}{'' if good else f'  report: {theirs}'}")

    def same(self, what, ours, theirs):
        self.line(ours == exact(theirs), what, text(ours), theirs)

    def all_same(self, what, pairs):
        """Many equal pairs in one line; those that differ in one each."""
        pairs = list(pairs)
        bad = [(key, ours, theirs) for key, ours, theirs in pairs if ours != exact(theirs)]
        self.line(not bad, what, f"{len(pairs) - len(bad)} of {len(pairs)}", f"{len(bad)} differ")
        for key, ours, theirs in bad[:10]:
            print(f"        {key}: {text(ours)}  report: {theirs}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, report_path = map(Path, sys.argv[1:])
    report = json.loads(report_path.read_text())
    first = {}
    for line in (Path(__file__).parent / "first_marks.jsonl").read_text().splitlines():
        if not line.startswith("#"):
            mark = json.loads(line)
            first[mark["instrument"].removesuffix("-PERP")] = exact(mark["price"])
    positions, deposits, marks, net, profit = step_through(data / "hyperliquid_2023", first)

    rows = {(p["account"], p["instrument"].removesuffix("-PERP")): p for p in report["positions"]}
    balances = {b["account"]: b["qty"] for b in report["balances"]}
    compare = Comparison()
    compare.line(rows.keys() == positions.keys(), "accounts and coins that traded", len(positions), len(rows))
    users = {user for user, _ in positions} | deposits.keys()
    compare.line(balances.keys() <= users, "accounts with a balance", f"{len(balances)} of {len(users)}")
    compare.all_same("positions", ((key, p.qty, rows[key]["qty"]) for key, p in positions.items()))
    # What an open position has realised depends on divisions; with what it has not, it is exact again.
    compare.all_same("profit of each position", (
        (key, p.flow + p.qty * marks[key[1]],
         text(exact(rows[key]["realized_pnl"]) + exact(rows[key]["unrealized_pnl"])))
        for key, p in positions.items()))
    compare.all_same("realised profit of closed positions", (
        (key, p.flow, rows[key]["realized_pnl"]) for key, p in positions.items() if not p.qty))
    worst = max(abs(p.realized - exact(rows[key]["realized_pnl"])) for key, p in positions.items())
    compare.line(worst < Fraction(1, 10**15), "realised profit, largest difference", f"{float(worst):.1e} USD")
    cash = defaultdict(Fraction, deposits)
    for (user, _), row in rows.items():
        cash[user] += exact(row["realized_pnl"])
    compare.all_same("balances: deposits and realised profit", (
        (user, cash[user], balances.get(user, "0")) for user in sorted(users)))
    for row in report["factors"]:
        coin = row["unit"]
        compare.same(f"{row['factor']}, all accounts", net[coin], row["actual"])
        compare.same(f"{row['factor']}, profit", profit[coin], row["pnl"]["total"])
    value = sum(deposits.values()) + sum(p.flow + p.qty * marks[key[1]] for key, p in positions.items())
    compare.same("net asset value of all clients", value, report["net_asset_value"])
    earned = sum(exact(row["pnl"]["total"]) for row in report["factors"])
    compare.same("deposits + profit of the factors", value, text(sum(deposits.values()) + earned))
    compare.line(not report["breaks"], "open breaks after 62 liquidations", len(report["breaks"]), 0)
    compare.line(report["events"]["refused"] == report["events"]["duplicate"] == 0,
                 "events applied", report["events"]["applied"], report["events"])
    print(f"{compare.failed} differ")
    sys.exit(1 if compare.failed else 0)


main()
