"""Trains the acoustic model on the teacher's clauses: plain L1, one decay, checkpoints, CPU seconds.

The last shard of each speaker is held out and measured at the end.
"""

import argparse
import json
import time

import numpy as np
import torch
from tqdm import tqdm

from .acoustic import COLUMNS, LOOK_AHEAD, SPEAKERS, Acoustic, place, ramps
from .paths import work

FRAMES_PER_BATCH = 5000
HELD_OUT = 1
# The shards of each speaker, in the order of `SPEAKERS`.
SHARDS = ("shard", "rms")


class Shelf:
    """All clauses of some shards in memory; the speaker is the last column of the phones.

    Of the first speaker only a share `first_share` is drawn each time: a voice that is new to the weights needs more.
    """

    def __init__(self, paths: list, first_share: float = 1.0):
        self.rows, self.first_share = [], first_share
        for path in paths:
            shard = dict(np.load(path))
            speaker = SHARDS.index(path.name.split("-")[0])
            shard["phones"] = np.pad(shard["phones"], ((0, 0), (0, 1)), constant_values=speaker)
            phone_ends, frame_ends = np.cumsum(shard["phone_counts"]), np.cumsum(shard["frame_counts"])
            phones = np.split(shard["phones"], phone_ends[:-1])
            durations = np.split(shard["durations"], phone_ends[:-1])
            self.rows += list(zip(phones, durations, np.split(shard["frames"], frame_ends[:-1]), strict=True))

    def batches(self, rng: np.random.Generator) -> list[list[int]]:
        """Indices of batches of clauses of like length, shuffled."""
        lengths = np.array([len(row[2]) for row in self.rows])
        order = np.argsort(lengths * rng.uniform(0.93, 1.07, len(lengths)))
        if self.first_share < 1:
            first = np.array([row[0][0, -1] == 0 for row in self.rows])
            order = order[~first[order] | (rng.random(len(order)) < self.first_share)]
        made, now, longest = [], [], 0
        for index in order:
            longest = max(longest, lengths[index])
            if now and longest * (len(now) + 1) > FRAMES_PER_BATCH:
                made.append(now)
                now, longest = [], lengths[index]
            now.append(index)
        made.append(now)
        rng.shuffle(made)
        return made

    def batch(self, indices: list[int]) -> dict[str, torch.Tensor]:
        """Padded tensors of some clauses; the frame axis holds `LOOK_AHEAD` more inputs than targets."""
        rows = [self.rows[i] for i in indices]
        counts = torch.tensor([len(row[0]) for row in rows])
        frames = [len(row[2]) for row in rows]
        phones = torch.zeros(len(rows), max(counts), COLUMNS, dtype=torch.long)
        durations = torch.ones(len(rows), max(counts))
        target = torch.zeros(len(rows), max(frames), 82)
        owner = torch.zeros(len(rows), max(frames) + LOOK_AHEAD, dtype=torch.long)
        places = torch.zeros(len(rows), max(frames) + LOOK_AHEAD, 3)
        for i, (phone, duration, track) in enumerate(rows):
            phones[i, : len(phone)] = torch.from_numpy(phone.astype(np.int64))
            durations[i, : len(phone)] = torch.from_numpy(duration.astype(np.float32))
            target[i, : len(track)] = torch.from_numpy(track.astype(np.float32))
            length = torch.from_numpy(duration.astype(np.int64))
            owner[i, : len(track)] = torch.repeat_interleave(torch.arange(len(phone)), length)
            owner[i, len(track) :] = len(phone) - 1
            places[i, : len(track)] = place(duration.tolist())
            places[i, len(track) :] = places[i, len(track) - 1]
        mask = (torch.arange(max(counts))[None] < counts[:, None]).float()
        frame_mask = (torch.arange(max(frames))[None] < torch.tensor(frames)[:, None]).float()
        return {
            "phones": phones, "ramps": ramps(counts, int(max(counts))), "mask": mask, "durations": durations,
            "target": target, "owner": owner, "places": places, "frame_mask": frame_mask,
        }  # fmt: skip


