"""All that there is to learn a kind of link from: links that formed, and what people decided about suggestions."""

from dataclasses import dataclass, field

from matchmaker.recommend.learning.examples import YEAR, Examples, no_examples
from matchmaker.recommend.learning.windows import Part
from matchmaker.recommend.scoring.additive import Outcome

LEAST_LINKS = 50
"""A pattern is fitted from this many links on, of which…"""
LEAST_WINDOWS = 2
"""… some formed in this many windows at least before those that judge, and …"""
LEAST_JUDGED = 5
"""… this many in those that judge."""
LEAST_DECISIONS, LEAST_EACH = 50, 10
"""From so many answers on, of which so many are yes and no each, what is learned is whether two who are asked agree."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that there is to learn one pattern from.

    Attributes
    ----------
    links
        Pairs that lists would have named, and which of them formed a link.
    decided
        Suggestions to which people said yes or no.
    passed_over
        Suggestions that staff were shown and did nothing about; they move tables, never levels.
    """

    links: Examples = field(default_factory=no_examples)
    decided: Examples = field(default_factory=no_examples)
    passed_over: Examples = field(default_factory=no_examples)

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.links) + len(self.decided) + len(self.passed_over)

    @property
    def outcome(self) -> Outcome:
        """What can be learned: whether two who are asked agree, given enough answers; else whether links form."""
        yes = int(self.decided.formed.sum())
        enough = self.decided.count() >= LEAST_DECISIONS and LEAST_EACH <= yes <= len(self.decided) - LEAST_EACH
        return Outcome.AGREED if enough else Outcome.FORMS

    @property
    def main(self) -> Examples:
        """The examples of the outcome, which set the level."""
        return self.decided if self.outcome is Outcome.AGREED else self.links

    @property
    def beside(self) -> tuple[Examples, ...]:
        """The other examples, which help with the tables."""
        others = (self.links if self.outcome is Outcome.AGREED else self.decided, self.passed_over)
        return tuple(one for one in others if len(one))

    def of(self, *parts: Part) -> tuple[Examples, ...]:
        """Return the examples of some windows, those of the outcome first."""
        return tuple(one.of(*parts) for one in (self.main, *self.beside))

    def before(self, year: str) -> "Evidence":
        """Return what there was before a day."""
        return Evidence(self.links.before(year), self.decided.before(year), self.passed_over.before(year))

    def count_formed(self) -> int:
        """Return how many links formed, and how many agreed."""
        return self.links.count_formed() + self.decided.count_formed()

    def count(self, *parts: Part) -> int:
        """Return how many links formed, and decisions were made, in some windows; in all where none is named."""
        return self.links.count(*parts) + self.decided.count(*parts)


def refusal_of(evidence: Evidence) -> str:
    """Return why a pattern can't be fitted to what there is, in words; empty where it can."""
    if evidence.count() < LEAST_LINKS:
        decided = f" and {evidence.decided.count()} decisions" if evidence.decided.count() else ""
        links = f"{evidence.links.count()} links of a known beginning between pairs that lists would have named"
        return f"{links}{decided}; {LEAST_LINKS} are needed"
    main = evidence.main
    earlier, later = main.of(Part.FIT, Part.CALIBRATE), main.of(Part.JUDGE)
    windows = len({group[:YEAR] for group in earlier.groups[earlier.formed].tolist()})
    if windows < LEAST_WINDOWS or not main.of(Part.FIT).formed.any():
        return f"its earlier links lie in {windows} years; {LEAST_WINDOWS} are needed, one among those fitted on"
    judged = main.count(Part.JUDGE)
    if judged < LEAST_JUDGED or later.formed.all() or not later.formed.any():
        return f"{judged} links lie in the years that judge; {LEAST_JUDGED} are needed"
    return ""
