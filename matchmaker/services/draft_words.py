"""The words of a message to one side of a suggestion, and what to look out for in words that staff have changed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.model.vocabulary import ConditionTerm, Requirement


class DraftPurpose(StrEnum):
    """What a message is for."""

    INVITATION = "invitation"
    """The one message to an organization that is only listed: a request, and what taking part means."""
    REQUEST = "request"
    INTRODUCTION = "introduction"
    """Both have said yes."""


@dataclass(frozen=True, slots=True)
class StatedCondition:
    """What an organization requires, as it states it."""

    condition: ConditionTerm
    requirement: Requirement
    link: str = ""
    stated_on: str = ""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What one organization requires before outside adults meet its learners, or learners come to it.

    ``of_reader``: it is the one that the message goes to.
    """

    organization: str
    stated: tuple[StatedCondition, ...] = ()
    of_reader: bool = False

    @property
    def all(self) -> tuple[StatedCondition, ...]:
        """Every condition: what isn't stated is unknown."""
        known = {one.condition: one for one in self.stated}
        return tuple(known.get(term, StatedCondition(term, Requirement.UNKNOWN)) for term in ConditionTerm)


@dataclass(frozen=True, slots=True)
class DraftParts:
    """What a message is made of.

    Attributes
    ----------
    own, other, ecosystem
        The names of whom it is to, whom it is about, and who writes.
    link
        What the link is, in a sentence to the reader.
    reasons
        Why, in sentences to the reader.
    """

    purpose: DraftPurpose
    own: str
    other: str
    ecosystem: str
    reasons: tuple[str, ...]
    conditions: tuple[Conditions, ...]


def write_subject(parts: DraftParts) -> str:
    """Return the subject of a message."""
    if parts.purpose is DraftPurpose.INTRODUCTION:
        return f"Introduction: {parts.own} and {parts.other}"
    return f"Would {parts.own} like to meet {parts.other}?"


def write_body(parts: DraftParts) -> str:
    """Return the text of a message, without its stop link."""
    blocks = ["Hello,", *_OPENINGS[parts.purpose](parts), _reasons(parts)]
    blocks += [write_conditions(conditions) for conditions in parts.conditions]
    blocks += [*_CLOSINGS[parts.purpose](parts), f"With kind regards\n{parts.ecosystem}"]
    return "\n\n".join(block for block in blocks if block) + "\n"


def write_footer(ecosystem: str, stops: Sequence[tuple[str, str]]) -> str:
    """Return what stands below every message: how each organization that it goes to gets no more.

    Parameters
    ----------
    stops
        The organizations' names, each with its stop link.
    """
    lines = [f"-- \nThis message is from {ecosystem}. To get no more messages about introductions, open and confirm:"]
    for name, url in stops:
        lines.append(f"{name}: {url}" if len(stops) > 1 else url)
    return "\n".join(lines) + "\n"


def write_conditions(conditions: Conditions) -> str:
    """Return what an organization requires, one condition a line; what isn't known is named together."""
    name = conditions.organization
    lines = [f"What {name} requires before outside adults meet its learners, or learners come to it:"]
    lines += [_condition(one) for one in conditions.all if one.requirement is not Requirement.UNKNOWN]
    unknown = [_words(one.condition) for one in conditions.all if one.requirement is Requirement.UNKNOWN]
    if unknown:
        known = "please tell us" if conditions.of_reader else f"please ask {name}"
        lines.append(f"- not known to us, {known}: {', '.join(unknown)}")
    return "\n".join(lines)


def find_warnings(text: str, conditions: Sequence[Conditions] = ()) -> list[str]:
    """Return what to look at again in a message before it is sent.

    >>> find_warnings("Feel free to e-mail the students directly.")
    ['It seems to propose contact with a learner ("e-mail the students"): write to organizations only.']
    >>> find_warnings("Their background checks are listed above.")
    []
    """
    warnings = []
    for pattern, sentence in _LOOK_AGAIN:
        found = pattern.search(text)
        if found is not None:
            warnings.append(sentence.format(" ".join(found.group(0).split())))
    left_out = [one.organization for one in conditions if one.organization not in text or "requires" not in text]
    return warnings + [f"What {name} requires isn't in the text any more." for name in left_out]


_LEARNER = r"(?:students?|learners?|pupils?|children|child|kids?|teens?|teenagers?|youth|minors?|families|parents)"
_LOOK_AGAIN = (
    (
        re.compile(
            rf"\b(?:e-?mail|call|phone|text|message|contact|write to|reach out to|get in touch with|ring)\s+"
            rf"(?:\w+['’]?s?\s+){{0,3}}?{_LEARNER}\b",
            re.IGNORECASE,
        ),
        'It seems to propose contact with a learner ("{}"): write to organizations only.',
    ),
    (
        re.compile(
            rf"\b{_LEARNER}['’]?s?\s+(?:\w+\s+){{0,2}}?(?:e-?mail|phone|address|contact|numbers?|names?)\b",
            re.IGNORECASE,
        ),
        'It seems to speak of a learner\'s own details ("{}"): leave them out.',
    ),
    (
        re.compile(
            r"\b(?:safe|vetted|cleared|trustworthy|background[- ]checked|(?:has|have|was|were) (?:been )?checked)\b",
            re.IGNORECASE,
        ),
        'It says or implies that somebody was checked ("{}"): nobody here knows that.',
    ),
)


def _request_opening(parts: DraftParts) -> list[str]:
    first = f"{parts.ecosystem} brings organizations together that could do more for STEM learning with each other."
    return [f"{first} We think that {parts.own} and {parts.other} could be two of them."]


def _introduction_opening(parts: DraftParts) -> list[str]:
    return [f"{parts.own} and {parts.other} have both said that they would like to meet. Here is why we thought of it."]


def _request_closing(parts: DraftParts) -> list[str]:
    asked = f"Would you like to meet {parts.other}? Yes, no or not now will do; a no needs no reason and costs nothing."
    return [f"{asked} We introduce two organizations only when both have said yes, and pass on neither a no nor why."]


def _invitation_closing(parts: DraftParts) -> list[str]:
    first = "We haven't written to you before, and won't again unless you say yes."
    then = f"With a yes you take part in {parts.ecosystem}: we may then ask you about further introductions"
    return [*_request_closing(parts), f"{first} {then}, a few in a term, and you can pause or leave at any time."]


def _introduction_closing(parts: DraftParts) -> list[str]:
    first = "A first step could be a short call between the two organizations."
    return [f"{first} We help to find a time, and can give you the work contact at {parts.other}."]


_OPENINGS = {
    DraftPurpose.INVITATION: _request_opening,
    DraftPurpose.REQUEST: _request_opening,
    DraftPurpose.INTRODUCTION: _introduction_opening,
}
_CLOSINGS = {
    DraftPurpose.INVITATION: _invitation_closing,
    DraftPurpose.REQUEST: _request_closing,
    DraftPurpose.INTRODUCTION: _introduction_closing,
}


def _reasons(parts: DraftParts) -> str:
    if not parts.reasons:
        return ""
    return "\n".join([f"Why we thought of {parts.other}:", *(f"- {sentence}" for sentence in parts.reasons)])


def _condition(one: StatedCondition) -> str:
    requirement = _words(one.requirement)
    said = ", ".join(part for part in (one.link, f"as of {one.stated_on}" if one.stated_on else "") if part)
    return f"- {_words(one.condition)}: {requirement}{f' ({said})' if said else ''}"


def _words(term: str) -> str:
    return str(term).replace("_", " ")
