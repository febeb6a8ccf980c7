"""Identifiers as registers write them: kept as text, checked, never guessed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

_STATES = (
    "01 02 04 05 06 08 09 10 11 12 13 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 "
    "42 44 45 46 47 48 49 50 51 53 54 55 56 60 66 69 72 78"
)
_STATE_FIPS = frozenset(_STATES.split())
_NCES_STATES = _STATE_FIPS | {"58", "59", "61", "63"}
"""State codes in NCES ids: FIPS, and 58, 61 and 63 for the Department of Defense, 59 for Indian education."""

_ISO_3166_1 = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
    "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP "
    "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS "
    "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
    "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
_COUNTRIES = frozenset(_ISO_3166_1.split())


@dataclass(frozen=True, slots=True)
class IdentifierRule:
    """How one identifier is written.

    Attributes
    ----------
    rule
        What is valid, in words.
    matches
        Says whether a text is written so.
    unique
        Whether it identifies one organization; the others are evidence shared by many, or codes.
    """

    rule: str
    matches: Callable[[str], bool]
    unique: bool = False


def _pattern(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)

    def matches(text: str) -> bool:
        return compiled.fullmatch(text) is not None

    return matches


def _is_leaid(text: str) -> bool:
    return re.fullmatch(r"\d{7}", text, re.ASCII) is not None and text[:2] in _NCES_STATES


def _is_ncessch(text: str) -> bool:
    return re.fullmatch(r"\d{12}", text, re.ASCII) is not None and _is_leaid(text[:7])


def _is_in_state(digits: int) -> Callable[[str], bool]:
    """Return a test for that many digits, the first two a state's FIPS code."""
    pattern = _pattern(rf"\d{{{digits}}}")
    return lambda text: pattern(text) and text[:2] in _STATE_FIPS


def _is_region(text: str) -> bool:
    return re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", text, re.ASCII) is not None and text[:2] in _COUNTRIES


def _is_ror(text: str) -> bool:
    """ROR ids: 0, six of Crockford's base 32, and two check digits by ISO 7064 (mod 97-10)."""
    if re.fullmatch(r"0[a-hj-km-np-tv-z0-9]{6}\d{2}", text, re.ASCII) is None:
        return False
    number = 0
    for character in text[:7]:
        number = number * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(character)
    return 98 - (number * 100) % 97 == int(text[7:])


IDENTIFIERS: Mapping[str, IdentifierRule] = MappingProxyType(
    {
        "leaid": IdentifierRule("7 digits, the first two a state's FIPS code", _is_leaid, unique=True),
        "ncessch": IdentifierRule("12 digits that start with the district's LEAID", _is_ncessch, unique=True),
        "pss_id": IdentifierRule("8 letters or digits", _pattern(r"[A-Z0-9]{8}"), unique=True),
        "unitid": IdentifierRule("6 digits", _pattern(r"\d{6}"), unique=True),
        "mid": IdentifierRule("10 digits", _pattern(r"\d{10}"), unique=True),
        "fscs": IdentifierRule(
            "two letters and four digits, for an outlet with -NNN",
            _pattern(r"[A-Z]{2}\d{4}(-\d{3})?"),
            unique=True,
        ),
        "ror": IdentifierRule("nine characters such as 00yn2fy02, with a valid checksum", _is_ror, unique=True),
        "ein": IdentifierRule("9 digits", _pattern(r"\d{9}")),
        "opeid": IdentifierRule("8 digits", _pattern(r"\d{8}")),
        "web_domain": IdentifierRule(
            "a domain such as pdx.edu", _pattern(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
        ),
        "naics": IdentifierRule("2 to 6 digits, or a range such as 31-33", _pattern(r"\d{2,6}|\d{2}-\d{2}")),
        "isic": IdentifierRule("2 to 4 digits, or a letter and up to 4 digits", _pattern(r"\d{2,4}|[A-V]\d{0,4}")),
        "soc": IdentifierRule("NN-NNNN", _pattern(r"\d{2}-\d{4}")),
        "isco": IdentifierRule("1 to 4 digits", _pattern(r"\d{1,4}")),
        "cip": IdentifierRule("NN.NNNN, NN.NN or a two-digit family NN", _pattern(r"\d{2}(\.\d{2}(\d{2})?)?")),
        "zip": IdentifierRule("5 digits, or 5+4", _pattern(r"\d{5}(-\d{4})?")),
        "county_fips": IdentifierRule("5 digits, the first two a state's FIPS code", _is_in_state(5)),
        "tract": IdentifierRule("11 digits, the first two a state's FIPS code", _is_in_state(11)),
        "country": IdentifierRule("the two letters of ISO 3166-1, such as US", _COUNTRIES.__contains__),
        "region": IdentifierRule("such as US-OR, ISO 3166-2", _is_region),
        "isced": IdentifierRule("one digit, 0 to 8", _pattern(r"[0-8]")),
        "language": IdentifierRule("BCP 47, such as en or es-MX", _pattern(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")),
    }
)


def is_identifier(scheme: str, text: str) -> bool:
    """Say whether ``text`` is written as ``scheme`` asks.

    >>> is_identifier("unitid", "209807"), is_identifier("leaid", "9901234"), is_identifier("ror", "00yn2fy02")
    (True, False, True)
    """
    return IDENTIFIERS[scheme].matches(text)
