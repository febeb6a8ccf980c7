"""``matchmaker explain``: why two would or wouldn't be suggested to each other."""

from typing import Annotated

import typer

from matchmaker.api.schemas.explanations import explanation_out
from matchmaker.cli.lookup import Asked, looking_up
from matchmaker.cli.options import AsOfOption, EcosystemOption, JsonOption, StoreOption
from matchmaker.cli.output import head, print_json, say
from matchmaker.model.suggestion import Contribution
from matchmaker.recommend.explanation import PairExplanation, PatternExplanation
from matchmaker.recommend.patterns import TITLES
from matchmaker.services.naming import find_thing
from matchmaker.services.suggesting import explain_pair


def explain(
    first: Annotated[str, typer.Argument(help="An id or a name.")],
    second: Annotated[str, typer.Argument(help="An id or a name.")],
    ecosystem: EcosystemOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain any pair, also one that is excluded: every rule that it met or failed, every contribution."""
    with looking_up(Asked(store, as_of, ecosystem), "Explaining") as look:
        found = look.find(first)
        other = find_thing(found.snapshot, second)
        explained = explain_pair(found.snapshot, found.node.id, other.id)
    if as_json:
        print_json(explanation_out(explained, figures=True))
    else:
        _show(explained)


def _show(explained: PairExplanation) -> None:
    head(f"{explained.source_name} and {explained.target_name}, as of {explained.as_of}")
    if explained.best:
        say(f"Would be suggested: {TITLES[explained.best]}.")
    elif explained.patterns:
        say("Would not be suggested: a rule isn't met.")
    else:
        say("Would not be suggested: no kind of link joins two such partners.")
    for one in explained.patterns:
        _show_pattern(one)
    if explained.not_fitting:
        head("\nKinds of link that don't fit")
        for name, ends in explained.not_fitting:
            say(f"  {name.value}: joins {ends}")


def _show_pattern(one: PatternExplanation) -> None:
    head(f"\n{TITLES[one.pattern].capitalize()}")
    for rule in one.rules:
        say(f"  {'met   ' if rule.met else 'FAILED'}  {rule.sentence}")
    if not one.eligible:
        return
    say(f"  {'starts at':<28}{one.suggestion.intercept:+.3f}")
    for contribution in one.suggestion.contributions:
        say(f"  {_measured(contribution):<28}{contribution.share:+.3f}")
    say(f"  {'score (log-odds)':<28}{one.suggestion.score:+.3f}: likelihood {one.suggestion.band.value}")


def _measured(contribution: Contribution) -> str:
    known = "not known" if contribution.value is None else f"{contribution.value:.3g}"
    return f"{_words(contribution.feature)} ({known})"


def _words(term: str) -> str:
    return term.replace("_", " ")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(explain)
