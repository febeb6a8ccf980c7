"""``matchmaker explain``: why two would or wouldn't be suggested to each other."""

from typing import Annotated

import typer

from matchmaker.api.schemas.explanations import explanation_out
from matchmaker.cli.lookup import Asked, looking_up
from matchmaker.cli.options import (
    AsOfOption,
    EcosystemOption,
    JsonOption,
    PolicyOption,
    StoreOption,
    WeightOption,
)
from matchmaker.cli.output import head, print_json, say
from matchmaker.model.suggestion import Contribution
from matchmaker.model.vocabulary import Side
from matchmaker.recommend.counterfactual import ordinal
from matchmaker.recommend.explanation import PairExplanation, PatternExplanation
from matchmaker.recommend.patterns import TITLES
from matchmaker.recommend.policies import parse_weight
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.exposure import with_exposure
from matchmaker.services.naming import find_thing
from matchmaker.services.suggesting import explain_pair


def explain(
    first: Annotated[str, typer.Argument(help="An id or a name.")],
    second: Annotated[str, typer.Argument(help="An id or a name.")],
    policy: PolicyOption = "balanced",
    weight: WeightOption = None,
    ecosystem: EcosystemOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain any pair, also one that is excluded: every rule that it met or failed, every contribution."""
    asked = SuggestionRequest(policy=policy, weights=dict(map(parse_weight, weight or ())))
    with looking_up(Asked(store, as_of, ecosystem), "Explaining") as look:
        found = look.find(first)
        other = find_thing(found.snapshot, second)
        request = with_exposure(look.graph.operations(), found.snapshot, asked)
        explained = explain_pair(found.snapshot, found.node.id, other.id, request=request)
    if as_json:
        print_json(explanation_out(explained, figures=True))
    else:
        _show(explained)


def _show(explained: PairExplanation) -> None:
    head(f"{explained.source_name} and {explained.target_name}, as of {explained.as_of}")
    if explained.best:
        say(f"Would be suggested: {TITLES[explained.best]}.")
        _show_place(explained)
    elif explained.patterns:
        say("Would not be suggested: a rule isn't met.")
    else:
        say("Would not be suggested: no kind of link joins two such partners.")
    if explained.cycle:
        _show_exposure(explained)
    for one in explained.patterns:
        _show_pattern(one)
    if explained.not_fitting:
        head("\nKinds of link that don't fit")
        for name, ends in explained.not_fitting:
            say(f"  {name.value}: joins {ends}")


def _show_place(explained: PairExplanation) -> None:
    suggestion = explained.patterns[0].suggestion
    if explained.place:
        where = f"place {suggestion.showing.position} of its list" if suggestion.showing.position else "not in its list"
        say(f"In the order of all for {explained.source_name}: {ordinal(explained.place)}; {where}.")
    if suggestion.counterfactual is not None:
        say(suggestion.counterfactual.sentence)
    if suggestion.introducer is not None:
        say(f"{suggestion.introducer.name} is tied to both and could introduce them:")
        for fact in suggestion.introducer.facts:
            say(f"  {fact.sentence}")


def _show_exposure(explained: PairExplanation) -> None:
    names = (explained.source_name, explained.target_name)
    times = [f"{name} {count} times" for name, count in zip(names, explained.times_shown, strict=True)]
    say(f"Shown to staff in {explained.cycle}: {', '.join(times)}.")


def _show_pattern(one: PatternExplanation) -> None:
    head(f"\n{TITLES[one.pattern].capitalize()}")
    for rule in one.rules:
        say(f"  {'met   ' if rule.met else 'FAILED'}  {rule.sentence}")
    if not one.eligible:
        if one.would_help:
            say(f"  {one.would_help}")
        return
    for side, name in ((Side.SOURCE, one.suggestion.source_name), (Side.TARGET, one.suggestion.target_name)):
        say(f"  Why for {name}:")
        for reason in one.suggestion.reasons[side]:
            say(f"    • {reason.sentence}")
    say(f"  {'starts at':<28}{one.suggestion.intercept:+.3f}")
    for contribution in one.suggestion.contributions:
        say(f"  {_measured(contribution):<28}{contribution.share:+.3f}")
    say(f"  {'score (log-odds)':<28}{one.suggestion.score:+.3f}: {one.suggestion.likelihood_words()}")


def _measured(contribution: Contribution) -> str:
    known = "not known" if contribution.value is None else f"{contribution.value:.3g}"
    return f"{_words(contribution.feature)} ({known})"


def _words(term: str) -> str:
    return term.replace("_", " ")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(explain)
