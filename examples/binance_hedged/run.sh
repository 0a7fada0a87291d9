#!/bin/sh
# Imports three raw streams, invents clients, closes the loop five ways and checks: run.sh [DATA] [OUT] [SEED]
#   DATA  folder of the recordings; default $BALLAST_DATA
#   OUT   folder for what it makes; default ./out
#   SEED  of the invented clients; default 1
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
python3 "$here/client_fills.py" "${3:-1}" "$out/cm.jsonl" > "$out/fills.jsonl"

# simulate NAME FUNDING PART...: the desk and these parts, against the paper venue
simulate() {
    name=$1 funding=$2
    shift 2
    (cd "$here" && cat desk.toml "$@") > "$out/$name.toml"
    echo "== $name"
    "$ballast" simulate -c "$out/$name.toml" "$here/opening.jsonl" "$here/funding_$funding.jsonl" \
        "$out/spot.jsonl" "$out/usdm.jsonl" "$out/cm.jsonl" "$out/fills.jsonl" \
        --latency 20ms --jitter 10ms --seed 1 --events "$out/$name.jsonl" \
        --from 2024-08-08T23:54:44Z --to 2024-08-09T00:00:00Z -o json --out "$out/$name.json"
}
simulate none low
simulate inverse_low low control.toml hedge_inverse.toml
simulate cheapest_low low control.toml hedge_inverse.toml hedge_others.toml
simulate inverse_high high control.toml hedge_inverse.toml
simulate cheapest_high high control.toml hedge_inverse.toml hedge_others.toml
"$ballast" explain proposal delta:BTC -c "$out/cheapest_high.toml" "$out/cheapest_high.jsonl" \
    --at 2024-08-08T23:57:19.9Z
python3 "$here/recompute.py" "$out"
