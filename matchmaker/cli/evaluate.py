"""``matchmaker evaluate``: how well the recommender would have foretold the partnerships that came after a day."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.lookup import Asked, looking_up
from matchmaker.cli.options import EcosystemOption, JsonOption, StoreOption, parse_as_of
from matchmaker.cli.output import head, print_json, say, waiting
from matchmaker.errors import Finding, InvalidInput
from matchmaker.recommend.evaluation.evaluating import OURS, BlockResult, evaluate
from matchmaker.recommend.evaluation.participations import make_snapshot, read_participations, read_parts
from matchmaker.recommend.evaluation.protocol import Protocol, Setting
from matchmaker.recommend.evaluation.reporting import as_json, as_rows
from matchmaker.recommend.features.joint_work import JointWork, build_joint_work

COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class _Given:
    """The options that say what is judged."""

    history_before: str | None
    targets_from: str | None
    targets_until: str | None
    region_by: str | None
    min_sources: int
    min_projects: int
    seed: int

    def protocol(self, split: str | None) -> Protocol:
        """Return the protocol, with ``split`` in place of the first two days where it is given."""
        first = self.history_before or split
        if first is None:
            raise InvalidInput([Finding("is missing", "--history-before or --split")])
        known, until = parse_as_of(first), parse_as_of(self.targets_until)
        start = known if self.targets_from is None else parse_as_of(self.targets_from)
        if not known <= start < until:
            raise InvalidInput([Finding("is not after the days before it", "--targets-until", until.isoformat())])
        if self.region_by not in (None, COUNTRY):
            raise InvalidInput([Finding("is no region to compare by", "--region-by", self.region_by or "", COUNTRY)])
        setting = Setting.ALL if self.region_by is None else Setting.REGIONS
        return Protocol(known, start, until, setting, self.min_projects, self.min_sources, self.seed)


def evaluate_command(
    participations: Annotated[
        Path | None, typer.Option("--participations", help="A CSV file of who took part in which project, and when.")
    ] = None,
    programme_parts: Annotated[
        Path | None, typer.Option("--programme-parts", help="A CSV file of what each project is about.")
    ] = None,
    history_before: Annotated[
        str | None, typer.Option("--history-before", metavar="DATE", help="What began before is known.")
    ] = None,
    targets_from: Annotated[
        str | None, typer.Option("--targets-from", metavar="DATE", help="What is foretold began on this day or later.")
    ] = None,
    targets_until: Annotated[
        str | None, typer.Option("--targets-until", metavar="DATE", help="And before this day; today.")
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", metavar="DATE", help="Judge the store's own dated ties: known before it.")
    ] = None,
    region_by: Annotated[
        str | None, typer.Option("--region-by", metavar="country", help="Look for partners in the own country only.")
    ] = None,
    min_sources: Annotated[
        int, typer.Option("--min-sources", min=1, help="How many sources a region needs to be judged.")
    ] = 100,
    min_projects: Annotated[
        int, typer.Option("--min-projects", min=1, help="In how much joint work source and candidate took part.")
    ] = 2,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Decides between equal scores.")] = 0,
    store: StoreOption = None,
    ecosystem: EcosystemOption = None,
    as_json_option: JsonOption = False,
) -> None:
    """Judge the recommender by the partnerships that came after a day, against well-known baselines."""
    given = _Given(history_before, targets_from, targets_until, region_by, min_sources, min_projects, seed)
    if (participations is None) == (split is None):
        raise InvalidInput([Finding("is to be given: either the one or the other", "--participations or --split")])
    protocol = given.protocol(split)
    if participations is not None:
        work = _read(participations, programme_parts, protocol.targets_until)
    else:
        with looking_up(Asked(store, _eve(protocol.targets_until), ecosystem), "Looking up") as look:
            work = build_joint_work(look.view(), by_sector=True)
    with waiting("Evaluating"):
        result = evaluate(work, protocol)
    if as_json_option:
        print_json(as_json(result, work.region_names))
        return
    _show(result.pooled, protocol)


def _read(participations: Path, parts: Path | None, until: datetime.date) -> JointWork:
    rows = read_participations(participations)
    return build_joint_work(make_snapshot(rows, read_parts(parts) if parts is not None else {}, until))


def _eve(day: datetime.date) -> str:
    return (day - datetime.timedelta(days=1)).isoformat()


def _show(block: BlockResult, protocol: Protocol) -> None:
    head(f"{block.sources} sources with new partners from {protocol.targets_from} to before {protocol.targets_until}")
    for row in as_rows(block):
        say("  " + "  ".join(row))
    ours = block.methods.get(OURS)
    if ours is None:
        say("Nothing was learned: the years before that day hold too few new partnerships.")
    elif ours.lift is not None and ours.lift_interval is not None:
        low, high = ours.lift_interval
        say(f"NDCG@10 is {ours.lift:+.1%} against {ours.best} (95%: {low:+.1%} to {high:+.1%}).")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("evaluate")(evaluate_command)
