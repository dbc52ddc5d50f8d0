"""Where PCA differs from scikit-learn's on purpose: each test shows both behaviors."""

import re
import warnings
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg
import sklearn.decomposition
from sklearn.datasets import load_digits, load_iris
from threadpoolctl import threadpool_limits

from skparams import PCA

Theirs = sklearn.decomposition.PCA
IncrementalPCA = sklearn.decomposition.IncrementalPCA


@pytest.fixture
def quietly():
    """Call something that warns of what goes wrong in it."""

    def call(function, *args):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args)

    return call


@pytest.mark.parametrize(("dtype", "offset"), [("float32", 1e3), ("float64", 1e8)])
def test_large_offsets(dtype, offset, correlated, spectrum):
    """docs/from_scikit_learn.md, "Large offsets cost no digits"."""
    X = correlated(500, 6, offset, dtype)
    expected = spectrum(X)
    errors = [
        np.abs(cls(svd_solver="covariance_eigh").fit(X).explained_variance_ - expected).max()
        / expected[0]
        for cls in (PCA, Theirs)
    ]
    assert errors[0] < (1e-6 if dtype == "float32" else 1e-12)
    assert errors[1] > 1e-3


@pytest.mark.exhaustive
def test_the_mean_of_many_float32_rows(quietly):
    """docs/from_scikit_learn.md, "Large offsets cost no digits"."""
    X = np.full((4_000_000, 2), 1000.30, np.float32)
    X[0] += 1
    assert quietly(lambda: Theirs().fit(X).mean_[0]) > 1010
    assert PCA().fit(X).mean_[0] == pytest.approx(float(X[1, 0]), rel=1e-6)


def test_whitening_does_not_change_the_covariance_and_the_score(correlated):
    """docs/from_scikit_learn.md, "Whitening changes neither the covariance nor the score"."""
    X = load_iris().data
    theirs, ours = ([cls(whiten=w).fit(X) for w in (False, True)] for cls in (Theirs, PCA))
    assert theirs[0].score(X) == pytest.approx(-2.53, abs=0.01)
    assert theirs[1].score(X) == pytest.approx(-26.8, abs=0.1)
    assert ours[0].score(X) == pytest.approx(theirs[0].score(X), rel=1e-10)
    assert ours[1].score(X) == pytest.approx(theirs[0].score(X), rel=1e-10)
    expected = theirs[0].get_covariance()
    assert np.abs(theirs[1].get_covariance() - expected).max() > 1
    np.testing.assert_allclose(ours[1].get_covariance(), expected, atol=1e-10)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("svd_solver", ["full", "covariance_eigh"])
@pytest.mark.parametrize("scale", [False, True])
def test_a_model_without_noise_has_no_density(scale, svd_solver, dtype, correlated, quietly):
    """docs/from_scikit_learn.md, "Without noise there is no density"."""
    X, new = correlated(10, 30, dtype=dtype), correlated(5, 30, dtype=dtype)
    arguments = {"svd_solver": svd_solver, "scale": scale}
    for n_components in (None, 10, 9):  # all directions that ten rows vary in
        ours = PCA(n_components, **arguments).fit(X)
        with pytest.warns(UserWarning, match="smaller n_components"):
            assert (ours.score_samples(new) == -np.inf).all()
        with pytest.warns(UserWarning, match="smaller n_components"):
            assert ours.score(X) == -np.inf
        assert np.isfinite(ours.get_precision()).all()
    assert np.isfinite(PCA(8, **arguments).fit(X).score_samples(new)).all()
    theirs = quietly(Theirs(svd_solver="full").fit(X).score, new)  # a number made of rounding
    assert not np.isfinite(theirs) or abs(theirs) > 1e4
    tall = correlated(100, 4, dtype=dtype)
    expected = Theirs(svd_solver="full").fit(tall.astype(float)).score(tall)
    assert PCA(svd_solver=svd_solver).fit(tall).score(tall) == pytest.approx(expected, rel=1e-5)


def test_tied_eigenvalues_with_mle():
    """docs/from_scikit_learn.md, "Tied eigenvalues with mle"."""
    X = np.vstack([np.eye(4), -np.eye(4), np.zeros((4, 4))])  # all eigenvalues are equal
    X[:, 0] *= 3
    with pytest.raises(ValueError, match=r"math domain error|expected a positive input"):
        Theirs("mle", svd_solver="covariance_eigh").fit(X)
    for solver in ("full", "covariance_eigh"):
        assert 1 <= PCA("mle", svd_solver=solver).fit(X).n_components_ <= 3


def test_the_unit_of_the_rows(correlated, quietly):
    """docs/from_scikit_learn.md, "The unit of the rows does not matter"."""
    X = correlated(100, 5)
    for factor, shared in ((1.0, True), (1e-9, False)):
        theirs, ours = (
            quietly(cls("mle", svd_solver="full").fit, X * factor) for cls in (Theirs, PCA)
        )
        assert ours.n_components_ == PCA("mle").fit(X).n_components_
        assert (theirs.n_components_ == ours.n_components_) == shared
    theirs, ours = (cls(whiten=True).fit_transform(X * 1e-20) for cls in (Theirs, PCA))
    assert theirs.std(axis=0, ddof=1).max() < 0.1
    np.testing.assert_allclose(ours.std(axis=0, ddof=1), 1)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6])
