"""What follows from a program's ties: its seats, and where it stands with accreditors."""

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import day_of
from matchmaker.model.vocabulary import AccreditationStatus, TieType


def program_seats(snapshot: Snapshot, program: int) -> int | None:
    """Return the seats of a program: the sum over its sites whose seats are recorded, None where none are.

    Where some sites' seats aren't recorded the sum is the least there are.
    """
    said = [tie.properties.get("seats") for _, tie in snapshot.targets(program, TieType.OFFERED_AT)]
    known = [seats for seats in said if isinstance(seats, int)]
    return sum(known) if known else None


def program_accreditation(snapshot: Snapshot, program: int) -> AccreditationStatus | None:
    """Return where a program stands with its accreditors, None where no accreditor says anything.

    Of several statements present at the snapshot's day the latest counts; undated ones come first, and among equals
    the one whose tie has the lower id counts.
    """
    said = [tie for _, tie in snapshot.sources(program, TieType.ACCREDITS)]
    if not said:
        return None
    latest = min(said, key=lambda tie: (-day_of(tie.properties.get("since")), tie.id))
    return AccreditationStatus(str(latest.properties["status"]))
