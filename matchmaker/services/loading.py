"""A file on its way into a store: its rows some at a time, and what was counted of them so far."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.exchange.admission import Admission, Judged
from matchmaker.exchange.findings import Refusal
from matchmaker.exchange.plan import FieldChange
from matchmaker.exchange.readers.rows import RowsReader, SoundRow
from matchmaker.exchange.reading import Format, Reading, ReadOptions
from matchmaker.exchange.recognition import recognize
from matchmaker.graph.store import GraphStore
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner
from matchmaker.model.vocabulary import Label
from matchmaker.services.duplicates import ReviewPair, Settled
from matchmaker.services.job_records import BATCH_SIZE, Progress

MAXIMUM_LISTED = 10_000
"""How many findings, notices and changes of fields are listed one by one, each; more are counted."""

MAXIMUM_COMPARED = 5_000
"""How many new partners of one load are compared with all others in loading; more are compared when asked."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is loaded.

    Attributes
    ----------
    into
        The ecosystem whose own it becomes; None: it is public. What a register says is public in any case.
    format
        The term of the format, where it isn't to be told from the file.
    read
        How the file is read: columns to keep, region, sheet, mapping.
    strict
        Load all or nothing: one refused row and nothing is written.
    plan
        The id of the plan that was looked at: where it has become another one, nothing is written.
    batch_size
        Elements in one batch, at most 50,000. A row is never split, so a batch may fall a little short of it.
    """

    into: EcosystemId | None = None
    format: str = ""
    read: ReadOptions = field(default_factory=ReadOptions)
    strict: bool = False
    plan: str = ""
    batch_size: int = BATCH_SIZE

    @property
    def owner(self) -> Owner:
        """Whose statements they become."""
        return Owner(self.into) if self.into is not None else PUBLIC


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of a file, or would.

    Attributes
    ----------
    name, format
        What it is called, and the term of its format.
    read
        Its rows.
    outside
        Rows left out without harm, such as those outside the region asked for.
    loaded
        Rows that are in the store now (a plan: would be), whether they changed something or not.
    added, changed
        Those of them that brought something new, and the others that changed something.
    refused
        Rows with a fault.
    findings, notices
        Every fault by file and line, and what was mended or left out.
    changes
        Of a plan: the fields of what is there already that would change, one by one.
    unlisted
        How many findings, notices and changes are beyond `MAXIMUM_LISTED`.
    merged, to_review
        Pairs of partners that are one and were merged (a plan: would be), and those that a person has to decide.
    uncompared
        New partners that were not compared with the others, being more than `MAXIMUM_COMPARED`.
    plan_id
        Of a plan: its id.
    written
        Whether anything was written.
    job_id
        The job that can take it back; None where nothing changed.
    """

    name: str
    format: str
    read: int
    outside: int
    loaded: int
    added: int
    changed: int
    refused: int
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...]
    changes: tuple[FieldChange, ...] = ()
    unlisted: int = 0
    merged: tuple[ReviewPair, ...] = ()
    to_review: tuple[ReviewPair, ...] = ()
    uncompared: int = 0
    plan_id: str = ""
    written: bool = False
    job_id: str | None = None

    @property
    def unchanged(self) -> int:
        """Rows that were in the store already."""
        return self.loaded - self.added - self.changed

    @property
    def all_loaded(self) -> bool:
        """Whether nothing at all was refused."""
        return not self.findings and not self.refused


