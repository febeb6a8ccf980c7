"""Writes the Human Services Data Specification (HSDS) 3.0: partners as organizations, programs as services.

What HSDS has no field for of a partner or program (its type, stages, setting) goes with it as attributes of the
taxonomy ``matchmaker``; reading such a file again gives the same ids and properties. What it can't carry stands in
``docs/other-tools.md``.
"""

import json
import re
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from matchmaker.exchange.cells import cell_text
from matchmaker.exchange.published import Published
from matchmaker.exchange.readers.hsds.tables import ID_CODE, TERMS_TAXONOMY
from matchmaker.exchange.readers.type_words import title_of
from matchmaker.model.elements import Node, Tie
from matchmaker.model.ids import NodeId
from matchmaker.model.ontology import derived_properties
from matchmaker.model.vocabulary import FamilyCost, Label, OfferMode, TieType

Entry = dict[str, object]

IDENTIFIERS: Final = ("ein", "unitid", "opeid", "leaid", "ncessch", "pss_id", "mid", "fscs", "ror", "naics")
NATIVE: Final = frozenset({*IDENTIFIERS, "name", "description", "latitude", "longitude"})
"""The properties that HSDS has a field for which holds all that they hold; the others are attributes too."""

_UUID: Final = re.compile(r"hsds:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SAFE: Final = ":/?#@!$&'()*+,;=%-._~"
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_EMAIL: Final = re.compile(r"[^@\s<>\"(),:;\[\]\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_DAYS: Final = {"mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU"}
_MODES: Final = {
    OfferMode.IN_PERSON.value: "in person",
    OfferMode.ONLINE.value: "online",
    OfferMode.HYBRID.value: "in person or online (hybrid)",
}
_FEES: Final = {
    FamilyCost.FREE.value: "free",
    FamilyCost.FREE_IF_ELIGIBLE.value: "free for those who are eligible",
    FamilyCost.SLIDING.value: "sliding scale",
    FamilyCost.FEE.value: "there is a fee",
}
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can hold: members carry no clock, so that the same graph gives the same bytes."""


def hsds_lists(published: Published) -> dict[str, list[Entry]]:
    """Return ``organizations`` and ``services`` as JSON values, in id order, each valid by its HSDS schema."""
    writing = _Writing(published)
    return {
        "organizations": [writing.organization(node) for node in published.nodes if node.label is Label.PARTNER],
        "services": [writing.service(node) for node in published.nodes if node.label is Label.PROGRAM],
    }


def write_hsds(published: Published, path: Path) -> None:
    """Write HSDS: a path that ends in ``.json`` becomes one file with both lists, any other a zip file of two."""
    lists = hsds_lists(published)
    if path.suffix.lower() == ".json":
        path.write_text(_as_json(lists), encoding="utf-8", newline="\n")
        return
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, entries in lists.items():
            member = zipfile.ZipInfo(f"{name}.json", _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, _as_json(entries))


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def uuid_of(kind: str, key: str) -> str:
    """Return the UUID of something: the one it came with from HSDS, else one made from its kind and id.

    >>> uuid_of("node", "hsds:d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610")
    'd9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610'
    """
    match = _UUID.fullmatch(key)
    return match.group(1) if match else str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:matchmaker:{kind}:{key}"))


class _Writing:
    """One graph being written."""

    def __init__(self, published: Published) -> None:
        self.nodes = {node.id: node for node in published.nodes}
        self._from: defaultdict[tuple[NodeId, TieType], list[Tie]] = defaultdict(list)
        self._to: defaultdict[tuple[NodeId, TieType], list[Tie]] = defaultdict(list)
        for tie in published.ties:
            self._from[tie.source, tie.type].append(tie)
            self._to[tie.target, tie.type].append(tie)

    def organization(self, node: Node) -> Entry:
        id = uuid_of("node", node.id)
        entry: Entry = {**self._brief(node), **_web("website", node)}
        contacts = list(self._contacts(node))
        entry |= {
            "parent_organization_id": self._parent(node),
            "organization_identifiers": [
                {
                    "id": uuid_of(f"identifier {name}", node.id),
                    "organization_id": id,
                    "identifier_scheme": name.upper(),
                    "identifier_type": name.upper(),
                    "identifier": node.get_text(name),
                }
                for name in IDENTIFIERS
                if node.get_text(name)
            ],
            "locations": self._locations(node),
            "contacts": contacts,
            "attributes": self._attributes(node, "organization"),
        }
        if node.get_texts("aliases"):
            entry["alternate_name"] = "; ".join(node.get_texts("aliases"))
        return _filled(entry)

    def _brief(self, node: Node) -> Entry:
        return {
            "id": uuid_of("node", node.id),
            "name": node.name,
            "description": node.get_text("description") or node.name,
        }

    def _parent(self, node: Node) -> str:
        wholes = [tie.target for tie in self._from[node.id, TieType.PART_OF] if tie.target in self.nodes]
        return uuid_of("node", wholes[0]) if wholes else ""

    def _locations(self, node: Node) -> list[Entry]:
        """Return a partner's one location, where its position or address is known."""
        location = self._location(node)
        return [location] if len(location) > 5 or "addresses" in location else []

    def _location(self, node: Node) -> Entry:
        """Return the location that a partner or a place is."""
        id = uuid_of("location", node.id)
        latitude, longitude = node.find_number("latitude"), node.find_number("longitude")
        known = latitude is not None and longitude is not None
        languages = node.get_texts("languages") if node.label is Label.PARTNER else ()
        location: Entry = {
            "id": id,
            "location_type": "physical",
            "name": node.name,
            "external_identifier": node.id,
            "external_identifier_type": TERMS_TAXONOMY,
            "latitude": latitude if known else None,
            "longitude": longitude if known else None,
            "organization_id": uuid_of("node", node.id) if node.label is Label.PARTNER and known else "",
            "addresses": self._addresses(node),
            "languages": [{"id": uuid_of(f"language {code}", node.id), "code": code} for code in languages],
        }
        return _filled(location)

    def _addresses(self, node: Node) -> list[Entry]:
        """Return a partner's address: HSDS asks for street, city, state and postal code, which its ZIP area gives."""
        street = node.get_text("address")
        places = [self.nodes[tie.target] for tie in self._from[node.id, TieType.LOCATED_IN] if tie.target in self.nodes]
        area = next((place for place in places if place.get_text("zip")), None)
        if not street or area is None:
            return []
        city, _, rest = area.name.partition(",")
        return [
            {
                "id": uuid_of("address", node.id),
                "address_1": street,
                "city": city.strip(),
                "state_province": area.get_text("region").partition("-")[2] or rest.strip(),
                "postal_code": area.get_text("zip"),
                "country": area.get_text("country") or "US",
                "address_type": "physical",
            }
        ]

    def _contacts(self, node: Node) -> Iterator[Entry]:
        """Yield a node's work contacts by role; names stay here."""
        for tie in self._from[node.id, TieType.HAS]:
            contact = self.nodes.get(tie.target)
            if contact is None or contact.label is not Label.CONTACT:
                continue
            email, phone = contact.get_text("email"), contact.get_text("phone")
            code = contact.get_text("language")
            languages = [{"id": uuid_of("contact language", contact.id), "code": code}] if code else []
            number: Entry = {"id": uuid_of("phone", contact.id), "number": phone, "languages": languages}
            yield _filled(
                {
                    "id": uuid_of("contact", contact.id),
                    "title": title_of(contact.get_text("role")),
                    "email": email if _EMAIL.fullmatch(email) else "",
                    "phones": [_filled(number)] if phone else [],
                }
            )

    def _attributes(self, node: Node, entity: str) -> list[Entry]:
        """Return a node's id, the stages it serves, and the properties that HSDS has no field for, as attributes."""
        derived = derived_properties(node.label, node.properties)
        said = [(ID_CODE, str(node.id))]
        for name in sorted(set(node.properties) - NATIVE - set(derived)):
            value = node.properties[name]
            said += [(name, cell_text(item)) for item in (value if isinstance(value, tuple) else (value,))]
        said += [("stage", str(tie.target)) for tie in self._from[node.id, TieType.SERVES]]
        return [_attribute(node, entity, code, value) for code, value in said]

    def service(self, node: Node) -> Entry:
        operators = [tie.source for tie in self._to[node.id, TieType.OPERATES] if tie.source in self.nodes]
        cost = node.get_text("family_cost")
        entry: Entry = {
            **self._brief(node),
            **_web("url", node),
            "status": "active",
            "fees_description": _FEES.get(cost, ""),
            "languages": [
                {"id": uuid_of(f"language {code}", node.id), "code": code} for code in node.get_texts("languages")
            ],
            "service_at_locations": [
                self._site(node, tie, self.nodes[tie.target])
                for tie in self._from[node.id, TieType.OFFERED_AT]
                if tie.target in self.nodes
            ],
            "contacts": list(self._contacts(node)),
            "attributes": self._attributes(node, "service"),
        }
        if operators:
            entry |= {
                "organization_id": uuid_of("node", operators[0]),
                "organization": self._brief(self.nodes[operators[0]]),
            }
        return _filled(entry)

    def _site(self, node: Node, tie: Tie, target: Node) -> Entry:
        location = self._location(target)
        if target.label is Label.PARTNER:
            location["organization_id"] = uuid_of("node", target.id)
        return _filled(
            {
                "id": uuid_of("site", tie.id),
                "service_id": uuid_of("node", node.id),
                "location_id": location["id"],
                "location": location,
                "schedules": _schedules(tie),
            }
        )


def _schedules(tie: Tie) -> list[Entry]:
    days = tie.properties.get("days")
    named = (
        [_DAYS[str(day)[:3].lower()] for day in days if str(day)[:3].lower() in _DAYS]
        if isinstance(days, tuple)
        else []
    )
    schedule = _filled(
        {
            "byday": ",".join(named),
            "freq": "WEEKLY" if named else "",
            "opens_at": tie.properties.get("start") or "",
            "closes_at": tie.properties.get("end") or "",
            "attending_type": _MODES.get(str(tie.properties.get("mode", "")), ""),
        }
    )
    return [{"id": uuid_of("schedule", tie.id), **schedule}] if schedule else []


def _attribute(node: Node, entity: str, code: str, value: str) -> Entry:
    term = uuid_of("term", code)
    return {
        "id": uuid_of(f"attribute {code} {value}", node.id),
        "link_id": uuid_of("node", node.id),
        "taxonomy_term_id": term,
        "link_type": code,
        "link_entity": entity,
        "value": value,
        "taxonomy_term": {
            "id": term,
            "code": code,
            "name": title_of(code),
            "description": f"{title_of(code)} in the vocabulary of matchmaker",
            "taxonomy": TERMS_TAXONOMY,
        },
    }


def _web(field: str, node: Node) -> Entry:
    """Return the address of a page as a URI; none where it can't be one."""
    text = "".join(node.get_text("website").split())
    if not text:
        return {}
    whole = text if _SCHEME.match(text) else f"https://{text}"
    return {field: _LONE_PERCENT.sub("%25", quote(whole, safe=_SAFE))}


def _filled(entry: Entry) -> Entry:
    """Return an entry without what is empty; zero and false are not."""
    return {name: value for name, value in entry.items() if value is not None and value not in ("", [])}
