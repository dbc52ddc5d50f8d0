"""PCA beside scikit-learn's, where scikit-learn's is right; accuracy, weights, scale, frames."""

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.decomposition
from sklearn.datasets import load_iris
from threadpoolctl import threadpool_limits

from skparams import PCA, count_params, fitted_params, plan, summary

Theirs = sklearn.decomposition.PCA

pytestmark = pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning:sklearn")

OF_BOTH = (
    "components_",
    "explained_variance_",
    "explained_variance_ratio_",
    "singular_values_",
    "mean_",
    "noise_variance_",
)


def assert_like(ours, theirs, tol=1e-10):
    assert ours.n_components_ == theirs.n_components_
    assert ours._fit_svd_solver == theirs._fit_svd_solver
    for name in OF_BOTH:
        found, expected = getattr(ours, name), getattr(theirs, name)
        size = max(1.0, np.abs(expected).max(initial=0.0))
        np.testing.assert_allclose(found, expected, rtol=0, atol=tol * size, err_msg=name)


@pytest.mark.parametrize("seed", range(10))
def test_like_scikit_learn(seed, solver, correlated):
    rng = np.random.RandomState(seed)
    p = rng.randint(3, 12)
    n = rng.randint(p + 10, 300)
    X, new = correlated(n, p), correlated(20, p)
    few = solver in ("arpack", "randomized")
    k = rng.randint(1, p) if few else rng.choice([None, 2, 0.8])
    k = k if k is None or isinstance(k, float) else int(k)
    arguments = {
        "n_components": k,
        "svd_solver": solver,
        "whiten": bool(rng.randint(2)),
        "random_state": seed,
        "iterated_power": 30,
    }
    ours, theirs = PCA(**arguments), Theirs(**arguments)
    np.testing.assert_allclose(ours.fit_transform(X), theirs.fit_transform(X), atol=1e-8)
    assert_like(ours, theirs, 1e-10 if solver != "randomized" else 1e-8)
    for method in ("transform", "inverse_transform", "score_samples", "score"):
        if "score" in method and arguments["whiten"]:
            continue  # where scikit-learn's is wrong
        given = new[:, : ours.n_components_] if method == "inverse_transform" else new
        np.testing.assert_allclose(
            getattr(ours, method)(given), getattr(theirs, method)(given), rtol=1e-6, atol=1e-8
        )
    if not arguments["whiten"]:
        np.testing.assert_allclose(ours.get_covariance(), theirs.get_covariance(), atol=1e-10)
        np.testing.assert_allclose(ours.get_precision(), theirs.get_precision(), atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "k"),
    [((600, 20), None), ((600, 20), 3), ((100, 40), None), ((100, 40), "mle"), ((600, 100), 5),
     ((600, 100), 90), ((600, 100), 0.5), ((30, 80), 4), ((900, 1100), 6)],
    ids=str,
)  # fmt: skip
def test_auto_reports_scikit_learns_choice(shape, k, correlated):
    X = correlated(*shape)
    ours, theirs = (cls(k, random_state=0).fit(X) for cls in (PCA, Theirs))
    assert ours._fit_svd_solver == theirs._fit_svd_solver
    assert ours.n_components_ == theirs.n_components_


@pytest.mark.parametrize("container", [sp.csr_matrix, sp.csc_array])
@pytest.mark.parametrize("svd_solver", ["auto", "arpack", "covariance_eigh"])
def test_sparse_rows_are_like_scikit_learns(container, svd_solver, rng):
    X = container(rng.poisson(0.1, (300, 12)) * np.geomspace(1, 5, 12))
    arguments = {"n_components": 3, "svd_solver": svd_solver, "random_state": 0}
    ours, theirs = PCA(**arguments), Theirs(**arguments)
    np.testing.assert_allclose(ours.fit_transform(X), theirs.fit_transform(X), atol=1e-8)
    assert_like(ours, theirs, 1e-9)


@pytest.mark.parametrize(
    ("dtype", "offset", "bar"),
    [
        ("float32", 1e3, 1e-6),
        ("float32", 1e5, 1e-6),
        ("float64", 1e5, 1e-12),
        ("float64", 1e8, 1e-12),
    ],
)
def test_eigenvalues_at_large_offsets(dtype, offset, bar, solver, correlated, spectrum):
    X = correlated(800, 8, offset, dtype)
    k = 4 if solver in ("arpack", "randomized") else None
    model = PCA(k, svd_solver=solver, random_state=0, iterated_power=30).fit(X)
    expected = spectrum(X)[:k]
    error = np.abs(model.explained_variance_ - expected)
    assert error.max() < bar * expected[0]
    if solver == "full":
        assert (error / expected).max() < bar


