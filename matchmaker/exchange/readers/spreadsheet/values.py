"""Cells as people write them: numbers that lost their zeros, dates in many forms, grades, lists."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

from matchmaker.exchange.counties import STATE_NAMES
from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.places import find_zip
from matchmaker.model.identifiers import IDENTIFIERS, is_identifier

NOTHING = frozenset(
    {
        "",
        "n a",
        "na",
        "none",
        "null",
        "nil",
        "tbd",
        "tba",
        "unknown",
        "not applicable",
        "not available",
        "to be determined",
    }
)
"""What people write, once folded, where they have nothing to say: dashes and question marks fold to nothing at all."""
_BEGIN_NOTHING = frozenset("ntu")
LONGEST_NOTHING = 30
"""Characters; longer texts say something."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says.

    Attributes
    ----------
    text
        The value as a bundle writes it; empty where there is none.
    mended
        What was put right, in words; empty where nothing was.
    wrong, valid
        Why it can't be taken, and what would be valid; empty where it can.
    """

    text: str = ""
    mended: str = ""
    wrong: str = ""
    valid: str = ""


_SCIENTIFIC = re.compile(r"\d+(\.\d+)?[eE]\+?\d+", re.ASCII)
_WHOLE = re.compile(r"(\d+)\.0+", re.ASCII)


def says_nothing(text: str) -> bool:
    """Say whether a cell is empty in all but form.

    >>> says_nothing(" N/A "), says_nothing("—"), says_nothing("No")
    (True, True, False)
    """
    if len(text) > LONGEST_NOTHING:
        return False
    first = text[:1].lower()
    likely = first in _BEGIN_NOTHING or not (first.isascii() and first.isalnum())
    return likely and fold_words(text) in NOTHING


def whole_digits(text: str) -> str:
    """Return a whole number that a spreadsheet program wrote with a point as its digits.

    >>> whole_digits("33139.0"), whole_digits("25.7")
    ('33139', '25.7')
    """
    whole = _WHOLE.fullmatch(text)
    return whole.group(1) if whole else text


def _cut(text: str, valid: str) -> Cell | None:
    if _SCIENTIFIC.fullmatch(text):
        why = "was shortened by a spreadsheet program, so its digits are lost; write it in a column formatted as text"
        return Cell(wrong=why, valid=valid)
    return None


def _restored(scheme: str, text: str, lengths: Iterable[int], full: int) -> Cell:
    """Return an identifier with the zeros restored that a spreadsheet dropped, where the rule is sure."""
    rule = IDENTIFIERS[scheme].rule
    cut = _cut(text, rule)
    if cut is not None:
        return cut
    digits = whole_digits(text)
    if digits.isascii() and digits.isdigit() and len(digits) in set(lengths) and digits[0] != "0":
        padded = digits.zfill(full)
        if is_identifier(scheme, padded):
            return Cell(padded, "its leading zeros were restored")
    if not is_identifier(scheme, digits):
        return Cell(wrong="is malformed", valid=rule)
    return Cell(digits)


@lru_cache(maxsize=4096)
def read_zip(text: str) -> Cell:
    """Return a ZIP code; three and four digits lost their zeros, nine lost their hyphen.

    >>> read_zip("2139").text, read_zip("33139.0").text, read_zip("331391234").text, read_zip("33").wrong
    ('02139', '33139', '33139-1234', 'is malformed')
    """
    digits = re.sub(r"^(\d{5})[ –-]+(\d{4})$", r"\1\2", whole_digits(text.strip()))
    if len(digits) in {8, 9} and digits.isascii() and digits.isdigit():
        whole = digits.zfill(9)
        return Cell(f"{whole[:5]}-{whole[5:]}", "" if len(digits) == 9 else "its leading zeros were restored")
    read = _restored("zip", digits, (3, 4), 5)
    if read.mended and find_zip(read.text) is None:
        return Cell(wrong="is malformed", valid=IDENTIFIERS["zip"].rule)
    return read


def read_ein(text: str) -> Cell:
    """Return an EIN as nine digits.

    >>> read_ein("59-0624404").text, read_ein("10263893").text
    ('590624404', '010263893')
    """
    return _restored("ein", re.sub(r"^(\d{1,2})[ –-](\d{7})$", r"\1\2", text.strip()), (8,), 9)


def read_opeid(text: str) -> Cell:
    """Return an OPEID as eight digits; six that begin with a zero are those of the whole institution.

    >>> read_opeid("153600").text, read_opeid("001536").text, read_opeid("1536").wrong
    ('00153600', '00153600', 'is malformed')
    """
    digits = whole_digits(text.strip())
    if len(digits) == 6 and digits.isdigit() and digits.startswith("0"):
        return Cell(f"{digits}00", "the digits 00 of the main campus were added")
    return _restored("opeid", digits, (6, 7), 8)


def _code(scheme: str) -> Callable[[str], Cell]:
    def read(text: str) -> Cell:
        cleaned = whole_digits(text.strip())
        return _restored(scheme, cleaned.upper(), (), 0)

    return read


def read_ror(text: str) -> Cell:
    """Return a ROR id, also from the address that ends in it."""
    code = text.strip().lower().rstrip("/").rsplit("/", 1)[-1]
    return Cell(code) if is_identifier("ror", code) else Cell(wrong="is malformed", valid=IDENTIFIERS["ror"].rule)


IDENTIFIER_READERS: Mapping[str, Callable[[str], Cell]] = MappingProxyType(
    {
        "zip": read_zip,
        "ein": read_ein,
        "opeid": read_opeid,
        "ror": read_ror,
        "leaid": lambda text: _restored("leaid", text.strip(), (6,), 7),
        "ncessch": lambda text: _restored("ncessch", text.strip(), (11,), 12),
        "unitid": _code("unitid"),
        "mid": _code("mid"),
        "fscs": _code("fscs"),
        "pss_id": _code("pss_id"),
    }
)
"""How each identifier is read."""

SHARED_HOSTS = [
    "facebook.com",
    "instagram.com",
    "twitter.com",
    "x.com",
    "linkedin.com",
    "google.com",
    "youtube.com",
    "wixsite.com",
    "weebly.com",
    "wordpress.com",
    "blogspot.com",
    "linktr.ee",
    "eventbrite.com",
    "github.io",
    "squarespace.com",
    "tiktok.com",
    "bit.ly",
]
"""Domains that many organizations' pages stand on: they say nothing about whose page it is."""


