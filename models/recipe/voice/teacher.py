"""The teacher reads: festival's full-context labels, hts_engine's exact pitch, mel-cepstra and durations.

Writes ``labels/*.lab``, then shards ``shard-NN.npz`` of clauses (see `Clauses`) and ``sound.npz``, whole
sentences with their sound at 24 kHz for the vocoder. Everything here is deterministic.
"""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly
from tqdm import tqdm

from . import features
from .paths import HTS_VOICE, work

PHONES = """pau aa ae ah ao aw ax ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p r s sh t th uh uw v w y z
zh""".split()
WORD_KINDS = "none content in to det md cc wp pps aux punc".split()
ENDINGS = {"": 0, ",": 1, ";": 1, ":": 1, ".": 2, "?": 3, "!": 4}
LEAD_FRAMES = 2
SHARD = 500
SOUND_SENTENCES = 320

SCRIPT = """
(voice_cmu_us_slt_arctic_hts)
(set! plain_breaks simple_phrase_cart_tree)
(define (labels text file plain)
  (let ((utt (eval (list 'Utterance 'Text text))) (ofd (fopen file "w")))
    (if plain (begin (Parameter.set 'Phrase_Method 'cart_tree) (set! phrase_cart_tree plain_breaks))
              (Parameter.set 'Phrase_Method 'prob_models))
    (Initialize utt) (Text utt) (Token_POS utt) (Token utt) (POS utt) (Phrasify utt) (Word utt) (Pauses utt)
    (Intonation utt) (PostLex utt) (Duration utt)
    (mapcar (lambda (s) (format ofd "%s\\t%s" (item.feat s "R:SylStructure.parent.parent.R:Token.parent.punc")
                                (hts_feats_output_string s)))
            (utt.relation.items utt 'Segment))
    (fclose ofd)))
"""
LABEL = re.compile(
    r"\^[^-]+-(?P<phone>[a-z]+)\+[^@]*@(?P<fwd>\w+)_(?P<bwd>\w+)/A:.*?/B:(?P<stress>\w+)-\w+-\w+"
    r"@(?P<syl>\w+)-(?P<lys>\w+)&.*?/E:(?P<kind>\w+)\+"
)


def write_labels(texts: list[str], folder: Path) -> None:
    """Have festival write the labels of all `texts`; even ones with breaks at punctuation only."""
    folder.mkdir(exist_ok=True)
    for start in tqdm(range(0, len(texts), 250), desc="labels"):
        missing = [i for i in range(start, min(start + 250, len(texts))) if not (folder / f"{i}.lab").exists()]
        if not missing:
            continue
        script = SCRIPT
        for i in missing:
            quoted = texts[i].replace("\\", "").replace('"', "")
            script += f'(labels "{quoted}" "{folder / f"{i}.lab"}" {"t" if i % 2 == 0 else "nil"})\n'
        path = folder / "batch.scm"
        path.write_text(script)
        subprocess.run(["festival", "-b", str(path)], check=True, stdout=subprocess.DEVNULL)


def read_label(path: Path) -> list[dict]:
    """The phones of one sentence: name, stress, place in the word, kind of word, punctuation after the word."""
    phones, punctuation = [], ""
    for line in path.read_text().splitlines():
        if "/B:" not in line:
            continue
        after, label = line.split("\t", 1)
        found = LABEL.search(label)
        if found["phone"] == "pau":
            phones.append({"phone": "pau", "after": punctuation})
            continue
        punctuation = after if after != "0" else ""
        start = found["fwd"] == "1" and found["syl"] == "1"
        end = found["bwd"] == "1" and found["lys"] == "1"
        phones.append({**found.groupdict(), "start": start, "end": end})
    return phones


def columns(phone: dict) -> list[int]:
    """The five numbers of a phone: phone, stress (1 weak, 2 strong vowel), place, kind of word; clause comes later."""
    if phone["phone"] == "pau":
        return [0, 0, 0, 0]
    vowel = phone["phone"][0] in "aeiou"
    place = {(True, True): 1, (True, False): 2, (False, False): 3, (False, True): 4}[phone["start"], phone["end"]]
    return [
        PHONES.index(phone["phone"]),
        (1 + (phone["stress"] == "1")) if vowel else 0,
        place,
        WORD_KINDS.index(phone["kind"]) if phone["kind"] in WORD_KINDS else 1,
    ]


