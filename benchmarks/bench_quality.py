"""How well the recommender foretells real partnerships: new joint projects of European organizations, year by year.

Organizations and projects of the EU's Horizon 2020 (CORDIS, CC BY 4.0). Everything before a day is history; what is to
be foretold are the first joint projects of organizations of different kinds in the year after it. Two settings: in
countries with at least 100 sources, candidates from the own country, for organizations of at least two projects; and
everybody among everybody, of at least five. The recommender learns from earlier windows only.

Arguments: the day (2018-01-01), and the end of what is foretold (a year later). Written to ``build/quality``: a table,
the figures as JSON and a plot.
"""

import datetime
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from matchmaker.recommend.evaluation.evaluating import OPEN, OURS, BlockResult, Evaluation, evaluate
from matchmaker.recommend.evaluation.participations import make_snapshot, read_participations, read_parts
from matchmaker.recommend.evaluation.protocol import Protocol, Setting
from matchmaker.recommend.evaluation.reporting import as_json, as_rows
from matchmaker.recommend.features.joint_work import JointWork, build_joint_work

DATA = Path(os.environ.get("MATCHMAKER_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
RESULTS = Path(__file__).resolve().parents[1] / "build" / "quality"
SETTINGS = ((Setting.REGIONS, 2), (Setting.ALL, 5))
BAR, WIDTH, LABELS = 18, 640, 210


def main(arguments: Sequence[str]) -> None:
    """Print the tables, and write them beside the figures and the plot."""
    folder = DATA / "collaboration"
    if not folder.is_dir():
        sys.exit("The participations aren't here. Set MATCHMAKER_REAL_DATA to the folder of public data sets.")
    day = datetime.date.fromisoformat(arguments[0] if arguments else "2018-01-01")
    until = datetime.date.fromisoformat(arguments[1]) if len(arguments) > 1 else day.replace(year=day.year + 1)
    work = read_work(folder, until)
    RESULTS.mkdir(parents=True, exist_ok=True)
    lines = [f"Joint projects that began from {day} to before {until}; learned from what began before {day}.", ""]
    figures = {}
    for setting, least in SETTINGS:
        result = evaluate(work, Protocol(day, day, until, setting, least))
        lines += table(result, work)
        figures[setting.value] = as_json(result, work.region_names)
        (RESULTS / f"{setting.value}.svg").write_text(plot(result), encoding="utf-8")
    print("\n".join(lines))
    (RESULTS / "quality.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (RESULTS / "quality.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def read_work(folder: Path, until: datetime.date) -> JointWork:
    """Return the joint work of the published files, up to a day."""
    rows, parts = read_participations(folder / "participations.csv.gz"), read_parts(folder / "programme_parts.csv.gz")
    return build_joint_work(make_snapshot(rows, parts, until))


def table(result: Evaluation, work: JointWork) -> list[str]:
    """Return a setting's tables as lines."""
    lines = [f"== {result.setting.value}: learned from {result.learned_from} lists, price {result.price}"]
    blocks = [("all sources", result.pooled)]
    blocks += [(work.region_names[code], block) for code, block in result.regions.items()]
    blocks += [(f"sources with {kind.value.replace('_', ' ')}", block) for kind, block in result.cold.items()]
    for name, block in blocks:
        lines += ["", f"{name}: {block.sources} sources", *("  ".join(row) for row in as_rows(block)), *said(block)]
    return [*lines, ""]


def said(block: BlockResult) -> list[str]:
    """Return what is said of the recommender beside its row."""
    ours = block.methods.get(OURS)
    if ours is None or ours.lift is None or ours.lift_interval is None:
        return []
    low, high = ours.lift_interval
    lines = [f"{OURS}: NDCG@10 {ours.lift:+.1%} against {ours.best} (95%: {low:+.1%} to {high:+.1%})"]
    if ours.calibration_error is not None and ours.candidate_recall is not None:
        lines.append(f"calibration error {ours.calibration_error:.4f}; candidate recall {ours.candidate_recall:.1%}")
    return lines


def plot(result: Evaluation) -> str:
    """Return NDCG@10 of every method with its interval, as SVG."""
    methods = sorted(result.pooled.methods.items(), key=lambda item: (-item[1].metrics["ndcg_at_10"], item[0]))
    most = max(1e-9, *(one.intervals["ndcg_at_10"][1] for _, one in methods))
    scale = (WIDTH - LABELS - 60) / most
    rows = []
    for place, (name, one) in enumerate(methods):
        top, value = 34 + place * (BAR + 6), one.metrics["ndcg_at_10"]
        low, high = (LABELS + end * scale for end in one.intervals["ndcg_at_10"])
        fill, middle = "#1b6ca8" if name in (OURS, OPEN) else "#9aa5b1", top + BAR / 2
        rows.append(
            f'<text x="{LABELS - 8}" y="{middle + 4}" text-anchor="end">{name.replace("_", " ")}</text>'
            f'<rect x="{LABELS}" y="{top}" width="{value * scale:.1f}" height="{BAR}" fill="{fill}"/>'
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}" stroke="black" stroke-width="1.5"/>'
            f'<text x="{high + 6:.1f}" y="{middle + 4}">{value:.3f}</text>'
        )
    title = f"NDCG@10 with 95% intervals, {result.setting.value}, {result.pooled.sources} sources"
    height = 44 + len(methods) * (BAR + 6)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-size="12"'
    named = f'<title>{title}</title><text x="8" y="18">{title}</text>'
    return f'{head} font-family="sans-serif">{named}{"".join(rows)}</svg>\n'


if __name__ == "__main__":
    main(sys.argv[1:])
