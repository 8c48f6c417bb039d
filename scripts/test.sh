#!/usr/bin/env bash
# Everything the continuous integration runs, in one release build. Goes on after a failure, to tell all of them.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

REPORT=$(mktemp)
trap 'rm -f "$REPORT"' EXIT
declare -a LINES
FAILED_STEPS=0

# step <title> <command...>: shows the command's output and notes how it went.
step() {
  local title=$1 began=$SECONDS status
  shift
  printf '\n=== %s\n' "$title"
  "$@" 2>&1 | tee -a "$REPORT"
  status=${PIPESTATUS[0]}
  LINES+=("$(printf '%-34s %-6s %4d s' "$title" "$([[ $status == 0 ]] && echo ok || echo FAILED)" $((SECONDS - began)))")
  [[ $status == 0 ]] || FAILED_STEPS=$((FAILED_STEPS + 1))
  return "$status"
}

# Adds the numbers before a word over all closing lines of the runners: `3 passed; 0 failed`, `8 passed, 1 failed in 40s`.
total() {
  grep -E '^test result: |^=+ .*(passed|failed|error).* in [0-9.]+s' "$REPORT" | grep -oE "[0-9]+ $1" | awk '{ n += $1 } END { print n + 0 }'
}

conformance() {
  timeout --kill-after=10 900 third_party/venv/bin/python -m pytest -q -p no:cacheprovider tests/python
}

# The server embeds what was built and committed; it must be what the source says.
page_is_built() (
  built=$(mktemp -d)
  trap 'rm -rf "$built"' EXIT
  cd web-demo
  npm run --silent check && npm run --silent build -- --outDir "$built" --emptyOutDir --logLevel warn &&
    diff -r dist "$built" || { echo "web-demo/dist is not what web-demo/src says: npm run build there, and commit it"; exit 1; }
)

page_in_chromium() {
  timeout --kill-after=10 900 third_party/page/bin/python -m pytest -q -p no:cacheprovider tests/page
}

step "formatting" cargo fmt --all --check
step "the page, built anew" page_is_built
step "lints" cargo clippy --quiet --release --locked --workspace --all-targets -- -D warnings
if step "release build" cargo build --release --locked --workspace; then
  step "tests in Rust" cargo test --quiet --release --locked --workspace --no-fail-fast
  step "conformance of the OpenAI client" conformance
  step "the page in Chromium" page_in_chromium
fi

printf '\n'
printf '  %s\n' "${LINES[@]}"
failed=$(($(total failed) + $(total errors?)))
printf '\n%d passed, %d failed\n' "$(total passed)" "$((failed > FAILED_STEPS ? failed : FAILED_STEPS))"
exit $((FAILED_STEPS > 0))
