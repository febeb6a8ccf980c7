"""The words people use in sheets for the terms of the vocabulary, other than types, and how any are found."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from rapidfuzz import fuzz, process

from matchmaker.exchange.mapping import fold_words
from matchmaker.model.vocabulary import (
    ContactRole,
    Population,
    ResourceTerm,
    StageTerm,
)

Term = TypeVar("Term", bound=StrEnum)
LIKE_ENOUGH = 88
"""How alike, of 100, a misspelt word must be to be taken for a known one."""

_R, _S = ResourceTerm, StageTerm

_RESOURCE_WORDS: Mapping[ResourceTerm, str] = {
    _R.MENTORS: "mentors; mentor; mentoring; tutors; tutor; near peer mentors; industry mentors; mentorship",
    _R.VOLUNTEERS: "volunteers; volunteer; volunteering; judges; helpers; volunteer hours; chaperones",
    _R.GUEST_SPEAKERS: "guest speakers; guest speaker; speakers; speaker; classroom speakers; panelists; presenters; "
    "career talks; classroom visits; role models",
    _R.SPACE: "space; room; rooms; classroom space; venue; facility; facilities; meeting space; lab space; "
    "building; location; "
    "program space; event space; classrooms",
    _R.EQUIPMENT: "equipment; supplies; materials; laptops; computers; 3d printer; 3d printers; robots; kits; "
    "robotics kits; "
    "devices; chromebooks; microscopes; tools; technology; software; lab equipment; stem kits; hardware; tablets",
    _R.CURRICULUM: "curriculum; curricula; lesson plans; lessons; content; activities; curriculum support; "
    "instructional materials",
    _R.PROFESSIONAL_DEVELOPMENT: "professional development; pd; teacher training; teacher pd; staff training; "
    "training; "
    "educator training; professional learning; staff development; workshops for teachers",
    _R.FUNDING: "funding; money; grants; grant; sponsorship; sponsors; donations; funds; financial support; "
    "funders; stipends; "
    "sponsor; budget; grant funding; donors; mini grants",
    _R.TRANSPORTATION: "transportation; transport; buses; bus; busing; rides; travel; bus passes; school buses; vans",
    _R.LEARNERS: "learners; students; participants; kids; youth; recruitment; student recruitment; enrollment; "
    "referrals; "
    "girls; youth participants; more students; children; recruits",
    _R.INTERNSHIPS: "internships; internship; interns; work based learning; wbl; placements; work experience; "
    "internship sites; "
    "internship placements; apprenticeships; apprenticeship",
    _R.JOB_SHADOWS: "job shadows; job shadow; job shadowing; shadowing; workplace visits; workplace tours; "
    "site tours; "
    "industry tours; career exposure",
    _R.FIELD_SITES: "field sites; field site; field trips; field trip; field trip site; field trip sites; "
    "outdoor space; "
    "field trip destinations; field study sites; tours; nature site; garden; field experiences",
    _R.EVALUATION: "evaluation; evaluator; assessment; program evaluation; surveys; external evaluator; measurement",
    _R.DATA: "data; data sharing; student data; research data; data support; data analysis; datasets; data dashboard",
    _R.TRANSLATION: "translation; translators; interpreters; interpretation; spanish translation; bilingual staff; "
    "language support; haitian creole translation; interpreting; bilingual support",
    _R.MEALS: "meals; food; snacks; lunch; meal; catering; snack; lunches",
    _R.ADMISSIONS_PATHWAY: "admissions pathway; admissions; college admission; college pathway; articulation; "
    "admission; "
    "dual enrollment; dual enrollment pathway; transfer pathway; college access; college credit; "
    "articulation agreement",
    _R.SCHOLARSHIPS: "scholarships; scholarship; tuition assistance; tuition support; financial aid; camp scholarships",
    _R.COACHING: "coaching; coach; coaches; robotics coach; instructional coaching; team coaches",
    _R.CREDENTIALING: "credentialing; credential; certification; certifications; badges; industry certification; "
    "credentials; "
    "industry certifications; digital badges; micro credentials",
    _R.OUTREACH: "outreach; marketing; publicity; communications; promotion; community outreach; advertising; "
    "social media; "
    "visibility; outreach to families; family engagement; newsletter",
    _R.LEADERSHIP: "leadership; board members; board member; advisory board; champions; leaders; "
    "advisory members; steering committee",
    _R.TECHNICAL_ASSISTANCE: "technical assistance; ta; technical support; it support; consulting; "
    "grant writing; tech support; "
    "expertise; advice; technical expertise; subject matter experts; subject matter expertise",
    _R.CO_DESIGN: "co design; codesign; program design; co development; partnership design; co creation; "
    "joint programming; "
    "program partners; collaboration; partnerships",
}

_ROLE_WORDS: Mapping[ContactRole, str] = {
    ContactRole.ADMISSIONS: "admissions; enrollment; recruitment; director of admissions; registrar",
    ContactRole.PRINCIPAL: "principal; head of school; assistant principal; headmaster; vice principal; school leader",
    ContactRole.AFTERSCHOOL_LEAD: "afterschool lead; after school lead; afterschool coordinator; "
    "after school coordinator; "
    "site coordinator; aftercare director; ost coordinator; 21st cclc; program coordinator; afterschool director",
    ContactRole.COMMUNITY_RELATIONS: "community relations; community engagement; public relations; outreach; "
    "communications; "
    "community outreach; public affairs; family engagement; community liaison; outreach coordinator",
    ContactRole.VOLUNTEER_COORDINATOR: "volunteer coordinator; volunteers; volunteer manager; volunteer services",
    ContactRole.PARTNERSHIPS: "partnerships; partnership manager; business partnerships; external relations; "
    "development; "
    "strategic partnerships; corporate relations; partnerships manager; director of partnerships",
    ContactRole.GENERAL: "general; main; office; front desk; info; main office; reception; executive director; "
    "director; "
    "president; ceo; manager; coordinator; owner; librarian; branch manager; education director; dean; "
    "superintendent; "
    "teacher; staff; administrator",
}

_POPULATION_WORDS: Mapping[Population, str] = {
    Population.AMERICAN_INDIAN_OR_ALASKA_NATIVE: "american indian; native american; alaska native; indigenous; "
    "native americans; "
    "native students",
    Population.ASIAN: "asian; asian american; asian students; asian americans",
    Population.BLACK_OR_AFRICAN_AMERICAN: "black; african american; black students; black youth; "
    "african americans; black girls; "
    "african american students",
    Population.HISPANIC_OR_LATINO: "hispanic; latino; latina; latinx; latine; latino students; "
    "hispanic students; latinos; latinas; "
    "hispanic latino; latino youth",
    Population.NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER: "native hawaiian; pacific islander; pacific islanders",
    Population.GIRLS_AND_WOMEN: "girls; women; girls and women; young women; female students; females; "
    "women and girls; girls in stem",
    Population.MULTILINGUAL_LEARNERS: "multilingual learners; ell; english learners; english language learners; "
    "el; esol; esl; "
    "bilingual students; ells; ell students; english language learner",
    Population.LEARNERS_WITH_DISABILITIES: "learners with disabilities; students with disabilities; "
    "special education; disabilities; "
    "special needs; disabled; swd; ese; youth with disabilities; neurodivergent; autism",
    Population.FIRST_GENERATION: "first generation; first gen; first generation college students; "
    "first generation students",
    Population.LOW_INCOME: "low income; title i; title 1; economically disadvantaged; free and reduced lunch; "
    "frl; low income families; "
    "low income students; free reduced lunch; low ses; title i students; low income youth",
    Population.FOSTER: "foster; foster youth; foster care; foster children",
    Population.UNHOUSED: "unhoused; homeless; homeless youth; experiencing homelessness; mckinney vento",
    Population.MIGRANT: "migrant; migrants; migrant families; farmworkers; farmworker families; migrant students",
    Population.MILITARY_CONNECTED: "military connected; military families; military; veterans; military children",
    Population.JUSTICE_INVOLVED: "justice involved; court involved; justice involved youth; juvenile justice",
    Population.TRIBAL_CITIZENS: "tribal citizens; tribal members; tribal youth",
    Population.RURAL: "rural; rural communities; rural students; rural youth",
}

_STAGE_WORDS: Mapping[str, tuple[StageTerm, ...]] = {
    "prek; pre k; preschool; pk; early childhood; early learning; vpk; pre kindergarten; toddlers; preschoolers": (
        _S.PREK,
    ),
    "early elementary; lower elementary; primary; kindergarten; primary grades": (_S.K_2,),
    "upper elementary; intermediate": (_S.GRADES_3_5,),
    "elementary; elementary school; elem; es; elementary students; grade school": (_S.K_2, _S.GRADES_3_5),
    "middle; middle school; ms; junior high; middle grades; middle school students; middle schoolers": (_S.GRADES_6_8,),
    "high; high school; hs; senior high; teens; high school students; high schoolers": (_S.GRADES_9_12,),
    "secondary; middle and high school; secondary school; middle high school": (_S.GRADES_6_8, _S.GRADES_9_12),
    "k12; k 12; all grades; school age; all k 12; k12 students": (_S.K_2, _S.GRADES_3_5, _S.GRADES_6_8, _S.GRADES_9_12),
    "community college; two year college; 2 year college; associate; associates degree": (_S.POSTSECONDARY_TWO_YEAR,),
    "undergraduate; undergraduates; four year college; 4 year college; bachelors; university students": (
        _S.POSTSECONDARY_FOUR_YEAR,
    ),
    "graduate; graduate students; graduate school; masters; phd; doctoral": (_S.GRADUATE,),
    "apprenticeship; apprentices; credential; certificate; industry certification": (_S.APPRENTICESHIP_OR_CREDENTIAL,),
    "early career; young professionals; recent graduates; early career professionals": (_S.EARLY_CAREER,),
    "incumbent workers; incumbent worker; adult workers; workforce": (_S.INCUMBENT_WORKER,),
}

_LANGUAGE_WORDS = (
    "en English; es Spanish,Español,Espanol,Castellano; "
    "ht Haitian Creole,Kreyol,Kreyòl,Creole,Haitian Kreyol,Haitian; "
    "pt Portuguese,Português; fr French,Français; zh Chinese,Mandarin,Mandarin Chinese; yue Cantonese; "
    "vi Vietnamese; "
    "ar Arabic; ru Russian; ase ASL,American Sign Language,Sign Language; ko Korean; tl Tagalog,Filipino; so Somali; "
    "uk Ukrainian; hmn Hmong; ja Japanese; de German,Deutsch; it Italian; hi Hindi; pl Polish; "
    "fa Farsi,Persian,Dari; "
    "he Hebrew; am Amharic; sw Swahili; nv Navajo; ne Nepali; my Burmese; km Khmer; lo Lao; pa Punjabi; ur Urdu; "
    "bn Bengali; gu Gujarati; te Telugu; ta Tamil; el Greek; ro Romanian; chk Chuukese; mh Marshallese; "
    "quc K'iche',Quiche; "
    "mam Mam; haw Hawaiian; sm Samoan; tr Turkish; th Thai"
)

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        fold_words(name): entry.strip().split(" ", 1)[0]
        for entry in _LANGUAGE_WORDS.split(";")
        for name in (*entry.strip().split(" ", 1)[1].split(","), entry.strip().split(" ", 1)[0])
    }
)
"""Language codes by folded name or code."""


def _by_word(words: Mapping[Term, str]) -> Mapping[str, Term]:
    found = {fold_words(term.value): term for term in words}
    for term, listed in words.items():
        for word in listed.split(";"):
            found.setdefault(fold_words(word), term)
    return MappingProxyType(found)


RESOURCES = _by_word(_RESOURCE_WORDS)
ROLES = _by_word(_ROLE_WORDS)
POPULATIONS = MappingProxyType({**_by_word(_POPULATION_WORDS), **{fold_words(term): term for term in Population}})
STAGES: Mapping[str, tuple[StageTerm, ...]] = MappingProxyType(
    {
        **{word.strip(): stages for listed, stages in _STAGE_WORDS.items() for word in listed.split(";")},
        **{fold_words(term.value): (term,) for term in StageTerm},
    }
)
"""The stages that words for them stand for, by folded word."""


def find_term(text: str, words: Mapping[str, Term], *, inside: bool = True) -> Term | None:
    """Return the term that a cell's words stand for.

    Tried in turn: the words as they are; without a plural s; the longest known words inside (at least four letters; of
    equally long ones the last, as in "church school"), unless ``inside`` is False; a misspelling.

    >>> from matchmaker.exchange.readers.type_words import ORGANIZATIONS
    >>> find_term("Elementary Schools", ORGANIZATIONS), find_term("Local non-profit", ORGANIZATIONS)
    (<OrganizationType.K12_SCHOOL: 'k12_school'>, <OrganizationType.COMMUNITY_ORGANIZATION: 'community_organization'>)
    >>> find_term("Univeristy", ORGANIZATIONS), find_term("blue", ORGANIZATIONS)
    (<OrganizationType.FOUR_YEAR_COLLEGE: 'four_year_college'>, None)
    """
    folded = fold_words(text)
    if not folded:
        return None
    found = words.get(folded) or words.get(folded.removesuffix("s"))
    if found is None and inside:
        found = _inside(folded, words)
    if found is None and len(folded) >= 5:
        near = process.extractOne(folded, words.keys(), scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH)
        found = words[near[0]] if near else None
    return found


def is_plain_word(text: str, words: Mapping[str, Term]) -> bool:
    """Say whether a text is nothing but a known word, so that it says no more than its term.

    >>> is_plain_word("Buses", RESOURCES), is_plain_word("two buses on Fridays", RESOURCES)
    (True, False)
    """
    folded = fold_words(text)
    return folded in words or folded.removesuffix("s") in words


def _inside(folded: str, words: Mapping[str, Term]) -> Term | None:
    tokens = [token.removesuffix("s") for token in folded.split()]
    best: tuple[int, int] = (0, 0)
    found: Term | None = None
    known = _singular(tuple(words))
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + 6, len(tokens)) + 1):
            phrase = " ".join(tokens[start:end])
            if len(phrase) >= 4 and phrase in known and (len(phrase), start) > best:
                best, found = (len(phrase), start), words[known[phrase]]
    return found


@cache
def _singular(words: tuple[str, ...]) -> Mapping[str, str]:
    """Return the words by their form without plural s."""
    return {" ".join(token.removesuffix("s") for token in word.split()): word for word in reversed(words)}
