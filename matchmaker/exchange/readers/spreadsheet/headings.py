"""Which words in a heading mean which target."""

from collections.abc import Mapping
from types import MappingProxyType

from rapidfuzz import fuzz, process

from matchmaker.exchange.mapping import TARGETS, Target, fold_words

T = Target
NEAR = 85
"""How alike, of 100, a misspelt heading must be to a known one."""

_WORDS: Mapping[Target, str] = {
    T.NAME: "organization; organisation; organization name; org; org name; partner organization; agency; "
    "agency name; "
    "name of organization; institution; institution name; school name; school; company; company name; site name; "
    "name; partner organization name; organization partner; entity; group; group name; organizacion; nombre; "
    "nombre de la organizacion; community partner; member organization; org school; school organization; "
    "organization school; business name; provider; provider name; partner name; partner; nonprofit name",
    T.ALIASES: "aliases; alias; also known as; aka; a k a; other names; other name; former name; former names; "
    "formerly; "
    "acronym; abbreviation; dba; short name; common name",
    T.TYPE: "type; org type; organization type; type of organization; sector; sector type; partner type; category; "
    "organization category; kind; type of partner; classification; industry sector; school type; tipo; "
    "partner category; "
    "institution type; agency type; type sector; entity type; sector or type",
    T.DESCRIPTION: "description; about; mission; mission statement; summary; what they do; overview; bio; blurb; "
    "profile; "
    "organization description; descripcion; short description; program description",
    T.WEBSITE: "website; web site; url; web; homepage; home page; web page; link; website url; site url; "
    "web address; "
    "organization website; sitio web; webpage; www; internet",
    T.ADDRESS: "address; street address; street; mailing address; address 1; address line 1; physical address; "
    "location; "
    "direccion; site address; location address; full address; address1",
    T.CITY: "city; town; municipality; ciudad; city town; mailing city",
    T.STATE: "state; st; province; estado; state abbr; mailing state; state province",
    T.ZIP: "zip; zip code; zipcode; postal code; postcode; zip 5; zip5; codigo postal; mailing zip; postal; "
    "5 digit zip; zip postal code",
    T.COUNTY: "county; county name; county fips; fips; parish; condado; county served",
    T.LATITUDE: "latitude; lat; y; lat dd; latitud; y coordinate; geo latitude",
    T.LONGITUDE: "longitude; long; lon; lng; x; longitud; x coordinate; geo longitude",
    T.POSITION: "coordinates; lat long; lat lon; latlong; lat lng; gps; location coordinates; "
    "latitude longitude; gps coordinates; geo",
    T.ID: "matchmaker id; partner id; matchmaker",
    T.UNITID: "unitid; unit id; ipeds; ipeds id; ipeds unitid; ipeds number",
    T.NCESSCH: "ncessch; nces school id; nces id; ncesid; nces; school nces id; nces school number; nces school; "
    "nces number",
    T.LEAID: "leaid; lea id; nces district id; district nces id; nces lea id; nces district",
    T.MID: "mid; museum id; mudf id; museum number",
    T.FSCS: "fscs; fscs key; fscskey; library id; fscs id",
    T.ROR: "ror; ror id",
    T.PSS_ID: "pss id; ppin; private school id; pss; pss school id",
    T.OPEID: "opeid; ope id; ope",
    T.EIN: "ein; tax id; employer identification number; federal tax id; fein; tin; tax id number; irs number; "
    "ein number; tax id ein",
    T.STAGES: "grades served; grades; grade levels; grade level; grade span; grade range; ages served; stages; "
    "stages served; "
    "grade levels served; levels served; grados; grade band; grade bands; audience grades; age group; "
    "school level; level; "
    "grades offered; students served grades; target grades",
    T.LANGUAGES: "languages; language; languages spoken; idiomas; language s; languages offered; "
    "staff languages; languages served",
    T.INTENDS_TO_SERVE: "population served; populations served; who they serve; target population; "
    "target populations; "
    "focus population; priority populations; populations; intends to serve; target audience; priority population; "
    "communities served; students served; demographics served; focus populations; audience; who you serve",
    T.PROGRAMS: "programs; program; program name; program names; stem programs; stem program; programs offered; "
    "programming; "
    "initiatives; activities; services; current programs; name of program; programas; program title; program s; "
    "stem programming; "
    "stem offerings; stem activities",
    T.PROGRAM_TYPE: "program type; type of program; program category; program format; programming type; "
    "activity type; "
    "kind of program; program model",
    T.SEATS: "seats; program capacity; slots; spots; number of seats; program seats; seats per year; "
    "enrollment capacity; "
    "number of slots",
    T.PARTNERS: "partner with; partners with; partners; works with; current partners; partnerships; collaborators; "
    "collaborates with; existing partners; existing partnerships; partner organizations; connected to; "
    "partnered with; "
    "school partners; community partners; who do you partner with; current partnerships; key partners; "
    "collaborations; "
    "partners worked with; socios",
    T.PART_OF: "part of; district; school district; parent organization; parent; district name; belongs to; "
    "parent org; "
    "fiscal sponsor; system; umbrella organization; lea name; parent agency; affiliated with",
    T.MEMBER: "member; member y n; is member; membership; ecosystem member; member of ecosystem; active member; "
    "member status",
    T.NEEDS: "needs; need; looking for; what do you need; seeking; requests; asks; ask; wants; support needed; "
    "needed; "
    "resources needed; what they need; necesidades; needs help with; would like; gaps; current needs; in need of",
    T.OFFERS: "offers; offer; can offer; offering; offerings; can provide; assets; what can you offer; "
    "resources offered; gives; "
    "give; what they offer; provides; strengths; resources available; ofrece; can share; willing to offer; resources",
    T.CAPACITY_AVAILABLE: "available capacity; capacity available; open spots; remaining capacity; openings; "
    "open seats; "
    "available slots; room for; available spots; capacity left; spots left",
    T.CAPACITY_MAXIMUM: "capacity; maximum capacity; max capacity; capacity maximum; total capacity; "
    "max students; capacity max; "
    "max participants; max",
    T.CONTACT_ROLE: "contact role; contact title; title; role; position; job title; contact position; "
    "contact job title; cargo; "
    "title of contact; contact person title",
    T.CONTACT_EMAIL: "email; e mail; email address; contact email; contact e mail; work email; mail; e mail address; "
    "primary email; correo; correo electronico; contact email address; primary contact email; work e mail; "
    "email contact",
    T.CONTACT_PHONE: "phone; phone number; telephone; tel; contact phone; work phone; phone no; office phone; "
    "telefono; "
    "primary phone; main phone; telephone number; cell; mobile; cell phone; contact phone number; "
    "primary contact phone; contact number",
    T.CONTACT_NAME: "contact; contact name; contact person; primary contact; point of contact; poc; "
    "main contact; key contact; "
    "contact info; contact information; staff contact; contacto; first name; last name; contact first name; "
    "contact last name; representative; principal; director; liaison; lead contact; executive director; coordinator; "
    "program contact; person; contacts; name of contact; submitted by; principal name; staff name; contact full name",
    T.CONTACT_AGREED_ON: "agreed on; agreed; consent date; permission date; consent given; contact agreed on; "
    "agreed to be listed; "
    "permission to list; date of consent",
    T.OBSERVED_ON: "last updated; updated; date updated; date; as of; last verified; verified on; date verified; "
    "last contact date; "
    "timestamp; last modified; date added; updated on; last update; entry date; date entered; modified; "
    "observed on; fecha; "
    "last confirmed; date collected; last checked",
    T.SOURCE: "source; data source; information source; source of information; entered by; added by; "
    "asserted by; info source",
    T.IGNORED: "notes; note; comments; comment; follow up; status; internal notes; remarks; no; number; row; id; "
    "tags; priority; "
    "next steps; next step; todo; fax; column; attended; attendance; staff lead",
}


