"""Step: WAV files -> what pocketsphinx 5 hears in free dictation, and how long it took; one JSON line for `hearth eval`."""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly
from tqdm import tqdm

from . import features

LEVEL, AROUND_S = 0.08, 0.3


def prepared(path: Path) -> np.ndarray:
    """i16 at 16 kHz, of one loudness, with silence around, as the recogniser likes it best."""
    samples, rate = soundfile.read(path, dtype="float32")
    divisor = np.gcd(rate, features.RATE)
    samples = resample_poly(samples, features.RATE // divisor, rate // divisor)
    samples *= LEVEL / max(float(np.sqrt(np.mean(samples**2))), 1e-4)
    return (np.pad(samples, int(AROUND_S * features.RATE)).clip(-1, 1) * 32767).astype(np.int16)


def main(arguments: list[str] | None = None) -> None:
    """Listens and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", type=Path, required=True, help="a file with the name of a WAV file on each line")
    chosen = parser.parse_args(arguments)
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=features.RATE, loglevel="FATAL")
    heard, seconds, cpu_s = [], 0.0, 0.0
    for name in tqdm(chosen.list.read_text().splitlines(), desc="pocketsphinx", mininterval=5):
        samples = prepared(Path(name))
        started = time.process_time()
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), no_search=False, full_utt=True)
        decoder.end_utt()
        cpu_s += time.process_time() - started
        seconds += len(samples) / features.RATE
        found = decoder.hyp()
        heard.append(found.hypstr if found else "")
    print(json.dumps({"heard": heard, "seconds": round(seconds, 1), "cpu_s": round(cpu_s, 1)}))


if __name__ == "__main__":
    main()
