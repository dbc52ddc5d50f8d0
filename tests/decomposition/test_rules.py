"""Rules for the number of components: known numbers, slow versions, scikit-learn's own."""

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.datasets
import sklearn.decomposition
from sklearn.decomposition._pca import _assess_dimension

from skparams import PCA
from skparams.decomposition._pca import rules
from skparams.decomposition._pca.solvers import Spectrum

# Standardised bundled data, constant columns dropped.
KNOWN = {
    "iris": (1, 1, 1, 1, 2),
    "wine": (3, 2, 3, 3, 10),
    "breast_cancer": (6, 3, 5, 13, 10),
    "digits": (17, 7, 16, 18, 40),
    "diabetes": (3, 1, 3, 2, 8),
}
RULES = ("kaiser", "broken_stick", "parallel", "gavish_donoho", 0.95)
RATIOS = {
    "iris": [0.7296, 0.2285, 0.0367, 0.0052],
    "wine": [0.362, 0.192, 0.111],
    "breast_cancer": [0.443, 0.190, 0.094],
}


def spectrum_of(values, n, deviations):
    """Eigenvalues alone, without components."""
    p = len(values)
    return Spectrum(values, None, values.sum(), deviations, n, np.zeros(p), False, p)


def standardised(name):
    X = getattr(sklearn.datasets, f"load_{name}")().data
    X = X[:, X.std(axis=0) > 0]
    return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


SLOW = {"digits": pytest.mark.exhaustive}  # seconds where kernels are not compiled


@pytest.mark.parametrize("name", [pytest.param(n, marks=SLOW.get(n, ())) for n in KNOWN])
def test_known_numbers(name):
    X = standardised(name)
    for rule, expected in zip(RULES, KNOWN[name], strict=True):
        for model in (PCA(rule, random_state=0), PCA(rule, random_state=0, scale=True)):
            assert model.fit(X).n_components_ == expected, rule
        assert PCA(rule, random_state=0).partial_fit(X).n_components_ == expected, rule
    ratios = RATIOS.get(name, [])
    np.testing.assert_allclose(
        PCA().fit(X).explained_variance_ratio_[: len(ratios)], ratios, atol=6e-4
    )


@pytest.mark.parametrize("name", KNOWN)
def test_the_table_compares_all_rules(name, snapshot_of):
    pytest.importorskip("pandas")
    X = standardised(name)
    pca = PCA(3, random_state=0)
    before = snapshot_of(pca)
    table = pca.component_table(X)
    assert snapshot_of(pca) == before
    assert tuple(table["n_components"][list(RULES)]) == KNOWN[name]
    assert list(table.index) == [*rules.RULES, *rules.RATIOS]
    ratios = PCA().fit(X).explained_variance_ratio_
    for count, share in table.itertuples(index=False):
        assert share == pytest.approx(ratios[:count].sum())


@pytest.fixture
def snapshot_of():
    return lambda model: {key: repr(value) for key, value in vars(model).items()}


def test_a_rule_that_does_not_apply_is_missing(rng):
    pytest.importorskip("pandas")
    table = PCA(random_state=0).component_table(rng.standard_normal((10, 20)))
    assert table["n_components"].isna().tolist() == [True] + [False] * 9


@pytest.mark.parametrize("seed", range(20))
def test_mle_is_scikit_learns(seed):
    rng = np.random.RandomState(seed)
    p, n = rng.randint(2, 15), rng.randint(20, 500)
    spectrum = np.sort(rng.gamma(0.5, 2, p))[::-1]
    found = rules.log_evidence(spectrum, n)
    expected = [-np.inf] + [_assess_dimension(spectrum, rank, n) for rank in range(1, p)]
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_broken_stick_slowly(rng):
    p = 9
    values = np.sort(rng.gamma(0.5, 2, p))[::-1]
    count = 0
    for k in range(1, p + 1):
        piece = sum(1 / i for i in range(k, p + 1)) / p
        if values[k - 1] / values.sum() <= piece:
            break
        count += 1
    assert rules.broken_stick(spectrum_of(values, 100, np.ones(p))) == max(1, count)


@pytest.mark.parametrize(("beta", "expected"), [(1.0, 2.858), (0.5, 2.1711), (0.1, 1.6089)])
def test_hard_threshold_of_the_paper(beta, expected):
    assert rules._hard_threshold(beta) == pytest.approx(expected, abs=2e-3)


