#!/usr/bin/env python3
"""What Ballast hears of one perpetual, 2019-11 to 2024-12, from four recordings.

usage: tape.py DATA > tape.jsonl

Every eight hours, at the stamps at which funding is settled:

  a millisecond before  spot: the close of Binance's candle of four hours
                        the perpetual: from 2023-01 to 2024-06 the close of its own candle of eight
                        hours. No recording has it before and after: there it is that of spot
                        its top, invented: that price less and plus 1 bp, QTY on each side
  at the stamp          the funding rate that was settled

What is said at a stamp stands until the next.
"""

import csv
import gzip
import json
import sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

STEP = 8 * 3600
BEGIN, END = (int(datetime(*day, tzinfo=timezone.utc).timestamp()) for day in ((2019, 11, 1), (2025, 1, 1)))
HALF_SPREAD = Decimal("0.0001")  # of the price, invented
QTY = "25"  # BTC, invented
TICK = Decimal("0.1")


def rows(path):
    with gzip.open(path, "rt", newline="") as lines:
        yield from csv.DictReader(lines)


def spot_closes(data):
    """By the stamp that a candle ends at; where that candle is missing (one is), the next one's open."""
    closes, opens = {}, {}
    for row in rows(data / "ohlcv_4h_2017_2025" / "BTCUSDT.csv.gz"):
        begin = int(datetime.fromisoformat(row["open_time"]).timestamp())
        opens[begin] = Decimal(row["open"])
        closes[begin + 4 * 3600] = Decimal(row["close"])
    return opens | closes


def perpetual_closes(data):
    """The file's times are London's, summer time included."""
    closes, london = {}, ZoneInfo("Europe/London")
    for row in rows(data / "basis_3venues_8h" / "all_exchanges.csv.gz"):
        if (row["exchange"], row["pair"]) == ("binance", "BTCUSDT"):
            begin = datetime.fromisoformat(row["time"]).replace(tzinfo=london)
            closes[int(begin.timestamp()) + STEP] = Decimal(row["close"])
    return closes


def settled_rates(data):
    """By stamp: 2020 to 2023 in the time of UTC+3, 2024 in percent by the millisecond."""
    rates = {}
    for ms, percent in json.loads((data / "dvol_btc" / "funding_rate_btc.json").read_text(), parse_float=Decimal):
        rates[round(ms / 1000 / STEP) * STEP] = (percent / 100).quantize(Decimal("1e-8"))
    for row in rows(data / "funding_7venues" / "BTC-USDT_binance_2020-01-01_2024-01-01_funding_history.csv.gz"):
        settled = datetime.fromisoformat(row["Date"] + "+03:00").timestamp()
        rates[round(settled / STEP) * STEP] = Decimal(row["Funding Rate"])
    return rates


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = Path(sys.argv[1])
    spot, perpetual = spot_closes(data), perpetual_closes(data)
    rates = settled_rates(data)

    def say(ms, kind, **fields):
        t = (datetime(1970, 1, 1) + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds") + "Z"
        print(json.dumps({"t": t, "type": kind} | fields))

    for stamp in range(BEGIN, END + 1, STEP):
        ms, price = stamp * 1000, perpetual.get(stamp, spot[stamp])
        half = (price * HALF_SPREAD).quantize(TICK)
        bid, ask = (str((price + side * half).quantize(TICK)) for side in (-1, 1))
        say(ms - 1, "top", instrument="BTC-PERP", bid=bid, bid_qty=QTY, ask=ask, ask_qty=QTY)
        say(ms - 1, "mark", instrument="BTC-PERP", price=str(price))
        say(ms - 1, "mark", instrument="BTC-USDT", price=str(spot[stamp]))
        if stamp == END:
            break
        if stamp in rates:
            say(ms, "funding_rate", instrument="BTC-PERP", rate=f"{rates[stamp]:f}", interval_h="8")


main()
