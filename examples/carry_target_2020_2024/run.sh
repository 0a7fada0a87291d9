#!/bin/sh
# Lets a desk follow its carry target through five years, beside one without, and checks: run.sh [DATA] [OUT]
#   DATA  folder of the recordings; default $BALLAST_DATA
#   OUT   folder for what it makes; default ./out
#   $BALLAST names the program, if it is not on the PATH
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${1:-${BALLAST_DATA:?give the folder of the recordings, or set BALLAST_DATA}}
out=${2:-out}
ballast=${BALLAST:-ballast}
mkdir -p "$out"

python3 "$here/tape.py" "$data" > "$out/tape.jsonl"
for desk in desk desk_neutral; do
    rm -f "$out/$desk.db"
    "$ballast" simulate -c "$here/$desk.toml" "$here/opening.jsonl" "$out/tape.jsonl" \
        --from 2020-01-01T00:00:00Z --to 2025-01-01T00:00:00Z \
        --journal "$out/$desk.db" --events "$out/$desk.jsonl"
    for format in json html; do
        "$ballast" report --journal "$out/$desk.db" --from 2020-01-01T00:00:00Z --to 2025-01-01T00:00:00Z \
            -o $format --out "$out/$desk.$format"
    done
    for year in 2020 2021 2022 2023 2024; do
        "$ballast" report --journal "$out/$desk.db" --from $year-01-01T00:00:00Z --to $((year + 1))-01-01T00:00:00Z \
            -o json --out "$out/$desk.$year.json"
    done
done
for year in 2020 2021 2022 2023 2024; do
    for day in 02-20 05-20 10-20; do
        "$ballast" explain target delta:BTC --journal "$out/desk.db" --at $year-${day}T09:00:00Z \
            > "$out/target.$year-$day.txt"
    done
done
"$ballast" explain target delta:BTC --journal "$out/desk.db" --at 2021-02-20T09:00:00Z
# How much of this is somebody looking once a day?
for look in 1h 3d 7d; do
    sed "s/^interval = \"24h\"/interval = \"$look\"/" "$here/desk.toml" > "$out/look_$look.toml"
    "$ballast" simulate -c "$out/look_$look.toml" "$here/opening.jsonl" "$out/tape.jsonl" \
        --from 2020-01-01T00:00:00Z --to 2025-01-01T00:00:00Z -o json --out "$out/look_$look.json"
done
python3 "$here/recompute.py" "$data" "$out"
python3 "$here/chart.py" "$out" > "$out/carry_target.svg"
echo "the report: $out/desk.html"