@dataclass
class Clauses:
    """Clauses end to end: phones i16 [N, 5], durations i16 [N] in frames, frames f16 [T, 82], and their lengths."""

    phones: list = field(default_factory=list)
    durations: list = field(default_factory=list)
    frames: list = field(default_factory=list)

    def add(self, phones: np.ndarray, durations: np.ndarray, frames: np.ndarray) -> None:
        """Append one clause; the durations must cover the frames exactly."""
        assert durations.sum() == len(frames) and len(phones) == len(durations)
        self.phones.append(phones.astype(np.int16))
        self.durations.append(durations.astype(np.int16))
        self.frames.append(frames.astype(np.float16))

    def save(self, path: Path) -> None:
        """Write one shard."""
        np.savez(
            path,
            phones=np.concatenate(self.phones),
            durations=np.concatenate(self.durations),
            frames=np.concatenate(self.frames),
            phone_counts=np.array([len(p) for p in self.phones]),
            frame_counts=np.array([len(f) for f in self.frames]),
        )


def speak(label: Path, scratch: Path, sound: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Run hts_engine: features [T, 82], phone ends in 5 ms frames [N], and the sound f32 at 24 kHz if asked for."""
    lines = [line.split("\t", 1)[1] for line in label.read_text().splitlines() if "/B:" in line]
    (scratch / "in.lab").write_text("\n".join(lines) + "\n")
    # Without sound the vocoder runs at one sample a frame, which leaves the parameters as they are and is fast.
    rate = [] if sound else ["-s", "1000", "-p", "1"]
    wav = ["-ow", scratch / "out.wav"] if sound else []
    command = ["hts_engine", "-m", HTS_VOICE, *rate, "-om", scratch / "m", "-of", scratch / "f", "-od", scratch / "d"]
    subprocess.run([*map(str, command), *map(str, wav), str(scratch / "in.lab")], check=True)
    pitch = np.fromfile(scratch / "f", np.float32)
    cepstra = np.fromfile(scratch / "m", np.float32).reshape(len(pitch), -1)
    ends = np.array([int(line.split()[1]) for line in (scratch / "d").read_text().splitlines() if line.strip()])
    ends = np.rint(ends / (ends[-1] / len(pitch))).astype(int)
    samples = None
    if sound:
        samples = resample_poly(wavfile.read(scratch / "out.wav")[1].astype(np.float32) / 32768.0, 3, 4)
    return features.frames(cepstra, pitch), ends, samples


def cut(phones: list[dict], track: np.ndarray, ends: np.ndarray, out: Clauses) -> None:
    """Cut one sentence at its pauses into clauses: a short lead of silence, phones, the whole pause after."""
    bounds = np.minimum((np.concatenate([[0], ends]) + 1) // 2, len(track))
    pauses = [i for i, phone in enumerate(phones) if phone["phone"] == "pau"]
    for order, (a, b) in enumerate(zip(pauses, pauses[1:], strict=False)):
        if b - a < 2:
            continue
        last = b == len(phones) - 1
        stop = bounds[b + 1] if last else bounds[b + 1] - LEAD_FRAMES
        edges = np.concatenate([[bounds[a + 1] - LEAD_FRAMES], bounds[a + 1 : b + 1], [stop]])
        after = phones[b]["after"][:1]
        ending = ENDINGS.get(after, 0) if not last else ENDINGS.get(after, 2) or 2
        rows = np.array([[*columns(phone), ending + 5 * (order > 0)] for phone in phones[a : b + 1]])
        durations = np.diff(edges)
        if (durations < 1).any():
            continue
        out.add(rows, durations, track[edges[0] : edges[-1]])


def main(limit: int = 7000) -> None:
    """Labels, then shards of `SHARD` sentences of the first `limit`; shards that exist are kept."""
    texts = (work() / "train.txt").read_text().splitlines()[:limit]
    labels, scratch = work() / "labels", work() / "scratch"
    scratch.mkdir(exist_ok=True)
    write_labels(texts, labels)
    seconds = 0.0
    for shard, start in enumerate(tqdm(range(0, len(texts), SHARD), desc="shards")):
        path = work() / f"shard-{shard:02d}.npz"
        if path.exists():
            continue
        clauses = Clauses()
        sound: dict[str, np.ndarray] = {}
        for i in range(start, min(start + SHARD, len(texts))):
            label = labels / f"{i}.lab"
            phones = read_label(label)
            if len(phones) < 3:
                continue
            with_sound = shard == 0 and i < SOUND_SENTENCES
            track, ends, samples = speak(label, scratch, with_sound)
            cut(phones, track, ends, clauses)
            if with_sound:
                sound[f"f{i}"], sound[f"s{i}"] = track, samples.astype(np.float32)
        clauses.save(path)
        seconds += sum(map(len, clauses.frames)) / 100
        if sound:
            np.savez(work() / "sound.npz", **sound)
    print(f"teacher: {seconds / 3600:.2f} hours in new shards")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
