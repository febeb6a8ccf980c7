"""Where staff's own words for a message are kept, and when they go."""

from matchmaker.graph.store import OperationsStore
from matchmaker.model.decision import OVER, Life
from matchmaker.model.vocabulary import Side
from matchmaker.services.draft_words import DraftPurpose

COLLECTION = "drafts"


def draft_key(suggestion: str, side: Side, purpose: DraftPurpose) -> str:
    """Return under what the words for a message are kept."""
    return f"{suggestion}/{side.value}/{purpose.value}"


def drop_drafts(operations: OperationsStore, suggestion: str, life: Life) -> None:
    """Drop the words for a side that there is no message to: the order was changed, or the first side's yes is gone."""
    for side in Side:
        if life.state not in OVER and not life.may_be_written_to(side):
            for purpose in DraftPurpose:
                operations.remove(COLLECTION, draft_key(suggestion, side, purpose))
