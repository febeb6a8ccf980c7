"""How common words are in names of organizations: the rarer a word, the more it tells that two names share it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log
from types import MappingProxyType

_PER_10_000 = (
    "historical=2310, museum=2050, society=1938, school=1089, county=762, foundation=656, college=579, center=534, "
    "association=469, elementary=467, art=455, university=409, heritage=298, preservation=283, academy=238, "
    "house=230, friend=227, community=211, history=194, state=187, institute=186, high=185, american=177, "
    "library=174, middle=169, area=164, park=159, memorial=158, valley=145, new=140, hall=136, national=126, "
    "lake=121, north=120, city=118, west=112, south=109, science=106, district=103, saint=102, fame=97, children=97, "
    "garden=95, beauty=89, technical=88, cultural=87, river=83, railroad=81, fort=81, san=75, genealogical=72, "
    "hill=70, charter=69, old=69, east=65, public=65, veteran=63, international=62, central=62, texas=62, "
    "education=62, technology=61, gallery=61, island=60, trust=59, career=55, spring=55, zoo=54, florida=53, "
    "branch=53, creek=51, california=51, natural=50, beach=49, township=49, military=48, railway=48, john=47, "
    "western=47, village=47, council=46, southern=46, washington=45, project=45, war=45, african=44, pioneer=44, "
    "nature=43, air=43, restoration=42, cosmetology=42, program=42, farm=40, york=40, committee=40, fund=40, "
    "virtual=39, town=39, club=39, virginia=38, aviation=37, discovery=37, archive=37, chapter=37, bay=36, "
    "america=35, trail=35, paul=35, fire=35, mountain=35, carolina=34, mill=34, maritime=34, sport=34, cemetery=34, "
    "mount=34, family=33, c=33, culture=33, design=32, point=32, arboretum=32, ohio=32, alliance=32, lincoln=32, "
    "health=32, indian=32, medical=32, site=31, botanical=31, research=30, k=30, william=29, union=29, home=29, "
    "learning=29, greater=29, depot=29, mansion=29, street=29, regional=28, grove=28, santa=28, world=28, campus=27, "
    "palm=27, miami=27, antique=27, rock=27, nursing=27, michigan=27, civil=27, hair=26, mitchell=26, oak=26, "
    "northwest=26, pennsylvania=26, theater=26, coast=26, seminary=25, junior=25, music=25, commission=25, group=25, "
    "senior=24, inc=24, black=24, united=24, fall=24, illinois=24, 8=24, colorado=23, educational=23, franklin=23, "
    "arizona=23, empire=23, jewish=23, oregon=23, great=23, northern=22, ridge=22, station=22, contemporary=22, "
    "landmark=22, chicago=22, jefferson=21, columbia=21, jersey=21, george=21, pacific=21, pine=21, b=21, service=21, "
    "tennessee=21, h=21, collection=21, study=21, james=21, barber=20, homestead=20, oklahoma=20, georgia=20, "
    "madison=20, organization=20, conservancy=20, fine=20, guild=20, system=20, grand=20, minnesota=20, kansas=19, "
    "m=19, southwest=19, arkansas=19, louisiana=19, houston=19, los=19, jackson=19, instruction=19, women=19, "
    "living=19, iowa=18, l=18, aquarium=18, model=18, space=18, lighthouse=18, preparatory=18, eastern=18, "
    "somerset=18, missouri=18, league=18, j=17, delaware=17, robert=17, mary=17, marine=17, charles=17, white=17, "
    "country=17, wisconsin=17, indiana=16, christian=16, long=16, green=16, wildlife=16, church=16, height=16, "
    "orange=16, thomas=16, red=16, highland=16, maine=16, little=16, theological=16, training=16, forest=16, port=16, "
    "o=16, prairie=16, liberty=16, smith=15, professional=15, harbor=15, louis=15, mexico=15, r=15, blue=15, "
    "development=15, medicine=15, lee=15, dallas=15, eagle=15, diego=15, dakota=15, dr=15, monument=15, angeles=15, "
    "force=15, main=15, alabama=14, northeast=14, plain=14, nevada=14, business=14, clark=14, kentucky=14, msm=14, "
    "law=14, king=14, tr=14, ranch=14, police=14, johnson=14, franchise=14, brown=13, henry=13, buffalo=13, "
    "building=13, daughter=13, tech=13, wayne=13, england=13, 1st=13, mississippi=13, cleveland=13, chapel=13, "
    "place=13, youth=13, masonic=13, office=13, salon=13, lewis=13, big=13, road=13, shore=13, plantation=13, "
    "phoenix=12, mission=12, bridge=12, joseph=12, holocaust=12, transportation=12, f=12, marion=12, douglas=12, "
    "el=12, wood=12, maryland=12, conservation=12, battlefield=12, baptist=12, life=12, hospital=12, monroe=12, "
    "austin=12, car=12, montgomery=12, connecticut=12, cedar=12, auto=12, legacy=12, glass=12, riverside=11, ross=11, "
    "2=11, philadelphia=11, artist=11, i=11, francisco=11, wilson=11, d=11, clay=11, freedom=11, genealogy=11, "
    "land=11, martin=11, cape=11, downtown=11, neighborhood=11, stone=11, guard=11, t=11, court=11, upper=11, "
    "salem=11, pleasant=11, camp=11, puerto=11, nebraska=11, flight=11, preserve=11, resource=11, associate=11, "
    "taylor=10, richmond=10, square=10, utah=10, rico=10, tampa=10, g=10, our=10, canal=10, endowment=10, power=10, "
    "light=10, magnet=10, alaska=10, morgan=10, boston=10, wing=10, steam=10, jacksonville=10, golden=10, naval=10, "
    "yeshiva=10, rocky=10, gulf=10, montana=10, hudson=10, mining=10, us=10, charitable=10, early=10, mater=10, "
    "hope=10, haven=10, antonio=10, marshall=10, atlantic=10, agricultural=10, columbus=10, springfield=10, view=10, "
    "renaissance=10, army=10, uss=10, toy=10, firefighter=10, idaho=9 "
)

USUAL_SHARE = MappingProxyType(
    {word: int(count) / 10_000 for word, count in (entry.split("=") for entry in _PER_10_000.replace(",", "").split())}
)
"""Of how many names a word is part: counted over 48,186 names of colleges (IPEDS HD2020), museums (IMLS Museum Universe
Data File, 2014 Q3), Florida's and Oregon's public schools and districts, and Florida's libraries, in the form that
`matchmaker.exchange.resolution.names.parse_name` gives them. Words of fewer than one name in a thousand aren't listed.
"""

UNUSUAL_SHARE = 5e-5
"""The share of a word that isn't listed: most of those are in one to five names of the 48,186."""

