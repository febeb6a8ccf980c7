"""What makes a college equity-focused: dated practice or a mission by statute; enrolment is context only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import first_day
from matchmaker.model.elements import Node, Tie
from matchmaker.model.records import ranked_for
from matchmaker.model.suggestion import Fact
from matchmaker.model.vocabulary import (
    STATUTORY_DESIGNATIONS,
    CollegeControl,
    DesignationBasis,
    DesignationCode,
    Label,
    OrganizationType,
    TieType,
)
from matchmaker.recommend.organizations import TYPE_CODES, Organizations
from matchmaker.recommend.visibility import state_fact

STALE_AFTER_YEARS = 2
"""A designation older than this is stale."""

PELL_CONTEXT_SHARE = 0.5
"""From this share of undergraduates with a Pell grant on, a college counts as enrolling many of them."""

AGREEMENT_KINDS = ("transfer", "articulation", "bridge", "admission")
"""Kinds of agreement that are practice: words of the agreement's ``kind``."""

_COLLEGES = (OrganizationType.TWO_YEAR_COLLEGE, OrganizationType.FOUR_YEAR_COLLEGE)
_NOBODY = -1

NOT_CONFIRMED = "practice not confirmed"

_ENROLLS = {
    DesignationCode.HSI: "Hispanic students",
    DesignationCode.AANAPISI: "Asian American and Native American Pacific Islander students",
    DesignationCode.PBI: "Black students",
    DesignationCode.ANNH: "Alaska Native or Native Hawaiian students",
    DesignationCode.NASNTI: "Native American students",
    DesignationCode.HBCU: "Black students",
    DesignationCode.TRIBAL: "Native American students",
}
_MISSIONS = {DesignationCode.HBCU: "a historically Black college", DesignationCode.TRIBAL: "a tribal college"}


class EquityRule(StrEnum):
    """The rules, the strongest first."""

    STATUTE = "statute"
    COMMITMENT = "commitment"
    AGREEMENT = "agreement"
    NEED_BASED_AID = "need_based_aid"
    RECOGNITION = "recognition"
    GRANT = "minority_serving_grant"
    CONTEXT = "context"
    NEVER = "never"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class EquityStanding:
    """Whether a college counts as equity-focused for one program, and by which rule.

    Attributes
    ----------
    rule
        The strongest rule that applies.
    qualifies
        Whether it may be listed at all.
    confirmed
        Whether practice or statute says so; False where only context does.
    sentence
        The rule in words; printed with every use of the label.
    facts
        What it rests on.
    """

    rule: EquityRule
    qualifies: bool
    confirmed: bool
    sentence: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class EquityColumns:
    """Which colleges count as equity-focused.

    Attributes
    ----------
    codes
        Shape (nodes,): 0 doesn't count, 1 only context speaks for it, 2 practice or statute does.
    only
        Shape (nodes,): where all practice is recognition of one program, this program; -1 elsewhere.
    without
        Shape (nodes,): the code of a college towards that program.
    """

    codes: NDArray[np.int8]
    only: NDArray[np.int32]
    without: NDArray[np.int8]

    def towards(self, colleges: NDArray[np.integer], programs: NDArray[np.integer]) -> NDArray[np.int8]:
        """Return the codes of some colleges, each towards a program; shape (pairs,)."""
        found: NDArray[np.int8] = np.where(
            self.only[colleges] == programs, self.without[colleges], self.codes[colleges]
        )
        return found


NOT_FOCUSED, CONTEXT_ONLY, CONFIRMED = 0, 1, 2


def build_equity(snapshot: Snapshot, organizations: Organizations) -> EquityColumns:
    """Return the standings of all colleges of a snapshot."""
    codes, without = np.zeros(len(snapshot), dtype=np.int8), np.zeros(len(snapshot), dtype=np.int8)
    only = np.full(len(snapshot), -1, dtype=np.int32)
    bits = np.uint64(sum(1 << TYPE_CODES[type] for type in _COLLEGES))
    for college in np.flatnonzero(organizations.types & bits).tolist():
        standing = equity_standing(snapshot, organizations, college, _NOBODY)
        codes[college] = _code(standing)
        recognized = {other for other, _ in _recognized(snapshot, organizations, college, _NOBODY)}
        if standing.rule is EquityRule.RECOGNITION and len(recognized) == 1:
            only[college] = recognized.pop()
            without[college] = _code(equity_standing(snapshot, organizations, college, int(only[college])))
    return EquityColumns(codes, only, without)


