"""``matchmaker why-fact``: every source's value of a field, and why one won."""

from typing import Annotated

import typer
from pydantic import BaseModel

from matchmaker.api.schemas.suggestions import Reference
from matchmaker.cli.lookup import Asked, looking_up
from matchmaker.cli.options import AsOfOption, EcosystemOption, JsonOption, KindOption, StoreOption
from matchmaker.cli.output import head, print_json, say
from matchmaker.model.canonical import Value
from matchmaker.model.freshness import Freshness
from matchmaker.model.records import FactSource
from matchmaker.services.facts import FactReport
from matchmaker.services.facts import why_fact as find_why


class SourceOut(BaseModel):
    """What one source says."""

    value: Value
    won: bool
    reason: str
    source: str
    source_row: str
    observed_on: str | None
    confidence: str
    owner: str
    dated: str
    freshness: Freshness


class FactOut(BaseModel):
    """One field of one thing: its value, and what every source says."""

    subject: Reference
    field: str
    value: Value | None
    derived_from: str
    question: str
    rule: str
    sources: list[SourceOut]


def why_fact(
    thing: Annotated[str, typer.Argument(help="An id or a name.")],
    field: Annotated[str, typer.Argument(help="A property, such as website.")],
    ecosystem: EcosystemOption = None,
    kind: KindOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say every source's value of a field, and why one of them is in use."""
    with looking_up(Asked(store, as_of, ecosystem, kind), "Looking it up") as look:
        found = look.find(thing)
        report = find_why(found.snapshot, found.node.id, field)
    if as_json:
        print_json(_out(report))
        return
    head(f"{report.node.name}: {field} = {_words(report.value)}")
    if report.derived_from:
        say(f"It follows from {report.derived_from}:")
    if report.question:
        say(report.question)
    for told in report.sources:
        _show_source(report, told)
    if not report.sources:
        say("  No source gives a value.")
    say(report.rule)


def _show_source(report: FactReport, told: FactSource) -> None:
    provenance, dated = told.record.provenance, report.dated(told)
    row = f" ({provenance.source_row})" if provenance.source_row else ""
    say(f"  {'→' if told.won else ' '} {_words(told.value)}: {provenance.source or 'source not named'}{row}")
    age = f"{dated.date} ({dated.freshness.value})" if dated.date else "date not known"
    say(f"      {age}, {provenance.confidence.value}, {told.record.owner}")
    say(f"      {told.reason}")


def _words(value: Value | None) -> str:
    if value is None:
        return "not recorded"
    return ", ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)


def _out(report: FactReport) -> FactOut:
    return FactOut(
        subject=Reference(id=report.node.id, name=report.node.name),
        field=report.field,
        value=report.value,
        derived_from=report.derived_from,
        question=report.question,
        rule=report.rule,
        sources=[
            SourceOut(
                value=told.value,
                won=told.won,
                reason=told.reason,
                source=told.record.provenance.source,
                source_row=told.record.provenance.source_row,
                observed_on=told.record.provenance.observed_on,
                confidence=told.record.provenance.confidence.value,
                owner=told.record.owner,
                dated=report.dated(told).date,
                freshness=report.dated(told).freshness,
            )
            for told in report.sources
        ],
    )


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("why-fact")(why_fact)
