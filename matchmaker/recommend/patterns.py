"""The link patterns: every kind of link that may be suggested, declared in one table."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import (
    Label,
    OrganizationType,
    PatternName,
    ProgramType,
    ResourceTerm,
    Sector,
    Side,
    StageTerm,
    TieType,
)


@dataclass(frozen=True, slots=True)
class EndSpec:
    """What may stand at one end of a pattern. Empty sets don't narrow; every set given must be met.

    Attributes
    ----------
    words
        The end in words.
    label
        The node's label.
    sectors
        The partner's sector, that of its primary type.
    types
        Organization types, of which the partner has at least one (primary or not).
    employer
        It has the second label Employer.
    program_types
        The program's type.
    stages
        It serves one of these, or it isn't recorded which it serves.
    offers
        It states that it offers one of these.
    without_programs
        It runs no recorded program of these types: where it does, the program stands in its place.
    """

    words: str
    label: Label = Label.PARTNER
    sectors: frozenset[Sector] = frozenset()
    types: frozenset[OrganizationType] = frozenset()
    employer: bool = False
    program_types: frozenset[ProgramType] = frozenset()
    stages: frozenset[StageTerm] = frozenset()
    offers: frozenset[ResourceTerm] = frozenset()
    without_programs: frozenset[ProgramType] = frozenset()

    def any_programs(self) -> "EndSpec":
        """Return the end whatever programs it runs."""
        return replace(self, without_programs=frozenset())


@dataclass(frozen=True, slots=True)
class Form:
    """One pair of ends of a pattern, and the tie that is written when such a link becomes active.

    ``tie_from`` says at which end the tie starts.
    """

    source: EndSpec
    target: EndSpec
    tie: TieType
    tie_from: Side = Side.SOURCE


class Place(StrEnum):
    """What a pattern asks of where its ends are."""

    WITHIN_REACH = "within_reach"
    ANYWHERE = "anywhere"
    ELSEWHERE = "elsewhere"


class StageDemand(StrEnum):
    """How the ends' stages should relate."""

    NONE = "none"
    SHARED = "shared"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class LinkPattern:
    """One kind of link that may be suggested.

    Attributes
    ----------
    forms
        The ends it may have.
    linked_by
        Tie types that mean that the two are linked already, in either direction, between the ends themselves, a
        program's operator, a partner's own programs or a district's schools.
    symmetric
        Both ends are of one kind, so either may be called the source.
    direct
        Only a tie between the ends themselves links them, not one of an operator, a program or a school.
    sectors_differ
        The ends must be of different sectors (a program's is its operator's).
    place
        Whether the ends must be within reach of each other.
    stage_demand
        How the ends' stages should relate, for the feature ``stage_fit``.
    rules
        Names of the further rules that only this pattern has (see ``eligibility.py``).
    each_side
        What the link is in a sentence, for the source and for the target.
    """

    name: PatternName
    forms: tuple[Form, ...]
    linked_by: frozenset[TieType]
    each_side: tuple[str, str]
    symmetric: bool = False
    direct: bool = False
    sectors_differ: bool = True
    place: Place = Place.WITHIN_REACH
    stage_demand: StageDemand = StageDemand.SHARED
    rules: frozenset[str] = field(default_factory=frozenset)


_T, _S, _P = OrganizationType, Sector, ProgramType
_AFTER_SCHOOL = frozenset({_P.AFTERSCHOOL_PROGRAM, _P.SUMMER_PROGRAM})
_EDUCATOR = frozenset({_P.EDUCATOR_NETWORK, _P.EDUCATOR_WORKSHOP})
_WORKS_TOGETHER = frozenset({TieType.PARTNERS_WITH, TieType.OFFERED_AT, TieType.HOSTS_WBL})

