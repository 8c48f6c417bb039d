"""How near the graphs are to the teachers: pitch and durations on unseen sentences, and sound made again from features."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
from scipy.signal import resample_poly
from tqdm import tqdm

from . import features, teacher
from .figures import figure, weighted
from .paths import work
from .understood import TEACHERS

SENTENCES = 40
SOUND_SENTENCES = 24
FRAME_MS = 10.0
PITCH, VOICING = features.MELS, features.MELS + 1


def session(path: Path) -> onnxruntime.InferenceSession:
    """A one-thread session."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def stream(graph: onnxruntime.InferenceSession, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """The first output of a streaming graph run in one piece from fresh states."""
    states = {i.name: np.zeros([1, *i.shape[1:]], np.float32) for i in graph.get_inputs() if i.name.startswith("state_")}
    return graph.run(None, inputs | states)[0]


def read(name: str, texts: list[str], sound: bool):
    """What a teacher makes of each text: (clauses, track [T, 82], sound f32 at 24 kHz or None)."""
    if name == "rms":
        from . import flite

        library, upper = flite.Flite(), flite.upper_map()
        for text in texts:
            phones, ends, parameters, samples = library.read(text)
            track, clauses = flite.track_of(parameters, upper), teacher.Clauses()
            teacher.cut(phones, track, ends, clauses)
            yield clauses, track, resample_poly(samples, 3, 2).astype(np.float32)
        return
    folder, scratch = work() / "eval-labels", work() / "scratch"
    scratch.mkdir(exist_ok=True)
    teacher.write_labels(texts, folder)
    for number in range(len(texts)):
        track, ends, samples = teacher.speak(folder / f"{number}.lab", scratch, sound)
        clauses = teacher.Clauses()
        teacher.cut(teacher.read_label(folder / f"{number}.lab"), track, ends, clauses)
        yield clauses, track, samples


def place(counts: np.ndarray) -> np.ndarray:
    """Where each frame stands in its phone [T, 3], as `acoustic.place` has it."""
    length = np.repeat(counts, counts).astype(np.float32)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    inside = np.arange(len(length), dtype=np.float32) - first + 0.5
    return np.stack([inside / length, np.minimum(inside, 20) / 20, np.minimum(length - inside, 20) / 20], -1)


class Likeness:
    """Sums of errors of one voice, by sentence."""

    def __init__(self, package: Path, speaker: int | None):
        config = json.loads((package / "config.json").read_text())
        self.look_ahead, self.delay = config["look_ahead_frames"], config["vocoder_delay_samples"]
        names = ("acoustic_encoder", "acoustic_decoder", "vocoder")
        self.encoder, self.decoder, self.vocoder = (session(package / f"{name}.onnx") for name in names)
        self.speaker = speaker
        self.pitch, self.duration, self.voicing = [], [], []

    def clause(self, phones: np.ndarray, durations: np.ndarray, track: np.ndarray) -> np.ndarray:
        """Sums of (cents, voiced frames, ms, phones, frames voiced wrongly, frames) of a clause with the teacher's durations."""
        rows = phones.astype(np.int64)
        if self.speaker is not None:
            rows = np.pad(rows, ((0, 0), (0, 1)), constant_values=self.speaker)
        hidden, made = self.encoder.run(None, {"phones": rows[None]})
        spoken = phones[:, 0] > 0
        late = FRAME_MS * np.abs(made[0] - durations)[spoken]
        counts = durations.astype(int)
        hidden, where = np.repeat(hidden, counts, 1), place(counts)[None].astype(np.float32)
        ahead = lambda x: np.concatenate([x, np.repeat(x[:, -1:], self.look_ahead, 1)], 1)  # noqa: E731
        frames = stream(self.decoder, {"hidden": ahead(hidden), "place": ahead(where)})[0, self.look_ahead :]
        voiced = track[:, VOICING] > 0.5
        cents = 1200 / np.log(2) * np.abs(frames[:, PITCH] - track[:, PITCH])[voiced]
        wrong = (frames[:, VOICING] > 0.5) != voiced
        return np.array([cents.sum(), voiced.sum(), late.sum(), spoken.sum(), wrong.sum(), len(track)])

    def sentence(self, clauses: teacher.Clauses) -> np.ndarray:
        """The sums over all clauses."""
        rows = zip(clauses.phones, clauses.durations, clauses.frames, strict=True)
        return sum((self.clause(p, d, f.astype(np.float32)) for p, d, f in rows), np.zeros(6))

    def again(self, track: np.ndarray, count: int) -> np.ndarray:
        """Sound [count] of features, its delay taken off."""
        frames = np.concatenate([track, np.repeat(track[-1:], 4, 0)])[None].astype(np.float32)
        return stream(self.vocoder, {"frames": frames})[0, self.delay :][:count]


