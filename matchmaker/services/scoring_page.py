"""The scoring page: every feature, table and judgement of the shipped prior, as Markdown."""

from collections.abc import Iterator

from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.patterns import TITLES
from matchmaker.recommend.policies import POLICIES, WEIGHT_RANGES, PolicyWeight
from matchmaker.recommend.scoring.additive import BANDS
from matchmaker.recommend.scoring.prior import PRIOR, PRIOR_ID, TABLES

_HEAD = """# Scoring

<!-- Written by scripts/generate-docs from matchmaker/recommend; not edited by hand. -->

A suggestion's **score** is the log-odds that the link forms if the two are introduced. It is a sum: an intercept, which
depends on the kind of link, and one **contribution** for each feature. `matchmaker explain A B` and the API show every
part, and the parts add up to the score. The reasons are the largest contributions, in words.

* A feature that can't be measured, because a fact isn't recorded, contributes exactly 0 and is named as not recorded.
* A contribution is read from a piecewise-linear table: between two points it is interpolated, beyond the ends it stays.
* Scores are rounded to 1e-9 before ranking, and equal ones go by id, so that a list is the same everywhere.
* A pair is scored without its own tie.
* No feature is anybody's size, budget, staff, ratings or past declines, nor anything about the people of a place.

The model that ships, `{model}`, is a documented judgement, not fitted to decisions. Its likelihood is therefore shown
to people as {bands}.

## Priority

A list is sorted by **priority**, a weighted sum in log-odds. Newness, smallness and popularity are facts about the
other of a pair and no part of its likelihood; what isn't recorded adds exactly 0. Whoever counts for context only (a
college whose practice isn't confirmed) comes last.

{weights}

{policies}

`matchmaker suggest --policy NAME --weight gap=2` moves a weight within its range; the result states every weight that
was used.

## Features
"""


def scoring_page() -> str:
    """Return the page as Markdown."""
    return "\n".join([_head(), *_features(), "", *_patterns()]) + "\n"


def _head() -> str:
    (low, low_end), (medium, high_start) = BANDS
    bands = f"*{low.value}* below {low_end:g}, *{medium.value}* below {high_start:g}, and *high* above"
    return _HEAD.format(model=PRIOR_ID, bands=bands, weights="\n".join(_weights()), policies="\n".join(_policies()))


def _weights() -> Iterator[str]:
    yield "| weight | range | multiplies |"
    yield "|---|---|---|"
    for weight, known in WEIGHT_RANGES.items():
        yield f"| `{weight.value}` | {known.least:g} to {known.most:g} | {known.about} |"


def _policies() -> Iterator[str]:
    yield f"| policy | version | {' | '.join(PolicyWeight)} |"
    yield f"|---|---|{'---|' * len(PolicyWeight)}"
    for policy in POLICIES.values():
        weights = " | ".join(f"{weight:g}" for weight in policy.weights().values())
        yield f"| `{policy.name}` | {policy.version} | {weights} |"


def _features() -> Iterator[str]:
    yield "| feature | unit | what it measures | contributes (value → share) |"
    yield "|---|---|---|---|"
    for name, table in TABLES.items():
        feature = FEATURES[name]
        points = ", ".join(f"{point:g} → {share:+g}" for point, share in zip(table.points, table.shares, strict=True))
        scale = " (interpolated in the logarithm)" if table.log else ""
        yield f"| `{name}` | {feature.unit} | {feature.about} | {points}{scale} |"
    yield ""
    yield "Sources of the formulas:"
    yield ""
    yield "* L. Adamic and E. Adar, *Friends and neighbors on the Web*, Social Networks 25, 2003."
    yield "* T. Zhou, L. Lü and Y. Zhang, *Predicting missing links via local information*, Eur. Phys. J. B 71, 2009."
    yield "* I. Kovács et al., *Network-based prediction of protein interactions*, Nature Communications 10, 2019."


def _patterns() -> Iterator[str]:
    yield "## Kinds of link"
    yield ""
    yield "The intercept is the log-odds with nothing else recorded. Weights other than 1 multiply a feature's table;"
    yield "0 leaves it out."
    yield ""
    yield "| pattern | link | intercept | weights | why |"
    yield "|---|---|---|---|---|"
    for name, prior in PRIOR.items():
        weights = ", ".join(f"`{feature}` {weight:g}" for feature, weight in sorted(prior.weights.items())) or "all 1"
        yield f"| `{name.value}` | {TITLES[name]} | {prior.intercept:+g} | {weights} | {prior.why} |"
