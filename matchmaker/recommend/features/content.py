"""Content: what two say of themselves, the fields they work in, the occupations they lead to."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.suggestion import Fact
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.evidence import Evidence, joined
from matchmaker.recommend.organizations import Organizations
from matchmaker.recommend.visibility import state_fact

Floats = NDArray[np.float64]

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

_ANALYZE = TfidfVectorizer(stop_words="english").build_analyzer()


@dataclass(frozen=True, slots=True)
class CodeRow:
    """The codes of one node: each with its name and what says so (ties, or a property of the node)."""

    names: Mapping[str, str]
    ties: Mapping[str, tuple[Tie, ...]]


@dataclass(frozen=True, slots=True)
class ContentColumns:
    """What each node says of itself.

    Attributes
    ----------
    vectors
        Shape (nodes, terms), sparse: TF-IDF of name, description and topics, each row of length 1 or 0.
    terms
        The terms, in order of columns.
    described
        Shape (nodes,): whether it has a description or a topic; a name alone isn't compared.
    fields
        For each node the CIP fields (two digits) it works in.
    occupations
        For each node the occupations (SOC) that it employs people in, or prepares learners for.
    version
        Digest of the terms and their weights: part of the model's version, since they are fitted to the snapshot.
    """

    vectors: csr_matrix
    terms: tuple[str, ...]
    described: NDArray[np.bool_]
    fields: tuple[CodeRow, ...]
    occupations: tuple[CodeRow, ...]
    version: str


def build_content(snapshot: Snapshot, organizations: Organizations) -> ContentColumns:
    """Return the texts of a snapshot as vectors; fitted on all that describe themselves."""
    texts = [_text(snapshot, index) for index in range(len(snapshot))]
    described = np.array([bool(_said(snapshot, index)) for index in range(len(snapshot))])
    vectors, terms, weights = _fit(texts)
    state = hashlib.sha256("\n".join(terms).encode())
    state.update(np.round(weights, 9).tobytes())
    fields = tuple(_fields(snapshot, index) for index in range(len(snapshot)))
    own = [_occupations(snapshot, index) for index in range(len(snapshot))]
    occupations = tuple(_with_programs(own, organizations, index) for index in range(len(snapshot)))
    return ContentColumns(vectors, terms, described, fields, occupations, state.hexdigest()[:8])


def measure_likeness(columns: ContentColumns, subject: int) -> Floats:
    """Return the cosine of each node's TF-IDF vector with the subject's; shape (nodes,), 0..1, NaN where not described.

    Term frequency is sublinear, inverse document frequency smoothed, as in scikit-learn's ``TfidfVectorizer``.
    """
    value: Floats = np.full(len(columns.described), np.nan)
    if columns.described[subject]:
        cosine = (columns.vectors @ columns.vectors[subject].T).toarray().ravel()
        value[columns.described] = np.clip(cosine[columns.described], 0.0, 1.0)
    return value


def measure_codes(rows: tuple[CodeRow, ...], subject: int) -> Floats:
    """Return how many codes each node shares with the subject; shape (nodes,), NaN where either has none recorded."""
    own = rows[subject].names.keys()
    return np.array([float(len(own & row.names.keys())) if own and row.names else np.nan for row in rows])


def likeness_evidence(snapshot: Snapshot, columns: ContentColumns, source: int, target: int) -> list[Evidence]:
    """Return the terms that make two alike, in words; none where only their names share some."""
    product = columns.vectors[source].multiply(columns.vectors[target]).toarray().ravel()
    first, second = (set(_words(_said(snapshot, index))) for index in (source, target))
    order = sorted(np.flatnonzero(product), key=lambda term: (-product[term], columns.terms[term]))
    words = [columns.terms[term] for term in order if columns.terms[term] in first & second][:4]
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


def fields_evidence(snapshot: Snapshot, columns: ContentColumns, source: int, target: int) -> list[Evidence]:
    """Return the fields that two share, in words."""
    shared = sorted(columns.fields[source].names.keys() & columns.fields[target].names.keys())
    if not shared:
        return []
    names = joined([_name_of(code, columns.fields[source], columns.fields[target]) for code in shared])
    sentence = f"You both work in {names}."
    facts = tuple(
        _code_fact(snapshot, columns.fields, index, shared, f"works in {names}") for index in (source, target)
    )
    return [Evidence("fields", sentence, sentence, facts)]


def occupations_evidence(snapshot: Snapshot, columns: ContentColumns, source: int, target: int) -> list[Evidence]:
    """Return the occupations that two share, in words."""
    shared = sorted(columns.occupations[source].names.keys() & columns.occupations[target].names.keys())
    if not shared:
        return []
    names = joined([_name_of(code, columns.occupations[source], columns.occupations[target]) for code in shared])
    sentence = f"The work of both of you leads to the same occupations: {names}."
    facts = tuple(
        _code_fact(snapshot, columns.occupations, index, shared, f"hires or prepares for {names}")
        for index in (source, target)
    )
    return [Evidence("occupations", sentence, sentence, facts)]


def _code_fact(snapshot: Snapshot, rows: tuple[CodeRow, ...], index: int, codes: list[str], words: str) -> Fact:
    ties = {tie.id: tie for code in codes for tie in rows[index].ties.get(code, ())}
    named = [snapshot.index_of(ties[id].target) for id in sorted(ties)]
    by_property = any(code not in rows[index].ties for code in codes)
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
    topics = [snapshot.nodes[topic].name for topic, _ in snapshot.targets(index, TieType.ABOUT)]
    return " ".join([node.get_text("description"), *topics]).strip()


def _text(snapshot: Snapshot, index: int) -> str:
    said = _said(snapshot, index)
    return f"{snapshot.nodes[index].name} {said}" if said else ""


def _words(text: str) -> list[str]:
    found: list[str] = _ANALYZE(text)
    return found


def _fit(texts: list[str]) -> tuple[csr_matrix, tuple[str, ...], Floats]:
    said = [text for text in texts if _words(text)]
    if not said:
        return csr_matrix((len(texts), 1)), ("",), np.zeros(1)
    common = COMMON_SHARE if len(said) >= ENOUGH_TEXTS else 1.0
    vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True, max_df=common).fit(said)
    vectors = vectorizer.transform(texts)
    return csr_matrix(vectors), tuple(map(str, vectorizer.get_feature_names_out())), vectorizer.idf_


def _fields(snapshot: Snapshot, index: int) -> CodeRow:
    """Return a node's CIP fields: of its topics, and a college's own."""
    names: dict[str, str] = {}
    ties: dict[str, list[Tie]] = {}
    for topic, tie in snapshot.targets(index, TieType.ABOUT):
        code = snapshot.nodes[topic].get_text("code")
        field = code[:2] if code else snapshot.nodes[topic].id
        names.setdefault(field, snapshot.nodes[topic].name)
        ties.setdefault(field, []).append(tie)
    for code in snapshot.nodes[index].get_texts("cip_fields"):
        names.setdefault(code[:2], FIELD_NAMES.get(code[:2], f"field {code[:2]}"))
    return CodeRow(names, {field: tuple(found) for field, found in ties.items()})


def _occupations(snapshot: Snapshot, index: int) -> CodeRow:
    names: dict[str, str] = {}
    ties: dict[str, list[Tie]] = {}
    for type in (TieType.HIRES_FOR, TieType.PREPARES_FOR):
        for occupation, tie in snapshot.targets(index, type):
            code = snapshot.nodes[occupation].get_text("code") or snapshot.nodes[occupation].id
            names[code] = snapshot.nodes[occupation].name
            ties.setdefault(code, []).append(tie)
    for code in snapshot.nodes[index].get_texts("stem_roles"):
        found = snapshot.find_index(f"soc:{code}")
        names.setdefault(code, snapshot.nodes[found].name if found is not None else code)
    return CodeRow(names, {code: tuple(found) for code, found in ties.items()})


def _with_programs(own: list[CodeRow], organizations: Organizations, index: int) -> CodeRow:
    """Return a partner's occupations with those that its programs prepare for."""
    rows = [own[index], *(own[program] for program in organizations.programs[index])]
    if len(rows) == 1:
        return rows[0]
    names = {code: name for row in reversed(rows) for code, name in row.names.items()}
    ties: dict[str, tuple[Tie, ...]] = {}
    for row in rows:
        for code, found in row.ties.items():
            ties[code] = (*ties.get(code, ()), *found)
    return CodeRow(names, ties)
