"""``matchmaker decide``: one step in the life of a suggestion; ``matchmaker suggestion``: what became of them."""

import datetime
from typing import Annotated

import typer

from matchmaker.api.schemas.decisions import TimesOut, TimesReportOut, decided_out, life_out, stored_out
from matchmaker.cli.deciding import HubOption, SuggestionArgument, at_desk, make_runner, parse_day
from matchmaker.cli.options import AsOfOption, AsOption, JsonOption, StoreOption, parse_who
from matchmaker.cli.output import head, print_json, say
from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.decision import Decision
from matchmaker.model.ids import parse_id
from matchmaker.model.vocabulary import AnswerTerm, DeclineReason, Side, SuggestionState
from matchmaker.recommend.patterns import TITLES
from matchmaker.services.deciding import Decided
from matchmaker.services.deciding import decide as decide_step
from matchmaker.services.first_step import Shown
from matchmaker.services.stored_suggestions import list_stored
from matchmaker.services.suggestion_views import SideView, SuggestionView, view_suggestion
from matchmaker.services.timing import measure_times, measure_times_by_pattern

commands = typer.Typer(help="Suggestions that something was decided about, and how they fared.", no_args_is_help=True)

SideOption = Annotated[Side | None, typer.Option("--side", help="Which side is asked, answers or is asked first.")]
ForOption = Annotated[str, typer.Option("--for", help="In whose list it was shown: quicker where it isn't stored yet.")]


def decide(
    suggestion: SuggestionArgument,
    state: Annotated[SuggestionState, typer.Argument(help="Where it goes; asked also for an answer.")],
    ecosystem: HubOption,
    side: SideOption = None,
    answer: Annotated[AnswerTerm | None, typer.Option("--answer", help="What the side answered.")] = None,
    how: Annotated[str, typer.Option("--how", help="How it answered, such as by phone.")] = "",
    reason: Annotated[DeclineReason | None, typer.Option("--reason", help="Why it declines; for staff only.")] = None,
    note: Annotated[str, typer.Option("--note", help="For staff.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who answered, such as a role; without an answer, who decides.")] = "",
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day it happened; today by default.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DATE", help="From when the pair may come again, if not by default."),
    ] = None,
    level: Annotated[int | None, typer.Option("--level", help="Collaboration level 0 to 5 of the tie.")] = None,
    details: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Another property of the tie; repeatable.")
    ] = None,
    operator: Annotated[
        str, typer.Option("--operator", help="Which of several who run a program is the partner.")
    ] = "",
    owner: Annotated[str, typer.Option("--owner", help="Who on the staff looks after it.")] = "",
    shown_for: ForOption = "",
    if_version: Annotated[int | None, typer.Option("--if-version", help="Only if it is still at this version.")] = None,
    store: StoreOption = None,
    who: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record one step: shortlist, ask a side, record its answer, introduce, make active, end; decline or snooze."""
    with at_desk(store, ecosystem, "Deciding") as desk:
        decision = Decision(
            to=state,
            on=parse_day(on, "--on") or desk.hub.today,
            side=side,
            answer=answer,
            answered_by=by if answer is not None else "",
            answered_how=how,
            reason=reason,
            until=parse_day(until, "--until"),
            level=level,
            owner=owner,
            note=note,
            details=_details(details or []),
            operator=parse_id(operator) if operator else None,
        )
        runner = make_runner(parse_who(who or (by if answer is None else "") or None))
        shown = Shown(desk.named(shown_for), if_version)
        decided = decide_step(desk.hub, suggestion, decision, runner, shown)
        view = view_suggestion(desk.hub, suggestion)
    if as_json:
        print_json(decided_out(decided))
    else:
        _show_decided(decided, view)


def _details(given: list[str]) -> dict[str, str]:
    findings = [
        Finding("is no property with a value", "--set", one[:80], "name=value") for one in given if "=" not in one
    ]
    if findings:
        raise InvalidInput(findings)
    return {name.strip(): value.strip() for name, _, value in (one.partition("=") for one in given)}


def _show_decided(decided: Decided, view: SuggestionView) -> None:
    say(f"{view.sides[Side.SOURCE].name} and {view.sides[Side.TARGET].name}: {view.words}")
    for note in decided.notes:
        say(note)
    if view.frozen_until:
        say(f"The pair may be suggested again from {view.frozen_until}.")
    say(f"To take it back: matchmaker undo {decided.job.id}")


@commands.command()
def show(
    suggestion: SuggestionArgument,
    ecosystem: HubOption,
    shown_for: ForOption = "",
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a suggestion: where it stands, what each side was asked and said, and every step with who made it."""
    with at_desk(store, ecosystem, "Looking it up", as_of) as desk:
        view = view_suggestion(desk.hub, suggestion, shown_for=desk.named(shown_for))
    if as_json:
        print_json(life_out(view, figures=True))
    else:
        _show_view(view)


