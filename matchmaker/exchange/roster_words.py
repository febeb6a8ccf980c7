"""The words by which a list of learners and their families is told from a list of organizations and their staff."""

import re
import unicodedata
from enum import StrEnum
from types import MappingProxyType


class Sign(StrEnum):
    """What a column is about, where it is about a person."""

    LEARNER = "learner"
    """One learner's id or name; enough by itself, as are birth, family and support."""
    BIRTH = "birth"
    FAMILY = "family"
    SUPPORT = "support"
    PERSON = "person"
    """Somebody's name; together with one of those below it is a list of people."""
    GRADE = "grade"
    AGE = "age"
    GENDER = "gender"
    ETHNICITY = "ethnicity"
    HOMEROOM = "homeroom"
    MEALS = "meals"
    LANGUAGE = "language"
    HEALTH = "health"
    EMERGENCY = "emergency"
    TRANSPORT = "transport"
    RESULTS = "results"


DECISIVE = frozenset({Sign.LEARNER, Sign.BIRTH, Sign.FAMILY, Sign.SUPPORT})
TRAITS = frozenset(Sign) - DECISIVE - {Sign.PERSON}

_PARTS = (
    ("person", "<learner>|participants?|participantes?|enrollees?|athletes?|members?|youths?"),
    ("learner", "students?|pupils?|learners?|child(?:ren)?|childs|campers?|scholars?|kids?|<spanish>|eleves?|elev"),
    ("spanish", "estudiantes?|alumn[oa]s?|nin[oa]s?"),
    ("one", "student|pupil|learner|child|camper|scholar|estudiante|alumno|alumna|eleve"),
    ("family", "(?:step|grand)?(?:mother|father)|mom|dad|madre|padre|mama|papa|mere|pere|manman"),
    ("family_es", "padres?|madre|tutora?|acudiente|encargad[oa]"),
    ("reach", "<name>|first|last|apellidos?|nombres?|<contact>|relationship|signature|firma|id|language"),
    (
        "contact",
        "e ?mails?(?: address)?|correo|(?:home |work |cell )?phones?(?: number)?|cell|mobile|telefono|address|contact",
    ),
    ("name", "(?:<which> )?(?:<order>)? ?(?:and last )?names?|last first|first last|initials?"),
    ("which", "legal|preferred|full|complete"),
    ("order", "first|last|middle|given|family|sur|fore|nick"),
    ("id", "(?:state |local |district |school )?(?:id|ids|identifier|number|no|num|nbr|code|key|uid|ssid)"),
    ("level", "grade(?: ?level)?|gr(?: level)?|grd|year group|grado(?: escolar)?|curso|niveau|klas|serie"),
    ("flag", "status|code|flag|eligibility|eligible|level|y n"),
)
"""Parts of the phrases below, which name each other in angle brackets."""

