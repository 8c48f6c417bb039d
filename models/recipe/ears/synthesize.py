"""Step: texts -> corpora of synthetic speech (`train`, `test`, `phrasings`, `kept_out`, `fresh`, and with `--develop` `more` and `dev_*`).

Texts are files of one sentence per line, spoken words only. Voices and how they are varied are chosen by a seed.
"""

import argparse
import json
import random
import time
from collections.abc import Callable
from multiprocessing import Pool
from pathlib import Path

from tqdm import tqdm

from text import grammar

from . import festival
from .corpus import Writer
from .espeak import ACCENTS, KEPT_OUT_ACCENT, VARIANTS, Espeak
from .flite import Flite

MEAN_F0_HZ = {"slt": 170.0, "rms": 95.0, "kal16": 105.0}
# utterances per voice family and the share of home sentences, general sentences, single words and numbers in them
SHARES = {"slt": 0.19, "rms": 0.19, "kal16": 0.13, "slt-hts": 0.07, "espeak": 0.42}
SHARES_MORE = {"slt": 0.15, "rms": 0.2, "kal16": 0.13, "slt-hts": 0.08, "espeak": 0.44}
KINDS = {"home": 0.72, "general": 0.18, "words": 0.10}
LONGEST_TEXT = 110

_flite = _espeak = None


def speak(job: dict):
    """Runs in a worker process: one job -> list of (Speech, voice, text); a voice that fails on a text gives none."""
    global _flite, _espeak
    voice, texts = job["voice"], job["texts"]
    if voice in festival.VOICES:
        spoken = festival.speak_batch(texts, voice)
    elif voice.startswith("espeak:"):
        _espeak = _espeak or Espeak()
        accent, variant = voice[7:].split("+")
        spoken = [_espeak.speak(text, accent, variant, *job["how"]) for text in texts]
    else:
        _flite = _flite or Flite()
        spoken = [_flite.speak(text, voice, *job["how"]) for text in texts]
    return [(speech, voice, text) for speech, text in zip(spoken, texts) if len(speech.samples) > 1600]


def job_for(family: str, texts: list[str], rng: random.Random, accents=ACCENTS) -> dict:
    """A job whose voice settings are drawn around the family's natural ones."""
    if family == "espeak":
        voice = f"espeak:{rng.choice(accents)}+{rng.choice(VARIANTS)}"
        how = (rng.randint(120, 230), rng.randint(25, 75), rng.randint(30, 80))
    elif family in MEAN_F0_HZ:
        voice = family
        how = (rng.uniform(0.85, 1.25), MEAN_F0_HZ[family] * rng.uniform(0.85, 1.2))
    else:
        voice, how = family, ()
    return {"voice": voice, "how": how, "texts": texts}


def jobs_for(family: str, texts: list[str], rng: random.Random, accents=ACCENTS) -> list[dict]:
    """Cuts `texts` into jobs: batches for festival, single sentences elsewhere."""
    size = festival.BATCH_SENTENCES if family in festival.VOICES else 1
    return [job_for(family, texts[start : start + size], rng, accents) for start in range(0, len(texts), size)]


