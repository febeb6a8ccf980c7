"""Hypothesis strategies for elements: valid ones of every label and tie type, and values that try a store's manners."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from matchmaker.model.canonical import MAXIMUM_TEXT, Scalar, Value
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.ontology import node_properties, tie_properties
from matchmaker.model.properties import Kind, PropertySpec
from matchmaker.model.vocabulary import RECORD_LABELS, REFERENCE_LABELS, Confidence, Label, TieType

IDENTIFIER_EXAMPLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "leaid": ("4101920", "0100005", "5900001"),
        "ncessch": ("410192000001", "010000500870"),
        "pss_id": ("A1234567", "00000001"),
        "unitid": ("209807", "000001"),
        "mid": ("8400100001",),
        "fscs": ("OR0001", "FL0015-002"),
        "ror": ("00yn2fy02",),
        "ein": ("930386860",),
        "opeid": ("00322300",),
        "web_domain": ("pdx.edu", "a-b.example.org"),
        "naics": ("62", "31-33", "541715"),
        "isic": ("P", "P8530"),
        "soc": ("17-2061", "15-1252"),
        "isco": ("2", "2512"),
        "cip": ("14", "14.01", "14.0101"),
        "zip": ("97005", "97005-1234"),
        "county_fips": ("41051", "01001"),
        "tract": ("41051000100",),
        "country": ("US", "CA"),
        "region": ("US-OR", "CA-BC"),
        "isced": ("0", "8"),
        "language": ("en", "es-MX", "zh-Hant"),
    }
)
"""Well-formed identifiers of every scheme; the institutions are real or nobody's, nothing is said of them."""

HOSTILE_TEXTS: Final[tuple[str, ...]] = (
    "'; DROP TABLE nodes; --",
    "\"quoted\" and 'single' and `backticks`",
    "$parameter ${braces} {map: 1} [list] (node)-[:TIE]->()",
    "back\\slash \\u0041 \\n not a line break",
    "two\nlines\tand a tab",
    '{"looks": ["like", "JSON", 1.0, null]}',
    "null",
    "NaN",
    "true",
    "1.0",
    "-0",
    "0x10",
    "2012-09-30",
    "%like_pattern%",
    "Ünïcödé ß İstanbul ﬁ",
    "Espan\u0303a and Cafe\u0301",
    "\U0001f9ea beyond the basic plane \U00020000",
    "\U0001f469\U0001f3fd\u200d\U0001f52c joined",
    "من اليمين to the left",
    "\u00a0no-break spaces\u2007inside",
    "soft\u00adhyphen and zero\u200bwidth",
    "noncharacter \uffff and private \ue000",
    "x" * 3000,
)
"""Texts that go wrong where a store builds statements out of values, guesses types, or knows only part of Unicode."""

REFUSED_TEXTS: Final[tuple[str, ...]] = (
    "a\x00b",
    "bell\x07",
    "\ud800 alone",
    "c1 \x9f control",
    "x" * (MAXIMUM_TEXT + 1),
)
"""Texts that no store is given."""

HOSTILE_FLOATS: Final[tuple[float, ...]] = (0.0, 0.1, 1.0, 1e16, 5e-324, 1.7976931348623157e308, 2.0**53 + 2.0, 1 / 3)
HOSTILE_INTEGERS: Final[tuple[int, ...]] = (0, 1, 2**31, 2**53 + 1, 2**63 - 1)

PLAIN_LABELS: Final = tuple(label for label in Label if label not in RECORD_LABELS | REFERENCE_LABELS)
"""The labels whose nodes are put as they are."""


def ids(prefix: str = "") -> SearchStrategy[NodeId]:
    """Return any id that starts with ``prefix``."""
    rest = st.text("abcdefghijklmnopqrstuvwxyz0123456789._:-", min_size=0 if prefix else 1, max_size=40)
    return rest.map(lambda text: NodeId(prefix + text if prefix else "n" + text))


def texts() -> SearchStrategy[str]:
    """Return texts that a store takes: any, and the hostile ones. Some aren't canonical yet."""
    plain = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=60)
    return st.one_of(st.sampled_from(HOSTILE_TEXTS), plain)


def partial_dates() -> SearchStrategy[str]:
    """Return years, months and days."""
    return st.one_of(
        st.integers(1, 9999).map("{:04d}".format),
        st.tuples(st.integers(1, 9999), st.integers(1, 12)).map(lambda parts: "{:04d}-{:02d}".format(*parts)),
        st.dates().map(lambda day: day.isoformat()),
    )


@st.composite
def intervals(draw: st.DrawFn) -> dict[str, Value]:
    """Return ``since`` and ``until`` in order, or one of them, or neither."""
    since, until = sorted(draw(st.lists(st.integers(1900, 2100), min_size=2, max_size=2, unique=True)))
    names = draw(st.sampled_from([(), ("since",), ("until",), ("since", "until")]))
    both: dict[str, Value] = {"since": str(since), "until": str(until)}
    return {name: both[name] for name in names}