def test_constant_rows(value, quietly):
    """docs/from_scikit_learn.md, "Constant rows"."""
    X = np.full((20, 3), value)
    theirs = quietly(lambda: Theirs(svd_solver="full").fit(X))
    assert np.isnan(theirs.explained_variance_ratio_).any() or value == 0.1
    for solver in ("full", "covariance_eigh"):
        for arguments in ({}, {"whiten": True}, {"scale": True}, {"n_components": 0.9}):
            ours = PCA(svd_solver=solver, **arguments).fit(X)
            assert (ours.explained_variance_ratio_ == 0).all()
            np.testing.assert_allclose(ours.transform(X), 0)
            assert quietly(ours.score, X) == -np.inf


def test_incremental_pca_is_not_pca():
    """docs/from_scikit_learn.md, "A stream gives what one fit gives"."""
    X = load_digits().data
    exact = scipy.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2 / (len(X) - 1)
    theirs, ours = IncrementalPCA(20, batch_size=100).fit(X), PCA(20)
    for start in range(0, len(X), 100):
        ours.partial_fit(X[start : start + 100])
    errors = [np.abs(model.explained_variance_ / exact[:20] - 1).max() for model in (ours, theirs)]
    assert errors[0] < 1e-12
    assert errors[1] > 0.1
    assert ours.noise_variance_ == pytest.approx(exact[20:].mean(), rel=1e-10)
    assert theirs.noise_variance_ < 0.1 * ours.noise_variance_


def test_the_noise_of_wide_data_does_not_depend_on_the_solver(correlated):
    """docs/from_scikit_learn.md, "The noise of wide data"."""
    X = correlated(8, 20)
    solvers = ("full", "covariance_eigh")
    theirs, ours = (
        [cls(3, svd_solver=solver).fit(X).noise_variance_ for solver in solvers]
        for cls in (Theirs, PCA)
    )
    assert theirs[0] != pytest.approx(theirs[1], rel=0.1)
    np.testing.assert_allclose(ours, theirs[0], rtol=1e-10)


def test_the_mean_is_float64(correlated):
    """docs/from_scikit_learn.md, "Large offsets cost no digits"."""
    X = correlated(50, 3, 1e5, np.float32)
    assert Theirs().fit(X).mean_.dtype == np.float32
    assert PCA().fit(X).mean_.dtype == np.float64


def test_the_class_is_our_own():
    """docs/from_scikit_learn.md, "The class is our own"."""
    assert not issubclass(PCA, Theirs)
    assert not PCA().__sklearn_tags__().array_api_support


def test_types_of_numbers(correlated):
    """docs/from_scikit_learn.md, "The class is our own"."""
    X = correlated(50, 3, dtype=np.float32)
    ours, theirs = (cls(0.5).fit(X) for cls in (PCA, Theirs))
    assert (type(ours.n_components_), type(theirs.n_components_)) == (int, np.int64)
    assert (type(ours.noise_variance_), type(theirs.noise_variance_)) == (np.float64, np.float32)


def test_arguments_that_are_changed_after_fit(correlated):
    """docs/from_scikit_learn.md, "Arguments that are changed after fit"."""
    X = correlated(50, 3)
    ours, theirs = (cls(2).fit(X).set_params(whiten=np.ones(2)) for cls in (PCA, Theirs))
    with pytest.raises(ValueError, match="truth value"):
        theirs.transform(X)
    with pytest.raises(ValueError, match="The 'whiten' parameter of PCA must be"):
        ours.transform(X)
    model = PCA(2, scale=True).fit(X)
    scores = model.transform(X)
    np.testing.assert_array_equal(model.set_params(scale=False).transform(X), scores)


def test_threads_do_not_change_the_moments(correlated):
    """docs/from_scikit_learn.md, "Threads do not change the moments, and stop at Ctrl-C"."""
    X = correlated(3000, 50, dtype=np.float32)
    ours, theirs = [], []
    for n in (1, 2):
        with threadpool_limits(n, user_api="blas"):
            ours.append(PCA().fit(X).components_.tobytes())
            theirs.append(Theirs(svd_solver="covariance_eigh").fit(X).explained_variance_)
    assert len(set(ours)) == 1
    np.testing.assert_allclose(*theirs, rtol=1e-3)


def test_every_section_has_its_tests_and_every_test_its_section():
    page = Path(__file__).parents[2] / "docs" / "from_scikit_learn.md"
    part = page.read_text(encoding="utf-8").partition("\n## PCA\n")[2]
    tests = [each for name, each in globals().items() if name.startswith("test_")]
    docs = [re.match(r'docs/\w+\.md, "(.+)"', each.__doc__ or "") for each in tests]
    assert {doc[1] for doc in docs if doc} == set(re.findall(r"^### (.+)$", part, re.MULTILINE))
    assert docs.count(None) == 1  # this test
