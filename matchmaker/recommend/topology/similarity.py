"""Likeness that is fitted to a whole graph: item-to-item models and low-rank vectors.

What is fitted is an array that belongs to a model's version; nothing here is computed anew when a question is asked.
Fitting uses every tie that it is given. Where a pair's own tie must not count, as in training, fit without it.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, eigh
from scipy.linalg.lapack import dpotri
from scipy.sparse import csr_array, diags_array

from matchmaker.recommend.topology.pairs import PairPaths
from matchmaker.recommend.topology.ranges import slots_in
from matchmaker.recommend.topology.reach import KeySet, Runs, runs_of
from matchmaker.recommend.topology.relation import Floats, RelationGraph, expand, expand_weights

Ends = NDArray[np.integer]

_SPARE, _TURNS = 16, 12

MOST_ITEMS = 8_000
"""Up to how many items a dense model is fitted: one array of this size takes half a gigabyte."""


def adjacency(graph: RelationGraph) -> csr_array:
    """Return the graph's weights as a symmetric sparse array; shape (nodes, nodes)."""
    nodes = np.arange(len(graph))
    bounds = np.concatenate([[0], np.cumsum(graph.degrees, dtype=np.int64)])
    return csr_array((expand_weights(graph, nodes), expand(graph, nodes), bounds), shape=(len(graph), len(graph)))


def fit_ease(matrix: csr_array, ridge: float, *, most: int = MOST_ITEMS) -> Floats:
    """Return the item-to-item weights that best give each row back from its other items.

    H. Steck, *Embarrassingly shallow autoencoders for sparse data*, WWW 2019: with P = (XᵀX + ridge I)⁻¹, the weight of
    item i for item j is -P_ij / P_jj, and 0 for itself.

    Parameters
    ----------
    matrix
        Shape (rows, items): what each row holds, as 1 or as a weight.
    ridge
        Above 0.
    most
        Up to how many items this is done; the cost is items² of memory and items³ of time.

    Raises
    ------
    ValueError
        There are more items; `fit_item_neighbours` does for any number.

    Examples
    --------
    >>> fit_ease(csr_array([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]]), 1.0).round(3).tolist()
    [[0.0, 0.667], [0.5, 0.0]]
    """
    items = matrix.shape[1]
    if items > most:
        raise ValueError(f"{items:,} items are more than the {most:,} for which this model is fitted.")
    gram = (matrix.T @ matrix).toarray().astype(np.float64)
    gram[np.diag_indices(items)] += ridge
    factor = cholesky(gram, lower=True, overwrite_a=True)
    half = np.tril(dpotri(factor, lower=True, overwrite_c=True)[0])
    inverse = half + np.tril(half, -1).T
    weights: Floats = inverse / -np.diag(inverse)
    weights[np.diag_indices(items)] = 0.0
    return weights


def fit_item_neighbours(matrix: csr_array, keep: int, *, shrinkage: float = 0.0, rows: int = 512) -> csr_array:
    """Return each item's likest items by the cosine of what holds them; shape (items, items), sparse.

    B. Sarwar et al., *Item-based collaborative filtering recommendation algorithms*, WWW 2001.

    Parameters
    ----------
    matrix
        Shape (rows, items).
    keep
        How many others are kept for an item; equal ones by their place.
    shrinkage
        Added to the product of the norms, so that what rests on few rows counts less.
    rows
        How many items are compared at once.

    Examples
    --------
    >>> fit_item_neighbours(csr_array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]), 1).toarray().round(3).tolist()
    [[0.0, 0.707, 0.0], [0.707, 0.0, 0.0], [0.0, 0.707, 0.0]]
    """
    items = matrix.shape[1]
    by_item = csr_array(matrix.T)
    norms = np.sqrt(np.asarray(by_item.multiply(by_item).sum(axis=1)).ravel())
    columns, values, counts = [], [], []
    for first in range(0, items, rows):
        product = csr_array(by_item[first : first + rows] @ matrix)
        for row in range(product.shape[0]):
            part = slice(product.indptr[row], product.indptr[row + 1])
            others = product.indices[part]
            scores = product.data[part] / (norms[first + row] * norms[others] + shrinkage)
            scores[others == first + row] = 0.0
            order = np.lexsort((others, -scores.round(9)))[:keep]
            order = order[scores[order] > 0.0]
            columns.append(others[order])
            values.append(scores[order])
            counts.append(len(order))
    bounds = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    held = np.concatenate(values) if values else np.zeros(0)
    return csr_array((held, np.concatenate(columns) if columns else [], bounds), shape=(items, items))