def read_website(text: str) -> Cell:
    """Return the address of a page, with its scheme.

    >>> read_website("www.fiu.edu").text, read_website("javascript:alert(1)").wrong
    ('https://www.fiu.edu', 'is not the address of a page')
    """
    written = text.strip().split()[0]
    address = written if "://" in written else f"https://{written.lstrip('/')}"
    if not domain_of(address):
        return Cell(wrong="is not the address of a page", valid="an address such as https://www.example.org")
    return Cell(address)


def domain_of(address: str) -> str:
    """Return the domain of a web address without ``www.``, empty where there is none."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""
    return host if parts.scheme in {"http", "https"} and is_identifier("web_domain", host) else ""


def is_shared_host(domain: str) -> bool:
    """Say whether pages of many organizations stand on a domain."""
    return any(domain == host or domain.endswith(f".{host}") for host in SHARED_HOSTS)


def read_degrees(text: str, limit: float) -> Cell:
    """Return a latitude (``limit`` 90) or longitude (180) as it is written.

    >>> read_degrees("25.77° N", 90).text, read_degrees("80.19 W", 180).text, read_degrees("-219", 180).wrong
    ('25.77', '-80.19', 'is out of range')
    """
    valid = f"degrees from -{limit:g} to {limit:g}, such as {'25.7617' if limit == 90 else '-80.1918'}"
    match = re.fullmatch(r"([+-−]?\d{1,3}(?:[.,]\d+)?)\s*°?\s*([NSEW])?", text.strip(), re.IGNORECASE)
    if match is None:
        return Cell(wrong="is not a number of degrees", valid=valid)
    number = match.group(1).replace(",", ".").replace("−", "-")
    if (match.group(2) or "").upper() in {"S", "W"} and not number.startswith("-"):
        number = f"-{number}"
    return Cell(number) if abs(float(number)) <= limit else Cell(wrong="is out of range", valid=valid)


def read_position(text: str) -> tuple[Cell, Cell]:
    """Return latitude and longitude from one cell.

    >>> [cell.text for cell in read_position("(25.77, -80.19)")]
    ['25.77', '-80.19']
    """
    parts = [part for part in re.split(r"[,;\s]+", text.strip(" ()[]")) if part]
    if len(parts) != 2:
        wrong = Cell(wrong="is not a latitude and a longitude", valid="two numbers such as 25.7617, -80.1918")
        return wrong, Cell()
    return read_degrees(parts[0], 90), read_degrees(parts[1], 180)


_STATE_CODES = MappingProxyType({fold_words(name): code for code, name in STATE_NAMES.items()})


def read_state(text: str) -> Cell:
    """Return a state's postal code.

    >>> read_state("Florida").text, read_state("fl").text, read_state("Fla.").text
    ('FL', 'FL', 'FL')
    """
    folded = fold_words(text)
    code = _STATE_CODES.get(folded) or {"fla": "FL", "calif": "CA", "tex": "TX", "ore": "OR", "wash": "WA"}.get(
        folded, ""
    )
    code = code or (folded.upper() if folded.upper() in STATE_NAMES else "")
    return Cell(code) if code else Cell(wrong="is not a state", valid="its name or postal code, such as FL")


_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\"]+@[^@\s,;:<>()\[\]\"]+\.[A-Za-z]{2,}")
_PHONE = re.compile(
    r"(?<!\d)(?:\+?\d{1,2}[ .-]*)?\(?\d{3}\)?[ .-]*\d{3}[ .-]*\d{4}(?:\s*(?:x|ext\.?)\s*\d{1,6})?(?!\d)", re.IGNORECASE
)


def find_email(text: str) -> str:
    """Return the first e-mail address in a text, empty where there is none."""
    found = _EMAIL.search(text)
    return found.group().removeprefix("mailto:").rstrip(".") if found else ""


def find_phone(text: str) -> str:
    """Return the first North American or international phone number in a text, empty where there is none."""
    found = _PHONE.search(text)
    return found.group().strip() if found else ""


def read_quantity(text: str) -> tuple[Cell, str]:
    """Return a whole number, and the unit written after it.

    >>> read_quantity("1,200 learners"), read_quantity("about 20")[0].text, read_quantity("many")[0].wrong
    ((Cell(text='1200', mended='', wrong='', valid=''), 'learners'), '20', 'is not a whole number')
    """
    match = re.fullmatch(
        r"(?:about|approx\.?|up to|~|max\.?)?\s*(\d[\d,]*)(?:\.0+)?\s*([^\d].*)?",
        text.strip(),
        re.IGNORECASE | re.DOTALL,
    )
    if match is None:
        return Cell(wrong="is not a whole number", valid="a whole number, such as 25 or 25 learners"), ""
    return Cell(match.group(1).replace(",", "")), (match.group(2) or "").strip()


YES = frozenset({"yes", "y", "true", "1", "x", "member", "active", "si", "✓", "✔", "current"})


def is_yes(text: str) -> bool:
    """Say whether a cell of a yes-or-no column says yes."""
    return fold_words(text) in YES or text.strip() in YES


_STRONG = re.compile(r"[\n\r;|•·]+")
_ITEM_START = re.compile(r"^\s*(?:[-*–•]\s+|\d{1,2}[.)]\s+)")
_TAILS = frozenset(
    {"inc", "llc", "ltd", "co", "corp", "jr", "pa", "p a", "llp", "the", "incorporated", *map(str.lower, STATE_NAMES)}
)


def split_items(text: str) -> list[str]:
    """Return the items of a list in a cell: by lines, semicolons, bars or bullets; where there are none, by commas.

    >>> split_items("Robotics; Math, fun and games"), split_items("Girls Inc., Zoo Miami, Frost Science, Inc.")
    (['Robotics', 'Math, fun and games'], ['Girls Inc.', 'Zoo Miami', 'Frost Science, Inc.'])
    """
    strong = [part for part in _STRONG.split(text) if part.strip()]
    if len(strong) > 1:
        return _clean_items(strong)
    items: list[str] = []
    depth = 0
    for part in text.split(","):
        if items and (depth > 0 or fold_words(part) in _TAILS):
            items[-1] = f"{items[-1]},{part}"
        else:
            items.append(part)
        depth += part.count("(") - part.count(")")
    return _clean_items(items)


def split_words(text: str) -> list[str]:
    """Return the items of a list of terms, also where they are joined by slashes, "and" or "&".

    >>> split_words("Mentors, space & equipment / meals")
    ['Mentors', 'space', 'equipment', 'meals']
    """
    return _clean_items(re.split(r"[\n\r;|•·,/&]+|\s+(?:and|y)\s+", text))


def _clean_items(parts: Iterable[str]) -> list[str]:
    cleaned = (" ".join(_ITEM_START.sub("", part).split()) for part in parts)
    return list(dict.fromkeys(item for item in cleaned if not says_nothing(item)))
