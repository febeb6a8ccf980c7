"""Models as text: inspectable JSON, one form for equal models, whose digest is the version. Nothing in it is code.

Reading checks everything that a scorer relies on and tells every fault at once.
"""

import datetime
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import MappingProxyType

from pydantic import TypeAdapter, ValidationError

from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.ids import digest_of
from matchmaker.model.vocabulary import LikelihoodBasis, PatternName
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.learning.model_card import ModelCard
from matchmaker.recommend.scoring.additive import PatternModel, PiecewiseTable, ScoringModel
from matchmaker.recommend.scoring.intervals import count_points

FORMAT = "matchmaker scoring model 1"
ID_PREFIX = "local-"
DIGEST_SHOWN = 12
"""How many digits of its digest a model is named by."""

LARGEST = 1_000_000.0
"""No number in a model's tables is larger."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A trained model with all that says where it comes from.

    Attributes
    ----------
    format
        `FORMAT`.
    ecosystem
        Whose decisions and ties it was fitted to; it serves nobody else.
    prior
        Id of the model that it was drawn to, and that patterns which weren't fitted keep.
    patterns
        The scorer of every pattern.
    graph_hash, ledger_hash
        Of the scope on the day up to which it was trained: equal ones give an equal model.
    statistics
        The version of what was fitted to the texts of the scope.
    libraries
        Versions of what did the arithmetic, by name.
    seed
        Which pairs that formed nothing were kept as examples.
    card
        What it was trained on, how good it is and what it isn't for.
    """

    format: str
    ecosystem: str
    prior: str
    patterns: Mapping[PatternName, PatternModel]
    graph_hash: str
    ledger_hash: str
    statistics: str
    libraries: Mapping[str, str]
    seed: int
    card: ModelCard

    @property
    def digest(self) -> str:
        """The version: equal for equal models, 64 hexadecimal digits."""
        return digest_of(model_to_json(self))

    @property
    def id(self) -> str:
        """The name that goes into every result."""
        return f"{ID_PREFIX}{self.digest[:DIGEST_SHOWN]}"

    @property
    def basis(self) -> LikelihoodBasis:
        """``local`` where any pattern was fitted."""
        local = any(one.basis is LikelihoodBasis.LOCAL for one in self.patterns.values())
        return LikelihoodBasis.LOCAL if local else LikelihoodBasis.PRIOR

    def scoring_model(self) -> ScoringModel:
        """Return what scores pairs."""
        return ScoringModel(self.id, self.basis, MappingProxyType(dict(self.patterns)))


_READER: TypeAdapter[ModelFile] = TypeAdapter(ModelFile)


def model_to_json(model: ModelFile) -> str:
    """Return a model as text: keys sorted, no spaces, every number with all its digits."""
    return json.dumps(_plain(model), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def parse_model(text: str) -> ModelFile:
    """Return the model that `model_to_json` wrote; its scores are equal to the bit.

    Raises
    ------
    InvalidInput
        It is none, or no scorer could use it; with every fault.
    """
    try:
        model = _READER.validate_json(text, strict=True)
    except ValidationError as error:
        raise InvalidInput([_finding(one["loc"], one["msg"], one.get("input")) for one in error.errors()]) from error
    findings = list(_faults(model))
    if not findings and json.loads(text) != json.loads(model_to_json(model)):
        findings = [Finding("holds more than a model does", "model", valid="exactly the fields of a model")]
    if findings:
        raise InvalidInput(findings)
    return model


def _plain(value: object) -> object:
    """Return a value as JSON has it: fields by name, terms and days as text."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, tuple):
        return [_plain(held) for held in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def _finding(place: tuple[int | str, ...], message: str, value: object) -> Finding:
    shown = value if isinstance(value, str | int | float | bool) else ""
    return Finding(message[:1].lower() + message[1:], "/".join(map(str, place)) or "model", str(shown)[:200])


def _faults(model: ModelFile) -> Iterator[Finding]:
    if model.format != FORMAT:
        yield Finding("is of another format", "format", model.format[:200], FORMAT)
    missing = [name.value for name in PatternName if name not in model.patterns]
    if missing:
        yield Finding("has no scorer for some patterns", "patterns", ", ".join(missing), "every pattern")
    for name, one in model.patterns.items():
        yield from _pattern_faults(f"patterns/{name.value}", one)


def _pattern_faults(where: str, model: PatternModel) -> Iterator[Finding]:
    if not _is_usable(model.intercept) or not _is_usable(model.level):
        yield Finding("is no usable number", f"{where}/intercept", str(model.intercept))
    for name, table in model.tables.items():
        if name not in FEATURES:
            yield Finding("is no feature of this version", f"{where}/tables", name[:200], ", ".join(FEATURES))
        yield from _table_faults(f"{where}/tables/{name[:200]}", table)
    for side, answered in model.sides.items():
        if not all(map(_is_usable, (answered.stretch, answered.shift, *answered.covariance))) or answered.evidence < 1:
            yield Finding("holds a number that can't be used", f"{where}/sides/{side.value}")
    if model.fit is None:
        return
    size = count_points(model)
    if len(model.fit.covariance) != size * (size + 1) // 2 or not all(map(_is_usable, model.fit.covariance)):
        valid = f"{size * (size + 1) // 2} numbers for {size} coefficients"
        yield Finding("doesn't fit the tables", f"{where}/fit/covariance", str(len(model.fit.covariance)), valid)
    if model.fit.evidence < 1:
        yield Finding("a fit rests on something", f"{where}/fit/evidence", str(model.fit.evidence), "1 or more")


def _table_faults(where: str, table: PiecewiseTable) -> Iterator[Finding]:
    if not table.points or len(table.points) != len(table.shares):
        yield Finding("needs as many shares as points, and one at least", where, str(len(table.points)))
    if not all(map(_is_usable, (*table.points, *table.shares))):
        yield Finding("holds a number that can't be used", where, valid=f"finite, at most {LARGEST:g}")
    elif any(after <= before for before, after in zip(table.points, table.points[1:], strict=False)):
        yield Finding("its points don't ascend", where)
    elif table.log and table.points and table.points[0] <= -1.0:
        yield Finding("has no logarithm at its first point", where, str(table.points[0]), "above -1")


def _is_usable(number: float) -> bool:
    return math.isfinite(number) and abs(number) <= LARGEST
