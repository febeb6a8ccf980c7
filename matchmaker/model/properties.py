"""What a property may hold: its kind, terms, bounds, and who may see it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from matchmaker.errors import Finding
from matchmaker.model.canonical import (
    Scalar,
    Value,
    ValueRefused,
    canonical_float,
    canonical_integer,
    canonical_text,
    shown,
)
from matchmaker.model.dates import DATE_RULE, canonical_date
from matchmaker.model.identifiers import IDENTIFIERS
from matchmaker.model.ids import ID_RULE, is_id
from matchmaker.model.vocabulary import Visibility

_ESCAPED = re.compile(r"[\\|]")
_ESCAPE = re.compile(r"\\([\\|])")
_ITEM = re.compile(r"(?:\\[\\|]|[^|])+")
_WHOLE_NUMBER = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf|infinity)", re.ASCII | re.IGNORECASE)


def join_list(items: Iterable[str]) -> str:
    r"""Return a list as the text of one cell: separated by ``|``; a ``|`` or backslash inside an item is escaped.

    >>> join_list(["Boys & Girls Club", "a|b"])
    'Boys & Girls Club|a\\|b'
    """
    return "|".join(_ESCAPED.sub(r"\\\g<0>", item) for item in items)


def split_list(text: str) -> list[str]:
    r"""Return the items of a cell that `join_list` wrote, stripped, without empty ones.

    A backslash before anything but ``|`` or a backslash is itself.

    >>> split_list("one | two||a\\|b")
    ['one', 'two', 'a|b']
    """
    if "\\" not in text:
        return [item for part in text.split("|") if (item := part.strip())]
    items = _ITEM.findall(text)
    return [item for part in items if (item := _ESCAPE.sub(r"\g<1>", part).strip())]


class Kind(StrEnum):
    """The kinds of value."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    TERM = "term"
    ID = "id"
    IDENTIFIER = "identifier"


_NOT_TEXT = frozenset({Kind.BOOLEAN, Kind.INTEGER, Kind.FLOAT})


@cache
def _values_of(terms: type[StrEnum]) -> frozenset[str]:
    return frozenset(term.value for term in terms)


@dataclass(frozen=True, slots=True)
class PropertySpec:
    """One property of a label or a tie type.

    Attributes
    ----------
    name, kind
        Its name and the kind of its value (or of each item of its list).
    many
        A list of such values; unordered ones are sorted and without repeats.
    ordered
        The order of the list is part of the fact.
    terms
        The enumeration of a term.
    scheme
        The identifier scheme of an identifier.
    minimum, maximum
        Inclusive bounds of a number.
    required
        The element is refused without it.
    derived
        Computed from other properties; never entered.
    visibility
        Who may see it unless the element says something stricter.
    about
        What it means, for the ontology page.
    """

    name: str
    kind: Kind = Kind.TEXT
    many: bool = False
    ordered: bool = False
    terms: type[StrEnum] | None = None
    scheme: str = ""
    minimum: float | None = None
    maximum: float | None = None
    required: bool = False
    derived: bool = False
    visibility: Visibility = Visibility.PUBLIC
    about: str = ""

    def valid(self) -> str:
        """Say in words what is valid."""
        one = self._valid_one()
        return f"a list of: {one}" if self.many else one

    def _valid_one(self) -> str:
        if self.terms is not None:
            return ", ".join(term.value for term in self.terms)
        if self.scheme:
            return IDENTIFIERS[self.scheme].rule
        words = {
            Kind.DATE: DATE_RULE,
            Kind.BOOLEAN: "true or false",
            Kind.ID: ID_RULE,
            Kind.INTEGER: "a whole number",
            Kind.FLOAT: "a number",
        }.get(self.kind, "text")
        if self.minimum is not None and self.maximum is not None:
            return f"{words} from {self.minimum:g} to {self.maximum:g}"
        if self.minimum is not None:
            return f"{words}, at least {self.minimum:g}"
        return words

    def canonical(self, value: object) -> Value | None:
        """Return the canonical form of a typed value; None when it is empty.

        Raises
        ------
        ValueRefused
            The value isn't of the declared kind, terms or bounds.
        """
        if not self.many:
            return self._canonical_one(value)
        if not isinstance(value, list | tuple) and (self.ordered or not isinstance(value, set | frozenset)):
            raise ValueRefused("is not a list")
        items = [item for item in map(self._canonical_one, value) if item is not None]
        if not self.ordered:
            items = sorted(set(items))
        return tuple(items) or None  # type: ignore[return-value]  # homogeneous: each item passed the same check

    def parse(self, text: str) -> Value | None:
        """Return the value that a cell of text stands for; lists are written as by `join_list`.

        Raises
        ------
        ValueRefused
            The text doesn't stand for a value of the declared kind.
        """
        if self.many:
            items = [self._parse_one(part) for part in split_list(text)]
            return self.canonical(items)
        text = text.strip()
        if not text:
            return None
        if self.kind in _NOT_TEXT:
            return self.canonical(self._parse_one(text))
        text = canonical_text(text)
        return self._checked_text(text) if text else None

    def _parse_one(self, text: str) -> Scalar:
        if self.kind is Kind.BOOLEAN:
            known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
            if text.casefold() not in known:
                raise ValueRefused("is neither true nor false")
            return known[text.casefold()]
        if self.kind not in {Kind.INTEGER, Kind.FLOAT}:
            return text
        whole = self.kind is Kind.INTEGER
        if not (_WHOLE_NUMBER if whole else _NUMBER).fullmatch(text):
            raise ValueRefused("is not a number")
        try:
            return int(text) if whole else float(text)
        except ValueError as error:
            raise ValueRefused("is not a number") from error

    def _canonical_one(self, value: object) -> Scalar | None:
        if self.kind is Kind.BOOLEAN:
            if not isinstance(value, bool):
                raise ValueRefused("is neither true nor false")
            return value
        if self.kind in {Kind.INTEGER, Kind.FLOAT}:
            return self._canonical_number(value)
        if not isinstance(value, str):
            raise ValueRefused("is not text")
        text = canonical_text(value)
        return self._checked_text(text) if text else None

    def _canonical_number(self, value: object) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueRefused("is not a number")
        number: int | float
        if self.kind is Kind.INTEGER:
            if isinstance(value, float) and not value.is_integer():
                raise ValueRefused("is not a whole number")
            number = canonical_integer(int(value))
        else:
            number = canonical_float(value)
        if (self.minimum is not None and number < self.minimum) or (self.maximum is not None and number > self.maximum):
            raise ValueRefused("is out of range")
        return number

    def _checked_text(self, text: str) -> str:
        if self.kind is Kind.DATE:
            return canonical_date(text)
        if self.kind is Kind.TERM and self.terms is not None and text not in _values_of(self.terms):
            raise ValueRefused("is not a known term")
        if self.kind is Kind.ID and not is_id(text):
            raise ValueRefused("is not a valid id")
        if self.kind is Kind.IDENTIFIER and not IDENTIFIERS[self.scheme].matches(text):
            raise ValueRefused("is malformed")
        return text

    def finding(self, where: str, value: object, refused: ValueRefused) -> Finding:
        """Return the finding for a refused value."""
        return Finding(f"{self.name} {refused}", where=where, value=shown(value), valid=self.valid())
