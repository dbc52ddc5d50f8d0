"""A summary with X that is not in memory: its shape is used, and nothing is read."""

import h5py
import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor

from skparams import PCA, MLPClassifier, MLPRegressor, count_params, fitted_params, summary
from skparams.specs import Unknown
from tests.clusters import blocks_of, poisoned


@pytest.fixture
def ridge(rng):
    X = rng.standard_normal((40, 3))
    return Ridge().fit(X, X @ np.array([1.0, 2.0, 3.0]))


def test_the_shape_is_used_and_what_needs_values_is_unknown(ridge):
    found = summary(ridge, poisoned((40, 3)))
    assert (found.n_samples, found.n_rows) == (40, 40)
    assert found.effective == Unknown("X is a Dask Array, which is not read")
    page = str(found)
    assert "40 rows" in page
    assert "findings that need its values" in page
    assert "0.1 free parameters a row" in page


def test_rows_that_dask_does_not_know_are_unknown(ridge):
    found = summary(ridge, poisoned((3, 3), known=False))
    reason = "X is a Dask Array that does not know its n_samples yet; pass n_samples"
    assert found.n_samples == found.n_rows == Unknown(reason)
    assert "SKP001" not in str(found)  # of 4 parameters for 3 rows, which nobody knows
    page = " ".join(str(found).split())
    assert f"number of rows: {reason}" in page
    assert "a row" not in page
    assert "nan" not in page.lower()
    assert found.to_dict()["n_samples"] == {"unknown": reason}
    assert "X is a Dask Array" in found.to_html()
    given = summary(ridge, poisoned((3, 3), known=False), n_samples=3)
    assert (given.n_samples, [each.code for each in given.findings]) == (3, ["SKP001"])
    with pytest.raises(ValueError, match="give X or n_samples, not both"):
        summary(ridge, poisoned((3, 3)), n_samples=3)


def test_rows_that_the_estimator_knows_are_known(rng):
    model = KNeighborsRegressor().fit(rng.standard_normal((40, 3)), np.arange(40))
    assert summary(model, poisoned((40, 3), known=False)).n_samples == 40


def test_other_columns_are_refused_before_anything_is_read(ridge):
    with pytest.raises(ValueError, match="X must have the 3 columns that the Ridge was fitted on"):
        summary(ridge, poisoned((40, 4)))


def test_before_fit_and_in_frames_and_files(ridge, tmp_path):
    assert summary(Ridge(), poisoned((40, 3))).n_samples == 40
    assert isinstance(summary(Ridge(), poisoned((40, 3), known=False)).n_samples, Unknown)
    frames, pandas = pytest.importorskip("dask.dataframe"), pytest.importorskip("pandas")
    frame = frames.from_pandas(pandas.DataFrame(np.ones((40, 3))), npartitions=2)
    assert "Dask DataFrame" in summary(ridge, frame).n_samples.reason
    with h5py.File(tmp_path / "rows.h5", "w") as file:
        found = summary(ridge, file.create_dataset("X", (40, 3), "f8"))
    assert found.n_samples == 40
    assert found.effective.reason == "X is an h5py Dataset, which is not read"


def test_findings_of_values_are_left_out_and_others_are_not(rng):
    X = rng.standard_normal((40, 3))
    model = MLPClassifier((4,), max_iter=3, random_state=0, tol=1e9, n_iter_no_change=1)
    model.fit(X, np.arange(40) % 2)
    model.coefs_[0][:, 0] = 0  # a constant unit
    model.intercepts_[0][1] = -1e9  # one that is dead for these rows
    with_values = summary(model, X).findings
    assert any("dead" in each.message for each in with_values)
    lazy = summary(model, poisoned((40, 3))).findings
    assert [each for each in with_values if "dead" not in each.message] == list(lazy)


def fits_by_blocks(cls, X, y):
    """A model of one class, fitted in memory and from blocks."""
    params = {"hidden_layer_sizes": (6, 5), "max_iter": 2, "random_state": 0, "batch_size": 10}
    for normalization in (None, "batch"):
        made = [cls(normalization=normalization, **params) for _ in range(3)]
        lazy, blocks = blocks_of(X, 4), [(X[:50], y[:50]), (X[50:], y[50:])]
        yield made[0].fit(X, y), made[1].fit(lazy, y), made[2].fit_blocks(blocks)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("cls", [MLPClassifier, MLPRegressor])
def test_a_network_from_blocks_has_the_counts_of_one_in_memory(rng, cls):
    X, y = rng.standard_normal((120, 3)), np.arange(120) % 3
    for whole, *others in fits_by_blocks(cls, X, y):
        expected = summary(whole)
        for model in others:
            found = summary(model)
            assert found.totals == expected.totals == model.plan(X, y).totals
            rows = [(row.path, row.role, row.shape) for row in found.root.attributes]
            assert rows == [(row.path, row.role, row.shape) for row in expected.root.attributes]
            assert not found.guessed
            assert found.kept_places == ()
            assert count_params(model) == count_params(whole)
            assert len(fitted_params(model)) == len(fitted_params(whole))


@pytest.mark.parametrize("params", [{}, {"n_components": 2, "svd_solver": "randomized"}])
def test_a_pca_of_blocks_has_the_counts_of_one_in_memory(rng, params):
    X = rng.standard_normal((120, 5))
    whole, lazy = PCA(**params).fit(X), PCA(**params).fit(blocks_of(X, 4))
    assert summary(lazy).totals == summary(whole).totals == lazy.plan(blocks_of(X, 4)).totals
    assert not summary(lazy).guessed
    assert {row.path for row in summary(lazy).root.parameters} == {
        row.path for row in summary(whole).root.parameters
    }
    found = summary(lazy, blocks_of(X, 4))
    assert (found.n_samples, found.kept_places) == (120, ())
