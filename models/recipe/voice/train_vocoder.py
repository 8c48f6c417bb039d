"""Trains the vocoder on the teachers' sound with a multi-resolution STFT loss; one decay, checkpoints, CPU seconds."""

import argparse
import json
import time

import numpy as np
import torch
from tqdm import tqdm

from . import features
from .paths import work
from .vocoder import DELAY_SAMPLES, Vocoder

BATCH, FRAMES, SKIP = 12, 90, 12
# The sound of each voice, and up to which frequency (Hz) it is its own.
SOUNDS = (("sound.npz", 12_001.0), ("rms-sound.npz", 7_200.0))
WINDOWS = ((512, 120), (1024, 240), (2048, 480), (320, 80))


def load_sound(name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """(features [T, 82], sound [T * 240]) of every sentence in one file of sound."""
    shelf = np.load(work() / name)
    pairs = []
    for key in shelf.files:
        if key[0] == "f":
            track, sound = shelf[key], shelf["s" + key[1:]]
            count = min(len(track), len(sound) // features.HOP)
            if count > FRAMES + 4:
                pairs.append((track[:count], sound[: count * features.HOP]))
    return pairs


def batch(pairs: list, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Random cuts, voices in turn: features [B, FRAMES, 82], the sound under the vocoder's delay without the first SKIP
    frames, and the highest frequency [B] that its voice knows of."""
    tracks, sounds = [], []
    for row in range(BATCH):
        own = pairs[row % len(pairs)]
        track, sound = own[rng.integers(len(own))]
        start = rng.integers(2, len(track) - FRAMES + 1)
        tracks.append(track[start : start + FRAMES])
        first = (start + SKIP) * features.HOP - DELAY_SAMPLES
        sounds.append(sound[first : first + (FRAMES - SKIP) * features.HOP])
    limits = torch.tensor([SOUNDS[row % len(pairs)][1] for row in range(BATCH)])
    return torch.from_numpy(np.stack(tracks)), torch.from_numpy(np.stack(sounds)), limits


def stft_loss(made: torch.Tensor, wanted: torch.Tensor, limits: torch.Tensor) -> torch.Tensor:
    """Spectral convergence plus L1 of log magnitudes below `limits` [B] in Hz, mean over the window sizes."""
    loss = 0.0
    for size, hop in WINDOWS:
        window = torch.hann_window(size)
        a, b = (torch.stft(x, size, hop, window=window, return_complex=True).abs() for x in (made, wanted))
        known = (torch.arange(a.shape[1]) * features.RATE / size)[None, :, None] < limits[:, None, None]
        a, b = a * known, b * known
        error = (torch.log(a + 3e-3) - torch.log(b + 3e-3)).abs()
        loss = loss + (a - b).norm() / b.norm() + error.sum() / (known.sum() * a.shape[2])
    return loss / len(WINDOWS)


def main() -> None:
    """Train for a fixed number of steps and write ``vocoder.pt``; a newer checkpoint is continued."""
    options = argparse.ArgumentParser()
    options.add_argument("--steps", type=int, default=500)
    options.add_argument("--rate", type=float, default=2e-3)
    options.add_argument("--warm", default=None, help="weights of an earlier vocoder to begin with")
    given = options.parse_args()
    steps, rate = given.steps, given.rate
    torch.set_num_threads(1)
    torch.manual_seed(1)
    pairs, rng = [load_sound(name) for name, _ in SOUNDS], np.random.default_rng(1)
    model = Vocoder()
    if given.warm is None:
        tracks = np.concatenate([track for own in pairs for track, _ in own])
        model.mean.copy_(torch.from_numpy(tracks.mean(0)))
        model.scale.copy_(torch.from_numpy(1 / (tracks.std(0) + 0.1)))
    else:
        model.load_state_dict(torch.load(given.warm)["model"])
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, rate, betas=(0.8, 0.98), weight_decay=1e-3)
    shape = lambda s: min(1, s / 30) * float(0.02 + 0.49 * (1 + np.cos(np.pi * s / steps)))  # noqa: E731
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, shape)
    seen, first = [], 0
    path = work() / "vocoder.pt"
    if path.exists() and (kept := torch.load(path))["steps"] == steps:
        model.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        schedule.load_state_dict(kept["schedule"])
        first = kept["step"]
    for step in tqdm(range(first, steps), desc="vocoder", mininterval=5):
        track, sound, limits = batch(pairs, rng)
        made, _ = model(track, model.start(BATCH))
        loss = stft_loss(made[:, SKIP * features.HOP :], sound, limits)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        schedule.step()
        seen.append(loss.item())
        if step % 50 == 49 or step == 0:
            print(json.dumps({"step": step + 1, "loss": np.mean(seen[-50:]), "cpu_s": time.process_time()}), flush=True)
            kept = {"model": model, "optimiser": optimiser, "schedule": schedule}
            torch.save({n: o.state_dict() for n, o in kept.items()} | {"step": step + 1, "steps": steps}, path)
    print(f"vocoder: {sum(p.numel() for p in trained)} parameters, {time.process_time():.0f} CPU s")


if __name__ == "__main__":
    main()
