"""What is stored of a suggestion at its first step: the pair, and what was shown of it, to be learned from."""

import datetime
from dataclasses import dataclass

from matchmaker.errors import InvalidInput
from matchmaker.model.canonical import Value
from matchmaker.model.suggestion import Suggestion, SuggestionList
from matchmaker.model.vocabulary import SuggestionState
from matchmaker.recommend.exposure import cycle_of
from matchmaker.services.asking import failed_rules
from matchmaker.services.exposure import iter_shown
from matchmaker.services.stored_suggestions import Hub, Located, locate
from matchmaker.services.suggesting import suggest_for


@dataclass(frozen=True, slots=True)
class Shown:
    """What the caller saw when deciding.

    Attributes
    ----------
    subject
        In whose list the suggestion was shown; empty where that isn't known.
    version
        The version that the decision is made against; 0 for one that isn't stored; None where any will do.
    """

    subject: str = ""
    version: int | None = None


def first_properties(hub: Hub, id: str, day: datetime.date, shown: Shown) -> dict[str, Value]:
    """Return what is stored of a suggestion that isn't stored yet.

    Raises
    ------
    NotFound
        No pair of the ecosystem has this id.
    InvalidInput
        The pair may not be suggested now: with every rule that it fails.
    """
    located = locate(hub, id, shown.subject)
    failed = failed_rules(located.explained)
    if failed:
        raise InvalidInput(failed)
    one = located.explained.suggestion
    whole: dict[str, Value | None] = {
        "pattern": one.pattern.value,
        "source": one.source,
        "target": one.target,
        "round": located.round,
        "tie": one.tie.value,
        "tie_from": located.form.tie_from.value,
        "since": day.isoformat(),
        f"{SuggestionState.SUGGESTED.value}_on": day.isoformat(),
        "score": one.score,
        "likelihood": one.likelihood,
        "basis": one.basis.value,
        "gap_value": one.gap_value,
        "priority": one.priority,
        **_place(hub, located, shown.subject),
    }
    return {name: value for name, value in whole.items() if value is not None}


def _place(hub: Hub, located: Located, subject: str) -> dict[str, Value]:
    """Return in whose list the suggestion stands and where, by which policy and model.

    What staff recorded as shown to them this cycle counts, the latest first; else where it stands today.
    """
    one, snapshot = located.explained.suggestion, hub.snapshot()
    told: dict[str, Value] = {}
    for of in (subject,) if subject else (one.source, one.target):
        listed = suggest_for(snapshot, of, hub.request())
        told = {"policy": listed.policy.label, "model": listed.model}
        place = _find_place(listed, one)
        if place:
            propensity = listed.suggestions[place - 1].showing.propensity
            told |= {"position": place, "shown_for": listed.subject, "propensity": propensity}
            break
    return told | _recorded_place(hub, one.id, subject)


def _recorded_place(hub: Hub, suggestion: str, subject: str) -> dict[str, Value]:
    lists = [
        (shown.at, shown, one)
        for shown in iter_shown(hub.store.operations(), hub.ecosystem, cycle_of(hub.today))
        for one in shown.shown
        if one.suggestion == suggestion and subject in {"", shown.subject}
    ]
    if not lists:
        return {}
    _, shown, one = max(lists, key=lambda found: (found[0], found[1].id))
    return {
        "position": one.position,
        "shown_for": shown.subject,
        "propensity": one.propensity,
        "policy": shown.policy,
    }


def _find_place(listed: SuggestionList, wanted: Suggestion) -> int:
    ids = [one.id for one in listed.suggestions]
    return ids.index(wanted.id) + 1 if wanted.id in ids else 0
