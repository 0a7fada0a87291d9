#!/bin/sh
# Imports the recordings, replays each desk into a journal, reports, and checks the report.
#   run.sh [DATA] [OUT] [DESK...]
#   DATA  folder of the recordings; default $BALLAST_DATA
#   OUT   folder for what it makes; default ./out
#   DESK  desk, desk_share; default both
#   $BALLAST names the program, if it is not on the PATH
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${1:-${BALLAST_DATA:?give the folder of the recordings, or set BALLAST_DATA}}
out=${2:-out}
[ $# -gt 2 ] && shift 2 || set -- desk desk_share
ballast=${BALLAST:-ballast}
mkdir -p "$out"

"$ballast" import own-fills "$data/fills_btcusdt_2019_2020/btcusdt-trades.json.gz" \
    --set book=mm > "$out/fills.jsonl"
for symbol in BTCUSDT BNBUSDT; do
    "$ballast" import binance-kline "$data/ohlcv_4h_2017_2025/$symbol.csv.gz" \
        --set instrument=$symbol --from 2019-10-30T23:00:00Z --to 2020-08-04T08:00:00Z \
        > "$out/marks_$symbol.jsonl"
done

for desk in "$@"; do
    echo "== $desk.toml"
    rm -f "$out/$desk".db*
    "$ballast" replay -c "$here/$desk.toml" --journal "$out/$desk.db" "$here/opening.jsonl" \
        "$out/fills.jsonl" "$out/marks_BTCUSDT.jsonl" "$out/marks_BNBUSDT.jsonl"
    "$ballast" report --journal "$out/$desk.db" -o json --out "$out/$desk.json"
    "$ballast" report --journal "$out/$desk.db" -o html --out "$out/$desk.html"
    python3 "$here/recompute.py" "$data" "$here/$desk.toml" "$out/$desk.json"
    echo "== $desk.toml, the crash of March 2020"
    "$ballast" report --journal "$out/$desk.db" --window day \
        --from 2020-03-10T00:00:00Z --to 2020-03-17T00:00:00Z
    "$ballast" explain delta:BTC --journal "$out/$desk.db" --at 2020-03-13T02:30:00Z
    echo "the report: $out/$desk.html"
done
