#!/usr/bin/env python3
"""Works out every target of the five years again, and what following it came to. Shares no code with Ballast.

usage: recompute.py DATA OUT

From the raw recordings: what volatility, funding, its error and the wander of the target were to be learnt at each
of 5,665 stamps, and by the formulas of docs/targets.md the carry tilt, the budget, the band and the glide. From the
fills that the paper venue told: the path of the net delta, adherence, and every part of profit, year by year. Holds
all of it against OUT's reports and explanations, and prints what the tilt earned and risked, against the neutral
desk. Levels that pass through logarithms and roots must agree to 1e-9 of themselves, books to 1e-9 USDT; what
`explain` prints, to its six digits. Exits with 1 when anything differs.
"""

import csv
import gzip
import json
import math
import re
import sys
from bisect import bisect_right
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

STEP, DAY, NS = 8 * 3600, 86400, 10**9
YEARS = (2020, 2021, 2022, 2023, 2024)
HELD = Decimal(20)
# As in desk.toml.
GAMMA, HORIZON, BUDGET, FEE = 2e-6, 14.0, 5000.0, 0.0005
LEAST, MOST, LIMIT = 0.1, 3.0, 20.0
VOLATILITY, FUNDING, LIQUIDITY, WANDER, LEAST_OBSERVATIONS = 30.0, 30.0, 7.0, 30.0, 30  # days; count
HOLD = 16 * 3600
LAMBDA = 1e-4


def utc(year, month=1, day=1):
    return int(datetime(year, month, day, tzinfo=timezone.utc).timestamp())


BEGIN, END = utc(2019, 11), utc(2025)


class Comparison:
    def __init__(self):
        self.failed = 0

    def close(self, what, ours, theirs, tolerance=1e-9, least=1e-6):
        theirs = float(theirs)
        good = abs(ours - theirs) <= tolerance * max(abs(ours), least)
        self.failed += not good
        print(f"{'agree ' if good else 'DIFFER'}  {what:44} {ours:.10g}{'' if good else f'  report: {theirs:.10g}'}")


# --- the recordings -------------------------------------------------------------------------------


def rows(path):
    with gzip.open(path, "rt", newline="") as lines:
        return list(csv.DictReader(lines))


def market(data):
    """By stamp: price of spot, price of the perpetual, funding rate."""
    spot, perpetual, rate = {}, {}, {}
    candles = rows(data / "ohlcv_4h_2017_2025" / "BTCUSDT.csv.gz")
    for row in candles:  # what the candle before closed at, or this one opened at, if that is missing
        spot[int(datetime.fromisoformat(row["open_time"]).timestamp())] = Decimal(row["open"])
    for row in candles:
        spot[int(datetime.fromisoformat(row["open_time"]).timestamp()) + 4 * 3600] = Decimal(row["close"])
    for row in rows(data / "basis_3venues_8h" / "all_exchanges.csv.gz"):
        if row["exchange"] == "binance" and row["pair"] == "BTCUSDT":
            moment = datetime.fromisoformat(row["time"]).replace(tzinfo=ZoneInfo("Europe/London"))
            perpetual[int(moment.timestamp()) + STEP] = Decimal(row["close"])
            rate[int(moment.timestamp())] = Decimal(row["funding rate"])
    said_thrice = dict(rate)
    name = "BTC-USDT_binance_2020-01-01_2024-01-01_funding_history.csv.gz"
    for row in rows(data / "funding_7venues" / name):
        stamp = round((datetime.fromisoformat(row["Date"]).replace(tzinfo=timezone.utc).timestamp() - 3 * 3600) / STEP)
        rate[stamp * STEP] = Decimal(row["Funding Rate"])
    apart = 0
    for ms, percent in json.loads((data / "dvol_btc" / "funding_rate_btc.json").read_text()):
        stamp = round(ms / 1000 / STEP) * STEP
        value = round(Decimal(percent) / 100, 8)
        apart += stamp in said_thrice and abs(said_thrice[stamp] - value) > Decimal("1e-8")
        apart += stamp in rate and abs(rate[stamp] - value) > Decimal("1e-8")
        if stamp >= utc(2024):
            rate[stamp] = value
    stamps = range(BEGIN, END + 1, STEP)
    prices = [(spot[s], perpetual.get(s, spot[s])) for s in stamps]
    rates = [rate.get(s) if utc(2020) <= s < END else None for s in stamps]
    return list(stamps), prices, rates, apart


