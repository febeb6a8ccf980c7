"""What every route is given: the store's snapshots, and whose view a request asks for."""

import datetime
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Query, Request

from matchmaker.errors import Finding, InvalidInput
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import ValueRefused
from matchmaker.model.dates import DATE_RULE, canonical_date, first_day
from matchmaker.model.vocabulary import Audience
from matchmaker.services.disclosure import shows_figures
from matchmaker.services.snapshots import SnapshotCache


@dataclass(frozen=True, slots=True)
class Context:
    """The parts that routes use: one store, the snapshots kept of it, and where people outside reach this server."""

    store: GraphStore
    snapshots: SnapshotCache
    public_url: str = ""


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
        return shows_figures(self.audience)


def get_context(request: Request) -> Context:
    """Return the app's context."""
    context: Context = request.app.state.context
    return context


def get_public_view(
    as_of: Annotated[str, Query(description="The day to look at; today where it isn't given.")] = "",
    audience: Annotated[Audience, Query(description="Who reads the answer.")] = Audience.STAFF,
) -> View:
    """Return the day and audience that a request asks for; today is the only thing read from the clock."""
    if not as_of:
        return View("", datetime.datetime.now(tz=datetime.UTC).astimezone().date(), audience)
    try:
        return View("", first_day(canonical_date(as_of)), audience)
    except ValueRefused as refused:
        raise InvalidInput([Finding(f"the date {refused}", "query.as_of", as_of[:200], DATE_RULE)]) from refused


def get_view(
    view: Annotated[View, Depends(get_public_view)],
    ecosystem: Annotated[str, Query(description="Whose view: an ecosystem's id or name.", max_length=300)] = "",
) -> View:
    """Return the view that a request asks for, an ecosystem's where it names one."""
    return replace(view, ecosystem=ecosystem)


ContextPart = Annotated[Context, Depends(get_context)]
DayPart = Annotated[View, Depends(get_public_view)]
ViewPart = Annotated[View, Depends(get_view)]
LimitPart = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
