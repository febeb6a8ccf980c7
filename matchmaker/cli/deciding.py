"""What the commands about decisions share: whose staff work, in which store, on which day, and who they are."""

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from matchmaker.cli.lookup import Asked, LookUp, looking_up
from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.canonical import ValueRefused
from matchmaker.model.dates import DATE_RULE, canonical_date, first_day
from matchmaker.model.ids import EcosystemId
from matchmaker.services.job_records import Runner
from matchmaker.services.naming import find_thing
from matchmaker.services.stored_suggestions import Hub

HubOption = Annotated[str, typer.Option("--ecosystem", help="Whose staff you are: an ecosystem's id or name.")]
SuggestionArgument = Annotated[str, typer.Argument(metavar="SUGGESTION_ID", help="As lists show it with --json.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where staff work: their hub, and the look-up behind it."""

    hub: Hub
    look: LookUp

    def named(self, text: str) -> str:
        """Return the id of what a name means in the ecosystem; empty for none."""
        return str(find_thing(self.hub.snapshot(), text).id) if text else ""


@contextmanager
def at_desk(store: str | None, ecosystem: str, title: str, as_of: str | None = None) -> Iterator[Desk]:
    """Give the desk of an ecosystem's staff over the open store."""
    with looking_up(Asked(store, as_of, ecosystem), title) as look:
        found = look.ecosystem(ecosystem)
        yield Desk(Hub(look.snapshots, EcosystemId(found.node.id), look.day), look)


def parse_day(text: str | None, option: str) -> datetime.date | None:
    """Return the day that an option names, None where it isn't given; raise `InvalidInput` for anything else."""
    if text is None:
        return None
    try:
        return first_day(canonical_date(text))
    except ValueRefused as refused:
        raise InvalidInput([Finding(f"the date {refused}", option, text[:200], DATE_RULE)]) from refused


def make_runner(who: str) -> Runner:
    """Return who works, by the machine's clock."""
    return Runner(who, lambda: int(time.time()))