@pytest.mark.parametrize("offset", [0, 1e3, 1e5])
def test_scores_at_large_offsets_in_float32(offset, solver, correlated):
    X = correlated(800, 8, offset, np.float32)
    rows = X.astype(np.float64)
    model = PCA(3, svd_solver=solver, random_state=0, iterated_power=30)
    scores = model.fit_transform(X)
    assert scores.dtype == np.float32
    exact = (rows - rows.mean(axis=0)) @ model.components_.astype(np.float64).T
    deviation = exact.std(axis=0)
    for found in (scores, model.transform(X), model.transform(np.asfortranarray(X))):
        assert (np.abs(found - exact) / deviation).max() < 1e-5
    whitened = PCA(3, svd_solver="full", whiten=True).fit(X)
    np.testing.assert_allclose(whitened.transform(X).std(axis=0, ddof=1), 1, rtol=1e-5)
    back = model.inverse_transform(scores)
    exact_back = rows.mean(axis=0) + exact @ model.components_.astype(np.float64)
    assert np.abs(back - exact_back).max() < 1e-5 + 1e-7 * offset  # the last digit of float32
    double = PCA(3, svd_solver="full").fit(rows)
    assert model.score(X) == pytest.approx(double.score(rows), abs=1e-4)


@pytest.mark.parametrize("arguments", [{}, {"svd_solver": "full"}, {"scale": True},
                                       {"n_components": 2, "whiten": True},
                                       {"svd_solver": "arpack", "n_components": 2},
                                       {"n_components": "mle"}], ids=str)  # fmt: skip
def test_integer_weights_equal_repeated_rows(arguments, correlated, rng, assert_same_pca):
    X, weight = correlated(90, 5, 10.0), rng.randint(0, 4, 90)
    weighted = PCA(random_state=0, **arguments).fit(X, sample_weight=weight)
    repeated = PCA(random_state=0, **arguments).fit(np.repeat(X, weight, axis=0))
    repeated.n_samples_ = weighted.n_samples_
    assert_same_pca(weighted, repeated)
    np.testing.assert_allclose(weighted.transform(X), repeated.transform(X), atol=1e-8)


@pytest.mark.parametrize("n", [4, 9])
def test_repeated_rows_may_be_more_than_the_features(n, correlated):
    X, weight = correlated(n, 6), np.full(n, 3)
    for svd_solver in ("full", "covariance_eigh"):
        model = PCA(svd_solver=svd_solver).fit(X, sample_weight=weight)
        repeated = PCA(svd_solver=svd_solver).fit(np.repeat(X, 3, axis=0))
        assert model.components_.shape == repeated.components_.shape == (6, 6)
        np.testing.assert_allclose(model.components_ @ model.components_.T, np.eye(6), atol=1e-10)
        np.testing.assert_allclose(
            model.explained_variance_, repeated.explained_variance_, atol=1e-10
        )


