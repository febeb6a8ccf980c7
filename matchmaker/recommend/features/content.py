"""Content: what two say of themselves, the fields they work in, the occupations they lead to."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from matchmaker.graph.snapshot import LABEL_CODES, Snapshot
from matchmaker.model.elements import Node, Tie
from matchmaker.model.suggestion import Fact
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.codes import CodeSets, code_sets
from matchmaker.recommend.evidence import Evidence, joined
from matchmaker.recommend.facts import NodeFacts
from matchmaker.recommend.organizations import Organizations
from matchmaker.recommend.rows import Numbers, Places, Rows, spread
from matchmaker.recommend.visibility import state_fact

Floats = NDArray[np.float64]
Nodes = NDArray[np.integer]

CODE_PROPERTIES = ("cip_fields", "stem_roles")

FIELD_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "01": "agriculture",
        "03": "natural resources and conservation",
        "04": "architecture",
        "10": "communications technologies",
        "11": "computing and information sciences",
        "13": "education",
        "14": "engineering",
        "15": "engineering technologies",
        "26": "biological sciences",
        "27": "mathematics and statistics",
        "29": "military technologies",
        "30": "interdisciplinary studies",
        "40": "physical sciences",
        "41": "science technologies",
        "46": "construction trades",
        "47": "mechanic and repair technologies",
        "48": "precision production",
        "51": "health professions",
    }
)
"""Fields of study (CIP 2020, two digits) in our words, where no topic names them."""

STEM_FIELDS = frozenset({"01", "03", "10", "11", "14", "15", "26", "27", "29", "30", "40", "41", "51"})
"""Fields that count as STEM for a college's match with a program whose topics aren't recorded."""

DESCRIBED = (Label.PARTNER, Label.PROGRAM, Label.INITIATIVE, Label.ECOSYSTEM)

COMMON_SHARE = 0.3
"""Words that stand in a larger share of the texts than this say nothing, once there are `ENOUGH_TEXTS`."""

ENOUGH_TEXTS = 20

POSTED = 64
"""How many nodes are kept for each term, those first for whom it weighs most, to find whose content is alike."""

_ANALYZE = TfidfVectorizer(stop_words="english").build_analyzer()


@dataclass(frozen=True, slots=True)
class CodeRow:
    """The codes of one node: each with its name and what says so (ties, or a property of the node)."""

    names: Mapping[str, str]
    ties: Mapping[str, tuple[Tie, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class ContentColumns:
    """What each node says of itself.

    Attributes
    ----------
    starts, terms, weights
        TF-IDF of name, description and topics, a row of length 1 or 0 for each node: node ``i`` has the terms
        ``terms[starts[i]:starts[i + 1]]``, ascending, with their weights.
    vocabulary
        The terms, in order of their numbers.
    described
        Shape (nodes,): whether it has a description or a topic; a name alone isn't compared.
    posted
        For each term the nodes for which it weighs most, at most `POSTED`.
    fields
        The CIP fields (two digits) that each node works in.
    occupations
        The occupations (SOC) that each node employs people in, or prepares learners for.
    stem
        Shape (sets of fields,): whether a set holds one of `STEM_FIELDS`.
    version
        Digest of the terms and their weights: part of the model's version, since they are fitted to the snapshot.
    """

    starts: Places
    terms: Numbers
    weights: Floats
    vocabulary: tuple[str, ...]
    described: NDArray[np.bool_]
    posted: Rows
    fields: CodeSets
    occupations: CodeSets
    stem: NDArray[np.bool_]
    version: str

    def of(self, index: int) -> tuple[Numbers, Floats]:
        """Return the terms of a node and their weights."""
        row = slice(self.starts[index], self.starts[index + 1])
        return self.terms[row], self.weights[row]


def build_content(snapshot: Snapshot, facts: NodeFacts, organizations: Organizations) -> ContentColumns:
    """Return the texts of a snapshot as vectors; fitted on all that describe themselves."""
    topics = _ends_by_node(snapshot, TieType.ABOUT)
    texts, described = _texts(snapshot, facts, topics)
    fields = {index: [code[:2] for code in codes] for index, codes in facts.lists("cip_fields").items()}
    for index, ends in topics.items():
        fields.setdefault(index, []).extend(_field(snapshot.nodes[topic]) for topic in ends)
    own = {index: list(codes) for index, codes in facts.lists("stem_roles").items()}
    for type in (TieType.HIRES_FOR, TieType.PREPARES_FOR):
        for index, ends in _ends_by_node(snapshot, type).items():
            own.setdefault(index, []).extend(_occupation(snapshot.nodes[end]) for end in ends)
    vectors, vocabulary, weights = _fit(texts)
    state = hashlib.sha256("\n".join(vocabulary).encode())
    state.update(np.round(weights, 9).tobytes())
    occupations = {index: list(codes) for index, codes in own.items()}
    for index, codes in own.items():
        for operator in organizations.operators[index]:
            occupations.setdefault(operator, []).extend(codes)
    held = code_sets(len(snapshot), fields)
    return ContentColumns(
        vectors.indptr.astype(np.int64),
        vectors.indices.astype(np.int32),
        vectors.data,
        vocabulary,
        described,
        _posted(vectors),
        held,
        code_sets(len(snapshot), occupations),
        _stem(held, fields),
        state.hexdigest()[:8],
    )


def _stem(sets: CodeSets, fields: Mapping[int, list[str]]) -> NDArray[np.bool_]:
    found = np.zeros(len(sets.bits), dtype=bool)
    for node, codes in fields.items():
        found[sets.rows[node]] = not STEM_FIELDS.isdisjoint(codes)
    return found


def _ends_by_node(snapshot: Snapshot, type: TieType) -> dict[int, list[int]]:
    """Return the targets of the ties of a type by source, ascending."""
    adjacency = snapshot.adjacency(type)
    holding = np.flatnonzero(np.diff(adjacency.starts)).tolist()
    return {index: adjacency.of(index).tolist() for index in holding}


def _texts(
    snapshot: Snapshot, facts: NodeFacts, topics: Mapping[int, list[int]]
) -> tuple[list[str], NDArray[np.bool_]]:
    """Return what every node says of its work, with its name, and which say anything; see `_said`."""
    descriptions, names = facts.texts("description"), facts.texts("name")
    texts, described = [""] * len(snapshot), np.zeros(len(snapshot), dtype=bool)
    may = np.isin(snapshot.labels, [LABEL_CODES[label] for label in DESCRIBED])
    for index in sorted(descriptions.keys() | topics.keys()):
        ends = [snapshot.nodes[topic].name for topic in topics.get(index, ())]
        said = " ".join([descriptions.get(index, ""), *ends]).strip()
        if said and may[index]:
            texts[index] = f"{names.get(index) or snapshot.nodes[index].id} {said}"
            described[index] = True
    return texts, described


def _posted(vectors: csr_matrix) -> Rows:
    """Return for each term the nodes for which it weighs most; equal ones by index."""
    nodes = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    order = np.lexsort((nodes, -vectors.data.round(9), vectors.indices))
    terms = vectors.indices[order]
    counts = np.bincount(terms, minlength=vectors.shape[1])
    begins = np.cumsum(counts) - counts
    kept = np.arange(len(order)) - begins[terms] < POSTED
    starts = np.zeros(vectors.shape[1] + 1, dtype=np.int64)
    np.cumsum(np.minimum(counts, POSTED), out=starts[1:])
    return Rows(starts, nodes[order[kept]].astype(np.int32))


def measure_likeness(columns: ContentColumns, subjects: Nodes, others: Nodes) -> Floats:
    """Return the cosine of the TF-IDF vectors of both; shape (pairs,), 0..1, NaN where either isn't described.

    Term frequency is sublinear, inverse document frequency smoothed, as in scikit-learn's ``TfidfVectorizer``. Pairs
    of one subject should stand together.
    """
    value = np.full(len(subjects), np.nan)
    known = np.flatnonzero(columns.described[subjects] & columns.described[others])
    if not len(known):
        return value
    here, there = subjects[known], others[known]
    begins = np.flatnonzero(np.append(True, here[1:] != here[:-1]))
    own = np.zeros(len(columns.vocabulary))
    cosine = np.empty(len(known))
    for first, last in zip(begins.tolist(), [*begins[1:].tolist(), len(known)], strict=True):
        terms, weights = columns.of(int(here[first]))
        own[terms] = weights
        cosine[first:last] = _against(columns, own, there[first:last])
        own[terms] = 0.0
    value[known] = np.clip(cosine, 0.0, 1.0)
    return value


def _against(columns: ContentColumns, own: Floats, others: Nodes) -> Floats:
    """Return the products of a vector with those of some nodes."""
    lengths = columns.starts[others + 1] - columns.starts[others]
    slots, _ = spread(columns.starts[others], lengths)
    ends = np.cumsum(lengths)
    found = np.zeros(len(others))
    filled = np.flatnonzero(lengths)
    if len(filled):
        found[filled] = np.add.reduceat(own[columns.terms[slots]] * columns.weights[slots], (ends - lengths)[filled])
    return found


def likeness_evidence(snapshot: Snapshot, columns: ContentColumns, source: int, target: int) -> list[Evidence]:
    """Return the terms that make two alike, in words; none where only their names share some."""
    (here, mine), (there, theirs) = columns.of(source), columns.of(target)
    shared, one, other = np.intersect1d(here, there, assume_unique=True, return_indices=True)
    product = dict(zip(shared.tolist(), (mine[one] * theirs[other]).tolist(), strict=True))
    first, second = (set(_words(_said(snapshot, index))) for index in (source, target))
    order = sorted(product, key=lambda term: (-product[term], columns.vocabulary[term]))
    words = [columns.vocabulary[term] for term in order if columns.vocabulary[term] in first & second][:4]
    if not words:
        return []
    sentence = f"What you both say of your work has words in common: {', '.join(words)}."
    facts = tuple(
        state_fact(
            snapshot,
            f"{snapshot.nodes[index].name} says of its work: {', '.join(words)}.",
            [index, *(topic for topic, _ in snapshot.targets(index, TieType.ABOUT))],
            [tie for _, tie in snapshot.targets(index, TieType.ABOUT)],
            ["description"],
        )
        for index in (source, target)
    )
    return [Evidence("content", sentence, sentence, facts)]


def fields_evidence(snapshot: Snapshot, source: int, target: int) -> list[Evidence]:
    """Return the fields that two share, in words."""
    rows = fields_of(snapshot, source), fields_of(snapshot, target)
    shared = sorted(rows[0].names.keys() & rows[1].names.keys())
    if not shared:
        return []
    names = joined([_name_of(code, *rows) for code in shared])
    sentence = f"You both work in {names}."
    facts = tuple(
        _code_fact(snapshot, row, index, shared, f"works in {names}")
        for row, index in zip(rows, (source, target), strict=True)
    )
    return [Evidence("fields", sentence, sentence, facts)]


def occupations_evidence(snapshot: Snapshot, organizations: Organizations, source: int, target: int) -> list[Evidence]:
    """Return the occupations that two share, in words."""
    rows = occupations_of(snapshot, organizations, source), occupations_of(snapshot, organizations, target)
    shared = sorted(rows[0].names.keys() & rows[1].names.keys())
    if not shared:
        return []
    names = joined([_name_of(code, *rows) for code in shared])
    sentence = f"The work of both of you leads to the same occupations: {names}."
    facts = tuple(
        _code_fact(snapshot, row, index, shared, f"hires or prepares for {names}")
        for row, index in zip(rows, (source, target), strict=True)
    )
    return [Evidence("occupations", sentence, sentence, facts)]


def _code_fact(snapshot: Snapshot, row: CodeRow, index: int, codes: list[str], words: str) -> Fact:
    ties = {tie.id: tie for code in codes for tie in row.ties.get(code, ())}
    named = [snapshot.index_of(ties[id].target) for id in sorted(ties)]
    by_property = any(code not in row.ties for code in codes)
    nodes = [*([index] if by_property else []), *named]
    sentence = f"{snapshot.nodes[index].name} {words}."
    return state_fact(snapshot, sentence, nodes, [ties[id] for id in sorted(ties)], CODE_PROPERTIES)


def _name_of(code: str, first: CodeRow, second: CodeRow) -> str:
    return min((row.names[code] for row in (first, second)), key=lambda name: (name == code, name))


def _said(snapshot: Snapshot, index: int) -> str:
    """Return what a node says of its work: its description and topics."""
    node = snapshot.nodes[index]
    if node.label not in DESCRIBED:
        return ""
    topics = [snapshot.nodes[topic].name for topic in snapshot.adjacency(TieType.ABOUT).of(index).tolist()]
    return " ".join([node.get_text("description"), *topics]).strip()


def _words(text: str) -> list[str]:
    found: list[str] = _ANALYZE(text)
    return found


def _itself(words: list[str]) -> list[str]:
    return words


def _iter_words(texts: Iterable[str], kept: list[int]) -> Iterator[list[str]]:
    """Yield the words of each text that has any, and keep which texts these are."""
    for index, text in enumerate(texts):
        words = _words(text) if text else []
        if words:
            kept.append(index)
            yield words


def _fit(texts: list[str]) -> tuple[csr_matrix, tuple[str, ...], Floats]:
    """Return the vectors of texts, the vocabulary and its weights."""
    count = sum(1 for _ in islice(_iter_words(texts, []), ENOUGH_TEXTS))
    if not count:
        return csr_matrix((len(texts), 1)), ("",), np.zeros(1)
    common = COMMON_SHARE if count == ENOUGH_TEXTS else 1.0
    kept: list[int] = []
    vectorizer = TfidfVectorizer(analyzer=_itself, sublinear_tf=True, max_df=common)
    vectors = csr_matrix(vectorizer.fit_transform(_iter_words(texts, kept)))
    vectors.sort_indices()
    lengths = np.zeros(len(texts) + 1, dtype=np.int64)
    lengths[np.array(kept) + 1] = np.diff(vectors.indptr)
    whole = csr_matrix((vectors.data, vectors.indices, np.cumsum(lengths)), shape=(len(texts), vectors.shape[1]))
    return whole, tuple(map(str, vectorizer.get_feature_names_out())), vectorizer.idf_


def fields_of(snapshot: Snapshot, index: int) -> CodeRow:
    """Return a node's CIP fields: of its topics, and a college's own."""
    names: dict[str, str] = {}
    ties: dict[str, list[Tie]] = {}
    for topic, tie in snapshot.targets(index, TieType.ABOUT):
        field = _field(snapshot.nodes[topic])
        names.setdefault(field, snapshot.nodes[topic].name)
        ties.setdefault(field, []).append(tie)
    for code in snapshot.nodes[index].get_texts("cip_fields"):
        names.setdefault(code[:2], FIELD_NAMES.get(code[:2], f"field {code[:2]}"))
    return CodeRow(names, {field: tuple(found) for field, found in ties.items()})


def _own_occupations(snapshot: Snapshot, index: int) -> CodeRow:
    names: dict[str, str] = {}
    ties: dict[str, list[Tie]] = {}
    for type in (TieType.HIRES_FOR, TieType.PREPARES_FOR):
        for occupation, tie in snapshot.targets(index, type):
            code = _occupation(snapshot.nodes[occupation])
            names[code] = snapshot.nodes[occupation].name
            ties.setdefault(code, []).append(tie)
    for code in snapshot.nodes[index].get_texts("stem_roles"):
        found = snapshot.find_index(f"soc:{code}")
        names.setdefault(code, snapshot.nodes[found].name if found is not None else code)
    return CodeRow(names, {code: tuple(found) for code, found in ties.items()})


def _field(topic: Node) -> str:
    return topic.get_text("code")[:2] or topic.id


def _occupation(node: Node) -> str:
    return node.get_text("code") or node.id


def occupations_of(snapshot: Snapshot, organizations: Organizations, index: int) -> CodeRow:
    """Return a node's occupations, a partner's with those that its programs prepare for."""
    rows = [_own_occupations(snapshot, one) for one in (index, *organizations.programs[index])]
    if len(rows) == 1:
        return rows[0]
    names = {code: name for row in reversed(rows) for code, name in row.names.items()}
    ties: dict[str, tuple[Tie, ...]] = {}
    for row in rows:
        for code, found in row.ties.items():
            ties[code] = (*ties.get(code, ()), *found)
    return CodeRow(names, ties)
