"""What must hold for every estimator of scikit-learn: roles, counts, and that nothing breaks."""

import pickle

import pytest

from skparams import count_params, diff, fitted_params, summary
from skparams.specs import ROLES
from skparams.specs.guess import COMMON
from skparams.specs.registry import spec_of
from skparams.specs.values import attributes_of
from tests.all_estimators import each_estimator, fitted, instances

# Deprecated classes of scikit-learn are estimators too.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


def _without_role(estimator):
    """Attributes that fit left and that no Spec names."""
    spec = spec_of(estimator)
    known = {*(spec.rules if spec else ()), *COMMON, *estimator.get_params(deep=False)}
    return sorted(set(attributes_of(estimator)) - known)


@each_estimator
def test_every_attribute_has_a_role(name):
    for estimator, _, _ in fitted(name):
        assert spec_of(estimator) is not None
        assert not _without_role(estimator), estimator


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
