"""Street addresses as they can be compared."""

import re
from dataclasses import dataclass

from matchmaker.exchange.resolution.names import fold

_STREETS = {
    short: long
    for long, shorts in {
        "avenue": "ave av aven",
        "boulevard": "blvd boul",
        "circle": "cir",
        "court": "ct",
        "drive": "dr",
        "east": "e",
        "highway": "hwy",
        "lane": "ln",
        "north": "n",
        "northeast": "ne",
        "northwest": "nw",
        "parkway": "pkwy",
        "place": "pl",
        "road": "rd",
        "south": "s",
        "southeast": "se",
        "southwest": "sw",
        "square": "sq",
        "street": "st str",
        "terrace": "ter terr",
        "west": "w",
    }.items()
    for short in shorts.split()
}
_UNIT = re.compile(r"\b(?:apt|apartment|bldg|building|floor|fl|rm|room|ste|suite|unit)\b.*|#.*")
_BOX = re.compile(r"\bp\s?o\s?box\b|\bpost office box\b|\bbox\s+\d")
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Address:
    """A house number (empty where there is none) and the words of a street."""

    number: str
    street: tuple[str, ...]


def parse_address(text: str) -> Address | None:
    """Return an address in its comparable form; None where there is none or it is a post-office box.

    >>> parse_address("101 W. Flagler St., Suite 5")
    Address(number='101', street=('west', 'flagler', 'street'))
    >>> parse_address("PO Box 751") is None
    True
    """
    folded = fold(text).replace(".", "")
    if _BOX.search(folded):
        return None
    words = [_STREETS.get(word, word) for word in _WORD.findall(_UNIT.sub("", folded))]
    if not words:
        return None
    number = words[0] if words[0].isdigit() else ""
    street = tuple(re.sub(r"^(\d+)(?:st|nd|rd|th)$", r"\1", word) for word in words[bool(number) :])
    return Address(number, street) if street else None
