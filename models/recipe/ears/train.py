"""Step: corpus -> trained encoder. One thread, bf16, resumable; says CPU seconds and greedy word error as it goes."""

import argparse
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import jiwer
import numpy as np
import torch
from torch.nn import functional
from tqdm import tqdm

from . import features
from .augment import Augmenter
from .corpus import Corpus, Joined
from .model import SUB_FRAMES, VOCABULARY, Encoder, Shape

BATCH_SECONDS = 40.0
SHORT_STEPS, RAMP_STEPS, SHORT_S, STRENGTH_MAX = 500, 2000, 2.2, 0.85
WORDLESS_ONE_IN = 12  # of the examples, in place of one of the same length
PHONE_WEIGHT, PIECE_WEIGHT = 0.5, 0.3
IDS = {character: number for number, character in enumerate(VOCABULARY)}


def character_ids(text: str) -> list[int]:
    """Ids of a text of [a-z' ]."""
    return [IDS[character] for character in text]


def greedy(log_probs: np.ndarray) -> str:
    """Best path of f32 [n, V]: repeats merged, blanks dropped."""
    best = log_probs.argmax(1)
    kept = best[np.flatnonzero(np.diff(best, prepend=-1))]
    return "".join(VOCABULARY[i] for i in kept if i).strip()


def strength_at(step: int) -> float:
    """Augmentation grows from nothing to its most once the short clean phase has broken the blank plateau."""
    return min(STRENGTH_MAX, max(0.0, (step - SHORT_STEPS) / RAMP_STEPS))


def batches(corpus: Joined, step: int, rng: np.random.Generator) -> list[list[int]]:
    """One round through a random part of the corpus, cut into batches of similar length."""
    short = step < SHORT_STEPS
    numbers = [n for n in rng.permutation(len(corpus)) if not short or corpus.seconds(n) < SHORT_S]
    numbers = sorted(numbers[:4000], key=lambda n: corpus.seconds(n) * rng.uniform(0.95, 1.05))
    cut, batch = [], []
    for number in numbers:
        if (len(batch) + 1) * (corpus.seconds(number) + 0.4) > BATCH_SECONDS:
            cut.append(batch)
            batch = []
        batch.append(int(number))
    rng.shuffle(cut)
    return cut