SCHOOL = EndSpec("a school or district", sectors=frozenset({_S.K12}))
EMPLOYER = EndSpec("an employer", employer=True)
ANY_PARTNER = EndSpec("an organization")
ANY_PROGRAM = EndSpec("a program", Label.PROGRAM)
PCSP = EndSpec("a pre-college STEM program", Label.PROGRAM, program_types=frozenset({_P.PCSP}))
COLLEGE = EndSpec("a college", types=frozenset({_T.TWO_YEAR_COLLEGE, _T.FOUR_YEAR_COLLEGE}))
FUNDER = EndSpec("a funder", types=frozenset({_T.FUNDER}))
INITIATIVE = EndSpec("an initiative", Label.INITIATIVE)
ECOSYSTEM = EndSpec("an ecosystem", Label.ECOSYSTEM)
INFORMAL = EndSpec("a museum, science center, zoo, library or makerspace", sectors=frozenset({_S.INFORMAL_LEARNING}))
OUT_OF_SCHOOL_PROGRAM = EndSpec("an afterschool or summer program", Label.PROGRAM, program_types=_AFTER_SCHOOL)
OUT_OF_SCHOOL_OPERATOR = EndSpec(
    "an out-of-school provider with no such program recorded",
    types=frozenset({_T.AFTERSCHOOL_PROVIDER, _T.SUMMER_PROVIDER, _T.YOUTH_ORGANIZATION}),
    without_programs=_AFTER_SCHOOL,
)
EARLY_LEARNING = EndSpec("an early learning provider", sectors=frozenset({_S.EARLY_LEARNING}))
EARLY_GRADES = EndSpec(
    "a school or district with kindergarten to grade 2",
    sectors=frozenset({_S.K12}),
    stages=frozenset({StageTerm.K_2}),
)
HIGHER_EDUCATION = EndSpec("a college or university", sectors=frozenset({_S.HIGHER_EDUCATION}))
WITH_EDUCATORS = EndSpec(
    "an organization with educators",
    sectors=frozenset(
        {
            _S.EARLY_LEARNING,
            _S.K12,
            _S.OUT_OF_SCHOOL_TIME,
            _S.HIGHER_EDUCATION,
            _S.INFORMAL_LEARNING,
            _S.COMMUNITY,
        }
    ),
)
EDUCATOR_PROGRAM = EndSpec("an educator network or workshop", Label.PROGRAM, program_types=_EDUCATOR)
CO_DESIGNER = EndSpec(
    "a family, tribal or community organization",
    types=frozenset(
        {
            _T.COMMUNITY_ORGANIZATION,
            _T.FAMILY_ORGANIZATION,
            _T.FAITH_ORGANIZATION,
            _T.STUDENT_OR_YOUTH_LED,
            _T.TRIBAL_NATION,
            _T.TRIBAL_EDUCATION_DEPARTMENT,
        }
    ),
)
COMMITTING = EndSpec(
    "a corporation or educational organization",
    sectors=frozenset({_S.INDUSTRY, _S.HIGHER_EDUCATION, _S.INFORMAL_LEARNING, _S.K12}),
)
COMMITTING_ASSOCIATION = EndSpec("a professional association", types=frozenset({_T.PROFESSIONAL_ASSOCIATION}))
NOT_IDENTIFIED = EndSpec(
    "a program for grades 9 to 12 that isn't a member",
    Label.PROGRAM,
    program_types=frozenset(
        {
            _P.PCSP,
            _P.AFTERSCHOOL_PROGRAM,
            _P.SUMMER_PROGRAM,
            _P.BRIDGE_PROGRAM,
            _P.INTERNSHIP,
            _P.MENTORING,
        }
    ),
    stages=frozenset({StageTerm.GRADES_9_12}),
)
ASSISTANCE = EndSpec(
    "an intermediary or provider of technical assistance",
    types=frozenset({_T.TECHNICAL_ASSISTANCE_PROVIDER, _T.INTERMEDIARY}),
)
COACH = EndSpec(
    "an organization that offers coaching or technical assistance",
    offers=frozenset({ResourceTerm.COACHING, ResourceTerm.TECHNICAL_ASSISTANCE}),
)
VOLUNTEER_CORPS = EndSpec(
    "a community organization or association that offers volunteers",
    sectors=frozenset({_S.COMMUNITY}),
    offers=frozenset({ResourceTerm.VOLUNTEERS}),
)

