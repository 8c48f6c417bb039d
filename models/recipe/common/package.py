"""Write `package.toml` of a package folder: its name, its version, and every file with its length and SHA-256."""

import argparse
import hashlib
from pathlib import Path

OUTSIDE = {"package.toml", "CARD.md"}  # the list itself, and prose that may change without the models


def listing(folder):
    """Lines `"path" = { bytes = N, sha256 = "..." }` for every file of the package, sorted."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).as_posix() not in OUTSIDE)
    for path in files:
        content = path.read_bytes()
        yield f'"{path.relative_to(folder).as_posix()}" = {{ bytes = {len(content)}, sha256 = "{hashlib.sha256(content).hexdigest()}" }}'


def main(argv=None):
    """Entry of `run.py common.package`."""
    options = argparse.ArgumentParser(prog="run.py common.package", description=__doc__)
    options.add_argument("folder", type=Path, nargs="?", default=Path("models/pocket"))
    options.add_argument("--name", default="pocket")
    options.add_argument("--version", default="0")
    args = options.parse_args(argv)
    lines = [f'name = "{args.name}"', f'version = "{args.version}"', "", "[files]", *listing(args.folder)]
    (args.folder / "package.toml").write_text("\n".join(lines) + "\n")
    print(f"{args.folder / 'package.toml'}: {len(lines) - 4} files")


if __name__ == "__main__":
    main()
