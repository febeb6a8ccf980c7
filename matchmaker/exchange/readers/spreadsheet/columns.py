"""What the columns of a table seem to mean, by their headings and by what they hold."""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from matchmaker.exchange.findings import shown
from matchmaker.exchange.mapping import TARGETS, ColumnProposal, Target
from matchmaker.exchange.readers.spreadsheet.days import read_date
from matchmaker.exchange.readers.spreadsheet.grades import read_stages
from matchmaker.exchange.readers.spreadsheet.headings import is_personal, meaning_of
from matchmaker.exchange.readers.spreadsheet.terms import RESOURCES, find_term
from matchmaker.exchange.readers.spreadsheet.values import (
    IDENTIFIER_READERS,
    find_email,
    find_phone,
    read_state,
    says_nothing,
    split_words,
)
from matchmaker.exchange.readers.type_words import ORGANIZATIONS

T = Target
SURE_ENOUGH = 0.5
"""What is less sure is proposed to be ignored."""
EXAMPLES = 3
LONGEST_EXAMPLE = 60

Content = Callable[[str], bool]


def _number_between(low: float, high: float) -> Content:
    def holds(text: str) -> bool:
        return re.fullmatch(r"-?\d{1,3}\.\d{2,}", text) is not None and low <= float(text) <= high

    return holds


def _identifier(scheme: str, pattern: str) -> Content:
    shape = re.compile(pattern)

    def holds(text: str) -> bool:
        return shape.fullmatch(text) is not None and not IDENTIFIER_READERS[scheme](text).wrong

    return holds


def _is_type(text: str) -> bool:
    return len(text) <= 40 and find_term(text, ORGANIZATIONS, inside=False) is not None


def _are_resources(text: str) -> bool:
    words = split_words(text)
    return bool(words) and all(find_term(word, RESOURCES, inside=False) is not None for word in words)


def _are_stages(text: str) -> bool:
    read = read_stages(text)
    return len(text) <= 60 and bool(read.terms) and not read.unknown


def _is_phone(text: str) -> bool:
    return find_phone(text) == text and (not text.isdigit() or len(text) == 10)


def _is_address(text: str) -> bool:
    return re.match(r"\d{1,6}\s+\w+", text) is not None and len(text) > 8 and re.search("[A-Za-z]{3}", text) is not None


CONTENT: Mapping[Target, Content] = MappingProxyType(
    {
        T.CONTACT_EMAIL: lambda text: find_email(text) == text,
        T.CONTACT_PHONE: _is_phone,
        T.WEBSITE: lambda text: (
            re.fullmatch(
                r"(https?://|www\.)\S+|[\w-]+(\.[\w-]+)*\.(org|edu|com|gov|net|us)(/\S*)?", text, re.IGNORECASE
            )
            is not None
        ),
        T.NCESSCH: _identifier("ncessch", r"\d{12}"),
        T.FSCS: _identifier("fscs", r"[A-Z]{2}\d{4}(-\d{3})?"),
        T.EIN: _identifier("ein", r"\d{2}-\d{7}"),
        T.ZIP: _identifier("zip", r"\d{5}(-\d{4})?"),
        T.UNITID: _identifier("unitid", r"[1-4]\d{5}"),
        T.LEAID: _identifier("leaid", r"\d{7}"),
        T.POSITION: lambda text: re.fullmatch(r"\(?-?\d{1,2}\.\d+\s*[,;]\s*-?\d{1,3}\.\d+\)?", text) is not None,
        T.LATITUDE: _number_between(17, 72),
        T.LONGITUDE: _number_between(-180, -60),
        T.STAGES: _are_stages,
        T.OBSERVED_ON: lambda text: len(text) > 4 and not read_date(text).wrong,
        T.STATE: lambda text: not read_state(text).wrong,
        T.TYPE: _is_type,
        T.OFFERS: _are_resources,
        T.ADDRESS: _is_address,
    }
)
"""How a target's values look, the most particular first."""

_DOUBTFUL = frozenset({T.OFFERS, T.OBSERVED_ON, T.LEAID, T.UNITID, T.ADDRESS, T.STATE})
"""Targets that content alone suggests but doesn't settle: needs look as offers do, and dates can be of anything."""
_TOLD_BY_CONTENT = frozenset(
    {
        T.CONTACT_EMAIL,
        T.WEBSITE,
        T.ZIP,
        T.LATITUDE,
        T.LONGITUDE,
        T.NCESSCH,
        T.LEAID,
        T.UNITID,
        T.EIN,
        T.FSCS,
        T.OBSERVED_ON,
    }
)
"""Targets whose heading is doubted where hardly any value fits."""


def propose_columns(headings: Sequence[str], columns: Sequence[Sequence[str]]) -> tuple[ColumnProposal, ...]:
    """Return what each column seems to mean.

    A target that only one column can have goes to the surest, of equally sure ones to the first. Where no heading says
    which column holds the names, the first column of mostly different texts is taken, with little confidence.

    Parameters
    ----------
    headings
        One for each column.
    columns
        Some values of each.
    """
    filled = [[value for value in values if not says_nothing(value)] for values in columns]
    proposals = [_propose(heading, values) for heading, values in zip(headings, filled, strict=True)]
    proposals = _each_once(proposals)
    if all(proposal.target is not T.NAME for proposal in proposals):
        proposals = _with_name(proposals, filled)
    return tuple(_with_examples(proposal, values) for proposal, values in zip(proposals, filled, strict=True))