def _code(standing: EquityStanding) -> int:
    if standing.confirmed:
        return CONFIRMED
    return CONTEXT_ONLY if standing.qualifies else NOT_FOCUSED


def equity_standing(snapshot: Snapshot, organizations: Organizations, college: int, program: int) -> EquityStanding:
    """Return a college's standing towards a program, computed without a tie of recognition between the two.

    Recognition of a program that the college runs, hosts or is part of doesn't count either.
    """
    refused = _refusal(snapshot, college)
    if refused is not None:
        return refused
    confirmed = [*_statutes(snapshot, college), *_practices(snapshot, organizations, college, program)]
    if confirmed:
        return min(confirmed, key=lambda standing: list(EquityRule).index(standing.rule))
    context = [*_contexts(snapshot, college)]
    if context:
        return context[0]
    name = snapshot.nodes[college].name
    return EquityStanding(
        EquityRule.NONE, False, False, f"No mission by statute, dated practice or context is recorded for {name}."
    )


def _refusal(snapshot: Snapshot, college: int) -> EquityStanding | None:
    node = snapshot.nodes[college]
    closed = node.get_text("closed_on")
    refusals = (
        ("control", node.get_text("control") == CollegeControl.PRIVATE_FOR_PROFIT, "is run for profit"),
        ("closed_on", bool(closed) and first_day(closed) <= snapshot.as_of, f"closed on {closed}"),
        ("degree_granting", node.properties.get("degree_granting") is False, "grants no degrees"),
    )
    for name, applies, words in refusals:
        if applies:
            fact = state_fact(snapshot, f"{node.name} {words}.", [college], (), [name])
            sentence = f"{node.name} {words}, so it never counts as equity-focused."
            return EquityStanding(EquityRule.NEVER, False, False, sentence, (fact,))
    return None


def _statutes(snapshot: Snapshot, college: int) -> Iterator[EquityStanding]:
    for number, node in _designations(snapshot, college):
        code = DesignationCode(node.get_text("code"))
        if code in STATUTORY_DESIGNATIONS and node.get_text("basis") == DesignationBasis.STATUTORY:
            sentence = f"Equity-focused by statute: {_MISSIONS[code]}{_of_year(snapshot, node)}."
            yield _confirmed(EquityRule.STATUTE, sentence, [_designation_fact(snapshot, college, number)])


def _practices(
    snapshot: Snapshot, organizations: Organizations, college: int, program: int
) -> Iterator[EquityStanding]:
    yield from _commitments(snapshot, college)
    yield from _agreements(snapshot, college)
    yield from _aid(snapshot, college)
    yield from _recognitions(snapshot, organizations, college, program)
    for number, node in _designations(snapshot, college):
        if node.get_text("basis") == DesignationBasis.GRANTEE and not _is_stale(snapshot, node):
            code = node.get_text("code").upper()
            sentence = f"Equity-focused by practice: a minority-serving grant ({code}{_of_year(snapshot, node)})."
            yield _confirmed(EquityRule.GRANT, sentence, [_designation_fact(snapshot, college, number)])


def _commitments(snapshot: Snapshot, college: int) -> Iterator[EquityStanding]:
    for other, tie in snapshot.targets(college, TieType.COMMITTED_TO):
        dated, link = _date_of(tie), tie.properties.get("link")
        if dated and isinstance(link, str):
            words = f"a declared commitment to {snapshot.nodes[other].name} ({dated}, {link})"
            fact = state_fact(
                snapshot,
                f"{snapshot.nodes[college].name} has committed to {snapshot.nodes[other].name} ({dated}).",
                [other],
                [tie],
                ["link"],
            )
            yield _confirmed(EquityRule.COMMITMENT, f"Equity-focused by practice: {words}.", [fact])


def _agreements(snapshot: Snapshot, college: int) -> Iterator[EquityStanding]:
    for other, tie in snapshot.both(college, TieType.HAS_AGREEMENT_WITH):
        kind, dated = str(tie.properties["kind"]), _date_of(tie)
        if dated and any(word in kind.casefold() for word in AGREEMENT_KINDS):
            words = f"{kind.replace('_', ' ')} agreement with {snapshot.nodes[other].name} ({dated})"
            sentence = f"{snapshot.nodes[college].name} has a {words}."
            fact = state_fact(snapshot, sentence, [other], [tie], ["kind"])
            yield _confirmed(EquityRule.AGREEMENT, f"Equity-focused by practice: a {words}.", [fact])


