"""How well the voice is understood: word error of a recogniser (pocketsphinx) on ours beside the source voice.

    run.py voice.evaluate --wavs FOLDER      one wav per line of models/eval/voice_sentences.txt: 0001.wav, 0002.wav, ...

The wavs may come from any command (the server's `say`, the example `speak`). The source voice is made by festival when
it is not there yet. Prints one JSON line and writes ``evaluation.json``.
"""

import argparse
import json
import re
import subprocess
import time
from pathlib import Path

import jiwer
import numpy as np
import soundfile
from pocketsphinx import Decoder
from scipy.signal import resample_poly
from tqdm import tqdm

from .paths import EVAL_SENTENCES, work


def plain(text: str) -> str:
    """Lower-case words and apostrophes only."""
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def read_wav(path: Path, rate: int = 16_000) -> np.ndarray:
    """The sound at `rate`, f32."""
    samples, own = soundfile.read(path, dtype="float32")
    divisor = np.gcd(own, rate)
    return resample_poly(samples, rate // divisor, own // divisor).astype(np.float32)


def make_source(texts: list[str], folder: Path) -> None:
    """Have festival speak all sentences with the voice that ours was taught by."""
    folder.mkdir(parents=True, exist_ok=True)
    script = "(voice_cmu_us_slt_arctic_hts)\n"
    for number, text in enumerate(texts, 1):
        path = folder / f"{number:04d}.wav"
        if not path.exists():
            quoted = text.replace('"', "")
            script += f'(utt.save.wave (utt.synth (eval (list \'Utterance \'Text "{quoted}"))) "{path}" \'riff)\n'
    (folder / "say.scm").write_text(script)
    subprocess.run(["festival", "-b", str(folder / "say.scm")], check=True)


def recognise(folder: Path, count: int) -> list[str]:
    """What the recogniser hears in each file, at one loudness; a missing file is heard as nothing."""
    decoder = Decoder(samprate=16_000, loglevel="FATAL")
    heard = []
    for number in tqdm(range(1, count + 1), desc=str(folder.name), mininterval=5):
        path = folder / f"{number:04d}.wav"
        samples = read_wav(path) if path.exists() else np.zeros(1600, np.float32)
        samples *= 0.08 / max(float(np.sqrt(np.mean(samples**2))), 1e-4)
        silence = np.zeros(4800, np.float32)
        samples = np.clip(np.concatenate([silence, samples, silence]), -1, 1)
        decoder.start_utt()
        decoder.process_raw((samples * 32767).astype(np.int16).tobytes(), full_utt=True)
        decoder.end_utt()
        heard.append(decoder.hyp().hypstr if decoder.hyp() else "")
    return heard


def sound_figures(folder: Path, count: int) -> dict[str, float]:
    """Seconds, loudness in dBFS and the highest peak."""
    sounds = [soundfile.read(folder / f"{n:04d}.wav", dtype="float32")[0] for n in range(1, count + 1)]
    joined = np.concatenate(sounds)
    return {
        "loudness_dbfs": round(float(10 * np.log10(np.mean(joined**2))), 1),
        "peak": round(float(np.abs(joined).max()), 3),
    }


def main() -> None:
    """Recognise both and print the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--wavs", type=Path, required=True)
    options.add_argument("--out", type=Path, default=None)
    given = options.parse_args()
    texts = EVAL_SENTENCES.read_text().splitlines()
    began = time.process_time()
    wanted = [plain(text) for text in texts]
    source = work() / "source"
    make_source(texts, source)
    cached = source / "heard.json"
    if cached.exists() and (kept := json.loads(cached.read_text()))["texts"] == texts:
        reference = kept["heard"]
    else:
        reference = recognise(source, len(texts))
        cached.write_text(json.dumps({"texts": texts, "heard": reference}))
    ours = recognise(given.wavs, len(texts))
    home = slice(0, 50)
    figures = {
        "sentences": len(texts),
        "wer_percent": round(100 * jiwer.wer(wanted, [plain(text) for text in ours]), 2),
        "source_wer_percent": round(100 * jiwer.wer(wanted, [plain(text) for text in reference]), 2),
        "home_wer_percent": round(100 * jiwer.wer(wanted[home], [plain(text) for text in ours[home]]), 2),
        "source_home_wer_percent": round(100 * jiwer.wer(wanted[home], [plain(text) for text in reference[home]]), 2),
        **sound_figures(given.wavs, len(texts)),
        "cpu_s": round(time.process_time() - began),
    }
    lines = [f"{number}\t{text}\t{heard}" for number, (text, heard) in enumerate(zip(wanted, ours, strict=True), 1)]
    (work() / "heard.tsv").write_text("\n".join(lines) + "\n")
    out = given.out or work() / "evaluation.json"
    out.write_text(json.dumps(figures) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
