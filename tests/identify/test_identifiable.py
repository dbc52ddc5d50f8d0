"""The rank: published counts, the whole matrix by central differences, and what explains it."""

import copy
import json

import numpy as np
import pytest
from scipy import sparse
from sklearn.decomposition import PCA as TheirPCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor as TheirMLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

import skparams
from skparams import identifiable
from skparams._identify.jacobian import Evidence
from skparams._identify.rank import bytes_needed, triangle_of
from skparams.specs import Unknown
from tests.identify.models import (
    ACTIVATIONS,
    fitted,
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
    size = np.linalg.norm(J)
    evidence = Evidence(triangle, np.linalg.matrix_rank(triangle), 1e-12 * size, 1e-12)
    for cause in jacobian.causes(evidence):
        if cause.mask is not None:
            assert not J[:, cause.mask].any()
        if cause.vectors is not None:
            lengths = np.linalg.norm(cause.vectors, axis=1)
            assert np.linalg.norm(J @ cause.vectors.T, axis=0) == pytest.approx(
                0, abs=1e-11 * size * lengths.max(initial=0)
            )
    found = identifiable(model, X)
    assert sum(each.n_directions for each in found.lost) == found.n_lost
    assert all(each.n_directions > 0 for each in found.lost)


def known(rng, n=60, p=7):
    X = rng.standard_normal((n, p))
    return X, X @ rng.standard_normal(p) + rng.standard_normal(n)


def test_a_doubled_column_of_least_squares(rng):
    X, y = known(rng)
    X[:, 6] = 3 * X[:, 0]
    found = identifiable(LinearRegression().fit(X, y), X)
    assert (found.n_params, found.rank, found.n_lost) == (8, 7, 1)
    assert causes(found) == {"columns 0, 6 of X: proportional": 1}
    assert [(each.path, each.seen) for each in found.arrays] == [("coef_", 6), ("intercept_", 1)]
    assert not found.uncertain
    assert found.gap > 1e10


def test_a_multinomial_regression_loses_a_class(rng):
    X, _ = known(rng, 100, 6)
    found = identifiable(LogisticRegression().fit(X, rng.randint(0, 4, 100)), X)
    assert (found.n_params, found.rank) == (28, 21)
    assert found["coef_"].seen == 18
    assert found["intercept_"].seen == 3
    binary = identifiable(LogisticRegression().fit(X, rng.randint(0, 2, 100)), X)
    assert (binary.n_params, binary.rank, binary.lost) == (7, 7, ())


def test_each_unit_with_relu_loses_a_direction_and_a_dead_one_all(rng):
    X, y = known(rng, 80, 3)
    model = fitted(TheirMLPRegressor(hidden_layer_sizes=(5,), max_iter=5, random_state=0), X, y)
    model.coefs_[0][:], model.intercepts_[0][:] = rng.standard_normal((3, 5)), 0.1
    found = identifiable(model, X)
    assert (found.n_params, found.rank) == (26, 21)
    model.intercepts_[0][[1, 3]] = -100
    found = identifiable(model, X)
    assert found.rank == 26 - 3 - 2 * 5
    assert causes(found)["hidden 1, units 1, 3: 0 in all rows"] == 10
    model.coefs_[1][0] = 0
    assert causes(identifiable(model, X))["hidden 1, unit 0: the weights out are 0"] == 4


@pytest.mark.parametrize(
    ("normalization", "n_lost"),
    # For each of 6 units two combinations; with batches also three of moments. Where the layer is
    # normalized, a combination must be zero, but for each column all units may be shifted.
    [(None, 6 * 2), ("batch", 6 * 2 + 6 * 3), ("layer", 6 * 1 + 4 - 1)],
)
def test_dependent_columns_are_lost_for_each_unit(rng, normalization, n_lost):
    X, y = known(rng, 120, 4)
    X[:, 2], X[:, 3] = X[:, 0] + X[:, 1], X[:, 0] - 3
    arguments = {"normalization": normalization, "activation": "tanh", "max_iter": 2}
    model = skparams.MLPRegressor(hidden_layer_sizes=6, random_state=0, **arguments)
    found = identifiable(fitted(model, X, y), X)
    assert found.n_lost == n_lost
    assert not [cause for cause in causes(found) if cause.startswith("other changes")]


def test_a_pca_sees_its_turns_and_the_mean_along_the_components(rng):
    X, _ = known(rng, 50, 6)
    for pca in (skparams.PCA(2).fit(X + 5), TheirPCA(2).fit(X + 5)):
        found = identifiable(pca, X + 5)
        assert (found.n_params, found.rank) == (18, 2 * 6 - 3 + 2)
        assert sorted(causes(found).values()) == [3, 4]


def test_fewer_rows_than_parameters(rng):
    X, y = known(rng, 4, 7)
    found = identifiable(LinearRegression().fit(X, y), X)
    assert (found.rank, found.n_values, found.n_lost) == (4, 4, 4)
    assert sum(causes(found).values()) == 4


def test_dependent_columns_are_named(rng):
    X, y = known(rng, 40, 7)
    X[:, 4] = 1 - X[:, 1] - X[:, 2]  # as the columns of a category, which sum to one
    X[:, 6] = X[:, 0] - 2 * X[:, 3]
    found = identifiable(LinearRegression().fit(X, y), X)
    assert causes(found) == {
        "columns 0, 3, 6 of X: linearly dependent": 1,
        "columns 1, 2, 4 of X and the intercept: linearly dependent": 1,
    }
    several = identifiable(LogisticRegression().fit(X, np.arange(40) % 4), X)
    assert several.n_params - several.rank == 8 + 2 * 3
    assert sorted(causes(several).values()) == [3, 3, 8]


def test_columns_that_are_zero_or_constant_are_named(rng):
    X, y = known(rng, 30, 4)
    X[:, 1], X[:, 2] = 0, 7
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(X, columns=["age", "zero\x1b", "one", "d"])
    found = identifiable(LinearRegression().fit(table, y), table)
    assert causes(found) == {
        "column 'zero\\x1b' of X: 0 in all rows": 1,
        "column 'one' of X: the same in all rows": 1,
    }
    without = identifiable(LinearRegression(fit_intercept=False).fit(X, y), X)
    assert (without.n_params, without.rank) == (4, 3)


@pytest.mark.parametrize("number", sweep(range(30), range(0, 30, 10)))
def test_units_of_x_change_nothing(number):
    rng = np.random.default_rng(number)
    model, X = network(rng) if number % 2 else linear_model(rng, number // 2)
    factors = 10.0 ** rng.integers(-30, 30, X.shape[1])
    other = copy.deepcopy(model)
    if hasattr(model, "coefs_"):
        other.coefs_[0] = model.coefs_[0] / factors[:, np.newaxis]
    else:
        other.coef_ = model.coef_ / factors
    expected, found = identifiable(model, X), identifiable(other, X * factors)
    assert found.rank == expected.rank or expected.uncertain


@pytest.mark.parametrize("number", sweep(range(30), range(0, 30, 6)))
def test_blocks_have_the_singular_values_of_the_whole(number, monkeypatch):
    model, X = any_model(number)
    X = np.vstack([X] * 8)
    monkeypatch.setattr("skparams._identify.rank._MIN_ROWS", 5)
    found = identifiable(model, X)
    jacobian, J = whole(model, X)
    values = np.linalg.svd(J * jacobian.scales, compute_uv=False)
    expected = np.repeat(values, jacobian.n_repeats)
    np.testing.assert_allclose(found.singular_values, expected, atol=1e-13 * values.max())


def test_a_shift_hides_nothing_from_saturated_probabilities(rng):
    X, _ = known(rng, 100, 3)
    model = LogisticRegression().fit(X, rng.randint(0, 3, 100))
    model.coef_ *= 1000
    assert np.median(model.predict_proba(X).max(axis=1)) == 1
    assert identifiable(model, X).rank == 8
    poisson = PoissonRegressor().fit(X, np.exp(X[:, 0]))
    poisson.coef_ *= 30
    assert identifiable(poisson, X).rank == 4


def test_saturated_units_are_not_seen_in_float64(rng):
    X, y = known(rng, 60, 2)
    model = fitted(skparams.MLPRegressor(hidden_layer_sizes=3, activation="tanh", max_iter=1), X, y)
    model.intercepts_[0][:], model.coefs_[1][:] = [0.1, -0.1, 60], 1
    found = identifiable(model, X)
    assert found.rank == 13 - 4  # weights in, bias, and out of it a second bias
    assert found.uncertain is False


def test_sparse_x_and_float32_are_as_dense_float64(rng):
    X, y = known(rng, 40, 5)
    X[X < 0.3] = 0
    for model in (
        LinearRegression().fit(X, y),
        fitted(skparams.MLPRegressor(hidden_layer_sizes=3, max_iter=2, random_state=0), X, y),
    ):
        expected = identifiable(model, X)
        for form in (sparse.csr_matrix, sparse.csc_array):
            found = identifiable(model, form(X))
            assert (found.rank, found.lost) == (expected.rank, expected.lost)
    X32 = X.astype(np.float32)
    model = TheirMLPRegressor(hidden_layer_sizes=(3,), max_iter=2, random_state=0)
    model = fitted(model, X32, y)
    assert model.coefs_[0].dtype == np.float32
    single = identifiable(model, X32)
    model.coefs_ = [array.astype(np.float64) for array in model.coefs_]
    model.intercepts_ = [array.astype(np.float64) for array in model.intercepts_]
    double = identifiable(model, X32.astype(np.float64))
    assert single.singular_values == double.singular_values


def test_in_a_pipeline_and_a_search_it_is_the_last_step(rng):
    X, y = known(rng, 40, 3)
    pipeline = make_pipeline(StandardScaler(), LinearRegression()).fit(X, y)
    alone = identifiable(pipeline[-1], pipeline[:-1].transform(X))
    found = identifiable(pipeline, X)
    assert (found.path, found.class_name) == ("linearregression", "LinearRegression")
    assert (found.rank, found.singular_values) == (alone.rank, alone.singular_values)
    assert found.arrays[0].path == "linearregression__coef_"
    X[:, 2] = X[:, 1]
    pipeline = make_pipeline(StandardScaler(), LinearRegression()).fit(X, y)
    assert causes(identifiable(pipeline, X)) == {"columns 'x1', 'x2' of X: proportional": 1}
    search = GridSearchCV(pipeline, {"linearregression__fit_intercept": [True]}, cv=2).fit(X, y)
    assert identifiable(search, X).path == "best_estimator___linearregression"


class Clipped(LinearRegression):
    def predict(self, X):
        return np.maximum(super().predict(X), 0)


class Wider(LinearRegression):
    def fit(self, X, y):
        self.more_ = np.ones(3)
        return super().fit(X, y)


class Odd(Pipeline):
    def predict(self, X):
        return super().predict(X) ** 2


def test_what_is_not_known_says_why(rng):
    X, y = known(rng, 30, 3)
    patched = LinearRegression().fit(X, y)
    patched.predict = lambda X: np.zeros(len(X))
    thin = LogisticRegression().fit(X, y > 0).sparsify()
    bent = TheirPCA(2).fit(X)
    bent.components_ = bent.components_ * 2
    other = fitted(
        skparams.MLPRegressor("quantile", 2, quantile=[0.5, 0.9], max_iter=1, random_state=0), X, y
    )
    other.loss = "squared_error"
    infinite = LinearRegression().fit(X, y)
    infinite.coef_[0] = np.inf
    for model, reason in (
        (RandomForestClassifier(2).fit(X, y > 0), "not for RandomForestClassifier"),
        (Clipped().fit(X, y), "Clipped has methods of its own"),
        (Odd([("a", LinearRegression())]).fit(X, y), "Odd has methods of its own"),
        (Wider().fit(X, y), "no derivatives in more_ of Wider"),
        (patched, "predict returns something else"),
        (other, "this MLPRegressor has no predict_quantiles"),
        (thin, "sparse"),
        (bent, "orthonormal"),
        (infinite, "finite"),
        (skparams.explain(skparams.PCA(2).fit(X), X).rotate(), "RotatedPCA"),
    ):
        found = identifiable(model, X)
        assert isinstance(found.rank, Unknown)
        assert reason in found.rank.reason
        assert isinstance(found.n_lost, Unknown)
        assert (found.gap, found.uncertain, found.arrays) == (None, False, ())
        assert reason.split()[-1] in " ".join(str(found).split())
        with pytest.raises(ValueError, match="plot: there are no singular values"):
            found.plot()


def test_bad_input(rng):
    X, y = known(rng, 30, 3)
    model = LinearRegression().fit(X, y)
    with pytest.raises(NotFittedError, match="identifiable: this LinearRegression is not fitted"):
        identifiable(LinearRegression(), X)
    with pytest.raises(TypeError, match="identifiable: estimator must be an instance"):
        identifiable(LinearRegression, X)
    with pytest.raises(ValueError, match=r"identifiable: X must have the 3 columns .* got 2"):
        identifiable(model, X[:, :2])
    with pytest.raises(ValueError, match="identifiable: X must have at least one row"):
        identifiable(model, X[:0])
    with pytest.raises(ValueError, match="identifiable: Input X contains NaN"):
        identifiable(model, np.where(X > 1, np.nan, X))
    with pytest.raises(ValueError, match="identifiable: Expected 2D array"):
        identifiable(model, X[0])
    with pytest.raises(TypeError, match="identifiable: X must be rows"):
        identifiable(model, 3)
    network = fitted(TheirMLPRegressor(hidden_layer_sizes=2, max_iter=1), X, y)
    network.activation = "steep"
    with pytest.raises(ValueError, match="The 'activation' parameter of MLPRegressor"):
        identifiable(network, X)
    for wrong, error in ((0, ValueError), (1.5, TypeError), (True, TypeError), (None, TypeError)):
        with pytest.raises(error, match="max_bytes must be a positive int"):
            identifiable(model, X, max_bytes=wrong)


def test_what_is_too_large_is_refused_before_work(rng):
    X, y = known(rng, 30, 3)
    model = fitted(skparams.MLPRegressor(hidden_layer_sizes=50, max_iter=1), X, y)
    needed = bytes_needed(jacobian_of(model, X), 30)
    with pytest.raises(
        ValueError, match=rf"251 parameters .* max_bytes=9. Give max_bytes={needed}"
    ):
        identifiable(model, X, max_bytes=9)
    assert identifiable(model, X, max_bytes=needed).n_params == 251
    huge = sparse.csr_matrix((5, 100_000))
    pca = TheirPCA(2).fit(X)
    pca.components_ = np.zeros((2, 100_000))
    pca.mean_, pca.n_features_in_ = np.zeros(100_000), 100_000
    with pytest.raises(ValueError, match="more than max_bytes=1,000"):
        identifiable(pca, huge.toarray(), max_bytes=1000)


def test_results_in_all_forms(rng):
    X, y = known(rng)
    X[:, 6] = 3 * X[:, 0]
    found = identifiable(LinearRegression().fit(X, y), X)
    assert "7 of 8 directions seen" in str(found)
    assert "7 of 8 directions seen" in found.to_html()
    assert found.to_markdown().startswith("## ")
    assert json.loads(found.to_json())["n_lost"] == 1
    pytest.importorskip("pandas")
    frame = found.to_frame()
    assert frame["seen"].tolist() == [6, 1]
    pytest.importorskip("matplotlib")
    ax = found.plot()
    assert ax.get_title(loc="left") == "7 of 8 directions change a prediction"
    assert sum(len(line.get_xdata()) for line in ax.lines[:2]) == 8
    with pytest.raises(KeyError):
        found["other"]


def test_no_clear_gap_is_said(rng):
    X, y = known(rng)
    X[:, 6] = X[:, 0] * (1 + 1e-13 * rng.standard_normal(len(X)))
    found = identifiable(LinearRegression().fit(X, y), X)
    assert found.uncertain
    assert "uncertain: no clear gap" in str(found)
