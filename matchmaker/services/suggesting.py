"""Whom a partner should meet, and why two would or wouldn't be suggested to each other, for an audience."""

from dataclasses import dataclass

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.ids import NodeId
from matchmaker.model.suggestion import SuggestionList
from matchmaker.model.vocabulary import Audience
from matchmaker.recommend.explanation import PairExplanation
from matchmaker.recommend.pipeline import explain, suggest
from matchmaker.recommend.request import ANYONE, SuggestionRequest
from matchmaker.services.disclosure import disclose, disclose_explanation
from matchmaker.services.gaps import gap_value_of


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads an answer: the audience, and for partners which one (None: the one that the answer is about)."""

    audience: Audience = Audience.STAFF
    partner: NodeId | None = None


STAFF = Reader()


def suggest_for(
    snapshot: Snapshot, subject_id: str, request: SuggestionRequest = ANYONE, reader: Reader = STAFF
) -> SuggestionList:
    """Return whom a partner, program, initiative or ecosystem should meet, as a reader may see it.

    In an ecosystem's scope the priority counts the ecosystem's gaps that a link would close.

    Raises
    ------
    NotFound
        The scope doesn't hold the subject, or the reader may not know of it.
    InvalidInput
        The request is out of range, or no suggestions are made for such a thing.
    """
    found = suggest(snapshot, subject_id, request, gap_value_of(snapshot))
    return disclose(found, snapshot, reader.audience, reader.partner)


def explain_pair(
    snapshot: Snapshot, source_id: str, target_id: str, reader: Reader = STAFF, request: SuggestionRequest = ANYONE
) -> PairExplanation:
    """Return every rule and contribution of a pair, as a reader may see them; raises as `suggest_for` does."""
    explained = explain(snapshot, source_id, target_id, request, gap_value_of(snapshot))
    return disclose_explanation(explained, snapshot, reader.audience, reader.partner)
