"""Names and web addresses as registers have them, made readable."""

import re
from functools import cache

from matchmaker.model.identifiers import is_identifier

_SMALL_WORDS = "an and at by de del for from in of on or the to with"
_CAPITAL_WORDS = (
    "II III IV VI VII VIII IX XI XII USA US USS UK NASA NOAA YMCA YWCA JCC VFW KIPP STEM STEAM NFP LLC LLP AMVETS "
    "FSU FAU FIU UCF USF FAMU UF DBA TV AM FM RV PK KG"
)
_SHORT_WORDS = "ST STE MT FT DR JR SR LTD INC CORP CO ASSN SOC SCTY CNTY DIST TR BLDG DEPT CTR MRS MR"
_SMALL = frozenset(_SMALL_WORDS.split())
_CAPITALS = frozenset(_CAPITAL_WORDS.split())
_SHORTENED = frozenset(_SHORT_WORDS.split())
_WORD = re.compile(r"[^\s/()\-]+|[\s/()\-]+")
_MARKS = ".,;:'\"&#"
_VOWELS = frozenset("AEIOUY")
_LONGEST_ACRONYM = 3
"""A longer word without vowels is a shortened one, such as HSTRCL."""

_SCHEME = re.compile(r"^[a-z]+:/{1,3}", re.IGNORECASE)


def readable_name(text: str) -> str:
    """Return a name that is written in capitals in title case; any other as it is, without repeated blanks.

    Only case changes, so that no letter of the register's own spelling is lost.

    >>> readable_name("PHILLIP AND PATRICIA FROST MUSEUM OF SCIENCE"), readable_name("Reed College")
    ('Phillip and Patricia Frost Museum of Science', 'Reed College')
    >>> readable_name("MCCOOK COUNTY O'BRIEN HOUSE, INC."), readable_name("U. S. ARMY 8TH AIR FORCE II")
    ("McCook County O'Brien House, Inc.", 'U. S. Army 8th Air Force II')
    """
    text = " ".join(text.split())
    if text != text.upper():
        return text
    parts = _WORD.findall(text)
    last = max((index for index, part in enumerate(parts) if not part[0].isspace()), default=0)
    return "".join(_word(part, edge=index in {0, last}) for index, part in enumerate(parts))


@cache
def _word(word: str, *, edge: bool) -> str:
    bare = word.strip(_MARKS)
    if not edge and bare.lower() in _SMALL:
        return word.lower()
    if bare in _CAPITALS or len(bare) < 2 or "." in bare:
        return word
    if bare and bare[0].isdigit():
        return word.lower() if not bare.isdigit() and bare[-2:] in {"ST", "ND", "RD", "TH"} else word
    if bare not in _SHORTENED and len(bare) <= _LONGEST_ACRONYM and bare.isalpha() and not set(bare) & _VOWELS:
        return word
    return _capitalized(word)


def _capitalized(word: str) -> str:
    lower = word.lower()
    letters = [index for index, letter in enumerate(lower) if letter.isalnum()]
    if not letters:
        return word
    start = letters[0]
    done = lower[:start] + lower[start].upper() + lower[start + 1 :]
    if lower[start:].startswith("mc") and len(lower) > start + 3:
        done = done[: start + 2] + done[start + 2].upper() + done[start + 3 :]
    if len(lower) > start + 3 and lower[start + 1] == "'":
        done = done[: start + 2] + done[start + 2].upper() + done[start + 3 :]
    return done


def parse_web_address(text: str) -> tuple[str, str]:
    """Return a web address with its scheme, and its domain without ``www``; both empty where there is none in it.

    >>> parse_web_address("WWW.MDC.EDU/"), parse_web_address("thefrost.fiu.edu"), parse_web_address("n/a")
    (('http://www.mdc.edu/', 'mdc.edu'), ('http://thefrost.fiu.edu', 'thefrost.fiu.edu'), ('', ''))
    """
    text = text.strip()
    scheme = _SCHEME.match(text)
    rest = text[scheme.end() :] if scheme else text
    if not rest or " " in rest or "@" in rest:
        return "", ""
    host, slash, path = rest.partition("/")
    domain = host.partition(":")[0].lower().rstrip(".").removeprefix("www.")
    if not is_identifier("web_domain", domain):
        return "", ""
    secure = bool(scheme) and text.lower().startswith("https")
    return f"http{'s' if secure else ''}://{host.lower()}{slash}{path}", domain
