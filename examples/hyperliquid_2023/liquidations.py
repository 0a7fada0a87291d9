#!/usr/bin/env python3
"""Turns liquidations into statements that the position is gone, for the reconciliation.

usage: liquidations.py DATA > statements.jsonl

liquidations.csv says when and whose, not what. The fill that took the position over stands among
the trades, in the same second and on the maker's side. A cross-margined account loses all its
positions, an isolated position goes alone; so the venue says, in effect, that the account holds
zero of every instrument it has traded, or of that one.
"""

import csv
import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path

if len(sys.argv) != 2:
    sys.exit(__doc__)
folder = Path(sys.argv[1]) / "hyperliquid_2023"
with gzip.open(folder / "non_mm_trades.csv.gz", "rt") as file:
    trades = list(csv.DictReader(file))
taken_over = defaultdict(set)
for trade in trades:
    if trade["crossed"] == "false":
        taken_over[trade["user"], trade["time"]].add(trade["coin"])

with open(folder / "liquidations.csv") as file:
    for liquidation in csv.DictReader(file):
        user, time = liquidation["user"], liquidation["time"]
        coins = taken_over[user, time]
        if not coins:
            sys.exit(f"no fill took over what {user} lost at {time}")
        if liquidation["leverage_type"] == "Cross":
            coins = {t["coin"] for t in trades if t["user"] == user and t["time"] <= time}
        for coin in sorted(coins):
            print(json.dumps({
                "t": time, "type": "position", "venue": "hyperliquid", "account": user,
                "instrument": f"{coin}-PERP", "qty": "0",
            }, separators=(",", ":")))
