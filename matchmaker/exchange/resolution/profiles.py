"""What is compared of a partner: its names, types, place, identifiers and what it is part of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit

from matchmaker.exchange.resolution.addresses import Address, parse_address
from matchmaker.exchange.resolution.names import fold
from matchmaker.model.elements import Node, Tie
from matchmaker.model.identifiers import IDENTIFIERS, is_identifier
from matchmaker.model.ids import PUBLIC
from matchmaker.model.properties import split_list
from matchmaker.model.vocabulary import SECTOR_OF, OrganizationType, PlaceKind, Sector, TieType

UNIQUE = ("leaid", "ncessch", "pss_id", "unitid", "mid", "fscs", "ror")
"""Identifiers that identify one organization."""

SHARED = ("ein", "opeid", "web_domain")
"""Evidence that many organizations may share."""

HOSTS_OF_MANY = frozenset(
    [
        "blogspot.com",
        "eventbrite.com",
        "facebook.com",
        "fb.com",
        "github.io",
        "google.com",
        "instagram.com",
        "linkedin.com",
        "linktr.ee",
        "meetup.com",
        "sites.google.com",
        "squarespace.com",
        "tripod.com",
        "twitter.com",
        "weebly.com",
        "wix.com",
        "wixsite.com",
        "wordpress.com",
        "x.com",
        "yelp.com",
        "youtube.com",
    ]
)
"""Sites on which anybody may have a page: no evidence of who it is."""

_SCHOOLS = frozenset({OrganizationType.K12_SCHOOL, OrganizationType.PRIVATE_SCHOOL})


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of one partner. Empty texts and None are unknown.

    Attributes
    ----------
    id
        Its id; only used to name it and to order what is found.
    name, aliases
        The name in use, and other names.
    types
        Organization types, the primary one first.
    zip, city, county, state
        Five digits; a folded name; a FIPS code or a folded name; a postal code such as ``OR``.
    position
        Latitude and longitude in degrees.
    address
        Street and number.
    identifiers
        By scheme, those that identify one organization.
    evidence
        By scheme, those that many may share.
    parents
        Ids of what it is part of.
    owner
        ``public`` or the id of an ecosystem.
    closed
        Whether it is known to have closed.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    types: tuple[OrganizationType, ...] = ()
    zip: str = ""
    city: str = ""
    county: str = ""
    state: str = ""
    position: tuple[float, float] | None = None
    address: Address | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    parents: frozenset[str] = frozenset()
    owner: str = PUBLIC
    closed: bool = False

    @property
    def sector(self) -> Sector | None:
        """The sector of the primary type."""
        return SECTOR_OF[self.types[0]] if self.types else None


def profile_of(node: Node, places: Iterable[Node] = (), parents: Iterable[str] = ()) -> Profile:
    """Return the profile of a partner.

    Parameters
    ----------
    node
        A node of the label Partner.
    places
        The places it is located in, the primary one first.
    parents
        The ids of what it is part of.
    """
    held = tuple(places)
    types = _types(node)
    identifiers = {scheme: value for scheme in UNIQUE if (value := node.get_text(scheme))}
    parent_ids = set(parents)
    if types and types[0] in _SCHOOLS and "leaid" in identifiers:
        # On a school's row, LEAID names its district.
        parent_ids.add(f"leaid:{identifiers.pop('leaid')}")
    evidence = {scheme: value for scheme in ("ein", "opeid") if (value := node.get_text(scheme))}
    domain = node.get_text("web_domain").lower() or domain_of(node.get_text("website"))
    if domain and domain not in HOSTS_OF_MANY:
        evidence["web_domain"] = domain
    return Profile(
        id=node.id,
        name=node.get_text("name"),
        aliases=node.get_texts("aliases"),
        types=types,
        zip=_first(place.get_text("zip")[:5] for place in held),
        city=_first(fold(place.get_text("name")) for place in held if place.get_text("kind") == PlaceKind.CITY),
        county=_first(_county(place) for place in held),
        state=_first(_state(place.get_text("region")) for place in (node, *held)),
        position=_position(node),
        address=parse_address(node.get_text("address")),
        identifiers=MappingProxyType(identifiers),
        evidence=MappingProxyType(evidence),
        parents=frozenset(parent_ids - {node.id}),
        owner=node.owner,
        closed=bool(node.get_text("closed_on")),
    )


def profile_of_cells(cells: Mapping[str, str], owner: str = PUBLIC) -> Profile:
    """Return the profile of a row that isn't in the store yet: the columns of ``partners.csv``, and its place.

    Read beside them: ``zip``, ``city``, ``county_fips`` or ``county``, ``state``, ``address``, and ``part_of`` (ids).
    Values that aren't written as they should be count as unknown: what is wrong with them is said elsewhere.
    """
    text = {name: value.strip() for name, value in cells.items()}
    types = [text.get("organization_type", ""), *split_list(text.get("organization_types", ""))]
    known = [OrganizationType(term) for term in dict.fromkeys(types) if term in set(OrganizationType)]
    identifiers = _well_formed(text, UNIQUE)
    parents = set(split_list(text.get("part_of", "")))
    if known and known[0] in _SCHOOLS and "leaid" in identifiers:
        parents.add(f"leaid:{identifiers.pop('leaid')}")
    evidence = _well_formed(text, SHARED)
    domain = evidence.pop("web_domain", "") or domain_of(text.get("website", ""))
    if domain and domain not in HOSTS_OF_MANY:
        evidence["web_domain"] = domain
    return Profile(
        id=text.get("id", ""),
        name=text.get("name", ""),
        aliases=tuple(split_list(text.get("aliases", ""))),
        types=tuple(known),
        zip=text.get("zip", "")[:5] if is_identifier("zip", text.get("zip", "")) else "",
        city=fold(text.get("city", "")),
        county=text.get("county_fips", "") or fold(text.get("county", "")),
        state=text.get("state", "").upper() or _state(text.get("region", "")),
        position=_position_of_texts(text.get("latitude", ""), text.get("longitude", "")),
        address=parse_address(text.get("address", "")),
        identifiers=MappingProxyType(identifiers),
        evidence=MappingProxyType(evidence),
        parents=frozenset(parents - {text.get("id", "")}),
        owner=owner,
        closed=bool(text.get("closed_on", "")),
    )


def iter_profiles(partners: Iterable[Node], places: Mapping[str, Node], ties: Iterable[Tie]) -> Iterator[Profile]:
    """Yield the profiles of partners, in the order given.

    Parameters
    ----------
    partners
        Nodes of the label Partner.
    places
        Nodes of the label Place by id.
    ties
        Any ties; ``LOCATED_IN`` and ``PART_OF`` are read, in the order given.
    """
    located: dict[str, list[Node]] = defaultdict(list)
    parents: dict[str, set[str]] = defaultdict(set)
    for tie in ties:
        if tie.type is TieType.LOCATED_IN and tie.target in places:
            located[tie.source].append(places[tie.target])
        elif tie.type is TieType.PART_OF:
            parents[tie.source].add(tie.target)
    for node in partners:
        yield profile_of(node, located.get(node.id, ()), parents.get(node.id, ()))


def domain_of(website: str) -> str:
    """Return the domain of a web address without ``www``, or an empty text.

    >>> domain_of("https://www.uab.edu/students/"), domain_of("Frost.org"), domain_of("see our flyer")
    ('uab.edu', 'frost.org', '')
    """
    address = website.strip().lower()
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    domain = host.removeprefix("www.").rstrip(".")
    return domain if is_identifier("web_domain", domain) else ""


def _types(node: Node) -> tuple[OrganizationType, ...]:
    terms = [node.get_text("organization_type"), *node.get_texts("organization_types")]
    return tuple(OrganizationType(term) for term in dict.fromkeys(terms) if term)


def _well_formed(text: Mapping[str, str], schemes: Iterable[str]) -> dict[str, str]:
    held = {scheme: text.get(scheme, "") for scheme in schemes}
    return {scheme: value for scheme, value in held.items() if value and IDENTIFIERS[scheme].matches(value)}


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _county(place: Node) -> str:
    code = place.get_text("county_fips") or place.get_text("tract")[:5]
    return code or (fold(place.name) if place.get_text("kind") == PlaceKind.COUNTY else "")


def _state(region: str) -> str:
    return region.removeprefix("US-") if region.startswith("US-") else region


def _position(node: Node) -> tuple[float, float] | None:
    latitude, longitude = node.find_number("latitude"), node.find_number("longitude")
    return None if latitude is None or longitude is None else (latitude, longitude)


def _position_of_texts(latitude: str, longitude: str) -> tuple[float, float] | None:
    try:
        position = (float(latitude), float(longitude))
    except ValueError:
        return None
    return position if abs(position[0]) <= 90 and abs(position[1]) <= 180 else None
