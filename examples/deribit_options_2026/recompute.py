#!/usr/bin/env python3
"""Works out the strangle's delta, vega, theta and cash again. Shares no code with Ballast.

usage: recompute.py DATA OUT

From the snapshot that was in force: the median of the forwards that the expiry's options state, the mark vol of the
option out of the money at each strike, Black's formula with the time to the whole minute. From the fills alone: the
account's coins. Holds them against OUT's reports; levels must agree to 1e-9 of themselves, coins exactly. Exits with 1
when anything differs.
"""

import csv
import gzip
import json
import statistics
import sys
from datetime import datetime, timezone
from decimal import Decimal
from math import erf, exp, log, pi, sqrt
from pathlib import Path

DATA, OUT = Path(sys.argv[1]) / "deribit_chains_2026", Path(sys.argv[2])
EXPIRY = datetime(2026, 1, 30, 8, tzinfo=timezone.utc)
SHORT = (("put", 85000.0), ("call", 102000.0))
COINS = -10.0
failed = 0


def compare(what, ours, theirs, good):
    global failed
    failed += not good
    print(f"{'agree ' if good else 'DIFFER'}  {what:40} {ours}{'' if good else f'  report: {theirs}'}")


def snapshot(at):
    """The rows of the expiry in the last snapshot up to `at`."""
    names = sorted(p for p in DATA.glob("deribit_options_snapshot_*") if p.name[25:41] <= at.strftime("%Y%m%dT%H%M%SZ"))
    with gzip.open(names[-1], "rt", newline="") as lines:
        return [r for r in csv.DictReader(lines) if r["currency"] == "BTC"
                and datetime.fromisoformat(r["expiry_datetime"]) == EXPIRY]


def greeks(at):
    rows = snapshot(at)
    forward = statistics.median(float(r["futures_price"]) for r in rows)
    years = (EXPIRY - at.replace(second=0)).total_seconds() / (365 * 86400)
    sums = dict.fromkeys(("delta", "net", "vega", "theta"), 0.0)
    for right, strike in SHORT:
        outside = "call" if strike >= forward else "put"
        vol = next(float(r["implied_volatility"]) for r in rows
                   if r["option_type"] == outside and float(r["strike"]) == strike)
        width = vol * sqrt(years)
        d1 = log(forward / strike) / width + width / 2
        cdf = lambda x: (1 + erf(x / sqrt(2))) / 2
        bell = exp(-d1 * d1 / 2) / sqrt(2 * pi)
        call = forward * cdf(d1) - strike * cdf(d1 - width)
        price, delta = (call, cdf(d1)) if right == "call" else (call - forward + strike, cdf(d1) - 1)
        sums["delta"] += COINS * delta
        sums["net"] += COINS * (delta - price / forward)
        sums["vega"] += COINS * forward * bell * sqrt(years) / 100
        sums["theta"] -= COINS * forward * bell * vol / (2 * sqrt(years)) / 365
    return sums


for text in ("2026-01-06T09:24:00Z", "2026-01-29T16:10:00Z"):
    report = {(f["factor"], f["book"]): f for f in json.loads((OUT / f"{text}.json").read_text())["factors"]}
    ours = greeks(datetime.fromisoformat(text.replace("Z", "+00:00")))
    for name, book, level in (("delta:BTC", "options", ours["delta"]), ("delta:BTC", "*", 10 + ours["net"]),
                              ("vega:BTC", "*", ours["vega"]), ("theta:BTC", "*", ours["theta"])):
        theirs = float(report[name, book]["actual"])
        compare(f"{text} {name}@{book}", f"{level:.9g}", theirs, abs(level - theirs) <= 1e-9 * abs(level))

coins = Decimal(10)
for line in (Path(__file__).parent / "fills.jsonl").read_text().splitlines():
    event = {} if line.startswith("#") else json.loads(line)
    if event.get("type") == "fill":
        sign = 1 if event["side"] == "sell" else -1
        coins += sign * Decimal(event["qty"]) * Decimal(event["price"]) - Decimal(event.get("fee", 0))
balance = json.loads((OUT / "report.json").read_text())["balances"][0]
compare("coins on the account at the end", coins, balance["qty"], coins == Decimal(balance["qty"]))
sys.exit(1 if failed else 0)