def _propose(heading: str, values: Sequence[str]) -> ColumnProposal:
    named, held = meaning_of(heading), _content_of(values)
    if named is not None:
        return _by_name(heading, named, values, held)
    if held is not None and held[1] >= 0.8:
        target, share = held
        sure = min(0.8, share) if target not in _DOUBTFUL else 0.4
        why = f"{share:.0%} of its values look like {TARGETS[target].title}"
        if target is T.CONTACT_PHONE or sure >= SURE_ENOUGH:
            return ColumnProposal(heading, target, why, round(sure, 2))
        return ColumnProposal(heading, T.IGNORED, f"{why}, but its heading isn't known", round(sure, 2))
    return ColumnProposal(heading, T.IGNORED, "neither its heading nor its values are known", 0.0)


def _by_name(
    heading: str, named: tuple[Target, float, str], values: Sequence[str], held: tuple[Target, float] | None
) -> ColumnProposal:
    target, sure, why = named
    if held is not None and held[0] is not target and held[0] in {T.CONTACT_EMAIL, T.CONTACT_PHONE} and held[1] >= 0.8:
        return ColumnProposal(heading, held[0], f"{held[1]:.0%} of its values look like {TARGETS[held[0]].title}", 0.8)
    check = CONTENT.get(target)
    if check is None or not values:
        return ColumnProposal(heading, target, why, sure)
    share = sum(map(check, values)) / len(values)
    if share >= 0.8:
        return ColumnProposal(heading, target, f"{why}, and its values look so", round(min(0.99, sure + 0.04), 2))
    if target in _TOLD_BY_CONTENT and share < 0.2 and _readable(target, values) < 0.2:
        return ColumnProposal(heading, T.IGNORED, f"{why}, but hardly any value looks so", 0.3)
    return ColumnProposal(heading, target, why, round(sure - 0.1, 2) if share < 0.3 else sure)


def _readable(target: Target, values: Sequence[str]) -> float:
    """Return the share of values that can be read as the target, also where they don't look it."""
    read = IDENTIFIER_READERS.get(target.value)
    return sum(1 for value in values if not read(value).wrong) / len(values) if read is not None else 0.0


def _content_of(values: Sequence[str]) -> tuple[Target, float] | None:
    if len(values) < 2:
        return None
    shares = [(target, sum(map(check, values)) / len(values)) for target, check in CONTENT.items()]
    best = max(shares, key=lambda pair: pair[1])
    return best if best[1] > 0 else None


def _each_once(proposals: Sequence[ColumnProposal]) -> list[ColumnProposal]:
    best: dict[Target, ColumnProposal] = {}
    for proposal in proposals:
        held = best.get(proposal.target)
        if held is None or proposal.confidence > held.confidence:
            best[proposal.target] = proposal
    settled = []
    for proposal in proposals:
        winner = best[proposal.target]
        if TARGETS[proposal.target].many or winner is proposal:
            settled.append(proposal)
            continue
        why = f"{proposal.why}, but {winner.heading} is the {TARGETS[proposal.target].title} already"
        settled.append(ColumnProposal(proposal.heading, T.IGNORED, why, 0.3))
    return settled


def _with_name(proposals: list[ColumnProposal], columns: Sequence[Sequence[str]]) -> list[ColumnProposal]:
    for index, (proposal, values) in enumerate(zip(proposals, columns, strict=True)):
        texts = [value for value in values if re.search("[^\\W\\d_]{3}", value) and "@" not in value]
        several = len(values) > 1 and len(set(values)) > 0.8 * len(values)
        if (
            proposal.target is T.IGNORED
            and several
            and len(texts) > 0.9 * len(values)
            and not is_personal(proposal.heading)
        ):
            why = "no heading names the organizations, and this is the first column of mostly different texts"
            return [*proposals[:index], ColumnProposal(proposal.heading, T.NAME, why, 0.5), *proposals[index + 1 :]]
    return proposals


def _with_examples(proposal: ColumnProposal, values: Sequence[str]) -> ColumnProposal:
    personal = TARGETS[proposal.target].personal or is_personal(proposal.heading)
    if personal or any(map(_reaches_a_person, values)) or _looks_personal(proposal, values):
        return proposal
    picked = [shown(value)[:LONGEST_EXAMPLE] for value in dict.fromkeys(values)][:EXAMPLES]
    return ColumnProposal(proposal.heading, proposal.target, proposal.why, proposal.confidence, tuple(picked))


def _reaches_a_person(text: str) -> bool:
    return bool(find_email(text)) or (bool(find_phone(text)) and (not text.isdigit() or _is_phone(text)))


def _looks_personal(proposal: ColumnProposal, values: Sequence[str]) -> bool:
    """Say whether a column that isn't read may hold names of people: two or three capitalized words in most cells."""
    if proposal.target is not T.IGNORED or not values:
        return False
    named = sum(1 for value in values if re.fullmatch(r"([^\W\d_][^\W\d_'’.-]*[.,]?\s?-?){2,3}", value) is not None)
    return named >= 0.3 * len(values)
