#!/bin/sh
# Fit, evaluate, predict: the whole story on a shipped table. Usage: sh docs/demo.sh path/to/dltrain
set -eu
dltrain=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
say() { printf '\n$ %s\n' "$*"; }

say dltrain fit configs/penguins.yaml
"$dltrain" fit configs/penguins.yaml --runs "$folder"
say dltrain evaluate
"$dltrain" evaluate --run "$folder/penguins-1"
say dltrain predict data/penguins.csv -o predictions.csv
"$dltrain" predict data/penguins.csv --run "$folder/penguins-1" -o "$folder/predictions.csv"
say head -n 6 predictions.csv
head -n 6 "$folder/predictions.csv"
