"""The second teacher reads: flite's male voice `rms`, whose exact parameters and durations are read from the library.

Writes shards ``rms-NN.npz`` like those of `teacher`, and ``rms-sound.npz``, sentences with their sound for the vocoder.
The voice knows nothing above 8 kHz; its bands there are what a linear map, fitted to the first teacher, makes of those below.
"""

import ctypes
import sys

import numpy as np
from scipy.signal import resample_poly
from tqdm import tqdm

from . import features
from .paths import FLITE, work
from .teacher import SHARD, Clauses, cut

TEXTS_FROM = 3000
SOUND_SENTENCES = 320
RATE, WARP = 16_000, 0.42
KNOWN_BANDS = 66
MAP_FROM_BANDS = slice(40, KNOWN_BANDS)

Pointer = ctypes.c_void_p


class Utterance(ctypes.Structure):
    """The head of `cst_utterance`."""

    _fields_ = [("features", Pointer), ("ffunctions", Pointer), ("relations", Pointer), ("context", Pointer)]


class Track(ctypes.Structure):
    """`cst_track`: frames of channels."""

    _fields_ = [
        ("type", ctypes.c_char_p), ("count", ctypes.c_int), ("channels", ctypes.c_int),
        ("times", ctypes.POINTER(ctypes.c_float)), ("frames", ctypes.POINTER(ctypes.POINTER(ctypes.c_float))),
    ]  # fmt: skip


