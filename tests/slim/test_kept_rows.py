"""Where training rows are kept, compared with the rows themselves."""

import json

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KernelDensity, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skparams import kept_rows, summary
from skparams._slim import KeptRows
from tests.all_estimators import each_estimator, fitted


@pytest.fixture
def X(rng):
    return rng.standard_normal((40, 5))


def places(found):
    return [(each.path, each.rows, each.bytes) for each in found.places]


def test_where_how_many_and_how_large(X):
    y = X[:, 0]
    assert places(kept_rows(KernelDensity().fit(X))) == [("tree_.data", 40, 1600)]
    none = kept_rows(LinearRegression().fit(X, y))
    assert (none.places, none.unknown) == ((), ())
    model = make_pipeline(StandardScaler(), KNeighborsRegressor()).fit(X, y)
    found = kept_rows(model)
    assert [(each.path, each.rows) for each in found.places] == [
        ("kneighborsregressor___fit_X", 40),
        ("kneighborsregressor___y", 40),
    ]
    (vectors,) = kept_rows(SVC(C=0.1).fit(X, y > 0)).places
    assert vectors.path == "support_vectors_"
    assert vectors.rows < 40
    assert kept_rows(KernelRidge().fit(sparse.csr_matrix(X), y)).places[0].rows == 40
    assert summary(model).kept_places == found.places


class Unknown(BaseEstimator):
    """No Spec describes it; what it keeps is set by hand."""

    def fit(self, X, y=None, **kept):
        self.n_features_in_ = X.shape[1]
        vars(self).update(kept)
        return self

    def transform(self, X):
        return X


NOT_ROWS = {"number_": 2.0, "flag_": True, "text_": "a", "function_": np.sum, "empty_": np.ones(0)}


def test_what_no_spec_describes_never_reads_as_clean(X):
    kept = {
        "X_": X,
        "_y": X[:, 0].copy(),
        "texts_": ["one", "two"],
        "set_": {"one", "two"},
        "nested_": {"a": [X[:2], (X[2].copy(),)]},
        "sparse_": sparse.csr_array(X),
        "object_": object(),
    }
    found = kept_rows(Unknown().fit(X, **kept, **NOT_ROWS))
    assert found.places == ()
    assert found.unknown == (
        *(
            "X_",
            "_y",
            "texts_",
            "set_",
            "nested_['a'][0]",
            "nested_['a'][1][0]",
            "sparse_",
            "object_",
        ),
    )
    assert "training rows kept: not known" in str(found)
    assert "no Spec describes these" in str(found)


def test_an_attribute_that_a_spec_does_not_name_is_unknown_too(X):
    model = LinearRegression().fit(X, X[:, 0])
    model.extra_ = X.copy()
    assert kept_rows(model).unknown == ("extra_",)
    assert places(kept_rows(model, X)) == [("extra_", 40, 1600)]


def test_rows_are_compared_with_x(X, rng):
    kept = {
        "same_": X,
        "view_": X[5:10],
        "column_": X[:, 0],
        "copied_": X[[3, 1]].copy(),
        "mixed_": np.vstack([X[:3], rng.standard_normal((4, 5))]),
        "narrow_": X.astype(np.float32),
        "row_": X[7].copy(),
        "others_": rng.standard_normal((40, 5)),
        "coef_": rng.standard_normal(5),
        "targets_": rng.standard_normal(40),
        "wide_": rng.standard_normal((40, 9)),
    }
    found = kept_rows(Unknown().fit(X, **kept, **NOT_ROWS), X)
    assert [(each.path, each.rows) for each in found.places] == [
        *(("same_", 40), ("view_", 5), ("column_", 40), ("copied_", 2), ("mixed_", 3)),
        *(("narrow_", 40), ("row_", 1)),
    ]
    # Targets and transformed rows are not in X.
    assert found.unknown == ("targets_", "wide_")
    assert found.n_samples == 40


def test_x_rules_out_nothing_behind_other_steps(X, rng):
    inner = Unknown()
    model = make_pipeline(StandardScaler(), inner).fit(X)
    inner.rows_ = StandardScaler().fit_transform(X)
    inner.raw_ = X
    found = kept_rows(model, X)
    assert places(found) == [("unknown__raw_", 40, 1600)]
    assert found.unknown == ("unknown__rows_",)


def test_sparse_x_is_compared_by_identity(X):
    rows = sparse.csr_array(X)
    found = kept_rows(Unknown().fit(rows, a_=rows, b_=rows.copy()), rows)
    assert places(found) == [("a_", 40, 1600)]
    assert found.unknown == ("b_",)


def test_it_has_no_truth_value(X):
    with pytest.raises(TypeError, match=r"use \.places, .* \.unknown"):
        bool(kept_rows(LinearRegression().fit(X, X[:, 0])))


def test_it_is_shown_as_data(X):
    found = kept_rows(Unknown().fit(X, a_=X, b_=np.ones(40)), X)
    assert isinstance(found, KeptRows)
    assert json.loads(found.to_json()) == found.to_dict()
    assert found.to_dict()["places"] == [{"path": "a_", "rows": 40, "bytes": 1600}]
    assert found.to_dict()["unknown"] == ["b_"]
    frame = pytest.importorskip("pandas") and found.to_frame()
    assert list(frame["path"]) == ["a_", "b_"]
    assert "a_" in found._repr_html_()
    assert repr(found).startswith("Unknown · training rows kept: 40")


def test_bad_input(X):
    with pytest.raises(NotFittedError, match="kept_rows: this SVC is not fitted"):
        kept_rows(SVC())
    with pytest.raises(TypeError, match="kept_rows: estimator must be an instance"):
        kept_rows(SVC)
    model = LinearRegression().fit(X, X[:, 0])
    with pytest.raises(ValueError, match="kept_rows: X must have the 5 columns"):
        kept_rows(model, X[:, :2])
    with pytest.raises(TypeError, match="kept_rows: X must be rows"):
        kept_rows(model, 3)


def _rows(X):
    dense = X.toarray() if sparse.issparse(X) else np.asarray(X, float)
    return {row.tobytes() for row in dense.reshape(len(dense), -1)}


@pytest.mark.filterwarnings("ignore::FutureWarning")
@each_estimator
def test_they_are_training_rows(name):
    for estimator, X, _ in fitted(name):
        found = kept_rows(estimator)
        assert found.unknown == ()
        for each in found.places:
            attribute, _, inner = each.path.partition(".")
            if attribute in vars(estimator):  # what gets to estimators in it is not X
                rows = vars(estimator)[attribute]
                rows = getattr(rows, inner) if inner else rows
                assert each.rows == rows.shape[0]
                assert rows.ndim == 1 or _rows(rows) <= _rows(X), each.path
