"""General English from WordNet (Debian wordnet-base, WordNet licence): example sentences and short glosses."""

import re
from pathlib import Path
from zlib import crc32

HELD_ONE_IN = 50


def sentences(folder="/usr/share/wordnet", words_min=3, words_max=14):
    """Distinct lower-case sentences of a-z and apostrophes, in a stable order."""
    seen = {}
    for part in ("noun", "verb", "adj", "adv"):
        for line in Path(folder, f"data.{part}").read_text(encoding="latin-1").splitlines():
            if line.startswith("  ") or "|" not in line:
                continue
            gloss = line.split("|", 1)[1]
            examples = re.findall(r'"([^"]+)"', gloss)
            plain = re.sub(r'"[^"]*"?', "", gloss).split(";")[0]
            for text in [*examples, plain]:
                clean = _clean(text)
                if clean and words_min <= len(clean.split()) <= words_max:
                    seen.setdefault(clean)
    return list(seen)


def is_held(text):
    """True for a sentence that is kept for testing."""
    return crc32(("general:" + text).encode()) % HELD_ONE_IN == 0


def _clean(text):
    text = re.sub(r"\([^)]*\)", " ", text).split("--")[0].split("- ")[0]
    if re.search(r"[0-9&/*=+%$#@_:\[\]]", text) or re.search(r"\b[A-Z]{2,}\b|[A-Z]\.", text):
        return ""
    text = text.lower().replace("`", "'").replace("’", "'").replace("-", " ")
    text = re.sub(r"[,.;!?\"]", " ", text)
    text = re.sub(r"(?<![a-z])'|'(?![a-z])", " ", text)
    return " ".join(text.split()) if re.fullmatch(r"[a-z' ]+", text) else ""
