"""``matchmaker suggest``: whom a partner, program or ecosystem should meet, and why."""

from typing import Annotated

import typer

from matchmaker.api.schemas.suggestions import suggestion_list_out
from matchmaker.cli.lookup import Asked, looking_up
from matchmaker.cli.options import AsOfOption, EcosystemOption, JsonOption, KindOption, LimitOption, StoreOption
from matchmaker.cli.output import head, print_json, say
from matchmaker.model.suggestion import Suggestion, SuggestionList
from matchmaker.model.vocabulary import PatternName, Side
from matchmaker.recommend.patterns import TITLES
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.suggesting import suggest_for

SHOWN_FACTS = 2


def suggest(
    thing: Annotated[str, typer.Argument(help="A partner, program, initiative or ecosystem: an id or a name.")],
    pattern: Annotated[PatternName | None, typer.Option("--pattern", help="Only this kind of link.")] = None,
    limit: LimitOption = 5,
    confirmed_only: Annotated[
        bool, typer.Option("--confirmed-only", help="Leave out colleges whose practice isn't confirmed.")
    ] = False,
    facts: Annotated[bool, typer.Option("--facts", help="Show the facts behind every reason.")] = False,
    ecosystem: EcosystemOption = None,
    kind: KindOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whom somebody should meet, and why, for both sides."""
    request = SuggestionRequest(pattern=pattern, limit=limit, context_colleges=not confirmed_only)
    with looking_up(Asked(store, as_of, ecosystem, kind), "Suggesting") as look:
        found = look.find(thing)
        listed = suggest_for(found.snapshot, found.node.id, request)
    if as_json:
        print_json(suggestion_list_out(listed, figures=True))
    else:
        _show(listed, with_facts=facts)


def _show(listed: SuggestionList, *, with_facts: bool) -> None:
    place = f" in {listed.ecosystem}" if listed.ecosystem else ""
    head(f"{listed.subject_name}{place}, as of {listed.as_of}")
    confirmed = [suggestion for suggestion in listed.suggestions if suggestion.confirmed]
    context = [suggestion for suggestion in listed.suggestions if not suggestion.confirmed]
    for number, suggestion in enumerate(confirmed, start=1):
        _show_suggestion(number, suggestion, listed, with_facts=with_facts)
    if context:
        head("\nPractice not confirmed (listed for context)")
    for number, suggestion in enumerate(context, start=len(confirmed) + 1):
        _show_suggestion(number, suggestion, listed, with_facts=with_facts)
    say("")
    for note in listed.notes:
        say(note)


def _show_suggestion(number: int, suggestion: Suggestion, listed: SuggestionList, *, with_facts: bool) -> None:
    ends = {Side.SOURCE: suggestion.source_name, Side.TARGET: suggestion.target_name}
    mine = Side.SOURCE if suggestion.source == listed.subject else Side.TARGET
    other = Side.TARGET if mine is Side.SOURCE else Side.SOURCE
    head(f"\n{number}. {ends[other]}")
    say(f"   {TITLES[suggestion.pattern]}; likelihood {suggestion.band.value} ({suggestion.basis.value})")
    for note in suggestion.notes:
        say(f"   {note}")
    for side in (mine, other):
        say(f"   Why for {ends[side]}:")
        for reason in suggestion.reasons[side]:
            say(f"     • {reason.sentence}")
            for fact in reason.facts[:SHOWN_FACTS] if with_facts else ():
                say(f"         {fact.sentence}")
    for unknown in suggestion.unknowns:
        say(f"   {unknown}")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(suggest)
