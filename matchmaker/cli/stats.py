"""``matchmaker stats``: what the store holds."""

import typer
from pydantic import BaseModel

from matchmaker.cli.opening import opened
from matchmaker.cli.options import JsonOption, StoreOption
from matchmaker.cli.output import head, print_json, say
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.services.facts import stats as find_stats


class StatsOut(BaseModel):
    """Counts by label and tie type, of all owners."""

    revision: int
    nodes: dict[Label, int]
    ties: dict[TieType, int]
    records: int
    graph_hash: str
    content_hash: str


def stats(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Count what the store holds, by label and tie type."""
    with opened(store) as graph:
        found = find_stats(graph)
    if as_json:
        print_json(
            StatsOut(
                revision=found.revision,
                nodes=dict(found.nodes),
                ties=dict(found.ties),
                records=found.records,
                graph_hash=found.hashes.graph,
                content_hash=found.hashes.content,
            )
        )
        return
    head(f"{sum(found.nodes.values()):,} nodes")
    for label, count in found.nodes.items():
        say(f"  {label.value:<18}{count:>8,}")
    head(f"{sum(found.ties.values()):,} ties")
    for type, count in found.ties.items():
        say(f"  {type.value:<18}{count:>8,}")
    say(f"{found.records:,} records; revision {found.revision}; graph {found.hashes.graph[:12]}")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(stats)
