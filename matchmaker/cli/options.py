"""Options that many commands share."""

import datetime
import getpass
from typing import Annotated

import typer

from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.canonical import ValueRefused
from matchmaker.model.dates import DATE_RULE, canonical_date, first_day
from matchmaker.recommend.policies import POLICIES
from matchmaker.services.naming import ThingKind

StoreOption = Annotated[
    str | None,
    typer.Option("--store", help="Where the graph is: sqlite:///FILE or neo4j://HOST.", envvar="MATCHMAKER_STORE"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
AsOption = Annotated[str | None, typer.Option("--as", metavar="WHO", help="Who makes this change.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="The day to look at; today where it isn't given.")
]
EcosystemOption = Annotated[
    str | None, typer.Option("--ecosystem", help="Whose view: an ecosystem's id or name; else the partner's own.")
]
KindOption = Annotated[
    ThingKind | None, typer.Option("--kind", help="What kind of thing it is, where a name is shared.")
]
PolicyOption = Annotated[str, typer.Option("--policy", help=f"What a list is sorted by: {', '.join(POLICIES)}.")]
WeightOption = Annotated[
    list[str] | None,
    typer.Option("--weight", metavar="NAME=NUMBER", help="Move a weight of the policy, such as gap=2."),
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100, help="How many to show.")]


def parse_as_of(text: str | None) -> datetime.date:
    """Return the day that ``--as-of`` names, or today; raise `InvalidInput` for anything else."""
    if text is None:
        return datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    try:
        return first_day(canonical_date(text))
    except ValueRefused as refused:
        raise InvalidInput([Finding(f"the date {refused}", "--as-of", text[:200], DATE_RULE)]) from refused


def parse_who(text: str | None) -> str:
    """Return who makes a change: what ``--as`` says, else the system's user, marked as unverified.

    >>> parse_who("Ana")
    'Ana'
    """
    return text or f"{getpass.getuser()} (unverified)"