def losses(model: Acoustic, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """L1 of bands, ln F0 (voiced frames), voicing, and ln durations; all means over what is not padding."""
    hidden, durations = model.encoder(batch["phones"], batch["ramps"], batch["mask"][..., None])
    rows = torch.gather(hidden, 1, batch["owner"][..., None].expand(-1, -1, hidden.shape[-1]))
    made, _ = model.decoder(rows, batch["places"], model.decoder.start(len(rows)))
    wanted = (batch["target"] - model.decoder.mean) / model.decoder.spread
    error = (made[:, LOOK_AHEAD:].float() - wanted).abs() * batch["frame_mask"][..., None]
    total = batch["frame_mask"].sum()
    voiced = batch["target"][..., 81]
    return {
        "bands": error[..., :80].sum() / total / 80,
        "pitch": (error[..., 80] * voiced).sum() / (voiced * batch["frame_mask"]).sum().clamp(min=1),
        "voicing": error[..., 81].sum() / total,
        "duration": ((durations.float() - batch["durations"].log()).abs() * batch["mask"]).sum() / batch["mask"].sum(),
        "duration_frames": duration_frames(durations.detach().float(), batch),
    }


def duration_frames(durations: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Mean error of durations in frames, of phones that are no pause."""
    spoken = batch["mask"] * (batch["phones"][..., 0] > 0)
    return ((durations.exp() - batch["durations"]).abs() * spoken).sum() / spoken.sum()


def total(parts: dict[str, torch.Tensor]) -> torch.Tensor:
    """The weighted sum that is minimised."""
    return parts["bands"] + 0.8 * parts["pitch"] + 0.2 * parts["voicing"] + 0.7 * parts["duration"]


def measure(model: Acoustic, shelf: Shelf, batches: int = 12) -> dict[str, float]:
    """Held-out errors in their own units: F0 in cents, durations in ms, voicing in per cent of frames."""
    rng, sums = np.random.default_rng(0), {}
    with torch.no_grad():
        for indices in shelf.batches(rng)[:batches]:
            for name, value in losses(model, shelf.batch(indices)).items():
                sums[name] = sums.get(name, 0.0) + value.item() / batches
    return {
        "bands_l1": round(sums["bands"], 4),
        "f0_cents": round(sums["pitch"] * model.decoder.spread[80].item() * 1200 / np.log(2), 1),
        "voicing_error": round(sums["voicing"] * model.decoder.spread[81].item(), 4),
        "duration_percent": round(100 * (np.exp(sums["duration"]) - 1), 2),
        "duration_ms": round(10 * sums["duration_frames"], 2),
    }


def rate_share(step: int, steps: int, cut: int, finish: int) -> float:
    """Share of the peak rate: warm-up, a cosine over `steps`, left at step `cut` for a line to nothing in `finish`."""
    cosine = lambda at: 0.005 + 0.4975 * (1 + float(np.cos(np.pi * at / steps)))  # noqa: E731
    if step >= cut:
        return cosine(cut) * max(0.002, 1 - (step - cut) / finish)
    return min(1.0, step / 100) * cosine(step)


def begin(shelf: Shelf, warm: str | None) -> Acoustic:
    """A model with the frames' mean and spread, or with the weights of an earlier one as far as it has them."""
    model = Acoustic()
    if warm is not None:
        found = model.load_state_dict(torch.load(warm)["model"], strict=False)
        table = model.encoder.tables[-1]
        assert not found.unexpected_keys and all("speaker" in k or "tables.5" in k for k in found.missing_keys), found
        assert table.num_embeddings == len(SPEAKERS)
        return model
    sample = np.concatenate([row[2] for row in shelf.rows[::4]]).astype(np.float32)
    model.decoder.mean.copy_(torch.from_numpy(sample.mean(0)))
    model.decoder.spread.copy_(torch.from_numpy(sample.std(0) + 1e-3))
    return model


def main() -> None:
    """Train a fixed number of steps and write ``acoustic.pt``; a checkpoint of the same plan is continued."""
    options = argparse.ArgumentParser()
    options.add_argument("--steps", type=int, default=3000)
    options.add_argument("--rate", type=float, default=2e-3)
    options.add_argument("--bf16", action="store_true")
    options.add_argument("--warm", default=None, help="weights of an earlier voice to begin with")
    options.add_argument("--first-share", type=float, default=1.0, help="share of the first speaker's clauses to draw")
    options.add_argument("--cut", type=int, default=None, help="leave the cosine at this step")
    options.add_argument("--finish", type=int, default=350, help="and come down to nothing in so many")
    given = options.parse_args()
    cut = given.steps if given.cut is None else given.cut
    last = given.steps if given.cut is None else cut + given.finish
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    shards = [sorted(work().glob(f"{name}-[0-9]*.npz")) for name in SHARDS]
    shelf = Shelf([path for own in shards for path in own[:-HELD_OUT]], given.first_share)
    held_out = [Shelf(own[-HELD_OUT:]) for own in shards]
    model = begin(shelf, given.warm)
    optimiser = torch.optim.AdamW(model.parameters(), given.rate, betas=(0.9, 0.98), weight_decay=1e-3)
    shape = lambda s: rate_share(s, given.steps, cut, given.finish)  # noqa: E731
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, shape)
    first, spent, path = 0, 0.0, work() / "acoustic.pt"
    if path.exists() and (kept := torch.load(path))["steps"] == given.steps:
        for name, part in (("model", model), ("optimiser", optimiser), ("schedule", schedule)):
            part.load_state_dict(kept[name])
        first, spent = kept["step"], kept["cpu_s"]
        rng = np.random.default_rng(1 + first)
    queue, recent = [], []
    for step in tqdm(range(first, last), desc="acoustic", mininterval=10):
        queue = queue or shelf.batches(rng)
        with torch.autocast("cpu", torch.bfloat16, enabled=given.bf16):
            parts = losses(model, shelf.batch(queue.pop()))
        optimiser.zero_grad()
        total(parts).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        recent.append([part.item() for part in parts.values()])
        if step % 50 == 49 or step + 1 == last:
            mean = dict(zip(parts, np.mean(recent[-50:], 0).round(4).tolist(), strict=True))
            cpu = spent + time.process_time()
            print(json.dumps({"step": step + 1, **mean, "cpu_s": round(cpu)}), flush=True)
            kept = {"model": model, "optimiser": optimiser, "schedule": schedule}
            state = {name: part.state_dict() for name, part in kept.items()}
            torch.save(state | {"step": step + 1, "steps": given.steps, "cpu_s": cpu}, path)
    report = {name: measure(model, held) for name, held in zip(SPEAKERS, held_out, strict=True)}
    report["cpu_s"] = round(spent + time.process_time())
    report["hours"] = round(sum(len(row[2]) for row in shelf.rows) / 360_000, 2)
    (work() / "acoustic.json").write_text(json.dumps(report))
    print(json.dumps(report))


if __name__ == "__main__":
    main()
