"""Scorers of size: negative, so that a greater score is a smaller model."""

import pickle
import warnings
from functools import partial

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Lasso, RidgeClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from skparams import count_params, model_bytes_scorer, n_params_scorer

X, y = load_iris(return_X_y=True)
MODEL = make_pipeline(PCA(), GaussianNB())
GRID = {"pca__n_components": [4, 1, 2]}


def test_numbers():
    for model in (
        MODEL.fit(X, y),
        DecisionTreeClassifier().fit(X, y),
        Lasso(alpha=0.1).fit(X, y),
        KMeans(2, n_init=1).fit(X),
    ):
        assert n_params_scorer(model, X, y) == -count_params(model, kind="free")
        for kind in ("stored", "nonzero"):
            scorer = partial(n_params_scorer, kind=kind)
            assert scorer(model, X, y) == -count_params(model, kind=kind)
        assert model_bytes_scorer(model, X, y) == -len(pickle.dumps(model))
        assert n_params_scorer(model) == n_params_scorer(model, X)


@pytest.mark.parametrize("refit", ["n_params", "n_bytes"])
def test_refit_to_a_size_chooses_the_smallest(refit):
    scoring = {"accuracy": "accuracy", "n_params": n_params_scorer, "n_bytes": model_bytes_scorer}
    search = GridSearchCV(MODEL, GRID, scoring=scoring, refit=refit, cv=2).fit(X, y)
    assert search.best_params_ == {"pca__n_components": 1}
    assert search.best_score_ < 0
    assert search.cv_results_["mean_test_n_params"].tolist() == [-36, -15, -23]


def test_as_the_only_metric_and_without_y():
    search = GridSearchCV(KMeans(n_init=1), {"n_clusters": [3, 2]}, scoring=n_params_scorer, cv=2)
    assert search.fit(X).best_params_ == {"n_clusters": 2}
    assert cross_val_score(MODEL, X, y, scoring=model_bytes_scorer, cv=2).max() < 0


class Guessed(BaseEstimator):
    """An estimator that no Spec describes, with an attribute that cannot be pickled."""

    def fit(self, X, y=None):
        self.mean_ = np.mean(X, axis=0)
        self.hook_ = lambda: None
        return self


def test_what_is_not_known_is_an_error_and_an_error_score():
    model = Guessed().fit(X)
    with pytest.raises(ValueError, match=r"^n_params_scorer: .*Guessed are not known: no Spec"):
        n_params_scorer(model)
    with pytest.raises(ValueError, match=r"^n_params_scorer: the stored .* of Pipeline are not"):
        n_params_scorer(make_pipeline(Guessed()).fit(X), kind="stored")
    with pytest.raises(ValueError, match=r"^model_bytes_scorer: this Guessed cannot be pickled"):
        model_bytes_scorer(model)
    scoring = {"n_params": n_params_scorer, "n_bytes": model_bytes_scorer}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = cross_validate(Guessed(), X, scoring=scoring, cv=2)
    assert np.isnan([found["test_n_params"], found["test_n_bytes"]]).all()
    with pytest.raises(ValueError, match="n_params_scorer: "):
        cross_validate(Guessed(), X, scoring=scoring, cv=2, error_score="raise")


def test_arguments():
    with pytest.raises(NotFittedError, match=r"^n_params_scorer: this RidgeClassifier is not fit"):
        n_params_scorer(RidgeClassifier())
    with pytest.raises(ValueError, match=r"^n_params_scorer: kind must be one of free, stored, n"):
        n_params_scorer(RidgeClassifier().fit(X, y), kind="effective")
    for scorer in (n_params_scorer, model_bytes_scorer):
        with pytest.raises(TypeError, match=rf"^{scorer.__name__}: estimator must have fit"):
            scorer(3)


@pytest.mark.exhaustive
def test_in_other_processes():
    scoring = {"n_params": n_params_scorer, "n_bytes": model_bytes_scorer}
    scoring["stored"] = partial(n_params_scorer, kind="stored")
    one, two = (
        cross_validate(MODEL, X, y, scoring=scoring, cv=2, n_jobs=n_jobs) for n_jobs in (1, 2)
    )
    for name in ("n_params", "stored"):
        np.testing.assert_array_equal(one[f"test_{name}"], two[f"test_{name}"])
    # Texts that are one object in this process are several in another.
    np.testing.assert_allclose(one["test_n_bytes"], two["test_n_bytes"], rtol=0.05)
