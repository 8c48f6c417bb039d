#!/usr/bin/env bash
# Lists the targets of a Makefile: the text after ## beside each. Used by `make help`.
set -euo pipefail
bold= dim= warm= plain=
[[ -t 1 ]] && bold=$'\033[1m' dim=$'\033[2m' warm=$'\033[33m' plain=$'\033[0m'
printf '\n  %sHearth%s %sa streaming server that hears, thinks and speaks%s\n\n' "$bold$warm" "$plain" "$dim" "$plain"
awk -F ':.*## ' -v bold="$bold" -v plain="$plain" \
  '/^[a-z]+:.*## / { printf "  %smake %-8s%s %s\n", bold, $1, plain, $2 }' "$1"
printf '\n  %sStart with `make run`, then open the page it names, or speak to it: see README.md%s\n\n' "$dim" "$plain"
