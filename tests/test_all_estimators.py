"""What must hold for every estimator of scikit-learn: roles, counts, and that nothing breaks."""

import pickle

import pytest

from skparams import count_params, diff, fitted_params, summary
from skparams.specs import ROLES
from tests.all_estimators import each_estimator, fitted, instances
from tests.specs.checks import check_free_within_stored, check_roles

# Deprecated classes of scikit-learn are estimators too.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


@each_estimator
def test_every_attribute_has_a_role(name):
    for estimator, _, _ in fitted(name):
        check_roles(estimator)


@each_estimator
def test_no_more_is_free_than_is_stored(name):
    for estimator, _, _ in fitted(name):
        check_free_within_stored(estimator)
        if hasattr(estimator, "sparsify"):
            check_free_within_stored(estimator.sparsify())


@each_estimator
def test_nothing_breaks_and_nothing_changes(name):
    for estimator in instances(name):
        str(summary(estimator))
    for estimator, _, _ in fitted(name):
        before = pickle.dumps(estimator)
        found = summary(estimator)
        assert found.root.fitted
        assert not found.guessed
        assert found.to_text(width=100)
        assert found.to_html()
        assert {row.role for node in found.root.walk() for row in node.attributes} <= set(ROLES)
        stored = count_params(estimator)
        if stored is None:
            assert found.totals.stored.reason
        else:
            assert stored == found.totals.stored >= 0
        fitted_params(estimator)
        loaded = pickle.loads(before)
        assert diff(loaded, estimator).is_empty, diff(loaded, estimator)
        assert diff(loaded, estimator, align=True, rtol=1e-9).is_empty
        assert pickle.dumps(estimator) == before
