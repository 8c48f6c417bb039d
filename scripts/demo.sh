#!/usr/bin/env bash
# A spoken conversation of three turns with a server of its own: a wish that becomes a tool call, a question whose answer is
# interrupted, and what interrupts it. The questions are spoken by flite into a scratch folder.
#
#   scripts/demo.sh target/release/hearth
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
HEARTH=$1
READY_SECONDS_MAX=60

SCRATCH=$(mktemp -d)
SERVER=
finish() {
  [[ -z $SERVER ]] || { kill -TERM "$SERVER" 2>/dev/null && wait "$SERVER" || true; }
  rm -rf "$SCRATCH"
}
trap finish EXIT

free_port() { third_party/venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

is_ready() {
  local answer
  exec 3<>"/dev/tcp/127.0.0.1/$PORT" || return 1
  printf 'GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n' >&3
  read -r answer <&3
  exec 3>&-
  [[ $answer == *" 200 "* ]]
} 2>/dev/null

start_server() {
  PORT=$(free_port)
  "$HEARTH" serve --listen "127.0.0.1:$PORT" --models models/pocket >"$SCRATCH/server.log" 2>&1 &
  SERVER=$!
  until is_ready; do
    if ! kill -0 "$SERVER" 2>/dev/null || ((SECONDS > READY_SECONDS_MAX)); then
      cat "$SCRATCH/server.log" >&2
      echo "the server did not become ready; \`$HEARTH doctor\` tells more" >&2
      exit 1
    fi
    sleep 0.1
  done
}

ask() { flite -voice slt -t "$2" -o "$SCRATCH/$1.wav"; }

cat >"$SCRATCH/tools.json" <<'TOOLS'
[{"type": "function", "name": "set_light", "description": "Turn a light on or off",
  "parameters": {"type": "object", "required": ["room", "on"], "properties": {
    "room": {"type": "string", "description": "The room of the light"},
    "on": {"type": "boolean", "description": "Whether the light is on"}}}}]
TOOLS

ask 1 "turn on the kitchen light"
ask 2 "what can you do"
ask 3 "thank you"
start_server
printf '\nThree spoken turns: a tool call; an answer that is interrupted; and what interrupts it.\n\n'
"$HEARTH" talk --server "127.0.0.1:$PORT" --tools "$SCRATCH/tools.json" --interrupt-after-ms 800 --out "$SCRATCH/answers.wav" \
  --in "$SCRATCH/1.wav" --in "$SCRATCH/2.wav" --in "$SCRATCH/3.wav"
if [[ -n ${OUT:-} ]]; then
  cp "$SCRATCH/answers.wav" "$OUT"
  echo "The answers are in $OUT"
else
  echo "To keep the spoken answers: make demo OUT=answers.wav"
fi
