"""Trained models as responses: what each was fitted on, how good it is, which one is used."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from matchmaker.model.vocabulary import LikelihoodBasis, PatternName, Side
from matchmaker.recommend.learning.calibration import Judgement
from matchmaker.recommend.learning.model_card import LIMITS, NOT_FOR, PatternCard
from matchmaker.recommend.learning.model_json import ModelFile
from matchmaker.recommend.scoring.additive import Outcome, PatternModel
from matchmaker.recommend.scoring.intervals import errors_of
from matchmaker.services.models import Change, KeptModel, UseOfModel


class ChangeOut(BaseModel):
    """Who made a change, when and why."""

    who: str
    at: int = Field(description="Whole seconds since 1970.")
    why: str


class KeptModelOut(BaseModel):
    """A model that is kept."""

    id: str
    digest: str = Field(description="Its version.")
    kept: ChangeOut
    in_use: bool


class UseOut(BaseModel):
    """One change of which model is used."""

    action: str
    model: str
    was: str
    change: ChangeOut


class ModelListOut(BaseModel):
    """The models kept for an ecosystem, and what was used when."""

    ecosystem: str
    models: list[KeptModelOut]
    history: list[UseOut]


class BinOut(BaseModel):
    """Pairs of about one likelihood: what was expected of them, and what formed."""

    pairs: float
    expected: float
    formed: float


class JudgementOut(BaseModel):
    """How good a scorer is in the windows that judge."""

    pairs: float
    formed: float
    log_loss: float
    auc: float
    ndcg_at_10: float
    ece: float
    bins: list[BinOut]


class TableOut(BaseModel):
    """A piecewise-linear table of one feature."""

    points: list[float]
    shares: list[float] = Field(description="What each contributes, in log-odds.")
    errors: list[float] = Field(description="Standard errors of the shares; none where it wasn't fitted.")
    log: bool


class PatternModelOut(BaseModel):
    """The scorer of one kind of link, and what became of it in training."""

    basis: LikelihoodBasis
    refused: str = Field(description="Why it stays prior; empty where it was fitted.")
    moved: bool = Field(description="Whether what all kinds have in common moved the prior's tables.")
    links: dict[str, int] = Field(description="Links that formed, by what their windows are for.")
    decisions: int
    evidence: int = Field(description="The n of its likelihoods; 0 where it wasn't fitted.")
    outcome: Outcome | None
    sides: dict[Side, int] = Field(description="To how many suggestions both answered, where that shows per side.")
    intercept: float
    level: float = Field(description="Added for comparing kinds of links with each other.")
    tables: dict[str, TableOut]
    prior: JudgementOut | None
    fitted: JudgementOut | None


class WindowOut(BaseModel):
    """A window of time."""

    start: str
    end: str
    part: str


class BandOut(BaseModel):
    """How good it is where the other side is of one band; no figures where few."""

    kind: str
    band: str
    links: int | None
    prior: float | None
    fitted: float | None


class ModelOut(BaseModel):
    """A model and its card."""

    id: str
    digest: str
    ecosystem: str
    title: str
    basis: LikelihoodBasis
    in_use: bool
    drawn_to: str
    graph_hash: str
    ledger_hash: str
    statistics: str
    libraries: dict[str, str]
    seed: int
    windows: list[WindowOut]
    patterns: dict[PatternName, PatternModelOut]
    bands: list[BandOut]
    not_for: list[str]
    limits: list[str]


def model_list_out(ecosystem: str, kept: Sequence[KeptModel], history: Sequence[UseOfModel]) -> ModelListOut:
    """Return the response form of what is kept."""
    return ModelListOut(
        ecosystem=ecosystem,
        models=[KeptModelOut(id=one.id, digest=one.digest, kept=_change(one.kept), in_use=one.in_use) for one in kept],
        history=[use_out(use) for use in history],
    )


def use_out(use: UseOfModel) -> UseOut:
    """Return the response form of a change of which model is used."""
    return UseOut(action=use.action, model=use.model, was=use.was, change=_change(use.change))


def model_out(model: ModelFile, *, in_use: bool) -> ModelOut:
    """Return the response form of a model."""
    cards = {card.name: card for card in model.card.patterns}
    return ModelOut(
        id=model.id,
        digest=model.digest,
        ecosystem=model.ecosystem,
        title=model.card.title,
        basis=model.basis,
        in_use=in_use,
        drawn_to=model.prior,
        graph_hash=model.graph_hash,
        ledger_hash=model.ledger_hash,
        statistics=model.statistics,
        libraries=dict(model.libraries),
        seed=model.seed,
        windows=[
            WindowOut(start=one.start.isoformat(), end=one.end.isoformat(), part=one.part) for one in model.card.windows
        ],
        patterns={name: _pattern(one, cards.get(name)) for name, one in model.patterns.items()},
        bands=[
            BandOut(kind=one.kind, band=one.band, links=one.links, prior=one.prior, fitted=one.fitted)
            for one in model.card.bands
        ],
        not_for=list(NOT_FOR),
        limits=list(LIMITS),
    )


def _pattern(model: PatternModel, card: PatternCard | None) -> PatternModelOut:
    errors = errors_of(model)
    return PatternModelOut(
        basis=model.basis,
        refused=card.refused if card is not None else "it wasn't asked for",
        moved=card.moved if card is not None else False,
        links={part.value: count for part, count in card.links.items()} if card is not None else {},
        decisions=card.decisions if card is not None else 0,
        evidence=model.fit.evidence if model.fit is not None else 0,
        outcome=model.fit.outcome if model.fit is not None else None,
        sides={side: fit.evidence for side, fit in model.sides.items()},
        intercept=model.intercept,
        level=model.level,
        tables={
            name: TableOut(
                points=list(table.points), shares=list(table.shares), errors=list(errors.get(name, ())), log=table.log
            )
            for name, table in sorted(model.tables.items())
        },
        prior=_judgement(card.prior) if card is not None else None,
        fitted=_judgement(card.fitted) if card is not None else None,
    )


def _judgement(one: Judgement | None) -> JudgementOut | None:
    if one is None:
        return None
    return JudgementOut(
        pairs=one.pairs,
        formed=one.formed,
        log_loss=one.log_loss,
        auc=one.auc,
        ndcg_at_10=one.ndcg_at_10,
        ece=one.ece,
        bins=[BinOut(pairs=bin.pairs, expected=bin.expected, formed=bin.formed) for bin in one.bins],
    )


def _change(change: Change) -> ChangeOut:
    return ChangeOut(who=change.who, at=change.at, why=change.why)
