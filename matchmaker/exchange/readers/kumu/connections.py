"""What a Kumu connection says: the tie that its type names, in the direction that its ends allow."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.readers.documents import RowDraft, part, tie
from matchmaker.exchange.readers.kumu.elements import (
    PROVENANCE_FIELDS,
    ElementReader,
    Known,
    Standing,
    is_kept,
    kept_column,
    tie_provenance,
)
from matchmaker.exchange.readers.kumu.entries import Entry, ends_of
from matchmaker.model.canonical import ValueRefused
from matchmaker.model.ids import is_id
from matchmaker.model.ontology import TIES, tie_properties
from matchmaker.model.vocabulary import UNDIRECTED, Label, TieType

_DIRECTED: Final = "directed"
_MUTUAL: Final = "mutual"
_BOTH_WAYS: Final = frozenset({TieType.FEEDS_INTO, TieType.RECRUITS_FROM, TieType.HAS_AGREEMENT_WITH})
_NOT_DRAWN: Final = frozenset({TieType.STATES, TieType.CONCERNS, TieType.HAS})
_HANDLED: Final = frozenset({"from", "to", "direction", "type", "label", "tags"})
_WORDS: Final[Mapping[TieType, str]] = MappingProxyType(
    {
        TieType.PARTNERS_WITH: "partner, partners, partnership, collaborates, collaborates with, collaboration, "
        "works with, collaborator, co delivers, cooperates with, connected to, relationship",
        TieType.OPERATES: "runs, manages, administers, leads, delivers, provides, offers program",
        TieType.OFFERED_AT: "hosted at, held at, takes place at, is held at, site",
        TieType.SERVES: "serves stage",
        TieType.FEEDS_INTO: "leads to next, feeder, feeds, transitions to, sends learners to",
        TieType.RECRUITS_FROM: "recruits, draws learners from",
        TieType.RECOGNIZES: "recognises, admits from",
        TieType.ACCREDITS: "accreditation",
        TieType.HOSTS_WBL: "hosts internships, hosts interns, hosts work based learning, work based learning, "
        "internship host",
        TieType.HIRES_FOR: "hires, employs",
        TieType.PREPARES_FOR: "prepares learners for, trains for",
        TieType.FUNDS: "funder, funding, grant, donates to, sponsors, supports financially, invests in",
        TieType.COACHES: "coach, coaching, mentors organization",
        TieType.HAS_AGREEMENT_WITH: "agreement, mou, memorandum of understanding, contract, data sharing agreement",
        TieType.MEMBER_OF: "member, membership, belongs to, participant in",
        TieType.LOCATED_IN: "located, location, is in",
        TieType.PART_OF: "child of, department of, subsidiary of, school of, branch of, parent organization",
        TieType.ABOUT: "topic, teaches, focuses on, focus area",
        TieType.INCLUDES: "step",
        TieType.LEADS_TO: "",
        TieType.COMMITTED_TO: "commitment, pledged to",
        TieType.PEERS_WITH: "peer, exchanges with",
        TieType.PARTICIPATES_IN: "",
    }
)
_REVERSED: Final[Mapping[TieType, str]] = MappingProxyType(
    {
        TieType.OPERATES: "operated by, run by, managed by, provided by, program of",
        TieType.OFFERED_AT: "hosts, hosts program, site of",
        TieType.FEEDS_INTO: "fed by, receives learners from",
        TieType.RECOGNIZES: "recognized by",
        TieType.ACCREDITS: "accredited by",
        TieType.FUNDS: "funded by, sponsored by, grantee, grantee of, receives funding from",
        TieType.COACHES: "coached by",
        TieType.MEMBER_OF: "has member, includes member",
        TieType.PART_OF: "parent of, oversees, has part, parent",
    }
)
_AGREEMENT_KINDS: Final = MappingProxyType(
    {"data sharing agreement": "data_sharing", "mou": "mou", "contract": "contract"}
)


def _folded(words: Mapping[TieType, str]) -> dict[str, TieType]:
    return {fold_words(word): type for type, listed in words.items() for word in listed.split(", ") if word}


_TYPE_OF: Final = MappingProxyType(_folded(_WORDS) | {fold_words(type.value): type for type in TieType})
_REVERSED_OF: Final = MappingProxyType(_folded(_REVERSED))
_STATED: Final = MappingProxyType(
    {
        Label.NEED: ("needs.csv", frozenset({"needs", "need", "seeks", "looks for", "requests", "wants"})),
        Label.OFFER: ("offers.csv", frozenset({"offers", "offer", "provides", "has", "gives", "shares", "can give"})),
    }
)


class ConnectionReader:
    """Turns the connections of one reading into rows, once all elements have been read.

    Parameters
    ----------
    elements
        The reader that the elements went through.
    splits_ends
        Several ends may stand in one cell.
    """

    def __init__(self, elements: ElementReader, *, splits_ends: bool) -> None:
        self.elements, self.splits_ends = elements, splits_ends
        self._seen: set[tuple[str, ...]] = set()

    def read(self, entry: Entry) -> RowDraft:
        """Return a connection's row: a tie for each pair of ends that it names."""
        draft = RowDraft(entry.spot)
        if not entry.whole:
            draft.refuse(
                "the connection is no object with fields", valid='such as {"from": "City Library", "to": "Code Club"}'
            )
            return draft
        ends = [self._ends(entry, column, draft) for column in ("from", "to")]
        if draft.findings:
            return draft
        pairs = [(first, second) for first in ends[0] for second in ends[1]]
        for first, second in pairs:
            gone = next((end for end in (first, second) if end.standing is Standing.LEFT_OUT), None)
            if gone is not None:
                draft.note("an end is left out, so the connection is too")
            elif first.id == second.id:
                draft.refuse("ties a thing to itself", "to", second.name, "another element")
            else:
                self._connect(entry, first, second, draft)
        return draft

    def _ends(self, entry: Entry, column: str, draft: RowDraft) -> list[Known]:
        named = ends_of(entry.fields.get(column, ""), splits=self.splits_ends)
        if not named:
            draft.refuse("is missing", column, valid="the id or label of an element")
        found = []
        for end in named:
            known = self.elements.find(end)
            if len(known) == 1 and known[0].standing is not Standing.REFUSED:
                found.append(known[0])
            elif len(known) == 1:
                draft.refuse("names an element that is refused itself", column, end, "a sound element")
            elif known:
                draft.refuse("several elements are called so", column, end, "the element's id")
            elif is_id(end) and ":" in end:
                found.append(Known(end, Label.PARTNER, end, Standing.TAKEN))
            else:
                draft.refuse(
                    "names no element of this map", column, end, "an element's id or label, or an id known here"
                )
        return found

    def _connect(self, entry: Entry, first: Known, second: Known, draft: RowDraft) -> None:
        if first.label in _STATED or second.label in _STATED:
            self._state(entry, first, second, draft)
            return
        type, ends = self._type_and_ends(entry, first, second, draft)
        if type is None:
            return
        ways = [ends]
        if (
            type in _BOTH_WAYS
            and fold_words(entry.fields.get("direction", "")) == _MUTUAL
            and _allows(type, ends[1], ends[0])
        ):
            ways.append((ends[1], ends[0]))
        for source, target in ways:
            self._add_tie(entry, type, (source, target), draft)

    def _add_tie(self, entry: Entry, type: TieType, ends: tuple[Known, Known], draft: RowDraft) -> None:
        source, target = ends
        episode = entry.fields.get("episode", "")
        pair = tuple(sorted((source.id, target.id))) if type in UNDIRECTED else (source.id, target.id)
        if (type.value, *pair, episode) in self._seen:
            draft.note("an earlier connection says the same, so this one is left out", "to", target.name)
            return
        self._seen.add((type.value, *pair, episode))
        cells = self._cells(entry, type, draft)
        if episode:
            cells["episode"] = episode
        draft.parts.append(tie(source.id, type.value, target.id, **cells, **self._provenance(entry)))

    def _provenance(self, entry: Entry) -> dict[str, str]:
        said = {column: entry.fields.get(name, "") for name, column in PROVENANCE_FIELDS.items()}
        named = entry.key or f"{entry.fields['from']} - {entry.fields['to']}"
        said["source_row"] = said["source_row"] or f"connection {named}"
        return tie_provenance({column: text for column, text in said.items() if text})

    def _type_and_ends(
        self, entry: Entry, first: Known, second: Known, draft: RowDraft
    ) -> tuple[TieType | None, tuple[Known, Known]]:
        """Return the tie that a connection is, and its ends in the order in which it goes."""
        word = entry.fields.get("type", "") or entry.fields.get("label", "")
        folded = fold_words(word)
        type, ends = _TYPE_OF.get(folded), (first, second)
        if type is None and folded in _REVERSED_OF:
            type, ends = _REVERSED_OF[folded], (second, first)
        if type is None and first.label is second.label is Label.PARTNER:
            if word:
                draft.note("is no kind of tie here; taken as PARTNERS_WITH", "type", word)
            return TieType.PARTNERS_WITH, ends
        valid = (
            ", ".join(tie.value for tie in TieType if _allows(tie, *ends) or _allows(tie, ends[1], ends[0])) or "none"
        )
        if type is None or type in _NOT_DRAWN:
            message = f"can't be told to be a tie between {first.label.value} and {second.label.value}"
            draft.refuse(message if word else f"is missing: {message}", "type", word, valid)
            return None, ends
        if _allows(type, *ends):
            return type, ends
        if _allows(type, ends[1], ends[0]):
            if fold_words(entry.fields.get("direction", "")) == _DIRECTED:
                draft.note(f"{type.value} goes the other way, and is turned round", "direction", word)
            return type, (ends[1], ends[0])
        draft.refuse(f"{type.value} can't tie {first.label.value} and {second.label.value}", "type", word, valid)
        return None, ends

    def _state(self, entry: Entry, first: Known, second: Known, draft: RowDraft) -> None:
        """Add the need or offer that a connection between a thing and whoever states it is."""
        thing, subject = (first, second) if first.label in _STATED else (second, first)
        if subject.label not in {Label.PARTNER, Label.PROGRAM, Label.ECOSYSTEM}:
            draft.refuse("only a partner, program or ecosystem has needs and offers", "from", subject.name)
            return
        file, words = _STATED[thing.label]
        word = fold_words(entry.fields.get("type", ""))
        for other, (its_file, its_words) in _STATED.items():
            if other is not thing.label and word in its_words and word not in words:
                file = its_file
        if (file, subject.id, thing.id) in self._seen:
            draft.note("an earlier connection says the same, so this one is left out", "to", thing.name)
            return
        self._seen.add((file, subject.id, thing.id))
        said = self._provenance(entry)
        said = {"source" if column == "asserted_by" else column: text for column, text in said.items()}
        draft.parts.append(part(file, {"subject": subject.id, "resource": thing.id, **said}))

    def _cells(self, entry: Entry, type: TieType, draft: RowDraft) -> dict[str, str]:
        cells: dict[str, str] = {}
        specs = tie_properties(type)
        if type is TieType.HAS_AGREEMENT_WITH:
            cells["kind"] = _AGREEMENT_KINDS.get(fold_words(entry.fields.get("type", "")), "agreement")
        for name, text in entry.fields.items():
            column = fold_words(name).replace(" ", "_")
            if name in _HANDLED or name in PROVENANCE_FIELDS:
                continue
            if column in specs:
                try:
                    specs[column].parse(text)
                    cells[column] = text
                except ValueRefused as refused:
                    draft.note(f"{refused}, so it isn't taken", name, text, specs[column].valid())
            elif is_kept(name, self.elements.options.keep):
                cells[kept_column(name)] = text
        return cells


def is_tie_field(name: str) -> bool:
    """Say whether a field of a connection is read for any type of tie."""
    column = fold_words(name).replace(" ", "_")
    if name in _HANDLED or name in PROVENANCE_FIELDS or column == "episode":
        return True
    return any(column in tie_properties(type) for type in TieType)


def _allows(type: TieType, first: Known, second: Known) -> bool:
    """Say whether a tie of that type may go from the one to the other, by what they are."""
    labels = {(a.label, b.label) for a, b in TIES[type].ends}
    return (first.label, second.label) in labels
