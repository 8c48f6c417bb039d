"""Word error of a recogniser (pocketsphinx) on our voices beside their teachers."""

import json
import re
import subprocess
from pathlib import Path

import jiwer
import numpy as np
import soundfile
from pocketsphinx import Decoder
from scipy.signal import resample_poly
from tqdm import tqdm

from .figures import figure, share
from .paths import work

# Who taught which voice: festival's or flite's name of it.
TEACHERS = {"pearl": "slt", "flint": "rms"}
# Points that ours may be worse.
MARGIN = 2.0


def plain(text: str) -> str:
    """Lower-case words and apostrophes only."""
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def read_wav(path: Path, rate: int = 16_000) -> np.ndarray:
    """The sound at `rate`, f32."""
    samples, own = soundfile.read(path, dtype="float32")
    divisor = np.gcd(own, rate)
    return resample_poly(samples, rate // divisor, own // divisor).astype(np.float32)


def teach(teacher: str, texts: list[str], folder: Path) -> None:
    """Have a teacher speak all sentences that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [(number, text) for number, text in enumerate(texts, 1) if not (folder / f"{number:04d}.wav").exists()]
    if teacher == "rms":
        for number, text in missing:
            path = folder / f"{number:04d}.wav"
            subprocess.run(["flite", "-voice", "rms", "-t", text, "-o", str(path)], check=True)
        return
    script = "(voice_cmu_us_slt_arctic_hts)\n"
    for number, text in missing:
        quoted = text.replace('"', "")
        path = folder / f"{number:04d}.wav"
        script += f'(utt.save.wave (utt.synth (eval (list \'Utterance \'Text "{quoted}"))) "{path}" \'riff)\n'
    (folder / "say.scm").write_text(script)
    subprocess.run(["festival", "-b", str(folder / "say.scm")], check=True)


def recognise(paths: list[Path]) -> list[str]:
    """What the recogniser hears in each file, at one loudness."""
    decoder = Decoder(samprate=16_000, loglevel="FATAL")
    heard = []
    for path in tqdm(paths, desc="recognise", mininterval=5):
        samples = read_wav(path)
        samples *= 0.08 / max(float(np.sqrt(np.mean(samples**2))), 1e-4)
        silence = np.zeros(4800, np.float32)
        samples = np.clip(np.concatenate([silence, samples, silence]), -1, 1)
        decoder.start_utt()
        decoder.process_raw((samples * 32767).astype(np.int16).tobytes(), full_utt=True)
        decoder.end_utt()
        heard.append(decoder.hyp().hypstr if decoder.hyp() else "")
    return heard


def taught(teacher: str, texts: list[str], numbers: list[int]) -> list[str]:
    """What the recogniser hears when the teacher speaks sentences `numbers`; known ones are kept in a file."""
    folder = work() / f"teacher-{teacher}"
    teach(teacher, texts, folder)
    cache = folder / "heard.json"
    known = json.loads(cache.read_text()) if cache.exists() else {}
    missing = [number for number in numbers if texts[number - 1] not in known]
    heard = recognise([folder / f"{number:04d}.wav" for number in missing])
    known |= {texts[number - 1]: words for number, words in zip(missing, heard, strict=True)}
    cache.write_text(json.dumps(known))
    return [known[texts[number - 1]] for number in numbers]


def errors(wanted: str, heard: str) -> tuple[int, int]:
    """Wrong words and all words of one sentence."""
    found = jiwer.process_words(plain(wanted), plain(heard) or "-")
    return found.substitutions + found.deletions + found.insertions, len(plain(wanted).split())


def figures(texts: list[str], spoken: Path, voices: list[str]) -> list[dict]:
    """Ours, the teachers', and the difference between both, over all sentences that our voices spoke."""
    pairs, by_voice, log = [], [], []
    for voice in voices:
        numbers = [n for n in range(1, len(texts) + 1) if (spoken / voice / f"{n:04d}.wav").exists()]
        ours = recognise([spoken / voice / f"{n:04d}.wav" for n in numbers])
        theirs = taught(TEACHERS[voice], texts, numbers)
        rows = [(*errors(texts[n - 1], a), *errors(texts[n - 1], b)) for n, a, b in zip(numbers, ours, theirs, strict=True)]
        log += [f"{voice}\t{texts[n - 1]}\t{a}\t{b}" for n, a, b in zip(numbers, ours, theirs, strict=True)]
        pairs += rows
        if rows:
            by_voice += [
                figure(f"words not understood, {voice}", [row[:2] for row in rows], "percent", of=share),
                figure(f"words not understood, teacher of {voice}", [row[2:] for row in rows], "percent", of=share),
            ]
    (work() / "heard.tsv").write_text("\n".join(log) + "\n")
    if not pairs:
        return []
    beyond = lambda rows: share(rows[:, :2]) - share(rows[:, 2:])  # noqa: E731
    return [
        figure("words not understood, beyond the teachers'", pairs, "points", ("<=", MARGIN), beyond),
        *by_voice,
    ]
