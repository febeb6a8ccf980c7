"""How well and how fast duplicates are found, against a naive baseline (the same folded name in the same ZIP).

Prints seconds for orientation, and shares and ratios for comparison. Duplicates and near-misses are planted by a seeded
generator; weights were set on seeds 1 and 2, so that only other seeds measure.
"""

import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable

from matchmaker.exchange.resolution.matching import Match, Verdict, find_matches
from matchmaker.exchange.resolution.names import fold
from matchmaker.exchange.resolution.profiles import Profile
from matchmaker.testing.duplicates import Pair, PlantedDuplicates, plant_duplicates

SIZE = 50_000
SEEDS = (7,)
FEW = 60
"""New partners of a small load."""


def find_naively(profiles: Iterable[Profile], among: Iterable[Profile]) -> set[Pair]:
    """Return the pairs that have the same folded name and the same ZIP."""
    blocks: dict[tuple[str, str], list[tuple[bool, str]]] = defaultdict(list)
    for is_new, group in ((True, profiles), (False, among)):
        for profile in group:
            if profile.zip:
                blocks[fold(profile.name), profile.zip].append((is_new, profile.id))
    found = set()
    for block in blocks.values():
        for place, (is_new, one) in enumerate(block):
            for other_is_new, other in block[place + 1 :]:
                if is_new or other_is_new:
                    found.add((min(one, other), max(one, other)))
    return found


def print_quality(title: str, found: set[Pair], planted: PlantedDuplicates) -> None:
    """Print precision and recall; a pair that wasn't planted counts as a mistake."""
    right = len(found & planted.same.keys())
    precision = right / len(found) if found else 1.0
    print(f"{title:28} precision {precision:.4f}  recall {right / len(planted.same):.4f}  pairs {len(found):,}")


def print_kinds(title: str, planted: PlantedDuplicates, verdicts: dict[Pair, Verdict]) -> None:
    """Print what was concluded for each kind of planted pair."""
    print(title)
    pairs = planted.same if title.startswith("duplicates") else planted.near_misses
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for pair, kind in pairs.items():
        for part in kind.replace("+", ", ").split(", "):
            table[part][verdicts.get(pair, "-")] += 1
    for kind, counts in sorted(table.items()):
        told = "  ".join(f"{verdict} {count}" for verdict, count in sorted(counts.items()))
        print(f"  {kind:48} {told}")


def main() -> None:
    """Print the tables."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    seeds = [int(seed) for seed in sys.argv[2:]] or list(SEEDS)
    for seed in seeds:
        planted = plant_duplicates(seed, size)
        began, worked = time.perf_counter(), time.process_time()
        matches: list[Match] = find_matches(planted.new, planted.known)
        ours, worked = time.perf_counter() - began, time.process_time() - worked
        began = time.perf_counter()
        naive = find_naively(planted.new, planted.known)
        simple = time.perf_counter() - began
        verdicts = {(match.first, match.second): match.verdict for match in matches}
        print(f"seed {seed}: {len(planted.new):,} new among {len(planted.known):,} known")
        same = {pair for pair, verdict in verdicts.items() if verdict is Verdict.SAME}
        asked = {pair for pair, verdict in verdicts.items() if verdict is Verdict.POSSIBLE}
        print_quality("same or possible", same | asked, planted)
        print_quality("same (merged by itself)", same, planted)
        print_quality("naive: name and ZIP", naive, planted)
        print_kinds("duplicates, by wording:", planted, verdicts)
        print_kinds("near misses, by kind:", planted, verdicts)
        ratio = f"{ours / simple:,.0f} times the naive baseline's {simple:.2f} s"
        print(f"time {ours:.1f} s ({worked:.1f} s of processors), {ratio}")
        began = time.perf_counter()
        few = find_matches(planted.new[-FEW:], planted.known)
        print(f"{FEW} new among {size:,} known: {time.perf_counter() - began:.1f} s, {len(few)} pairs")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
