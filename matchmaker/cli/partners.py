"""``matchmaker partners`` and ``matchmaker show``: who is there, and what is known of one."""

from collections.abc import Mapping
from typing import Annotated

import typer

from matchmaker.api.schemas.partners import FieldOut, PartnerOut, PartnerPage, node_out
from matchmaker.api.views import partner_out
from matchmaker.cli.lookup import Asked, looking_up
from matchmaker.cli.options import AsOfOption, EcosystemOption, JsonOption, KindOption, StoreOption
from matchmaker.cli.output import head, print_json, say
from matchmaker.model.freshness import Freshness
from matchmaker.model.vocabulary import OrganizationType, Sector, StageTerm
from matchmaker.services.partners import PartnerFilter, search, view_partner


def partners(
    words: Annotated[str, typer.Argument(help="Words of the name, an alias or the description.")] = "",
    sector: Annotated[Sector | None, typer.Option("--sector")] = None,
    organization_type: Annotated[OrganizationType | None, typer.Option("--type")] = None,
    stage: Annotated[StageTerm | None, typer.Option("--stage")] = None,
    members: Annotated[bool, typer.Option("--members", help="Only the ecosystem's own.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 20,
    ecosystem: EcosystemOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List partners: all public ones, or those of an ecosystem's view."""
    with looking_up(Asked(store, as_of, ecosystem), "Looking") as look:
        found = search(look.view(), PartnerFilter(words, sector, organization_type, stage, members))
    if as_json:
        shown = [node_out(node) for node in found[:limit]]
        print_json(PartnerPage(partners=shown, total=len(found), next_cursor=None))
        return
    for node in found[:limit]:
        say(f"{node.name}  ({node.get_text('organization_type').replace('_', ' ')}, {node.id})")
    more = f", {len(found) - limit} more with --limit {len(found)}" if len(found) > limit else ""
    say(f"{len(found)} found{more}.")


def show(
    thing: Annotated[str, typer.Argument(help="A partner's or program's id or name.")],
    ecosystem: EcosystemOption = None,
    kind: KindOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is known of a partner or program, and who says so."""
    with looking_up(Asked(store, as_of, ecosystem, kind), "Looking it up") as look:
        found = look.find(thing)
        shown = partner_out(view_partner(found.shown, found.node.id), for_staff=True)
    if as_json:
        print_json(shown)
    else:
        _show(shown)


def _show(shown: PartnerOut) -> None:
    head(f"{shown.name} ({shown.label.value.lower()}, {shown.id})")
    for question in shown.questions:
        say(f"  ? {question}")
    known = {field.field: field for field in shown.fields}
    numbers = {source: number for number, source in enumerate(shown.sources, start=1)}
    for name, value in shown.properties.items():
        if name != "name":
            text = ", ".join(str(item) for item in value) if isinstance(value, tuple | list) else str(value)
            say(f"  {name.replace('_', ' ')}: {text}{_origin(known.get(name), numbers)}")
    for title, statements in (("Needs", shown.needs), ("Offers", shown.offers)):
        for statement in statements:
            details = ", ".join(f"{name} {value}" for name, value in statement.properties.items())
            told = f" ({details})" if details else ""
            say(f"  {title[:-1].lower()}: {statement.resource.name}{told}{_age(statement.freshness)}")
    for fact in shown.facts:
        details = ", ".join(f"{name} {value}" for name, value in fact.properties.items())
        say(f"  {fact.label.value}: {details}")
    for tie in shown.ties:
        arrow = "→" if tie.outgoing else "←"
        said = f"  [{tie.source}]" if tie.source else ""
        say(f"  {arrow} {tie.type.value.replace('_', ' ').lower()} {tie.other.name}{said}{_age(tie.freshness)}")
    for source, number in numbers.items():
        say(f"  [{number}] {source}")


def _origin(field: FieldOut | None, numbers: Mapping[str, int]) -> str:
    """Return the number of the source that says so, when it did, and how fresh that is, in brackets."""
    if field is None:
        return ""
    source = str(numbers[field.source]) if field.source in numbers else field.confidence.value
    age = "" if field.freshness is Freshness.UNKNOWN else field.freshness.value
    return f"  [{', '.join(part for part in (source, field.dated, age) if part)}]"


def _age(freshness: Freshness | None) -> str:
    return f"  ({freshness.value})" if freshness in {Freshness.AGEING, Freshness.STALE} else ""


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(partners)
    app.command()(show)
