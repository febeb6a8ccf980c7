"""What every route is given: the store's snapshots, and whose view a request asks for."""

import datetime
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request

from matchmaker.errors import Finding, InvalidInput
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import ValueRefused
from matchmaker.model.dates import DATE_RULE, canonical_date, first_day
from matchmaker.model.vocabulary import Audience
from matchmaker.services.snapshots import SnapshotCache


@dataclass(frozen=True, slots=True)
class Context:
    """The parts that routes use: one store, and the snapshots kept of it."""

    store: GraphStore
    snapshots: SnapshotCache


@dataclass(frozen=True, slots=True)
class View:
    """Whose view a request asks for.

    ``ecosystem`` is an id or a name, empty where the request leaves it open; ``audience`` decides what is shown.
    """

    ecosystem: str
    as_of: datetime.date
    audience: Audience

    @property
    def figures(self) -> bool:
        """Whether this audience sees scores, likelihoods and contributions."""
        return self.audience is Audience.STAFF


def get_context(request: Request) -> Context:
    """Return the app's context."""
    context: Context = request.app.state.context
    return context


def get_view(
    ecosystem: Annotated[str, Query(description="Whose view: an ecosystem's id or name.", max_length=300)] = "",
    as_of: Annotated[str, Query(description="The day to look at; today where it isn't given.")] = "",
    audience: Annotated[Audience, Query(description="Who reads the answer.")] = Audience.STAFF,
) -> View:
    """Return the view that a request asks for; today is the only thing read from the clock."""
    if not as_of:
        return View(ecosystem, datetime.datetime.now(tz=datetime.UTC).astimezone().date(), audience)
    try:
        return View(ecosystem, first_day(canonical_date(as_of)), audience)
    except ValueRefused as refused:
        raise InvalidInput([Finding(f"the date {refused}", "query.as_of", as_of[:200], DATE_RULE)]) from refused


ContextPart = Annotated[Context, Depends(get_context)]
ViewPart = Annotated[View, Depends(get_view)]
LimitPart = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
