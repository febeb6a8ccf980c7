"""Rules on who the two are to each other: not the same, not of one house, not linked already."""

import numpy as np

from matchmaker.graph.snapshot import SECTOR_CODES
from matchmaker.model.elements import Tie
from matchmaker.model.vocabulary import TieType
from matchmaker.recommend.features.topology import PHRASES
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.patterns import Pool, covering_forms
from matchmaker.recommend.rules.rule import JudgedPair, Rule, Said
from matchmaker.recommend.subject import Subject
from matchmaker.recommend.visibility import state_fact

_SECTORS = {code: sector for sector, code in SECTOR_CODES.items()}


def _differ(subject: Subject, pool: Pool) -> Mask:
    mask: Mask = pool.others != subject.number
    return mask


def _say_differ(pair: JudgedPair) -> Said:
    name = pair.names[0]
    return Said("They are two, not one." if pair.met else f"{name} can't be introduced to itself.")


def _sectors_differ(subject: Subject, pool: Pool) -> Mask:
    sector = subject.index.organizations.sector
    own, others = sector[subject.number], sector[pool.others]
    mask: Mask = (others != own) | (others == -1) | (own == -1)
    return mask


def _say_sectors(pair: JudgedPair) -> Said:
    first, second = (_sector_words(int(code)) for code in pair.index.organizations.sector[list(pair.ends)])
    sentence = f"They are of two sectors: {first} and {second}."
    if not pair.met:
        sentence = f"Both are in {first}; this kind of link joins two sectors."
    snapshot = pair.index.snapshot
    ties = [tie for end in pair.ends for _, tie in snapshot.sources(end, TieType.OPERATES)]
    nodes = [body for end in pair.ends for body in pair.index.organizations.bodies(end)]
    return Said(sentence, (state_fact(snapshot, sentence, nodes, ties, ["organization_type"]),))


def _sector_words(code: int) -> str:
    if code < 0:
        return "a sector that isn't recorded"
    return _SECTORS[code].value.replace("_", " ").replace("k12", "K-12")


def _not_own(subject: Subject, pool: Pool) -> Mask:
    return ~subject.related[pool.others]


def _say_own(pair: JudgedPair) -> Said:
    source, target = pair.names
    if pair.met:
        return Said("Neither runs the other or is part of it.")
    sentence = f"{source} and {target} belong together: one runs or is part of the other, or one partner runs both."
    snapshot, house = pair.index.snapshot, pair.index.organizations.related(pair.ends[0])
    ties = [
        tie
        for one in sorted(house)
        for type in (TieType.OPERATES, TieType.PART_OF)
        for other, tie in snapshot.targets(one, type)
        if other in house
    ]
    return Said(sentence, (state_fact(snapshot, sentence, [], ties),))


def _not_linked(subject: Subject, pool: Pool) -> Mask:
    return ~subject.linked(pool.pattern.linked_by, direct=pool.pattern.direct)[pool.others]


def _say_linked(pair: JudgedPair) -> Said:
    if pair.met:
        return Said("No link of this kind between them is recorded.")
    ties = linking_ties(pair)
    snapshot = pair.index.snapshot
    if not ties:
        return Said("They are linked already.")
    tie = ties[0]
    words = PHRASES[tie.type][0].format(snapshot.get_node(tie.target).name)
    sentence = f"They are linked already: {snapshot.get_node(tie.source).name} {words}."
    ends = [snapshot.index_of(end) for end in (tie.source, tie.target)]
    return Said(sentence, (state_fact(snapshot, sentence, ends, ties),))


def linking_ties(pair: JudgedPair) -> list[Tie]:
    """Return the ties that make a pair count as linked, in id order."""
    organizations, snapshot = pair.index.organizations, pair.index.snapshot
    here, there = (frozenset({end}) if pair.pool.pattern.direct else organizations.selves(end) for end in pair.ends)
    found = {
        tie.id: tie
        for one in here
        for type in pair.pool.pattern.linked_by
        for end, tie in snapshot.both(one, type)
        if end in there
    }
    return [found[id] for id in sorted(found)]


def _not_covered(subject: Subject, pool: Pool) -> Mask:
    covered = np.zeros(len(pool.others), dtype=bool)
    for form in covering_forms():
        for mine, theirs in ((form.source, form.target), (form.target, form.source)):
            if subject.index.fits(mine.any_programs())[subject.number]:
                covered |= subject.index.fits(theirs.any_programs())[pool.others]
    return ~covered


def _say_covered(pair: JudgedPair) -> Said:
    if pair.met:
        return Said("No more particular kind of link is declared between such organizations.")
    return Said("A more particular kind of link is declared between such organizations.")


NOT_ITSELF = Rule("not_itself", _differ, _say_differ)
SECTORS_DIFFER = Rule("sectors_differ", _sectors_differ, _say_sectors)
NOT_OWN = Rule("not_own", _not_own, _say_own)
NOT_LINKED = Rule("not_linked", _not_linked, _say_linked)
NOT_COVERED = Rule("not_covered", _not_covered, _say_covered)