def test_scaled_components_are_those_of_the_correlations(solver, correlated, spectrum):
    X = correlated(400, 6, 50.0) * np.geomspace(0.01, 100, 6)
    k = 3 if solver in ("arpack", "randomized") else None
    model = PCA(k, scale=True, svd_solver=solver, random_state=0, iterated_power=30).fit(X)
    by_hand = (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)
    np.testing.assert_allclose(model.explained_variance_, spectrum(by_hand)[:k], atol=1e-8)
    np.testing.assert_allclose(model.scale_, X.std(axis=0, ddof=1))
    np.testing.assert_allclose(model.transform(X), by_hand @ model.components_.T, atol=1e-8)
    if k is None:
        assert model.eigenvalues_.sum() == pytest.approx(6, rel=1e-12)
        np.testing.assert_allclose(model.inverse_transform(model.transform(X)), X)
        np.testing.assert_allclose(model.get_covariance(), np.cov(X.T), rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(
            model.get_precision() @ model.get_covariance(), np.eye(6), atol=1e-6
        )
        unscaled = PCA(svd_solver="full").fit(X)  # all components: one and the same density
        np.testing.assert_allclose(model.score_samples(X), unscaled.score_samples(X), rtol=1e-6)


def test_a_constant_feature_is_not_scaled(correlated):
    X = correlated(50, 4)
    X[:, 2] = 7.5
    model = PCA(scale=True).fit(X)
    assert model.scale_[2] == 1
    assert model.eigenvalues_.sum() == pytest.approx(3)
    assert np.isfinite(model.transform(X)).all()


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_keep_their_names(library, rng):
    frames = pytest.importorskip(library)
    if library == "polars":  # whose newest frames older versions of scikit-learn take for arrays
        pytest.importorskip("sklearn", minversion="1.8")
    X = rng.standard_normal((40, 3))
    frame = frames.DataFrame({name: X[:, i] for i, name in enumerate(["a", "b", "c"])})
    model = PCA(2).set_output(transform=library).fit(frame)
    assert list(model.feature_names_in_) == ["a", "b", "c"]
    scores = model.transform(frame)
    assert isinstance(scores, frames.DataFrame)
    assert list(scores.columns) == ["pca0", "pca1"] == list(model.get_feature_names_out())
    np.testing.assert_allclose(np.asarray(scores), PCA(2).fit_transform(X), atol=1e-10)
    streamed = PCA(2).partial_fit(frame)
    assert list(streamed.feature_names_in_) == ["a", "b", "c"]


def test_float32_frames_of_pandas_are_not_copied(rng):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(rng.standard_normal((50, 4)).astype(np.float32))
    model = PCA().fit(frame)
    assert model.components_.dtype == np.float32
    np.testing.assert_allclose(model.components_, PCA().fit(frame.to_numpy()).components_)


def test_what_is_derived_is_a_property(correlated):
    model = PCA(2).fit(correlated(50, 4))
    held = vars(model)
    assert model.eigenvalues_ is model.explained_variance_
    assert model.eigenvectors_.base is model.components_
    for name in ("eigenvalues_", "eigenvectors_", "singular_values_", "explained_variance_ratio_"):
        assert name not in held
        assert hasattr(model, name)
        assert not hasattr(PCA(), name)


@pytest.mark.parametrize(
    "arguments",
    [{}, {"n_components": 2}, {"scale": True, "whiten": True}, {"n_components": "kaiser"},
     {"n_components": 0.9}, {"svd_solver": "arpack"}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_summary_plan_and_fitted_params_tell_one_story(arguments, dtype, correlated):
    X = correlated(60, 5, dtype=dtype)
    model = PCA(**arguments)
    planned = plan(model, X)
    model.fit(X)
    names = ["components_", "mean_"]
    names += ["scale_"] * model.scale + ["explained_variance_"] * model.whiten
    assert sorted(fitted_params(model)) == sorted(names)
    stored = sum(getattr(model, name).size for name in names)
    assert count_params(model) == model.count_params() == stored
    total = planned.totals.stored if hasattr(planned, "totals") else planned.root.totals.stored
    low, high = (total, total) if isinstance(total, int) else (total.low, total.high)
    assert low <= stored <= high
    k = model.n_components_
    assert count_params(model, kind="free") == stored - k * (k + 1) // 2
    assert "components_" in str(summary(model))


def test_a_stream_is_learned_from_before_it_is_looked_at(correlated):
    X = correlated(40, 4)
    assert count_params(PCA(2).partial_fit(X)) == 12
    text = str(summary(PCA(2).partial_fit(correlated(40, 80))))
    assert "components_" in text
    assert "training state" in text
    assert set(PCA(2).partial_fit(X).get_fitted_params()) == {"components_", "mean_"}


def test_the_model_learned_can_be_replaced_and_restored(correlated):
    X = correlated(40, 4)
    model = PCA(2).fit(X)
    restored = PCA(2).set_fitted_params(**model.get_fitted_params(structure=True))
    np.testing.assert_allclose(restored.transform(X), model.transform(X))


def test_rows_are_never_changed(solver, correlated):
    X = correlated(60, 5, 3.0)
    X.flags.writeable = False
    before = X.copy()
    k = 2 if solver in ("arpack", "randomized") else None
    model = PCA(k, svd_solver=solver, copy=False).fit(X)
    model.transform(X)
    model.score(X)
    np.testing.assert_array_equal(X, before)


def test_one_thread_and_two_learn_the_same(rng):
    X = rng.standard_normal((30_000, 12))
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(PCA().fit(X).components_)
    np.testing.assert_array_equal(*found)


def test_known_eigenvalues_of_iris():
    model = PCA().fit(load_iris().data)
    np.testing.assert_allclose(model.eigenvalues_, [4.22824, 0.24267, 0.07821, 0.02384], atol=5e-6)


def test_a_component_may_vary_less_than_the_noise(correlated):
    X = correlated(60, 5)
    ours, theirs = PCA(2).fit(X), Theirs(2).fit(X)
    ours.noise_variance_ = theirs.noise_variance_ = float(ours.eigenvalues_.mean())
    np.testing.assert_allclose(ours.get_covariance(), theirs.get_covariance())
    np.testing.assert_allclose(ours.get_precision() @ ours.get_covariance(), np.eye(5), atol=1e-10)