def measure_similarity(graph: RelationGraph, subjects: Ends, others: Ends, similarity: Floats | csr_array) -> Floats:
    """Return Σ weight × similarity to the other, over the subject's neighbours; shape (pairs,).

    The other itself isn't counted among the subject's neighbours.

    Parameters
    ----------
    subjects, others
        Shape (pairs,).
    similarity
        Shape (nodes, nodes): of `fit_ease` or `fit_item_neighbours`, row for the neighbour, column for the other.

    Examples
    --------
    >>> graph = RelationGraph.from_pairs(3, [0, 1], [1, 2])
    >>> measure_similarity(graph, np.array([0]), np.array([2]), np.full((3, 3), 0.5)).tolist()
    [0.5]
    """
    subjects, others = np.asarray(subjects), np.asarray(others)
    found, own = np.zeros(len(subjects)), np.zeros(len(subjects))
    for runs, pairs in runs_of(subjects).split(graph):
        paths = PairPaths(graph, runs, others[pairs], far=False)
        measure = _through_dense if isinstance(similarity, np.ndarray) else _through_sparse
        found[pairs], own[pairs] = measure(paths, runs, similarity), paths.own
    tied = np.flatnonzero(own)
    found[tied] -= own[tied] * similarity.diagonal()[others[tied]] if len(tied) else 0.0
    return found


def _through_dense(paths: PairPaths, runs: Runs, similarity: Floats) -> Floats:
    bounds = np.searchsorted(paths.first.runs, np.arange(len(runs.subjects) + 1)).tolist()
    parts = []
    for run, (start, end) in enumerate(pairwise(runs.starts.tolist())):
        near = slice(bounds[run], bounds[run + 1])
        held = similarity[np.ix_(paths.first.nodes[near], paths.others[start:end])]
        parts.append(paths.first.weights[near] @ held)
    return np.concatenate(parts)


def _through_sparse(paths: PairPaths, _: Runs, similarity: csr_array) -> Floats:
    first, size = paths.first, len(paths.graph)
    begins = similarity.indptr[first.nodes].astype(np.int64)
    lengths = similarity.indptr[first.nodes + 1] - begins
    slots = slots_in(begins, lengths)
    keys = np.repeat(first.runs * size, lengths) + similarity.indices[slots]
    reached = KeySet(keys, len(first.subjects) * size, "second")
    return reached.pick(reached.sum(np.repeat(first.weights, lengths) * similarity.data[slots]), paths.keys)


def fit_spectral(graph: RelationGraph, dimensions: int, *, power: float = 0.5) -> tuple[Floats, Floats]:
    """Return two sets of vectors whose products come closest to the normalised graph; both (nodes, dimensions).

    The eigenvectors of S^-power A S^-power with the largest eigenvalues by amount, those on one side multiplied by
    their eigenvalues (A. Menon and C. Elkan, *Link prediction via matrix factorization*, ECML 2011, for the use).

    Parameters
    ----------
    dimensions
        How many; fewer where the graph has fewer nodes.
    power
        How far strength is divided out: 0.5 is the normalised adjacency, 0 the plain one.

    Examples
    --------
    >>> left, right = fit_spectral(RelationGraph.from_pairs(4, [0, 0, 1, 1], [2, 3, 2, 3]), 2)
    >>> measure_dot(np.array([0, 0]), np.array([1, 2]), left, right).round(6).tolist()
    [0.0, 0.5]
    """
    scale = np.zeros(len(graph))
    held = graph.strengths > 0.0
    scale[held] = graph.strengths[held] ** -power
    normal = diags_array(scale) @ adjacency(graph) @ diags_array(scale)
    values, vectors = _leading(normal, dimensions)
    return vectors, vectors * values


def measure_dot(subjects: Ends, others: Ends, left: Floats, right: Floats) -> Floats:
    """Return the product of the subject's vector on one side and the other's on the other; shape (pairs,).

    >>> left, right = np.array([[1.0, 2.0], [0.0, 0.0]]), np.array([[9.0, 9.0], [3.0, 0.5]])
    >>> measure_dot(np.array([0]), np.array([1]), left, right).tolist()
    [4.0]
    """
    return np.asarray(np.einsum("ij,ij->i", left[subjects], right[others]))


def _leading(matrix: Floats | csr_array, dimensions: int) -> tuple[Floats, Floats]:
    """Return the eigenvalues of largest amount, descending, and their vectors.

    Large matrices are reduced by subspace iteration from fixed numbers (N. Halko, P.-G. Martinsson and J. Tropp,
    *Finding structure with randomness*, SIAM Review 53, 2011), which equal eigenvalues don't disturb. Each vector's
    largest entry is positive, so that the same graph gives the same vectors.
    """
    size = matrix.shape[0]
    count = min(dimensions, size)
    if count + _SPARE >= size:
        basis = np.eye(size)
    else:
        basis = np.random.default_rng(0).standard_normal((size, count + _SPARE))
        for _ in range(_TURNS):
            basis = np.linalg.qr(matrix @ basis)[0]
    small = basis.T @ (matrix @ basis)
    values, turned = eigh((small + small.T) / 2.0)
    order = np.argsort(-np.abs(values).round(9), kind="stable")[:count]
    values, vectors = values[order], basis @ turned[:, order]
    signs = np.sign(vectors[np.abs(vectors).round(9).argmax(axis=0), np.arange(count)])
    return values, vectors * np.where(signs == 0.0, 1.0, signs)
