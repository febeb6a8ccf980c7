"""What an HSDS organization says: a partner, where it is, and how to reach it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from matchmaker.exchange.counties import region_of
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.readers.documents import RowDraft, is_inside, part, tie
from matchmaker.exchange.readers.hsds.context import Context
from matchmaker.exchange.readers.hsds.tables import Line
from matchmaker.exchange.readers.type_words import find_organization_type, guess_organization_type
from matchmaker.exchange.reading import SourceRow
from matchmaker.model.identifiers import is_identifier
from matchmaker.model.properties import join_list
from matchmaker.model.vocabulary import Label, OrganizationType, PartKind, TieType

TYPE_CODE: Final = "organization_type"
_SCHEMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ein": "ein",
        "us ein": "ein",
        "employer identification number": "ein",
        "irs": "ein",
        "federal tax id": "ein",
        "unitid": "unitid",
        "ipeds": "unitid",
        "us ipeds": "unitid",
        "opeid": "opeid",
        "leaid": "leaid",
        "nces leaid": "leaid",
        "nces district id": "leaid",
        "ncessch": "ncessch",
        "nces school id": "ncessch",
        "ror": "ror",
        "fscs": "fscs",
        "fscskey": "fscs",
        "mid": "mid",
        "naics": "naics",
        "pss": "pss_id",
    }
)
_STATE: Final = re.compile(r"[A-Z]{2}", re.ASCII)


def iter_organizations(context: Context) -> Iterator[SourceRow]:
    """Yield a row for each organization, then one for each that is part of another."""
    lines = context.tables.rows("organizations")
    for line in lines:
        yield _organization(context, line).row()
    for number, line in enumerate(lines, start=1):
        if line.get("parent_organization_id"):
            yield _part_of(context, line, Spot(f"{context.tables.file} parent organizations", number)).row()


def _organization(context: Context, line: Line) -> RowDraft:
    draft = RowDraft(line.spot, findings=list(line.findings))
    key = line.get("id")
    for column in ("id", "name"):
        if not line.get(column) and not draft.findings:
            draft.refuse("is missing", column, valid="text")
    type = _type(context, line, draft)
    if draft.findings:
        context.refused.add(key)
        return draft
    id = context.id_of("organizations", key)
    said = context.provenance("organizations", line)
    cells = {
        "id": id,
        "name": line.get("name"),
        "organization_type": type,
        "aliases": join_list([line.get("alternate_name")]) if line.get("alternate_name") else "",
        "description": context.description(line),
        "website": line.get("website") or line.get("url"),
        **_identifiers(context, line, draft),
    }
    locations = _locations(context, key)
    chosen = _chosen(context, locations, draft)
    position = context.position(chosen, draft) if chosen is not None else None
    address = context.address(chosen) if chosen is not None else None
    if position is not None:
        cells |= {"latitude": str(position[0]), "longitude": str(position[1])}
    state = _state(address)
    if not is_inside(context.options.region, position, state):
        context.outside.add(key)
        return RowDraft(line.spot)
    cells |= _address_cells(address, state)
    keys = [location.get("id") for location in locations]
    cells["languages"] = join_list(context.languages("location_id", keys))
    draft.parts.append(part("partners.csv", {**cells, **context.own_cells(key, Label.PARTNER), **said}))
    draft.parts += context.places.located(id, address.get("postal_code") if address else "", provenance=said)
    draft.parts += [tie(id, TieType.SERVES.value, stage, **said) for stage in context.stages(key)]
    draft.parts += context.contacts(id, {"organization_id": key}, line.get("email"), said)
    return draft


def _type(context: Context, line: Line, draft: RowDraft) -> str:
    """Return the organization's type: HSDS has none, so from attributes, the name, the mapping, or the widest one."""
    own = context.own_term(line.get("id"), TYPE_CODE)
    if own in set(OrganizationType):
        return own
    mapping = context.options.mapping
    for word in [*context.words(line.get("id")), line.get("legal_status")]:
        meant = mapping.words.get(fold_words(word)) if mapping is not None else None
        term = meant.value if meant is not None else find_organization_type(word, line.get("name"))
        if term:
            return term
    guessed = guess_organization_type(line.get("name"))
    if guessed:
        draft.note("HSDS has no type of organization; taken from its name", "name", guessed)
        return guessed
    if mapping is not None and mapping.organization_type is not None:
        return mapping.organization_type.value
    widest = OrganizationType.COMMUNITY_ORGANIZATION.value
    draft.note(f"HSDS has no type of organization, and the name says none; taken as {widest}", "name", line.get("name"))
    return widest


