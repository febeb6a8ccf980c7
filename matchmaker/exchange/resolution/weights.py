"""What each agreement and disagreement tells, in log-odds (natural logarithms).

The model is that of I. P. Fellegi and A. B. Sunter, *A Theory for Record Linkage*, Journal of the American Statistical
Association 64 (1969): the log-odds that two entries are one organization are those before looking, plus
ln(m / u) for every field, where m is how often the field looks so for one organization entered twice and u how often
for two different ones. Frequent words, and identifiers that many share, count for less (W. E. Winkler's adjustment for
the frequency of values).

The values are judgements, set so that planted duplicates are told from planted near-misses (one seed of
`matchmaker.testing.duplicates`; measured on others), and checked by eye on pairs between public registers. None was
fitted to a hub's own data.
"""

PRIOR = -10.8
"""Before looking: one in about 50,000, the number of registered organizations that a new one might be."""

PRIOR_SIZE = 50_000
"""How many partners at most `PRIOR` holds for: among N times as many, it is less by the logarithm of N."""

SAME_AT = 0.99
"""The probability from which two are the same, where an identifier agrees as well."""

POSSIBLE_AT = 0.5
"""The probability from which a person is asked."""

# Names: shares of what words tell (`matchmaker.exchange.resolution.shares`).
AGREED_WORD = 0.8
"""Words of one name aren't independent, so that each counts for less than it would alone."""
SIMILAR_WORD = 0.6
"""Of what an agreed word gives: a word that is one slip of the keyboard away, or is shortened."""
EXTRA_WORD = -0.35
"""A word that only one name has, where the other has none of its own."""
EXCHANGED_WORD = -0.5
"""A word that only one name has, where the other has others."""
MOST_OF_NAME = 13.0
"""What a name can tell at most."""
LEAST_OF_NAME = -16.0
ALIAS = -0.5
"""Where the agreement isn't between the two names in use."""
INITIAL = 1.6
"""For each letter of an abbreviation such as OMSI; at most five count."""
OTHER_LEVEL = -10.0
OVERLAPPING_LEVEL = -2.5
OTHER_NUMBER = -10.0
NUMBER_MISSING = -1.5
OTHER_SIDE = -8.0
SIDE_MISSING = -1.5
OTHER_KIND = -4.0
KIND_MISSING = -1.0
TELLING_KIND_MISSING = -3.5
SATELLITE = -6.0
BRANCH_OF = -5.0

TELLING_KINDS = frozenset(
    [
        "archive",
        "club",
        "department",
        "district",
        "extension",
        "hospital",
        "library",
        "museum",
        "office",
        "state",
        "school",
        "university",
        "zoo",
    ]
)
"""Kinds that make another organization of the same name, such as a university's museum."""

# Places.
SAME_ADDRESS = 3.0
OTHER_ADDRESS = -1.5
SAME_ZIP = 5.5
SAME_ZIP_REGION = 1.5
OTHER_ZIP = -2.5
SAME_CITY = 5.0
OTHER_CITY = -2.0
SAME_COUNTY = 2.5
SAME_COUNTY_OTHER_CITY = 0.5
OTHER_COUNTY = -2.0
SAME_STATE = 1.0
OTHER_STATE = -5.0
DISTANCES = ((0.3, 6.0), (2.0, 5.0), (8.0, 3.5), (25.0, 1.5), (80.0, -2.0), (float("inf"), -6.0))
"""Kilometres up to which, and what it tells."""

# Types.
SAME_TYPE = 0.8
SAME_SECTOR = 0.4
OTHER_SECTOR = -1.5
EXCLUSIVE_TYPES = -4.0

# Identifiers.
SAME_IDENTIFIER = 16.0
OTHER_IDENTIFIER = -9.0
SAME_EIN = 7.0
OTHER_EIN = -1.5
SAME_OPEID = 6.0
OTHER_OPEID = -1.5
SAME_DOMAIN = 5.5
OTHER_DOMAIN = -0.7
EACH_SHARER = -2.0
"""Times the logarithm of how many other organizations share the value."""

# What it belongs to.
SAME_PARENT = 1.0
OTHER_PARENT = -1.5
OTHER_DISTRICT = -10.0
ONE_CLOSED = -1.0

LEAST_NAME = -PRIOR - (DISTANCES[0][1] + SAME_ADDRESS + SAME_TYPE + SAME_PARENT)
"""What names tell at least where nothing is concluded otherwise: less can't be made up by place, type and parent."""