class Load:
    """A file on its way in.

    Parameters
    ----------
    path
        The file or folder.
    options
        How it is loaded.
    store
        Where; None: into a new one.

    Raises
    ------
    InvalidInput
        There is nothing to read, or its format isn't known.
    """

    def __init__(self, path: Path, options: ImportOptions, store: GraphStore | None) -> None:
        self.path, self.options = path, options
        found = store.iter_nodes(Label.ECOSYSTEM) if store is not None and options.into is not None else ()
        self._ecosystems = frozenset(stored.element.id for stored in found)
        self.format: Format = recognize(path, options.format)
        self.reading: Reading = self.format.read(path, replace(options.read, namespace=options.into or ""))
        owner = PUBLIC if self.format.public else options.owner
        self.admission = Admission(owner)
        self._rows_reader = RowsReader(owner, self.reading.name)
        self._counted = dict.fromkeys(("read", "outside", "loaded", "added", "changed", "refused", "unlisted"), 0)
        self._findings, self._notices = list(self.reading.findings), list(self.reading.notices)
        self._changes: list[FieldChange] = []
        self._new: list[NodeId] = []
        self._new_partners = 0
        self._into = options.into
        self._ecosystem_faults: list[Finding] = []
        if self.format.public and options.into is not None:
            self.check_ecosystem([])
            message = "a register is everybody's: what it says is public, not the ecosystem's own"
            self._notices.append(Finding(message, "--into", options.into))

    def chunks(self, progress: Progress) -> Iterator[list[SoundRow]]:
        """Yield sound rows of about a batch at a time, at least one list; count and note all others."""
        waiting: list[SoundRow] = []
        size, estimate = 0, max(1, self.reading.estimate)
        for row in self._sound_rows():
            elements = sum(len(part.elements) for part in row.parts)
            if waiting and size + elements > self.options.batch_size:
                yield waiting
                progress(min(self._counted["read"], estimate), estimate)
                waiting, size = [], 0
            waiting.append(row)
            size += elements
        yield waiting
        progress(estimate, estimate)

    def _sound_rows(self) -> Iterator[SoundRow]:
        for row in self.reading.rows():
            self._counted["read"] += 1
            self._list(self._notices, row.notices)
            if not row.parts and not row.findings and not row.refused:
                self._counted["outside"] += 1
                continue
            read = self._rows_reader.read(row)
            taken = self.admission.take(read) if isinstance(read, SoundRow) else read
            if isinstance(taken, SoundRow):
                yield taken
                continue
            self._refuse(taken)
            ground = self._rows_reader.read_ground(row)
            kept = self.admission.take(ground) if ground is not None else None
            if isinstance(kept, SoundRow):
                yield kept

    def check_ecosystem(self, rows: Sequence[SoundRow]) -> None:
        """Raise where the ecosystem to load into is neither in the store nor among the first rows."""
        if self._into is None:
            return
        nodes = [part.node for row in rows for part in row.parts if part.node is not None]
        known: set[str] = {*self._ecosystems, *(node.id for node in nodes if node.label is Label.ECOSYSTEM)}
        if self._into in known:
            self._into = None
        elif self._ecosystem_faults:
            raise InvalidInput(self._ecosystem_faults)
        else:
            near = difflib.get_close_matches(self._into, sorted(known), n=5, cutoff=0.5)
            raise NotFound("ecosystem", self._into, near)

    def count(self, judged: Judged) -> None:
        """Count what became of rows."""
        for refusal in judged.refusals:
            self._refuse(refusal)
        self._counted["outside"] += judged.left_out
        counted = [row for row in judged.admitted if not row.row.ground]
        self._counted["loaded"] += len(counted)
        self._counted["added"] += sum(row.adds for row in counted)
        new = [id for row in judged.admitted for id in row.new_partners]
        self._new_partners += len(new)
        self._new = [*self._new, *new][: MAXIMUM_COMPARED + 1]
        self._counted["changed"] += sum(bool(row.edits) and not row.adds for row in counted)

    def note_changes(self, changes: Sequence[FieldChange]) -> None:
        """Note fields that would change."""
        room = max(0, MAXIMUM_LISTED - len(self._changes))
        self._changes += changes[:room]
        self._counted["unlisted"] += max(0, len(changes) - room)

    @property
    def owner(self) -> Owner:
        """Whose statements its rows become."""
        return self.admission.owner

    @property
    def to_compare(self) -> frozenset[NodeId]:
        """The partners that came new, to be compared with the others; none where they are too many."""
        return frozenset(self._new) if len(self._new) <= MAXIMUM_COMPARED else frozenset()

    def outcome(self, settled: Settled, *, plan_id: str = "", job_id: str | None = None) -> ImportOutcome:
        """Return what was counted, and what became of pairs that may be one."""
        counted = self._counted
        return ImportOutcome(
            self.reading.name,
            self.format.term,
            counted["read"],
            counted["outside"],
            counted["loaded"],
            counted["added"],
            counted["changed"],
            counted["refused"],
            tuple(sorted(self._findings, key=lambda finding: (finding.file, finding.line))),
            tuple(self._notices),
            tuple(self._changes),
            counted["unlisted"],
            settled.merged,
            settled.to_review,
            0 if self.to_compare else self._new_partners,
            plan_id,
            job_id is not None,
            job_id,
        )

    def _refuse(self, refusal: Refusal) -> None:
        self._counted["refused"] += 1
        self.admission.note_refusal(refusal)
        self._list(self._findings, refusal.findings)
        if refusal.id == self._into:
            self._ecosystem_faults += refusal.findings

    def _list(self, known: list[Finding], more: Iterable[Finding]) -> None:
        for finding in more:
            if len(known) < MAXIMUM_LISTED:
                known.append(finding)
            else:
                self._counted["unlisted"] += 1
