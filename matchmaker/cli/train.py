"""``matchmaker train``: fit an ecosystem's scorers to its own ties and decisions, drawn to the prior."""

import time
from typing import Annotated

import typer

from matchmaker.api.schemas.models import ModelOut, model_out
from matchmaker.cli.lookup import Asked, looking_up
from matchmaker.cli.options import AsOption, JsonOption, StoreOption, parse_as_of, parse_who
from matchmaker.cli.output import head, print_json, progress, say
from matchmaker.model.ids import EcosystemId
from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.learning.model_card import PatternCard
from matchmaker.recommend.learning.model_training import TrainingRequest
from matchmaker.recommend.patterns import PATTERNS, TITLES
from matchmaker.services.models import Change, put_model, use_model
from matchmaker.services.training import train as train_model


def train(
    ecosystem: Annotated[str, typer.Option("--ecosystem", help="Whose history: an ecosystem's id or name.")],
    pattern: Annotated[list[PatternName] | None, typer.Option("--pattern", help="Only this kind (repeatable).")] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Learn from what happened before this day; today.")
    ] = None,
    windows: Annotated[
        int | None, typer.Option("--windows", min=3, max=10, help="How many years to go back; else as far as ties go.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Decides which of too many examples are kept.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the figures; keep and use nothing.")] = False,
    why: Annotated[str, typer.Option("--why", help="Why; kept with the model.")] = "",
    store: StoreOption = None,
    who: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit the scorers to what happened here, and use them where they are better than the prior."""
    day = parse_as_of(until)
    request = TrainingRequest(day, tuple(pattern) if pattern else tuple(PATTERNS), seed, windows)
    with looking_up(Asked(store, until), "Looking up") as look:
        own = EcosystemId(look.ecosystem(ecosystem).node.id)
    with looking_up(Asked(store, until), "Training") as look, progress("Training") as step:
        model = train_model(look.graph, own, request, step)
        if not dry_run:
            change = Change(parse_who(who), int(time.time()), why)
            put_model(look.graph.operations(), model, change)
            use_model(look.graph.operations(), own, model.id, change)
    if as_json:
        print_json(model_out(model, in_use=not dry_run))
    else:
        _show(model_out(model, in_use=not dry_run), model.card.patterns)


def _show(model: ModelOut, cards: tuple[PatternCard, ...]) -> None:
    head(f"{model.id}, fitted to {model.title}")
    for card in cards:
        say(f"  {TITLES[card.name]}: {_outcome(card)}")
    say("")
    if model.in_use:
        say(
            f"Suggestions of {model.ecosystem} use it now. Its card: matchmaker models show {model.id} "
            f"--ecosystem {model.ecosystem}"
        )
        say(f"To go back: matchmaker models roll-back --ecosystem {model.ecosystem}")
    else:
        say("Nothing was kept (--dry-run).")


def _outcome(card: PatternCard) -> str:
    if card.refused:
        return f"stays prior: {card.refused}" + ("; moved by what all kinds have in common" if card.moved else "")
    if card.prior is None or card.fitted is None:
        return f"fitted on {card.evidence}"
    return (
        f"fitted on {card.evidence}; AUC {card.prior.auc:.3f} → {card.fitted.auc:.3f}, "
        f"calibration error {card.fitted.ece:.4f}"
    )


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(train)
