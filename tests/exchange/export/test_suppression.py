"""Small counts stay at home, and so does what would give one away; the sums are written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Provenance, Tie, make_tie
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Confidence, Label, TieType
from matchmaker.services.suppression import find_suppressed

REGISTER = Provenance("a register", confidence=Confidence.REGISTER)


def count(
    subject: str, value: int, *, population: str = "", stage: str = "", register: bool = False
) -> tuple[Node, Tie]:
    """Return a count of people reached in 2025, and the tie from what it is about."""
    where: dict[str, Value] = {"stage": stage} if stage else {"all_stages": True}
    who: dict[str, Value] = {"population": population} if population else {}
    id = NodeId(".".join(filter(None, ("count", subject, population, stage))))
    held: dict[str, Value] = {"kind": "reached", "year": 2025, "value": value, **where, **who}
    said = REGISTER if register else Provenance("a sheet")
    return Node(id, Label.COUNT, held, provenance=said), make_tie(TieType.HAS, (subject, id))


def suppressed(*counts: tuple[Node, Tie], ties: tuple[Tie, ...] = (), minimum: int = 10) -> set[str]:
    things = {
        NodeId(id): Node(NodeId(id), label)
        for id, label in (
            ("school", Label.PARTNER),
            ("district", Label.PARTNER),
            ("club", Label.PROGRAM),
            ("camp", Label.PROGRAM),
            ("lab", Label.PROGRAM),
        )
    }
    nodes = things | {node.id: node for node, _ in counts}
    return {str(id) for id in find_suppressed(nodes, [*(tie for _, tie in counts), *ties], minimum)}


def test_what_is_below_the_minimum_stays() -> None:
    assert suppressed(count("club", 9), count("camp", 10)) == {"count.club"}
    assert suppressed(count("club", 9), minimum=5) == set()
    assert suppressed(count("club", 0)) == {"count.club"}


def test_a_total_that_an_agency_published_is_shown_unless_it_tells_people_apart() -> None:
    assert suppressed(count("school", 4, register=True)) == set()
    assert suppressed(count("school", 4)) == {"count.school"}
    assert suppressed(count("school", 4, population="rural", register=True)) == {"count.school.rural"}
    assert suppressed(count("club", 4, register=True)) == {"count.club"}


def test_one_small_part_takes_the_next_smallest_with_it() -> None:
    girls, boys, others = (
        count("club", value, population=name) for name, value in (("girls", 4), ("boys", 21), ("others", 30))
    )
    # 55 - 21 - 30 = 4 would be plain; with the boys gone too, 55 - 30 = 25 is all that is said of both.
    assert suppressed(count("club", 55), girls, boys, others) == {"count.club.girls", "count.club.boys"}
    assert suppressed(girls, boys, others) == {"count.club.girls"}


def test_small_parts_that_come_to_less_than_the_minimum_take_one_more() -> None:
    parts = [count("club", value, stage=stage) for stage, value in (("k_2", 3), ("prek", 4), ("grades_3_5", 12))]
    # 3 + 4 = 7, which is below 10.
    assert suppressed(count("club", 19), *parts) == {"count.club.k_2", "count.club.prek", "count.club.grades_3_5"}
    parts = [count("club", value, stage=stage) for stage, value in (("k_2", 5), ("prek", 6), ("grades_3_5", 12))]
    # 5 + 6 = 11 can be said.
    assert suppressed(count("club", 23), *parts) == {"count.club.k_2", "count.club.prek"}


def test_programs_of_one_operator_and_parts_of_one_partner_are_parts_of_a_total() -> None:
    runs = tuple(make_tie(TieType.OPERATES, ("school", id)) for id in ("club", "camp", "lab"))
    programs = (count("club", 8), count("camp", 20), count("lab", 40))
    assert suppressed(count("school", 68), *programs, ties=runs) == {"count.club", "count.camp"}
    assert suppressed(*programs, ties=runs) == {"count.club"}
    part = (make_tie(TieType.PART_OF, ("school", "district")),)
    assert suppressed(count("district", 300), count("school", 3), ties=part) == {"count.school"}


def test_no_setting_goes_below_five() -> None:
    with pytest.raises(InvalidInput, match="5 or more"):
        suppressed(count("club", 9), minimum=4)


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6), st.integers(5, 15))
def test_no_hidden_part_can_be_worked_out_from_the_total(values: list[int], minimum: int) -> None:
    parts = [count("club", value, population=f"group {number}") for number, value in enumerate(values)]
    gone = suppressed(count("club", sum(values)), *parts, minimum=minimum)
    hidden = [value for (node, _), value in zip(parts, values, strict=True) if node.id in gone]
    shown = [value for (node, _), value in zip(parts, values, strict=True) if node.id not in gone]
    assert all(value >= minimum for value in shown)
    if hidden and shown and "count.club" not in gone:
        assert len(hidden) > 1
        assert sum(hidden) >= minimum
