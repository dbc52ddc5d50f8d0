"""Metadata requests and output formats are no hyperparameters and count for nothing."""

import copy
from contextlib import suppress

import pytest
from sklearn import config_context
from sklearn.utils.validation import has_fit_parameter

from skparams import PCA, MLPClassifier, count_params, fitted_params, summary
from tests.all_estimators import each_estimator, fitted

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


def with_settings(estimator):
    """A copy that requests sample weights, if its fit takes them, and tells its output format."""
    changed = copy.deepcopy(estimator)
    if has_fit_parameter(changed, "sample_weight"):
        with suppress(
            AttributeError, ValueError
        ):  # routers have no such method, MultiTaskLasso fails
            changed.set_fit_request(sample_weight=True)
    if hasattr(changed, "set_output"):
        changed.set_output(transform="default")
    return changed


def assert_counts_are_the_same(estimator):
    with config_context(enable_metadata_routing=True):
        changed = with_settings(estimator)
        assert fitted_params(changed).keys() == fitted_params(estimator).keys()
        assert summary(changed).totals == summary(estimator).totals
        for kind in ("stored", "free"):
            assert count_params(changed, kind=kind) == count_params(estimator, kind=kind)


@each_estimator
def test_of_scikit_learns_estimators(name):
    for estimator, *_ in fitted(name):
        assert_counts_are_the_same(estimator)


@pytest.mark.parametrize("estimator", [MLPClassifier(tol=1e3, n_iter_no_change=1), PCA()])
def test_of_our_own(estimator, rng):
    X = rng.standard_normal((60, 3))
    assert_counts_are_the_same(estimator.fit(X, X[:, 0] > 0))
