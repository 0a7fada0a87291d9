#!/usr/bin/env python3
"""Invents the fills of clients who trade the coin-margined perpetual with the desk.

usage: client_fills.py SEED TOPS_CM > fills.jsonl

From half a minute after the first price on, a client trades every two seconds on average: 0.02 to
0.6 BTC, in contracts, and pays 0.06 % to either side of the middle of the moment, without a fee.
For some 30 s at a time more of them buy than sell, or the other way round. Only flow: what the desk
does about it is not decided here. Equal seeds give equal fills.
"""

import bisect
import json
import random
import sys
from datetime import datetime, timedelta, timezone
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
SECOND = 10**9
CONTRACT_USD = 100
MARGIN = Decimal("0.0006")
TICK = Decimal("0.1")


def ns(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = (datetime.fromisoformat(whole + "+00:00") - EPOCH) // timedelta(seconds=1)
    return seconds * SECOND + int((fraction or "0").ljust(9, "0"))


def rfc3339(t):
    moment = EPOCH + timedelta(seconds=t // SECOND)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{t % SECOND:09d}Z"


def middles(path):
    times, prices = [], []
    with open(path) as file:
        for line in file:
            event = json.loads(line)
            if event["type"] == "top":
                times.append(ns(event["t"]))
                prices.append((Decimal(event["bid"]) + Decimal(event["ask"])) / 2)
    return times, prices


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    draw = random.Random(int(sys.argv[1]))
    times, prices = middles(sys.argv[2])
    print(f"# Invented by client_fills.py, seed {sys.argv[1]}.")
    t = times[0] + 30 * SECOND
    turns, buying = t, draw.choice((0.25, 0.75))
    count = 0
    while True:
        t += int(draw.expovariate(1 / 2) * SECOND) + 1
        if t >= times[-1] - 5 * SECOND:
            return
        if t >= turns:
            turns = t + int(draw.uniform(20, 40) * SECOND)
            buying = 1 - buying
        middle = prices[bisect.bisect_right(times, t) - 1]
        desk_buys = draw.random() < buying
        price = middle * (1 - MARGIN if desk_buys else 1 + MARGIN)
        price = price.quantize(TICK, ROUND_FLOOR if desk_buys else ROUND_CEILING)
        count += 1
        print(json.dumps({
            "t": rfc3339(t), "type": "fill", "id": f"client-{count}", "venue": "binance",
            "account": "cm", "book": "mm", "instrument": "BTCUSD_PERP",
            "side": "buy" if desk_buys else "sell",
            "qty": str(max(1, round(draw.uniform(0.02, 0.6) * float(middle) / CONTRACT_USD))),
            "price": f"{price:f}", "origin": "client", "liquidity": "maker",
        }, separators=(",", ":")))


main()
