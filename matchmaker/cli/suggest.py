"""``matchmaker suggest``: whom a partner, program or ecosystem should meet, and why."""

import time
from typing import Annotated

import typer

from matchmaker.api.schemas.suggestions import suggestion_list_out
from matchmaker.cli.lookup import Asked, looking_up
from matchmaker.cli.options import (
    AsOfOption,
    AsOption,
    EcosystemOption,
    JsonOption,
    KindOption,
    LimitOption,
    PolicyOption,
    StoreOption,
    WeightOption,
    parse_who,
)
from matchmaker.cli.output import head, print_json, say
from matchmaker.model.suggestion import Suggestion, SuggestionList
from matchmaker.model.vocabulary import PatternName, Side
from matchmaker.recommend.exposure import exposure_notes
from matchmaker.recommend.patterns import TITLES
from matchmaker.recommend.policies import parse_weight
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.exposure import record_list, with_exposure
from matchmaker.services.suggesting import suggest_for

SHOWN_FACTS = 2


def suggest(
    thing: Annotated[str, typer.Argument(help="A partner, program, initiative or ecosystem: an id or a name.")],
    pattern: Annotated[PatternName | None, typer.Option("--pattern", help="Only this kind of link.")] = None,
    limit: LimitOption = 5,
    confirmed_only: Annotated[
        bool, typer.Option("--confirmed-only", help="Leave out colleges whose practice isn't confirmed.")
    ] = False,
    policy: PolicyOption = "balanced",
    weight: WeightOption = None,
    explore: Annotated[
        int, typer.Option("--explore", min=0, help="How many places are drawn by chance; half of the list at most.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Decides what is drawn by chance.")] = 0,
    record_shown: Annotated[
        bool, typer.Option("--record-shown", help="Record that this list was shown, for the quarter's exposure.")
    ] = False,
    who: AsOption = None,
    facts: Annotated[bool, typer.Option("--facts", help="Show the facts behind every reason.")] = False,
    ecosystem: EcosystemOption = None,
    kind: KindOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whom somebody should meet, and why, for both sides."""
    weights = dict(map(parse_weight, weight or ()))
    asked = SuggestionRequest(pattern, limit, policy, seed, not confirmed_only, weights, explore=explore)
    with looking_up(Asked(store, as_of, ecosystem, kind), "Suggesting") as look:
        found = look.find(thing)
        operations = look.graph.operations()
        listed = suggest_for(found.snapshot, found.node.id, with_exposure(operations, found.snapshot, asked))
        recorded = (
            record_list(operations, listed, found.snapshot, parse_who(who), int(time.time())) if record_shown else None
        )
    if as_json:
        print_json(suggestion_list_out(listed, figures=True))
    else:
        _show(listed, with_facts=facts)
        if recorded is not None:
            shown = f"Recorded as shown in {listed.cycle}." if recorded else "This very list is recorded already."
            say(shown)


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
    for note in (*listed.notes, *exposure_notes(listed)):
        say(note)
    if listed.just_below:
        head("Just below")
        for near in listed.just_below:
            say(f"   {near.counterfactual.sentence}")


def _show_suggestion(number: int, suggestion: Suggestion, listed: SuggestionList, *, with_facts: bool) -> None:
    ends = {Side.SOURCE: suggestion.source_name, Side.TARGET: suggestion.target_name}
    mine = Side.SOURCE if suggestion.source == listed.subject else Side.TARGET
    other = Side.TARGET if mine is Side.SOURCE else Side.SOURCE
    head(f"\n{number}. {ends[other]}")
    say(f"   {TITLES[suggestion.pattern]}; {suggestion.likelihood_words()}")
    for side, likelihood in suggestion.sides.items():
        say(f"   {likelihood.sentence(ends[side])}")
    for note in suggestion.notes:
        say(f"   {note}")
    for side in (mine, other):
        say(f"   Why for {ends[side]}:")
        for reason in suggestion.reasons[side]:
            say(f"     • {reason.sentence}")
            for fact in reason.facts[:SHOWN_FACTS] if with_facts else ():
                say(f"         {fact.sentence}")
    _show_help(suggestion, with_facts=with_facts)
    if listed.ecosystem:
        say(f"   To decide on it: {suggestion.id}")


def _show_help(suggestion: Suggestion, *, with_facts: bool) -> None:
    if suggestion.introducer is not None:
        say(f"   {suggestion.introducer.name} is tied to both and could introduce them.")
        for fact in suggestion.introducer.facts if with_facts else ():
            say(f"         {fact.sentence}")
    if suggestion.counterfactual is not None:
        say(f"   {suggestion.counterfactual.sentence}")
    for unknown in suggestion.unknowns:
        say(f"   {unknown}")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(suggest)