def test_draws_of_the_parallel_analysis_are_those_of_normal_rows(rng):
    deviations = np.array([1.0, 2.0, 0.5])
    draws = {}
    for n in (40, 3):  # a Wishart factor, and rows where they are fewer than the features
        draw = np.random.RandomState(0)
        spectrum = spectrum_of(np.ones(3), n, deviations)
        draws[n] = np.mean([rules._random_eigenvalues(spectrum, draw) for _ in range(4000)], axis=0)
        slow = np.mean(
            [
                np.linalg.eigvalsh(np.cov((rng.standard_normal((n, 3)) * deviations).T))[::-1]
                for _ in range(4000)
            ],
            axis=0,
        )
        np.testing.assert_allclose(draws[n], slow, rtol=0.05, atol=1e-3)


@pytest.mark.parametrize("scaled", [False, True])
def test_draws_of_wide_rows_take_the_smaller_side(scaled, rng, monkeypatch):
    n, p = 8, 60
    deviations = np.append(rng.uniform(0.5, 2, p - 1), 0.0)
    X = rng.standard_normal((n, p)) * deviations
    spectrum = PCA(scale=scaled)._compare_rules(X, None)[0]
    sizes, eigvalsh = [], np.linalg.eigvalsh
    monkeypatch.setattr(np.linalg, "eigvalsh", lambda a: sizes.append(len(a)) or eigvalsh(a))
    draw = np.random.default_rng(0)
    found = np.mean([rules._random_eigenvalues(spectrum, draw) for _ in range(2000)], axis=0)
    assert set(sizes) == {n - 1}
    slow = np.zeros(n)
    for _ in range(500):
        rows = rng.standard_normal((n, p)) * spectrum.seen_deviations
        covariance = np.cov(rows.T)
        if scaled:
            unit = np.where(deviations > 0, np.sqrt(np.diag(covariance)), 1)
            covariance /= np.outer(unit, unit)
        slow += eigvalsh(covariance)[::-1][:n] / 500
    np.testing.assert_allclose(found, slow, rtol=0.05, atol=1e-3)


def test_sparse_wide_rows_have_rules_by_their_smaller_side(rng):
    X = sp.random_array((20, 300), density=0.1, random_state=0, format="csr")
    for arguments in ({}, {"svd_solver": "arpack", "n_components": 3}):
        found = PCA(random_state=0, **arguments)._compare_rules(X, None)
        expected = PCA(random_state=0)._compare_rules(X.toarray(), None)
        assert found[1] == expected[1]
    assert PCA("parallel", random_state=0).fit(X)._fit_svd_solver == "full"


def test_a_long_analysis_shows_a_bar(rng, monkeypatch, capsys):
    X = rng.standard_normal((20, 5))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    PCA("parallel").fit(X)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(rules, "PROGRESS_AFTER", 0.0)
    PCA("parallel").fit(X)
    assert "parallel analysis" in capsys.readouterr().err


def test_parallel_is_seeded():
    X = standardised("wine")
    counts = {PCA("parallel", random_state=seed).fit(X).n_components_ for seed in range(3)}
    assert counts == {3}


@pytest.mark.parametrize("rule", rules.RULES)
@pytest.mark.parametrize("svd_solver", ["arpack", "randomized"])
def test_truncated_solvers_refuse_rules_in_scikit_learns_words(rule, svd_solver, correlated):
    with pytest.raises(ValueError, match=f"n_components='{rule}' cannot be a string with"):
        PCA(rule, svd_solver=svd_solver).fit(correlated(30, 5))
    with pytest.raises(ValueError, match=r"n_components=0.5 must be between 1 and min"):
        PCA(0.5, svd_solver=svd_solver).fit(correlated(30, 5))


def test_shares_are_scikit_learns(correlated):
    X = correlated(60, 8)
    for share in (0.01, 0.3, 0.9, 0.999999, 1 - 1e-16):
        theirs = sklearn.decomposition.PCA(share, svd_solver="full").fit(X)
        for svd_solver in ("full", "covariance_eigh"):
            ours = PCA(share, svd_solver=svd_solver).fit(X)
            # Rounding may leave all of theirs below the share, and then they count one too many.
            assert ours.n_components_ == min(theirs.n_components_, 8)


def test_sparse_rows_may_be_counted_by_rules(rng):
    X = rng.poisson(0.3, (200, 6)).astype(float)
    found = PCA("kaiser").fit(sp.csr_array(X))
    assert found.n_components_ == PCA("kaiser").fit(X).n_components_
