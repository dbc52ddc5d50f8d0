"""scikit-survival: trees against scikit-learn's, and baselines against the times of events."""

import numpy as np
import pytest

from skparams import count_params, summary
from skparams.specs import Unknown

pytest.importorskip("sksurv")
pytestmark = pytest.mark.filterwarnings("ignore")


def data(seed):
    from sksurv.util import Surv

    rng = np.random.RandomState(seed)
    X = rng.standard_normal((100, 4))
    times = np.exp(X @ [0.5, 0.2, 0.0, -0.3] + 0.3 * rng.standard_normal(100)).round(1) + 0.1
    return X, Surv.from_arrays(rng.rand(100) < 0.6, times)


def by_hand(tree, n_values):
    leaves = int((tree.tree_.children_left == -1).sum())
    return leaves * n_values + tree.tree_.node_count - leaves


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["RandomSurvivalForest", "ExtraSurvivalTrees"])
def test_forest(name, seed):
    from sksurv import ensemble

    X, y = data(seed)
    model = getattr(ensemble, name)(n_estimators=3, random_state=seed, max_depth=1 + seed)
    model.fit(X, y)
    n_times = len(np.unique(y["time"]))
    found = summary(model).totals
    assert found.stored == sum(by_hand(tree, 2 * n_times) for tree in model.estimators_)
    assert isinstance(found.free, Unknown)
    model.set_params(low_memory=True).fit(X, y)
    found = summary(model).totals
    assert found.stored == sum(by_hand(tree, 1) for tree in model.estimators_)
    assert found.free == found.stored


@pytest.mark.parametrize("seed", range(3))
def test_cox(seed):
    from sksurv.linear_model import CoxnetSurvivalAnalysis, CoxPHSurvivalAnalysis

    X, y = data(seed)
    n_times, n_jumps = len(np.unique(y["time"])), len(np.unique(y["time"][y["event"]]))
    found = summary(CoxPHSurvivalAnalysis(alpha=0.1).fit(X, y)).totals
    assert (found.stored, found.free) == (4 + n_times, 4 + n_jumps)
    model = CoxnetSurvivalAnalysis(n_alphas=5, fit_baseline_model=True).fit(X, y)
    found = summary(model).totals
    assert found.stored == 5 * (4 + 1 + n_times)
    nonzero = np.count_nonzero(model.coef_) + np.count_nonzero(model.offset_)
    assert found.free == nonzero + 5 * n_jumps
    table = summary(CoxnetSurvivalAnalysis(n_alphas=4).fit(X, y)).coefficients().tables[0]
    assert table.columns[0].startswith("alpha=")


def test_boosting():
    from sksurv.ensemble import GradientBoostingSurvivalAnalysis

    X, y = data(0)
    model = GradientBoostingSurvivalAnalysis(n_estimators=4, random_state=0).fit(X, y)
    trees = sum(by_hand(tree, 1) for tree in model.estimators_.ravel())
    assert count_params(model) == trees + len(np.unique(y["time"]))
