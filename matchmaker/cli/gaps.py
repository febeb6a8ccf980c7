"""``matchmaker gaps``: where an ecosystem's network is thin, what isn't known, and whom to ask."""

from typing import Annotated

import typer

from matchmaker.api.schemas.gaps import gap_report_out
from matchmaker.cli.opening import opened
from matchmaker.cli.options import AsOfOption, JsonOption, StoreOption, parse_as_of
from matchmaker.cli.output import head, print_json, say
from matchmaker.model.vocabulary import Audience, GapKind
from matchmaker.services.disclosure import disclose_gaps
from matchmaker.services.gaps import ClosableGap, GapReport, report_gaps
from matchmaker.services.naming import find_ecosystem
from matchmaker.services.snapshots import SnapshotCache


def gaps(
    ecosystem: Annotated[str, typer.Argument(help="An ecosystem's id or name.")],
    kind: Annotated[list[GapKind] | None, typer.Option("--kind", help="Only this kind (repeatable).")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many of each kind to show.")] = 5,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the largest gaps of an ecosystem, what isn't known there, and whom to ask."""
    day = parse_as_of(as_of)
    with opened(store) as graph:
        found = find_ecosystem(SnapshotCache(graph), ecosystem, day)
        report = disclose_gaps(report_gaps(found.snapshot, kind or ()), Audience.STAFF)
    if as_json:
        print_json(gap_report_out(report, figures=True))
    else:
        _show(report, limit)


def _show(report: GapReport, limit: int) -> None:
    head(f"{report.name}, as of {report.as_of}")
    _show_recorded(report)
    for kind in report.kinds:
        known = [closable for closable in report.gaps if closable.gap.kind is kind]
        unknown = [gap for gap in report.not_known if gap.kind is kind]
        if not known and not unknown:
            continue
        head(f"\n{kind.value.replace('_', ' ').capitalize()}")
        for closable in known[:limit]:
            _show_gap(closable)
        if len(known) > limit:
            say(f"  … and {len(known) - limit} more; --limit {len(known)} shows them.")
        for gap in unknown[:limit]:
            say(f"  ? {gap.sentence}")
            say(f"    Ask: {gap.ask}")
        if len(unknown) > limit:
            say(f"  … and {len(unknown) - limit} more that aren't known.")


def _show_recorded(report: GapReport) -> None:
    if not report.coverage:
        say("No coverage is stated, so nothing here can be called missing.")
        return
    say("Known to be complete:")
    for node in report.coverage:
        sectors = ", ".join(node.get_texts("sectors")) or "all sectors"
        place = f" in {node.get_text('place')}" if node.get_text("place") else ""
        share = node.find_number("share_answered") or 0.0
        say(f"  {node.get_text('covers')} ({sectors}{place}): {share:.0%} as of {node.get_text('as_of')}")


def _show_gap(closable: ClosableGap) -> None:
    say(f"  • {closable.gap.sentence}")
    for suggestion in closable.suggestions[:2]:
        say(f"      would help: {suggestion.source_name} with {suggestion.target_name} ({suggestion.pattern.value})")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(gaps)