def values(spec: PropertySpec) -> SearchStrategy[Value]:
    """Return values that a property takes, canonical or not yet."""
    one = _single(spec)
    return st.lists(one, min_size=1, max_size=4).map(tuple) if spec.many else one  # type: ignore[arg-type]  # homogeneous by its one strategy


def _single(spec: PropertySpec) -> SearchStrategy[Scalar]:
    if spec.terms is not None:
        return st.sampled_from([term.value for term in spec.terms])
    if spec.scheme:
        return st.sampled_from(IDENTIFIER_EXAMPLES[spec.scheme])
    by_kind: dict[Kind, SearchStrategy[Scalar]] = {
        Kind.BOOLEAN: st.booleans(),
        Kind.DATE: partial_dates(),
        Kind.ID: ids(),
        Kind.INTEGER: _integers(spec),
        Kind.FLOAT: _floats(spec),
        Kind.TEXT: texts(),
    }
    return by_kind[spec.kind]


def _integers(spec: PropertySpec) -> SearchStrategy[Scalar]:
    low = int(spec.minimum) if spec.minimum is not None else -(2**63)
    high = int(spec.maximum) if spec.maximum is not None else 2**63 - 1
    known = [number for number in HOSTILE_INTEGERS if low <= number <= high]
    return st.one_of(st.integers(low, high), st.sampled_from(known or [low]))


def _floats(spec: PropertySpec) -> SearchStrategy[Scalar]:
    low, high = spec.minimum, spec.maximum
    known = [number for number in HOSTILE_FLOATS if (low is None or number >= low) and (high is None or number <= high)]
    drawn = st.floats(low, high, allow_nan=False, allow_infinity=False)
    return st.one_of(drawn, st.sampled_from(known), st.just(-0.0) if low is None or low <= 0 else st.nothing())


@st.composite
def properties(draw: st.DrawFn, specs: Mapping[str, PropertySpec], *, whole: bool = True) -> dict[str, Value]:
    """Return properties that fit ``specs``: the required ones (where ``whole``) and a few of the others."""
    named = {name: spec for name, spec in specs.items() if not spec.derived and name not in {"since", "until"}}
    required = sorted(name for name, spec in named.items() if spec.required and whole)
    others = sorted(set(named) - set(required))
    chosen = draw(st.lists(st.sampled_from(others), max_size=6, unique=True)) if others else []
    held = {name: draw(values(named[name])) for name in [*required, *chosen]}
    for name in required:
        if named[name].kind is Kind.TEXT:
            held[name] = draw(texts().filter(lambda text: bool(text.strip())))
    _agree(held)
    held |= draw(intervals())
    if draw(st.booleans()):
        held[draw(st.sampled_from(["x_notes", "x_a.b:c-d", "x_1"]))] = draw(texts())
    return held


def _agree(held: dict[str, Value]) -> None:
    """Leave out what would contradict another property."""
    for kept, dropped in (("ncessch", "leaid"), ("region", "country"), ("stage", "all_stages")):
        if kept in held:
            held.pop(dropped, None)


@st.composite
def provenances(draw: st.DrawFn) -> Provenance:
    """Return where a fact comes from."""
    observed_on = draw(st.one_of(st.none(), partial_dates()))
    confidence = draw(st.sampled_from(Confidence))
    return Provenance(draw(texts()), draw(texts()), observed_on, confidence, draw(st.sampled_from(["", "load-1"])))


@st.composite
def nodes(draw: st.DrawFn, labels: Sequence[Label] = PLAIN_LABELS, owners: Sequence[str] = (PUBLIC,)) -> Node:
    """Return a valid node that is put as it is."""
    label = draw(st.sampled_from(labels))
    held = draw(properties(node_properties(label)))
    if label is Label.CONTACT and "name" in held:
        held["agreed_on"] = "2024-01-15"
    owner = draw(st.sampled_from(owners))
    return Node(draw(ids(f"{label.value.lower()}:")), label, held, Owner(owner), draw(provenances()))


@st.composite
def records(draw: st.DrawFn, about: str, label: Label = Label.PARTNER, owners: Sequence[str] = (PUBLIC,)) -> Record:
    """Return a complete Record about one thing."""
    held = draw(properties(node_properties(label)))
    return Record(NodeId(about), label, held, Owner(draw(st.sampled_from(owners))), draw(provenances()))


@st.composite
def ties(draw: st.DrawFn, type: TieType, ends: tuple[str, str], owner: str = PUBLIC) -> Tie:
    """Return a tie of a type with valid properties; whether its ends fit is for the caller to see to."""
    held = draw(properties(tie_properties(type)))
    if held.get("level_by_source") == 0 == held.get("level_by_target"):
        held["level_by_source"] = 1
    episode = draw(st.sampled_from(["", "grant 7", *HOSTILE_TEXTS[:6]]))
    return make_tie(type, ends, held, owner, episode, draw(provenances()))