_N = PatternName

PATTERNS: Mapping[PatternName, LinkPattern] = MappingProxyType(
    {
        pattern.name: pattern
        for pattern in (
            LinkPattern(
                _N.PCSP_COLLEGE,
                (Form(PCSP, COLLEGE, TieType.RECOGNIZES, Side.TARGET),),
                frozenset({TieType.RECOGNIZES, TieType.OFFERED_AT}),
                (
                    "They are a college that could recognize your program in admission.",
                    "Their program prepares students whom your college could recognize in admission.",
                ),
                sectors_differ=False,
                place=Place.ANYWHERE,
                stage_demand=StageDemand.NEXT,
                rules=frozenset({"equity_focused", "matching_field"}),
            ),
            LinkPattern(
                _N.SCHOOL_OUT_OF_SCHOOL,
                (
                    Form(SCHOOL, OUT_OF_SCHOOL_PROGRAM, TieType.OFFERED_AT, Side.TARGET),
                    Form(SCHOOL, OUT_OF_SCHOOL_OPERATOR, TieType.PARTNERS_WITH),
                ),
                frozenset({TieType.OFFERED_AT, TieType.PARTNERS_WITH}),
                (
                    "They run learning after school or in summer that your students could join.",
                    "They are a school or district whose students could join you.",
                ),
            ),
            LinkPattern(
                _N.PROGRAM_EMPLOYER,
                (Form(ANY_PROGRAM, EMPLOYER, TieType.HOSTS_WBL, Side.TARGET),),
                frozenset({TieType.HOSTS_WBL, TieType.PARTNERS_WITH}),
                (
                    "They are an employer where your learners could meet STEM at work.",
                    "Their learners could meet STEM at work with you.",
                ),
                sectors_differ=False,
                stage_demand=StageDemand.NONE,
            ),
            LinkPattern(
                _N.EMPLOYER_SCHOOL,
                (Form(EMPLOYER, SCHOOL, TieType.HOSTS_WBL),),
                frozenset({TieType.HOSTS_WBL, TieType.PARTNERS_WITH}),
                (
                    "Their students could meet STEM at work with you.",
                    "They are an employer where your students could meet STEM at work.",
                ),
                stage_demand=StageDemand.NONE,
            ),
            LinkPattern(
                _N.PROGRAM_NEXT_STEP,
                (Form(ANY_PROGRAM, ANY_PROGRAM, TieType.FEEDS_INTO),),
                frozenset({TieType.FEEDS_INTO}),
                (
                    "Your learners could go on to their program.",
                    "Their learners could go on to your program.",
                ),
                sectors_differ=False,
                stage_demand=StageDemand.NEXT,
                rules=frozenset({"next_stage"}),
            ),
            LinkPattern(
                _N.SCHOOL_INFORMAL,
                (Form(SCHOOL, INFORMAL, TieType.PARTNERS_WITH),),
                _WORKS_TOGETHER,
                (
                    "They are a place of learning outside school that your students could use.",
                    "They are a school or district whose students you could reach.",
                ),
            ),
            LinkPattern(
                _N.EARLY_LEARNING_K2,
                (Form(EARLY_LEARNING, EARLY_GRADES, TieType.PARTNERS_WITH),),
                _WORKS_TOGETHER,
                (
                    "Children who leave you could start school with them.",
                    "They care for children who could start school with you.",
                ),
                stage_demand=StageDemand.NEXT,
            ),
            LinkPattern(
                _N.COLLEGE_EMPLOYER,
                (Form(HIGHER_EDUCATION, EMPLOYER, TieType.PARTNERS_WITH),),
                _WORKS_TOGETHER,
                (
                    "They are an employer that your students could work with.",
                    "They are a college whose students could work with you.",
                ),
                stage_demand=StageDemand.NONE,
            ),
            LinkPattern(
                _N.PARTNER_FUNDER,
                tuple(
                    Form(end, FUNDER, TieType.FUNDS, Side.TARGET)
                    for end in (ANY_PARTNER, ANY_PROGRAM, INITIATIVE, ECOSYSTEM)
                ),
                frozenset({TieType.FUNDS, TieType.PARTNERS_WITH}),
                ("They are a funder.", "They do work that you could fund."),
                stage_demand=StageDemand.NONE,
            ),
            LinkPattern(
                _N.PARTNER_INITIATIVE,
                (Form(ANY_PARTNER, INITIATIVE, TieType.MEMBER_OF),),
                frozenset({TieType.MEMBER_OF, TieType.COMMITTED_TO, TieType.FUNDS, TieType.ACCREDITS}),
                (
                    "It is an initiative that you could join.",
                    "They could join your initiative.",
                ),
                sectors_differ=False,
                stage_demand=StageDemand.NONE,
            ),
            LinkPattern(
                _N.EDUCATOR_LEARNING,
                (Form(WITH_EDUCATORS, EDUCATOR_PROGRAM, TieType.PARTNERS_WITH),),
                frozenset({TieType.PARTNERS_WITH, TieType.OFFERED_AT, TieType.RECRUITS_FROM}),
                (
                    "Your educators could learn with theirs.",
                    "Their educators could take part in your program.",
                ),
                sectors_differ=False,
            ),
            LinkPattern(
                _N.PROGRAM_COMMUNITY,
                (Form(ANY_PROGRAM, CO_DESIGNER, TieType.PARTNERS_WITH),),
                frozenset({TieType.PARTNERS_WITH, TieType.OFFERED_AT}),
                (
                    "They could help design your program with the families it is for.",
                    "You could help design their program with the families it is for.",
                ),
                sectors_differ=False,
                stage_demand=StageDemand.NONE,
            ),
            LinkPattern(
                _N.PCSP_PEER,
                (Form(PCSP, PCSP, TieType.PEERS_WITH),),
                frozenset({TieType.PEERS_WITH}),
                (
                    "They run a pre-college STEM program elsewhere, as you do.",
                    "They run a pre-college STEM program elsewhere, as you do.",
                ),
                symmetric=True,
                sectors_differ=False,
                place=Place.ELSEWHERE,
            ),
            LinkPattern(
                _N.PCSP_COMMITMENT,
                (
                    Form(PCSP, COMMITTING, TieType.COMMITTED_TO, Side.TARGET),
                    Form(PCSP, COMMITTING_ASSOCIATION, TieType.COMMITTED_TO, Side.TARGET),
                ),
                frozenset({TieType.COMMITTED_TO, TieType.RECOGNIZES, TieType.PARTNERS_WITH}),
                (
                    "They could commit in public to broaden participation with your program.",
                    "You could commit in public to broaden participation with their program.",
                ),
                sectors_differ=False,
                stage_demand=StageDemand.NONE,
            ),
            LinkPattern(
                _N.ECOSYSTEM_PCSP,
                (Form(ECOSYSTEM, NOT_IDENTIFIED, TieType.MEMBER_OF, Side.TARGET),),
                frozenset({TieType.MEMBER_OF}),
                (
                    "It is a program for high school students that the ecosystem hasn't counted among its own.",
                    "The ecosystem's programs for high school students could include yours.",
                ),
                direct=True,
                sectors_differ=False,
                stage_demand=StageDemand.NONE,
            ),
            LinkPattern(
                _N.ECOSYSTEM_PEER,
                (Form(ECOSYSTEM, ECOSYSTEM, TieType.PEERS_WITH),),
                frozenset({TieType.PEERS_WITH}),
                ("They are a STEM learning ecosystem, as you are.", "They are a STEM learning ecosystem, as you are."),
                symmetric=True,
                sectors_differ=False,
                place=Place.ANYWHERE,
                stage_demand=StageDemand.NONE,
            ),
            LinkPattern(
                _N.ECOSYSTEM_COACH,
                tuple(
                    Form(ECOSYSTEM, end, TieType.COACHES, Side.TARGET) for end in (ASSISTANCE, COACH, VOLUNTEER_CORPS)
                ),
                frozenset({TieType.COACHES}),
                (
                    "They could coach your ecosystem or lend it hands.",
                    "It is an ecosystem that you could coach or lend hands to.",
                ),
                sectors_differ=False,
                place=Place.ANYWHERE,
                stage_demand=StageDemand.NONE,
            ),
            LinkPattern(
                _N.CROSS_SECTOR,
                (Form(ANY_PARTNER, ANY_PARTNER, TieType.PARTNERS_WITH),),
                _WORKS_TOGETHER | {TieType.FUNDS, TieType.COACHES},
                (
                    "They are of another sector than you.",
                    "They are of another sector than you.",
                ),
                symmetric=True,
                rules=frozenset({"not_covered"}),
            ),
        )
    }
)
"""Every link pattern by name, in the order in which equal suggestions prefer them."""