_PHRASES = MappingProxyType(
    {
        Sign.LEARNER: r"""
            (?:the |your |my )?<learner> <name>(?: first(?: and)? last)?
            (?:<which>|<order>)? ?names? of (?:the |your |my )?<learner>
            (?:state |local |district )?<one> <id>
            (?:student|pupil|child|camper|youth) (?:home )?(?:<contact>|password|username)
            (?:enrollee|athlete|youth) (?:first|last|middle) names?
            (?:nombres?|apellidos?|matricula|id|numero|correo)(?: y apellidos?| completo)? del? (?:la |el )?<spanish>
            (?:nombres?|apellidos?)(?: completo)? de (?:su |mi )?hij[oa]
            ssid|sasid|lasid|perm id|studentid|studentno|(?:numero de )?matricula|curp
            (?:nom|prenom) de l ?eleve|non elev(?: la)?
        """,
        Sign.BIRTH: r"""
            (?:<person> )?(?:dob|d o b|birth ?dates?|date of birth|birth ?days?|born(?: on)?)(?: mm dd (?:yy)+)?
            (?:<person> )?(?:year of birth|birth year|birth month|place of birth|birth ?place)
            (?:fecha|lugar|ano) (?:de )?(?:nacimiento|nac)|f nac
            date de naissance|data de nascimento|dat nesans|geburtsdatum
            (?:social security|soc sec)(?: number| no| num)?|ssn|ss number|numero de seguro social
        """,
        Sign.FAMILY: r"""
            (?:.* )?guardians?(?:email|phone|name|contact)?(?: \d)?(?: <reach>)?(?: \d)?
            (?:<learner> )?<family>(?: \d)?(?: <reach>)?
            parents?(?: \d| one| two)(?: <reach>)?
            (?:<learner> )?parents? (?:(?:first|last|full) names?|<contact>|signature|relationship)
            (?:nombre|apellidos?) (?:del? )?(?:la |los )?<family_es>(?: .*)?
            (?:telefono|correo|firma) (?:del? )?(?:la |los )?<family_es>(?: .*)?
            tutor legal|acudiente|padre o tutor|padre madre o tutor
            relationship to (?:student|child|camper)
        """,
        Sign.SUPPORT: r"""
            (?:has |on )?(?:an )?iep(?: (?:<flag>|date|due|due date|goals?|manager|review|review date|type))?
            (?:has |on )?(?:a )?(?:section )?504(?: (?:plan|<flag>|accommodations?))?
            iep (?:or )?504(?: plan| status)?
            (?:sped|special ed|special education|swd) <flag>|primary disability(?: code| category| type)?
            (?:secondary )?disability (?:code|category|type)|exceptionality|case manager
            (?:foster care|homeless|mckinney vento) (?:status|flag)|discipline incidents?
        """,
        Sign.PERSON: r"""
            (?:<which> )?(?:<order>) ?names?|first|last|surname|first last|last ?first|names? last first
            first and last names?|full names?
            (?:participant|youth|enrollee|athlete|member) (?:(?:first|last|middle|full) )?names?
            nombres?(?: y)? apellidos?|apellidos?(?: y nombres?| paterno| materno)?
            (?:primer|segundo) (?:nombre|apellido)
            prenoms?|nom de famille|sobrenome
        """,
        Sign.GRADE: r"""
            (?:<person> )?(?:(?:current|entering|rising|incoming) )?<level>(?: (?:in )?fall)?(?: ?\d{2,4}){0,2}
            grade (?:in|as of) .*|graduation year|grad year|class of|cohort year
        """,
        Sign.AGE: r"(?:<person> )?(?:age|edad|idade|laj)(?: at .*| as of .*| in years| years)?",
        Sign.GENDER: r"(?:<person> )?(?:gender|sex|genero|sexo|pronouns|sexe)(?: identity)?(?: m f)?",
        Sign.ETHNICITY: r"(?:<person> )?(?:race|ethnicity|ethnic group|race ethnicity|etnia|raza|ethnic code)",
        Sign.HOMEROOM: r"""
            home ?room(?: teacher| number| no)?|advisory(?: teacher)?|hr teacher|classroom teacher|salon
            locker(?: number)?
        """,
        Sign.MEALS: r"""
            (?:lunch|meal|free (?:or )?reduced)(?: lunch| price)* (?:<flag>|pin)|frl|frpl|lunch
            free (?:or )?reduced lunch
        """,
        Sign.LANGUAGE: r"""
            (?:ell?|eld|lep|esl|esol|emergent bilingual|english (?:language )?learner)(?: <flag>)?|home language
        """,
        Sign.HEALTH: r"""
            (?:food |known |any |medical )*(?:allerg(?:ies|y)|alergias?)(?: .*)?|medications?(?: .*)?|epi ?pen
            medical (?:conditions?|notes?|concerns?|information|needs|insurance)|immunizations?
            health (?:conditions?|insurance|notes?|concerns?)|physician|doctors?(?: name| phone)?
            swim(?:ming)? (?:level|ability)|t ?shirt size
        """,
        Sign.EMERGENCY: r"""
            emergency (?:contact|phone|name)(?: .*)?|contacto de emergencia(?: .*)?
            (?:authorized|allowed) (?:for |to )?pick ?up(?: .*)?|pick ?up(?: person| authorization)?
            photo (?:consent|release)
        """,
        Sign.TRANSPORT: r"""
            bus(?: number| no| route| stop| rider| am| pm)*|(?:am|pm) (?:bus|stop|route)|stop(?: time| number)?
            ruta|parada|pick ?up time|drop ?off(?: time)?
        """,
        Sign.RESULTS: r"""
            gpa|(?:days )?absen(?:t|ces)|attendance(?: rate)?|tard(?:y|ies)|final grade|period \d
            (?:reading|math|test|sat|act|map|lexile) (?:score|level|rit)
        """,
    }
)


