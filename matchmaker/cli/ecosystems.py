"""``matchmaker ecosystem``: add an ecosystem, or list those there are."""

import time
from typing import Annotated

import typer
from pydantic import BaseModel

from matchmaker.cli.opening import opened
from matchmaker.cli.options import AsOption, JsonOption, StoreOption, parse_who
from matchmaker.cli.output import print_json, say
from matchmaker.model.ids import parse_id
from matchmaker.model.vocabulary import Label
from matchmaker.services.ecosystems import EcosystemDraft, add_ecosystem
from matchmaker.services.job_records import Runner

commands = typer.Typer(help="Add an ecosystem, or list those there are.", no_args_is_help=True)


class EcosystemOut(BaseModel):
    """An ecosystem."""

    id: str
    name: str
    region: str


@commands.command()
def add(
    id: Annotated[str, typer.Argument(help="Its id, such as miami; it never changes.")],
    name: Annotated[str, typer.Option("--name", help="Its name.")],
    region: Annotated[str, typer.Option("--region", help="Such as US-FL.")] = "",
    reach_km: Annotated[
        float | None, typer.Option("--reach-km", help="How far from a member public partners count, in km.")
    ] = None,
    store: StoreOption = None,
    who: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add an ecosystem: a hub and its network, whose own data nobody else sees."""
    draft = EcosystemDraft(parse_id(id), name.strip(), region, reach_km)
    with opened(store, create=True) as graph:
        job = add_ecosystem(graph, draft, Runner(parse_who(who), lambda: int(time.time())))
    if as_json:
        print_json(EcosystemOut(id=draft.id, name=draft.name, region=draft.region))
    else:
        say(f"{draft.name} is added. Load its own data with: matchmaker import FILE --into {draft.id}")
        say(f"To take it back: matchmaker undo {job.id}")


@commands.command("list")
def list_(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the ecosystems."""
    with opened(store) as graph:
        nodes = [stored.element for stored in graph.iter_nodes(Label.ECOSYSTEM)]
    found = [EcosystemOut(id=node.id, name=node.name, region=node.get_text("region")) for node in nodes]
    if as_json:
        print_json({"ecosystems": [ecosystem.model_dump(mode="json") for ecosystem in found]})
        return
    for ecosystem in found:
        say(f"{ecosystem.id}  {ecosystem.name}" + (f"  {ecosystem.region}" if ecosystem.region else ""))
    if not found:
        say("No ecosystems yet. Add one: matchmaker ecosystem add ID --name NAME")


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.add_typer(commands, name="ecosystem")
