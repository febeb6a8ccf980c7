"""Which partner a row of a sheet is: ids from names that don't depend on the order of rows."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.resolution.names import parse_name
from matchmaker.model.ids import digest_of, short_number
from matchmaker.model.vocabulary import ResourceTerm, StageTerm

LONGEST_SLUG = 60
LONGEST_ID = 128
LONGEST_NAMESPACE = 50
TAKEN = frozenset({*(term.value for term in (*StageTerm, *ResourceTerm)), "public"})
"""Ids that mean something else everywhere."""

_LETTERS = 8
_WORDS = re.compile("[a-z0-9]+")
_INITIALS = re.compile(r"\s*\(([A-Z][A-Z&.-]{1,9})\)")


def slug_of(name: str, longest: int = LONGEST_SLUG) -> str:
    """Return a name as an id: lower case, accents dropped, words joined by hyphens.

    Where that loses letters (another script, a very long name) a digest of the name tells it from others.

    >>> slug_of("Niños & Más, Inc."), slug_of("Музей 1"), slug_of("mentors")
    ('ninos-and-mas-inc', '1-0e4da2c3', 'mentors-org')
    """
    if name.isascii():
        return _shortened("-".join(_WORDS.findall(_plain_ascii(name))), name, longest)
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ").replace("'", "").replace("’", ""))
    letters = "".join(character for character in plain.casefold() if not unicodedata.combining(character))
    lost = any(character.isalnum() and not character.isascii() for character in letters)
    return _shortened("-".join(_WORDS.findall(letters)), name, longest, lost=lost)


def shortened_id(id: str, longest: int = LONGEST_ID) -> str:
    """Return an id that is too long cut, with a digest of the whole; any other as it is.

    >>> shortened_id("miami:zoo"), shortened_id("an-ecosystem-with-a-long-name", 20)
    ('miami:zoo', 'an-ecosyste-3cb7bc2f')
    """
    if len(id) <= longest:
        return id
    return f"{id[: longest - _LETTERS - 1].rstrip('-')}-{digest_of(id)[:_LETTERS]}"


def match_key(name: str) -> str:
    """Return a name as it is compared with others that may be written otherwise; equal for those that mean the same.

    Case, abbreviations, legal forms and words that say nothing don't matter. Of a school that says for which ages it
    is, "school" doesn't matter either, nor "senior" beside "high". The order of words does: Miami University isn't the
    University of Miami, nor is Lake Park Elementary School Park Lakes Elementary School.

    >>> match_key("Coral Gables Senior High") == match_key("Coral Gables Sr. High School")
    True
    >>> match_key("Miami-Dade Coll.") == match_key("Miami Dade College")
    True
    >>> match_key("Miami University") == match_key("University of Miami")
    False
    """
    parsed = parse_name(name)
    tokens = parsed.tokens
    if parsed.levels:
        empty = {"school", "senior"} if "high" in tokens and "junior" not in tokens else {"school"}
        tokens = tuple(token for token in tokens if token not in empty) or tokens
    return " ".join(tokens) or fold_words(name)


def _plain_ascii(name: str) -> str:
    return name.lower().replace("&", " and ").replace("'", "")


def _shortened(slug: str, name: str, longest: int, *, lost: bool = False) -> str:
    if len(slug) > longest or lost or not slug:
        cut = slug[: longest - _LETTERS - 1].rstrip("-")
        slug = (
            f"{cut}-{digest_of(fold_words(name))[:_LETTERS]}"
            if cut
            else f"org-{digest_of(fold_words(name))[:_LETTERS]}"
        )
    return f"{slug}-org" if slug in TAKEN else slug


@dataclass(frozen=True, slots=True)
class RowKey:
    """What tells rows of one name apart: five digits of ZIP code and the stated type; empty where unknown."""

    zip: str = ""
    type: str = ""


def settle(keys: frozenset[RowKey]) -> Mapping[RowKey, str]:
    """Return what to add to the name's slug for each key; equal additions are one partner.

    Rows of one ZIP code are one partner, whatever they call its type. A row without one belongs to the only ZIP code
    whose type it doesn't contradict; where there are several, or none, it is a partner of its own.

    >>> settle(frozenset({RowKey("33139", "museum"), RowKey("33139", "library"), RowKey()})) == {
    ...     RowKey("33139", "museum"): "-33139", RowKey("33139", "library"): "-33139", RowKey(): "-33139"}
    True
    >>> sorted(settle(frozenset({RowKey("33139"), RowKey("97201")})).values())
    ['-33139', '-97201']
    """
    whole = {key: _whole(key, keys) for key in keys}
    alone = len(set(whole.values())) == 1
    return {key: _added(found, alone=alone) for key, found in whole.items()}


def _added(key: RowKey, *, alone: bool) -> str:
    """Return what tells a partner from others of its name: the ZIP code, so that another sheet may have such a name."""
    if key.zip:
        return f"-{key.zip}"
    return "" if alone else f"-{digest_of(key.zip, key.type)[:6]}"


def _whole(key: RowKey, keys: frozenset[RowKey]) -> RowKey:
    if key.zip:
        return RowKey(key.zip)
    fitting = {other.zip for other in keys if other.zip and (not key.type or other.type in {"", key.type})}
    if len(fitting) == 1:
        return RowKey(fitting.pop())
    if fitting or key.type:
        return RowKey("", key.type)
    types = {other.type for other in keys if other.type and not other.zip}
    return RowKey("", types.pop()) if len(types) == 1 else key


class NameIndex:
    """The names of a sheet: who shares one, and which partner a name means.

    It holds some hundred bytes for each row, so that a sheet of any length can be read without holding the sheet.

    Parameters
    ----------
    namespace
        Whose names they are: two ecosystems may each have a partner of one name. Empty: everybody's.
    taken
        Ids that no row may get, such as that of the ecosystem the rows belong to.
    kindly
        Find names that are written otherwise, too; it costs time, so not where nothing is looked for.
    """

    def __init__(self, namespace: str = "", taken: frozenset[str] = frozenset(), *, kindly: bool = True) -> None:
        self._prefix = f"{shortened_id(namespace, LONGEST_NAMESPACE)}:" if namespace else ""
        self._taken, self._kindly = taken, kindly
        self._keys: dict[int, RowKey | frozenset[RowKey]] = {}
        self._aliases: dict[int, str | None] = {}
        self._alike: dict[int, str | frozenset[str]] = {}
        self._ids: dict[int, int] = {}
        self._known: dict[RowKey, RowKey] = {}
        self._settled: dict[frozenset[RowKey], Mapping[RowKey, str]] = {}

    def add(self, name: str, key: RowKey, id: str = "", aliases: tuple[str, ...] = ()) -> None:
        """Take in a row; ``id`` is one that the sheet itself gives."""
        slug = slug_of(name)
        if id:
            self._ids[short_number(id)] = self._ids.get(short_number(id), 0) + 1
            self._add_alias(slug, id)
        else:
            key = self._known.setdefault(key, key)
            number = short_number(slug)
            held = self._keys.get(number)
            if held is None:
                self._keys[number] = key
            else:
                earlier = held if isinstance(held, frozenset) else frozenset({held})
                # A set, also of one key: it says that the name was there more than once.
                self._keys[number] = earlier | {key}
        if not self._kindly:
            return
        initials = _INITIALS.findall(name)
        others = [*aliases, *initials, *([_INITIALS.sub("", name)] if initials else ())]
        for other in others:
            self._add_alias(slug_of(other), id or slug)
        for each in (name, *others):
            self._add_alike(short_number(match_key(each)), id or slug)

    def _add_alias(self, alias: str, id: str) -> None:
        number = short_number(alias)
        self._aliases[number] = id if self._aliases.get(number, id) == id else None

    def _add_alike(self, number: int, id: str) -> None:
        held = self._alike.get(number, id)
        if isinstance(held, frozenset):
            self._alike[number] = held | {id}
        else:
            self._alike[number] = id if held == id else frozenset({held, id})

    def id_of(self, name: str, key: RowKey) -> str:
        """Return the id of a row that was taken in."""
        slug = slug_of(name)
        held = self._keys.get(short_number(slug))
        return self._id(slug, self._settle(held if isinstance(held, frozenset) else frozenset({key}))[key])

    def is_repeated(self, name: str, id: str = "") -> bool:
        """Say whether several rows have the name, or the id that the sheet gives."""
        if id:
            return self._ids.get(short_number(id), 0) > 1
        return isinstance(self._keys.get(short_number(slug_of(name))), frozenset)

    def find(self, name: str) -> tuple[str, ...]:
        """Return the ids of the partners that a name may mean: one, none, or several that go by it.

        A row of the very name comes first, then one with such an alias, then those whose name or alias is only written
        otherwise.
        """
        slug = slug_of(name)
        if short_number(slug) in self._keys:
            return self._meant(slug)
        alias = self._aliases.get(short_number(slug))
        if alias:
            return self._meant(alias)
        alike = self._alike.get(short_number(match_key(name)), frozenset()) if self._kindly else frozenset()
        meant = alike if isinstance(alike, frozenset) else frozenset({alike})
        return tuple(sorted({id for each in meant for id in self._meant(each)}))

    def _meant(self, meant: str) -> tuple[str, ...]:
        """Return the ids of the rows of a slug; an id that the sheet gives is its own."""
        held = self._keys.get(short_number(meant))
        if held is None:
            return (meant,)
        keys = held if isinstance(held, frozenset) else frozenset({held})
        return tuple(sorted({self._id(meant, added) for added in self._settle(keys).values()}))

    def _id(self, slug: str, added: str) -> str:
        id = f"{self._prefix}{slug}{added}"
        return f"{id}-org" if id in self._taken else id

    def _settle(self, keys: frozenset[RowKey]) -> Mapping[RowKey, str]:
        if keys not in self._settled:
            self._settled[keys] = settle(keys)
        return self._settled[keys]
