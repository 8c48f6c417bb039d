"""A corpus of speech on disk: one file of int16 samples, one of phone ids every 10 ms, one index.

`samples.i16`  every utterance padded with zeros to whole 10 ms (160 samples at 16 kHz)
`phones.u8`    one id per 10 ms of the above; 0 = silence or unknown
`index.json`   {"phones": [names], "utterances": [[first 10 ms hop, hops, voice, text], ...]}
"""

import json
from pathlib import Path

import numpy as np

from .flite import Speech

HOP = 160
SILENCE = {"pau", "h#", "brth", "_", "_:", "", "ssil", "__"}


def phone_ids(speech: Speech, family: str, names: list[str], hops: int) -> np.ndarray:
    """The id of the phone at the middle of each 10 ms; new names are appended to `names`."""
    ids = np.zeros(hops, np.uint8)
    start = 0
    for name, end_s in speech.phones:
        end = min(hops, round(end_s * 100))
        if name not in SILENCE:
            key = f"{family}/{name}"
            if key not in names:
                names.append(key)
            ids[start:end] = min(names.index(key), 255)
        start = end
    return ids


class Writer:
    """Appends utterances to a new corpus; `close` writes the index."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._samples = open(self.folder / "samples.i16", "wb")
        self._phones = open(self.folder / "phones.u8", "wb")
        self._names = ["silence"]
        self._utterances = []
        self._hops = 0

    @property
    def hours(self) -> float:
        """Length of what was written so far."""
        return self._hops / 360_000

    def add(self, speech: Speech, voice: str, text: str) -> None:
        """Appends one utterance; espeak-ng's phones and those of the others are separate sets."""
        hops = -(-len(speech.samples) // HOP)
        family = "espeak" if voice.startswith("espeak") else "radio"
        ids = phone_ids(speech, family, self._names, hops)
        self._samples.write(np.pad(speech.samples, (0, hops * HOP - len(speech.samples))).tobytes())
        self._phones.write(ids.tobytes())
        self._utterances.append([self._hops, hops, voice, text])
        self._hops += hops

    def close(self) -> None:
        """Writes the index; without it the corpus does not count as made."""
        self._samples.close()
        self._phones.close()
        index = {"phones": self._names, "utterances": self._utterances}
        (self.folder / "index.json").write_text(json.dumps(index))


class Corpus:
    """Reads a corpus; utterances are addressed by their number (the wav id)."""

    def __init__(self, folder: Path):
        folder = Path(folder)
        index = json.loads((folder / "index.json").read_text())
        self.phone_names: list[str] = index["phones"]
        self.utterances: list[list] = index["utterances"]
        self._samples = np.memmap(folder / "samples.i16", np.int16, "r")
        self._phones = np.memmap(folder / "phones.u8", np.uint8, "r")

    def __len__(self) -> int:
        return len(self.utterances)

    def seconds(self, number: int) -> float:
        """Length of one utterance."""
        return self.utterances[number][1] / 100

    def voice(self, number: int) -> str:
        """Voice that says it, such as `slt` or `espeak:en-us+f2`."""
        return self.utterances[number][2]

    def text(self, number: int) -> str:
        """What is said: words of [a-z'] and single blanks."""
        return self.utterances[number][3]

    def samples(self, number: int) -> np.ndarray:
        """f32 [n], full scale 1."""
        first, hops = self.utterances[number][:2]
        return self._samples[first * HOP : (first + hops) * HOP].astype(np.float32) / 32768

    def phones(self, number: int) -> np.ndarray:
        """u8 [n / 160]: phone ids every 10 ms."""
        first, hops = self.utterances[number][:2]
        return self._phones[first : first + hops]


class Joined:
    """Several corpora as one. Phones keep the ids of the first corpus; a phone that it does not have is -1, not learned from."""

    def __init__(self, folders: list[Path]):
        self.parts = [Corpus(folder) for folder in folders]
        self.phone_names = self.parts[0].phone_names
        numbers = {name: number for number, name in enumerate(self.phone_names)}
        self._ids = [np.array([numbers.get(name, -1) for name in part.phone_names], np.int64) for part in self.parts]
        self._places = [(part, number) for part, corpus in enumerate(self.parts) for number in range(len(corpus))]

    def __len__(self) -> int:
        return len(self._places)

    def seconds(self, number: int) -> float:
        """Length of one utterance."""
        part, number = self._places[number]
        return self.parts[part].seconds(number)

    def text(self, number: int) -> str:
        """What is said."""
        part, number = self._places[number]
        return self.parts[part].text(number)

    def samples(self, number: int) -> np.ndarray:
        """f32 [n], full scale 1."""
        part, number = self._places[number]
        return self.parts[part].samples(number)

    def phones(self, number: int) -> np.ndarray:
        """i64 [n / 160]: phone ids every 10 ms."""
        part, number = self._places[number]
        return self._ids[part][self.parts[part].phones(number)]
