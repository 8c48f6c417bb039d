#!/usr/bin/env python3
"""The recipe's one entry: `run.py <step> [options]`. Each step is a module with a `main(argv)`; all are resumable and seeded."""

import importlib
import pkgutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


def steps():
    """Names of all steps: `text.write`, `ears.train`, ...: every module of the rooms that has a `main`."""
    found = []
    for room in ("common", "text", "ears", "mind", "voice", "vision"):
        for module in pkgutil.iter_modules([str(HERE / room)]):
            source = HERE / room / f"{module.name}.py"
            if source.exists() and "\ndef main(" in source.read_text():
                found.append(f"{room}.{module.name}")
    return found


def main():
    """Runs one step, or lists them."""
    if len(sys.argv) < 2 or sys.argv[1] not in steps():
        print(__doc__, *(f"  {step}" for step in steps()), sep="\n")
        return 0 if len(sys.argv) < 2 else 2
    step = importlib.import_module(sys.argv[1])
    sys.argv = [f"run.py {sys.argv[1]}", *sys.argv[2:]]
    return step.main()


if __name__ == "__main__":
    sys.exit(main())