def _known() -> dict[str, Target]:
    found: dict[str, Target] = {}
    for target, words in _WORDS.items():
        for word in words.split(";"):
            found.setdefault(fold_words(word), target)
    for target, spec in TARGETS.items():
        found.setdefault(fold_words(spec.title), target)
        if target not in {T.KEPT, T.IGNORED}:
            found.setdefault(fold_words(target.value), target)
    return found


HEADINGS: Mapping[str, Target] = MappingProxyType(_known())
"""Targets by folded heading."""

_CONTACT_PARTS = {
    T.NAME: T.CONTACT_NAME,
    T.CONTACT_NAME: T.CONTACT_NAME,
    T.TYPE: T.CONTACT_ROLE,
    T.CONTACT_ROLE: T.CONTACT_ROLE,
    T.OBSERVED_ON: T.CONTACT_AGREED_ON,
}
_PROGRAM_PARTS = {
    T.NAME: T.PROGRAMS,
    T.TYPE: T.PROGRAM_TYPE,
    T.CAPACITY_MAXIMUM: T.SEATS,
    T.STAGES: T.STAGES,
}
"""What a heading means under another one that speaks of contacts, or of programs."""

PERSONAL_WORDS = frozenset(
    [
        "contact",
        "person",
        "principal",
        "director",
        "teacher",
        "staff",
        "liaison",
        "coordinator",
        "email",
        "mail",
        "phone",
        "cell",
        "mobile",
        "telephone",
        "representative",
        "owner",
        "president",
        "leader",
        "manager",
        "poc",
        "birth",
        "dob",
        "student",
        "child",
        "guardian",
        "parent",
    ]
)
"""Words in a heading that make a column one about people."""


