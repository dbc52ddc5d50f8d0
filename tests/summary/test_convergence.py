"""SKP004 stands where fit warned that it did not converge, in scikit-learn's own words."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.ensemble import BaggingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skparams
from tests.all_estimators import FEW, classes, data_for, instances
from tests.summary.found import found
from tests.sweep import sweep

# They stop at the limit as others do, but say nothing about it.
SILENT = {
    "ARDRegression",
    "BayesianRidge",
    "DictionaryLearning",
    "KMeans",
    "MDS",
    "MeanShift",
    "NeighborhoodComponentsAnalysis",
    "SparsePCA",
}
# They settle in the very last iteration, which leaves no trace.
SETTLED_AT_THE_LIMIT = {("IterativeImputer", 1), ("TheilSenRegressor", 5)}
# max_iter is how many steps are taken, so that a large one takes long, and none of them warns.
STEPS = ("Hist", "TSNE", "LatentDirichlet", "MiniBatch", "GaussianProcess")
NAMES = [
    name
    for name, cls in classes().items()
    if "max_iter" in getattr(cls, "_parameter_constraints", {}) and hasattr(cls, "fit")
]


def fitted(estimator, X, y=None):
    """A fitted clone, and whether fit warned; None for a limit that is not allowed."""
    model = clone(estimator)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model.fit(X) if y is None else model.fit(X, y)
        except ValueError:
            return None, False
    words = [str(each.message) for each in caught if issubclass(each.category, ConvergenceWarning)]
    if "GraphicalLasso" in type(model).__name__:
        # In older versions its inner solver has the same limit, and warns of its own.
        words = [each for each in words if not each.startswith("Objective did not converge")]
    return model, bool(words)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of classes that are deprecated
@pytest.mark.parametrize("name", sweep(NAMES, FEW))
@pytest.mark.parametrize("limit", [1, 2, 5, "large"])
def test_it_stands_where_fit_warned(name, limit):
    if limit == "large":
        limit = 30 if name.startswith(STEPS) else 3000
    for estimator in instances(name):
        model, warned = fitted(estimator.set_params(max_iter=limit), *data_for(estimator))
        if model is None or (name, limit) in SETTLED_AT_THE_LIMIT:
            continue
        said = bool(found(model, code="SKP004"))
        assert said == warned or (said and name in SILENT), model


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 4))


@pytest.fixture
def y():
    return np.arange(60) % 3


def message(estimator, X, y=None):
    model, _ = fitted(estimator, X, y)
    return [said for _, said in found(model, code="SKP004")]


def test_what_it_says(X, y):
    used = "uses all of max_iter={}: may not have converged".format
    assert message(LogisticRegression(max_iter=1), X, y) == [used("1 iteration")]
    assert message(KMeans(4, max_iter=2, n_init=1, random_state=0), X) == [used("2 iterations")]
    assert message(SGDClassifier(max_iter=2), X, y) == [used("2 iterations")]


def test_a_tolerance_that_is_switched_off_cannot_be_met(X, y):
    assert message(SGDClassifier(max_iter=2, tol=None), X, y) == []


@pytest.mark.parametrize("MLP", [MLPClassifier, skparams.MLPClassifier])
def test_networks(MLP, X, y):
    assert message(MLP((3,), max_iter=3), X, y)
    assert message(MLP((3,), max_iter=3, solver="lbfgs"), X, y)
    stopped = MLP((3,), max_iter=20, tol=1e9, n_iter_no_change=3)
    assert message(stopped, X, y) == []
    n_iter = fitted(stopped, X, y)[0].n_iter_
    model, warned = fitted(stopped.set_params(max_iter=n_iter), X, y)  # the last one sufficed
    assert bool(found(model, code="SKP004")) == warned


def test_members_have_paths(X, y):
    model = make_pipeline(StandardScaler(), BaggingClassifier(LogisticRegression(max_iter=1), 2))
    model, _ = fitted(model, X, y)
    paths = [path for path, _ in found(model, code="SKP004")]
    assert paths == [f"baggingclassifier__estimators_[{i}]" for i in range(2)]


def test_a_subclass_with_arguments_of_its_own(X, y):
    class Short(KMeans):
        def __init__(self, k=2):
            self.k = k
            super().__init__(k, max_iter=1, n_init=1, random_state=0)

    class Small(MLPClassifier):
        def __init__(self, size=3):
            self.size = size
            super().__init__((size,), max_iter=2)

    assert message(Short(4), X)
    assert message(Small(), X, y)
