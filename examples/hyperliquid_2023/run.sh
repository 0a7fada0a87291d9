#!/bin/sh
# Imports trades, deposits and liquidations, replays and checks: run.sh [DATA] [OUT]
#   DATA  folder of the recordings; default $BALLAST_DATA
#   OUT   folder for what it makes; default ./out
#   $BALLAST names the program, if it is not on the PATH
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${1:-${BALLAST_DATA:?give the folder of the recordings, or set BALLAST_DATA}}
out=${2:-out}
ballast=${BALLAST:-ballast}
mkdir -p "$out"

trades="$data/hyperliquid_2023/non_mm_trades.csv.gz"
fills() { # everything about a fill but what to do with repeated lines
    "$ballast" import csv "$trades" --set type=fill --set id=ordered --set map.t=time \
        --set set.venue=hyperliquid --set map.account=user --set set.book=clients \
        --set 'set.instrument={coin}-PERP' --set map.side=side --set values.side=Bid:buy,Ask:sell \
        --set map.qty=sz --set map.price=px --set set.origin=client \
        --set map.liquidity=crossed --set values.liquidity=true:taker,false:maker "$@"
}
fills --out "$out/fills.jsonl"
"$ballast" import csv "$trades" --set type=mark --set map.t=time \
    --set 'set.instrument={coin}-PERP' --set map.price=px --set where.crossed=true \
    --out "$out/marks.jsonl"
"$ballast" import csv "$data/hyperliquid_2023/non_mm_ledger_updates.csv" --set type=balance \
    --set map.t=time --set set.venue=hyperliquid --set map.account=user --set set.asset=USD \
    --set map.qty=delta_usd --out "$out/ledger.jsonl"
python3 "$here/liquidations.py" "$data" > "$out/statements.jsonl"

replay() { # FILLS OPTION...
    fills=$1
    shift
    "$ballast" replay -c "$here/desk.toml" "$here/first_marks.jsonl" "$out/marks.jsonl" \
        "$out/ledger.jsonl" "$fills" "$out/statements.jsonl" "$@"
}
replay "$out/fills.jsonl" --out "$out/report.txt"
replay "$out/fills.jsonl" -o json --out "$out/report.json"
replay "$out/fills.jsonl" -o html --out "$out/report.html"
sed -n '1,/^Alerts/p' "$out/report.txt"
python3 "$here/recompute.py" "$data" "$out/report.json"

# What if lines that repeat another were taken for a mistake of the export, and dropped?
fills --set repeats=drop --out "$out/fills_dropped.jsonl"
replay "$out/fills_dropped.jsonl" -o json --out "$out/dropped.json"
python3 -c '
import json, sys
for name in sys.argv[1:]:
    breaks = json.load(open(name))["breaks"]
    print(f"{name}: {len(breaks)} open breaks")
    for one in breaks[:3]: print("   ", one)
' "$out/report.json" "$out/dropped.json"
echo "the report: $out/report.html"
