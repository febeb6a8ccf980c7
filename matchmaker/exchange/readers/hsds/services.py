"""What HSDS services and programs say: programs here, who operates them, where and when, and for which stages."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from matchmaker.exchange.findings import Spot
from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.places import find_zip
from matchmaker.exchange.readers.documents import RowDraft, number_of, part, tie
from matchmaker.exchange.readers.hsds.context import Context, schedule_cells
from matchmaker.exchange.readers.hsds.tables import TERMS_TAXONOMY, Line
from matchmaker.exchange.readers.tool_words import stages_of_ages
from matchmaker.exchange.readers.type_words import find_program_type, guess_program_type
from matchmaker.exchange.reading import Part, SourceRow
from matchmaker.model.properties import join_list
from matchmaker.model.vocabulary import Confidence, FamilyCost, Label, OfferMode, ProgramType, TieType

PROGRAM_TYPE_CODE: Final = "program_type"
GONE: Final = frozenset({"inactive", "defunct"})
_FREE_WORDS: Final = frozenset({"free", "no cost", "no charge", "none", "free of charge", "no fee", "no fees"})
_SLIDING: Final = re.compile(r"sliding (fee|scale)|income based fee|based on income")


def iter_services(context: Context) -> Iterator[SourceRow]:
    """Yield a row for each service and each program; those that are nothing for learners are left out with a notice.

    Where its organization isn't in the file, the tie to it is a row of its own: it may be known here from another.
    """
    for table in ("programs", "services"):
        for number, line in enumerate(context.tables.rows(table), start=1):
            operator = line.get("organization_id")
            if operator in context.outside:
                continue
            draft = _service(context, table, line)
            yield draft.row()
            if draft.parts and operator and context.tables.find("organizations", operator) is None:
                spot = Spot(f"{context.tables.file} organizations of {table}", number)
                yield SourceRow(spot, (_operates(context, table, line),))


def _operates(context: Context, table: str, line: Line) -> Part:
    ends = context.id_of("organizations", line.get("organization_id")), context.id_of(table, line.get("id"))
    return tie(ends[0], TieType.OPERATES.value, ends[1], **context.provenance(table, line))


def _service(context: Context, table: str, line: Line) -> RowDraft:
    draft = RowDraft(line.spot, findings=list(line.findings))
    for column in ("id", "name"):
        if not line.get(column) and not draft.findings:
            draft.refuse("is missing", column, valid="text")
    if draft.findings:
        return draft
    if line.get("status").lower() in GONE:
        draft.leave_out("the service isn't offered any more", "status", line.get("status"))
        return draft
    type = _type(context, line)
    if not type:
        valid = "a mapping with a program type for those that don't say it"
        draft.leave_out("nothing says what kind of program for learners this is", "name", line.get("name"), valid)
        return draft
    if line.get("status").lower() == "temporarily closed":
        draft.note("is temporarily closed", "status", line.get("status"))
    key = line.get("id")
    id, said = context.id_of(table, key), context.provenance(table, line)
    cells = {
        "id": id,
        "name": line.get("name"),
        "program_type": type,
        "description": context.description(line),
        "website": line.get("url"),
        "family_cost": _family_cost(context, line),
        "languages": join_list(context.languages("service_id", [key])),
        "accessibility": join_list(_accessibility(context, key)),
        **context.own_cells(key, Label.PROGRAM),
    }
    draft.parts.append(part("programs.csv", {**cells, **said}))
    operator = line.get("organization_id")
    if operator in context.refused:
        draft.note("its organization is refused, so the tie to it isn't taken", "organization_id", operator)
    elif context.tables.find("organizations", operator) is not None:
        draft.parts.append(_operates(context, table, line))
    draft.parts += _stages(context, line, id, said)
    draft.parts += _sites(context, line, id, draft)
    draft.parts += context.contacts(id, {"service_id": key}, line.get("email"), said) if table == "services" else []
    return draft


def _type(context: Context, line: Line) -> str:
    own = context.own_term(line.get("id"), PROGRAM_TYPE_CODE)
    if own in set(ProgramType):
        return own
    words = context.words(line.get("id"))
    said = next((term for word in words if (term := find_program_type(word))), "")
    guessed = said or guess_program_type(line.get("name"), line.get("alternate_name"), *words, line.get("description"))
    mapping = context.options.mapping
    if not guessed and mapping is not None and mapping.program_type is not None:
        return mapping.program_type.value
    return guessed


def _family_cost(context: Context, line: Line) -> str:
    """Return what a family pays: by the amounts where there are any, else by words that leave no doubt."""
    options = context.tables.where("cost_options", "service_id", line.get("id"))
    said = fold_words(
        " ".join([line.get("fees_description"), *(option.get("amount_description") for option in options)])
    )
    if _SLIDING.search(said):
        return FamilyCost.SLIDING.value
    amounts = [amount for option in options if (amount := number_of(option.get("amount"))) is not None]
    if amounts:
        if min(amounts) > 0:
            return FamilyCost.FEE.value
        return FamilyCost.FREE.value if max(amounts) <= 0 else FamilyCost.FREE_IF_ELIGIBLE.value
    return FamilyCost.FREE.value if said in _FREE_WORDS else ""


def _accessibility(context: Context, key: str) -> list[str]:
    """Return what the sites of a service provide."""
    found = [
        line.get("description")
        for site in context.tables.where("service_at_locations", "service_id", key)
        for line in context.tables.where("accessibility", "location_id", site.get("location_id"))
    ]
    return sorted({text for text in found if text})


def _stages(context: Context, line: Line, id: str, said: dict[str, str]) -> list[Part]:
    """Return ties to the stages that attributes from here name, else those between the age limits.

    The latter are inferred, since the source speaks of ages.
    """
    own = context.stages(line.get("id"))
    if own:
        return [tie(id, TieType.SERVES.value, stage, **said) for stage in own]
    stages = stages_of_ages(number_of(line.get("minimum_age")), number_of(line.get("maximum_age")))
    cells = {**said, "confidence": Confidence.INFERRED.value}
    return [tie(id, TieType.SERVES.value, stage, **cells) for stage in stages]


def _sites(context: Context, line: Line, id: str, draft: RowDraft) -> list[Part]:
    """Return where a service is offered: at another organization whose location it is, else in the location's ZIP area.

    An organization's own location is the organization where it has no other. Sites in one place are one tie, since two
    ties between the same ends would need dates that don't overlap.
    """
    parts: list[Part] = []
    seen: set[str] = set()
    for site in context.tables.where("service_at_locations", "service_id", line.get("id")):
        location = context.tables.find("locations", site.get("location_id"))
        if location is None:
            draft.note(
                "the location isn't in this file, so the site isn't taken", "location_id", site.get("location_id")
            )
            continue
        target, places = _host(context, location, line, id)
        if target and target not in seen:
            seen.add(target)
            times = _schedules(context, site, location, line)
            cells = schedule_cells(times, draft)
            if location.get("location_type") == "virtual":
                cells["mode"] = OfferMode.ONLINE.value
            said = {"source_row": f"service at location {site.get('id')}"}
            parts += [*places, tie(id, TieType.OFFERED_AT.value, target, **cells, **said)]
        elif target:
            draft.note("sites in one place are taken together", "location_id", location.get("name"))
        else:
            draft.note(
                "the location is neither a known organization's nor in a known ZIP area",
                "location_id",
                location.get("name"),
            )
    return parts


def _host(context: Context, location: Line, line: Line, id: str) -> tuple[str, list[Part]]:
    """Return what a location is here, and the places that have to go before it; empty where it is nothing known."""
    host = location.get("organization_id")
    known = host not in context.outside | context.refused and context.tables.find("organizations", host) is not None
    own = location.get("external_identifier") if location.get("external_identifier_type") == TERMS_TAXONOMY else ""
    alone = len(context.tables.where("locations", "organization_id", host)) == 1
    if known and (own or alone or host != line.get("organization_id")):
        return context.id_of("organizations", host), []
    address = context.address(location)
    area = find_zip(own.removeprefix("zip:")) if own else None
    if area is None and address is not None:
        area = find_zip(address.get("postal_code"))
    if area is not None:
        located = context.places.located(id, area.zip, provenance={"source_row": f"location {location.get('id')}"})
        return f"zip:{area.zip}", [row for row in located if row.cells.get("type") != TieType.LOCATED_IN.value]
    return (context.id_of("organizations", host), []) if known else ("", [])


def _schedules(context: Context, site: Line, location: Line, line: Line) -> Sequence[Line]:
    """Return the schedules of a service at a site; where there are none, the service's, then the location's."""
    tables = context.tables
    return (
        tables.where("schedules", "service_at_location_id", site.get("id"))
        or tables.where("schedules", "service_id", line.get("id"))
        or tables.where("schedules", "location_id", location.get("id"))
    )
