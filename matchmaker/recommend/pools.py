"""Whom each pattern would join a subject with: the first step of a suggestion."""

from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.vocabulary import Label, PatternName
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.patterns import LinkPattern, Pool
from matchmaker.recommend.roles import ROLES, Role, roles_in, roles_of

SUBJECTS = frozenset({Label.PARTNER, Label.PROGRAM, Label.ECOSYSTEM, Label.INITIATIVE})
"""What suggestions can be made for."""


def find_pools(index: SnapshotIndex, subject: int, pattern: PatternName | None = None) -> list[Pool]:
    """Return, for every pattern (or one) and side that a subject fits, everyone who may stand at the other end."""
    bits = int(index.roles.own[subject]) & roles_of(pattern)
    return [make_pool(index, ROLES[place], subject) for place in roles_in(bits)]


def make_pool(index: SnapshotIndex, role: Role, subject: int) -> Pool:
    """Return everyone who may stand at the other end of a role from a subject."""
    return Pool(role.pattern, role.form, role.side, subject, index.members(role.other))


def check_subject(index: SnapshotIndex, subject: int) -> None:
    """Refuse a node for which no suggestion can be made, such as a place or a need."""
    node = index.snapshot.nodes[subject]
    if node.label not in SUBJECTS:
        valid = ", ".join(sorted(label.value for label in SUBJECTS))
        raise InvalidInput([Finding("no suggestions are made for it", node.id, node.label.value, valid)])


def ends_words(pattern: LinkPattern) -> str:
    """Return the ends that a pattern joins, in words."""
    return "; or ".join(dict.fromkeys(f"{form.source.words} and {form.target.words}" for form in pattern.forms))