def _identifiers(context: Context, line: Line, draft: RowDraft) -> dict[str, str]:
    cells: dict[str, str] = {}
    tax = line.get("tax_id").replace("-", "")
    if is_identifier("ein", tax):
        cells["ein"] = tax
    elif tax:
        draft.note("is no EIN, so it isn't taken", "tax_id", line.get("tax_id"), "9 digits")
    for given in context.tables.where("organization_identifiers", "organization_id", line.get("id")):
        named = (given.get("identifier_scheme"), given.get("identifier_type"))
        scheme = next((_SCHEMES[fold_words(name)] for name in named if fold_words(name) in _SCHEMES), "")
        value = given.get("identifier")
        if scheme:
            cells[scheme] = value.replace("-", "") if scheme == "ein" else value.removeprefix("https://ror.org/")
        else:
            draft.note(
                "is a kind of identifier that isn't kept here", "organization_identifiers", " ".join(named).strip()
            )
    return cells


def _locations(context: Context, key: str) -> Sequence[Line]:
    """Return an organization's own locations; where it has none, the only one at which it offers services."""
    own = context.tables.where("locations", "organization_id", key)
    if own:
        return own
    found: dict[str, Line] = {}
    for service in context.tables.where("services", "organization_id", key):
        for site in context.tables.where("service_at_locations", "service_id", service.get("id")):
            location = context.tables.find("locations", site.get("location_id"))
            if location is not None:
                found[location.get("id")] = location
    return list(found.values()) if len(found) == 1 else []


def _chosen(context: Context, locations: Sequence[Line], draft: RowDraft) -> Line | None:
    physical = [line for line in locations if line.get("location_type") in {"physical", ""}]
    if len(physical) > 1:
        draft.note("of several locations the first is taken as where it is", "locations", str(len(physical)))
    placed = [line for line in physical if line.get("latitude") or context.address(line) is not None]
    return placed[0] if placed else physical[0] if physical else None


def _state(address: Line | None) -> str:
    text = address.get("state_province").upper() if address is not None else ""
    return text if _STATE.fullmatch(text) else ""


def _address_cells(address: Line | None, state: str) -> dict[str, str]:
    if address is None:
        return {}
    street = ", ".join(text for text in (address.get("address_1"), address.get("address_2")) if text)
    place = " ".join(text for text in (address.get("state_province"), address.get("postal_code")) if text)
    whole = ", ".join(text for text in (street, address.get("city"), place) if text)
    country = address.get("country").upper()
    cells = {"address": whole, "country": country if is_identifier("country", country) else ""}
    if state and country in {"", "US", "USA"}:
        cells["country"], cells["region"] = region_of(state)
    return cells


def _part_of(context: Context, line: Line, spot: Spot) -> RowDraft:
    draft = RowDraft(spot)
    key, parent = line.get("id"), line.get("parent_organization_id")
    known = context.tables.find("organizations", parent)
    if {key, parent} & (context.outside | context.refused):
        return draft
    if known is None:
        draft.note(
            "the parent organization isn't in this file, so the tie to it isn't taken", "parent_organization_id", parent
        )
    elif key == parent:
        draft.refuse("an organization is its own parent", "parent_organization_id", parent, "another organization")
    else:
        ends = context.id_of("organizations", key), context.id_of("organizations", parent)
        said = {"source_row": f"organization {key}"}
        draft.parts.append(tie(ends[0], TieType.PART_OF.value, ends[1], kind=PartKind.PARENT.value, **said))
    return draft
