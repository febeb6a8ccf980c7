"""Rules of single patterns: a next step, an equity-focused college, a matching field."""

import numpy as np

from matchmaker.model.reference import STAGE_NAMES
from matchmaker.model.vocabulary import TieType
from matchmaker.recommend.equity import EquityRule, EquityStanding, equity_standing
from matchmaker.recommend.features.content import STEM_FIELDS
from matchmaker.recommend.features.stages import STAGES, next_evidence, stage_fact
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.patterns import Pool
from matchmaker.recommend.rules.rule import JudgedPair, Rule, Said
from matchmaker.recommend.subject import Subject
from matchmaker.recommend.visibility import state_fact


def _next_stage(subject: Subject, pool: Pool) -> Mask:
    values = subject.measure("stages_next", pool.side)[pool.others]
    mask: Mask = np.nan_to_num(values, nan=0.0) > 0.0
    return mask


def _say_next(pair: JudgedPair) -> Said:
    index, (source, target) = pair.index, pair.ends
    if pair.met:
        found = next_evidence(index.snapshot, index.stages, source, target)[0]
        return Said("The second serves a stage that follows one of the first.", found.facts)
    for end in (source, target):
        if not index.stages.known[end]:
            return Said(f"Which stages {index.name(end)} serves isn't recorded, so it can't be called a step.")
    facts = tuple(stage_fact(index.snapshot, index.stages, end, _stages(index, end)) for end in (source, target))
    first, second = (", ".join(STAGE_NAMES[STAGES[stage]] for stage in _stages(index, end)) for end in (source, target))
    sentence = f"No stage that {index.name(target)} serves ({second}) follows one of {index.name(source)} ({first})."
    return Said(sentence, facts)


def _stages(index: SnapshotIndex, end: int) -> list[int]:
    return [int(stage) for stage in np.flatnonzero(index.stages.held[end])]


def equity_of(subject: Subject, pool: Pool, other: int) -> EquityStanding:
    """Return the standing of the college of a pair towards its program."""
    index, (program, college) = subject.index, pool.ends(other)
    return equity_standing(index.snapshot, index.organizations, college, program)


def _equity_focused(subject: Subject, pool: Pool) -> Mask:
    return np.array([equity_of(subject, pool, int(other)).qualifies for other in pool.others], dtype=bool)


def _say_equity(pair: JudgedPair) -> Said:
    standing = equity_of(pair.subject, pair.pool, pair.other)
    return Said(standing.sentence, standing.facts)


def _practice_confirmed(subject: Subject, pool: Pool) -> Mask:
    rules = [equity_of(subject, pool, int(other)).rule for other in pool.others]
    return np.array([rule is not EquityRule.CONTEXT for rule in rules], dtype=bool)


def _say_confirmed(pair: JudgedPair) -> Said:
    standing = equity_of(pair.subject, pair.pool, pair.other)
    if pair.met:
        return Said("It doesn't rest on enrolment alone.")
    return Said("Colleges for which only enrolment speaks are left out of this list.", standing.facts)


def _matching_field(subject: Subject, pool: Pool) -> Mask:
    return np.array([_fields_match(subject.index, *pool.ends(int(other))) for other in pool.others], dtype=bool)


def _fields_match(index: SnapshotIndex, program: int, college: int) -> bool:
    wanted = index.content.fields[program].names.keys() or STEM_FIELDS
    taught = index.content.fields[college].names.keys()
    return not taught or not wanted.isdisjoint(taught)


def _say_field(pair: JudgedPair) -> Said:
    index, (program, college) = pair.index, pair.ends
    source, target = pair.names
    wanted, taught = index.content.fields[program].names, index.content.fields[college].names
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