def _show_view(view: SuggestionView) -> None:
    head(f"{view.sides[Side.SOURCE].name} and {view.sides[Side.TARGET].name}: {view.words}")
    say(f"{TITLES[view.pattern]}; round {view.round}; version {view.version}")
    if view.owner:
        say(f"Looked after by {view.owner}.")
    if view.frozen_until:
        say(f"May be suggested again from {view.frozen_until}.")
    for side in Side:
        say(f"  {side.value}: {_side_words(view.sides[side])}")
    for step in view.steps:
        at = datetime.datetime.fromtimestamp(step.at, tz=datetime.UTC).astimezone()
        said = ", ".join(word for word in (step.side, step.answer, step.reason) if word)
        back = "  (taken back)" if step.taken_back else ""
        what = f"{step.after}{f' ({said})' if said else ''}"
        say(f"  {step.on}  {what}  by {step.who}, {at:%Y-%m-%d %H:%M}, {step.job}{back}")
        if step.note:
            say(f"      {step.note}")


def _side_words(seen: SideView) -> str:
    asked = f"asked on {', '.join(seen.asked_on)}" if seen.asked_on else "not asked"
    if seen.answer is None:
        return f"{seen.name}, {asked}"
    more = ", ".join(word for word in (seen.answered_on, seen.answered_by, seen.answered_how, seen.reason) if word)
    return f"{seen.name}, {asked}: {seen.answer.value.replace('_', ' ')} ({more})"


@commands.command("list")
def list_(
    ecosystem: HubOption,
    state: Annotated[SuggestionState | None, typer.Option("--state", help="Only those in this state.")] = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the suggestions that something was decided about, in the order of their ids."""
    with at_desk(store, ecosystem, "Listing", as_of) as desk:
        nodes, snapshot = list_stored(desk.hub, state), desk.hub.snapshot()
        ends = {node.get_text(side.value) for node in nodes for side in Side}
        names = {end: snapshot.get_node(end).name for end in ends if snapshot.find_index(end) is not None}
        found = [stored_out(node, names) for node in nodes]
    if as_json:
        print_json({"suggestions": [one.model_dump(mode="json") for one in found]})
        return
    for one in found:
        words = one.state.value.replace("_", " ")
        say(f"{one.id}  {words}  {one.changed_on}  {one.source.name} and {one.target.name}")
    if not found:
        say("Nothing has been decided yet.")


@commands.command()
def report(
    ecosystem: HubOption, as_of: AsOfOption = None, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """Say how long suggestions take, from suggestion to introduction to agreement, and how many links last."""
    with at_desk(store, ecosystem, "Measuring", as_of) as desk:
        nodes = list_stored(desk.hub)
        patterns = measure_times_by_pattern(nodes, desk.hub.today)
        told = TimesReportOut(
            ecosystem=desk.hub.ecosystem,
            as_of=desk.hub.today.isoformat(),
            all=TimesOut.of(measure_times(nodes, desk.hub.today)),
            patterns={name: TimesOut.of(times) for name, times in patterns.items()},
        )
    if as_json:
        print_json(told)
        return
    head(f"{told.ecosystem}, as of {told.as_of}: {told.all.n} suggestions")
    _show_times(told.all)
    for name, times in told.patterns.items():
        head(f"\n{name}: {times.n}")
        _show_times(times)


def _show_times(times: TimesOut) -> None:
    for state, number in times.states.items():
        say(f"  {state.replace('_', ' ')}: {number}")
    for name, span in times.spans.items():
        took = f"median {span.median:g} days ({span.least} to {span.most}, n {span.n})" if span.n else "none yet"
        say(f"  {name.replace('_', ' ')}: {took}")
    due, lasted = times.survival.due, times.survival.lasted
    say(f"  active after ninety days: {f'{lasted} of {due}' if due else 'none due yet'}")


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(decide)
    app.add_typer(commands, name="suggestion")
