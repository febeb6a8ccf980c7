"""Whom each pattern would join a subject with: the first step of a suggestion."""

import numpy as np

from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.vocabulary import Label, PatternName, Side
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.patterns import PATTERNS, Form, LinkPattern, Pool

SUBJECTS = frozenset({Label.PARTNER, Label.PROGRAM, Label.ECOSYSTEM, Label.INITIATIVE})
"""What suggestions can be made for."""


def find_pools(index: SnapshotIndex, subject: int, pattern: PatternName | None = None) -> list[Pool]:
    """Return, for every pattern (or one) and side that a subject fits, everyone who may stand at the other end."""
    wanted = PATTERNS.values() if pattern is None else (PATTERNS[pattern],)
    return [
        pool
        for one in wanted
        for form in one.forms
        for side in _sides(one)
        if (pool := _pool(index, subject, one, form, side)) is not None
    ]


def check_subject(index: SnapshotIndex, subject: int) -> None:
    """Refuse a node for which no suggestion can be made, such as a place or a need."""
    node = index.snapshot.nodes[subject]
    if node.label not in SUBJECTS:
        valid = ", ".join(sorted(label.value for label in SUBJECTS))
        raise InvalidInput([Finding("no suggestions are made for it", node.id, node.label.value, valid)])


def ends_words(pattern: LinkPattern) -> str:
    """Return the ends that a pattern joins, in words."""
    return "; or ".join(dict.fromkeys(f"{form.source.words} and {form.target.words}" for form in pattern.forms))


def _sides(pattern: LinkPattern) -> tuple[Side, ...]:
    return (Side.SOURCE,) if pattern.symmetric else (Side.SOURCE, Side.TARGET)


def _pool(index: SnapshotIndex, subject: int, pattern: LinkPattern, form: Form, side: Side) -> Pool | None:
    mine, theirs = (form.source, form.target) if side is Side.SOURCE else (form.target, form.source)
    if not index.fits(mine)[subject]:
        return None
    return Pool(pattern, form, side, subject, np.flatnonzero(index.fits(theirs)).astype(np.int32))
