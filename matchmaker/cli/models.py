"""``matchmaker models``: the trained models of an ecosystem: list, show, use, go back."""

import datetime
import time
from pathlib import Path
from typing import Annotated

import typer

from matchmaker.api.schemas.models import model_list_out, model_out
from matchmaker.cli.lookup import Asked, LookUp, looking_up
from matchmaker.cli.options import AsOption, JsonOption, StoreOption, parse_who
from matchmaker.cli.output import print_json, say
from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.ids import EcosystemId
from matchmaker.recommend.learning.model_card import card_markdown
from matchmaker.recommend.learning.model_json import model_to_json
from matchmaker.recommend.scoring.prior import PRIOR_ID
from matchmaker.services.models import (
    Change,
    add_model,
    data_facts,
    get_model,
    iter_history,
    list_models,
    roll_back_model,
    use_model,
)

LARGEST_FILE = 20_000_000
"""Bytes of a model's file that are read at most."""

commands = typer.Typer(help="The trained models of an ecosystem.", no_args_is_help=True)

OwnOption = Annotated[str, typer.Option("--ecosystem", help="Whose models: an ecosystem's id or name.")]
ModelName = Annotated[str, typer.Argument(help="The model's id, such as local-0a1b2c3d4e5f.", show_default=False)]
WhyOption = Annotated[str, typer.Option("--why", help="Why; kept in the history.")]


@commands.command("list")
def list_(ecosystem: OwnOption, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the models that are kept, the newest last, and what was used when."""
    with looking_up(Asked(store, None), "Looking up") as look:
        own = _own(look, ecosystem)
        operations = look.graph.operations()
        kept, history = list_models(operations, own), list(iter_history(operations, own))
    if as_json:
        print_json(model_list_out(own, kept, history))
        return
    for one in kept:
        used = "  in use" if one.in_use else ""
        say(
            f"{one.id}  {_when(one.kept.at)}  by {one.kept.who}{used}" + (f"  ({one.kept.why})" if one.kept.why else "")
        )
    if not any(one.in_use for one in kept):
        say(f"{PRIOR_ID}  in use: the prior that ships")
    for use in history:
        why = f" ({use.change.why})" if use.change.why else ""
        say(f"  {_when(use.change.at)}  {use.was} → {use.model}  by {use.change.who}{why}")


@commands.command()
def show(
    model: ModelName,
    ecosystem: OwnOption,
    whole: Annotated[bool, typer.Option("--whole", help="Print the model's file itself.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a model's card; with --json the figures, with --whole every table."""
    with looking_up(Asked(store, None), "Looking up") as look:
        own = _own(look, ecosystem)
        found = get_model(look.graph.operations(), own, model)
        used = any(one.in_use and one.id == found.id for one in list_models(look.graph.operations(), own))
    if whole:
        say(model_to_json(found))
    elif as_json:
        print_json(model_out(found, in_use=used))
    else:
        say(card_markdown(found.card, found.id, data_facts(found)).rstrip("\n"))


@commands.command()
def use(
    model: ModelName, ecosystem: OwnOption, why: WhyOption = "", store: StoreOption = None, who: AsOption = None
) -> None:
    """Use a model that is kept, or prior-1, from now on."""
    with looking_up(Asked(store, None), "Looking up") as look:
        own = _own(look, ecosystem)
        was = use_model(look.graph.operations(), own, model, Change(parse_who(who), int(time.time()), why))
    say(f"{model} is used now; it was {was}." if was != model else f"{model} is in use already.")


@commands.command("roll-back")
def roll_back(ecosystem: OwnOption, why: WhyOption = "", store: StoreOption = None, who: AsOption = None) -> None:
    """Go back to the model that was used before."""
    with looking_up(Asked(store, None), "Looking up") as look:
        own = _own(look, ecosystem)
        was, now = roll_back_model(look.graph.operations(), own, Change(parse_who(who), int(time.time()), why))
    say(f"{now} is used again; it was {was}.")


@commands.command()
def add(
    path: Annotated[Path, typer.Argument(help="A model's file, as show --whole prints it.", show_default=False)],
    ecosystem: OwnOption,
    why: WhyOption = "",
    store: StoreOption = None,
    who: AsOption = None,
) -> None:
    """Keep a model from a file; every fault in it is told. Models use starts using it."""
    text = _read(path)
    with looking_up(Asked(store, None), "Looking up") as look:
        own = _own(look, ecosystem)
        kept = add_model(look.graph.operations(), own, text, Change(parse_who(who), int(time.time()), why))
    say(f"{kept.id} is kept. To use it: matchmaker models use {kept.id} --ecosystem {own}")


def _own(look: LookUp, ecosystem: str) -> EcosystemId:
    return EcosystemId(look.ecosystem(ecosystem).node.id)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise InvalidInput([Finding("is too large for a model", "file", path.name, f"{LARGEST_FILE:,} bytes")])
        return content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput([Finding(f"can't be read ({type(error).__name__})", "file", path.name)]) from error


def _when(at: int) -> str:
    return f"{datetime.datetime.fromtimestamp(at, tz=datetime.UTC).astimezone():%Y-%m-%d %H:%M}"


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.add_typer(commands, name="models")
