"""What an evaluation says: as plain values for JSON, and as a table."""

from collections.abc import Sequence
from typing import Any

from matchmaker.recommend.evaluation.evaluating import BlockResult, Evaluation, MethodResult
from matchmaker.recommend.evaluation.metrics import METRICS

DIGITS = 6
COLUMNS = (*METRICS, "top_one_percent_share", "coverage")

Values = dict[str, Any]


def as_json(evaluation: Evaluation, region_names: Sequence[str]) -> Values:
    """Return an evaluation as plain values, regions by name.

    Each block has ``sources`` and ``methods``; a method has the metrics of `COLUMNS` and ``intervals`` of some; the
    recommender also ``lift``, ``interval`` and ``best_fixed_baseline``, ``ece`` and ``candidate_recall``.
    """
    regions = {region_names[code]: _block(block) for code, block in evaluation.regions.items()}
    return {
        "setting": evaluation.setting.value,
        "regions": dict(sorted(regions.items())),
        "pooled": _block(evaluation.pooled),
        "cold": {kind.value: _block(block) for kind, block in evaluation.cold.items()},
        "learned_from_lists": evaluation.learned_from,
        "price_of_being_known": evaluation.price,
    }


def as_rows(block: BlockResult) -> list[tuple[str, ...]]:
    """Return a block as rows of text of equal widths: a head, then the methods, the best NDCG@10 first."""
    ordered = sorted(block.methods.items(), key=lambda item: (-item[1].metrics["ndcg_at_10"], item[0]))
    wide = max((len(name) for name in block.methods), default=0)
    heads = [column.replace("_", " ").rjust(len("0.0000")) for column in COLUMNS]
    rows = [(" " * wide, *heads)]
    for name, result in ordered:
        values = [f"{result.metrics[column]:.4f}".rjust(len(head)) for column, head in zip(COLUMNS, heads, strict=True)]
        rows.append((name.ljust(wide), *values))
    return rows


def _block(block: BlockResult) -> Values:
    return {
        "sources": block.sources,
        "methods": {name: _method(result) for name, result in block.methods.items()},
    }


def _method(result: MethodResult) -> Values:
    found: Values = {name: round(value, DIGITS) for name, value in result.metrics.items()}
    found["intervals"] = {name: [round(end, DIGITS) for end in ends] for name, ends in result.intervals.items()}
    if result.lift is not None and result.lift_interval is not None:
        found["lift"] = round(result.lift, DIGITS)
        found["interval"] = [round(end, DIGITS) for end in result.lift_interval]
        found["best_fixed_baseline"] = result.best
    if result.calibration_error is not None:
        found["ece"] = round(result.calibration_error, DIGITS)
    if result.candidate_recall is not None:
        found["candidate_recall"] = round(result.candidate_recall, DIGITS)
    return found
