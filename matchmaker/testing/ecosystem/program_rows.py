"""Rows about programs: what they are, where they are held, what makes some of them pre-college STEM programs."""

from matchmaker.model.vocabulary import AccreditationStatus, CriterionTerm, ProgramType, TieType
from matchmaker.testing.ecosystem.cast import CountyRole, Course, World
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.partner_rows import ROLE_OF_TOPIC
from matchmaker.testing.ecosystem.programs import EDUCATOR_PROGRAMS
from matchmaker.testing.ecosystem.region_rows import YEAR
from matchmaker.testing.ecosystem.resources import OCCUPATION_WITHOUT_PROGRAM
from matchmaker.testing.ecosystem.tables import Tables

T = ProgramType

_STEPS = {
    T.FIELD_TRIP: "career_awareness",
    T.MENTORING: "career_exploration",
    T.INTERNSHIP: "career_preparation",
    T.APPRENTICESHIP: "career_training",
}
_WITHOUT_FEE = frozenset({T.COURSE, T.INTERNSHIP, T.APPRENTICESHIP, T.COMPETITION, *EDUCATOR_PROGRAMS})
_FACTS = {
    CriterionTerm.HIGH_SCHOOL: "Serves grades 9 to 12",
    CriterionTerm.OUT_OF_SCHOOL: "Meets on weekends and in summer",
    CriterionTerm.STEM_INTENSIVE: "Hours with one learner in a year",
    CriterionTerm.NO_FINANCIAL_BARRIER: "Free, with meals and travel paid",
    CriterionTerm.INTENTIONAL_SERVICE: "States whom it intends to serve; open to all",
    CriterionTerm.COLLEGE_GOING_SUPPORT: "Advising on applications and aid",
    CriterionTerm.ESTABLISHED: "Years it has been running",
}


class ProgramRows:
    """Writes the rows about programs."""

    def __init__(self, tables: Tables, draws: Draws) -> None:
        self.tables, self.draws = tables, draws

    def write(self, world: World) -> None:
        """Write every row about every program."""
        accreditor = next(one for one in world.organizations if one.kind == "accreditor")
        pcsps = 0
        for course in world.programs:
            self._program(course)
            self._ties(course)
            if course.stages and self.draws.chance(0.5, course.id, "counted"):
                self._reached(course)
            if course.type is T.PCSP:
                self._criteria(course)
                self._accreditation(accreditor.id, course, pcsps)
                pcsps += 1

    def _program(self, course: Course) -> None:
        draws, id = self.draws, course.id
        costs = ["free"] if course.type in _WITHOUT_FEE else ["free", "free", "free_if_eligible", "sliding", "fee"]
        cells = {
            "id": id,
            "name": course.name,
            "program_type": course.type.value,
            "family_cost": draws.pick(costs, id, "cost"),
            "languages": "|".join(["en", *(["es"] if draws.chance(0.3, id, "spanish") else [])]),
            "intends_to_serve": "|".join(course.populations),
            "career_step": _STEPS.get(course.type, ""),
            "description": f"{_subject(course)} (invented)",
        }
        if draws.chance(0.4, id, "provided"):
            cells |= {"meals": "true", "transport": draws.pick(["true", "false"], id, "transport")}
        if draws.chance(0.3, id, "accessible"):
            cells["accessibility"] = draws.pick(
                ["step-free rooms", "sign language", "quiet room|step-free rooms"], id, "access"
            )
        if draws.chance(0.4, id, "funded"):
            cells["funding_streams"] = draws.pick(
                ["title_iv_b_21st_cclc", "philanthropy|state", "fee", "perkins_v|wioa_youth"], id, "streams"
            )
        self.tables.add("programs.csv", cells | course.cells)

    def _ties(self, course: Course) -> None:
        tie, id = self.tables.tie, course.id
        tie(TieType.OPERATES, (course.operator.id, id), {"since": str(self.draws.whole(2010, 2023, id, "since"))})
        for stage in course.stages:
            tie(TieType.SERVES, (id, stage.value))
        for topic in course.topics:
            tie(TieType.ABOUT, (id, f"cip:{topic}"))
            soc = ROLE_OF_TOPIC.get(topic, OCCUPATION_WITHOUT_PROGRAM)
            prepares = course.type in {T.APPRENTICESHIP, T.INTERNSHIP, T.PCSP}
            if prepares and soc != OCCUPATION_WITHOUT_PROGRAM:
                tie(TieType.PREPARES_FOR, (id, f"soc:{soc}"))
        for site in course.sites:
            tie(TieType.OFFERED_AT, (id, site.id), self._site_cells(course, site.id, site.seats))

    def _site_cells(self, course: Course, site: str, seats: int) -> dict[str, str]:
        cells = {"seats": str(seats), "mode": "in_person", "season": course.cells.get("season", "")}
        if "afterschool" in course.cells.get("setting", ""):
            cells |= {"days": self.draws.pick(["mon|wed", "tue|thu", "fri"], course.id, site, "days")}
            cells |= {"start": "15:30", "end": "17:30"}
        return cells

    def _reached(self, course: Course) -> None:
        """Write how many learners came last year, and of a pre-college program how many are the first to study."""
        came = course.seats * self.draws.whole(50, 100, course.id, "reached") // 100
        cells = {"subject": course.id, "kind": "reached", "stage": course.stages[0].value, "year": str(YEAR)}
        self.tables.add("counts.csv", cells | {"value": str(came)})
        if course.type is T.PCSP:
            first = came * self.draws.whole(30, 80, course.id, "first generation") // 100
            self.tables.add("counts.csv", cells | {"value": str(first), "population": "first_generation"})

    def _criteria(self, course: Course) -> None:
        if course.county is not None and course.county.role is CountyRole.NEIGHBOR:
            return
        for criterion, fact in _FACTS.items():
            share = self.draws.share(course.id, criterion)
            status = "met" if share < 0.85 else ("unknown" if share < 0.95 else "not_met")
            if criterion is CriterionTerm.STEM_INTENSIVE:
                status = "met" if int(course.cells["hours"]) >= 100 else "not_met"
            cells = {"subject": course.id, "criterion": criterion.value, "status": status}
            if status != "unknown":
                cells |= {"fact": fact, "link": f"https://{course.operator.id}.example/program"}
            self.tables.add("criteria.csv", cells)
        if self.draws.chance(0.5, course.id, "observed"):
            cells = {"subject": course.id, "tool": "Riverbend program walk (invented)", "assessed_by": "external"}
            self.tables.add("quality_evidence.csv", cells | {"assessed_on": "2025-11"})

    def _accreditation(self, accreditor: str, course: Course, number: int) -> None:
        order = [
            AccreditationStatus.ACCREDITED,
            AccreditationStatus.CANDIDATE,
            AccreditationStatus.SELF_STUDY,
            AccreditationStatus.UNDER_REVIEW,
            AccreditationStatus.LAPSED,
            AccreditationStatus.NOT_STARTED,
        ]
        status = order[number % len(order)]
        cells = {"status": status.value, "since": f"{2021 + number % 5}-09"}
        self.tables.tie(TieType.ACCREDITS, (accreditor, course.id), cells)


def _subject(course: Course) -> str:
    words = "Pre-college STEM program" if course.type is T.PCSP else course.type.value.replace("_", " ").capitalize()
    if course.type in EDUCATOR_PROGRAMS:
        return f"{words} for teachers and facilitators"
    return f"{words} run by {course.operator.name}"
