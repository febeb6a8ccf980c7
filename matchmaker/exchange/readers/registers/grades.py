"""Grade spans as the National Center for Education Statistics writes them, as stages."""

from matchmaker.model.vocabulary import StageTerm

GRADES = ("PK", "KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13")
"""In order; 13 is a year of high school beyond the twelfth grade."""

UNSPANNED = frozenset({"UG", "AE", "M", "N", "", "-1", "-2", "-9"})
"""Ungraded, adult education, missing, not applicable: they say no stage."""

GRADE_RULE = "PK, KG, 01 to 13, UG or AE"

_STAGES = (StageTerm.PREK, StageTerm.K_2, StageTerm.GRADES_3_5, StageTerm.GRADES_6_8, StageTerm.GRADES_9_12)
_LAST_OF_STAGE = (0, 3, 6, 9, 14)


def stages_between(lowest: str, highest: str) -> tuple[str, ...]:
    """Return the stages of a span of grades, in order; none where either end is no grade or the span is backward.

    >>> stages_between("PK", "05"), stages_between("09", "12"), stages_between("UG", "UG")
    (('prek', 'k_2', 'grades_3_5'), ('grades_9_12',), ())
    """
    if lowest not in GRADES or highest not in GRADES:
        return ()
    first, last = GRADES.index(lowest), GRADES.index(highest)
    starts = (0, *(end + 1 for end in _LAST_OF_STAGE))
    return tuple(
        stage.value
        for stage, start, end in zip(_STAGES, starts, _LAST_OF_STAGE, strict=False)
        if first <= end and last >= start and first <= last
    )


def is_grade(text: str) -> bool:
    """Say whether a cell is one of the register's words for a grade, or for none."""
    return text in GRADES or text in UNSPANNED