def meaning_of(heading: str) -> tuple[Target, float, str] | None:
    """Return what a heading means, how sure that is from 0 to 1, and why; None where no word of it is known.

    >>> meaning_of("Org. Name")[:2], meaning_of("Contact / Name")[0], meaning_of("Webiste")[:2]
    ((<Target.NAME: 'name'>, 0.95), <Target.CONTACT_NAME: 'contact_name'>, (<Target.WEBSITE: 'website'>, 0.75))
    """
    group, _, own = heading.rpartition(" / ")
    if group:
        return _in_group(heading, group, own)
    folded = fold_words(heading)
    if not folded:
        return None
    if folded in HEADINGS:
        return HEADINGS[folded], 0.95, f"its heading is a word for {_title(HEADINGS[folded])}"
    found = _longest_inside(folded)
    if found is not None:
        return HEADINGS[found], 0.7, f"its heading holds “{found}”, a word for {_title(HEADINGS[found])}"
    near = (
        process.extractOne(folded, HEADINGS.keys(), scorer=fuzz.ratio, score_cutoff=NEAR) if len(folded) > 3 else None
    )
    if near is not None:
        return HEADINGS[near[0]], 0.75, f"its heading is nearly “{near[0]}”, a word for {_title(HEADINGS[near[0]])}"
    return None


def is_personal(heading: str) -> bool:
    """Say whether a heading speaks of a person, so that no value under it is shown."""
    words = set(fold_words(heading).split())
    return bool(PERSONAL_WORDS & words) or ("name" in words and bool({"first", "last", "full"} & words))


def _in_group(heading: str, group: str, own: str) -> tuple[Target, float, str] | None:
    whole = fold_words(heading)
    if whole in HEADINGS:
        return HEADINGS[whole], 0.95, f"its heading is a word for {_title(HEADINGS[whole])}"
    found = meaning_of(own)
    if found is None:
        above = meaning_of(group)
        return (above[0], 0.5, f"it stands under “{group}”") if above is not None else None
    words = set(fold_words(group).split())
    parts = {}
    if words & {"contact", "contacts", "principal", "liaison", "person", "staff"}:
        parts = _CONTACT_PARTS
    elif words & {"program", "programs", "programming"}:
        parts = _PROGRAM_PARTS
    if found[0] in parts:
        return parts[found[0]], 0.9, f"it stands under “{group}”: {_title(parts[found[0]])}"
    return found


def _longest_inside(folded: str) -> str | None:
    tokens = folded.split()
    best = ""
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + 5, len(tokens)) + 1):
            phrase = " ".join(tokens[start:end])
            if len(phrase) >= max(4, len(best)) and phrase in HEADINGS:
                best = phrase
    return best or None


def _title(target: Target) -> str:
    return TARGETS[target].title