# --- what is learnt, and the target ---------------------------------------------------------------


def weights(count, half_life):
    """Of the latest first, steps of eight hours."""
    return [2.0 ** (-n * STEP / DAY / half_life) for n in range(count)]


def effective(w):
    return sum(w) ** 2 / sum(x * x for x in w)


def funding_of(levels):
    """What is expected on average over the horizon, and the error of what it reverts to; a day."""
    count = min(len(levels) - 1, 3000)  # 2^-33 of a weight is left of the oldest
    if count < 3:
        return None, None, 0
    w = weights(count, FUNDING)
    x, y = levels[-2::-1][:count], levels[:0:-1][:count]
    total, n = sum(w), effective(w)
    mean_x = sum(map(lambda a, b: a * b, w, x)) / total
    mean_y = sum(map(lambda a, b: a * b, w, y)) / total
    xx = sum(a * (b - mean_x) ** 2 for a, b in zip(w, x))
    xy = sum(a * (b - mean_x) * (c - mean_y) for a, b, c in zip(w, x, y))
    yy = sum(a * (c - mean_y) ** 2 for a, c in zip(w, y))
    slope = xy / xx
    unexplained = max(0.0, yy - slope * xy) / total * n / (n - 2)
    unbiased = slope + (1 + 3 * slope) / n  # Kendall
    error = None
    if unbiased < 1:
        phi = max(unbiased, 0.0)
        error = math.sqrt(yy / total * n / (n - 1) / n * (1 + phi) / (1 - phi))
    pairs, level = int(n * (1 + 1e-12)), levels[-1]
    critical = -2.86154 - 2.8903 / int(n) - 4.234 / int(n) ** 2 - 40.04 / int(n) ** 3  # MacKinnon
    if int(n) < 25 or not (slope < 1 and slope - 1 < critical * math.sqrt(unexplained * total / xx / n)):
        return level, error, pairs
    mean = (mean_y - slope * mean_x) / (1 - slope)
    if slope < 1e-9:
        return mean, error, pairs
    decays = -math.log(slope) * HORIZON / (STEP / DAY)
    return mean + (level - mean) * -math.expm1(-decays) / decays, error, pairs


class Held:
    """A reading that outlives its inputs for a while, and then gives way to the safe one."""

    def __init__(self, safe):
        self.safe, self.good, self.at = safe, None, None

    def settle(self, reading, now):
        if reading is not None:
            self.good, self.at = reading, now
            return reading
        if self.good is not None and now - self.at <= HOLD:
            return self.good
        self.good = None
        return self.safe


