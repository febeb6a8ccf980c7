"""Rules on who the two are to each other: not the same, not of one house, not linked already."""

import numpy as np

from matchmaker.graph.snapshot import SECTOR_CODES
from matchmaker.model.elements import Tie
from matchmaker.model.vocabulary import TieType
from matchmaker.recommend.between import ties_between
from matchmaker.recommend.features.topology import PHRASES, TYPE_BITS
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.pairs import Pairs, RoleRows, type_bits
from matchmaker.recommend.patterns import PATTERNS
from matchmaker.recommend.roles import PATTERN_NAMES
from matchmaker.recommend.rules.rule import JudgedPair, Rule, Said
from matchmaker.recommend.visibility import state_fact

_SECTORS = {code: sector for sector, code in SECTOR_CODES.items()}


_LINKED_BY = np.array([type_bits(PATTERNS[name].linked_by) for name in PATTERN_NAMES], dtype=np.int64)
_DIRECT = np.array([PATTERNS[name].direct for name in PATTERN_NAMES], dtype=bool)


def _differ(rows: RoleRows) -> Mask:
    mask: Mask = rows.others != rows.subjects
    return mask


def _say_differ(pair: JudgedPair) -> Said:
    name = pair.names[0]
    return Said("They are two, not one." if pair.met else f"{name} can't be introduced to itself.")


def _sectors_differ(rows: RoleRows) -> Mask:
    sector = rows.index.organizations.sector
    own, others = sector[rows.subjects], sector[rows.others]
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


def _not_own(rows: RoleRows) -> Mask:
    return ~rows.pairs.holds("own", _are_own)[rows.rows]


def _are_own(pairs: Pairs) -> Mask:
    places, own = pairs.index.organizations.own.expand(pairs.distinct)
    return pairs.marked(pairs.distinct[places], own)


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


def _not_linked(rows: RoleRows) -> Mask:
    patterns = rows.patterns
    wanted, direct = _LINKED_BY[patterns], _DIRECT[patterns]
    found = rows.pairs.linking_types(direct=False)[rows.rows]
    if direct.any():
        found = np.where(direct, rows.pairs.linking_types(direct=True)[rows.rows], found)
    mask: Mask = (found & wanted) == 0
    return mask


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
    here, there = ({end} if pair.pattern.direct else set(organizations.selves[end]) for end in pair.ends)
    wanted = type_bits(pair.pattern.linked_by)
    found = {
        tie.id: tie
        for one in here
        for other in there & set(pair.index.topology.links.neighbours(one).tolist())
        for type in pair.index.topology.types_between(one, other)
        if TYPE_BITS[type] & wanted
        for ends in ((one, other), (other, one))
        for tie in ties_between(snapshot, *ends, type)
    }
    return [found[id] for id in sorted(found)]


def _not_covered(rows: RoleRows) -> Mask:
    roles = rows.index.roles
    mask: Mask = (roles.covered_own[rows.subjects] & roles.covered_other[rows.others]) == 0
    return mask


def _say_covered(pair: JudgedPair) -> Said:
    if pair.met:
        return Said("No more particular kind of link is declared between such organizations.")
    return Said("A more particular kind of link is declared between such organizations.")


NOT_ITSELF = Rule("not_itself", _differ, _say_differ)
SECTORS_DIFFER = Rule("sectors_differ", _sectors_differ, _say_sectors)
NOT_OWN = Rule("not_own", _not_own, _say_own)
NOT_LINKED = Rule("not_linked", _not_linked, _say_linked)
NOT_COVERED = Rule("not_covered", _not_covered, _say_covered)
