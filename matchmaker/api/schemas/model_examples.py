"""An example of every answer about trained models. Riverbend is invented."""

from collections.abc import Mapping
from types import MappingProxyType

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_HASH = "4f0c2f5f0b7f4a7f0b1f1e7c9f3d2a6b8c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f"
_ID = f"local-{_HASH[:12]}"
_CHANGE: dict[str, Json] = {"who": "Ana", "at": 1767225600, "why": "spring"}
_USE: dict[str, Json] = {"action": "use", "model": _ID, "was": "prior-1", "change": _CHANGE}
_BIN: dict[str, Json] = {"pairs": 494.0, "expected": 0.0112, "formed": 0.0081}
_FIGURES: dict[str, Json] = {"pairs": 4952.0, "formed": 18.0, "log_loss": 0.01836, "auc": 0.664, "ndcg_at_10": 0.325}
_JUDGEMENT: dict[str, Json] = {**_FIGURES, "ece": 0.0019, "bins": [_BIN]}
_PATTERN: dict[str, Json] = {
    "basis": "local",
    "refused": "",
    "moved": False,
    "links": {"fit": 37, "calibrate": 9, "judge": 13},
    "decisions": 0,
    "evidence": 59,
    "outcome": "forms_within_a_year",
    "sides": {},
    "intercept": -6.2,
    "level": 5.0,
    "tables": {
        "same_county": {"points": [0.0, 1.0], "shares": [-0.1, 0.2], "errors": [0.11, 0.09], "log": False},
    },
    "prior": {**_JUDGEMENT, "auc": 0.639},
    "fitted": _JUDGEMENT,
}

MODEL_EXAMPLES: Mapping[str, dict[str, Json]] = MappingProxyType(
    {
        "ModelListOut": {
            "ecosystem": "riverbend",
            "models": [{"id": _ID, "digest": _HASH, "kept": _CHANGE, "in_use": True}],
            "history": [_USE],
        },
        "UseOut": _USE,
        "ModelOut": {
            "id": _ID,
            "digest": _HASH,
            "ecosystem": "riverbend",
            "title": "Riverbend STEM Ecosystem",
            "basis": "local",
            "in_use": True,
            "drawn_to": "prior-1",
            "graph_hash": _HASH,
            "ledger_hash": _HASH,
            "statistics": "content-18fa06fd",
            "libraries": {"numpy": "2.1.0"},
            "seed": 0,
            "windows": [{"start": "2025-01-01", "end": "2026-01-01", "part": "judge"}],
            "patterns": {"cross_sector": _PATTERN},
            "bands": [{"kind": "sector", "band": "k12", "links": None, "prior": None, "fitted": None}],
            "not_for": ["Judging an organization: a score is about a pair."],
            "limits": ["A link that isn't recorded counts as not formed."],
        },
    }
)
