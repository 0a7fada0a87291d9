#!/usr/bin/env python3
"""Invents the fills of a desk that quotes on three markets, at prices that really stood there.

usage: synth_fills.py SEED TOPS_SPOT TOPS_USDM TOPS_CM > fills.jsonl

Quotes are hit at the bid or lifted at the ask of the moment, on average one every 1.2 s. When the
net passes 0.4 BTC, a hedge on the linear perpetual follows one to six seconds later: it takes
liquidity, so that it crosses the spread. At the start, 2 BTC of margin on the coin-margined account
are hedged by a short of the inverse perpetual. Equal seeds give equal fills.
"""

import bisect
import heapq
import json
import random
import sys
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
SECOND = 10**9
MARKETS = {  # by account: instrument, weight, fee of a maker (below zero: a rebate), fee of a taker
    "spot": ("BTCUSDT", 25, Decimal("0"), Decimal("0.0002")),
    "usdm": ("BTCUSDT-PERP", 40, Decimal("-0.00005"), Decimal("0.00017")),
    "cm": ("BTCUSD_PERP", 35, Decimal("-0.00005"), Decimal("0.00023")),
}
CONTRACT_USD = 100


def ns(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = (datetime.fromisoformat(whole + "+00:00") - EPOCH) // timedelta(seconds=1)
    return seconds * SECOND + int((fraction or "0").ljust(9, "0"))


def rfc3339(t):
    moment = EPOCH + timedelta(seconds=t // SECOND)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{t % SECOND:09d}Z"


class Tops:
    """Best bid and ask of one market over time."""

    def __init__(self, path):
        self.times, self.best = [], []
        with open(path) as file:
            for line in file:
                event = json.loads(line)
                if event["type"] == "top":
                    self.times.append(ns(event["t"]))
                    self.best.append((Decimal(event["bid"]), Decimal(event["ask"])))

    def at(self, t):
        return self.best[bisect.bisect_right(self.times, t) - 1]


class Desk:
    def __init__(self, seed, tops):
        self.random = random.Random(seed)
        self.tops = tops
        self.net = 0.0  # BTC, roughly: only to decide when to hedge
        self.count = 0

    def emit(self, t, market, side, qty, origin):
        instrument, _, maker_fee, taker_fee = MARKETS[market]
        maker = origin == "quote"
        bid, ask = self.tops[market].at(t)
        price = bid if (side == "buy") == maker else ask
        coin = CONTRACT_USD * qty / price if market == "cm" else qty
        paid = (coin if market == "cm" else coin * price) * (maker_fee if maker else taker_fee)
        self.net += float(coin) * (1 if side == "buy" else -1)
        self.count += 1
        print(json.dumps({
            "t": rfc3339(t), "type": "fill", "id": f"{origin}-{self.count}", "venue": "binance",
            "account": market, "book": "mm", "instrument": instrument, "side": side,
            "qty": f"{qty:f}", "price": f"{price:f}",
            "fee": f"{paid.quantize(Decimal('1e-8'), ROUND_HALF_UP):f}",
            "fee_asset": "BTC" if market == "cm" else "USDT", "origin": origin,
            "liquidity": "maker" if maker else "taker",
        }, separators=(",", ":")))

    def quote(self, t):
        names = list(MARKETS)
        (market,) = self.random.choices(names, [MARKETS[name][1] for name in names])
        side = self.random.choice(("buy", "sell"))
        coin = self.random.uniform(0.01, 0.25)
        if market == "cm":
            qty = Decimal(max(1, round(coin * float(self.tops["cm"].at(t)[0]) / CONTRACT_USD)))
        else:
            qty = Decimal(coin).quantize(Decimal("0.001" if market == "usdm" else "0.00001"))
        self.emit(t, market, side, qty, "quote")

    def hedge(self, t):
        qty = Decimal(abs(self.net)).quantize(Decimal("0.001"))
        if qty:
            self.emit(t, "usdm", "sell" if self.net > 0 else "buy", qty, "hedge")

    def run(self):
        start = max(tops.times[0] for tops in self.tops.values()) + SECOND
        end = min(tops.times[-1] for tops in self.tops.values())
        margin = 2
        short = round(margin * float(self.tops["cm"].at(start)[0]) / CONTRACT_USD)
        self.net = float(margin)
        self.emit(start, "cm", "sell", Decimal(short), "rebalance")
        due = [(start + SECOND, 0, "quote")]
        hedging = False
        while due:
            t, _, what = heapq.heappop(due)
            if t >= end:
                break
            if what == "hedge":
                self.hedge(t)
                hedging = False
            else:
                self.quote(t)
                gap = int(self.random.expovariate(1 / 1.2) * SECOND) + 1
                heapq.heappush(due, (t + gap, 0, "quote"))
            if abs(self.net) > 0.4 and not hedging:
                hedging = True
                heapq.heappush(due, (t + int(self.random.uniform(1, 6) * SECOND), 1, "hedge"))


if len(sys.argv) != 5:
    sys.exit(__doc__)
print(f"# Invented by synth_fills.py, seed {sys.argv[1]}.")
Desk(int(sys.argv[1]), {name: Tops(path) for name, path in zip(MARKETS, sys.argv[2:])}).run()
