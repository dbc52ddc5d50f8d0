"""The PCA inside what an ensemble or another meta-estimator fitted, or why there is none."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import RFE, SequentialFeatureSelector
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier, OutputCodeClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from skparams import PCA, explain

X, y = load_iris(return_X_y=True)
SEVERAL_Y = np.column_stack([y == 0, y == 1]).astype(int)


def pipeline():
    return make_pipeline(PCA(2), GaussianNB())


ONE = {
    "voting": (VotingClassifier([("a", pipeline()), ("b", GaussianNB())]), "a__pca"),
    "dropped": (VotingClassifier([("a", "drop"), ("b", pipeline())]), "b__pca"),
    "stacking": (StackingClassifier([("a", pipeline()), ("b", GaussianNB())], cv=2), "a__pca"),
    "final": (
        StackingClassifier([("b", GaussianNB())], pipeline(), cv=2),
        "final_estimator__pca",
    ),
    "calibrated": (
        CalibratedClassifierCV(pipeline(), cv=2, ensemble=False),
        "calibrated_classifiers_[0]__estimator__pca",
    ),
    "search of voting": (
        GridSearchCV(VotingClassifier([("a", pipeline())]), {"a__pca__whiten": [True]}, cv=2),
        "a__pca",
    ),
}
SEVERAL = {
    "bagging": (BaggingClassifier(pipeline(), 2, max_features=3, random_state=0), "estimators_[1]"),
    "voting": (VotingClassifier([("a", pipeline()), ("b", pipeline())]), "b"),
    "one of rest": (OneVsRestClassifier(pipeline()), "estimators_[1]"),
    "one of one": (OneVsOneClassifier(pipeline()), "estimators_[2]"),
    "codes": (OutputCodeClassifier(pipeline(), random_state=0), "estimators_[2]"),
    "folds": (CalibratedClassifierCV(pipeline(), cv=2), "calibrated_classifiers_[1]__estimator"),
    "searches": (
        BaggingClassifier(GridSearchCV(pipeline(), {"pca__whiten": [True]}, cv=2), 2),
        "estimators_[1]",
    ),
}


@pytest.mark.parametrize(("model", "path"), ONE.values(), ids=ONE)
def test_the_only_pca_of_an_ensemble(model, path):
    with pytest.raises(NotFittedError, match="is not fitted"):
        explain(model, X)
    model = clone(model).fit(X, y)
    found = explain(model, X)
    assert found.path == path
    assert found.coordinates().shape == (150, 2)


@pytest.mark.parametrize(("model", "member"), SEVERAL.values(), ids=SEVERAL)
def test_a_member_of_an_ensemble(model, member):
    model = clone(model).fit(X, y)
    with pytest.raises(ValueError, match="several PCAs: choose with step, one of"):
        explain(model, X)
    found = explain(model, X, step=f"{member}__pca")
    columns = getattr(model, "estimators_features_", [slice(None)] * 2)[1]
    scores = found.pca.transform(X[:, columns])
    if found.pca.whiten:
        scores *= np.sqrt(found.pca.explained_variance_)
    np.testing.assert_allclose(found.coordinates(), scores)


def test_names_of_features_reach_the_members():
    pytest.importorskip("pandas")
    frame = load_iris(as_frame=True).data
    model = BaggingClassifier(pipeline(), 2, max_features=3, random_state=0).fit(frame, y)
    columns = model.estimators_features_[1]
    found = explain(model, frame, step="estimators_[1]__pca")
    assert found.feature_names == list(frame.columns[columns])


def test_chains_and_outputs():
    outputs = MultiOutputClassifier(pipeline()).fit(X, SEVERAL_Y)
    explain(outputs, X, step="estimators_[1]__pca")
    chain = ClassifierChain(pipeline()).fit(X, SEVERAL_Y)
    explain(chain, X, step="estimators_[0]__pca")
    assert len(explain(chain, step="estimators_[1]__pca").feature_names) == 5
    with pytest.raises(
        ValueError, match=r"rows reach estimators_\[1\] of ClassifierChain with pre"
    ):
        explain(chain, X, step="estimators_[1]__pca")


def test_a_frozen_pipeline_in_a_calibration():
    model = CalibratedClassifierCV(FrozenEstimator(pipeline().fit(X, y)))
    with pytest.raises(NotFittedError, match="CalibratedClassifierCV is not fitted"):
        explain(model)
    assert explain(model.fit(X, y), X).coordinates().shape == (150, 2)


def test_columns_that_a_selection_leaves():
    select = RFE(
        make_pipeline(PCA(1), LogisticRegression()),
        n_features_to_select=3,
        importance_getter=lambda model: np.abs(model[0].components_),
    ).fit(X, y)
    found = explain(select, X)
    np.testing.assert_allclose(
        found.coordinates(), select.estimator_[0].transform(X[:, select.support_]), atol=1e-12
    )


def test_an_ensemble_without_a_pca():
    for model in (RandomForestClassifier(3), AdaBoostClassifier(n_estimators=3)):
        with pytest.raises(ValueError, match="there is no PCA in"):
            explain(model.fit(X, y), X)


def test_a_fitted_estimator_that_keeps_no_pca():
    """Neither a template nor an attribute of another name is called "not fitted"."""
    select = SequentialFeatureSelector(
        make_pipeline(PCA(1), GaussianNB()), n_features_to_select=3, cv=2
    ).fit(X, y)
    with pytest.raises(
        ValueError, match="SequentialFeatureSelector is fitted, but none of its att"
    ):
        explain(select, X)

    class Own(BaseEstimator):
        def __init__(self, inner):
            self.inner = inner

        def fit(self, X):
            self.fitted_inner_ = clone(self.inner).fit(X)
            return self

    with pytest.raises(
        ValueError, match="Own is fitted, but none of its attributes best_estimator_"
    ):
        explain(Own(PCA(2)).fit(X), X)


def test_many_members_are_counted_in_the_message():
    model = BaggingClassifier(pipeline(), 20).fit(X, y)
    with pytest.raises(ValueError, match=r"'estimators_\[5\]__pca' and 14 more"):
        explain(model)
