"""Where verbatim training rows are, held against the rows themselves."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KernelDensity, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skparams import memorised, summary
from tests.inspection.all_estimators import each_estimator, fitted


def test_where_how_many_and_how_large(rng):
    X = rng.standard_normal((40, 5))
    y = X[:, 0]
    assert [(m.path, m.rows, m.bytes) for m in memorised(KernelDensity().fit(X))] == [
        ("tree_.data", 40, 1600)
    ]
    assert memorised(LinearRegression().fit(X, y)) == ()
    model = make_pipeline(StandardScaler(), KNeighborsRegressor()).fit(X, y)
    assert [(m.path, m.rows) for m in memorised(model)] == [
        ("kneighborsregressor___fit_X", 40),
        ("kneighborsregressor___y", 40),
    ]
    (vectors,) = memorised(SVC(C=0.1).fit(X, y > 0))
    assert vectors.path == "support_vectors_"
    assert vectors.rows < 40
    assert memorised(KernelRidge().fit(sparse.csr_matrix(X), y))[0].rows == 40
    assert summary(model).memorised == memorised(model)


def test_bad_input():
    with pytest.raises(NotFittedError, match="memorised: this SVC is not fitted"):
        memorised(SVC())
    with pytest.raises(TypeError, match="memorised: estimator must be an instance"):
        memorised(SVC)


def _rows(X):
    dense = X.toarray() if sparse.issparse(X) else np.asarray(X, float)
    return {row.tobytes() for row in dense.reshape(len(dense), -1)}


@pytest.mark.filterwarnings("ignore::FutureWarning")
@each_estimator
def test_they_are_training_rows(name):
    for estimator, X, _ in fitted(name):
        for each in memorised(estimator):
            attribute, _, inner = each.path.partition(".")
            if attribute in vars(estimator):  # what gets to estimators in it is not X
                held = vars(estimator)[attribute]
                held = getattr(held, inner) if inner else held
                assert each.rows == held.shape[0]
                assert held.ndim == 1 or _rows(held) <= _rows(X), each.path
