"""The tokenizer: byte-level BPE in which a word has the same pieces with and without a leading space.

Merges over space-free words come first; then merges `space + piece` for frequent first pieces. So " zorbit" is
`(space)zor bit` where "zorbit" in JSON is `zor bit`, and copying a spoken word into an argument is piece by piece.
Digits are single tokens.
"""

import argparse
import json
import random
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import jinja2
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from . import dialogue

SPECIAL = ["<|endoftext|>", "<|im_end|>", "<|system|>", "<|tools|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|heard|>", "<|/heard|>",
           "<|tool_call|>", "<|/tool_call|>", "<|audio_start|>", "<|audio_pad|>", "<|audio_end|>", "<|spare_0|>", "<|spare_1|>"]
VOCABULARY = 2048
SPACED = 660  # pieces that also exist with a leading space
_WORDS = r"'[a-z]+| ?[A-Z]?[a-z]+| ?[A-Z]+|[0-9]|[^A-Za-z0-9\s]+|\s+"
_TEMPLATE = Path(__file__).with_name("chat_template.jinja")


@lru_cache
def template():
    """The compiled chat template."""
    return jinja2.Environment(trim_blocks=False, keep_trailing_newline=False).from_string(_TEMPLATE.read_text())


def prefix_text(session):
    """What all talks of a session share: tools, then instructions."""
    system = [{"role": "system", "content": session["instructions"]}] if session["instructions"] else []
    return template().render(tools=session["tools"], messages=system)


def talk_text(messages, ask=False):
    """The text of messages that follow a prefix."""
    return template().render(messages=messages, add_generation_prompt=ask)


def train(texts):
    """A Tokenizer trained on an iterable of rendered texts."""
    texts = [piece for text in texts for piece in re.split(r"<\|[a-z_/0-9]+\|>", text) if piece]
    letters = Tokenizer(models.BPE())
    letters.pre_tokenizer = _pre_tokenizer()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY - SPACED - len(SPECIAL), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    letters.train_from_iterator((re.sub(r" (?=[A-Za-z])", "\n", text) for text in texts), trainer)
    learned = json.loads(letters.to_str())["model"]
    vocabulary = {token: len(SPECIAL) + index for token, index in learned["vocab"].items()}
    merges = [tuple(m) for m in learned["merges"] if "Ġ" not in "".join(m)]
    for piece in _first_pieces(letters, texts)[:SPACED]:
        merges.append(("Ġ", piece))
        vocabulary["Ġ" + piece] = len(SPECIAL) + len(vocabulary)
    tokenizer = Tokenizer(models.BPE({**{t: i for i, t in enumerate(SPECIAL)}, **vocabulary}, merges))
    tokenizer.pre_tokenizer, tokenizer.decoder = _pre_tokenizer(), decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


def _pre_tokenizer():
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(_WORDS), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def _first_pieces(letters, texts):
    counts = Counter()
    for word, count in Counter(w for text in texts for w in re.findall(r" [A-Za-z]+", text)).items():
        first = letters.encode(re.match(r" ?[A-Z]?[a-z]+| ?[A-Z]+", word).group(0)[1:]).tokens[0]
        counts[first] += count
    return [piece for piece, _ in counts.most_common()]


def main(argv=None):
    """Entry of `run.py mind.tokens`."""
    options = argparse.ArgumentParser(prog="run.py mind.tokens", description=__doc__)
    options.add_argument("--text", type=Path, default=Path("build/text"), help="folder that text.write filled")
    options.add_argument("--out", type=Path, default=Path("build/mind/tokenizer.json"))
    options.add_argument("--sessions", type=int, default=1500)
    args = options.parse_args(argv)
    general = (args.text / "general_train.txt").read_text().splitlines()
    rng = random.Random(11)
    texts = rng.sample(general, 12_000)
    for _ in range(args.sessions):
        session = dialogue.session(rng, general)
        texts += [prefix_text(session), *map(talk_text, session["talks"])]
    tokenizer = train(texts)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(args.out))
    print(f"{args.out}: {tokenizer.get_vocab_size()} tokens")


if __name__ == "__main__":
    main()