def targets(stamps, prices, rates, tilted):
    """At each stamp: the target, the band's half width, and what they rest on."""
    path, levels, returns = [], [], []
    tilt_held, budget_held, width_held = Held(0.0), Held(0.0), Held(0.5)
    level = weight = 0.0  # of the wander
    last, glide = 0.0, None  # nothing is held when the desk begins, a second before the first stamp
    half_sum = half_weight = 0.0
    kept_half = 2.0 ** (-STEP / DAY / LIQUIDITY)
    sum_squares = sum_weights = squared_weights = 0.0
    kept = 2.0 ** (-STEP / DAY / VOLATILITY)
    share = (-GAMMA + math.sqrt(GAMMA**2 + 4 * GAMMA * LAMBDA)) / (2 * LAMBDA)
    tick = Decimal("0.1")
    for k, now in enumerate(stamps):
        spot, perpetual = prices[k]
        if k >= 2:  # the last price is a sample once its hour is over
            r = math.log(float(prices[k - 1][1])) - math.log(float(prices[k - 2][1]))
            sum_squares = kept * sum_squares + r * r / (STEP / DAY)
            sum_weights, squared_weights = kept * sum_weights + 1, kept**2 * squared_weights + 1
        observed = sum_weights**2 / squared_weights if squared_weights else 0
        sigma = math.sqrt(sum_squares / sum_weights) if observed * (1 + 1e-12) >= LEAST_OBSERVATIONS else None
        price = float(spot)
        target, tilt, expected, error = 0.0, None, None, None
        if rates[k] is not None:
            levels.append(float(rates[k]) * 3)
        if tilted:
            expected, error, count = funding_of(levels)
            known = count >= LEAST_OBSERVATIONS and error is not None and sigma is not None
            if known:
                mu, se = -expected * price, error * price
                confidence = 0.0 if abs(mu) <= se else 1 - (se / mu) ** 2
                tilt = confidence * mu / ((sigma * price) ** 2 * GAMMA)
            target += tilt_held.settle(tilt, now)
            reach = budget_held.settle(BUDGET / (price * sigma) if sigma is not None else None, now)
            target = max(-reach, min(reach, target))
        # The wander of what nobody hedges about that.
        deviation = float(HELD) - target
        days = (STEP if k > 0 else 1) / DAY
        kept_wander = 2.0 ** (-days / WANDER)
        level = kept_wander * level + (1 - kept_wander) * (deviation - last) ** 2 / days
        weight = kept_wander * weight + (1 - kept_wander)
        last = deviation
        wander = math.sqrt(level / weight) if k + 2 > LEAST_OBSERVATIONS else None
        # The half spread by the time for which it stood; the newest for a millisecond.
        half = (perpetual * Decimal("0.0001")).quantize(tick)
        half = float(((perpetual + half).quantize(tick) - (perpetual - half).quantize(tick)) / 2)
        moment = 2.0 ** (-0.001 / DAY / LIQUIDITY)
        spread_now = (half_sum * moment + (1 - moment) * half) / (half_weight * moment + (1 - moment))
        known_spread = k >= LEAST_OBSERVATIONS
        half_sum = kept_half * half_sum + (1 - kept_half) * half
        half_weight = kept_half * half_weight + (1 - kept_half)
        width = None
        if None not in (wander, sigma) and known_spread:
            cost = (spread_now / float(perpetual) + FEE) * price
            width = (1.5 * cost * (wander / (sigma * price)) ** 2 / GAMMA) ** (1 / 3)
        width = max(LEAST, min(width_held.settle(width, now), MOST))
        if tilted:
            glide = target if glide is None else glide + share * (target - glide)
            target = glide
        glided, target, width = target, round(target, 9), round(width, 9)
        lower, upper = (max(-LIMIT, min(LIMIT, target + side * width)) for side in (-1, 1))
        path.append({"t": now, "target": max(-LIMIT, min(LIMIT, target)), "lower": lower, "upper": upper,
                     "tilt": tilt, "sigma": sigma, "expected": expected, "error": error, "wander": wander,
                     "glide": glided})
    return path


# --- the books ------------------------------------------------------------------------------------


