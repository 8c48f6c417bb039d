"""Step: held-out texts -> `models/eval/ears_home.jsonl`, which the evaluation speaks with flite, espeak-ng, festival and our own voice.

Each line: {"set": home | phrasings | kept_out | general, "text", "voice", "command": [...]}; the command lacks only the
output file, which comes last, and writes a WAV file of any rate. Without a command our own voice speaks.
"""

import argparse
import json
import random
from pathlib import Path

from .espeak import ACCENTS, KEPT_OUT_ACCENT, VARIANTS
from .flite import TRAINING_VOICES


def line(set_name: str, text: str, family: str, rng: random.Random) -> dict:
    """One sentence, its voice and how to say it."""
    if family in TRAINING_VOICES:
        command = ["flite", "-voice", family, "--setf", f"duration_stretch={rng.uniform(0.9, 1.2):.2f}", "-t", text, "-o"]
        return {"set": set_name, "text": text, "voice": f"flite:{family}", "command": command}
    if family == "kal":
        script = f"echo \"{text}\" | text2wave -eval '(voice_kal_diphone)' -o \"$0\""
        return {"set": set_name, "text": text, "voice": "festival:kal", "command": ["sh", "-c", script]}
    if family == "hearth":
        return {"set": set_name, "text": text, "voice": "hearth", "command": []}
    accent = KEPT_OUT_ACCENT if family == "kept_out" else rng.choice(ACCENTS)
    voice = f"{accent}+{rng.choice(VARIANTS)}"
    command = ["espeak-ng", "-v", voice, "-s", str(rng.randint(130, 200)), "-p", str(rng.randint(30, 70)), text, "-w"]
    return {"set": set_name, "text": text, "voice": f"espeak-ng:{voice}", "command": command}


def main(arguments: list[str] | None = None) -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=31)
    chosen = parser.parse_args(arguments)
    rng = random.Random(chosen.seed)
    families = [*TRAINING_VOICES, "espeak"]
    plans = [("home", "home_test", families, 200), ("phrasings", "home_test_phrasings", families, 100)]
    plans += [("kept_out", "home_test", [family], 60) for family in ("kept_out", "kal", "hearth")]
    plans.append(("general", "general_test", families, 120))
    rows = []
    for set_name, source, voices, count in plans:
        texts = (chosen.texts / f"{source}.txt").read_text().splitlines()
        texts = rng.sample(texts, min(count, len(texts)))
        rows += [line(set_name, text, voices[number % len(voices)], rng) for number, text in enumerate(texts)]
    chosen.out.write_text("".join(json.dumps(row) + "\n" for row in rows))


if __name__ == "__main__":
    main()
