#!/bin/sh
# Imports three raw streams, invents fills on them, replays and checks: run.sh [DATA] [OUT] [SEED]
#   DATA  folder of the recordings; default $BALLAST_DATA
#   OUT   folder for what it makes; default ./out
#   SEED  of the invented fills; default 1
#   $BALLAST names the program, if it is not on the PATH
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${1:-${BALLAST_DATA:?give the folder of the recordings, or set BALLAST_DATA}}
out=${2:-out}
ballast=${BALLAST:-ballast}
mkdir -p "$out"

streams="$data/binance_20240808"
"$ballast" import binance-stream "$streams/spot/btcusdt_20240808.gz" --out "$out/spot.jsonl"
"$ballast" import binance-stream "$streams/usdm/btcusdt_20240808.gz" --out "$out/usdm.jsonl"
"$ballast" import binance-stream "$streams/cm/btcusd_perp_20240808.gz" --out "$out/cm.jsonl"
python3 "$here/synth_fills.py" "${3:-1}" "$out/spot.jsonl" "$out/usdm.jsonl" "$out/cm.jsonl" \
    > "$out/fills.jsonl"

for format in table json html; do
    case $format in table) to=- ;; *) to="$out/report.$format" ;; esac
    "$ballast" replay -c "$here/desk.toml" "$here/opening.jsonl" \
        "$out/spot.jsonl" "$out/usdm.jsonl" "$out/cm.jsonl" "$out/fills.jsonl" \
        --from 2024-08-08T23:54:18Z --to 2024-08-09T00:00:00Z -o $format --out "$to"
done
"$ballast" explain delta:BTC -c "$here/desk.toml" "$here/opening.jsonl" \
    "$out/spot.jsonl" "$out/usdm.jsonl" "$out/cm.jsonl" "$out/fills.jsonl" --at 2024-08-08T23:56:22Z
python3 "$here/recompute.py" "$data" "$out"
echo "the report: $out/report.html"
