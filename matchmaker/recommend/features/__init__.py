"""The features of a pair: what each is called, its unit, whose fact it rests on, and how it is measured.

Each module builds its columns once for a snapshot and measures one subject against every node at once. What isn't
recorded is NaN and contributes exactly nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matchmaker.model.vocabulary import ContributionTag


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature.

    Attributes
    ----------
    name, unit
        Its name, and the unit of its value.
    family
        Features of one family see the same facts and give one reason together.
    about
        What it measures, in a sentence.
    tag
        Whose fact it rests on.
    """

    name: str
    unit: str
    family: str
    about: str
    tag: ContributionTag = ContributionTag.PAIR


FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        feature.name: feature
        for feature in (
            Feature(
                "common_neighbours",
                "partners and programs",
                "two_steps",
                "How many partners and programs are tied to both.",
            ),
            Feature(
                "adamic_adar",
                "Σ 1 / ln ties",
                "two_steps",
                "The same, counting those with few ties more (Adamic and Adar 2003).",
            ),
            Feature(
                "resource_allocation",
                "Σ 1 / ties",
                "two_steps",
                "The same, counting those with few ties more still (Zhou, Lü and Zhang 2009).",
            ),
            Feature(
                "three_step_paths",
                "Σ 1 / √(ties · ties)",
                "three_steps",
                "Paths over two others, normalised by their ties (Kovács et al. 2019).",
            ),
            Feature(
                "source_needs_met",
                "needs",
                "source_needs_met",
                "Needs of the source that an offer of the target meets, each 0.6 to 1 by how specifically.",
            ),
            Feature(
                "target_needs_met",
                "needs",
                "target_needs_met",
                "Needs of the target that an offer of the source meets, each 0.6 to 1 by how specifically.",
            ),
            Feature(
                "stage_fit",
                "share 0..1",
                "stage_fit",
                "Shared stages over those of the one that serves fewer; in patterns of a next step, the share of the "
                "source's stages that a stage of the target may follow.",
            ),
            Feature("content_likeness", "cosine 0..1", "content", "Likeness of descriptions and topics (TF-IDF)."),
            Feature("shared_fields", "fields", "fields", "Fields of study (CIP, two digits) that both work in."),
            Feature(
                "shared_occupations",
                "occupations",
                "occupations",
                "Occupations (SOC) that both employ people in or prepare learners for.",
            ),
            Feature("distance_km", "km", "place", "Straight-line distance of the nearest sites."),
            Feature("same_county", "0 or 1", "place", "Whether both are in one county."),
            Feature("intends_to_serve", "populations", "intends", "Populations that both state they intend to serve."),
            Feature("shared_initiatives", "initiatives", "initiatives", "Initiatives that both belong to."),
            Feature(
                "agreement_in_place",
                "0 or 1",
                "agreement",
                "Whether a recorded agreement covers the pair; a district's covers its schools.",
            ),
            Feature(
                "capacity_source",
                "0.5 limited, 1 open",
                "capacity_source",
                "Whether the source says, within a year, that it can take on more.",
                ContributionTag.SOURCE,
            ),
            Feature(
                "capacity_target",
                "0.5 limited, 1 open",
                "capacity_target",
                "Whether the target says, within a year, that it can take on more.",
                ContributionTag.TARGET,
            ),
        )
    }
)
"""Every feature by name, in the order of columns."""
