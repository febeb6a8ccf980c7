"""``matchmaker export``: an ecosystem's graph as a file that others can open."""

from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.lookup import Asked, looking_up
from matchmaker.cli.options import AsOfOption, JsonOption, StoreOption
from matchmaker.cli.output import head, print_json, say
from matchmaker.model.vocabulary import Audience
from matchmaker.services.exporting import FORMATS, ExportFormat, Written, export, publish_snapshot
from matchmaker.services.naming import find_ecosystem


def export_ecosystem(
    ecosystem: Annotated[str, typer.Argument(help="An ecosystem's id or name.")],
    format: Annotated[ExportFormat, typer.Option("--format", help="Which format.")],
    to: Annotated[
        Path, typer.Option("--to", metavar="PATH", help="The file to write; of a bundle a folder, or a .zip.")
    ],
    audience: Annotated[Audience, typer.Option("--audience", help="Whom it may be given to.")] = Audience.STAFF,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write an ecosystem's graph to a file, as an audience may have it; small counts of people are left out."""
    with looking_up(Asked(store, as_of), "Writing") as look:
        shown = find_ecosystem(look.snapshots, ecosystem, look.day, audience).shown
        written = export(publish_snapshot(shown, audience), format, to, overwrite=overwrite)
    if as_json:
        print_json(_as_json(written))
    else:
        _show(written)


def _show(written: Written) -> None:
    published = written.published
    head(f"{published.title}, as of {published.as_of}, for {published.audience.value}")
    say(f"Wrote {written.path} ({FORMATS[written.format].title}, {written.size:,} bytes).")
    say(f"{len(published.nodes):,} nodes and {len(published.ties):,} ties.")
    if published.suppressed:
        say(f"{published.suppressed:,} small counts of people are left out.")
    say(f"Graph hash {published.graph_hash}")
    if not FORMATS[written.format].exact:
        say("This format can't carry all of it; docs/exports.md says what it leaves out.")


def _as_json(written: Written) -> dict[str, object]:
    published = written.published
    return {
        "path": str(written.path),
        "format": written.format.value,
        "bytes": written.size,
        "exact": FORMATS[written.format].exact,
        "ecosystem": published.ecosystem,
        "title": published.title,
        "as_of": published.as_of.isoformat(),
        "audience": published.audience.value,
        "nodes": len(published.nodes),
        "ties": len(published.ties),
        "suppressed": published.suppressed,
        "graph_hash": published.graph_hash,
    }


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("export")(export_ecosystem)