def covering_forms() -> tuple[Form, ...]:
    """Return the forms between two partners of the patterns that `cross_sector` leaves to themselves."""
    return tuple(
        form
        for pattern in PATTERNS.values()
        if pattern.name is not PatternName.CROSS_SECTOR
        for form in pattern.forms
        if form.source.label is form.target.label is Label.PARTNER
    )


@dataclass(frozen=True, slots=True)
class Pool:
    """Everyone who may stand at the other end of a pattern from a subject: the first step of a suggestion.

    Attributes
    ----------
    side
        The subject's side.
    subject
        Index of the subject's node.
    others
        Shape (others,): indices of the nodes at the other end, ascending.
    """

    pattern: LinkPattern
    form: Form
    side: Side
    subject: int
    others: NDArray[np.int32]

    def ends(self, other: int) -> tuple[int, int]:
        """Return (source, target) for one of the others."""
        return (self.subject, other) if self.side is Side.SOURCE else (other, self.subject)

    def narrowed(self, others: NDArray[np.int32]) -> "Pool":
        """Return the pool with fewer others."""
        return replace(self, others=others)


TITLES: Mapping[PatternName, str] = MappingProxyType(
    {
        _N.PCSP_COLLEGE: "pre-college STEM program with college",
        _N.SCHOOL_OUT_OF_SCHOOL: "school with afterschool or summer program",
        _N.PROGRAM_EMPLOYER: "program with employer",
        _N.EMPLOYER_SCHOOL: "employer with school",
        _N.PROGRAM_NEXT_STEP: "program with a next step for its learners",
        _N.SCHOOL_INFORMAL: "school with museum, library or science center",
        _N.EARLY_LEARNING_K2: "early learning with kindergarten",
        _N.COLLEGE_EMPLOYER: "college with employer",
        _N.PARTNER_FUNDER: "partner with funder",
        _N.PARTNER_INITIATIVE: "partner with initiative",
        _N.EDUCATOR_LEARNING: "educators with a workshop or network",
        _N.PROGRAM_COMMUNITY: "program with community co-designer",
        _N.PCSP_PEER: "two pre-college STEM programs as peers",
        _N.PCSP_COMMITMENT: "pre-college STEM program with a public commitment",
        _N.ECOSYSTEM_PCSP: "ecosystem with a program not yet among its own",
        _N.ECOSYSTEM_PEER: "two ecosystems as peers",
        _N.ECOSYSTEM_COACH: "ecosystem with coach",
        _N.CROSS_SECTOR: "partners of two sectors",
    }
)
"""Each pattern's name as people read it."""
