"""The words of organizations' names in the United States: abbreviations, kinds, levels, and words that say nothing.

The tables were written by hand after reading the names in the registers that this project loads (IPEDS, the Museum
Universe Data File, NCES school lists, the Public Libraries Survey).
"""

from types import MappingProxyType


def _table(text: str) -> MappingProxyType[str, tuple[str, ...]]:
    pairs = (entry.split("=") for entry in text.split(","))
    return MappingProxyType({short.strip(): tuple(long.split()) for short, long in pairs})


ABBREVIATIONS = _table(
    "acad=academy, admin=administration, adm=administration, afb=air force base, agcy=agency, agri=agricultural, "
    "amer=american, arboreta=arboretum, assn=association, assoc=association, ave=avenue, bapt=baptist, bldg=building, "
    "blvd=boulevard, bot=botanical, br=branch, brch=branch, cath=catholic, cen=central, cent=central, centre=center, "
    "ches=chesapeake, chldrn=children, cmty=community, cnty=county, co=county, col=college, coll=college, "
    "comm=community, commun=community, cons=conservation, consol=consolidated, coop=cooperative, corr=correctional, "
    "cr=creek, ctr=center, cntr=center, cty=county, dept=department, dev=development, dist=district, div=division, "
    "ed=education, educ=education, elem=elementary, elm=elementary, el=el, env=environmental, "
    "esd=education service district, esu=educational service unit, fdn=foundation, fdtn=foundation, fnd=foundation, "
    "found=foundation, ft=fort, gov=government, govt=government, grd=garden, gdn=garden, gdns=garden, "
    "hdqtrs=headquarter, "
    "hist=historical, historic=historical, hosp=hospital, hqs=headquarter, hq=headquarter, hts=height, hgts=height, "
    "ind=independent, indust=industrial, info=information, inst=institute, instn=institution, intl=international, "
    "isd=independent school district, jr=junior, lab=laboratory, labs=laboratory, lib=library, lk=lake, lrng=learning, "
    "mem=memorial, meml=memorial, mid=middle, midd=middle, mtn=mountain, mtns=mountain, mt=mount, mus=museum, "
    "nat=natural, natl=national, nw=northwest, ne=northeast, org=organization, orgs=organization, pk=park, "
    "prep=preparatory, pres=preservation, presb=presbyterian, pri=primary, prim=primary, prog=program, pub=public, "
    "reg=regional, regl=regional, rehab=rehabilitation, rsd=regional school district, sci=science, schl=school, "
    "sch=school, schs=schools, sd=school district, sec=secondary, sem=seminary, shs=senior high school, soc=society, "
    "sq=square, sr=senior, stn=station, svc=service, svcs=service, sw=southwest, se=southeast, sys=system, "
    "technol=technology, theatre=theater, theol=theological, twp=township, ucsd=university california san diego, "
    "univ=university, univeristy=university, usd=unified school district, vlg=village, voc=vocational, "
    "votech=vocational technical, wks=work, n=north, s=south, e=east, w=west, cusd=community unit school district, "
    "csd=community school district, ymca=young men christian association, ywca=young women christian association, "
    "zool=zoo, zoological=zoo, arbor=arboretum, planetarium=planetarium, childrens=children, historic=historical, "
    "ii=2, iii=3, iv=4"
)
"""What a token of a folded name stands for. Shortenings that depend on their neighbours are in `names`."""

ENDINGS = _table("es=elementary school, el=elementary, ms=middle school, hs=high school, cc=community college, co=")
"""What the last token of a name stands for, where it differs from `ABBREVIATIONS`."""

NUMBER_WORDS = MappingProxyType(
    {
        "first": "1st",
        "second": "2nd",
        "third": "3rd",
        "fourth": "4th",
        "fifth": "5th",
        "sixth": "6th",
        "seventh": "7th",
        "eighth": "8th",
        "ninth": "9th",
        "tenth": "10th",
    }
)

EMPTY_WORDS = frozenset(["a", "an", "and", "at", "by", "de", "del", "for", "in", "la", "of", "on", "the", "to"])
"""Words that are left out, unless the name has no others."""

LEGAL_FORMS = frozenset(
    [
        "inc",
        "incorporated",
        "llc",
        "llp",
        "lllp",
        "lp",
        "pllc",
        "corp",
        "corporation",
        "company",
        "ltd",
        "limited",
        "plc",
        "pbc",
        "gmbh",
        "ag",
        "kg",
        "bv",
        "nv",
        "oy",
        "ab",
        "aps",
        "srl",
        "sarl",
        "spa",
        "pty",
        "pte",
        "foundation_inc",
    ]
)
"""Legal forms at the end of a name. Fewer than libraries list: PS, SA, OK, CA or LA mean other things here."""

LEVELS = MappingProxyType(
    {
        "preschool": "pre",
        "prek": "pre",
        "nursery": "pre",
        "kindergarten": "pre",
        "elementary": "elementary",
        "primary": "elementary",
        "intermediate": "intermediate",
        "middle": "middle",
        "junior": "middle",
        "high": "high",
        "secondary": "high",
        "senior": "high",
    }
)
"""Words that say for which ages a school is; schools of different ages are different schools."""

SIDES = MappingProxyType(
    {
        word: word
        for word in [
            "north",
            "south",
            "east",
            "west",
            "northeast",
            "northwest",
            "southeast",
            "southwest",
            "upper",
            "lower",
        ]
    }
)
"""Words that tell neighbours apart; names that have different ones belong to different organizations."""

KINDS = frozenset(
    [
        "academy",
        "agency",
        "aquarium",
        "arboretum",
        "archive",
        "association",
        "authority",
        "board",
        "botanical",
        "center",
        "chamber",
        "church",
        "club",
        "coalition",
        "college",
        "commission",
        "committee",
        "conservatory",
        "consortium",
        "council",
        "department",
        "district",
        "extension",
        "facility",
        "federation",
        "foundation",
        "friend",
        "fund",
        "gallery",
        "garden",
        "hospital",
        "house",
        "institute",
        "institution",
        "laboratory",
        "league",
        "library",
        "ministry",
        "mission",
        "museum",
        "network",
        "observatory",
        "office",
        "park",
        "planetarium",
        "program",
        "project",
        "school",
        "seminary",
        "service",
        "society",
        "state",
        "system",
        "tribe",
        "union",
        "university",
        "zoo",
    ]
)
"""Words that say what kind of organization it is."""

BRANCH_WORDS = frozenset(["annex", "branch", "campus"])
"""Words after which a name means one place of a larger organization."""

SATELLITES = frozenset(
    ["alumni", "auxiliary", "bookstore", "booster", "foundation", "friend", "fund", "pta", "pto", "ptsa"]
)
"""Words for an organization that supports another of the same name."""
