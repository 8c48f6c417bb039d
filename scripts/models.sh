#!/usr/bin/env bash
# Makes the pocket models anew: data, training, export, in the order of models/recipe/README.md. Hours on one core; every step
# goes on from its checkpoint when this is started again. Works in build/, writes models/pocket at the end of each part.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

TEXT=build/text EARS=build/ears MIND=build/mind
export HEARTH_RECIPE_WORK=build/recipe OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}

step() {
  printf '\n=== %s\n' "$*"
  .venv/bin/python models/recipe/run.py "$@"
}

[[ -x .venv/bin/python ]] || {
  echo '· Python with PyTorch, in .venv (gigabytes) ...'
  python3 -m venv .venv
  .venv/bin/python -m pip install --quiet -r models/recipe/requirements.txt
}

step text.write --out $TEXT
step mind.tokens --text $TEXT --out $MIND/tokenizer.json

step ears.synthesize --texts $TEXT --out $EARS/corpora
step ears.develop --texts $TEXT --out $EARS/texts
step ears.train --corpora $EARS/corpora --out $EARS/run --tokenizer $MIND/tokenizer.json
step ears.synthesize --texts $TEXT --out $EARS/corpora --develop $EARS/texts
step ears.asked --texts $EARS/texts --tests $TEXT
step ears.export --checkpoint $EARS/run/checkpoint.pt --out models/pocket/ears
step ears.ngram --texts $EARS/texts --out models/pocket/ears
step ears.embed --checkpoint $EARS/run/checkpoint.pt --corpora $EARS/corpora --corpus train --out $EARS/embeddings --name home
step ears.embed --checkpoint $EARS/run/checkpoint.pt --corpora $EARS/corpora --corpus fresh --out $EARS/embeddings --name fresh

step mind.gate --encoder $EARS/run/checkpoint.pt --embeddings $EARS/embeddings/*.npz --out $MIND/gate.json
# Each stage goes on from the one before: up to which step, the share of the steps in which the learning rate falls, its peak, and the
# mix of sessions (written, rehearsed, spoken, drilled, repeated, seen, reckoned).
mind() {
  step mind.train --text $TEXT --tokenizer $MIND/tokenizer.json --encoder $EARS/run/checkpoint.pt --gate $MIND/gate.json \
    --embeddings $EARS/embeddings/*.npz --out $MIND/core.pt --steps "$1" --decay "$2" --peak "$3" --shares "${@:4}"
}
mind 175 0.001 1 0.55 0.41 0 0 0.04
mind 350 0.001 1 0.35 0.13 0.5 0 0.02
mind 825 0.001 1 0.45 0.08 0.47 0 0
mind 1025 0.001 1 0.15 0 0.2 0.65 0
mind 4150 0.3 0.6 0.38 0.06 0.27 0.26 0 0 0.03
step mind.release --checkpoint $MIND/core.pt --average --tokenizer $MIND/tokenizer.json --gate $MIND/gate.json --out models/pocket/mind

step voice.texts
step voice.teacher
step voice.train_vocoder
step voice.train_acoustic --bf16
step voice.dictionary
step voice.export

step common.package --version 0.1
