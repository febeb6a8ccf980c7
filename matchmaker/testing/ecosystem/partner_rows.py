"""Rows about organizations: what they are, where, what they can take on, whom to write to, what they require."""

from matchmaker.model.vocabulary import OrganizationType, Sector, TieType
from matchmaker.testing.ecosystem.cast import Organization, Standing, World
from matchmaker.testing.ecosystem.colleges import CollegeStanding
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.planting import UnmetNeed
from matchmaker.testing.ecosystem.settings import EcosystemSettings
from matchmaker.testing.ecosystem.tables import Tables

Org = OrganizationType

ROLE_OF_TOPIC = {
    "11.0701": "15-1252",
    "14.0101": "17-2051",
    "15.0613": "51-4041",
    "03.0103": "19-4042",
    "51.0000": "29-1141",
    "40.0801": "17-3023",
}
"""The occupation that a field leads to."""

_WBL = ("job_shadow|workplace_tour", "internship|guest_speaker", "industry_project|mentoring", "educator_externship")
_WORDS = {
    Sector.EARLY_LEARNING: "Care and early learning with blocks, water and stories",
    Sector.K12: "Public education for children and young people",
    Sector.OUT_OF_SCHOOL_TIME: "Hands-on science and making outside of school hours",
    Sector.HIGHER_EDUCATION: "Degrees and certificates in science and technology",
    Sector.INFORMAL_LEARNING: "Exhibits, collections and workshops that anyone may join",
    Sector.COMMUNITY: "Neighbors and families who work together for their children",
    Sector.INDUSTRY: "Makes and maintains things that the region depends on",
    Sector.PHILANTHROPY: "Grants for learning in the region",
    Sector.GOVERNMENT: "A public service with technical and scientific work",
    Sector.TRIBAL_NATION: "A sovereign nation, invented, with its own programs for learners",
    Sector.BACKBONE: "Connects and supports the organizations of the region",
}
_FURTHER_TYPES = {
    "museum": "summer_provider",
    "makerspace": "afterschool_provider",
    "tribal_education_department": "youth_organization",
    "workforce_board": "intermediary",
}
_PARENTS = {
    "university_center": ("university", "four_year_college"),
    "tribal_education_department": ("parent", "tribal_nation"),
    "student_or_youth_led": ("fiscal_sponsor", "community_organization"),
}
"""How organizations of a kind are part of the first of another kind."""

_CONDITIONS = {
    Sector.K12: "background_check supervision facility_use photo_consent",
    Sector.INDUSTRY: "child_labor_rules insurance training",
    Sector.GOVERNMENT: "training agreement child_labor_rules",
    Sector.TRIBAL_NATION: "agreement photo_consent",
    Sector.EARLY_LEARNING: "background_check mandatory_reporting_briefing",
}


