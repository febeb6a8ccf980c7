"""Names for invented places, organizations and programs: made-up words, with the word for what it is."""

import re

from matchmaker.testing.ecosystem.cast import words_of
from matchmaker.testing.ecosystem.draws import Draws

_BEGINNINGS = words_of(
    "Quill Brindle Tarn Wex Osk Thistle Yarrow Marl Fenn Gorse Hald Junip Kestrel Lorn Mott Nettle Orrin Pellan Rusk "
    "Saff Teasel Umber Vetch Wither Alder Bracken Corm Dunn Elver Fulmer Grebe Heron Ibsen Jarrow Knap Linnet Merlin "
    "Nuth Ousel Plover"
)
_ENDINGS = words_of(
    "mere wick holt combe garth sedge hythe thwaite beck gill lathe stow wold moor fleet ghyll rigg shaw toft wath"
)
_MIDDLES = ("", "Upper", "Lower", "Old", "New", "Great", "Little", "Far", "Near")

KIND_WORDS = {
    "school_district": "School District",
    "elementary": "Elementary School",
    "middle": "Middle School",
    "high": "High School",
    "private_school": "Day School",
    "education_service_district": "Education Service District",
    "early_learning_provider": "Early Learning Center",
    "afterschool_provider": "After-School Workshop",
    "summer_provider": "Summer Camps",
    "youth_organization": "Youth Makers",
    "two_year_college": "Community College",
    "four_year_college": "State University",
    "private_college": "College",
    "career_institute": "Career Institute",
    "trade_academy": "Trade Academy",
    "university_center": "Center for Science Outreach",
    "museum": "Museum of Making",
    "science_center": "Science Hall",
    "zoo_aquarium_garden": "River Garden",
    "library": "Public Library",
    "makerspace": "Makerspace",
    "community_organization": "Neighbors Association",
    "family_organization": "Families Together",
    "faith_organization": "Interfaith House",
    "student_or_youth_led": "Student Council for Science",
    "professional_association": "Engineers Guild",
    "employer": "Works",
    "research_laboratory": "Research Laboratory",
    "chamber_or_industry_association": "Chamber of Industry",
    "labor_organization": "Electrical Trades Local",
    "funder": "Community Fund",
    "government_agency": "Public Utility",
    "hospital": "County Hospital",
    "workforce_board": "Workforce Board",
    "tribal_nation": "Nation",
    "tribal_education_department": "Nation Education Department",
    "hub": "STEM Hub",
    "intermediary": "Learning Exchange",
    "technical_assistance_provider": "Improvement Coaches",
    "accreditor": "Program Accreditation",
}
"""The second part of an organization's name, by its kind."""

EMPLOYER_WORDS = (
    "Pump Works",
    "Instruments",
    "Timber Engineering",
    "Robotics",
    "Grid Services",
    "Bioworks",
    "Software Cooperative",
    "Foundry",
    "Water Systems",
    "Aerostructures",
)


class Names:
    """Hands out invented names, none twice.

    Parameters
    ----------
    draws
        Where the order of the made-up words comes from.
    """

    def __init__(self, draws: Draws) -> None:
        words = [beginning + ending for beginning in _BEGINNINGS for ending in _ENDINGS if beginning[-1] != ending[0]]
        self._words = draws.shuffle(words, "names")
        self._nation = ""
        self._used: dict[str, int] = {}

    def place_word(self) -> str:
        """Return a made-up word for a place."""
        return self._next("place")

    def organization(self, kind: str) -> str:
        """Return a name for an organization of a kind."""
        if kind == "tribal_education_department" and self._nation:
            return f"{self._nation} Education Department"
        word = self._next(kind)
        words = KIND_WORDS[kind]
        if kind == "tribal_nation":
            self._nation = f"{word} {words}"
        if kind == "employer":
            words = EMPLOYER_WORDS[(self._used[kind] - 1) % len(EMPLOYER_WORDS)]
        return f"{word} {words}"

    def _next(self, kind: str) -> str:
        number = self._used.get(kind, 0)
        self._used[kind] = number + 1
        # Each kind starts elsewhere in the list, so that few organizations share a word by accident.
        start = sum(map(ord, kind)) * 7
        word = self._words[(start + number) % len(self._words)]
        round = number // len(self._words)
        middle = _MIDDLES[round % len(_MIDDLES)]
        numeral = "" if round < len(_MIDDLES) else f" {round}"
        return f"{middle} {word}{numeral}".strip()


def slug(text: str) -> str:
    """Return text as part of an id.

    >>> slug("Upper Tarnholt Elementary School")
    'upper-tarnholt-elementary-school'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