def ns(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    return int(datetime.fromisoformat(whole + "+00:00").timestamp()) * NS + int((fraction or "0").ljust(9, "0"))


def told(path):
    """Fills and payments, by time."""
    fills, payments = [], []
    for line in path.read_text().splitlines():
        if '"type":"fill"' in line:
            event = json.loads(line)
            qty = Decimal(event["qty"]) * (1 if event["side"] == "buy" else -1)
            fills.append((ns(event["t"]), qty, Decimal(event["price"]), Decimal(event["fee"])))
        elif '"type":"funding"' in line:
            event = json.loads(line)
            payments.append((ns(event["t"]), Decimal(event["amount"])))
    return fills, payments


PARTS = ("spread", "target", "deviation", "basis", "funding", "fees")


def follow(path, stamps, prices, rates, fills):
    """Steps of eight hours: the profit of each by part, and every stretch of constant deviation."""
    steps, stretches, payments = [], [], []
    position, done = Decimal(0), 0
    for k, plan in enumerate(path[:-1]):
        begin, end = stamps[k] * NS, stamps[k + 1] * NS
        step = dict.fromkeys(PARTS, Decimal(0)) | {"t": stamps[k]}
        if rates[k] is not None and position:  # settled on what was held before
            payments.append((begin, -position * prices[k][1] * rates[k]))
            step["funding"] += payments[-1][1]
        at = begin
        while done < len(fills) and fills[done][0] < end:
            t, qty, price, fee = fills[done]
            done += 1
            stretches.append((at, t, float(HELD + position), plan))
            at, position = t, position + qty
            step["spread"] += qty * (prices[k][1] - price)
            step["fees"] -= fee
        stretches.append((at, end, float(HELD + position), plan))
        move = prices[k + 1][0] - prices[k][0]
        target = Decimal(str(plan["target"]))
        step["target"] += target * move
        step["deviation"] += (HELD + position - target) * move
        step["basis"] += position * (prices[k + 1][1] - prices[k][1] - move)
        step["actual"] = float(HELD + position)
        steps.append(step | {"plan": plan})
    return steps, stretches, payments


def adherence(stretches, begin, end):
    sums = dict.fromkeys(("alpha", "inside", "target", "width", "iae", "ise"), 0.0)
    for start, stop, actual, plan in stretches:
        seconds = (min(stop, end * NS) - max(start, begin * NS)) / NS
        if seconds <= 0:
            continue
        over, under = actual - plan["upper"], plan["lower"] - actual
        inside = over <= 0 and under <= 0
        way = over / (LIMIT - plan["upper"]) if over > 0 else 0 if inside else under / (LIMIT + plan["lower"])
        sums["alpha"] += max(0.0, 1 - way) * seconds
        sums["inside"] += inside * seconds
        sums["target"] += plan["target"] * seconds
        sums["width"] += (plan["upper"] - plan["lower"]) / 2 * seconds
        sums["iae"] += abs(actual - plan["target"]) * seconds
        sums["ise"] += (actual - plan["target"]) ** 2 * seconds
    return sums | {"seconds": end - begin}


def check_payments(compare, name, ours, theirs):
    """By time: the venue told as many, of as much."""
    compare.close(f"{name}: funding payments", len(ours), len(theirs), 0)
    apart = max(abs(float(a[1] - b[1])) + abs(a[0] - b[0]) for a, b in zip(ours, theirs))
    compare.close(f"{name}: the furthest of them apart", apart, 0, 1e-9, 1)


def check_desk(compare, name, out, steps, stretches, last):
    for year in YEARS:
        report = json.loads((out / f"{name}.{year}.json").read_text())
        (factor,) = report["factors"]
        sums = adherence(stretches, utc(year), utc(year + 1))
        compare.close(f"{name} {year}: adherence", sums["alpha"] / sums["seconds"], factor["adherence"])
        compare.close(f"{name} {year}: time in band", sums["inside"] / sums["seconds"], factor["time_in_band"])
        compare.close(f"{name} {year}: |deviation|, BTC s", sums["iae"], factor["iae"])
        compare.close(f"{name} {year}: deviation^2, BTC^2 s", sums["ise"], factor["ise"])
        # A step's price comes a millisecond before its end, so that years begin with their stamps.
        for part in PARTS:
            ours = float(sum(s[part] for s in steps if utc(year) <= s["t"] < utc(year + 1)))
            compare.close(f"{name} {year}: profit, {part}", ours, factor["pnl"][part], 1e-9, 1)
    report = json.loads((out / f"{name}.json").read_text())["factors"][0]
    compare.close(f"{name}: the last target", last["target"], report["target"])
    compare.close(f"{name}: its band's upper end", last["upper"], report["band"][1])


def check_explanations(compare, out, path):
    begins = [plan["t"] for plan in path]
    inputs = (
        ("carry tilt", "tilt", r"tilts: carry\s+(\S+) ="),
        ("volatility", "sigma", r"from\s+volatility (\S+),"),
        ("expected funding", "expected", r"expected_funding (\S+),"),
        ("its error", "error", r"funding_error (\S+),"),
        ("wander", "wander", r"wander (\S+),"),
        ("target before the limit", "glide", r"smoothing: aim[^>]*-> (\S+) in"),
    )
    for file in sorted(out.glob("target.*.txt")):
        text, day = file.read_text(), file.name[7:17]
        year, month, date = map(int, day.split("-"))
        plan = path[bisect_right(begins, utc(year, month, date) + 9 * 3600) - 1]
        for what, key, pattern in inputs:
            compare.close(f"{day}: {what}", plan[key], re.search(pattern, text).group(1), 1e-5, 1e-9)


# --- what it came to ------------------------------------------------------------------------------


def worst_fall(profits):
    top = total = fall = 0.0
    for profit in profits:
        total += profit
        top = max(top, total)
        fall = max(fall, top - total)
    return fall


def table(tilted, neutral, stretches):
    def money(steps, parts=PARTS):
        return [float(sum(step[part] for part in parts)) for step in steps]

    differ = [a - b for a, b in zip(money(tilted), money(neutral))]
    funding = [a - b for a, b in zip(money(tilted, ("funding",)), money(neutral, ("funding",)))]
    print(f"\n{'':5} {'target':>8} {'band +-':>8} {'adherence':>10} {'in band':>8} {'funding':>10} {'price':>10} "
          f"{'costs':>7} {'the tilt':>10} {'vol a day':>10} {'worst fall':>11} {'neutral':>10}")
    print(f"{'':5} {'BTC':>8} {'BTC':>8} {'':>10} {'':>8} {'USDT':>10} {'USDT':>10} {'USDT':>7} {'USDT':>10} "
          f"{'USDT':>10} {'USDT':>11} {'USDT':>10}")
    for name, begin, end in [(str(y), utc(y), utc(y + 1)) for y in YEARS] + [("all", utc(2020), END)]:
        here = [i for i, step in enumerate(tilted) if begin <= step["t"] < end]
        sums = adherence(stretches, begin, end)
        gained = [differ[i] for i in here]
        days = [sum(gained[i : i + 3]) for i in range(0, len(gained), 3)]
        mean = sum(days) / len(days)
        vol = math.sqrt(sum((d - mean) ** 2 for d in days) / (len(days) - 1))
        costs = sum(float(tilted[i][p] - neutral[i][p]) for i in here for p in ("spread", "fees"))
        paid = sum(funding[i] for i in here)
        base = sum(money([neutral[i] for i in here]))
        print(f"{name:5} {sums['target'] / sums['seconds']:8.2f} {sums['width'] / sums['seconds']:8.2f} "
              f"{sums['alpha'] / sums['seconds']:10.2%} {sums['inside'] / sums['seconds']:8.2%} {paid:10,.0f} "
              f"{sum(gained) - paid - costs:10,.0f} {costs:7,.0f} {sum(gained):10,.0f} {vol:10,.0f} "
              f"{worst_fall(gained):11,.0f} {base:10,.0f}")


def write_path(out, tilted, neutral):
    """For the chart: a line a stamp."""
    total = carried = 0.0
    with open(out / "path.csv", "w") as file:
        file.write("t,price,target,lower,upper,actual,tilt_profit,tilt_funding\n")
        for step, base in zip(tilted, neutral):
            total += float(sum(step[p] - base[p] for p in PARTS))
            carried += float(step["funding"] - base["funding"])
            plan = step["plan"]
            if plan["t"] >= utc(2020):
                file.write(f"{plan['t']},{step['price']},{plan['target']},{plan['lower']},{plan['upper']},"
                           f"{step['actual']},{total:.2f},{carried:.2f}\n")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, out = map(Path, sys.argv[1:])
    compare = Comparison()
    stamps, prices, rates, apart = market(data)
    compare.close("funding rates on which recordings differ", apart, 0)
    made = {}
    for name in ("desk", "desk_neutral"):
        fills, payments = told(out / f"{name}.jsonl")
        path = targets(stamps, prices, rates, name == "desk")
        steps, stretches, ours = follow(path, stamps, prices, rates, fills)
        check_payments(compare, name, ours, payments)
        check_desk(compare, name, out, steps, stretches, path[-1])
        made[name] = steps, stretches, path
    check_explanations(compare, out, made["desk"][2])
    print(f"{compare.failed} differ")
    for steps, _, _ in made.values():
        for step, price in zip(steps, prices):
            step["price"] = price[0]
    table(made["desk"][0], made["desk_neutral"][0], made["desk"][1])
    for look in ("1h", "3d", "7d"):
        factor = json.loads((out / f"look_{look}.json").read_text())["factors"][0]
        print(f"somebody looks every {look}: adherence {factor['adherence']:.2%}, {factor['time_in_band']:.2%} in band")
    write_path(out, made["desk"][0], made["desk_neutral"][0])
    sys.exit(1 if compare.failed else 0)


main()
