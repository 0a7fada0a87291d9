#!/bin/sh
# Imports a month of option chains, replays a short strangle through it, and checks: run.sh [DATA] [OUT]
#   DATA  folder of the recordings; default $BALLAST_DATA
#   OUT   folder for what it makes; default ./out
#   $BALLAST names the program, if it is not on the PATH
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${1:-${BALLAST_DATA:?give the folder of the recordings, or set BALLAST_DATA}}
out=${2:-out}
ballast=${BALLAST:-ballast}
mkdir -p "$out"

chains="$data/deribit_chains_2026/deribit_options_snapshot_202601"
"$ballast" import option-chain "$chains"0[5-9]*.gz "$chains"[123]*.gz --set underlying=BTC \
    --instruments "$out/options.toml" --out "$out/chains.jsonl"
cat "$here/desk.toml" "$out/options.toml" > "$out/desk.toml"
rm -f "$out/desk.db"
"$ballast" replay -c "$out/desk.toml" "$here/fills.jsonl" "$out/chains.jsonl" --journal "$out/desk.db" \
    --out "$out/report.txt"
"$ballast" report --journal "$out/desk.db" -o json --out "$out/report.json"
sed -n '1,/^Alerts/p' "$out/report.txt"
for at in 2026-01-06T09:24:00Z 2026-01-29T16:10:00Z; do
    "$ballast" report --journal "$out/desk.db" --to $at -o json --out "$out/$at.json"
    "$ballast" explain delta:BTC --journal "$out/desk.db" --at $at
done
python3 "$here/recompute.py" "$data" "$out"
