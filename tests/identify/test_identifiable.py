"""The rank: published counts, the whole matrix by central differences, and what explains it."""

import numpy as np
import pytest

import skparams
from skparams import identifiable
from skparams._identify.jacobian import Evidence
from skparams._identify.rank import triangle_of
from tests.identify.models import (
    ACTIVATIONS,
    jacobian_of,
    linear_model,
    network,
    projection,
    whole,
)
from tests.identify.test_derivatives import slow_jacobian, tangents
from tests.sweep import sweep


def any_model(number):
    rng = np.random.default_rng(number)
    kind = number % 3
    if kind == 0:
        return network(rng, ACTIVATIONS[number // 3 % 9], ours=number // 3 % 9 > 3 or None)
    return linear_model(rng, number // 3) if kind == 1 else projection(rng)


def causes(found):
    return {each.cause: each.n_directions for each in found.lost}


@pytest.mark.parametrize("number", sweep(range(120), range(0, 120, 6)))
def test_the_rank_is_that_of_the_whole_matrix(number):
    """By central differences, whose errors are far below what counts in these models."""
    model, X = any_model(number)
    found = identifiable(model, X)
    slow = slow_jacobian(model, X)
    if "components_" in slow:
        jacobian = jacobian_of(model, X)
        slow["components_"] = slow["components_"] @ tangents(jacobian.basis, jacobian.n_outputs).T
    J = np.hstack(list(slow.values()))
    values = np.linalg.svd(J, compute_uv=False)
    rank = int((values > 1e-7 * values[0]).sum())
    near = (values > 1e-9 * values[0]) & (values < 1e-5 * values[0])
    if not found.uncertain and not near.any():
        assert found.rank == rank
    low, high = found.rank_range
    assert low <= found.rank <= high
    assert found.n_params == skparams.count_params(model)
    assert sum(each.n_directions for each in found.lost) == found.n_lost
    assert all(each.n_directions > 0 for each in found.lost)
    for each in found.arrays:
        of_array = np.linalg.svd(slow[each.path], compute_uv=False)
        if not (
            near.any() or ((of_array > 1e-9 * values[0]) & (of_array < 1e-5 * values[0])).any()
        ):
            assert each.seen == (of_array > 1e-7 * values[0]).sum()
        assert each.seen <= found.rank


@pytest.mark.parametrize("number", sweep(range(120), range(0, 120, 6)))
def test_what_explains_lost_directions_changes_nothing(number):
    model, X = any_model(number)
    rng = np.random.default_rng(number)
    X[:, rng.integers(0, 2, X.shape[1]) == 0] = rng.choice([0.0, 1.0])
    if number % 2 and hasattr(model, "coefs_"):
        model.intercepts_[0][:] = 20 * rng.choice([-1, 1], model.intercepts_[0].size)
        model.coefs_[-1][0] = 0
    jacobian, J = whole(model, X)
    triangle = triangle_of(jacobian, len(X))
    evidence = Evidence(triangle, 1e-13)
    size = np.linalg.norm(J)
    for cause in jacobian.causes(evidence):
        if cause.mask is not None:
            assert not J[:, cause.mask].any()
        if cause.vectors is not None:
            assert cause.vectors.any(axis=1).any()
            lengths = np.linalg.norm(cause.vectors, axis=1)
            assert np.linalg.norm(J @ cause.vectors.T, axis=0) == pytest.approx(
                0, abs=1e-11 * size * max(lengths)
            )
    found = identifiable(model, X)
    assert sum(each.n_directions for each in found.lost) == found.n_lost
    assert all(each.n_directions > 0 for each in found.lost)