class Wave(ctypes.Structure):
    """`cst_wave`: 16-bit sound."""

    _fields_ = [
        ("type", ctypes.c_char_p), ("rate", ctypes.c_int), ("count", ctypes.c_int), ("channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]  # fmt: skip


class Flite:
    """The library with the voice `rms` in it."""

    CALLS = {
        "flite_synth_text": (Pointer, ctypes.c_char_p, Pointer),
        "feat_val": (Pointer, Pointer, ctypes.c_char_p),
        "val_track": (Pointer, Pointer), "val_wave": (Pointer, Pointer), "val_cg_db": (Pointer, Pointer),
        "mlpg": (Pointer, Pointer, Pointer), "delete_track": (None, Pointer), "delete_utterance": (None, Pointer),
        "utt_relation": (Pointer, Pointer, ctypes.c_char_p), "relation_head": (Pointer, Pointer),
        "item_next": (Pointer, Pointer), "ffeature_string": (ctypes.c_char_p, Pointer, ctypes.c_char_p),
        "item_feat_float": (ctypes.c_float, Pointer, ctypes.c_char_p),
    }  # fmt: skip

    def __init__(self):
        load = lambda name: ctypes.CDLL(f"{FLITE}/{name}.so.1", mode=ctypes.RTLD_GLOBAL)  # noqa: E731
        library = load("libflite")
        load("libflite_cmulex"), load("libflite_usenglish")
        for name, (result, *arguments) in self.CALLS.items():
            call = getattr(library, name)
            call.restype, call.argtypes = result, arguments
            setattr(self, name, call)
        library.flite_init()
        register = load("libflite_cmu_us_rms").register_cmu_us_rms
        register.restype, register.argtypes = Pointer, [Pointer]
        self.voice = register(None)

    def read(self, text: str) -> tuple[list[dict], np.ndarray, np.ndarray, np.ndarray]:
        """Phones as `teacher.read_label` gives them, their ends in 5 ms frames, parameters [T, 26], sound f32 at 16 kHz."""
        utterance = self.flite_synth_text(text.encode("ascii", "ignore"), self.voice)
        held = Utterance.from_address(utterance).features
        raw = self.val_track(self.feat_val(held, b"param_track"))
        smooth = self.mlpg(raw, self.val_cg_db(self.feat_val(held, b"cg_db")))
        track = Track.from_address(smooth)
        rows = [np.ctypeslib.as_array(track.frames[i], (track.channels,)).copy() for i in range(track.count)]
        wave = Wave.from_address(self.val_wave(self.feat_val(held, b"wave")))
        sound = np.ctypeslib.as_array(wave.samples, (wave.count,)).astype(np.float32) / 32768.0
        phones, ends = self.phones(self.relation_head(self.utt_relation(utterance, b"Segment")))
        self.delete_track(smooth)
        self.delete_utterance(utterance)
        return phones, np.minimum(np.rint(np.array(ends) * 200).astype(int), len(rows)), np.array(rows), sound

    def phones(self, item) -> tuple[list[dict], list[float]]:
        """Phones and ends in seconds from the first segment on."""
        phones, ends, after = [], [], ""
        syllable, word = "R:SylStructure.parent", "R:SylStructure.parent.parent"
        while item:
            ask = lambda path: self.ffeature_string(item, path.encode()).decode()  # noqa: B023, E731
            ends.append(self.item_feat_float(item, b"end"))
            name = ask("name")
            if name == "pau":
                phones.append({"phone": name, "after": after})
            else:
                after = ask(f"{word}.R:Token.parent.punc").replace("0", "")
                place = ask(f"{syllable}.position_type")
                start = ask("syl_initial") == "1" and place in ("single", "initial")
                end = ask("R:SylStructure.n.name") == "0" and place in ("single", "final")
                stress, kind = ask(f"{syllable}.stress"), ask(f"{word}.gpos")
                phones.append({"phone": name, "stress": stress, "kind": kind, "start": start, "end": end})
            item = self.item_next(item)
        return phones, ends


def upper_map() -> np.ndarray:
    """Linear map [28, 14] from bands below 8 kHz and voicing (and one) to those above, fitted to the first teacher."""
    frames = np.load(work() / "shard-00.npz")["frames"][:120_000].astype(np.float64)
    known = upper_inputs(frames[:, :KNOWN_BANDS], frames[:, -1:])
    ridge = 50.0 * np.eye(known.shape[1])
    return np.linalg.solve(known.T @ known + ridge, known.T @ frames[:, KNOWN_BANDS : features.MELS])


def upper_inputs(bands: np.ndarray, voicing: np.ndarray) -> np.ndarray:
    """What the map reads: the upper of the known bands, voicing and one [T, 28]."""
    return np.concatenate([bands[:, MAP_FROM_BANDS], voicing, np.ones_like(voicing)], 1)


def track_of(parameters: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Features [T, 82] at 10 ms of parameters [T, 26] (F0 in Hz, mel-cepstra) at 5 ms."""
    log_f0 = np.log(np.maximum(parameters[:, 0], 1.0)).astype(np.float32)
    made = features.frames(parameters[:, 1:].astype(np.float32), log_f0, RATE, WARP)
    known = made[:, :KNOWN_BANDS]
    above = upper_inputs(known.astype(np.float64), made[:, -1:]) @ upper
    ceiling = known[:, -5:].max(1, keepdims=True) + 1.0
    made[:, KNOWN_BANDS : features.MELS] = np.clip(above, features.FLOOR, ceiling)
    return made


def main(limit: int = 4500) -> None:
    """Shards of `SHARD` sentences of `limit` from `TEXTS_FROM` on; shards that exist are kept."""
    texts = (work() / "train.txt").read_text().splitlines()[TEXTS_FROM : TEXTS_FROM + limit]
    flite, upper, seconds = Flite(), upper_map(), 0.0
    for shard, start in enumerate(tqdm(range(0, len(texts), SHARD), desc="rms")):
        path = work() / f"rms-{shard:02d}.npz"
        if path.exists():
            continue
        clauses = Clauses()
        sound: dict[str, np.ndarray] = {}
        for i in range(start, min(start + SHARD, len(texts))):
            phones, ends, parameters, samples = flite.read(texts[i])
            track = track_of(parameters, upper)
            if len(phones) > 2 and np.isfinite(track).all():
                cut(phones, track, ends, clauses)
            if shard == 0 and i < SOUND_SENTENCES:
                sound[f"f{i}"], sound[f"s{i}"] = track, resample_poly(samples, 3, 2).astype(np.float32)
        clauses.save(path)
        seconds += sum(map(len, clauses.frames)) / 100
        if sound:
            np.savez(work() / "rms-sound.npz", **sound)
    print(f"rms: {seconds / 3600:.2f} hours in new shards")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
