"""The flite synthesiser, in process: 16 kHz speech with exact phone times.

Voices used for training: `slt` (F), `rms` (M), `kal16` (M, diphone). Never `awb`.
"""

import ctypes
from dataclasses import dataclass

import numpy as np

TRAINING_VOICES = ("slt", "rms", "kal16")


@dataclass
class Speech:
    """One synthesised sentence: `samples` int16 [n] at 16 kHz and its phones as (name, end in seconds)."""

    samples: np.ndarray
    phones: list[tuple[str, float]]


class _Wave(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


class _Voice(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("features", ctypes.c_void_p)]


def _load() -> ctypes.CDLL:
    """libflite with the signatures of the few calls made here."""
    for name in ("libflite.so.1", "libflite_usenglish.so.1", "libflite_cmulex.so.1"):
        library = ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
    flite = ctypes.CDLL("libflite.so.1", mode=ctypes.RTLD_GLOBAL)
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name, result, arguments in (
        ("flite_synth_text", pointer, [text, pointer]),
        ("utt_wave", ctypes.POINTER(_Wave), [pointer]),
        ("utt_relation", pointer, [pointer, text]),
        ("relation_head", pointer, [pointer]),
        ("item_next", pointer, [pointer]),
        ("item_feat_string", text, [pointer, text]),
        ("item_feat_float", ctypes.c_float, [pointer, text]),
        ("delete_utterance", None, [pointer]),
        ("flite_feat_set_float", None, [pointer, text, ctypes.c_float]),
    ):
        function = getattr(flite, name)
        function.restype, function.argtypes = result, arguments
    flite.flite_init()
    return flite


class Flite:
    """All the training voices, loaded once."""

    def __init__(self, voices=TRAINING_VOICES):
        self._flite = _load()
        self._voices = {}
        for name in voices:
            library = ctypes.CDLL(f"libflite_cmu_us_{name}.so.1")
            register = getattr(library, f"register_cmu_us_{name}")
            register.restype, register.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
            self._voices[name] = register(None)

    def speak(self, text: str, voice: str, stretch: float = 1.0, f0_hz: float | None = None) -> Speech:
        """Says `text` with durations times `stretch` and, if given, the mean pitch `f0_hz`."""
        flite, handle = self._flite, self._voices[voice]
        features = ctypes.cast(handle, ctypes.POINTER(_Voice)).contents.features
        flite.flite_feat_set_float(features, b"duration_stretch", stretch)
        if f0_hz is not None:
            flite.flite_feat_set_float(features, b"int_f0_target_mean", f0_hz)
        utterance = flite.flite_synth_text(text.encode(), handle)
        wave = flite.utt_wave(utterance).contents
        assert wave.sample_rate == 16000, f"{voice} speaks at {wave.sample_rate} Hz"
        samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).copy()
        phones = []
        item = flite.relation_head(flite.utt_relation(utterance, b"Segment"))
        while item:
            name = flite.item_feat_string(item, b"name").decode()
            phones.append((name, flite.item_feat_float(item, b"end")))
            item = flite.item_next(item)
        flite.delete_utterance(utterance)
        return Speech(samples, phones)
