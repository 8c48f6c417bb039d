"""espeak-ng, in process: many accents and voice variants, 16 kHz, with phone times from its events."""

import ctypes

import numpy as np
from scipy.signal import resample_poly

from .flite import Speech

ACCENTS = ("en-us", "en", "en-029", "en-gb-x-rp", "en-gb-x-gbclan", "en-us-nyc")  # "en" is British
VARIANTS = tuple(
    "Alex Alicia Andy Annie Denis Diogo Gene Gene2 Henrique Hugo Jacky Lee Mario Michael Mike Nguyen RicishayMax Storm Tweaky "
    "adam anika announcer antonio aunty belinda benjamin boris caleb david ed edward edward2 f1 f2 f3 f4 f5 grandma grandpa gustave "
    "iven iven2 iven3 iven4 john kaukovalta klatt klatt2 klatt3 klatt4 klatt5 klatt6 linda m1 m2 m3 m4 m5 m6 m7 m8 marcelo max michel "
    "miguel norbert pablo paul pedro quincy rob robert sandro shelby steph steph2 steph3 travis victor zac".split()
)
KEPT_OUT_ACCENT = "en-gb-x-gbcwmd"
_RETRIEVAL, _PHONEME_EVENTS, _SYNCHRONOUS = 1, 1, 2
_LIST_TERMINATED, _PHONEME = 0, 7
_RATE, _PITCH, _RANGE = 1, 3, 4


class _EventId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """One espeak-ng per process (the library keeps global state)."""

    def __init__(self):
        self._espeak = ctypes.CDLL("libespeak-ng.so.1")
        self._rate = self._espeak.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS)
        assert self._rate == 22050, f"espeak-ng speaks at {self._rate} Hz"
        self._callback = _CALLBACK(self._on_audio)
        self._espeak.espeak_SetSynthCallback(self._callback)
        self._pieces: list[np.ndarray] = []
        self._starts: list[tuple[str, float]] = []

    def _on_audio(self, samples, count, events):
        if samples and count > 0:
            self._pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        index = 0
        while events[index].type != _LIST_TERMINATED:
            event = events[index]
            if event.type == _PHONEME:
                self._starts.append((event.id.string.decode("utf-8", "replace"), event.audio_position / 1000))
            index += 1
        return 0

    def speak(self, text: str, accent: str, variant: str, words_per_minute: int = 170, pitch: int = 50, pitch_range: int = 50) -> Speech:
        """Says `text` as `accent+variant`; `pitch` and `pitch_range` 0..99."""
        espeak = self._espeak
        voice = f"{accent}+{variant}".encode()
        assert espeak.espeak_SetVoiceByName(voice) == 0, f"espeak-ng has no voice {voice}"
        for parameter, setting in ((_RATE, words_per_minute), (_PITCH, pitch), (_RANGE, pitch_range)):
            espeak.espeak_SetParameter(parameter, setting, 0)
        self._pieces, self._starts = [], []
        raw = text.encode() + b"\0"
        assert espeak.espeak_Synth(raw, len(raw), 0, 1, 0, 1, None, None) == 0
        espeak.espeak_Synchronize()
        speech = np.concatenate(self._pieces).astype(np.float32)
        seconds = len(speech) / self._rate
        samples = resample_poly(speech, 320, 441).clip(-32768, 32767).astype(np.int16)
        ends = [start for _, start in self._starts[1:]] + [seconds]
        return Speech(samples, [(name, end) for (name, _), end in zip(self._starts, ends)])