def lines_of(path: Path) -> list[str]:
    """Distinct, not too long lines of a text file; none if there is no such file."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [line for line in dict.fromkeys(lines) if 0 < len(line) <= LONGEST_TEXT]


def single_words(home: list[str], rng: random.Random) -> list[str]:
    """Every word of the home sentences, alone and in groups of two or three."""
    words = sorted({word for line in home for word in line.split()})
    groups = [" ".join(rng.sample(words, rng.choice((2, 2, 3)))) for _ in range(len(words))]
    return words + groups


def training_jobs(texts: Path, utterances: int, seed: int) -> list[dict]:
    """The plan of the training corpus, in random order."""
    rng = random.Random(seed)
    home = lines_of(texts / "home_train.txt")
    pools = {"home": home, "general": lines_of(texts / "general_train.txt"), "words": single_words(home, rng)}
    for pool in pools.values():
        rng.shuffle(pool)
    jobs, used = [], dict.fromkeys(pools, 0)
    for family, share in SHARES.items():
        chosen = []
        for kind, kind_share in KINDS.items():
            for _ in range(round(utterances * share * kind_share)):
                chosen.append(pools[kind][used[kind] % len(pools[kind])])
                used[kind] += 1
        rng.shuffle(chosen)
        jobs += jobs_for(family, chosen, rng)
    rng.shuffle(jobs)
    return jobs


def test_jobs(lines: list[str], count: int, families: list[str], seed: int, accents=ACCENTS) -> list[dict]:
    """`count` sentences spread over the families."""
    rng = random.Random(seed)
    chosen = rng.sample(lines, min(count, len(lines)))
    jobs = []
    for number, family in enumerate(families):
        jobs += jobs_for(family, chosen[number :: len(families)], rng, accents)
    return jobs


def fresh_jobs(texts: Path, train: Path, count: int, seed: int) -> list[dict]:
    """Home sentences that the encoder was not trained on, so that the core learns from its true errors."""
    spoken = {row[3] for row in json.loads((train / "index.json").read_text())["utterances"]}
    unspoken = [line for line in lines_of(texts / "home_train.txt") if line not in spoken]
    jobs = test_jobs(unspoken, count, ["slt", "espeak", "kal16", "rms", "espeak"], seed)
    random.Random(seed).shuffle(jobs)
    return jobs


def numbers_and_letters(rng: random.Random, count: int) -> list[str]:
    """Numbers, times and durations alone, and letters spelled one by one."""
    forms = [form for form in grammar.spoken_forms(rng, count // 2)]
    return forms + [" ".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(1, 5))) for _ in range(count - len(forms))]


def more_jobs(texts: Path, spoken: list[Path], utterances: int, seed: int) -> list[dict]:
    """Sentences that no corpus in `spoken` says: mostly general ones, home ones, forms of numbers, letters, rare words."""
    rng = random.Random(seed)
    said = {row[3] for folder in spoken for row in json.loads((folder / "index.json").read_text())["utterances"]}
    home, general = ([line for line in lines_of(texts / f"{name}_learn.txt") if line not in said] for name in ("home", "general"))
    rng.shuffle(home)
    rng.shuffle(general)
    forms = numbers_and_letters(rng, utterances // 14)
    rare = sorted({word for line in general for word in line.split()})
    words = [" ".join(rng.sample(rare, rng.choice((1, 2, 3)))) for _ in range(utterances // 14)]
    homely = utterances * 4 // 14
    chosen = home[:homely] + forms + words + general[: utterances - homely - len(forms) - len(words)]
    rng.shuffle(chosen)
    jobs, start = [], 0
    for family, share in SHARES_MORE.items():
        end = start + round(utterances * share)
        jobs += jobs_for(family, chosen[start:end], rng)
        start = end
    rng.shuffle(jobs)
    return jobs


def make(folder: Path, plan: Callable[[], list[dict]], processes: int) -> dict:
    """Speaks all jobs of a plan into a corpus unless it is there; returns its size and cost."""
    if (folder / "index.json").exists():
        return {}
    jobs = plan()
    started, cpu = time.time(), time.process_time()
    writer = Writer(folder)
    with Pool(processes) as pool:
        for spoken in tqdm(pool.imap_unordered(speak, jobs, chunksize=8), total=len(jobs), desc=folder.name, mininterval=5):
            for speech, voice, text in spoken:
                writer.add(speech, voice, text)
    writer.close()
    facts = {"hours": writer.hours, "wall_s": time.time() - started, "writer_cpu_s": time.process_time() - cpu}
    (folder / "facts.json").write_text(json.dumps(facts))
    return facts


def main(arguments: list[str] | None = None) -> None:
    """Makes the corpora that are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True, help="folder with home_train.txt and so on")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--utterances", type=int, default=18000)
    parser.add_argument("--fresh", type=int, default=5000, help="utterances for the core's speech stage")
    parser.add_argument("--develop", type=Path, help="folder of ears.develop; adds the corpora `more` and `dev_*`")
    parser.add_argument("--more", type=int, default=16000, help="utterances of `more`")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    trained = ["slt", "rms", "kal16", "espeak", "slt-hts"]
    home_test, phrasings = (lines_of(chosen.texts / f"{name}.txt") for name in ("home_test", "home_test_phrasings"))
    plans = {
        "test": lambda: test_jobs(home_test, 300, trained, 11),
        "phrasings": lambda: test_jobs(phrasings, 150, trained, 12),
        "kept_out": lambda: test_jobs(home_test, 150, ["espeak", "kal"], 13, (KEPT_OUT_ACCENT,)),
        "train": lambda: training_jobs(chosen.texts, chosen.utterances, chosen.seed),
        "fresh": lambda: fresh_jobs(chosen.texts, chosen.out / "train", chosen.fresh, chosen.seed + 20),
    }
    if chosen.develop:
        spoken = [chosen.out / "train", chosen.out / "fresh"]
        plans["more"] = lambda: more_jobs(chosen.develop, spoken, chosen.more, chosen.seed + 30)
        for number, name in enumerate(("home_dev", "phrasings_dev", "general_dev")):
            lines = lines_of(chosen.develop / f"{name}.txt")
            plans[f"dev_{name.removesuffix('_dev')}"] = lambda lines=lines, seed=41 + number: test_jobs(lines, 120, trained, seed)
    for name, plan in plans.items():
        facts = make(chosen.out / name, plan, chosen.processes)
        print(name, facts or "was there", flush=True)


if __name__ == "__main__":
    main()
