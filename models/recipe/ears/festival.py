"""festival's us-slt-hts and kal voices, many sentences to a process, with exact segment times."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from .flite import Speech

VOICES = {"slt-hts": "voice_cmu_us_slt_arctic_hts", "kal": "voice_kal_diphone"}
BATCH_SENTENCES = 40


def _script(texts: list[str], voice: str, folder: Path) -> str:
    lines = [f"({VOICES[voice]})"]
    for number, text in enumerate(texts):
        lines += [
            f'(set! utt (utt.synth (eval (list (quote Utterance) (quote Text) "{text}"))))',
            f'(utt.save.wave utt "{folder}/{number}.wav" "riff")',
            f'(utt.save.segs utt "{folder}/{number}.segs")',
        ]
    return "\n".join(lines)


def _read(folder: Path, number: int) -> Speech:
    speech, rate = soundfile.read(folder / f"{number}.wav", dtype="float32")
    if rate != 16000:
        speech = resample_poly(speech, 1, rate // 16000)
    phones = []
    for line in (folder / f"{number}.segs").read_text().splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[0] != "#":
            phones.append((fields[2], float(fields[0])))
    return Speech((speech * 32767).clip(-32768, 32767).astype(np.int16), phones)


def speak_batch(texts: list[str], voice: str) -> list[Speech]:
    """Says up to BATCH_SENTENCES texts ([a-z' ] only) in one festival process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "batch.scm"
        script.write_text(_script(texts, voice, folder))
        subprocess.run(["festival", "-b", str(script)], check=True, capture_output=True)
        return [_read(folder, number) for number in range(len(texts))]