class PartnerRows:
    """Writes the rows about organizations.

    Parameters
    ----------
    tables, draws, settings
        Where rows go, where chance comes from, and which ecosystem it is.
    """

    def __init__(self, tables: Tables, draws: Draws, settings: EcosystemSettings) -> None:
        self.tables, self.draws, self.settings = tables, draws, settings

    def write(self, world: World, standings: dict[str, CollegeStanding], needs: list[UnmetNeed]) -> None:
        """Write every row about every organization."""
        gone = next((one.id for one in world.organizations if one.standing is Standing.WITHDRAWN), "")
        for one in world.organizations:
            self._partner(one, gone)
            self._statements(one)
            self._around(one)
            self._participation(one)
        for need in needs:
            self._unmet(need)
        for id, standing in standings.items():
            for code, basis, year in standing.designations:
                self.tables.add("designations.csv", {"subject": id, "code": code, "basis": basis, "year": str(year)})
            if "grant" in standing.practice and not standing.designations:
                raise ValueError(f"{id} has a grant without a designation")
        self._parts(world)

    def _partner(self, one: Organization, gone: str) -> None:
        draws, id = self.draws, one.id
        cells = {
            "id": id,
            "name": one.name,
            "organization_type": one.type.value,
            "organization_types": _FURTHER_TYPES.get(one.kind, ""),
            "aliases": _short_name(one.name) if draws.chance(0.15, id, "short name") else "",
            "description": self._description(one),
            "latitude": f"{one.latitude:.5f}",
            "longitude": f"{one.longitude:.5f}",
            "country": "US",
            "languages": "|".join(["en", *(["es"] if draws.chance(0.3, id, "spanish") else [])]),
            "intends_to_serve": "|".join(one.populations),
        }
        if one.county is not None and one.zip is not None:
            cells["locale"] = "rural" if one.zip.far else ("city" if one.zip.city else "town")
        if draws.chance(0.5, id, "website"):
            cells |= {"web_domain": f"{id}.example", "website": f"https://{id}.example"}
        if draws.chance(0.6, id, "capacity"):
            cells |= self._capacity(one)
        if draws.chance(0.4, id, "intents"):
            cells["intents"] = draws.pick(
                ["exchange|learn", "co_deliver|learn", "recruit_learners", "co_deliver"], id, "intent"
            )
        if draws.chance(0.1, id, "limit"):
            cells["request_limit"] = str(draws.whole(1, 3, id, "request limit"))
        if draws.chance(0.04, id, "shown"):
            cells["visibility"] = "ecosystem"
        if id == gone:
            cells["withdrawn_everywhere"] = "true"
        self.tables.add("partners.csv", cells | one.cells)

    def _description(self, one: Organization) -> str:
        if one.kind == "hospital":
            return "A county hospital with laboratories and clinics (invented)"
        return f"{_WORDS[one.sector]} (invented)"

    def _capacity(self, one: Organization) -> dict[str, str]:
        draws, id = self.draws, one.id
        status = draws.pick(
            ["open", "open", "open", "limited", "limited", "waitlist", "closed", "unknown"], id, "status"
        )
        maximum = draws.whole(2, 8, id, "maximum")
        available = {"open": maximum - 1, "limited": 1, "waitlist": 0, "closed": 0}.get(status)
        cells = {
            "capacity_status": status,
            "capacity_unit": "partners",
            "capacity_updated_on": f"2026-{draws.whole(1, 5, id, 'updated'):02d}-{draws.whole(1, 28, id, 'day'):02d}",
        }
        if available is not None:
            cells |= {"capacity_maximum": str(maximum), "capacity_available": str(available)}
        return cells

    def _statements(self, one: Organization) -> None:
        for file, terms in (("needs", one.needs), ("offers", one.offers)):
            for term in terms:
                cells = {"subject": one.id, "resource": term, "id": f"{one.id}.{file}-{term}"}
                month = self.draws.whole(1, 12, one.id, term, "stated")
                cells["since"] = f"{self.draws.whole(2022, 2025, one.id, term, 'since')}-{month:02d}"
                if file == "needs" and one.stages and self.draws.chance(0.4, one.id, term, "stage"):
                    cells["stage"] = self.draws.pick(one.stages, one.id, term, "which stage").value
                if file == "needs" and self.draws.chance(0.5, one.id, term, "quantity"):
                    cells["quantity"] = str(self.draws.whole(1, 8, one.id, term, "how many"))
                if self.draws.chance(0.15, one.id, term, "shown"):
                    cells["visibility"] = "public"
                self.tables.add(f"{file}.csv", cells)

    def _unmet(self, need: UnmetNeed) -> None:
        cells = {
            "subject": need.subject.id,
            "resource": need.resource,
            "id": need.id,
            "quantity": str(need.quantity),
            "since": "2024-02",
            "description": f"Looking for {need.resource} (invented)",
        }
        if need.closed:
            cells["until"] = "2025-06"
        self.tables.add("needs.csv", cells)

    def _around(self, one: Organization) -> None:
        draws, id = self.draws, one.id
        if draws.chance(0.35, id, "contact"):
            role = {Sector.K12: "principal", Sector.HIGHER_EDUCATION: "admissions"}.get(one.sector, "partnerships")
            cells = {"subject": id, "role": role, "email": f"{role}@{id}.example", "language": "en"}
            if draws.chance(0.2, id, "named"):
                cells |= {"name": "Sample Person (invented)", "agreed_on": "2025-09-01"}
            self.tables.add("contacts.csv", cells)
        if draws.chance(0.5, id, "conditions"):
            for term in _CONDITIONS.get(one.sector, "").split():
                requirement = draws.pick(["required", "required", "not_required", "unknown"], id, term)
                cells = {"subject": id, "condition": term, "requirement": requirement, "stated_on": "2025-08"}
                if requirement == "required":
                    cells["link"] = f"https://{id}.example/visitors"
                self.tables.add("conditions.csv", cells)
        for stage in one.stages:
            self.tables.tie(TieType.SERVES, (id, stage.value))
        for topic in one.topics:
            self.tables.tie(TieType.ABOUT, (id, f"cip:{topic}"))
        if one.zip is not None:
            self.tables.tie(TieType.LOCATED_IN, (id, one.zip.id), {"primary": "true"})

    def _participation(self, one: Organization) -> None:
        ecosystem = self.settings.id
        if one.standing is Standing.ELSEWHERE:
            if one.county is None:
                return
            ecosystem = one.county.ecosystem
        if one.standing is Standing.LISTED:
            return
        status = Standing.PARTICIPATING if one.standing is Standing.ELSEWHERE else one.standing
        year = self.draws.whole(2015, 2024, one.id, "joined")
        joined = f"{year}-{self.draws.whole(1, 12, one.id, 'joined in'):02d}"
        if status in {Standing.PAUSED, Standing.WITHDRAWN}:
            cells = {"status": "participating", "since": joined, "until": "2025-10", "episode": "first"}
            self.tables.tie(TieType.PARTICIPATES_IN, (one.id, ecosystem), cells)
            joined = "2025-10"
        cells = {"status": status.value, "since": "2026-03" if status is Standing.INVITED else joined}
        self.tables.tie(TieType.PARTICIPATES_IN, (one.id, ecosystem), cells)

    def _parts(self, world: World) -> None:
        """Schools are part of their county's district; a university center and a sponsored group have a parent too."""
        districts = {
            one.county.id: one.id
            for one in world.organizations
            if one.kind == "school_district" and one.county is not None
        }
        for one in world.organizations:
            if one.county is None:
                continue
            district = districts.get(one.county.id)
            if one.type is Org.K12_SCHOOL and district is not None:
                self.tables.tie(TieType.PART_OF, (one.id, district), {"kind": "district"})
            elif one.kind in _PARENTS:
                kind, parent_kind = _PARENTS[one.kind]
                parent = next((other for other in world.organizations if other.kind == parent_kind), None)
                if parent is not None and one.is_member and not one.isolated:
                    self.tables.tie(TieType.PART_OF, (one.id, parent.id), {"kind": kind})


def _short_name(name: str) -> str:
    """Return a name as people shorten it: its first word and the initials of what the organization is."""
    first, *others = name.replace("-", " ").split()
    return f"{first} {''.join(word[0] for word in others if word[0].isupper())}"


def set_employers(world: World, draws: Draws) -> None:
    """Let employers, a hospital, utilities, laboratories and one district say what roles and learning they have."""
    for one in world.organizations:
        one.cells |= _employer_cells(one, draws)
    world.organizations[0].cells |= {"stem_roles": "15-1252", "wbl_offered": "job_shadow|simulated_workplace"}


def _employer_cells(one: Organization, draws: Draws) -> dict[str, str]:
    if one.kind not in {"employer", "hospital", "research_laboratory", "government_agency"}:
        return {}
    roles = sorted({ROLE_OF_TOPIC[topic] for topic in one.topics if topic in ROLE_OF_TOPIC})
    if one.kind == "hospital":
        roles = ["29-1141", "29-2012"]
    cells = {"stem_roles": "|".join(roles)} if roles else {}
    if draws.chance(0.8, one.id, "offers learning at work") or one.kind == "hospital":
        cells["wbl_offered"] = draws.pick(_WBL, one.id, "kinds of learning at work")
    return cells
