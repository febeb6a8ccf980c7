"""``matchmaker backup`` and ``matchmaker restore``: everything but secrets, in one file for either kind of store."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from matchmaker.cli.opening import opened
from matchmaker.cli.options import JsonOption, StoreOption
from matchmaker.cli.output import print_json, progress, say
from matchmaker.errors import Finding, InvalidInput
from matchmaker.graph.backup import BackupSummary
from matchmaker.services import backups


class BackupOut(BaseModel):
    """What a backup holds."""

    nodes: int
    records: int
    ties: int
    graph_hash: str
    content_hash: str


def _out(summary: BackupSummary) -> BackupOut:
    return BackupOut(
        nodes=summary.nodes,
        records=summary.records,
        ties=summary.ties,
        graph_hash=summary.hashes.graph,
        content_hash=summary.hashes.content,
    )


def _show(what: str, summary: BackupSummary) -> None:
    say(f"{what}: {summary.nodes:,} nodes, {summary.records:,} records, {summary.ties:,} ties.")
    say(f"Content hash {summary.hashes.content}")


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write everything but secrets to one file."""
    with opened(store) as graph, progress("Backing up") as step:
        summary = backups.back_up(graph, file, step)
    if as_json:
        print_json(_out(summary))
    else:
        _show(f"Written to {file}", summary)


def restore(
    file: Annotated[Path | None, typer.Argument(help="The backup to restore.", show_default=False)] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Give up an interrupted restore and empty the store.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Restore a backup into an empty store of either kind; run it again to finish an interrupted one."""
    if drop == (file is not None):
        raise InvalidInput([Finding("a backup, or --drop, is needed", valid="one of the two")])
    if file is None:
        with opened(store, allow_incomplete=True) as graph:
            backups.drop_unfinished_restore(graph)
        say("The unfinished restore is dropped; the store is empty.")
        return
    with opened(store, create=True, allow_incomplete=True) as graph, progress("Restoring") as step:
        summary = backups.restore(file, graph, step)
    if as_json:
        print_json(_out(summary))
    else:
        _show(f"Restored from {file}", summary)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(backup)
    app.command()(restore)