def quality(reference: np.ndarray, made: np.ndarray) -> float:
    """PESQ, wide band, of sounds at 24 kHz."""
    from pesq import pesq

    down = lambda x: resample_poly(x[: len(reference)], 2, 3)  # noqa: E731
    return pesq(16_000, down(reference), down(made), "wb")


def world(sound: np.ndarray) -> np.ndarray:
    """The sound taken apart and made again by WORLD, with its own frames of 5 ms."""
    import pyworld

    x = sound.astype(np.float64)
    pitch, times = pyworld.harvest(x, features.RATE, frame_period=5.0)
    pitch = pyworld.stonemask(x, pitch, times, features.RATE)
    envelope, breath = pyworld.cheaptrick(x, pitch, times, features.RATE), pyworld.d4c(x, pitch, times, features.RATE)
    return pyworld.synthesize(pitch, envelope, breath, features.RATE, frame_period=5.0).astype(np.float32)


def copies(judge: Likeness, voice: str, texts: list[str]) -> list[tuple[float, float]]:
    """PESQ of our vocoder and of WORLD for each sentence of a teacher."""
    found = []
    for _, track, sound in tqdm(read(TEACHERS[voice], texts, True), desc=f"copies {voice}", total=len(texts)):
        sound = np.pad(sound, (0, max(0, len(track) * features.HOP - len(sound))))
        ours = judge.again(track, len(sound))
        ours = np.pad(ours, (0, len(sound) - len(ours)))
        theirs = world(sound)
        theirs = np.pad(theirs, (0, max(0, len(sound) - len(theirs))))
        found.append((quality(sound, ours), quality(sound, theirs)))
    return found


def figures(texts: list[str], package: Path, voices: list[str]) -> list[dict]:
    """Pitch, durations and voicing of every voice; copy synthesis of all together and each."""
    made, scores = [], []
    speakers = "speakers" in json.loads((package / "config.json").read_text())
    chosen = texts[:: max(1, len(texts) // SENTENCES)][:SENTENCES]
    for number, voice in enumerate(voices):
        judge = Likeness(package, number if speakers else None)
        rows = np.array([judge.sentence(clauses) for clauses, _, _ in read(TEACHERS[voice], chosen, False)])
        made += [
            figure(f"pitch beside the teacher, {voice}", rows[:, :2], "cents", ("<=", 45), weighted),
            figure(f"durations beside the teacher, {voice}", rows[:, 2:4], "ms", ("<=", 7), weighted),
            figure(f"voicing beside the teacher, {voice}", 100 * rows[:, 4:] * [1, 0.01], "percent", None, weighted),
        ]
        own = copies(judge, voice, chosen[:SOUND_SENTENCES])
        scores += own
        made.append(figure(f"copy synthesis, PESQ, {voice}", [ours for ours, _ in own], "ratio"))
        made.append(figure(f"copy synthesis, PESQ of WORLD, {voice}", [theirs for _, theirs in own], "ratio"))
    made.append(figure("copy synthesis, PESQ as a share of WORLD's", scores, "ratio", (">=", 0.95), weighted))
    return made
