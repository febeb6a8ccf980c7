"""The words of gaps: what is there first, then what would help; never a judgement of people or of an organization.

No sentence holds a number of learners: those stand in fields of their own, where they can be withheld.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from matchmaker.graph.geography import KM_PER_MILE
from matchmaker.model.freshness import Dated, Freshness
from matchmaker.model.reference import STAGE_NAMES
from matchmaker.model.vocabulary import Label, ResourceTerm, Sector, StageTerm, TieType

SECTOR_WORDS: Mapping[Sector, str] = MappingProxyType(
    {
        Sector.EARLY_LEARNING: "early learning providers",
        Sector.K12: "schools and districts",
        Sector.OUT_OF_SCHOOL_TIME: "out-of-school-time providers",
        Sector.HIGHER_EDUCATION: "colleges and universities",
        Sector.INFORMAL_LEARNING: "museums, libraries and science centers",
        Sector.COMMUNITY: "community organizations",
        Sector.INDUSTRY: "employers and industry groups",
        Sector.PHILANTHROPY: "funders",
        Sector.GOVERNMENT: "public agencies",
        Sector.TRIBAL_NATION: "tribal nations",
        Sector.BACKBONE: "hubs and intermediaries",
    }
)
"""The partners of a sector, as people say it."""

COVERED_WORDS: Mapping[Label | TieType, str] = MappingProxyType(
    {
        Label.PROGRAM: "which programs there are",
        Label.OFFER: "what partners offer",
        TieType.OFFERED_AT: "where programs meet",
        TieType.SERVES: "which stages they serve",
        TieType.FEEDS_INTO: "where their learners go on to",
        TieType.PARTNERS_WITH: "who partners with whom",
    }
)
"""What a coverage statement would have to be about."""

TEMPLATES: Mapping[str, str] = MappingProxyType(
    {
        "stage_coverage": "{present}What would help: a program for {stage} that meets in {place}; none is among the "
        "programs recorded there, and {complete}.",
        "stage_coverage_not_known": "Not known: whether a program for {stages} meets in {place}; {why}.",
        "transition": "{program} serves {stage}. What would help: a next step for its learners ({next}) within "
        "{distance}; none is recorded, and {complete}.",
        "transition_not_known": "Not known: whether a next step is within {distance} for the learners of {programs} "
        "{place}; {why}.",
        "sector_pair": "Members include {first} ({first_count}) and {second} ({second_count}). What would help: a "
        "first partnership between the two; none is recorded where about {expected} would be expected by chance, "
        "and {complete}.",
        "sector_pair_not_known": "Not known: whether {first} work with {others}; {why}.",
        "place_access": "{present}Few seats within reach of {place}: none is recorded in it or within {distance} of "
        "its center. What would help: a site with seats nearby; {complete}.",
        "place_access_not_known": "Not known: how many seats are within reach of {place}; {why}.",
        "isolation": "{partner} is a member and not yet connected. What would help: a first introduction to another "
        "partner; {complete}.",
        "isolation_not_known": "Not known: whether all {sector} among the members already work with another partner; "
        "{why}.",
        "unmet_need": "{subject} is looking for {resource}{details}. What would help: an offer of {resource} by "
        "another member within {distance}; none is recorded yet, and {complete}.",
        "unmet_need_not_known": "Not known: whether a member offers {resource}, which {needs} {verb} looking for; "
        "{why}.",
    }
)
"""Every sentence; ``{present}`` is a sentence of its own, or empty."""

PRESENT = "{place} already has {names}. "
COMPLETE = "the records were stated to be complete as of {as_of}"
NOT_STATED = "no source states a complete record of {parts}"
STALE = ", stale"
ONLY_INFERRED = "the facts it would rest on are only inferred"
STAGES_UNCLEAR = "for {names} the stages served are not recorded"
SEATS_UNCLEAR = "for {names} the seats are not recorded"
POSITION_UNCLEAR = "not every place that matters has a recorded position"


def sentence(template: str, **fields: str) -> str:
    """Return a sentence of `TEMPLATES` with its fields filled in."""
    return TEMPLATES[template].format(**fields)


def stage_words(stages: Iterable[StageTerm], last: str = "and") -> str:
    """Return stages in words, in the order of the pathway."""
    order = list(StageTerm)
    return joined([STAGE_NAMES[stage] for stage in sorted(stages, key=order.index)], last)


def resource_words(resource: ResourceTerm) -> str:
    """Return a resource in words."""
    words = {ResourceTerm.PROFESSIONAL_DEVELOPMENT: "professional learning", ResourceTerm.CO_DESIGN: "co-design"}
    return words.get(resource, resource.value.replace("_", " "))


def joined(names: Sequence[str], last: str = "and") -> str:
    """Return names as people list them.

    >>> joined(["a", "b", "c"]), joined(["a"]), joined([])
    ('a, b and c', 'a', '')
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def shortened(names: Sequence[str], limit: int) -> tuple[str, ...]:
    """Return at most ``limit`` names, and how many more there are.

    >>> shortened(["a", "b", "c"], 2)
    ('a', 'b', '1 more')
    """
    more = len(names) - limit
    return (*names[:limit], f"{more} more") if more > 0 else tuple(names)


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "program", "programs"), counted(2, "program", "programs")
    ('1 program', '2 programs')
    """
    return f"{number} {one if number == 1 else many}"


def distance_words(km: float, *, miles: bool) -> str:
    """Return a straight-line distance in words.

    >>> distance_words(10, miles=True), distance_words(10, miles=False)
    ('6.2 miles in a straight line', '10 km in a straight line')
    """
    shown = f"{km / KM_PER_MILE:.1f} miles" if miles else f"{km:g} km"
    return f"{shown} in a straight line"


def present_words(place: str, names: Sequence[str]) -> str:
    """Return the sentence that says who is already there; empty where nobody is recorded."""
    return PRESENT.format(place=place, names=joined(names)) if names else ""


def complete_words(as_of: Dated) -> str:
    """Return the clause that says how complete the records are, as of when, and whether that is stale."""
    stale = STALE if as_of.freshness is Freshness.STALE else ""
    return f"{COMPLETE.format(as_of=as_of.date)}{stale}"


def age_words(said: Dated) -> str:
    """Return from when something is, in brackets, where that makes it stale; else nothing.

    >>> age_words(Dated("2012", Freshness.STALE)), age_words(Dated("2026", Freshness.FRESH))
    (' (from 2012, stale)', '')
    """
    return f" (from {said.date}{STALE})" if said.freshness is Freshness.STALE else ""


def not_stated_words(covers: Sequence[Label | TieType]) -> str:
    """Return the clause that says what isn't stated to be complete."""
    return NOT_STATED.format(parts=joined([COVERED_WORDS[part] for part in covers], "or"))