def collate(examples: list[tuple[np.ndarray, np.ndarray]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pads to (mel [B, 8 T, 64], phones [B, T, 3] with -1 as padding, frames [B])."""
    frames = torch.tensor([len(phones) for _, phones in examples])
    longest = int(frames.max())
    mel = np.full((len(examples), longest * 8, features.MELS), features.normalise(np.float32(0)), np.float32)
    phones = np.full((len(examples), longest, SUB_FRAMES), -1, np.int64)
    for row, (one, labels) in enumerate(examples):
        mel[row, : len(one)], phones[row, : len(labels)] = one, labels
    return torch.from_numpy(mel), torch.from_numpy(phones), frames


def ctc(log_probs: torch.Tensor, lengths: torch.Tensor, targets: list[list[int]]) -> torch.Tensor:
    """CTC loss for each target symbol; log_probs [B, n, V]."""
    flat = torch.tensor([symbol for target in targets for symbol in target])
    sizes = torch.tensor([len(target) for target in targets])
    total = functional.ctc_loss(log_probs.transpose(0, 1), flat, lengths, sizes, reduction="sum", zero_infinity=True)
    return total / len(flat)


class Trainer:
    """Model, averaged model, optimiser and what is needed to go on after an interruption."""

    def __init__(self, folder: Path, corpus: Joined, shape: Shape, tokenizer=None, memory: float = 0.999):
        self.folder, self.corpus, self.tokenizer, self.memory = folder, corpus, tokenizer, memory
        self.encoder, self.average = Encoder(shape), Encoder(shape)
        self.average.load_state_dict(self.encoder.state_dict())
        self.average.requires_grad_(False)
        decayed = [p for p in self.encoder.parameters() if p.dim() > 1]
        others = [p for p in self.encoder.parameters() if p.dim() <= 1]
        groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.98), fused=True)
        self.step, self.cpu_s, self.warm_from = 0, 0.0, 0

    def resume(self) -> None:
        """Goes on from the last checkpoint; heads that are new start afresh."""
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return
        saved = torch.load(path)
        for name, model in (("encoder", self.encoder), ("average", self.average)):
            model.load_state_dict(saved[name], strict=False)
        self.step, self.cpu_s, self.warm_from = saved["step"], saved["cpu_s"], saved.get("warm_from", 0)
        if len(saved["encoder"]) == len(self.encoder.state_dict()):
            self.optimiser.load_state_dict(saved["optimiser"])
        else:
            self.warm_from = self.step

    def save(self) -> None:
        """Writes the checkpoint in one move."""
        state = {"encoder": self.encoder.state_dict(), "average": self.average.state_dict(), "step": self.step}
        state |= {"warm_from": self.warm_from}
        state |= {"optimiser": self.optimiser.state_dict(), "cpu_s": self.cpu_s, "shape": asdict(self.encoder.shape)}
        torch.save(state, self.folder / "checkpoint.tmp")
        os.replace(self.folder / "checkpoint.tmp", self.folder / "checkpoint.pt")

    def losses(self, mel, phones, frames, texts) -> dict[str, torch.Tensor]:
        """Character CTC, framewise phones of the synthesisers at the middle block, word-piece CTC."""
        encoder = self.encoder
        with torch.autocast("cpu", torch.bfloat16):
            embedding, middle, _ = encoder(mel, encoder.start(len(mel)))
            labels = encoder.phones(middle).reshape(*phones.shape, -1)
        losses = {"char": ctc(encoder.log_probs(embedding), frames * SUB_FRAMES, [character_ids(t) for t in texts])}
        losses["phone"] = functional.cross_entropy(labels.float().flatten(0, 2), phones.flatten(), ignore_index=-1)
        if encoder.pieces is not None:
            with torch.autocast("cpu", torch.bfloat16):
                pieces = encoder.pieces(embedding)
            targets = [[i + 1 for i in self.tokenizer.encode(text).ids] for text in texts]
            losses["piece"] = ctc(torch.log_softmax(pieces.float(), 2), frames, targets)
        return losses

    def learn(self, mel, phones, frames, texts, rate: float) -> dict[str, float]:
        """One step of the optimiser."""
        losses = self.losses(mel, phones, frames, texts)
        weights = {"char": 1.0, "phone": PHONE_WEIGHT, "piece": PIECE_WEIGHT}
        self.optimiser.zero_grad()
        sum(weights[name] * loss for name, loss in losses.items()).backward()
        torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        decay = min(self.memory, (self.step + 1) / (self.step + 10))
        current = [parameter.detach() for parameter in self.encoder.parameters()]
        torch._foreach_lerp_(list(self.average.parameters()), current, 1 - decay)
        return {name: float(loss.detach()) for name, loss in losses.items()}


@torch.no_grad()
def transcribe(encoder: Encoder, mels: list[np.ndarray]) -> list[np.ndarray]:
    """Log-probabilities [3 T, V] of each feature array [8 T, 64]."""
    found = [None] * len(mels)
    order = sorted(range(len(mels)), key=lambda i: len(mels[i]))
    for start in range(0, len(order), 16):
        rows = order[start : start + 16]
        mel, _, frames = collate([(mels[i], np.zeros((len(mels[i]) // 8, SUB_FRAMES), np.int64)) for i in rows])
        log_probs = encoder.log_probs(encoder(mel, encoder.start(len(rows)))[0]).numpy()
        for row, i in enumerate(rows):
            found[i] = log_probs[row, : int(frames[row]) * SUB_FRAMES]
    return found


def padded_mel(samples: np.ndarray, after_s: float = 0.3) -> np.ndarray:
    """Features of an utterance with silence after it, whole chunks."""
    count = -(-int(len(samples) + after_s * features.RATE) // features.CHUNK) * features.CHUNK
    return features.log_mel(np.pad(samples, (0, count - len(samples))))


def greedy_wer(encoder: Encoder, corpus: Corpus, count: int) -> float:
    """Word error rate of the first `count` utterances without a language model."""
    numbers = range(min(count, len(corpus)))
    found = transcribe(encoder.eval(), [padded_mel(corpus.samples(n)) for n in numbers])
    return jiwer.wer([corpus.text(n) for n in numbers], [greedy(one) for one in found])


@dataclass
class Schedule:
    """Learning rate: warm-up to `peak`, plateau, linear decay to nothing over the last `decay_steps` of `steps`."""

    steps: int
    decay_steps: int
    peak: float
    warm_up: int = 200

    def rate(self, step: int, warm_from: int) -> float:
        """At a step of a training that began, or began again, at `warm_from`."""
        return self.peak * min(1.0, (step + 1 - warm_from) / self.warm_up, (self.steps - step) / self.decay_steps)


def draw(augmenter: Augmenter, numbers: list[int], step: int, rng: np.random.Generator) -> tuple[list, list[str]]:
    """Examples and texts of a batch; here and there one without words takes an utterance's place."""
    examples, texts, corpus = [], [], augmenter.corpus
    for number in numbers:
        if step > RAMP_STEPS and rng.random() * WORDLESS_ONE_IN < 1:
            examples.append(augmenter.nothing(int(corpus.seconds(number) * 100) // 8 * 8 + 8))
            texts.append("")
        else:
            examples.append(augmenter.example(number, strength_at(step)))
            texts.append(corpus.text(number))
    return examples, texts


def train(trainer: Trainer, test: Corpus, schedule: Schedule, seed: int) -> None:
    """Trains to the end of the schedule; a checkpoint every 100 steps, a word error every 500."""
    rng, steps = np.random.default_rng(seed + trainer.step), schedule.steps
    augmenter = Augmenter(trainer.corpus, seed + trainer.step)
    progress = tqdm(total=steps, initial=trainer.step, mininterval=20)
    spent, log = time.process_time(), open(trainer.folder / "train.jsonl", "a")
    recent: list[dict] = []
    while trainer.step < steps:
        for batch in batches(trainer.corpus, trainer.step, rng):
            examples, texts = draw(augmenter, batch, trainer.step, rng)
            rate = schedule.rate(trainer.step, trainer.warm_from)
            recent.append(trainer.learn(*collate(examples), texts, rate))
            trainer.step += 1
            progress.update()
            done = trainer.step >= steps
            if trainer.step % 100 == 0 or done:
                now = time.process_time()
                trainer.cpu_s, spent = trainer.cpu_s + now - spent, now
                line = {name: round(float(np.mean([r[name] for r in recent])), 4) for name in recent[0]}
                line = {"step": trainer.step, "cpu_s": round(trainer.cpu_s), "rate": round(rate, 6)} | line
                recent = []
                if trainer.step % 500 == 0 or done:
                    line["greedy_wer"] = round(greedy_wer(trainer.average, test, 60), 4)
                trainer.save()
                log.write(json.dumps(line) + "\n")
                log.flush()
            if done or trainer.step == SHORT_STEPS:
                break


def main(arguments: list[str] | None = None) -> None:
    """Trains or goes on training."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.json of the core, for the word-piece head")
    parser.add_argument("--corpus", nargs="+", default=["train"], help="corpora to learn from; the first names the phones")
    parser.add_argument("--watch", default="test", help="corpus whose greedy word error is told")
    parser.add_argument("--steps", type=int, default=5600)
    parser.add_argument("--decay-steps", type=int, default=2800)
    parser.add_argument("--peak", type=float, default=2.2e-3, help="highest learning rate")
    parser.add_argument("--warm-up", type=int, default=200, help="steps")
    parser.add_argument("--memory", type=float, default=0.999, help="of the averaged model, per step")
    parser.add_argument("--again", action="store_true", help="go on from a finished training: warm up once more")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    tokenizer = None
    if chosen.tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(chosen.tokenizer))
    chosen.out.mkdir(parents=True, exist_ok=True)
    corpus, test = Joined([chosen.corpora / name for name in chosen.corpus]), Corpus(chosen.corpora / chosen.watch)
    pieces = tokenizer.get_vocab_size() + 1 if tokenizer else 0
    trainer = Trainer(chosen.out, corpus, Shape(phones=len(corpus.phone_names), pieces=pieces), tokenizer, chosen.memory)
    trainer.resume()
    if chosen.again:
        trainer.warm_from = trainer.step
    train(trainer, test, Schedule(chosen.steps, chosen.decay_steps, chosen.peak, chosen.warm_up), chosen.seed)


if __name__ == "__main__":
    main()
