"""The same organization as somebody else writes it down."""

from collections.abc import Callable
from dataclasses import replace

from matchmaker.exchange.resolution.profiles import Profile
from matchmaker.testing.ecosystem.draws import Draws

_SHORT = {
    "School": "Sch.",
    "Elementary": "Elem.",
    "High": "HS",
    "University": "Univ.",
    "College": "Coll.",
    "Community": "Comm.",
    "District": "Dist.",
    "Center": "Ctr",
    "Library": "Lib",
    "Museum": "Mus.",
    "Historical": "Hist.",
    "Society": "Soc.",
    "Saint": "St.",
    "Heights": "Hts",
    "Public": "Pub.",
}
_SLIP_FROM = 5
"""Letters of a word from which a slip is made."""


def reword(draws: Draws, profile: Profile, id: str) -> tuple[Profile, str]:
    """Return a partner as another source would have it, under another id, and what was done to its name and place."""
    wording = draws.pick(tuple(_WORDINGS), "wording", id)
    name = _WORDINGS[wording](draws, profile.name, id)
    if draws.chance(0.25, "second wording", id):
        second = draws.pick(tuple(_WORDINGS), "second", id)
        name = _WORDINGS[second](draws, name, f"{id}+")
        wording = "+".join(sorted({wording, second}))
    placed, missing = _displace(draws, profile, id)
    identifiers = dict(profile.identifiers) if draws.chance(0.3, "keeps id", id) else {}
    evidence = {scheme: value for scheme, value in profile.evidence.items() if draws.chance(0.6, "keeps", scheme, id)}
    aliases: tuple[str, ...] = ()
    if wording == "renamed":
        aliases, name = (
            (profile.name,),
            f"{draws.pick(('Bright', 'New', 'Next'), 'new name', id)} {_last_words(profile.name)}",
        )
    twin = replace(placed, id=id, name=name, aliases=aliases, identifiers=identifiers, evidence=evidence)
    return twin, f"{wording}, {missing}" if missing else wording


def _displace(draws: Draws, profile: Profile, id: str) -> tuple[Profile, str]:
    """Return a profile with less, or other, of its place."""
    bare = replace(profile, position=None, address=None, county="", parents=frozenset())
    case = draws.share("place", id)
    if case < 0.4:
        return bare, ""
    if case < 0.55:
        return replace(bare, zip=""), "no ZIP"
    if case < 0.65:
        return replace(bare, zip="", types=()), "no ZIP or type"
    if case < 0.75:
        return replace(bare, zip=f"{int(profile.zip) // 10 * 10 + 9}"), "box in another ZIP"
    near = profile.position and (round(profile.position[0] + 0.004, 5), profile.position[1])
    return replace(profile, position=near, zip="" if draws.chance(0.3, "also", id) else profile.zip), ""


def _slip(draws: Draws, name: str, id: str) -> str:
    words = name.split()
    long = [place for place, word in enumerate(words) if len(word) >= _SLIP_FROM and word.isalpha()]
    if not long:
        return name
    place = draws.pick(long, "slipped word", id)
    word = words[place]
    at = draws.whole(1, len(word) - 2, "slip at", id)
    words[place] = draws.pick(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + draws.pick("aeioustrn", "slip letter", id) + word[at + 1 :],
        ),
        "slip",
        id,
    )
    return " ".join(words)


def _shorten(draws: Draws, name: str, id: str) -> str:
    del draws, id
    joined = name.replace("High School", "HS").replace("School District", "SD").replace(" and ", " & ")
    return " ".join(_SHORT.get(word, word) for word in joined.split())


def _move(draws: Draws, name: str, id: str) -> str:
    del draws, id
    for word in (" of ", " for "):
        if word in name:
            before, _, after = name.partition(word)
            return f"{after}, {before}{word}".rstrip()
    first, _, rest = name.partition(" ")
    return f"{rest}, {first}" if rest else name


def _decorate(draws: Draws, name: str, id: str) -> str:
    return draws.pick((f"The {name}", f"{name}, Inc.", f"{name.upper()}", f"{name} LLC"), "decoration", id)


def _drop(draws: Draws, name: str, id: str) -> str:
    """Leave out the last word where it is a common one and others remain."""
    del draws, id
    if name.endswith(" School District"):
        return f"{name.removesuffix(' School District')} Schools"
    words = name.split()
    return " ".join(words[:-1]) if len(words) > 2 and words[-1] in {"School", "Society"} else name


def _keep(draws: Draws, name: str, id: str) -> str:
    del draws, id
    return name


def _last_words(name: str) -> str:
    return " ".join(name.split()[-2:])


_WORDINGS: dict[str, Callable[[Draws, str, str], str]] = {
    "slip": _slip,
    "abbreviated": _shorten,
    "moved": _move,
    "decorated": _decorate,
    "shorter": _drop,
    "as it was": _keep,
    "renamed": _keep,
}
