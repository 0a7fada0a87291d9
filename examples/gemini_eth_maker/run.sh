#!/bin/sh
# Imports a day of tops and trades, lets a simulated maker quote and hedge on it with each skew
# model and each control, checks every run and compares them: run.sh [DATA] [OUT] [MODELS]
#   DATA    folder of the recordings; default $BALLAST_DATA
#   OUT     folder for what it makes; default ./out
#   MODELS  names of lines in models.txt, or "all"; default all
#   $BALLAST names the program, if it is not on the PATH
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${1:-${BALLAST_DATA:?give the folder of the recordings, or set BALLAST_DATA}}
out=${2:-out}
models=${3:-all}
ballast=${BALLAST:-ballast}
mkdir -p "$out"

day="$data/gemini_ethusd_20210701/gemini__eth-usd__2021-07-01__"
"$ballast" import gemini-top "${day}market-depth.csv.gz" --set instrument=ETH-USD --out "$out/tops.jsonl"
"$ballast" import gemini-trade "${day}trade.csv.gz" --set instrument=ETH-USD --out "$out/trades.jsonl"

# simulate NAME SKEW HEDGE MODEL WIDTH: one run, its report and what recompute.py says to it.
simulate() {
    sed -e "s/^skew = .*<- model/skew = $4/" \
        -e "s/^min_half_spread = .*<- width/min_half_spread = $5/" \
        -e "s/^skew = .*<- skew/skew = \"$2\"/" \
        -e "s/^hedge = .*<- hedge/hedge = \"$3\"/" "$here/desk.toml" > "$out/$1.toml"
    "$ballast" simulate -c "$out/$1.toml" "$out/tops.jsonl" "$out/trades.jsonl" \
        --events "$out/$1.jsonl" -o json --out "$out/$1.json"
    python3 "$here/recompute.py" "$out" "$1"
    rm "$out/$1.jsonl"
}

ran=
while IFS='	' read -r name width model; do
    case " $models " in *" all "* | *" $name "*) ;; *) continue ;; esac
    echo "== $name: $model, half spread at least $width of the mid"
    simulate "$name-none" off off "$model" "$width"
    simulate "$name-skew" auto off "$model" "$width"
    simulate "$name-hedge" off auto "$model" "$width"
    simulate "$name-both" auto auto "$model" "$width"
    ran="$ran $name"
done < "$here/models.txt"
# shellcheck disable=SC2086
python3 "$here/compare.py" "$out" $ran
