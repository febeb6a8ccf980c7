"""Training a model on what happened in an ecosystem."""

import datetime

from matchmaker.errors import Finding, InvalidInput
from matchmaker.graph.scoping import Scope
from matchmaker.graph.store import GraphStore
from matchmaker.model.ids import EcosystemId
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.learning.decisions import ShownPair
from matchmaker.recommend.learning.model_json import ModelFile
from matchmaker.recommend.learning.model_training import TrainingRequest, train_model
from matchmaker.recommend.scoring.prior import prior_model
from matchmaker.services.exposure import iter_shown
from matchmaker.services.job_records import Progress, no_progress


def train(
    store: GraphStore, ecosystem: EcosystemId, request: TrainingRequest, progress: Progress = no_progress
) -> ModelFile:
    """Return a model fitted to an ecosystem's history; nothing is kept of it yet.

    What belongs to other ecosystems alone is in no snapshot of this one, and so in no example.

    Raises
    ------
    InvalidInput
        No pattern has enough links or decisions, or none is better than the prior; with the reason for each.
    """

    def index_at(day: datetime.date) -> SnapshotIndex:
        return SnapshotIndex(store.snapshot(Scope(ecosystem), day))

    shown = [
        ShownPair(one.suggestion, listed.subject, one.other, _day(listed.at), one.position, one.propensity)
        for listed in iter_shown(store.operations(), ecosystem)
        for one in listed.shown
    ]
    model = train_model(index_at, request, prior_model(), shown, progress)
    cards = model.card.patterns
    if all(card.refused and not card.moved for card in cards):
        raise InvalidInput([Finding(f"stays prior: {card.refused}", card.name.value) for card in cards])
    return model


def _day(at: int) -> datetime.date:
    return datetime.datetime.fromtimestamp(at, tz=datetime.UTC).date()
