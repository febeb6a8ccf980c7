"""What a fitted scorer is judged by: the logistic loss of each row, and the softmax loss of each list."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """A mixture of logistic and listwise loss, summed over rows.

    The listwise loss of a group is that of its positive rows under one softmax over its rows (Z. Cao et al., *Learning
    to rank: from pairwise approach to listwise approach*, ICML 2007, with one relevant row at a time).

    Attributes
    ----------
    labels
        Shape (rows,): 1 or 0.
    weights
        Shape (rows,), 0 or more: a row of weight 2 counts as two rows, in its list too.
    listwise
        The share of the listwise loss, 0..1.
    starts
        Shape (groups,): where the rows of each group begin; rows of a group stand together.
    """

    labels: Floats
    weights: Floats
    listwise: float
    starts: NDArray[np.int64]

    def judge(self, scores: Floats) -> tuple[float, Floats]:
        """Return the loss and its derivative by each score."""
        single = 1.0 - self.listwise
        value, slope = 0.0, np.zeros(len(scores))
        if single:
            value += single * float(self.weights @ (np.logaddexp(0.0, scores) - self.labels * scores))
            slope += single * self.weights * (expit(scores) - self.labels)
        if self.listwise:
            chances, total, mass = self._lists(scores)
            gain = self.weights * self.labels
            value += self.listwise * float(mass @ total - gain @ scores)
            slope += self.listwise * (self._spread(mass) * chances - gain)
        return value, slope

    def bend(self, scores: Floats) -> tuple[Floats, csr_array]:
        """Return the second derivative by the scores as ``diag(first) - secondᵀ second``."""
        chance = expit(scores)
        diagonal = (1.0 - self.listwise) * self.weights * chance * (1.0 - chance)
        rows = len(scores)
        if not self.listwise:
            return diagonal, csr_array((0, rows))
        chances, _, mass = self._lists(scores)
        scaled = np.sqrt(self.listwise * self._spread(mass)) * chances
        bounds = np.append(self.starts, rows)
        lists = csr_array((scaled, np.arange(rows), bounds), shape=(len(self.starts), rows))
        return diagonal + self.listwise * self._spread(mass) * chances, lists

    def _lists(self, scores: Floats) -> tuple[Floats, Floats, Floats]:
        """Return each row's softmax in its group; each group's log of summed exponentials, and positive weight."""
        highest = np.maximum.reduceat(scores, self.starts)
        raised = np.exp(scores - self._spread(highest)) * self.weights
        sums = np.maximum(np.add.reduceat(raised, self.starts), np.finfo(np.float64).tiny)
        mass = np.add.reduceat(self.weights * self.labels, self.starts)
        return raised / self._spread(sums), highest + np.log(sums), mass

    def _spread(self, values: Floats) -> Floats:
        return np.repeat(values, np.diff(np.append(self.starts, len(self.labels))))