def _compiled(phrases: str) -> re.Pattern[str]:
    """Return the pattern that any of the lines matches."""
    pattern = "|".join(line.strip() for line in phrases.splitlines() if line.strip())
    while "<" in pattern:
        for name, part in _PARTS:
            pattern = pattern.replace(f"<{name}>", f"(?:{part})")
    return re.compile(pattern)


_COMPILED = MappingProxyType({sign: _compiled(phrases) for sign, phrases in _PHRASES.items()})

WORK = _compiled("""
    (?:job |work )?titles?|job|positions?|roles?(?: at .*)?|departments?|dept|work (?:e ?mail|phone)(?: .*)?
    occupation|cargo|puesto|subjects? taught|grades? taught|employer|office(?: phone)?|extension|ext|fte|certification
    (?:staff|employee|educator)(?: .*)?
""")
"""Headings of a list of staff."""

COUNTED = _compiled(r"""
    (?:.* )?(?:counts?|totals?|enrol+ments?|students|pupils|learners|percent|percentage|pct|rate)(?: .*)?
    (?:.* )?(?:value|headcount|membership|n)(?: .*)?|(?:number|num|no) (?:of )?.*
""")
"""Headings of a table that counts people."""

NAMING = _compiled("""
    (?:full )?names?(?: .*)?|nombres?|label|participants?|students?|<spanish>|campers?|who|person|people|nom|nome|non
""")
"""Headings under which the name of whatever a row is about stands."""

KIND = re.compile(r"(?:element )?types?|kind|role|categor(?:y|ia)|tipo|group|rol")
LEARNER_VALUE = re.compile(r"(?:student|pupil|learner|camper|child|kid|estudiante|alumn[oa]|nin[oa]|eleve)")

_ORGANIZATION_WORDS = """
    academy afterschool agency alliance arena arts association authority bank board boys bureau business camp care
    center centers centre chamber charter church city clinic club coalition collaborative collective college commission
    community company consortium corp corporation council county department district division early education
    elementary engineering enterprises extension federation foundation fund garden gardens girls group guild health
    high hospital hub inc incorporated industries initiative institute intermediate international isd junior lab
    laboratories laboratory labs league learning library llc llp local ltd magnet makerspace manufacturing medical
    middle ministry montessori museum nation national network nonprofit observatory office organization park parks
    partners partnership planetarium prep preparatory preschool primary program programs project public regional
    research robotics school schools science sciences senior service services society solutions state stem studio
    systems team technical technologies technology theater theatre tribe trust union united university usd ymca ywca
    youth zoo escuela colegio universidad museo biblioteca centro fundacion instituto ecole bibliotheque the of and for
    at
"""
ORGANIZATION = frozenset(re.findall(r"\w+", _ORGANIZATION_WORDS))
"""Words that a person's name doesn't hold."""


def fold(heading: str) -> str:
    """Return a heading as plain lower-case words.

    >>> fold("Student's First-Name (legal)"), fold("StudentNumber"), fold("N\u00famero de matr\u00edcula")
    ('student first name legal', 'student number', 'numero de matricula')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading[:200])
    plain = unicodedata.normalize("NFKD", apart.replace("\u2019", "'")).casefold()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"'s\b|s'(?=\s|$)", "", plain)
    return " ".join(re.findall(r"[^\W_]+|#", re.sub(r"\[\d+\]", " ", plain))).replace("#", "number")


def find_sign(heading: str) -> Sign | None:
    """Return what a heading says about a person, the most telling sign first; None where it says nothing."""
    words = fold(heading)
    if not words:
        return None
    return next((sign for sign, pattern in _COMPILED.items() if pattern.fullmatch(words)), None)
