"""The numbers that detectors take for granted unless they are told otherwise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GapOptions:
    """What counts as complete, as near, and as expected.

    Attributes
    ----------
    share_answered
        The least share answered (0..1) at which a coverage statement supports an answer.
    transition_km
        How far, in a straight line, a next step may be from a program's nearest site.
    access_km
        How far, in a straight line, seats may be from a place's centre.
    offer_km
        How far, in a straight line, an offer may be from who needs it.
    expected_ties
        From how many ties expected by chance on a pair of sectors without any is a gap.
    names
        How many names are listed as already there; the rest are counted.
    closers
        How many partners and programs are named as ends of links that would close a gap.
    """

    share_answered: float = 0.8
    transition_km: float = 25.0
    access_km: float = 10.0
    offer_km: float = 60.0
    expected_ties: float = 1.0
    names: int = 5
    closers: int = 8


DEFAULT_OPTIONS = GapOptions()
