"""``matchmaker draft``: the message to one side; ``matchmaker do-not-contact``: whom not to write to."""

import datetime
import sys
from pathlib import Path
from typing import Annotated

import typer

from matchmaker.api.schemas.decisions import StopOut, draft_out
from matchmaker.bootstrap import read_settings
from matchmaker.cli.deciding import HubOption, SuggestionArgument, at_desk, make_runner
from matchmaker.cli.options import AsOption, JsonOption, StoreOption, parse_who
from matchmaker.cli.output import print_json, say, tell
from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.ids import parse_id
from matchmaker.model.vocabulary import Side
from matchmaker.services.contacting import StopKind, add_stop, list_stops, remove_stop
from matchmaker.services.draft_mail import write_eml
from matchmaker.services.drafting import LONGEST_TEXT, Draft, get_draft, put_draft
from matchmaker.services.naming import ThingKind, find_thing

commands = typer.Typer(help="Organizations that want no messages: list, add, remove.", no_args_is_help=True)

NoteOption = Annotated[str, typer.Option("--note", help="How the organization said so.")]
OrganizationArgument = Annotated[str, typer.Argument(help="An organization: an id or a name.")]


def draft(
    suggestion: SuggestionArgument,
    ecosystem: HubOption,
    side: Annotated[Side, typer.Option("--side", help="Whom the message is to.")],
    eml: Annotated[Path | None, typer.Option("--eml", help="Save it as a file that mail programs open.")] = None,
    text: Annotated[Path | None, typer.Option("--text", help="Take your own words from a file; - for stdin.")] = None,
    subject: Annotated[str, typer.Option("--subject", help="Your own subject.")] = "",
    as_drafted: Annotated[bool, typer.Option("--as-drafted", help="Drop your own words again.")] = False,
    store: StoreOption = None,
    who: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draft the message to one side from its own reasons, or change its words. Nothing is sent: that is yours to do."""
    with at_desk(store, ecosystem, "Drafting") as desk:
        found = get_draft(desk.hub, suggestion, side, read_settings().public_url)
        if as_drafted or text is not None or subject:
            words = ("", "") if as_drafted else (subject or found.subject, found.body if text is None else _read(text))
            found = put_draft(desk.hub, found, words, make_runner(parse_who(who)))
    if eml is not None:
        eml.write_bytes(write_eml(found))
    if as_json:
        print_json(draft_out(found))
    else:
        _show(found)
    for warning in found.warnings:
        tell(warning)


def _read(path: Path) -> str:
    try:
        if str(path) == "-":
            return sys.stdin.read(LONGEST_TEXT + 1)
        with path.open(encoding="utf-8") as file:
            return file.read(LONGEST_TEXT + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput([Finding(f"can't be read ({type(error).__name__})", "--text", str(path)[:200])]) from error


def _show(found: Draft) -> None:
    for one in found.addressees:
        to = ", ".join(part for part in (one.name, one.role.replace("_", " "), one.organization) if part)
        say(f"To: {to}{f' <{one.address}>' if one.address else ''}")
    say(f"Subject: {found.subject}\n")
    say(found.text)


@commands.command("list")
def list_(ecosystem: HubOption, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the organizations that the ecosystem may not write to."""
    with at_desk(store, ecosystem, "Listing") as desk:
        stops, snapshot = list_stops(desk.hub.store.operations(), desk.hub.ecosystem), desk.hub.snapshot()
        names = {
            one.partner: snapshot.get_node(one.partner).name
            for one in stops
            if snapshot.find_index(one.partner) is not None
        }
    if as_json:
        print_json({"stops": [StopOut.of(one).model_dump(mode="json") for one in stops]})
        return
    for one in stops:
        since = datetime.datetime.fromtimestamp(one.since, tz=datetime.UTC).astimezone()
        how = "by its stop link" if one.kind is StopKind.STOP_LINK else f"by {one.who}: {one.note}"
        say(f"{names.get(one.partner, one.partner)} ({one.partner})  since {since:%Y-%m-%d}, {how}")
    if not stops:
        say("Nobody has asked for that.")


@commands.command()
def add(
    organization: OrganizationArgument,
    ecosystem: HubOption,
    note: NoteOption,
    store: StoreOption = None,
    who: AsOption = None,
) -> None:
    """Put an organization on the list: it gets no messages from this ecosystem."""
    with at_desk(store, ecosystem, "Adding") as desk:
        node = find_thing(desk.hub.snapshot(), organization, ThingKind.PARTNER)
        runner = make_runner(parse_who(who))
        add_stop(desk.hub.store.operations(), desk.hub.ecosystem, node.id, note, runner)
    say(f"{node.name} gets no messages from this ecosystem.")


@commands.command()
def remove(
    organization: Annotated[str, typer.Argument(help="The organization's id, as the list shows it.")],
    ecosystem: HubOption,
    note: NoteOption,
    store: StoreOption = None,
    who: AsOption = None,
) -> None:
    """Take an organization off the list, because it said so; its stop link goes on counting in other ecosystems."""
    with at_desk(store, ecosystem, "Removing") as desk:
        runner = make_runner(parse_who(who))
        remove_stop(desk.hub.store.operations(), desk.hub.ecosystem, parse_id(organization), note, runner)
    say(f"{organization} may be written to again.")


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(draft)
    app.add_typer(commands, name="do-not-contact")