def _aid(snapshot: Snapshot, college: int) -> Iterator[EquityStanding]:
    node = snapshot.nodes[college]
    if node.properties.get("need_based_aid") is not True:
        return
    dated = [record.provenance.observed_on for record in ranked_for("need_based_aid", snapshot.records(node.id))[:1]]
    if dated and dated[0]:
        sentence = f"Equity-focused by practice: it meets need with grants ({dated[0]})."
        said = f"{node.name} meets need with grants ({dated[0]})."
        fact = state_fact(snapshot, said, [college], (), ["need_based_aid"])
        yield _confirmed(EquityRule.NEED_BASED_AID, sentence, [fact])


def _recognitions(
    snapshot: Snapshot, organizations: Organizations, college: int, program: int
) -> Iterator[EquityStanding]:
    for other, tie in _recognized(snapshot, organizations, college, program):
        name, dated = snapshot.nodes[other].name, _date_of(tie)
        sentence = f"{snapshot.nodes[college].name} recognizes {name} in admission ({dated})."
        fact = state_fact(snapshot, sentence, [other], [tie])
        words = f"Equity-focused by practice: it recognizes another program, {name}, in admission ({dated})."
        yield _confirmed(EquityRule.RECOGNITION, words, [fact])


def _recognized(
    snapshot: Snapshot, organizations: Organizations, college: int, program: int
) -> Iterator[tuple[int, Tie]]:
    """Yield the programs of others, beside the one asked about, that a college recognizes with a date."""
    own = organizations.related(college) | {host for host, _ in snapshot.sources(college, TieType.OFFERED_AT)}
    for other, tie in snapshot.targets(college, TieType.RECOGNIZES):
        if _date_of(tie) and other != program and other not in own:
            yield other, tie


def _contexts(snapshot: Snapshot, college: int) -> Iterator[EquityStanding]:
    node = snapshot.nodes[college]
    for number, designation in _designations(snapshot, college):
        code = DesignationCode(designation.get_text("code"))
        basis = designation.get_text("basis").replace("_", " ")
        stale = ", stale" if _is_stale(snapshot, designation) else ""
        words = f"enrolls many {_ENROLLS[code]} ({code.upper()}, {basis}, {_year(designation)}{stale}); {NOT_CONFIRMED}"
        fact = _designation_fact(snapshot, college, number)
        yield EquityStanding(EquityRule.CONTEXT, True, False, f"{words[0].upper()}{words[1:]}.", (fact,))
    share = node.find_number("pell_share")
    if share is not None and share >= PELL_CONTEXT_SHARE:
        said = f"{share:.0%} of undergraduates"
        fact = state_fact(snapshot, f"{said} at {node.name} have a Pell grant.", [college], (), ["pell_share"])
        words = f"Enrolls many students with a Pell grant ({said}); {NOT_CONFIRMED}."
        yield EquityStanding(EquityRule.CONTEXT, True, False, words, (fact,))


def _confirmed(rule: EquityRule, sentence: str, facts: Sequence[Fact]) -> EquityStanding:
    return EquityStanding(rule, True, True, sentence, tuple(facts))


def _designations(snapshot: Snapshot, college: int) -> list[tuple[int, Node]]:
    found = [(number, snapshot.nodes[number]) for number, _ in snapshot.targets(college, TieType.HAS)]
    held = [(number, node) for number, node in found if node.label is Label.DESIGNATION]
    return sorted(held, key=lambda pair: (-_year(pair[1]), pair[1].get_text("code"), pair[1].id))


def _designation_fact(snapshot: Snapshot, college: int, number: int) -> Fact:
    node = snapshot.nodes[number]
    said = f"{node.get_text('code').upper()} ({node.get_text('basis').replace('_', ' ')}, {_year(node)})"
    ties = [tie for other, tie in snapshot.targets(college, TieType.HAS) if other == number]
    return state_fact(snapshot, f"{snapshot.nodes[college].name} is designated {said}.", [number], ties)


def _year(designation: Node) -> int:
    return int(designation.find_number("year") or 0)


def _is_stale(snapshot: Snapshot, designation: Node) -> bool:
    return snapshot.as_of.year - _year(designation) > STALE_AFTER_YEARS


def _of_year(snapshot: Snapshot, designation: Node) -> str:
    stale = ", more than two years ago" if _is_stale(snapshot, designation) else ""
    return f", as recorded for {_year(designation)}{stale}"


def _date_of(tie: Tie) -> str:
    since = tie.properties.get("since")
    return since if isinstance(since, str) else (tie.provenance.observed_on or "")
