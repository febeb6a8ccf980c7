"""Writes the riverbend bundle: ``python -m matchmaker.testing.ecosystem FOLDER [SEED [PARTNERS]]``."""

import sys
from dataclasses import replace
from pathlib import Path

from matchmaker.testing.ecosystem import RIVERBEND, generate_ecosystem, write_bundle


def main(arguments: list[str]) -> None:
    """Write a bundle into the folder that the first argument names; the others are its seed and its size."""
    if not 1 <= len(arguments) <= 3:
        sys.exit(str(__doc__))
    seed = int(arguments[1]) if len(arguments) > 1 else RIVERBEND.seed
    partners = int(arguments[2]) if len(arguments) > 2 else RIVERBEND.partners
    write_bundle(generate_ecosystem(replace(RIVERBEND, seed=seed, partners=partners)), Path(arguments[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