USUAL_NAMES = 2_000
"""How many names of the data at hand weigh as much as the table does."""

USED_BY_SEVERAL = 6

MOST_TELLING = 8.5
"""What one word can tell at most, in log-odds: a word that nobody else has may still be a mistake."""


@dataclass(frozen=True, slots=True)
class WordShares:
    """How common words are among organizations: the table, corrected by the names at hand.

    Attributes
    ----------
    counts
        In how many of the names at hand a word is.
    names
        How many names those are.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    names: int = 0
    _told: dict[str, float] = field(default_factory=dict, init=False, repr=False, compare=False)
    _ranks: dict[str, tuple[float, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def share(self, word: str) -> float:
        """Return the share (0..1) of names that have a word.

        >>> round(WordShares().share("museum"), 3), WordShares().share("vizcaya")
        (0.205, 5e-05)
        """
        usual = USUAL_SHARE.get(word, UNUSUAL_SHARE)
        return min(1.0, (usual * USUAL_NAMES + self.counts.get(word, 0)) / (USUAL_NAMES + self.names))

    def rank(self, word: str) -> tuple[float, str]:
        """Return what words are put in order by, the rarest first."""
        found = self._ranks.get(word)
        if found is None:
            found = self._ranks[word] = (self.share(word), word)
        return found

    def are_words(self, one: str, other: str) -> bool:
        """Say whether several organizations use both words, so that neither is a slip of the other."""
        usual = [word in USUAL_SHARE for word in (one, other)]
        often = min(self.counts.get(word, 0) for word in (one, other)) >= USED_BY_SEVERAL
        return all(usual) or (often and not any(usual))

    def telling(self, word: str) -> float:
        """Return what it tells, in log-odds, that two names share a word: the less common, the more.

        The agreement weight of Fellegi and Sunter, ln(m / u), with the word's share as u and m taken as 1 (what a
        missing word costs is counted apart).
        """
        told = self._told.get(word)
        if told is None:
            told = self._told[word] = min(MOST_TELLING, -log(self.share(word)))
        return told


def count_words(names: Iterable[Iterable[str]]) -> WordShares:
    """Return the shares of words in names, each given by its different words."""
    counts: Counter[str] = Counter()
    number = 0
    for words in names:
        counts.update(words)
        number += 1
    return WordShares(counts, number)
