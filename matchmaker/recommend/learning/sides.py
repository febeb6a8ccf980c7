"""What each side answers when asked: learned only from suggestions to which both sides' answers are recorded."""

from collections.abc import Mapping

import numpy as np

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import first_day
from matchmaker.model.decision import answer_id
from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import AnswerTerm, Label, PatternName, Side
from matchmaker.recommend.learning.calibration import DIGITS, fit_line, score_values
from matchmaker.recommend.learning.decisions import Decision
from matchmaker.recommend.learning.examples import Examples
from matchmaker.recommend.learning.fitting import NAMES
from matchmaker.recommend.scoring.additive import PatternModel, SideFit

LEAST_ANSWERED, LEAST_OF_EACH = 30, 5
"""From so many suggestions on that both sides answered, with so many of either answer, a side's likelihood is shown."""

_SAID = {AnswerTerm.INTERESTED: True, AnswerTerm.NO: False}
"""Answers that teach; not now and no answer say nothing about how well the two fit."""


def find_answers(snapshot: Snapshot) -> dict[Side, list[Decision]]:
    """Return what either side said to the suggestions that both answered with yes or no, in id order."""
    found: dict[Side, list[Decision]] = {side: [] for side in Side}
    for _, node in snapshot.iter_nodes(Label.SUGGESTION):
        said = {side: _answer(snapshot, node, side) for side in Side}
        since = node.get_text("suggested_on") or node.get_text("changed_on")
        if since and None not in said.values():
            for side, yes in said.items():
                found[side].append(_decision(node, side, since, agreed=yes is True))
    return found


def _answer(snapshot: Snapshot, node: Node, side: Side) -> bool | None:
    number = snapshot.find_index(answer_id(node.id, side))
    return None if number is None else _SAID.get(AnswerTerm(snapshot.nodes[number].get_text("answer")))


def _decision(node: Node, side: Side, since: str, *, agreed: bool) -> Decision:
    ends = (NodeId(node.get_text("source")), NodeId(node.get_text("target")))
    asked = ends[0] if side is Side.SOURCE else ends[1]
    pattern = PatternName(node.get_text("pattern"))
    return Decision(node.id, pattern, ends, asked, first_day(since), agreed, 1.0, decided=True)


def fit_sides(model: PatternModel, answers: Mapping[Side, Examples]) -> dict[Side, SideFit]:
    """Return what each side answers, by the score of a pair; nothing where there are too few answers of both.

    Parameters
    ----------
    model
        The pattern's scorer.
    answers
        What either side said, measured; the same suggestions for both.
    """
    found = {}
    for side, examples in answers.items():
        yes = int(np.sum(examples.formed))
        if len(examples) < LEAST_ANSWERED or not LEAST_OF_EACH <= yes <= len(examples) - LEAST_OF_EACH:
            return {}
        standing = score_values(model, NAMES, examples.values) + model.level
        line = fit_line(standing, examples.formed, examples.weights)
        first, both, second = line.covariance(standing, examples.weights)
        covariance = (round(first, 2 * DIGITS), round(both, 2 * DIGITS), round(second, 2 * DIGITS))
        found[side] = SideFit(round(line.stretch, DIGITS), round(line.shift, DIGITS), len(examples), covariance)
    return found
