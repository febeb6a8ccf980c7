"""``matchmaker duplicates``: partners that may be one, and deciding about them."""

import time
from typing import Annotated

import typer

from matchmaker.api.schemas.imports import PairOut, pairs_out
from matchmaker.cli.opening import opened
from matchmaker.cli.options import AsOption, JsonOption, StoreOption, parse_who
from matchmaker.cli.output import print_json, progress, say
from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.resolution.matching import Verdict
from matchmaker.model.ids import PUBLIC, Owner, parse_id
from matchmaker.services.duplicates import (
    accept,
    find_duplicates,
    keep_apart,
    list_review,
    names_of,
    put_part,
    settle,
)
from matchmaker.services.job_records import Runner
from matchmaker.services.merging import unmerge

commands = typer.Typer(help="Partners that may be one: list, merge, keep apart.", no_args_is_help=True)

IntoOption = Annotated[str | None, typer.Option("--into", help="Whose review: an ecosystem's id; else the public one.")]
FirstArgument = Annotated[str, typer.Argument(help="The id of one.")]
SecondArgument = Annotated[str, typer.Argument(help="The id of the other.")]


def say_pair(pair: PairOut) -> None:
    """Print a pair with its reasons, for people."""
    first, second = (f"{name} ({id})" if name else id for id, name in _ends(pair))
    if pair.verdict is Verdict.PART_OF:
        part, whole = (second, first) if pair.whole == pair.first else (first, second)
        say(f"{part} may be part of {whole}" + ("" if pair.whole else ", or the other way round"))
    else:
        say(f"{first} and {second}: {_chance(pair.probability)} likely to be one")
    for reason in pair.reasons[:4]:
        say(f"    {reason}")


def _chance(probability: float) -> str:
    return "over 99%" if probability > 0.99 else f"{probability:.0%}"


def _ends(pair: PairOut) -> tuple[tuple[str, str], tuple[str, str]]:
    return (pair.first, pair.first_name), (pair.second, pair.second_name)


@commands.command("list")
def list_(into: IntoOption = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the pairs that wait for a decision, the likeliest first."""
    with opened(store) as graph:
        pairs = list_review(graph, _owner(into) if into else None)
        found = pairs_out(pairs, names_of(graph, pairs))
    if as_json:
        print_json({"pairs": [pair.model_dump(mode="json") for pair in found]})
        return
    for pair in found:
        say_pair(pair)
    if found:
        say("Decide: matchmaker duplicates merge ID ID, keep-apart ID ID, or part-of PART WHOLE")
    else:
        say("No pairs wait for a decision.")


@commands.command()
def find(into: IntoOption = None, store: StoreOption = None, who: AsOption = None, as_json: JsonOption = False) -> None:
    """Compare all partners with each other; merge those that are certainly one, and list the others."""
    with opened(store) as graph, progress("Comparing"):
        matches = find_duplicates(graph, _owner(into))
        settled = settle(graph, matches, _owner(into), _runner(who))
        names = names_of(graph, (*settled.merged, *settled.to_review))
    merged, waiting = pairs_out(settled.merged, names), pairs_out(settled.to_review, names)
    if as_json:
        both = {"merged": merged, "to_review": waiting}
        print_json({name: [pair.model_dump(mode="json") for pair in pairs] for name, pairs in both.items()})
        return
    say(f"{len(merged):,} merged, {len(waiting):,} wait for a decision: matchmaker duplicates list")


@commands.command()
def merge(
    first: FirstArgument,
    second: SecondArgument,
    into: IntoOption = None,
    store: StoreOption = None,
    who: AsOption = None,
) -> None:
    """Merge two partners, because they are one. The public one, or the one of a register, keeps its id."""
    with opened(store) as graph:
        job = accept(graph, parse_id(first), parse_id(second), _owner(into), _runner(who))
    say(f"{job.details['gone']} is merged into {job.details['kept']}; every source's facts are kept.")
    say(f"To take it back: matchmaker undo {job.id}, or later: matchmaker duplicates split {job.details['gone']}")


@commands.command("merge-all")
def merge_all(
    at_least: Annotated[float, typer.Option("--at-least", min=0.5, max=1.0, help="The chance that they are one.")],
    into: IntoOption = None,
    store: StoreOption = None,
    who: AsOption = None,
) -> None:
    """Merge every pair that waits and is at least that likely to be one."""
    runner = _runner(who)
    with opened(store) as graph:
        gone: set[str] = set()
        for pair in list_review(graph, _owner(into) if into else None):
            likely = pair.verdict is not Verdict.PART_OF and pair.probability >= at_least
            if likely and not {pair.first, pair.second} & gone:
                gone.add(str(accept(graph, pair.first, pair.second, pair.owner, runner).details["gone"]))
    say(f"{len(gone):,} pairs are merged; each can be taken back by itself (matchmaker jobs).")


@commands.command("keep-apart")
def keep_apart_(
    first: FirstArgument, second: SecondArgument, into: IntoOption = None, store: StoreOption = None
) -> None:
    """Remember that two partners are not one; they aren't proposed again."""
    with opened(store) as graph:
        keep_apart(graph, parse_id(first), parse_id(second), _owner(into))
    say(f"{first} and {second} stay apart.")


@commands.command("part-of")
def part_of(
    part: Annotated[str, typer.Argument(help="The id of the part.")],
    whole: Annotated[str, typer.Argument(help="The id of the whole.")],
    into: IntoOption = None,
    store: StoreOption = None,
    who: AsOption = None,
) -> None:
    """Say that one partner is part of another one, as a center of its university."""
    if part == whole:
        raise InvalidInput([Finding("is part of itself", "part", part, "two different partners")])
    with opened(store) as graph:
        job = put_part(graph, parse_id(part), parse_id(whole), _owner(into), _runner(who))
    say(f"{part} is part of {whole}. To take it back: matchmaker undo {job.id}")


@commands.command()
def split(
    id: Annotated[str, typer.Argument(help="The id that was merged into another one.")],
    store: StoreOption = None,
    who: AsOption = None,
) -> None:
    """Bring a merged partner back, with what its own sources say, also where they were loaded again since."""
    with opened(store) as graph:
        job = unmerge(graph, parse_id(id), _runner(who))
        keep_apart(graph, id, str(job.details["kept"]), PUBLIC)
    say(f"{id} is back, apart from {job.details['kept']}. To take that back: matchmaker undo {job.id}")


def _owner(into: str | None) -> Owner:
    return Owner(parse_id(into)) if into else PUBLIC


def _runner(who: str | None) -> Runner:
    return Runner(parse_who(who), lambda: int(time.time()))


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.add_typer(commands, name="duplicates")
