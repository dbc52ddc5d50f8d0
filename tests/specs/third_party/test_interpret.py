"""Explainable boosting machines: a score for each bin that has rows, and the cuts between bins."""

import copy

import numpy as np
import pytest

from skparams import assert_same_model, count_params, summary
from skparams.specs import Unknown

glassbox = pytest.importorskip("interpret.glassbox")
pytestmark = pytest.mark.filterwarnings("ignore")
FEW = {"n_jobs": 1, "max_rounds": 20, "outer_bags": 2}


def data(seed, *, missing=False, categories=False):
    rng = np.random.RandomState(seed)
    X = rng.standard_normal((150, 3)).round(2)
    target = X @ [1.0, 2.0, -1.0] + 0.2 * rng.standard_normal(150)
    if missing:
        X[rng.rand(150) < 0.2, 0] = np.nan
    if categories:
        X = np.column_stack([X.astype(object), rng.choice(["x", "y", "z"], 150)])
    return X, target


@pytest.mark.parametrize("interactions", [0, 2])
@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("categories", [False, True])
@pytest.mark.parametrize("n_classes", [1, 2, 3])
def test_counts(interactions, missing, categories, n_classes):
    X, target = data(n_classes, missing=missing, categories=categories)
    kind = "Regressor" if n_classes == 1 else "Classifier"
    model = getattr(glassbox, f"ExplainableBoosting{kind}")(
        interactions=interactions, max_bins=20, **FEW
    )
    y = target if n_classes == 1 else np.digitize(target, [0.0] if n_classes == 2 else [-1.0, 1.0])
    found = summary(model.fit(X, y)).totals
    n_scores = n_classes if n_classes == 3 else 1
    expected = n_scores  # the intercept
    cuts = set()
    for term in model.term_features_:
        bins = 1
        for feature in term:
            level = min(len(term), len(model.bins_[feature])) - 1
            at = model.bins_[feature][level]
            if isinstance(at, dict):
                bins *= len(at)
            else:
                bins *= len(at) + 1 + (missing and feature == 0)
                cuts.add((feature, level))
        expected += bins * n_scores
    expected += sum(len(model.bins_[feature][level]) for feature, level in cuts)
    assert found.stored == expected
    assert isinstance(found.free, Unknown)
    assert found.exact


def test_bins_that_had_no_rows_are_constants():
    X, target = data(0)
    model = glassbox.ExplainableBoostingRegressor(interactions=0, **FEW).fit(X, target)
    for scores in model.term_scores_:
        assert scores[0] == scores[-1] == 0.0


@pytest.mark.parametrize("name", ["term_scores_", "bins_", "intercept_"])
def test_a_changed_number_is_seen(name):
    X, target = data(0)
    model = glassbox.ExplainableBoostingRegressor(interactions=0, **FEW).fit(X, target)
    other = copy.deepcopy(model)
    assert_same_model(other, model)
    if name == "term_scores_":
        for scores in other.term_scores_:
            scores[:] = 0.0
    elif name == "bins_":
        other.bins_[1][0][3] += 1e-9
    else:
        other.intercept_ += 1.0
    with pytest.raises(AssertionError):
        assert_same_model(other, model)


def test_not_fitted():
    assert count_params(glassbox.ExplainableBoostingClassifier()) is None
