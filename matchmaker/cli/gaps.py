"""``matchmaker gaps``: where an ecosystem's network is thin, what isn't known, and whom to ask."""

from collections import defaultdict
from typing import Annotated

import typer

from matchmaker.api.schemas.gaps import gap_report_out
from matchmaker.cli.lookup import Asked, looking_up
from matchmaker.cli.options import AsOfOption, JsonOption, StoreOption
from matchmaker.cli.output import head, print_json, say
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.vocabulary import Audience, GapKind
from matchmaker.recommend.patterns import TITLES
from matchmaker.services.disclosure_views import disclose_report
from matchmaker.services.gaps import ClosableGap, GapReport, report_gaps
from matchmaker.services.network import count_recorded, find_network


def gaps(
    ecosystem: Annotated[str, typer.Argument(help="An ecosystem's id or name.")],
    kind: Annotated[list[GapKind] | None, typer.Option("--kind", help="Only this kind (repeatable).")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many of each kind to show.")] = 5,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the largest gaps of an ecosystem, what isn't known there, and whom to ask."""
    with looking_up(Asked(store, as_of), "Looking for gaps") as look:
        found = look.ecosystem(ecosystem)
        report = disclose_report(report_gaps(found.snapshot, kind or ()), found.snapshot, found.shown, Audience.STAFF)
    if as_json:
        print_json(gap_report_out(report, figures=True))
    else:
        _show(report, found.snapshot, limit)


def _show(report: GapReport, snapshot: Snapshot, limit: int) -> None:
    head(f"{report.name}, as of {report.as_of}")
    _show_recorded(report, snapshot)
    for kind in report.kinds:
        known = [closable for closable in report.gaps if closable.gap.kind is kind]
        unknown = [gap for gap in report.not_known if gap.kind is kind]
        if not known and not unknown:
            continue
        head(f"\n{_words(kind.value).capitalize()}")
        for closable in known[:limit]:
            _show_gap(closable)
        if len(known) > limit:
            say(f"  … and {len(known) - limit} more; --limit {len(known)} shows them.")
        for gap in unknown[:limit]:
            say(f"  ? {gap.sentence}")
            say(f"    Ask: {gap.ask}")
        if len(unknown) > limit:
            say(f"  … and {len(unknown) - limit} more that aren't known.")


def _show_recorded(report: GapReport, snapshot: Snapshot) -> None:
    """Say what is recorded, and what of it is known to be complete: a line for each place, sectors and share."""
    recorded = count_recorded(find_network(snapshot))
    members = ", ".join(f"{count:,} {_words(sector.value)}" for sector, count in recorded.sectors)
    ties = ", ".join(f"{count:,} {_words(type.value.lower())}" for type, count in recorded.ties)
    say(f"Recorded members: {members or 'none'}; {recorded.programs:,} programs.")
    say(f"Recorded ties among them: {ties or 'none'}.")
    if not report.coverage:
        say("No coverage is stated, so nothing here can be called missing.")
        return
    covered: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for node in report.coverage:
        place = snapshot.find_index(node.get_text("place"))
        where = snapshot.nodes[place].name if place is not None else "the whole ecosystem"
        sectors = ", ".join(node.get_texts("sectors")) or "all sectors"
        share = f"{node.find_number('share_answered') or 0.0:.0%} as of {node.get_text('as_of')}"
        covered[where, sectors, share].append(node.get_text("covers"))
    say("Known to be complete, so that what isn't recorded can be called missing:")
    for (where, sectors, share), covers in sorted(covered.items()):
        say(f"  {where}, {sectors} ({share}): {', '.join(sorted(covers))}")


def _show_gap(closable: ClosableGap) -> None:
    say(f"  • {closable.gap.sentence}")
    for suggestion in closable.suggestions[:2]:
        say(f"      would help: {suggestion.source_name} with {suggestion.target_name} ({TITLES[suggestion.pattern]})")
    if closable.note:
        say(f"      {closable.note}")


def _words(term: str) -> str:
    return term.replace("_", " ")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(gaps)
