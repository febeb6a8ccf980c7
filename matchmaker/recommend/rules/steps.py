"""Rules of single patterns: a next step, an equity-focused college, a matching field."""

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.reference import STAGE_NAMES
from matchmaker.model.vocabulary import TieType
from matchmaker.recommend.equity import CONTEXT_ONLY, NOT_FOCUSED, EquityStanding, equity_standing
from matchmaker.recommend.features.content import STEM_FIELDS, fields_of
from matchmaker.recommend.features.stages import STAGES, next_evidence, stage_fact
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.pairs import RoleRows
from matchmaker.recommend.rules.rule import JudgedPair, Rule, Said
from matchmaker.recommend.visibility import state_fact


def _next_stage(rows: RoleRows) -> Mask:
    values = rows.oriented("subject_leads_on", "other_leads_on")
    mask: Mask = np.nan_to_num(values, nan=0.0) > 0.0
    return mask


def _say_next(pair: JudgedPair) -> Said:
    index, (source, target) = pair.index, pair.ends
    if pair.met:
        found = next_evidence(index.snapshot, index.stages, source, target)[0]
        return Said("The second serves a stage that follows one of the first.", found.facts)
    for end in (source, target):
        if not index.stages.known(end):
            return Said(f"Which stages {index.name(end)} serves isn't recorded, so it can't be called a step.")
    facts = tuple(stage_fact(index.snapshot, index.stages, end, index.stages.of(end)) for end in (source, target))
    first, second = (
        ", ".join(STAGE_NAMES[STAGES[stage]] for stage in index.stages.of(end)) for end in (source, target)
    )
    sentence = f"No stage that {index.name(target)} serves ({second}) follows one of {index.name(source)} ({first})."
    return Said(sentence, facts)


def equity_codes(rows: RoleRows) -> NDArray[np.int8]:
    """Return how each pair's college, the target, counts towards its program; see `EquityColumns`."""
    programs, colleges = rows.ends()
    return rows.index.equity.towards(colleges, programs)


def _equity_focused(rows: RoleRows) -> Mask:
    mask: Mask = equity_codes(rows) != NOT_FOCUSED
    return mask


def _standing_of(pair: JudgedPair) -> EquityStanding:
    program, college = pair.ends
    return equity_standing(pair.index.snapshot, pair.index.organizations, college, program)


def _say_equity(pair: JudgedPair) -> Said:
    standing = _standing_of(pair)
    return Said(standing.sentence, standing.facts)


def _practice_confirmed(rows: RoleRows) -> Mask:
    mask: Mask = equity_codes(rows) != CONTEXT_ONLY
    return mask


def _say_confirmed(pair: JudgedPair) -> Said:
    standing = _standing_of(pair)
    if pair.met:
        return Said("It doesn't rest on enrolment alone.")
    return Said("Colleges for which only enrolment speaks are left out of this list.", standing.facts)


def _matching_field(rows: RoleRows) -> Mask:
    fields, (programs, colleges) = rows.index.content.fields, rows.ends()
    named, taught = fields.known(programs), fields.known(colleges)
    shared = fields.shared(programs, colleges) > 0.0
    stem = rows.index.content.stem[fields.rows[colleges]]
    mask: Mask = ~taught | np.where(named, shared, stem)
    return mask


def _say_field(pair: JudgedPair) -> Said:
    index, (program, college) = pair.index, pair.ends
    source, target = pair.names
    wanted, taught = (fields_of(index.snapshot, end).names for end in (program, college))
    if not taught:
        return Said(f"The fields of study of {target} aren't recorded.")
    ties = [tie for end in (program, college) for _, tie in index.snapshot.targets(end, TieType.ABOUT)]
    topics = [other for end in (program, college) for other, _ in index.snapshot.targets(end, TieType.ABOUT)]
    fact = state_fact(
        index.snapshot, f"Fields of {source} and {target} are recorded.", [college, *topics], ties, ["cip_fields"]
    )
    if not wanted:
        stem = sorted(name for field, name in taught.items() if field in STEM_FIELDS)
        words = f"{target} teaches {', '.join(stem[:3])}" if stem else f"{target} has no STEM field recorded"
        return Said(f"The topics of {source} aren't recorded; {words}.", (fact,))
    shared = sorted(wanted[field] for field in wanted.keys() & taught.keys())
    if pair.met:
        return Said(f"{target} teaches a field of the program: {', '.join(shared[:3])}.", (fact,))
    return Said(f"No field that {target} teaches is recorded as one of the program's.", (fact,))


NEXT_STAGE = Rule("next_stage", _next_stage, _say_next)
EQUITY_FOCUSED = Rule("equity_focused", _equity_focused, _say_equity)
PRACTICE_CONFIRMED = Rule("practice_confirmed", _practice_confirmed, _say_confirmed)
MATCHING_FIELD = Rule("matching_field", _matching_field, _say_field)
