"""Retrieved, judged, measured and scored: what a subject could be shown, under every role, before it is ranked."""

import numpy as np

from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.candidates import ALL_UP_TO, Candidates, find_rows, pool_of, small_roles
from matchmaker.recommend.eligibility import find_confirmed, find_eligible
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.measuring import FeatureTable, measure_features
from matchmaker.recommend.pairs import RoleRows
from matchmaker.recommend.ranking import Scored
from matchmaker.recommend.roles import ROLES
from matchmaker.recommend.scoring.additive import ScoreTable, ScoringModel
from matchmaker.recommend.scoring.compiled import compile_model


def score_subject(
    index: SnapshotIndex,
    subject: int,
    model: ScoringModel,
    pattern: PatternName | None = None,
    *,
    context_colleges: bool = True,
) -> list[Scored]:
    """Return whom a subject could be shown, by role: all who meet every rule of those that something leads to."""
    rows = find_rows(index, np.array([subject], dtype=np.int32), pattern)
    return score_rows(find_eligible(rows, context_colleges=context_colleges).compacted(), model)


def score_rows(
    rows: RoleRows, model: ScoringModel, *, eligible: bool = True, all_up_to: int = ALL_UP_TO
) -> list[Scored]:
    """Return the rows of one subject with their features and scores, by role.

    Parameters
    ----------
    eligible
        Whether they meet every rule; one that doesn't is never confirmed.
    """
    compiled = compile_model(model)
    by_role = rows.where(np.argsort(rows.roles, kind="stable"))
    features, patterns = measure_features(by_role, compiled.names), by_role.patterns
    shares = compiled.shares_of(features.values, patterns)
    scores = compiled.scores_of(shares, patterns)
    confirmed = find_confirmed(by_role) & eligible
    others, subjects = by_role.others, by_role.subjects
    whole = small_roles(rows.index, all_up_to)
    roles, begins = np.unique(by_role.roles, return_index=True)
    ends = [*begins[1:].tolist(), *[len(by_role)] * bool(len(roles))]
    found = []
    for role, first, last in zip(roles.tolist(), begins.tolist(), ends, strict=True):
        part = slice(first, last)
        found.append(
            Scored(
                Candidates(
                    pool_of(rows.index, role, int(subjects[first])),
                    others[part],
                    confirmed[part],
                    whole=bool(whole >> role & 1),
                ),
                FeatureTable(features.names, features.values[part]),
                ScoreTable(
                    float(compiled.intercepts[patterns[first]]),
                    shares[part],
                    scores[part],
                    model.patterns[ROLES[role].pattern.name].level,
                ),
            )
        )
    return found
