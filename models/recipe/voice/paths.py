"""Where the voice steps keep their working files and what they read from the system."""

import os
import platform
from pathlib import Path

RECIPE = Path(__file__).resolve().parent
EVAL_SENTENCES = RECIPE.parents[1] / "eval" / "voice_sentences.txt"
PACKAGE = RECIPE.parents[1] / "pocket" / "voice"
HTS_VOICE = Path("/usr/share/festival/voices/us/cmu_us_slt_arctic_hts/hts/cmu_us_slt_arctic_hts.htsvoice")
FLITE = Path("/usr/lib") / f"{platform.machine()}-linux-gnu"
CMU = Path("/usr/share/festival/dicts/cmu")
WORDNET = Path("/usr/share/wordnet")


def work() -> Path:
    """The working folder: ``$HEARTH_RECIPE_WORK/voice`` or ``build/recipe/voice`` under the current folder."""
    root = Path(os.environ.get("HEARTH_RECIPE_WORK", "build/recipe")) / "voice"
    root.mkdir(parents=True, exist_ok=True)
    return root
