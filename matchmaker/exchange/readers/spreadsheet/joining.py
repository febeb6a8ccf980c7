"""What rows of a sheet have to do with each other: several about one partner, and those that name another."""

from collections.abc import Iterator, Mapping

from matchmaker.exchange.mapping import ColumnMapping, Target, fold_words
from matchmaker.exchange.readers.spreadsheet.naming import NameIndex
from matchmaker.exchange.readers.spreadsheet.parts import part_key, tie_part
from matchmaker.exchange.readers.spreadsheet.sheet_row import SheetRow
from matchmaker.exchange.readers.spreadsheet.translating import Told, Translator, tie_names
from matchmaker.exchange.readers.type_words import guess_organization_type
from matchmaker.exchange.reading import Part, SourceRow
from matchmaker.model.ids import digest_of
from matchmaker.model.vocabulary import OrganizationType, PartKind, TieType

_PROVENANCE = frozenset({"source", "source_row", "observed_on", "confidence"})


class WholeRows:
    """Makes rows of a source of what rows say: a partner goes out with the first row about it that is sound.

    Only of partners with several rows is anything kept in mind.

    Attributes
    ----------
    refused
        The lines of the rows that are refused so far.
    """

    def __init__(self, names: NameIndex) -> None:
        self._names = names
        self._partners: dict[str, Mapping[str, str]] = {}
        self._spots: dict[str, str] = {}
        self._said: dict[str, set[object]] = {}
        self.refused: set[int] = set()

    def join(self, row: SheetRow, told: Told) -> SourceRow:
        """Return a row of the source: with the partner, or only with what an earlier row about it hasn't said."""
        if row.findings:
            self.refused.add(row.spot.line)
        if not told.id or row.findings:
            return SourceRow(row.spot, (), tuple(row.findings), tuple(row.notices))
        partner = Part("partners.csv", told.partner)
        if not self._names.is_repeated(told.partner["name"], row.text(Target.ID).strip().lower()):
            return SourceRow(row.spot, (partner, *told.parts), (), tuple(row.notices))
        said = self._said.setdefault(told.id, set())
        parts = [part for part in told.parts if part_key(part) not in said]
        said.update(part_key(part) for part in parts)
        if told.id in self._partners:
            self._compare(row, told)
        else:
            self._partners[told.id], self._spots[told.id] = told.partner, str(row.spot)
            parts.insert(0, partner)
        return SourceRow(row.spot, tuple(parts), (), tuple(row.notices))

    def _compare(self, row: SheetRow, told: Told) -> None:
        first, spot = self._partners[told.id], self._spots[told.id]
        row.note(f"is the partner of {spot} already; only what is new beside it is taken", row.heading(Target.NAME))
        for column, text in told.partner.items():
            if column not in _PROVENANCE and first.get(column) != text:
                was = f"“{first[column]}”" if column in first else "nothing"
                row.note(f"{spot} says {was}, which stays", column, text)


class TieTeller:
    """Tells the ties to organizations that rows name.

    A tie that several rows tell, as both sides of a partnership do, is told once: by the row that was checked last, of
    equally fresh ones by the first in the order of names, wherever they stand in the sheet.
    """

    def __init__(self, mapping: ColumnMapping, names: NameIndex) -> None:
        self._names = names
        self._known = {fold_words(name): id for name, id in mapping.names.items()}
        self._best: dict[int, tuple[str, str]] = {}
        self._told: set[int] = set()

    def weigh(self, row: SheetRow, translator: Translator) -> None:
        """Take note of the ties of a row that is sound; every such row is weighed before the first tie is told."""
        for part in self._ties(row, translator):
            key, weight = _tie_number(part), _weight(part)
            self._best[key] = _better(self._best.get(key, weight), weight)

    def tell(self, row: SheetRow, translator: Translator) -> SourceRow | None:
        """Return the ties that a row is the one to tell; None where there are none, and nothing to be said."""
        new = tuple(part for part in self._ties(row, translator) if self._is_told_here(part))
        return SourceRow(row.spot, new, (), tuple(row.notices)) if new or row.notices else None

    def _is_told_here(self, part: Part) -> bool:
        key = _tie_number(part)
        if key in self._told or self._best.get(key, _weight(part)) != _weight(part):
            return False
        self._told.add(key)
        return True

    def _ties(self, row: SheetRow, translator: Translator) -> list[Part]:
        if not {Target.PARTNERS, Target.PART_OF} & row.cells.keys():
            return []
        # What is wrong with those cells was told when the partner itself was read.
        silent = SheetRow(row.spot, row.cells)
        id, said = translator.id_of(silent), translator.provenance(silent)
        parts = []
        for heading, name in tie_names(row, Target.PARTNERS, self._names):
            other = self._found(row, heading, name, id)
            if other:
                parts.append(tie_part(TieType.PARTNERS_WITH, min(id, other), max(id, other), said))
        for heading, name in row.cells.get(Target.PART_OF, ()):
            other = self._found(row, heading, name, id)
            if other:
                parts.append(tie_part(TieType.PART_OF, id, other, said, kind=_kind(heading, name)))
        return parts

    def unknown(self, row: SheetRow) -> Iterator[str]:
        """Yield the organizations that a row names, which are no row of the sheet and not known otherwise."""
        listed = [*tie_names(row, Target.PARTNERS, self._names), *row.cells.get(Target.PART_OF, ())]
        for _, name in listed:
            if not self._names.find(name) and fold_words(name) not in self._known:
                yield name

    def _found(self, row: SheetRow, heading: str, name: str, own: str) -> str:
        known = self._known.get(fold_words(name))
        ids = (known,) if known else self._names.find(name)
        if len(ids) == 1 and ids[0] != own:
            return ids[0]
        if not ids:
            valid = "a name of this sheet, or of one partner in the store"
            row.note("the tie is left out: no partner of that name is known", heading, name, valid)
        elif len(ids) > 1:
            row.note("the tie is left out: several rows have that name", heading, name, ", ".join(ids))
        return ""


def _tie_number(part: Part) -> int:
    return int(digest_of(part.cells["source"], part.cells["type"], part.cells["target"])[:16], 16)


def _weight(part: Part) -> tuple[str, str]:
    return part.cells.get("observed_on", ""), part.cells["source_row"]


def _better(one: tuple[str, str], other: tuple[str, str]) -> tuple[str, str]:
    """Return the weight of the later day; of one day, that of the first name."""
    if one[0] != other[0]:
        return max(one, other)
    return min(one, other)


def _kind(heading: str, name: str) -> str:
    """Return in which way it is a part, where the heading or the name of the whole says so plainly."""
    words = set(fold_words(heading).split())
    if "sponsor" in words:
        return PartKind.FISCAL_SPONSOR.value
    type = guess_organization_type(name)
    if "district" in words or type is OrganizationType.SCHOOL_DISTRICT:
        return PartKind.DISTRICT.value
    return PartKind.UNIVERSITY.value if type is OrganizationType.FOUR_YEAR_COLLEGE else ""
